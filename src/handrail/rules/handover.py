"""The handover of a duty (clauses handover.*): the shift's issue is closed, the next one opened, and no request lost.

Whose turn it is changes on time, whatever anybody decides (``engine.handover``); what that asks for on GitLab is said
here. A day of work before somebody is relieved they see which requests are still active and what is undecided; who
comes on duty sees the same until they have acknowledged it. A rotation that is not kept here has no handover.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Annotated
from zoneinfo import ZoneInfo

from annotated_types import Ge, Le
from msgspec import Struct

from handrail.handbook.rotations import Rotation
from handrail.handbook.settings import RuleSettings
from handrail.model.actions import Assign, CloseItem, Comment, CreateItem, Evidence, Unassign
from handrail.model.duty import NOBODY, KeptDuty, Turn, on_duty
from handrail.model.findings import Finding, Remedy
from handrail.model.handover import Handover, coming, latest
from handrail.model.items import Issue
from handrail.rules.desk import Desk
from handrail.rules.handover_words import listed_rows, options
from handrail.rules.request_issues import LATELY, about
from handrail.worktime.calendar import BUSINESS_DAY

CLAUSES = (
    "handover.close",
    "handover.rotate",
    "handover.open",
    "handover.active",
    "handover.option-close",
    "handover.option-comment",
    "handover.option-expert",
    "handover.option-conversation",
)
RULE = "handover"
FINDINGS = {
    "draft": "somebody will be relieved within a day of their work, and requests of theirs are still active",
    "next-shift": "a shift has begun: the one before has an open issue, or its own is missing, or nobody's who has it",
    "unread": "the project of the shifts' issues is not among the sources, so that nobody knows which are there",
    "received": "requests came with the turn, and whoever is on duty now has not acknowledged them",
    "handed-over": "a request went to whoever is on duty next, and the issue that it is about does not say so",
    "closed": "a request was closed with what is left of it in another issue, and its own issue is open",
    "follow-up": "a request was closed, and the issue in which the rest goes on is not there",
}
"""When each of the rule's findings is made."""


@dataclass(frozen=True)
class Settings(RuleSettings):
    """How a shift is handed over."""

    draft_business_days: Annotated[float, Ge(0), Le(20)] = 1
    """Business days of whoever is relieved, before the handoff, in which they see what is still active."""
    description: str = ""
    """What the issue of the first rotation says, where the project has no template of the name that it gives."""
    labels: tuple[str, ...] = ()
    """What the shift's issue carries beside the labels that every issue of the team's needs."""


class _Kept(Struct, frozen=True):
    """A rotation that is kept here, and its issues by the first day of their shift."""

    name: str
    rotation: Rotation
    duty: KeptDuty
    holder: str
    """Who of the team is on duty now."""
    issues: Mapping[date, Issue]
    turn: Turn
    """The one that runs."""
    week: date
    """Its first day."""

    @property
    def on_duty(self) -> frozenset[str]:
        """Who has any of the turn, whoever's it is."""
        return frozenset(one.holder for one in self.duty.shifts(self.turn.start, self.turn.end))

    @property
    def board(self) -> Issue | None:
        """The open issue of the shift that runs: where people look."""
        found = self.issues.get(self.week)
        return found if found and found.state == "opened" else None


def subjects(desk: Desk) -> Iterable[str]:
    """The rotations that are kept here, by short name."""
    return desk.snapshot.rotations


def decide(name: str, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """What a handover of the rotation asks for on GitLab; requests are the first rotation's."""
    kept = _kept(name, desk)
    if kept is None:  # its first turn is still to come
        return
    project = kept.rotation.project
    if project and not desk.terms.is_source(project):
        says = f"The issues of {kept.rotation.name} are in {project}, which is not read: name it among the sources."
        yield Finding(RULE, "handover.open", project, "unread", says, (), "warning", desk.managers)
    elif project and kept.holder != NOBODY:
        yield from _next_shift(kept, desk, settings)
    if name == desk.handbook.first_rotation:
        yield from _draft(kept, desk, settings)
        yield from _received(kept, desk)
        for one in desk.snapshot.asked:
            yield from about(one, project, desk)


def _kept(name: str, desk: Desk) -> _Kept | None:
    rotation, duty, now = desk.handbook.rotations[name], desk.snapshot.rotations[name], desk.snapshot.now
    turn = next((one for one in duty.turns(now, now + timedelta(seconds=1)) if one.start <= now < one.end), None)
    if turn is None:
        return None
    issues: dict[date, Issue] = {}
    beginning = f"{rotation.project}#"
    for item in chain(desk.snapshot.closed, desk.snapshot.items):  # an open one rather than one that ended
        if isinstance(item, Issue) and item.ref.startswith(beginning):
            day = desk.terms.shift_of(item, rotation)
            if day is not None:
                issues[day] = item
    zone = ZoneInfo(rotation.zone or desk.handbook.team.zone)
    holder = on_duty(duty, now, desk.snapshot.people)
    return _Kept(name, rotation, duty, holder, issues, turn, turn.start.astimezone(zone).date())


# --- the turn ------------------------------------------------------------------------------------------------


def _next_shift(kept: _Kept, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """Close, open and assign: one finding, so that all of it is done or nothing."""
    rotation, holder, week, start, voice = kept.rotation, kept.holder, kept.week, kept.turn.start, desk.voice
    title = rotation.title.replace("{start}", week.isoformat())
    there = kept.issues.get(week)
    before = [issue for day, issue in kept.issues.items() if day < week and issue.state == "opened"]
    remedies = [Remedy(CloseItem(), issue.ref) for issue in before]
    wants = [f"“{issue.title}” is open" for issue in before]
    if there is None:
        wants.append("its own issue is not there")
        remedies.append(Remedy(_opened(kept, title, desk, settings)))
    elif there.state == "opened" and not kept.on_duty.intersection(there.assignees):
        wants.append(
            f"its own issue is {voice.names(there.assignees)}’s" if there.assignees else "its own issue is nobody’s"
        )
        remedies += [Remedy(Unassign(there.assignees), there.ref)] if there.assignees else []
        remedies.append(Remedy(Assign((holder,)), there.ref))
    if wants:
        name, since = voice.name(holder), voice.instant(start)
        yield Finding(
            RULE,
            "handover.open" if there is None else "handover.close",
            rotation.project,
            "next-shift",
            f"{name} is on duty for the shift from {since}, and {' and '.join(wants)}.",
            (Evidence("the shift began", start), *(Evidence("open", None, issue.ref) for issue in before)),
            who=(holder,),
            remedies=tuple(remedies),
            period=week.isoformat(),
        )


def _opened(kept: _Kept, title: str, desk: Desk, settings: Settings) -> CreateItem:
    says = settings.description.strip() if kept.name == desk.handbook.first_rotation else ""
    return CreateItem(
        f"{kept.name}-{kept.week.isoformat()}",
        title,
        says or f"The issue of whoever is {kept.rotation.name} from {kept.week.isoformat()} on.",
        settings.labels,
        (kept.holder,),
        template=kept.rotation.template,
    )


# --- the requests --------------------------------------------------------------------------------------------


def _draft(kept: _Kept, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """What is still active, a day before it passes: named, and asked about once."""
    snapshot, voice = desk.snapshot, desk.voice
    over = coming(kept.duty, snapshot.asked, snapshot.calendars, snapshot.now)
    if over is None or over.incoming == NOBODY or not over.rows or kept.board is None:
        return
    calendar = snapshot.calendars[over.outgoing]
    if calendar.between(snapshot.now, over.at) > settings.draft_business_days * BUSINESS_DAY:
        return
    outgoing, incoming = voice.name(over.outgoing), voice.name(over.incoming)
    asks = [f"{incoming} is on duty from {voice.instant(over.at)} on.{_speak(over, desk)} Still active:"]
    asks.append(_rows(over, desk))
    if over.undecided:
        asks.append(
            f"What is not decided by then passes to {incoming}. `handrail handover decide NUMBER "
            f"close|comment|keep|told` says what becomes of a request; one or several of: {options(kept.rotation)}."
        )
    says = (
        f"{outgoing} hands over to {incoming} on {voice.instant(over.at)}; "
        f"{len(over.rows)} active, {len(over.undecided)} undecided."
    )
    yield _on_board(
        over, "draft", kept.board, "thank you for this week on duty, and for taking over", "\n\n".join(asks), says
    )


def _received(kept: _Kept, desk: Desk) -> Iterator[Finding]:
    """The same for whoever is on duty now, until they have acknowledged it."""
    snapshot, voice = desk.snapshot, desk.voice
    over = latest(kept.duty, snapshot.asked, snapshot.calendars, snapshot.now)
    if over is None or over.incoming == NOBODY or kept.board is None or snapshot.now - over.at > LATELY:
        return
    waiting = [row for row in over.rows if row.is_open]
    if not waiting:
        return
    incoming = voice.name(over.incoming)
    asks = (
        f"With the turn came what {voice.name(over.outgoing)} was still at.{_speak(over, desk)}\n\n"
        f"{_rows(over, desk)}\n\n`handrail handover acknowledge` says that you have seen it, and takes on "
        "what was handed over to you."
    )
    says = (
        f"{incoming} is on duty since {voice.instant(over.at)}; not acknowledged: {len(waiting)} of {len(over.rows)}."
    )
    yield _on_board(over, "received", kept.board, "thank you for taking over", asks, says)


def _on_board(over: Handover, code: str, board: Issue, thanks: str, asks: str, says: str) -> Finding:
    to = (over.outgoing, over.incoming) if code == "draft" else (over.incoming,)
    named = tuple(name for name in to if name != NOBODY)
    comment = Comment(f"{code}-{_stamp(over.at)}", named, thanks, asks)
    evidence = tuple(Evidence(f"request {row.request.id}", row.request.asked_at, row.request.ref) for row in over.rows)
    return Finding(
        RULE, "handover.active", board.ref, code, says, evidence, "note", named, (Remedy(comment),), _stamp(over.at)
    )


def _rows(over: Handover, desk: Desk) -> str:
    return listed_rows(over, desk.voice, desk.confidential)


def _speak(over: Handover, desk: Desk) -> str:
    """When the two can speak to each other, where that is not at the handoff."""
    if over.ceremony == over.at:
        return ""
    when = desk.voice.instant(over.ceremony)
    return f" {desk.voice.name(over.incoming)} is at work from {when} on, so that you can speak to each other then."


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H%MZ}"
