"""Labels of a handbook that GitLab tells apart and people cannot, or that nearly are another one."""

import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from handrail.handbook.document import KeyPath
from handrail.handbook.schema import Handbook
from handrail.handbook.wording import near
from handrail.model.labels import folded

_INVISIBLE = {"Cf", "Cc", "Mn"}
_LABELS: tuple[KeyPath, ...] = (
    *(("labels", name) for name in ("team", "deliverable", "unplanned", "spike", "red_branch", "just_work")),
    ("labels", "community", "*"),
    ("labels", "required", "*", "label"),
    ("groups", "*", "label"),
    ("sources", "*", "labels", "*"),
    ("components", "*", "labels", "*"),
    ("workflow", "ready_for_review"),
    ("workflow", "in_review"),
    ("priorities", "keys"),
    ("severities", "keys"),
    ("work_queue", "counts_as", "keys"),
    ("work_queue", "counts_as", "*", "*"),
    ("work_queue", "table", "*", "labels", "*"),
    ("triage", "not_labels", "*"),
    ("rotations", "*", "duties", "*", "labels", "*"),
)
"""Where labels stand; `*` is every entry. Not `triage.timers_days`, whose keys are lower case on purpose."""


def label_problems(handbook: Handbook, order: Callable[[KeyPath], Any]) -> Iterator[tuple[KeyPath, str]]:
    """Labels that look like another of the handbook's, and rows' labels that look like a slip of the pen."""
    stated = list(labels(handbook))
    plain: dict[str, str] = {}
    # A label without odd characters is the one that is meant, then the one that was there first.
    for _, label in sorted(stated, key=lambda one: (bool(_odd(one[1])), order(one[0]))):
        plain.setdefault(folded(label), label)
    for path, label in stated:
        meant = plain[folded(label)]
        if label != meant:
            yield (
                path,
                f"the label `{label}` looks like `{meant}` and is another one: {_difference(label, meant)}",
            )
    yield from _slips(handbook, {label for path, label in stated if path[:2] != ("work_queue", "table")})


def labels(handbook: Handbook) -> Iterator[tuple[KeyPath, str]]:
    """Every label that the handbook states, with its key path."""
    for pattern in _LABELS:
        yield from _matches(handbook, pattern, ())


def _matches(value: Any, pattern: KeyPath, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if not pattern:
        yield path, value
    elif pattern == ("keys",):
        yield from (((*path, key), key) for key in value)
    elif pattern[0] == "*":
        below = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in below:
            yield from _matches(part, pattern[1:], (*path, key))
    else:
        yield from _matches(getattr(value, str(pattern[0])), pattern[1:], (*path, pattern[0]))


def _slips(handbook: Handbook, known: set[str]) -> Iterator[tuple[KeyPath, str]]:
    """A row may ask for a label that nothing else names, but hardly for one that is a letter off."""
    alike = {folded(label) for label in known}
    for row_index, row in enumerate(handbook.work_queue.table):
        for index, label in enumerate(row.labels):
            meant = near(label, known, cutoff=0.85)
            if meant and folded(label) not in alike:
                path = ("work_queue", "table", row_index, "labels", index)
                yield (
                    path,
                    f"no other part of the handbook knows the label `{label}`; did you mean `{meant}`?",
                )


def _odd(label: str) -> set[str]:
    """The label's characters that an eye does not see, or takes for others."""
    return {c for c in label if unicodedata.category(c) in _INVISIBLE or unicodedata.normalize("NFKC", c) != c}


def _difference(label: str, meant: str) -> str:
    odd = _odd(label) - _odd(meant)
    if odd:
        return f"it has {' and '.join(_character(c) for c in sorted(odd))}"
    if _odd(label) or _odd(meant):
        return "their invisible characters differ"
    return "spaces differ" if label.casefold() != meant.casefold() else "upper and lower case differ"


def _character(c: str) -> str:
    return f"{unicodedata.name(c, 'an unnamed character')} (U+{ord(c):04X})"
