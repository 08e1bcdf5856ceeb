"""The shape of a handbook. Each class is one block of the YAML file; the page's own values are in distribution.yml.

Plain frozen dataclasses, declared once: pydantic checks a file against them and writes the JSON Schema, msgspec reads
their compiled form back without pydantic (docs/decisions/0003). Unknown keys are errors everywhere.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, Len

from handrail.model.asked import Way
from handrail.model.people import Person, Weekday

_STRICT = {"extra": "forbid"}
Text = Annotated[str, Len(1)]
STATE = "a workflow state"
State = Annotated[Text, STATE]
"""One of the ``workflow.states``, in any case: loading refuses other words, in a rule's settings too."""
Hour = Annotated[str, Len(5, 5)]
"""A local time of day, "09:00"."""


@dataclass(frozen=True)
class TeamBlock:
    """The team as a whole: its hours count where nobody is named."""

    __pydantic_config__ = _STRICT

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

    __pydantic_config__ = _STRICT

    says: Text
    """As people read it: “dependency updates”."""
    labels: tuple[Text, ...] = ()
    """An item with one of these is about it."""
    words: tuple[Text, ...] = ()
    """Words of a title, lower case, that speak for it."""


@dataclass(frozen=True)
class Group:
    """A group of the team, its label, and what it answers for."""

    __pydantic_config__ = _STRICT

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

    __pydantic_config__ = _STRICT

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

    __pydantic_config__ = _STRICT

    path: Text
    """The path of the project or group on GitLab, like ``group/project``."""
    labels: tuple[Text, ...] = ()
    """Only items with one of these; none: all."""
    only: Literal["epics"] | None = None
    """``epics`` of a group, and nothing else of it; nothing: all."""


@dataclass(frozen=True)
class RequiredLabel:
    """A label, or one of a scope, that items need: always, or when ``when`` holds in the eyes of a person."""

    __pydantic_config__ = _STRICT

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

    __pydantic_config__ = _STRICT

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
class Workflow:
    """The states of work. An issue's state is its Status where that is one of them, else its label of ``scope``."""

    __pydantic_config__ = _STRICT

    scope: Text
    """The scope of the labels that tell an issue's state."""
    states: tuple[Text, ...]
    """Of issues, in order; the page lets a team skip some."""
    in_progress: tuple[State, ...]
    """The states in which an assigned issue is being worked on."""
    blocked: State
    """The state of an issue that waits for something else."""
    ready_for_review: Text
    """The label of a merge request that anyone may pick up for review."""
    in_review: Text
    """The label of a merge request under review; it stays through the rounds."""

    def knows(self, status: str | None) -> bool:
        """Whether a Status is one of the states, however it is written."""
        return (status or "").casefold() in {state.casefold() for state in (*self.states, self.blocked)}


@dataclass(frozen=True)
class Grade:
    """One priority or severity: its number (1 is the highest) and within how many days it should be done."""

    __pydantic_config__ = _STRICT

    rank: Annotated[int, Ge(1)]
    """1 is the highest."""
    days: Annotated[int, Gt(0), Le(3660)] | None = None
    """Days within which it should be done; nothing: no clock."""


@dataclass(frozen=True)
class Row:
    """One row of the priority table: what to do with what, at which level. Closed fields, all of which must fit."""

    __pydantic_config__ = _STRICT

    row: Text
    """Its name, shown in JSON and by explain."""
    level: Annotated[int, Ge(1), Le(7)]
    """1 is done first; an item that fits several rows is at the lowest of their levels."""
    do: Literal["unblock", "pick up for review", "work on", "pick up"]
    """What the queue says to do with it."""
    kind: Literal["issue", "merge request"]
    """Which kind of item it is about."""
    stage: Literal["in review", "ready for review", "in progress", "available"]
    """How far the item is, for the person whose queue it is."""
    clause: Text
    priority: Annotated[int, Ge(1)] | None = None
    """The rank the item's priority has to have; nothing: any, or none."""
    slo: Literal["breaching", "near-breaching", "non-breaching"] | None = None
    """How the item's review clock has to stand; nothing: anyhow."""
    labels: tuple[Text, ...] = ()
    """All of these, or what `counts_as` takes in their place."""


@dataclass(frozen=True)
class ReviewSlo:
    """How soon a review is answered, in business days of 8 hours, and from which share of it on it nears breaching."""

    __pydantic_config__ = _STRICT

    business_days: Annotated[float, Gt(0)]
    """For the team's own merge requests."""
    elsewhere_business_days: Annotated[float, Gt(0)]
    """For merge requests of other groups that wait for someone of the team."""
    near: Annotated[float, Gt(0), Le(1)]
    """The share of the time from which on a review is near breaching."""
    clause: Text


@dataclass(frozen=True)
class Availability:
    """When an unassigned issue may be picked up, and by whom."""

    __pydantic_config__ = _STRICT

    milestone: Literal["current", "any"]
    """Whether it has to be in a running milestone to stand in a queue."""
    unassigned_milestone: Literal["current", "any"]
    """The same for the list of all unassigned issues."""
    states: tuple[State, ...]
    """The states it needs; none: any."""
    open_to: Literal["team", "group"]
    """Who sees what nobody has: the whole team, or only the item's group."""
    clause: Text


@dataclass(frozen=True)
class StandIns:
    """Who takes a turn whose owner is away for longer than ``after_business_days``."""

    __pydantic_config__ = _STRICT

    after_business_days: Annotated[float, Ge(0)]
    """So long a turn waits for whoever is away."""
    author: Literal["reviewers", "group", "team"]
    """In place of an author."""
    reviewer: Literal["maintainers", "group", "team"]
    """In place of a reviewer."""
    maintainer: Literal["maintainers", "group", "team"]
    """In place of a maintainer."""


@dataclass(frozen=True)
class RedDefaultBranch:
    """A red default branch: before all other work, until somebody has taken it."""

    __pydantic_config__ = _STRICT

    row: Text
    """Its name, shown in JSON and by explain."""
    do: Text
    """What the queue says to do with it."""
    clause: Text
    triage_hours: Annotated[float, Gt(0)]
    """Hours within which somebody has taken it; days off do not count, nights do."""
    resolve_hours: Annotated[float, Gt(0)]
    """Hours from then on within which it is green, counted alike."""
    ping_minutes: tuple[Annotated[int, Gt(0)], ...]
    """Minutes after which the group is called, while nobody has said a word."""
    escalate_minutes: Annotated[int, Gt(0)]
    """Minutes after which the managers are called, if nobody has taken it."""


@dataclass(frozen=True)
class WorkQueue:
    """The page's prioritisation: the table, and the settings its words depend on."""

    __pydantic_config__ = _STRICT

    red_default_branch: RedDefaultBranch
    table: Annotated[tuple[Row, ...], Len(1)]
    """The priority table, from top to bottom."""
    counts_as: dict[str, tuple[Text, ...]]
    """A row that asks for a label also takes an item with one of these in its place."""
    review_slo: ReviewSlo
    available: Availability
    stand_ins: StandIns


@dataclass(frozen=True)
class Triage:
    """Which issues wait for triage, and what ends the states in between (label, lower case: days)."""

    __pydantic_config__ = _STRICT

    not_labels: tuple[Text, ...]
    """An issue with one of these does not wait for triage, in any case of letters."""
    timers_days: dict[str, Annotated[int, Gt(0), Le(3660)]]
    """Days that such a label, written in lower case, may stay on."""
    clause: Text
    stale_label: str = ""
    """Put on what is told that it has been quiet for too long; without it nothing is closed for that."""


@dataclass(frozen=True)
class Duty:
    """One duty of the person on duty. ``looks_at`` tells which facts it is read from; nothing: no facts yet."""

    __pydantic_config__ = _STRICT

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
class Step:
    """A step of a procedure that the page describes."""

    __pydantic_config__ = _STRICT

    says: Text
    """What is to be done, for people."""
    clause: Text
    who: str = ""
    """Whose it is, for people."""


@dataclass(frozen=True)
class Redirect:
    """Where somebody who is not on duty sends what they are asked."""

    __pydantic_config__ = _STRICT

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

    __pydantic_config__ = _STRICT

    hours: Annotated[float, Gt(0), Le(80)] = 8
    """For an ordinary request."""
    urgent_hours: Annotated[float, Gt(0), Le(80)] = 1
    """For an urgent one."""


@dataclass(frozen=True)
class Rotation:
    """A duty that people take in turns: its shift, its issue, its duties in order, and what is asked of its holder.

    Duties, options, redirects and answers are read of the first rotation alone, the DRI's.
    """

    __pydantic_config__ = _STRICT

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
    handoff_time: Hour = "09:00"
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


@dataclass(frozen=True)
class QuarterStep:
    """A step of quarterly planning, in days of the quarter's third month; no last day: its last business day."""

    __pydantic_config__ = _STRICT

    who: Text
    """Whose step it is, for people."""
    says: Text
    """What is to be done, for people."""
    clause: Text
    from_day: Annotated[int, Ge(1), Le(31)]
    """The day of the month from which on it is due."""
    to_day: Annotated[int, Ge(1), Le(31)] | None = None
    """The day by which it is done; nothing: the last business day."""


@dataclass(frozen=True)
class Planning:
    """Quarters, milestones and what rolls over."""

    __pydantic_config__ = _STRICT

    fiscal_year_starts: Annotated[int, Ge(1), Le(12)]
    """The month, by number."""
    quarter_label: Text
    """The label of a fiscal quarter: ``{year}`` has two digits, ``{quarter}`` one."""
    quarterly: tuple[QuarterStep, ...]
    """The steps of planning a quarter, in its predecessor's third month."""
    undated_milestones: tuple[Text, ...]
    """Milestones that are meant to have no dates."""
    rollover: tuple[Step, ...]
    """The steps at a milestone's end, for people."""
    missed_label: Text
    """Put on what moves on: ``{milestone}`` is the one that it missed."""
    missed_deliverable_label: Text
    """Put on a Deliverable that moves on."""
    unplanned: tuple[Step, ...]
    """The steps of a request that nobody planned, for people."""


@dataclass(frozen=True)
class Breaker:
    """What a piece of work calls for after so many milestones without meeting its success criteria."""

    __pydantic_config__ = _STRICT

    milestones: Annotated[int, Gt(0)]
    """So many milestones that ended without the criteria met."""
    calls_for: Text
    """What follows then, as the end of a sentence."""
    clause: Text


@dataclass(frozen=True)
class SupportPolicy:
    """By when something released upstream is supported: in milestones or in calendar months after its release."""

    __pydantic_config__ = _STRICT

    says: Text
    """What the class holds, for people."""
    clause: Text
    milestones: Annotated[int, Gt(0)] | None = None
    """Milestones within which it is supported."""
    target_milestones: Annotated[int, Gt(0)] | None = None
    """Milestones that are aimed at, where that is sooner."""
    months: Annotated[int, Gt(0)] | None = None
    """Calendar months within which it is supported."""


@dataclass(frozen=True)
class Support:
    """The dependency maintenance policy, by class of what is supported."""

    __pydantic_config__ = _STRICT

    reading: Literal["nth_release_after", "milestone_in_progress_is_0", "calendar_months"]
    """How milestones are counted from a release on."""
    policies: dict[str, SupportPolicy]
    """The classes."""
    kubernetes_window: Annotated[int, Gt(0)]
    """Releases of Kubernetes that are supported at a time."""
    eol_notice_months: Annotated[int, Ge(0)]
    """Months before a system's end of life from which on it is said."""


@dataclass(frozen=True)
class RuleSettings:
    """What every rule has: what becomes of its findings. A rule's own settings stand in its module, beside its words.

    ``off``: the rule is not asked. ``report``: it says what it finds. ``propose``: what would mend it waits for a
    person's yes. ``apply``: it is done.
    """

    __pydantic_config__ = _STRICT

    mode: Literal["off", "report", "propose", "apply"] = "propose"


@dataclass(frozen=True)
class Noise:
    """How often, and when, people are spoken to. What does not fit waits, or stands in their `next` instead."""

    __pydantic_config__ = _STRICT

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

    __pydantic_config__ = _STRICT

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

    __pydantic_config__ = _STRICT

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

    __pydantic_config__ = _STRICT

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
    """Pages that ``handrail handbook --links`` shows, by name."""
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
