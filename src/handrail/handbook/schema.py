"""The shape of a handbook. Each class is one block of the YAML file; the page's own values are in distribution.yml."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, Len

from handrail.handbook.rotations import Rotation
from handrail.handbook.settings import STRICT, Text
from handrail.handbook.support import Support
from handrail.handbook.work import Breaker, Grade, Planning, Triage, Workflow, WorkQueue
from handrail.model.people import Person, Weekday


@dataclass(frozen=True)
class TeamBlock:
    """The team as a whole: its hours count where nobody is named."""

    __pydantic_config__ = STRICT

    name: Text
    """As the pages and the queue call the team."""
    zone: Text = "UTC"
    """An IANA time zone; moments without a zone are meant in it."""
    hours: tuple[Text, ...] = ("09:00-17:00",)
    """Intervals of the local day."""
    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    """Its working days."""
    country: str | None = None
    """ISO 3166 code of the country whose public holidays the team's clocks keep."""
    subdivision: str | None = None
    """ISO 3166 code of its part."""
    mention: str = ""
    """The group that people mention on GitLab to reach the team, without its @."""
    channel: str = ""
    """Where people reach the team in chat, as they write it: `#g_distribution`."""
    handle: Text = "handrail"
    """The name, without its @, to which commands in comments are addressed."""
    bots: tuple[Text, ...] = ()
    """Accounts that are no people: nobody waits for their reviews."""
    time_off_words: tuple[Text, ...] = (
        "time off",
        "day off",
        "vacation",
        "holiday",
        "annual leave",
        "parental leave",
        "sick leave",
        "on leave",
        "out of office",
        "OOO",
        "PTO",
    )
    """What an event of a person's own calendar has in its title or categories when they are not there."""


@dataclass(frozen=True)
class Responsibility:
    """Something that a group answers for, and what on an item says that it is about that."""

    __pydantic_config__ = STRICT

    says: Text
    """As people read it: “dependency updates”."""
    labels: tuple[Text, ...] = ()
    """An item with one of these is about it."""
    words: tuple[Text, ...] = ()
    """Words of a title, lower case, that speak for it."""


@dataclass(frozen=True)
class Group:
    """A group of the team, its label, and what it answers for."""

    __pydantic_config__ = STRICT

    label: Text
    """What its items carry beside the team's label."""
    name: str = ""
    """As people call it; without it the key is its name."""
    clause: str = ""
    """The clause that says what it answers for, if there is one."""
    responsibilities: tuple[Responsibility, ...] = ()
    """What it answers for: how an item without its label is known to be its own."""


@dataclass(frozen=True)
class Component:
    """Something that the team looks after, what tells that an item is about it, and who knows it best.

    One of the four is enough. Somebody outside the team may be its expert, too.
    """

    __pydantic_config__ = STRICT

    experts: Annotated[tuple[Text, ...], Len(1)]
    """User names, whoever is asked first at the start."""
    labels: tuple[Text, ...] = ()
    """An item with one of these is about it."""
    words: tuple[Text, ...] = ()
    """Words of a title, lower case, that speak for it."""
    paths: tuple[Text, ...] = ()
    """Patterns of its files, as in `test_plans.covered`: a merge request that changes one is about it, and the issue
    that the merge request closes."""
    sources: tuple[Text, ...] = ()
    """Projects that are wholly about it, by name or path."""


@dataclass(frozen=True)
class Source:
    """A project or group that the team's work is read from; ``labels`` narrow it to items that carry one of them.

    ``only: epics`` reads a group's epics and nothing else of it: a project has none.
    """

    __pydantic_config__ = STRICT

    path: Text
    """The path of the project or group on GitLab, like ``group/project``."""
    labels: tuple[Text, ...] = ()
    """Only items with one of these; none: all."""
    only: Literal["epics"] | None = None
    """``epics`` of a group, and nothing else of it; nothing: all."""
    release_tag: str = ""
    """The tag of a release of the project's: ``v{milestone}.0``; also ``{major}``, ``{minor}``, and ``{major-9}``."""


@dataclass(frozen=True)
class RequiredLabel:
    """A label, or one of a scope, that items need: always, or when ``when`` holds in the eyes of a person."""

    __pydantic_config__ = STRICT

    label: Text
    """The label; ``scope::*`` is any of a scope, ``FYyy::Qn`` the quarter of the milestone's release."""
    on: tuple[Literal["epic", "issue", "merge request"], ...]
    """The kinds of items that need it."""
    means: Text
    """What it says of an item, for people."""
    clause: Text
    when: str | None = None
    """When it is needed, for people; nothing: always."""


@dataclass(frozen=True)
class Labels:
    """The labels that decisions know by name."""

    __pydantic_config__ = STRICT

    team: Text
    """On everything of the team's."""
    deliverable: Text
    """Accepted into the milestone it is in."""
    unplanned: Text
    """Asked for urgently, planned by nobody."""
    spike: Text
    """Research whose outcome are the next issues."""
    community: tuple[Text, ...]
    """Any of these marks a contribution from outside, which the review SLO leaves out."""
    red_branch: Text
    """The incident of a red default branch; its assignee resolves it."""
    just_work: Text
    """A small improvement that nobody redirects."""
    required: tuple[RequiredLabel, ...]
    """What every item of the team's carries; name ``team`` here too, or nobody asks for it."""


@dataclass(frozen=True)
class Noise:
    """How often, and when, people are spoken to. What does not fit waits, or stands in their `next` instead."""

    __pydantic_config__ = STRICT

    per_person: Annotated[int, Ge(0)]
    """Comments that address the same person, in 24 hours."""
    per_thread: Annotated[int, Ge(0)]
    """Comments on the same issue or merge request, in 7 days."""
    office_hours: bool
    """Whether a person of the team is addressed in their office hours only."""
    repeat_days: Annotated[tuple[Annotated[int, Gt(0)], ...], Len(1)]
    """Days until a reminder that nothing came of is repeated; the last one goes on."""


Standing = Literal["author", "assignee", "reviewer", "team", "engineering_manager", "product_manager"]
"""Who somebody is to an item."""


@dataclass(frozen=True)
class Acting:
    """How Handrail acts on GitLab: how much at once, how loud, and whose commands it follows."""

    __pydantic_config__ = STRICT

    most_actions: Annotated[int, Gt(0)]
    """Actions that a plan may have; a larger one is applied with --force only."""
    most_share: Annotated[float, Gt(0), Le(1)]
    """The share of the open items that it may change."""
    noise: Noise
    commands: dict[str, tuple[Standing, ...]]
    """Commands in comments, by name, each with those whose word counts."""


@dataclass(frozen=True)
class Clause:
    """One statement of the page in our words, and what becomes of it: exactly one of the last four.

    ``does`` names the rule that enforces it; ``helps`` the command that assists a person, with the ``test`` that fails
    without it; ``planned`` the capability to come; ``person`` the reason why it is left to people.
    """

    __pydantic_config__ = STRICT

    says: Text
    """The statement."""
    section: Text
    """The heading of the page under which it stands."""
    does: str | None = None
    """The rule that enforces it."""
    helps: str | None = None
    """The command that assists."""
    test: str | None = None
    """The test that fails without what ``helps`` names."""
    planned: str | None = None
    """What is to come."""
    person: str | None = None
    """Why it is left to people."""


@dataclass(frozen=True)
class Handbook:
    """A team's workflow, whole."""

    __pydantic_config__ = STRICT

    handbook: Literal[1]
    """The version of this format."""
    team: TeamBlock
    labels: Labels
    workflow: Workflow
    work_queue: WorkQueue
    triage: Triage
    rotations: Annotated[dict[str, Rotation], Len(1)]
    """What people take in turns, each by a short name; the first is the DRI's."""
    planning: Planning
    support: Support
    acting: Acting
    rules: dict[str, Any] = field(default_factory=dict)
    """Each rule's settings, by the rule's name."""
    groups: dict[str, Group] = field(default_factory=dict)
    """The groups of the team, by a short name; a team may have none."""
    people: dict[str, Person] = field(default_factory=dict)
    """Who is in the team, by user name on GitLab."""
    sources: dict[str, Source] = field(default_factory=dict)
    """What is read from GitLab, each by the short name that sentences and settings use."""
    components: dict[str, Component] = field(default_factory=dict)
    """What the team looks after, each by the name that people call it, and its subject-matter experts."""
    priorities: dict[str, Grade] = field(default_factory=dict)
    """The priorities' labels."""
    severities: dict[str, Grade] = field(default_factory=dict)
    """The severities' labels, of bugs."""
    breakers: tuple[Breaker, ...] = ()
    """What iterations call for that go on too long, the first one first."""
    links: dict[str, str] = field(default_factory=dict)
    """Pages that ``handrail handbook --links`` shows, by name; Milestone shows those that are called some board."""
    clauses: dict[str, Clause] = field(default_factory=dict)
    """Every statement of the team's page, by the name that settings and findings cite."""

    @property
    def first_rotation(self) -> str:
        """The short name of the DRI's rotation, by which its log is kept."""
        return next(iter(self.rotations))

    @property
    def on_call(self) -> str:
        """The on-call process, with its page where one is named."""
        page = self.links.get(self.rotation.on_call, "")
        return f"the on-call process ({page})" if page else "the on-call process"

    @property
    def rotation(self) -> Rotation:
        """The DRI's rotation."""
        return self.rotations[self.first_rotation]
