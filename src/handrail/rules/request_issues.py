"""What the issues of requests say of a handover: who has one now, and where what is left of it goes on.

A part of the rule ``handover``.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain

from handrail.model.actions import Comment, CreateItem, Evidence, Expectation, LinkItems
from handrail.model.asked import Asked, Step
from handrail.model.duty import NOBODY
from handrail.model.findings import Finding, Remedy
from handrail.model.handover import owned
from handrail.model.items import Issue, Item, is_reference
from handrail.rules.closing import closing
from handrail.rules.desk import Desk

RULE = "handover"
LATELY = timedelta(days=14)
"""So long something that was done about a request is said on GitLab, if it was not at once."""
LEFT = timedelta(days=40)
"""So long what is left of a request is asked for: of an issue that was opened for it and closed since, no longer
anything is known."""


def about(one: Asked, project: str, desk: Desk) -> Iterator[Finding]:
    """What a request's own issue has to say of what became of it lately; ``project`` has what is about no issue."""
    item = desk.snapshot.by_ref.get(one.ref)
    last = max((number for number, step in enumerate(one.steps) if step.did == "passed"), default=-1)
    for number, step in enumerate(one.steps):
        if desk.snapshot.now - step.at > (LEFT if step.follow_up else LATELY):
            continue
        if step.follow_up:
            yield from _followed_up(one, step, item, _project(one.ref) or project, desk)
        elif item is not None and not one.is_over and ((number == last and _passed(one, step)) or _waits(one, step)):
            yield _moved(one, number, step, item, desk)


def _passed(one: Asked, step: Step) -> bool:
    """Whether who it passed to is still who has it: where it was on the way there need not be said any more."""
    return step.whom != NOBODY and one.owner == step.whom


def _waits(one: Asked, step: Step) -> bool:
    """Whether it was handed over, and the other has not taken it: what they say themselves need not be said."""
    return step.did == "handed over" and one.passing_to == step.whom


def _moved(one: Asked, number: int, step: Step, item: Item, desk: Desk) -> Finding:
    voice, whom = desk.voice, desk.voice.name(step.whom)
    if step.did == "passed":
        before = [has.owner for has in owned(one) if has.since < step.at]
        who = voice.name(before[-1]) if before and before[-1] else "nobody"
        says = f"With the change of duty “{one.title}” passes from {who} to {whom}."
        silent = f" Nothing else was written down about it for the handover: {who} can be asked what is known so far."
        asks = says if who == "nobody" or step.note else f"{says}{silent}"
    else:
        asks = says = f"{voice.name(step.by)} hands “{one.title}” over to {whom}."
    if step.note:
        asks += f"\n\n> {' '.join(step.note.split())}"
    comment = Comment(f"request-{one.id}-{number}", (step.whom,), "thank you for taking this on", asks, last=True)
    return Finding(
        RULE,
        "handover.option-comment",
        item.ref,
        "handed-over",
        says,
        (Evidence(f"request {one.id}, {one.way}", step.at, item.ref),),
        who=(step.whom,),
        remedies=(Remedy(comment),),
        period=f"{one.id}-{number}",
    )


def _followed_up(one: Asked, step: Step, item: Item | None, project: str, desk: Desk) -> Iterator[Finding]:
    """Close the request's issue with what was done, once the other is there and both are linked."""
    evidence = (Evidence(f"request {one.id}, {one.way}", step.at, one.ref),)
    other = _follow_up(step.follow_up, project, one.ref, desk)
    if other is None and project:
        about = f"It follows from {one.ref}: {one.title}." if one.ref else f"It follows from: {one.title}."
        change = CreateItem(
            f"follow-up-{one.id}",
            step.follow_up,
            f"{about}\n\nWhat was done so far: {step.note}",
            confidential=one.ref in desk.confidential,
        )
        says = f"What is left of “{one.title}” goes on in “{step.follow_up}”, which is not there yet."
        yield Finding(
            RULE, "handover.option-close", project, "follow-up", says, evidence, who=(step.by,),
            remedies=(Remedy(change),), period=str(one.id),
        )  # fmt: skip
    elif other and isinstance(item, Issue) and item.ref != other and _is_quiet(item, desk):
        says = f"“{one.title}” is closed by {desk.voice.name(step.by)}, and what is left goes on in {other}."
        asks = f"What was done: {step.note}\n\nWhat is left goes on in {other}, so that this can be closed."
        still = (Expectation("state", "opened"),)
        close = closing(item, desk, f"closed-{one.id}", "thank you for raising this", asks, still)
        links = () if other in item.related else (Remedy(LinkItems(other)),)
        yield Finding(
            RULE, "handover.option-close", item.ref, "closed", says, evidence, who=(step.by,),
            remedies=(*links, *close) if close else (), period=str(one.id),
        )  # fmt: skip


def _is_quiet(item: Item, desk: Desk) -> bool:
    """Whether nobody has asked anything there anew."""
    return all(one.is_over for one in desk.asked_about(item.ref))


def _project(ref: str) -> str:
    """Where an item is; nothing for an epic, whose group has no issues of its own."""
    path, _, iid = ref.replace("!", "#").rpartition("#")
    return path if iid.isdecimal() else ""


def _follow_up(told: str, project: str, ref: str, desk: Desk) -> str | None:
    """The reference of a follow-up: as it was told, or of another issue of that title."""
    if is_reference(told):
        return told
    found = (item for item in chain(desk.snapshot.items, desk.snapshot.closed) if isinstance(item, Issue))
    return next((item.ref for item in found if (item.title, item.project) == (told, project) and item.ref != ref), None)
