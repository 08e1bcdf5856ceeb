"""The JSON Schema of a team's handbook file, for editors: made of the schema's dataclasses, descriptions included.

A file states only what it changes, so nothing is required in what merges with the handbook it extends, and `null`
removes. What a list holds is whole, because lists replace.
"""

from typing import Any, TypeAlias, get_args, get_origin

from handrail.handbook.schema import Handbook
from handrail.handbook.shape import bare, descriptions, fields, is_block, needed

Schema: TypeAlias = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_EXTENDS: Schema = {
    "description": "The handbook that this one changes: `distribution`, which comes with Handrail and is meant where "
    "the key is missing; the path of another file, relative to this one; or null to stand alone.",
    "anyOf": [{"type": "string", "minLength": 1}, {"type": "null"}],
    "default": "distribution",
}
_REPLACES: Schema = {
    "description": "Maps of which this file extends nothing, by their keys: `[sources, groups]`.",
    "type": "array",
    "items": {"type": "string", "minLength": 1},
}


def json_schema(shape: type[Handbook] = Handbook) -> Schema:
    """The JSON Schema (draft 2020-12) of a handbook file, by a handbook's shape (see `handbook.load.load`)."""
    from pydantic import TypeAdapter

    whole = TypeAdapter(shape).json_schema()
    definitions: Schema = whole.pop("$defs")
    blocks = _blocks(shape, merging=True, found={})
    for block, merging in blocks.items():
        definition = whole if block is shape else definitions[block.__name__]
        _describe(definition, block)
        _loosen(definition, block, merging=merging)
    whole["properties"] = {"extends": _EXTENDS, "replaces": _REPLACES} | whole["properties"]
    return {"$schema": _DIALECT, **whole, "$defs": definitions}


def _blocks(kind: Any, *, merging: bool, found: dict[type, bool]) -> dict[type, bool]:
    """The blocks below a type, and whether a file may state them in part because they merge."""
    inner = bare(kind)
    if is_block(inner):
        if found.get(inner) in {True, merging}:
            return found
        found[inner] = merging
        for field in fields(inner).values():
            _blocks(field, merging=merging, found=found)
    elif get_origin(inner) in {dict, tuple}:
        below = get_args(inner)[1 if get_origin(inner) is dict else 0]
        _blocks(below, merging=merging and get_origin(inner) is dict, found=found)
    return found


def _describe(definition: Schema, block: type) -> None:
    definition["description"] = " ".join((block.__doc__ or "").split())
    for name, says in descriptions(block).items():
        definition["properties"][name]["description"] = says


def _loosen(definition: Schema, block: type, *, merging: bool) -> None:
    """Lets a file leave out what it does not change, and remove with null what need not be there."""
    if merging:
        definition.pop("required", None)
    for name, schema in definition["properties"].items():
        schema.pop("title", None)  # pydantic's is the name once more, capitalised
        if merging or name not in needed(block):
            definition["properties"][name] = _or_null(schema)
        entries = definition["properties"][name].get("additionalProperties")
        if merging and isinstance(entries, dict):
            definition["properties"][name]["additionalProperties"] = _or_null(entries)


def _or_null(schema: Schema) -> Schema:
    """The schema, and null beside it; its description and default stay where editors look for them."""
    if {"type": "null"} in schema.get("anyOf", ()):
        return schema
    if isinstance(schema.get("type"), str) and not {"const", "enum"} & schema.keys():
        return schema | {"type": [schema["type"], "null"]}
    told = {key: schema[key] for key in ("description", "default") if key in schema}
    return told | {"anyOf": [{key: schema[key] for key in schema if key not in told}, {"type": "null"}]}
