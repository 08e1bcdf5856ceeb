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
