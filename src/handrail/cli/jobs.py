"""`handrail jobs`: what keeps everything up to date, and how that goes."""

from datetime import datetime

import click

from handrail.cli.chosen import Chosen, as_json, now


@click.command()
@as_json
@click.pass_obj
def jobs(chosen: Chosen, *, json_wanted: bool) -> None:
    """The jobs of “handrail run”: how each stands, when it ran and runs next, and what went wrong."""
    from handrail.cli.json_out import print_json
    from handrail.engine import jobs as all_jobs
    from handrail.views.jobs import job_rows, nobody, webhooks

    at = now()
    rows = job_rows(all_jobs.jobs(), chosen.opened_store.jobs.all(), at)
    if json_wanted:
        print_json(rows)
        return
    from rich.table import Table

    from handrail.cli.screen import ONE_LINE, QUIET, clean, console

    out = console()
    wide = out.width >= ONE_LINE
    heads = ("Job", "State", "Ended (UTC)", "Took", "Next (UTC)", *(("What it does",) if wide else ()))
    table = Table(*heads, box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=QUIET)
    for row in rows:
        took = f"{row.took:.1f} s" if row.took is not None else ""
        soon = "" if row.state == "running" else "at once"
        cells = (row.name, row.state, _moment(row.last, at), took, _moment(row.next, at) or soon)
        table.add_row(*cells, *((row.what,) if wide else ()))
    out.print(table)
    inbox = chosen.opened_store.inbox
    for line in (*filter(None, (row.trouble() for row in rows)), *webhooks(inbox.waiting())):
        click.echo(clean(line))
    for one in inbox.failures():
        again = "set aside" if one.is_aside else f"tried again at {_moment(one.not_before, at)}"
        click.echo(clean(f"  of {_moment(one.received_at, at)}, {again}: {one.error}"))
    if said := nobody(rows, at):
        click.echo(f"{said}: start “{chosen.program} run”.")


def _moment(at: datetime | None, today: datetime) -> str:
    """Today, the time is enough."""
    if at is None:
        return ""
    return f"{at:%H:%M:%S}" if at.date() == today.date() else f"{at:%Y-%m-%d %H:%M}"
