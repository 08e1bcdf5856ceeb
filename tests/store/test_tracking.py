"""The issues that were opened for releases: known for good, and of which of them the end says something."""

from pathlib import Path

from msgspec.structs import replace

from handrail.model.actions import Action, AddLabels, Change, CloseItem, Comment, CreateItem, EditDescription
from handrail.model.markdown import between_marks
from handrail.model.reading import Page, Read
from handrail.model.support import RULE, Published, Support, Tracking
from handrail.store.database import Store
from handrail.store.snapshot_file import SnapshotFile, write
from handrail.store.upstream import Copy
from handrail.testing import NOW, an_issue

PROJECT = "acme/app"
DONE: tuple[tuple[str, str, str, Change, str], ...] = (
    (RULE, "to-open", PROJECT, CreateItem("ubuntu-26.04", "Support", ""), f"{PROJECT}#1"),
    (RULE, "to-open", PROJECT, CreateItem("debian-13", "Support", between_marks("It is due.")), f"{PROJECT}#2"),
    (RULE, "to-open", PROJECT, CreateItem("debian-14", "Support", between_marks("It is due.")), f"{PROJECT}#4"),
    (RULE, "out-of-date", f"{PROJECT}#2", EditDescription("It is held. Why?", "It is held.", "It is due."), ""),
    (RULE, "out-of-date", f"{PROJECT}#5", EditDescription("It is held.", "It is held.", "It is due."), ""),
    (RULE, "not-needed", f"{PROJECT}#2", CloseItem(), ""),
    (RULE, "supported", f"{PROJECT}#1", CloseItem(), ""),
    (RULE, "due-soon", f"{PROJECT}#1", Comment("due-soon", ("nadia",), "thank you", "How is it?"), "77"),
    (RULE, "overdue", f"{PROJECT}#1", AddLabels(("late",)), ""),
    ("spikes", "to-open", PROJECT, CreateItem("ubuntu-26.04", "Support", ""), f"{PROJECT}#3"),
)


def _did(store: Store) -> None:
    actions = [
        (Action(rule, "support.ubuntu", on, what, "So it is.", code=code), "") for rule, code, on, what, _ in DONE
    ]
    for record, (*_, made) in zip(store.journal.approve(actions, "digest", "nadia", NOW), DONE, strict=True):
        store.journal.claim([record.id], "run", NOW)
        store.journal.confirm(record.id, NOW, made)


def test_what_was_opened_for_a_release_is_known_for_good(store: Store) -> None:
    assert store.facts(NOW).team().tracking == ()
    _did(store)
    assert store.facts(NOW).team().tracking == (
        Tracking("ubuntu-26.04", f"{PROJECT}#1", NOW),
        Tracking("debian-13", f"{PROJECT}#2", NOW, "It is held."),
        Tracking("debian-14", f"{PROJECT}#4", NOW, "It is due."),
    )


def test_an_issue_that_ended_as_not_needed_proves_nothing(store: Store) -> None:
    _did(store)
    ended = [an_issue(number, project=PROJECT, state="closed", closed_at=NOW) for number in (1, 2)]
    store.write_page(Page(PROJECT, "issues", tuple(Read(one, (), NOW) for one in ended), None, NOW))
    assert [(topic, issue.ref) for topic, issue in store.evidence.tracked(RULE)] == [("ubuntu-26.04", f"{PROJECT}#1")]


def test_a_snapshot_file_has_what_came_out_upstream_and_what_became_of_it(store: Store, tmp_path: Path) -> None:
    _did(store)
    seen = Published("ubuntu", "26.04", NOW, NOW.date())
    store.copies.keep(Copy("ubuntu", tried_at=NOW, read_at=NOW), [seen, replace(seen, release="24.04", lts=True)])
    store.evidence.state([Support("ubuntu", "24.04", "17.1", proof="a file")], ())
    kept = store.facts(NOW).team()
    write(tmp_path / "case.jsonl", store.facts(NOW))
    told = SnapshotFile(tmp_path / "case.jsonl").team()
    assert (told.published, told.support, told.tracking) == (kept.published, kept.support, kept.tracking)
    assert [len(those) for those in (told.published, told.support, told.tracking)] == [2, 1, 3]
