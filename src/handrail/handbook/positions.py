"""YAML text to plain data that knows where each value stands, so that every problem names line and column.

YAML 1.2's core schema (`NO` and `09:00` are text); beyond it, `2026-07-01` is a date and `<<` takes an anchor's
keys.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
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
_MOST_VALUES = 500_000  # anchors of anchors multiply: a few lines can stand for more than memory holds
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
    """One file's data, the place of each key and each value by key path, and what is wrong with the text."""

    data: dict[str, Plain] = field(default_factory=dict)
    keys: dict[KeyPath, Place] = field(default_factory=dict)
    values: dict[KeyPath, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def parse(text: str, file: str) -> Document:
    """The document in `text`; `file` names it in places. An empty text is an empty document.

    Where the text is not YAML, the data is empty; `problems` has the first mistake of each top-level block.
    """
    document = Document()
    try:
        root = _compose(text)
    except _broken() as error:
        document.problems = sorted(set(_mistakes(text, file, error)))
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
        try:
            _compose("\n" * start + block)
        except _broken() as error:
            line, column, says = in_words(error, text)
            # An anchor of another block is missing only because this one is read by itself.
            if "anchor" not in says:
                yield Problem(file, line, column, says)
            if "tab" in says:
                yield from _tabs(block, start, file)


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """The text cut at its top-level keys: the number of lines before each block, and the block."""
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if _TOP_LEVEL.match(line)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield start, "".join(lines[start:end])


def _tabs(block: str, start: int, file: str) -> Iterator[Problem]:
    for number, line in enumerate(block.splitlines(), start + 1):
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
        if node.id != "mapping":
            if node.id == "scalar" and self.scalar(node) is None:
                return  # only comments, or `---` alone
            self.problem(
                node,
                "a handbook is a map of blocks such as `team:` at its top level, not "
                + ("a list" if node.id == "sequence" else "a single value"),
            )
            return
        data = self.plain(node, ())
        if isinstance(data, dict):
            self.document.data = data

    def problem(self, node: Any, says: str) -> None:
        place = self.place(node)
        self.document.problems.append(Problem(place.file, place.line, place.column, says))

    def place(self, node: Any) -> Place:
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def plain(self, node: Any, path: KeyPath) -> Plain:
        self.seen += 1
        if self.seen == _MOST_VALUES:
            self.problem(
                node, "anchors repeat one another until more values stand here than a handbook can have"
            )
        if self.seen >= _MOST_VALUES:
            return None
        self.document.values[path] = self.place(node)
        if node.id == "scalar":
            return self.scalar(node)
        if id(node) in self.open:
            self.problem(node, "this anchor contains itself; write the values out")
            return None
        self.open.add(id(node))
        try:
            if str(node.tag) not in {_TAG + "map", _TAG + "seq"}:
                self.problem(node, f"the tag {_shown(node.tag)} means nothing in a handbook; leave it out")
            if node.id == "sequence":
                return [self.plain(child, (*path, index)) for index, child in enumerate(node.value)]
            return self.mapping(node, path)
        finally:
            self.open.discard(id(node))

    def mapping(self, node: Any, path: KeyPath) -> dict[str, Plain]:
        data: dict[str, Plain] = {}
        first: dict[str, Any] = {}
        taken: list[Any] = []
        for key, value in node.value:
            if str(key.tag) == _TAG + "merge":
                taken.extend(value.value if value.id == "sequence" else [value])
                continue
            if key.id != "scalar":
                self.problem(key, "a list or a map cannot be a key; use a word")
                continue
            if key.value in first:
                line = first[key.value].start_mark.line + 1
                self.problem(
                    key, f"`{key.value}` stands here a second time (first in line {line}); keep one of them"
                )
                continue
            first[key.value] = key
            self.document.keys[*path, key.value] = self.place(key)
            data[key.value] = self.plain(value, (*path, key.value))
        for other in taken:
            self.take(other, data, path)
        return data

    def take(self, other: Any, data: dict[str, Plain], path: KeyPath) -> None:
        """What `<<` brings: the keys of another map, where the map has none of its own."""
        if other.id != "mapping":
            self.problem(other, "`<<` takes its keys from an anchored map: `<<: *name`")
            return
        if id(other) in self.open:
            self.problem(other, "this anchor contains itself; write the values out")
            return
        self.open.add(id(other))
        for key, value in other.value:
            if str(key.tag) == _TAG + "merge":
                for nested in value.value if value.id == "sequence" else [value]:
                    self.take(nested, data, path)
            elif key.id == "scalar" and key.value not in data:
                self.document.keys[*path, key.value] = self.place(key)
                data[key.value] = self.plain(value, (*path, key.value))
        self.open.discard(id(other))

    def scalar(self, node: Any) -> Plain:
        tag, text = str(node.tag).removeprefix(_TAG), str(node.value)
        match tag:
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int" | "float":
                return self.number(node, tag, text)
            case "timestamp" if _DATE.fullmatch(text):
                try:
                    return date.fromisoformat(text)
                except ValueError as error:
                    self.problem(node, f"{text} is no date: {error}")
                    return None
            case "str" | "timestamp" | "value" | "merge":
                if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
                    self.problem(node, "this text holds half of a character (a lone surrogate); write it out")
                    return None
                return text
            case _:
                self.problem(node, f"the tag {_shown(node.tag)} means nothing in a handbook; leave it out")
                return None

    def number(self, node: Any, tag: str, text: str) -> Plain:
        try:
            digits = text.replace("_", "")
            whole = not digits.lstrip("+-").isdigit()
            value = (
                float(
                    digits.replace(".inf", "inf")
                    .replace(".Inf", "inf")
                    .replace(".INF", "inf")
                    .lower()
                    .replace(".nan", "nan")
                )
                if tag == "float"
                else int(digits, 0 if whole else 10)
            )
        except ValueError:
            return text
        if not isfinite(value) or abs(value) > _LARGEST:
            self.problem(node, f"{text} is not a number that can be counted with")
            return None
        return value


def _shown(tag: object) -> str:
    return f"`{str(tag).replace(_TAG, '!!')}`"
