"""``python -m standin``: serve a snapshot file or the demo team on 127.0.0.1."""

from pathlib import Path

import click
import uvicorn

from handrail.demo.team import DemoTeam
from handrail.errors import UserError
from handrail.model.facts import Facts
from handrail.store.snapshot_file import SnapshotFile
from standin.access import READ_TOKEN
from standin.app import application, instance

BACK = "http://127.0.0.1:8470/sign-in/done"
"""Where Handrail is served unless it is told otherwise, for who signs in here."""


@click.command()
@click.option("--snapshot", type=click.Path(path_type=Path), help="Serve a snapshot file.")
@click.option("--demo", is_flag=True, help="Serve the demo team, which is what is served where nothing is said.")
@click.option("--size", default=600, show_default=True, help="How many items the demo team has.")
@click.option("--tier", type=click.Choice(["premium", "free"]), default="premium", show_default=True)
@click.option("--port", default=8080, show_default=True, help="The port on 127.0.0.1.")
def main(snapshot: Path | None, demo: bool, size: int, tier: str, port: int) -> None:
    """Serve facts as a GitLab would. It listens on 127.0.0.1 only."""
    if snapshot and demo:
        raise click.UsageError("Say --snapshot or --demo, not both.")
    try:
        facts: Facts = SnapshotFile(snapshot) if snapshot else DemoTeam(size)
        url = f"http://127.0.0.1:{port}"
        served = instance(facts, tier="free" if tier == "free" else "premium", url=url)
    except UserError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"GITLAB_URL={url} GITLAB_TOKEN={READ_TOKEN}")
    known = served.sign_in.register(BACK)
    click.echo(f"HANDRAIL_OAUTH_ID={known.id} HANDRAIL_OAUTH_SECRET={known.secret}")
    uvicorn.run(application(served), host="127.0.0.1", port=port, date_header=False, log_level="warning")


if __name__ == "__main__":
    main()
