"""Plans as files: what was reviewed is what is applied."""

import json

import pytest

from handrail.errors import UserError
from handrail.model.actions import Action, AddLabels, Comment, CreateItem, Evidence, Expectation
from handrail.model.plans import Conflict, Plan, Refusal
from handrail.plan.plan_file import dump_plan, load_plan
from handrail.testing import NOW

ACTION = Action(
    "required_labels",
    "labels.team",
    "gitlab-org/omnibus-gitlab#1",
    AddLabels(("spike",)),
    "It is research.",
    (Expectation("state", "opened"), Expectation("scope", "", "priority")),
    (Evidence("its title says so", NOW, "gitlab-org/omnibus-gitlab#1"),),
    ("nadia",),
    "19.1",
    "apply",
)
COMMENT = Action("triage", "duty.triage", "a/b!2", Comment("t", ("nadia",), "thank you", "Please look."), "It waits.")
CREATE = Action(
    "recurring_duties", "groups.build", "a/b", CreateItem("x", "A title", "Words", ("spike",)), "It is due."
)
PLAN = Plan(NOW, (ACTION, COMMENT), (Conflict((ACTION, CREATE), "both"),), (Refusal(CREATE, "later", NOW),), "too much")


def test_a_plan_comes_back_as_it_was() -> None:
    assert load_plan(dump_plan(PLAN), "plan.json") == PLAN


def test_the_file_tells_what_people_look_for() -> None:
    told = json.loads(dump_plan(PLAN))
    assert set(told) == {"digest", "at", "actions", "conflicts", "refused", "too_large"}
    assert told["digest"] == PLAN.digest
    first = told["actions"][0]
    assert (first["rule"], first["clause"], first["kind"], first["subject"], first["why"], first["key"]) == (
        "required_labels",
        "labels.team",
        "add_labels",
        "gitlab-org/omnibus-gitlab#1",
        "It is research.",
        ACTION.key,
    )
    assert first["expects"][0] == {"what": "state", "value": "opened"}
    assert first["change"] == {"kind": "add_labels", "labels": ["spike"]}


@pytest.mark.parametrize("change", ["label", "digest", "key"])
def test_a_file_that_was_changed_is_refused(change: str) -> None:
    told = json.loads(dump_plan(PLAN))
    match change:
        case "label":
            told["actions"][0]["change"]["labels"] = ["another"]
        case "digest":
            told["digest"] = "0" * 16
        case _:
            told["actions"][0]["key"] = "0" * 16
    with pytest.raises(UserError, match=r"^plan\.json was changed after it was made, .* “handrail plan -o FILE”\.$"):
        load_plan(json.dumps(told).encode(), "plan.json")


@pytest.mark.parametrize("content", [b"", b"no json", b"{}", b'{"digest": 1}', b"\xff\xfe", b"[]"])
def test_what_is_no_plan_is_told(content: bytes) -> None:
    with pytest.raises(UserError, match=r"^plan\.json is no plan of Handrail’s \(.+\): make it anew"):
        load_plan(content, "plan.json")
