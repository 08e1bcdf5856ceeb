import pytest

from handrail.model.clocks import Clock
from handrail.model.items import Item, kind_of, near_ref, url_of
from handrail.model.people import Person, Role
from handrail.testing import NOW, a_merge_request, an_epic, an_issue


@pytest.mark.parametrize(
    ("item", "sigil", "project", "iid"),
    [
        (an_issue(7421, project="gitlab-org/omnibus-gitlab"), "#", "gitlab-org/omnibus-gitlab", 7421),
        (a_merge_request(3, project="a/b/c.d"), "!", "a/b/c.d", 3),
        (an_epic(12, group="gitlab-org/distribution"), "&", "gitlab-org/distribution", 12),
    ],
)
def test_a_reference_holds_project_and_number(item: Item, sigil: str, project: str, iid: int) -> None:
    assert (item.sigil, item.project, item.iid) == (sigil, project, iid)


@pytest.mark.parametrize(
    ("ref", "kind"), [("a/b#1", "issue"), ("a/b!12", "merge request"), ("a&3", "epic"), ("a/b#1!2", "merge request")]
)
def test_the_sigil_tells_the_kind(ref: str, kind: str) -> None:
    assert kind_of(ref) == kind


@pytest.mark.parametrize("ref", ["", "#1", "a/b", "a/b#", "a/b#x", "a/b!-1", "a/b@main", "a/b# 1"])
def test_what_is_no_reference_is_refused_with_how_to_write_one(ref: str) -> None:
    with pytest.raises(ValueError, match="is no reference: write project#1 for an issue"):
        kind_of(ref)


@pytest.mark.parametrize(
    ("item", "url"),
    [
        (an_issue(7, project="a/b"), "https://gitlab.com/a/b/-/issues/7"),
        (a_merge_request(7, project="a/b"), "https://gitlab.com/a/b/-/merge_requests/7"),
        (an_epic(7, group="a"), "https://gitlab.com/groups/a/-/epics/7"),
        (an_issue(7, web_url="https://git.example.org/7"), "https://git.example.org/7"),
    ],
)
def test_every_item_can_be_opened(item: Item, url: str) -> None:
    assert url_of(item) == url


def test_a_clock_says_hours_to_a_tenth() -> None:
    clock = Clock(NOW, used=5 * 3600 + 20 * 60, limit=32 * 3600, state="non-breaching")
    assert (clock.used_hours, clock.limit_hours) == (5.3, 32.0)


@pytest.mark.parametrize(
    ("roles", "takes_work"),
    [
        (("engineer",), True),
        (("staff_engineer",), True),
        (("engineering_manager", "engineer"), True),
        (("engineering_manager",), False),
        (("product_manager",), False),
        ((), False),
    ],
)
def test_work_open_to_the_team_is_for_engineers(roles: tuple[Role, ...], takes_work: bool) -> None:
    assert Person("Somebody", roles=roles).is_engineer is takes_work


@pytest.mark.parametrize(
    ("wrong", "near"), [("a/bee!7", "a/bees!7"), ("a/bees#7", "a/bees!7"), ("a/bees#8", None), ("x/y!7", None)]
)
def test_a_reference_of_nearly_that_name_may_be_meant(wrong: str, near: str | None) -> None:
    assert near_ref(wrong, ["a/bees!7", "a/bees!12"]) == near
