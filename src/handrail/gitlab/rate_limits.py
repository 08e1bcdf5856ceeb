"""How long to wait before asking again, from what a response says. No I/O: who asks, waits.

GitLab answers 429 with ``Retry-After`` (seconds) and, on most instances, ``RateLimit-Reset`` (the epoch's seconds);
proxies and old instances leave both out. Source: GitLab's documentation of user and IP rate limits.
"""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

ATTEMPTS, ATTEMPTS_WHEN_LIMITED = 4, 8
"""How often one request is sent at the most: usually, and when GitLab only asks for patience."""
LONGEST = 120.0
"""Seconds; who wants us to wait longer is asked again then."""
PASSING = frozenset({408, 429, 500, 502, 503, 504, *range(520, 531)})
"""The statuses after which the same request may well succeed."""


def pause_before(attempt: int, status: int | None, headers: Mapping[str, str], chance: float) -> float | None:
    """Seconds to wait before attempt number ``attempt`` (the second is 2); None: give up, as asking again is no use.

    ``status`` is None when there was no response. ``chance`` is from 0 to 1: waits that GitLab does not prescribe are
    spread, so that not all who were refused come back at once.
    """
    most = ATTEMPTS_WHEN_LIMITED if status == 429 else ATTEMPTS
    if attempt > most or (status is not None and status not in PASSING):
        return None
    told = _told_to_retry(headers)
    if told is None and status == 429:  # else the limit has nothing to do with it
        told = _until_reset(headers)
    if told is not None:
        return min(told, LONGEST)
    return min(2.0 ** (attempt - 1), 30.0) * (0.5 + chance / 2)


def pause_after(headers: Mapping[str, str]) -> float:
    """Seconds to wait after a success: none, unless the limit is used up and GitLab says when it is renewed."""
    if headers.get("RateLimit-Remaining") != "0":
        return 0.0
    return min(_until_reset(headers) or 0.0, LONGEST)


def told_time(headers: Mapping[str, str]) -> datetime | None:
    """The server's clock; None when it does not say."""
    try:
        return parsedate_to_datetime(headers["Date"])
    except (KeyError, ValueError):
        return None


def _told_to_retry(headers: Mapping[str, str]) -> float | None:
    after = headers.get("Retry-After", "").strip()
    if after.isdecimal():
        return float(after)
    if after:
        try:
            due, now = parsedate_to_datetime(after), told_time(headers)
        except ValueError:
            return None
        return max(0.0, (due - now).total_seconds()) if now else None
    return None


def _until_reset(headers: Mapping[str, str]) -> float | None:
    """Reckoned by the server's own clock, so that ours may be wrong."""
    reset, now = headers.get("RateLimit-Reset", ""), told_time(headers)
    if not reset.isdecimal() or now is None:
        return None
    return max(0.0, int(reset) - now.timestamp())
