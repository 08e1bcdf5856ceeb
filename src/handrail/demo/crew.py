"""Who is there to act: the people with their desks, the maintainers by project, and who is on duty when."""

from random import Random

from handrail.demo.calendar import DAY, END, FIRST_DAY, HOUR, instant
from handrail.demo.desks import Desk, OpenDesk
from handrail.demo.people import people
from handrail.demo.projects import GITLAB, GROUP_OF, projects
from handrail.model.people import Person

WEEK = 7 * DAY
EVENING = 5 * HOUR
"""How far from office hours somebody in a hurry still answers."""


class Crew:
    """The demo team as those who do things. Desks are worked out when first asked for."""

    def __init__(self, count: int) -> None:
        self.people: dict[str, Person] = people(count)
        names = tuple(self.people)
        self.engineers = tuple(name for name in names if self.people[name].is_engineer)
        self.leads = tuple(name for name in names if not self.people[name].is_engineer) or names[:1]
        self.maintainers = {project.path: project.maintainers or self.leads for project in projects(names)}
        self.of_group = {
            group: tuple(name for name in self.engineers if group in self.people[name].groups) or self.engineers
            for group in ("build", "deploy")
        }
        self._desks: dict[str, Desk] = {}
        self._open = OpenDesk()
        monday = FIRST_DAY + (-(FIRST_DAY // DAY + 3) % 7) * DAY
        self.shifts = self._shifts(monday)

    def desk(self, username: str) -> Desk:
        """When that person works; whoever is not of the team, on any day."""
        found = self._desks.get(username)
        if found is None:
            person = self.people.get(username)
            found = self._desks[username] = Desk(person) if person else self._open
        return found

    def pick(self, rng: Random, names: tuple[str, ...], at: int, *but: str) -> str:
        """One of ``names`` other than ``but``, rather one who is at work at the instant."""
        count = len(names)
        first = int(rng.random() * count)
        found = ""
        for turn in range(first, first + count):
            name = names[turn % count]
            if name not in but:
                if self.desk(name).holds(at):
                    return name
                found = found or name
        return found or names[first]

    def soon(self, rng: Random, username: str, at: int, work: int = 60) -> int:
        """After so much work, if need be before or after office hours; else in the first hours of their next day."""
        desk = self.desk(username)
        if desk.holds(at):
            return desk.after(at, work)
        if desk.holds(at - EVENING) or desk.holds(at + EVENING):
            return at + work
        return desk.after(at, work + int(7200 * rng.random()))

    def group_of(self, project: str, rng: Random) -> str:
        """The group whose work it is: mostly the project's own."""
        own = GROUP_OF.get(project, "deploy")
        if rng.random() < 0.85:
            return own
        return "build" if own == "deploy" else "deploy"

    def merging(self, project: str) -> tuple[str, ...]:
        """Who may merge there; in another group's project its own people."""
        return ("geo-okoro", "geo-lena") if project == GITLAB else self.maintainers.get(project, self.leads)

    def on_duty(self, at: int) -> str:
        """The DRI of that week."""
        index = (at - self.shifts[0][0]) // WEEK
        return self.shifts[min(max(index, 0), len(self.shifts) - 1)][1]

    def _shifts(self, monday: int) -> list[tuple[int, str]]:
        """(Monday, DRI) of every week until now, in turn; whoever is away that Monday lets the next one go first."""
        weeks = range(monday, END + 1, WEEK)
        roster = list(self.engineers)
        # Ivo is on duty now: two years of turns are counted back from him.
        turn = (roster.index("ivo") - len(weeks) + 1) % len(roster)
        queue = roster[turn:] + roster[:turn]
        found = []
        for start in weeks:
            day = instant(start).date()
            here = [n for n in queue if not any(a.first <= day <= a.last for a in self.people[n].away)]
            name = "ivo" if start == weeks[-1] else here[0]
            queue.remove(name)
            queue.append(name)
            found.append((start, name))
        return found
