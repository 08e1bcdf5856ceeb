"""What was closed since nobody spoke, and on which somebody has spoken since: a part of the rule ``triage``.

Our last words there promise that a person looks at an answer: this is how it comes before one. Whether it is opened
again is theirs to decide; a word of the team's settles it as well.
"""

from collections.abc import Iterator

from handrail.model.actions import Evidence, Expectation
from handrail.model.findings import Finding, Remedy
from handrail.model.items import Item
from handrail.rules.desk import Desk
from handrail.rules.reminders import reminder

RULE = "triage"
CLOSED_BY = {
    "unanswered": "triage.timers",
    "backlog-close": "backlog.review",
    "stale-for-long": "community.quiet",
}
"""The findings of triage that close, with their clauses."""
IS_LOOKED_AT = "Whatever you say here within a month comes before somebody of the team, who can open it again."
"""What our last words on an item promise: what ended longer ago is not looked through (``Snapshot.closed``)."""


def is_answered(item: Item, desk: Desk) -> bool:
    """Whether we closed it for its silence, and its author, or somebody outside the team, has had the last word since.

    Bots close without a word to anybody, and nobody answers what was not said.
    """
    rule, _, about = item.closed_about.partition(" ")
    if rule != RULE or about.partition(" ")[0] not in CLOSED_BY or item.closed_at is None:
        return False
    by = item.last_human_by
    spoke_since = item.last_human_at is not None and item.last_human_at > item.closed_at
    return spoke_since and (by == item.author or not desk.is_member(by)) and desk.read(item).ours


def answered_since(item: Item, desk: Desk) -> Iterator[Finding]:
    """That somebody is to look at what was said: whose it is of the team, else whoever is on duty."""
    assert item.closed_at is not None
    assert item.last_human_at is not None
    by, closed = desk.voice.name(item.last_human_by), desk.voice.day(desk.date_of(item.closed_at))
    spoke = desk.voice.day(desk.date_of(item.last_human_at))
    says = f"It was closed on {closed} since nobody spoke, and {by} has on {spoke}: open it again, or say why not."
    who = tuple(name for name in desk.owners(item) if name != item.last_human_by) or desk.otherwise
    asks = (
        f"It was closed on {closed} since nobody spoke, and {by} has on {spoke}. Could you open it again, or say in a "
        "few words why it stays closed? Then they know that they were heard."
    )
    topic = f"answered-{desk.date_of(item.last_human_at)}"
    comment = reminder(desk, topic, item.last_human_at, who, "thank you for looking at this once more", asks)
    still = (Expectation("state", "closed"), Expectation("quiet since", item.last_human_at.isoformat()))
    remedies = (Remedy(comment, expects=still),) if comment else ()
    evidence = (Evidence("it was closed", item.closed_at), Evidence(f"{by} has said something", item.last_human_at))
    clause = CLOSED_BY[item.closed_about.split()[1]]
    period = desk.date_of(item.last_human_at).isoformat()
    yield Finding(RULE, clause, item.ref, "answered-since", says, evidence, "warning", who, remedies, period)
