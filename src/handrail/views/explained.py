"""An explanation in words, and as JSON holds it."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from handrail.model.clocks import ClockState
from handrail.model.history import Event
from handrail.model.items import url_of
from handrail.rules.explanation import Explanation, RowConsidered, Stretch
from handrail.rules.queue_words import Voice
from handrail.rules.work_queue import WorkQueue
from handrail.views.rows import Row, as_rows


class RowSeen(Struct, frozen=True):
    """A row of the table, whether it fits, whether it decides, and why."""

    row: str
    level: int
    do: str
    fits: bool
    decides: bool
    why: str
    clause: str


class ClockSeen(Struct, frozen=True):
    """The review's clock with the stretches of time that it counted, and those that it did not."""

    state: ClockState
    start: datetime
    used_hours: float
    limit_hours: float
    deadline: datetime | None
    stretches: tuple[Stretch, ...]


class Explained(Struct, frozen=True, rename={"for_": "as"}):
    """Why an item is, or is not, in somebody's queue."""

    ref: str
    title: str
    url: str
    for_: str | None
    """A user name; the field is called “as”."""
    entry: Row | None
    why: str
    rows: tuple[RowSeen, ...]
    clock: ClockSeen | None
    history: Sequence[Event]


def as_explained(found: Explanation, voice: Voice, history: Sequence[Event]) -> Explained:
    """An explanation as JSON holds it."""
    clock = found.entry.clock if found.entry else None
    return Explained(
        found.item.ref,
        found.item.title,
        url_of(found.item),
        found.person or None,
        as_rows([found.entry], voice)[0] if found.entry else None,
        " ".join(summary(found, voice)),
        tuple(
            RowSeen(
                one.row.row,
                one.row.level,
                one.row.do,
                not one.misfits,
                one.decides,
                row_words(one, found, voice),
                one.row.clause,
            )
            for one in found.rows
        ),
        ClockSeen(clock.state, clock.start, clock.used_hours, clock.limit_hours, found.deadline, tuple(found.stretches))
        if clock
        else None,
        history,
    )


_DEEDS = {
    "label_added": "added ~{value}",
    "label_removed": "took off ~{value}",
    "milestone_set": "set the milestone to {value}",
    "status_set": "set the status to {value}",
    "epic_set": "set the epic to {value}",
    "assigned": "assigned {who}",
    "unassigned": "unassigned {who}",
    "review_requested": "asked {who} to review",
    "review_removed": "took {who} off the reviewers",
    "reviewed": "reviewed: {value}",
    "approved": "approved",
    "unapproved": "took the approval back",
    "commented": "commented",
    "thread_resolved": "resolved a thread",
    "commanded": "told Handrail: {value}",
    "spoke_of": "spoke of {value}",
    "mentioned": "mentioned @{value}",
    "asked": "asked {who} something",
    "drafted": "marked it as draft",
    "undrafted": "marked it as ready",
    "pushed": "pushed",
    "closed": "closed it",
    "reopened": "opened it again",
    "merged": "merged it",
}


def next_actor(queue: WorkQueue, ref: str) -> str:
    """Whoever has the item first by name; nobody where it is open to many or in no queue."""
    places = queue.consider(queue.snapshot.by_ref[ref]).places
    return next((place.people[0] for place in places if place.people), "")


def row_words(row: RowConsidered, found: Explanation, voice: Voice) -> str:
    """Why a row fits or not, in one sentence."""
    if row.decides:
        return "fits, and decides"
    if not row.misfits:
        return "fits too, but a lower level or an earlier row decides"
    said = []
    for misfit in row.misfits:
        match misfit.field:
            case "kind":
                said.append(f"for {misfit.wants}s")
            case "stage" if misfit.has:
                said.append(f"it is not {misfit.wants} but {misfit.has}")
            case "stage":
                said.append("nothing that the table looks at")
            case "priority":
                said.append(f"wants priority {misfit.wants}, it has {misfit.has or 'none'}")
            case "slo":
                said.append(f"wants its clock {misfit.wants}, it is {misfit.has or 'not running'}")
            case "labels":
                said.append(f"wants the label {misfit.wants}")
            case _:
                said.append(_not_yours(found, voice) if len(row.misfits) == 1 else "")
    return "; ".join(part for part in said if part)


def _not_yours(found: Explanation, voice: Voice) -> str:
    """Why a row that fits the item does not fit the person: somebody else's turn, or open to whoever takes it."""
    if not found.person:
        return "fits, for whoever takes it"
    if found.person == found.item.author:
        return "you wrote it, and it waits for others"
    return "it is somebody else’s turn" if found.verdict.places else f"nothing for {voice.name(found.person)} to do now"


def summary(found: Explanation, voice: Voice) -> list[str]:
    """Whose the item is, and why: the person's entry, or why they have none."""
    verdict = found.verdict
    if found.entry:
        name = voice.name(found.person)
        whose = "Level" if name == "you" else f"In the queue of {name}: level"
        why = voice.why(found.entry, () if name == "you" else (found.person,))
        return [f"{whose} {found.entry.level}, {found.entry.do}: {why}", *before_the_table(found)]
    said = []
    for place in verdict.places:
        whose = voice.names(place.people) if place.people else "everyone it is open to"
        why = voice.why(place.entry, place.people)
        said.append(f"In the queue of {whose}: level {place.entry.level}, {place.entry.do}: {why}")
    if verdict.waiting:
        said.append(voice.waits(verdict.waiting))
    elif verdict.parked:
        said.append(voice.parked(verdict.parked))
    if verdict.finding:
        said.append(f"In no queue, since {voice.lacks(verdict.finding)}")
    return [*said, *before_the_table(found)]


def before_the_table(found: Explanation) -> list[str]:
    """What is said where none of the table's rows is looked at."""
    levels = [found.entry.level] if found.entry else [place.entry.level for place in found.verdict.places]
    return ["Level 0 comes before the table: none of its rows is looked at."] if 0 in levels else []


def deed(event: Event, voice: Voice) -> str:
    """What somebody did, after their name."""
    if event.did == "claimed":
        day = event.value and date.fromisoformat(event.value)
        return f"said to start by {voice.day(day)}" if day else "would like to take it"
    who = voice.name(event.value) if event.value else ""
    if event.value == event.by:
        who = "yourself" if who == "you" else "themselves"
    value = event.value.replace("_", " ") if event.did == "reviewed" else event.value
    return _DEEDS[event.did].format(value=value or "nothing", who=who)
