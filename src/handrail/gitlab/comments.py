"""What people's comments say: in their own words, a mention of the team's group, a command (claims: ``claims``).

What stands in code or in a quotation is somebody else's word and says nothing.
"""

import re
from collections.abc import Iterator

_BLOCKS = (
    r"^(?P<fence>`{3,}(?=[^`\n]*$)|~{3,}).*?(?:^(?P=fence)[`~]*[^\S\n]*$|\Z)"
    r"|^>>>[^\S\n]*$.*?^>>>[^\S\n]*$|^[^\S\n]*>[^\n]*$|<!--.*?(?:-->|\Z)"
)
"""Code and comments that nobody closes go on to the end: to look for an end that is not there, once for each that
begins, would take for ever. For the same reason quotations open and close with the same line.
"""
_QUOTED_BLOCKS = re.compile(_BLOCKS, re.MULTILINE | re.DOTALL)
_QUOTED = re.compile(rf"{_BLOCKS}|`[^`\n]*`|~~[^~\n]+~~|https?://\S+", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"(?<![\w@/.\-])@(\w(?:[\w.\-]*\w)?)(?![\w/\-]|\.\w)")
_COPIED = re.compile(r"\b(?:cc|fyi)\b[:\s]*(?:@[\w./\-]+[,\s]*(?:and\s+)?)+", re.IGNORECASE)
_ASKS = re.compile(
    r"\?|\b(?:please|ptal|wdyt|thoughts|(?:can|could|would|will) you|any (?:news|update|idea|chance)"
    r"|let (?:me|us) know)\b",
    re.IGNORECASE,
)
_OURS = re.compile(r"^<!-- handrail:", re.MULTILINE)
LONGEST_COMMAND = 500
"""Characters: what goes on behind them is cut off, and the command stands."""


def commands(body: str, handle: str) -> Iterator[str]:
    """What the comment says to ``@handle``: of each line that begins with the name, the words after it.

    A line may be pasted with the backticks in which our comments suggest it; what we suggest ourselves is none, nor is
    what is indented as code.
    """
    if not handle or _OURS.search(body):
        return
    for match in re.finditer(
        rf"^ {{0,3}}(?P<pasted>`)?@{re.escape(handle)}[,:]?[^\S\n]+(?P<words>\S.*)$",
        _QUOTED_BLOCKS.sub("", body),
        re.MULTILINE | re.IGNORECASE,
    ):
        said = match["words"].replace("`", "") if match["pasted"] else match["words"]
        words = " ".join(said.split())
        yield words if len(words) <= LONGEST_COMMAND else f"{words[: LONGEST_COMMAND - 1]}…"


def spoken_of(body: str, handle: str) -> str:
    """Of a comment of ours the finding that it is about: what the answer names that it suggests. Of others nothing."""
    match = re.search(rf"`@{re.escape(handle)} not-applicable (?P<about>[^`]+) because …`", body)
    return match["about"] if match and _OURS.search(body) else ""


def mentions(body: str, group: str) -> bool:
    """Whether the comment calls ``@group`` (a full path), and not just one of its subgroups or a longer name."""
    return bool(group) and bool(
        re.search(rf"(?<![\w@/.\-])@{re.escape(group)}(?![\w/\-]|\.\w)", own_words(body), re.IGNORECASE)
    )


def asked(body: str, handle: str) -> list[str]:
    """Whom the comment asks something by their name, each once: in a paragraph that names them and asks.

    Who is named for their information (“cc @mara”) is asked nothing; nor is anybody in a command to ``@handle``.
    """
    found: dict[str, None] = {}
    for part in re.split(r"\n\s*\n", own_words(body)):
        words = _COPIED.sub(" ", "\n".join(line for line in part.splitlines() if not _speaks_to(line, handle)))
        if _ASKS.search(words):
            found |= dict.fromkeys(_NAMED.findall(words))
    return list(found)


def _speaks_to(line: str, handle: str) -> bool:
    return bool(handle) and line.lstrip().casefold().startswith(f"@{handle.casefold()}")


def own_words(body: str) -> str:
    """The comment without code, quotations, addresses and what is struck out: what its writer says."""
    return _QUOTED.sub(" ", body)
