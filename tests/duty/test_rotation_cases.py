"""Cases that users and tests of other schedulers have brought up."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.duty import agreeing
from handrail.duty.rota import Rota
from handrail.duty.rotation import Handoffs, Turns, state, turns
from handrail.duty.shifts import agreements, open_offers, shifts
from handrail.errors import UserError
from handrail.model.duty import (
    NOBODY,
    Began,
    Covered,
    Happened,
    LogEntry,
    RosterSet,
    Shift,
    SwapOffered,
    SwapTaken,
    SwapWithdrawn,
    Turn,
    TurnBegan,
)
from handrail.model.people import Person
from handrail.worktime.hours import HOUR
from handrail.worktime.local_clock import LocalClock

PEOPLE = {name: Person(name) for name in "abc"}
MON, TUE, FRI, SUN = 0, 1, 4, 6
NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)


def handoffs(zone: str, days: int, weekday: int, hours: float) -> Handoffs:
    return Handoffs(LocalClock(zone), days, weekday, round(hours * HOUR))


def local(zone: str, text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def anybody(name: str, start: datetime, end: datetime) -> bool:
    return True


def the_log(*happened: Happened, at: datetime = NOW, by: str = "erin") -> list[LogEntry]:
    return [LogEntry(number, at, by, what) for number, what in enumerate(happened, 1)]


def now_of(*happened: Happened) -> Turns:
    found = state(the_log(*happened))
    assert found is not None
    return found


def rota_of(when: Handoffs, *happened: Happened) -> Rota:
    return Rota(the_log(*happened), when, PEOPLE, Person("Team"), lambda *_: {})


def ahead(now: Turns, when: Handoffs, count: int) -> list[Turn]:
    return list(islice(turns(now, when, anybody), count))


def holders(found: list[Turn]) -> list[str]:
    return [turn.holder for turn in found]


def test_1_a_week_in_which_clocks_go_forward_is_an_hour_shorter() -> None:
    first, second = ahead(now_of(Began(date(2017, 3, 10), ("a", "b"))), handoffs("America/Chicago", 7, FRI, 8), 2)
    assert first.start == local("America/Chicago", "2017-03-10 08:00")
    assert first.end == second.start == local("America/Chicago", "2017-03-17 08:00")
    assert first.end - first.start == timedelta(hours=167)


def test_2_a_skipped_hour_moves_one_handoff_and_no_other() -> None:
    found = ahead(now_of(Began(date(2020, 3, 7), ("a", "b"))), handoffs("America/Chicago", 1, MON, 2.5), 4)
    assert [turn.start.astimezone(ZoneInfo("America/Chicago")).strftime("%d %H:%M") for turn in found] == [
        "07 02:30", "08 03:00", "09 02:30", "10 02:30",
    ]  # fmt: skip


def test_3_a_repeated_hour_has_one_handoff_and_that_is_its_first() -> None:
    found = ahead(now_of(Began(date(2020, 10, 31), ("a", "b"))), handoffs("America/Chicago", 1, MON, 1.5), 3)
    assert found[1].start == local("America/Chicago", "2020-11-01 01:30", fold=0)
    assert found[2].start == local("America/Chicago", "2020-11-02 01:30")
    assert holders(found) == ["a", "b", "a"]


def test_4_two_weeks_at_noon_across_two_clock_changes() -> None:
    when = handoffs("Pacific/Auckland", 14, TUE, 12)
    at = local("Pacific/Auckland", "2021-04-18 00:00")
    found = ahead(now_of(Began(date(2020, 9, 1), ("1", "2", "3"))), when, 40)
    (turn,) = [turn for turn in found if turn.start <= at < turn.end]
    assert turn == Turn(
        local("Pacific/Auckland", "2021-04-13 12:00"), local("Pacific/Auckland", "2021-04-27 12:00"), "2"
    )


def test_5_the_instant_of_a_handoff_is_the_next_persons() -> None:
    rota = rota_of(handoffs("Europe/Berlin", 7, MON, 9), Began(date(2026, 6, 1), ("a", "b")))
    boundary = local("Europe/Berlin", "2026-06-08 09:00")
    before, after = rota.at(boundary - timedelta(microseconds=1)), rota.at(boundary)
    assert before is not None
    assert after is not None
    assert (before.holder, before.end, after.holder, after.start) == ("a", boundary, "b", boundary)


def test_6_shifts_meet_across_the_end_of_summer_time() -> None:
    rota = rota_of(handoffs("US/Central", 7, SUN, 1.5), Began(date(2016, 10, 23), ("a", "b")))
    since = local("US/Central", "2016-10-29 00:00")
    found = rota.shifts(since, since + timedelta(days=14))
    assert all(one.end == other.start for one, other in pairwise(found))
    assert [shift.start for shift in found] == [
        local("US/Central", "2016-10-23 01:30"),
        local("US/Central", "2016-10-30 01:30"),
        local("US/Central", "2016-11-06 01:30", fold=0),
    ]
    assert found[2].end - found[2].start == timedelta(days=7, hours=1)


def test_7_whoever_served_by_hand_goes_to_the_end() -> None:
    start = local("UTC", "2026-06-01 09:00")
    now = now_of(Began(date(2026, 6, 8), ("1", "2", "3")), TurnBegan(start, "1"))
    assert holders(ahead(now, handoffs("UTC", 7, MON, 9), 4)) == ["1", "2", "3", "1"]
    now = now_of(Began(date(2026, 6, 1), ("1", "2", "3")), TurnBegan(start, "2"))
    assert holders(ahead(now, handoffs("UTC", 7, MON, 9), 4)) == ["2", "1", "3", "2"]


def test_8_somebody_else_leaves_and_the_holder_stays() -> None:
    begun = (Began(date(2026, 6, 1), ("0", "1", "2")), TurnBegan(local("UTC", "2026-06-08 09:00"), "1"))
    now = now_of(*begun, RosterSet(("2", "1")))
    assert holders(ahead(now, handoffs("UTC", 7, MON, 9), 4)) == ["1", "2", "1", "2"]


@pytest.mark.parametrize("order", [("new", "b", "c", "a"), ("b", "c", "a", "new"), ("a", "new", "b", "c")])
def test_9_whoever_joins_changes_nothing_about_now(order: tuple[str, ...]) -> None:
    begun = (Began(date(2026, 6, 1), ("a", "b", "c")), TurnBegan(local("UTC", "2026-06-01 09:00"), "a"))
    found = ahead(now_of(*begun, RosterSet(order)), handoffs("UTC", 7, MON, 9), 5)
    assert found[0].holder == "a"
    assert {*holders(found[1:])} == {"b", "c", "new", "a"}


def test_10_after_a_long_silence_the_preview_is_what_is_caught_up_on() -> None:
    when, begun = handoffs("UTC", 7, MON, 9), Began(date(2026, 6, 1), ("a", "b", "c"))
    rota, shown = rota_of(when, begun), ahead(now_of(begun), when, 8)
    late = local("UTC", "2026-07-01 12:00")
    missed = rota.overdue(late)
    assert missed == [TurnBegan(turn.start, turn.holder) for turn in shown[:5]]
    caught_up = rota.with_begun(missed, late)
    assert caught_up.overdue(late) == []
    assert caught_up.at(late) == rota.at(late) == Shift(shown[4].start, shown[4].end, "b")
    assert ahead(now_of(begun, *missed), when, 4) == shown[4:]


def test_12_one_stand_in_over_four_shifts_leaves_two_trimmed_ends() -> None:
    found = ahead(now_of(Began(date(2026, 6, 1), ("a", "b", "c", "d"))), handoffs("UTC", 7, MON, 9), 4)
    start, end = found[0].start + timedelta(days=2), found[3].start + timedelta(days=3)
    assert shifts(found, agreements(the_log(Covered("e", start, end)))) == [
        Shift(found[0].start, start, "a"),
        Shift(start, end, "e", "", 1),
        Shift(end, found[3].end, "d"),
    ]


def test_13_a_swap_counts_when_it_is_taken() -> None:
    twelve = datetime(2026, 6, 1, 12, tzinfo=UTC)
    turn = Turn(twelve, twelve + timedelta(hours=3), "a")
    offer = SwapOffered("a", twelve + timedelta(hours=1), twelve + timedelta(hours=2))
    assert shifts([turn], agreements(the_log(offer))) == [Shift(turn.start, turn.end, "a")]
    taken = the_log(offer, SwapTaken(1, "b"))
    assert [(one.holder, one.instead_of) for one in shifts([turn], agreements(taken))] == [
        ("a", ""), ("b", "a"), ("a", ""),
    ]  # fmt: skip
    now = turn.start - timedelta(hours=1)
    with pytest.raises(UserError, match="Swap 1 is your own"):
        agreeing.taken(the_log(offer), 1, "a", [Shift(turn.start, turn.end, "a")], now)
    with pytest.raises(UserError, match="Swap 1 is over"):
        agreeing.taken(the_log(offer), 1, "b", [Shift(turn.start, turn.end, "a")], offer.end)


def test_what_is_taken_in_return_is_the_others() -> None:
    one, other = ahead(now_of(Began(date(2026, 6, 1), ("a", "b"))), handoffs("UTC", 7, MON, 9), 2)
    log = the_log(SwapOffered("a", one.start, one.end), SwapTaken(1, "b", other.start, other.end))
    assert [(shift.holder, shift.instead_of) for shift in shifts([one, other], agreements(log))] == [
        ("b", "a"), ("a", "b"),
    ]  # fmt: skip


def test_the_latest_agreement_holds_and_is_for_whom_it_was_made() -> None:
    (turn,) = ahead(now_of(Began(date(2026, 6, 1), ("a", "b"))), handoffs("UTC", 7, MON, 9), 1)
    noon = turn.start + timedelta(days=1)
    log = the_log(
        Covered("c", turn.start, noon),
        SwapOffered("a", turn.start, turn.end),
        SwapTaken(2, "b"),
        Covered("b", noon, turn.end),  # who is on duty already
    )
    assert [(shift.holder, shift.instead_of, shift.agreed) for shift in shifts([turn], agreements(log))] == [
        ("c", "a", 1), ("b", "a", 3),
    ]  # fmt: skip


def test_offers_are_open_until_taken_withdrawn_or_over() -> None:
    week = timedelta(days=7)
    offer = SwapOffered("a", NOW, NOW + week)
    over = SwapOffered("a", NOW - week, NOW)
    log = the_log(offer, over, offer, offer, SwapTaken(1, "b"), SwapWithdrawn(3))
    assert {*open_offers(log, NOW)} == {4}
    assert agreements(the_log(SwapTaken(7, "b"))) == []


def test_somebody_who_is_away_keeps_their_place() -> None:
    start = local("UTC", "2026-06-01 09:00")
    now = now_of(Began(date(2026, 6, 1), ("a", "b", "c")), TurnBegan(start, "a"))
    when = handoffs("UTC", 7, MON, 9)

    def but_b_next_week(name: str, begins: datetime, _: datetime) -> bool:
        return name != "b" or begins > start + timedelta(days=7)

    found = list(islice(turns(now, when, but_b_next_week), 4))
    assert holders(found) == ["a", "c", "b", "a"]
    assert found[1].passed == ("b",)


def test_when_nobody_is_available_nobody_is_picked() -> None:
    now = now_of(Began(date(2026, 6, 1), ("a", "b")), TurnBegan(local("UTC", "2026-06-01 09:00"), "a"))
    when = handoffs("UTC", 7, MON, 9)
    away = when.after(local("UTC", "2026-06-01 09:00"), now.first)
    found = list(islice(turns(now, when, lambda _, begins, __: begins != away), 4))
    assert holders(found) == ["a", NOBODY, "b", "a"]
    assert found[1].passed == ("b", "a")
    empty = now_of(Began(date(2026, 6, 1), ()))
    assert holders(ahead(empty, when, 2)) == [NOBODY, NOBODY]


def test_who_leaves_during_their_turn_ends_it_and_does_not_return() -> None:
    begun = (Began(date(2026, 6, 1), ("a", "b", "c")), TurnBegan(local("UTC", "2026-06-01 09:00"), "a"))
    now = now_of(*begun, RosterSet(("b", "c")))
    assert holders(ahead(now, handoffs("UTC", 7, MON, 9), 4)) == ["a", "b", "c", "b"]


def test_a_changed_length_waits_for_more_than_half_a_turn() -> None:
    start = local("UTC", "2026-06-01 09:00")
    now = now_of(Began(date(2026, 6, 1), ("a", "b")), TurnBegan(start, "a"))
    for days, weekday, hours, ends in [
        (7, MON, 10, "2026-06-08 10:00"),
        (7, FRI, 9, "2026-06-05 09:00"),
        (7, TUE, 9, "2026-06-09 09:00"),
        (14, MON, 9, "2026-06-15 09:00"),
        (10, MON, 9, "2026-06-11 09:00"),
    ]:
        (turn,) = ahead(now, handoffs("UTC", days, weekday, hours), 1)
        assert turn.end == local("UTC", ends), (days, weekday, hours)


def test_before_it_is_set_up_there_is_no_rotation() -> None:
    log = the_log(TurnBegan(NOW, "a"), RosterSet(("a",)), Covered("a", NOW, NOW))
    assert state(log) is None


ZONES = ("America/Chicago", "Australia/Lord_Howe", "Europe/Berlin", "Pacific/Apia", "Asia/Kolkata", "America/Santiago")


@given(
    zone=st.sampled_from(ZONES),
    days=st.sampled_from([1, 2, 5, 7, 14]),
    weekday=st.integers(0, 6),
    minutes=st.integers(0, 24 * 60 - 1),
    first=st.dates(date(2009, 1, 1), date(2019, 1, 1)),
    count=st.integers(2, 60),
)
def test_handoffs_are_at_their_hour_whatever_clocks_do(
    zone: str, days: int, weekday: int, minutes: int, first: date, count: int
) -> None:
    when = Handoffs(LocalClock(zone), days, weekday, minutes * 60)
    found = ahead(now_of(Began(first, ("a", "b", "c"))), when, count)
    for number, turn in enumerate(found):
        assert turn.end > turn.start
        assert turn.holder == "abc"[number % 3]
        shown = turn.start.astimezone(ZoneInfo(zone))
        assert shown.fold == 0, "of an hour that comes twice the first"
        assert turn.start.tzinfo is UTC
        if (shown.hour, shown.minute) != divmod(minutes, 60):
            # Only where that hour does not exist on its day: a second before it was earlier than the hour.
            before = (turn.start - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
            assert (before.hour * 60 + before.minute) < minutes or before.date() < shown.date()
    assert all(one.end == other.start for one, other in pairwise(found))
