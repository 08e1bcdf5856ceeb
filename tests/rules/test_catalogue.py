"""The rules as a whole: what is asked of one item is what is found of it among all."""

from datetime import date
from pathlib import Path

import pytest

from handrail.handbook.load import find_problems, load
from handrail.model.items import Item
from handrail.model.people import Away, Person
from handrail.rules.catalogue import asked, findings, findings_about, rules, whole_handbook
from handrail.rules.desk import Desk
from handrail.testing import (
    MILESTONE,
    PEOPLE,
    a_handbook,
    a_merge_request,
    a_red_branch,
    a_snapshot,
    an_epic,
    an_issue,
    at,
)
from tests.rules.worlds import rotation_issue

ITEMS: tuple[Item, ...] = (
    an_issue(1, "incident", author="sue"),
    an_issue(2, "Deliverable", "priority::2", milestone=MILESTONE, assignees=("nadia",), since=at("2026-03-01 10:00")),
    a_merge_request(3, "workflow::ready for review", author="mara"),
    a_merge_request(4, "workflow::in review", author="ivo"),
    an_epic(5, "group::distribution"),
    an_issue(6, "spike", "group::distribution", project="gitlab-org/brand-new"),
    an_issue(7, project="gitlab-org/gitlab"),
)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            "workflow_states: {before_merge: [in devv]}",
            "1:42: `in devv` is not among the `workflow.states`; did you mean ",
        ),
        ("workflow_states: {alike: [[refining, design]]}", "1:36: `refining` is not among the `workflow.states`"),
        ("workflow_states: {after_merge: verify}", "1:40: `verify` is not among the `workflow.states`"),
        ("workflow_states: {needs: {ready: [weight]}}", "1:35: `ready` is not among the `workflow.states`"),
        (
            "milestone_planning: {ready_states: [schedulin]}",
            "1:45: `schedulin` is not among the `workflow.states`; did ",
        ),
    ],
)
def test_a_state_in_a_rules_settings_is_one_of_the_handbooks(tmp_path: Path, settings: str, told: str) -> None:
    path = tmp_path / "team.yml"
    path.write_text(f"rules: {{{settings}}}")
    [problem] = find_problems(path, whole_handbook())
    assert str(problem).removeprefix(f"{path}:").startswith(told)


def test_a_state_may_be_written_in_any_case_and_none_may_be_named(tmp_path: Path) -> None:
    path = tmp_path / "team.yml"
    path.write_text("rules: {workflow_states: {before_merge: [In Dev], after_merge: '', also: [anything]}}")
    assert load(path, whole_handbook()).rules["workflow_states"]["before_merge"] == ("In Dev",)


def test_an_event_finds_of_its_item_what_a_sweep_finds() -> None:
    book = a_handbook()
    desk = Desk(a_snapshot(*ITEMS, handbook=book, pipelines=[a_red_branch()]), book)
    everything = findings(desk)
    for item in desk.snapshot.items:
        alone = findings_about(item, desk)
        assert [one.key for one in alone] == [one.key for one in everything if one.subject == item.ref]
    assert {one.rule for one in everything} >= {"required_labels", "triage", "unplanned_work"}


NOBODYS = an_issue(1, author="stranger")
AWAY = (Away(date(2026, 6, 1), date(2026, 6, 10)),)


@pytest.mark.parametrize(
    ("holder", "who"), [("nadia", ("nadia",)), *((name, ("erin", "paul")) for name in ("ivo", "stranger", ""))]
)
def test_what_is_nobodys_is_for_whoever_is_on_duty_and_there_else_for_the_managers(
    holder: str, who: tuple[str, ...]
) -> None:
    people = {**PEOPLE, "ivo": Person("Ivo", groups=("build",), away=AWAY)}
    duty = [rotation_issue(holder)] if holder else []
    book = a_handbook(people=people)
    desk = Desk(a_snapshot(NOBODYS, *duty, handbook=book), book)
    everything = [one for one in findings(desk) if one.subject == NOBODYS.ref]
    assert {one.who for one in everything} == {who}
    assert everything == findings_about(desk.snapshot.by_ref[NOBODYS.ref], desk)


def test_what_somebody_can_act_on_is_theirs_alone() -> None:
    book = a_handbook()
    desk = Desk(a_snapshot(an_issue(1, author="mara"), rotation_issue("nadia"), handbook=book), book)
    assert {one.who for one in findings(desk, {"required_labels"}) if one.subject.endswith("#1")} == {("mara",)}


def test_a_rule_that_is_off_is_not_asked() -> None:
    book = a_handbook({"rules.triage.mode": "off"})
    desk = Desk(a_snapshot(*ITEMS, handbook=book), book)
    names = [rule.name for rule, _ in asked(desk)]
    assert set(names) == rules().keys() - {"triage"}
    assert [rule.name for rule, _ in asked(desk, {"spikes", "triage"})] == ["spikes"]
    assert names == [name for name in book.rules if name != "triage"]
