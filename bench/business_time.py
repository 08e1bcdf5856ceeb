"""Business time: when is it due, and how long was it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from time import perf_counter_ns
from typing import TypeVar

from bench.figures import Figure, median
from handrail.worktime.calendar import BUSINESS_DAY, WorkCalendar
from handrail.worktime.public_holidays import public_holidays

CALENDARS = (
    ("America/Toronto", ("09:00-17:00",), "CA", "ON"),
    ("Asia/Kolkata", ("09:30-13:00", "14:30-19:00"), "IN", "KA"),
    ("Australia/Lord_Howe", ("08:00-16:00",), "AU", "NSW"),
    ("Pacific/Auckland", ("22:00-06:00",), "NZ", None),
)
QUESTIONS = 5_000
BATCHES = 9
MICROSECONDS = 5.0
Second = TypeVar("Second")


def business_time(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """Random instants of three years and up to ten business days, over four calendars."""
    say("business time")
    rng = Random(1)
    first = datetime(2024, 1, 1, tzinfo=UTC)
    years = range(2023, 2029)
    after: list[float] = []
    between: list[float] = []
    for zone, hours, country, subdivision in CALENDARS:
        kept: dict[date, str] = dict(public_holidays(country, subdivision, years))
        calendar = WorkCalendar(zone, hours, holidays=kept)
        starts = [first + timedelta(seconds=rng.randrange(3 * 365 * 86_400)) for _ in range(QUESTIONS)]
        amounts = [rng.randrange(1, 10 * BUSINESS_DAY) for _ in starts]
        ends = [calendar.after(start, amount) for start, amount in zip(starts, amounts, strict=True)]
        for _ in range(3 if quick else BATCHES):
            after.append(_each(calendar.after, starts, amounts))
            between.append(_each(calendar.between, starts, ends))
    group = "Business time"
    note = f"{QUESTIONS:,} random questions to each of {len(CALENDARS)} calendars"
    yield Figure(group, "deadline after N business hours", median(after), "µs", MICROSECONDS, note)
    yield Figure(group, "business hours between", median(between), "µs", MICROSECONDS, note)


def _each(ask: Callable[[datetime, Second], object], starts: list[datetime], seconds: list[Second]) -> float:
    started = perf_counter_ns()
    for start, second in zip(starts, seconds, strict=True):
        ask(start, second)
    return (perf_counter_ns() - started) / 1000 / len(starts)
