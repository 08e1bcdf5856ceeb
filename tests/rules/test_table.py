"""The page's table, row by row, and how rows, levels and ties order a queue."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from handrail.model.items import Item
from handrail.rules.terms import Standing, Terms
from handrail.rules.work_queue import WorkQueue, rank
from handrail.testing import (
    MILESTONE,
    NOW,
    a_handbook,
    a_merge_request,
    a_reviewer,
    a_snapshot,
    an_epic,
    an_issue,
    at,
    lines,
)

READY, IN_REVIEW, IN_DEV = "workflow::ready for review", "workflow::in review", "workflow::in dev"
OLD = at("2026-05-26 14:00")  # 40 business hours
NEAR = at("2026-05-28 14:00")  # 24 of 32
YOUNG = at("2026-06-02 09:00")
BOOK = a_handbook()


def in_progress(*labels: str) -> Item:
    return an_issue(1, IN_DEV, *labels, assignees=("nadia",), milestone=MILESTONE)


def available(*labels: str) -> Item:
    return an_issue(1, *labels, milestone=MILESTONE)


def in_review(*labels: str) -> Item:
    return a_merge_request(1, IN_REVIEW, *labels, author="ivo", reviewers=(a_reviewer("nadia", asked=YOUNG),))


def ready(*labels: str, since: object = YOUNG) -> Item:
    found = a_merge_request(1, READY, *labels, author="ivo", reviewers=(a_reviewer("nadia"),))
    return replace(found, label_since={READY: since})


ROWS = {
    "1-unblock": (in_review("priority::1"), 1, "unblock"),
    "1-review": (ready("priority::1"), 1, "pick up for review"),
    "1-work-on": (in_progress("priority::1", "Deliverable"), 1, "work on"),
    "1-pick-up": (available("priority::1", "Deliverable"), 1, "pick up"),
    "2-unblock": (in_review("priority::2"), 2, "unblock"),
    "3-work-on": (in_progress("priority::2", "Deliverable"), 3, "work on"),
    "3-review": (ready("priority::2", since=OLD), 3, "pick up for review"),
    "4-review": (ready("priority::2", since=NEAR), 4, "pick up for review"),
    "5-pick-up": (available("priority::2", "Deliverable"), 5, "pick up"),
    "6-work-on": (in_progress("priority::3", "Deliverable"), 6, "work on"),
    "6-pick-up": (available("priority::3", "Deliverable"), 6, "pick up"),
    "6-review": (ready("priority::2"), 6, "pick up for review"),
    "7-work-on": (in_progress("priority::4", "Deliverable"), 7, "work on"),
    "7-pick-up": (available("priority::4", "Deliverable"), 7, "pick up"),
}


def test_there_is_an_example_of_every_row_in_the_tables_order() -> None:
    assert list(ROWS) == [row.row for row in BOOK.work_queue.table]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_table_takes_what_it_is_for(row: str) -> None:
    item, level, do = ROWS[row]
    [entry] = rank(a_snapshot(item), BOOK, "nadia")
    assert (entry.row, entry.level, entry.do, entry.clause, entry.item.ref) == (
        row,
        level,
        do,
        f"queue.{row}",
        item.ref,
    )


def test_the_queue_is_in_the_tables_order_whatever_the_order_of_the_items() -> None:
    items = [replace(item, ref=f"{item.ref}{number}") for number, (item, _, _) in enumerate(ROWS.values())]
    queue = rank(a_snapshot(*reversed(items)), BOOK, "nadia")
    assert [entry.row for entry in queue] == list(ROWS)


def test_within_a_row_the_oldest_comes_first_and_then_the_reference() -> None:
    def free(iid: int, hours: int) -> Item:
        return an_issue(iid, "priority::2", "Deliverable", milestone=MILESTONE, since=NOW - timedelta(hours=hours))

    queue = rank(a_snapshot(free(3, 1), free(4, 5), free(2, 1), free(1, 3)), BOOK, "nadia")
    assert lines(queue) == [f"5-pick-up omnibus-gitlab#{iid}" for iid in (4, 1, 2, 3)]


@pytest.mark.parametrize("labels", [(), ("priority::3",), ("priority::4", "Deliverable")])
def test_review_rows_take_merge_requests_of_any_priority_or_none(labels: tuple[str, ...]) -> None:
    assert lines(rank(a_snapshot(ready(*labels, since=OLD)), BOOK, "nadia")) == ["3-review omnibus-gitlab!1"]
    assert lines(rank(a_snapshot(in_review(*labels)), BOOK, "nadia")) == ["2-unblock omnibus-gitlab!1"]


def test_a_breaching_priority_1_review_stays_at_its_lowest_level() -> None:
    assert lines(rank(a_snapshot(ready("priority::1", since=OLD)), BOOK, "nadia")) == ["1-review omnibus-gitlab!1"]


def test_the_lowest_level_wins_wherever_its_row_stands_in_the_table() -> None:
    book = a_handbook({"work_queue.table": BOOK.work_queue.table[::-1]})
    assert lines(rank(a_snapshot(in_review("priority::1"), handbook=book), book, "nadia")) == [
        "1-unblock omnibus-gitlab!1"
    ]


def test_of_several_priority_labels_the_highest_counts() -> None:
    for labels in (("priority::3", "priority::1"), ("priority::1", "priority::3")):
        assert lines(rank(a_snapshot(in_progress(*labels, "Deliverable")), BOOK, "nadia")) == [
            "1-work-on omnibus-gitlab#1"
        ]


@pytest.mark.parametrize("row", ["3-work-on", "5-pick-up"])
def test_unplanned_work_counts_as_a_deliverable(row: str) -> None:
    item, _, _ = ROWS[row]
    unplanned = replace(item, labels=tuple("Unplanned" if label == "Deliverable" else label for label in item.labels))
    [entry] = rank(a_snapshot(unplanned), BOOK, "nadia")
    assert entry.row == row
    assert entry.reasons[-1].code == "unplanned"
    both = replace(item, labels=(*item.labels, "Unplanned"))
    [entry] = rank(a_snapshot(both), BOOK, "nadia")
    assert "unplanned" not in [reason.code for reason in entry.reasons]


@pytest.mark.parametrize(
    ("item", "lacks"),
    [
        (in_progress("Deliverable"), ("a priority label",)),
        (in_progress("priority::2"), ("Deliverable",)),
        (in_progress(), ("a priority label", "Deliverable")),
        (available("priority::2"), ("Deliverable",)),
        (available("Deliverable"), ("a priority label",)),
        (a_merge_request(1, author="nadia"), (f"{READY} or {IN_REVIEW}",)),
    ],
)
def test_what_fits_no_row_is_a_finding_with_what_it_lacks(item: Item, lacks: tuple[str, ...]) -> None:
    queue = WorkQueue(a_snapshot(item), BOOK)
    assert queue.rank("nadia") == []
    [finding] = queue.findings
    assert (finding.item, finding.lacks, finding.clause) == (item, lacks, "queue.no-row")


def test_a_table_without_a_row_for_such_work_says_so() -> None:
    reviews_only = tuple(row for row in BOOK.work_queue.table if row.do == "pick up for review")
    book = a_handbook({"work_queue.table": reviews_only})
    queue = WorkQueue(a_snapshot(in_progress("priority::1", "Deliverable"), in_review(), handbook=book), book)
    assert queue.rank("nadia") == []
    assert {finding.lacks for finding in queue.findings} == {
        ("a row for issues in progress",),
        ("a row for merge requests in review",),
    }


def test_findings_come_oldest_first() -> None:
    new, old = an_issue(1, created_at=at("2026-05-20 10:00")), an_issue(2, created_at=at("2026-05-10 10:00"))
    queue = WorkQueue(a_snapshot(new, old), BOOK)
    queue.rank("nadia")
    assert [finding.item for finding in queue.findings] == [old, new]


@pytest.mark.parametrize(
    ("labels", "carries"),
    [(("Deliverable",), True), (("Unplanned",), True), (("deliverable",), False), ((), False), (("bug",), False)],
)
def test_a_label_counts_as_itself_or_as_what_the_handbook_says(labels: tuple[str, ...], carries: bool) -> None:
    assert Terms(BOOK).carries(labels, "Deliverable") is carries
    assert not Terms(BOOK).carries(("Deliverable",), "Unplanned")


def test_every_reason_why_a_row_does_not_fit_is_told() -> None:
    terms = Terms(BOOK)
    rows = {row.row: row for row in BOOK.work_queue.table}
    issue = Standing("issue", "in progress", 2, None, ())
    assert [(m.field, m.wants, m.has) for m in terms.misfits(rows["1-pick-up"], issue)] == [
        ("stage", "available", "in progress"),
        ("priority", "1", "2"),
        ("labels", "Deliverable", ""),
    ]
    assert [m.field for m in terms.misfits(rows["3-review"], issue)] == ["kind"]
    review = Standing("merge request", "ready for review", None, "non-breaching", ())
    assert [(m.field, m.wants, m.has) for m in terms.misfits(rows["3-review"], review)] == [
        ("slo", "breaching", "non-breaching")
    ]
    assert [(m.field, m.has) for m in terms.misfits(rows["1-review"], review)] == [("priority", "")]
    assert terms.misfits(rows["6-review"], review) == []


@pytest.mark.parametrize(
    ("labels", "group"),
    [
        (("group::distribution::build",), "build"),
        (("group::distribution", "group::distribution::deploy"), "deploy"),
        (("group::distribution",), ""),
        (("group::distribution::build", "group::distribution::deploy"), ""),
        (("group::distribution::deploy", "group::distribution::build"), ""),
        ((), ""),
    ],
)
def test_the_group_is_that_of_the_nested_label_and_nobodys_where_there_are_several(
    labels: tuple[str, ...], group: str
) -> None:
    says = Terms(BOOK).read(an_issue(1, *labels, project="gitlab-org/gitlab"))
    assert (says.group, says.ours) == (group, bool(labels))


@pytest.mark.parametrize(
    ("project", "ours"),
    [
        ("gitlab-org/omnibus-gitlab", True),
        ("gitlab-org/charts/gitlab", True),
        ("gitlab-org/charts/gitlab/subchart", True),
        ("gitlab-org/charts/gitlab-extra", False),
        ("gitlab-org/gitlab", False),
    ],
)
def test_the_teams_projects_are_its_sources_and_what_is_below_them(project: str, ours: bool) -> None:
    assert Terms(BOOK).is_source(project) is ours


@pytest.mark.parametrize(
    ("item", "ours"),
    [
        (an_epic(1, group="gitlab-org/distribution"), True),
        (an_epic(1, group="gitlab-org/distribution/later"), True),
        (an_epic(1, "group::distribution"), True),
        (an_epic(1), False),
        (an_issue(1, project="gitlab-org/distribution/other"), False),
    ],
)
def test_of_a_group_whose_epics_are_the_teams_only_those_are(item: Item, ours: bool) -> None:
    assert Terms(BOOK).read(item).ours is ours


def test_a_source_that_labels_narrow_leaves_it_to_the_labels() -> None:
    from handrail.handbook.schema import Source

    book = a_handbook({"sources": {"gitlab": Source("gitlab-org/gitlab", ("group::distribution",))}})
    terms = Terms(book)
    assert not terms.read(an_issue(1, project="gitlab-org/gitlab")).ours
    assert terms.read(an_issue(1, "group::distribution", project="gitlab-org/gitlab")).ours


def test_a_status_that_is_a_state_beats_the_workflow_label() -> None:
    terms = Terms(BOOK)
    both = terms.read(an_issue(1, IN_DEV, status="In review"))
    assert (both.state, both.state_label) == ("in review", "")
    for other in ("To do", "In progress"):
        default = terms.read(an_issue(1, IN_DEV, status=other))
        assert (default.state, default.state_label) == ("in dev", IN_DEV)
    assert terms.read(an_issue(1, status="To do")).state == "to do"
    label = terms.read(an_issue(1, IN_DEV))
    assert (label.state, label.state_label) == ("in dev", IN_DEV)


@pytest.mark.parametrize(
    ("label", "watched"),
    [
        *((label, True) for label in (IN_DEV, "Deliverable", "Unplanned", "priority::1", "severity::2", "stale")),
        *((label, True) for label in ("Awaiting Feedback", "Community contribution")),
        *((label, False) for label in ("workflow", "customer", "type::bug", "FY27::Q2")),
    ],
)
def test_the_instants_kept_are_those_that_a_decision_asks_for(label: str, watched: bool) -> None:
    assert Terms(BOOK).dated_labels((label, "bug")) == ({label} if watched else frozenset())


@pytest.mark.parametrize("two", [("type::bug", "type::feature"), ("FY26::Q4", "FY27::Q2"), ("group::geo", "group::a")])
def test_of_labels_that_exclude_each_other_both_instants_are_kept(two: tuple[str, str]) -> None:
    assert Terms(BOOK).dated_labels(("bug", *two, "group::a::b")) == set(two)


@pytest.mark.parametrize(
    ("title", "start"),
    [
        ("Distribution DRI rotation week of 2026-06-01", "2026-06-01"),
        ("  Distribution DRI rotation week of 2026-06-01 ", "2026-06-01"),
        ("Distribution DRI rotation week of 2026-02-30", None),
        ("Distribution DRI rotation week of next Monday", None),
        ("Re: Distribution DRI rotation week of 2026-06-01", None),
    ],
)
def test_a_rotation_issue_is_known_by_its_title(title: str, start: str | None) -> None:
    found = Terms(BOOK).shift_of(an_issue(1, project=BOOK.rotation.project, title=title))
    assert Terms(BOOK).shift_of(an_issue(1, title=title)) is None, "in another project"
    assert (found.isoformat() if found else None) == start
