import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.model.labels import excluded_by, folded, scope_of, value_of

PARTS = st.sampled_from(["group", "distribution", "build", "deploy", "a:b", "", " ", "Ω"])
LABELS = st.lists(PARTS, min_size=1, max_size=4).map("::".join)


@pytest.mark.parametrize(
    ("label", "scope", "value"),
    [
        ("Deliverable", None, "Deliverable"),
        ("priority::1", "priority", "1"),
        ("group::distribution", "group", "distribution"),
        ("group::distribution::build", "group::distribution", "build"),
        ("workflow::in dev", "workflow", "in dev"),
        ("master:broken", None, "master:broken"),
        ("::odd", "", "odd"),
        ("odd::", "odd", ""),
    ],
)
def test_the_scope_is_everything_before_the_last_colons(label: str, scope: str | None, value: str) -> None:
    assert (scope_of(label), value_of(label)) == (scope, value)


def test_a_groups_label_stands_beside_the_teams() -> None:
    both = ("group::distribution", "group::distribution::build")
    assert excluded_by("group::distribution", both) == ()
    assert excluded_by("group::distribution::build", both) == ()


def test_labels_of_one_scope_exclude_each_other() -> None:
    labels = ("group::distribution", "group::distribution::build", "priority::1", "priority::2", "bug")
    assert excluded_by("group::distribution::deploy", labels) == ("group::distribution::build",)
    assert excluded_by("priority::3", labels) == ("priority::1", "priority::2")
    assert excluded_by("bug", ("bug", "feature")) == ()


@given(LABELS)
def test_scope_and_value_make_the_label_again(label: str) -> None:
    scope = scope_of(label)
    assert label == (value_of(label) if scope is None else f"{scope}::{value_of(label)}")
    assert "::" not in value_of(label)


@given(LABELS, LABELS)
def test_exclusion_is_mutual_and_never_of_itself(one: str, other: str) -> None:
    assert bool(excluded_by(one, (other,))) == bool(excluded_by(other, (one,)))
    assert excluded_by(one, (one,)) == ()


@given(LABELS, LABELS)
def test_a_nested_label_never_excludes_its_parent(parent: str, child: str) -> None:
    assert excluded_by(f"{parent}::{child.replace(':', '')}", (parent,)) == ()


@pytest.mark.parametrize(
    "label",
    ["workflow::in dev", "Workflow::In Dev", "workflow::in\u00a0dev", "workflow::in\u200b dev", " workflow::in  dev "],
)
def test_labels_that_read_alike_fold_alike(label: str) -> None:
    assert folded(label) == "workflow::in dev"


def test_labels_that_read_differently_fold_differently() -> None:
    assert folded("priority::1") != folded("priority::2")
