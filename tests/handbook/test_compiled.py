import os
import subprocess
import sys
from pathlib import Path

import pytest

from handrail.errors import UserError
from handrail.handbook import compiled, load
from handrail.handbook.compiled import read
from handrail.handbook.extends import Chain
from handrail.handbook.schema import Handbook


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "handrail"


@pytest.fixture
def team(tmp_path: Path) -> Path:
    (tmp_path / "base.yml").write_text("team: {name: Base}\n", encoding="utf-8")
    path = tmp_path / "team.yml"
    path.write_text(
        "extends: base.yml\npeople: {ivo: {name: Ivo, away: [{first: 2026-07-01, last: 2026-07-02}]}}\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Chain]:
    """An entry for each time that the handbook was read from its YAML."""
    times: list[Chain] = []
    original = load.loaded

    def loaded(chain: Chain, whole: type[Handbook] = Handbook) -> Handbook:
        times.append(chain)
        return original(chain, whole)

    monkeypatch.setattr(load, "loaded", loaded)
    return times


def copies(cache: Path) -> list[Path]:
    return sorted(cache.iterdir())


def test_the_copy_is_the_handbook(team: Path, cache: Path, made: list[Chain]) -> None:
    for path in (None, team):
        assert read(path, cache) == read(path, cache) == load.load(path)
    assert len(copies(cache)) == 2
    assert len(made) == 4  # two of them by load itself


def test_a_hit_needs_neither_pydantic_nor_yaml(cache: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from handrail.handbook.compiled import read;"
        f"read(None, Path({str(cache)!r}));"
        "print(sorted({'pydantic', 'ruamel', 'ruamel.yaml', 'yaml', 'holidays'} & sys.modules.keys()))"
    )
    run = [sys.executable, "-W", "error", "-c", code]
    first = subprocess.run(run, capture_output=True, text=True, check=True)
    second = subprocess.run(run, capture_output=True, text=True, check=True)
    assert "pydantic" in first.stdout
    assert second.stdout == "[]\n"


@pytest.mark.parametrize("name", ["team.yml", "base.yml"])
def test_a_change_to_any_file_of_the_chain_is_seen(team: Path, cache: Path, name: str, made: list[Chain]) -> None:
    read(team, cache)
    changed = team.with_name(name)
    changed.write_text(changed.read_text(encoding="utf-8") + "links: {here: there}\n", encoding="utf-8")
    assert read(team, cache).links["here"] == "there"
    assert len(copies(cache)) == 1
    read(team, cache)
    assert len(made) == 2


def test_a_file_that_went_away_is_told(team: Path, cache: Path) -> None:
    read(team, cache)
    team.with_name("base.yml").unlink()
    with pytest.raises(UserError, match=r"base\.yml: there is no such file"):
        read(team, cache)


def test_another_handrail_makes_its_own_copy(
    team: Path, cache: Path, made: list[Chain], monkeypatch: pytest.MonkeyPatch
) -> None:
    read(team, cache)
    monkeypatch.setattr(compiled, "__version__", "999")
    read(team, cache)
    assert len(made) == 2


def test_a_handbook_with_problems_is_not_cached(team: Path, cache: Path) -> None:
    team.write_text("team: {zone: 5}\n", encoding="utf-8")
    with pytest.raises(UserError):
        read(team, cache)
    assert not cache.exists()


def test_any_damage_to_the_copy_is_mended(team: Path, cache: Path, made: list[Chain]) -> None:
    whole = read(team, cache)
    (copy,) = copies(cache)
    content = copy.read_bytes()
    step = len(content) // 12
    damaged = [b"", content[:40], content[:-1], content + b"x", b"\0" * len(content)]
    damaged += [content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :] for at in range(0, len(content), step)]
    for times, wrong in enumerate(damaged, 2):
        copy.write_bytes(wrong)
        assert read(team, cache) == whole
        assert len(made) == times
        assert copy.read_bytes() == content


def test_a_copy_of_another_handbook_is_not_taken(team: Path, cache: Path) -> None:
    read(None, cache)
    (bundled,) = copies(cache)
    read(team, cache)
    (own,) = set(copies(cache)) - {bundled}
    own.write_bytes(bundled.read_bytes())
    assert read(team, cache).team.name == "Base"


def test_what_is_in_the_way_of_the_cache_costs_only_time(team: Path, cache: Path, tmp_path: Path) -> None:
    cache.parent.mkdir()
    cache.write_text("a file where the folder should be", encoding="utf-8")
    assert read(team, cache).team.name == "Base"
    read(team, tmp_path / "other")
    (copy,) = copies(tmp_path / "other")
    copy.unlink()
    copy.mkdir()
    (copy / "x").touch()
    assert read(team, tmp_path / "other").team.name == "Base"
    assert [path.name for path in copies(tmp_path / "other")] == [copy.name]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_the_cache_is_for_its_owner_alone(team: Path, cache: Path) -> None:
    read(team, cache)
    (copy,) = copies(cache)
    assert cache.stat().st_mode & 0o777 == 0o700
    assert copy.stat().st_mode & 0o077 == 0


def test_a_relative_path_is_the_same_handbook(
    team: Path, cache: Path, made: list[Chain], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(team.parent)
    assert read(Path("team.yml"), cache) == read(team, cache)
    assert len(made) == 1
