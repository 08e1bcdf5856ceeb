"""`handrail milestone`: who has how much, what was committed at the start and what became of it, what came in since."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args

import click

from handrail.cli.chosen import Chosen, as_json, at_moment, typed
from handrail.errors import UserError

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from handrail.model.findings import Finding
    from handrail.model.items import Issue
    from handrail.model.planning import Milestone
    from handrail.rules.desk import Desk
    from handrail.rules.milestone_commitments import Commitment
    from handrail.rules.milestone_load import Load

CELLS = 8
WHOSE = {"to-schedule": "Ready to be scheduled", "deliverable-by": "Deliverables that neither EM nor PM has confirmed"}
"""The managers' lists, by the code of the rule's finding."""


@dataclass(frozen=True)
class Look:
    """What there is to say of a milestone, as of the desk's moment."""

    desk: "Desk"
    milestone: "Milestone"
    loads: Sequence["Load"]
    left_out: Sequence[str]
    """The members who have no load, since they are no engineers."""
    theirs: int
    """How many of the issues that would be their load are assigned to them."""
    nobodys: Sequence["Issue"]
    """Open Deliverables that nobody of the team is assigned to."""
    committed: Sequence["Commitment"] | None
    """None where the facts do not tell: it has not begun, or they have no past, or nothing of it."""
    added: Sequence["Issue"]
    """Deliverables since the start."""
    unplanned: Sequence[tuple["Issue", str]]
    """With where each comes from."""
    findings: Sequence["Finding"]
    is_known: bool
    """Whether it is not over yet, or the facts have anything of it: of one long ago they may not."""


@click.command()
@click.argument("title", required=False)
@at_moment
@as_json
@click.pass_obj
def milestone(chosen: Chosen, *, title: str | None, at: str | None, json_wanted: bool) -> None:
    """What a milestone carries: the running one, or TITLE; one that is over as it was at its end.

    Each engineer's Deliverables and Unplanned work against what they have room for, less duty, time off and days
    reserved for planning; what was committed when it started and what became of it; what came in since; what EM and PM
    have to schedule.
    """
    from handrail.cli.json_out import print_json

    look = _look(chosen, title, at)
    if json_wanted:
        print_json(_as_json(look))
    else:
        _print(look, f"{chosen.program} findings --rule milestone_planning{typed(('--at', at))}")


def _look(chosen: Chosen, title: str | None, at: str | None) -> Look:
    from handrail.rules.catalogue import findings, rules, settings_of
    from handrail.rules.desk import Desk
    from handrail.rules.milestone_commitments import commitments
    from handrail.rules.milestone_load import deliverables, loads, work
    from handrail.rules.milestone_planning import Settings
    from handrail.rules.unplanned_request import Settings as Requests
    from handrail.rules.unplanned_work import NO_SOURCE, source_of, taken_in

    handbook = chosen.peopled(chosen.handbook)
    desk = Desk(chosen.snapshot_at(at, handbook, closed=True), handbook)
    found, team = _dated(title, desk, chosen.program), chosen.facts.team()
    assert found.start is not None
    assert found.due is not None
    start, end = desk.midnight(found.start), desk.midnight(found.due + timedelta(days=1))
    past = team.has_past
    if at is None and end < desk.snapshot.now and past:
        desk = Desk(chosen.snapshot_at(end.isoformat(), handbook, closed=True), handbook)
    settings, requests = (settings_of(handbook, rules()[name]) for name in ("milestone_planning", "unplanned_work"))
    assert isinstance(settings, Settings)
    assert isinstance(requests, Requests)
    planned = list(deliverables(found.title, desk))
    left_out = [name for name, person in sorted(desk.snapshot.people.items()) if not person.is_engineer]
    committed = None
    if past and start <= desk.snapshot.now:
        then = Desk(chosen.snapshot_at(start.isoformat(), handbook), handbook)
        committed = commitments(found.title, then, desk)
    items = (*desk.snapshot.items, *desk.snapshot.closed)
    is_known = team.now < end or bool(committed) or any(one.milestone == found.title for one in items)
    if not is_known:
        committed = None
    before = {one.issue.ref for one in committed or ()}
    return Look(
        desk,
        found,
        loads(found, desk, settings.capacity) if is_known else [],
        left_out,
        sum(not {*left_out}.isdisjoint(one.assignees) for one in work(found.title, desk)),
        [one for one in planned if one.state == "opened" and not any(desk.is_member(name) for name in one.assignees)],
        committed,
        [one for one in planned if committed is not None and one.ref not in before],
        [(one, source_of(one, desk, requests) or NO_SOURCE) for one in taken_in(found.title, desk)],
        [
            one
            for one in findings(desk, ["milestone_planning"])
            if one.code == "to-schedule" or (one.code == "deliverable-by" and one.period in {"", found.title})
        ],
        is_known,
    )


def _dated(title: str | None, desk: "Desk", program: str) -> "Milestone":
    """The milestone that is meant, with its dates. Raises UserError where none runs, or none of that title is dated."""
    from handrail.model.planning import Milestone
    from handrail.worktime import release_calendar

    wanted = title or desk.milestone_on(desk.snapshot.today)
    if wanted is None:
        raise UserError(f"No milestone runs on {desk.snapshot.today}: name one, as in “{program} milestone 19.2”.")
    known = desk.snapshot.milestones.get(wanted) or release_calendar.milestone(wanted)
    if known is None or known.start is None or known.due is None:
        dated = sorted((one.start, one.title) for one in desk.snapshot.milestones.values() if one.start)
        names = f": {', '.join(one for _, one in dated[-8:])}" if dated else "."
        raise UserError(f"“{wanted}” is no milestone with dates. GitLab has these{names}")
    return Milestone(wanted, known.start, known.due)


# --- JSON ------------------------------------------------------------------------------------------------


def _as_json(look: Look) -> dict[str, Any]:
    def issue(one: "Issue", **more: object) -> dict[str, Any]:
        return {"ref": one.ref, "title": one.title, "assignees": one.assignees, "weight": one.weight, **more}

    return {
        "milestone": look.milestone.title,
        "start": look.milestone.start,
        "due": look.milestone.due,
        "at": look.desk.snapshot.now,
        "people": [
            {
                "person": one.person,
                "points": one.points,
                "room": one.room,
                "over": one.is_over,
                "days": one.days,
                "days_on_duty": one.days_on_duty,
                "days_off": one.days_off,
                "days_reserved": one.days_reserved,
                "issues": one.issues,
            }
            for one in look.loads
        ],
        "left_out": look.left_out,
        "unassigned": [issue(one) for one in look.nobodys],
        "committed": None
        if look.committed is None
        else [issue(one.issue, became=one.became, to=one.to or None) for one in look.committed],
        "added": [issue(one) for one in look.added],
        "unplanned": [issue(one, source=source) for one, source in look.unplanned],
        "findings": look.findings,
    }


# --- the screen ------------------------------------------------------------------------------------------


def _print(look: Look, rest: str) -> None:
    from rich.text import Text

    from handrail.cli.screen import QUIET, console, footer

    out, day = console(), look.desk.voice.day
    start, due = look.milestone.start, look.milestone.due
    assert start is not None
    assert due is not None
    year = f" {due.year}"
    head = Text.assemble((look.milestone.title, "bold"), f" · {day(start)} to {day(due).removesuffix(year)}{year}")
    out.print(head.append(f" · {_when(look, look.desk.midnight(start))}", style=QUIET))
    if look.milestone.title not in look.desk.snapshot.milestones:
        out.print("These facts have no milestone of that title: the dates are the release calendar’s.", style=QUIET)
    out.print()
    if look.is_known:
        _print_loads(look, out)
    _print_committed(look, out)
    _print_came(look, out)
    for code, words in WHOSE.items():
        _print_findings(words, [one for one in look.findings if one.code == code], look, out)
    footer(out, [*_left_out(look), f"what else there is to mend: {rest}"])


def _left_out(look: Look) -> list[str]:
    """Who has no row, and whether they have work that so stands in none."""
    from handrail.plan.words import counted

    if not look.left_out:
        return []
    has = f", with {counted(look.theirs, 'issue')}" if look.theirs else ""
    return [f"not in the table, which is of engineers: {look.desk.voice.names(tuple(look.left_out))}{has}"]


def _when(look: Look, start: "datetime") -> str:
    """Which moment is shown."""
    today, due = look.desk.snapshot.today, look.milestone.due
    assert due is not None
    if look.desk.snapshot.now < start:
        return "not begun"
    if today > due:
        return "over"
    left = (due - today).days
    return "its last day" if left == 0 else f"{left} more day{'s' if left > 1 else ''}"


def _points(number: float) -> str:
    """To a tenth: nobody plans more finely."""
    return f"{round(number, 1):g}"


def _print_loads(look: Look, out: "Console") -> None:
    from rich.table import Table
    from rich.text import Text

    from handrail.cli.screen import QUIET

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=QUIET)
    table.add_column("engineer")
    table.add_column("points of Deliverables and Unplanned, of the room")
    for name in ("days at work", "on duty", "off", "for planning"):
        table.add_column(name, justify="right")
    for one in look.loads:
        full = CELLS if one.is_over else round(CELLS * one.points / one.room) if one.room else 0
        bar = Text("▰" * full + "▱" * (CELLS - full), style="bold #d55e00" if one.is_over else "#56b4e9")
        over = f", {_points(one.points - one.room)} too many" if one.is_over else ""
        bar.append(f" {_points(one.points)} of {_points(one.room)}{over}", style="not bold default")
        days = (one.days, one.days_on_duty, one.days_off, one.days_reserved)
        table.add_row(look.desk.voice.name(one.person), bar, *(_points(value) if value else "-" for value in days))
    out.print(table, "", sep="\n")
    if look.nobodys:
        _print_issues(f"Deliverables that nobody has yet: {len(look.nobodys)}", look.nobodys, look, out)


def _print_committed(look: Look, out: "Console") -> None:
    from handrail.cli.screen import QUIET, clean
    from handrail.rules.milestone_commitments import Became
    from handrail.views.refs import Refs

    if look.committed is None:
        start = look.milestone.start
        begun = start is not None and start <= look.desk.snapshot.today
        why = "it has not begun"
        if begun:
            why = "these facts have no past" if look.is_known else "these facts know nothing of it"
        what = "What was committed at its start is" if look.is_known else "Who had what, and what was committed, are"
        out.print(f"{what} not known: {why}.\n", style=QUIET)
        return
    counts = Counter(sorted((one.became for one in look.committed), key=get_args(Became).index))
    parts = [f"{len(look.committed)}", *(f"{count} {one}" for one, count in counts.items())]
    out.print(f"Committed at its start: {' · '.join(parts)}", style="bold")
    refs = Refs(look.desk.handbook)
    for one in look.committed:
        if one.became not in {"done", "open"}:
            became = f"moved to {one.to}" if one.to else one.became
            out.print(f"  {refs.short(one.issue)}  {clean(one.issue.title)}: {became}")
    out.print()


def _print_came(look: Look, out: "Console") -> None:
    if look.added:
        _print_issues(f"Deliverables since then: {len(look.added)}", look.added, look, out)
    for source in sorted({source for _, source in look.unplanned}):
        those = [one for one, its in look.unplanned if its == source]
        _print_issues(f"Unplanned, {source}: {len(those)}", those, look, out)


def _print_issues(head: str, issues: "Sequence[Issue]", look: Look, out: "Console") -> None:
    from handrail.cli.screen import clean
    from handrail.views.refs import Refs

    refs = Refs(look.desk.handbook)
    out.print(head, style="bold")
    for one in issues:
        out.print(f"  {refs.short(one)}  {clean(one.title)}")
    out.print()


def _print_findings(words: str, those: "Sequence[Finding]", look: Look, out: "Console") -> None:
    from handrail.cli.screen import clean
    from handrail.views.refs import Refs

    if those:
        refs = Refs(look.desk.handbook)
        out.print(f"{words}: {len(those)}", style="bold")
        for one in those:
            out.print(f"  {refs.shortened(one.subject)}  {clean(one.says)}")
        out.print()
