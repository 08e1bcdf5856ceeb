"""Spikes: labelled as such, inside their time box, with what follows from them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handrail.model.actions import AddLabels, Change, Comment, Expectation, LinkItems
from handrail.model.findings import Finding
from handrail.model.items import Issue, Item, Stay
from handrail.model.people import Away, Person
from handrail.testing import (
    NOW,
    PEOPLE,
    PROJECT,
    a_handbook,
    a_merge_request,
    a_snapshot,
    an_epic,
    an_issue,
    at,
    check_rule,
    told,
)

TEAM = "group::distribution"
DEV = "workflow::in dev"
BEGAN = at("2026-05-25 09:00")
"""A Monday: five business days on it is Friday evening, 29 May; 75 % of them end on Thursday at 15:00."""


def found(
    *items: Item,
    now: datetime = NOW,
    changes: dict[str, object] | None = None,
    people: Mapping[str, Person] = PEOPLE,
) -> list[Finding]:
    book = a_handbook({f"rules.spikes.{key}": value for key, value in (changes or {}).items()}, people)
    return check_rule("spikes", a_snapshot(*items, now=now, handbook=book), book)


def changes_of(findings: list[Finding]) -> list[Change]:
    return [remedy.change for one in findings for remedy in one.remedies]


def a_spike(*labels: str, iid: int = 1, **facts: object) -> Issue:
    """One that is being worked on since BEGAN by Nadia, unless the facts say otherwise."""
    spike = an_issue(iid, "spike", *(labels or (DEV, "type::feature")), since=BEGAN, assignees=("nadia",))
    return replace(spike, **facts)


CLOSED = at("2026-05-28 09:00")


def ended(*labels: str, closed_at: datetime = CLOSED, **facts: object) -> Issue:
    spike = replace(a_spike(*labels), state="closed", closed_at=closed_at, created_at=at("2026-05-04 09:00"))
    return replace(spike, **facts)


# --- the label --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    ["Spike: sign packages", "[Spike] sign packages", "Research signing", "investigate signing", "POC", "(poc) sign"],
)
def test_an_issue_that_reads_like_research_is_given_the_label(title: str) -> None:
    one = found(an_issue(1, title=title, assignees=("nadia",)))
    assert told(one) == ["unlabelled omnibus-gitlab#1"]
    assert one[0].says.startswith("It lacks ~spike: its title begins with “")
    assert changes_of(one) == [AddLabels(("spike",))]
    assert (one[0].who, one[0].clause) == (("nadia",), "labels.spike")


@pytest.mark.parametrize("title", ["Researchers are welcome", "Sign packages after the spike", "Pocket guide"])
def test_other_titles_are_left_alone(title: str) -> None:
    assert found(an_issue(1, title=title)) == []


def test_other_teams_and_merge_requests_are_left_alone() -> None:
    assert found(an_issue(1, title="Spike: sign", project="gitlab-org/gitlab")) == []
    assert found(a_merge_request(1, title="Spike: sign")) == []
    assert found(an_issue(1, title="Spike: sign", state="closed", closed_at=BEGAN)) == []
    assert found(an_issue(1, title="Research"), changes={"words": ()}) == []


# --- the time box -----------------------------------------------------------------------------------------


def test_a_time_box_nears_its_end_and_then_is_over() -> None:
    assert found(a_spike(), now=at("2026-05-28 14:59")) == []
    near = found(a_spike(), now=at("2026-05-28 15:00"))
    assert told(near) == ["time-box-near omnibus-gitlab#1"]
    assert near[0].says == ("This spike began on Mon 25 May, and its time box of 5 business days ends on Fri 29 May.")
    assert (near[0].severity, near[0].who, near[0].remedies) == ("warning", ("nadia",), ())
    assert [one.at for one in near[0].evidence] == [BEGAN, at("2026-05-29 17:00")]
    over = found(a_spike(), now=at("2026-05-29 17:00"))
    assert told(over) == ["time-box-over omnibus-gitlab#1"]
    assert over[0].severity == "breach"
    (comment,) = changes_of(over)
    assert isinstance(comment, Comment)
    assert (comment.to, comment.topic) == (("nadia",), "time-box")
    assert comment.thanks == "thank you for looking into this"
    assert comment.asks.startswith("Its time box of 5 business days ended on Fri 29 May. Could you write down")


def test_the_reminder_comes_in_rounds() -> None:
    topics = {}
    for days in (0, 6, 8):
        (comment,) = changes_of(found(a_spike(), now=at("2026-05-29 17:00") + timedelta(days=days)))
        assert isinstance(comment, Comment)
        topics[days] = comment.topic
    assert topics == {0: "time-box", 6: "time-box", 8: "time-box-2"}


def test_time_off_is_not_spent_and_who_is_away_is_not_written_to() -> None:
    back = {**PEOPLE, "nadia": Person("Nadia", away=(Away(date(2026, 5, 26), date(2026, 6, 1)),))}
    assert found(a_spike(), people=back) == []
    gone = {**PEOPLE, "nadia": Person("Nadia", away=(Away(date(2026, 6, 1), date(2026, 6, 30)),))}
    over = found(a_spike(), people=gone)
    assert told(over) == ["time-box-over omnibus-gitlab#1"]
    assert over[0].remedies == ()
    left = {**PEOPLE, "nadia": Person("Nadia", away=(Away(date(2026, 5, 29), date(2199, 12, 31)),))}
    near = found(a_spike(), people=left)
    assert near[0].says == "This spike began on Mon 25 May, and its time box of 5 business days stands still."
    assert [one.at for one in near[0].evidence] == [BEGAN]


@pytest.mark.parametrize(
    ("spike", "starts"),
    [
        (a_spike(DEV, label_since={}, assigned_since=BEGAN), "work"),
        (a_spike("type::bug", label_since={}, assigned_since=BEGAN), "work"),
        (a_spike(DEV, label_since={}, created_at=BEGAN), "work"),
        (a_spike("type::bug", status="In dev", status_since=BEGAN), "work"),
        (a_spike("type::bug"), "label"),
        (a_spike("type::bug", label_since={}, created_at=BEGAN), "label"),
    ],
)
def test_where_a_time_box_starts(spike: Issue, starts: str) -> None:
    one = found(spike, changes={"starts": starts})
    assert [(finding.code, finding.evidence[0].at) for finding in one] == [("time-box-over", BEGAN)]


@pytest.mark.parametrize(
    "spike",
    [
        a_spike("type::bug"),
        a_spike("workflow::blocked", "type::bug", assigned_since=BEGAN),
        a_spike("workflow::scheduling", "type::bug", assigned_since=BEGAN),
        a_spike(DEV, "type::bug", assignees=("outsider",), label_since={DEV: at("2026-06-01 09:00")}),
    ],
)
def test_what_has_not_begun_has_used_nothing(spike: Issue) -> None:
    assert found(spike) == []


REVIEW = "workflow::in review"
LATER = at("2026-06-01 09:00")


@pytest.mark.parametrize(
    ("been", "begun"),
    [
        ((Stay(DEV, BEGAN),), True),
        ((Stay("In dev", BEGAN), Stay("type::bug", LATER)), True),
        ((Stay(DEV, BEGAN), Stay(REVIEW, at("2026-05-27 09:00")), Stay(DEV, at("2026-05-28 09:00"))), True),
        ((Stay("workflow::scheduling", BEGAN), Stay(DEV, at("2026-05-29 09:00"))), False),
        ((Stay(DEV, BEGAN), Stay("workflow::blocked", at("2026-05-29 09:00"))), False),
        ((Stay("To do", BEGAN),), False),
    ],
)
def test_a_change_between_states_of_work_does_not_begin_the_box_anew(been: tuple[Stay, ...], begun: bool) -> None:
    one = found(a_spike(REVIEW, "type::bug", label_since={REVIEW: LATER}, been=been))
    assert [(finding.code, finding.evidence[0].at) for finding in one] == [("time-box-over", BEGAN)] * begun


@given(st.integers(0, 21 * 24), st.integers(1, 10))
def test_a_time_box_only_ever_fills(hours: int, days: int) -> None:
    stages = {"": 0, "time-box-near": 1, "time-box-over": 2}

    def stage(now: datetime) -> int:
        one = found(a_spike(), now=now, changes={"business_days": days})
        return stages[one[0].code if one else ""]

    now = BEGAN + timedelta(hours=hours)
    assert stage(now) <= stage(now + timedelta(hours=1))


# --- the type ---------------------------------------------------------------------------------------------


def test_a_spike_takes_the_type_of_what_follows() -> None:
    spike = a_spike("workflow::scheduling", blocks=(f"{PROJECT}#2",), related=(f"{PROJECT}#3", f"{PROJECT}#99"))
    following = an_issue(2, "type::maintenance"), an_issue(3)
    one = found(spike, *following)
    assert told(one) == ["no-type omnibus-gitlab#1"]
    assert one[0].says == (
        "This spike lacks a type, and what follows from it is ~type::maintenance: gitlab-org/omnibus-gitlab#2."
    )
    assert changes_of(one) == [AddLabels(("type::maintenance",))]


def test_an_epics_later_issues_tell_the_type_too() -> None:
    epic = an_epic(5, TEAM, created_at=at("2026-01-01 09:00"))
    spike = a_spike("workflow::scheduling", epic=epic.ref, created_at=at("2026-05-04 09:00"))
    before = an_issue(2, "type::bug", epic=epic.ref, created_at=at("2026-05-01 09:00"))
    after = an_issue(3, "type::feature", epic=epic.ref, created_at=at("2026-05-26 09:00"))
    assert changes_of(found(epic, spike, before, after)) == [AddLabels(("type::feature",))]


def test_where_nothing_follows_or_two_types_do_nothing_is_proposed() -> None:
    spike = a_spike("workflow::scheduling", related=(f"{PROJECT}#2", f"{PROJECT}#3"))
    assert found(spike) == []
    assert found(spike, an_issue(2, "type::bug"), an_issue(3, "type::feature")) == []
    typed = a_spike("workflow::scheduling", "type::bug", related=(f"{PROJECT}#2",))
    assert found(typed, an_issue(2, "type::feature")) == []


# --- the outcome ------------------------------------------------------------------------------------------


def test_a_closed_spike_without_outcome_is_asked_about_it() -> None:
    one = found(ended())
    assert told(one) == ["no-outcome omnibus-gitlab#1"]
    assert one[0].says == "This spike was closed on Thu 28 May, and no issue that follows from it is linked to it."
    assert (one[0].severity, one[0].who) == ("warning", ("nadia",))
    (remedy,) = one[0].remedies
    assert isinstance(remedy.change, Comment)
    assert (remedy.change.to, remedy.change.topic) == (("nadia",), "outcome")
    assert remedy.change.asks.startswith(
        "Could you link the issues that follow from what you found? If nothing follows"
    )
    assert remedy.expects == (Expectation("state", "closed"),)


def test_who_closed_it_has_a_business_day_and_is_asked_as_long_as_its_end_is_looked_at() -> None:
    closed_at = at("2026-05-28 13:00")
    assert found(ended(closed_at=closed_at), now=at("2026-05-29 12:59")) == []
    assert told(found(ended(closed_at=closed_at), now=at("2026-05-29 13:00"))) == ["no-outcome omnibus-gitlab#1"]
    assert len(found(ended(closed_at=closed_at), now=at("2026-07-07 13:00"))) == 1
    assert found(ended(closed_at=closed_at), now=at("2026-07-07 13:01")) == []
    assert found(ended(closed_at=closed_at), now=at("2026-06-12 13:00"), changes={"outcome_days": 14}) == []


def test_an_outcome_of_any_kind_is_enough() -> None:
    assert found(ended(related=("gitlab-com/elsewhere#3",))) == []
    assert told(found(ended(related=refs(3)))) == ["no-outcome omnibus-gitlab#1"]  # it ended long ago
    assert found(ended(blocks=(f"{PROJECT}#2",))) == []
    epic = an_epic(5, TEAM, created_at=at("2026-01-01 09:00"))
    opened = an_issue(2, "spike", "type::bug", epic=epic.ref, created_at=at("2026-05-27 09:00"))
    assert told(found(epic, ended(epic=epic.ref), opened)) == ["unlinked omnibus-gitlab#1"]
    before = replace(opened, created_at=at("2026-05-02 09:00"))
    assert told(found(epic, ended(epic=epic.ref), before)) == ["no-outcome omnibus-gitlab#1"]
    began = ended(epic=epic.ref, assigned_since=at("2026-05-01 09:00"))
    assert told(found(epic, began, before)) == ["unlinked omnibus-gitlab#1"]
    unknown = ended(epic=epic.ref, label_since={})
    assert told(found(epic, unknown, before)) == ["no-outcome omnibus-gitlab#1"]


def test_a_link_to_an_issue_older_than_the_spike_is_no_outcome() -> None:
    spike = ended(related=refs(2))
    older = an_issue(2, created_at=at("2026-05-01 09:00"))
    assert told(found(spike, older)) == ["no-outcome omnibus-gitlab#1"]
    another = replace(spike, ref=f"{PROJECT}#9")
    assert told(found(spike, another, older)) == ["no-outcome omnibus-gitlab#1", "no-outcome omnibus-gitlab#9"]
    done = replace(older, state="closed", closed_at=at("2026-05-30 09:00"))
    assert told(found(spike, done)) == ["no-outcome omnibus-gitlab#1"]
    assert found(spike, replace(done, created_at=at("2026-05-05 09:00"))) == []
    assert found(replace(spike, related=(), blocks=refs(2)), older) == []


def test_open_issues_that_came_in_its_epic_are_linked_to_it() -> None:
    epic = an_epic(5, TEAM, created_at=at("2026-01-01 09:00"))
    first, second, third, done = following(2, 3, 4, 6, epic=epic.ref)
    done = replace(done, state="closed", closed_at=at("2026-05-30 09:00"))
    spike = ended(epic=epic.ref, related=(first.ref,))
    one = found(epic, spike, first, replace(second, blocked_by=(first.ref,)), third, done)
    assert told(one) == ["unlinked omnibus-gitlab#1"]
    assert one[0].says == (
        "gitlab-org/omnibus-gitlab#3 and gitlab-org/omnibus-gitlab#4 came in this spike's epic since the research "
        "began and are not linked to it."
    )
    assert [(remedy.subject, remedy.change) for remedy in one[0].remedies] == [
        (second.ref, LinkItems(spike.ref)),
        (third.ref, LinkItems(spike.ref)),
    ]
    alone = found(epic, replace(spike, related=()), first)
    assert alone[0].says.startswith(
        "gitlab-org/omnibus-gitlab#2 came in this spike's epic since the research began and is"
    )


def test_no_outcome_is_asked_of_what_was_given_up_of_nobodys_and_of_other_issues() -> None:
    assert found(ended(status="Won't do")) == []
    assert found(ended(status="duplicate")) == []
    assert len(found(ended(status="Complete"))) == 1
    assert found(an_issue(1, state="closed", closed_at=BEGAN)) == []
    nobodys = found(ended(assignees=("outsider",)))
    assert told(nobodys) == ["no-outcome omnibus-gitlab#1"]
    assert (nobodys[0].who, nobodys[0].remedies) == (("erin", "paul"), ())


def following(*iids: int, **facts: object) -> list[Issue]:
    return [
        replace(an_issue(iid, "type::feature", created_at=at("2026-05-26 09:00") + timedelta(hours=iid)), **facts)
        for iid in iids
    ]


def refs(*iids: int) -> tuple[str, ...]:
    return tuple(f"{PROJECT}#{iid}" for iid in iids)


def test_outcomes_that_no_link_orders_are_noted() -> None:
    spike = ended(related=refs(4, 3, 2))
    one = found(spike, *following(3, 4, 2))
    assert told(one) == ["no-order omnibus-gitlab#1"]
    assert one[0].says == (
        "No blocking link says in which order to work on what followed from this spike: gitlab-org/omnibus-gitlab#2, "
        "gitlab-org/omnibus-gitlab#3 and gitlab-org/omnibus-gitlab#4."
    )
    assert (one[0].severity, one[0].remedies) == ("note", ())


def test_where_the_handbook_says_serial_the_links_are_proposed() -> None:
    one = found(ended(related=refs(2, 3, 4)), *following(2, 3, 4), changes={"serial": "always"})
    assert [(remedy.subject, remedy.change) for remedy in one[0].remedies] == [
        (f"{PROJECT}#2", LinkItems(f"{PROJECT}#3", "blocks")),
        (f"{PROJECT}#3", LinkItems(f"{PROJECT}#4", "blocks")),
    ]


def test_what_is_planned_for_milestones_one_after_the_other_is_serial() -> None:
    first, second, third, fourth = following(2, 3, 4, 5)
    planned = (
        replace(first, milestone="19.2"),
        replace(second, milestone="19.1"),
        replace(third, milestone="Backlog"),
        replace(fourth, milestone="19.2"),
    )
    spike = ended(related=refs(2, 3, 4, 5))
    one = found(spike, *planned)
    assert [(remedy.subject, remedy.change) for remedy in one[0].remedies] == [
        (second.ref, LinkItems(first.ref, "blocks"))
    ]
    assert found(spike, *planned, changes={"serial": "never"})[0].remedies == ()


def test_what_is_ordered_alone_or_older_than_the_spike_needs_no_link() -> None:
    spike = ended(related=refs(2, 3))
    first, second = following(2, 3)
    assert found(spike, first, replace(second, blocked_by=(first.ref,))) == []
    assert found(spike, replace(first, blocks=(second.ref,)), second) == []
    assert found(spike, first) == []
    assert found(spike, first, replace(second, created_at=at("2026-01-01 09:00"))) == []


# --- epics ------------------------------------------------------------------------------------------------


def test_a_new_epic_that_does_not_begin_with_a_spike_is_noted() -> None:
    epic = an_epic(5, TEAM, assignees=("mara",), created_at=at("2026-05-25 09:00"))
    issues = following(2, 3, 4, epic=epic.ref)
    one = found(epic, *issues)
    assert told(one) == ["no-spike-first gitlab-org&5"]
    assert one[0].says == (
        "This epic begins with gitlab-org/omnibus-gitlab#2, which is no ~spike; a new epic often begins with one."
    )
    assert (one[0].severity, one[0].who, one[0].remedies) == ("note", ("mara",), ())


def test_epics_that_are_old_small_or_begin_with_a_spike_are_left_alone() -> None:
    epic = an_epic(5, TEAM, created_at=at("2026-05-25 09:00"))
    issues = following(2, 3, 4, epic=epic.ref)
    assert found(replace(epic, created_at=at("2026-05-01 09:00")), *issues) == []
    assert found(epic, *issues[:2]) == []
    assert found(epic, *issues, changes={"new_epic_days": 0}) == []
    assert found(replace(epic, labels=()), *issues) == []
    assert found(replace(epic, labels=(*epic.labels, "OKR")), *issues) == []
    spike = a_spike("workflow::scheduling", "type::bug", iid=9, epic=epic.ref, created_at=at("2026-05-25 10:00"))
    assert found(epic, spike, *issues) == []
    older = an_issue(8, epic=epic.ref, created_at=at("2026-05-01 09:00"), epic_since=at("2026-05-29 09:00"))
    assert found(epic, spike, older, *issues) == []
    assert found(epic, older, *issues)[0].says.startswith("This epic begins with gitlab-org/omnibus-gitlab#2,")
