"""When a person last did something about an item, as far as its facts tell. Edits and bots touch nothing.

A push is a person's doing here, other than for the clock of reviews (definitions: the review-response SLO).
"""

from collections.abc import Collection
from datetime import datetime

from handrail.model.items import Issue, Item, MergeRequest
from handrail.rules.desk import Desk


def last_touched(item: Item, desk: Desk, besides: str = "") -> datetime:
    """The last word, label, assignment, push, review, claim or state by a person; its creation where there is none.

    ``besides`` is a label that counts for nothing. An issue's move to its milestone counts, a merge request's does not:
    those are moved along in numbers.
    """
    nobody = desk.terms.bots
    seen = [item.created_at, item.last_human_at, item.assigned_since, *item.acted.values()]
    seen += [
        since
        for label, since in item.label_since.items()
        if label != besides and item.label_by.get(label) not in nobody
    ]
    if isinstance(item, Issue):
        seen += [item.status_since, *(stay.since for stay in item.milestones), *_claims(item, nobody)]
    elif isinstance(item, MergeRequest):
        seen.append(item.pushed_at)
        for reviewer in item.reviewers:
            if reviewer.username not in nobody:
                seen += [reviewer.requested_at, reviewer.responded_at]
    return max(instant for instant in seen if instant is not None)


def _claims(issue: Issue, nobody: Collection[str]) -> list[datetime]:
    return [claim.made_at for claim in issue.claims if claim.by not in nobody]
