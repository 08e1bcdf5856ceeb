"""`make run`: from GitLab's API to everyone's queue, in a browser.

The stand-in serves the demo team, which is read as a GitLab is, and then shown until Ctrl-C: what is done on a page is
done on the stand-in. With GITLAB_TOKEN it reads the GitLab of GITLAB_URL instead (GITLAB_GROUP, or the sources of the
handbook in HANDRAIL_HANDBOOK), and prints everyone's queue.

`make run ARGS=--once` prints the demo team's queues, and ends.
"""

import argparse
import os
import secrets
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from standin.serve import StandIn

BUILD = Path("build/run")
PROGRAM = os.path.relpath(Path(sys.executable).with_name("handrail"))


def main() -> int:
    """Read, then show; the exit code is that of the step that failed."""
    parser = argparse.ArgumentParser(prog="make run", description="From GitLab's API to everyone's queue.")
    parser.add_argument("--once", action="store_true", help="print everyone's queue, and end")
    parser.add_argument("--port", default="8470", help="where the pages are")
    said = parser.parse_args()
    if os.environ.get("GITLAB_TOKEN"):
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
        if not said.once:
            return read_and_serve(settings, served, said.port)
        code = read_and_show(settings)
    left = {name: value for name, value in settings.items() if not name.startswith("GITLAB")}
    file = written(left | {"HANDRAIL_UPSTREAM": "none"})  # what served them is gone
    print(f"\nTo run the commands above as they are printed, first, in this folder: . {file}")
    print(f"Ask the demo team more: {PROGRAM} --demo next --as nadia")
    return code


def read_and_serve(settings: Mapping[str, str], served: "StandIn", port: str) -> int:
    """`handrail sync`, hooks that tell of changes, then `handrail serve` until Ctrl-C; the stand-in's clock goes on."""
    token = served.write_token
    here, secret = f"http://127.0.0.1:{port}", secrets.token_hex(16)
    environment = {**os.environ, **settings, "GITLAB_TOKEN": token, "HANDRAIL_WEBHOOK_SECRET": secret}
    for command in (["sync"], ["hooks", "install", "--to", here]):
        done = subprocess.run([PROGRAM, *command], env=environment, check=False)
        if done.returncode:
            return done.returncode
    file = written({**settings, "GITLAB_TOKEN": token})
    print(f"\nCommands for the same team, from another terminal in this folder: first . {file}", flush=True)
    serving = subprocess.Popen(
        [PROGRAM, "--demo", "--store", settings["HANDRAIL_STORE"], "serve", "--port", port], env=environment
    )
    signal.signal(signal.SIGTERM, lambda *_: serving.terminate())
    began, ticks = served.world.now, perf_counter()
    while serving.poll() is None:
        with suppress(KeyboardInterrupt, subprocess.TimeoutExpired):  # it is told of Ctrl-C itself, and takes its time
            served.world.advance(began + timedelta(seconds=perf_counter() - ticks))  # or its news would seem known
            serving.wait(1)
    return 0 if serving.returncode == -signal.SIGTERM else serving.returncode  # as it was told to


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
