"""Brings a database to the schema that this Handrail knows, one migration after the other."""

from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, table
from sqlalchemy.types import Text

from handrail.errors import UserError
from handrail.store.connection import writing

HEAD = "13"
"""The newest schema's number. Stated here too, so that a store that is up to date opens without Alembic."""
VERSION_TABLE = "handrail_schema"
MIGRATIONS = Path(__file__).with_name("migrations")
_version = table(VERSION_TABLE, column("version_num", Text))
_LOCK = 0x48414E44
"""The number of the lock that migrations take on PostgreSQL: any, as long as it is always the same."""


def bring_up_to_date(engine: Engine, place: str) -> None:
    """Make the tables, or change them to the newest schema. UserError: it is newer, or no store."""
    with engine.connect() as connection:
        if _is_current(connection, place):
            return
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        if not _is_current(connection, place):  # another process may have been faster
            upgrade(connection)


def _is_current(connection: Connection, place: str) -> bool:
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        if "items" in tables:
            raise UserError(f"{place} has tables of another program: choose another place for the store.")
        return False
    version = connection.scalar(select(_version.c.version_num))
    if version is not None and int(version) > int(HEAD):
        raise UserError(
            f"{place} was written by a newer Handrail (schema {version}, this one knows up to {HEAD}): "
            "upgrade Handrail."
        )
    return version == HEAD


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run the migrations up to a revision, within the transaction of the one who calls."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
