"""What counts as time off in a calendar, and what it may not do to its reader."""

import time
from datetime import UTC, date, datetime

import pytest

from handrail.calendars.apart import time_off_apart
from handrail.calendars.events import MOST_EVENTS, Wanted, time_off
from handrail.calendars.fetching import UnreadError

WANTED = Wanted(date(2026, 6, 1), date(2026, 11, 30), "Europe/Berlin", ("vacation", "out of office", "OOO"))
ALL_DAY = "DTSTART;VALUE=DATE:20260608\nDTEND;VALUE=DATE:20260610"
TIMED = "DTSTART:20260608T070000Z\nDTEND:20260608T150000Z"


def a_calendar(*events: str) -> bytes:
    told = "".join(
        f"BEGIN:VEVENT\nUID:{number}\nDTSTAMP:20260101T000000Z\n{one}\nEND:VEVENT\n"
        for number, one in enumerate(events)
    )
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:it\n{told}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def found(*events: str) -> list[tuple[str, str]]:
    return [(f"{start:%m-%d %H:%M}", f"{end:%m-%d %H:%M}") for start, end in time_off(a_calendar(*events), WANTED)]


@pytest.mark.parametrize(
    "event",
    [
        f"{ALL_DAY}\nSUMMARY:Hiking",
        f"{ALL_DAY}\nSUMMARY:Vacation\nTRANSP:TRANSPARENT",
        f"{ALL_DAY}\nSUMMARY:x\nCATEGORIES:Family,Vacation\nX-MICROSOFT-CDO-BUSYSTATUS:FREE",
        f"{TIMED}\nSUMMARY:ooo (back on Tuesday)",
        f"{TIMED}\nSUMMARY:Away\nX-MICROSOFT-CDO-BUSYSTATUS:OOF",
    ],
)
def test_what_counts(event: str) -> None:
    assert len(found(event)) == 1


@pytest.mark.parametrize(
    "event",
    [
        f"{TIMED}\nSUMMARY:Planning",
        f"{ALL_DAY}\nSUMMARY:Birthday of Ivo\nTRANSP:TRANSPARENT",
        f"{ALL_DAY}\nSUMMARY:Home\nX-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE",
        f"{ALL_DAY}\nSUMMARY:Vacation\nSTATUS:CANCELLED",
        f"{TIMED}\nSUMMARY:Brooom\nDESCRIPTION:vacation",
        f"{TIMED}\nSUMMARY:vacations of others",
    ],
)
def test_what_does_not(event: str) -> None:
    assert found(event) == []


def test_days_begin_in_the_persons_zone_and_what_reaches_beyond_is_cut() -> None:
    assert found(ALL_DAY) == [("06-07 22:00", "06-09 22:00")]
    endless = "DTSTART;VALUE=DATE:20200101\nDTEND;VALUE=DATE:20991231"
    assert found(endless) == [("05-31 22:00", "11-30 23:00")]
    with pytest.raises(UnreadError, match="lasts longer than there are years"):
        found(endless.replace("2099", "9999"))
    assert found("DTSTART:20260608T090000\nDTEND:20260608T170000\nSUMMARY:OOO") == [("06-08 07:00", "06-08 15:00")]


def test_what_repeats_is_followed_with_its_exceptions() -> None:
    weekly = "DTSTART;VALUE=DATE:20260605\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;VALUE=DATE:20260612\nSUMMARY:Vacation"
    assert [start for start, _ in found(weekly)] == ["06-04 22:00", "06-18 22:00", "06-25 22:00"]
    moved = (
        "BEGIN:VEVENT\nUID:a\nDTSTART:20260601T070000Z\nDTEND:20260601T150000Z\nRRULE:FREQ=DAILY;COUNT=3\nSUMMARY:x\n"
        "END:VEVENT\nBEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20260602T070000Z\nDTSTART:20260602T070000Z\n"
        "DTEND:20260602T150000Z\nSUMMARY:OOO\nEND:VEVENT\n"
    )
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:it\n{moved}END:VCALENDAR\n".replace("\n", "\r\n").encode()
    stretch = datetime(2026, 6, 2, 7, tzinfo=UTC), datetime(2026, 6, 2, 15, tzinfo=UTC)
    assert time_off(text, WANTED) == [stretch]


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=5", "FREQ=DAILY;BYSECOND=0,1,2", "FREQ=DAILY;INTERVAL=0"]
)
def test_what_repeats_every_second_is_refused_at_once(rule: str) -> None:
    began = time.perf_counter()
    with pytest.raises(UnreadError, match="repeats too often"):
        found(f"DTSTART:20260601T000000Z\nRRULE:{rule}\nSUMMARY:Tick")
    assert time.perf_counter() - began < 5


def test_a_rule_that_never_comes_true_is_left_in_time() -> None:
    text = a_calendar("DTSTART;VALUE=DATE:00010101\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\nSUMMARY:Vacation")
    began = time.perf_counter()
    with pytest.raises(UnreadError, match="could not be followed in 2 seconds"):
        time_off_apart(text, WANTED, seconds=2)
    assert time.perf_counter() - began < 8


def test_too_many_events_and_what_is_no_calendar_are_said() -> None:
    with pytest.raises(UnreadError, match="more than 2,000 events"):
        found(*[ALL_DAY] * (MOST_EVENTS + 1))
    for text in (b"<html>Sign in</html>", b"\xff\xfe\0", b"", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"):
        with pytest.raises(UnreadError, match="no calendar that can be understood"):
            time_off_apart(text, WANTED)


def test_another_process_finds_the_same_and_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", "secret")
    text = a_calendar(ALL_DAY, TIMED + "\nSUMMARY:OOO")
    assert list(time_off_apart(text, WANTED).stretches) == time_off(text, WANTED)
    with pytest.raises(UnreadError, match="repeats too often"):
        time_off_apart(a_calendar(f"{ALL_DAY}\nRRULE:FREQ=SECONDLY"), WANTED)
