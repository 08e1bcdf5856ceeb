"""Issues that Handrail opens: what is put to them beside what their rule says."""

import pytest

from handrail.model.actions import CreateItem
from handrail.model.planning import Milestone
from handrail.rules.desk import Desk
from handrail.rules.opened_issues import completed
from handrail.testing import MILESTONE, PROJECT, a_handbook, a_snapshot, at

RULE = "red_default_branch"
REQUIRED = ("group::distribution", "group::distribution::build")
RUNNING = Milestone(MILESTONE, at("2026-05-16 00:00").date(), at("2026-06-12 00:00").date())
BACKLOG = Milestone("Backlog")


def opened(
    *labels: str,
    milestones: tuple[Milestone, ...] = (BACKLOG, RUNNING),
    mode: str = "propose",
    today: str = "2026-06-02 14:00",
    rule: str = RULE,
    milestone: str | None = None,
    assignees: tuple[str, ...] = (),
) -> CreateItem:
    book = a_handbook({"rules.required_labels.mode": mode})
    change = CreateItem("topic", "main is red", "It is.", labels, assignees, milestone)
    desk = Desk(a_snapshot(handbook=book, now=at(today), milestones=milestones), book)
    return completed(change, rule, PROJECT, desk)


def test_it_has_the_required_labels_and_the_running_milestone() -> None:
    made = opened("master:broken", "priority::1")
    assert made.labels == ("master:broken", "priority::1", *REQUIRED, "FY27::Q2", "type::ignore")
    assert (made.milestone, made.title, made.topic) == (MILESTONE, "main is red", "topic")


def test_what_its_rule_says_stays() -> None:
    made = opened("type::bug", milestone="19.0")
    assert made.labels == ("type::bug", *REQUIRED, "FY27::Q2")
    assert made.milestone == "19.0"


def test_what_a_person_has_asked_for_gets_no_label_that_nothing_speaks_for() -> None:
    assert opened(rule="unplanned_work", milestone="Backlog").labels == REQUIRED


def test_what_is_somebodys_needs_no_milestone() -> None:
    made = opened(assignees=("nadia",))
    assert (made.milestone, made.labels) == (None, (*REQUIRED, "type::ignore"))


@pytest.mark.parametrize(
    ("labels", "milestones", "today", "milestone"),
    [
        (("FY27::Q2",), (BACKLOG, RUNNING), "2026-06-02 14:00", MILESTONE),
        (("FY27::Q3",), (BACKLOG, RUNNING), "2026-06-02 14:00", "Backlog"),
        ((), (BACKLOG, RUNNING), "2026-06-12 14:00", "Backlog"),  # its last day
        ((), (BACKLOG,), "2026-06-02 14:00", "Backlog"),  # one that GitLab does not have is not asked for
        ((), (), "2026-06-02 14:00", None),
    ],
)
def test_where_it_is_planned(
    labels: tuple[str, ...], milestones: tuple[Milestone, ...], today: str, milestone: str | None
) -> None:
    assert opened(*labels, milestones=milestones, today=today).milestone == milestone


def test_a_handbook_that_requires_no_labels_gets_what_the_rule_says() -> None:
    assert opened("type::bug", mode="off") == CreateItem("topic", "main is red", "It is.", ("type::bug",))
