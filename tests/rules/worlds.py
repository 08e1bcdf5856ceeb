"""Hypothesis strategies: items, and worlds of them, as a team may meet them."""

from datetime import timedelta

from hypothesis import strategies as st

from handrail.model.items import Claim, Issue, Item, MergeRequest, Reviewer, ReviewState, Thread
from handrail.testing import MILESTONE, NOW, PROJECT, a_claim, a_merge_request, an_epic, an_issue

MEMBERS = ("nadia", "mara", "ivo", "timo", "erin", "paul")
NAMES = (*MEMBERS, "outsider", "customer")
ELSEWHERE = "gitlab-org/gitlab"
INSTANTS = st.integers(1, 14 * 24).map(lambda hours: NOW - timedelta(hours=hours))
MAYBE = st.none() | INSTANTS
PRIORITIES = ("priority::1", "priority::2", "priority::3", "priority::4")
GROUPS = ("group::distribution", "group::distribution::build", "group::distribution::deploy")
STATES: tuple[ReviewState, ...] = (
    "unreviewed",
    "review_started",
    "reviewed",
    "requested_changes",
    "approved",
    "unapproved",
)
MERGE_STATUSES = ("", "mergeable", "not_approved", "checking", "conflict", "discussions_not_resolved", "of_tomorrow")


def labels(*extra: str) -> st.SearchStrategy[tuple[str, ...]]:
    """Some labels, mostly one of each sort."""
    return st.tuples(
        st.sampled_from((*PRIORITIES, "", "priority::1")),
        st.sampled_from((*GROUPS, "")),
        st.sampled_from((*extra, "")),
        st.lists(st.sampled_from(("Deliverable", "Deliverable", "Unplanned", "incident")), max_size=2),
    ).map(lambda parts: tuple(dict.fromkeys(label for label in (*parts[:3], *parts[3]) if label)))


def people(limit: int = 2) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(NAMES), max_size=limit, unique=True).map(tuple)


@st.composite
def reviewers(draw: st.DrawFn) -> Reviewer:
    asked, answered = draw(MAYBE), draw(MAYBE)
    return Reviewer(
        draw(st.sampled_from(NAMES)), draw(st.sampled_from(STATES)), asked, answered, draw(st.integers(1, 2))
    )


@st.composite
def merge_requests(draw: st.DrawFn, iid: int = 1) -> MergeRequest:
    worn = draw(
        labels(
            "workflow::ready for review", "workflow::in review", "workflow::ready for review", "Community contribution"
        )
    )
    return a_merge_request(
        iid,
        *worn,
        project=draw(st.sampled_from((PROJECT, PROJECT, PROJECT, ELSEWHERE))),
        since=draw(MAYBE),
        created_at=NOW - timedelta(days=15),
        author=draw(st.sampled_from(NAMES)),
        draft=draw(st.integers(0, 5)) == 0,
        reviewers=tuple(draw(st.lists(reviewers(), max_size=3, unique_by=lambda reviewer: reviewer.username))),
        approved_by=draw(people()),
        threads=tuple(
            Thread(f"t{number}", who, when)
            for number, (who, when) in enumerate(
                draw(st.lists(st.tuples(st.sampled_from(NAMES), INSTANTS), max_size=1))
            )
        ),
        detailed_merge_status=draw(st.sampled_from(MERGE_STATUSES)),
        mentioned_since=draw(MAYBE) if draw(st.integers(0, 7)) == 0 else None,
    )


def claims() -> st.SearchStrategy[tuple[Claim, ...]]:
    day = st.integers(-4, 4).map(lambda days: (NOW + timedelta(days=days)).date())
    one = st.tuples(st.sampled_from(NAMES), day, INSTANTS)
    return st.lists(one, max_size=2).map(lambda found: tuple(a_claim(by, until, made) for by, until, made in found))


@st.composite
def issues(draw: st.DrawFn, iid: int = 1) -> Issue:
    worn = draw(labels("workflow::in dev", "workflow::blocked", "workflow::ready for development", "awaiting feedback"))
    return an_issue(
        iid,
        *worn,
        project=draw(st.sampled_from((PROJECT, PROJECT, PROJECT, ELSEWHERE))),
        since=draw(MAYBE),
        milestone=draw(st.sampled_from((MILESTONE, MILESTONE, MILESTONE, "18.11", "19.2", "Backlog", None))),
        assignees=draw(people()) if draw(st.booleans()) else (),
        assigned_since=draw(MAYBE),
        status=draw(st.sampled_from((None, None, None, "In dev", "Blocked", "Verification"))),
        blocked_by=(f"{PROJECT}#90000",) if draw(st.integers(0, 7)) == 0 else (),
        claims=draw(claims()),
        mentioned_since=draw(MAYBE) if draw(st.integers(0, 7)) == 0 else None,
        assumed=("created_at",) if draw(st.integers(0, 7)) == 0 else (),
    )


def items(iid: int) -> st.SearchStrategy[Item]:
    return st.one_of(issues(iid), merge_requests(iid), issues(iid), merge_requests(iid), st.just(an_epic(iid)))


@st.composite
def worlds(draw: st.DrawFn, most: int = 5) -> tuple[Item, ...]:
    """Several items, each with a number of its own; sometimes with a rotation issue at the end."""
    found = [draw(items(iid)) for iid in range(1, draw(st.integers(1, most)) + 1)]
    if draw(st.booleans()):
        found.append(rotation_issue(draw(st.sampled_from(MEMBERS))))
    return tuple(found)


def rotation_issue(holder: str, start: str = "2026-06-01", iid: int = 777) -> Issue:
    """The open issue of the week of a shift."""
    return an_issue(
        iid,
        project="gitlab-org/distribution/team-tasks",
        title=f"Distribution DRI rotation week of {start}",
        assignees=(holder,),
    )
