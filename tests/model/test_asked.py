"""Requests to whoever is on duty: what their steps come to, and what they were at a past moment."""

from datetime import UTC, datetime

import pytest

from handrail.model.asked import Asked, Did, Stage, Step, after, is_late, stood_at


def at(hour: int) -> datetime:
    return datetime(2026, 6, 2, hour, tzinfo=UTC)


def told(*steps: Step) -> Asked:
    one = Asked("503 in two regions", "incident", "sam", at(9), answer_due=at(10))
    for step in (Step(at(9), "sam", "came", "ivo"), *steps):
        one = after(one, step)
    return one


@pytest.mark.parametrize(
    ("step", "owner", "stage", "passing_to"),
    [
        (Step(at(12), "mara", "took"), "mara", "open", ""),
        (Step(at(12), "nadia", "acknowledged"), "nadia", "open", ""),
        (Step(at(12), "ivo", "handed over", "mara"), "ivo", "open", "mara"),
        (Step(at(12), "ivo", "asked", "wren"), "ivo", "asked", "nadia"),
        (Step(at(12), "ivo", "escalated", "pilar"), "ivo", "escalated", "nadia"),
        (Step(at(12), "ivo", "done"), "ivo", "done", ""),
        (Step(at(12), "ivo", "declined"), "ivo", "declined", ""),
        (Step(at(12), "", "chased"), "ivo", "open", "nadia"),
    ],
)
def test_whose_it_is_and_how_it_stands_follows_from_the_steps(
    step: Step, owner: str, stage: Stage, passing_to: str
) -> None:
    passed = Step(at(11), "ivo", "handed over", "nadia")
    one = told(passed, step)
    assert (one.owner, one.stage, one.passing_to) == (owner, stage, passing_to)
    assert one.is_over == (stage in {"done", "declined"})
    assert after(one, Step(at(11), "", "told")).ended == (step if one.is_over else None)
    assert stood_at(one, at(11)) == told(passed)
    assert stood_at(one, at(10)) == told()
    assert stood_at(one, at(13)) is one


@pytest.mark.parametrize(
    ("did", "late"),
    [("came", True), ("chased", True), ("handed over", True), ("took", False), ("asked", False), ("done", False)],
)
def test_it_is_late_once_its_time_passed_without_a_word(did: Did, late: bool) -> None:
    one = told(Step(at(9), "ivo", did, "ivo"))
    assert is_late(one, at(10)) == late
    assert not is_late(one, at(9))
