"""`handrail explain`: why an item is, or is not, in somebody's queue."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, as_json, as_user, at_moment, known_person
from handrail.errors import UserError

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from handrail.model.history import Event
    from handrail.rules.explanation import Explanation, Stretch
    from handrail.rules.queue_words import Voice
    from handrail.rules.work_queue import WorkQueue
    from handrail.views.refs import Refs

EVENTS_SHOWN = 8
WIDTH = 60
CELLS = {"counted": "█", "earlier round": "▓", "author’s turn": "a", "night": "·", "weekend": "-"}
OFF = "h"
"""A public holiday or time off."""


@click.command()
@click.argument("ref")
@as_user
@at_moment
@as_json
@click.pass_obj
def explain(chosen: Chosen, *, ref: str, person: str | None, at: str | None, json_wanted: bool) -> None:
    """Why REF is, or is not, in a person's queue: every row considered, the clock with its pauses, what happened.

    REF is a full reference (gitlab-org/omnibus-gitlab!7421) or a short one (omnibus!7421). Without --as it is
    explained for whoever has it next.
    """
    from handrail.rules.explanation import explain as explained
    from handrail.views.explained import as_explained, next_actor
    from handrail.views.refs import Refs

    chosen.only_read()
    queue = chosen.queue(at)
    refs = Refs(queue.handbook)
    full = refs.full(ref)
    item = queue.snapshot.by_ref.get(full)
    for red, incident in queue.red_branches():
        if red.ref == full:
            if incident is None:
                click.echo(f"{red.title}. It comes before all other work, for everyone, until somebody takes it.")
                return
            item, full = incident, incident.ref
    if item is None and not _is_item(full) and _print_found(chosen, full, at, json_wanted=json_wanted):
        return
    if item is None and full.startswith("request "):
        raise UserError(f"{full} is about no open item: “{chosen.program} request show” tells what was done about it.")
    if item is None:
        known = [event for event in chosen.facts.history(full) if event.at <= queue.snapshot.now]
        raise UserError(_closed(full, known) if known else _not_found(ref, full, queue))
    name = known_person(queue.snapshot, person) if person else ""
    history = [event for event in chosen.facts.history(full) if event.at <= queue.snapshot.now]
    found = explained(queue, item, name or next_actor(queue, full), history)
    voice = queue.voice(found.person)
    if json_wanted:
        from handrail.cli.json_out import print_json

        print_json(as_explained(found, voice, history))
    else:
        _print(found, voice, queue, refs, history)


def _is_item(full: str) -> bool:
    """Whether it is meant to be an item's reference, and not a branch's or a milestone's as findings name them."""
    return "@" not in full and not full.startswith("milestone:")


def _print_found(chosen: Chosen, full: str, at: str | None, *, json_wanted: bool) -> bool:
    """Print what the rules find about something that is no item, and so in no queue; whether there is anything."""
    from handrail.cli.json_out import print_json
    from handrail.cli.screen import clean
    from handrail.rules.catalogue import findings
    from handrail.rules.desk import Desk

    handbook = chosen.peopled(chosen.handbook)
    chosen.only_read()
    desk = Desk(chosen.snapshot_at(at, handbook, closed=True), handbook)
    found = [one for one in findings(desk) if one.subject == full]
    if json_wanted and found:
        print_json(found)
        return True
    for one in found:
        who = f" ({desk.voice.names(one.who)} can act on it)" if one.who else ""
        click.echo(clean(f"{one.says}{who}"))
    return bool(found)


def _not_found(ref: str, full: str, queue: "WorkQueue") -> str:
    from handrail.model.items import near_ref

    if not _is_item(full):
        is_none = "no milestone" if full.startswith("milestone:") else "no red branch"
        return f"{ref} is {is_none} of which any rule finds anything."
    checked(full)
    near = near_ref(full, queue.snapshot.by_ref)
    hint = f" Did you mean {near}?" if near else ""
    return f"{full} is not open in these facts at {queue.snapshot.now:%Y-%m-%d %H:%M} UTC.{hint}"


def checked(ref: str) -> None:
    """Raises UserError for what is no full reference of an item."""
    from handrail.model.items import kind_of

    try:
        kind_of(ref)
    except ValueError as error:
        raise UserError(f"{error}.") from None


def _closed(full: str, history: Sequence["Event"]) -> str:
    return f"{full} is not open any more: {history[-1].by} had the last word on it, on {history[-1].at:%Y-%m-%d}."


def _print(found: "Explanation", voice: "Voice", queue: "WorkQueue", refs: "Refs", history: Sequence["Event"]) -> None:
    from rich.text import Text

    from handrail.cli.screen import QUIET, clean, console, label_words
    from handrail.model.items import url_of
    from handrail.views.explained import before_the_table, summary

    out = console()
    out.print(Text.assemble((refs.short(found.item), "bold"), f"  {clean(found.item.title)}"))
    out.print(f"{url_of(found.item)} · {label_words(found.item)}", style=QUIET)
    out.print()
    for line in summary(found, voice):
        out.print(line)
    clause = queue.handbook.clauses.get(found.entry.clause) if found.entry else None
    if clause and found.entry:
        out.print(f"The handbook ({found.entry.clause}): {clause.says}", style=QUIET)
    if not before_the_table(found):
        out.print()
        _print_rows(found, voice, out)
    if found.stretches:
        out.print()
        _print_clock(found, voice, out)
    if history:
        out.print()
        _print_history(history, voice, out)


def _print_rows(found: "Explanation", voice: "Voice", out: "Console") -> None:
    from rich.table import Table

    from handrail.cli.screen import LEVELS, QUIET
    from handrail.views.explained import row_words

    said = {row_words(one, found, voice) for one in found.rows}
    if len(said) == 1 and not any(one.decides for one in found.rows):
        out.print(f"None of the table’s {len(found.rows)} rows fits: {said.pop()}.", style=QUIET)
        return
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
    for one in found.rows:
        style = (LEVELS.get(one.row.level, "bold") or "bold") if one.decides else QUIET
        sign = "▶" if one.decides else ("✓" if not one.misfits else " ")
        what = f"{one.row.do} {one.row.kind}s {one.row.stage}" + (f", {one.row.slo}" if one.row.slo else "")
        priority = f"p{one.row.priority}" if one.row.priority else ""
        table.add_row(sign, str(one.row.level), what, priority, row_words(one, found, voice), style=style)
    out.print(table)


def _print_clock(found: "Explanation", voice: "Voice", out: "Console") -> None:
    """The clock as a bar of calendar time, each cell what most of it was."""
    from handrail.cli.screen import CLOCKS, QUIET

    entry = found.entry or found.verdict.places[0].entry
    clock = entry.clock
    assert clock is not None
    start, end = found.stretches[0].start, found.stretches[-1].end
    out.print(
        f"{voice.instant(start)}  {_bar(found.stretches, start, end)}  {voice.instant(end)}",
        style=CLOCKS[clock.state],
    )
    out.print(_legend(found.stretches), style=QUIET)
    due = f"due {voice.instant(found.deadline)}" if found.deadline else ""
    out.print(f"{clock.used_hours:g} of {clock.limit_hours:g} business hours: {clock.state}, {due}")


def _bar(stretches: Sequence["Stretch"], start: "datetime", end: "datetime") -> str:
    span = (end - start) / WIDTH
    cells = []
    for number in range(WIDTH):
        first, last = start + span * number, start + span * (number + 1)
        within: dict[str, float] = {}
        for stretch in stretches:
            overlap = (min(last, stretch.end) - max(first, stretch.start)).total_seconds()
            if overlap > 0:
                within[stretch.what] = within.get(stretch.what, 0) + overlap
        # Counted time shows wherever there is any: in a long span nights would hide every working day.
        what = "counted" if "counted" in within else max(within, key=lambda one: within[one], default="night")
        cells.append(CELLS.get(what, OFF))
    return "".join(cells)


def _legend(stretches: Sequence["Stretch"]) -> str:
    seen = dict.fromkeys(stretch.what for stretch in stretches)
    return "  ".join(f"{CELLS.get(what, OFF)} {what}" for what in seen)


def _print_history(history: Sequence["Event"], voice: "Voice", out: "Console") -> None:
    from handrail.cli.screen import QUIET
    from handrail.plan.words import counted
    from handrail.views.explained import deed

    earlier = len(history) - EVENTS_SHOWN
    if earlier > 0:
        out.print(counted(earlier, "earlier event"), style=QUIET)
    for event in history[-EVENTS_SHOWN:]:
        bot = " (a bot)" if event.bot else ""
        out.print(f"{voice.instant(event.at)}  {voice.name(event.by)} {deed(event, voice)}{bot}", style=QUIET)
