"""What holds of every queue, whatever the items: order, permutation, addition, and who may see what."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handrail.handbook.schema import Handbook
from handrail.model.items import Epic, Issue, Item, MergeRequest
from handrail.model.planning import Project
from handrail.model.queue import Entry
from handrail.model.snapshot import Snapshot
from handrail.rules.terms import Standing
from handrail.rules.verdict import Place
from handrail.rules.work_queue import EVERYBODY, WorkQueue, rank
from handrail.testing import NOW, PEOPLE, PROJECT, a_handbook, a_red_branch, a_snapshot
from tests.rules.worlds import MEMBERS, items, worlds

ENGINEERS = ("nadia", "mara", "ivo", "timo")
MANAGERS = ("erin", "paul")


@cache
def book(open_to: str) -> Handbook:
    return a_handbook({"work_queue.available.open_to": open_to})


OPEN_TO = st.sampled_from(("team", "group"))
"""Whose pool work is open to; the name, since a whole handbook makes too long an example."""


def snapshot(told: Sequence[Item], handbook: Handbook, *, red: bool = False) -> Snapshot:
    return a_snapshot(
        *told,
        handbook=handbook,
        projects=[Project(PROJECT, maintainers=("mara", "timo"))],
        pipelines=[a_red_branch()] if red else [],
    )


def place_in_order(entry: Entry) -> tuple[int, int, datetime, str]:
    return entry.level, entry.order, entry.since, entry.item.ref


def queues(told: Sequence[Item], handbook: Handbook, *, red: bool = False) -> dict[str, list[Entry]]:
    queue = WorkQueue(snapshot(told, handbook, red=red), handbook)
    return {person: queue.rank(person) for person in MEMBERS}


def naive_row(standing: Standing, handbook: Handbook) -> tuple[int, int, str] | None:
    """The row for a standing: every row asked every question, the lowest level taken, then the first row."""
    fitting = []
    for number, row in enumerate(handbook.work_queue.table, 1):
        wanted = [{label, *handbook.work_queue.counts_as.get(label, ())} for label in row.labels]
        if (
            (row.kind, row.stage) == (standing.kind, standing.stage)
            and row.priority in {None, standing.priority}
            and row.slo in {None, standing.slo}
            and all(choice & set(standing.labels) for choice in wanted)
        ):
            fitting.append((row.level, number, row.row))
    return min(fitting, default=None)


def naive_has(place: Place, person: str) -> bool:
    if place.pool is None:
        return person in place.people
    takes_part = person in ENGINEERS and place.pool in {"", *PEOPLE[person].groups}
    return (takes_part or place.pool == EVERYBODY) and person not in place.but


def naive_queue(told: Sequence[Item], handbook: Handbook, person: str) -> list[Entry]:
    """Every item considered anew for every person, with nothing kept."""
    facts = snapshot(told, handbook)
    found = []
    for item in facts.items:
        queue = WorkQueue(facts, handbook)
        found += [place.entry for place in queue.consider(item).places if naive_has(place, person)]
    return sorted(found, key=place_in_order)


@given(worlds(), OPEN_TO, st.booleans())
def test_a_queue_is_in_a_strict_total_order_and_holds_an_item_once(
    told: tuple[Item, ...], open_to: str, red: bool
) -> None:
    handbook = book(open_to)
    for queue in queues(told, handbook, red=red).values():
        places = [place_in_order(entry) for entry in queue]
        assert all(before < after for before, after in pairwise(places))
        assert len({entry.item.ref for entry in queue}) == len(queue)


@given(worlds(), OPEN_TO)
def test_two_people_see_what_they_share_in_the_same_order(told: tuple[Item, ...], open_to: str) -> None:
    handbook = book(open_to)
    found = list(queues(told, handbook).values())
    for one in found:
        for other in found:
            shared = [entry for entry in one if entry in other]
            assert shared == [entry for entry in other if entry in one]


@given(worlds(), OPEN_TO, st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_the_facts_changes_nothing(
    told: tuple[Item, ...], open_to: str, shuffler: Random, red: bool
) -> None:
    handbook = book(open_to)
    shuffled = list(told)
    shuffler.shuffle(shuffled)
    assert queues(shuffled, handbook, red=red) == queues(told, handbook, red=red)


@given(worlds(), OPEN_TO, st.randoms(use_true_random=False))
def test_the_order_of_labels_and_assignees_changes_nothing(
    told: tuple[Item, ...], open_to: str, shuffler: Random
) -> None:
    handbook = book(open_to)

    def mixed(item: Item) -> Item:
        labels, assignees = list(item.labels), list(item.assignees)
        shuffler.shuffle(labels)
        shuffler.shuffle(assignees)
        return replace(item, labels=tuple(labels), assignees=tuple(assignees))

    def shape(found: dict[str, list[Entry]]) -> dict[str, list[tuple[str, str, datetime]]]:
        return {name: [(entry.row, entry.item.ref, entry.since) for entry in queue] for name, queue in found.items()}

    ordinary = [item for item in told if not item.title.startswith("Distribution DRI")]
    assert shape(queues([mixed(item) for item in ordinary], handbook)) == shape(queues(ordinary, handbook))


@given(worlds(), items(500), OPEN_TO)
def test_one_more_item_never_reorders_the_others(told: tuple[Item, ...], more: Item, open_to: str) -> None:
    handbook = book(open_to)
    before = queues(told, handbook)
    after = queues((*told, more), handbook)
    for person, queue in after.items():
        assert [entry for entry in queue if entry.item.ref != more.ref] == before[person]


@given(worlds(), OPEN_TO)
def test_an_item_is_decided_alone_as_among_others(told: tuple[Item, ...], open_to: str) -> None:
    handbook = book(open_to)
    whole = WorkQueue(snapshot(told, handbook), handbook)
    whole.rank("nadia")
    special = [item for item in told if whole.desk.terms.shift_of(item) is not None]
    for item in told:
        if item not in special:
            alone = WorkQueue(snapshot([item, *special], handbook), handbook)
            assert alone.consider(item) == whole.consider(item)


@given(worlds(), OPEN_TO)
def test_the_ranking_agrees_with_a_naive_one(told: tuple[Item, ...], open_to: str) -> None:
    handbook = book(open_to)
    found = snapshot(told, handbook)
    for person in MEMBERS:
        assert rank(found, handbook, person) == naive_queue(told, handbook, person)


@given(worlds(), OPEN_TO)
def test_the_lowest_level_that_fits_decides(told: tuple[Item, ...], open_to: str) -> None:
    handbook = book(open_to)
    queue = WorkQueue(snapshot(told, handbook), handbook)
    for item in told:
        verdict = queue.consider(item)
        for place in verdict.places:
            if place.standing is not None:
                entry = place.entry
                assert naive_row(place.standing, handbook) == (entry.level, entry.order, entry.row)
        if verdict.finding is not None and verdict.standing is not None:
            assert naive_row(verdict.standing, handbook) is None


@given(worlds(), OPEN_TO, st.booleans())
def test_only_those_who_can_act_see_it(told: tuple[Item, ...], open_to: str, red: bool) -> None:
    handbook = book(open_to)
    queue = WorkQueue(snapshot(told, handbook, red=red), handbook)
    holder = queue.on_duty.holder if queue.on_duty else ""
    assert queue.rank("outsider") == queue.rank("") == []
    for person in MEMBERS:
        for entry in queue.rank(person):
            item = entry.item
            if entry.level == 0:
                assert entry.row == "red-default-branch" or person == holder
            elif isinstance(item, Issue):
                assert item.assignees == () or person in item.assignees
                if person in MANAGERS:
                    assert person in item.assignees or entry.reasons[0].code == "claim-yours"
            else:
                assert isinstance(item, MergeRequest)
                reviewers = {reviewer.username for reviewer in item.reviewers}
                if entry.do == "pick up for review":
                    assert person != item.author
                    assert not reviewers or person in reviewers or entry.reasons[0].code == "stand-in"
                if person in MANAGERS:
                    assert person in {item.author, *reviewers, *item.approved_by}


@given(worlds(), OPEN_TO)
def test_whatever_is_not_queued_says_why(told: tuple[Item, ...], open_to: str) -> None:
    handbook = book(open_to)
    queue = WorkQueue(snapshot(told, handbook), handbook)
    for item in told:
        verdict = queue.consider(item)
        assert verdict.places or verdict.waiting or verdict.finding or verdict.parked
        if isinstance(item, Epic):
            assert verdict.finding is None


@given(worlds(), OPEN_TO)
def test_everyone_who_has_an_item_does_the_same_kind_of_thing_with_it(told: tuple[Item, ...], open_to: str) -> None:
    handbook = book(open_to)
    stages = {row.row: row.stage for row in handbook.work_queue.table}
    seen: dict[str, str] = {}
    for queue in queues(told, handbook).values():
        for entry in queue:
            if entry.level > 0:
                assert seen.setdefault(entry.item.ref, stages[entry.row]) == stages[entry.row]


def test_a_queue_is_what_rank_returns_for_a_snapshot() -> None:
    handbook = book("team")
    nothing = a_snapshot(now=NOW, handbook=handbook)
    assert rank(nothing, handbook, "nadia") == []
