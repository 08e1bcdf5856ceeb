"""Turns change on time: what began is written into the logs, and what nobody decided about passes with the turn.

Nothing is asked of GitLab for it, so that neither an outage nor a rule that waits for a yes holds a turn up. What it
asks for there (``rules.handover``) is planned and applied like everything else. However late this runs, and however
often, each turn is written once, and a request goes once, to whoever is on duty then. Before that, whoever hands over
says what becomes of each request; after it, whoever has come on duty says that they have seen it.
"""

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Literal, NamedTuple

from handrail.duty.handover import closed, commented, kept, passed, received, told
from handrail.engine.assemble import KnownHolidays, rotas
from handrail.engine.evaluate import evaluate
from handrail.errors import UserError
from handrail.handbook.schema import Handbook
from handrail.model.asked import Asked
from handrail.model.duty import NOBODY, Duty, KeptDuty, TurnBegan
from handrail.model.handover import Handover, coming, latest, passes_to
from handrail.model.items import Issue, is_reference, kind_of, near_ref
from handrail.model.plans import Known, Plan
from handrail.model.snapshot import Snapshot
from handrail.plan.words import counted
from handrail.rules.desk import Desk
from handrail.store.database import Store

RULE = "handover"
LONGEST_TITLE = 255
"""Characters of an issue's title that GitLab takes."""
Option = Literal["close", "comment", "keep", "told"]
"""What may become of a request: closed, handed over in a comment, kept by its owner, passed on in a conversation."""


class OnTime(NamedTuple):
    """What was written down: the turns that had begun, by the rotation's short name, and the requests that passed."""

    begun: tuple[tuple[str, TurnBegan], ...] = ()
    passed: tuple[Asked, ...] = ()

    def words(self, handbook: Handbook) -> list[str]:
        """The same in sentences."""
        said = []
        for name, turn in self.begun:
            person = handbook.people.get(turn.holder)
            who = f"the turn of {person.name if person else turn.holder}" if turn.holder else "a turn of nobody’s"
            said.append(f"{handbook.rotations[name].name}: {who} began on {turn.start:%Y-%m-%d %H:%M} UTC.")
        return said + passed_words(self.passed)


def on_time(store: Store, handbook: Handbook, now: datetime, holidays: KnownHolidays) -> OnTime:
    """Write down the turns that have begun by now, and pass on what nobody decided about in time."""
    team = store.facts(now).team()
    kept = rotas(team, handbook, holidays) if team.duty else {}
    begun: list[tuple[str, TurnBegan]] = []
    for name, rota in kept.items():
        if rota.overdue(now):
            added = store.duty.append(name, now, "", lambda log, rota=rota: rota.with_log(log).overdue(now))  # type: ignore[misc]
            begun += [(name, entry.what) for entry in added if isinstance(entry.what, TurnBegan)]
    duty = kept.get(handbook.first_rotation)
    if duty is None:
        return OnTime(tuple(begun))

    def due(those: Iterable[Asked]) -> list[Asked]:
        then = ((one, passed_on_time(one, duty, now, duty.people)) for one in those)
        return [after for before, after in then if after != before]

    return OnTime(tuple(begun), tuple(store.asked.revise(due)) if due(team.asked) else ())


def passed_words(those: Iterable[Asked]) -> list[str]:
    """To whom requests passed with the turn, if any did."""
    said = []
    for owner, count in Counter(one.owner for one in those).items():
        number = counted(count, "request")
        nobodys = f"Nobody of the team has {number} any more: whoever is first available takes over."
        said.append(f"{number} passed to @{owner} with the turn." if owner else nobodys)
    return said


def as_passed(snapshot: Snapshot) -> Snapshot:
    """The snapshot as it is once what is due by its now has passed: what a preview of the handover looks at."""
    duty = snapshot.duty
    if duty is None:
        return snapshot
    return replace(
        snapshot, asked=tuple(passed_on_time(one, duty, snapshot.now, snapshot.people) for one in snapshot.asked)
    )


def passed_on_time(one: Asked, duty: Duty, now: datetime, people: Container[str]) -> Asked:
    """The request, with whoever is on duty now where that is due and nobody decided about it."""
    to = passes_to(one, duty, now, people)
    return one if to is None else passed(one, to, now)


def kept_duty(snapshot: Snapshot) -> KeptDuty:
    """The first rotation as it is kept here. Raises UserError where it is not: then its issues alone tell."""
    if snapshot.duty is None:
        raise UserError(
            "Who is on duty is told by the rotation issues alone, so that people hand over there. Whoever starts the "
            "rotation with “handrail duty start” has it kept here, with its handovers."
        )
    return snapshot.duty


def at_hand(desk: Desk) -> tuple[Handover | None, Handover | None]:
    """The last handover, as long as somebody has to say a word about it yet, and the next one."""
    duty, snapshot = kept_duty(desk.snapshot), desk.snapshot
    last = latest(duty, snapshot.asked, snapshot.calendars, snapshot.now)
    if last is not None and not any(row.is_open for row in last.rows):
        last = None
    return last, coming(duty, snapshot.asked, snapshot.calendars, snapshot.now)


class Steps(NamedTuple):
    """What a handover comes to at an instant: the turn, the requests that pass with it, and the plan for GitLab."""

    snapshot: Snapshot
    holder: str
    passing: tuple[Asked, ...]
    plan: Plan


def due_now(desk: Desk, known: Known | None) -> Steps:
    """What is due of a handover now."""
    return _steps(desk.snapshot, desk, known)


def steps(desk: Desk, known: Known | None) -> Steps:
    """What is due of a handover now, else what will be at the next handoff, with the facts as they are."""
    now = due_now(desk, known)
    following = coming(kept_duty(desk.snapshot), (), desk.snapshot.calendars, desk.snapshot.now)
    return now if now.plan.actions or not following else _steps(replace(desk.snapshot, now=following.at), desk, known)


def _steps(snapshot: Snapshot, desk: Desk, known: Known | None) -> Steps:
    passed = as_passed(snapshot)
    plan = evaluate(passed, desk.handbook, known, (RULE,)).plan
    shift = kept_duty(snapshot).at(snapshot.now)
    gone = tuple(new for old, new in zip(snapshot.asked, passed.asked, strict=True) if old != new)
    return Steps(snapshot, shift.holder if shift else NOBODY, gone, plan)


def decided(one: Asked, option: Option, by: str, at: datetime, desk: Desk, note: str, goes_on_in: str = "") -> Asked:
    """The request with what becomes of it when its owner's shift ends; of one that is closed, where the rest goes on.

    Raises UserError where that does not fit.
    """
    match option:
        case "close":
            return closed(one, by, at, note, goes_on_in)
        case "keep":
            return kept(one, by, at, note)
        case "comment":
            return commented(one, by, _next_of(one, desk), at, note)
        case "told":
            return told(one, by, _next_of(one, desk), at, note)


def acknowledge(store: Store, desk: Desk, by: str, at: datetime) -> tuple[int, int]:
    """Somebody has seen what came with the turn, and takes on what was handed to them: of how many, and of all.

    All of it or nothing. Raises UserError for who did not come on duty.
    """
    snapshot = desk.snapshot
    over = latest(kept_duty(snapshot), snapshot.asked, snapshot.calendars, snapshot.now)
    if over is None or over.incoming != by:
        raise UserError(f"@{by} is not on duty now: who came on duty acknowledges what came with it.")
    rows = {row.request.id for row in over.rows if row.is_open}
    store.asked.revise(lambda those: [received(one, by, at) for one in those if one.id in rows])
    return len(rows), len(over.rows)


def goes_on_in(said: str, full: str, one: Asked, desk: Desk) -> str:
    """The full reference of the issue in which the rest goes on, or the title of one that is to be opened.

    ``full``: what somebody ``said`` with the project's path in place of a source's name, where it is a reference.
    Raises UserError where it can be neither: the request's own issue is closed for its sake.
    """
    if not is_reference(full):
        if len(full) > LONGEST_TITLE:
            raise UserError(f"That title has {len(full)} characters: GitLab takes {LONGEST_TITLE} at most.")
        return full
    if full == one.ref:
        raise UserError(f"{said} is what request {one.id} is about, and is closed: name another issue.")
    if kind_of(full) != "issue":
        raise UserError(f"{said} is no issue: name one, or a title to have one opened.")
    project, known = full.rpartition("#")[0], desk.snapshot.by_ref
    is_read = any(source.path == project and not source.labels for source in desk.handbook.sources.values())
    if (is_read and not isinstance(known.get(full), Issue)) or "/" not in project:
        near = near_ref(full, known)
        hint = f"Did you mean {near}?" if near else "Name one that is, or a title to have one opened."
        raise UserError(f"{full} is no open issue in these facts. {hint}")
    return full


def _next_of(one: Asked, desk: Desk) -> str:
    """To whom a request goes from its owner: the next on duty, or whoever is on duty while its owner is not."""
    if desk.holder != one.owner:
        return desk.holder
    over = coming(kept_duty(desk.snapshot), (), desk.snapshot.calendars, desk.snapshot.now)
    return over.incoming if over and desk.is_member(over.incoming) else ""
