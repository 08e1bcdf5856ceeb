"""The pictures that are drawn from a run of Handrail."""

import io
import re

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.terminal_theme import DIMMED_MONOKAI


def pictures() -> dict[str, str]:
    """The pictures that are drawn from a run of Handrail, by path."""
    return {"docs/pictures/queue.svg": queue_picture("nadia")}


def queue_picture(person: str) -> str:
    """What `handrail --demo next --as PERSON` shows on a terminal, as a picture that loads nothing from elsewhere."""
    from rich.console import Console

    from handrail.cli.chosen import Chosen
    from handrail.cli.next_work import print_queue

    # Everything that rich would else ask the terminal: the picture is the same on every machine.
    out = Console(
        record=True,
        width=148,
        height=40,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        no_color=False,
        highlight=False,
    )
    out.print(f"$ handrail next --as {person}", style="bold")
    print_queue(out, Chosen(None, demo=True, size=600, people=14, handbook_file=None).queue(None), person)
    fontless = re.sub(r"@font-face {{.*?}}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return out.export_svg(title="handrail", theme=DIMMED_MONOKAI, code_format=fontless, unique_id="queue")
