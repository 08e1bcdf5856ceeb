from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from handrail.model.asked import Asked, Step
from handrail.model.hidden import UNNAMED, Access, Hidden, named_by, named_in, place_of, without
from handrail.model.items import LinkedMergeRequest
from handrail.model.planning import Pipeline, Project
from handrail.model.requests import Criterion, UnplannedRequest
from handrail.model.support import Support, Tracking
from handrail.testing import NOW, PROJECT, a_merge_request, a_snapshot, an_epic, an_issue

ISSUE, OWN, SECRET, EPIC, SECRET_EPIC = (
    an_issue(1, author="mara"),
    an_issue(2, author="mara", assignees=("ivo",), confidential=True),
    an_issue(3, author="nadia", confidential=True),
    an_epic(4),
    an_epic(5, author="mara", confidential=True),
)
REVIEW = a_merge_request(6)
EVERY = (ISSUE, OWN, SECRET, EPIC, SECRET_EPIC, REVIEW)


@pytest.mark.parametrize(
    ("access", "seen"),
    [
        (Access(15, is_open=False), EVERY),
        (Access(30, is_open=True), EVERY),
        (Access(0, is_open=True), (ISSUE, OWN, EPIC, REVIEW)),
        (Access(10, is_open=True), (ISSUE, OWN, EPIC, REVIEW)),
        (Access(10, is_open=False), (ISSUE, OWN, EPIC)),
        (Access(5, is_open=False), ()),
        (Access(0, is_open=False), ()),
    ],
)
@pytest.mark.parametrize("name", ["mara", "ivo"])
def test_gitlabs_rule_for_each_access_level(access: Access, seen: tuple[object, ...], name: str) -> None:
    assert tuple(item for item in EVERY if access.sees(item, name)) == seen


def test_a_hidden_item_is_gone_and_so_is_what_others_say_of_it() -> None:
    hidden = Hidden(frozenset({f"{PROJECT}#3", "https://gitlab.com/x/-/issues/3", "gitlab-org&5", f"{PROJECT}!9"}))
    linked = an_issue(
        1,
        epic="gitlab-org&5",
        blocked_by=(f"{PROJECT}#3", f"{PROJECT}#7"),
        blocks=(f"{PROJECT}#3",),
        related=(f"{PROJECT}#3",),
        merge_requests=(LinkedMergeRequest(f"{PROJECT}!9"), LinkedMergeRequest(f"{PROJECT}!10")),
    )
    found = without(a_snapshot(linked, an_issue(2, epic="gitlab-org&4"), SECRET, SECRET_EPIC), hidden)
    assert found.items == (
        an_issue(1, blocked_by=(f"{PROJECT}#7",), merge_requests=(LinkedMergeRequest(f"{PROJECT}!10"),)),
        an_issue(2, epic="gitlab-org&4"),
    )
    assert set(found.by_ref) == {f"{PROJECT}#1", f"{PROJECT}#2"}


def test_of_a_hidden_place_nothing_is_left() -> None:
    runs = (Pipeline(PROJECT, 1, "failed", NOW), Pipeline("gitlab-org/charts", 2, "failed", NOW))
    before = a_snapshot(
        ISSUE,
        REVIEW,
        an_issue(9, project="gitlab-org/charts"),
        projects=(Project(PROJECT), Project("gitlab-org/charts")),
        pipelines=runs,
    )
    assert len(before.red) == 2
    found = without(before, Hidden(places=frozenset({PROJECT})))
    assert [item.ref for item in found.items] == ["gitlab-org/charts#9"]
    assert [one.project for one in found.red] == ["gitlab-org/charts"]
    assert set(found.projects) == set(found.runs) == {"gitlab-org/charts"}


def test_requests_about_what_is_hidden_go_and_others_lose_its_name() -> None:
    secret = f"{PROJECT}#3"
    about = UnplannedRequest("Secret", "incident", NOW, ref=secret)
    other = UnplannedRequest(
        "Other", "customer", NOW, displaced=(secret, ISSUE.ref), criteria=(Criterion("incident", "yes", "so", secret),)
    )
    asked = Asked("Secret", "incident", "mara", NOW, ref=secret)
    plain = Asked(
        "Plain",
        "other",
        "mara",
        NOW,
        links=(secret, "https://a.test"),
        steps=(Step(NOW, "ivo", "done", follow_up=secret),),
    )
    support = Support("PostgreSQL", "17", "19.1", proof=f"{secret}, closed")
    before = replace(
        a_snapshot(),
        requests=(about, other),
        asked=(asked, plain),
        tracking=(Tracking("t", secret, NOW), Tracking("u", ISSUE.ref, NOW)),
        support=(support, Support("Redis", "8", "19.1", proof="a file")),
    )
    found = without(before, Hidden(frozenset({secret})))
    (request,), (duty,) = found.requests, found.asked
    assert (request.displaced, request.criteria[0].link, request.criteria[0].evidence) == ((ISSUE.ref,), "", "so")
    assert (duty.links, duty.steps[0].follow_up) == (("https://a.test",), UNNAMED)
    assert [one.ref for one in found.tracking] == [ISSUE.ref]
    assert [one.proof for one in found.support] == [UNNAMED, "a file"]


def test_nothing_hidden_leaves_everything() -> None:
    before = a_snapshot(*EVERY, projects=(Project(PROJECT),))
    assert without(before, Hidden()).items == before.items
    assert not Hidden()
    assert Hidden(places=frozenset({"a"}))


def test_a_snapshot_names_what_its_items_requests_and_proofs_do() -> None:
    asked = Asked("a", "other", "mara", NOW, ref="g/p#1", links=("g/p!2", "https://a.test"), steps=(follows("g/p#3"),))
    planned = Criterion("incident", "yes", "so", "g/p#4")
    request = UnplannedRequest("b", "customer", NOW, ref="g/p#5", displaced=("g/p#6",), criteria=(planned,))
    before = replace(
        a_snapshot(an_issue(1, blocked_by=("g/p#7",), epic="g&8"), a_merge_request(2)),
        asked=(asked,),
        requests=(request,),
        tracking=(Tracking("t", "g/p#9", NOW),),
        support=(Support("Redis", "8", "19.1", proof="g/p#10, closed"),),
    )
    assert named_by(before) == {f"g/p#{number}" for number in (1, 3, 4, 5, 6, 7, 9, 10)} | {"g/p!2", "g&8"}


def follows(ref: str) -> Step:
    return Step(NOW, "ivo", "done", follow_up=ref)


def test_references_tell_where_something_is() -> None:
    assert [place_of(ref) for ref in ("a/b#1", "a/b!1", "a/c&1", "a/b@main")] == [
        "projects/a/b",
        "projects/a/b",
        "groups/a/c",
        "projects/a/b",
    ]
    assert named_in(f"see {PROJECT}#3, and #4 of gitlab-org&5; C# 5") == {f"{PROJECT}#3", "gitlab-org&5"}


def test_where_facts_differ_in_items_alone_those_are_named() -> None:
    issue, other = an_issue(1), an_issue(2)
    before = a_snapshot(issue, other, SECRET)
    assert before.unlike(before) == set()
    assert without(before, Hidden(frozenset({SECRET.ref}))).unlike(before) == {SECRET.ref}
    assert before.with_items({issue.ref: structs.replace(issue, title="Another"), other.ref: None}).unlike(before) == {
        issue.ref,
        other.ref,
    }
    assert a_snapshot(issue, other, SECRET, now=before.now + timedelta(minutes=1)).unlike(before) is None
