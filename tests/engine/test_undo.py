"""What was applied is taken back, as far as it is still so; what cannot be is said with what a person can do."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from handrail.engine.apply import Report
from handrail.engine.undo import taken_back, undo
from handrail.errors import UserError
from handrail.gitlab.reader import Reader
from handrail.gitlab.writer import Writer
from handrail.model.actions import (
    AddLabels,
    Assign,
    Change,
    CloseItem,
    Comment,
    CreateItem,
    EditDescription,
    EditItem,
    LinkItems,
    RemoveLabels,
    RequestReview,
    SetMilestone,
    SetStatus,
    Unassign,
)
from handrail.model.journal import Shape, State
from handrail.model.markdown import between_marks
from handrail.testing import NOW, PROJECT
from tests.engine.applying import ISSUE, REVIEW, Desk, a_desk

WITH_STATUS = f"{PROJECT}#3"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path / "store.sqlite") as found:
        yield found


def done(desk: Desk, change: Change, subject: str = ISSUE) -> int:
    (outcome,) = desk.apply(desk.plan(desk.action(change, subject))).outcomes
    assert outcome.fate == "done"
    return outcome.number


def take_back(desk: Desk, number: int) -> Report:
    at = NOW + timedelta(hours=1)
    reader, writer = Reader(desk.connection), Writer(desk.connection)
    return undo(number, desk.book, reader, writer, desk.store, "paul", at)


def facts(desk: Desk, ref: str) -> object:
    item = desk.item(ref)
    return set(item.labels), item.milestone, set(item.assignees), item.title, getattr(item, "status", None)


@pytest.mark.parametrize(
    ("change", "ref"),
    [
        (AddLabels(("spike",)), ISSUE),
        (AddLabels(("workflow::in dev",)), ISSUE),
        (AddLabels(("workflow::in dev", "spike")), ISSUE),
        (RemoveLabels(("bug", "workflow::ready")), ISSUE),
        (SetMilestone("19.2"), ISSUE),
        (SetMilestone(None), ISSUE),
        (SetMilestone("19.2"), REVIEW),
        (Assign(("ivo",)), ISSUE),
        (Assign(("ivo", "mara")), REVIEW),
        (Unassign(("nadia",)), ISSUE),
        (EditItem("Mended"), ISSUE),
        (SetStatus("In progress"), WITH_STATUS),
        (SetStatus("In dev"), ISSUE),
    ],
)
def test_it_is_as_it_was(desk: Desk, change: Change, ref: str) -> None:
    before = facts(desk, ref)
    number = done(desk, change, ref)
    assert facts(desk, ref) != before
    report = take_back(desk, number)
    assert {one.fate for one in report.outcomes} == {"done"}
    assert facts(desk, ref) == before
    assert set(desk.stored(ref).labels) == set(desk.item(ref).labels)
    with pytest.raises(UserError, match=rf"Entry {number} was taken back on 2026-06-02 already, by paul"):
        take_back(desk, number)


def test_a_description_is_as_it_was(desk: Desk) -> None:
    entry = desk.gitlab.world.entries[ISSUE]
    entry.description = before = "Mine\r\n" + between_marks("It is due.\n- [ ] Ask") + "\n*Why*\n"
    entry.item = replace(desk.item(), part="It is due.\n- [ ] Ask")
    number = done(desk, EditDescription("It is held.\n- [ ] Ask", "It is held.", "It is due."))
    assert entry.description == before.replace("due", "held")
    entry.description = ticked = entry.description.replace("[ ]", "[x]")
    why = "changed since: our part of its description was edited meanwhile"
    with pytest.raises(UserError, match=why):
        take_back(desk, number)
    assert entry.description == ticked
    entry.description = ticked.replace("[x]", "[ ]")
    (outcome,) = take_back(desk, number).outcomes
    assert (outcome.fate, entry.description) == ("done", before)
    assert outcome.action.change == EditDescription("It is due.\n- [ ] Ask", "It is due.", "It is held.")
    with pytest.raises(UserError, match=rf"Entry {number} was taken back on 2026-06-02 already, by paul"):
        take_back(desk, number)


def test_what_was_taken_back_is_not_done_again_and_can_be_brought_back(desk: Desk) -> None:
    action = desk.action(AddLabels(("spike",)))
    (outcome,) = desk.apply(desk.plan(action)).outcomes
    (back,) = take_back(desk, outcome.number).outcomes
    assert action.key in desk.store.journal.known(NOW).done
    assert [one.fate for one in desk.apply(desk.plan(action)).outcomes] == ["done before"]
    take_back(desk, back.number)
    assert "spike" in desk.item().labels
    assert [(one.state, one.approver) for one in desk.store.journal.records(ISSUE)] == [
        ("confirmed", "paul"),
        ("confirmed", "paul"),
        ("confirmed", "erin"),
    ]


@pytest.mark.parametrize(
    ("change", "later", "why"),
    [
        (AddLabels(("spike",)), RemoveLabels(("spike",)), "it no longer has ~spike"),
        (AddLabels(("workflow::in dev",)), AddLabels(("workflow::blocked",)), "somebody has set workflow::blocked"),
        (RemoveLabels(("bug",)), AddLabels(("bug",)), "it has ~bug already"),
        (SetMilestone("19.2"), SetMilestone(None), "its milestone is none, no longer 19.2"),
        (Assign(("ivo",)), Unassign(("ivo",)), "@ivo is no longer assigned"),
        (Unassign(("nadia",)), Assign(("mara",)), "it has somebody: @mara"),
        (EditItem("Mended"), EditItem("Done"), "its title is Done, no longer Mended"),
    ],
)
def test_what_somebody_has_changed_since_stays(desk: Desk, change: Change, later: Change, why: str) -> None:
    number = done(desk, change)
    done(desk, later)
    before, noted = facts(desk, ISSUE), len(desk.store.journal.records())
    with pytest.raises(UserError, match=f"Entry {number} cannot be taken back, for .*#1 has changed since: {why}"):
        take_back(desk, number)
    assert (facts(desk, ISSUE), len(desk.store.journal.records())) == (before, noted)


def test_what_is_not_there_any_more_stays(desk: Desk) -> None:
    number = done(desk, AddLabels(("spike",)))
    desk.gitlab.world.forget(ISSUE)
    with pytest.raises(UserError, match="changed since: it is not there, or not for this token"):
        take_back(desk, number)


def test_a_taking_back_that_nobody_heard_of_is_looked_for(desk: Desk) -> None:
    number = done(desk, AddLabels(("spike",)))
    record = desk.store.journal.record(number)
    assert record is not None
    (action,) = taken_back(record)
    (sent,) = desk.store.journal.approve([(action, "")], "digest", "erin", NOW)
    desk.store.journal.claim([sent.id], "run", NOW)
    desk.store.journal.send(sent.id, "run", NOW, action, "", Shape(), Shape())
    desk.store.journal.release("run")
    entry = desk.gitlab.world.entries[ISSUE]
    entry.item = replace(entry.item, labels=("bug", "workflow::ready"))
    assert [one.fate for one in take_back(desk, number).outcomes] == ["done"]


@pytest.mark.parametrize(
    ("change", "ref", "words"),
    [
        (Comment("hello", ("nadia",), "thank you", "Look?"), ISSUE, "people have read it. Answer on .*#1, or delete"),
        (CreateItem("next", "Next", "To do."), PROJECT, r"close gitlab-org/omnibus-gitlab#\d+ yourself"),
        (CloseItem(), ISSUE, "reopen .*#1 yourself"),
        (RequestReview(("ivo",)), REVIEW, "take them off .*!2 yourself"),
        (LinkItems("gitlab-org/charts/gitlab#4"), ISSUE, "remove gitlab-org/charts/gitlab#4 from the linked items"),
        (EditItem(tick=("Ask",)), ISSUE, "untick it"),
    ],
)
def test_what_cannot_be_taken_back(desk: Desk, change: Change, ref: str, words: str) -> None:
    desk.gitlab.world.entries[ISSUE].description = "- [ ] Ask"
    number = done(desk, change, ref)
    with pytest.raises(UserError, match=words):
        take_back(desk, number)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("proposed", "has not been done yet"),
        ("approved", "has not been done yet"),
        ("sent", "nobody knows yet whether it was done"),
        ("skipped", r"was not done \(it is closed\)"),
        ("failed", r"was not done \(it is closed\)"),
        ("confirmed", "changed nothing"),
    ],
)
def test_what_was_not_done_need_not_be_taken_back(desk: Desk, state: State, words: str) -> None:
    action = desk.action(AddLabels(("spike",)))
    (record,) = desk.store.journal.approve([(action, "")], "digest", "erin", NOW)
    with pytest.raises(UserError, match=words):
        taken_back(replace(record, state=state, why="it is closed"))


def test_an_issue_that_had_no_status_has_none_to_go_back_to(desk: Desk) -> None:
    number = done(desk, SetStatus("In progress"), WITH_STATUS)
    record = desk.store.journal.record(number)
    assert record is not None
    with pytest.raises(UserError, match="had no Status before"):
        taken_back(replace(record, before=Shape(status="")))


def test_there_is_no_such_entry(desk: Desk) -> None:
    with pytest.raises(UserError, match="no entry 404: look there for the number"):
        take_back(desk, 404)
