"""How a setting is told: what may stand there, within which limits, and what does if nothing is said."""

import dataclasses
from datetime import date
from typing import Any, get_args, get_origin

from annotated_types import Ge, Gt, Le, Len

from handrail.handbook.settings import RuleSettings
from handrail.handbook.shape import bare, choices, is_block
from tools.pages.pieces import listed


def kind_of(kind: Any) -> str:
    """What may stand there, within which limits."""
    inner = bare(kind)
    if get_origin(inner) is tuple:
        return f"list of {kind_of(get_args(inner)[0])}"
    if get_origin(inner) is dict:
        return f"map of names to {kind_of(get_args(inner)[1])}"
    if inner is Any:
        return "see [the rules](rules.md)"
    if is_block(inner) and issubclass(inner, RuleSettings):
        return "see [the rules](rules.md)"
    if is_block(inner):
        return f"[{inner.__name__}](#{inner.__name__.lower()})"
    if choices(inner):
        return listed([f"`{value}`" for value in choices(inner)], "or")
    word = {str: "text", int: "whole number", float: "number", date: "date", bool: "`true` or `false`"}[inner]
    if any(isinstance(limit, Len) and limit.max_length == 5 for limit in _limits(kind)):
        return "time of day"
    return " ".join(filter(None, [word, *map(_limit, _limits(kind))]))


def _limits(kind: Any) -> tuple[Any, ...]:
    """The limits of a type; those of `X | None` are X's."""
    if hasattr(kind, "__metadata__"):
        return tuple(kind.__metadata__)
    return next((_limits(part) for part in get_args(kind) if hasattr(part, "__metadata__")), ())


def _limit(limit: object) -> str:
    match limit:
        case Ge(ge=least):
            return f"from {least}"
        case Gt(gt=below):
            return f"above {below}"
        case Le(le=most):
            return f"to {most}"
        case _:
            return ""


def default_of(field: "dataclasses.Field[Any]") -> str:
    """What does where nothing is stated."""
    missing = dataclasses.MISSING
    value = field.default if field.default_factory is missing else field.default_factory()
    if value is missing:
        return "needed"
    if dataclasses.is_dataclass(value):
        return ""
    if value in (None, "", (), {}):
        return ""
    return f"`{', '.join(map(str, value)) if isinstance(value, tuple) else value}`"


def inside(kind: Any) -> tuple[str, type | None]:
    """The block that a setting's values are, if they are one, and what its path has between: a name or a place."""
    inner = bare(kind)
    if get_origin(inner) is dict:
        where, within = inside(get_args(inner)[1])
        return f".*{where}", within
    if get_origin(inner) is tuple:
        where, within = inside(get_args(inner)[0])
        return f"[]{where}", within
    return "", inner if is_block(inner) else None
