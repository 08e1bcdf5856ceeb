"""Takes back what was applied: labels, milestones, people, titles, descriptions, Statuses, if that is still so.

Taking back is a plan like any other: it goes through ``apply``, and into the journal. The first action's key stays done
there, so that no later plan does again what a person took back.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from handrail.engine.apply import Report, apply
from handrail.errors import UserError
from handrail.gitlab.reader import Reader
from handrail.gitlab.writer import Writer
from handrail.handbook.schema import Handbook
from handrail.model.actions import (
    Action,
    AddLabels,
    Assign,
    Change,
    CloseItem,
    Comment,
    CreateItem,
    EditDescription,
    EditItem,
    Expectation,
    LinkItems,
    RemoveLabels,
    RequestReview,
    SetMilestone,
    SetStatus,
    Unassign,
)
from handrail.model.journal import Record, Shape
from handrail.model.labels import excluded_by, scope_of
from handrail.model.markdown import digest
from handrail.model.plans import Plan
from handrail.plan.preconditions import broken
from handrail.store.database import Store

Inverse = tuple[Change, tuple[Expectation, ...]]


def undo(
    number: int, handbook: Handbook, reader: Reader, writer: Writer, store: Store, approver: str, now: datetime
) -> Report:
    """Take back what the journal has under that number, on the word of ``approver``.

    What has changed since is left as it is, and said. Raises UserError for what cannot be taken back.
    """
    record = store.journal.record(number)
    if record is None:
        raise UserError(f"The journal has no entry {number}: look there for the number.")
    actions = taken_back(record)
    before = store.journal.latest(action.key for action in actions)
    if actions and all(action.key in before and before[action.key].state == "confirmed" for action in actions):
        last = before[actions[0].key]
        when = f" on {last.ended_at:%Y-%m-%d}" if last.ended_at else ""
        raise UserError(f"Entry {number} was taken back{when} already, by {last.approver}: look at the journal.")
    if not any(one.state == "sent" for one in before.values()):
        _still_so(number, actions, reader)
    return apply(Plan(now, actions), handbook, reader, writer, store, approver, now)


def _still_so(number: int, actions: Sequence[Action], reader: Reader) -> None:
    """Raises UserError where nothing of what was done is still so: then there is nothing to do, nor to note."""
    item = next((read.item for read in reader.items({actions[0].subject})), None)
    against = [broken(one.expects, item) if item else "it is not there, or not for this token" for one in actions]
    if all(against):
        raise UserError(
            f"Entry {number} cannot be taken back, for {actions[0].subject} has changed since: {against[0]}."
        )


def taken_back(record: Record) -> tuple[Action, ...]:
    """The actions that take a record's back. Raises UserError where there are none."""
    action = record.action
    match record.state:
        case "confirmed":
            pass
        case "sent":
            raise UserError(
                f"Entry {record.id} is under way, and nobody knows yet whether it was done: do it once more first."
            )
        case "proposed" | "approved":
            raise UserError(f"Entry {record.id} has not been done yet, so there is nothing to take back.")
        case "skipped" | "failed":
            raise UserError(f"Entry {record.id} was not done ({record.why}), so there is nothing to take back.")
    inverses = tuple(_inverses(action, record.made, record.before or Shape(), record.after or Shape()))
    if not inverses:
        raise UserError(f"Entry {record.id} changed nothing on {action.subject}, so there is nothing to take back.")
    return tuple(
        Action(
            action.rule,
            action.clause,
            action.subject,
            change,
            f"It takes back entry {record.id} of the journal.",
            expects,
            touches=action.touches,
            period=f"undo {record.id}",
        )
        for change, expects in inverses
    )


def _inverses(action: Action, made: str, before: Shape, after: Shape) -> Iterator[Inverse]:
    """By what the change altered, which is not always what it says: a label may have stood for a Status."""
    if before.labels is not None and after.labels is not None:
        yield from _of_labels(before.labels, after.labels)
    elif before.milestone is not None and before.milestone != after.milestone:
        yield SetMilestone(before.milestone or None), (Expectation("milestone", after.milestone or ""),)
    elif before.assignees is not None and after.assignees is not None:
        yield from _of_people(before.assignees, after.assignees)
    elif before.title is not None and before.title != after.title:
        yield EditItem(title=before.title), (Expectation("title", after.title or ""),)
    elif isinstance(action.change, EditDescription) and before.part and before.part != after.part:
        back = EditDescription(before.part, action.change.was, action.change.text)
        yield back, (Expectation("description", digest(after.part or "")),)
    elif before.status and before.status != after.status:
        yield SetStatus(before.status), (Expectation("status", after.status or ""),)
    else:
        why = _why_not(action.change, action.subject, made)
        if why:
            raise UserError(why)


def _of_labels(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Inverse]:
    came = tuple(label for label in after if label not in before)
    went = tuple(label for label in before if label not in after)
    displaced = {other for label in went for other in excluded_by(label, came)}
    if went:
        scopes = {scope_of(label): label for label in displaced}
        expects = [Expectation("no label", label) for label in went]
        expects += [Expectation("scope", scopes.get(scope, ""), scope) for scope in map(scope_of, went) if scope]
        yield AddLabels(went), tuple(expects)
    rest = tuple(label for label in came if label not in displaced)
    if rest:
        yield RemoveLabels(rest), tuple(Expectation("label", label) for label in rest)


def _of_people(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Inverse]:
    came = tuple(name for name in after if name not in before)
    went = tuple(name for name in before if name not in after)
    if came:
        yield Unassign(came), tuple(Expectation("assignee", name) for name in came)
    if went:
        alone = () if after else (Expectation("unassigned"),)
        yield Assign(went), (*alone, *(Expectation("no assignee", name) for name in went))


def _why_not(change: Change, subject: str, made: str) -> str:
    """Why a change cannot be taken back, and what a person can do; nothing where it merely changed nothing."""
    match change:
        case Comment():
            return (
                f"A comment cannot be taken back: people have read it. Answer on {subject}, or delete comment {made} "
                "there."
            )
        case CreateItem():
            return f"An issue that was opened stays: close {made} yourself, with a word on why."
        case CloseItem():
            return f"What was closed is opened again by a person: reopen {subject} yourself if it is to go on."
        case RequestReview():
            return f"Whoever was asked for a review knows of it: take them off {subject} yourself, with a word to them."
        case LinkItems():
            return f"A link is taken away by hand: remove {change.to} from the linked items of {subject}."
        case EditItem() if change.tick:
            return f"A ticked line is unticked by hand: open {subject} and untick it."
        case SetStatus():
            return f"{subject} had no Status before, so there is none to go back to: give it the one that fits."
        case _:
            return ""
