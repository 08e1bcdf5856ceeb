"""The schema that an instance of a tier offers, and the resolvers of every field of it."""

from functools import cache
from pathlib import Path

from graphql import (
    DocumentNode,
    EnumTypeDefinitionNode,
    GraphQLSchema,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    TypeNode,
    build_ast_schema,
    is_object_type,
    parse,
)

from standin.graphql.executor import Resolver
from standin.graphql.query import CONNECTION, EDGE, RESOLVERS

FILE = Path(__file__).parent.parent / "schema.graphql"
PREMIUM_TYPES = frozenset(
    {
        "HealthStatus",
        "WorkItemWidgetHealthStatus",
        "WorkItemWidgetProgress",
        "WorkItemStatus",
        "WorkItemStatusCategoryEnum",
        "WorkItemStatusConnection",
        "WorkItemStatusEdge",
        "WorkItemWidgetDefinitionStatus",
        "WorkItemWidgetStatus",
        "WorkItemWidgetStatusInput",
        "WorkItemWidgetWeight",
    }
)
PREMIUM_FIELDS = {
    "Issue": {"weight", "status", "blockedByIssues"},
    "MergeRequest": {"approvalsLeft", "approvalsRequired", "changeRequesters"},
    "WorkItemWidgetLinkedItems": {"blocked", "blockedByCount", "blockingCount"},
    "WorkItem": {"promotedToEpicUrl"},
}
PREMIUM_VALUES = {
    "IssueType": {"EPIC", "REQUIREMENT", "TEST_CASE", "OBJECTIVE", "KEY_RESULT"},
    "WorkItemWidgetType": {"STATUS", "WEIGHT", "HEALTH_STATUS", "ITERATION", "COLOR", "PROGRESS", "CUSTOM_FIELDS"},
}


@cache
def schema(tier: str) -> GraphQLSchema:
    """The schema: on Free what Premium adds is not there at all, as in GitLab's Community Edition."""
    document = parse(FILE.read_text("utf-8"), no_location=True)
    return build_ast_schema(document if tier == "premium" else _free(document))


@cache
def resolvers(tier: str) -> dict[str, dict[str, Resolver]]:
    """For every object type and field its resolver. Raises KeyError if one has none."""
    found: dict[str, dict[str, Resolver]] = {}
    for name, kind in schema(tier).type_map.items():
        if not is_object_type(kind) or name.startswith("__"):
            continue
        offered = CONNECTION if name.endswith("Connection") else EDGE if name.endswith("Edge") else RESOLVERS[name]
        found[name] = {field: offered[field] for field in kind.fields}
    return found


def _free(document: DocumentNode) -> DocumentNode:
    kept = []
    for node in document.definitions:
        name = node.name.value if hasattr(node, "name") and node.name else ""
        if name in PREMIUM_TYPES:
            continue
        if isinstance(node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | InputObjectTypeDefinitionNode):
            gone = PREMIUM_FIELDS.get(name, set())
            fields = [f for f in node.fields or () if f.name.value not in gone and _named(f.type) not in PREMIUM_TYPES]
            node = type(node)(**{key: getattr(node, key) for key in node.keys} | {"fields": tuple(fields)})  # noqa: PLW2901
        elif isinstance(node, EnumTypeDefinitionNode):
            gone = PREMIUM_VALUES.get(name, set())
            values = tuple(v for v in node.values or () if v.name.value not in gone)
            node = EnumTypeDefinitionNode(name=node.name, values=values, directives=())  # noqa: PLW2901
        kept.append(node)
    return DocumentNode(definitions=tuple(kept))


def _named(node: TypeNode) -> str:
    while hasattr(node, "type"):
        node = node.type
    return str(node.name.value)  # type: ignore[attr-defined]
