"""Labels that a person cannot tell from one the handbook knows, and GitLab can."""

import unicodedata
from collections.abc import Iterable

from handrail.handbook.schema import Handbook
from handrail.model.labels import folded


def look_alikes(labels: Iterable[str], handbook: Handbook) -> list[str]:
    """A sentence for each label that reads like a known one but is another; other capitals are another word's."""
    known = {folded(label): label for label in known_labels(handbook)}
    found = []
    for label in sorted(labels):
        meant = known.get(folded(label), label)
        if label.casefold() != meant.casefold():
            odd = next((character for character in label if character not in meant), label[0])
            name = unicodedata.name(odd, f"U+{ord(odd):04X}")
            found.append(f"The label “{label}” reads like “{meant}” but holds {name}: put “{meant}” on its items.")
    return found


def known_labels(handbook: Handbook) -> set[str]:
    """Every label that the handbook's decisions know by name."""
    labels = handbook.labels
    rows = {label for row in handbook.work_queue.table for label in row.labels}
    groups = {group.label for group in handbook.groups.values()}
    states = {f"{handbook.workflow.scope}::{state}" for state in handbook.workflow.states}
    reviews = {handbook.workflow.ready_for_review, handbook.workflow.in_review}
    named = {labels.team, labels.deliverable, labels.unplanned, labels.spike, labels.red_branch, labels.just_work}
    return {*rows, *groups, *states, *reviews, *named, *labels.community, *handbook.priorities, *handbook.severities}
