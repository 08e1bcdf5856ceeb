"""How often anything was written that screens tell of."""

import sqlalchemy as sa
from alembic import op

revision = "13"
down_revision = "12"


def upgrade() -> None:
    """Make the table, with its one row."""
    written = op.create_table("written", sa.Column("times", sa.BigInteger, nullable=False))
    op.bulk_insert(written, [{"times": 0}])
