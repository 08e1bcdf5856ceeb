"""Taking the history back agrees, at every step, with a simulator that only ever goes forward."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as evolve
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handrail.model.derive import as_of, derived
from handrail.model.history import Deed, Event
from handrail.model.items import Command, Issue, Item, MergeRequest, Part, Reviewer, ReviewState, Stay, Thread
from handrail.rules.work_queue import WorkQueue
from handrail.testing import NOW, a_handbook, a_merge_request, a_snapshot, an_issue

PEOPLE = ("nadia", "mara", "ivo")
LABELS = ("workflow::ready for review", "workflow::in review", "Deliverable")
START = NOW - timedelta(days=40)
STATES: tuple[ReviewState, ...] = ("review_started", "reviewed", "requested_changes")


@dataclass
class World:
    """An item as it becomes, one legal event after the other; nothing here looks back."""

    at: datetime = START
    labels: set[str] = field(default_factory=set)
    assignees: set[str] = field(default_factory=set)
    milestone: str | None = None
    status: str | None = None
    draft: bool = False
    closed: bool = False
    reviewers: dict[str, Reviewer] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)
    threads: dict[str, Thread] = field(default_factory=dict)
    put_on: dict[str, str] = field(default_factory=dict)
    came_off: list[str] = field(default_factory=list)
    status_before: str | None = None
    stays: list[Stay] = field(default_factory=list)
    acts: dict[str, datetime] = field(default_factory=dict)
    said: dict[tuple[str, datetime], str] = field(default_factory=dict)
    commands: list[tuple[str, datetime, str, tuple[Part, ...]]] = field(default_factory=list)
    ended: datetime | None = None
    events: list[Event] = field(default_factory=list)

    def tell(self, by: str, did: Deed, value: str = "", *, bot: bool = False) -> None:
        self.events.append(Event(self.at, by, did, value, bot))
        if did != "pushed":
            self.acts[by] = self.at

    def toggle_label(self, who: str, number: int) -> None:
        label = LABELS[number % len(LABELS)]
        if label in self.labels:
            self.tell(who, "label_removed", label)
            self.came_off.append(label)
        else:
            self.tell(who, "label_added", label)
            self.put_on[label] = who
        self.labels ^= {label}

    def toggle_assignee(self, who: str, number: int) -> None:
        name = PEOPLE[number % len(PEOPLE)]
        self.tell(who, "unassigned" if name in self.assignees else "assigned", name)
        self.assignees ^= {name}

    def plan(self, who: str, number: int) -> None:
        title = ("", "19.0", "19.1")[number % 3]
        self.tell(who, "milestone_set", title)
        if title and title != self.milestone:
            self.stays.append(Stay(title, self.at))
        self.milestone = title or None

    def set_status(self, who: str, number: int) -> None:
        status = ("In dev", "In review", "Blocked")[number % 3]
        if status != self.status:
            self.status_before = self.status
        self.status = status
        self.tell(who, "status_set", status)

    def toggle_draft(self, who: str, number: int) -> None:
        self.draft = not self.draft
        self.tell(who, "drafted" if self.draft else "undrafted")

    def toggle_open(self, who: str, number: int) -> None:
        self.closed = not self.closed
        self.ended = self.at if self.closed else None
        self.tell(who, "closed" if self.closed else "reopened")

    def ask(self, who: str, number: int) -> None:
        name = PEOPLE[number % len(PEOPLE)]
        self.tell(who, "review_requested", name)
        requests = self.reviewers[name].requests + 1 if name in self.reviewers else 1
        self.reviewers[name] = Reviewer(name, "unreviewed", self.at, None, requests)

    def unask(self, who: str, number: int) -> None:
        name = PEOPLE[number % len(PEOPLE)]
        if name in self.reviewers:
            self.tell(who, "review_removed", name)
            del self.reviewers[name]

    def answers(self, who: str, state: ReviewState | None) -> None:
        if who in self.reviewers:
            last = self.reviewers[who]
            self.reviewers[who] = replace(last, state=state or last.state, responded_at=last.responded_at or self.at)

    def review(self, who: str, number: int) -> None:
        if who in self.reviewers:
            state = STATES[number % len(STATES)]
            self.tell(who, "reviewed", state)
            self.answers(who, state)

    def approve(self, who: str, number: int) -> None:
        self.tell(who, "approved")
        self.approved.add(who)
        self.answers(who, "approved")

    def unapprove(self, who: str, number: int) -> None:
        if who in self.approved:
            self.tell(who, "unapproved")
            self.approved.remove(who)
            self.answers(who, "unapproved")

    def comment(self, who: str, number: int) -> None:
        thread = f"t{number % 4}" if number % 4 else ""
        self.tell(who, "commented", thread)
        self.said[who, self.at] = thread
        self.answers(who, None)
        if thread:
            self.threads[thread] = Thread(thread, who, self.at)

    def command(self, who: str, number: int) -> None:
        self.comment(who, number)
        self.tell(who, "commanded", f"snooze {number}")
        parts: dict[Part, bool] = {"assignee": who in self.assignees, "reviewer": who in self.reviewers}
        self.commands.append((who, self.at, f"snooze {number}", tuple(part for part, was in parts.items() if was)))

    def resolve(self, who: str, number: int) -> None:
        thread = f"t{number % 4}"
        if self.threads.pop(thread, None):
            self.tell(who, "thread_resolved", thread)

    def push(self, who: str, number: int) -> None:
        self.tell(who, "pushed")

    def issue(self) -> Issue:
        """As GitLab states it, without any derived instant."""
        return an_issue(
            1,
            *sorted(self.labels),
            created_at=START,
            milestone=self.milestone,
            status=self.status,
            assignees=tuple(sorted(self.assignees)),
            state="closed" if self.closed else "opened",
            closed_at=self.ended,
        )

    def merge_request(self) -> MergeRequest:
        """As GitLab states it: reviewers have a state, but no instants."""
        return a_merge_request(
            1,
            *sorted(self.labels),
            created_at=START,
            author="timo",
            milestone=self.milestone,
            assignees=tuple(sorted(self.assignees)),
            draft=self.draft,
            reviewers=tuple(Reviewer(r.username, r.state) for r in self.reviewers.values()),
            approved_by=tuple(sorted(self.approved)),
            state="closed" if self.closed else "opened",
            closed_at=self.ended,
        )


ACTIONS: tuple[Callable[[World, str, int], None], ...] = (
    World.toggle_label,
    World.toggle_assignee,
    World.plan,
    World.set_status,
    World.toggle_draft,
    World.toggle_open,
    World.ask,
    World.ask,
    World.unask,
    World.review,
    World.approve,
    World.unapprove,
    World.comment,
    World.command,
    World.resolve,
    World.push,
)
Step = tuple[Callable[[World, str, int], None], str, int, int]
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(st.sampled_from(ACTIONS), st.sampled_from(PEOPLE), st.integers(0, 11), st.integers(0, 1500)), max_size=25
)


@dataclass(frozen=True)
class Known:
    """What an item was at a moment, with everything unordered as sets."""

    labels: frozenset[str]
    assignees: frozenset[str]
    milestone: str | None
    label_by: dict[str, str]
    label_before: dict[str, str]
    milestones: tuple[Stay, ...]
    acted: dict[str, datetime]
    others: dict[str, datetime]
    commands: tuple[Command, ...]
    own: tuple[object, ...]


def known(item: Item) -> Known:
    own: tuple[object, ...]
    if isinstance(item, MergeRequest):
        own = item.draft, frozenset(item.reviewers), frozenset(item.approved_by), frozenset(item.threads)
    else:
        assert isinstance(item, Issue)
        own = item.status, item.status_before
    return Known(
        frozenset(item.labels),
        frozenset(item.assignees),
        item.milestone,
        item.label_by,
        item.label_before,
        item.milestones,
        item.acted,
        item.others,
        item.commands,
        own,
    )


def states(world: World) -> tuple[Known, Known]:
    """The world as it is, as an issue's and as a merge request's facts."""
    issue = Known(
        frozenset(world.labels),
        frozenset(world.assignees),
        world.milestone,
        {label: world.put_on[label] for label in world.labels},
        {label: other for label in world.labels for other in [other_off(label, world.came_off)] if other},
        tuple(world.stays) if len(world.stays) > 1 or world.milestone else (),
        {name: world.acts[name] for name in world.assignees if name in world.acts},
        {name: at for name, at in world.acts.items() if name not in world.assignees},
        commands_of(world, "assignee"),
        (world.status, world.status_before),
    )
    review = (
        world.draft,
        frozenset(world.reviewers.values()),
        frozenset(world.approved),
        frozenset(world.threads.values()),
    )
    return issue, evolve(issue, own=review, commands=commands_of(world, "assignee", "reviewer"))


def commands_of(world: World, *there: Part) -> tuple[Command, ...]:
    """The commands, with what those who gave them were of what there is on such an item."""
    return tuple(
        Command(by, at, text, world.said[by, at], was=tuple(part for part in was if part in there))
        for by, at, text, was in world.commands
    )


def other_off(label: str, came_off: Sequence[str]) -> str:
    """Of the two workflow labels the other one, once it came off."""
    return next((other for other in LABELS[:2] if label in LABELS[:2] and other != label and other in came_off), "")


def play(steps: Sequence[Step]) -> tuple[World, dict[datetime, tuple[Known, Known] | None]]:
    """The world after all steps, and what it was after each; None while closed."""
    world = World()
    film: dict[datetime, tuple[Known, Known] | None] = {START: states(world)}
    for act, who, number, minutes in steps:
        world.at += timedelta(minutes=minutes)
        act(world, who, number)
        film[world.at] = None if world.closed else states(world)
    return world, film


@given(STEPS)
def test_an_item_as_it_was_is_what_the_simulator_was_at_every_step(steps: list[Step]) -> None:
    world, film = play(steps)
    moments = sorted(film)
    for moment, nxt in zip(moments, [*moments[1:], world.at + timedelta(days=1)], strict=True):
        expected = film[moment]
        for at in {moment, nxt - timedelta(seconds=1)} if nxt > moment else {moment}:
            issue, mr = as_of(world.issue(), world.events, at), as_of(world.merge_request(), world.events, at)
            if expected is None:
                assert issue is mr is None
            else:
                assert issue is not None
                assert mr is not None
                assert (known(issue), known(mr)) == expected


@given(STEPS)
def test_an_item_that_had_ended_by_then_is_told_as_it_ended(steps: list[Step]) -> None:
    world = World()
    film: dict[datetime, datetime | None] = {}
    for act, who, number, minutes in steps:
        world.at += timedelta(minutes=minutes)
        act(world, who, number)
        film[world.at] = world.ended
    for moment, ended in film.items():
        found = as_of(world.issue(), world.events, moment, START)
        assert found is not None
        assert (found.state, found.closed_at) == ("closed" if ended else "opened", ended)
        if ended:
            assert as_of(world.issue(), world.events, moment, ended + timedelta(seconds=1)) is None


@given(STEPS)
def test_as_of_the_last_moment_is_what_derives_from_the_whole_history(steps: list[Step]) -> None:
    world, _ = play(steps)
    for item in (world.issue(), world.merge_request()):
        now = as_of(item, world.events, world.at)
        assert now == (None if world.closed else derived(item, world.events))


@given(STEPS)
def test_deriving_twice_changes_nothing(steps: list[Step]) -> None:
    world, _ = play(steps)
    for item in (world.issue(), world.merge_request()):
        once = derived(item, world.events)
        assert derived(once, world.events) == once


@given(STEPS, st.integers(0, 40), st.integers(0, 40))
def test_a_moment_looks_the_same_from_any_later_one(steps: list[Step], first: int, second: int) -> None:
    world, _ = play(steps)
    early, late = (START + timedelta(days=day) for day in sorted((first, second)))
    past = [event for event in world.events if event.at <= late]
    for item in (world.issue(), world.merge_request()):
        between = as_of(item, world.events, late)
        if between is not None and past:
            assert as_of(between, past, early) == as_of(item, world.events, early)


@given(STEPS, st.integers(0, 25))
def test_a_history_that_begins_late_still_tells_every_moment_since(steps: list[Step], cut: int) -> None:
    world, film = play(steps)
    kept = world.events[cut:]
    item = world.issue()
    for moment, expected in film.items():
        if not kept or moment < kept[0].at or expected is None:
            continue
        found = as_of(item, kept, moment)
        assert found is not None
        assert (frozenset(found.labels), frozenset(found.assignees)) == (expected[0].labels, expected[0].assignees)


NOISE = st.lists(
    st.tuples(
        st.sampled_from(["pushed", "commented"]),
        st.sampled_from((*PEOPLE, "timo", "gitlab-bot")),
        st.sampled_from(["", "t1", "t2"]),
        st.integers(0, 40 * 24),
    ),
    min_size=1,
    max_size=6,
)


def with_noise(events: Sequence[Event], noise: Sequence[tuple[str, str, str, int]]) -> list[Event]:
    """The events with pushes and rebases by anybody, and notes that a bot wrote in anybody's name, in between."""
    told = list(events)
    for did, by, thread, hours in noise:
        when = START + timedelta(hours=hours)
        told.append(Event(when, by, "pushed") if did == "pushed" else Event(when, by, "commented", thread, bot=True))
    return sorted(told, key=lambda event: event.at)


@given(STEPS, NOISE)
def test_pushes_rebases_and_bot_notes_move_no_clock_and_no_decision(
    steps: list[Step], noise: list[tuple[str, str, str, int]]
) -> None:
    world, _ = play([step for step in steps if step[0] is not World.toggle_open])
    handbook = a_handbook()
    for item in (world.issue(), world.merge_request()):
        quiet = derived(item, world.events)
        loud = derived(item, with_noise(world.events, noise))
        if isinstance(quiet, MergeRequest):
            loud = replace(loud, pushed_at=quiet.pushed_at)  # no clock and no queue reads it
        assert loud == quiet
        decided = [WorkQueue(a_snapshot(one, handbook=handbook), handbook).consider(one) for one in (quiet, loud)]
        assert decided[0] == decided[1]
