"""`handrail handover`: what passes to whoever is on duty next, what was decided about it, and the steps of it."""

from getpass import getuser
from typing import TYPE_CHECKING

import click

from handrail.cli.apply import carry_out, said_yes
from handrail.cli.chosen import Chosen, as_json, as_user, known_person, now
from handrail.cli.instance import at_url
from handrail.cli.on_time import turn_on_time

if TYPE_CHECKING:
    from handrail.engine.handover import Option
    from handrail.model.asked import Asked
    from handrail.model.handover import Handover
    from handrail.rules.desk import Desk


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
    from handrail.engine.handover import at_hand, due_now

    looks = dry_run or json_wanted or not chosen.is_stored
    if not looks:
        turn_on_time(chosen)
    desk = _desk(chosen)
    last, following = at_hand(desk)
    if json_wanted:
        print_json({"last": last, "next": following})
        return
    for over in (last, following):
        if over is not None:
            _print(over, desk)
    if looks:
        _print_steps(chosen, desk)
        return
    made = due_now(desk, chosen.known()).plan
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
def decide(chosen: Chosen, *, number: int, option: "Option", note: str, follow_up: str, person: str | None) -> None:
    """Say what becomes of request NUMBER when your shift ends; several may be said of one.

    close: with what was done (--note), and the issue in which the rest goes on (--follow-up, a reference, or a title to
    have one opened). comment: a comment hands it to the next on duty. keep: you go on with it as the expert, and why.
    told: you passed it on in a conversation, with a note of it.
    """
    from handrail.engine.handover import decided, goes_on_in
    from handrail.views.refs import Refs

    chosen.only_stored()
    desk = _desk(chosen)
    by, at, rest = known_person(desk.snapshot, person), now(), " ".join(follow_up.split())
    full = Refs(desk.handbook).full(rest)

    def decide(one: "Asked") -> "Asked":
        return decided(one, option, by, at, desk, note, goes_on_in(rest, full, one, desk) if option == "close" else "")

    _print_request(chosen.opened_store.asked.change(number, decide), desk)


@handover.command()
@as_user
@click.pass_obj
def acknowledge(chosen: Chosen, *, person: str | None) -> None:
    """Say that you have seen what came with the turn; what was handed over to you is yours from then on."""
    from handrail.engine import handover as engine

    chosen.only_stored()
    turn_on_time(chosen)
    desk = _desk(chosen)
    seen, there = engine.acknowledge(chosen.opened_store, desk, known_person(desk.snapshot, person), now())
    click.echo(f"Acknowledged: {seen} of {there}.")


def _desk(chosen: Chosen) -> "Desk":
    from handrail.rules.desk import Desk

    handbook = chosen.peopled(chosen.handbook)
    return Desk(chosen.snapshot_at(None, handbook, closed=True), handbook)


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


def _print_steps(chosen: Chosen, desk: "Desk") -> None:
    """What is due now, else what will be at the next handoff: the turn, the requests, and the plan for GitLab."""
    from handrail.cli.plan import print_actions
    from handrail.cli.screen import QUIET, clean, console
    from handrail.engine.handover import steps
    from handrail.views.refs import Refs

    out, then = console(), steps(desk, chosen.known())
    when = "Now" if then.snapshot is desk.snapshot else f"On {desk.voice.instant(then.snapshot.now)}"
    who = desk.voice.name(then.holder) if then.holder else "nobody"
    out.print(f"{when}: {who} is on duty" + (", and with the turn pass:" if then.passing else "."), style="bold")
    for one in then.passing:
        out.print(f"{one.id:>4}  {clean(one.title)}", soft_wrap=True, markup=False)
    if then.plan.actions:
        print_actions(out, then.plan.actions, Refs(desk.handbook), desk.handbook)
    else:
        out.print("Nothing of it is to be done on GitLab.", style=QUIET)


def _print_request(one: "Asked", desk: "Desk") -> None:
    from handrail.cli.screen import clean
    from handrail.rules.handover_words import decided

    click.echo(clean(f"{one.id}  {one.title}: {decided(one.steps[-1], desk.voice)}"))
