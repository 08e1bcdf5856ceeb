"""Requests to whoever is on duty in words: whose each is, what was done about it, and where what is asked goes."""

from handrail.duty.redirects import Place
from handrail.model.asked import Asked, Step
from handrail.rules.desk import Desk
from handrail.rules.experts import Expert, experts
from handrail.rules.queue_words import Voice

MOST_EXPERTS = 3
GOES: dict[Place, str] = {
    "as asked": "it stays where it is",
    "duty": "whoever is on duty has it",
    "available": "the first who is available takes it",
    "on call": "it goes to the on-call process",
    "channel": "it goes to the channel",
    "group": "it goes to the group",
    "page": "it is asked the way that the page tells",
}
"""Where what is asked goes."""


def whose(one: Asked, voice: Voice, *, late: bool) -> str:
    """Whose it is, and what is to happen next."""
    if last := one.ended:
        return f"{stands(one, voice, late=late)}: {last.note}"
    called = ""
    if one.stage in {"asked", "escalated"}:
        whom = next(step.whom for step in reversed(one.steps) if step.did == one.stage)
        called = f"; {one.stage}: {voice.name(whom)}"
    return stands(one, voice, late=late, called=called)


def stands(one: Asked, voice: Voice, *, late: bool, called: str = "") -> str:
    """Whose it is, and when an answer is due: as much as may be told to everybody. ``called``: who was called in."""
    if last := one.ended:
        return f"{last.did} by {voice.name(last.by)}"
    said = voice.name(one.owner) if one.owner else "nobody’s"
    if one.passing_to:
        said += f", handed over to {voice.name(one.passing_to)}, who has not taken it yet"
    said += called
    if one.answer_due and not one.passing_to and not one.is_answered:
        said += f"; an answer {'was' if late else 'is'} due {voice.instant(one.answer_due)}"
    return said


def how(one: Asked, voice: Voice) -> str:
    """In which way it came, from whom, and since when it waits."""
    way = f"urgent {one.way}" if one.urgent else one.way
    return f"{way}, from {voice.name(one.asked_by)} {voice.ago(one.asked_at)}"


def deed(step: Step, voice: Voice) -> str:
    """What somebody did about it."""
    by, whom = voice.name(step.by) if step.by else "Handrail", voice.name(step.whom) if step.whom else "nobody"
    told = {
        "came": f"asked, and it was {whom}’s",
        "told": "told whoever asked who has it",
        "took": "took it",
        "asked": f"asked {whom}",
        "escalated": f"escalated it to {whom}",
        "handed over": f"handed it over to {whom}",
        "kept": "goes on with it",
        "spoke": "passed it on in a conversation",
        "passed": f"passed it to {whom} with the turn",
        "acknowledged": "took it over",
        "saw": "has seen what was decided",
        "chased": "asked for an answer",
        "done": "closed it" if step.follow_up else "was done with it",
        "declined": "declined it",
    }
    goes_on = f"; goes on in {step.follow_up}" if step.follow_up else ""
    return f"{by} {told.get(step.did, step.did)}{f': {step.note}' if step.note else ''}{goes_on}"


def who_knows(one: Asked, desk: Desk) -> list[Expert]:
    """Who can be asked about it, the best first, but whoever has it and whoever asked."""
    found = [known for known in experts(one.title, one.ref, desk) if known.person not in {one.owner, one.asked_by}]
    return found[:MOST_EXPERTS]
