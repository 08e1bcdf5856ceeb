"""What others released, and how old what is known of it is."""

import sqlalchemy as sa
from alembic import op

from handrail.store.tables import Instant, Json

revision = "8"
down_revision = "7"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "published",
        sa.Column("product", sa.Text, nullable=False),
        sa.Column("release", sa.Text, nullable=False),
        sa.Column("seen", Instant, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.PrimaryKeyConstraint("product", "release", "seen", name="published_pkey"),
    )
    op.create_table(
        "copies",
        sa.Column("product", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("etag", sa.Text, nullable=False),
        sa.Column("tried_at", Instant, nullable=False),
        sa.Column("read_at", Instant),
        sa.Column("trouble", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("product", name="copies_pkey"),
    )
