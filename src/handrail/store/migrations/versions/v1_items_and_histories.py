"""The first schema: items, histories, whom they concern, and how far the reading has come."""

import sqlalchemy as sa
from alembic import op

from handrail.store.tables import Instant, Json

revision = "1"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    opened = sa.text("state = 'opened'")
    op.create_table(
        "items",
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.PrimaryKeyConstraint("ref", name="items_pkey"),
    )
    op.create_index("items_open", "items", ["updated_at"], sqlite_where=opened, postgresql_where=opened)
    op.create_table(
        "histories",
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("events", Json, nullable=False),
        sa.PrimaryKeyConstraint("ref", name="histories_pkey"),
        sa.ForeignKeyConstraint(["ref"], ["items.ref"], name="histories_ref_fkey", ondelete="CASCADE"),
    )
    op.create_table(
        "provisional_events",
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("did", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("bot", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("ref", "at", "by", "did", "value", name="provisional_events_pkey"),
    )
    for name, key in (("concerns", "username"), ("found_in", "source")):
        op.create_table(
            name,
            sa.Column(key, sa.Text, nullable=False),
            sa.Column("ref", sa.Text, nullable=False),
            sa.PrimaryKeyConstraint(key, "ref", name=f"{name}_pkey"),
            sa.ForeignKeyConstraint(["ref"], ["items.ref"], name=f"{name}_ref_fkey", ondelete="CASCADE"),
        )
        op.create_index(f"{name}_ref", name, ["ref"])
    op.create_table(
        "forgotten",
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("ref", name="forgotten_pkey"),
    )
    op.create_table(
        "progress",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("cursor", sa.Text),
        sa.Column("until", Instant),
        sa.Column("updated_after", Instant),
        sa.Column("known_since", Instant),
        sa.PrimaryKeyConstraint("source", "kind", name="progress_pkey"),
    )
    op.create_table(
        "surroundings",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.PrimaryKeyConstraint("source", name="surroundings_pkey"),
    )
