"""The schema's dataclasses from outside: the type at a key path, its fields, choices and descriptions."""

import ast
import dataclasses
import inspect
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Gt, Len

from handrail.handbook.document import KeyPath, Plain
from handrail.handbook.schema import Handbook


@cache
def fields(block: type) -> dict[str, Any]:
    """A block's fields, in order, with their whole types (limits included)."""
    hints = get_type_hints(block, include_extras=True)
    return {field.name: hints[field.name] for field in dataclasses.fields(block)}


def bare(kind: Any) -> Any:
    """A type without its limits and without None."""
    if get_origin(kind) is Annotated:
        return bare(get_args(kind)[0])
    if get_origin(kind) in {Union, UnionType}:
        return bare(next(part for part in get_args(kind) if part is not NoneType))
    return kind


def at(path: KeyPath, kind: Any = Handbook) -> Any:
    """The type, limits included, of what stands at `path`; None where the schema has nothing there."""
    for key in path:
        outer = bare(kind)
        if dataclasses.is_dataclass(outer) and isinstance(outer, type):
            kind = fields(outer).get(str(key))
        elif get_origin(outer) is dict:
            kind = get_args(outer)[1]
        elif get_origin(outer) is tuple:
            kind = get_args(outer)[0]
        else:
            return None
        if kind is None:
            return None
    return kind


def choices(kind: Any) -> tuple[Any, ...]:
    """The values that a closed type allows; none: any."""
    inner = bare(kind)
    return get_args(inner) if get_origin(inner) is Literal else ()


def is_block(kind: Any) -> bool:
    """Whether it is one of the schema's dataclasses."""
    return isinstance(bare(kind), type) and dataclasses.is_dataclass(bare(kind))


def needed(block: type) -> tuple[str, ...]:
    """The fields of a block that have no default."""
    missing = dataclasses.MISSING
    return tuple(
        field.name
        for field in dataclasses.fields(block)
        if field.default is missing and field.default_factory is missing
    )


def stand_in(kind: Any) -> Plain:
    """The least value that a type accepts: it holds a wrong value's place while the rest is checked."""
    inner = bare(kind)
    limits = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
    least = max((limit.min_length for limit in limits if isinstance(limit, Len)), default=0)
    if is_block(inner):
        hints = fields(inner)
        return {name: stand_in(hints[name]) for name in needed(inner)}
    if get_origin(inner) is dict:
        return {"?" * number: stand_in(get_args(inner)[1]) for number in range(1, least + 1)}
    if get_origin(inner) is tuple:
        return [stand_in(get_args(inner)[0]) for _ in range(least)]
    if choices(inner):
        return choices(inner)[0]  # type: ignore[no-any-return]  # a Literal's values are plain
    if inner is str:
        return "?" * least
    if inner in {int, float}:
        return int(any(isinstance(limit, Ge | Gt) for limit in limits))  # all of them begin at 0 or 1
    return "2000-01-01"  # a date, the one other kind there is


@cache
def descriptions(block: type) -> dict[str, str]:
    """What the source says below each field of a block that has such a text; what it inherits comes with it."""
    found: dict[str, str] = {}
    for parent in block.__bases__:
        found |= descriptions(parent) if dataclasses.is_dataclass(parent) else {}
    try:
        body = ast.parse(inspect.getsource(block)).body[0]
    except (OSError, TypeError):  # put together from the rules' settings: no source of its own
        return found
    assert isinstance(body, ast.ClassDef)
    for field, text in zip(body.body, body.body[1:], strict=False):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as says)):
                found[name] = " ".join(says.split())
            case _:
                pass
    return found
