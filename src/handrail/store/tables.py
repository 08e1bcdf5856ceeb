"""The tables of the store, the same on SQLite and on PostgreSQL.

``migrations`` makes them step by step; a test holds the two together. Facts and histories are JSON as msgspec writes
it, so that what is loaded goes straight from the database's bytes into frozen values.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy.types import TypeDecorator, UserDefinedType

LAST = 2**31 - 1
"""The greatest number that the database counts to."""


class Instant(TypeDecorator[datetime]):
    """A moment, in UTC on both databases: SQLite keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; without the zone for SQLite, whose text then sorts by time."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC, whatever the server's own zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Json(UserDefinedType[str]):
    """JSON as text in and text or bytes out: whoever reads decodes it into the type that they want."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """The column's type; SQLite takes it for text."""
        return "JSON"


metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "ix": "%(table_name)s_%(column_0_name)s",
    }
)

items = Table(
    "items",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # issue, merge_request or epic
    Column("project", Text, nullable=False),  # the full path; a group's for an epic
    Column("state", Text, nullable=False),
    Column("updated_at", Instant, nullable=False),  # by GitLab's clock: no older fact replaces a newer one
    Column("facts", Json, nullable=False),  # model.items.Item, derived instants included
)

OPEN: ColumnElement[bool] = items.c.state == literal_column("'opened'")
"""Written out, not bound: a database uses a partial index only where it sees the condition itself."""

Index("items_open", items.c.updated_at, sqlite_where=OPEN, postgresql_where=OPEN)

histories = Table(
    "histories",
    metadata,
    Column("ref", Text, ForeignKey("items.ref", ondelete="CASCADE"), primary_key=True),
    Column("complete", Boolean, nullable=False),  # see model.reading.Read
    Column("until", Instant),  # up to when GitLab was known as this was read; null: read by an earlier Handrail
    Column("events", Json, nullable=False),  # a list of model.history.Event, in order of time
)

provisional_events = Table(
    "provisional_events",  # what webhooks told since the item's history was read; an item need not be known yet
    metadata,
    Column("ref", Text, primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("by", Text, primary_key=True),
    Column("did", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("bot", Boolean, nullable=False),
)

inbox = Table(
    "inbox",  # webhooks that were accepted and are not worked yet; on SQLite in a file of its own (Store.inbox)
    metadata,
    Column("id", Integer, primary_key=True),  # their order
    Column("key", Text, nullable=False),  # the same for every delivery of one webhook (store.inbox)
    Column("event", Text, nullable=False),  # X-Gitlab-Event
    Column("instance", Text, nullable=False),  # X-Gitlab-Instance
    Column("event_uuid", Text, nullable=False),  # X-Gitlab-Event-UUID
    Column("body", LargeBinary, nullable=False),  # as it came
    Column("received_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),  # how often it was tried in vain
    Column("error", Text, nullable=False),  # why, the last time; else empty
    Column("not_before", Instant),  # when it is tried again; null: at once
    Column("aside", Boolean, nullable=False),  # whether it was tried often enough
    UniqueConstraint("key", name="inbox_key_once"),
    sqlite_autoincrement=True,  # a number stands for one webhook, ever: what came later is worked later
)

sessions = Table(
    "sessions",  # who is signed in in a browser
    metadata,
    Column("name", Text, primary_key=True),  # a digest of what the browser has
    Column("sealed", LargeBinary, nullable=False),  # web.sessions.Session, for the application alone to open
    Column("ends_at", Instant, nullable=False),
)

concerns = Table(
    "concerns",  # the people whom an open item concerns
    metadata,
    Column("username", Text, primary_key=True),
    Column("ref", Text, ForeignKey("items.ref", ondelete="CASCADE"), primary_key=True, index=True),
)

found_in = Table(
    "found_in",  # the sources that gave an item: sources overlap (a group by label, and a project of it)
    metadata,
    Column("source", Text, primary_key=True),
    Column("ref", Text, ForeignKey("items.ref", ondelete="CASCADE"), primary_key=True, index=True),
)

forgotten = Table(
    "forgotten",  # items that no source gives any more
    metadata,
    Column("ref", Text, primary_key=True),
    Column("why", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

progress = Table(
    "progress",  # how far the reading of a source and kind has come
    metadata,
    Column("source", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("cursor", Text),  # where the round under way goes on; null between rounds
    Column("until", Instant),  # when the round under way began; null between rounds
    Column("updated_after", Instant),  # when the last finished round began; null before the first is finished
    Column("known_since", Instant),  # when the first finished round began
)

origin = Table(
    "origin",  # the one GitLab that all of this was read from, and is done on; no row before the first reading
    metadata,
    Column("gitlab", Text, primary_key=True),  # gitlab.connection.Connection.origin
)

surroundings = Table(
    "surroundings",
    metadata,
    Column("source", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("facts", Json, nullable=False),  # model.reading.Surroundings
)

journal = Table(
    "journal",  # what was done on GitLab, or was to be: one row for each time that an action was approved
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False),  # model.actions.Action.key
    Column("state", Text, nullable=False),  # model.journal.State
    Column("plan", Text, nullable=False),  # the digest of the plan that it came with
    Column("rule", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("action", Json, nullable=False),  # model.actions.Action
    Column("approver", Text, nullable=False),
    Column("words", Text, nullable=False),  # the digest of a comment's words, or of a description's; else empty
    Column("before", Json),  # model.journal.Shape, as it is and as it is to be; null until it is sent
    Column("after", Json),
    Column("made", Text, nullable=False),  # the comment's number, the opened issue's reference; else empty
    Column("attempts", Integer, nullable=False),  # how often it was sent
    Column("why", Text, nullable=False),  # why it was skipped, or failed, or what went wrong last
    Column("run", Text, nullable=False),  # which run has it in hand, until lease_until
    Column("lease_until", Instant),
    Column("not_before", Instant),  # when it may be tried again
    Column("proposed_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("ended_at", Instant),
    sqlite_autoincrement=True,  # a number stands for one row, ever: people undo by it
)

UNFINISHED: ColumnElement[bool] = journal.c.state.in_(
    [literal_column("'proposed'"), literal_column("'approved'"), literal_column("'sent'")]
)

Index("journal_unfinished", journal.c.key, unique=True, sqlite_where=UNFINISHED, postgresql_where=UNFINISHED)
Index("journal_key", journal.c.key)

snoozed = Table(
    "snoozed",  # what somebody does not want to see in their queue for a while
    metadata,
    Column("username", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("until", Instant, nullable=False),
    Column("because", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

requests = Table(
    "requests",  # what somebody asked of the team that nobody had planned
    metadata,
    Column("id", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("facts", Json, nullable=False),  # model.requests.UnplannedRequest
    sqlite_autoincrement=True,
)

duty_log = Table(
    "duty_log",  # what happened to a rotation: it only grows
    metadata,
    Column("rotation", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("what", Json, nullable=False),  # model.duty.Happened
)

own_hours = Table(
    "own_hours",  # what people say of their own hours
    metadata,
    Column("username", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("hours", Json, nullable=False),  # model.people.OwnHours
)

asked = Table(
    "asked",  # what somebody asked of whoever is on duty
    metadata,
    Column("id", Integer, primary_key=True),
    Column("over", Boolean, nullable=False),
    Column("facts", Json, nullable=False),  # model.asked.Asked
    sqlite_autoincrement=True,
)

calendars = Table(
    "calendars",  # where people's own calendars are, and the time off that was read from them
    metadata,
    Column("username", Text, primary_key=True),
    Column("url", Text, nullable=False),  # a secret: whoever has it can read the calendar
    Column("tried_at", Instant),
    Column("read_at", Instant),  # when it was read last; null before it was
    Column("trouble", Text, nullable=False),  # why it could not be read when it was tried last; else empty
    Column("away", Json, nullable=False),  # a list of model.people.Away
)

published = Table(
    "published",  # what others released, each time that something else was told of it: it only grows
    metadata,
    Column("product", Text, primary_key=True),  # as the handbook calls it
    Column("release", Text, primary_key=True),
    Column("seen", Instant, primary_key=True),
    Column("facts", Json, nullable=False),  # model.support.Published
)

copies = Table(
    "copies",  # how old what is known of a product's releases is
    metadata,
    Column("product", Text, primary_key=True),
    Column("origin", Text, nullable=False),  # where it is from, and as what it was read; another: it is read anew
    Column("etag", Text, nullable=False),  # the publisher's mark of the last copy; else empty
    Column("tried_at", Instant, nullable=False),
    Column("read_at", Instant),  # when it was read last; null before it was
    Column("trouble", Text, nullable=False),  # why it could not be read when it was tried last; else empty
)

files_at_tags = Table(
    "files_at_tags",  # what patterns found in files at the tags of releases, which never change: it only grows
    metadata,
    Column("project", Text, primary_key=True),
    Column("tag", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("pattern", Text, primary_key=True),
    Column("versions", Json),  # a list of them; null: there is no such file
)

support = Table(
    "support",  # which of our releases have what of others' releases, by what was read last
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # their order
    Column("witness", Text, nullable=False),  # empty: what counts, by all of them; ledger: what that said last
    Column("facts", Json, nullable=False),  # model.support.Support
)

jobs = Table(
    "jobs",  # how the jobs of the loop stand; in the order of store.jobs.Standing
    metadata,
    Column("name", Text, primary_key=True),
    Column("due_at", Instant),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("took", Double),  # seconds
    Column("attempts", Integer, nullable=False),  # how often in a row it failed
    Column("error", Text, nullable=False),
    Column("note", Text, nullable=False),  # what it left for others to read
    Column("run", Text, nullable=False),  # who has it in hand, until lease_until
    Column("lease_until", Instant),
)

written = Table(
    "written",  # one row: how often anything was written that screens tell of
    metadata,
    Column("times", BigInteger, nullable=False),
)
