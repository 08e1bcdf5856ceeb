"""Turns the nodes of a YAML text into a document: plain values with their places, and what is wrong with them."""

import re
from datetime import date
from math import isfinite
from typing import Any

from handrail.handbook.document import Document, KeyPath, Place, Plain, Problem

_TAG = "tag:yaml.org,2002:"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOST_VALUES = 100_000  # anchors of anchors multiply: a few lines can stand for more than memory holds
_LARGEST = 2**53  # the largest number that every reader of the compiled copy and of JSON agrees on


def read_nodes(root: Any, document: Document, file: str) -> None:
    """Fills the document with what the composed tree of a text holds; `file` names it in places."""
    _Reading(document, file).root(root)


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
