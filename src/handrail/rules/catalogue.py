"""The rules that return findings: found by their modules' shape, asked one after the other in the handbook's order.

A rule is a module of this room with five names: ``CLAUSES`` that it keeps, ``FINDINGS`` (its codes, and when each is
found), ``Settings`` (a ``RuleSettings``), ``subjects(desk)`` and ``decide(subject, desk, settings)``. Nothing else has
to know of it but the handbook, which gives it its settings.
"""

import dataclasses
import pkgutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from operator import attrgetter
from types import ModuleType
from typing import Any, NamedTuple

import msgspec

import handrail.rules
from handrail.handbook.schema import Handbook
from handrail.handbook.settings import RuleSettings
from handrail.model.findings import Finding
from handrail.model.items import Item
from handrail.rules.desk import Desk

_EVERYTHING = "decisions"


class Rule(NamedTuple):
    """One rule, ready to be asked: its name is its module's."""

    name: str
    settings: type[RuleSettings]
    subjects: Callable[[Desk], Iterable[Any]]
    decide: Callable[[Any, Desk, Any], Iterable[Finding]]
    clauses: tuple[str, ...]
    codes: dict[str, str]


@cache
def rules() -> dict[str, Rule]:
    """Every rule by name."""
    found: dict[str, Rule] = {}
    for module in _modules():
        if hasattr(module, "decide"):
            name = module.__name__.rpartition(".")[2]
            found[name] = Rule(name, module.Settings, module.subjects, module.decide, module.CLAUSES, module.FINDINGS)
    return found


def _modules() -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(handrail.rules.__path__):
        yield import_module(f"handrail.rules.{module.name}")


@cache
def whole_handbook() -> type[Handbook]:
    """A handbook's shape with the settings of every rule in it, each named for its rule ("RequiredLabelsRule")."""
    blocks = [
        (name, _shape(name.title().replace("_", "") + "Rule", [], rule.settings, rule.settings.__doc__))
        for name, rule in rules().items()
    ]
    block = _shape("Rules", blocks, object, "Each rule's settings, by the rule's name.")
    whole: type[Handbook] = _shape("Handbook", [("rules", block)], Handbook, Handbook.__doc__)
    return whole


def _shape(name: str, blocks: Iterable[tuple[str, type]], base: type, says: str | None) -> Any:
    """A block of a handbook that holds others, each of which may be left out."""
    fields = [(key, block, dataclasses.field(default_factory=block)) for key, block in blocks]
    namespace = {"__pydantic_config__": {"extra": "forbid"}, "__doc__": says}
    return dataclasses.make_dataclass(name, fields, bases=(base,), frozen=True, namespace=namespace)


def settings_of(handbook: Handbook, rule: Rule) -> RuleSettings:
    """The rule's settings as the handbook has them; the rule's own where it says nothing."""
    stated = handbook.rules.get(rule.name, {})
    return msgspec.convert(stated, rule.settings)


def asked(desk: Desk, only: Collection[str] = ()) -> list[tuple[Rule, RuleSettings]]:
    """The rules that are not off, in the handbook's order; ``only`` those of these names, if any are given."""
    ready = desk.once("asked", lambda: _ready(desk.handbook))
    return [(rule, settings) for rule, settings in ready if not only or rule.name in only]


def _ready(handbook: Handbook) -> list[tuple[Rule, RuleSettings]]:
    known = rules()
    names = [name for name in dict.fromkeys((*handbook.rules, *known)) if name in known]
    ready = [(known[name], settings_of(handbook, known[name])) for name in names]
    return [(rule, settings) for rule, settings in ready if settings.mode != "off"]


class Decision(NamedTuple):
    """What one rule found about one subject."""

    order: int
    """The rule's place in the handbook's order."""
    ref: str
    """The item that was decided on; else empty: the team, a milestone, a project."""
    found: Sequence[Finding]


def decisions(desk: Desk) -> Sequence[Decision]:
    """What the rules find about the desk's facts, in the handbook's order, without what is as it should be.

    It is worked out once.
    """
    return desk.once(_EVERYTHING, lambda: _decided(desk, asked(desk)))


def _decided(desk: Desk, those: Iterable[tuple[Rule, RuleSettings]]) -> list[Decision]:
    return [
        Decision(order, subject.ref if isinstance(subject, Item) else "", found)
        for order, (rule, settings) in enumerate(those)
        for subject in rule.subjects(desk)
        if (found := _each_somebodys(rule.decide(subject, desk, settings), desk))
    ]


def decide_again(desk: Desk, before: Desk, changed: Collection[str]) -> None:
    """Have a desk know what the rules find by what they found before these items changed, if that was worked out.

    What they say of the team, milestones and projects stays as it was.
    """
    if before.knows(_EVERYTHING):
        still = [one for one in decisions(before) if one.ref not in changed]
        those = (desk.snapshot.by_ref[ref] for ref in changed if ref in desk.snapshot.by_ref)
        new = (decision for item in those for decision in decisions_about(item, desk))
        desk.once(_EVERYTHING, lambda: sorted((*still, *new), key=attrgetter("order")))


def decisions_about(item: Item, desk: Desk) -> list[Decision]:
    """What the rules find about one open item of the desk's facts: all that an event costs.

    What is found about the team, a milestone or a project waits for the next sweep.
    """
    view = desk.alone_with(item)
    return [
        Decision(order, item.ref, found)
        for order, (rule, settings) in enumerate(asked(desk))
        if any(subject is item for subject in rule.subjects(view))
        if (found := _each_somebodys(rule.decide(item, desk, settings), desk))
    ]


def findings(desk: Desk, only: Collection[str] = ()) -> list[Finding]:
    """Everything that the rules find about the desk's facts; or what those of these names do, if any are given."""
    if only and not desk.knows(_EVERYTHING):
        decided: Iterable[Decision] = _decided(desk, asked(desk, only))
    else:
        names = [rule.name for rule, _ in asked(desk)]
        decided = (one for one in decisions(desk) if not only or names[one.order] in only)
    return [one for decision in decided for one in decision.found]


def findings_about(item: Item, desk: Desk) -> list[Finding]:
    """Everything that they find about one open item, see ``decisions_about``."""
    return [one for decision in decisions_about(item, desk) for one in decision.found]


def _each_somebodys(found: Iterable[Finding], desk: Desk) -> list[Finding]:
    """The findings with somebody of the team where a rule knows of nobody who can act, as on an outsider's issue."""
    return [one if one.who else msgspec.structs.replace(one, who=desk.otherwise) for one in found]
