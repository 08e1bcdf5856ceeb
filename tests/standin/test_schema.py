from collections.abc import Iterable
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
)

from standin.graphql.schema import FILE, resolvers, schema

Described = dict[str, object]


@pytest.fixture(scope="module")
def real(shared: Path) -> GraphQLSchema:
    text = (shared / "gitlab/graphql/gitlab-18.8.graphql").read_text("utf-8")
    return build_schema(text, assume_valid=True, no_location=True)


def ours() -> GraphQLSchema:
    return build_schema(FILE.read_text("utf-8"))


def parts(known: GraphQLSchema, names: Iterable[str]) -> Described:
    """Every part of a schema by its path, with what may be held against the same part of another."""
    found: Described = {}
    for name in names:
        kind = known.type_map.get(name)
        if kind is None or is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        found[name] = type(kind).__name__
        match kind:
            case GraphQLObjectType() | GraphQLInterfaceType():
                found |= {f"{name} implements {one.name}": True for one in kind.interfaces}
                for field, definition in kind.fields.items():
                    found[f"{name}.{field}"] = str(definition.type)
                    for arg, argument in definition.args.items():
                        found[f"{name}.{field}({arg})"] = f"{argument.type}, {argument.default_value}"
            case GraphQLInputObjectType():
                for field, given in kind.fields.items():
                    found[f"{name}.{field}"] = f"{given.type}, {given.default_value}"
            case GraphQLEnumType():
                found |= {f"{name} = {value}": True for value in kind.values}
            case GraphQLUnionType():
                found |= {f"{name} = {one.name}": True for one in kind.types}
            case GraphQLScalarType():
                pass
            case _:
                raise AssertionError(f"the stand-in's schema has a {type(kind).__name__}: compare it too")
    return found


UNPUBLISHED = {"WorkItemUpdateInput.statusWidget": "WorkItemWidgetStatusInput, Undefined"}
"""An experiment among the fields of an input: introspection leaves those out, but it does not leave out their types."""


def test_contract_schema_is_part_of_gitlabs(real: GraphQLSchema) -> None:
    named = ours()
    there, told = (parts(known, named.type_map) for known in (real, named))
    assert UNPUBLISHED.keys() & there.keys() == set()
    there |= UNPUBLISHED
    assert {path: what for path, what in told.items() if there.get(path) != what} == {}
    assert len(told) > 600


def test_contract_schema_leaves_out_no_argument_that_gitlab_needs(real: GraphQLSchema) -> None:
    for name, kind in ours().type_map.items():
        if not isinstance(kind, GraphQLObjectType) or is_introspection_type(kind):
            continue
        there = real.type_map[name]
        assert isinstance(there, GraphQLObjectType)
        for field, definition in kind.fields.items():
            needed = {n for n, arg in there.fields[field].args.items() if str(arg.type).endswith("!")}
            assert needed <= set(definition.args), f"{name}.{field}"


@pytest.mark.parametrize("tier", ["premium", "free"])
def test_every_field_has_a_resolver(tier: str) -> None:
    found = resolvers(tier)
    for name, kind in schema(tier).type_map.items():
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__"):
            assert set(found[name]) == set(kind.fields)


def test_free_has_nothing_of_premium() -> None:
    known = schema("free").type_map
    assert "WorkItemWidgetStatus" not in known
    assert "WorkItemWidgetWeight" not in known
    kinds = known["IssueType"]
    assert isinstance(kinds, GraphQLEnumType)
    assert "EPIC" not in kinds.values
    assert "ISSUE" in kinds.values
