"""What people take in turns: the shift, its duties in order, and where everybody else sends what reaches them."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Gt, Le, Len

from handrail.handbook.settings import STRICT, Step, Text
from handrail.model.asked import Way
from handrail.model.people import Weekday


@dataclass(frozen=True)
class Duty:
    """One duty of the person on duty. ``looks_at`` tells which facts it is read from; nothing: no facts yet."""

    __pydantic_config__ = STRICT

    row: Text
    """Its name, shown in JSON and by explain."""
    do: Text
    """What the queue says to do with it."""
    says: Text
    """What it is, for people."""
    looks_at: Literal["labels", "triage", "mentions", "queue", "nothing"]
    """From which facts it is read."""
    clause: Text
    labels: tuple[Text, ...] = ()
    """Where it looks at labels: the items with one of these."""
    projects: tuple[Text, ...] = ()
    """Where it looks at labels: also all issues of these projects and groups (full paths), whatever their labels."""
    urgent: bool = False
    """What comes on GitLab cannot wait for the usual answer."""
    ways: tuple[Way, ...] = ()
    """Requests of these kinds, or that came these ways, belong to it; what no duty names belongs to the last but work
    of the queue. What comes on GitLab is of the first of them."""

    def watches(self, project: str) -> bool:
        """Whether all issues of the project belong to it."""
        return any(project == one or project.startswith(f"{one}/") for one in self.projects)


@dataclass(frozen=True)
class Redirect:
    """Where somebody who is not on duty sends what they are asked."""

    __pydantic_config__ = STRICT

    says: Text
    """What goes where, for people."""
    to: Literal["duty", "channel", "group", "page"]
    """Whoever is on duty, or outside their hours the first who is available; the team's channel; its group on GitLab; a
    page. Where the team names no channel or no group, it is for whoever is on duty."""
    clause: Text
    ways: tuple[Way, ...] = ()
    """What is asked, or how it came; none: anything else."""
    page: str = ""
    """Of a page its name among the `links`."""


@dataclass(frozen=True)
class Answers:
    """By when whoever asked the person on duty hears something, in hours of that person's own working time."""

    __pydantic_config__ = STRICT

    hours: Annotated[float, Gt(0), Le(80)] = 8
    """For an ordinary request."""
    urgent_hours: Annotated[float, Gt(0), Le(80)] = 1
    """For an urgent one."""


@dataclass(frozen=True)
class Rotation:
    """A duty that people take in turns: its shift, its issue, its duties in order, and what is asked of its holder.

    Duties, options, redirects, answers, and whether it is open, are read of the first rotation alone, the DRI's.
    """

    __pydantic_config__ = STRICT

    name: Text
    """What people call the duty; its log goes by the short name, so that this may be changed."""
    title: Text = "Rotation week of {start}"
    """The rotation issue's title; ``{start}`` stands for the first day of the shift."""
    template: str = ""
    """The issue template of the rotation issue."""
    project: str = ""
    """The project on GitLab in which the rotation issues are; empty: it has none."""
    days: Annotated[int, Gt(0), Le(366)] = 7
    """The length of a shift."""
    handoff_day: Weekday = "mon"
    """The day on which one shift ends and the next begins."""
    handoff_time: Annotated[str, Len(5, 5)] = "09:00"
    """The hour of it; not from 00:00 to 04:00."""
    zone: str = ""
    """The zone of that hour; empty: the team's."""
    duties: tuple[Duty, ...] = ()
    """The duties, the first one first."""
    handover: tuple[Step, ...] = ()
    """The steps at the end of a shift."""
    hand_off_options: tuple[Step, ...] = ()
    """What may become of a request that is still active then."""
    redirects: tuple[Redirect, ...] = ()
    """Where everybody else sends what reaches them; the first that fits."""
    on_call: str = ""
    """The page on the on-call process, by its name among the `links`: there go urgent requests outside the hours of
    whoever is on duty."""
    answers: Answers = field(default_factory=Answers)
    """When an answer to a request is due."""
    open: bool = False
    """Whether people see without signing in who is on duty until when, and by its link how a request stands: whose it
    is and when an answer is due, neither what it is about nor what was said."""

    def is_urgent(self, way: Way) -> bool:
        """Whether what is asked in that way cannot wait for the usual answer, though nobody says so."""
        return any(duty.urgent and way in duty.ways for duty in self.duties)
