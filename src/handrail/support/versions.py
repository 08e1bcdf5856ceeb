"""Versions as people order them: 9.10 after 9.9, 2025.09 after 2024.10, 18.0-rc1 before 18.0, 10.0-LTS like 10.0."""

import re
from collections.abc import Iterable, Set
from functools import lru_cache

Key = tuple[tuple[int, ...], int, tuple[tuple[int, int | str], ...]]

_NUMBERS = re.compile(r"\d+(?:[._]\d+)*", re.ASCII)
_PARTS = re.compile(r"\d+|[a-z]+", re.ASCII)
_EARLY = re.compile(r"(?<![a-z])(?:alpha|beta|rc|pre|preview|dev|snapshot|nightly|[ab](?=\d))(?![a-z])", re.ASCII)
_LONGEST = 100
"""Digits and letters of a version that are looked at: no version is longer."""


@lru_cache(maxsize=65536)
def order(version: str) -> Key:
    """What sorts versions: their numbers, then whether it is the release itself, then what else is said of it.

    Trailing zeros do not count: 10 and 10.0 are alike.
    """
    text = version[:_LONGEST].casefold()
    found = _NUMBERS.search(text)
    rest = text[found.end() :] if found else text
    early = -1 if _EARLY.search(rest) else 0
    tail = tuple((1, int(part)) if part.isdigit() else (0, part) for part in _PARTS.findall(rest)) if early else ()
    return _without_zeros(numbers(version)), early, tail


def numbers(version: str) -> tuple[int, ...]:
    """The numbers that a version begins with, whatever stands before them: 1, 25 of “v1.25-lts”."""
    found = _NUMBERS.search(version[:_LONGEST])
    return tuple(int(part) for part in re.split(r"[._]", found[0])) if found else ()


def is_of(version: str, release: str) -> bool:
    """Whether a version is the release, or one of its line: 1.24.1 is of 1.24, and neither 1.240 nor 1.24-rc1 is."""
    line = numbers(release)
    if not line:
        return version == release
    return order(version) == order(release) or (numbers(version)[: len(line)] == line and not _is_early(version))


def _is_early(version: str) -> bool:
    """Whether it comes before its release: an alpha, a beta, a candidate."""
    return order(version)[1] < 0


class Lines:
    """Versions by the releases that they are of, for whoever asks about many releases."""

    def __init__(self, versions: Iterable[str]) -> None:
        self._of: dict[tuple[object, ...], set[str]] = {}
        for version in versions:
            parts = numbers(version)
            longest = 0 if _is_early(version) else len(parts)
            for key in (order(version), *(parts[:length] for length in range(1, longest + 1))):
                self._of.setdefault(key, set()).add(version)

    def of(self, release: str) -> Set[str]:
        """Those that are the release, or of its line; see ``is_of``."""
        line = numbers(release)
        if not line:
            return {release}
        return self._of.get(line, frozenset()) | self._of.get(order(release), frozenset())


def _without_zeros(parts: tuple[int, ...]) -> tuple[int, ...]:
    end = len(parts)
    while end > 1 and parts[end - 1] == 0:
        end -= 1
    return parts[:end]
