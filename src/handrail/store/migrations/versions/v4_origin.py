"""Which GitLab a store was read from. Of an older store the next reading tells it."""

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "origin",
        sa.Column("gitlab", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("gitlab", name="origin_pkey"),
    )
