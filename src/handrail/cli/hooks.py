"""`handrail hooks`: the hooks by which GitLab tells us what happens."""

import os
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen
from handrail.cli.instance import at_url, connected, of_group
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.gitlab.connection import Connection
    from handrail.gitlab.hooks import Standing

at_us = click.option(
    "--to",
    envvar="HANDRAIL_URL",
    show_envvar=True,
    required=True,
    metavar="URL",
    help="Where GitLab reaches this Handrail, like https://handrail.example.org.",
)
dry = click.option("--dry-run", is_flag=True, help="Only say what would be done.")


@click.group()
def hooks() -> None:
    """Have GitLab tell at once what happens: its webhooks, which call “handrail serve”.

    For each of the handbook's sources: a hook of its group where GitLab has such (Premium), else one of each project.
    The token in GITLAB_TOKEN needs the scope api and the role of a Maintainer, of a group that of an Owner; the secret
    that GitLab says with each call is in HANDRAIL_WEBHOOK_SECRET.
    """


@hooks.command()
@at_us
@at_url
@of_group
@dry
@click.pass_obj
def install(chosen: Chosen, *, to: str, url: str, group: str | None, dry_run: bool) -> None:
    """Make the hooks that are missing, and put right what differs. What is as it should be is left as it is."""
    _mend(chosen, to, url, group, wakes=False, dry_run=dry_run)


@hooks.command()
@at_us
@at_url
@of_group
@click.pass_obj
def check(chosen: Chosen, *, to: str, url: str, group: str | None) -> None:
    """Say which hooks are missing, differ, or are not called any more. Exit code 2 if there are any."""
    from handrail.gitlab.hooks import address, look, places

    target = address(to)
    with connected(url, "api") as connection:
        found = places(connection, [group] if group else _paths(chosen))
        standings = [look(connection, place, target) for place in found]
    for standing in standings:
        _say(standing, _words(standing) or "it calls us", standings)
    if any(standing.rests for standing in standings):
        raise UserError(
            f"Look whether GitLab reaches {to}, and whether “handrail serve” there has the hooks’ secret in "
            f"HANDRAIL_WEBHOOK_SECRET; then run “{chosen.program} hooks repair”."
        )
    if not all(standing.is_well for standing in standings):
        raise UserError(f"Not all hooks are as they should be: “{chosen.program} hooks install” makes them so.")


@hooks.command()
@at_us
@at_url
@of_group
@dry
@click.pass_obj
def repair(chosen: Chosen, *, to: str, url: str, group: str | None, dry_run: bool) -> None:
    """As install; give every hook the secret anew, and wake those that GitLab does not call any more.

    GitLab calls a hook again once it was answered to a test: this asks GitLab for one.
    """
    _mend(chosen, to, url, group, wakes=True, dry_run=dry_run)


def _mend(chosen: Chosen, to: str, url: str, group: str | None, *, wakes: bool, dry_run: bool) -> None:
    from handrail.gitlab.connection import LostError, RefusedError
    from handrail.gitlab.hooks import address, look, places

    target, secret, troubles = address(to), webhook_secret(wanted=True), 0
    with connected(url, "api") as connection:
        found = places(connection, [group] if group else _paths(chosen))
        standings = [look(connection, place, target) for place in found]
        for standing in standings:
            try:
                done = _done(connection, standing, target, secret, wakes=wakes, dry_run=dry_run)
            except (RefusedError, LostError) as error:
                done, troubles = " ".join(error.problems), troubles + 1
            troubles += bool(standing.unseen)
            _say(standing, done, standings)
            if standing.rests and not wakes:
                _say(standing, f"{standing.rests}; “{chosen.program} hooks repair” wakes it", standings)
    if troubles:
        raise UserError("Not all hooks could be seen to: the lines above say why.")


def _done(
    connection: "Connection", standing: "Standing", target: str, secret: str, *, wakes: bool, dry_run: bool
) -> str:
    """What is, or would be, done about a hook, in words, once it is."""
    from handrail.gitlab.hooks import put, wake

    if standing.unseen:
        return standing.unseen
    steps = []
    now = standing
    if standing.number is None or standing.differs or wakes:
        if not dry_run:
            now = put(connection, standing, target, secret)
        steps.append("made" if standing.number is None else "made as it should be" if standing.differs else "kept")
    if standing.rests and wakes:
        if not dry_run:
            now = wake(connection, now, target)
        steps.append("GitLab calls it again")
    if not steps:
        return "it is as it should be"
    left = "" if dry_run else _words(now)
    return ("would be: " if dry_run else "") + ", ".join(steps) + (f"; {left}" if left else "")


def _words(standing: "Standing") -> str:
    """What is wrong with a hook; empty: nothing."""
    if standing.unseen:
        return standing.unseen
    if standing.number is None:
        return "there is no hook of ours"
    return "; ".join((*standing.differs, *([standing.rests] if standing.rests else ())))


def _paths(chosen: Chosen) -> list[str]:
    """Of the handbook's sources; epics alone are told by no hook that we follow."""
    return [source.path for source in chosen.handbook.sources.values() if source.only != "epics"]


def _say(standing: "Standing", words: str, all_of_them: "list[Standing]") -> None:
    width = max(len(one.place.path) for one in all_of_them)
    click.echo(f"{standing.place.path:<{width}}  {words}")


def webhook_secret(*, wanted: bool) -> str:
    """What GitLab says with each webhook; empty where none is ``wanted`` and none is set.

    Raises UserError for one that might be guessed.
    """
    from handrail.gitlab.hooks import SECRET, SHORTEST

    secret = os.environ.get(SECRET, "")
    if (secret or wanted) and (len(secret) < SHORTEST or not secret.isascii() or not secret.isprintable()):
        raise UserError(
            f"{SECRET} does not hold a secret of at least {SHORTEST} plain characters: make one, as with “openssl rand "
            "-hex 32”, and give the same one to “handrail serve” and “handrail hooks install”."
        )
    return secret
