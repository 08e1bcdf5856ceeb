"""The journal: every action that was to be done on GitLab, and what became of it.

A key has one row at the most that is not finished, so that two runs that want the same find the same row; who has it in
hand holds a lease on it, and leaves alone what another has. Writers come one after the other (``store.connection``), so
that each method decides on what is there.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select, update

from handrail.model.actions import Action, AddLabels, Assign, Comment, CreateItem, EditDescription
from handrail.model.journal import Record, Shape, State
from handrail.model.plans import Done, Known, Sent
from handrail.store import said
from handrail.store.tables import LAST, UNFINISHED, journal

ABANDONED = timedelta(hours=1)
"""How long what was approved may stand about, in nobody's hand, before it is taken for forgotten."""
LEASE = timedelta(minutes=5)
"""How long a run may have an action in hand before others take it for dead."""
REMEMBERED = timedelta(days=7)
"""How long a comment of ours counts on its thread."""
_encode = msgspec.json.Encoder().encode
_action = msgspec.json.Decoder(Action).decode
_shape = msgspec.json.Decoder(Shape).decode
_FEW = 25
"""Rows that are proposed in one transaction: others may wait for it."""
_AT_ONCE = 500
"""Keys that one statement asks for."""
_NO_REASON: Mapping[str, str] = MappingProxyType({})
_Transaction = Callable[[], AbstractContextManager[Connection]]


class Journal:
    """The journal of one store; ``reading`` and ``writing`` begin its transactions."""

    def __init__(self, reading: _Transaction, writing: _Transaction) -> None:
        self._reading, self._writing = reading, writing

    # --- looking ---------------------------------------------------------------------------------------

    def known(self, now: datetime, until: datetime | None = None) -> Known:
        """What a planner has to know: what was done, whom we told of what lately, what people answered.

        ``until``: for a look at the past, what was known then. A request that had come is as it was answered since.
        """
        ended = (journal.c.ended_at <= until,) if until else ()  # clocks differ: without it, all that is written counts
        with self._reading() as connection:
            done, effects = _done(connection, *ended)
            sent = tuple(one for one in _sent(connection, now - REMEMBERED) if until is None or one.at <= until)
            requests = tuple(one for one in said.requests(connection) if until is None or one.asked_at <= until)
        return Known(done, effects, sent, requests)

    def records(self, subject: str | None = None, most: int | None = None) -> list[Record]:
        """The rows about an item (or all), the newest first."""
        chosen = select(journal).order_by(journal.c.id.desc()).limit(most)
        if subject is not None:
            chosen = chosen.where(or_(journal.c.subject == subject, journal.c.made == subject))
        with self._reading() as connection:
            return list(_records(connection, chosen))

    def record(self, number: int) -> Record | None:
        """The row of that number; None also for one that no row can have."""
        if not 0 < number <= LAST:
            return None
        with self._reading() as connection:
            return next(_records(connection, select(journal).where(journal.c.id == number)), None)

    def proposed(self) -> list[Record]:
        """What waits for a person's yes, or for its hour, the oldest first."""
        chosen = select(journal).where(journal.c.state == "proposed").order_by(journal.c.id)
        with self._reading() as connection:
            return list(_records(connection, chosen))

    def latest(self, keys: Iterable[str]) -> dict[str, Record]:
        """The newest row of each key that has any."""
        with self._reading() as connection:
            return _latest(connection, tuple(keys))

    def unresolved(self, now: datetime) -> list[Record]:
        """What was sent, and nobody has in hand any more: whether it was carried out is to be looked up."""
        chosen = select(journal).where(journal.c.state == "sent", ~_held(now)).order_by(journal.c.id)
        with self._reading() as connection:
            return list(_records(connection, chosen))

    # --- from a plan to the work in hand ------------------------------------------------------------------

    def propose(
        self, actions: Iterable[tuple[Action, str]], plan: str, now: datetime, why: Mapping[str, str] = _NO_REASON
    ) -> list[Record]:
        """Note what waits for a person's yes. Each action comes with the digest of its words.

        ``why``: by key, for what reason something waits that no yes would help: a comment that would be loud.
        """
        told = tuple(actions)
        parts = (told[start : start + _FEW] for start in range(0, len(told), _FEW))
        return [record for part in parts for record in self._enter(part, plan, "", "proposed", now, why)]

    def withdraw(self, kept: Collection[str], now: datetime) -> None:
        """Let go of what waits, or was approved and forgotten, and is no longer wanted: all but the ``kept`` keys."""
        idle = or_(journal.c.state == "proposed", and_(journal.c.state == "approved", _forgotten(now)))
        with self._writing() as connection:
            waiting = select(journal.c.id, journal.c.key).where(idle)
            gone = [row.id for row in connection.execute(waiting) if row.key not in kept]
            for start in range(0, len(gone), _AT_ONCE):
                those = journal.c.id.in_(gone[start : start + _AT_ONCE])
                changes = {"state": "skipped", "ended_at": now, "why": "it is no longer needed"}
                connection.execute(update(journal).where(those, idle).values(changes))

    def resting(self, now: datetime) -> set[str]:
        """The keys of what GitLab refused a while ago, and is not tried again yet."""
        chosen = select(journal.c.key).where(journal.c.state == "failed", journal.c.not_before > now)
        with self._reading() as connection:
            return set(connection.scalars(chosen))

    def approve(
        self, actions: Iterable[tuple[Action, str]], plan: str, approver: str, now: datetime, *, again: bool = False
    ) -> list[Record]:
        """Note what is to be done, and on whose word: the newest row of each action, in the order of the actions.

        What was done before stays done (what has other words is to be done again, and everything if ``again``),
        what is under way stays so.
        """
        return self._enter(actions, plan, approver, "approved", now, again=again)

    def _enter(
        self,
        actions: Iterable[tuple[Action, str]],
        plan: str,
        approver: str,
        state: State,
        now: datetime,
        why: Mapping[str, str] = _NO_REASON,
        *,
        again: bool = False,
    ) -> list[Record]:
        wanted = {action.key: (action, words) for action, words in actions}
        with self._writing() as connection:
            there = _latest(connection, tuple(wanted))
            new = []
            for key, (action, words) in wanted.items():
                record = there.get(key)
                if record is None or _is_wanted_again(record, words) or (again and record.state == "confirmed"):
                    row = _row(action, words, plan, approver, state, now)
                    attempts = record.attempts if record is not None and record.state == "failed" else 0
                    new.append({**row, "why": why.get(key, ""), "attempts": attempts})
                elif _may_become(record, state, now):
                    changes = {"plan": plan, "words": words, "action": _encode(action).decode(), "proposed_at": now}
                    changes |= {"state": state, "approver": approver, "why": why.get(key, "")}
                    connection.execute(update(journal).where(journal.c.id == record.id).values(changes))
            if new:
                connection.execute(journal.insert(), new)
            entered = _latest(connection, tuple(wanted))
        return [entered[key] for key in wanted]

    def claim(self, numbers: Sequence[int], run: str, now: datetime) -> dict[int, Record]:
        """Take rows in hand that are to be done, or were sent and forgotten; those of them that could be taken.

        Not to be had are rows that another run has, that are about a subject that another run has, or that are done.
        """
        with self._writing() as connection:
            others = and_(_held(now), journal.c.run != run)
            busy = select(journal.c.subject).where(others)
            chosen = (
                update(journal)
                .where(
                    journal.c.id.in_(numbers),
                    journal.c.state.in_(("approved", "sent")),
                    ~others,
                    journal.c.subject.not_in(busy),
                    or_(journal.c.not_before.is_(None), journal.c.not_before <= now),
                )
                .values(run=run, lease_until=now + LEASE)
            )
            connection.execute(chosen)
            mine = select(journal).where(journal.c.id.in_(numbers), journal.c.run == run, _held(now))
            return {record.id: record for record in _records(connection, mine)}

    def release(self, run: str, approved: Sequence[int] = ()) -> None:
        """Let go of all that the run has in hand. What was ``approved`` for it and not begun waits for another yes."""
        with self._writing() as connection:
            connection.execute(update(journal).where(journal.c.run == run).values(run="", lease_until=None))
            for start in range(0, len(approved), _AT_ONCE):
                those = journal.c.id.in_(approved[start : start + _AT_ONCE])
                left = and_(those, journal.c.state == "approved", journal.c.lease_until.is_(None))
                connection.execute(update(journal).where(left).values(state="proposed", approver="", why=""))

    # --- what becomes of it -------------------------------------------------------------------------------

    def send(
        self, number: int, run: str, now: datetime, action: Action, words: str, before: Shape, after: Shape
    ) -> bool:
        """Note, before the request, that it is on its way; False if the run no longer has it in hand."""
        with self._writing() as connection:
            mine = and_(journal.c.id == number, journal.c.run == run, journal.c.state.in_(("approved", "sent")))
            changed = connection.execute(
                update(journal)
                .where(mine)
                .values(
                    state="sent",
                    action=_encode(action).decode(),
                    words=words,
                    sent_at=now,
                    lease_until=now + LEASE,
                    attempts=journal.c.attempts + 1,
                    before=_encode(before).decode(),
                    after=_encode(after).decode(),
                    why="",
                )
                .returning(journal.c.id)
            )
            return changed.first() is not None

    def confirm(self, number: int, now: datetime, made: str = "", words: str = "") -> None:
        """It is done. ``made``: the number of the comment, or the reference of the issue."""
        self._end(number, "confirmed", now, made=made, words=words)

    def skip(self, number: int, now: datetime, why: str) -> None:
        """It no longer fits."""
        self._end(number, "skipped", now, why=why)

    def fail(self, number: int, now: datetime, why: str, not_before: datetime | None = None) -> None:
        """GitLab refused it. ``not_before``: when a timer may try it again."""
        self._end(number, "failed", now, why=why, not_before=not_before)

    def put_back(self, number: int, state: State, why: str, not_before: datetime | None = None) -> None:
        """Let go of it: ``approved`` if it certainly never reached GitLab, ``sent`` if nobody knows."""
        with self._writing() as connection:
            connection.execute(
                update(journal)
                .where(journal.c.id == number, UNFINISHED)
                .values(state=state, why=why, run="", lease_until=None, not_before=not_before)
            )

    def _end(self, number: int, state: State, now: datetime, **more: object) -> None:
        with self._writing() as connection:
            connection.execute(
                update(journal)
                .where(journal.c.id == number, UNFINISHED)
                .values(state=state, ended_at=now, run="", lease_until=None, **more)
            )


def _row(action: Action, words: str, plan: str, approver: str, state: State, now: datetime) -> Mapping[str, object]:
    return {
        "key": action.key,
        "state": state,
        "plan": plan,
        "rule": action.rule,
        "subject": action.subject,
        "action": _encode(action).decode(),
        "approver": approver,
        "words": words,
        "made": "",
        "attempts": 0,
        "why": "",
        "run": "",
        "proposed_at": now,
    }


def _is_wanted_again(record: Record, words: str) -> bool:
    """Whether an action that was ended before is to be done: it failed or was skipped, or has other words."""
    if record.state in {"skipped", "failed"}:
        return True
    has_words = isinstance(record.action.change, Comment | EditDescription)
    return record.state == "confirmed" and has_words and record.words != words


def _may_become(record: Record, state: State, now: datetime) -> bool:
    """Whether nobody has it in hand; what somebody approved just now is not for others to propose again."""
    waits = record.state == "proposed" or (
        record.state == "approved" and (state == "approved" or record.proposed_at <= now - ABANDONED)
    )
    return waits and not _is_held(record, now)


def _forgotten(now: datetime) -> ColumnElement[bool]:
    return and_(journal.c.proposed_at <= now - ABANDONED, ~_held(now))


def _held(now: datetime) -> ColumnElement[bool]:
    return and_(UNFINISHED, journal.c.lease_until.is_not(None), journal.c.lease_until > now)


def _is_held(record: Record, now: datetime) -> bool:
    return record.lease_until is not None and record.lease_until > now


def _latest(connection: Connection, keys: Sequence[str]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for start in range(0, len(keys), _AT_ONCE):
        chosen = select(journal).where(journal.c.key.in_(keys[start : start + _AT_ONCE])).order_by(journal.c.id)
        found |= {record.action.key: record for record in _records(connection, chosen)}
    return found


def _records(connection: Connection, chosen: Any) -> Iterator[Record]:
    for row in connection.execute(chosen):
        yield _record(row)


def _record(row: Row[Any]) -> Record:
    return Record(
        id=row.id,
        action=_action(row.action),
        state=row.state,
        plan=row.plan,
        approver=row.approver,
        proposed_at=row.proposed_at,
        words=row.words,
        before=None if row.before is None else _shape(row.before),
        after=None if row.after is None else _shape(row.after),
        made=row.made,
        attempts=row.attempts,
        why=row.why,
        lease_until=row.lease_until,
        not_before=row.not_before,
        sent_at=row.sent_at,
        ended_at=row.ended_at,
    )


def _done(connection: Connection, *ended: ColumnElement[bool]) -> tuple[dict[str, Done], dict[str, datetime]]:
    """What was carried out, by key and piece by piece. An issue that we opened has its labels and people from us."""
    done: dict[str, Done] = {}
    effects: dict[str, datetime] = {}
    columns = journal.c.key, journal.c.ended_at, journal.c.words, journal.c.made, journal.c.action
    chosen = select(*columns).where(journal.c.state == "confirmed", *ended).order_by(journal.c.id)
    for key, at, words, made, told in connection.execute(chosen):
        action = _action(told)
        to: tuple[str, ...] = ()
        those = [action]
        if isinstance(action.change, Comment):
            to = tuple(dict.fromkeys((*(done[key].to if key in done else ()), *action.change.to)))
        elif isinstance(action.change, CreateItem):
            born = AddLabels(action.change.labels), Assign(action.change.assignees)
            those = [replace(action, subject=made, change=change, period="") for change in born]
        done[key] = Done(at, words, to)
        effects |= {effect: at for one in those for effect in one.effects}
    return done, effects


def _sent(connection: Connection, since: datetime) -> Iterator[Sent]:
    """Comments of ours that told somebody something: the first of a key, since later ones edit it in place."""
    earlier = journal.alias()
    again = select(earlier.c.id).where(
        earlier.c.key == journal.c.key, earlier.c.id < journal.c.id, earlier.c.sent_at.is_not(None)
    )
    chosen = select(journal.c.action, journal.c.sent_at).where(
        journal.c.words != "",
        journal.c.state.in_(("confirmed", "sent")),
        journal.c.sent_at > since,
        ~again.exists(),
    )
    for told, at in connection.execute(chosen.order_by(journal.c.id)):
        action = _action(told)
        if isinstance(action.change, Comment):
            yield Sent(action.subject, action.change.to, at, bool(action.change.group))
