"""`handrail run`: one round for a timer, with nobody at the keyboard."""

from functools import partial
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, cache_folder, now
from handrail.cli.instance import at_url, connected, of_group, reader_of, sources_of
from handrail.cli.upstream import at_upstream, upstream_releases
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.engine.run import Round


@click.command()
@click.option("--once", is_flag=True, help="One round, then stop.")
@at_url
@of_group
@at_upstream
@click.pass_obj
def run(chosen: Chosen, *, once: bool, url: str, group: str | None, upstream: str | None) -> None:
    """Read what changed, do what the handbook lets be done (rules in mode apply), and say what waits for a yes.

    For a timer such as cron; two rounds at once do nothing twice. The token in GITLAB_TOKEN needs the scope api.
    """
    from handrail.cli.apply import say, sum_up
    from handrail.cli.on_time import say_passed, turn_on_time
    from handrail.cli.progress import progress
    from handrail.cli.sync import evidence, own_calendars, problems, tell
    from handrail.engine.run import run_once
    from handrail.engine.sync import sync
    from handrail.gitlab.writer import Writer
    from handrail.store.kept_holidays import KeptHolidays
    from handrail.views.refs import Refs
    from handrail.worktime.public_holidays import public_holidays

    if not once:
        raise UserError("Say --once, and let a timer such as cron run it again: nothing stays running yet.")
    wanted = sources_of(chosen.handbook, group)
    turn_on_time(chosen)  # though GitLab may be out of reach, or the token gone
    with connected(url, "api") as connection, chosen.store(create=True) as store:
        holidays = KeptHolidays(cache_folder(), public_holidays)
        with progress() as said:
            reader = reader_of(connection, chosen.handbook)
            report = sync(reader, store, wanted, chosen.handbook.people, said)
        own_calendars(chosen, store)
        upstream_releases(chosen, store, connection, upstream)
        evidence(chosen, store, connection, report.read)
        tell(report, connection.requests, store.place)
        for problem in problems(report):
            click.echo(problem, err=True)
        turn_on_time(chosen)  # a reading takes its time
        handbook = chosen.peopled(chosen.handbook)
        refs = Refs(handbook)
        says, writer = partial(say, refs=refs), Writer(connection)
        found = run_once(handbook, reader, writer, store, now(), holidays, says, is_unread=report.is_unread)
    say_passed(found.passed)
    _say_waiting(found, chosen.program)
    sum_up(found.applied)
    if report.problems:
        raise UserError("Not everything could be read (the lines above say why): nothing was changed there.")


def _say_waiting(found: "Round", program: str) -> None:
    from handrail.plan.words import counted

    due = [action for action in found.waiting if action.mode == "apply"]
    asked = len(found.waiting) - len(due)
    if due:
        rules = " ".join(f"--rule {rule}" for rule in dict.fromkeys(action.rule for action in due))
        click.echo(
            f"{counted(len(due), 'action')} due, and more than the handbook allows at once: "
            f"{program} apply {rules} --force"
        )
    if found.unread:
        click.echo(f"{counted(len(found.unread), 'action')} due where not everything could be read, left until it can")
    if found.resting:
        click.echo(f"{counted(len(found.resting), 'action')} that GitLab refused, tried again later: {program} log")
    if asked:
        click.echo(f"{counted(asked, 'action')} waiting for a yes: {program} plan, then {program} apply")
    if found.unsaid:
        click.echo(f"{counted(len(found.unsaid), 'comment')} not made now; they stand in people’s next")
    for conflict in found.plan.conflicts:
        click.echo(f"Left to people: {conflict.why}.")
