"""What was done on GitLab, and what people said: snoozes, unplanned requests."""

import sqlalchemy as sa
from alembic import op

from handrail.store.tables import Instant, Json

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Make the tables."""
    unfinished = sa.text("state IN ('proposed', 'approved', 'sent')")
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("action", Json, nullable=False),
        sa.Column("approver", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("before", Json),
        sa.Column("after", Json),
        sa.Column("made", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("lease_until", Instant),
        sa.Column("not_before", Instant),
        sa.Column("proposed_at", Instant, nullable=False),
        sa.Column("sent_at", Instant),
        sa.Column("ended_at", Instant),
        sa.PrimaryKeyConstraint("id", name="journal_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("journal_key", "journal", ["key"])
    op.create_index("journal_subject", "journal", ["subject"])
    op.create_index(
        "journal_unfinished",
        "journal",
        ["key"],
        unique=True,
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )
    op.create_table(
        "snoozed",
        sa.Column("username", sa.Text, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("username", "ref", name="snoozed_pkey"),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="requests_pkey"),
        sqlite_autoincrement=True,
    )
