"""Why an item is, or is not, somebody's: the rows considered, and the clock's stretches."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from hypothesis import given

from handrail.model.history import Event
from handrail.model.items import Item, MergeRequest
from handrail.rules.explanation import Explanation, Stretch, explain
from handrail.rules.work_queue import WorkQueue
from handrail.testing import (
    MILESTONE,
    NOW,
    PROJECT,
    a_handbook,
    a_merge_request,
    a_red_branch,
    a_reviewer,
    a_snapshot,
    an_issue,
    at,
)
from tests.rules.worlds import MEMBERS, rotation_issue, worlds

BOOK = a_handbook()
FREE = an_issue(1, "priority::2", "Deliverable", "group::distribution::build", milestone=MILESTONE)


def explained(item: Item, person: str, *others: Item, history: Sequence[Event] = ()) -> Explanation:
    queue = WorkQueue(a_snapshot(item, *others, handbook=BOOK), BOOK)
    return explain(queue, item, person, history)


def fits(found: Explanation) -> dict[str, bool]:
    return {one.row.row: one.decides for one in found.rows if not one.misfits}


def test_every_row_of_the_table_is_considered_and_one_decides() -> None:
    found = explained(FREE, "nadia")
    assert [one.row for one in found.rows] == list(BOOK.work_queue.table)
    assert fits(found) == {"5-pick-up": True}
    assert found.entry is not None
    assert found.entry.row == "5-pick-up"


def test_a_row_that_fits_too_does_not_decide() -> None:
    mr = a_merge_request(
        1, "workflow::in review", "priority::1", author="ivo", reviewers=(a_reviewer("nadia", asked=NOW),)
    )
    assert fits(explained(mr, "nadia")) == {"1-unblock": True, "2-unblock": False}


def test_for_somebody_else_no_row_fits_and_the_person_is_why() -> None:
    asked = at("2026-06-02 09:00")
    mr = a_merge_request(1, "workflow::in review", author="ivo", reviewers=(a_reviewer("nadia", asked=asked),))
    found = explained(mr, "timo")
    assert (found.entry, fits(found)) == (None, {})
    assert [m.field for one in found.rows if one.row.row == "2-unblock" for m in one.misfits] == ["person"]
    assert found.stretches == (Stretch(asked, NOW, "counted"),)


def test_open_work_is_everyones_it_is_open_to() -> None:
    assert explained(FREE, "timo").entry is not None
    assert explained(FREE, "paul").entry is None
    assert explained(FREE, "outsider").entry is None
    own = a_merge_request(1, "workflow::ready for review", author="nadia")
    assert explained(own, "nadia").entry is None
    assert explained(own, "mara").entry is not None
    by_group = a_handbook({"work_queue.available.open_to": "group"})
    queue = WorkQueue(a_snapshot(FREE, handbook=by_group), by_group)
    assert explain(queue, FREE, "nadia", ()).entry is not None
    assert explain(queue, FREE, "timo", ()).entry is None


def test_what_has_no_standing_fits_no_row_for_its_stage() -> None:
    found = explained(an_issue(1), "nadia")
    assert {m.field for one in found.rows for m in one.misfits} == {"stage"}
    assert (found.verdict.finding is not None, found.stretches, found.deadline) == (True, (), None)


def test_a_duty_is_no_row_of_the_table() -> None:
    incident = an_issue(1, "incident", "priority::2", "Deliverable")
    found = explained(incident, "ivo", rotation_issue("ivo"))
    assert found.entry is not None
    assert found.entry.row == "duty-incidents"
    assert not any(one.decides for one in found.rows)


def test_a_red_branch_is_everybodys() -> None:
    incident = an_issue(1, "master:broken")
    queue = WorkQueue(a_snapshot(incident, handbook=BOOK, pipelines=[a_red_branch(PROJECT)]), BOOK)
    for person in MEMBERS:
        entry = explain(queue, incident, person, ()).entry
        assert entry is not None
        assert entry.level == 0


def test_the_clock_is_drawn_with_its_pauses_and_its_deadline() -> None:
    asked = at("2026-06-01 15:00")
    mr = a_merge_request(1, "workflow::ready for review", author="ivo", reviewers=(a_reviewer("nadia", asked=asked),))
    found = explained(mr, "nadia")
    assert found.stretches == (
        Stretch(asked, at("2026-06-01 17:00"), "counted"),
        Stretch(at("2026-06-01 17:00"), at("2026-06-02 09:00"), "night"),
        Stretch(at("2026-06-02 09:00"), NOW, "counted"),
    )
    assert found.deadline == at("2026-06-05 15:00")


def test_a_clock_that_starts_out_of_hours_begins_with_a_pause() -> None:
    asked = at("2026-06-02 07:00")
    mr = a_merge_request(1, "workflow::ready for review", author="ivo", reviewers=(a_reviewer("nadia", asked=asked),))
    assert [stretch.what for stretch in explained(mr, "nadia").stretches] == ["night", "counted"]
    queue = WorkQueue(a_snapshot(mr, now=at("2026-06-02 08:00"), handbook=BOOK), BOOK)
    assert [stretch.what for stretch in explain(queue, mr, "nadia", ()).stretches] == ["night"]


def test_earlier_rounds_and_the_authors_turns_between_them_are_told() -> None:
    rounds = [at(f"2026-05-{day} 10:00") for day in (18, 19, 20, 21, 22, 25, 26)]
    mr = a_merge_request(
        1, "workflow::in review", author="ivo", reviewers=(a_reviewer("nadia", asked=rounds[5], requests=3),)
    )
    noon = at("2026-05-22 12:00")
    history = [
        Event(rounds[0], "nadia", "commented"),
        Event(rounds[0], "ivo", "review_requested", "nadia"),
        Event(rounds[1], "ivo", "review_requested", "nadia"),
        Event(rounds[1], "ivo", "review_requested", "mara"),
        Event(rounds[1], "nadia", "commented", bot=True),
        Event(rounds[2], "mara", "commented"),
        Event(rounds[2], "nadia", "reviewed", "requested_changes"),
        Event(rounds[3], "nadia", "commented"),
        Event(rounds[4], "ivo", "review_requested", "nadia"),
        Event(noon, "nadia", "commented"),
        Event(rounds[5], "ivo", "review_requested", "nadia"),
        Event(rounds[6], "nadia", "commented"),
    ]
    told = [s for s in explained(mr, "nadia", history=history).stretches if s.start < rounds[5]]
    assert told == [
        Stretch(rounds[1], rounds[2], "earlier round"),
        Stretch(rounds[2], rounds[4], "author’s turn"),
        Stretch(rounds[4], noon, "earlier round"),
        Stretch(noon, rounds[5], "author’s turn"),
    ]


def test_an_answer_ends_a_round_once() -> None:
    asked = at("2026-06-01 09:00")
    mr = a_merge_request(1, "workflow::in review", author="ivo", reviewers=(a_reviewer("nadia", asked=asked),))
    assert explained(mr, "nadia", history=[Event(NOW, "nadia", "commented")]).stretches[0].what == "counted"


@given(worlds())
def test_explaining_agrees_with_the_queue(told: tuple[Item, ...]) -> None:
    queue = WorkQueue(a_snapshot(*told, handbook=BOOK), BOOK)
    for person in MEMBERS:
        ranked = {entry.item.ref: entry for entry in queue.rank(person)}
        for item in queue.snapshot.items:
            found = explain(queue, item, person, ())
            assert found.entry == ranked.get(item.ref)
            deciding = [one.row.row for one in found.rows if one.decides]
            assert len(deciding) == (1 if found.entry and found.entry.level else 0)
            assert all(not one.misfits for one in found.rows if one.decides)


@given(worlds())
def test_the_stretches_of_a_clock_cover_its_time_and_count_what_it_shows(told: tuple[Item, ...]) -> None:
    queue = WorkQueue(a_snapshot(*told, handbook=BOOK), BOOK)
    for item in told:
        for place in queue.consider(item).places:
            person = place.people[0] if place.people else "nadia"
            found = explain(queue, item, person, ())
            if found.entry is None or found.entry.clock is None:
                continue
            assert isinstance(item, MergeRequest)
            clock, stretches = found.entry.clock, found.stretches
            assert (stretches[0].start, stretches[-1].end) == (clock.start, NOW)
            assert all(one.end == next_.start for one, next_ in pairwise(stretches))
            counted = sum((s.end - s.start for s in stretches if s.what == "counted"), timedelta())
            assert counted.total_seconds() == clock.used
