"""Pieces of Markdown."""

import io
import re
from collections.abc import Iterable

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import LiteralScalarString

NOTE = "<!-- Written by `make docs`; a change here would not last. -->\n"


def table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table with these titles."""
    lines = [columns, ("---",) * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def prose(text: str | None) -> str:
    """A docstring or help text in one line, its code marked as Markdown does."""
    return " ".join((text or "").replace("``", "`").split())


def paragraphs(text: str) -> str:
    """A docstring with its paragraphs, each in one line."""
    return "\n\n".join(prose(part) for part in text.split("\n\n"))


def listed(words: list[str], last: str = "and") -> str:
    """Words as a sentence has them."""
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def yaml_of(value: object) -> str:
    """Settings as a handbook file would have them; what is empty is left away."""
    yaml = YAML()
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = io.StringIO()
    yaml.dump(_written(value), text)
    return re.sub(r" +\n", "\n", text.getvalue())


def _written(value: object) -> object:
    if isinstance(value, dict):
        kept = CommentedMap((key, _written(each)) for key, each in value.items() if each not in (None, "", (), [], {}))
        if not any(isinstance(one, dict | list) for one in kept.values()) and len(str(dict(kept))) < 110:
            kept.fa.set_flow_style()
        return kept
    if isinstance(value, list | tuple):
        each = CommentedSeq(map(_written, value))
        if not any(isinstance(one, dict) for one in value) and len(str(value)) < 90:
            each.fa.set_flow_style()
        return each
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value else value
