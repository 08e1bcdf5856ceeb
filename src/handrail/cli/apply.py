"""`handrail apply`: what a reviewed plan says is done on GitLab, and nothing else; `log` and `undo` look back."""

import sys
from collections import Counter
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, as_json, as_user, known_person, now
from handrail.cli.instance import at_url, connected, reader_of
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.engine.apply import Outcome, Report, Today
    from handrail.handbook.schema import Handbook
    from handrail.model.actions import Action
    from handrail.model.plans import Plan
    from handrail.views.refs import Refs

SIGNS = {"done": "✓", "done before": "=", "skipped": "·", "waits": "·", "failed": "✗", "uncertain": "?"}
LOG_SHOWN = 40
SHORT = 100
"""Characters of an action's words on a line."""
said_yes = click.option("--yes", is_flag=True, help="Do not ask.")


class MissedError(UserError):
    """GitLab refused some of what was to be done, or nobody knows what became of it."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="Without FILE: only what this rule finds.")
@as_user
@said_yes
@click.option("--force", is_flag=True, help="Apply a plan that is larger than the handbook allows.")
@at_url
@click.pass_obj
def apply(
    chosen: Chosen, *, file: Path | None, rules: tuple[str, ...], person: str | None, yes: bool, force: bool, url: str
) -> None:
    """Do on GitLab what the plan in FILE says; without FILE, what “handrail plan” shows now.

    Each item is read again first; what no longer fits is left out and said. Everything stands in the journal before
    and after it is done, so that a run that was stopped at any point is simply started again. The token in GITLAB_TOKEN
    needs the scope api.
    """
    from msgspec.structs import replace

    from handrail.cli.plan import check_rules
    from handrail.engine.apply import Today
    from handrail.engine.evaluate import evaluate
    from handrail.plan.plan_file import check_timely, load_plan
    from handrail.plan.planner import not_asked_any_more, speaker, too_large

    handbook = chosen.peopled(chosen.handbook)
    if file and rules:
        raise UserError("A plan in a file is applied whole: leave --rule away, or plan anew with it.")
    check_rules(rules, handbook)
    chosen.only_stored()
    reviewed = load_plan(_content(file), str(file)) if file else None
    if reviewed:
        check_timely(reviewed, str(file), now())
    snapshot, known = chosen.snapshot_at(None, handbook, closed=True), chosen.opened_store.journal.known(now())
    approver = known_person(snapshot, person) if person else getuser()
    if reviewed:  # the handbook of today and the noise of today count, whatever it was made by
        made = replace(reviewed, too_large=too_large(reviewed.actions, snapshot, handbook))
        today = Today(speaker(snapshot, handbook, known), not_asked_any_more(made, snapshot, handbook))
    else:
        made = evaluate(snapshot, handbook, known, rules).plan
        today = Today(speaker(snapshot, handbook, known))
    carry_out(chosen, made, handbook, approver, url=url, yes=yes, force=force, today=today)


def carry_out(  # noqa: PLR0913  # what, on whose word, where, how
    chosen: Chosen,
    made: "Plan",
    handbook: "Handbook",
    approver: str,
    *,
    url: str,
    yes: bool,
    force: bool = False,
    again: bool = False,
    today: "Today | None" = None,
) -> "Report":
    """Show a plan, ask, and do it; what became of it. Raises UserError for what a person can mend, and what is left.

    ``again``: also what was done before, and taken back since. ``today``: what counts besides the plan; nothing does
    where it is a person's own step, made just now.
    """
    from handrail.cli.plan import print_actions, print_left, print_plan
    from handrail.cli.screen import console
    from handrail.engine.apply import Report
    from handrail.engine.apply import apply as do
    from handrail.engine.run import keep
    from handrail.gitlab.writer import Writer
    from handrail.plan.words import counted
    from handrail.views.refs import Refs

    chosen.only_stored()
    refs, whole = Refs(handbook), f"{chosen.program} plan --json"
    if not made.actions:
        print_plan(console(), made, refs, handbook, whole)
        keep(made, handbook, chosen.opened_store, now())
        return Report()
    if made.too_large and not force:
        raise UserError(f"This plan is too large: {made.too_large}. Look at it, then say --force if it is right.")
    with connected(url, "api") as connection:
        chosen.opened_store.check_origin(connection.origin)
        if not yes:
            print_actions(console(), made.actions, refs, handbook)
            if not sys.stdin.isatty():
                raise UserError("Nobody is here to say yes: look at the plan above, then say --yes.")
            click.confirm(f"Do {counted(len(made.actions), 'action')} on {url}?", abort=True)
        reader, writer = reader_of(connection, handbook), Writer(connection)
        report = do(
            made,
            handbook,
            reader,
            writer,
            chosen.opened_store,
            approver,
            now(),
            progress=lambda outcome: say(outcome, refs),
            force=force,
            again=again,
            today=today,
        )
    print_left(console(), made, refs, whole)
    keep(made, handbook, chosen.opened_store, now())
    sum_up(report)
    return report


def say(outcome: "Outcome", refs: "Refs") -> None:
    """A line for what became of an action."""
    from handrail.cli.screen import clean

    sign = SIGNS.get(outcome.fate, "·")
    number = f"  [{outcome.number}]" if outcome.fate == "done" else ""
    why = f": {outcome.fate}, {outcome.why}" if outcome.why else ""
    where = refs.shortened(outcome.action.subject)
    click.echo(clean(f"{sign} {where}  {_short(outcome.action)}{why}{number}"))


def _short(action: "Action") -> str:
    """What an action does, in one line: of a comment its beginning."""
    from handrail.plan.words import words_for

    words = words_for(action.change)
    return words if len(words) <= SHORT else words[: SHORT - 1].rstrip() + "…"


def sum_up(report: "Report") -> None:
    """How it all went. Raises UserError where it stopped before its end, or GitLab refused any of it."""
    counts = Counter(one.fate for one in report.outcomes)
    for one in report.resolved:
        click.echo(f"Left open by an earlier run: {one.action.subject}, {one.fate}.")
    click.echo(", ".join(f"{count} {fate}" for fate, count in counts.items()) or "Nothing was done.")
    if report.stale:
        click.echo(f"The store was not told of it ({report.stale}): “handrail sync” will.", err=True)
    if report.stopped:
        raise UserError(f"{report.stopped} What was done until then is done; apply again for the rest.")
    if missed := len(report.of("failed", "uncertain")):
        raise MissedError(f"{missed} of {len(report.outcomes)} could not be done: the lines above say why.")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UserError(
            f"{file} cannot be read ({error.strerror}): make a plan with “handrail plan -o FILE”."
        ) from error


@click.command()
@click.argument("ref", required=False)
@click.option("--all", "everything", is_flag=True, help="Everything, however much.")
@as_json
@click.pass_obj
def log(chosen: Chosen, *, ref: str | None, everything: bool, json_wanted: bool) -> None:
    """What was done on GitLab, or was to be, the newest first: all of it, or what concerns REF.

    The number in brackets is what “handrail undo” takes.
    """
    from handrail.cli.explain import checked
    from handrail.cli.json_out import print_json
    from handrail.cli.screen import clean
    from handrail.views.refs import Refs

    chosen.only_stored()
    refs = Refs(chosen.handbook)
    subject = refs.full(ref) if ref else None
    records = chosen.opened_store.journal.records(subject, None if everything else LOG_SHOWN)
    if subject and not records:
        checked(subject)
    if json_wanted:
        print_json(records)
        return
    for one in records:
        at = one.ended_at or one.sent_at or one.proposed_at
        by = f" by {one.approver}" if one.approver else ""
        why = f": {one.why}" if one.why else ""
        where = refs.shortened(one.action.subject)
        click.echo(clean(f"[{one.id}] {at:%Y-%m-%d %H:%M}  {one.state}{by}  {where}  {_short(one.action)}{why}"))
    if not records:
        click.echo(f"Nothing was done{f' about {ref}' if ref else ''} yet.")
    elif len(records) == LOG_SHOWN and not everything:
        click.echo("older ones: --all")
