"""How the jobs of the loop stand."""

import sqlalchemy as sa
from alembic import op

from handrail.store.tables import Instant

revision = "12"
down_revision = "11"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "jobs",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("due_at", Instant),
        sa.Column("started_at", Instant),
        sa.Column("ended_at", Instant),
        sa.Column("took", sa.Double),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("lease_until", Instant),
        sa.PrimaryKeyConstraint("name", name="jobs_pkey"),
    )
