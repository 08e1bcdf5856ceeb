"""`handrail next`: everyone's next piece of work."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, as_json, as_user, at_moment, known_person, quoted, typed
from handrail.cli.json_out import print_json
from handrail.errors import UserError
from handrail.views.aside import NOTHING_ASIDE, Aside

if TYPE_CHECKING:
    from rich.console import Console

    from handrail.model.queue import Entry
    from handrail.rules.work_queue import WorkQueue
    from handrail.views.refs import Refs

SHOWN = 12
SHOWN_OF_EACH = 4


@click.command("next")
@as_user
@at_moment
@click.option("--team", is_flag=True, help="Everyone's queue.")
@click.option("--unassigned", is_flag=True, help="All open issues that nobody has, in the table's order.")
@click.option("--all", "everything", is_flag=True, help="Every entry, however many.")
@as_json
@click.pass_context
def next_work(
    context: click.Context,
    *,
    person: str | None,
    at: str | None,
    team: bool,
    unassigned: bool,
    everything: bool,
    json_wanted: bool,
) -> None:
    """What to do next, in handbook order, with the reason for each row.

    Levels are the page's, 1 to 7; level 0 comes before the table: a red default branch, and the duties of whoever is
    on duty.
    """
    chosen: Chosen = context.obj
    named = context.get_parameter_source("person") is click.core.ParameterSource.COMMANDLINE
    if team and (unassigned or named):
        raise UserError("--team shows everyone's queue: leave --as and --unassigned away, or leave --team away.")
    chosen.only_read()
    queue = chosen.queue(at)
    if team:
        _show_team(queue, chosen.program, typed(("--at", at)), everything=everything, json_wanted=json_wanted)
    elif unassigned:
        reader = known_person(queue.snapshot, person) if person else ""
        more = f"{chosen.program} next --unassigned --all{typed(('--at', at))}"
        _show_unassigned(queue, reader, more, everything=everything, json_wanted=json_wanted)
    else:
        reader = known_person(queue.snapshot, person)
        aside = chosen.aside(reader)
        if json_wanted:
            from handrail.views.rows import as_note_rows, as_rows

            rows = as_rows(aside.without_snoozed(queue.rank(reader)), queue.voice(reader))
            print_json([*rows, *as_note_rows(aside.notes, queue.snapshot.by_ref)])
        else:
            from handrail.cli.screen import console

            print_queue(console(), queue, reader, chosen.program, aside, at=at, everything=everything)


def print_queue(
    out: "Console",
    queue: "WorkQueue",
    person: str,
    program: str = "handrail",
    aside: Aside = NOTHING_ASIDE,
    *,
    at: str | None = None,
    everything: bool = False,
) -> None:
    """One person's queue as they see it: who they are, how the team is, what to do, and what is hidden.

    ``program`` is how hints name it, with the options that chose these facts; ``at`` the moment as it was asked for.
    """
    from handrail.cli.screen import footer, header, print_entries, team_line
    from handrail.model.queue import Kept
    from handrail.views.refs import Refs

    entries = aside.without_snoozed(queue.rank(person))
    refs = Refs(queue.handbook)
    view = typed(("--as", person), ("--at", at))
    out.print(header(queue, person))
    out.print(team_line(queue, person))
    out.print()
    shown = entries if everything else entries[:SHOWN]
    if shown:
        print_entries(out, shown, queue.voice(person), refs, queue)
    else:
        out.print(
            f"Nothing waits for you. See what is free: {program} next --unassigned{typed(('--at', at))}", soft_wrap=True
        )
    out.print()
    notes = [(note.subject, note.asks) for note in aside.notes]
    _print_aside(out, "Asked of you, here and not on GitLab:", notes, refs)
    back = [(one.item.ref, aside.returned[one.item.ref].because) for one in shown if one.item.ref in aside.returned]
    _print_aside(out, "Back since you snoozed it:", back, refs)
    _print_aside(out, "Snoozed:", aside.snoozed_words(queue.voice(person)), refs)
    example = next((quoted(refs.short(one.item)) for one in entries if not isinstance(one.item, Kept)), "")
    footer(out, _footer(queue, person, program, view, entries[len(shown) :], example))


def _print_aside(out: "Console", what: str, those: Sequence[tuple[str, str]], refs: "Refs") -> None:
    """Words on items, by reference: what was not said on GitLab, so as not to be loud or not yet; what is put off."""
    from rich.table import Table
    from rich.text import Text

    from handrail.cli.screen import clean

    if not those:
        return
    out.print(what, style="bold")
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False, expand=True)
    table.add_column(no_wrap=True, style="bold", min_width=18)
    table.add_column(ratio=1)
    for ref, words in those:
        table.add_row(refs.shortened(ref), Text(clean(" ".join(words.split()))))
    out.print(table, "")


def _footer(
    queue: "WorkQueue", person: str, program: str, view: str, hidden: Sequence["Entry"], example: str
) -> list[str]:
    parts = []
    if hidden:
        levels = Counter(entry.level for entry in hidden)
        of_each = ", ".join(f"{count} in level {level}" for level, count in sorted(levels.items()))
        parts.append(f"{len(hidden)} more ({of_each}): {program} next --all{view}")
    waiting = sum(person in one.people for one in queue.waiting)
    if waiting:
        parts.append(f"{waiting} of yours wait{'s' if waiting == 1 else ''} for others: {program} waiting{view}")
    findings = sum(one.concerns(person) for one in queue.findings)
    if findings:
        parts.append(f"{findings} of yours fit{'s' if findings == 1 else ''} no row: {program} triage{view}")
    if example:
        parts.append(f"why: {program} explain {example}{view}")
    return parts


def _show_team(queue: "WorkQueue", program: str, when: str, *, everything: bool, json_wanted: bool) -> None:
    people = sorted(queue.snapshot.people)
    queues = {person: queue.rank(person) for person in people}
    if json_wanted:
        from handrail.views.rows import as_rows

        print_json({person: as_rows(queues[person], queue.voice(person)) for person in people})
        return
    from handrail.cli.screen import QUIET, console, footer, header, print_entries, team_line
    from handrail.plan.words import counted
    from handrail.views.refs import Refs

    out = console()
    refs = Refs(queue.handbook)
    out.print(team_line(queue))
    for person in people:
        entries = queues[person]
        shown = entries if everything else entries[:SHOWN_OF_EACH]
        out.print()
        out.print(header(queue, person))
        if shown:
            print_entries(out, shown, queue.voice(person), refs, queue)
        else:
            out.print("   nothing waits", style=QUIET)
        if len(entries) > len(shown):
            out.print(
                f"   {len(entries) - len(shown)} more: {program} next --as {person}{when}", style=QUIET, soft_wrap=True
            )
    out.print()
    unfit = f"{counted(len(queue.findings), 'item')} without a row: {program} triage{when}"
    footer(out, [unfit, f"{len(queue.waiting)} waiting for somebody: {program} waiting{when}"])


def _show_unassigned(queue: "WorkQueue", reader: str, more: str, *, everything: bool, json_wanted: bool) -> None:
    entries = queue.unassigned
    if json_wanted:
        from handrail.views.rows import as_rows

        print_json(as_rows(entries, queue.voice(reader)))
        return
    from handrail.cli.screen import QUIET, console, print_entries
    from handrail.views.refs import Refs

    out = console()
    shown = entries if everything else entries[:SHOWN]
    if shown:
        print_entries(out, shown, queue.voice(reader), Refs(queue.handbook), queue)
    else:
        out.print("Nothing is free: every open issue has somebody.")
    if len(entries) > len(shown):
        out.print(f"{len(entries) - len(shown)} more: {more}", style=QUIET, soft_wrap=True)
