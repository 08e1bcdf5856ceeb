"""Every document that the reader sends runs on the stand-in, on both tiers."""

from collections.abc import Mapping
from typing import Any

import pytest
from graphql import NonNullTypeNode, OperationDefinitionNode, get_operation_ast, parse, print_ast

import standin
from handrail.gitlab import documents
from handrail.testing import Told
from standin.access import READER
from standin.graphql.endpoint import answer
from standin.world import World

PARTS = {
    "premium": documents.PARTS,
    "free": documents.PARTS - {"status", "weight", "health", "progress"},
}
VALUES: Mapping[str, Any] = {
    "path": "gitlab-org/omnibus-gitlab",
    "group": "gitlab-org",
    "iid": "8857",
    "username": "nadia",
    "usernames": ["nadia"],
    "refs": ["gitlab-org/omnibus-gitlab#8857"],
}


@pytest.mark.parametrize("tier", ["premium", "free"])
@pytest.mark.parametrize("name", documents.names())
def test_contract_document_runs(demo: standin.StandIn, tier: str, name: str) -> None:
    world = demo.world if tier == "premium" else World(Told((), demo.world.team), tier="free")
    text = documents.document(name, PARTS[tier])
    found = answer(world, READER, text, variables_of(text), None)
    assert "errors" not in found.body
    assert 0 < found.cost <= 250
    assert found.operation


def variables_of(text: str) -> dict[str, Any]:
    """A value for every variable that a document cannot do without."""
    operation = get_operation_ast(parse(text))
    assert isinstance(operation, OperationDefinitionNode)
    needed = {
        variable.variable.name.value: print_ast(variable.type)
        for variable in operation.variable_definitions or ()
        if isinstance(variable.type, NonNullTypeNode) and variable.default_value is None
    }
    return {name: VALUES.get(name, value_of(kind)) for name, kind in needed.items()}


def value_of(kind: str) -> object:
    match kind.rstrip("!"):
        case "WorkItemID":
            return "gid://gitlab/WorkItem/1"
        case "MergeRequestID":
            return "gid://gitlab/MergeRequest/1"
        case "Int":
            return 10
        case bare if bare.startswith("["):
            return []
        case _:
            return "gitlab-org/omnibus-gitlab"
