"""The view of a running process: always what a view made anew would be, and told to everybody who listens."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import replace as with_
from datetime import timedelta
from pathlib import Path
from time import perf_counter, sleep
from weakref import ref

import pytest
from msgspec.structs import replace

from handrail.engine.live import Live, View
from handrail.errors import UserError
from handrail.handbook.schema import Handbook
from handrail.model.items import Item
from handrail.model.reading import Page, Read
from handrail.store.database import Store
from handrail.store.jobs import Standing
from handrail.testing import MILESTONE, NOW, PEOPLE, PROJECT, a_handbook, an_issue
from handrail.worktime.public_holidays import public_holidays

ISSUES = [an_issue(number, "priority::2", "Deliverable", milestone=MILESTONE) for number in range(1, 6)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "s.sqlite") as opened:
        write(opened, *ISSUES)
        yield opened


def write(store: Store, *items: Item, later: int = 0) -> None:
    at = NOW + timedelta(minutes=later)
    store.write_page(Page(PROJECT, "issues", tuple(Read(one, (), at) for one in items), None, at))


def live(store: Store) -> Live:
    book = with_(a_handbook(), people=dict(PEOPLE))
    return Live(store, lambda: book, public_holidays, lambda: NOW)


def test_what_was_touched_is_as_it_is_stored_now(store: Store) -> None:
    kept, told = live(store), list[int]()
    before = kept.view()
    before.decided  # noqa: B018
    kept.listen(told.append)
    taken = replace(ISSUES[0], assignees=("mara",), assigned_since=NOW)
    over = replace(ISSUES[1], state="closed", closed_at=NOW)
    write(store, taken, over, an_issue(9), later=1)
    after = kept.touch([taken.ref, over.ref, an_issue(9).ref, "gitlab-org/none#1"])
    anew = live(store).view()
    assert (after.number, told) == (before.number + 1, [after.number])
    for person in PEOPLE:
        assert after.queue.rank(person) == anew.queue.rank(person)
    assert after.evaluation == anew.evaluation
    assert before.snapshot.by_ref[taken.ref].assignees == ()


def test_what_somebody_else_wrote_before_something_was_touched_is_shown_soon(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handrail.engine.live.LOOKS_EVERY", 0.01)
    kept, told = live(store), list[int]()
    kept.view()
    kept.listen(told.append)
    write(store, replace(ISSUES[1], title="Of another process"), later=1)
    before = store.written_here()
    write(store, replace(ISSUES[0], title="Of a webhook"), later=2)
    touched = kept.touch([ISSUES[0].ref], store.written_here() - before)
    assert touched.snapshot.by_ref[ISSUES[1].ref].title == ISSUES[1].title
    kept.start()
    wait_for(lambda: len(told) > 1)
    kept.stop()
    assert kept.view().snapshot.by_ref[ISSUES[1].ref].title == "Of another process"


def test_what_was_touched_alone_makes_nothing_else_anew(store: Store) -> None:
    kept = live(store)
    kept.view()
    before = store.written_here()
    write(store, replace(ISSUES[0], title="Of a webhook"), later=1)
    kept.touch([ISSUES[0].ref], store.written_here() - before)
    assert kept._seen == store.written()


def test_what_others_depend_on_makes_all_of_it_anew(store: Store) -> None:
    kept = live(store)
    kept.view()
    incident = replace(ISSUES[0], labels=(a_handbook().labels.red_branch,))
    write(store, incident, replace(ISSUES[1], title="Another"), later=1)
    assert kept.touch([incident.ref]).snapshot.by_ref[ISSUES[1].ref].title == "Another"


def test_a_view_is_shown_once_all_is_worked_out(store: Store) -> None:
    kept, shown = live(store), list[tuple[int | None, bool]]()
    before = kept.view()

    def look(view: View) -> None:
        assert view is not before
        shown.append((kept.view().number, "_evaluation" in vars(view)))

    kept.ahead.append(look)
    kept.refresh()
    write(store, replace(ISSUES[0], title="Another"), later=1)
    kept.touch([ISSUES[0].ref])
    assert shown == [(1, True), (2, True)]
    assert kept.view().number == 3


def test_what_cannot_be_worked_out_ahead_keeps_nothing_from_being_shown(store: Store) -> None:
    kept, told = live(store), list[str]()

    def fails(_: View) -> None:
        raise told_of.pop()

    told_of = [KeyError("x"), UserError("No milestone runs.")]
    kept.ahead += [fails, lambda view: told.append(view.handbook.team.name)]
    assert (kept.refresh().number, kept.refresh().number) == (1, 2)
    assert (len(told), told_of) == (2, [])


def test_what_is_touched_while_a_view_is_made_is_in_both(store: Store) -> None:
    kept = live(store)
    kept.view()
    again = replace(ISSUES[0], title="Touched meanwhile")

    def touches(_: View) -> None:
        kept.ahead.clear()
        write(store, again, later=1)
        assert kept.touch([again.ref]).snapshot.by_ref[again.ref].title == again.title
        assert kept.view().number == 2

    kept.ahead.append(touches)
    after = kept.refresh()
    assert (after.number, kept.view()) == (3, after)
    assert after.snapshot.by_ref[again.ref].title == again.title


def test_when_much_is_touched_it_is_shown_before_all_is_worked_out(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handrail.engine.live.RESTS", 1e9)
    kept, worked = live(store), list[View]()
    kept.view()
    kept.ahead.append(worked.append)
    first, second = kept.touch([ISSUES[0].ref]), kept.touch([ISSUES[0].ref])
    assert worked == [first]
    assert kept.view() is second


def test_a_view_that_nobody_looks_at_is_gone_at_once(store: Store) -> None:
    kept = live(store)
    desk = ref(kept.view().queue.desk)
    gc.disable()
    try:
        kept.refresh()
        assert desk() is None
    finally:
        gc.enable()


def test_it_is_told_until_somebody_leaves(store: Store) -> None:
    kept, told = live(store), list[int]()
    leave = kept.listen(told.append)
    kept.refresh()
    leave()
    leave()
    kept.refresh()
    assert told == [1]


def test_what_goes_wrong_is_said_and_the_last_view_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handrail.engine.live.LOOKS_EVERY", 0.01)
    book, wrong = with_(a_handbook(), people=dict(PEOPLE)), list[Exception]()

    def stated() -> Handbook:
        if wrong:
            raise wrong[0]
        return book

    kept = Live(store, stated, public_holidays, lambda: NOW)
    view = kept.view()
    kept.start()
    for error, said in ((UserError("Line 3 is wrong."), "Line 3 is wrong."), (KeyError("x"), "a fault of Handrail’s")):
        wrong[:] = [error]
        write(store, replace(ISSUES[0], title=said), later=len(said))
        wait_for(lambda said=said: said in kept.trouble)  # type: ignore[misc]
        assert kept.view() is view
    wrong.clear()
    write(store, replace(ISSUES[0], title="well again"), later=99)
    wait_for(lambda: kept.view().snapshot.by_ref[ISSUES[0].ref].title == "well again")
    wait_for(lambda: kept.trouble == "")
    kept.stop()


def wait_for(so: Callable[[], bool]) -> None:
    """Another thread is to make it so; a second is plenty, and a machine may be busy."""
    until = perf_counter() + 30
    while not so():
        assert perf_counter() < until
        sleep(0.005)


def test_whoever_listens_is_told_of_its_end(store: Store) -> None:
    kept, told = live(store), list[int]()
    kept.view()
    kept.listen(told.append)
    kept.end()
    assert (kept.is_over, told) == (True, [1])


def test_what_was_not_read_is_said(store: Store, tmp_path: Path) -> None:
    with Store.open(tmp_path / "empty.sqlite") as empty:
        kept = live(empty)
        kept.refresh()
        assert "read for the first time" in kept.unread
    kept = live(store)
    kept.refresh()
    assert kept.unread == ""
    store.jobs.take(Standing("sweep"), "run", NOW, NOW)
    store.jobs.failed("sweep", "run", NOW, 1.0, NOW, error="It cannot be reached.")
    kept.refresh()
    assert "could not be read the last time" in kept.unread
