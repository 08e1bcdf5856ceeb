"""`make run`: from GitLab's API to everyone's queue.

With GITLAB_TOKEN it reads the GitLab of GITLAB_URL (GITLAB_GROUP, or the sources of the handbook in HANDRAIL_HANDBOOK);
without, the stand-in serves the demo team, and that is read in the same way.

`make run ARGS=--keep` lets the stand-in go on, so that plans can be tried on it.
"""

import argparse
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import msgspec

BUILD = Path("build/run")
PROGRAM = os.path.relpath(Path(sys.executable).with_name("handrail"))


def main() -> int:
    """Read, then show; the exit code is that of the step that failed."""
    parser = argparse.ArgumentParser(prog="make run", description="From GitLab's API to everyone's queue.")
    parser.add_argument("--keep", action="store_true", help="serve the demo team until Ctrl-C, to try plans on it")
    keep = parser.parse_args().keep
    if os.environ.get("GITLAB_TOKEN") and not keep:
        return read_and_show({})
    from handrail.cli.chosen import read_handbook
    from handrail.demo import NOW, DemoTeam
    from standin import running
    from standin.endoflife import endoflife
    from tools.definitions import repositories
    from tools.upstream import LEDGER, publish

    BUILD.mkdir(parents=True, exist_ok=True)
    demo = DemoTeam()
    team = demo.team()
    handbook = BUILD / "demo-team.yml"  # JSON is YAML too
    whose = {"people": dict(team.people), "support": {"ledger": LEDGER}}
    handbook.write_bytes(msgspec.json.format(msgspec.json.encode(whose)))
    store = BUILD / "demo.sqlite"
    for old in BUILD.glob(store.name + "*"):
        old.unlink()
    print("The demo team, served by a stand-in for GitLab on this machine:", flush=True)
    with ExitStack() as services:
        site = services.enter_context(endoflife())
        files = publish(team, read_handbook(None).support.products, site)
        there = repositories(team) | {project: {"HEAD": texts} for project, texts in files.items()}
        served = services.enter_context(running(demo, repositories=there))
        settings = {
            "GITLAB_URL": served.url,
            "GITLAB_TOKEN": served.token,
            "HANDRAIL_HANDBOOK": str(handbook),
            "HANDRAIL_STORE": str(store),
            "HANDRAIL_NOW": NOW.isoformat(),
            "HANDRAIL_UPSTREAM": site.url,
        }
        code = read_and_show(settings)
        if keep and not code:
            kept(settings | {"GITLAB_TOKEN": served.write_token})
    left = {name: value for name, value in settings.items() if not name.startswith("GITLAB")}
    file = written(left | {"HANDRAIL_UPSTREAM": "none"})  # what served them is gone
    print(f"\nTo run the commands above as they are printed, first, in this folder: . {file}")
    print(f"Ask the demo team more: {PROGRAM} --demo next --as nadia")
    return code


def kept(settings: Mapping[str, str]) -> None:
    """Say how another terminal reaches the stand-in, and wait for Ctrl-C."""
    print(f"\nThe stand-in serves until Ctrl-C. In another terminal, in this folder: . {written(settings)}", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print()


def written(settings: Mapping[str, str]) -> Path:
    """The file with which a shell takes over the settings, and finds the program."""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in settings.items()]
    file = BUILD / "settings.sh"
    file.write_text("\n".join([*lines, f'export PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH"', ""]))
    return file


def read_and_show(settings: Mapping[str, str]) -> int:
    """`handrail sync`, then `handrail next --team`."""
    environment = {**os.environ, **settings}
    for command in (["sync"], ["next", "--team"]):
        done = subprocess.run([PROGRAM, *command], env=environment, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
