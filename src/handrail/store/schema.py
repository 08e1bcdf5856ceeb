"""Brings a database to the schema that this Handrail knows: an empty one at once, an older one by migrations."""

from pathlib import Path

from sqlalchemy import Column, Connection, Engine, MetaData, PrimaryKeyConstraint, String, Table, inspect, select

from handrail.errors import UserError
from handrail.store.connection import writing
from handrail.store.tables import metadata, written

HEAD = "13"
"""The newest schema's number. Stated here too, so that a store that is up to date opens without Alembic."""
VERSION_TABLE = "handrail_schema"
MIGRATIONS = Path(__file__).with_name("migrations")
_version = Table(
    VERSION_TABLE,
    MetaData(),  # Alembic's own, and as it makes it
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
)
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
        if _is_current(connection, place):  # another process was faster
            return
        if inspect(connection).has_table(VERSION_TABLE):
            upgrade(connection)
        else:
            _make(connection)


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


def _make(connection: Connection) -> None:
    """What all migrations make of an empty database, in a quarter of the time and without Alembic."""
    metadata.create_all(connection, checkfirst=False)
    connection.execute(written.insert().values(times=0))
    _version.create(connection)
    connection.execute(_version.insert().values(version_num=HEAD))


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run the migrations up to a revision, within the transaction of the one who calls."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
