"""Applying plans to a running stand-in: what is done, what is left out, and why."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.model.actions import AddLabels, Comment, SetMilestone
from handrail.plan.letters import marker
from tests.engine.applying import ISSUE, NOW, Desk, a_desk

HELLO = Comment("hello", ("nadia",), "thank you for your work", "Could you look at it?")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path / "store.sqlite") as found:
        yield found


def test_a_plan_is_done_and_applying_it_again_writes_nothing(desk: Desk) -> None:
    plan = desk.plan(
        desk.action(AddLabels(("workflow::in dev", "spike"))), desk.action(HELLO), desk.action(SetMilestone("19.2"))
    )
    report = desk.apply(plan)
    assert [(one.fate, one.why) for one in report.outcomes] == [("done", "")] * 3
    assert (report.stopped, report.stale) == ("", "")
    item = desk.item()
    assert set(item.labels) == {"bug", "spike", "workflow::in dev"}
    assert item.milestone == "19.2"
    (note,) = desk.notes()
    assert note.startswith("@nadia, thank you for your work.\n\nCould you look at it?")
    assert marker("required_labels", "hello") in note
    stored = {item.ref: item for item, _ in desk.store.facts(NOW).items(histories=False, closed=True)}
    assert set(stored[ISSUE].labels) == set(item.labels)
    desk.gitlab.requests.clear()
    again = desk.apply(plan)
    assert [one.fate for one in again.outcomes] == ["done before"] * 3
    assert len(desk.gitlab.requests) == 0
