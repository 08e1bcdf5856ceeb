"""From the inbox to the facts: what webhooks tell is decided on at once, and stays provisional until it is read.

What happened to an item that is known is laid over it, and its events are added to its history; of one that is not
known, or of which the body tells too little, a reading has to tell. Nothing else is noted of what a webhook touched:
GitLab moves the item's ``updated_at`` with every change, and the next sweep lists all that changed since the last one
began, so that it reads each of these items anew and replaces what is provisional wholesale. So the way from a webhook
to what is decided holds no request to GitLab, however busy or far away that is, and there is no second list of work
that could be lost or grow.

It may run twice, or in two processes: what is known already changes nothing. What a page can have known is told by no
webhook again (``Store.add_provisional``), so that one that comes late, twice or out of order undoes nothing newer.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, reduce
from operator import attrgetter
from typing import Any

import msgspec
from msgspec.structs import replace

from handrail.errors import UserError
from handrail.gitlab.histories import Team
from handrail.gitlab.reader import Reader
from handrail.gitlab.sources import Source, sources
from handrail.gitlab.webhooks import Heard, Planned, finished, heard, kind_of, planned
from handrail.handbook.schema import Handbook
from handrail.model.planning import Pipeline
from handrail.model.reading import Surroundings, Told
from handrail.store.database import Store
from handrail.store.inbox import Webhook

_log = logging.getLogger(__name__)
AT_ONCE = 100
"""Webhooks that are worked together: as many items at the most are written in one transaction."""
_READ_BY = {
    "release": "evidence",
    **dict.fromkeys(("user_add_to_group", "user_update_for_group", "user_remove_from_group"), "sweep"),
}
"""What is read anew at once because of a webhook, by GitLab's word for its kind: files at tags, and who is a member."""
AHEAD = timedelta(days=1)
"""How far GitLab's clock may be ahead of ours: what is told of a later time would never be replaced by a reading."""


@dataclass
class Drained:
    """What became of the webhooks that were due."""

    touched: set[str] = field(default_factory=set)
    """The stored items that are others by it: these are to be decided on anew."""
    unread: set[str] = field(default_factory=set)
    """References of items of which a reading has to tell: ``read`` does it at once, the next sweep in any case."""
    wakes: set[str] = field(default_factory=set)
    """The jobs (``engine.jobs``) that read what webhooks tell of, and do not tell themselves."""
    wide: bool = False
    """Whether something changed that is no item's: a pipeline of a branch that is followed, a milestone."""
    worked: int = 0
    idle: Counter[str] = field(default_factory=Counter)
    """How many told nothing that we follow, by GitLab's word for their kind; “elsewhere”: of items that we do not."""
    failed: int = 0
    """How many could not be worked: they wait in the inbox, with the reason."""
    aside: int = 0
    """How many of them are not tried again: that was done often enough, or no GitLab sends such a body."""
    is_more: bool = False
    """Whether not all that was due was worked."""
    problems: tuple[str, ...] = ()
    """Why what is ``unread`` could not be read: the next sweep tries it again."""


def drain(
    store: Store,
    handbook: Handbook,
    now: datetime,
    reader: Reader | None = None,
    own: Sequence[Source] | None = None,
    most: int | None = None,
) -> Drained:
    """Work all webhooks that are due, in the order in which they came; or ``most`` times 100 of them.

    ``own``: what is read; the handbook's sources unless others are named. With a ``reader``, what the bodies do not
    tell is read when all is worked. Raises UserError where the store cannot be read or written; nothing is lost then.
    """
    work = _Work(store, Team.of(handbook), sources(handbook.sources.values()) if own is None else own, now)
    times = 0
    while webhooks := store.inbox.due(now, AT_ONCE):
        if times == most:
            work.drained.is_more = True
            break
        work.carefully(webhooks)
        times += 1
    if reader and work.drained.unread:
        read(store, reader, work.drained)
    return work.drained


def read(store: Store, reader: Reader, drained: Drained) -> None:
    """Read what webhooks did not tell: a request for up to 100 items of a project. What is read is touched."""
    try:
        reader.instance  # noqa: B018  # the first answer tells GitLab's clock
        until = reader.now()
        reads = list(reader.items(drained.unread))
    except UserError as error:
        drained.problems = error.problems
        return
    store.write_again(reads, until)
    drained.touched |= {one.item.ref for one in reads}
    drained.unread.clear()


class _Work:
    """One draining of the inbox."""

    def __init__(self, store: Store, team: Team, own: Sequence[Source], now: datetime) -> None:
        self._store, self._team, self._own, self._now = store, team, own, now
        self.drained = Drained()

    @cached_property
    def _titles(self) -> dict[str, str]:
        """Of milestones, by number."""
        return self._store.milestone_titles()

    def carefully(self, webhooks: Sequence[Webhook]) -> None:
        """Work them together; where one cannot be, each alone, so that it keeps none of the others waiting."""
        try:
            self._together(webhooks)
        except UserError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever is wrong with one, the others are worked
            if len(webhooks) > 1:
                for webhook in webhooks:
                    self.carefully([webhook])
                return
            why, is_odd = str(error), isinstance(error, ValueError)
            if not is_odd:
                why = f"a fault of ours: {type(error).__name__}"
                _log.error("webhook %s could not be worked", webhooks[0].id, exc_info=error)
            self.drained.aside += self._store.inbox.failed(webhooks[0], why, self._now, for_good=is_odd)
            self.drained.failed += 1

    def _together(self, webhooks: Sequence[Webhook]) -> None:
        bodies = [_body(webhook) for webhook in webhooks]
        idle = Counter[str]()
        by_ref: dict[str, list[Heard]] = {}
        for body in bodies:
            found = heard(body, self._team, self._titles)
            if found is not None:
                self._check(found.at)
                by_ref.setdefault(found.ref, []).append(found)
            elif not self._around(body):
                idle[kind_of(body)] += 1
        told, unread = self._told(by_ref, idle)
        self.drained.touched |= set(self._store.add_provisional(*told))
        self.drained.unread |= unread
        self._store.inbox.done([webhook.id for webhook in webhooks])
        self.drained.worked += len(webhooks)
        self.drained.idle += idle

    def _told(self, by_ref: Mapping[str, list[Heard]], idle: Counter[str]) -> tuple[list[Told], set[str]]:
        """What is known of each item, with what was heard of it; and what has to be read."""
        known, told, unread = self._store.items(by_ref), list[Told](), set[str]()
        for ref, those in by_ref.items():
            item = known.get(ref)
            if item is None:
                if any(self._is_ours(one) for one in those):
                    unread.add(ref)
                else:
                    idle["elsewhere"] += len(those)
                continue
            if not all(one.is_whole for one in those):
                unread.add(ref)
            events = tuple(event for one in those for event in one.events)
            stated = sorted((one for one in those if one.facts), key=attrgetter("at"))  # of one second, as they came
            now = reduce(lambda before, one: one.over(before), stated, item)
            told.append(Told(ref, events, now, stated[-1].at) if stated else Told(ref, events))
        return told, unread

    def _is_ours(self, one: Heard) -> bool:
        """Whether an item that is not known may be of what is read; of comments' bodies nobody knows the labels."""
        labels = one.facts.get("labels")
        return any(
            source.spans(one.ref) and (not source.label or labels is None or source.label in labels)
            for source in self._own
        )

    def _around(self, body: Mapping[str, Any]) -> bool:
        """Take in what is no item's. Whether it is of a kind that we follow."""
        run, box = finished(body), planned(body)
        if run is not None:
            self._check(run.finished_at)
            self.drained.wide |= self._store.change_surroundings(lambda known: _with_run(known, run))
        elif box is not None:
            self._check(box.at)
            self.drained.wide |= self._store.change_surroundings(lambda known: _with_milestone(known, box))
            self.__dict__.pop("_titles", None)
        reads = _READ_BY.get(kind_of(body))
        self.drained.wakes |= {reads} if reads else set()
        return run is not None or box is not None or reads is not None

    def _check(self, at: datetime) -> None:
        if at > self._now + AHEAD:
            raise ValueError(f"a webhook of {at:%Y-%m-%d %H:%M} UTC, which is to come")


def _body(webhook: Webhook) -> dict[str, Any]:
    try:
        return msgspec.json.decode(webhook.body, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise ValueError(f"no webhook of GitLab's: {error}") from error


def _with_run(known: Surroundings, run: Pipeline) -> Surroundings:
    """With a pipeline of a branch that is followed; what a reading can have known stays as it is."""
    project = next((one for one in known.projects if one.path == run.project), None)
    if project is None or run.finished_at <= known.at:
        return known
    followed = {project.default_branch, *(one.ref for one in known.pipelines if one.project == run.project)}
    before = next((one for one in known.pipelines if (one.project, one.id) == (run.project, run.id)), None)
    if not ({run.ref} & followed) or (before is not None and before.finished_at >= run.finished_at):
        return known
    return replace(known, pipelines=(*(one for one in known.pipelines if one is not before), run))


def _with_milestone(known: Surroundings, told: Planned) -> Surroundings:
    """With a milestone in place of what it was; a new one of a source's own project or group, or one above it."""
    before = known.milestone_numbers.get(told.number)
    path = known.source.partition("~")[0].removesuffix("&")
    is_new = before is None and bool(told.path) and f"{path}/".startswith(f"{told.path}/")
    if told.at <= known.at or (before is None and not is_new):
        return known
    kept = (one for one in known.milestones if one.title != (before or told.milestone.title))
    numbers = {**known.milestone_numbers, told.number: told.milestone.title}
    return replace(known, milestones=(*kept, told.milestone), milestone_numbers=numbers)
