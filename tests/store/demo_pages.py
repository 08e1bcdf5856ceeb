"""The demo team's items as the pages of a reading, for tests, and for the processes that they kill."""

import os
import signal
import sys
from collections.abc import Sequence

from sqlalchemy import event

from handrail.demo import NOW, DemoTeam
from handrail.model.reading import Page, Read
from handrail.store.database import Store

SOURCE, KIND = "gitlab-org", "issues"


def reads(size: int) -> list[Read]:
    """The items with their whole histories, in the order in which they changed last."""
    found = [
        Read(item, tuple(events), max([item.created_at, *(event.at for event in events)]))
        for item, events in DemoTeam(size, 14).items(histories=True, closed=True)
    ]
    return sorted(found, key=lambda read: (read.updated_at, read.item.ref))


def pages(found: Sequence[Read], of: int = 20) -> list[Page]:
    """The items in pages: a page's cursor is where the next one begins, until the last."""
    starts = range(0, len(found), of)
    return [
        Page(SOURCE, KIND, tuple(found[s : s + of]), str(s + of) if s + of < len(found) else None, NOW) for s in starts
    ]


def go_on(store: Store, size: int) -> None:
    """Read on from where the store says, to the end; a finished reading is left as it is."""
    known = store.progress(SOURCE, KIND)
    if known.updated_after is not None:
        return
    done = int(known.cursor or 0)
    for page in pages(reads(size)[done:]):
        # Cursors count from the first item, wherever this process began.
        store.write_page(page if page.cursor is None else _moved(page, done))


def _moved(page: Page, by: int) -> Page:
    return Page(page.source, page.kind, page.reads, str(int(page.cursor or 0) + by), page.until)


def _die_at(store: Store, statement: int) -> None:
    """Kill this process, without any clean-up, before its so-manieth statement or commit."""
    left = statement

    def _count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store._engine, "before_cursor_execute", _count)
    event.listen(store._engine, "commit", _count)


if __name__ == "__main__":
    with Store.open(sys.argv[1]) as opened:
        _die_at(opened, int(sys.argv[3]))
        go_on(opened, int(sys.argv[2]))
