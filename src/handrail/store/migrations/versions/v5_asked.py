"""What somebody asked of whoever is on duty."""

import sqlalchemy as sa
from alembic import op

from handrail.store.tables import Json

revision = "5"
down_revision = "4"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "asked",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("over", sa.Boolean, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="asked_pkey"),
        sqlite_autoincrement=True,
    )
