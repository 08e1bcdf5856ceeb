"""The life of a generated issue: reported, triaged, kept in the backlog, planned, claimed or assigned, done."""

from random import Random
from typing import NamedTuple

from handrail.demo import fit
from handrail.demo.calendar import BACKLOG, DAY, END, HOUR, ITERATIONS, UNDATED, instant, quarter_label, running
from handrail.demo.crew import Crew
from handrail.demo.curve import Curve
from handrail.demo.people import NEIGHBOURS, OUTSIDERS
from handrail.demo.story import Story, Told
from handrail.demo.words import epic_title, work_title

_DAYS, _WORK, _EPIC = Curve(fit.ISSUE_DAYS), Curve(fit.WORK_DAYS), Curve(fit.EPIC_DAYS)
IN_DEV, BLOCKED, VERIFICATION = "workflow::in dev", "workflow::blocked", "workflow::verification"
REFINED, BREAKDOWN, VALIDATION = (
    "workflow::ready for development",
    "workflow::planning breakdown",
    "workflow::validation backlog",
)
_WITHIN = {1: 22, 2: 44, 3: 88}
"""Days within which something of a priority is done, if all goes well: three quarters of what it has."""
_WITHIN_SEVERITY = {**_WITHIN, 3: 66, 4: 88}
_TRIAGE_STATES = ("awaiting feedback", "awaiting feedback", "needs investigation", "For Scheduling")


def outlives(days: float) -> float:
    """The share of issues that are open for longer."""
    return 1 - _DAYS.share(days)


def epic_outlives(days: float) -> float:
    """The share of epics that are open for longer."""
    return 1 - _EPIC.share(days)


class Plan(NamedTuple):
    """What chance decided about an issue before it begins."""

    born: int
    until: int
    is_open: bool


def plan(rng: Random, born: int, age_days: float, *, is_open: bool) -> Plan:
    """Draw how long it lives, given that it is still open after ``age_days``, or that it is not."""
    return _plan(_DAYS, rng, born, age_days, is_open)


def epic_plan(rng: Random, born: int, age_days: float, *, is_open: bool) -> Plan:
    """As ``plan``, of an epic."""
    return _plan(_EPIC, rng, born, age_days, is_open)


def _plan(curve: Curve, rng: Random, born: int, age_days: float, is_open: bool) -> Plan:
    below, part = curve.share(age_days), rng.random()
    days = curve.value(below + part * (1 - below) if is_open else part * below)
    return Plan(born, born + int(days * DAY), is_open)


def issue(
    crew: Crew, rng: Random, ref: str, project: str, life: Plan, *, epic: str | None, blocker: str | None
) -> Told:
    """Tell it. ``blocker`` is what it waits for, should it be blocked."""
    return _Telling(crew, rng, ref, project, life).told(epic, blocker)


def epic(crew: Crew, rng: Random, ref: str, rank: int, life: Plan) -> Told:
    """Tell an epic's: labels, somebody who answers for it, in the end closed."""
    lead = crew.pick(rng, crew.leads, life.born)
    group = "build" if rng.random() < 0.5 else "deploy"
    story = Story(ref, epic_title(rank), lead, life.born, ends=not life.is_open)
    story.label(life.born, lead, "group::distribution", f"group::distribution::{group}", quarter_label(life.born))
    owner = crew.pick(rng, crew.of_group[group], life.born)
    story.assign(life.born + HOUR, lead, owner)
    story.comment(crew.desk(owner).after(life.born + 3 * DAY, 2 * HOUR), owner)
    if not life.is_open:
        story.end(crew.desk(lead).after(life.until, HOUR), lead)
    return story.epic()


class _Telling:
    """One issue on its way."""

    def __init__(self, crew: Crew, rng: Random, ref: str, project: str, life: Plan) -> None:
        self.crew, self.rng, self.project, self.life = crew, rng, project, life
        draw = rng.random()
        self.kind = "bug" if draw < 0.36 else "feature" if draw < 0.6 else "maintenance"
        self.group = crew.group_of(project, rng)
        draw = rng.random()
        at = life.born
        self.inside = draw < 0.55
        if self.inside:
            author = crew.pick(rng, crew.leads if draw < 0.12 else crew.engineers, at)
        else:
            author = crew.pick(rng, OUTSIDERS if draw < 0.8 else NEIGHBOURS, at)
        self.customer = author.startswith("support")
        self.story = Story(ref, work_title(rng, project, self.kind), author, at, ends=not life.is_open)
        draw = rng.random()
        self.priority = 1 if draw < 0.03 else 2 if draw < 0.25 else 3 if draw < 0.66 else 4
        self.severity = 0
        self.is_realistic = not 0.64 < draw < 0.66
        """Whether those who rate it look at when it can be done."""

    def told(self, epic: str | None, blocker: str | None) -> Told:
        story, rng, life = self.story, self.rng, self.life
        if self.customer:
            story.label(life.born, story.author, "customer")
        at = self._triage()
        work = int(_WORK.value(rng.random()) * DAY)
        start = life.until - work
        blocked: tuple[str, ...] = ()
        if start > at or rng.random() < 0.5:
            at = self._schedule(at, max(start, at + HOUR))
            if not story.over:
                blocked = self._work(at, blocker)
        if not life.is_open:
            closer = next(iter(story.assignees), None) or self.crew.pick(rng, self.crew.engineers, life.until)
            story.end(self.crew.desk(closer).after(life.until, 300), closer)
        weighed = rng.random() < 0.7 or REFINED in story.labels
        weight = 1 + int(rng.random() * 4) if weighed else None
        still = blocked if BLOCKED in story.labels else ()
        part_of = epic if rng.random() < 0.25 else None
        return story.issue(weight=weight, epic=part_of, blocked_by=still, confidential=rng.random() < 0.02)

    def _triage(self) -> int:
        """From the report to a milestone: at once by the team, else by whoever is on duty."""
        story, rng, crew = self.story, self.rng, self.crew
        at, by = self.life.born, story.author
        if not self.inside:
            if rng.random() < 0.06:
                story.mention(at + HOUR, by)
            by = crew.on_duty(at)
            at = crew.desk(by).after(at, int((0.2 + 14 * rng.random() ** 2) * HOUR))
            draw = rng.random()
            if draw < 0.12:
                story.label(at, by, _TRIAGE_STATES[int(draw / 0.03)])
                story.comment(at, by)
                at = crew.desk(by).after(at + int(min(10 * DAY, self.life.until - at) * rng.random()), HOUR)
                for label in dict.fromkeys(_TRIAGE_STATES):
                    story.unlabel(at, by, label)
        elif rng.random() < 0.015:
            return at
        story.label(at, by, "group::distribution", f"group::distribution::{self.group}", f"type::{self.kind}")
        if rng.random() < 0.97:
            story.label(at, by, self._priority(at))
        if self.customer:
            story.assign(at, by, by)
        if self.kind == "bug" and rng.random() < 0.9:
            self.severity = min(4, self.priority + int(rng.random() * 1.6))
            story.label(at, by, *self._severity(at))
        if rng.random() < 0.1 and self.kind != "bug":
            story.label(at, by, "spike")
        story.plan(at, by, UNDATED[1] if rng.random() < 0.08 else BACKLOG)
        story.label(at, by, VALIDATION if rng.random() < 0.5 else BREAKDOWN)
        if rng.random() < 0.5:
            story.comment(at + 600, by)
        return at

    def _days(self, at: int) -> float:
        """How long it will still be open, as far as is known now."""
        return (min(self.life.until, END) - at) / DAY

    def _priority(self, at: int) -> str:
        """The priority's label: what has to wait for longer than a priority's days gets a lower one."""
        rank = self.priority
        while self.is_realistic and rank in _WITHIN and self._days(at) > _WITHIN[rank]:
            rank += 1
        return f"priority::{rank}"

    def _severity(self, at: int) -> tuple[str, ...]:
        """The severity's label, if it is a bug that was rated; as with the priority, and none where none fits."""
        rank = self.severity
        while self.is_realistic and rank in _WITHIN_SEVERITY and self._days(at) > _WITHIN_SEVERITY[rank]:
            rank += 1
        return (f"severity::{rank}",) if 1 <= rank <= 4 else ()

    def _schedule(self, at: int, start: int) -> int:
        """From the backlog into the milestone it is done in: when that begins, or in its midst, unplanned."""
        story, rng, crew = self.story, self.rng, self.crew
        iteration = ITERATIONS[min(running(min(start, ITERATIONS[-1].end)), len(ITERATIONS) - 2)]
        lead = crew.leads[int(rng.random() * len(crew.leads))]
        planned = crew.desk(lead).after(max(at, iteration.start - 3 * DAY), int(rng.random() * 12 * HOUR))
        if rng.random() < 0.12 and start - at > 2 * DAY:
            planned = crew.desk(lead).after(start - DAY, HOUR)
            story.label(planned, lead, "Unplanned")
        elif rng.random() < 0.8:
            story.label(planned, lead, "Deliverable")
        story.plan(planned, lead, iteration.title)
        story.label(planned, lead, REFINED, self._priority(planned), *self._severity(planned))
        return max(planned, start)

    def _work(self, at: int, blocker: str | None) -> tuple[str, ...]:
        """Claimed or assigned, in dev, perhaps blocked for a while, verified. What blocked it last is returned."""
        story, rng, crew = self.story, self.rng, self.crew
        who = crew.pick(rng, crew.of_group[self.group], at)
        desk = crew.desk(who)
        if rng.random() < 0.3:
            asked = desk.after(max(story.at, at - 6 * DAY), HOUR)
            begin = at + int(rng.random() * 3 * DAY)
            story.comment(asked, who)
            story.did(asked, who, "claimed", instant(max(begin, asked)).date().isoformat())
        at = desk.after(at, int(HOUR * rng.random()))
        story.assign(at, who, who)
        story.label(at + 60, who, IN_DEV)
        span = max(self.life.until - at, 0)
        if span > 8 * DAY and rng.random() < 0.08:
            taker = crew.pick(rng, crew.of_group[self.group], at + span // 3, who)
            at = desk.after(at + span // 3, HOUR)
            story.unassign(at, who, who)
            story.assign(at, who, taker)
            who, desk, span = taker, crew.desk(taker), max(self.life.until - at, 0)
        blocked: tuple[str, ...] = ()
        if blocker and rng.random() < 0.2:
            then = desk.after(at + int(span * 0.25), HOUR)
            story.label(then, who, BLOCKED)
            story.comment(then + 60, who)
            blocked = (blocker,)
            story.label(desk.after(at + int(span * 0.7), HOUR), who, IN_DEV)
        if span > 3 * DAY:
            story.comment(desk.after(at + int(span * rng.random() * 0.8), HOUR), who)
        if rng.random() < 0.06:
            story.mention(crew.desk(who).after(at + int(span * 0.8), 0), story.author)
            duty = crew.on_duty(story.at)
            story.comment(crew.desk(duty).after(story.at, int(rng.random() * 9 * HOUR)), duty)
        if rng.random() < 0.6:
            story.label(desk.after(at + int(span * 0.92), HOUR), who, VERIFICATION)
        return blocked
