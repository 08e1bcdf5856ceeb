"""Direct mentions (clause redirect.mentions): what one of the team is asked by name goes to the team's group.

Somebody outside the team asks one of it something in a comment on one of the team's issues; whoever is asked neither
wrote the issue nor has it, and nobody of the team answers for a while. One kind comment calls the group then, and it
stands on the desk of whoever is on duty. Small improvements that should just work are nobody's to redirect, and what
whoever is on duty was asked themselves is with them already.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge

from handrail.handbook.settings import RuleSettings
from handrail.model.actions import Comment, Evidence, Expectation
from handrail.model.duty import NOBODY
from handrail.model.findings import Finding, Remedy
from handrail.model.items import Ask, Issue
from handrail.rules.desk import Desk, listed
from handrail.worktime.hours import HOUR

CLAUSES = ("redirect.mentions",)
RULE = "direct_mentions"
FINDINGS = {
    "not-answered": "somebody outside the team asked one of it something by name, and nobody of the team has answered"
}
"""When each of the rule's findings is made."""
WAIT_HOURS = 8


@dataclass(frozen=True)
class Settings(RuleSettings):
    """How long whoever was asked has to answer before the group is called."""

    wait_hours: Annotated[float, Ge(0)] = WAIT_HOURS
    """Hours of the team's working time; 0: it is called at once."""


def subjects(desk: Desk) -> Iterable[Issue]:
    """The team's open issues in which somebody was asked something."""
    return (issue for issue in desk.ours_of(Issue) if issue.asks)


def decide(issue: Issue, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """One finding about all that waits there."""
    holder = desk.holder
    asks = [one for one in unanswered(issue, desk) if one.of != holder]
    if not asks:
        return
    asked, voice = tuple(dict.fromkeys(one.of for one in asks)), desk.voice
    names = listed([voice.name(name) for name in asked])
    says = f"{voice.name(asks[0].by)} asked {names} by name on {voice.instant(asks[0].at)}, and nobody of the team has "
    says += "answered."
    evidence = tuple(Evidence(f"{voice.name(one.by)} asked {voice.name(one.of)}", one.at, issue.ref) for one in asks)
    comment = Comment(
        f"direct-mention-{asks[0].at:%Y%m%d%H%M}",
        (desk.handbook.team.mention,),
        "thank you for keeping an eye on this",
        f"{names} {'was' if len(asked) == 1 else 'were'} asked something here by name. Could whoever is on duty answer "
        "it, or say who does? And to whoever asked: thank you for coming to us. A mention of this group is what one of "
        "us always looks at, so that no question waits for one person.",
    )
    quiet = (Expectation("quiet since", (issue.last_human_at or asks[-1].at).isoformat()),)
    who = tuple(dict.fromkeys((*((holder,) if holder else ()), *asked)))
    remedies = (Remedy(comment, expects=quiet),)
    yield Finding(RULE, CLAUSES[0], issue.ref, "not-answered", says, evidence, "note", who, remedies)


def unanswered(issue: Issue, desk: Desk, holder: str = NOBODY) -> tuple[Ask, ...]:
    """What members were asked there that the page has redirected to the group, and whose time to answer has passed.

    Whatever the ``holder`` of the duty was asked is a duty at once.
    """
    if (
        not issue.asks
        or not desk.once(__name__, lambda: _is_asked(desk))
        or desk.handbook.labels.just_work in issue.labels
    ):
        return ()
    wait = desk.handbook.rules.get(RULE, {}).get("wait_hours", WAIT_HOURS) * HOUR
    team, now = desk.snapshot.calendars[""], desk.snapshot.now
    called = issue.mentioned_since
    return tuple(
        one
        for one in issue.asks
        if desk.snapshot.people[one.of].is_engineer
        and not desk.is_member(one.by)
        and one.of not in {issue.author, *issue.assignees}
        and (called is None or called < one.at)
        and (one.of == holder or team.between(one.at, now) >= wait)
    )


def _is_asked(desk: Desk) -> bool:
    """Whether the handbook sends what is asked in mentions to the group, and has this rule asked."""
    sent = [one.to for one in desk.handbook.rotation.redirects if "mention" in one.ways]
    return desk.asks(RULE) and sent == ["group"] and bool(desk.handbook.team.mention)
