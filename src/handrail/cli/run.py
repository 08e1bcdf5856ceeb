"""`handrail run`: keeps everything up to date with nobody at the keyboard; one round of it for a timer."""

import os
import signal
import sys
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, clock
from handrail.cli.instance import at_url, connected, of_group, work_of
from handrail.cli.upstream import at_upstream
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.engine.loop import Loop
    from handrail.engine.run import Round

_HEARS_EVERY = 1.0
"""Seconds after which a signal is heard at the latest: the machine may give it to a thread that has no ear for it."""
sweep_every = click.option(
    "--every",
    type=click.IntRange(1, 24 * 60),
    default=10,
    show_default=True,
    metavar="MINUTES",
    help="How long after one reading of GitLab the next one begins.",
)


@click.command()
@click.option("--once", is_flag=True, help="One round, then stop: for a timer such as cron.")
@sweep_every
@at_url
@of_group
@at_upstream
@click.option("--beside", is_flag=True, hidden=True, help="Leave what waits for nobody to who started this.")
@click.pass_obj
def run(
    chosen: Chosen, *, once: bool, every: int, url: str, group: str | None, upstream: str | None, beside: bool
) -> None:
    """Read what changed, do what the handbook lets be done (rules in mode apply), and keep what waits for a yes.

    It runs until Ctrl-C or SIGTERM; “handrail jobs” shows how it goes. Several at once do nothing twice. The token in
    GITLAB_TOKEN needs the scope api.
    """
    chosen.only_stored()
    if once:
        _round(chosen, url, group, upstream)
    else:
        _stay(chosen, timedelta(minutes=every), url, group, upstream, beside=beside)


def _stay(chosen: Chosen, every: timedelta, url: str, group: str | None, upstream: str | None, *, beside: bool) -> None:
    from handrail.cli.apply import say
    from handrail.cli.beside import wait_for_end
    from handrail.cli.progress import teller
    from handrail.engine.jobs import jobs
    from handrail.engine.loop import Loop, Stop
    from handrail.views.refs import Refs

    stop = Stop()
    with connected(url, "api", stop.pause) as connection, chosen.store(create=True) as store:
        time = clock()
        said, work = teller(time), replace(work_of(chosen, store, connection, group, upstream), now=time)
        if beside:
            with Loop(work, [job for job in jobs(every) if job.lane != "at once"], stop, said) as loop:
                wait_for_end()
            leave(loop)
            return
        loop = Loop(replace(work, did=partial(say, refs=Refs(chosen.handbook))), jobs(every), stop, said)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            with loop:
                said(f"keeping {store.place} up to date with {url}")
                while not stop.wait(_HEARS_EVERY):
                    pass
        except KeyboardInterrupt:
            said("stopped")
            leave(loop)


def leave(loop: "Loop") -> None:
    """End this process now if a job waits for GitLab still: Python would wait with it, for minutes at the worst.

    The job is left as by a kill, and the next process takes it over when its lease ends.
    """
    if not loop.is_over:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _round(chosen: Chosen, url: str, group: str | None, upstream: str | None) -> None:
    from handrail.cli.apply import say, sum_up
    from handrail.cli.on_time import turn_on_time
    from handrail.cli.progress import progress
    from handrail.cli.sync import problems, read_elsewhere, tell
    from handrail.engine.handover import passed_words
    from handrail.engine.jobs import evaluate, sweep
    from handrail.views.refs import Refs

    turn_on_time(chosen)  # though GitLab may be out of reach, or the token gone
    with connected(url, "api") as connection, chosen.store(create=True) as store:
        work = work_of(chosen, store, connection, group, upstream, partial(say, refs=Refs(chosen.handbook)))
        with progress() as steps:
            report = sweep(work, steps)
        read_elsewhere(work, report.read)
        tell(report, connection.requests, store.place)
        for problem in problems(report):
            click.echo(problem, err=True)
        turn_on_time(chosen)  # a reading takes its time
        found = evaluate(work, report.is_unread)
    for line in passed_words(found.passed):
        click.echo(line)
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
