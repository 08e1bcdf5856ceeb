"""The rules as a whole: what is asked of one item is what is found of it among all."""

from handrail.model.items import Item
from handrail.rules.catalogue import asked, findings, findings_about, rules
from handrail.rules.desk import Desk
from handrail.testing import MILESTONE, a_handbook, a_merge_request, a_red_branch, a_snapshot, an_epic, an_issue, at

ITEMS: tuple[Item, ...] = (
    an_issue(1, "incident", author="sue"),
    an_issue(2, "Deliverable", "priority::2", milestone=MILESTONE, assignees=("nadia",), since=at("2026-03-01 10:00")),
    a_merge_request(3, "workflow::ready for review", author="mara"),
    a_merge_request(4, "workflow::in review", author="ivo"),
    an_epic(5, "group::distribution"),
    an_issue(6, "spike", "group::distribution", project="gitlab-org/brand-new"),
    an_issue(7, project="gitlab-org/gitlab"),
)


def test_an_event_finds_of_its_item_what_a_sweep_finds() -> None:
    book = a_handbook()
    desk = Desk(a_snapshot(*ITEMS, handbook=book, pipelines=[a_red_branch()]), book)
    everything = findings(desk)
    for item in desk.snapshot.items:
        alone = findings_about(item, desk)
        assert [one.key for one in alone] == [one.key for one in everything if one.subject == item.ref]
    assert {one.rule for one in everything} >= {"required_labels", "triage", "unplanned_work"}


def test_a_rule_that_is_off_is_not_asked() -> None:
    book = a_handbook({"rules.triage.mode": "off"})
    desk = Desk(a_snapshot(*ITEMS, handbook=book), book)
    names = [rule.name for rule, _ in asked(desk)]
    assert set(names) == rules().keys() - {"triage"}
    assert [rule.name for rule, _ in asked(desk, {"spikes", "triage"})] == ["spikes"]
    assert names == [name for name in book.rules if name != "triage"]
