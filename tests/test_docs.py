"""What the documentation says is what there is."""

import re
import shlex
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from handrail.cli.main import cli
from handrail.engine.jobs import jobs
from handrail.handbook.load import find_problems, load
from handrail.handbook.schema import Handbook
from handrail.handbook.shape import fields
from handrail.handbook.support import Product
from handrail.model.support import Published
from handrail.releases.ledger import read_ledger
from handrail.releases.version_file import releases_of
from handrail.rules.catalogue import rules, whole_handbook
from tools import docs
from tools.pages.handbook import handbook_page
from tools.pages.rules import rules_page

ROOT = Path(__file__).parents[1]
SUPPORT = "docs/support.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str, page: str = "README.md") -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [text for found, text in BLOCK.findall(text) if found == language]


def commands(page: str = "README.md") -> list[str]:
    """The page's command lines, without their comments and without the settings of the shell before them."""
    lines = [line.partition(" #")[0].strip() for block in blocks("", page) for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("export ")]


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    return docs.generated()


def test_the_generated_pages_are_up_to_date(generated: dict[str, str]) -> None:
    stale = [name for name, text in generated.items() if docs._read(ROOT / name) != text]
    assert stale == [], "run `make docs`"


def test_every_block_and_command_has_its_place(generated: dict[str, str]) -> None:
    for name in fields(Handbook):
        assert f"`{name}`" in generated["docs/handbook.md"]
    for name in cli.list_commands(click.Context(cli)):
        assert f"## `handrail {name}`" in generated["docs/commands.md"]


def test_check_names_what_is_stale_and_a_run_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    monkeypatch.setattr(docs, "generated", lambda: {"docs/a.md": "a\n", "docs/b.md": "b\n"})
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text("a\n", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["docs", "--check"])
    assert docs.main() == 1
    assert capsys.readouterr().out == "docs/b.md is stale: run `make docs`\n"
    monkeypatch.setattr(sys, "argv", ["docs"])
    assert docs.main() == 0
    assert capsys.readouterr().out == "docs/b.md written\n"
    monkeypatch.setattr(sys, "argv", ["docs", "--check"])
    assert docs.main() == 0


@pytest.mark.parametrize("line", commands())
def test_a_command_of_the_readme_exists(line: str) -> None:
    program, *words = shlex.split(line)
    if program == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert re.search(rf"^{re.escape(words[0])}:.*## ", makefile, re.MULTILINE)
        return
    assert Path(program).name == "handrail"
    _parse(cli, "handrail", words, None)


def _parse(command: click.Command, name: str, words: list[str], parent: click.Context | None) -> None:
    """Reads a command line as a run would, down to its last word, without running it."""
    context = command.make_context(name, words, parent)
    rest = [*context._protected_args, *context.args]
    if isinstance(command, click.Group) and (rest or not command.invoke_without_command):
        found, below, rest = command.resolve_command(context, rest)
        assert found is not None
        assert below is not None
        _parse(below, found, rest, context)


@pytest.mark.parametrize("line", commands(SUPPORT))
def test_a_command_of_the_page_on_support_runs(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "facts.json").write_text(of_support("upstream"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ran = CliRunner().invoke(cli, shlex.split(line)[1:], catch_exceptions=False)
    assert (ran.exit_code, ran.stderr) == (0, "")
    if "--svg" in line and "--facts" in line:
        drawn = (tmp_path / "clocks.svg").read_text(encoding="utf-8")
        assert (ROOT / "docs/pictures/clocks.svg").read_text(encoding="utf-8") == drawn, f"run `{line}` on the example"


def test_the_page_on_running_tells_of_each_job_in_their_order() -> None:
    page = (ROOT / "docs/running.md").read_text(encoding="utf-8")
    told = [
        (name, what.partition(";")[0])
        for name, what in re.findall(r"^\| `(\w+)` \| (.*?) \| .* \|$", page, re.MULTILINE)
    ]
    assert [(one.name, one.what.partition(",")[0]) for one in jobs()] == [
        (name, what.partition(",")[0]) for name, what in told
    ]


def of_support(word: str) -> str:
    """The JSON of the page on support that has a word."""
    (text,) = [text for text in blocks("json", SUPPORT) if f'"{word}":' in text]
    return text


def test_the_example_of_a_ledger_is_one() -> None:
    found, problems = read_ledger(of_support("because"), "ledger.json", ("18.0", "18.3"))
    assert ([(one.product, one.absent) for one in found], problems) == ([("pgbouncer", True), ("sles", False)], [])


def test_the_example_of_a_version_file_is_one() -> None:
    seen = datetime(2026, 6, 2, tzinfo=UTC)
    text = of_support("versions")
    found, problems = releases_of(text.encode(), "pgbouncer", Product("dependency", line=2), seen)
    assert (found, problems) == ([Published("pgbouncer", "1.24", seen, date(2025, 1, 10))], [])


@pytest.mark.parametrize("text", [*blocks("yaml"), *blocks("yaml", SUPPORT)])
def test_a_handbook_of_a_page_is_sound(text: str, tmp_path: Path) -> None:
    path = tmp_path / "team.yml"
    path.write_text(text, encoding="utf-8")
    assert list(map(str, find_problems(path))) == []


def test_what_the_handbook_page_shows_is_the_bundled_handbook(tmp_path: Path) -> None:
    bundled = load(None, whole_handbook())
    shown = re.findall(r"```yaml\n(.*?)```", handbook_page(bundled), flags=re.DOTALL)
    keys = set(re.findall(r"^(\w+):", "".join(shown), flags=re.MULTILINE))
    assert keys == {*fields(Handbook)} - {"handbook", "people", "components", "rules", "links", "clauses"}
    file = tmp_path / "team.yml"
    file.write_text("".join(shown), "utf-8")
    assert load(file, whole_handbook()) == bundled


@pytest.mark.parametrize("page", ["docs/handbook.md", "docs/rules.md", "docs/commands.md"])
def test_every_setting_has_a_meaning(page: str, generated: dict[str, str]) -> None:
    tables = re.split(r"\n\n", generated[page])
    settings = [table for table in tables if "| meaning |" in table.partition("\n")[0]]
    assert settings
    assert [line for table in settings for line in table.splitlines() if line.endswith("|  |")] == []


def test_what_the_rules_page_shows_is_the_bundled_handbook(tmp_path: Path) -> None:
    shown = re.findall(r"```yaml\nrules:\n(.*?)```", rules_page(load(None, whole_handbook())), flags=re.DOTALL)
    assert len(shown) == len(rules())
    file = tmp_path / "team.yml"
    file.write_text("rules:\n" + "".join(shown), "utf-8")
    assert load(file, whole_handbook()).rules == load(None, whole_handbook()).rules
