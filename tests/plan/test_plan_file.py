"""Plans as files: what was reviewed is what is applied."""

import json
from datetime import timedelta

import pytest
from msgspec.structs import replace

from handrail.errors import UserError
from handrail.model.actions import Action, AddLabels, Comment, CreateItem, Evidence, Expectation
from handrail.model.plans import Conflict, Plan, Refusal
from handrail.plan.plan_file import check_timely, dump_plan, load_plan
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
    "no-spike",
    ("required_labels/no-spike/gitlab-org/omnibus-gitlab#1",),
)
COMMENT = Action("triage", "duty.triage", "a/b!2", Comment("t", ("nadia",), "thank you", "Please look."), "It waits.")
CREATE = Action(
    "recurring_duties", "groups.build", "a/b", CreateItem("x", "A title", "Words", ("spike",)), "It is due."
)
REFUSED = (Refusal(CREATE, "later", NOW), Refusal(COMMENT, "it is night", NOW, unsaid=True))
PLAN = Plan(NOW, (ACTION, COMMENT), (Conflict((ACTION, CREATE), "both"),), REFUSED, "too much")


def test_a_plan_comes_back_as_it_was() -> None:
    assert load_plan(dump_plan(PLAN), "plan.json") == PLAN


def test_the_file_tells_what_people_look_for() -> None:
    told = json.loads(dump_plan(PLAN))
    assert set(told) == {"digest", "at", "actions", "conflicts", "refused", "too_large", "gitlab", "seal"}
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


@pytest.mark.parametrize(
    "change",
    [
        {"digest": "0" * 16},
        {"at": "2030-01-01T00:00:00Z"},
        {"too_large": ""},
        {"gitlab": "gitlab.example.com"},
        {"refused": []},
        {"change": {"kind": "add_labels", "labels": ["another"]}},
        {"kind": "comment"},
        {"key": "0" * 16},
        {"mode": "at once"},
    ],
)
def test_a_file_that_was_changed_is_refused(change: dict[str, object]) -> None:
    told = json.loads(dump_plan(PLAN))
    (told if change.keys() <= told.keys() else told["actions"][0]).update(change)
    with pytest.raises(UserError, match=r"^plan\.json was changed after it was made, .* “handrail plan -o FILE”\.$"):
        load_plan(json.dumps(told).encode(), "plan.json")


def test_a_plan_is_good_for_a_few_days_from_when_it_was_made() -> None:
    plan = replace(PLAN, gitlab="gitlab.example.com")
    for after in (timedelta(minutes=-4), timedelta(0), timedelta(days=3)):
        check_timely(plan, "plan.json", NOW + after)
    for after in (timedelta(minutes=-6), timedelta(days=3, seconds=1)):
        with pytest.raises(UserError, match=r"^plan\.json was made for 2026-06-02 14:00 UTC, and a plan is good for 3"):
            check_timely(plan, "plan.json", NOW + after)
    with pytest.raises(UserError, match=r"^plan\.json is for looking at only"):
        check_timely(PLAN, "plan.json", NOW)


@pytest.mark.parametrize("content", [b"", b"no json", b"{}", b'{"digest": 1}', b"\xff\xfe", b"[]"])
def test_what_is_no_plan_is_told(content: bytes) -> None:
    with pytest.raises(UserError, match=r"^plan\.json is no plan of Handrail’s \(.+\): make it anew"):
        load_plan(content, "plan.json")
