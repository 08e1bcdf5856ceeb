"""Support clocks in people's calendars."""

from dataclasses import replace as with_holds
from datetime import UTC, date, datetime
from typing import Any

from icalendar import Calendar
from msgspec.structs import replace

from handrail.handbook.support import Hold
from handrail.model.support import Support, SupportClock, Upstream
from handrail.support.clocks import clocks
from handrail.support.feed import feed
from handrail.testing import bundled

POOLER = Upstream("pg bouncer", "1.24", "dependency", date(2025, 1, 10))
DAY = date(2025, 3, 1)
NOON = datetime(2025, 3, 1, 12, 0, 0, 7, tzinfo=UTC)


def clock(*support: Support, on: date = DAY, one: Upstream = POOLER) -> SupportClock:
    (found,) = clocks([one], (), support, bundled().support, on)
    return found


def events(*found: SupportClock, on: date = DAY) -> list[Any]:
    return Calendar.from_ical(feed(found, NOON, on)).walk("VEVENT")


def test_what_is_held_has_the_last_day_of_the_hold_alone() -> None:
    held = Hold("pg bouncer", "1.24", date(2025, 9, 30), "it breaks the pools")
    policies = with_holds(bundled().support, holds=(held,))
    (found,) = clocks([POOLER], (), (), policies, DAY)
    (event,) = events(found)
    assert (event["DTSTART"].dt, event["SUMMARY"]) == (held.until, "pg bouncer 1.24 is held until today")
    assert str(event["UID"]) == "pg-bouncer-1.24-due@clocks.handrail"


def test_a_hold_that_ends_before_the_day_moves_nothing() -> None:
    held = Hold("pg bouncer", "1.24", date(2025, 4, 1), "it breaks the pools")
    (found,) = clocks([POOLER], (), (), with_holds(bundled().support, holds=(held,)), DAY)
    target, due = events(found)
    assert (found.verdict, found.held_until) == ("held", held.until)
    assert (target["DTSTART"].dt, due["DTSTART"].dt) == (date(2025, 3, 20), date(2025, 5, 15))


def test_target_and_due_are_days_of_their_own() -> None:
    target, due = events(clock())
    assert (str(target["UID"]), str(due["UID"])) == (
        "pg-bouncer-1.24-target@clocks.handrail",
        "pg-bouncer-1.24-due@clocks.handrail",
    )
    assert (target["DTSTART"].dt, due["DTSTART"].dt) == (date(2025, 3, 20), date(2025, 5, 15))
    assert (target["SUMMARY"], due["SUMMARY"]) == ("pg bouncer 1.24: target", "pg bouncer 1.24 is due (18.0)")
    assert due["DESCRIPTION"].startswith("Released on 2025-01-10, within 3 to 5 milestones: none of our releases")
    assert due["DTSTAMP"].dt == NOON.replace(microsecond=0)
    assert {str(one["STATUS"]) for one in (target, due)} == {"CONFIRMED"}


def test_the_same_facts_are_the_same_feed() -> None:
    assert feed([clock()], NOON, DAY) == feed([clock()], NOON, DAY)


def test_what_is_supported_is_cancelled_and_after_a_while_left_out() -> None:
    has = Support("pg bouncer", "1.24.0", "17.9")
    target, due = events(clock(has), on=date(2025, 3, 1))
    assert {str(one["STATUS"]) for one in (target, due)} == {"CANCELLED"}
    assert [str(one["UID"]) for one in events(clock(has), on=date(2025, 5, 1))] == [str(due["UID"])]
    assert events(clock(has), on=date(2025, 7, 1)) == []


def test_what_is_overdue_stays_where_it_was_due() -> None:
    late = date(2026, 6, 1)
    assert events(clock(on=late), on=late)[1]["DTSTART"].dt == date(2025, 5, 15)


def test_one_event_where_nothing_sooner_is_aimed_at_and_none_where_nothing_is_due() -> None:
    ubuntu = Upstream("ubuntu", "25.04", "ubuntu_lts", date(2025, 2, 17))
    (due,) = events(clock(one=ubuntu))
    assert due["SUMMARY"] == "ubuntu 25.04 is due (17.10)"
    kubernetes = Upstream("kubernetes", "1.33", "kubernetes", date(2025, 2, 21))
    assert events(clock(one=replace(kubernetes, excluded="it is an alpha"))) == []
