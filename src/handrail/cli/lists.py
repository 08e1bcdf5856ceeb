"""`handrail waiting` and `handrail triage`: what waits for others, and what fits no row."""

import click

from handrail.cli.chosen import Chosen, as_json, as_user, at_moment, known_person


@click.command()
@as_user
@at_moment
@as_json
@click.pass_obj
def waiting(chosen: Chosen, *, person: str | None, at: str | None, json_wanted: bool) -> None:
    """Work that somebody else has to move first: whom it waits for, since when, and why. Without --as, everyone's."""
    from handrail.cli.json_out import print_json

    chosen.only_read()
    queue = chosen.queue(at)
    name = known_person(queue.snapshot, person) if person else ""
    voice = queue.voice(name)
    found = [one for one in queue.waiting if not name or name in one.people]
    if json_wanted:
        from handrail.views.rows import as_waiting_rows

        print_json(as_waiting_rows(found, voice))
        return
    from handrail.views.refs import Refs

    refs = Refs(queue.handbook)
    print_list(
        [(refs.short(one.item), one.item.title, voice.since(one.since), voice.waits(one)) for one in found],
        "Nothing waits.",
    )


@click.command()
@as_user
@at_moment
@as_json
@click.pass_obj
def triage(chosen: Chosen, *, person: str | None, at: str | None, json_wanted: bool) -> None:
    """Items that ask for work but fit no row of the table, and what each lacks. With --as, that person's own."""
    from handrail.cli.json_out import print_json

    chosen.only_read()
    queue = chosen.queue(at)
    name = known_person(queue.snapshot, person) if person else ""
    voice = queue.voice(name)
    found = [one for one in queue.findings if not name or one.concerns(name)]
    if json_wanted:
        from handrail.views.rows import as_unfit_rows

        print_json(as_unfit_rows(found))
        return
    from handrail.views.refs import Refs

    refs = Refs(queue.handbook)
    rows = [
        (refs.short(one.item), one.item.title, f"open {voice.since(one.item.created_at)}", voice.lacks(one))
        for one in found
    ]
    print_list(rows, "Every item fits a row.")


def print_list(rows: list[tuple[str, str, str, str]], nothing: str) -> None:
    """Items: reference, title, since when, and what there is to say."""
    from rich.table import Table
    from rich.text import Text

    from handrail.cli.screen import ONE_LINE, QUIET, clean, console
    from handrail.plan.words import counted

    out = console()
    if not rows:
        out.print(nothing)
        return
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False, expand=True)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(ratio=5)
    if wide := out.width >= ONE_LINE:
        table.add_column(no_wrap=True, style=QUIET)
        table.add_column(ratio=6)
    for row in rows:
        ref, title, since, why = (Text(clean(cell)) for cell in row)
        cells = (title, since, why) if wide else (Text.assemble(title, ("\n", ""), (f"{since} · {why}", QUIET)),)
        table.add_row(ref, *cells)
    out.print(table)
    out.print(counted(len(rows), "item"), style=QUIET)
