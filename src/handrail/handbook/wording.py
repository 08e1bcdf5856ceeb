"""Sentences about a handbook's values: how they are named, and the nearest right word for a wrong one."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from handrail.handbook.document import KeyPath, Plain
from handrail.handbook.schema import Handbook
from handrail.handbook.shape import at, bare, choices, fields

_FEW = 12  # so many words are told when none is near


def named(path: KeyPath) -> str:
    """A value as its file shows it; `(labels, required, 3, on)` is "`on` of entry 4 of `labels.required`"."""
    if not path:
        return "a handbook"
    words: list[str] = []
    for depth, key in reversed(list(enumerate(path))):
        if isinstance(key, int):
            before = f" of {named(path[:depth])}"
            return (f"`{'.'.join(words)}` of " if words else "") + f"entry {key + 1}{before}"
        words.insert(0, key)
    return f"`{'.'.join(words)}`"


def near(wrong: str, right: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The word that a wrong one is closest to, if it is close; case does not count."""
    folded = {word.casefold(): word for word in sorted(right, reverse=True)}
    found = get_close_matches(wrong.strip().casefold(), folded, n=1, cutoff=cutoff)
    return folded[found[0]] if found else None


def nearest(wrong: str, right: Iterable[object]) -> str:
    """How to end a sentence about a wrong word: the one it is close to; all, where they are few; nothing."""
    words = [str(word) for word in right]
    meant = near(wrong, words)
    if meant is not None:
        return f"; did you mean `{meant}`?"
    if words and len(words) <= _FEW:
        return f"; it can be {', '.join(f'`{word}`' for word in words)}"
    return ""


def shown(value: Plain) -> str:
    """A value in a sentence: short, and with its kind told where its text would not tell it."""
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "`null`"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"


def misfit(kind: str, path: KeyPath, value: Plain, limits: dict[str, Any], whole: type[Handbook] = Handbook) -> str:
    """The sentence for one of pydantic's kinds of error, at `path` of the shape `whole`, about `value`."""
    name, sort = named(path), at(path, whole)
    match kind:
        case "unexpected_keyword_argument":
            return _unknown(path, whole)
        case "missing":
            return f"{named(path[:-1])} needs `{path[-1]}`"
        case "literal_error" if path == ("handbook",):
            return f"`handbook` is the version of the format, and this Handrail reads 1, not {shown(value)}"
        case "literal_error":
            return f"{name} cannot be {shown(value)}{nearest(str(value), choices(sort))}"
        case "string_type" if isinstance(value, dict | list):
            return f"{name} has to be text, not {shown(value)}"
        case "string_type":
            return f"{name} has to be text; put {shown(value)} in quotes" if value is not None else f"{name} is empty"
        case "tuple_type":
            return f"{name} has to be a list (`[one, two]`, or a line with `- ` for each), not {shown(value)}"
        case "dataclass_type" | "dict_type":
            return f"{name} has to be a map (lines of `key: value`), not {shown(value)}"
        case "string_too_short" | "string_too_long" if 5 in limits.values():
            return f"{name} has to be a time of day like `09:00`, not {shown(value)}"
        case "string_too_short" | "too_short":
            return f"{name} must not be empty"
        case _ if kind.startswith("date"):
            return f"{name} has to be a date like `2026-07-01`, not {shown(value)}"
        case _:
            pass
    return f"{name} has to be {_number(kind, limits)}, not {shown(value)}"


def _unknown(path: KeyPath, whole: type[Handbook]) -> str:
    if path == ("rotation",):
        return "`rotation` is now one of the `rotations`: write `rotations: {dri: ...}` with what stands below it"
    return f"{named(path[:-1])} has no `{path[-1]}`{nearest(str(path[-1]), fields(bare(at(path[:-1], whole))))}"


def _number(kind: str, limits: dict[str, Any]) -> str:
    match kind:
        case "int_type" | "int_from_float" | "int_parsing":
            return "a whole number"
        case "greater_than":
            return f"more than {limits['gt']:g}"
        case "greater_than_equal":
            return f"{limits['ge']:g} or more"
        case "less_than":
            return f"less than {limits['lt']:g}"
        case "less_than_equal":
            return f"{limits['le']:g} or less"
        case "bool_type":
            return "`true` or `false`"
        case _:
            return "a number"
