"""What a query costs by GitLab's formula: a field 1, a connection one hundredth more for each item of a page.

Source: GitLab's ``Types::BaseField#field_resolver_complexity`` and ``Resolvers::BaseResolver.resolver_complexity``.
Some of GitLab's connections have a constant cost in place of the hundredths. Here all have the hundredths, so that
nothing is cheaper than there.
"""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLField, get_named_type

LIMIT, ANONYMOUS_LIMIT = 250, 200
DEPTH_LIMIT = 20
SIZE_LIMIT = 10_000
GITALY = frozenset(
    {
        "canMerge",
        "canUpdate",
        "conflicts",
        "mergeable",
        "detailedMergeStatus",
        "rootRef",
        "branchNames",
        "empty",
        "exists",
        "diffStats",
    }
)
"""Fields for which GitLab asks the repository's server: one more each."""


def cost_of(definition: GraphQLField, name: str, args: Mapping[str, Any], child: int) -> int:
    """The field's cost with all that is under it."""
    cost = child + 1 + (name in GITALY)
    if not get_named_type(definition.type).name.endswith("Connection"):
        return cost
    cost += bool(args.get("sort")) + 5 * bool(args.get("search")) + 2 * bool(args.get("labelName"))
    page = min(size for size in (args.get("first"), args.get("last"), 100) if size is not None)
    return int(cost + cost * page * 0.01)
