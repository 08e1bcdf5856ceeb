from collections.abc import Iterable, Mapping
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, event, inspect, text

from handrail.errors import UserError
from handrail.store import schema
from handrail.store.connection import address, engine_of, writing
from handrail.store.database import Store
from handrail.store.tables import duty_log, metadata
from handrail.testing import NOW

DAY = timedelta(days=1)


def migrated(where: str, to: str = "head") -> Engine:
    engine = engine_of(address(where))
    with writing(engine) as connection:
        schema.upgrade(connection, to)
    return engine


def test_the_migrations_make_the_tables_that_the_store_uses(where: str) -> None:
    with migrated(where).connect() as connection:
        options = {"version_table": schema.VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == schema.HEAD
    connection.engine.dispose()


def told(engine: Engine) -> dict[str, list[list[str]]]:
    """All that a database tells of each of its tables, and what is in it; in whatever order."""
    with engine.connect() as connection:
        asked = inspect(connection)
        found = {
            name: [
                _in_words(map(dict, connection.execute(text(f"SELECT * FROM {name}")).mappings())),
                _in_words(asked.get_columns(name)),
                _in_words(asked.get_indexes(name)),
                _in_words([asked.get_pk_constraint(name)]),
                _in_words(asked.get_foreign_keys(name)),
                _in_words(asked.get_unique_constraints(name)),
                _in_words(asked.get_check_constraints(name)),
            ]
            for name in asked.get_table_names()
        }
    engine.dispose()
    return found


def _in_words(those: Iterable[Mapping[str, Any]]) -> list[str]:
    """As text: SQL is an object of its own each time (the condition of an index, a type)."""
    options = "dialect_options"
    plain = ({**one, options: {key: str(said) for key, said in one.get(options, {}).items()}} for one in those)
    return sorted(repr(sorted(one.items())) for one in plain)


def test_a_new_store_is_what_the_migrations_make(where: str) -> None:
    by_migrations = told(migrated(where))
    engine = engine_of(address(where))
    with writing(engine) as connection:
        present = MetaData()
        present.reflect(connection)
        present.drop_all(connection)
    schema.bring_up_to_date(engine, "the store")
    assert told(engine) == by_migrations


@pytest.mark.parametrize("released", [str(number) for number in range(1, int(schema.HEAD) + 1)])
def test_a_store_of_any_earlier_schema_is_brought_up_to_date(where: str, released: str) -> None:
    migrated(where, released).dispose()
    with Store.open(where) as store, store._engine.connect() as connection:
        options = {"version_table": schema.VERSION_TABLE, "compare_type": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_the_log_of_the_one_rotation_goes_by_its_short_name(where: str) -> None:
    engine = engine_of(address(where))
    with writing(engine) as connection:
        schema.upgrade(connection, "5")
        began = '{"kind":"began","first":"2026-06-01","order":["ivo"]}'
        rows = [("An old name", 1, NOW), ("Distribution DRI", 1, NOW + DAY), ("Distribution DRI", 2, NOW + 2 * DAY)]
        connection.execute(
            duty_log.insert(),
            [{"rotation": name, "number": number, "at": at, "by": "", "what": began} for name, number, at in rows],
        )
    engine.dispose()
    with Store.open(where) as store:
        assert [entry.number for entry in store.duty.log("dri")] == [1, 2]
        assert len(store.duty.log("An old name")) == 1


def test_the_newest_schema_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [schema.HEAD]
    assert [int(revision.revision) for revision in script.walk_revisions()] == list(range(int(schema.HEAD), 0, -1))


def test_the_partial_index_finds_the_open_items(where: str) -> None:
    with Store.open(where) as store, store._engine.connect() as connection:
        (index,) = [found for found in inspect(connection).get_indexes("items") if found["name"] == "items_open"]
        assert "opened" in " ".join(map(str, index["dialect_options"].values()))


def test_a_store_of_a_newer_handrail_is_refused(where: str) -> None:
    with Store.open(where) as store, store._writing() as connection:
        connection.exec_driver_sql(f"UPDATE {schema.VERSION_TABLE} SET version_num = '99'")
    with pytest.raises(
        UserError, match=rf"newer Handrail \(schema 99, this one knows up to {schema.HEAD}\): upgrade Handrail\.$"
    ):
        Store.open(where)


def test_tables_of_another_program_are_left_alone(where: str) -> None:
    engine = engine_of(address(where))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE items (id INTEGER)")
    with pytest.raises(UserError, match="has tables of another program"):
        Store.open(where)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["items"]
    engine.dispose()


@pytest.mark.parametrize("before", ["nothing", "1"])
def test_what_breaks_leaves_all_as_it_was(where: str, before: str) -> None:
    engine = engine_of(address(where)) if before == "nothing" else migrated(where, before)
    was = told(engine)

    @event.listens_for(engine, "before_cursor_execute")
    def _break(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "CREATE TABLE jobs" in statement:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        schema.bring_up_to_date(engine, "the store")
    event.remove(engine, "before_cursor_execute", _break)
    assert told(engine) == was
    schema.bring_up_to_date(engine, "the store")
    assert told(engine) != was


def test_several_may_open_an_empty_store_at_once(where: str) -> None:
    failed: list[BaseException] = []

    def _open() -> None:
        try:
            Store.open(where).close()
        except BaseException as error:  # noqa: BLE001  # a thread's own failures would go unseen
            failed.append(error)

    threads = [Thread(target=_open) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
