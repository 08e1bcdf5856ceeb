"""The command line's frame: its commands and its global options."""

from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

import click

from handrail.cli.chosen import DEMO_PEOPLE, DEMO_SIZE, Chosen

COMMANDS = {
    "next": "handrail.cli.next_work:next_work",
    "explain": "handrail.cli.explain:explain",
    "waiting": "handrail.cli.lists:waiting",
    "triage": "handrail.cli.lists:triage",
    "findings": "handrail.cli.findings:findings",
    "milestone": "handrail.cli.milestone:milestone",
    "okr": "handrail.cli.okr:okr",
    "clocks": "handrail.cli.clocks:clocks",
    "duty": "handrail.cli.duty:duty",
    "request": "handrail.cli.request:request",
    "handover": "handrail.cli.handover:handover",
    "redirect": "handrail.cli.redirect:redirect",
    "me": "handrail.cli.me:me",
    "unplanned": "handrail.cli.unplanned:unplanned",
    "plan": "handrail.cli.plan:plan",
    "apply": "handrail.cli.apply:apply",
    "run": "handrail.cli.run:run",
    "jobs": "handrail.cli.jobs:jobs",
    "log": "handrail.cli.apply:log",
    "undo": "handrail.cli.own_steps:undo",
    "take": "handrail.cli.own_steps:take",
    "snooze": "handrail.cli.own_steps:snooze",
    "rollover": "handrail.cli.own_steps:rollover",
    "check": "handrail.cli.handbook:check",
    "handbook": "handrail.cli.handbook:handbook",
    "snapshot": "handrail.cli.snapshot:snapshot",
    "sync": "handrail.cli.sync:sync",
    "serve": "handrail.cli.serve:serve",
    "hooks": "handrail.cli.hooks:hooks",
}


class Lazy(click.Group):
    """A group whose commands' modules are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """In the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's
        """The command, imported now; None for a name that is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(module), name)
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest name for one that is none: click would look among commands that it holds."""
        near = get_close_matches(args[0], COMMANDS, 1) if args[0] not in COMMANDS else []
        if near and not ctx.resilient_parsing:
            ctx.fail(f"No such command '{args[0]}'. Did you mean '{near[0]}'?")
        return super().resolve_command(ctx, args)


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="handrail", message="handrail %(version)s")
@click.option(
    "--snapshot",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Decide on the facts of a snapshot file.",
)
@click.option("--demo", is_flag=True, help="Decide on the simulated demo team.")
@click.option("--size", default=DEMO_SIZE, show_default=True, metavar="N", help="How many items the demo team has.")
@click.option(
    "--people", default=DEMO_PEOPLE, show_default=True, metavar="N", help="How many people the demo team has."
)
@click.option(
    "--handbook",
    "handbook_file",
    type=click.Path(path_type=Path),
    envvar="HANDRAIL_HANDBOOK",
    show_envvar=True,
    metavar="FILE",
    help="The team's handbook; without it the bundled one.",
)
@click.option(
    "--store",
    "store_at",
    envvar="HANDRAIL_STORE",
    show_envvar=True,
    metavar="PLACE",
    help="What “sync” reads into and everything else runs on: an SQLite file, or a postgresql:// URL.",
)
@click.pass_context
def cli(
    context: click.Context,
    *,
    snapshot: Path | None,
    demo: bool,
    size: int,
    people: int,
    handbook_file: Path | None,
    store_at: str | None,
) -> None:
    """Run an engineering team's handbook on GitLab: what to do next, and why."""
    context.obj = Chosen(snapshot, demo, size, people, handbook_file, store_at)
