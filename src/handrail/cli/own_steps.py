"""A person's own steps, through the same plan and journal as everything else: take, snooze, roll over, undo."""

from datetime import UTC, date, datetime, time
from getpass import getuser
from zoneinfo import ZoneInfo

import click

from handrail.cli.apply import carry_out, said_yes, say, sum_up
from handrail.cli.chosen import Chosen, as_user, known_person, now, quoted
from handrail.cli.instance import at_url, connected, reader_of
from handrail.errors import UserError


@click.command()
@click.argument("ref")
@as_user
@said_yes
@at_url
@click.pass_obj
def take(chosen: Chosen, *, ref: str, person: str | None, yes: bool, url: str) -> None:
    """Take REF: the first step of its row in your queue, such as assigning it to you and saying that you began."""
    from handrail.plan.planner import make_plan
    from handrail.rules.first_steps import first_step
    from handrail.views.refs import Refs

    queue = chosen.queue(None)
    name = known_person(queue.snapshot, person)
    full = Refs(queue.handbook).full(ref)
    entry = next((one for one in queue.rank(name) if one.item.ref == full), None)
    if entry is None:
        raise UserError(f"{ref} is not in your queue: “{chosen.program} explain {quoted(ref)} --as {name}” says why.")
    made = make_plan([first_step(entry, name, queue.desk)], queue.snapshot, queue.handbook)
    carry_out(chosen, made, queue.handbook, name, url=url, yes=yes, again=True)


@click.command()
@click.argument("ref")
@click.option("--until", metavar="DATE", help="The day on which it comes back.")
@click.option("--because", metavar="REASON", help="Why it can wait: you will read it then.")
@click.option("--wake", is_flag=True, help="Show it again now.")
@as_user
@click.pass_obj
def snooze(chosen: Chosen, *, ref: str, until: str | None, because: str | None, wake: bool, person: str | None) -> None:
    """Leave REF out of your own queue until a day, with the reason; nobody else's queue changes."""
    from handrail.model.journal import Snooze
    from handrail.views.refs import Refs

    store = chosen.opened_store
    snapshot = chosen.snapshot_at(None, chosen.peopled(chosen.handbook))
    name = known_person(snapshot, person)
    full = Refs(chosen.handbook).full(ref)
    if wake:
        if not store.said.wake(name, full):
            raise UserError(f"{ref} is not snoozed: “{chosen.program} next --as {name}” shows what is.")
        click.echo(f"{ref} is back in your queue.")
        return
    if not until or not (because or "").strip():
        raise UserError("Say until when and why: --until 2026-06-05 --because “the upstream release is on Thursday”.")
    if full not in snapshot.by_ref:
        raise UserError(f"{ref} is not open, so there is nothing to snooze.")
    day = _day(until)
    back = datetime.combine(day, time(), ZoneInfo(snapshot.people[name].zone)).astimezone(UTC)
    if back <= snapshot.now:
        raise UserError(f"{until} is not to come: name a later day.")
    store.said.snooze(Snooze(name, full, back, (because or "").strip(), snapshot.now))
    click.echo(
        f"{ref} is out of your queue until {day}. Earlier: {chosen.program} snooze {quoted(ref)} --wake --as {name}"
    )


@click.command()
@as_user
@click.option("--team", is_flag=True, help="The rest, for EM and PM.")
@click.option("--confirm", is_flag=True, help="With --team: move what is shown.")
@said_yes
@at_url
@click.pass_obj
def rollover(chosen: Chosen, *, person: str | None, team: bool, confirm: bool, yes: bool, url: str) -> None:
    """Move what you have not finished to the next milestone, with the labels that say so.

    Your own issues, from the day on which you are asked for news of them. With --team the rest, which EM and PM look at
    and confirm with --confirm: merge requests and what nobody has; from the milestone's last day on whatever is left.
    """
    from handrail.cli.plan import print_plan
    from handrail.cli.screen import console
    from handrail.engine.rollover import rolling_over
    from handrail.model.plans import Known
    from handrail.rules.desk import Desk
    from handrail.views.refs import Refs

    if confirm and not team:
        raise UserError("--confirm goes with --team: your own issues are shown, and moved after your yes.")
    handbook = chosen.peopled(chosen.handbook)
    snapshot = chosen.snapshot_at(None, handbook)
    name = known_person(snapshot, person)
    found = rolling_over(name, Desk(snapshot, handbook), chosen.known() or Known(), team=team)
    if found.not_yet:
        click.echo(found.not_yet)
    elif team and not confirm:
        print_plan(console(), found.plan, Refs(handbook), handbook, f"{chosen.program} plan --json")
        click.echo(f"Move them: {chosen.program} rollover --team --confirm --as {name}")
    else:
        # However much it is, this is what they asked for, and saw: a cap is for what nobody expects.
        carry_out(chosen, found.plan, handbook, name, url=url, yes=yes, force=True, again=not team)


@click.command()
@click.argument("number", type=int)
@as_user
@at_url
@click.pass_obj
def undo(chosen: Chosen, *, number: int, person: str | None, url: str) -> None:
    """Take back what the journal has under NUMBER: labels, a milestone, people, a title, a description, a Status.

    Only if what was done is still so. What a person took back, no later plan does again.
    """
    from handrail.engine.undo import undo as take_back
    from handrail.gitlab.writer import Writer
    from handrail.views.refs import Refs

    store, handbook = chosen.opened_store, chosen.peopled(chosen.handbook)
    refs = Refs(handbook)
    approver = known_person(chosen.snapshot_at(None, handbook), person) if person else getuser()
    with connected(url, "api") as connection:
        reader, writer = reader_of(connection, handbook), Writer(connection)
        report = take_back(number, handbook, reader, writer, store, approver, now())
    for outcome in report.outcomes:
        say(outcome, refs)
    sum_up(report)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"“{text}” is no day: write it like 2026-06-05.") from None
