"""From a GitLab into the store: every page is written as it comes, and a reading that broke goes on where it stopped.

Once a day the open items are compared with what the store has, since no listing tells of deletions, moves and lost
access.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.gitlab.connection import LostError, TooMuchError
from handrail.gitlab.reader import Reader
from handrail.gitlab.sources import ELSEWHERE, Source
from handrail.model.reading import Page, Read
from handrail.store.database import Store

COMPARED_EVERY = timedelta(days=1)
_COMPARISON = "comparison"
"""The kind under which the store keeps when a source was compared last."""


@dataclass(frozen=True)
class Step:
    """What has just been written: for progress bars and plain lines."""

    source: str
    kind: str
    items: int
    """Of this source and kind, so far."""
    done: bool


@dataclass
class Report:
    """What a reading came to."""

    items: int = 0
    pages: int = 0
    problems: tuple[str, ...] = ()
    """One sentence for each source that could not be read, or not to its end; the others were."""
    read: tuple[Source, ...] = ()
    unread: tuple[Source, ...] = ()
    """The sources that could not be read, or not to their end."""
    forgotten: tuple[str, ...] = ()
    """References of items that are gone."""
    unavailable: tuple[str, ...] = ()
    """What this GitLab does not have, in words."""

    def is_unread(self, subject: str) -> bool:
        """Whether an item, or a project, may have changed without our knowing: no source that was read has it."""
        return any(one.spans(subject) for one in self.unread) and not any(one.holds(subject) for one in self.read)


def sync(
    reader: Reader,
    store: Store,
    sources: Sequence[Source],
    usernames: Iterable[str] = (),
    progress: Callable[[Step], None] = lambda _: None,
) -> Report:
    """Bring the store up to date with the sources and with what people of the team have elsewhere.

    Raises UserError for what stops everything: a token that is not accepted, a GitLab that cannot be reached or is not
    the store's, a full disk. What was written until then stays, and the next reading goes on there.
    """
    reading = _Reading(reader, store, progress)
    people = sorted(usernames)
    reading.report.unavailable = reader.instance.unavailable()
    store.read_from(reader.origin)
    for source in sources:
        whole = reading.guarded(lambda source=source: reading.source(source))  # type: ignore[misc]
        if whole:
            reading.report.read += (source,)
        else:
            reading.report.unread += (source,)
    if people:
        reading.guarded(lambda: reading.elsewhere(people, sources))
    if not reading.report.problems:  # a mistyped path must not cost what is stored
        for name in sorted(store.sources() - {source.name for source in sources} - {ELSEWHERE}):
            reading.forget_source(name)
    return reading.report


class _Reading:
    """One run of ``sync``."""

    def __init__(self, reader: Reader, store: Store, progress: Callable[[Step], None]) -> None:
        self._reader, self._store, self._progress = reader, store, progress
        self.report = Report()

    def guarded(self, read: Callable[[], None]) -> bool:
        """Whether it was read whole. One source's trouble is told and does not keep the others from being read."""
        try:
            read()
        except (LostError, TooMuchError) as error:
            self.report.problems += tuple(problem for problem in error.problems if problem not in self.report.problems)
            return False
        return True

    def source(self, source: Source) -> None:
        """A source's surroundings and items; only epics are read without the group's projects around them."""
        if not source.only_epics:
            self._store.write_surroundings(self._reader.surroundings(source))
        at = self._reader.now()
        for kind in self._reader.kinds(source):
            known = self._store.progress(source.name, kind)
            count = 0
            for page in self._reader.pages(source, kind, known.cursor, known.updated_after):
                self._write(page)
                count += len(page.reads)
                self._progress(Step(source.name, kind, count, page.cursor is None))
        if self._is_due(source.name, at):
            listed = {ref for kind in self._reader.kinds(source) for ref in self._reader.open_refs(source, kind)}
            self._compare(source.name, listed, at, lambda read: source.label in ("", *read.item.labels))

    def elsewhere(self, usernames: Sequence[str], sources: Sequence[Source]) -> None:
        """What people of the team have outside the sources."""
        since = [self._store.progress(ELSEWHERE, kind).updated_after for kind in ("issues", "merge_requests")]
        oldest = None if None in since else min(at for at in since if at)
        at = None
        for page in self._reader.elsewhere(usernames, sources, oldest):
            self._write(page)
            at = page.until
            self._progress(Step(ELSEWHERE, page.kind, len(page.reads), done=True))
        if at is not None and self._is_due(ELSEWHERE, at):
            listed = self._reader.elsewhere_refs(usernames, sources)
            self._compare(ELSEWHERE, listed, at, lambda _: False)

    def forget_source(self, name: str) -> None:
        """A source that the handbook no longer names."""
        self.report.forgotten += tuple(self._store.forget_source(name, self._reader.now()))

    def _compare(self, name: str, listed: set[str], at: datetime, belongs: Callable[[Read], bool]) -> None:
        """Read again what only one side has as open; forget what is gone, and what the source no longer gives.

        What ended since the last comparison, as a webhook may have told, was open then: whether it is gone is looked
        at, too.
        """
        stored, last = self._store.open_refs(name), self._store.progress(name, _COMPARISON).updated_after
        ended = self._store.ended_since(name, last) - listed if last else set()
        there = {read.item.ref: read for read in self._reader.items((stored ^ listed) | ended)}
        reads = tuple(read for ref, read in there.items() if ref not in ended)  # the round has read those whole
        self._write(Page(name, _COMPARISON, reads, None, at))
        missing = (stored | ended) - listed
        self._forget(name, [ref for ref in missing if ref not in there], "it was deleted, moved, or hidden from us", at)
        left = [ref for ref in missing & there.keys() if there[ref].item.state == "opened" and not belongs(there[ref])]
        self._forget(name, left, "it no longer belongs to what is read", at)

    def _forget(self, name: str, refs: Sequence[str], why: str, at: datetime) -> None:
        if refs:
            self.report.forgotten += tuple(self._store.forget(name, sorted(refs), why, at))

    def _is_due(self, name: str, at: datetime) -> bool:
        """Whether a day has passed since the last comparison. The first reading has nothing to compare."""
        last = self._store.progress(name, _COMPARISON).updated_after
        if last is None:
            self._store.write_page(Page(name, _COMPARISON, (), None, at))
            return False
        return at - last >= COMPARED_EVERY

    def _write(self, page: Page) -> None:
        self._store.write_page(page)
        self.report.pages += 1
        self.report.items += len(page.reads)
