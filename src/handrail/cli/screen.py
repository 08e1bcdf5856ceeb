"""How things look on a terminal: calm, and readable without colours and through a pipe."""

import sys
from collections.abc import Mapping, Sequence
from typing import IO, cast
from unicodedata import category

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from handrail.model.clocks import Clock
from handrail.model.items import Item
from handrail.model.planning import RedBranch
from handrail.model.queue import Entry, Subject
from handrail.rules.queue_words import Voice
from handrail.rules.work_queue import WorkQueue
from handrail.views.presence import about, city, duty_words, red_words
from handrail.views.refs import Refs

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


def header(queue: WorkQueue, person: str) -> Text:
    """Who reads this, where and until when they work."""
    return Text.assemble((queue.snapshot.people[person].name, "bold"), about(queue, person))


def team_line(queue: WorkQueue, person: str = "") -> Text:
    """Whether the default branches are green, and who is on duty."""
    voice = queue.voice(person)
    red = red_words(queue, voice)
    if red:
        zone = "" if person else f" · times in {city(queue.handbook.team.zone)}"
        text = Text(f"RED: {'; '.join(red)}{zone}", style=LEVELS[0])
    else:
        text = Text("default branches are green")
    duty = duty_words(queue, voice)
    return text.append(f" · {duty}", style="not bold default on default") if duty else text


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
