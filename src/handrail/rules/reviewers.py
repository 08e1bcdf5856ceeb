"""Whom to ask for a review (clause review.suggestion): a reviewer where nobody was asked, a maintainer once approved.

Considered are engineers of the author's or the merge request's group, for the last step those who may merge: who is
away or will be before the review's SLO is over (for longer than a turn waits for anybody), marked busy or has as many
open reviews as fit is left out. The fewer open reviews and the more shared office hours, the likelier; whom the
handbook calls hungry counts double. The choice is spread over merge requests by their references, so it is the same
tomorrow unless somebody's load has changed. Whoever is proposed for one merge request has one more open review when the
next is looked at, those that have waited longest first.

That nobody reviews what is in review is said by this rule, and by ``workflow_states`` only where this one is silent.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from math import log
from typing import Annotated, NamedTuple

from annotated_types import Gt
from msgspec import Struct
from msgspec.structs import replace

from handrail.handbook.settings import RuleSettings, Text
from handrail.model.actions import Evidence, Expectation, RequestReview
from handrail.model.findings import Finding, Remedy
from handrail.model.items import MergeRequest
from handrail.rules.desk import Desk, listed
from handrail.rules.shared_hours import shared_hours
from handrail.rules.turns import whose_turn
from handrail.worktime.calendar import BUSINESS_DAY

CLAUSES = ("review.suggestion",)
RULE = "reviewers"
FINDINGS = {
    "no-reviewer": "it is ready for review, and nobody was asked",
    "no-maintainer": "it is approved, and nobody who may merge it was asked",
    "nobody-free": "somebody has to be asked, and all who might be are busy, away now or soon, or have enough reviews",
}
"""When each of the rule's findings is made."""
_NOBODY: Mapping[str, int] = {}


@dataclass(frozen=True)
class Settings(RuleSettings):
    """Who has room for another review, and who likes to have more."""

    limit: Annotated[int, Gt(0)] = 5
    """Open reviews that a person has at the most; those that they approved count no more."""
    limits: dict[str, Annotated[int, Gt(0)]] = field(default_factory=dict)
    """The same for single people, by user name."""
    busy: tuple[Text, ...] = ()
    """User names of people whom nobody should ask at present."""
    hungry: tuple[Text, ...] = ()
    """User names of people who would like more reviews: they count double."""


class Suggestion(Struct, frozen=True, gc=False):
    """Somebody to ask. ``score``: the highest is asked first; it compares within one merge request only.

    ``reasons`` follow the person's name: "has 1 open review", "shares 6 office hours with Nadia".
    """

    username: str
    score: float
    reasons: tuple[str, ...]


def subjects(desk: Desk) -> Iterable[MergeRequest]:
    """The team's open merge requests, drafts left out."""
    return (mr for mr in desk.ours_of(MergeRequest) if not mr.draft)


def decide(mr: MergeRequest, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """Whether somebody has to be asked, and who that might be."""
    found = desk.once(RULE, lambda: _asked(desk, settings)).get(mr.ref)
    if found is not None:
        yield _finding(*found, mr, desk)


class _Step(NamedTuple):
    """Whom a merge request needs, in words, since when; ``code`` is the finding's."""

    code: str
    says: str
    at: datetime | None


def _asked(desk: Desk, settings: Settings) -> Mapping[str, tuple[_Step, Suggestion | None]]:
    """For all that need somebody, who is proposed: one after the other, what has waited longest first."""
    steps = [(step, mr) for mr in subjects(desk) if (step := _step(mr, desk)) is not None]
    proposed: Counter[str] = Counter()
    found: dict[str, tuple[_Step, Suggestion | None]] = {}
    for step, mr in sorted(steps, key=lambda one: (one[0].at or one[1].created_at, one[1].ref)):
        best = next(iter(suggest(mr, desk, settings, proposed)), None)
        if best is not None:
            proposed[best.username] += 1
        found[mr.ref] = step, best
    return found


def _step(mr: MergeRequest, desk: Desk) -> _Step | None:
    approvals = _approvals(mr, desk)
    if approvals:
        if not _waits_for_maintainer(mr, approvals, desk):
            return None
        last = approvals[-1]
        at = next((one.responded_at for one in mr.reviewers if one.username == last), None)
        says = f"{desk.voice.name(last)} approved it{_on(at, desk)}, and no maintainer has been asked"
        return _Step("no-maintainer", says, at)
    workflow = desk.handbook.workflow
    ready = workflow.in_review in mr.labels or workflow.ready_for_review in mr.labels
    if not ready or _people(mr, desk):
        return None
    at = mr.label_since.get(workflow.ready_for_review) or mr.label_since.get(workflow.in_review)
    return _Step("no-reviewer", f"It has been ready for review{_on(at, desk, 'since')}, and nobody has been asked", at)


def suggest(
    mr: MergeRequest, desk: Desk, settings: Settings, proposed: Mapping[str, int] = _NOBODY
) -> list[Suggestion]:
    """Whom to ask for the step that comes next, best first: a maintainer once it is approved, else a reviewer.

    ``proposed`` are reviews for which somebody is proposed already, by user name: they count as open ones.
    """
    people = desk.snapshot.people
    approvals = _approvals(mr, desk)
    pool = desk.snapshot.may_merge(mr.project) if approvals else _group(mr, desk)
    not_again = {mr.author, *approvals, *_people(mr, desk)}
    found = [
        _weighed(name, proposed.get(name, 0), mr, desk, settings)
        for name in pool
        if name in people and name not in not_again
    ]
    return sorted((one for one in found if one is not None), key=lambda one: (-one.score, one.username))


def _weighed(name: str, proposed: int, mr: MergeRequest, desk: Desk, settings: Settings) -> Suggestion | None:
    """The person with their score; None for whoever has no room or is not there."""
    if name in settings.busy or not desk.once(RULE, lambda: _is_there(name, desk), name):
        return None
    reviews = desk.open_reviews.get(name, 0)
    if reviews + proposed >= settings.limits.get(name, settings.limit):
        return None
    weight = 1 / (1 + reviews + proposed) ** 2
    reasons = [f"has {_counted(reviews)}{f' and is proposed for {proposed} more' if proposed else ''}"]
    people = desk.snapshot.people
    if mr.author in people:
        hours = _shared_hours(mr.author, name, desk)
        weight *= 1 + hours
        shared = f"{hours:g} office hour{'' if hours == 1 else 's'}" if hours else "no office hours"
        reasons.append(f"shares {shared} with {desk.voice.name(mr.author)}")
    if name in settings.hungry:
        weight *= 2
        reasons.append("likes to have more reviews")
    return Suggestion(name, weight / -log(_drawn(mr.ref, name)), tuple(reasons))


def _is_there(name: str, desk: Desk) -> bool:
    """Whether the person is there now, and will not be gone before the review's SLO is over."""
    calendar, now, queue = desk.snapshot.calendars[name], desk.snapshot.now, desk.handbook.work_queue
    limit = queue.review_slo.business_days
    patience = queue.stand_ins.after_business_days * BUSINESS_DAY
    days = (now + timedelta(days=day) for day in range(round(limit * 7 / 5) + 1))
    waiting = (at for at in days if calendar.between(now, at) < limit * BUSINESS_DAY)
    return not calendar.away_at(now) and all(calendar.absent_for(at) <= patience for at in waiting)


def _shared_hours(one: str, other: str, desk: Desk) -> float:
    people, today = desk.snapshot.people, desk.snapshot.today
    return desk.once(RULE, lambda: shared_hours(people[one], people[other], today), (one, other))


def _drawn(ref: str, name: str) -> float:
    """Between 0 and 1, evenly, the same for the same merge request and person.

    Scores of ``weight / -log(drawn)`` put each person first as often as their weight is of all weights.
    """
    bits = int.from_bytes(sha256(f"{ref} {name}".encode()).digest()[:8]) >> 12
    return (bits + 0.5) / 2**52


def _finding(step: _Step, best: Suggestion | None, mr: MergeRequest, desk: Desk) -> Finding:
    code, says, at = step
    evidence = (Evidence("no maintainer was asked" if code == "no-maintainer" else "nobody was asked", at),)
    if best is None:
        says = f"{says}; nobody of the team who might be is there and has room for it."
        return Finding(RULE, CLAUSES[0], mr.ref, "nobody-free", says, evidence, "warning", desk.managers)
    says = f"{says}; {desk.voice.name(best.username)} {listed(best.reasons)}."
    approvals = _approvals(mr, desk)
    first = approvals[-1:] if code == "no-maintainer" else (mr.author,)
    who = tuple(name for name in first if desk.is_member(name)) or (best.username,)
    remedy = Remedy(RequestReview((best.username,)), expects=(Expectation("draft", "no"),))
    return Finding(RULE, CLAUSES[0], mr.ref, code, says, evidence, who=who, remedies=(remedy,))


def _waits_for_maintainer(mr: MergeRequest, approvals: tuple[str, ...], desk: Desk) -> bool:
    able, people = desk.snapshot.may_merge(mr.project), _people(mr, desk)
    if not able or not able.isdisjoint((*approvals, *people)):
        return False
    reviewers = tuple(one for one in mr.reviewers if one.username in people)
    of_people = replace(mr, reviewers=reviewers, approved_by=approvals)
    return whose_turn(of_people, mr.created_at, able).reason.code == "ask-maintainer"


def _approvals(mr: MergeRequest, desk: Desk) -> tuple[str, ...]:
    """The people who approved it; GitLab lists bots, and states an approval in either of two places."""
    if not mr.approved_by and not mr.reviewers:
        return ()
    states = (one.username for one in mr.reviewers if one.state == "approved")
    return tuple(name for name in dict.fromkeys((*states, *mr.approved_by)) if _is_reviewer(name, mr, desk))


def _people(mr: MergeRequest, desk: Desk) -> tuple[str, ...]:
    return tuple(one.username for one in mr.reviewers if _is_reviewer(one.username, mr, desk))


def _is_reviewer(name: str, mr: MergeRequest, desk: Desk) -> bool:
    return name != mr.author and name not in desk.terms.bots


def _group(mr: MergeRequest, desk: Desk) -> tuple[str, ...]:
    """The engineers of the merge request's group and of its author's; all of them where no group is known."""
    people = desk.snapshot.people
    author = people.get(mr.author)
    groups = {desk.read(mr).group, *(author.groups if author else ())} - {""}
    return tuple(
        name
        for name, person in people.items()
        if person.is_engineer and (not groups or not groups.isdisjoint(person.groups))
    )


def _on(at: datetime | None, desk: Desk, word: str = "on") -> str:
    return f" {word} {desk.voice.instant(at)}" if at else ""


def _counted(reviews: int) -> str:
    return "no open review" if reviews == 0 else f"{reviews} open review{'' if reviews == 1 else 's'}"
