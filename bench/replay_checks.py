"""What has to hold of a replay, worked out from what is on the stand-in and was sent to it: not from what we noted.

Each check gives sentences about what does not hold; nothing where all does.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bench.replayed import Said
from handrail.engine.evaluate import Evaluation
from handrail.handbook.schema import Handbook
from handrail.model.actions import Action, AddLabels, Assign, CloseItem, Comment, RequestReview, identity
from handrail.model.history import Deed
from handrail.model.journal import Record
from handrail.model.people import Person
from handrail.model.plans import Known
from handrail.model.snapshot import Calendars
from handrail.plan.letters import marked
from handrail.worktime.public_holidays import public_holidays
from standin.access import READER
from standin.world import World

DAY, WEEK = timedelta(hours=24), timedelta(days=7)
_HIDDEN = re.compile(r"<!--.*?-->|`[^`]*`", re.DOTALL)
_MENTION = re.compile(r"(?<![\w/.@-])@([a-zA-Z0-9][\w./-]*)")
_CALLS = {("red_default_branch", topic) for topic in ("call-1", "call-2", "escalation", "escalation-outside")}
_LAST = {("red_default_branch", "over")}
"""What says why a thread ends, and ends it."""
_UNDONE: Mapping[Deed, Deed] = {
    "label_added": "label_removed",
    "assigned": "unassigned",
    "review_requested": "review_removed",
    "closed": "reopened",
}


def mentioned(body: str) -> tuple[str, ...]:
    """Whom a comment notifies, as GitLab reads it: nobody in code or in comments of HTML."""
    names = (name.rstrip(".-/") for name in _MENTION.findall(_HIDDEN.sub(" ", body)))
    return tuple(dict.fromkeys(names))


def too_loud(said: Sequence[Said], handbook: Handbook) -> Iterator[str]:
    """Comments outside somebody's office hours, too many of them for a person in a day or for a thread in a week."""
    noise, people = handbook.acting.noise, handbook.people
    team = handbook.team
    whole = Person(team.name, team.zone, team.hours, team.days, team.country, team.subdivision)
    years = range(2020, 2030)
    calendars = Calendars(people, whole, lambda country, part: public_holidays(country, part, years))
    heard: dict[str, list[datetime]] = defaultdict(list)
    threads: dict[str, list[datetime]] = defaultdict(list)
    told: dict[tuple[str, object], set[str]] = defaultdict(set)

    for one in said:
        called = mentioned(one.body)
        names = {name for name in called if name in people}
        note = one.subject, marked(one.body)
        if one.edits:
            for name in sorted(names - told[note]):
                yield f"{one.at:%Y-%m-%d %H:%M} {one.subject}: an edit calls @{name}, who was not called before"
            told[note] |= names
            continue
        told[note] |= names
        for name in sorted(names):
            if noise.office_hours and not calendars[name].is_open(one.at):
                yield f"{one.at:%Y-%m-%d %H:%M} {one.subject}: @{name} is not at work"
            lately = [at for at in heard[name] if at > one.at - DAY]
            if len(lately) >= noise.per_person:
                yield f"{one.at:%Y-%m-%d %H:%M} {one.subject}: @{name} has heard {len(lately)} times in a day already"
            heard[name].append(one.at)
        kind = marked(one.body) or ("", "")
        if team.mention in called and kind not in _CALLS and noise.office_hours and not calendars[""].is_open(one.at):
            yield f"{one.at:%Y-%m-%d %H:%M} {one.subject}: the team is not at work"
        if kind in _CALLS:  # a red branch's: they count on no thread
            continue
        lately = [at for at in threads[one.subject] if at > one.at - WEEK]
        if len(lately) >= noise.per_thread and kind not in _LAST:
            yield f"{one.at:%Y-%m-%d %H:%M} {one.subject}: it has {len(lately)} comments of ours of this week already"
        threads[one.subject].append(one.at)


def doubled(world: World) -> Iterator[str]:
    """Comments of ours that stand twice on an item, and issues of ours that were opened twice, by their markers."""
    opened: Counter[tuple[str, str]] = Counter()
    for entry in world.each():
        notes = Counter(marked(note.body) for note in entry.written if note.event.by == READER)
        for mark, count in notes.items():
            if mark is None:
                yield f"{entry.item.ref}: {count} comments of ours without a marker"
            elif count > 1:
                yield f"{entry.item.ref}: {count} comments of {':'.join(mark)}"
        mark = marked(entry.description)
        if entry.item.author == READER and mark:
            opened[mark] += 1
    yield from (f"{count} issues of {':'.join(mark)}" for mark, count in opened.items() if count > 1)


def fought(world: World, records: Sequence[Record]) -> Iterator[str]:
    """What somebody took back, and we did again in the same period."""
    for entry in world.each():
        ours: dict[tuple[Deed, str], str | None] = {}
        taken_back: dict[tuple[Deed, str], str | None] = {}
        for event in entry.events:
            deed = event.did, event.value if event.did in _UNDONE and event.did != "closed" else ""
            if event.by == READER and event.did in _UNDONE:
                period = _period(records, entry.item.ref, event.did, event.value, event.at)
                if deed in taken_back and taken_back[deed] == period:
                    yield f"{entry.item.ref}: {event.did} {event.value} again on {event.at:%Y-%m-%d}"
                ours[deed] = period
            else:
                for did, undone in _UNDONE.items():
                    key = did, event.value if did != "closed" else ""
                    if event.did == undone and key in ours:
                        taken_back[key] = ours[key]


def taken_back(world: World) -> int:
    """How often people took back what we did: a replay in which nobody does tells nothing of it."""
    count = 0
    for entry in world.each():
        ours: set[tuple[Deed, str]] = set()
        for event in entry.events:
            if event.by == READER:
                ours.add((event.did, event.value))
            count += any(
                event.by != READER and event.did == undone and (did, event.value) in ours
                for did, undone in _UNDONE.items()
            )
    return count


def _period(records: Sequence[Record], ref: str, did: Deed, value: str, at: datetime) -> str | None:
    """The period of the action that did it."""
    for record in records:
        sent = record.sent_at
        if record.action.subject == ref and sent is not None and at <= sent < at + timedelta(minutes=30):
            match record.action.change:
                case AddLabels(labels=values) if did == "label_added" and value in values:
                    return record.action.period
                case Assign(usernames=values) if did == "assigned" and value in values:
                    return record.action.period
                case RequestReview(usernames=values) if did == "review_requested" and value in values:
                    return record.action.period
                case CloseItem() if did == "closed":
                    return record.action.period
                case _:
                    pass
    return None


def unended(records: Iterable[Record]) -> Iterator[str]:
    """Records of the journal that nobody has brought to an end, or that ended without a word on why."""
    for record in records:
        if record.state == "proposed" and record.action.period.endswith("next"):
            continue  # what was said to others stands in somebody's next as long as it is found
        if record.state not in {"confirmed", "skipped", "failed"}:
            yield f"{record.id} {record.action.rule} {record.action.subject}: {record.state}"
        elif record.state != "confirmed" and not record.why:
            yield f"{record.id} {record.action.rule} {record.action.subject}: {record.state} for no reason"


NOTHING, SAID, BACK, SETTLED = "no remedy", "said", "taken back", "settled"
EXPECTED = frozenset({NOTHING, SAID, BACK, SETTLED})
"""What may still be found in the end: a rule knows of nothing to do about it (or whom it would ask is away), we have
said what there is to say, or a person took back what we did or said that it does not fit."""


def left(evaluation: Evaluation, known: Known) -> dict[tuple[str, str], set[str]]:
    """Why each kind of finding, by rule and code, is still there."""
    fates: dict[tuple[str, object], str] = {}
    for one in evaluation.plan.refused:
        fates[_same(one.action)] = BACK if one.why.endswith("taken back since") else one.why
        if one.action.period.endswith("next"):
            fates[_same(one.action)] = SAID
        elif one.until is not None:
            fates[_same(one.action)] = "waits"
        elif "not applicable" in one.why:
            fates[_same(one.action)] = SETTLED
    for conflict in evaluation.plan.conflicts:
        fates |= {_same(action): "conflict" for action in conflict.actions}
    fates |= {_same(action): "planned" for action in evaluation.plan.actions}
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for finding in evaluation.findings:
        whys = found[finding.rule, finding.code]
        if not finding.remedies:
            whys.add(NOTHING)
        for remedy in finding.remedies:
            subject = remedy.subject or finding.subject
            action = Action(finding.rule, finding.clause, subject, remedy.change, "", period=finding.period)
            said = isinstance(remedy.change, Comment) and action.key in known.done
            whys.add(fates.get(_same(action), SAID if said else "unexplained"))
    return dict(found)


def _same(action: Action) -> tuple[str, object]:
    return action.subject, identity(action.change)
