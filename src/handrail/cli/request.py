"""`handrail request`: what somebody asked of whoever is on duty, whose it is, and what became of it."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, as_json, as_user, at_moment, known_person, now
from handrail.cli.redirect import WAYS, redirects_of
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.model.asked import Asked, Step
    from handrail.rules.desk import Desk
    from handrail.rules.queue_words import Voice

MOST_EXPERTS = 3
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
    from handrail.duty.asked import came
    from handrail.duty.redirects import Call
    from handrail.model.asked import Asked
    from handrail.model.items import is_reference
    from handrail.model.people import spelled
    from handrail.views.refs import Refs

    chosen.only_stored()
    desk = chosen.queue(None).desk
    at = chosen.moment(when) or desk.snapshot.now
    if at > desk.snapshot.now:
        raise UserError(f"{when} is still to come: say when it was asked.")
    full = Refs(desk.handbook).full(ref) if ref else ""
    if full and not (is_reference(full) and ("/" in full or "&" in full)):
        raise UserError(
            f"“{ref}” is no reference that is known here: write one like omnibus#1, or like group/project#1."
        )
    by = asked_by.strip().removeprefix("@")
    if not by:
        raise UserError("Say who asks, so that somebody can be answered: --by USER.")
    by = spelled(by, desk.snapshot.people) or by
    for link in links:
        if not re.fullmatch(r"https?://[^\s/]+\S*", link):
            raise UserError(f"“{link}” is no address: write one that begins with https://.")
    draft = Asked(title, WAYS[way], by, at, urgent=urgent, ref=full, links=tuple(dict.fromkeys(links)))
    asked_of = known_person(desk.snapshot, of) if of else ""
    item = desk.snapshot.by_ref.get(full)
    call = Call(draft.way, at, by, asked_of, urgent, item.labels if item else ())
    owner = redirects_of(desk).answer(call).owner
    made = came(draft, desk.duty, desk.snapshot.calendars, desk.handbook.rotation, note, owner)
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
    from handrail.duty.asked import taken

    _change(chosen, number, person, lambda one, by: taken(one, by, now()))


@request.command()
@click.argument("number", type=int)
@click.argument("whom", metavar="[USER]", required=False)
@note_option
@as_user
@click.pass_obj
def ask(chosen: Chosen, *, number: int, whom: str | None, note: str, person: str | None) -> None:
    """Say that you called in USER, a subject-matter expert; without one it is said who can be asked, and why."""
    from handrail.duty.asked import asked
    from handrail.rules.experts import known

    desk = chosen.queue(None).desk
    if whom is None:
        _print_experts(_of_number(chosen, desk, number), desk, f"{chosen.program} request ask {number}")
        return

    def called_in(one: "Asked", by: str) -> "Asked":
        expert = known(whom, desk.snapshot.by_ref.get(one.ref), desk)
        if expert is None:
            raise UserError(
                f"Nobody called @{whom.removeprefix('@')} is known here: name one of the team, somebody who is on "
                "what it is about, or an expert whom the handbook has under components:."
            )
        return asked(one, by, expert, now(), note)

    _change(chosen, number, person, called_in, desk)


@request.command()
@click.argument("number", type=int)
@click.argument("whom", metavar="[USER]", required=False)
@note_option
@as_user
@click.pass_obj
def escalate(chosen: Chosen, *, number: int, whom: str | None, note: str, person: str | None) -> None:
    """Say that a manager is needed: USER, or without one the first of EM and PM."""
    from handrail.duty.asked import escalated

    desk = chosen.queue(None).desk
    to = known_person(desk.snapshot, whom) if whom else next(iter(desk.managers), "")
    if not to:
        raise UserError("The handbook names no manager: say whom you escalate to.")
    _change(chosen, number, person, lambda one, by: escalated(one, by, to, now(), note), desk)


@request.command(name="hand-over")
@click.argument("number", type=int)
@click.argument("to", metavar="USER")
@note_option
@as_user
@click.pass_obj
def hand_over(chosen: Chosen, *, number: int, to: str, note: str, person: str | None) -> None:
    """Hand a request over to USER: it stays its owner's until USER takes it, whoever is on duty by then."""
    from handrail.duty.asked import handed_over

    desk = chosen.queue(None).desk
    name = known_person(desk.snapshot, to)
    _change(chosen, number, person, lambda one, by: handed_over(one, by, name, now(), note), desk)


@request.command()
@click.argument("number", type=int)
@click.argument("note", metavar="WHAT")
@as_user
@click.pass_obj
def done(chosen: Chosen, *, number: int, note: str, person: str | None) -> None:
    """Say that it is answered, and WHAT was done about it."""
    from handrail.duty.asked import ended

    _change(chosen, number, person, lambda one, by: ended(one, by, now(), "done", note))


@request.command()
@click.argument("number", type=int)
@click.argument("note", metavar="WHY")
@as_user
@click.pass_obj
def decline(chosen: Chosen, *, number: int, note: str, person: str | None) -> None:
    """Say that it is not for the team, and WHY, or for whom it is."""
    from handrail.duty.asked import ended

    _change(chosen, number, person, lambda one, by: ended(one, by, now(), "declined", note))


@request.command()
@click.argument("number", type=int)
@click.pass_obj
def show(chosen: Chosen, *, number: int) -> None:
    """All that was done about a request, and who can be asked about it."""
    from handrail.cli.screen import clean

    desk = chosen.queue(None).desk
    one = _of_number(chosen, desk, number)
    _print([one], desk)
    for link in one.links:
        click.echo(clean(f"  {link}"))
    for step in sorted(one.steps, key=lambda step: step.at):
        click.echo(clean(f"  {desk.voice.instant(step.at)}  {_step(step, desk.voice)}"))
    if not one.is_over:
        _print_experts(one, desk, f"{chosen.program} request ask {number}")


def _step(step: "Step", voice: "Voice") -> str:
    by, whom = voice.name(step.by) if step.by else "Handrail", voice.name(step.whom) if step.whom else "nobody"
    told = {
        "came": f"asked, and it was {whom}’s",
        "told": "told whoever asked who has it",
        "took": "took it",
        "asked": f"asked {whom}",
        "escalated": f"escalated it to {whom}",
        "handed over": f"handed it over to {whom}",
        "kept": "goes on with it",
        "spoke": "passed it on in a conversation",
        "passed": f"passed it to {whom} with the turn",
        "acknowledged": "took it over",
        "saw": "has seen what was decided",
        "chased": "asked for an answer",
        "done": "closed it" if step.follow_up else "was done with it",
        "declined": "declined it",
    }
    goes_on = f"; goes on in {step.follow_up}" if step.follow_up else ""
    return f"{by} {told.get(step.did, step.did)}{f': {step.note}' if step.note else ''}{goes_on}"


def _of_number(chosen: Chosen, desk: "Desk", number: int) -> "Asked":
    known = {one.id: one for one in desk.snapshot.asked}
    if number not in known:
        raise UserError(f"There is no request {number}: “{chosen.program} request list --all” shows what there is.")
    return known[number]


def _print_experts(one: "Asked", desk: "Desk", command: str) -> None:
    """Who can be asked about a request, the best first, and how that is kept."""
    from handrail.cli.screen import QUIET, console
    from handrail.rules.experts import experts

    out = console()
    found = [known for known in experts(one.title, one.ref, desk) if known.person not in {one.owner, one.asked_by}]
    if found:
        out.print("Who can be asked:")
        for expert in found[:MOST_EXPERTS]:
            presence = f"; {expert.presence}" if expert.presence else ""
            out.print(f"  {desk.voice.name(expert.person)} {expert.why}{presence}", soft_wrap=True)
        out.print(f"{command} {found[0].person}", style=QUIET, soft_wrap=True)
    else:
        out.print("The handbook names no expert for it: add one to components:, or ask the group.", style=QUIET)


def _change(
    chosen: Chosen, number: int, person: str | None, decide: "Callable[[Asked, str], Asked]", desk: "Desk | None" = None
) -> None:
    chosen.only_stored()
    desk = desk or chosen.queue(None).desk
    by = known_person(desk.snapshot, person)
    _print([chosen.opened_store.asked.change(number, lambda one: decide(one, by))], desk)


def _print(found: "list[Asked]", desk: "Desk") -> None:
    from rich.table import Table
    from rich.text import Text

    from handrail.cli.screen import ONE_LINE, QUIET, clean, console
    from handrail.model.asked import is_late
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
        late = is_late(one, desk.snapshot.now)
        title, way = Text(clean(one.title + about)), f"urgent {one.way}" if one.urgent else one.way
        came = f"{way}, @{one.asked_by} {voice.since(one.asked_at)}"
        whose = Text(clean(_whose(one, voice, late=late)), "bold #d55e00" if late else "")
        cells = (title, came, whose) if wide else (Text.assemble(title, "\n", (came, QUIET), "\n", whose),)
        table.add_row(str(one.id), *cells)
    out.print(table)


def _whose(one: "Asked", voice: "Voice", *, late: bool) -> str:
    """Whose it is, and what is to happen next."""
    if last := one.ended:
        return f"{last.did} by {voice.name(last.by)}: {last.note}"
    said = voice.name(one.owner) if one.owner else "nobody’s"
    if one.passing_to:
        said += f", handed over to {voice.name(one.passing_to)}, who has not taken it yet"
    if one.stage in {"asked", "escalated"}:
        whom = next(step.whom for step in reversed(one.steps) if step.did == one.stage)
        said += f"; {one.stage}: {voice.name(whom)}"
    if one.answer_due and not one.passing_to and not one.is_answered:
        said += f"; an answer {'was' if late else 'is'} due {voice.instant(one.answer_due)}"
    return said
