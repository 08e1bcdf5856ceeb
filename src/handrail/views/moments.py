"""Days and moments as people write them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from handrail.errors import UserError


def day(text: str) -> date:
    """A day. Raises UserError for what is none, and for one out of reach."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise UserError(f"“{text}” is no day: write it like 2026-06-05.") from None
    if not 1970 <= found.year <= 2100:
        raise UserError(f"“{text}” is out of reach: name a day from 1970 to 2100.")
    return found


def moment(text: str, zone: str) -> datetime:
    """An instant; without an offset it is in ``zone``, and a date alone is its first. Raises UserError as ``day``."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(
            f"“{text}” is no moment: write 2026-06-02 or 2026-06-02T10:12, with Z or an offset if needed."
        ) from None
    if not 1970 <= at.year <= 2100:
        raise UserError(f"“{text}” is out of reach: name a moment from 1970 to 2100.")
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))
