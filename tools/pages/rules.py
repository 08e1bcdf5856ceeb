"""The rules' page: what each says, when it fires, what it proposes, how to set and to silence it."""

import sys
from collections.abc import Iterator
from functools import cache

from handrail.demo.planted import DAYS, PlantedTeam
from handrail.engine.assemble import assemble
from handrail.handbook.schema import Handbook
from handrail.handbook.shape import descriptions, fields
from handrail.rules.catalogue import Rule, findings, rules
from handrail.rules.desk import Desk
from handrail.testing import a_handbook
from tools.pages.pieces import NOTE, paragraphs, prose, table, yaml_of
from tools.pages.settings import inside, kind_of

RULES_INTRODUCTION = """
Each rule looks at the team's facts, finds what the handbook has otherwise, and says what would mend it. What becomes of
that is the rule's mode in the handbook:

| mode | what happens |
| --- | --- |
| `off` | the rule is not asked |
| `report` | its findings are shown by `handrail findings`, and nothing is planned |
| `propose` | what would mend them stands in `handrail plan`, and waits for somebody's `handrail apply` |
| `apply` | `handrail run` does it |

A finding is a `note`; a `warning` where it holds something up, or a time is nearly over; a `breach` where one is over.
The rule `work_queue` has no section here: it finds nothing, but makes everyone's `handrail next` of [the priority
table](handbook.md#the-priority-table) and [its settings](handbook.md#workqueue).

To silence a rule for one item, say why in a comment on it: `@handrail not-applicable RULE because …` (with a finding's
code behind it, that one alone; without the rule's name, the finding of our comment that it answers). `@handrail
applicable` takes that back. Whose word counts stands in the handbook under `acting.commands`. A finding about a
milestone, a branch, a project or the team has no place for such a comment; what silences it are the rule's settings. To
silence a rule for good, set `rules.RULE.mode` to `off` or `report` in the team's handbook.

The tables say what each finding proposes, as seen in the [planted world](demo.md) of the tests; “people” where nothing
but people's work mends it, or where it is theirs to choose.
"""


def rules_page(handbook: Handbook) -> str:
    """Every rule that finds and mends: what it says, when, how to set it."""
    parts = ["# Rules", NOTE, RULES_INTRODUCTION]
    known = rules()
    for name in dict.fromkeys((*handbook.rules, *known)):
        parts += _rule(known[name], handbook)
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _rule(rule: Rule, handbook: Handbook) -> Iterator[str]:
    settings = handbook.rules.get(rule.name, {})
    yield f"## {rule.name}"
    yield paragraphs(sys.modules[rule.decide.__module__].__doc__ or "")
    yield "\n".join(f"- `{name}`: {handbook.clauses[name].says}" for name in rule.clauses)
    rows = ((f"`{code}`", prose(when), _proposed(rule.name, code)) for code, when in rule.codes.items())
    yield table(("finding", "made when", "proposes"), rows)
    yield f"Silence it for one item: `@handrail not-applicable {rule.name} because …`. Set it, here as bundled:"
    yield f"```yaml\n{yaml_of({'rules': {rule.name: {'mode': 'propose', **settings}}})}```"
    settings_rows = list(_settings_rows(rule.settings))
    if settings_rows:
        yield table((f"`rules.{rule.name}`", "value", "meaning"), settings_rows)


def _proposed(rule: str, code: str) -> str:
    kinds = _proposals().get((rule, code), {""})
    named = [", ".join(f"`{kind}`" for kind in sorted(kinds - {""}))] if kinds - {""} else []
    return " or ".join([*named, *(["people"] if "" in kinds else [])])


@cache
def _proposals() -> dict[tuple[str, str], set[str]]:
    """The kinds of actions that findings propose, by rule and code; "" where one of them proposes none."""
    kinds: dict[tuple[str, str], set[str]] = {}
    for changes in ({}, {"rules.triage.community.stale_then": "close"}):
        handbook = a_handbook(changes, people={})
        for seed, day in enumerate(DAYS):
            desk = Desk(assemble(PlantedTeam(seed, day), handbook, closed=True), handbook)
            for one in findings(desk):
                proposed = {str(remedy.change.__struct_config__.tag) for remedy in one.remedies} or {""}
                kinds.setdefault((one.rule, one.code), set()).update(proposed)
    return kinds


def _settings_rows(block: type, above: str = "") -> Iterator[tuple[str, ...]]:
    """Each setting by its path, with those of the blocks within a setting below it."""
    says = descriptions(block)
    for name, kind in fields(block).items():
        if name == "mode":
            continue
        where, within = inside(kind)
        if not within or says.get(name):
            assert says.get(name), f"{block.__name__}.{name} needs a docstring"
            yield f"`{above}{name}`", "as below" if within else kind_of(kind), prose(says[name])
        if within:
            yield from _settings_rows(within, f"{above}{name}{where}.")
