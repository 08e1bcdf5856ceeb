"""A handbook as people read it: its clauses and who keeps them, its rules, its settings and where each is stated."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Any, Literal

import msgspec

from handrail.handbook.document import Place
from handrail.handbook.extends import BUNDLED, Chain, read_chain
from handrail.handbook.schema import Clause, Handbook
from handrail.handbook.work import Row
from handrail.rules.catalogue import Rule, rules, settings_of

Keeper = Literal["does", "helps", "planned", "person"]
ENDS: Mapping[Keeper, str] = {"does": "enforced", "helps": "assisted", "planned": "to come", "person": "left to people"}
"""What becomes of a clause, in words."""
ASIDE = frozenset({"handbook", "clauses", "rules", "people"})
"""Blocks that are no settings, or are shown in a way of their own."""
DEEP = 2
"""How many keys of a block lead to what is shown as one value."""
SHORT = 80
"""Characters of a value on one line."""


def end_of(clause: Clause) -> tuple[Keeper, str]:
    """What becomes of a clause: the rule, the command, the capability, or why it is left to people."""
    return next((kind, value) for kind in ENDS if (value := getattr(clause, kind)))


def row_cells(row: Row) -> tuple[str, str, str, str, str, str, str]:
    """A row of the priority table: level, what to do, with what, priority, SLO, labels, clause."""
    priority = str(row.priority) if row.priority else "any"
    what = f"{row.kind}s {row.stage}"
    return str(row.level), row.do, what, priority, row.slo or "", ", ".join(row.labels), row.clause


@dataclass(frozen=True)
class Setting:
    """One value, as YAML writes it, under its key; ``place``: where it is stated, None for what nobody states."""

    key: str
    value: str
    place: Place | None

    @property
    def is_short(self) -> bool:
        """Whether it fits on a line."""
        return "\n" not in self.value and len(self.value) <= SHORT

    @property
    def where(self) -> str:
        """Where it comes from, in words."""
        return _where(self.place, "built in")


@dataclass(frozen=True)
class RuleSeen:
    """A rule, its mode, and its settings."""

    rule: Rule
    mode: Setting
    settings: tuple[Setting, ...]


@dataclass(frozen=True)
class Stated:
    """A handbook, and the files that state it: None for the bundled one alone."""

    file: Path | None

    @cached_property
    def chain(self) -> Chain:
        """The files, read once."""
        return read_chain(self.file)

    def place(self, *path: str) -> Place | None:
        """Where a value is stated."""
        document = self.chain.document
        return document.values.get(path) or document.keys.get(path)

    def clause_place(self, name: str) -> str:
        """Where a clause is stated, in words."""
        return _where(self.place("clauses", name), "")

    def person_place(self, username: str) -> str:
        """Where somebody is named, in words."""
        return _where(self.place("people", username), "as GitLab knows them")

    def rules(self, handbook: Handbook) -> list[RuleSeen]:
        """Every rule in the handbook's order."""
        known = rules()
        names = [name for name in dict.fromkeys((*handbook.rules, *known)) if name in known]
        found = []
        for name in names:
            value = _plain(settings_of(handbook, known[name]))
            mode, *settings = self._settings(("rules", name), {"mode": value.pop("mode"), **value})
            found.append(RuleSeen(known[name], mode, tuple(settings)))
        return found

    def blocks(self, handbook: Handbook) -> dict[str, list[Setting]]:
        """The other blocks and their settings."""
        values = _plain(handbook)
        return {name: list(self._settings((name,), value)) for name, value in values.items() if name not in ASIDE}

    def _settings(self, path: tuple[str, ...], value: Any, under: tuple[str, ...] = ()) -> Iterator[Setting]:
        if isinstance(value, dict) and value and len(under) < DEEP:
            for key, one in value.items():
                yield from self._settings((*path, key), one, (*under, key))
        else:
            yield Setting(".".join(under), _written(value), self.place(*path))


def _where(place: Place | None, otherwise: str) -> str:
    if place is None:
        return otherwise
    is_bundled = place.file == BUNDLED.name
    return f"as bundled, line {place.line}" if is_bundled else f"{Path(place.file).name}, line {place.line}"


def _plain(value: Any) -> Any:
    """A block as maps, lists and words."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _written(value: Any) -> str:
    """A value as a handbook writes it; a list of words on one line."""
    if isinstance(value, str) and value:
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, list) and not any(isinstance(one, dict | list) for one in value):
        return ", ".join(map(str, value))
    if not isinstance(value, dict | list):
        return str(value)
    from ruamel.yaml import YAML

    yaml, out = YAML(typ="safe", pure=True), StringIO()
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # typed as what it is at first
    yaml.width = 100
    yaml.dump(value, out)
    return out.getvalue().rstrip()
