"""`handrail next`: everyone's next piece of work."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from handrail.cli.main import Chosen, as_json, as_user, at_moment, known_person

if TYPE_CHECKING:
    from rich.console import Console

    from handrail.model.queue import Entry
    from handrail.rules.queue_words import Voice
    from handrail.rules.work_queue import WorkQueue

SHOWN = 12
SHOWN_OF_EACH = 4


@click.command("next")
@as_user
@at_moment
@click.option("--team", is_flag=True, help="Everyone's queue.")
@click.option("--unassigned", is_flag=True, help="All open issues that nobody has, in the table's order.")
@click.option("--all", "everything", is_flag=True, help="Every entry, however many.")
@as_json
@click.pass_obj
def next_work(
    chosen: Chosen,
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
    from handrail.rules.queue_words import Voice

    queue = chosen.queue(at)
    snapshot = queue.snapshot
    zone = queue.handbook.team.zone
    if unassigned:
        from handrail.rules.work_queue import unassigned as free

        reader = person if person in snapshot.people else ""
        entries = free(queue, snapshot.items)
        voice = Voice(snapshot.people, snapshot.now, reader or "", zone)
        _show_unassigned(queue, entries, voice, everything=everything, json_wanted=json_wanted)
    elif team:
        _show_team(queue, everything=everything, json_wanted=json_wanted)
    else:
        name = known_person(queue, person)
        _show_one(queue, name, everything=everything, json_wanted=json_wanted)


def as_rows(entries: Sequence["Entry"], voice: "Voice") -> list[dict[str, object]]:
    """The entries as JSON holds them."""
    from handrail.model.items import url_of
    from handrail.model.planning import RedBranch

    return [
        {
            "level": entry.level,
            "row": entry.row,
            "do": entry.do,
            "ref": entry.item.ref,
            "title": entry.item.title,
            "url": entry.item.web_url if isinstance(entry.item, RedBranch) else url_of(entry.item),
            "since": entry.since,
            "slo": {
                "state": entry.clock.state,
                "used_hours": entry.clock.used_hours,
                "limit_hours": entry.clock.limit_hours,
            }
            if entry.clock
            else None,
            "why": voice.why(entry),
            "clause": entry.clause,
        }
        for entry in entries
    ]


def print_json(value: object) -> None:
    """The value as JSON on standard output, indented, one at a time."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def _show_one(queue: "WorkQueue", person: str, *, everything: bool, json_wanted: bool) -> None:
    if json_wanted:
        from handrail.rules.queue_words import Voice

        voice = Voice(queue.snapshot.people, queue.snapshot.now, person)
        print_json(as_rows(queue.rank(person), voice))
    else:
        from handrail.cli.screen import console

        print_queue(console(), queue, person, everything=everything)


def print_queue(out: "Console", queue: "WorkQueue", person: str, *, everything: bool = False) -> None:
    """One person's queue as they see it: who they are, how the team is, what to do, and what is hidden."""
    from handrail.cli.screen import QUIET, Refs, entries_table, header, team_line
    from handrail.rules.queue_words import Voice

    entries = queue.rank(person)
    voice = Voice(queue.snapshot.people, queue.snapshot.now, person)
    refs = Refs(queue.handbook)
    out.print(header(queue, person))
    out.print(team_line(queue, person))
    out.print()
    shown = entries if everything else entries[:SHOWN]
    if shown:
        out.print(entries_table(shown, voice, refs, queue))
    else:
        out.print("Nothing waits for you. See what is free: handrail next --unassigned")
    out.print()
    example = refs.short(entries[0].item) if entries else "REF"
    out.print(_footer(queue, person, entries[len(shown) :], example), style=QUIET)


def _footer(queue: "WorkQueue", person: str, hidden: Sequence["Entry"], example: str) -> str:
    parts = []
    if hidden:
        levels = Counter(entry.level for entry in hidden)
        parts.append(
            f"{len(hidden)} more ("
            + ", ".join(f"{n} in level {level}" for level, n in sorted(levels.items()))
            + "): --all"
        )
    waiting = sum(person in waiting.people for waiting in queue.waiting)
    if waiting:
        parts.append(f"{waiting} of yours wait for others: handrail waiting")
    findings = sum(_concerns(finding.item, person) for finding in queue.findings)
    if findings:
        parts.append(f"{findings} of yours fit no row: handrail triage")
    parts.append(f"why: handrail explain {example}")
    return " · ".join(parts)


def _concerns(item: object, person: str) -> bool:
    return person in (*getattr(item, "assignees", ()), getattr(item, "author", ""))


def _show_team(queue: "WorkQueue", *, everything: bool, json_wanted: bool) -> None:
    from handrail.rules.queue_words import Voice

    people = sorted(queue.snapshot.people)
    queues = {person: queue.rank(person) for person in people}
    voices = {person: Voice(queue.snapshot.people, queue.snapshot.now, person) for person in people}
    if json_wanted:
        print_json({person: as_rows(queues[person], voices[person]) for person in people})
        return
    from handrail.cli.screen import Refs, console, entries_table, header, team_line

    out = console()
    refs = Refs(queue.handbook)
    out.print(team_line(queue))
    for person in people:
        entries = queues[person]
        shown = entries if everything else entries[:SHOWN_OF_EACH]
        out.print()
        out.print(header(queue, person))
        if shown:
            out.print(entries_table(shown, voices[person], refs, queue))
        else:
            out.print("   nothing waits", style="grey62")
        if len(entries) > len(shown):
            out.print(f"   {len(entries) - len(shown)} more: handrail next --as {person}", style="grey62")
    out.print()
    out.print(
        f"{len(queue.findings)} items fit no row: handrail triage · "
        f"{len(queue.waiting)} wait for somebody: handrail waiting",
        style="grey62",
    )


def _show_unassigned(
    queue: "WorkQueue", entries: Sequence["Entry"], voice: "Voice", *, everything: bool, json_wanted: bool
) -> None:
    if json_wanted:
        print_json(as_rows(entries, voice))
        return
    from handrail.cli.screen import Refs, console, entries_table

    out = console()
    shown = list(entries if everything else entries[:SHOWN])
    out.print(
        entries_table(shown, voice, Refs(queue.handbook), queue)
        if shown
        else "Nothing is free: every open issue has somebody."
    )
    if len(entries) > len(shown):
        out.print(f"{len(entries) - len(shown)} more: --all", style="grey62")
