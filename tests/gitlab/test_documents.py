"""Every document is one that a real GitLab accepts: valid in its schema, and not too complex."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    build_ast_schema,
    get_named_type,
    parse,
    print_ast,
    validate,
    value_from_ast_untyped,
)

from handrail.gitlab.documents import (
    AT_ONCE,
    ISSUE_LISTS,
    MERGE_REQUEST_LISTS,
    PARTS,
    document,
    document_for,
    document_of_pipelines,
    document_of_surroundings,
    names,
)

LIMIT = 250
"""GitLab's for a signed-in user."""
PATTERNS = ("*-stable", "stable-*")
EVERY_PART = [PARTS, frozenset(), *(frozenset({part}) for part in sorted(PARTS))]


@pytest.fixture(scope="module")
def schema(shared: Path) -> GraphQLSchema:
    text = (shared / "gitlab/graphql/gitlab-18.8.graphql").read_text("utf-8")
    return build_ast_schema(parse(text, no_location=True), assume_valid=True)


@pytest.mark.parametrize("name", names())
def test_contract_document_is_valid_in_the_schema_of_a_real_gitlab(name: str, schema: GraphQLSchema) -> None:
    for parts in EVERY_PART:
        assert validate(schema, parse(document(name, parts))) == []


@pytest.mark.parametrize("name", names())
def test_contract_document_is_less_complex_than_gitlab_allows(name: str, schema: GraphQLSchema) -> None:
    assert complexity(schema, parse(document(name))) < LIMIT


@pytest.mark.parametrize("lists", [ISSUE_LISTS, MERGE_REQUEST_LISTS], ids=["issues", "merge requests"])
def test_contract_document_for_several_lists_is_valid_and_simple_enough(
    lists: Mapping[str, str], schema: GraphQLSchema
) -> None:
    text = parse(document_for(([*lists] * AT_ONCE)[:AT_ONCE]))
    assert validate(schema, text) == []
    assert complexity(schema, text) < LIMIT


def test_contract_document_of_several_projects_pipelines_is_valid_and_simple_enough(schema: GraphQLSchema) -> None:
    text = parse(document_of_pipelines(AT_ONCE))
    assert validate(schema, text) == []
    assert complexity(schema, text) < LIMIT


@pytest.mark.parametrize("place", ["project", "group"])
def test_contract_document_of_surroundings_with_branches_is_valid_and_simple_enough(
    place: str, schema: GraphQLSchema
) -> None:
    text = parse(document_of_surroundings(place, ['*-"stable"\\', *PATTERNS]))
    assert validate(schema, text) == []
    assert complexity(schema, text) < LIMIT
    assert 'b0: branchNames(searchPattern: "*-\\"stable\\"\\\\"' in print_ast(text)


def test_document_without_its_optional_parts_does_not_name_them() -> None:
    assert "WorkItemWidgetStatus" in document("project_work_items")
    assert "WorkItemWidgetStatus" not in document("project_work_items", frozenset({"weight"}))
    assert "WorkItemWidgetWeight" in document("project_work_items", frozenset({"weight"}))


def complexity(schema: GraphQLSchema, text: DocumentNode) -> int:
    """GitLab's formula: a field counts 1, and a connection adds a hundredth of its worth for each item of a page.

    An upper bound of what GitLab reckons: sort counts 1 more, and fragments on different types are added up.
    """
    fragments = {node.name.value: node for node in text.definitions if isinstance(node, FragmentDefinitionNode)}
    operation = next(node for node in text.definitions if isinstance(node, OperationDefinitionNode))
    defaults = {
        variable.variable.name.value: value_from_ast_untyped(variable.default_value)
        for variable in operation.variable_definitions or ()
        if variable.default_value
    }
    assert schema.query_type is not None
    return int(_worth(schema, schema.query_type, operation.selection_set, fragments, defaults))


def _worth(
    schema: GraphQLSchema,
    parent: Any,
    selections: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> float:
    total = 0.0
    for node in selections.selections:
        if not isinstance(node, FieldNode):
            body: Any = fragments[node.name.value] if hasattr(node, "name") else node
            on = schema.type_map[body.type_condition.name.value]
            total += _worth(schema, on, body.selection_set, fragments, variables)
            continue
        if node.name.value.startswith("__"):
            total += 1
            continue
        field = parent.fields[node.name.value]
        named = get_named_type(field.type)
        arguments = {a.name.value: value_from_ast_untyped(a.value, dict(variables)) for a in node.arguments or ()}
        worth = 1.0 + ("sort" in arguments)
        if node.selection_set:
            worth += _worth(schema, named, node.selection_set, fragments, variables)
        if isinstance(named, GraphQLObjectType) and named.name.endswith("Connection"):
            worth += worth * min(arguments.get("first") or 100, 100) * 0.01
        total += int(worth)
    return total
