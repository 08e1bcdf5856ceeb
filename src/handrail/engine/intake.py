"""What is asked of whoever is on duty on GitLab: kept as a request once, which follows what is said and done there."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from msgspec.structs import replace as with_

from handrail.duty import intake
from handrail.duty.asked import answer_due, came
from handrail.engine.handover import passed_on_time
from handrail.handbook.schema import Handbook
from handrail.model.asked import Asked, Step, after
from handrail.model.handover import owned
from handrail.model.history import Event
from handrail.model.items import Item
from handrail.model.plans import Known
from handrail.model.snapshot import Snapshot
from handrail.rules.commands import followed
from handrail.rules.desk import Desk
from handrail.rules.duty_requests import words_of
from handrail.store.database import Store


def take_in(store: Store, snapshot: Snapshot, handbook: Handbook, known: Known) -> Snapshot:
    """The snapshot with the requests as they stand once everything was taken in that the store's facts tell.

    Only of a rotation whose log is kept here: otherwise nobody knows who was on duty when.
    """
    if snapshot.duty is None:
        return snapshot
    desk = Desk(snapshot, handbook)
    watched, tasks = _watched(desk), handbook.rotation.duties
    refs = {one.ref for one in snapshot.asked if one.ref and not one.is_over}
    histories = store.facts(snapshot.now).histories({*refs, *watched})

    def decide(kept: Sequence[Asked]) -> Iterator[Asked]:
        about = defaultdict[str, list[Asked]](list)
        for one in kept:
            about[one.ref].append(one)
            if not one.is_over and (now := _due(_followed(one, desk, histories.get(one.ref, ()), known), desk)) != one:
                yield now
        for item in watched.values():
            draft = intake.new(item, histories[item.ref], tasks, desk.duty, about[item.ref], snapshot.people)
            if draft is not None:
                asked = came(draft, desk.duty, snapshot.calendars, handbook.rotation)
                here = passed_on_time(
                    _followed(asked, desk, histories[item.ref], known), desk.duty, snapshot.now, snapshot.people
                )
                yield _due(here, desk)

    changed = {one.id: one for one in store.asked.revise(decide)}
    there = {one.id: one for one in snapshot.asked} | changed
    return replace(snapshot, asked=tuple(there[number] for number in sorted(there))) if changed else snapshot


def _watched(desk: Desk) -> Mapping[str, Item]:
    """The open items that may be requests; neither what is a rotation's nor a red branch's, which has its own rule."""
    tasks = [task for task in desk.handbook.rotation.duties if task.looks_at in {"labels", "mentions"}]
    labels = {label for task in tasks for label in task.labels}
    mentions = any(task.looks_at == "mentions" for task in tasks)
    return {
        item.ref: item
        for item in desk.snapshot.items
        if (
            not labels.isdisjoint(item.labels)
            or (mentions and (item.mentioned_last or item.mentioned_since))
            or any(task.watches(item.project) for task in tasks)
        )
        and desk.handbook.labels.red_branch not in item.labels
        and desk.terms.shift_of(item) is None
    }


def _due(one: Asked, desk: Desk) -> Asked:
    """The request, due in the hours of whoever has it since it passed to them; never later than was said before."""
    held = owned(one)
    if one.answer_due is None or one.is_over or one.is_answered or len(held) == 1:
        return one
    within, at = desk.handbook.rotation.answers, held[-1].since
    due = answer_due(one.owner, at, desk.snapshot.calendars, within, urgent=one.urgent)
    return with_(one, answer_due=min(due, one.answer_due))


def _followed(one: Asked, desk: Desk, events: Sequence[Event], known: Known) -> Asked:
    """The request after what people said and did about it on its item, and after our word to its owner."""
    for did, key in words_of(one).items():
        if (done := known.done.get(key)) is not None and not any(step.did == did for step in one.steps):
            one = after(one, Step(done.at, "", did))
    item = desk.snapshot.by_ref.get(one.ref)
    if item is not None:
        for command, said in followed(item, desk):
            if command.at >= one.asked_at if one.heard is None else command.at > one.heard:
                one = intake.followed(one, said.verb, command.by, command.at, said.whom, said.note)
        if item.commands:
            one = with_(one, heard=item.commands[-1].at)
    one = intake.answered(one, events, desk.snapshot.people)
    return one if one.is_over else intake.closed(one, events)
