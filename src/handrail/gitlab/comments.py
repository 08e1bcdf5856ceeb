"""What people's comments say: a claim on an issue (“I start by 12 July”), a mention of the team's group.

What stands in code or in a quotation is somebody else's word and says nothing. Source of the claims: the neighbours of
the workflow page; a comment without a date is no claim.
"""

import re
from datetime import date, timedelta

_QUOTED = re.compile(
    r"^(?P<fence>```|~~~|>>>).*?^(?:```|~~~|>>>)[^\S\n]*$|^[^\S\n]*>.*$|`[^`\n]*`|https?://\S+|<!--.*?-->",
    re.MULTILINE | re.DOTALL,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
            "sep sept september", "oct october", "nov november", "dec december",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_DAYS = {name: number for number, name in enumerate(("mon", "tues", "wednes", "thurs", "fri", "satur", "sun"))}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(r"(?<![\d.\-/])(\d{4})-(\d{2})-(\d{2})(?![\d\-/])")
_DAY_MONTH = re.compile(rf"\b(?:by|on)\s+(\d{{1,2}})(?:st|nd|rd|th)?\s+({_MONTH})\b", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"\b(?:(?:by|on)\s+)?({_MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*:)", re.IGNORECASE)
_NEXT_DAY = re.compile(rf"\bnext\s+({'|'.join(_DAYS)})day\b", re.IGNORECASE)


def claimed_until(body: str, written: date) -> date | None:
    """The first date that the comment names, if it is not over. ``written`` is the date in the author's own zone.

    A day without a year is the next one of that name; “next Monday” is the first Monday after the comment.
    """
    text = _own_words(body)
    found = [(match.start(), _date(*map(int, match.groups()))) for match in _ISO.finditer(text)]
    for pattern, day, month in ((_DAY_MONTH, 1, 2), (_MONTH_DAY, 2, 1)):
        found += [
            (match.start(), _coming(_MONTHS[match[month].lower()], int(match[day]), written))
            for match in pattern.finditer(text)
        ]
    for match in _NEXT_DAY.finditer(text):
        ahead = (_DAYS[match[1].lower()] - written.weekday() - 1) % 7 + 1
        found.append((match.start(), written + timedelta(ahead)))
    return next((day for _, day in sorted(found, key=lambda pair: pair[0]) if day and day >= written), None)


def mentions(body: str, group: str) -> bool:
    """Whether the comment calls ``@group`` (a full path), and not just one of its subgroups or a longer name."""
    return bool(group) and bool(
        re.search(rf"(?<![\w@/.\-])@{re.escape(group)}(?![\w/\-]|\.\w)", _own_words(body), re.IGNORECASE)
    )


def _own_words(body: str) -> str:
    return _QUOTED.sub(" ", body)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _coming(month: int, day: int, written: date) -> date | None:
    this_year = _date(written.year, month, day)
    if this_year is not None and this_year >= written:
        return this_year
    return _date(written.year + 1, month, day)
