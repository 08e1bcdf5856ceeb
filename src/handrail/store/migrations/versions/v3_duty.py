"""The logs of rotations, and people's own hours."""

import sqlalchemy as sa
from alembic import op

from handrail.store.tables import Instant, Json

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "duty_log",
        sa.Column("rotation", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("what", Json, nullable=False),
        sa.PrimaryKeyConstraint("rotation", "number", name="duty_log_pkey"),
    )
    op.create_table(
        "own_hours",
        sa.Column("username", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("hours", Json, nullable=False),
        sa.PrimaryKeyConstraint("username", name="own_hours_pkey"),
    )
