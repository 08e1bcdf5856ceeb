"""The life of a generated merge request: opened, made ready, picked up, reviewed, handed to a maintainer, merged."""

from math import log2
from random import Random
from typing import NamedTuple

from handrail.demo import fit
from handrail.demo.calendar import DAY, HOUR, ITERATIONS, running
from handrail.demo.changes import change
from handrail.demo.crew import Crew
from handrail.demo.curve import Curve
from handrail.demo.people import BOT, NEIGHBOURS, OUTSIDERS, RENOVATE
from handrail.demo.projects import GITLAB, GROUP_OF, branch_of
from handrail.demo.rhythm import paced
from handrail.demo.sizes import size
from handrail.demo.story import Story, Told
from handrail.demo.words import bump_title, work_title

READY, IN_REVIEW = "workflow::ready for review", "workflow::in review"
COMMUNITY = "Community contribution"
_LEAD, _ABANDONED = Curve(fit.LEAD_DAYS), Curve(fit.ABANDONED_DAYS)
_OBSTACLES = ("conflict",) * 9 + ("need_rebase",) * 9 + ("ci_still_running",) * 9 + ("ci_must_pass",) * 9
"""Words of GitLab's that nothing else decides, for 12 in 100."""
_ANSWER = Curve(fit.FIRST_ANSWER_HOURS)


def outlives(days: float) -> float:
    """The share of merge requests that are open for longer."""
    return (1 - fit.ABANDONED) * (1 - _LEAD.share(days)) + fit.ABANDONED * (1 - _ABANDONED.share(days))


class Plan(NamedTuple):
    """What chance decided about a merge request before it begins. ``until`` is when it is merged or closed."""

    born: int
    until: int
    share: float
    """Of all lead times, how many are shorter."""
    abandoned: bool
    is_open: bool


def plan(rng: Random, born: int, age_days: float, *, is_open: bool) -> Plan:
    """Draw how long it lives, given that it is still open after ``age_days``, or that it is not."""
    merged, given_up = _LEAD.share(age_days), _ABANDONED.share(age_days)
    if is_open:
        given_up_weight = fit.ABANDONED * (1 - given_up)
        weight = given_up_weight + (1 - fit.ABANDONED) * (1 - merged)
    else:
        given_up_weight = fit.ABANDONED * given_up
        weight = given_up_weight + (1 - fit.ABANDONED) * merged
    abandoned = rng.random() * weight < given_up_weight
    below = given_up if abandoned else merged
    part = rng.random()
    share = below + part * (1 - below) if is_open else part * below
    days = (_ABANDONED if abandoned else _LEAD).value(share)
    if not is_open:
        days = max(days * 0.45, days - fit.NIGHTS_AND_WEEKENDS)
    return Plan(born, paced(rng, born, born + int(days * DAY)), share, abandoned, is_open)


def merge_request(crew: Crew, rng: Random, ref: str, project: str, life: Plan) -> Told:
    """Tell it."""
    return _Telling(crew, rng, ref, project, life).told()


class _Telling:
    """One merge request on its way: the story, who takes part, and the time left until it is over."""

    def __init__(self, crew: Crew, rng: Random, ref: str, project: str, life: Plan) -> None:
        self.crew, self.rng, self.project, self.life = crew, rng, project, life
        draw = rng.random()
        self.kind = "bug" if draw < 0.25 else "feature" if draw < 0.5 else "maintenance"
        self.bot = self.outside = False
        if project == GITLAB:
            author = crew.pick(rng, NEIGHBOURS[:4], life.born)
        elif rng.random() < fit.BOT_AUTHORS:
            author, self.bot, self.kind = RENOVATE, True, "maintenance"
        elif rng.random() < fit.COMMUNITY_AUTHORS:
            author, self.outside = crew.pick(rng, OUTSIDERS, life.born), True
        else:
            author = crew.pick(rng, crew.engineers, life.born)
        title = bump_title(rng) if self.bot else work_title(rng, project, self.kind)
        self.author = author
        self.story = Story(ref, title, author, life.born, ends=not life.is_open)
        self.two = project == GITLAB or rng.random() < fit.TWO_APPROVALS
        self.size = size(rng, life.share)

    def told(self) -> Told:
        story, rng, crew = self.story, self.rng, self.crew
        at = self._open()
        reviewer, at = self._ready(at)
        if self.life.abandoned and rng.random() < 0.6:
            return self._given_up(at, reviewer)
        at = self._rounds(at, reviewer)
        if self.life.abandoned:
            return self._given_up(at, reviewer)
        story.approve(at + 240, reviewer)
        merging = reviewer
        if self.two:
            merging = crew.pick(rng, crew.merging(self.project), self.life.until, reviewer, self.author)
            at = self._hand_over(at + 260, reviewer, merging)
            at = max(at, min(self.life.until - HOUR // 2, at + 4 * DAY))
            story.approve(crew.soon(rng, merging, at), merging)
        if not self.life.is_open:
            at = max(at + 300, self.life.until - 600)
            story.end(crew.soon(rng, merging, at), merging, "merged")
        return self._facts()

    def _open(self) -> int:
        story, rng, at, author = self.story, self.rng, self.life.born, self.author
        if self.project == GITLAB:
            group = "geo" if author.startswith("geo") else "gitaly"
            story.label(at, author, f"group::{group}", f"type::{self.kind}")
        elif self.outside:
            group = GROUP_OF.get(self.project, "build")
            story.label(at + 120, BOT, COMMUNITY, "group::distribution", f"group::distribution::{group}")
        else:
            group = self.crew.group_of(self.project, rng)
            story.label(at, author, "group::distribution", f"group::distribution::{group}", f"type::{self.kind}")
            story.names_quarter = rng.random() < 0.97
            story.assign(at, author, self.crew.pick(rng, self.crew.of_group[group], at) if self.bot else author)
            story.plan(at, author, ITERATIONS[running(at)].title)
            draw = rng.random()
            if draw < 0.3:
                story.label(at, author, f"priority::{1 if draw < 0.02 else 2 if draw < 0.1 else 3}")
        return at

    def _ready(self, at: int) -> tuple[str, int]:
        """Until somebody reviews: the reviewer and when they have picked it up."""
        story, rng, crew, author = self.story, self.rng, self.crew, self.author
        span = self.life.until - self.life.born
        if not self.bot and rng.random() < 0.45:
            story.draft()
            last = at + int(span * rng.random() * 0.5)
            for _ in range(min(self.size.commits, 6)):
                at += int((last - at) * rng.random())
                story.did(at, author, "pushed")
            at = self._turn(author, max(at, last), 0)
            story.undraft(at, author)
        elif not self.bot:
            at = at + min(span // 20, 1800)
        if self.project == GITLAB:
            reviewer = crew.pick(rng, crew.engineers, at)
            story.ask(at, author, reviewer)
            return reviewer, self._wait(at, reviewer)
        story.label(at, BOT if self.outside else author, READY)
        names = crew.engineers if self.two else crew.merging(self.project)
        reviewer = crew.pick(rng, names, at, author)
        asked = rng.random() < 0.6
        if asked:
            story.ask(at + 60, BOT if self.outside else author, reviewer)
        at = self._wait(at + 60, reviewer)
        if not asked:
            story.ask(at, reviewer, reviewer)
        if self.outside:
            story.label(at, reviewer, f"type::{self.kind}")
        story.label(at + 20, reviewer, IN_REVIEW)
        return reviewer, at + 20

    def _wait(self, at: int, who: str) -> int:
        """Until that person has answered: their office hours, fewer where the whole is short."""
        left = max(self.life.until - at, 0)
        work = min(_ANSWER.value(self.rng.random()) * HOUR, left * 0.09 + 240)
        return self._turn(who, at, int(work))

    def _turn(self, who: str, at: int, work: int) -> int:
        """When ``who`` has worked on it for so long: in office hours, unless it is over in two days."""
        if self.life.until - self.life.born < 2 * DAY:
            return self.crew.soon(self.rng, who, at, work)
        return self.crew.desk(who).after(at, work)

    def _rounds(self, at: int, reviewer: str) -> int:
        """Review and rework until the reviewer is content."""
        story, rng, author = self.story, self.rng, self.author
        left = max(self.life.until - at, 0)
        if self.bot or left < 6 * HOUR:
            return at
        count = int(
            log2(1 + left / DAY) * 0.75 * rng.random() + rng.random() * (0.7 if self.size.additions < 10 else 1.2)
        )
        for turn in range(count):
            opened = [self._thread() for _ in range(1 + int(rng.random() * 2.5))]
            for thread in opened:
                story.comment(at, reviewer, thread)
                at += 300
            story.review(at, reviewer, "requested_changes" if rng.random() < 0.55 else "reviewed")
            left = max(self.life.until - at, 0)
            at = self.crew.desk(author).after(at + int(left * (0.35 + 0.5 * rng.random()) / (count - turn)), 60)
            story.did(at, author, "pushed")
            for thread in opened:
                if rng.random() < 0.5:
                    story.comment(at + 60, author, thread)
            story.resolve(at + 120, author, *(opened if rng.random() < 0.6 else opened[:1]))
            story.ask(at + 200, author, reviewer)
            at = self._wait(at + 200, reviewer)
            story.resolve(at, reviewer, *opened)
        return at

    def _hand_over(self, at: int, reviewer: str, maintainer: str) -> int:
        """The reviewer names a maintainer, mostly at once, who then looks."""
        rng, story = self.rng, self.story
        if rng.random() < 0.15:
            at = self.crew.desk(reviewer).after(at, int(rng.random() * 10 * HOUR))
        story.ask(at, reviewer, maintainer)
        at = self._wait(at, maintainer)
        if rng.random() < 0.2:
            thread = self._thread()
            story.comment(at, maintainer, thread)
            at = self.crew.desk(self.author).after(at, int(HOUR * 3 * rng.random()))
            story.did(at, self.author, "pushed")
            story.comment(at + 60, self.author, thread)
            at = self._wait(at + 60, maintainer)
            story.resolve(at, maintainer, thread)
        return at

    def _given_up(self, at: int, reviewer: str) -> Told:
        """The reviewer wants something else, and then there is silence until somebody closes it."""
        self.story.comment(at, reviewer, self._thread())
        self.story.review(at + 60, reviewer, "requested_changes")
        if not self.life.is_open:
            self.story.end(max(at, self.life.until), BOT if self.rng.random() < 0.4 else self.author)
        return self._facts()

    def _facts(self) -> Told:
        status = _OBSTACLES[int(draw * 300)] if (draw := self.rng.random()) < len(_OBSTACLES) / 300 else ""
        paths, sections = change(self.project, self.kind, self.story, careful=not self.outside)
        return self.story.merge_request(branch_of(self.project), status=status, paths=paths, sections=sections)

    def _thread(self) -> str:
        return f"{self.rng.getrandbits(32):08x}"
