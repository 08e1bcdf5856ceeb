"""Run by Alembic: migrates on the connection, and within the transaction, that ``handrail.store.schema`` gives it."""

from alembic import context

from handrail.store.schema import VERSION_TABLE
from handrail.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # on SQLite as well: a migration that is killed leaves the schema as it was
)
with context.begin_transaction():
    context.run_migrations()
