"""The handbook's page: its blocks, the priority table, and every clause with what becomes of it."""

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, get_args, get_origin

import msgspec

from handrail.handbook.schema import Clause, Handbook
from handrail.handbook.settings import RuleSettings
from handrail.handbook.shape import bare, descriptions, fields, is_block
from handrail.rules.catalogue import whole_handbook
from tools.pages.pieces import NOTE, listed, prose, table, yaml_of
from tools.pages.settings import default_of, inside, kind_of

FATES = {"does": "enforced by the rule", "helps": "assisted by", "planned": "to come:", "person": "left to people:"}


COUNTED = {"does": "enforced by rules", "helps": "assisted", "planned": "to come", "person": "left to people"}


INTRODUCTION = """
A team's handbook is one YAML file that states what the team does otherwise than the handbook it extends:

- `extends: distribution`, or no such key, extends the bundled handbook; `extends: other.yml` the file of that path,
  seen from this one; `extends: null` stands alone.
- Maps merge, lists replace, and `null` removes. `replaces: [sources, groups]` extends nothing of these maps, wherever
  they are: `rules.recurring_duties.tasks` is one.
- `handrail check team.yml` tells every mistake at once, each with its line and column, and which of the bundled
  team's projects, groups and labels the file still has.
- `docs/handbook.schema.json` makes an editor complete and check the file while it is written.

[The README](../README.md#your-own-team) has a small one. A value whose default is “needed” has to stand in the handbook
as a whole; the bundled one has them all, and what it has stands below each block as a file would state it.

A clause is one sentence of the team's page, and a setting's `clause` the one that it states. A team without a rotation
leaves `rotations` as it is: nobody is on duty before one is set up. A second one needs no more than a name, such as
`rotations: {releases: {name: Release manager}}`; `handrail duty --rotation releases` keeps it.
"""


WORDS = """
- **the page**: the team's workflow as its handbook describes it in prose; clauses state it sentence by sentence.
- **EM**, **PM**: engineering manager and product manager, people with these `roles`.
- **DRI**: whoever is directly responsible; the Distribution DRI is the person on duty, by the first of the `rotations`.
- **OKR**: an epic that carries the label `rules.quarterly_planning.okr_label`, a quarter's objective with its results.
- **Deliverable**: an issue that was accepted into its milestone, by the label `labels.deliverable`.
- **SLO**: the time within which a review or an incident is to be answered.
- **breaker**: what an iteration calls for that goes on too long.
- **stand-in**: whoever has a turn in place of somebody who is away.
- **fits no row**: work that no row of the priority table takes; `handrail triage` says what it lacks.
"""


def handbook_page(handbook: Handbook) -> str:
    """The handbook's reference: its blocks, the priority table, every clause and what becomes of it."""
    parts = ["# Handbook reference", NOTE, INTRODUCTION, "## Blocks"]
    for block, where in _blocks().items():
        parts += [f"### {block.__name__}", f"At {listed(where)}. {prose(block.__doc__)}"]
        parts.append(table(("key", "value", "default", "meaning"), _rows(block)))
        parts += _as_bundled(where, handbook)
    parts += ["## Words", WORDS]
    parts += ["## The priority table", "From top to bottom; the first row that fits an item is its place."]
    columns = ("level", "row", "do", "what", "priority", "SLO", "labels", "clause")
    parts.append(table(columns, _priority_rows(handbook)))
    parts += ["## Clauses", _counts(handbook.clauses.values())]
    for section, clauses in groupby(handbook.clauses.items(), key=lambda one: one[1].section):
        rows = ((f"`{name}`", clause.says, _fate(clause)) for name, clause in clauses)
        parts += [f"### {section}", table(("clause", "the page says", "what becomes of it"), rows)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _as_bundled(where: list[str], handbook: Handbook) -> Iterator[str]:
    """What the bundled handbook has at the top-level keys that a block, or a map or list of it, stands at."""
    keys = [found[1] for place in where if (found := re.fullmatch(r"`(\w+)(\.\*|\[\])?`", place))]
    stated = {key: msgspec.to_builtins(getattr(handbook, key)) for key in keys if key not in {"rules", "clauses"}}
    stated.get("work_queue", {}).pop("table", None)  # it has a section of its own
    text = yaml_of({key: value for key, value in stated.items() if value})
    if any(stated.values()):
        yield f"As bundled:\n\n```yaml\n{text}```"


def _blocks() -> dict[type, list[str]]:
    """The schema's blocks in the order in which a file has them, with the keys where each stands."""
    found: dict[type, list[str]] = {}

    def visit(kind: Any, where: str) -> None:
        inner = bare(kind)
        if get_origin(inner) is dict:
            visit(get_args(inner)[1], f"{where}.*" if where else where)
        elif get_origin(inner) is tuple:
            visit(get_args(inner)[0], f"{where}[]")
        elif is_block(inner) and not issubclass(inner, RuleSettings):
            if inner not in found:
                found[inner] = []
                for name, field in fields(inner).items():
                    visit(field, f"{where}.{name}".lstrip("."))
            found[inner].append(f"`{where}`" if where else "the top level")

    visit(whole_handbook(), "")
    return found


def _rows(block: type) -> Iterator[tuple[str, ...]]:
    says = descriptions(block)
    for field in dataclasses.fields(block):
        kind = fields(block)[field.name]
        yield (
            f"`{field.name}`",
            kind_of(kind),
            default_of(field),
            prose(says.get(field.name)) or _of_what(field.name, kind),
        )


def _of_what(name: str, kind: Any) -> str:
    """What a setting means of which the schema says no more: a clause, or the first sentence of its block."""
    if name == "clause":
        return "The clause that it states."
    block = inside(kind)[1]
    assert block is not None, f"{name} needs a docstring"
    return re.split(r"(?<=\.) ", prose(block.__doc__))[0]


def _priority_rows(handbook: Handbook) -> Iterator[tuple[str, ...]]:
    red = handbook.work_queue.red_default_branch
    yield "before all", f"`{red.row}`", red.do, "a red default branch", "", "", "", f"`{red.clause}`"
    for row in handbook.work_queue.table:
        what, priority = f"{row.kind}s {row.stage}", str(row.priority or "any")
        labels = ", ".join(f"`{label}`" for label in row.labels)
        yield str(row.level), f"`{row.row}`", row.do, what, priority, row.slo or "", labels, f"`{row.clause}`"


def _counts(clauses: Iterable[Clause]) -> str:
    count = Counter(_ends(clause)[0] for clause in clauses)
    return f"{count.total()} clauses: {listed([f'{count[fate]} {words}' for fate, words in COUNTED.items()])}."


def _ends(clause: Clause) -> tuple[str, str]:
    return next((fate, says) for fate in FATES if (says := getattr(clause, fate)))


def _fate(clause: Clause) -> str:
    fate, says = _ends(clause)
    return f"{FATES[fate]} {f'`{says}`' if fate in {'does', 'helps'} else says}"
