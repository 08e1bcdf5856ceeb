"""Why something of what others publish could not be read, and what of it makes no sense."""

from datetime import date

import msgspec

from handrail.model.support import Published

EARLIEST, LATEST = 1970, 2100
"""The years that dates may be of."""


class UnreadError(Exception):
    """Why a product's releases could not be read: the end of a sentence."""


class TroubleError(UnreadError):
    """Who publishes them cannot be asked at present, for other products neither."""


def sensible(day: date | None) -> bool:
    """Whether a date, if it is one, is of a year that makes sense."""
    return day is None or EARLIEST <= day.year <= LATEST


def nonsense(one: Published) -> str:
    """What of a release makes no sense, in a sentence; empty: all does."""
    if not one.release.isprintable():
        return f"{one.product} {one.release!a}: it has a character that no version has"
    if not (sensible(one.released) and sensible(one.ends)):
        return f"{one.product} {one.release}: its date is in no year that makes sense"
    return ""


def said(error: Exception) -> str:
    """Msgspec's words, shorter: what it expected, and of what."""
    if not isinstance(error, msgspec.ValidationError):
        return "it is no JSON"
    what, _, where = str(error).partition(" - at ")
    where = where.strip("`$.")
    return f"{what[:1].lower()}{what[1:]}{f' (at {where})' if where else ''}"
