"""The weeks ahead and behind: who can take a turn, what lies between two, and how fair it was."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from handrail.duty.fairness import fairness, shares
from handrail.duty.presence import Gap, absences, gaps, with_absences
from handrail.duty.preview import preview
from handrail.duty.rota import Rota
from handrail.duty.rotation import Handoffs, state
from handrail.duty.shifts import agreements, shifts
from handrail.model.duty import (
    NOBODY,
    Began,
    CameBack,
    Covered,
    Happened,
    LogEntry,
    RosterSet,
    Shift,
    SwapOffered,
    SwapTaken,
    Turn,
    TurnBegan,
    WentAway,
)
from handrail.model.people import Away, Person
from handrail.model.snapshot import Calendars, Holidays
from handrail.testing import a_handbook
from handrail.worktime.calendar import WorkCalendar
from handrail.worktime.local_clock import LocalClock

WHEN = Handoffs(LocalClock("UTC"), 7, 0, 9 * 3600)
MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
WEEK, DAY = timedelta(days=7), timedelta(days=1)
TEAM = Person("Team", zone="UTC")
ANYBODY = {name: Person(name.title()) for name in ("asha", "bo", "cleo")}
BEGAN = Began(date(2026, 6, 1), ("asha", "bo", "cleo"))


def no_holidays(country: str, part: str | None) -> dict[date, str]:
    return {}


def june_first(country: str, part: str | None) -> dict[date, str]:
    return {date(2026, 6, 8): "Whit Monday"} if country == "DE" else {}


def the_log(*happened: Happened) -> list[LogEntry]:
    return [LogEntry(number, MONDAY, "erin", what) for number, what in enumerate(happened, 1)]


def rota(log: list[LogEntry], people: dict[str, Person] = ANYBODY, holidays: Holidays = no_holidays) -> Rota:
    return Rota(log, WHEN, people, TEAM, holidays)


def calendars(people: dict[str, Person]) -> Calendars:
    return Calendars(people, TEAM, no_holidays)


def away(name: str, first: str, last: str, people: dict[str, Person] = ANYBODY) -> dict[str, Person]:
    off = Away(date.fromisoformat(first), date.fromisoformat(last), "leave")
    return {**people, name: replace(people[name], away=(off,))}


def test_the_handbook_says_when_turns_change() -> None:
    assert Handoffs.of(a_handbook().rotation, "Europe/Berlin").first(date(2026, 6, 2)) == datetime(
        2026, 6, 8, 7, tzinfo=UTC
    )


def test_office_hours_are_half_open_and_run_over_midnight() -> None:
    """Case 11 of the rotation's."""
    day = WorkCalendar("UTC", ("08:00-20:00",), ("mon",))
    assert (day.is_open(datetime(2026, 6, 1, 8, tzinfo=UTC)), day.is_open(datetime(2026, 6, 1, 20, tzinfo=UTC))) == (
        True,
        False,
    )
    night = WorkCalendar("UTC", ("20:00-08:00",))
    assert night.is_open(datetime(2026, 6, 6, 7, tzinfo=UTC))
    assert not night.is_open(datetime(2026, 6, 1, 7, tzinfo=UTC))


def test_who_is_away_for_most_of_a_turn_cannot_take_it() -> None:
    for first, last, able in [
        ("2026-06-01", "2026-06-02", True),
        ("2026-06-01", "2026-06-03", False),
        ("2026-06-01", "2026-06-05", False),
        ("2026-06-08", "2026-06-12", True),
    ]:
        asha = Calendars(away("asha", first, last), TEAM, no_holidays)
        assert asha.is_there("asha", MONDAY, MONDAY + WEEK) is able, (first, last)
    assert not calendars(ANYBODY).is_there("nobody-we-know", MONDAY, MONDAY + WEEK)
    weekend, asha = MONDAY + 5 * DAY, Calendars(away("asha", "2026-06-06", "2026-06-07"), TEAM, no_holidays)
    assert asha.is_there("asha", weekend, weekend + DAY)


def test_holidays_move_the_ceremony_and_not_the_turn() -> None:
    people = {"asha": Person("Asha"), "bo": Person("Bo", country="DE")}
    log = the_log(Began(date(2026, 6, 1), ("asha", "bo")), TurnBegan(MONDAY, "asha"))
    _, second = preview(rota(log, people, june_first), MONDAY, 2)
    assert (second.holder, second.start) == ("bo", MONDAY + WEEK)
    assert second.note == "handed over on Tue 9 Jun, after Whit Monday"
    assert second.gaps == (
        Gap(datetime(2026, 6, 5, 17, tzinfo=UTC), datetime(2026, 6, 9, 9, tzinfo=UTC), "between two people’s hours"),
    )
    assert second.office_hours[0] == (
        datetime(2026, 6, 9, 9, tzinfo=UTC), datetime(2026, 6, 9, 17, tzinfo=UTC),
    )  # fmt: skip
    assert len(second.office_hours) == 4


def test_time_off_within_a_turn_is_a_gap() -> None:
    people = away("asha", "2026-06-03", "2026-06-03")
    (row,) = preview(rota(the_log(BEGAN, TurnBegan(MONDAY, "asha")), people), MONDAY, 1)
    assert row.gaps == (Gap(datetime(2026, 6, 3, tzinfo=UTC), datetime(2026, 6, 4, tzinfo=UTC), "leave"),)
    assert row.note == ""


def test_who_works_until_the_handoff_leaves_no_gap() -> None:
    people = {"asha": Person("Asha", hours=("00:00-24:00",), days=("mon", "sun")), "bo": Person("Bo")}
    shift = Shift(MONDAY, MONDAY + WEEK, "bo")
    assert gaps(shift, "asha", calendars(people)) == []
    assert gaps(Shift(MONDAY, MONDAY + WEEK, "asha"), "asha", calendars(people)) == []


def test_somebody_who_is_never_there_leaves_a_gap_as_long_as_the_turn() -> None:
    people = away("asha", "2026-06-01", "2099-01-01")
    found = gaps(Shift(MONDAY, MONDAY + WEEK, "asha"), NOBODY, calendars(people))
    assert found == [Gap(MONDAY, MONDAY + WEEK, "between two people’s hours")]
    (gap,) = gaps(Shift(MONDAY, MONDAY + WEEK, "bo"), "asha", calendars(away("asha", "2026-01-01", "2026-06-01")))
    assert gap.start == MONDAY - 2 * WEEK, "no further back than that"


def test_nobody_and_stand_ins_are_said() -> None:
    log = the_log(BEGAN, TurnBegan(MONDAY, NOBODY), Covered("cleo", MONDAY + DAY, MONDAY + 2 * DAY))
    rows = preview(rota(log), MONDAY, 1)
    assert [(row.holder, row.note) for row in rows] == [
        (NOBODY, "nobody is available: please find somebody"),
        ("cleo", ""),
        (NOBODY, "nobody is available: please find somebody"),
    ]
    assert rows[0].gaps == (Gap(MONDAY, MONDAY + DAY, "nobody is available"),)
    assert rows[0].office_hours == ()
    log = the_log(BEGAN, TurnBegan(MONDAY, "asha"), SwapOffered("asha", MONDAY, MONDAY + DAY), SwapTaken(3, "bo"))
    rows = preview(rota(log), MONDAY, 1)
    assert [row.note for row in rows] == ["Bo stands in for Asha", ""]
    assert [(row.start, row.end) for row in preview(rota(log), MONDAY + 2 * DAY, 1)] == [
        (MONDAY + DAY, MONDAY + WEEK), (MONDAY + WEEK, MONDAY + 2 * WEEK),
    ]  # fmt: skip


def test_who_was_passed_over_is_said() -> None:
    people = away("bo", "2026-06-08", "2026-06-12")
    log = the_log(Began(date(2026, 6, 1), ("asha", "bo", "left")), TurnBegan(MONDAY, "asha"))
    rows = preview(rota(log, people), MONDAY, 3)
    assert [(row.holder, row.note) for row in rows] == [
        ("asha", ""),
        ("asha", "Bo is away and keeps their place; @left is not of the team any more, so that turns pass over them"),
        ("bo", ""),
    ]


def test_time_off_that_somebody_else_stands_in_for_passes_nobody_over() -> None:
    def holders(days: float, first: int, last: int) -> list[str]:
        log = the_log(
            BEGAN,
            TurnBegan(MONDAY, "asha"),
            SwapOffered("bo", MONDAY + WEEK, MONDAY + WEEK + days * DAY),
            SwapTaken(3, "asha"),
            WentAway("bo", date(2026, 6, first), date(2026, 6, last)),
        )
        return [shift.holder for shift in rota(log).shifts(MONDAY + WEEK, MONDAY + 3 * WEEK)]

    assert holders(7, 8, 14) == ["asha", "cleo"]
    assert holders(2, 8, 10) == ["asha", "bo", "cleo"], "Wednesday alone is not most of the week"
    assert holders(2, 10, 12) == ["cleo", "bo"], "nobody stands in from Wednesday on"


def test_somebody_at_work_around_the_clock_has_one_stretch() -> None:
    people = {"asha": Person("Asha", hours=("00:00-24:00",), days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
    log = the_log(Began(date(2026, 6, 1), ("asha",)), TurnBegan(MONDAY, "asha"))
    (row,) = preview(rota(log, people), MONDAY, 1)
    assert row.office_hours == ((MONDAY, MONDAY + WEEK),)


def test_whose_shift_it_is_and_was() -> None:
    log = the_log(
        BEGAN, TurnBegan(MONDAY, "asha"), TurnBegan(MONDAY + WEEK, "bo"), Covered("cleo", MONDAY, MONDAY + DAY)
    )
    for at, holder in [
        (MONDAY, "cleo"),
        (MONDAY + DAY, "asha"),
        (MONDAY + WEEK, "bo"),
        (MONDAY + 2 * WEEK, "cleo"),
        (MONDAY + 3 * WEEK, "asha"),
    ]:
        shift = rota(log).at(at)
        assert shift is not None
        assert shift.holder == holder, at
    assert [shift.holder for shift in rota(log).shifts(MONDAY + 2 * DAY, MONDAY + 3 * DAY)] == ["asha"]
    assert [shift.holder for shift in rota(log).shifts(MONDAY, MONDAY + DAY)] == ["cleo"]
    assert rota(log).at(MONDAY - DAY) is None
    assert rota([]).at(MONDAY) is None
    assert (rota([]).listed, rota(log).listed) == ((), ("cleo", "asha", "bo"))


def test_time_off_can_be_taken_back() -> None:
    off = WentAway("bo", date(2026, 6, 8), date(2026, 6, 12))
    log = the_log(BEGAN, off, WentAway("cleo", date(2026, 7, 1), date(2026, 7, 1), "a course"), CameBack(2), off)
    assert {*absences(log)} == {3, 5}
    people = with_absences({**ANYBODY}, the_log(off, WentAway("somebody-else", date(2026, 6, 8), date(2026, 6, 8))))
    assert people["bo"].away == (Away(date(2026, 6, 8), date(2026, 6, 12), "time off"),)
    assert people["asha"] == ANYBODY["asha"]
    assert with_absences(people, the_log(off)) == people, "what two logs say, or one and the handbook, counts once"
    assert "somebody-else" not in people


def test_how_fair_it_was() -> None:
    people = {"asha": Person("Asha", country="DE"), "bo": Person("Bo"), "cleo": Person("Cleo", zone="Asia/Tokyo")}
    log = the_log(
        BEGAN,
        *(TurnBegan(MONDAY + number * WEEK, name) for number, name in enumerate(("asha", "bo", "asha"))),
        Covered("asha", MONDAY + WEEK, MONDAY + WEEK + DAY),
    )
    past = rota(log, people).turns(MONDAY, MONDAY + 3 * WEEK)
    coming = rota(log, people).turns(MONDAY + 3 * WEEK, MONDAY + 5 * WEEK)
    found = fairness(past, shifts(past, agreements(log)), shifts(coming, agreements(log)), people, june_first)
    assert [(one.person, one.turns, one.days, one.holidays, one.longest, one.next) for one in found] == [
        ("asha", 2, 15.0, (date(2026, 6, 8),), 8.0, None),
        ("bo", 1, 6.0, (), 6.0, MONDAY + 4 * WEEK),
        ("cleo", 0, 0.0, (), 0.0, MONDAY + 3 * WEEK),
    ]


NAMES = tuple("abcdefg")
deeds = st.lists(
    st.one_of(
        st.builds(RosterSet, st.lists(st.sampled_from(NAMES), min_size=2, max_size=7, unique=True).map(tuple)),
        st.tuples(st.sampled_from(NAMES), st.integers(0, 20), st.integers(1, 10)),
    ),
    max_size=8,
)


@given(order=st.permutations(NAMES[:5]), deeds=deeds, weeks=st.integers(1, 30))
def test_turns_stay_fair_whatever_is_edited(
    order: list[str], deeds: list[RosterSet | tuple[str, int, int]], weeks: int
) -> None:
    """Between two edits nobody has a second turn before everybody else who could had one, and swaps change no turn."""
    people = {name: Person(name) for name in NAMES}
    happened: list[Happened] = [Began(date(2026, 6, 1), tuple(order))]
    start = MONDAY
    for deed in deeds:
        if isinstance(deed, RosterSet):
            before = state(the_log(*happened))
            happened.append(deed)
            after = state(the_log(*happened))
            assert before is not None
            assert after is not None
            assert (after.holder, after.start) == (before.holder, before.start), "an edit changes nobody's duty now"
            assert {*after.roster} == {*deed.order}
        else:
            name, week, days = deed
            begins = start + week * WEEK
            happened.append(Covered(name, begins, begins + days * DAY))
        (turn, *_) = [one for one in rota(the_log(*happened), people).turns(start, start + WEEK) if one.start == start]
        happened.append(TurnBegan(turn.start, turn.holder))
        start = turn.end
    log = the_log(*happened)
    now = state(log)
    assert now is not None
    coming = rota(log, people).turns(start, start + weeks * WEEK)
    holders = [turn.holder for turn in coming]
    count = len(now.roster)
    assert all(one != other for one, other in pairwise(holders))
    assert all(len({*holders[at : at + count]}) == count for at in range(len(holders) - count + 1))
    laid = shifts(coming, agreements(log))
    assert (laid[0].start, laid[-1].end) == (coming[0].start, coming[-1].end)
    assert all(one.end == other.start and one.start < one.end for one, other in pairwise(laid))


DAYS_OFF = st.tuples(st.sampled_from(NAMES[:5]), st.integers(0, 90), st.integers(0, 25))
SWAPS = st.tuples(st.integers(1, 11), st.sampled_from(NAMES[:5]), st.booleans())


@given(order=st.permutations(NAMES[:5]), off=st.lists(DAYS_OFF, max_size=12), swaps=st.lists(SWAPS, max_size=4))
def test_turns_stay_fair_whoever_is_away_or_swaps(
    order: list[str], off: list[tuple[str, int, int]], swaps: list[tuple[int, str, bool]]
) -> None:
    """Nobody takes a turn before whoever is ahead on the list and there; who is passed over comes as soon as they can.

    Swaps change nobody's turn, and one that is taken in return leaves everybody with as many days.
    """
    people = {name: Person(name) for name in order}
    monday, length = date(2026, 6, 1), len(order)
    happened: list[Happened] = [Began(monday, tuple(order))]
    happened += [WentAway(name, monday + start * DAY, monday + (start + days) * DAY) for name, start, days in off]
    until = MONDAY + 13 * WEEK
    plain = rota(the_log(*happened), people)
    coming = plain.turns(MONDAY, until)
    can = Calendars(plain.people, TEAM, no_holidays).is_there

    def able(name: str, turn: Turn) -> bool:
        return can(name, turn.start, turn.end)

    listed = list(order)
    for turn in coming:
        ahead = listed if turn.holder == NOBODY else listed[: listed.index(turn.holder)]
        assert turn.passed == tuple(ahead), "each keeps their place"
        assert not any(able(name, turn) for name in ahead)
        if turn.holder != NOBODY:
            assert able(turn.holder, turn)
            listed = [name for name in listed if name != turn.holder] + [turn.holder]
    for at in range(len(coming) - length + 1):
        window = coming[at : at + length]
        always = {name for name in order if all(able(name, turn) for turn in window)}
        assert always <= {turn.holder for turn in window}, "whoever is there has a turn in every round"

    for week, taker, in_return in swaps:
        held = rota(the_log(*happened), people).shifts(MONDAY, until)
        offer = next(shift for shift in held if shift.start >= MONDAY + week * WEEK)
        theirs = [shift for shift in held if shift.holder == taker and shift.start > MONDAY]
        if offer.holder in {NOBODY, taker} or (in_return and not theirs):
            continue
        before = fairness(coming, held, [], people, no_holidays)
        happened.append(SwapOffered(offer.holder, offer.start, offer.end))
        back = (theirs[0].start, theirs[0].end) if in_return else (None, None)
        happened.append(SwapTaken(len(happened), taker, *back))
        whole = rota(the_log(*happened), people)
        assert whole.turns(MONDAY, until) == coming, "a swap changes nobody's turn"
        after = whole.shifts(MONDAY, until)
        assert all(one.end == other.start for one, other in pairwise(after))
        if in_return and offer.end - offer.start == theirs[0].end - theirs[0].start:
            counted = fairness(coming, after, [], people, no_holidays)
            assert {(one.person, one.days) for one in counted} == {(one.person, one.days) for one in before}


def test_who_takes_turns_has_a_share_and_so_has_who_left() -> None:
    here = {name: ANYBODY[name] for name in ("bo", "cleo")}
    log = the_log(BEGAN, TurnBegan(MONDAY, "asha"), RosterSet(("bo", "cleo")))
    found = {one.person: (one.turns, one.next) for one in shares(rota(log, here), MONDAY + 2 * WEEK - DAY, 1, TEAM)}
    assert found == {"asha": (1, None), "bo": (1, None), "cleo": (0, MONDAY + 2 * WEEK)}
