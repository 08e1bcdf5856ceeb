"""Logs of rotations go by the rotation's short name: what people call it may be changed, and the log stays."""

from alembic import op

revision = "6"
down_revision = "5"


def upgrade() -> None:
    """Give the one rotation that there could be, by its latest name, the short name that it has as bundled."""
    op.execute(
        "UPDATE duty_log SET rotation = 'dri' WHERE rotation = (SELECT rotation FROM duty_log ORDER BY at DESC LIMIT 1)"
    )
