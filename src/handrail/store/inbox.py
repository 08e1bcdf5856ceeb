"""The inbox: webhooks as they came, accepted in one short transaction and worked afterwards, in their order.

What is worked is deleted. Its facts are in the store by then, its body may be confidential, and a copy of it that comes
later does no harm: whoever works it finds nothing new. What cannot be worked stays with its error, is tried again after
growing waits, and is set aside after so many, or at once where that is of no use; it holds up nothing that came after.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Select, delete, func, or_, select, update

from handrail.store.connection import insert_into
from handrail.store.tables import inbox

TRIES = 8
"""How often a webhook is tried before it is set aside: the last time a bit more than two hours after the first."""
FIRST_WAIT = timedelta(minutes=1)
"""How long it waits after its first failure; twice as long after each other one."""
KEPT = timedelta(days=30)
"""How long what was set aside is kept, for somebody to look at or a newer Handrail to understand."""
_LONGEST = 500
"""Characters that are kept of an error or a header: who sends longer ones is no GitLab."""
_Transaction = Callable[[], AbstractContextManager[Connection]]


class Headers(Struct, frozen=True):
    """Those of a webhook's headers that are kept; never the secret. A GitLab of 18.0 or later sends all of them."""

    event: str = ""
    """``X-Gitlab-Event``: the kind, in words."""
    instance: str = ""
    """``X-Gitlab-Instance``: the address of the GitLab."""
    event_uuid: str = ""
    """``X-Gitlab-Event-UUID``: one request's events share it for one hook, and so does what webhooks set off."""
    idempotency_key: str = ""
    """``Idempotency-Key``: the same whenever one webhook is delivered again, another for every hook and event."""


class Webhook(Struct, frozen=True):
    """One that waits. ``error`` says why it could not be worked the last time; of the first try it is empty."""

    id: int
    headers: Headers
    body: bytes
    received_at: datetime
    attempts: int = 0
    error: str = ""
    not_before: datetime | None = None
    is_aside: bool = False
    """Whether it is not tried again."""


class Waiting(Struct, frozen=True):
    """How many wait, and since when the first of them does; those set aside are not among them."""

    count: int
    since: datetime | None
    failed: int
    """How many of them could not be worked yet, and are tried again."""
    aside: int


class Inbox:
    """The inbox of one store; ``reading`` and ``writing`` begin its transactions."""

    def __init__(self, reading: _Transaction, writing: _Transaction) -> None:
        self._reading, self._writing = reading, writing

    def accept(self, body: bytes, headers: Headers, now: datetime) -> bool:
        """Keep a webhook, if it does not wait already. Whether it is new."""
        return self.accept_all([(body, headers)], now)

    def accept_all(self, those: Sequence[tuple[bytes, Headers]], now: datetime) -> bool:
        """Keep webhooks in one transaction, in their order, as ``accept`` does. Whether any is new."""
        rows = [
            {
                "key": key_of(body, headers),
                **{name: getattr(headers, name)[:_LONGEST] for name in ("event", "instance", "event_uuid")},
                "body": body,
                "received_at": now,
                "attempts": 0,
                "error": "",
                "aside": False,
            }
            for body, headers in those
        ]
        with self._writing() as connection:
            put = insert_into(connection, inbox).on_conflict_do_nothing(index_elements=[inbox.c.key])
            return bool(connection.scalars(put.returning(inbox.c.id), rows).all())

    def due(self, now: datetime, most: int) -> list[Webhook]:
        """The first so many that can be worked now, in the order in which they came."""
        chosen = select(inbox).where(~inbox.c.aside, or_(inbox.c.not_before.is_(None), inbox.c.not_before <= now))
        return self._listed(chosen.order_by(inbox.c.id).limit(most))

    def next_due(self) -> datetime | None:
        """When the next one that waits for its hour can be tried again; None where none does."""
        with self._reading() as connection:
            found: datetime | None = connection.scalar(select(func.min(inbox.c.not_before)).where(~inbox.c.aside))
        return found

    def failures(self) -> list[Webhook]:
        """What could not be worked, set aside or tried again later, in the order in which it came."""
        return self._listed(select(inbox).where(inbox.c.attempts > 0).order_by(inbox.c.id))

    def waiting(self) -> Waiting:
        """How full it is."""
        with self._reading() as connection:
            counts = func.count(), func.min(inbox.c.received_at), func.count().filter(inbox.c.attempts > 0)
            count, since, failed = connection.execute(select(*counts).where(~inbox.c.aside)).one()
            aside = connection.scalar(select(func.count()).where(inbox.c.aside)) or 0
            return Waiting(count, since, failed, aside)

    def done(self, numbers: Collection[int]) -> None:
        """These are worked."""
        if numbers:
            with self._writing() as connection:
                connection.execute(delete(inbox).where(inbox.c.id.in_(numbers)))

    def failed(self, webhook: Webhook, why: str, now: datetime, *, for_good: bool = False) -> bool:
        """Keep one that could not be worked, and why; what was set aside long ago goes. Whether it is set aside.

        ``for_good``: it is not going to be another time either.
        """
        attempts = webhook.attempts + 1
        is_aside = for_good or attempts >= TRIES
        changes = {
            "attempts": attempts,
            "error": why[:_LONGEST],
            "not_before": now + FIRST_WAIT * 2**webhook.attempts,
            "aside": is_aside,
        }
        with self._writing() as connection:
            connection.execute(update(inbox).where(inbox.c.id == webhook.id).values(changes))
            connection.execute(delete(inbox).where(inbox.c.aside, inbox.c.received_at < now - KEPT))
        return is_aside

    def _listed(self, chosen: Select[Any]) -> list[Webhook]:
        with self._reading() as connection:
            return [
                Webhook(
                    row.id,
                    Headers(row.event, row.instance, row.event_uuid),
                    bytes(row.body),
                    row.received_at,
                    row.attempts,
                    row.error,
                    row.not_before,
                    row.aside,
                )
                for row in connection.execute(chosen)
            ]


def key_of(body: bytes, headers: Headers) -> str:
    """What every delivery of one webhook has in common: the key that GitLab gives it for that.

    Without one, as from a proxy that drops it: the event's UUID, which several events of one request share, and the
    body.
    """
    if 0 < len(headers.idempotency_key) <= _LONGEST:
        return headers.idempotency_key
    return f"{headers.event_uuid[:_LONGEST]} {hashlib.sha256(body).hexdigest()}"
