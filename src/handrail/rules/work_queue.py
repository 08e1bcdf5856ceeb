"""The page's prioritisation: everyone's next piece of work, in the order of the table (clauses queue.*).

``WorkQueue`` is the rule bound to its facts. ``consider`` decides about one item and is all that an event costs;
``rank`` orders what it decided for one person. Work that is open to many is decided once and shared between them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from datetime import datetime
from functools import cached_property
from heapq import merge
from itertools import chain, islice

from msgspec.structs import replace

from handrail.handbook.rotations import Duty
from handrail.handbook.schema import Handbook
from handrail.model.asked import Asked
from handrail.model.duty import NOBODY
from handrail.model.items import Epic, Issue, Item
from handrail.model.people import Person
from handrail.model.planning import RedBranch
from handrail.model.queue import Entry, Kept, Reason, TriageFinding, Waiting
from handrail.model.snapshot import Snapshot
from handrail.rules import issue_work, review_work
from handrail.rules.desk import Desk
from handrail.rules.direct_mentions import unanswered
from handrail.rules.incident_clock import clock, due_of
from handrail.rules.incidents import incidents
from handrail.rules.queue_words import Voice
from handrail.rules.verdict import Place, Verdict

CLAUSES = (
    "summary.scheduled-queues",
    "queue.not-dri",
    "review.turns",
    "flow.skipped-phases",
    "milestone.claim",
    "milestone.claim-ends",
    "unplanned.anyone",
)
"""The clauses that are kept here, besides those that the table's rows and settings name."""
_REQUESTS = Duty("requests", "answer", "requests", "nothing", "dri.weekly")
"""The duty to which requests belong in a handbook that names none."""
EVERYBODY = "*"
Ranked = tuple[int, int, datetime, str, Entry]
"""An entry behind what it is ordered by: level, row, since when, reference."""


def rank(snapshot: Snapshot, handbook: Handbook, person: str) -> list[Entry]:
    """The person's queue in handbook order: a total order, in which each item stands once, at its lowest level."""
    return WorkQueue(snapshot, handbook).rank(person)


class WorkQueue:
    """Decides about items; remembers what it decided about all of them when a queue is first asked for."""

    def __init__(self, snapshot: Snapshot, handbook: Handbook) -> None:
        self.snapshot = snapshot
        self.handbook = handbook
        self.desk = Desk(snapshot, handbook)
        self.on_duty = self.desk.duty.at(snapshot.now)
        self._duties = [
            (order, duty, frozenset(duty.labels))
            for order, duty in enumerate(handbook.rotation.duties, 1)
            if duty.looks_at in {"labels", "triage", "mentions"}
        ]
        self._mentions = [one for one in self._duties if one[1].looks_at == "mentions"]
        ordered = [*enumerate(handbook.rotation.duties, 1)]
        self._ways = {way: (order, duty) for order, duty in ordered for way in duty.ways}
        self._other = next((one for one in reversed(ordered) if one[1].looks_at != "queue"), (1, _REQUESTS))
        self._asked: dict[str, list[Asked]] = {}
        for one in snapshot.asked:
            if not one.is_over:
                about = one.ref if one.ref in snapshot.by_ref else Kept(one).ref
                self._asked.setdefault(about, []).append(one)
        self._incidents = {red.ref: those[0] for red in snapshot.red if (those := incidents(self.desk).of(red.ref))}
        self._red = {incident.ref: red for red, incident in self.red_branches()[::-1] if incident}
        self._named: dict[str, list[Ranked]] = {}
        self._pools: dict[str, list[tuple[Ranked, tuple[str, ...]]]] = {}
        self._waiting: list[Waiting] = []
        self._findings: list[TriageFinding] = []
        self._considered = False

    def consider(self, item: Item) -> Verdict:
        """Everything the workflow says about one open item: whose it is next and why, or why it is nobody's."""
        verdict, asked = self._of_item(item), self._asked.get(item.ref)
        return self._with_asked(item, asked, verdict) if asked else verdict

    def _of_item(self, item: Item) -> Verdict:
        if isinstance(item, Issue) and item.ref in self._red:
            return Verdict(places=(self._red_place(self._red[item.ref], item),))
        if self.desk.terms.shift_of(item) is not None:
            return Verdict(parked=Reason("rotation-issue"))
        if isinstance(item, Epic):
            return self._with_duty(item, Verdict(parked=Reason("epic")))
        says = self.desk.terms.read(item)
        if isinstance(item, Issue):
            verdict = issue_work.consider(item, says, self.desk)
        else:
            verdict = review_work.consider(item, says, self.desk)
        return self._with_duty(item, verdict)

    def rank(self, person: str) -> list[Entry]:
        """The queue of a person of the team, in order; nothing for anybody else."""
        return [place[-1] for place in sorted(chain.from_iterable(self._lists(person)))]

    def first(self, person: str, most: int) -> list[Entry]:
        """The first rows of their queue, which cost no more however long it is."""
        return [place[-1] for place in islice(merge(*self._lists(person)), most)]

    def levels(self, person: str) -> Counter[int]:
        """How many rows of each level their queue has, without making it."""
        self._consider_all()
        known, found = self.snapshot.people.get(person), Counter[int]()
        if known is not None:
            found.update(place[0] for place in self._named.get(person, ()))
            for pool in self._pools_of(known):
                every, but = self._pool_levels.get(pool, (Counter[int](), {}))
                found += every
                found -= but.get(person, Counter())
        return found

    def _lists(self, person: str) -> list[Iterable[Ranked]]:
        """What a queue is made of: sorted lists of what is theirs by name, and of what is open to many."""
        self._consider_all()
        known = self.snapshot.people.get(person)
        if known is None:
            return []
        pools = (self._pools.get(pool, ()) for pool in self._pools_of(known))
        return [self._named.get(person, ()), *(_without(person, pool) for pool in pools)]

    def _pools_of(self, known: Person) -> tuple[str, ...]:
        return ("", *known.groups, EVERYBODY) if known.is_engineer else (EVERYBODY,)

    @cached_property
    def _pool_levels(self) -> Mapping[str, tuple[Counter[int], Mapping[str, Counter[int]]]]:
        """By pool, how many of each level there are, and how many of those are not open to somebody."""
        found = {}
        for name, pool in self._pools.items():
            but: dict[str, Counter[int]] = {}
            for place, those in pool:
                for person in those:
                    but.setdefault(person, Counter())[place[0]] += 1
            found[name] = (Counter(place[0] for place, _ in pool), but)
        return found

    @cached_property
    def unassigned(self) -> Sequence[Entry]:
        """The open issues that nobody has, in the table's order (clause milestone.available)."""
        return sorted(self._free(self.snapshot.items), key=_table_order)

    def _free(self, items: Iterable[Item]) -> Iterator[Entry]:
        entries = (issue_work.free_entry(item, self.desk) for item in items if isinstance(item, Issue))
        return (entry for entry in entries if entry is not None)

    def voice(self, reader: str) -> Voice:
        """What puts these decisions into words for a reader; for nobody ("") in the team's zone."""
        return Voice(self.snapshot.people, self.snapshot.now, reader, self.handbook.team.zone)

    def red_branches(self) -> list[tuple[RedBranch, Issue | None]]:
        """The red default branches, each with the open incident about it where there is one."""
        return [(red, self._incidents.get(red.ref)) for red in self.snapshot.red]

    @property
    def waiting(self) -> Sequence[Waiting]:
        """What somebody else has to move first, oldest first."""
        self._consider_all()
        return self._waiting

    @property
    def findings(self) -> Sequence[TriageFinding]:
        """What fits no row, oldest first."""
        self._consider_all()
        return self._findings

    def _consider_all(self) -> None:
        if self._considered:
            return
        self._considered = True
        for red, incident in self.red_branches():
            if incident is None:
                self._keep(self._red_place(red, None))
        for place in self._kept():
            self._keep(place)
        for item in self.snapshot.items:
            self._keep_verdict(self.consider(item))
        self._sort()

    def with_items(self, changed: Mapping[str, Item | None]) -> "WorkQueue | None":
        """The queue with these items as they are now, by reference (None: it is gone), at the same moment.

        None where they may change what is decided of others: as an incident or what mends a branch does, a rotation
        issue, and what is asked of whoever is on duty.
        """
        return self.on(self.snapshot.with_items(changed), changed.keys())

    def on(self, snapshot: Snapshot, changed: Collection[str]) -> "WorkQueue | None":
        """The same for a snapshot that differs in these open items alone."""
        before, after = self.snapshot.by_ref, snapshot.by_ref
        about = {one.ref for one in snapshot.asked}
        both = (those[ref] for ref in changed for those in (before, after) if ref in those)
        if not about.isdisjoint(changed) or any(self._tells_of_others(one) for one in both):
            return None
        self._consider_all()
        view = copy(self)
        view.snapshot, view.desk = snapshot, self.desk.on(snapshot)
        turned = {ref for ref in changed if (ref in before) != (ref in after)}
        again = {*changed, *(view._blocked_by(turned) if turned else ())}  # noqa: SLF001  # another of its kind
        view._forget(again)  # noqa: SLF001
        for ref in again & after.keys():
            view._keep_verdict(view.consider(after[ref]))  # noqa: SLF001
        view._sort()  # noqa: SLF001
        if "unassigned" in vars(self):
            still = (one for one in self.unassigned if one.item.ref not in again)
            new = view._free(after[ref] for ref in again & after.keys())  # noqa: SLF001
            view.unassigned = sorted(chain(still, new), key=_table_order)
        return view

    def _tells_of_others(self, item: Item) -> bool:
        return self.handbook.labels.red_branch in item.labels or self.desk.terms.shift_of(item) is not None

    def _blocked_by(self, refs: Collection[str]) -> set[str]:
        """The open issues that one of these blocks."""
        return {
            item.ref
            for item in self.snapshot.items
            if isinstance(item, Issue) and item.blocked_by and not set(refs).isdisjoint(item.blocked_by)
        }

    def _forget(self, refs: Collection[str]) -> None:
        """Have lists of one's own, without what was decided of these items."""
        for name in ("_pool_levels", "unassigned"):
            self.__dict__.pop(name, None)
        self._named = {name: [one for one in those if one[3] not in refs] for name, those in self._named.items()}
        self._pools = {name: [one for one in those if one[0][3] not in refs] for name, those in self._pools.items()}
        self._waiting = [one for one in self._waiting if one.item.ref not in refs]
        self._findings = [one for one in self._findings if one.item.ref not in refs]

    def _keep_verdict(self, verdict: Verdict) -> None:
        for place in verdict.places:
            self._keep(place)
        if verdict.waiting is not None:
            self._waiting.append(verdict.waiting)
        if verdict.finding is not None:
            self._findings.append(verdict.finding)

    def _sort(self) -> None:
        for ranked in self._named.values():
            ranked.sort()
        for pool in self._pools.values():
            pool.sort()
        self._waiting.sort(key=lambda waiting: (waiting.since, waiting.item.ref))
        self._findings.sort(key=lambda finding: (finding.item.created_at, finding.item.ref))

    def _kept(self) -> Iterator[Place]:
        """The places of requests that are about no open item."""
        for name, asked in self._asked.items():
            if name not in self.snapshot.by_ref:
                yield from self._with_asked(Kept(asked[0]), asked, Verdict()).places

    def _keep(self, place: Place) -> None:
        entry = place.entry
        ranked = (entry.level, entry.order, entry.since, entry.item.ref, entry)
        if place.pool is not None:
            self._pools.setdefault(place.pool, []).append((ranked, place.but))
        else:
            for person in place.people:
                self._named.setdefault(person, []).append(ranked)

    def red_turn(self, red: RedBranch, incident: Issue | None) -> tuple[tuple[str, ...], datetime]:
        """Who has a red branch and by when it is to be green; nobody: by when somebody is to have it."""
        setting = self.handbook.work_queue.red_default_branch
        people = self._takers(red, incident)
        start = red.since
        if incident is not None:
            start = max(start, (incident.assigned_since if people else None) or incident.created_at)
        hours = setting.resolve_hours if people else setting.triage_hours
        return people, due_of(clock(start, hours, self.desk), self.desk)

    def _takers(self, red: RedBranch, incident: Issue | None) -> tuple[str, ...]:
        known = incidents(self.desk)
        return known.taken_by(incident) or known.fixed_by(red.project, red.branch)

    def _red_place(self, red: RedBranch, incident: Issue | None) -> Place:
        setting = self.handbook.work_queue.red_default_branch
        taken_by = self._takers(red, incident)
        reason = Reason("red-yours" if taken_by else "red", at=red.since, names=(red.branch,))
        entry = Entry(0, 0, setting.row, setting.do, setting.clause, incident or red, red.since, (reason,))
        return Place(entry, people=taken_by) if taken_by else Place(entry, pool=EVERYBODY)

    def _with_duty(self, item: Item, verdict: Verdict) -> Verdict:
        """The verdict as it stands for the person on duty too: a duty comes before the table, once per item."""
        holder, asked = self.desk.holder, self._asked.get(item.ref)
        if holder == NOBODY or (asked and self._is_in_hands(asked, holder)):
            return verdict
        for order, duty, labels in self._duties if _is_free_for(item, holder) else self._mentions:
            since, by = self._calls_for(duty, labels, item, holder)
            if since is not None:
                reason = Reason("duty", by, since, names=(duty.says,))
                entry = Entry(0, order, duty.row, duty.do, duty.clause, item, since, (reason,))
                return verdict.without(holder).with_place(Place(entry, people=(holder,)))
        return verdict

    def _is_in_hands(self, asked: Sequence[Asked], holder: str) -> bool:
        """Whether somebody else of the team has one of the requests."""
        return any(self.desk.is_member(one.owner) and holder not in {one.owner, one.passing_to} for one in asked)

    def _calls_for(self, duty: Duty, labels: frozenset[str], item: Item, holder: str) -> tuple[datetime | None, str]:
        """Since when an item calls for a duty of the holder's, and who waits; None where it does not."""
        if duty.looks_at == "mentions":
            asks = unanswered(item, self.desk, holder) if isinstance(item, Issue) else ()
            if item.mentioned_since is None and asks:
                return asks[0].at, asks[0].by
            return item.mentioned_since, item.mentioned_by or item.author
        if duty.looks_at == "triage":
            is_meant = isinstance(item, Issue) and self.desk.is_untriaged(item)
        else:
            is_meant = not labels.isdisjoint(item.labels) or duty.watches(item.project)
        return item.created_at if is_meant else None, item.author

    def _with_asked(self, item: Item | Kept, asked: Sequence[Asked], verdict: Verdict) -> Verdict:
        """The verdict with what was asked about it: for whoever has that, or may take it; each once."""
        theirs: dict[str, list[Asked]] = {}
        for one in asked:
            has = self._whose(one)
            is_there = any(not (one.urgent and self._is_away(person)) for person in has)
            for person in dict.fromkeys((*has, *(() if is_there else self._available))):
                theirs.setdefault(person, []).append(one)
        for person, those in theirs.items():
            there = next(
                (place.entry for place in verdict.places if place.is_for(person) and not place.entry.level), None
            )
            if there is None or there.order:
                entry = min((self._request(one, item, person) for one in those), key=_first)
                if there is not None and there.order < entry.order:
                    entry = replace(there, since=min(there.since, entry.since), reasons=entry.reasons)
                verdict = verdict.without(person).with_place(Place(entry, people=(person,)))
        return verdict

    def _whose(self, one: Asked) -> tuple[str, ...]:
        """Who of the team has a request, or is to have it."""
        owner = one.owner if self.desk.is_member(one.owner) else self.desk.holder
        return tuple(filter(self.desk.is_member, dict.fromkeys((owner, one.passing_to))))

    def _is_away(self, person: str) -> bool:
        return self.snapshot.calendars[person].absent_for(self.snapshot.now) > 0

    @cached_property
    def _available(self) -> tuple[str, ...]:
        """Who takes what cannot wait for its owner: whoever is on duty, if they are there; else all who are."""
        there = [name for name, one in self.snapshot.people.items() if one.is_engineer and not self._is_away(name)]
        return (self.desk.holder,) if self.desk.holder in there else tuple(there) or self.desk.managers

    def _request(self, one: Asked, item: Item | Kept, person: str) -> Entry:
        """A request as a row of somebody's queue: of the duty to which its way belongs."""
        order, duty = self._ways.get(one.way, self._other)
        due = None if one.is_answered else one.answer_due
        names = (f"urgent {one.way}" if one.urgent else one.way,)
        said = [Reason("request", one.asked_by, one.asked_at, count=one.id, names=names, due=due)]
        if one.passing_to:
            said.append(Reason("passing", one.owner) if person == one.passing_to else Reason("passed", one.passing_to))
        has = self._whose(one)
        if person not in has:
            said.append(Reason("owner-away", has[0], until=self.desk.back_on(has[0])) if has else Reason("nobodys"))
        return Entry(0, order, duty.row, duty.do, duty.clause, item, one.asked_at, tuple(said))


def _is_free_for(item: Item, holder: str) -> bool:
    """Whether an item may call for the holder of a duty though nobody mentions the team: their issue, or nobody's yet.

    What has a milestone is scheduled: somebody answered, and the table takes it from there.
    """
    return isinstance(item, Issue) and (holder in item.assignees or (not item.assignees and item.milestone is None))


def _without(person: str, pool: Iterable[tuple[Ranked, tuple[str, ...]]]) -> Iterator[Ranked]:
    """What of a pool is open to somebody."""
    return (place for place, but in pool if person not in but)


def _first(entry: Entry) -> tuple[int, datetime]:
    return entry.order, entry.since


def _table_order(entry: Entry) -> tuple[int, int, datetime, str]:
    return entry.level, entry.order, entry.since, entry.item.ref
