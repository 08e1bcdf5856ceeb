"""What GitLab's own notes say, as deeds: “requested review from @mara” is a review that was requested.

Source: the texts of GitLab's system notes, 13 to 19, both the stored ones and those made up from resource events. A
text that is not known says nothing. Labels stand in them by name or by number, milestones by title or by the project's
number; ``Names`` knows what the numbers mean.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from handrail.model.history import Deed

Said = tuple[Deed, str]


@dataclass(frozen=True)
class Names:
    """What numbers mean: a label's id, and a milestone's number within the project. None where nobody knows."""

    label: Callable[[str], str | None]
    milestone: Callable[[str], str | None]


def deeds(body: str, names: Names) -> Iterator[Said]:
    """What a system note says was done, in the note's order. Nothing where it tells of nothing that we follow."""
    text = body.strip()
    for pattern, read in _NOTES:
        match = pattern.match(text)
        if match:
            yield from read(match, names)
            return


_USER = re.compile(r"@([\w][\w.\-]*[\w\-]|\w)")
_LABEL = re.compile(r'~(?:"([^"]+)"|([^\s,~]+))')
_MILESTONE = re.compile(r'%(?:"([^"]+)"|(\S+))')
_PEOPLE = (
    (re.compile(r"unassigned(?: from)? "), "unassigned"),
    (re.compile(r"assigned to "), "assigned"),
    (re.compile(r"requested review from "), "review_requested"),
    (re.compile(r"removed review request for "), "review_removed"),
    (re.compile(r"removed approval"), ""),
)


def _people(match: re.Match[str], _names: Names) -> Iterator[Said]:
    """“assigned to @a, @b and @c and unassigned @d”: each name belongs to the last verb before it."""
    text = match.string
    starts = sorted((found.start(), deed) for pattern, deed in _PEOPLE for found in pattern.finditer(text))
    # “unassigned” holds “assigned” only before “ to ”, so that no two verbs begin inside each other.
    ends = [start for start, _ in starts[1:]] + [len(text)]
    for (start, deed), end in zip(starts, ends, strict=True):
        for name in _USER.findall(text[start:end]) if deed else ():
            yield deed, name  # type: ignore[misc]  # one of the words of _PEOPLE


def _labels(match: re.Match[str], names: Names) -> Iterator[Said]:
    text = match.string
    cut = re.search(r"(?:^|\s)removed (?=~|\d)", text)
    parts = [
        ("label_added", text[: cut.start()] if cut else text),
        ("label_removed", text[cut.start() :] if cut else ""),
    ]
    for deed, part in parts:
        for quoted, plain in _LABEL.findall(part):
            title = quoted or (names.label(plain) if plain.isdecimal() else plain)
            if title:
                yield deed, title  # type: ignore[misc]  # one of the two words above


def _milestone(match: re.Match[str], names: Names) -> Iterator[Said]:
    if match["verb"] == "removed":
        yield "milestone_set", ""
        return
    found = _MILESTONE.search(match.string)
    if found is None:
        return
    quoted, plain = found.groups()
    title = quoted or (names.milestone(plain) or plain if plain.isdecimal() else plain)
    yield "milestone_set", title


def _status(match: re.Match[str], _names: Names) -> Iterator[Said]:
    yield "status_set", match["name"]


def _epic(match: re.Match[str], _names: Names) -> Iterator[Said]:
    yield "epic_set", match["to"]


def _always(deed: Deed, value: str = "") -> Callable[[re.Match[str], Names], Iterator[Said]]:
    def read(_match: re.Match[str], _names: Names) -> Iterator[Said]:
        yield deed, value

    return read


_NOTES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Names], Iterator[Said]]], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (r"(?:assigned to|unassigned|requested review from|removed review request for) ", _people),
        (r"(?:added|removed) (?:~|\d+ deleted)", _labels),
        (r"(?P<verb>removed|changed) milestone\b", _milestone),
        (r"(?:set|changed) (?:the )?status (?:from \*\*.+?\*\* )?to \*\*(?P<name>.+?)\*\*", _status),
        (r"removed (?:the )?status\b", _always("status_set")),
        (r"(?:added to epic|changed epic to|added(?= \S+ as parent epic$)) (?P<to>\S+)", _epic),
        (r"removed (?:from epic|\S+ as parent epic$)", _always("epic_set")),
        (r"approved this merge request", _always("approved")),
        (r"unapproved this merge request", _always("unapproved")),
        (r"requested changes", _always("reviewed", "requested_changes")),
        (r"left review comments", _always("reviewed", "reviewed")),
        (r"marked (?:this merge request )?as (?:a )?\*\*(?:draft|Draft|Work In Progress)\*\*", _always("drafted")),
        (r"(?:marked (?:this merge request )?as \*\*ready\*\*|unmarked )", _always("undrafted")),
        (r"added \d+ (?:new )?commits?\b", _always("pushed")),
        (r"closed\b", _always("closed")),
        (r"(?:reopened|opened)\b", _always("reopened")),
        (r"merged\b", _always("merged")),
    )
)
