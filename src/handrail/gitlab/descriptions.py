"""What an item's description holds, by its headed sections: how much prose, and how many of its checkboxes are ticked.

Source: GitLab Flavored Markdown. Nothing is rendered: line by line is enough for headings and checkboxes, and a
description of any size costs one pass.
"""

import re
from collections.abc import Iterator

from handrail.model.items import Section

_FENCED_OR_COMMENT = re.compile(
    r"^(?P<code>[^\S\n]*(?P<fence>`{3,}|~{3,}).*?(?:^[^\S\n]*(?P=fence)[`~]*[^\S\n]*$|\Z))|<!--.*?(?:-->|\Z)",
    re.MULTILINE | re.DOTALL,
)
_HEADING = re.compile(r" {0,3}#{1,6}[^\S\n](?P<title>.*)")
_CHECKBOX = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+\[(?P<mark>[ xX~])\]\s+(?P<text>\S.*)")
_QUICK_ACTION = re.compile(r"/[a-z_]+(?:\s.*)?")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_MARKUP = re.compile(r"[*`~]+|(?<!\w)_+|_+(?!\w)")
_LONGEST_TITLE = 200
MOST_BOXES = 100
"""Of how many checkboxes of a section it is kept which are ticked."""
_SAYS_SOMETHING = re.compile(r"\w")


def sections_of(description: str) -> tuple[Section, ...]:
    """The sections in their order; the text before the first heading is one of them if it says anything.

    A heading is a Markdown heading or a line that is wholly bold. Code counts as prose: a plan may be a list of
    commands. Checkboxes that were struck off as inapplicable (``[~]``) count as none.
    """
    found = [Section("")]
    for line, is_code in _lines(description):
        title = None if is_code else _title(line)
        if title is not None:
            found.append(Section(title))
            continue
        last = found[-1]
        box = None if is_code else _CHECKBOX.fullmatch(line)
        text = box["text"] if box else line
        mark = box["mark"] if box else ""
        found[-1] = Section(
            last.title,
            last.words + (0 if not is_code and _QUICK_ACTION.fullmatch(text) else _words(text)),
            last.done + (mark in {"x", "X"}),
            last.total + (mark in {" ", "x", "X"}),
            _ticked(last) if mark in {"x", "X"} else last.ticked,
        )
    return tuple(found if found[0] != Section("") else found[1:])


def _ticked(part: Section) -> tuple[int, ...]:
    """Which boxes are ticked once one is that comes after all of the part's; they need no telling in a row."""
    if not part.done < part.total < MOST_BOXES:
        return part.ticked
    return (*(part.ticked or range(part.done)), part.total)


def _lines(description: str) -> Iterator[tuple[str, bool]]:
    """Each line and whether it is code, without comments and without the fences."""
    start = 0
    text = []
    for match in _FENCED_OR_COMMENT.finditer(description):
        text.append(description[start : match.start()])
        start = match.end()
        if match["code"] is not None:
            yield from ((line, False) for line in "".join(text).splitlines())
            text = []
            yield from ((line, True) for line in match["code"].splitlines()[1:])
    text.append(description[start:])
    yield from ((line, False) for line in "".join(text).splitlines())


def _title(line: str) -> str | None:
    match = _HEADING.fullmatch(line)
    told = _without_closing_marks(match["title"]) if match else _bold(line.strip())
    if told is None:
        return None
    bare = _MARKUP.sub("", _LINK.sub(r"\1", _TAG.sub(" ", told)))
    return " ".join(bare.split()).rstrip(" :").casefold()[:_LONGEST_TITLE]


def _without_closing_marks(title: str) -> str:
    """“## Test plan ##” is closed, “# About C#” is not."""
    left = title.rstrip().rstrip("#")
    return left if not left or left[-1].isspace() else title


def _bold(line: str) -> str | None:
    """What stands in a line that is wholly bold, and perhaps ends in a colon."""
    text = line.rstrip(": ")
    for mark in ("**", "__"):
        inner = text[2:-2]
        if inner.strip() and text.startswith(mark) and text.endswith(mark) and mark not in inner:
            return inner
    return None


def _words(line: str) -> int:
    return sum(bool(_SAYS_SOMETHING.search(word)) for word in _TAG.sub(" ", line).split())
