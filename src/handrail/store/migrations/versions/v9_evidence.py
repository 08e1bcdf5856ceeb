"""What our releases have of others' releases, and the files at tags that say so."""

import sqlalchemy as sa
from alembic import op

from handrail.store.tables import Json

revision = "9"
down_revision = "8"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "files_at_tags",
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("tag", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("pattern", sa.Text, nullable=False),
        sa.Column("versions", Json),
        sa.PrimaryKeyConstraint("project", "tag", "path", "pattern", name="files_at_tags_pkey"),
    )
    op.create_table(
        "support",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("witness", sa.Text, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.PrimaryKeyConstraint("number", name="support_pkey"),
    )
