"""Holds a JSON value against GitLab's Swagger definitions.

They are made of annotations in GitLab's code and say less than they seem to: nothing of null, so it may stand anywhere;
"string" where no type was written, so a string is insisted on only where an example or a format shows one; and one
object where a list of them is meant, so a list is held against it one by one.
"""

from collections.abc import Iterator, Mapping
from typing import Any

TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
}


def problems(value: Any, schema: Mapping[str, Any], definitions: Mapping[str, Any], at: str = "$") -> Iterator[str]:
    """What is wrong with the value, by path: a field that GitLab does not have, or one of another type."""
    if value is None:
        return
    if isinstance(value, list) and schema.get("type", "object") == "object":
        for inner in value:
            yield from problems(inner, schema, definitions, f"{at}[]")
        return
    if "$ref" in schema:
        yield from problems(value, definitions[schema["$ref"].rpartition("/")[2]], definitions, at)
        return
    kind = schema.get("type")
    if kind == "string" and "format" not in schema and not isinstance(schema.get("example"), str):
        kind = None
    if kind is not None and (
        not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind in {"integer", "number"})
    ):
        yield f"{at} is a {type(value).__name__}, not {kind}"
        return
    if isinstance(value, dict) and "properties" in schema:
        yield from _of_fields(value, schema["properties"], definitions, at)
    if isinstance(value, list):
        for inner in value:
            yield from problems(inner, schema.get("items", {}), definitions, f"{at}[]")
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at} is {value!r}, not one of {schema['enum']}"


def _of_fields(
    value: Mapping[str, Any], known: Mapping[str, Any], definitions: Mapping[str, Any], at: str
) -> Iterator[str]:
    for name, inner in value.items():
        if name in known:
            yield from problems(inner, known[name], definitions, f"{at}.{name}")
        else:
            yield f"{at}.{name} is not GitLab's"
