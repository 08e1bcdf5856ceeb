"""What may be agreed on, and what is answered to what may not."""

from datetime import UTC, date, datetime, timedelta

import pytest

from handrail.duty.agreeing import away, covered, edited, known, offered, returned, swapped, taken, withdrawn
from handrail.duty.rota import Rota
from handrail.duty.rotation import Handoffs
from handrail.errors import UserError
from handrail.model.duty import (
    Began,
    CameBack,
    Covered,
    Happened,
    LogEntry,
    Shift,
    SwapOffered,
    SwapTaken,
    SwapWithdrawn,
    WentAway,
)
from handrail.model.people import Person
from handrail.testing import a_handbook

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
HELD = [Shift(NOW + number * WEEK, NOW + (number + 1) * WEEK, name) for number, name in enumerate("abc")]
SECOND = (HELD[1].start, HELD[1].end)
THIRD = (HELD[2].start, HELD[2].end)
OFFER = SwapOffered("b", *SECOND)


def the_log(*happened: Happened) -> list[LogEntry]:
    return [LogEntry(number, NOW, "b", what) for number, what in enumerate(happened, 1)]


def test_what_is_ones_own_and_to_come_can_be_offered_and_taken() -> None:
    assert offered([], "b", *SECOND, HELD, NOW) == OFFER
    assert taken(the_log(OFFER), 1, "c", HELD, NOW) == SwapTaken(1, "c")
    assert taken(the_log(OFFER), 1, "c", HELD, NOW, in_return=THIRD) == SwapTaken(1, "c", *THIRD)
    assert withdrawn(the_log(OFFER), 1, "b", NOW) == SwapWithdrawn(1)
    assert covered("b", NOW, NOW + WEEK, HELD[:1], NOW) == Covered("b", NOW, NOW + WEEK)
    assert known(["@B", "a"], ["a", "b"]) == ("b", "a")


def test_another_offer_beside_it_is_fine() -> None:
    half = SECOND[0] + WEEK / 2
    assert offered(the_log(SwapOffered("b", SECOND[0], half)), "b", half, SECOND[1], HELD, NOW).start == half
    assert offered(the_log(SwapOffered("a", *SECOND)), "b", *SECOND, HELD, NOW) == OFFER


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        (*THIRD, "@b is not on duty then"),
        (SECOND[1], SECOND[0], "The end has to come after the start."),
        (NOW - WEEK, NOW, "That is past"),
        (NOW - WEEK, SECOND[1], "That is past"),
    ],
)
def test_what_cannot_be_offered(start: datetime, end: datetime, says: str) -> None:
    with pytest.raises(UserError, match=says):
        offered([], "b", start, end, HELD, NOW)


def test_overlapping_offers_are_refused() -> None:
    with pytest.raises(UserError, match="Swap 1 of @b is for some of the same time"):
        offered(the_log(OFFER), "b", SECOND[0] + WEEK / 2, SECOND[1], HELD, NOW)


@pytest.mark.parametrize(
    ("log", "number", "person", "says"),
    [
        ((OFFER,), 1, "b", "Swap 1 is your own"),
        ((OFFER, SwapTaken(1, "c")), 1, "d", "@c has taken swap 1 already"),
        ((OFFER, SwapWithdrawn(1)), 1, "d", "@b has withdrawn swap 1"),
        ((OFFER, SwapOffered("a", NOW - WEEK, NOW), SwapTaken(1, "c")), 2, "d", "Swap 2 is over"),
        ((OFFER, OFFER, SwapWithdrawn(1), SwapOffered("a", NOW - WEEK, NOW)), 4, "d", "Swap 4 is over"),
        ((OFFER,), 2, "c", "There is no swap 2"),
        ((SwapOffered("a", *SECOND),), 1, "b", "@b is on duty then already"),
    ],
)
def test_what_cannot_be_taken(log: tuple[Happened, ...], number: int, person: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        taken(the_log(*log), number, person, HELD, NOW)


def test_nothing_of_others_is_given_in_return_or_withdrawn() -> None:
    with pytest.raises(UserError, match="@d is not on duty then"):
        taken(the_log(OFFER), 1, "d", HELD, NOW, in_return=THIRD)
    with pytest.raises(UserError, match="Swap 1 is @b's"):
        withdrawn(the_log(OFFER), 1, "c", NOW)


def test_cover_is_for_what_is_not_over() -> None:
    with pytest.raises(UserError, match="That is past"):
        covered("a", NOW - WEEK, NOW, HELD, NOW)


def test_cover_begins_now_at_the_earliest_so_that_the_past_stays_as_it_was() -> None:
    before = Shift(NOW - WEEK, NOW, "c")
    assert covered("b", NOW - WEEK, NOW + WEEK, [before, HELD[0]], NOW) == Covered("b", NOW, NOW + WEEK)
    with pytest.raises(UserError, match="@a is on duty then already"):
        covered("a", NOW - WEEK, NOW + WEEK, [before, HELD[0]], NOW)


def test_cover_changes_something() -> None:
    with pytest.raises(UserError, match="@a is on duty then already"):
        covered("a", NOW, NOW + WEEK, HELD[:1], NOW)
    with pytest.raises(UserError, match="No turn runs then"):
        covered("a", NOW, NOW + WEEK, [], NOW)


def test_what_is_taken_is_still_theirs_who_offered_it_and_not_offered_as_well() -> None:
    with pytest.raises(UserError, match="@b is not on duty then any more"):
        taken(the_log(OFFER), 1, "c", [HELD[0]], NOW)
    both = the_log(OFFER, SwapOffered("c", *THIRD))
    with pytest.raises(UserError, match="Swap 2 of @c is for some of the same time"):
        taken(both, 1, "c", HELD, NOW, in_return=THIRD)


def test_who_joins_comes_last_and_who_leaves_keeps_everybodys_place() -> None:
    assert edited(("b", "gone", "a"), ["@C"], ["@Gone"], "abc") == ("b", "a", "c")
    assert edited(("b", "a"), [], ["b"], "abc") == ("a",)


@pytest.mark.parametrize(
    ("joins", "leaves", "says"),
    [
        (["a"], [], "@a is on the list already"),
        (["x"], [], "nobody called `x`"),
        ([], ["c"], "@c is not on the list; it can be `a`, `b`"),
        ([], ["a", "b"], "That leaves nobody on the list"),
    ],
)
def test_what_is_no_edit_of_the_list(joins: list[str], leaves: list[str], says: str) -> None:
    with pytest.raises(UserError, match=says):
        edited(("a", "b"), joins, leaves, "abc")


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["nadja"], "nobody called `nadja`; did you mean `nadia`"),
        (["ivo", "nadia", "@Ivo"], "@ivo is named twice"),
        ([], "Name at least one person"),
    ],
)
def test_who_cannot_be_meant(names: list[str], says: str) -> None:
    with pytest.raises(UserError, match=says):
        known(names, ["nadia", "ivo"])


def a_rota() -> Rota:
    """Of three people, since this Monday."""
    begun = LogEntry(1, NOW - WEEK, "a", Began(date(2026, 6, 1), ("a", "b", "c")))
    team = Person("Team")
    return Rota([begun], Handoffs.of(a_handbook().rotation, "UTC"), dict.fromkeys("abc", team), team, lambda *_: {})


def test_a_swap_takes_the_turn_that_begins_on_a_day_in_return() -> None:
    first = a_rota()
    mine, theirs = first.turns(NOW, NOW + 3 * WEEK)[1:3]
    rota = first.with_log([*first.log, LogEntry(2, NOW, "b", SwapOffered("b", mine.start, mine.end))])
    assert swapped(rota, 2, "c", NOW) == SwapTaken(2, "c")
    assert swapped(rota, 2, "c", NOW, theirs.start.replace(hour=0)) == SwapTaken(2, "c", theirs.start, theirs.end)
    with pytest.raises(UserError, match="No turn of @c begins on 2026-06-17"):
        swapped(rota, 2, "c", NOW, theirs.start + timedelta(days=2))
    with pytest.raises(UserError, match="There is no swap 7"):
        swapped(rota, 7, "c", NOW)


def test_time_off_is_named_by_days_to_come_and_taken_back_by_whose_it_is() -> None:
    first, last = date(2026, 6, 8), date(2026, 6, 9)
    gone = away("a", first, last, NOW.date(), " ")
    assert gone == WentAway("a", first, last, "time off")
    with pytest.raises(UserError, match="2026-06-08 is before 2026-06-09"):
        away("a", last, first, NOW.date(), "")
    with pytest.raises(UserError, match="2026-06-01 is past"):
        away("a", date(2026, 6, 1), date(2026, 6, 1), NOW.date(), "")
    assert returned(the_log(gone), 1, "a") == CameBack(1)
    with pytest.raises(UserError, match="@b has no absence 1"):
        returned(the_log(gone), 1, "b")
