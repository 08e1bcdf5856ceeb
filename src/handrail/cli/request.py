"""`handrail request`: what somebody asked of whoever is on duty, whose it is, and what became of it."""

from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, as_json, as_user, at_moment, known_person, now
from handrail.cli.redirect import WAYS
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.engine.asking import Act
    from handrail.model.asked import Asked
    from handrail.rules.desk import Desk

note_option = click.option("--note", default="", metavar="TEXT", help="What else others should know.")


@click.group()
def request() -> None:
    """What somebody asked of whoever is on duty: whose it is, by when to answer, and what became of it."""


@request.command()
@click.argument("title")
@click.option(
    "--way", type=click.Choice(list(WAYS)), default="other", show_default=True, help="What it is, or how it came."
)
@click.option("--by", "asked_by", required=True, metavar="USER", help="Who asks.")
@click.option("--of", metavar="USER", default="", help="Whom they asked; without it the team, or whoever is on duty.")
@click.option("--when", metavar="TIME", help="When they asked, in the team's zone; without it now.")
@click.option("--urgent", is_flag=True, help="It cannot wait for the usual answer.")
@click.option("--ref", default="", metavar="REF", help="The issue or merge request that it is about.")
@click.option("--link", "links", multiple=True, metavar="URL", help="Where it was asked, or what belongs to it.")
@note_option
@click.pass_obj
def add(  # noqa: PLR0913  # click hands over every option
    chosen: Chosen,
    *,
    title: str,
    way: str,
    asked_by: str,
    of: str,
    when: str | None,
    urgent: bool,
    ref: str,
    links: tuple[str, ...],
    note: str,
) -> None:
    """Keep a request TITLE: it is whoever was on duty then who has it, unless “redirect” says that another has."""
    from handrail.engine.asking import new
    from handrail.views.refs import Refs

    chosen.only_stored()
    desk = chosen.queue(None).desk
    at = chosen.moment(when) or desk.snapshot.now
    full = Refs(desk.handbook).full(ref) if ref else ""
    asked_of = known_person(desk.snapshot, of) if of else ""
    made = new(desk, title, WAYS[way], asked_by, at, of=asked_of, urgent=urgent, ref=full, links=links, note=note)
    _print([chosen.opened_store.asked.add(made)], desk)


@request.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Those that are over as well.")
@click.option("--mine", is_flag=True, help="Only yours, and those that were handed over to you.")
@as_user
@at_moment
@as_json
@click.pass_obj
def list_(  # click hands over every option
    chosen: Chosen, *, everything: bool, mine: bool, person: str | None, at: str | None, json_wanted: bool
) -> None:
    """The requests, the oldest first."""
    from handrail.cli.json_out import print_json

    desk = chosen.queue(at).desk
    name = known_person(desk.snapshot, person) if mine else ""
    found = [
        one
        for one in desk.snapshot.asked
        if (everything or not one.is_over) and (not name or name in {one.owner, one.passing_to})
    ]
    if json_wanted:
        print_json(found)
    else:
        _print(found, desk)


@request.command()
@click.argument("number", type=int)
@as_user
@click.pass_obj
def take(chosen: Chosen, *, number: int, person: str | None) -> None:
    """Make a request yours, whoever has it: it was handed over to you, or you are the first to be there for it."""
    _change(chosen, number, person, "take")


@request.command()
@click.argument("number", type=int)
@click.argument("whom", metavar="[USER]", required=False)
@note_option
@as_user
@click.pass_obj
def ask(chosen: Chosen, *, number: int, whom: str | None, note: str, person: str | None) -> None:
    """Say that you called in USER, a subject-matter expert; without one it is said who can be asked, and why."""
    if whom is None:
        desk = chosen.queue(None).desk
        _print_experts(_of_number(chosen, desk, number), desk, f"{chosen.program} request ask {number}")
    else:
        _change(chosen, number, person, "ask", whom, note)


@request.command()
@click.argument("number", type=int)
@click.argument("whom", metavar="[USER]", required=False)
@note_option
@as_user
@click.pass_obj
def escalate(chosen: Chosen, *, number: int, whom: str | None, note: str, person: str | None) -> None:
    """Say that a manager is needed: USER, or without one the first of EM and PM."""
    _change(chosen, number, person, "escalate", whom, note)


@request.command(name="hand-over")
@click.argument("number", type=int)
@click.argument("to", metavar="USER")
@note_option
@as_user
@click.pass_obj
def hand_over(chosen: Chosen, *, number: int, to: str, note: str, person: str | None) -> None:
    """Hand a request over to USER: it stays its owner's until USER takes it, whoever is on duty by then."""
    _change(chosen, number, person, "hand-over", to, note)


@request.command()
@click.argument("number", type=int)
@click.argument("note", metavar="WHAT")
@as_user
@click.pass_obj
def done(chosen: Chosen, *, number: int, note: str, person: str | None) -> None:
    """Say that it is answered, and WHAT was done about it."""
    _change(chosen, number, person, "done", note=note)


@request.command()
@click.argument("number", type=int)
@click.argument("note", metavar="WHY")
@as_user
@click.pass_obj
def decline(chosen: Chosen, *, number: int, note: str, person: str | None) -> None:
    """Say that it is not for the team, and WHY, or for whom it is."""
    _change(chosen, number, person, "decline", note=note)


@request.command()
@click.argument("number", type=int)
@click.pass_obj
def show(chosen: Chosen, *, number: int) -> None:
    """All that was done about a request, and who can be asked about it."""
    from handrail.cli.screen import clean
    from handrail.views.asked import deed

    desk = chosen.queue(None).desk
    one = _of_number(chosen, desk, number)
    _print([one], desk)
    for link in one.links:
        click.echo(clean(f"  {link}"))
    for step in sorted(one.steps, key=lambda step: step.at):
        click.echo(clean(f"  {desk.voice.instant(step.at)}  {deed(step, desk.voice)}"))
    if not one.is_over:
        _print_experts(one, desk, f"{chosen.program} request ask {number}")


def _of_number(chosen: Chosen, desk: "Desk", number: int) -> "Asked":
    known = {one.id: one for one in desk.snapshot.asked}
    if number not in known:
        raise UserError(f"There is no request {number}: “{chosen.program} request list --all” shows what there is.")
    return known[number]


def _print_experts(one: "Asked", desk: "Desk", command: str) -> None:
    """Who can be asked about a request, the best first, and how that is kept."""
    from handrail.cli.screen import QUIET, console
    from handrail.views.asked import who_knows

    out, found = console(), who_knows(one, desk)
    if found:
        out.print("Who can be asked:")
        for expert in found:
            presence = f"; {expert.presence}" if expert.presence else ""
            out.print(f"  {desk.voice.name(expert.person)} {expert.why}{presence}", soft_wrap=True)
        out.print(f"{command} {found[0].person}", style=QUIET, soft_wrap=True)
    else:
        out.print("The handbook names no expert for it: add one to components:, or ask the group.", style=QUIET)


def _change(
    chosen: Chosen, number: int, person: str | None, act: "Act", whom: str | None = None, note: str = ""
) -> None:
    from handrail.engine.asking import acted

    chosen.only_stored()
    desk = chosen.queue(None).desk
    if whom and act != "ask":
        whom = known_person(desk.snapshot, whom)
    decide = acted(act, known_person(desk.snapshot, person), now(), desk, whom or "", note)
    _print([chosen.opened_store.asked.change(number, decide)], desk)


def _print(found: "list[Asked]", desk: "Desk") -> None:
    from rich.table import Table
    from rich.text import Text

    from handrail.cli.screen import ONE_LINE, QUIET, clean, console
    from handrail.model.asked import is_late
    from handrail.views.asked import how, whose
    from handrail.views.refs import Refs

    out, refs, voice = console(), Refs(desk.handbook), desk.voice
    if not found:
        out.print("No requests.")
        return
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False, expand=True)
    table.add_column(no_wrap=True, justify="right", style="bold")
    table.add_column(ratio=5)
    if wide := out.width >= ONE_LINE:
        table.add_column(no_wrap=True, style=QUIET)
        table.add_column(ratio=4)
    for one in found:
        about = f" ({refs.shortened(one.ref)})" if one.ref else ""
        late, title, came = is_late(one, desk.snapshot.now), Text(clean(one.title + about)), how(one, voice)
        has = Text(clean(whose(one, voice, late=late)), "bold #d55e00" if late else "")
        cells = (title, came, has) if wide else (Text.assemble(title, "\n", (came, QUIET), "\n", has),)
        table.add_row(str(one.id), *cells)
    out.print(table)
