"""Patterns of file paths in a project, as a handbook writes them, compiled once.

``*`` stands for any characters of one name and ``?`` for one of them; all others stand for themselves. ``**`` between
slashes stands for any number of folders, none included: ``a/**/b`` is also ``a/b``, ``spec/**`` all in that folder. A
pattern that ends in ``/`` is all in the folder, too. One without a slash is a name in whichever folder: ``*.md`` is
``**/*.md``. Case counts, as it does in Git. So every pattern means something, and none can be misspelt.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

MOST_KNOWN = 65_536
"""Paths whose answer is remembered for a set of patterns: few paths make most of the changes."""


class Patterns:
    """A set of patterns, ready to be asked about one path after the other."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._pattern = re.compile("|".join(f"(?:{_translated(pattern)})" for pattern in patterns) or "(?!)", re.DOTALL)
        self._known: dict[str, bool] = {}

    def fit(self, path: str) -> bool:
        """Whether one of the patterns fits the path, which is relative to the project's root."""
        known = self._known.get(path)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[path] = self._pattern.fullmatch(path) is not None
        return known

    def outside(self, paths: Iterable[str]) -> list[str]:
        """The paths that none of the patterns fits, in their order."""
        return [path for path in paths if not self.fit(path)]


patterns_of = lru_cache(maxsize=256)(Patterns)
"""The patterns of a tuple, compiled once."""


def _translated(pattern: str) -> str:
    if pattern.endswith("/"):
        pattern += "**"
    if "/" not in pattern:
        pattern = f"**/{pattern}"
    *folders, name = pattern.lstrip("/").split("/")
    before = "".join(r"(?:[^/]+/)*" if folder == "**" else _name(folder) + "/" for folder in folders)
    return before + (".+" if name == "**" else _name(name))


def _name(pattern: str) -> str:
    stands_for = {"*": "[^/]*", "?": "[^/]"}
    return "".join(stands_for.get(part[0], re.escape(part)) for part in re.findall(r"\*+|.", pattern, re.DOTALL))
