"""YAML text to plain data that knows where each value stands, so that every problem names line and column.

YAML 1.2's core schema (`NO` and `09:00` are text); beyond it, `2026-07-01` is a date and `<<` takes the
keys of an anchor.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from math import isfinite
from typing import Any, TypeAlias

from handrail.handbook.yaml_words import in_words

Plain: TypeAlias = "str | int | float | bool | date | list[Plain] | dict[str, Plain] | None"
KeyPath: TypeAlias = tuple[str | int, ...]
"""The keys and list indices that lead to a value: `("people", "nadia", "hours", 0)`."""

_TAG = "tag:yaml.org,2002:"
_TOP_LEVEL = re.compile(r"^[^\s#%&*!|>'\"@`{}\[\],-][^#]*?:(?=\s|$)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DEEPEST = 40  # a handbook's own values lie six deep
_MOST_VALUES = 100_000  # anchors of anchors multiply: a few lines can stand for more than memory holds
_LARGEST = 2**53  # the largest number that every reader of the compiled copy and of JSON agrees on


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


def parse(text: str, file: str) -> Document:
    """The document in `text`; `file` names it in places. An empty text is an empty document.

    Where the text is not YAML, the document is broken and tells the first mistake of each top-level block.
    """
    document = Document(values={(): Place(file, 1, 1)})
    directive = re.match(r"(?:\s*(?:#.*)?\n)*%", text)
    if directive is not None:  # one of them would bring YAML 1.1 and its `NO` that is false
        line = text.count("\n", 0, directive.end()) + 1
        document.problems.append(Problem(file, line, 1, "leave out lines that start with `%`"))
        document.broken = True
        return document
    try:
        root = _compose(text)
    except _broken() as error:
        document.problems = sorted(set(_mistakes(text, file, error)))
        document.broken = True
        return document
    if root is not None:
        _Reading(document, file).root(root)
    return document


def _compose(text: str) -> Any:
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = _DEEPEST
    yaml.composer.warn_double_anchors = False  # YAML allows it: the later anchor counts from there on
    return yaml.compose(text)


def _broken() -> tuple[type[Exception], ...]:
    from ruamel.yaml.error import YAMLError

    # Beside its own, ruamel lets these through: escapes beyond Unicode, malformed directives, deep nesting.
    return (
        YAMLError,
        ValueError,
        OverflowError,
        AssertionError,
        AttributeError,
        NotImplementedError,
        RecursionError,
    )


def _mistakes(text: str, file: str, first: Exception) -> Iterator[Problem]:
    """The mistake that ended the reading and the first one of each later top-level block, read by itself."""
    line, column, says = in_words(first, text)
    yield Problem(file, line, column, says)
    for start, block in _blocks(text):
        padded = "\n" * start + block
        try:
            _compose(padded)
        except _broken() as error:
            line, column, says = in_words(error, padded)
            # An anchor of another block is missing only because this one is read by itself.
            if "anchor" not in says:
                yield Problem(file, line, column, says)
            if "tab" in says:
                yield from _tabs(block, start, file)


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """The text cut at its top-level keys: the number of lines before each block, and the block."""
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if _TOP_LEVEL.match(line)]
    for start, end in pairwise([*starts, len(lines)]):
        yield start, "\n".join(lines[start:end])


def _tabs(block: str, start: int, file: str) -> Iterator[Problem]:
    for number, line in enumerate(block.split("\n"), start + 1):
        indentation = line[: len(line) - len(line.lstrip())]
        if "\t" in indentation:
            yield Problem(file, number, indentation.index("\t") + 1, TAB)


TAB = "a tab indents this line; use spaces"


class _Reading:
    """Turns composed nodes into the document's plain data, noting places and problems on the way."""

    def __init__(self, document: Document, file: str) -> None:
        self.document = document
        self.file = file
        self.open: set[int] = set()
        self.seen = 0

    def root(self, node: Any) -> None:
        data = self.value(node, ())
        self.document.values[()] = Place(self.file, 1, 1)
        if isinstance(data, dict):
            self.document.data = data
        elif data is not None:  # only comments, or `---` alone, change nothing
            sort = "a list" if isinstance(data, list) else "a single value"
            self.problem(node, (), f"at its top level a handbook is a map of blocks such as `team:`, not {sort}")
            self.document.broken = True
        if self.seen >= _MOST_VALUES:
            self.document.broken = True

    def problem(self, node: Any, path: KeyPath, says: str) -> None:
        """Notes what is wrong with a node; where its value is lost by that, `path` is the value's."""
        place = self.place(node)
        self.document.problems.append(Problem(place.file, place.line, place.column, says))
        if path:
            self.document.doubtful.add(path)

    def place(self, node: Any) -> Place:
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def value(self, node: Any, path: KeyPath) -> Plain:
        self.seen += 1
        if self.seen == _MOST_VALUES:
            self.problem(node, path, "anchors repeat one another into more values than a handbook can have")
        if self.seen >= _MOST_VALUES:
            return None
        self.document.values[path] = self.place(node)
        if node.id == "scalar":
            return self.scalar(node, path)
        if not self.enter(node, path):
            return None
        if str(node.tag) not in {f"{_TAG}map", f"{_TAG}seq"}:
            self.problem(node, path, _tagged(node))
        if node.id == "sequence":
            found: Plain = [self.value(child, (*path, index)) for index, child in enumerate(node.value)]
        else:
            found = self.mapping(node, path)
        self.open.discard(id(node))
        return found

    def enter(self, node: Any, path: KeyPath) -> bool:
        """Whether a node may be read, since it is not within itself; an anchor can make it so."""
        if id(node) in self.open:
            self.problem(node, path, "this anchor contains itself; write the values out")
            return False
        self.open.add(id(node))
        return True

    def mapping(self, node: Any, path: KeyPath) -> dict[str, Plain]:
        data: dict[str, Plain] = {}
        lines: dict[str, int] = {}
        taken: list[Any] = []
        for key, value in node.value:
            if str(key.tag) == f"{_TAG}merge":
                taken += value.value if value.id == "sequence" else [value]
            elif key.id != "scalar":
                self.problem(key, path, "a list or a map cannot be a key; use a word")
            elif key.value in lines:
                line = lines[key.value]
                says = f"`{key.value}` stands here a second time (first in line {line}); keep one of them"
                self.problem(key, (), says)
            else:
                lines[key.value] = key.start_mark.line + 1
                self.entry(key, value, data, path)
        for other in taken:
            self.take(other, data, path)
        return data

    def entry(self, key: Any, value: Any, data: dict[str, Plain], path: KeyPath) -> None:
        self.document.keys[*path, key.value] = self.place(key)
        data[key.value] = self.value(value, (*path, key.value))

    def take(self, other: Any, data: dict[str, Plain], path: KeyPath) -> None:
        """What `<<` brings: the keys of another map, where the map has none of its own."""
        if other.id != "mapping":
            self.problem(other, path, "`<<` takes its keys from an anchored map: `<<: *name`")
        elif self.enter(other, path):
            for key, value in other.value:
                if str(key.tag) == f"{_TAG}merge":
                    for nested in value.value if value.id == "sequence" else [value]:
                        self.take(nested, data, path)
                elif key.id == "scalar" and key.value not in data:
                    self.entry(key, value, data, path)
            self.open.discard(id(other))

    def scalar(self, node: Any, path: KeyPath) -> Plain:
        """The value of a scalar by its tag, which the text decides where it is not written out."""
        tag, text = str(node.tag).removeprefix(_TAG), str(node.value)
        says = ""
        try:
            match tag:
                case "null":
                    return None
                case "bool":
                    return text.lower() == "true"
                case "int" | "float":
                    return number(text)
                case "timestamp" if _DATE.fullmatch(text):
                    return date.fromisoformat(text)
                case "str" | "timestamp" | "value" | "merge":
                    text.encode()
                    return text
                case _:
                    says = _tagged(node)
        except UnicodeEncodeError:
            says = "this text holds half of a character (a lone surrogate); write it out"
        except ValueError:
            says = f"`{text}` is no {'date' if tag == 'timestamp' else 'number to count with'}"
        self.problem(node, path, says)
        return None


def number(text: str) -> int | float:
    """The number that YAML's core schema reads in `text`. Raises ValueError for none, or beyond 2**53."""
    digits = text.replace("_", "").lower()
    whole = re.fullmatch(r"[-+]?[0-9]+", digits) is not None
    based = re.fullmatch(r"[-+]?0[box][0-9a-f]+", digits) is not None
    value = (
        int(digits, 10 if whole else 0)
        if whole or based
        else float(digits.replace(".inf", "inf").replace(".nan", "nan"))
    )
    if not isfinite(value) or abs(value) > _LARGEST:
        raise ValueError(text)
    return value


def _tagged(node: Any) -> str:
    return f"the tag `{str(node.tag).replace(_TAG, '!!')}` means nothing in a handbook; leave it out"
