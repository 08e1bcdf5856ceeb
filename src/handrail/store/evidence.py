"""What our releases have of others' releases, and the files at tags that say so."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, delete, select

from handrail.model.actions import Action, CloseItem, CreateItem, EditDescription
from handrail.model.items import Issue, Item
from handrail.model.markdown import our_part
from handrail.model.support import RULE, FileAtTag, Support, Tracking
from handrail.store.connection import insert_into
from handrail.store.tables import files_at_tags, items, journal
from handrail.store.tables import support as table

_Transaction = Callable[[], AbstractContextManager[Connection]]
_encode = msgspec.json.Encoder().encode
_versions = msgspec.json.Decoder(tuple[str, ...] | None).decode
_support = msgspec.json.Decoder(Support).decode
_action = msgspec.json.Decoder(Action).decode
_item = msgspec.json.Decoder(Item).decode
NEEDLESS = "not-needed"
"""The code of what closes an issue that nobody has to do any more."""
ALL, LEDGER = "", "ledger"
"""Whose word a row is: everybody's together, which counts, or the ledger's, for when it cannot be read."""


class Evidence:
    """The evidence in one store; ``reading`` and ``writing`` begin its transactions."""

    def __init__(self, reading: _Transaction, writing: _Transaction) -> None:
        self._reading, self._writing = reading, writing

    def keep(self, read: Iterable[FileAtTag]) -> None:
        """Keep what was read at a tag, for good; what is known of it already stays."""
        rows = [
            {
                "project": one.project,
                "tag": one.tag,
                "path": one.path,
                "pattern": one.pattern,
                "versions": None if one.versions is None else _encode(one.versions).decode(),
            }
            for one in read
        ]
        if rows:
            with self._writing() as connection:
                connection.execute(insert_into(connection, files_at_tags).on_conflict_do_nothing(), rows)

    def read(self) -> list[FileAtTag]:
        """Everything that was read at tags."""
        with self._reading() as connection:
            rows = connection.execute(select(files_at_tags))
            return [
                FileAtTag(row.project, row.tag, row.path, row.pattern, _versions(row.versions or b"null"))
                for row in rows
            ]

    def tracked(self, rule: str) -> list[tuple[str, Issue]]:
        """The closed issues that a rule opened, with their topics; none that it closed itself as not needed."""
        opened = select(journal.c.action, items.c.facts).join(items, items.c.ref == journal.c.made)
        dropped = select(journal.c.action).where(journal.c.rule == rule, journal.c.state == "confirmed")
        with self._reading() as connection:
            rows = connection.execute(opened.where(journal.c.rule == rule, items.c.state == "closed")).all()
            ours = [_action(action) for action in connection.scalars(dropped)]
        needless = {one.subject for one in ours if isinstance(one.change, CloseItem) and one.code == NEEDLESS}
        found = [(_action(row.action).change, _item(row.facts)) for row in rows]
        return [
            (change.topic, item)
            for change, item in found
            if isinstance(change, CreateItem) and isinstance(item, Issue) and item.ref not in needless
        ]

    def ledger(self) -> list[Support]:
        """What the team's ledger said when it was read last."""
        with self._reading() as connection:
            return _all(connection, LEDGER)

    def support(self) -> list[Support]:
        """What counts, by all witnesses, as it was stated last."""
        with self._reading() as connection:
            return _all(connection, ALL)

    def state(self, support: Sequence[Support], ledger: Sequence[Support]) -> None:
        """Keep what counts, and what the ledger says, in place of what was known; a store that has it is left alone."""
        told = [(ALL, one) for one in support] + [(LEDGER, one) for one in ledger]
        rows = [
            {"number": number, "witness": witness, "facts": _encode(one).decode()}
            for number, (witness, one) in enumerate(told)
        ]
        if (self.support(), self.ledger()) == (list(support), list(ledger)):
            return
        with self._writing() as connection:
            connection.execute(delete(table))
            if rows:
                connection.execute(table.insert(), rows)


def all_support(connection: Connection) -> tuple[Support, ...]:
    """What counts, by all witnesses."""
    return tuple(_all(connection, ALL))


def all_tracking(connection: Connection) -> tuple[Tracking, ...]:
    """The issues that were opened for releases, in the order in which they were, and what was written in them last."""
    columns = journal.c.action, journal.c.made, journal.c.ended_at
    chosen = select(*columns).where(journal.c.rule == RULE, journal.c.state == "confirmed").order_by(journal.c.id)
    found: dict[str, Tracking] = {}
    for told, made, at in connection.execute(chosen):
        action = _action(told)
        match action.change:
            case CreateItem(topic, _, description):
                found[made] = Tracking(topic, made, at, our_part(description))
            case EditDescription(text=text) if action.subject in found:
                found[action.subject] = replace(found[action.subject], wrote=text)
            case _:
                pass
    return tuple(found.values())


def _all(connection: Connection, witness: str) -> list[Support]:
    chosen = select(table.c.facts).where(table.c.witness == witness).order_by(table.c.number)
    return [_support(facts) for facts in connection.scalars(chosen)]
