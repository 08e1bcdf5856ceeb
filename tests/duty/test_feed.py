"""The feed of a rotation: its events are its shifts, they stay the same events, and nothing just disappears."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from handrail.duty.feed import BACK, Announced, announced, feed
from handrail.duty.rota import Rota
from handrail.duty.rotation import Handoffs
from handrail.model.duty import Began, CameBack, Covered, Happened, LogEntry, RosterSet, TurnBegan, WentAway
from handrail.model.people import Person
from handrail.worktime.local_clock import LocalClock

WHEN = Handoffs(LocalClock("Europe/Berlin"), 7, 0, 9 * 3600)
MONDAY = datetime(2026, 6, 1, 7, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
PEOPLE = {name: Person(name.title()) for name in ("asha", "bo", "cleo")}
BEGAN = Began(date(2026, 6, 1), ("asha", "bo", "cleo"))


def rota(*happened: tuple[datetime, Happened]) -> Rota:
    log = [LogEntry(number, at, "erin", what) for number, (at, what) in enumerate(happened, 1)]
    return Rota(log, WHEN, PEOPLE, Person("Team"), lambda _country, _part: {})


def shown(events: list[Announced]) -> list[tuple[int, str, bool]]:
    """In which week from the first, whose, and whether it is cancelled."""
    return [((one.shift.start - MONDAY) // WEEK, one.shift.holder, one.cancelled) for one in events]


def test_nothing_is_announced_before_the_rotation_is_set_up() -> None:
    assert announced(rota(), MONDAY, 4) == []


def test_a_swap_of_weeks_cancels_what_was_announced_and_taking_it_back_revives_the_same_event() -> None:
    began = (MONDAY - HOUR, BEGAN)
    edit = (MONDAY + DAY, RosterSet(("cleo", "bo", "asha")))
    back = (MONDAY + 2 * DAY, RosterSet(("bo", "cleo", "asha")))
    turn = (MONDAY, TurnBegan(MONDAY, "asha"))
    now = MONDAY + 3 * DAY
    assert shown(announced(rota(began, turn), now, 2)) == [(0, "asha", False), (1, "bo", False), (2, "cleo", False)]
    edited = announced(rota(began, turn, edit), now, 2)
    assert shown(edited) == [
        (0, "asha", False),
        (1, "bo", True),
        (1, "cleo", False),
        (2, "bo", False),
        (2, "cleo", True),
    ]
    assert [(one.made, one.changed, one.sequence) for one in edited[1:3]] == [
        (began[0], edit[0], 1),
        (edit[0], edit[0], 0),
    ]
    revived = announced(rota(began, turn, edit, back), now, 2)
    assert [(one.shift.holder, one.cancelled, one.sequence) for one in revived if one.shift.start == MONDAY + WEEK] == [
        ("bo", False, 2),
        ("cleo", True, 1),
    ]


def test_cover_shortens_an_event_and_an_absence_cancels_one() -> None:
    log: list[tuple[datetime, Happened]] = [
        (MONDAY - HOUR, BEGAN),
        (MONDAY, TurnBegan(MONDAY, "asha")),
        (MONDAY + DAY, Covered("cleo", MONDAY + 2 * DAY, MONDAY + 3 * DAY)),
        (MONDAY + DAY, WentAway("bo", date(2026, 6, 8), date(2026, 6, 14))),
    ]
    found = announced(rota(*log), MONDAY + DAY, 1)
    assert [(one.shift.start - MONDAY, one.shift.end - MONDAY, one.shift.holder, one.sequence) for one in found] == [
        (timedelta(), 2 * DAY, "asha", 1),
        (2 * DAY, 3 * DAY, "cleo", 0),
        (3 * DAY, WEEK, "asha", 0),
        (WEEK, 2 * WEEK, "bo", 1),
        (WEEK, 2 * WEEK, "cleo", 0),
    ]
    text = feed(found, "dri", "Distribution DRI", PEOPLE)
    events = {str(one["UID"]): one for one in Calendar.from_ical(text).walk("VEVENT")}
    assert list(events) == [f"{one.shift.start:%Y%m%dT%H%M%SZ}-{one.shift.holder}@dri.handrail" for one in found]
    assert str(events["20260603T070000Z-cleo@dri.handrail"]["DESCRIPTION"]) == "In place of Asha."
    assert str(events["20260608T070000Z-bo@dri.handrail"]["STATUS"]) == "CANCELLED"
    assert b"\r\nDTSTART:20260608T070000Z\r\nDTEND:20260615T070000Z\r\nDTSTAMP:20260602T070000Z\r\n" in text


def test_people_whom_the_team_lost_and_a_turn_of_nobody_have_words() -> None:
    log: list[tuple[datetime, Happened]] = [
        (MONDAY, BEGAN),
        (MONDAY, TurnBegan(MONDAY, "gone")),
        (MONDAY + WEEK, TurnBegan(MONDAY + WEEK, "")),
    ]
    text = feed(announced(rota(*log), MONDAY + WEEK, 1), "dri", "DRI", PEOPLE)
    told = [str(one["SUMMARY"]) for one in Calendar.from_ical(text).walk("VEVENT") if one["STATUS"] == "CONFIRMED"]
    assert told == ["DRI: gone", "DRI: nobody is available"]


names = st.sampled_from(sorted(PEOPLE))
deeds = st.lists(
    st.one_of(
        st.lists(names, min_size=1, max_size=3, unique=True).map(lambda order: RosterSet(tuple(order))),
        st.tuples(names, st.integers(-2, 30), st.integers(1, 9)),
        st.tuples(names, st.integers(0, 40)),
        st.just(None),
    ),
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(deeds=deeds, gaps=st.lists(st.integers(0, 12), min_size=7, max_size=7), weeks=st.integers(1, 4))
def test_what_is_confirmed_are_the_shifts_and_what_is_cancelled_was_announced(
    deeds: list[RosterSet | tuple[str, int, int] | tuple[str, int] | None], gaps: list[int], weeks: int
) -> None:
    """The feed is looked at before every step: no event disappears from it, and none changes without saying so."""
    happened: list[tuple[datetime, Happened]] = [(MONDAY - DAY, BEGAN)]
    now, seen = MONDAY - DAY, dict[tuple[datetime, str], Announced]()
    for deed, gap in zip([*deeds, None], [*gaps, 0], strict=False):
        now += gap * DAY + HOUR
        happened += [(one.start, one) for one in rota(*happened).overdue(now)]
        found = announced(rota(*happened), now, weeks)
        shifts = rota(*happened).shifts(now - BACK, now + weeks * WEEK)
        assert [one.shift for one in found if not one.cancelled] == shifts
        assert len({one.key for one in found}) == len(found)
        assert all(one.key in seen for one in found if one.cancelled)
        for one in found:
            before = seen.get(one.key)
            if before and (before.shift.end, before.cancelled) != (one.shift.end, one.cancelled):
                assert (one.sequence, one.changed) > (before.sequence, before.changed)
            assert one.made <= one.changed <= now
        kept = {one.key for one in found}
        assert all(key in kept for key, one in seen.items() if one.shift.start >= shifts[0].start)
        seen |= {one.key: one for one in found}
        match deed:
            case RosterSet():
                happened.append((now, deed))
            case (person, day, days):
                begins = now + day * DAY
                happened.append((now, Covered(person, begins, begins + days * DAY)))
            case (person, day):
                off = (now + day * DAY).date()
                happened.append((now, WentAway(person, off, off + WEEK)))
                if day % 3 == 0:
                    happened.append((now, CameBack(len(happened))))
            case None:
                pass
