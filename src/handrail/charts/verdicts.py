"""How the verdicts of support clocks look: each has a colour of the Okabe-Ito palette, and a shape of its own."""

from handrail.model.support import Verdict

GREY = "#767676"
COLOURS: dict[Verdict, str] = {
    "overdue": "#d55e00",
    "due-soon": "#e69f00",
    "open": "#56b4e9",
    "held": GREY,
    "missed": "#cc79a7",
    "met": "#009e73",
    "out-of-scope": GREY,
}
SHAPES: dict[Verdict, str] = {
    "overdue": "triangle-up",
    "due-soon": "diamond",
    "open": "triangle-right",
    "held": "square",
    "missed": "cross",
    "met": "circle",
    "out-of-scope": "triangle-down",
}
"""As Vega calls them."""
