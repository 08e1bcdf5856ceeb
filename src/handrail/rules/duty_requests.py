"""Requests to whoever is on duty (clause dri.office-hours): whoever asks hears who has it and by when.

What came on GitLab is acknowledged in one comment, which names who is on duty and when to expect an answer.
When that time passes without a word its owner is asked, once, in their own hours; and so is whoever it was handed over
to, where they have not taken it. What is about no item, and what nobody has, is told to those who can act.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from annotated_types import Gt, Le

from handrail.handbook.settings import RuleSettings
from handrail.model.actions import Action, Comment, Evidence
from handrail.model.asked import Asked, Did, Step, is_late
from handrail.model.duty import NOBODY
from handrail.model.findings import TEAM, Finding, Remedy, Severity
from handrail.model.handover import owned
from handrail.rules.desk import Desk
from handrail.worktime.calendar import BUSINESS_DAY
from handrail.worktime.hours import HOUR

CLAUSES = ("dri.office-hours",)
RULE = "duty_requests"
FINDINGS = {
    "to-acknowledge": "whoever asked has not heard yet who has it and when to expect an answer",
    "late": "the time for an answer has passed without a word",
    "not-taken": "a request was handed over, and the other has not taken it",
    "nobody": "nobody has a request: nobody was on duty when it came, or who had it is not of the team any more",
}
"""When each of the rule's findings is made."""


@dataclass(frozen=True)
class Settings(RuleSettings):
    """How long somebody has to take what was handed over to them."""

    take_hours: Annotated[float, Gt(0), Le(80)] = 8
    """Hours of their own working time."""


def subjects(desk: Desk) -> Iterable[Asked]:
    """The requests that somebody has to do something about."""
    return (one for one in desk.snapshot.asked if not one.is_over)


def decide(one: Asked, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """What the request lacks: an acknowledgement, an answer, somebody who has it."""
    voice, now = desk.voice, desk.snapshot.now
    owner = voice.name(one.owner)
    if not desk.is_member(one.owner):
        gone = next((has.owner for has in reversed(owned(one)) if has.owner != NOBODY), NOBODY)
        why = f"{voice.name(gone)} is not of the team any more" if gone else "nobody was on duty when it came"
        yield _found(one, desk, "nobody", f"Nobody has {_told(one, desk)}: {why}.", (), severity="breach")
    elif is_late(one, now):
        says = f"{owner} has {_told(one, desk)}; an answer was due on {_due(one, desk)}."
        to = desk.reachable((one.owner,)) or desk.otherwise
        yield _found(one, desk, "late", says, to, _chase(one, to, desk), "warning")
    if desk.is_member(one.owner) and not one.is_answered and not one.is_told and _asked_there(one, desk):
        says = f"{owner} has {_told(one, desk)}, and whoever asked does not know it yet."
        yield _found(one, desk, "to-acknowledge", says, (one.owner,), _acknowledgement(one, desk))
    given = one.given
    if given and desk.is_member(given.whom) and _waited(given, desk) >= settings.take_hours * HOUR:
        says = f"{voice.name(given.by)} handed {_told(one, desk)} over to {voice.name(given.whom)} on "
        says += f"{voice.instant(given.at)}; it is {owner}’s still."
        who = tuple(name for name in (given.whom, one.owner) if desk.is_member(name))
        yield _found(one, desk, "not-taken", says, who, _passing(one, given.by, given.at, desk), "warning")


def _waited(given: Step, desk: Desk) -> int:
    """Business seconds in which somebody could take what was handed to them; with the turn: since that is theirs."""
    since, now, shift = given.at, desk.snapshot.now, desk.duty.at(desk.snapshot.now)
    if given.with_turn:
        since = max(since, shift.start) if shift and shift.holder == given.whom else now
    return desk.snapshot.calendars[given.whom].between(since, now)


def _asked_there(one: Asked, desk: Desk) -> bool:
    """Whether it was asked on its item: who asked elsewhere, as on the phone, may have another name on GitLab."""
    item = desk.snapshot.by_ref.get(one.ref)
    return item is not None and (one.way == "mention" or one.asked_by in {item.author, item.mentioned_by})


def words_of(one: Asked) -> dict[Did, str]:
    """The keys under which the journal has our comments about a request, by the step that each of them is."""
    topics: dict[Did, str] = {"told": _topic(one, "came"), "chased": _topic(one, "late")}
    return {did: Action(RULE, "", one.ref, Comment(topic, (), "", ""), "").key for did, topic in topics.items()}


def _found(
    one: Asked,
    desk: Desk,
    code: str,
    says: str,
    who: tuple[str, ...],
    comment: Comment | None = None,
    severity: Severity = "note",
) -> Finding:
    evidence = (Evidence(f"{desk.voice.name(one.asked_by)} asked", one.asked_at, one.ref),)
    remedies = (Remedy(comment),) if comment and one.ref in desk.snapshot.by_ref and desk.reachable(comment.to) else ()
    # Of what is about no item, each request is a thing of its own.
    subject, period = (one.ref, "") if one.ref else (TEAM, f"request {one.id}")
    return Finding(RULE, CLAUSES[0], subject, code, says, evidence, severity, who, remedies, period)


def _told(one: Asked, desk: Desk) -> str:
    return f"request {one.id}, “{one.title}” ({one.way}, from {desk.voice.name(one.asked_by)})"


def _topic(one: Asked, what: str) -> str:
    return f"request-{one.id}-{what}"


def _acknowledgement(one: Asked, desk: Desk) -> Comment:
    """Who has it and by when they answer; where that has passed, that they were asked for it."""
    team, voice, owner = desk.handbook.team, desk.voice, one.owner
    calendar = desk.snapshot.calendars[owner]
    is_there, away = calendar.is_open(one.asked_at), calendar.absent_for(desk.snapshot.now)
    on_duty = any(step.did in {"came", "passed"} and step.whom == owner for step in one.steps)
    asks = f"{voice.name(owner)} (`@{owner}`) {'is on duty for' if on_duty else 'answers for'} {team.name}"
    if is_late(one, desk.snapshot.now):
        asks += f" and has this. An answer was due by {_due(one, desk)}, and is being asked for."
    elif away:
        back = desk.back_on(owner)
        asks += f", has this, and is away until {voice.day(back) if back else 'further notice'}. "
        asks += f"{'One of us' if away > BUSINESS_DAY else voice.name(owner)} answers by {_due(one, desk)}."
    else:
        asks += f", has this, and answers by {_due(one, desk)}."
    if one.urgent and not is_there:
        asks += " If" if away else f" It came outside {voice.name(owner)}’s office hours: if"
        asks += f" it cannot wait so long, there is {desk.handbook.on_call}."
    return Comment(_topic(one, "came"), (one.asked_by,), "thank you for telling us about this", asks)


def _chase(one: Asked, to: tuple[str, ...], desk: Desk) -> Comment:
    handle, asker = desk.handbook.team.handle, desk.voice.name(one.asked_by)
    # Who asked is outside the team as a rule, and is not called by what is said to the owner.
    asks = f"{f'`{asker}`' if asker.startswith('@') else asker} can expect an answer by {_due(one, desk)}, and nobody "
    asks += "has written yet. Could you say a word on where this stands? If somebody else is better placed, "
    asks += f"`@{handle} hand over to @user` gives it to them; `@{handle} ask @user` calls in an expert."
    return Comment(_topic(one, "late"), to, "thank you for looking after what comes in", asks)


def _due(one: Asked, desk: Desk) -> str:
    return f"{desk.voice.instant(one.answer_due or one.asked_at)} ({desk.handbook.team.zone})"


def _passing(one: Asked, by: str, at: datetime, desk: Desk) -> Comment:
    day, handle = desk.voice.instant(at), desk.handbook.team.handle
    asks = f"{desk.voice.name(by)} handed this over to you on {day} ({desk.handbook.team.zone}). Could you take it on? "
    asks += f"`@{handle} take` does so, and `@{handle} hand over to @user` if it is for somebody else."
    topic = _topic(one, f"passed-{at:%Y%m%d%H%M}")
    return Comment(topic, (one.passing_to,), "thank you for taking over", asks)
