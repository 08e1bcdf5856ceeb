"""What the YAML reader says about a broken text, in words for people who do not know YAML's grammar."""

import re

_Place = tuple[int, int, str]
"""Line and column, from 1, and the sentence."""

TAB = "a tab indents this line; use spaces"
_UNREADABLE = re.compile(r"position (\d+)")
# What the reader's words contain, whether its problem or its context is the place, and what to say there.
_SAYINGS = (
    (r"found character '\\t'", "problem", TAB),
    (r"found character '(?P<it>.)' that", "problem", "text cannot start with `{it}`; put it in quotes"),
    (r"mapping values are not allowed", "problem",
     "a colon cannot stand here: put text with `: ` in quotes, and a space after a key's colon"),
    (r"sequence entries are not allowed", "problem", "a list's `-` cannot stand here; begin a line with it"),
    (r"quoted scalar.*unexpected end", "context", "the quote that opens here is never closed"),
    (r"found unknown escape character '(?P<it>.)'", "problem",
     r"`\{it}` means nothing in double quotes; write `\\` for a backslash, or use single quotes"),
    (r"escape sequence of (?P<it>\d)", "problem", r"this escape needs {it} hexadecimal digits after it"),
    (r"undefined alias '(?P<it>.*)'", "problem", "no anchor `&{it}` stands before this `*{it}`"),
    (r"expected a single document", "problem",
     "a second document starts here; a handbook is one, so leave the `---` out"),
    (r"maximum depth", "problem", "the values lie deeper in one another here than any handbook's"),
    (r"flow sequence", "context", "the list that opens here has no closing `]`, or lacks a comma"),
    (r"flow mapping", "context", "the map that opens here has no closing `}}`, or lacks a comma"),
    (r"found '<stream end>'", "problem", "the file ends here, before the list or the map that is open is closed"),
    (r"expected the node content, but found '(?P<it>.*)'", "problem", "`{it}` ends or parts nothing here"),
    (r"block scalar", "context", "after `|` or `>` at most `+`, `-` and one digit may follow"),
    (r"undefined tag handle|parsing a (node|tag)|scanning a tag", "problem",
     "tags mean nothing in a handbook; put text that starts with `!` in quotes"),
    (r"alias|anchor", "problem", "`*` and `&` name anchors; put text that starts with them in quotes"),
    (r"could not find expected ':'", "context", "this line is no `key: value` and no part of the one above"),
    (r"block (mapping|collection|end)|simple key", "problem",
     "this line fits nothing above it: its indentation is off, or it needs quotes, a `-` or a colon"),
    (r"directive|YAML document", "problem", "leave lines out that start with `%`"),
)  # fmt: skip


def in_words(error: Exception, text: str) -> _Place:
    """Where the reader gave up on `text`, and why."""
    problem = str(getattr(error, "problem", None) or "")
    context = str(getattr(error, "context", None) or "")
    end = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if end is None:
        return _unmarked(error, text)
    for pattern, at, says in _SAYINGS:
        match = re.search(pattern, f"{context}: {problem}", re.DOTALL)
        if match is not None:
            mark = getattr(error, "context_mark", None) if at == "context" else None
            mark = mark or end
            return mark.line + 1, mark.column + 1, says.format(**match.groupdict())
    return end.line + 1, end.column + 1, f"this is not YAML: {problem or context}"


def _unmarked(error: Exception, text: str) -> _Place:
    """Mistakes that the reader does not place: a character that YAML forbids, or what it stumbles over."""
    position = _UNREADABLE.search(str(error))
    if position is None:
        return (
            1,
            1,
            "this file cannot be read as YAML: an escape in double quotes or a line with `%` is malformed",
        )
    before = text[: int(position[1])]
    code = ord(text[len(before)]) if len(before) < len(text) else 0
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return line, column, f"the invisible character U+{code:04X} cannot stand in a handbook; delete it"
