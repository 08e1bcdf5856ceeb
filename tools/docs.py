"""Writes the generated documentation: `make docs`, or `make docs ARGS=--check` to name the stale files.

`generated` is the list of them; the modules of `tools.pages` write them.
"""

import argparse
import json
import sys
from pathlib import Path

from handrail.handbook.json_schema import json_schema
from handrail.handbook.load import load
from handrail.rules.catalogue import whole_handbook
from tools.pages.commands import commands_page
from tools.pages.handbook import handbook_page
from tools.pages.pictures import pictures
from tools.pages.rules import rules_page

ROOT = Path(__file__).parents[1]


def generated() -> dict[str, str]:
    """Every generated file by its path below the project's folder, with the text it should have."""
    from handrail.cli.main import cli

    return {
        "docs/handbook.md": handbook_page(load(None, whole_handbook())),
        "docs/rules.md": rules_page(load(None, whole_handbook())),
        "docs/commands.md": commands_page(cli, "handrail"),
        "docs/handbook.schema.json": json.dumps(json_schema(whole_handbook()), indent=2, ensure_ascii=False) + "\n",
        **pictures(),
    }


def main() -> int:
    """Write what is stale, or with `--check` only name it; the exit code is 1 where that found something."""
    parser = argparse.ArgumentParser(prog="make docs", description="Write the generated pages anew.")
    parser.add_argument("--check", action="store_true", help="only name the files that are stale")
    check = parser.parse_args().check
    stale = {name: text for name, text in generated().items() if _read(ROOT / name) != text}
    for name, text in stale.items():
        if check:
            print(f"{name} is stale: run `make docs`")
        else:
            (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / name).write_text(text, encoding="utf-8")
            print(f"{name} written")
    return int(check and bool(stale))


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
