"""Who is signed in in a browser."""

import sqlalchemy as sa
from alembic import op

from handrail.store.tables import Instant

revision = "11"
down_revision = "10"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sessions",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("ends_at", Instant, nullable=False),
    )
