"""How long to wait: as GitLab says, or longer and longer."""

from datetime import UTC, datetime

import pytest

from handrail.gitlab.rate_limits import pause_after, pause_before, told_time

DATE = "Tue, 02 Jun 2026 14:00:00 GMT"
NOW = datetime(2026, 6, 2, 14, tzinfo=UTC)
RESET = str(int(NOW.timestamp()) + 42)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "7", "RateLimit-Reset": RESET, "Date": DATE}, 7),
        ({"RateLimit-Reset": RESET, "Date": DATE}, 42),
        ({"Retry-After": "Tue, 02 Jun 2026 14:00:09 GMT", "Date": DATE}, 9),
        ({"Retry-After": "86400"}, 120),
        ({"RateLimit-Reset": "1", "Date": DATE}, 0),
        ({"RateLimit-Reset": RESET}, 2),  # whose clock would tell how far away that is?
        ({"Retry-After": "soon"}, 2),
        ({"Retry-After": "Tue, 02 Jun 2026 14:00:09 GMT"}, 2),
        ({}, 2),
    ],
)
def test_before_asking_again(headers: dict[str, str], seconds: float) -> None:
    assert pause_before(2, 429, headers, 1.0) == seconds


def test_waits_grow_and_are_spread() -> None:
    assert [pause_before(attempt, 502, {}, 1.0) for attempt in (2, 3, 4)] == [2, 4, 8]
    assert pause_before(3, None, {}, 0.0) == 2


@pytest.mark.parametrize("status", [502, None])
def test_a_limit_that_is_not_used_up_prolongs_no_other_fault(status: int | None) -> None:
    assert pause_before(2, status, {"RateLimit-Reset": RESET, "Date": DATE}, 1.0) == 2


@pytest.mark.parametrize(("attempt", "status"), [(5, 503), (5, None), (9, 429), (2, 404), (2, 401), (2, 400)])
def test_giving_up(attempt: int, status: int | None) -> None:
    assert pause_before(attempt, status, {}, 0.5) is None


def test_after_a_success_only_when_nothing_is_left() -> None:
    assert pause_after({}) == 0
    assert pause_after({"RateLimit-Remaining": "1", "RateLimit-Reset": RESET, "Date": DATE}) == 0
    assert pause_after({"RateLimit-Remaining": "0", "RateLimit-Reset": RESET, "Date": DATE}) == 42
    assert pause_after({"RateLimit-Remaining": "0"}) == 0


def test_the_servers_clock() -> None:
    assert told_time({"Date": DATE}) == NOW
    assert told_time({}) is None
    assert told_time({"Date": "yesterday"}) is None
