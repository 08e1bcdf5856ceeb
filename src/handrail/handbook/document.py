"""A handbook's text as data: plain values, where each of them stands, and what is wrong with the text."""

from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

Plain: TypeAlias = "str | int | float | bool | date | list[Plain] | dict[str, Plain] | None"
KeyPath: TypeAlias = tuple[str | int, ...]
"""The keys and list indices that lead to a value: `("people", "nadia", "hours", 0)`."""


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands: the file as the reader knows it, line and column from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, order=True)
class Problem:
    """Something in a handbook that a person has to put right: where, and one sentence."""

    file: str
    line: int
    column: int
    says: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.says}"


@dataclass
class Document:
    """One file's data, the place of each key and each value by key path, and what is wrong with the text.

    `broken` tells that the data is not what the file means: nothing can be said about it. `doubtful` are the
    paths of single values that could not be read, and are null.
    """

    data: dict[str, Plain] = field(default_factory=dict)
    keys: dict[KeyPath, Place] = field(default_factory=dict)
    values: dict[KeyPath, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    doubtful: set[KeyPath] = field(default_factory=set)
    broken: bool = False
