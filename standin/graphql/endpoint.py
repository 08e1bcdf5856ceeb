"""``POST /api/graphql``: from a body to an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from standin.graphql.costs import ANONYMOUS_LIMIT, DEPTH_LIMIT, LIMIT, SIZE_LIMIT
from standin.graphql.executor import Compiler
from standin.graphql.query import Caller, type_name
from standin.graphql.schema import resolvers, schema
from standin.world import World


@dataclass(frozen=True)
class Answer:
    """What is sent back, and what the request was."""

    body: Mapping[str, Any]
    operation: str = ""
    cost: int = 0


def answer(
    world: World,
    caller: str | None,
    query: object,
    variables: object,
    operation_name: str | None,
    *,
    may_write: bool = False,
) -> Answer:
    """Run one operation. Everything wrong with it is said in ``errors``, with the status 200, as GitLab does."""
    if not isinstance(query, str) or not query.strip():
        return _errors("Unexpected end of document")
    if len(query) > SIZE_LIMIT:
        return _errors("Query too large")
    try:
        document, problems = _checked(query, world.tier)
    except GraphQLSyntaxError as error:
        return _errors(error.message, operation_name)
    if problems:
        return Answer({"errors": [error.formatted for error in problems]}, operation_name or "")
    operation = get_operation_ast(document, operation_name)
    if operation is None:
        return _errors(f"No operation named {operation_name!r}" if operation_name else "An operation name is required")
    name = operation.name.value if operation.name else ""
    if operation.operation is OperationType.SUBSCRIPTION:
        return _errors("Schema is not configured for subscriptions", name)
    given = variables if isinstance(variables, dict) else {}
    return _run(world, Caller(caller, may_write), document, operation, given, name)


def _run(
    world: World,
    caller: Caller,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    given: dict[str, Any],
    name: str,
) -> Answer:
    known = schema(world.tier)
    variables = get_variable_values(known, operation.variable_definitions or (), given)
    if isinstance(variables, list):
        return Answer({"errors": [error.formatted for error in variables]}, name)
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    try:
        compiled = Compiler(known, resolvers(world.tier), world, fragments, variables, type_name).operation(operation)
    except GraphQLError as error:
        return _errors(error.message, name)
    limit = LIMIT if caller.username else ANONYMOUS_LIMIT
    if compiled.cost > limit:
        why = f"Query has complexity of {compiled.cost}, which exceeds max complexity of {limit}"
        return Answer({"errors": [{"message": why}]}, name, compiled.cost)
    if compiled.depth > DEPTH_LIMIT:
        return _errors(f"Query has depth of {compiled.depth}, which exceeds max depth of {DEPTH_LIMIT}", name)
    caller.cost = compiled.cost
    data = compiled.run(caller)
    body: dict[str, Any] = {"data": data}
    if compiled.errors:
        body["errors"] = compiled.errors
    return Answer(body, name, compiled.cost)


@lru_cache(256)
def _checked(query: str, tier: str) -> tuple[DocumentNode, list[GraphQLError]]:
    document = parse(query, max_tokens=20_000)
    return document, validate(schema(tier), document)


def _errors(message: str, operation: str | None = None) -> Answer:
    return Answer({"errors": [{"message": message}]}, operation or "")
