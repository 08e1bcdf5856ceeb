"""The store on the two databases that it runs on: a file, and a real PostgreSQL server that the tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.store.database import Store


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store may be made, on either database."""
    if request.param == "sqlite":
        return str(tmp_path / "handrail.db")
    url: str = request.getfixturevalue("postgresql")
    return url


@pytest.fixture
def store(where: str) -> Iterator[Store]:
    """An empty store, on either database."""
    with Store.open(where) as store:
        yield store
