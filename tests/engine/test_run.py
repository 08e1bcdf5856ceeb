"""A round without anybody at the keyboard: what it does, what it keeps for a person's yes, and what it lets go of."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from handrail.engine.run import HANDBOOK, Round, run_once
from handrail.gitlab.reader import Reader
from handrail.gitlab.writer import Writer
from handrail.handbook.schema import Handbook
from handrail.model.actions import Action, AddLabels, Comment, CreateItem
from handrail.model.findings import Finding, Remedy
from handrail.testing import NOW, a_handbook
from tests.engine.applying import ISSUE, REVIEW, Desk, a_desk

HELLO = Comment("hello", ("nadia",), "thank you for your work", "Could you look at it?")
FOUND = Finding("reviewers", "labels.team", ISSUE, "waits", "It waits.", remedies=(Remedy(HELLO),))
NIGHT = timedelta(hours=10)
"""At midnight nobody is at work; half a day later everybody is."""
NEXT_DAY = timedelta(hours=24)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path / "store.sqlite") as found:
        yield found


def a_book(modes: dict[str, str], most_share: float = 1.0, most_actions: int = 100) -> Handbook:
    """With all other rules off."""
    off = {f"rules.{rule}.mode": "off" for rule in a_handbook().rules}
    asked = {f"rules.{rule}.mode": mode for rule, mode in modes.items()}
    return a_handbook({**off, **asked, "acting.most_share": most_share, "acting.most_actions": most_actions})


LABELS = a_book({"required_labels": "apply"})
BOTH = a_book({"required_labels": "apply", "recurring_duties": "propose"})
SPEAKS = a_book({"reviewers": "apply"})


def go_round(desk: Desk, book: Handbook, after: timedelta = timedelta(0)) -> Round:
    reader, writer = Reader(desk.connection), Writer(desk.connection)
    return run_once(book, reader, writer, desk.store, NOW + after, lambda *_: {})


def waiting(desk: Desk) -> set[str]:
    return {record.action.key for record in desk.store.journal.proposed()}


def keys(actions: tuple[Action, ...]) -> set[str]:
    return {action.key for action in actions}


def find(patch: pytest.MonkeyPatch, *found: Finding) -> None:
    """The rules find just that."""
    patch.setattr("handrail.engine.evaluate.findings", lambda *_: list(found))


def test_what_the_handbook_lets_be_applied_is_and_the_rest_waits_for_a_yes(desk: Desk) -> None:
    found = go_round(desk, BOTH)
    assert {one.fate for one in found.applied.outcomes} == {"done"}
    assert {one.action.rule for one in found.applied.outcomes} == {"required_labels"}
    assert "group::distribution" in desk.item().labels
    assert {action.rule for action in found.waiting} == {"recurring_duties"}
    assert all(isinstance(action.change, CreateItem) for action in found.waiting)
    assert waiting(desk) == keys(found.waiting)
    records = desk.store.journal.records()
    assert {(one.action.rule, one.state, one.approver) for one in records} == {
        ("required_labels", "confirmed", HANDBOOK),
        ("recurring_duties", "proposed", ""),
    }
    assert not any(write.startswith("POST") for write in desk.writes())


def test_nothing_is_done_where_not_everything_could_be_read_nor_what_belongs_to_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = Remedy(AddLabels(("spike",)), REVIEW)
    find(monkeypatch, replace(FOUND, remedies=(Remedy(HELLO), labels)), replace(FOUND, subject=REVIEW, code="other"))
    reader, writer = Reader(desk.connection), Writer(desk.connection)
    found = run_once(SPEAKS, reader, writer, desk.store, NOW, lambda *_: {}, is_unread=ISSUE.__eq__)
    assert [action.subject for action in found.unread] == [ISSUE, REVIEW]
    assert [(one.action.subject, one.fate) for one in found.applied.outcomes] == [(REVIEW, "done")]
    assert (found.waiting, waiting(desk)) == ((), set())
    again = run_once(SPEAKS, reader, writer, desk.store, NOW, lambda *_: {})
    assert {one.action.key for one in again.applied.of("done")} == keys(found.unread)


def test_a_second_round_writes_nothing_and_keeps_what_waits(desk: Desk) -> None:
    first = go_round(desk, BOTH)
    before = [(one.id, one.state) for one in desk.store.journal.records()]
    desk.gitlab.requests.clear()
    second = go_round(desk, BOTH, timedelta(minutes=10))
    assert (second.applied.outcomes, desk.writes()) == ([], [])
    assert keys(second.waiting) == keys(first.waiting)
    assert [(one.id, one.state) for one in desk.store.journal.records()] == before


@pytest.mark.parametrize("limit", [{"most_share": 0.2}, {"most_actions": 3}])
def test_of_what_is_due_and_too_large_nothing_is_done(desk: Desk, limit: dict[str, float]) -> None:
    found = go_round(desk, a_book({"required_labels": "apply"}, **limit))  # type: ignore[arg-type]
    assert (found.applied.outcomes, desk.writes()) == ([], [])
    assert found.waiting == found.plan.actions
    assert waiting(desk) == keys(found.waiting) != set()
    allowed = go_round(desk, LABELS)
    assert {one.fate for one in allowed.applied.outcomes} == {"done"}
    assert waiting(desk) == set()


def test_what_waits_for_a_yes_does_not_make_what_is_due_too_large(desk: Desk) -> None:
    alone = len(go_round(desk, a_book({"required_labels": "propose"})).waiting)
    book = a_book({"required_labels": "apply", "recurring_duties": "propose"}, most_actions=alone)
    found = go_round(desk, book)
    assert found.plan.too_large
    assert len(found.applied.of("done")) == alone
    assert len(found.waiting) == len(found.plan.actions) - alone


def test_what_gitlab_refuses_rests_and_the_rest_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(FOUND, subject=REVIEW)
    both = replace(FOUND, remedies=(Remedy(AddLabels(("spike",))), Remedy(HELLO)))
    find(monkeypatch, both, other)
    desk.gitlab.fail("status", "/issues/1", method="PUT", times=None, status=403)
    first = go_round(desk, SPEAKS)
    assert sorted(one.fate for one in first.applied.outcomes) == ["done", "failed", "skipped"]
    find(monkeypatch, replace(both, remedies=both.remedies[:1]), other)
    desk.gitlab.heal()
    desk.gitlab.requests.clear()
    second = go_round(desk, SPEAKS, timedelta(minutes=10))
    assert ([action.subject for action in second.resting], second.waiting, desk.writes()) == ([ISSUE], (), [])
    third = go_round(desk, SPEAKS, timedelta(minutes=20))
    assert ([one.fate for one in third.applied.outcomes], third.resting) == (["done"], ())


def test_a_comment_that_has_to_wait_is_kept_and_said_in_its_hour(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    find(monkeypatch, FOUND)
    held = go_round(desk, SPEAKS, NIGHT)
    assert (held.waiting, desk.notes()) == ((), [])
    assert [action.change for action in held.unsaid] == [HELLO]
    assert waiting(desk) == keys(held.unsaid)
    said = go_round(desk, SPEAKS, NEXT_DAY)
    assert ([one.fate for one in said.applied.outcomes], said.unsaid) == (["done"], ())
    assert len(desk.notes()) == 1
    go_round(desk, SPEAKS, NEXT_DAY)
    assert len(desk.notes()) == 1
    assert waiting(desk) == set()


def test_a_comment_that_nobody_needs_any_more_is_let_go_of(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(FOUND, code="other", remedies=(Remedy(replace(HELLO, topic="other")),))
    find(monkeypatch, FOUND, other)
    assert len(go_round(desk, SPEAKS, NIGHT).unsaid) == 2
    find(monkeypatch, other)
    held = go_round(desk, SPEAKS, NIGHT)
    assert waiting(desk) == keys(held.unsaid)
    ended = [(one.state, one.why) for one in desk.store.journal.records() if one.state != "proposed"]
    assert ended == [("skipped", "it is no longer needed")]
    find(monkeypatch)
    go_round(desk, SPEAKS, NEXT_DAY)
    assert (waiting(desk), desk.notes()) == (set(), [])
