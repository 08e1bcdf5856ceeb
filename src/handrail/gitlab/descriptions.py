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
_HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})[^\S\n](?P<title>.*)")
_LABEL = re.compile(r" {0,3}(?P<mark>\*\*|__)(?P<title>[^*_:]+)(?::(?P=mark)|(?P=mark):)\s+(?P<text>\S.*)")
_BOLD, _BEGINS_BOLD = 7, 8
_CHECKBOX = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+\[(?P<mark>[ xX~])\]\s+(?P<text>\S.*)")
_QUICK_ACTION = re.compile(r"/[a-z_]+(?:\s.*)?")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_MARKUP = re.compile(r"[*`~]+|(?<!\w)_+|(?<!_)_++(?!\w)")
_LONGEST = 200
MOST_BOXES = 100
"""Of how many unticked checkboxes of a section the text is kept."""
_SAYS_SOMETHING = re.compile(r"\w")


def sections_of(description: str) -> tuple[Section, ...]:
    """The sections in their order; the text before the first heading is one of them if it says anything.

    A heading is a Markdown heading, a line that is wholly bold, or what a line begins with in bold before a colon.
    Code counts as prose: a plan may be a list of commands. Checkboxes that were struck off as inapplicable (``[~]``)
    count as none.
    """
    found = [Section("")]
    for told, is_code in _lines(description):
        line = told
        heading = None if is_code else _heading(line)
        if heading is not None:
            title, level, line = heading
            found.append(Section(title, level=level))
            if not line:
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
            (*last.unticked, text.rstrip()) if mark == " " and _is_kept(text, last) else last.unticked,
            last.level,
        )
    return tuple(found if found[0] != Section("") else found[1:])


def _is_kept(text: str, part: Section) -> bool:
    return len(text) <= _LONGEST and len(part.unticked) < MOST_BOXES and bool(_SAYS_SOMETHING.search(text))


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


def _heading(line: str) -> tuple[str, int, str] | None:
    """A heading's title, its level, and what follows it in its line; None for a line that begins with none."""
    if match := _HEADING.fullmatch(line):
        return _bare(_without_closing_marks(match["title"])), len(match["marks"]), ""
    if (bold := _bold(line.strip())) is not None:
        return _bare(bold), _BOLD, ""
    if match := _LABEL.fullmatch(line):
        return _bare(match["title"]), _BEGINS_BOLD, match["text"]
    return None


def _bare(title: str) -> str:
    bare = _MARKUP.sub("", _LINK.sub(r"\1", _TAG.sub(" ", title)))
    return " ".join(bare.split()).rstrip(" :").casefold()[:_LONGEST]


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
