"""Reads what shows which of our releases have what of others: files at their tags, tracking issues, the ledger.

Tags never change: what was read at one is kept, and not asked for again.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handrail.engine.sync import Step
from handrail.errors import UserError
from handrail.gitlab.connection import AbsentError, Connection, LostError, TooLargeError, project_path
from handrail.gitlab.sources import Source
from handrail.handbook.schema import Handbook
from handrail.model.support import RULE, FileAtTag, Support
from handrail.releases.ledger import read_ledger
from handrail.store.database import Store
from handrail.support.evidence import Proofs, as_first_read, of_issues, strongest, tag_of, versions_in
from handrail.support.own_releases import OwnReleases, own_releases

_MANY = 4
"""So many files of a folder are worth a look at what it lists: few of them change from one release to the next."""
_KIND = "files at tags"
_Progress = Callable[[Step], None]


def read_evidence(
    connection: Connection,
    store: Store,
    handbook: Handbook,
    sources: Collection[Source],
    now: datetime,
    progress: _Progress = lambda _: None,
) -> list[str]:
    """Read what is not known yet, and keep what follows; a sentence for each thing that could not be read.

    ``sources``: what can be read of GitLab now; of other projects nothing is asked for. What is wrong with a pattern is
    said when it has been tried on something new.
    """
    team = store.facts(now).team()
    zone = ZoneInfo(handbook.team.zone)
    today = now.astimezone(zone).date()
    ours = OwnReleases(own_releases(team.milestones), today)
    milestones = [one.title for one in ours.all if one.released <= today]
    proofs = Proofs(handbook.support.products, handbook.sources)
    problems: list[str] = []
    known = store.evidence.read()
    anew = False
    for project in proofs.patterns:
        if not any(source.spans(project) for source in sources):
            continue  # what is known of it still counts
        reading = _Reading(connection, store, project, progress)
        anew |= reading.files(proofs, milestones, known)
        problems += reading.problems
    of_files, wrong = proofs.support(store.evidence.read() if anew else known, milestones)
    problems += wrong if anew else ()
    of_ledger = store.evidence.ledger()
    if handbook.support.ledger:
        try:
            told, wrong = _ledger(connection, handbook, milestones)
            of_ledger = as_first_read(told, of_ledger, today)
        except UserError as error:
            wrong = [f"The ledger could not be read, what it said last still counts: {error}"]
        problems += wrong
    else:
        of_ledger = []
    tracked = of_issues(store.evidence.tracked(RULE), team.published, zone)
    store.evidence.state(strongest(milestones, of_files, tracked, of_ledger), of_ledger)
    return problems


def _ledger(connection: Connection, handbook: Handbook, milestones: Sequence[str]) -> tuple[list[Support], list[str]]:
    name, _, path = handbook.support.ledger.partition(":")
    source = handbook.sources.get(name)
    project = source.path if source else name
    return read_ledger(connection.raw_file(project, path, "HEAD"), f"{project}:{path}", milestones)


class _Reading:
    """The files of one project, at the tags of our releases."""

    def __init__(self, connection: Connection, store: Store, project: str, progress: _Progress) -> None:
        self._connection, self._store, self._project, self._progress = connection, store, project, progress
        self._given_up: set[str] = set()
        self._texts: dict[tuple[str, str], str] = {}
        self.problems: list[str] = []

    def files(self, proofs: Proofs, milestones: Sequence[str], known: Collection[FileAtTag]) -> bool:
        """Read what is not known, from the newest tag on; whether anything was."""
        has = {(one.tag, one.path, one.pattern) for one in known if one.project == self._project}
        wanted: dict[str, dict[str, list[str]]] = {}
        for milestone in reversed(milestones):
            tag = tag_of(proofs.forms[self._project], milestone)
            for path, patterns in proofs.patterns[self._project].items():
                missing = [pattern for pattern in patterns if tag and (tag, path, pattern) not in has]
                if tag and missing:
                    wanted.setdefault(tag, {})[path] = missing
        count = 0
        try:
            there = self._tags(proofs.forms[self._project]) if wanted else set()
            if wanted and not has and there.isdisjoint(wanted):
                self.problems.append(
                    f"{self._project} has no tag like {next(iter(wanted))}: correct the source's release_tag in the "
                    "handbook."
                )
            for tag in [tag for tag in wanted if tag in there]:
                read = list(self._at(tag, wanted[tag]))
                self._store.evidence.keep(read)
                count += len({one.path for one in read})
                self._progress(Step(self._project, _KIND, count, done=False))
        except UserError as error:
            self.problems += error.problems
        if count:
            self._progress(Step(self._project, _KIND, count, done=True))
        return bool(count)

    def _tags(self, form: str) -> set[str]:
        start, end = form.partition("{")[0], form.rpartition("}")[2]
        path = f"/projects/{project_path(self._project)}/repository/tags"
        return {tag["name"] for tag in self._connection.rest(path, search=f"{end}$" if end else f"^{start}")}

    def _at(self, tag: str, wanted: dict[str, list[str]]) -> Iterator[FileAtTag]:
        folders = Counter(map(_folder, wanted))
        blobs = {folder: self._blobs(folder, tag) for folder, count in folders.items() if count >= _MANY}
        for path, patterns in wanted.items():
            if path in self._given_up:
                continue
            try:
                text = self._text(path, tag, blobs.get(_folder(path)))
            except AbsentError:
                yield from (FileAtTag(self._project, tag, path, pattern, None) for pattern in patterns)
            except TooLargeError as error:
                self._given_up.add(path)  # those of other tags will be no smaller
                self.problems += error.problems
            else:
                yield from (
                    FileAtTag(self._project, tag, path, pattern, versions_in(text, pattern)) for pattern in patterns
                )

    def _blobs(self, folder: str, tag: str) -> dict[str, str] | None:
        """Which content each file in a folder has, by path; None where GitLab does not list it."""
        path = f"/projects/{project_path(self._project)}/repository/tree"
        try:
            return {one["path"]: one["id"] for one in self._connection.rest(path, path=folder, ref=tag)}
        except LostError:
            return None

    def _text(self, path: str, tag: str, blobs: dict[str, str] | None) -> str:
        """A file's text, which is asked for once of each content where its folder was listed."""
        if blobs is None:
            return self._connection.raw_file(self._project, path, tag)
        if path not in blobs:
            raise AbsentError(f"{self._project} does not have {path} at {tag}.")
        key = path, blobs[path]
        if key not in self._texts:
            self._texts[key] = self._connection.raw_file(self._project, path, tag)
        return self._texts[key]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
