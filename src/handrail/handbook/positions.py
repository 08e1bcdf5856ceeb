"""YAML text to plain data that knows where each value stands, so that every problem names line and column.

YAML 1.2's core schema (`NO` and `09:00` are text); beyond it, `2026-07-01` is a date, `<<` takes an anchor's keys.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from handrail.handbook.document import Document, Place, Problem
from handrail.handbook.yaml_nodes import read_nodes
from handrail.handbook.yaml_words import TAB, in_words

_TOP_LEVEL = re.compile(r"^[^\s#%&*!|>'\"@`{}\[\],-][^#]*?:(?=\s|$)")
_DEEPEST = 40  # a handbook's own values lie six deep


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
        read_nodes(root, document, file)
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
