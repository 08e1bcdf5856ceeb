"""What we write in Markdown where people write, too: words that call nobody, and a part of a description that is ours.

Our part stands between two marks, comments that GitLab does not show. Around it all is people's. In it they may tick,
add, change and take away lines, and it stays so: written anew is only what we wrote and nobody has touched. Whoever
takes a mark away has the whole description. Source: GitLab Flavored Markdown.
"""

import re
from difflib import SequenceMatcher
from hashlib import sha256

BEGINS = "<!-- Handrail keeps this part up to date. Take this line away to keep it yourself. -->"
ENDS = "<!-- Handrail's part ends here. -->"
_PART = re.compile(
    rf"(?P<head>^{re.escape(BEGINS)}[ \t\r]*\n)(?P<part>.*?)(?P<tail>^{re.escape(ENDS)})", re.MULTILINE | re.DOTALL
)
_BOX = re.compile(r"(\s*(?:[-*+]|\d{1,9}[.)])\s+\[)([ xX~])(\]\s.*)")
_CALLS = re.compile(r"(`[^`]*`)|@(?=\w)")
_ACTION = re.compile(r"^([^\S\n]*)/(?=[a-zA-Z])", re.MULTILINE)


def quiet(text: str) -> str:
    """Markdown that calls nobody, whomever it names and whatever it quotes; code calls nobody anyway."""
    return _CALLS.sub(lambda found: found[1] or "@\N{ZERO WIDTH SPACE}", text)


def harmless(text: str) -> str:
    """The text with no line that GitLab would take for a quick action: we quote people, and they may quote one."""
    return _ACTION.sub(r"\1\\/", text)


def between_marks(text: str) -> str:
    """A text of ours as it stands in a description."""
    return f"{BEGINS}\n\n{text}\n\n{ENDS}"


def our_part(description: str) -> str:
    """What stands between the marks; nothing where they are not there, or not once and in order."""
    found = _found(description)
    return found["part"].replace("\r\n", "\n").strip("\n") if found else ""


def with_our_part(description: str, part: str) -> str:
    """The description with another text between its marks, and all around it letter for letter as it was."""
    found = _found(description)
    assert found is not None
    return f"{description[: found.end('head')]}\n{part}\n\n{description[found.start('tail') :]}"


def _found(description: str) -> re.Match[str] | None:
    once = description.count(BEGINS) == description.count(ENDS) == 1
    return _PART.search(description) if once else None


def digest(text: str) -> str:
    """What tells a text from another; sixteen hexadecimal digits."""
    return sha256(text.encode()).hexdigest()[:16]


def brought_up_to_date(there: str, was: str, wanted: str) -> str:
    """Our part as it is ``there``, with what of it ``was`` ours turned into what is ``wanted``, line by line.

    A line that people ticked stays as it is, and so does one that they changed, added or took away.
    """
    now, ours, new = there.split("\n"), was.split("\n"), wanted.split("\n")
    blocks = _compared(ours, now).get_matching_blocks()
    place = {block.a + offset: block.b + offset for block in blocks for offset in range(block.size)}
    gone: set[int] = set()
    come: dict[int, list[str]] = {}
    for did, first, end, new_first, new_end in _compared(ours, new).get_opcodes():
        mine = [place[line] for line in range(first, end) if line in place]
        if did == "equal" or (first < end and not mine):
            continue
        gone.update(line for line in mine if not _is_ticked(now[line]))
        before = 1 + max((place[line] for line in range(end) if line in place), default=-1)
        come.setdefault(before, []).extend(new[new_first:new_end])
    lines: list[str] = []
    for number, line in enumerate(now):
        lines += (*come.get(number, ()), *(() if number in gone else (line,)))
    return "\n".join((*lines, *come.get(len(now), ()))).strip("\n")


def differing(was: str, text: str) -> tuple[list[str], list[str]]:
    """The lines that only the earlier text has, and those that only the later one has."""
    old, new = was.split("\n"), text.split("\n")
    return [line for line in old if line not in new], [line for line in new if line not in old]


def _compared(one: list[str], other: list[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, [*map(_unticked, one)], [*map(_unticked, other)], autojunk=False)


def _unticked(line: str) -> str:
    return _BOX.sub(r"\1 \3", line.rstrip())


def _is_ticked(line: str) -> bool:
    box = _BOX.fullmatch(line)
    return box is not None and box[2] != " "
