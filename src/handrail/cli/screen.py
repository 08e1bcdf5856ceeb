"""How things look on a terminal: calm, and readable without colours and through a pipe."""

import re
import sys
from collections.abc import Mapping, Sequence
from typing import IO, cast
from unicodedata import category
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from handrail.handbook.schema import Handbook
from handrail.model.clocks import Clock
from handrail.model.items import Issue, Item
from handrail.model.planning import RedBranch
from handrail.model.queue import Entry, Subject
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
ONE_LINE = 140
"""Columns from which an item and its reason stand side by side."""
REASON = 40
"""Columns that a reason has beside it at least, if it is so long; what is left is the title's."""


class _NoTrailingSpace:
    """Standard output through a pipe: what a table pads its lines with is left away."""

    def write(self, text: str) -> int:
        sys.stdout.write("\n".join(line.rstrip(" ") for line in text.split("\n")))
        return len(text)

    def flush(self) -> None:
        sys.stdout.flush()


class _AsWritten(Console):
    """Shows what people wrote as they wrote it: no markup, no emoji codes. A closed pipe is `app`'s to handle."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console() -> Console:
    """Standard output; wide where it is no terminal, and without colours there or under NO_COLOR."""
    if sys.stdout.isatty():
        return _AsWritten(highlight=False, markup=False, emoji=False)
    pipe = cast(IO[str], _NoTrailingSpace())
    return _AsWritten(file=pipe, highlight=False, markup=False, emoji=False, width=PIPE_WIDTH)


def clean(text: str) -> str:
    """What somebody wrote, without what would steer the terminal: control and direction characters."""
    return "".join("\N{REPLACEMENT CHARACTER}" if category(c) in {"Cc", "Cf"} else c for c in text)


def footer(out: Console, parts: Sequence[str]) -> None:
    """Short remarks beside each other. A line ends between two of them: a command that is copied is never cut.

    Nor is one that is longer than a line: the terminal wraps it, which does not put a line's end into it.
    """
    lines = [""]
    for part in parts:
        beside = f"{lines[-1]} · {part}" if lines[-1] else part
        if cell_len(beside) <= out.width:
            lines[-1] = beside
        else:
            lines.append(part)
    out.print("\n".join(line for line in lines if line), style=QUIET, soft_wrap=True)


_ADDRESS = re.compile(
    r"^https?://[^/]+/(?:groups/)?(?P<path>.+?)/-/(?P<kind>issues|work_items|merge_requests|epics)/(?P<number>\d+)"
)


class Refs:
    """References as the team says them: a source's name in place of its project's path."""

    def __init__(self, handbook: Handbook) -> None:
        self._names = {source.path: name for name, source in handbook.sources.items()}

    def short(self, item: Subject) -> str:
        """``omnibus!7421`` for ``gitlab-org/omnibus-gitlab!7421``; the last two parts of an unknown path."""
        name = self._names.get(item.project) or item.project.rpartition("/")[2]
        return name + item.ref[len(item.project) :]

    def shortened(self, subject: str) -> str:
        """The same of a reference, or of a path, as text; what is neither stays as it is."""
        for path, name in self._names.items():
            if subject.startswith(path) and subject[len(path) : len(path) + 1] in {"", "#", "!", "&", "@"}:
                return name + subject[len(path) :]
        return subject

    def full(self, ref: str) -> str:
        """The full reference for a short one or for an item's address; a full one stays."""
        address = _ADDRESS.search(ref)
        if address:
            sigil = {"issues": "#", "work_items": "#", "merge_requests": "!", "epics": "&"}[address["kind"]]
            return address["path"] + sigil + address["number"]
        for path, name in self._names.items():
            if ref[: len(name)].casefold() == name.casefold() and ref[len(name) : len(name) + 1] in {
                "#",
                "!",
                "&",
                "@",
            }:
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
    city = _city(known.zone)
    text = Text.assemble((known.name, "bold"), f" · {groups}" if groups else "")
    text.append(f" · {voice.day(local.date())} {local.year} {local:%H:%M} in {city}, {_presence(queue, person, zone)}")
    return text


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def team_line(queue: WorkQueue, person: str = "") -> Text:
    """Whether the default branches are green, and who is on duty."""
    voice = Voice(queue.snapshot.people, queue.snapshot.now, person, queue.handbook.team.zone)
    red = queue.red_branches()
    if red:
        said = (_red(queue, branch, incident, voice) for branch, incident in red)
        zone = "" if person else f" · times in {_city(queue.handbook.team.zone)}"
        text = Text(f"RED: {'; '.join(said)}{zone}", style=LEVELS[0])
    else:
        text = Text("default branches are green")
    if queue.on_duty:
        until = voice.day(queue.on_duty.end.date())
        word = "until" if queue.on_duty.end > queue.snapshot.now else "still, handover due since"
        who = voice.name(queue.on_duty.holder) if queue.on_duty.holder else "nobody"
        text.append(f" · on duty: {who} {word} {until}", style="not bold default on default")
    return text


def _red(queue: WorkQueue, branch: RedBranch, incident: Issue | None, voice: Voice) -> str:
    """A red branch, who has it, and until when."""
    people, until = queue.red_turn(branch, incident)
    late = until <= queue.snapshot.now
    if people:
        end = "it was to be green by" if late else "it is to be green by"
        turn = f"{voice.names(people)} took it, {end} {voice.instant(until)}"
    else:
        turn = f"nobody has it, somebody {'was' if late else 'is'} to take it by {voice.instant(until)}"
    return f"{Refs(queue.handbook).short(branch)} ({turn})"


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


def mark(item: Subject, clock: Clock | None, priorities: Mapping[str, int]) -> Text:
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


def print_entries(out: Console, entries: Sequence[Entry], voice: Voice, refs: Refs, queue: WorkQueue) -> None:
    """Queue entries, most important first: a row each, or two where the terminal is narrow."""
    wide = out.width >= ONE_LINE
    rows = []
    for entry in entries:
        style = LEVELS.get(entry.level, "")
        do = Text(entry.do, style=style if entry.level else "bold")
        signs = mark(entry.item, entry.clock, queue.desk.terms.priorities)
        cells = (refs.short(entry.item), clean(entry.item.title), signs, Text(clean(voice.why(entry))))
        rows.append((Text(f" {entry.level} ", style=style), do, *cells))
    widest = max(len(ref) for _, _, ref, *_ in rows)
    if wide:
        others = 3 + max(do.cell_len for _, do, *_ in rows) + widest + max(row[4].cell_len for row in rows) + 10
        reasons = min(REASON, max(why.cell_len for *_, why in rows))
        table = _columns(widest, max(20, out.width - others - reasons))
        for row in rows:
            table.add_row(*row)
        out.print(table)
        return
    for level, do, ref, title, signs, why in rows:
        head = _columns(widest)
        head.add_row(level, ref, title, signs)
        out.print(head, Padding(Text.assemble(do, ": ", why), (0, 0, 0, 4)))


def _columns(widest: int, titles: int = 0) -> Table:
    """The columns of a queue; with the width for titles where the reasons stand beside them."""
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False, expand=True)
    table.add_column(justify="right", no_wrap=True, min_width=3)
    if titles:
        table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="bold", min_width=widest)
    if titles:
        table.add_column(no_wrap=True, overflow="ellipsis", max_width=titles)
    else:
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=1, min_width=8)
    table.add_column(no_wrap=True)
    if titles:
        table.add_column(ratio=1)
    return table


def label_words(item: Item) -> str:
    """An item's labels in one quiet line, scopes and all."""
    return clean(" ".join(f"~{label}" if " " not in label else f"~“{label}”" for label in item.labels)) or "no labels"
