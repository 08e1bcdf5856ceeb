"""Writes the generated documentation: `make docs`, or `make docs ARGS=--check` to name the stale files.

A page is a function without arguments that returns its text; `generated` is the list of them.
"""

import argparse
import dataclasses
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, get_args, get_origin

import click
import msgspec
from annotated_types import Ge, Gt, Le, Len
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.terminal_theme import DIMMED_MONOKAI
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import LiteralScalarString

from handrail.demo.planted import DAYS, PlantedTeam
from handrail.engine.assemble import assemble
from handrail.handbook.json_schema import json_schema
from handrail.handbook.load import load
from handrail.handbook.schema import Clause, Handbook, RuleSettings
from handrail.handbook.shape import bare, choices, descriptions, fields, is_block
from handrail.rules.catalogue import Rule, findings, rules, whole_handbook
from handrail.rules.desk import Desk
from handrail.testing import a_handbook

ROOT = Path(__file__).parents[1]
NOTE = "<!-- Written by `make docs`; a change here would not last. -->\n"
FATES = {"does": "enforced by the rule", "helps": "assisted by", "planned": "to come:", "person": "left to people:"}
COUNTED = {"does": "enforced by rules", "helps": "assisted", "planned": "to come", "person": "left to people"}


def generated() -> dict[str, str]:
    """Every generated file by its path below the project's folder, with the text it should have."""
    from handrail.cli.main import cli

    return {
        "docs/handbook.md": handbook_page(load(None, whole_handbook())),
        "docs/rules.md": rules_page(load(None, whole_handbook())),
        "docs/commands.md": commands_page(cli, "handrail"),
        "docs/handbook.schema.json": json.dumps(json_schema(whole_handbook()), indent=2, ensure_ascii=False) + "\n",
        **pictures(),
    }


def pictures() -> dict[str, str]:
    """The pictures that are drawn from a run of Handrail, by path."""
    return {"docs/pictures/queue.svg": queue_picture("nadia")}


def queue_picture(person: str) -> str:
    """What `handrail --demo next --as PERSON` shows on a terminal, as a picture that loads nothing from elsewhere."""
    from rich.console import Console

    from handrail.cli.chosen import Chosen
    from handrail.cli.next_work import print_queue

    # Everything that rich would else ask the terminal: the picture is the same on every machine.
    out = Console(
        record=True,
        width=148,
        height=40,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        no_color=False,
        highlight=False,
    )
    out.print(f"$ handrail next --as {person}", style="bold")
    print_queue(out, Chosen(None, demo=True, size=600, people=14, handbook_file=None).queue(None), person)
    fontless = re.sub(r"@font-face {{.*?}}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return out.export_svg(title="handrail", theme=DIMMED_MONOKAI, code_format=fontless, unique_id="queue")


# --- the handbook's page ---------------------------------------------------------------------------


def handbook_page(handbook: Handbook) -> str:
    """The handbook's reference: its blocks, the priority table, every clause and what becomes of it."""
    parts = ["# Handbook reference", NOTE, INTRODUCTION, "## Blocks"]
    for block, where in _blocks().items():
        parts += [f"### {block.__name__}", f"At {_listed(where)}. {_prose(block.__doc__)}"]
        parts.append(_table(("key", "value", "default", "meaning"), _rows(block)))
        parts += _as_bundled(where, handbook)
    parts += ["## Words", WORDS]
    parts += ["## The priority table", "From top to bottom; the first row that fits an item is its place."]
    columns = ("level", "row", "do", "what", "priority", "SLO", "labels", "clause")
    parts.append(_table(columns, _priority_rows(handbook)))
    parts += ["## Clauses", _counts(handbook.clauses.values())]
    for section, clauses in groupby(handbook.clauses.items(), key=lambda one: one[1].section):
        rows = ((f"`{name}`", clause.says, _fate(clause)) for name, clause in clauses)
        parts += [f"### {section}", _table(("clause", "the page says", "what becomes of it"), rows)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


INTRODUCTION = """
A team's handbook is one YAML file that states what the team does otherwise than the handbook it extends:

- `extends: distribution`, or no such key, extends the bundled handbook; `extends: other.yml` the file of that path,
  seen from this one; `extends: null` stands alone.
- Maps merge, lists replace, and `null` removes. `replaces: [sources, groups]` extends nothing of these maps, wherever
  they are: `rules.recurring_duties.tasks` is one.
- `handrail check team.yml` tells every mistake at once, each with its line and column, and which of the bundled
  team's projects, groups and labels the file still has.
- `docs/handbook.schema.json` makes an editor complete and check the file while it is written.

[The README](../README.md#your-own-team) has a small one. A value whose default is “needed” has to stand in the handbook
as a whole; the bundled one has them all, and what it has stands below each block as a file would state it.

A clause is one sentence of the team's page, and a setting's `clause` the one that it states. A team without a rotation
leaves `rotations` as it is: nobody is on duty before one is set up. A second one needs no more than a name, such as
`rotations: {releases: {name: Release manager}}`; `handrail duty --rotation releases` keeps it.
"""


WORDS = """
- **the page**: the team's workflow as its handbook describes it in prose; clauses state it sentence by sentence.
- **EM**, **PM**: engineering manager and product manager, people with these `roles`.
- **DRI**: whoever is directly responsible; the Distribution DRI is the person on duty, by the first of the `rotations`.
- **OKR**: an epic that carries the label `rules.quarterly_planning.okr_label`, a quarter's objective with its results.
- **Deliverable**: an issue that was accepted into its milestone, by the label `labels.deliverable`.
- **SLO**: the time within which a review or an incident is to be answered.
- **breaker**: what an iteration calls for that goes on too long.
- **stand-in**: whoever has a turn in place of somebody who is away.
- **fits no row**: work that no row of the priority table takes; `handrail triage` says what it lacks.
"""


def _as_bundled(where: list[str], handbook: Handbook) -> Iterator[str]:
    """What the bundled handbook has at the top-level keys that a block, or a map or list of it, stands at."""
    keys = [found[1] for place in where if (found := re.fullmatch(r"`(\w+)(\.\*|\[\])?`", place))]
    stated = {key: msgspec.to_builtins(getattr(handbook, key)) for key in keys if key not in {"rules", "clauses"}}
    stated.get("work_queue", {}).pop("table", None)  # it has a section of its own
    text = _yaml({key: value for key, value in stated.items() if value})
    if any(stated.values()):
        yield f"As bundled:\n\n```yaml\n{text}```"


def _blocks() -> dict[type, list[str]]:
    """The schema's blocks in the order in which a file has them, with the keys where each stands."""
    found: dict[type, list[str]] = {}

    def visit(kind: Any, where: str) -> None:
        inner = bare(kind)
        if get_origin(inner) is dict:
            visit(get_args(inner)[1], f"{where}.*" if where else where)
        elif get_origin(inner) is tuple:
            visit(get_args(inner)[0], f"{where}[]")
        elif is_block(inner) and not issubclass(inner, RuleSettings):
            if inner not in found:
                found[inner] = []
                for name, field in fields(inner).items():
                    visit(field, f"{where}.{name}".lstrip("."))
            found[inner].append(f"`{where}`" if where else "the top level")

    visit(whole_handbook(), "")
    return found


def _rows(block: type) -> Iterator[tuple[str, ...]]:
    says = descriptions(block)
    for field in dataclasses.fields(block):
        kind = fields(block)[field.name]
        yield (
            f"`{field.name}`",
            _kind(kind),
            _default(field),
            _prose(says.get(field.name)) or _of_what(field.name, kind),
        )


def _of_what(name: str, kind: Any) -> str:
    """What a setting means of which the schema says no more: a clause, or the first sentence of its block."""
    if name == "clause":
        return "The clause that it states."
    block = _inside(kind)[1]
    assert block is not None, f"{name} needs a docstring"
    return re.split(r"(?<=\.) ", _prose(block.__doc__))[0]


def _kind(kind: Any) -> str:
    inner = bare(kind)
    if get_origin(inner) is tuple:
        return f"list of {_kind(get_args(inner)[0])}"
    if get_origin(inner) is dict:
        return f"map of names to {_kind(get_args(inner)[1])}"
    if inner is Any:
        return "see [the rules](rules.md)"
    if is_block(inner) and issubclass(inner, RuleSettings):
        return "see [the rules](rules.md)"
    if is_block(inner):
        return f"[{inner.__name__}](#{inner.__name__.lower()})"
    if choices(inner):
        return _listed([f"`{value}`" for value in choices(inner)], "or")
    word = {str: "text", int: "whole number", float: "number", date: "date", bool: "`true` or `false`"}[inner]
    if any(isinstance(limit, Len) and limit.max_length == 5 for limit in _limits(kind)):
        return "time of day"
    return " ".join(filter(None, [word, *map(_limit, _limits(kind))]))


def _limits(kind: Any) -> tuple[Any, ...]:
    """The limits of a type; those of `X | None` are X's."""
    if hasattr(kind, "__metadata__"):
        return tuple(kind.__metadata__)
    return next((_limits(part) for part in get_args(kind) if hasattr(part, "__metadata__")), ())


def _limit(limit: object) -> str:
    match limit:
        case Ge(ge=least):
            return f"from {least}"
        case Gt(gt=below):
            return f"above {below}"
        case Le(le=most):
            return f"to {most}"
        case _:
            return ""


def _default(field: "dataclasses.Field[Any]") -> str:
    missing = dataclasses.MISSING
    value = field.default if field.default_factory is missing else field.default_factory()
    if value is missing:
        return "needed"
    if dataclasses.is_dataclass(value):
        return ""
    if value in (None, "", (), {}):
        return ""
    return f"`{', '.join(map(str, value)) if isinstance(value, tuple) else value}`"


def _priority_rows(handbook: Handbook) -> Iterator[tuple[str, ...]]:
    red = handbook.work_queue.red_default_branch
    yield "before all", f"`{red.row}`", red.do, "a red default branch", "", "", "", f"`{red.clause}`"
    for row in handbook.work_queue.table:
        what, priority = f"{row.kind}s {row.stage}", str(row.priority or "any")
        labels = ", ".join(f"`{label}`" for label in row.labels)
        yield str(row.level), f"`{row.row}`", row.do, what, priority, row.slo or "", labels, f"`{row.clause}`"


def _counts(clauses: Iterable[Clause]) -> str:
    count = Counter(_ends(clause)[0] for clause in clauses)
    return f"{count.total()} clauses: {_listed([f'{count[fate]} {words}' for fate, words in COUNTED.items()])}."


def _ends(clause: Clause) -> tuple[str, str]:
    return next((fate, says) for fate in FATES if (says := getattr(clause, fate)))


def _fate(clause: Clause) -> str:
    fate, says = _ends(clause)
    return f"{FATES[fate]} {f'`{says}`' if fate in {'does', 'helps'} else says}"


# --- the rules' page --------------------------------------------------------------------------------


def rules_page(handbook: Handbook) -> str:
    """Every rule that finds and mends: what it says, when, how to set it."""
    parts = ["# Rules", NOTE, RULES_INTRODUCTION]
    known = rules()
    for name in dict.fromkeys((*handbook.rules, *known)):
        parts += _rule(known[name], handbook)
    return "\n\n".join(part.strip() for part in parts) + "\n"


RULES_INTRODUCTION = """
Each rule looks at the team's facts, finds what the handbook has otherwise, and says what would mend it. What becomes of
that is the rule's mode in the handbook:

| mode | what happens |
| --- | --- |
| `off` | the rule is not asked |
| `report` | its findings are shown by `handrail findings`, and nothing is planned |
| `propose` | what would mend them stands in `handrail plan`, and waits for somebody's `handrail apply` |
| `apply` | `handrail run --once` does it |

A finding is a `note`; a `warning` where it holds something up, or a time is nearly over; a `breach` where one is over.
The rule `work_queue` has no section here: it finds nothing, but makes everyone's `handrail next` of [the priority
table](handbook.md#the-priority-table) and [its settings](handbook.md#workqueue).

To silence a rule for one item, say why in a comment on it: `@handrail not-applicable RULE because …` (with a finding's
code behind it, that one alone; without the rule's name, the finding of our comment that it answers). `@handrail
applicable` takes that back. Whose word counts stands in the handbook under `acting.commands`. A finding about a
milestone, a branch, a project or the team has no place for such a comment; what silences it are the rule's settings. To
silence a rule for good, set `rules.RULE.mode` to `off` or `report` in the team's handbook.

The tables say what each finding proposes, as seen in the [planted world](demo.md) of the tests; “people” where nothing
but people's work mends it, or where it is theirs to choose.
"""


def _rule(rule: Rule, handbook: Handbook) -> Iterator[str]:
    settings = handbook.rules.get(rule.name, {})
    yield f"## {rule.name}"
    yield _paragraphs(sys.modules[rule.decide.__module__].__doc__ or "")
    yield "\n".join(f"- `{name}`: {handbook.clauses[name].says}" for name in rule.clauses)
    rows = ((f"`{code}`", _prose(when), _proposed(rule.name, code)) for code, when in rule.codes.items())
    yield _table(("finding", "made when", "proposes"), rows)
    yield f"Silence it for one item: `@handrail not-applicable {rule.name} because …`. Set it, here as bundled:"
    yield f"```yaml\n{_yaml({'rules': {rule.name: {'mode': 'propose', **settings}}})}```"
    settings_rows = list(_settings_rows(rule.settings))
    if settings_rows:
        yield _table((f"`rules.{rule.name}`", "value", "meaning"), settings_rows)


def _proposed(rule: str, code: str) -> str:
    kinds = _proposals().get((rule, code), {""})
    named = [", ".join(f"`{kind}`" for kind in sorted(kinds - {""}))] if kinds - {""} else []
    return " or ".join([*named, *(["people"] if "" in kinds else [])])


@cache
def _proposals() -> dict[tuple[str, str], set[str]]:
    """The kinds of actions that findings propose, by rule and code; "" where one of them proposes none."""
    kinds: dict[tuple[str, str], set[str]] = {}
    for changes in ({}, {"rules.triage.community.stale_then": "close"}):
        handbook = a_handbook(changes, people={})
        for seed, day in enumerate(DAYS):
            desk = Desk(assemble(PlantedTeam(seed, day), handbook, closed=True), handbook)
            for one in findings(desk):
                proposed = {str(remedy.change.__struct_config__.tag) for remedy in one.remedies} or {""}
                kinds.setdefault((one.rule, one.code), set()).update(proposed)
    return kinds


def _settings_rows(block: type, above: str = "") -> Iterator[tuple[str, ...]]:
    """Each setting by its path, with those of the blocks within a setting below it."""
    says = descriptions(block)
    for name, kind in fields(block).items():
        if name == "mode":
            continue
        where, within = _inside(kind)
        if not within or says.get(name):
            assert says.get(name), f"{block.__name__}.{name} needs a docstring"
            yield f"`{above}{name}`", "as below" if within else _kind(kind), _prose(says[name])
        if within:
            yield from _settings_rows(within, f"{above}{name}{where}.")


def _inside(kind: Any) -> tuple[str, type | None]:
    """The block that a setting's values are, if they are one, and what its path has between: a name or a place."""
    inner = bare(kind)
    if get_origin(inner) is dict:
        where, within = _inside(get_args(inner)[1])
        return f".*{where}", within
    if get_origin(inner) is tuple:
        where, within = _inside(get_args(inner)[0])
        return f"[]{where}", within
    return "", inner if is_block(inner) else None


def _yaml(value: object) -> str:
    """Settings as a handbook file would have them; what is empty is left away."""
    yaml = YAML()
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = io.StringIO()
    yaml.dump(_written(value), text)
    return re.sub(r" +\n", "\n", text.getvalue())


def _written(value: object) -> object:
    if isinstance(value, dict):
        kept = CommentedMap((key, _written(each)) for key, each in value.items() if each not in (None, "", (), [], {}))
        if not any(isinstance(one, dict | list) for one in kept.values()) and len(str(dict(kept))) < 110:
            kept.fa.set_flow_style()
        return kept
    if isinstance(value, list | tuple):
        each = CommentedSeq(map(_written, value))
        if not any(isinstance(one, dict) for one in value) and len(str(value)) < 90:
            each.fa.set_flow_style()
        return each
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value else value


def _paragraphs(text: str) -> str:
    return "\n\n".join(_prose(part) for part in text.split("\n\n"))


# --- the commands' page -------------------------------------------------------------------------------


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
    yield _prose(command.help)
    yield f"```\n{' '.join([context.command_path, *command.collect_usage_pieces(context)])}\n```"
    options = [one for one in command.get_params(context) if isinstance(one, click.Option) and "--help" not in one.opts]
    records = [record for option in options if (record := option.get_help_record(context))]
    if records:
        yield _table(("option", "meaning"), ((f"`{names}`", _prose(says)) for names, says in records))


# --- pieces ---------------------------------------------------------------------------------------------


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [columns, ("---",) * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _prose(text: str | None) -> str:
    """A docstring or help text in one line, its code marked as Markdown does."""
    return " ".join((text or "").replace("``", "`").split())


def _listed(words: list[str], last: str = "and") -> str:
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def main() -> int:
    """Write what is stale, or with `--check` only name it; the exit code is 1 where that found something."""
    parser = argparse.ArgumentParser(prog="make docs", description="Write the generated pages anew.")
    parser.add_argument("--check", action="store_true", help="only name the files that are stale")
    check = parser.parse_args().check
    stale = {name: text for name, text in generated().items() if _read(ROOT / name) != text}
    for name, text in stale.items():
        if check:
            print(f"{name} is stale: run `make docs`")
        else:
            (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / name).write_text(text, encoding="utf-8")
            print(f"{name} written")
    return int(check and bool(stale))


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
