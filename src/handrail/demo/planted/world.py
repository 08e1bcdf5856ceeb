"""A small world in which everything is as a handbook has it, and the list of what was planted into it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from handrail.demo.planted.days import RELEASES, Day
from handrail.demo.planted.lives import Life, hours_before
from handrail.demo.projects import BUILDER, CHARTS, CHARTS_SITE, CNG, EPICS, EXPORTER, OMNIBUS, OPERATOR, TASKS
from handrail.model.asked import Asked
from handrail.model.duty import Began, Happened, LogEntry, TurnBegan
from handrail.model.people import Away, Person
from handrail.model.planning import Pipeline, Project
from handrail.model.support import Published, Support, Tracking

OUTSIDERS = ("brightfjord", "dsorel", "ekolo", "gridwalker")
NEIGHBOURS = ("geo-lena", "registry-suvi", "support-ramon")
BOT = "gitlab-bot"
TEAM = "group::distribution"
GROUP_OF = {
    OMNIBUS: "build", CNG: "build", BUILDER: "build", EXPORTER: "build",
    CHARTS: "deploy", OPERATOR: "deploy", CHARTS_SITE: "deploy",
}  # fmt: skip
PEOPLE: dict[str, Person] = {
    "ada": Person("Ada", zone="Europe/Vienna", groups=("build",)),
    "bo": Person("Bo", zone="America/Toronto", groups=("build",)),
    "cleo": Person("Cleo", zone="Asia/Kolkata", groups=("build",)),
    "dov": Person("Dov", zone="America/Denver", groups=("build",)),
    "ida": Person("Ida", zone="Europe/Berlin", groups=("build",), roles=("staff_engineer",)),
    "emil": Person("Emil", zone="Europe/Sofia", groups=("deploy",)),
    "fay": Person("Fay", zone="Pacific/Auckland", groups=("deploy",)),
    "gus": Person("Gus", zone="Europe/Lisbon", groups=("deploy",)),
    "hedy": Person("Hedy", zone="America/New_York", groups=("deploy",)),
    "omar": Person("Omar", groups=("deploy",), away=(Away(date(2026, 5, 25), date(2026, 8, 14)),)),
    "jon": Person("Jon", zone="Europe/Dublin", groups=("build", "deploy"), roles=("engineering_manager",)),
    "kim": Person("Kim", zone="America/Chicago", groups=("build", "deploy"), roles=("product_manager",)),
}
"""Omar is away all along: nothing is asked of him, and he is in nobody's plan."""
MANAGERS = ("jon", "kim")
OF_GROUP = {"build": ("ada", "bo", "cleo", "dov", "ida"), "deploy": ("emil", "fay", "gus", "hedy")}
MAINTAINERS = {
    OMNIBUS: ("ada", "ida"), CNG: ("bo", "ida"), BUILDER: ("cleo", "dov"), EXPORTER: ("dov", "ada"),
    CHARTS: ("emil", "gus"), OPERATOR: ("fay", "hedy"), CHARTS_SITE: ("omar",), TASKS: ("jon", "kim"),
}  # fmt: skip
COVERED = {
    OMNIBUS: ("files/gitlab-cookbooks/gitlab/recipes/redis.rb", "spec/chef/redis_spec.rb", "qa/specs/upgrade_spec.rb"),
    CHARTS: ("templates/_helpers.tpl", "charts/registry/templates/service.yaml", "spec/kas_spec.rb"),
    OPERATOR: ("controllers/gitlab/webservice.go", "pkg/status_test.go"),
    EXPORTER: ("lib/gitlab_exporter/git.rb", "spec/git_spec.rb"),
}
"""Files that integration tests cover, by project."""
_PARTS = ("Redis", "NGINX", "the registry", "Patroni", "kas", "Gitaly", "the toolbox", "Consul", "the migrations job")
_DEEDS = ("Move {} to its own module", "Let {} read its secret from a command", "{} logs twice", "Tidy {} settings")


class Planted(NamedTuple):
    """Something that is not as the handbook has it.

    ``mendable``: whether a change of the item would mend it. ``given``: what a handbook has to say for it to be mended,
    where the bundled one leaves it to people.
    """

    rule: str
    code: str
    subject: str
    mendable: bool = False
    given: str = ""


class World:
    """What is told of one day, and what was planted."""

    def __init__(self, seed: int, day: Day) -> None:
        self.seed = seed
        self.rng = Random(f"planted {seed}")
        self.day = day
        self.now = day.now
        self.planted: list[Planted] = []
        self.lives: list[Life] = []
        self.pipelines: list[Pipeline] = []
        self.turns: list[TurnBegan] = []
        self.happened: list[Happened] = []
        self.asked: list[Asked] = []
        self.published: list[Published] = []
        self.support: list[Support] = []
        self.tracking: list[Tracking] = []
        self._numbers = 100 + self.rng.randrange(400)
        self._turns: dict[Sequence[str], int] = {}
        self._reviews: dict[str, int] = {}

    def plant(self, rule: str, code: str, subject: str | Life, *, mendable: bool = False, given: str = "") -> None:
        """Write down that a rule has to find this."""
        ref = subject if isinstance(subject, str) else subject.ref
        self.planted.append(Planted(rule, code, ref, mendable, given))

    def log(self) -> tuple[LogEntry, ...]:
        """What happened to the rotation."""
        began = Began(self.turns[0].start.date(), tuple(turn.holder for turn in self.turns))
        whole = (began, *self.turns, *self.happened)
        return tuple(LogEntry(number, self.turns[-1].start, "jon", what) for number, what in enumerate(whole, 1))

    def projects(self) -> tuple[Project, ...]:
        """The team's eight projects."""
        return tuple(Project(path, "main", names) for path, names in MAINTAINERS.items())

    def ago(self, days: float = 0, hours: float = 0) -> datetime:
        """An instant before now."""
        return hours_before(self.now, days * 24 + hours)

    def turn(self, names: Sequence[str]) -> str:
        """Each in turn, so that nobody has all the work."""
        at = self._turns.get(names, self.rng.randrange(len(names)))
        self._turns[names] = at + 1
        return names[at % len(names)]

    def project(self) -> str:
        """One of the projects that belong to a group."""
        return self.turn(tuple(GROUP_OF))

    def engineer(self, project: str) -> str:
        """One of the group whose project it is."""
        return self.turn(OF_GROUP[GROUP_OF.get(project, "build")])

    def lead(self) -> str:
        """EM or PM."""
        return self.turn(MANAGERS)

    def title(self) -> str:
        """A title that speaks for no type."""
        return self.rng.choice(_DEEDS).format(self.rng.choice(_PARTS))

    def number(self) -> int:
        """One that no other item has."""
        self._numbers += 1 + self.rng.randrange(3)
        return self._numbers

    def kind(self) -> str:
        """A type's label."""
        return f"type::{self.rng.choice(('bug', 'feature', 'maintenance'))}"

    def begin(self, ref: str, author: str, born: datetime, title: str = "") -> Life:
        """An item of which nothing is known yet."""
        life = Life(ref, title or self.title(), author, born)
        self.lives.append(life)
        return life

    def issue(self, project: str = "", *, milestone: str | None = None, title: str = "", days: float = 0) -> Life:
        """An issue that is triaged, planned and nobody's yet, born so many ``days`` ago."""
        project = project or self.project()
        author = self.engineer(project)
        born = self.ago(days or self.rng.randint(3, 20), self.rng.randrange(24))
        life = self.begin(f"{project}#{self.number()}", author, born, title)
        life.label(born, author, *self.required(project), f"priority::{self.rng.choice((2, 3, 4))}")
        self.put(life, self.day.calm if milestone is None else milestone, self.lead())
        life.facts["weight"] = self.rng.randint(1, 3)
        return life

    def work(self, project: str = "", *, who: str = "", title: str = "", milestone: str | None = None) -> Life:
        """An issue that somebody works on, and has said a word about today."""
        life = self.issue(project, title=title, milestone=milestone)
        who = who or self.engineer(life.project)
        life.label(after(life, 3), self.lead(), "workflow::ready for development")
        life.assign(after(life, 30), who, who)
        life.swap(after(life, 31), who, "workflow::ready for development", "workflow::in dev")
        life.say(self.ago(hours=1 + self.rng.randrange(4)), who)
        return life

    def merge_request(self, project: str = "", *, author: str = "", milestone: str | None = None) -> Life:
        """A merge request of the team's that is covered by tests and still a draft."""
        project = project or self.project()
        author = author or self.engineer(project)
        born = self.ago(self.rng.randint(2, 12), self.rng.randrange(24))
        life = self.begin(f"{project}!{self.number()}", author, born)
        life.did(born, author, "drafted")
        life.label(born, author, *self.required(project))
        life.assign(born, author, author)
        self.put(life, self.day.calm if milestone is None else milestone, author)
        life.facts["changed_paths"] = COVERED.get(project, ())
        return life

    def review(self, project: str = "", *, author: str = "") -> Life:
        """A merge request that one engineer has been asked to review, and has begun to."""
        life = self.ready(project or self.roomy(), author=author)
        reviewer = self.reviewer(life)
        life.ask(self.ago(hours=7), life.author, reviewer)
        life.swap(self.ago(hours=6), reviewer, "workflow::ready for review", "workflow::in review")
        return life

    def roomy(self) -> str:
        """A project of the group whose people have the fewest reviews: nobody is to have as many as fit."""
        load = {
            group: sum(self._reviews.get(name, 0) for name in names) / len(names) for group, names in OF_GROUP.items()
        }
        group = min(load, key=lambda one: load[one])
        return self.turn(tuple(path for path, own in GROUP_OF.items() if own == group))

    def ready(self, project: str = "", *, author: str = "") -> Life:
        """A merge request that is ready for review; nobody has been asked."""
        life = self.merge_request(project, author=author)
        life.did(self.ago(hours=9), life.author, "undrafted")
        life.label(self.ago(hours=8), life.author, "workflow::ready for review")
        return life

    def reviewer(self, life: Life, *but: str) -> str:
        """An engineer of the project's group, other than the author: one who has few reviews already."""
        names = [name for name in OF_GROUP[GROUP_OF.get(life.project, "build")] if name not in {life.author, *but}]
        found = min(names, key=lambda name: (self._reviews.get(name, 0), self.rng.random()))
        self._reviews[found] = self._reviews.get(found, 0) + 1
        return found

    def epic(self, group: str = "") -> Life:
        """An epic of one of the groups, old enough to be under way."""
        group = group or self.turn(tuple(OF_GROUP))
        born = self.ago(60 + self.rng.randrange(60))
        life = self.begin(f"{EPICS}&{self.number()}", self.lead(), born)
        life.label(born, life.author, TEAM, f"{TEAM}::{group}", RELEASES[self.day.calm].quarter)
        life.assign(born + timedelta(hours=2), life.author, self.turn(OF_GROUP[group]))
        return life

    def required(self, project: str) -> tuple[str, ...]:
        """The labels that everything of the team's has."""
        return (TEAM, f"{TEAM}::{GROUP_OF.get(project, 'build')}", self.kind())

    def put(self, life: Life, milestone: str, by: str) -> None:
        """Put it into the milestone with its quarter's label, two hours after it was opened or at once."""
        at = min(after(life, 2), self.now)
        if milestone:
            life.plan(at, by, milestone)
        if milestone in RELEASES:
            life.label(at, by, RELEASES[milestone].quarter)

    def closed(self, life: Life, days: float) -> Life:
        """It was closed, or merged, so long ago."""
        life.end(self.ago(days), life.author, "merged" if "!" in life.ref else "closed")
        return life


def after(life: Life, hours: float) -> datetime:
    """So long after the item was opened."""
    return life.born + timedelta(hours=hours)
