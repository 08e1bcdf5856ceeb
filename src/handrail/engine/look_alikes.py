"""Labels that a person cannot tell from one the handbook knows, and GitLab can."""

import unicodedata
from collections.abc import Iterator

from handrail.handbook.schema import Handbook
from handrail.model.facts import Facts
from handrail.model.labels import folded


def look_alikes(facts: Facts, handbook: Handbook) -> Iterator[str]:
    """A sentence for each label that reads like a known one but is another, once."""
    known = {folded(label): label for label in known_labels(handbook)}
    said: set[str] = set()
    for item, _ in facts.items(histories=False, closed=False):
        for label in item.labels:
            meant = known.get(folded(label))
            if meant is None or meant == label or label in said or label.casefold() == meant.casefold():
                continue
            said.add(label)
            odd = next((c for c in label if c not in meant), label[0])
            name = unicodedata.name(odd, f"U+{ord(odd):04X}")
            yield f"{item.ref}: the label “{label}” reads like “{meant}” but holds {name}: put on the other one"


def known_labels(handbook: Handbook) -> set[str]:
    """Every label that the handbook's decisions know by name."""
    labels = handbook.labels
    rows = {label for row in handbook.work_queue.table for label in row.labels}
    groups = {group.label for group in handbook.groups.values()}
    states = {f"{handbook.workflow.scope}::{state}" for state in handbook.workflow.states}
    reviews = {handbook.workflow.ready_for_review, handbook.workflow.in_review}
    named = {labels.team, labels.deliverable, labels.unplanned, labels.spike, labels.red_branch, labels.just_work}
    return {*rows, *groups, *states, *reviews, *named, *labels.community, *handbook.priorities, *handbook.severities}
