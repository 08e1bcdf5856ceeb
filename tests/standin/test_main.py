import ast
from pathlib import Path

from click.testing import CliRunner

from standin.__main__ import main


def test_help_says_where_it_listens() -> None:
    told = CliRunner().invoke(main, ["--help"])
    assert told.exit_code == 0
    assert "127.0.0.1" in told.output


def test_what_cannot_be_served_is_said_in_a_sentence(tmp_path: Path) -> None:
    missing = CliRunner().invoke(main, ["--snapshot", str(tmp_path / "none.jsonl")])
    assert missing.exit_code == 1
    assert "cannot be read" in missing.output
    both = CliRunner().invoke(main, ["--demo", "--snapshot", str(tmp_path)])
    assert (both.exit_code, "not both" in both.output) == (2, True)


def test_it_knows_nothing_of_how_handrail_decides() -> None:
    folder = Path(__file__).resolve().parents[2] / "standin"
    imported = {
        name
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
        if name.startswith("handrail.")
    }
    assert {name.split(".")[1] for name in imported} <= {"worktime", "model", "errors", "demo", "store"}
    assert {name for name in imported if ".store." in name} == {"handrail.store.snapshot_file"}
