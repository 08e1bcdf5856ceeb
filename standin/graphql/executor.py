"""Runs a document over the resolvers, compiled for each request into a tree of closures.

That is many times faster than graphql-core's own executor, and a bench reads 20,000 items. Parsing, validating and
coercing values are graphql-core's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLDirective,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SchemaMetaFieldDef,
    SelectionSetNode,
    TypeMetaFieldDef,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.values import VariableValues, get_argument_values, get_directive_values

from standin.graphql.connections import Problem
from standin.graphql.costs import cost_of

Resolver = Callable[[Any, Mapping[str, Any], Any], Any]
Resolvers = Mapping[str, Mapping[str, Resolver]]
"""By type and field: from the object, the arguments and the world to the value."""
Complete = Callable[[Any], Any]


class _Null(Exception):  # noqa: N818
    """A non-null field was null: its parent is null in its place."""


@dataclass
class Compiled:
    """A document ready to run, and what it costs by GitLab's formula."""

    run: Callable[[Any], Any]
    """From the root object to the data."""
    cost: int
    depth: int
    errors: list[dict[str, object]] = field(default_factory=list)


@dataclass
class Compiler:
    """Compiles one operation for one set of variables."""

    schema: GraphQLSchema
    resolvers: Resolvers
    world: Any
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues
    type_name: Callable[[Any], str]
    errors: list[dict[str, object]] = field(default_factory=list)
    _deepest: int = 0

    def operation(self, node: OperationDefinitionNode) -> Compiled:
        """The whole operation."""
        is_query = node.operation is OperationType.QUERY
        root = self.schema.query_type if is_query else self.schema.mutation_type
        assert root is not None
        complete, cost = self._object(root, [node.selection_set], 0)
        return Compiled(self._nullable(complete), cost, self._deepest, self.errors)

    # --- selections ----------------------------------------------------------------------------------

    def _collect(
        self, kind: GraphQLObjectType, sets: list[SelectionSetNode], into: dict[str, list[FieldNode]] | None = None
    ) -> dict[str, list[FieldNode]]:
        """The fields that an object of the type answers, by response key, fragments opened."""
        fields = {} if into is None else into
        for selection in (selection for chosen in sets for selection in chosen.selections):
            if not self._included(selection):
                continue
            if isinstance(selection, FieldNode):
                key = (selection.alias or selection.name).value
                fields.setdefault(key, []).append(selection)
                continue
            assert isinstance(selection, InlineFragmentNode | FragmentSpreadNode)
            inner = self.fragments[selection.name.value] if isinstance(selection, FragmentSpreadNode) else selection
            condition = inner.type_condition.name.value if inner.type_condition else kind.name
            fits = condition == kind.name or any(i.name == condition for i in kind.interfaces)
            union = self.schema.type_map.get(condition)
            if fits or (is_abstract_type(union) and self.schema.is_sub_type(union, kind)):
                self._collect(kind, [inner.selection_set], fields)
        return fields

    def _included(self, node: Any) -> bool:
        if not node.directives:
            return True

        def says(directive: GraphQLDirective) -> bool | None:
            values = get_directive_values(directive, node, self.variables)
            return None if values is None else values["if_" if "if_" in values else "if"]

        return not says(GraphQLSkipDirective) and says(GraphQLIncludeDirective) is not False

    # --- types ---------------------------------------------------------------------------------------

    def _object(self, kind: GraphQLObjectType, sets: list[SelectionSetNode], depth: int) -> tuple[Complete, int]:
        steps: list[tuple[str, Resolver, Mapping[str, Any], Complete]] = []
        total = 0
        for key, nodes in self._collect(kind, sets).items():
            name = nodes[0].name.value
            if name == "__typename":
                steps.append((key, _constant(kind.name), {}, _same))
                total += 1
                continue
            definition = self._definition(kind, name)
            args = get_argument_values(definition, nodes[0], self.variables)
            inner = [node.selection_set for node in nodes if node.selection_set]
            complete, child = self._type(definition.type, inner, depth + 1, f"{kind.name}.{name}")
            steps.append((key, self._resolver(kind, name, definition), args, complete))
            total += cost_of(definition, name, args, child)
        self._deepest = max(self._deepest, depth)
        world = self.world

        def run(value: Any) -> dict[str, Any]:
            return {key: complete(resolve(value, args, world)) for key, resolve, args, complete in steps}

        return run, total

    def _definition(self, kind: GraphQLObjectType, name: str) -> GraphQLField:
        if kind is self.schema.query_type and name in {"__schema", "__type"}:
            meta: GraphQLField = SchemaMetaFieldDef if name == "__schema" else TypeMetaFieldDef
            return meta
        definition: GraphQLField = kind.fields[name]
        return definition

    def _resolver(self, kind: GraphQLObjectType, name: str, definition: GraphQLField) -> Resolver:
        if name.startswith("__") or kind.name.startswith("__"):
            told = SimpleNamespace(schema=self.schema)
            ask = definition.resolve
            if ask is None:
                return lambda value, _args, _world: getattr(value, name)
            return lambda value, args, _world: ask(value, told, **args)
        resolve = self.resolvers[kind.name][name]
        may_fail = kind is self.schema.mutation_type or get_named_type(definition.type).name.endswith("Connection")
        return self._guarded(resolve) if may_fail else resolve

    def _guarded(self, resolve: Resolver) -> Resolver:
        """What is asked with a cursor or a filter that is none, or must not be changed: an error, null in its place."""

        def run(value: Any, args: Mapping[str, Any], world: Any) -> Any:
            try:
                return resolve(value, args, world)
            except Problem as problem:
                self.errors.append({"message": str(problem)})
                return None

        return run

    def _type(self, kind: Any, sets: list[SelectionSetNode], depth: int, where: str) -> tuple[Complete, int]:
        if is_non_null_type(kind):
            inner, cost = self._bare(kind.of_type, sets, depth, where)
            return _required(inner, where), cost
        inner, cost = self._bare(kind, sets, depth, where)
        return self._nullable(inner), cost

    def _bare(self, kind: Any, sets: list[SelectionSetNode], depth: int, where: str) -> tuple[Complete, int]:
        if is_list_type(kind):
            each, cost = self._type(kind.of_type, sets, depth, where)
            return lambda values: [each(value) for value in values], cost
        if is_leaf_type(kind):
            return _LEAVES.get(get_named_type(kind).name, _same), 0
        if not is_abstract_type(kind):
            return self._object(kind, sets, depth)
        possible = {t.name: self._object(t, sets, depth) for t in self.schema.get_possible_types(kind)}
        runs = {name: complete for name, (complete, _) in possible.items()}
        name_of = self.type_name
        return lambda value: runs[name_of(value)](value), max(cost for _, cost in possible.values())

    def _nullable(self, complete: Complete) -> Complete:
        def run(value: Any) -> Any:
            if value is None:
                return None
            try:
                return complete(value)
            except _Null as null:
                self.errors.append({"message": str(null)})
                return None

        return complete if complete is _same else run


def _required(complete: Complete, where: str) -> Complete:
    def run(value: Any) -> Any:
        if value is None:
            raise _Null(f"Cannot return null for non-nullable field {where}")
        return complete(value)

    return run


def _constant(value: str) -> Resolver:
    return lambda _value, _args, _world: value


def _same(value: Any) -> Any:
    return value


def _instant(value: datetime | date | None) -> str | None:
    if value is None:
        return None
    if not isinstance(value, datetime):
        return f"{value.isoformat()}T00:00:00Z"
    return value.isoformat().replace("+00:00", "Z")


_LEAVES: dict[str, Complete] = {
    "Time": _instant,
    "Date": lambda value: None if value is None else value.isoformat()[:10],
    "__TypeKind": lambda value: value.name,
    "__DirectiveLocation": lambda value: value.name,
}
