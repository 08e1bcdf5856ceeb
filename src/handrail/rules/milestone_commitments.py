"""What was committed when a milestone started, and what became of each (clause milestone.scheduling).

Nothing is written down at the start: histories tell every moment, so that a desk as of a milestone's first instant
shows what was a Deliverable in it, for any milestone, whenever somebody asks.
"""

from typing import Literal

from msgspec import Struct

from handrail.model.items import Issue
from handrail.rules.desk import Desk
from handrail.rules.milestone_load import deliverables

Became = Literal["done", "open", "moved", "no longer planned", "not known"]
"""Closed in the milestone; still to be done in it; in another; there, and no Deliverable any more, or in none; or
deleted, moved to another project, or closed so long ago that the facts have it no more."""


class Commitment(Struct, frozen=True, gc=False):
    """An issue as it was when the milestone started, and what it is now; ``to``: the milestone that it was moved to."""

    issue: Issue
    became: Became
    to: str = ""


def commitments(title: str, start: Desk, now: Desk) -> list[Commitment]:
    """The team's Deliverables in a milestone as of its ``start``, oldest first, each with what it is ``now``."""
    known = {item.ref: item for item in (*now.snapshot.closed, *now.snapshot.items)}
    found = []
    for issue in deliverables(title, start):
        today = known.get(issue.ref)
        if today is None:
            one = Commitment(issue, "not known")
        elif today.milestone not in {title, None}:
            one = Commitment(issue, "moved", today.milestone or "")
        elif today.milestone == title and today.state != "opened":
            one = Commitment(issue, "done")
        elif today.milestone == title and now.handbook.labels.deliverable in today.labels:
            one = Commitment(issue, "open")
        else:
            one = Commitment(issue, "no longer planned")
        found.append(one)
    return found
