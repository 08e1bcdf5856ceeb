"""Webhooks that come late, twice, in any order or never change when something is known, and never what.

``make bench ARGS="--only webhooks"`` tries twenty times as many.
"""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import standin
from bench.webhook_trials import KINDS, Came, Course, Step, Trials, facts

STEPS = st.lists(
    st.builds(
        Step,
        kind=st.integers(0, KINDS - 1),
        who=st.integers(0, 5),
        which=st.integers(0, 9),
        what=st.integers(0, 19),
        seconds=st.sampled_from((0, 1, 30, 200)),
    ),
    min_size=1,
    max_size=9,
)
NUMBERS = st.lists(st.integers(0, 30), max_size=14)
ORDERS = st.lists(st.builds(Came, NUMBERS, NUMBERS, st.booleans()), min_size=5, max_size=5)


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trials]:
    with standin.running(facts(), per_minute=None) as gitlab:
        yield Trials(gitlab, tmp_path_factory.mktemp("orders"))


@settings(max_examples=20)
@given(course=st.builds(Course, STEPS, STEPS, ORDERS, st.booleans()))
def test_after_a_sweep_it_is_as_though_no_webhook_had_come_and_as_read_anew(trials: Trials, course: Course) -> None:
    assert trials.differences(course) == []


def test_webhooks_are_heard_before_the_sweep(trials: Trials) -> None:
    before = trials.heard
    said = Step(20, 0, 0, 1, 30)
    assert trials.differences(Course((said,), (said,), (Came((0,), (0, 1, 1), False),), True)) == []
    assert trials.heard == before + 4


def test_what_a_webhook_ended_and_somebody_deleted_then_is_gone(trials: Trials) -> None:
    close, delete = Step(5, 0, 1, 0, 30), Step(23, 0, 1, 0, 30)
    for with_reader in (False, True):
        assert trials.differences(Course((close,), (delete,), (Came((0,), (), with_reader),), False)) == []
