"""Asks each assignee for news of their open issues before a milestone ends (clause milestone.rollover).

One comment a person, since five notifications for one question would be unkind: on the oldest issue of theirs, with
links to the others; there it stays, and is edited, when that one has news and another has not. What is found is found
on the oldest without news. Who has said or done something on an issue since the asking began is not asked about it. A
confidential issue is named nowhere but on itself: a comment on another issue only counts it.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from handrail.model.actions import Comment, Evidence
from handrail.model.findings import Finding, Remedy
from handrail.model.items import Issue
from handrail.rules.desk import Desk, listed
from handrail.rules.reminders import reminder
from handrail.rules.rollover import CLAUSE, RULE, Rollover, is_made, next_milestone, stays


def no_news(title: str, due: date, days_before: int, desk: Desk, moves: Rollover) -> Iterator[Finding]:
    """Whose issues in a milestone that is due soon have had no news in its last ``days_before`` days.

    A finding for each issue that is the oldest of somebody's without news.
    """
    since = desk.midnight(due - timedelta(days=days_before))
    if desk.snapshot.now < since:
        return
    found: dict[str, list[str]] = {}
    mine = _by_assignee(title, desk)
    quiet = {name: [one for one in issues if not _has_news(one, name, since)] for name, issues in mine.items()}
    for name in mine:
        if quiet[name]:
            found.setdefault(_home(quiet[name]).ref, []).append(name)
    for ref, names in found.items():
        yield _finding(ref, {name: (mine[name], quiet[name]) for name in names}, (title, due, since), desk, moves)


def _by_assignee(title: str, desk: Desk) -> dict[str, list[Issue]]:
    """The open issues in a milestone by the member who is assigned, both in order."""
    found: dict[str, list[Issue]] = {}
    for item in desk.in_milestone(title):
        if isinstance(item, Issue):
            for name in item.assignees:
                if desk.is_member(name):
                    found.setdefault(name, []).append(item)
    return dict(sorted(found.items()))


def _has_news(issue: Issue, of: str, since: datetime) -> bool:
    acted = issue.acted.get(of)
    said = issue.last_human_at if issue.last_human_by == of else None
    return any(at is not None and at >= since for at in (acted, said))


def _home(issues: Sequence[Issue]) -> Issue:
    """The issue on which a person is asked: the oldest that everybody may read."""
    return next((issue for issue in issues if not issue.confidential), issues[0])


_Ending = tuple[str, date, datetime]
"""A milestone's title and last day, and since when news of it count."""


def _finding(
    ref: str, people: dict[str, tuple[list[Issue], list[Issue]]], ending: _Ending, desk: Desk, moves: Rollover
) -> Finding:
    """``people``: those whose oldest quiet issue is ``ref``, each with all their issues and with the quiet ones."""
    title, due, since = ending
    counts = [f"{len(quiet)} of {desk.voice.name(name)}’s {len(mine)}" for name, (mine, quiet) in people.items()]
    day = desk.voice.day(desk.date_of(since))
    says = f"{title} ends on {desk.voice.day(due)}; of the open issues in it {listed(counts)} have no news since {day}."
    evidence = tuple(
        Evidence(f"{issue.ref} waits for news of {desk.voice.name(name)}", issue.acted.get(name), issue.ref)
        for name, (_, quiet) in people.items()
        for issue in quiet
        if not issue.confidential
    )
    homes = {name: _home(mine) for name, (mine, _) in people.items()}
    asked = {name: _ask(name, homes[name], quiet, ending, desk, moves) for name, (_, quiet) in people.items()}
    remedies = tuple(Remedy(change, homes[name].ref) for name, change in asked.items() if change)
    return Finding(RULE, CLAUSE, ref, "no-news", says, evidence, who=tuple(people), remedies=remedies, period=title)


def _ask(name: str, home: Issue, quiet: list[Issue], ending: _Ending, desk: Desk, moves: Rollover) -> Comment | None:
    title, due, since = ending
    to = next_milestone(title, desk)
    staying = [issue for issue in quiet if stays(issue, moves)]
    may_move = to is not None and is_made(to, desk) and len(staying) < len(quiet)
    shown = [(issue, f"{issue.ref}+") for issue in quiet if not issue.confidential and issue is not home]
    if home in quiet:
        shown.insert(0, (home, "this one"))
    lines = [f"- {what}{f', which stays in {title}' if issue in staying else ''}" for issue, what in shown]
    hidden = sum(issue.confidential and issue is not home for issue in quiet)
    if hidden:
        lines.append(f"- {hidden} more that {'is' if hidden == 1 else 'are'} confidential")
    onward = f", and move what will not be done to {to}" if may_move else ""
    question = (
        f"Could you leave a line on where these issues of {title} stand{onward}? "
        "Whoever plans what comes next can then build on it."
    )
    asks = "\n".join((question, "", *lines))
    thanks = f"thank you for your work in {title}, which ends on {desk.voice.day(due)}"
    return reminder(desk, f"news-{'-'.join(title.split())}-{name}", since, (name,), thanks, asks)
