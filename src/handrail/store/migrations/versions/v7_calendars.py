"""People's own calendars."""

import sqlalchemy as sa
from alembic import op

from handrail.store.tables import Instant, Json

revision = "7"
down_revision = "6"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "calendars",
        sa.Column("username", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("tried_at", Instant),
        sa.Column("read_at", Instant),
        sa.Column("trouble", sa.Text, nullable=False),
        sa.Column("away", Json, nullable=False),
        sa.PrimaryKeyConstraint("username", name="calendars_pkey"),
    )
