"""Who sees what: everything that a page shows goes through the view that its reader may see.

What our own token reads may be more than somebody may see on GitLab. So GitLab is asked, person by person and place by
place, and its answer holds for some minutes. While it cannot be asked, what depends on the answer is hidden.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from threading import Lock

import msgspec

from handrail.engine.guarded import Guarded
from handrail.engine.live import View
from handrail.errors import UserError
from handrail.gitlab.access import is_open, level_of
from handrail.gitlab.connection import Connection
from handrail.model.actions import Action, CreateItem
from handrail.model.hidden import GUEST, Access, Hidden, named_in, place_of, without
from handrail.model.history import Event
from handrail.model.items import Item, is_reference
from handrail.model.journal import Record
from handrail.model.snapshot import Snapshot
from handrail.rules.desk import Desk
from handrail.store.database import Store

GOOD_FOR = timedelta(minutes=5)
"""How long GitLab's answer holds."""
AGAIN_AFTER = timedelta(minutes=1)
"""After how long it is asked again that could not be asked."""
_AT_ONCE = 8
"""Questions that GitLab is asked at a time."""
_EVERYBODY = 0
"""In place of somebody's number: whether a place is open to everybody."""
_Question = tuple[str, int]
_encode = msgspec.json.Encoder().encode


class Doorman:
    """Knows what each person may see. ``gitlab`` gives a connection with our own token, ``now`` tells the time."""

    def __init__(self, gitlab: Callable[[], AbstractContextManager[Connection]], now: Callable[[], datetime]) -> None:
        self._gitlab, self._now = gitlab, now
        self._answers: dict[_Question, tuple[datetime, int]] = {}
        self._views: dict[Hidden, tuple[View, View]] = {}
        self._asking, self._making = Lock(), Lock()
        self._away_until: datetime | None = None
        self.trouble = ""
        """Why GitLab could not be asked the last time, as a sentence; empty when it could."""

    def access(self, user: int, places: Iterable[str]) -> Mapping[str, Access]:
        """What GitLab lets somebody see in each place. ``user``: their number on GitLab; 0 for nobody in particular."""
        wanted = sorted(set(places))
        levels = self._asked([(one, user) for one in wanted]) if user != _EVERYBODY else {}
        opened = self._asked([(one, _EVERYBODY) for one in wanted])
        return {one: Access(levels.get((one, user), 0), bool(opened[one, _EVERYBODY])) for one in wanted}

    def hidden(self, guarded: Guarded, snapshot: Snapshot, username: str, user: int) -> Hidden:
        """What somebody may not see of a snapshot."""
        opened = self._asked([(one, _EVERYBODY) for one in sorted(guarded.places)])
        doubtful = {place for (place, _), answer in opened.items() if not answer}
        access = self.access(user, doubtful | {place_of(ref) for ref in guarded.confidential})
        shut = {one for one in doubtful if access[one].level < GUEST}
        items: Iterable[Item] = guarded.confidential.values()
        if any(not access[one].is_whole for one in doubtful - shut):
            here = (one for one in chain(snapshot.items, snapshot.closed) if place_of(one.ref) in access)
            items = chain(items, here)
        unseen = [one for one in items if not access[place_of(one.ref)].sees(one, username)]
        names = frozenset(name for one in unseen for name in (one.ref, one.web_url) if name)
        return Hidden(names, frozenset(one.partition("/")[2] for one in shut))

    def view(self, whole: View, hidden: Hidden) -> View:
        """The view without what is hidden; the same for all who may not see the same."""
        if not hidden:
            return whole
        with self._making:
            kept = self._views.get(hidden)
            if kept is None or kept[0] is not whole:
                self._views = {key: value for key, value in self._views.items() if value[0] is whole}
                kept = self._views[hidden] = whole, whole.without(hidden)
            return kept[1]

    def _asked(self, questions: Sequence[_Question]) -> dict[_Question, int]:
        """GitLab's answers: an access level, or whether a place is open. 0 where it cannot be asked now."""
        now = self._now()
        if self._old(questions, now):
            with self._asking:
                if old := self._old(questions, now):  # nobody else has asked meanwhile
                    self._answers |= dict(zip(old, self._ask(old, now), strict=True))
        return {one: self._answers[one][1] for one in questions}

    def _old(self, questions: Sequence[_Question], now: datetime) -> list[_Question]:
        return [one for one in questions if one not in self._answers or self._answers[one][0] <= now]

    def _ask(self, questions: Sequence[_Question], now: datetime) -> list[tuple[datetime, int]]:
        def one(question: _Question) -> tuple[datetime, int]:
            place, user = question
            if self.trouble:  # nobody is to wait for each of them
                return now + AGAIN_AFTER, 0
            try:
                found = is_open(gitlab, place) if user == _EVERYBODY else level_of(gitlab, place, user)
            except UserError as error:
                self._cannot(error, now)
                return now + AGAIN_AFTER, 0
            return now + GOOD_FOR, int(found)

        if self._away_until and now < self._away_until:  # whoever comes meanwhile does not wait for it, too
            return [(self._away_until, 0)] * len(questions)
        self.trouble = ""
        try:
            with self._gitlab() as gitlab, ThreadPoolExecutor(_AT_ONCE) as several:
                return list(several.map(one, questions))
        except UserError as error:
            self._cannot(error, now)
            return [(now + AGAIN_AFTER, 0)] * len(questions)

    def _cannot(self, error: UserError, now: datetime) -> None:
        self.trouble, self._away_until = str(error), now + AGAIN_AFTER


@dataclass(frozen=True)
class Sight:
    """What one person sees: of a view, and of what is in none. Without a doorman it is everything."""

    whole: View
    store: Store
    doorman: Doorman | None = None
    username: str = ""
    user: int = _EVERYBODY
    _views: list[View] = field(init=False, repr=False, compare=False, default_factory=list)

    @property
    def view(self) -> View:
        """The view of whoever looks."""
        if self.doorman is None:
            return self.whole
        # No cached_property: until Python 3.12 one lock is that of all, and GitLab may be asked while it is held.
        if not self._views:
            hidden = self.doorman.hidden(self.whole.guarded, self.whole.snapshot, self.username, self.user)
            self._views.append(self.doorman.view(self.whole, hidden))
        return self._views[0]

    @property
    def trouble(self) -> str:
        """Why GitLab cannot be asked what they may see; empty where it can."""
        return self.doorman.trouble if self.doorman else ""

    def past(self, desk: Desk) -> Desk:
        """What they may see of the team at a past moment."""
        if self.doorman is None:
            return desk
        guarded = desk.once("guarded", lambda: Guarded.of(desk.snapshot, self.store.items))
        hidden = self.doorman.hidden(guarded, desk.snapshot, self.username, self.user)
        if not hidden:
            return desk
        return desk.once("without", lambda: Desk(without(desk.snapshot, hidden), desk.handbook), hidden)

    def sees(self, ref: str) -> bool:
        """Whether they may see what there is about an item. One that is gone is for who may see all where it was."""
        return not self._unseen({ref}, set())

    def records(self, found: Iterable[Record]) -> list[Record]:
        """Those of the journal's records that tell of nothing that they may not see."""
        told = [(one, _about(one), named_in(_encode(one).decode())) for one in found]
        all_about, all_said = set().union(*(one[1] for one in told)), set().union(*(one[2] for one in told))
        unseen = self._unseen(all_about, all_said)
        return [one for one, about, said in told if not unseen & (about | said) and self._sees_planned(one.action)]

    def history(self, ref: str, now: datetime) -> tuple[Event, ...]:
        """An item's history as they may see it: nothing of a hidden one, and no word of one in another's."""
        if not self.sees(ref):
            return ()
        events = self.store.facts(now).history(ref)
        unseen = self._unseen(set(), {name for event in events for name in named_in(event.value)})
        return tuple(event for event in events if unseen.isdisjoint(named_in(event.value)))

    def _unseen(self, about: set[str], said: set[str]) -> set[str]:
        """Of these items those that they may not see. Of what is said, only what is known at all can be told."""
        if self.doorman is None:
            return set()
        known = self._items(about | said)
        access = self.doorman.access(self.user, map(place_of, about | known.keys()))

        def may_see(ref: str) -> bool:
            theirs = access[place_of(ref)]
            return theirs.sees(known[ref], self.username) if ref in known else theirs.is_whole

        return {ref for ref in about | known.keys() if not may_see(ref)}

    def _sees_planned(self, action: Action) -> bool:
        """Whether they may see that an issue is opened, or what is done about a project."""
        path, _, rest = action.subject.partition("@")
        if self.doorman is None or is_reference(action.subject) or ("/" not in path and not rest):
            return True
        theirs = self.doorman.access(self.user, [f"projects/{path}"])[f"projects/{path}"]
        is_confidential = isinstance(action.change, CreateItem) and action.change.confidential
        return theirs.is_whole or (not is_confidential and (theirs.is_open or theirs.level >= GUEST))

    def _items(self, refs: set[str]) -> dict[str, Item]:
        """Those of the items that are known, what is closed included."""
        here = {ref: self.whole.snapshot.by_ref[ref] for ref in refs if ref in self.whole.snapshot.by_ref}
        return here | self.store.items(refs - here.keys())


def _about(record: Record) -> set[str]:
    return {ref for ref in (record.action.subject, record.made) if is_reference(ref)}
