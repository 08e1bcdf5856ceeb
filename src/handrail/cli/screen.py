"""How things look on a terminal: calm, and readable without colours and through a pipe."""

import sys
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from handrail.handbook.schema import Handbook
from handrail.model.clocks import Clock
from handrail.model.items import Item
from handrail.model.labels import value_of
from handrail.model.planning import RedBranch
from handrail.model.queue import Entry
from handrail.rules.queue_words import Voice
from handrail.rules.work_queue import WorkQueue
from handrail.worktime.calendar import NeverOpensError

PIPE_WIDTH = 150
"""Columns where there is no terminal to ask."""
LEVELS = {0: "bold white on #8a3b00", 1: "bold #d55e00", 2: "bold #e69f00", 3: "bold #56b4e9", 4: "#56b4e9"}
"""Orange to blue, from a palette that colour-blind readers tell apart; every level also says its number."""
CLOCKS = {"breaching": "bold #d55e00", "near-breaching": "#e69f00", "non-breaching": "#56b4e9"}
QUIET = "grey62"
CELLS = 8


class _NoTrailingSpace:
    """Standard output through a pipe: what a table pads its lines with is left away."""

    def write(self, text: str) -> int:
        sys.stdout.write("\n".join(line.rstrip(" ") for line in text.split("\n")))
        return len(text)

    def flush(self) -> None:
        sys.stdout.flush()


def console() -> Console:
    """Standard output; wide where it is no terminal, and without colours there or under NO_COLOR."""
    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(file=_NoTrailingSpace(), highlight=False, width=PIPE_WIDTH)  # type: ignore[arg-type]  # all rich needs


class Refs:
    """References as the team says them: a source's name in place of its project's path."""

    def __init__(self, handbook: Handbook) -> None:
        self._names = {source.path: name for name, source in handbook.sources.items()}

    def short(self, item: Item | RedBranch) -> str:
        """``omnibus!7421`` for ``gitlab-org/omnibus-gitlab!7421``; the last two parts of an unknown path."""
        name = self._names.get(item.project) or item.project.rpartition("/")[2]
        return name + item.ref[len(item.project) :]

    def full(self, ref: str) -> str:
        """The full reference for a short one; a full one stays."""
        for path, name in self._names.items():
            if ref[: len(name)] == name and ref[len(name) : len(name) + 1] in {"#", "!", "&", "@"}:
                return path + ref[len(name) :]
        return ref


def header(queue: WorkQueue, person: str) -> Text:
    """Who reads this, where and until when they work, and the state of the team."""
    known = queue.snapshot.people[person]
    zone = ZoneInfo(known.zone)
    local = queue.snapshot.now.astimezone(zone)
    voice = Voice(queue.snapshot.people, queue.snapshot.now, person)
    groups = ", ".join(
        queue.handbook.groups[key].name.rpartition(":")[2] for key in known.groups if key in queue.handbook.groups
    )
    city = known.zone.rpartition("/")[2].replace("_", " ")
    text = Text.assemble((known.name, "bold"), f" · {groups}" if groups else "")
    text.append(f" · {voice.day(local.date())} {local.year} {local:%H:%M} in {city}, {_presence(queue, person, zone)}")
    return text


def team_line(queue: WorkQueue, person: str = "") -> Text:
    """Whether the default branches are green, and who is on duty."""
    voice = Voice(queue.snapshot.people, queue.snapshot.now, person, queue.handbook.team.zone)
    red = queue.red_branches()
    if red:
        names = ", ".join(f"{Refs(queue.handbook).short(branch)}" for branch, _ in red)
        text = Text(f"RED: {names}", style=LEVELS[0])
    else:
        text = Text("default branches are green")
    if queue.on_duty:
        until = voice.day(queue.on_duty.until.date())
        word = "until" if queue.on_duty.until > queue.snapshot.now else "still, handover due since"
        who = voice.name(queue.on_duty.username)
        text.append(f" · on duty: {who} {word} {until}", style="not bold default on default")
    return text


def _presence(queue: WorkQueue, person: str, zone: ZoneInfo) -> str:
    calendar = queue.snapshot.calendars[person]
    now = queue.snapshot.now
    if calendar.is_open(now):
        return f"at work until {calendar.closes_after(now).astimezone(zone):%H:%M}"
    try:
        back = calendar.opens_after(now).astimezone(zone)
    except NeverOpensError:
        return "away until further notice"
    if back.date() == now.astimezone(zone).date():
        return f"at work from {back:%H:%M}"
    away = "away" if calendar.away_at(now) else "off"
    return f"{away} until {Voice({}, now, zone=zone.key).instant(back)}"


def mark(item: Item | RedBranch, clock: Clock | None, priorities: Mapping[str, int]) -> Text:
    """What one sees first about an item: its priority, and how full its clock is."""
    text = Text()
    if not isinstance(item, RedBranch):
        ranks = [priorities[label] for label in item.labels if label in priorities]
        text.append(f"p{min(ranks)} " if ranks else "   ", style="bold" if ranks and min(ranks) == 1 else QUIET)
    if clock:
        text.append(bar(clock), style=CLOCKS[clock.state])
        text.append(f" {100 * clock.used // clock.limit:>3}%", style=CLOCKS[clock.state])
    return text


def bar(clock: Clock) -> str:
    """A clock as eight cells, full at its limit."""
    full = min(CELLS, CELLS * clock.used // clock.limit)
    return "▰" * full + "▱" * (CELLS - full)


def entries_table(entries: list[Entry], voice: Voice, refs: Refs, queue: WorkQueue) -> Table:
    """Queue entries, most important first."""
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False, expand=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=7, min_width=20)
    table.add_column(no_wrap=True)
    table.add_column(ratio=11, min_width=28)
    for entry in entries:
        style = LEVELS.get(entry.level, "")
        table.add_row(
            Text(f" {entry.level} ", style=style),
            Text(entry.do, style=style if entry.level else "bold"),
            refs.short(entry.item),
            entry.item.title,
            mark(entry.item, entry.clock, queue.desk.terms.priorities),
            Text(voice.why(entry)),
        )
    return table


def label_words(item: Item) -> str:
    """An item's labels in one quiet line, scopes and all."""
    return " ".join(f"~{label}" if " " not in label else f"~“{label}”" for label in item.labels) or "no labels"


def local(at: datetime, zone: str) -> str:
    """An instant for a table: 2026-06-02 10:12."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


__all__ = [
    "Refs",
    "bar",
    "console",
    "entries_table",
    "header",
    "label_words",
    "local",
    "mark",
    "team_line",
    "value_of",
]
