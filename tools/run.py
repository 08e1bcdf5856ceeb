"""`make run`: from GitLab's API to everyone's queue.

With GITLAB_TOKEN it reads the GitLab of GITLAB_URL (GITLAB_GROUP, or the sources of the handbook in HANDRAIL_HANDBOOK);
without, the stand-in serves the demo team, and that is read in the same way.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

BUILD = Path("build/run")
PROGRAM = os.path.relpath(Path(sys.executable).with_name("handrail"))


def main() -> int:
    """Read, then show; the exit code is that of the step that failed."""
    if os.environ.get("GITLAB_TOKEN"):
        return read_and_show({})
    from handrail.demo import NOW, DemoTeam
    from standin import running

    BUILD.mkdir(parents=True, exist_ok=True)
    team = DemoTeam()
    handbook = BUILD / "demo-team.yml"  # JSON is YAML too
    handbook.write_bytes(msgspec.json.format(msgspec.json.encode({"people": dict(team.team().people)})))
    store = BUILD / "demo.sqlite"
    for old in BUILD.glob(store.name + "*"):
        old.unlink()
    print("The demo team, served by a stand-in for GitLab on this machine:", flush=True)
    with running(team) as served:
        code = read_and_show(
            {
                "GITLAB_URL": served.url,
                "GITLAB_TOKEN": served.token,
                "HANDRAIL_HANDBOOK": str(handbook),
                "HANDRAIL_STORE": str(store),
                "HANDRAIL_NOW": NOW.isoformat(),
            }
        )
    print(f"\nAsk the demo team more: {PROGRAM} --demo next --as nadia")
    return code


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
