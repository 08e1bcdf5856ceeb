"""The commands' page, from the words that `--help` shows."""

from collections.abc import Iterator

import click

from tools.pages.pieces import NOTE, prose, table

COMMANDS_INTRODUCTION = """
Options of `handrail` itself stand before the command, and say on which facts and by which handbook it decides:

```
handrail --demo next --as nadia
handrail --snapshot case.jsonl findings
handrail --handbook team.yml plan --rule triage
handrail explain 'omnibus!7421'
```

Without `--demo` and `--snapshot` it decides on what `handrail sync` has read. An item is named by its source's short
name or its project's path, in quotes: `!`, `#` and `&` mean something to the shell. [How GitLab is read](gitlab.md)
lists the settings of GitLab's side, and `HANDRAIL_NOW`.
"""


def commands_page(group: click.Group, name: str) -> str:
    """Every command of a program, from the words that its `--help` shows."""
    context = group.context_class(group, info_name=name, **group.context_settings)
    parts = ["# Commands", NOTE, COMMANDS_INTRODUCTION, *_command(group, context)]
    parts += [part for command, below in _below(group, context) for part in _command(command, below)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _below(group: click.Group, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        below = command.context_class(command, info_name=name, parent=context, **command.context_settings)
        yield command, below
        if isinstance(command, click.Group):
            yield from _below(command, below)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## `{context.command_path}`"
    yield prose(command.help)
    yield f"```\n{' '.join([context.command_path, *command.collect_usage_pieces(context)])}\n```"
    options = [one for one in command.get_params(context) if isinstance(one, click.Option) and "--help" not in one.opts]
    records = [record for option in options if (record := option.get_help_record(context))]
    if records:
        yield table(("option", "meaning"), ((f"`{names}`", prose(says)) for names, says in records))
