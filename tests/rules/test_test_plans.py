"""Test plans: which change asks for one, who is asked, and what counts as an answer."""

import pytest

from handrail.model.actions import Comment
from handrail.model.findings import Finding
from handrail.model.items import Item, MergeRequest, Section
from handrail.model.people import Away, Person
from handrail.testing import PEOPLE, PROJECT, a_handbook, a_merge_request, a_snapshot, an_issue, at, check_rule, told

BARE = "config/software/libxml2.rb"
COVERED = "files/gitlab-cookbooks/gitlab/recipes/puma.rb"


def found(
    *items: Item, changes: dict[str, object] | None = None, people: dict[str, Person] | None = None
) -> list[Finding]:
    book = a_handbook(changes, people or PEOPLE)
    return check_rule("test_plans", a_snapshot(*items, handbook=book), book)


def changing(*paths: str, author: str = "nadia", **facts: object) -> MergeRequest:
    return a_merge_request(7, author=author, changed_paths=paths, **facts)  # type: ignore[arg-type]


def test_an_uncovered_change_is_asked_for_its_plan() -> None:
    one = found(changing(BARE, COVERED))
    assert told(one) == ["no-plan omnibus-gitlab!7"]
    assert one[0].says == f"It changes {BARE}, which integration tests do not cover, and it has no test plan."
    assert one[0].who == ("nadia",)
    comment = one[0].remedies[0].change
    assert isinstance(comment, Comment)
    assert comment.to == ("nadia",)
    assert comment.topic == "test-plan"
    assert f"It touches `{BARE}`, which" in comment.asks
    assert "a section “Test plan”" in comment.asks


@pytest.mark.parametrize("words", [0, 1, 4])
def test_a_section_that_says_next_to_nothing_is_no_plan(words: int) -> None:
    one = found(changing(BARE, sections=(Section("test plan", words),)))
    assert told(one) == ["short-plan omnibus-gitlab!7"]
    assert one[0].says.endswith(f"its section “test plan” has {['no words', '1 word', '', '', '4 words'][words]}.")
    comment = one[0].remedies[0].change
    assert isinstance(comment, Comment)
    assert "Could you add a few words to its section “Test plan”? A few lines" in comment.asks


@pytest.mark.parametrize(
    "sections",
    [
        (Section("how to test", 5),),
        (Section("how was this tested?", 5),),
        (Section("how to set up and validate locally", 5),),
        (Section("test plan", 2), Section("testing", 3)),
        (Section("test plan"), Section("on ubuntu", 5, level=3)),
    ],
)
def test_the_plan_answers(sections: tuple[Section, ...]) -> None:
    assert found(changing(BARE, sections=sections)) == []


def test_words_elsewhere_are_no_plan() -> None:
    assert told(found(changing(BARE, sections=(Section("", 90),)))) == ["no-plan omnibus-gitlab!7"]
    untested = Section("untested corners", 90)
    assert told(found(changing(BARE, sections=(untested,)))) == ["no-plan omnibus-gitlab!7"]
    beside = (Section("test plan"), untested)
    assert told(found(changing(BARE, sections=beside))) == ["short-plan omnibus-gitlab!7"]


@pytest.mark.parametrize(
    "mr",
    [
        changing(COVERED, "spec/a_spec.rb"),
        changing("README.md", "doc/a.md"),
        changing(),
        changing(BARE, draft=True),
        changing(BARE, labels=("Community contribution",)),
        changing(BARE, author="gitlab-bot"),
        a_merge_request(7, project="gitlab-org/gitlab", changed_paths=(BARE,)),
        a_merge_request(7, project="gitlab-org/charts/charts.gitlab.io", changed_paths=(BARE,)),
        an_issue(7),
    ],
    ids=["covered", "needs none", "unknown", "draft", "community", "bot", "another team", "unstated source", "issue"],
)
def test_what_is_not_asked(mr: Item) -> None:
    assert found(mr) == []


def test_a_handbook_may_ask_the_community_too() -> None:
    asks: dict[str, object] = {"rules.test_plans.community": True}
    one = found(changing(BARE, author="somebody", labels=("Community contribution",)), changes=asks)
    assert one[0].who == ("somebody",)


def test_a_source_without_integration_tests_needs_a_plan_for_each_change() -> None:
    bare: dict[str, object] = {"rules.test_plans.covered": {PROJECT: ()}}
    assert told(found(changing(COVERED), changes=bare)) == ["no-plan omnibus-gitlab!7"]
    assert found(changing("README.md"), changes=bare) == []


def test_nested_charts_are_covered_and_images_are_tried_by_hand() -> None:
    paths = ("charts/gitlab/charts/webservice/templates/deployment.yaml", "charts/registry/templates/service.yaml")
    assert found(a_merge_request(7, project="gitlab-org/charts/gitlab", changed_paths=paths)) == []
    for project in ("gitlab-org/build/CNG", "gitlab-org/gitlab-omnibus-builder"):
        image = a_merge_request(7, project=project, author="nadia", changed_paths=("gitaly/Dockerfile",))
        assert [one.code for one in found(image)] == ["no-plan"]


def test_a_bots_change_is_asked_of_whom_it_is_assigned_to() -> None:
    one = found(changing(BARE, author="gitlab-bot", assignees=("gitlab-bot", "ivo")))
    assert one[0].who == ("ivo",)


def test_somebody_away_is_not_written_to() -> None:
    away = Away(at("2026-05-25 00:00").date(), at("2026-06-12 00:00").date())
    one = found(changing(BARE), people={**PEOPLE, "nadia": Person("Nadia", groups=("build",), away=(away,))})
    assert told(one) == ["no-plan omnibus-gitlab!7"]
    assert one[0].remedies == ()


@pytest.mark.parametrize(
    ("count", "cut", "words"),
    [
        (2, False, "a0 and a1"),
        (5, False, "a0, a1, a2 and 2 more"),
        (3, True, "a0, a1, a2 and more"),
        (5, True, "a2 and more"),
    ],
)
def test_a_few_files_are_named(count: int, cut: bool, words: str) -> None:
    paths = tuple(f"a{number}" for number in range(count))
    assert f"{words}, which" in found(changing(*paths, changed_paths_cut=cut))[0].says
