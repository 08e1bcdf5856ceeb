"""`handrail handover`: what passes to whoever is on duty next, what was decided about it, and the steps of it."""

from getpass import getuser
from typing import TYPE_CHECKING, Literal

import click

from handrail.cli.apply import carry_out, said_yes
from handrail.cli.chosen import Chosen, as_json, as_user, known_person, now
from handrail.cli.instance import at_url
from handrail.cli.on_time import turn_on_time
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.model.asked import Asked
    from handrail.model.duty import Duty
    from handrail.model.handover import Handover
    from handrail.model.snapshot import Snapshot
    from handrail.rules.desk import Desk

RULE = "handover"
LONGEST_TITLE = 255
"""Characters of an issue's title that GitLab takes."""
Option = Literal["close", "comment", "keep", "told"]


@click.group(invoke_without_command=True)
@click.option(
    "--dry-run", is_flag=True, help="Only show the steps: those that are due, else those of the next handoff."
)
@as_json
@as_user
@said_yes
@at_url
@click.pass_context
def handover(
    context: click.Context, *, dry_run: bool, json_wanted: bool, person: str | None, yes: bool, url: str
) -> None:
    """What passes to whoever is on duty next, and what was decided about it; then does what is due of the handover.

    Outgoing and incoming see the same. The turn changes on time by itself (“handrail run”), and what nobody decided
    about passes with it. On GitLab the shift's issue is closed, the next one opened and assigned, and the requests' own
    issues say who has them.
    """
    chosen: Chosen = context.obj
    if context.invoked_subcommand is None:
        _handover(chosen, dry_run=dry_run, json_wanted=json_wanted, person=person, yes=yes, url=url)


def _handover(chosen: Chosen, *, dry_run: bool, json_wanted: bool, person: str | None, yes: bool, url: str) -> None:
    from handrail.cli.json_out import print_json
    from handrail.engine.evaluate import evaluate

    looks = dry_run or json_wanted or not chosen.is_stored
    if not looks:
        turn_on_time(chosen)
    desk = _desk(chosen)
    last, following = _at_hand(desk)
    if json_wanted:
        print_json({"last": last, "next": following})
        return
    for over in (last, following):
        if over is not None:
            _print(over, desk)
    if looks:
        _print_steps(chosen, desk, following)
        return
    made = evaluate(desk.snapshot, desk.handbook, chosen.known(), (RULE,)).plan
    if not made.actions:
        click.echo("Nothing of it is to be done on GitLab now.")
        for conflict in made.conflicts:
            click.echo(f"Left to people: {conflict.why}.")
        return
    approver = known_person(desk.snapshot, person) if person else getuser()
    carry_out(chosen, made, desk.handbook, approver, url=url, yes=yes)


@handover.command()
@click.argument("number", type=int)
@click.argument("option", type=click.Choice(["close", "comment", "keep", "told"]))
@click.option("--note", default="", metavar="TEXT", help="What was done, what the next one should know, or why.")
@click.option(
    "--follow-up", default="", metavar="REF", help="Of one that is closed: where the rest goes on, or its title."
)
@as_user
@click.pass_obj
def decide(chosen: Chosen, *, number: int, option: Option, note: str, follow_up: str, person: str | None) -> None:
    """Say what becomes of request NUMBER when your shift ends; several may be said of one.

    close: with what was done (--note), and the issue in which the rest goes on (--follow-up, a reference, or a title to
    have one opened). comment: a comment hands it to the next on duty. keep: you go on with it as the expert, and why.
    told: you passed it on in a conversation, with a note of it.
    """
    from handrail.duty.handover import closed, commented, kept, told

    chosen.only_stored()
    desk = _desk(chosen)
    by, at, duty = known_person(desk.snapshot, person), now(), _duty(desk.snapshot)

    def decided(one: "Asked") -> "Asked":
        match option:
            case "close":
                return closed(one, by, at, note, _goes_on_in(follow_up, one, desk))
            case "keep":
                return kept(one, by, at, note)
            case "comment":
                return commented(one, by, _next_of(one, duty, desk), at, note)
            case "told":
                return told(one, by, _next_of(one, duty, desk), at, note)

    _print_request(chosen.opened_store.asked.change(number, decided), desk)


@handover.command()
@as_user
@click.pass_obj
def acknowledge(chosen: Chosen, *, person: str | None) -> None:
    """Say that you have seen what came with the turn; what was handed over to you is yours from then on."""
    from handrail.duty.handover import received
    from handrail.model.handover import latest

    chosen.only_stored()
    turn_on_time(chosen)
    desk = _desk(chosen)
    by, at = known_person(desk.snapshot, person), now()
    snapshot = desk.snapshot
    over = latest(_duty(desk.snapshot), snapshot.asked, snapshot.calendars, snapshot.now)
    if over is None or over.incoming != by:
        raise UserError(f"@{by} is not on duty now: who came on duty acknowledges what came with it.")
    rows = [row for row in over.rows if row.is_open]
    for row in rows:
        chosen.opened_store.asked.change(row.request.id, lambda one: received(one, by, at))
    click.echo(f"Acknowledged: {len(rows)} of {len(over.rows)}.")


def _desk(chosen: Chosen) -> "Desk":
    from handrail.rules.desk import Desk

    handbook = chosen.peopled(chosen.handbook)
    return Desk(chosen.snapshot_at(None, handbook, closed=True), handbook)


def _duty(snapshot: "Snapshot") -> "Duty":
    if snapshot.duty is None:
        raise UserError(
            "Who is on duty is told by the rotation issues alone, so that people hand over there: “handrail duty start "
            "USER …” keeps the rotation here, and its handovers."
        )
    return snapshot.duty


def _at_hand(desk: "Desk") -> "tuple[Handover | None, Handover | None]":
    """The last handover, as long as somebody has to say a word about it yet, and the next one."""
    from handrail.model.handover import coming, latest

    duty, snapshot = _duty(desk.snapshot), desk.snapshot
    last = latest(duty, snapshot.asked, snapshot.calendars, snapshot.now)
    if last is not None and not any(row.is_open for row in last.rows):
        last = None
    return last, coming(duty, snapshot.asked, snapshot.calendars, snapshot.now)


def _next_of(one: "Asked", duty: "Duty", desk: "Desk") -> str:
    """To whom a request goes from its owner: the next on duty, or whoever is on duty while its owner is not."""
    from handrail.model.handover import coming

    if desk.holder != one.owner:
        return desk.holder
    over = coming(duty, (), desk.snapshot.calendars, desk.snapshot.now)
    return over.incoming if over and desk.is_member(over.incoming) else ""


def _goes_on_in(told: str, one: "Asked", desk: "Desk") -> str:
    """The full reference of the issue in which the rest goes on, or the title of one that is to be opened.

    Raises UserError where it can be neither: the request's own issue is closed for its sake.
    """
    from handrail.cli.chosen import near_ref
    from handrail.model.items import Issue, is_reference, kind_of
    from handrail.views.refs import Refs

    title = " ".join(told.split())
    full = Refs(desk.handbook).full(title)
    if not is_reference(full):
        if len(title) > LONGEST_TITLE:
            raise UserError(f"That title has {len(title)} characters: GitLab takes {LONGEST_TITLE} at most.")
        return title
    if full == one.ref:
        raise UserError(f"{title} is what request {one.id} is about, and is closed: name another issue.")
    if kind_of(full) != "issue":
        raise UserError(f"{title} is no issue: name one, or a title to have one opened.")
    project, known = full.rpartition("#")[0], desk.snapshot.by_ref
    is_read = any(source.path == project and not source.labels for source in desk.handbook.sources.values())
    if (is_read and not isinstance(known.get(full), Issue)) or "/" not in project:
        near = near_ref(full, known)
        hint = f"Did you mean {near}?" if near else "Name one that is, or a title to have one opened."
        raise UserError(f"{full} is no open issue in these facts. {hint}")
    return full


def _print(over: "Handover", desk: "Desk") -> None:
    from rich.text import Text

    from handrail.cli.screen import QUIET, clean, console
    from handrail.rules.handover_words import row_words
    from handrail.views.refs import Refs

    out, voice, refs = console(), desk.voice, Refs(desk.handbook)
    outgoing = voice.name(over.outgoing) if over.outgoing else "Nobody"
    incoming = voice.name(over.incoming) if over.incoming else "nobody"
    word = "handed over" if over.at <= desk.snapshot.now else "hands over"
    nobody = "" if over.incoming else ": nobody is available"
    out.print(f"{outgoing} {word} to {incoming} on {voice.instant(over.at)}{nobody}.", style="bold", soft_wrap=True)
    if over.ceremony != over.at and over.incoming:
        out.print(f"{incoming} is at work from {voice.instant(over.ceremony)} on: you can speak to each other then.")
    if not over.rows:
        out.print("No request is active.", style=QUIET)
    for row in over.rows:
        about = f" ({refs.shortened(row.request.ref)})" if row.request.ref else ""
        style = "bold #d55e00" if not row.decided and not row.acknowledged else ""
        out.print(f"{row.request.id:>4}  {clean(row.request.title + about)}", soft_wrap=True, markup=False)
        out.print(Text(f"      {clean(row_words(row, over, voice))}", style), soft_wrap=True)


def _print_steps(chosen: Chosen, desk: "Desk", following: "Handover | None") -> None:
    """What is due now, else what will be at the next handoff: the turn, the requests, and the plan for GitLab."""
    from handrail.cli.plan import print_actions
    from handrail.cli.screen import QUIET, clean, console
    from handrail.engine.evaluate import evaluate
    from handrail.engine.handover import as_passed
    from handrail.views.refs import Refs

    out, known = console(), chosen.known()
    then, passed = desk.snapshot, as_passed(desk.snapshot)
    made = evaluate(passed, desk.handbook, known, (RULE,)).plan
    if following is not None and not made.actions:
        then = chosen.snapshot_at(following.at.isoformat(), desk.handbook, closed=True)
        passed = as_passed(then)
        made = evaluate(passed, desk.handbook, known, (RULE,)).plan
    shift = _duty(then).at(then.now)
    gone = [new for old, new in zip(then.asked, passed.asked, strict=True) if old != new]
    when = "Now" if then is desk.snapshot else f"On {desk.voice.instant(then.now)}"
    who = desk.voice.name(shift.holder) if shift and shift.holder else "nobody"
    out.print(f"{when}: {who} is on duty" + (", and with the turn pass:" if gone else "."), style="bold")
    for one in gone:
        out.print(f"{one.id:>4}  {clean(one.title)}", soft_wrap=True, markup=False)
    if made.actions:
        print_actions(out, made.actions, Refs(desk.handbook), desk.handbook)
    else:
        out.print("Nothing of it is to be done on GitLab.", style=QUIET)


def _print_request(one: "Asked", desk: "Desk") -> None:
    from handrail.cli.screen import clean
    from handrail.rules.handover_words import decided

    click.echo(clean(f"{one.id}  {one.title}: {decided(one.steps[-1], desk.voice)}"))
