"""Webhooks that were accepted, and up to when an item's history is known."""

import sqlalchemy as sa
from alembic import op

from handrail.store.tables import Instant

revision = "10"
down_revision = "9"


def upgrade() -> None:
    """Make the inbox, and the column."""
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("instance", sa.Text, nullable=False),
        sa.Column("event_uuid", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("received_at", Instant, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("not_before", Instant),
        sa.Column("aside", sa.Boolean, nullable=False),
        sa.UniqueConstraint("key", name="inbox_key_once"),
        sqlite_autoincrement=True,
    )
    op.add_column("histories", sa.Column("until", Instant))
