"""A year of the demo team with Handrail at work in it every week and every rule in mode `apply`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bench.lived import lived
from bench.replay_checks import (
    BACK,
    EXPECTED,
    NOTHING,
    SAID,
    SETTLED,
    doubled,
    fought,
    left,
    mentioned,
    taken_back,
    too_loud,
    unended,
)
from bench.replayed import Replay, Said
from bench.seasoned import Seasoned
from handrail.demo import NOW, DemoTeam
from handrail.model.actions import Action, AddLabels, Comment
from handrail.model.facts import Team
from handrail.model.history import Deed, Event
from handrail.model.journal import Record, State
from handrail.plan.letters import marker
from handrail.testing import PROJECT, Told, a_handbook, an_issue, at
from standin.access import READER
from standin.comments import comment
from standin.world import World

WEEK = timedelta(weeks=1)
ONE_A_WEEK = a_handbook({"acting.noise.per_thread": 1})
"""So few that it matters even where there is a round a week."""
EXPLAINED: dict[str, dict[str, set[str]]] = {
    "commands": {"not-yours": {SAID}},
    "date_claims": {"free-again": {SAID}, "without-a-day": {SAID}, "held": {NOTHING}},
    "direct_mentions": {"not-answered": {SAID}},
    "iteration_breakers": {"no-checklist": {NOTHING, SAID}, "evaluate": {NOTHING}},
    "milestone_planning": {
        "deliverable-by": {SAID, SETTLED},
        "left-over": {SETTLED},
        "no-news": {SAID, SETTLED},
        "over-capacity": {NOTHING},
        "to-schedule": {NOTHING},
    },
    "quarterly_planning": {"no-owner": {SAID}, "unscoped": {SETTLED}},
    "recurring_duties": {"nobody": {SAID}, "still-open": {SAID, SETTLED}},
    "red_default_branch": {
        "labels": {BACK},
        "over": {SAID, BACK, SETTLED},
        "stable-red": {BACK},
        "unresolved": {SAID},
    },
    "required_labels": {
        "no-group": {NOTHING, BACK},
        "no-priority": {NOTHING},
        "no-team": {BACK},
        "no-type": {NOTHING, BACK},
        "quarter": {BACK},
        "unplanned": {BACK},
    },
    "spikes": {"no-outcome": {SAID}},
    "support_clocks": {
        "date-changed": {NOTHING},
        "ended": {NOTHING},
        "ends-soon": {NOTHING},
        "overdue": {SAID, SETTLED},
        "supported": {NOTHING, SAID, BACK, SETTLED},
    },
    "test_plans": {"no-plan": {NOTHING, SAID, SETTLED}},
    "triage": {
        "answer-due": {SETTLED},
        "answered": {SETTLED},
        "due-soon": {NOTHING},
        "idle": {SETTLED},
        "overdue": {NOTHING},
        "partly-triaged": {NOTHING},
        "unanswered": {SAID, BACK},
        "untriaged": {NOTHING},
    },
    "unplanned_work": {"ask": {SAID}, "taken-in": {NOTHING}},
    "workflow_states": {
        "blocked-by-nothing": {SAID},
        "not-ready": {NOTHING},
        "unknown-state": {NOTHING},
        "went-back": {NOTHING},
    },
}
"""What may still be found in the end, and why."""


def test_after_a_year_nothing_is_left_to_do(tmp_path: Path) -> None:
    begins = NOW - 52 * WEEK
    with Replay(Seasoned(DemoTeam(300)), ONE_A_WEEK, tmp_path / "store", begins) as year:
        for week in range(53):
            year.step(begins + week * WEEK)
        year.until_quiet(rounds=5, days=14)
        evaluation, figures = year.evaluated(), year.figures
        assert evaluation.plan.actions == ()
        stays = left(evaluation, year.store.journal.known(NOW))
        unexplained = {
            (rule, code): why
            for (rule, code), whys in stays.items()
            if (why := whys - EXPLAINED.get(rule, {}).get(code, set()))
        }
        assert unexplained == {}
        assert set().union(*stays.values()) == EXPECTED
        before = figures.writes
        year.step(year.gitlab.world.now)
        assert figures.writes == before, "a round in which nothing has changed writes nothing"
        records, world = year.store.journal.records(), year.gitlab.world
        assert [*doubled(world)] == []
        assert [*too_loud(year.said, year.handbook)] == []
        assert [*fought(world, records)] == []
        assert [*unended(records)] == []
    # It was a year in which there was something to hold.
    assert figures.done.total() > 500
    assert {"comment", "add_labels", "remove_labels", "set_milestone", "close_item", "create_item"} <= {*figures.done}
    assert figures.held_back > 100
    assert taken_back(world) > 10
    assert sum(one.edits for one in year.said) > 0


# --- the checks find what they are there for --------------------------------------------------------------------


NOON = at("2026-06-02 12:00")
REF = f"{PROJECT}#1"
BOOK = a_handbook()
CALL = f"@gitlab-org/distribution {marker('red_default_branch', 'call-1')}"
ESCALATION = marker("red_default_branch", "escalation")


def said(*bodies: str, first: datetime = NOON, every: timedelta = timedelta(0), subject: str = REF) -> list[Said]:
    return [Said(first + number * every, subject, body) for number, body in enumerate(bodies)]


def others(body: str, *numbers: int) -> list[Said]:
    return [Said(NOON, f"{PROJECT}#{number}", body) for number in numbers]


def test_a_mention_is_what_gitlab_takes_for_one() -> None:
    text = "@nadia and @gitlab-org/distribution, see a@b.example. `@handrail` <!-- @mara --> (@ivo.)"
    assert mentioned(text) == ("nadia", "gitlab-org/distribution", "ivo")


@pytest.mark.parametrize(
    ("comments", "says"),
    [
        (said("@nadia", first=at("2026-06-02 17:00")), ["@nadia is not at work"]),
        (said("@nadia", first=at("2026-06-06 12:00")), ["@nadia is not at work"]),
        (said("@somebody", first=at("2026-06-02 22:00")), []),
        (said("Look", "Look"), []),
        (said("Look", "Look", "Look", every=timedelta(days=3)), ["it has 2 comments of ours of this week already"]),
        (said("Look", "Look", "Look", every=timedelta(days=3.5)), []),
        (said("Look", CALL, CALL, "Look", marker("red_default_branch", "over")), []),
        (said("Look", CALL, "Look", "Look"), ["it has 2 comments of ours of this week already"]),
        (said(CALL, first=at("2026-06-06 12:00")), []),
        (said(f"@erin {ESCALATION}", first=at("2026-06-06 12:00")), ["@erin is not at work"]),
        ([*said("@nadia"), *others("@nadia @mara", 2, 3)], []),
        ([*said("@nadia"), *others("@nadia @mara", 2, 3, 4)], ["@nadia has heard 3 times in a day already"]),
        ([*said("@nadia"), Said(NOON, REF, "@nadia, see", edits=True)], []),
        ([*said("@nadia"), Said(NOON, REF, "@mara", edits=True)], ["an edit calls @mara, who was not called before"]),
    ],
)
def test_what_is_too_loud_is_found(comments: Sequence[Said], says: list[str]) -> None:
    assert [one.partition(": ")[2] for one in too_loud(comments, BOOK)] == says


def a_world(*events: Event) -> World:
    return World(Told(((an_issue(1), events),), Team(NOON)))


def test_what_stands_twice_is_found() -> None:
    world = a_world()
    for topic in ("a", "b", "a"):
        comment(world, world.entries[REF], READER, f"Hello {marker('triage', topic)}")
    comment(world, world.entries[REF], "nadia", f"They said {marker('triage', 'b')}")
    comment(world, world.entries[REF], READER, "Hello")
    for number in (2, 3):
        world.create(an_issue(number, author=READER), []).description = marker("triage", "next")
    assert [*doubled(world)] == [
        f"{REF}: 2 comments of triage:a",
        f"{REF}: 1 comments of ours without a marker",
        "2 issues of triage:next",
    ]


def record(change: AddLabels | Comment, when: datetime = NOON, period: str = "", state: State = "confirmed") -> Record:
    action = Action("triage", "triage.whole", REF, change, "It lacks it.", period=period)
    return Record(1, action, state, "", "", when, sent_at=when)


def hour_by_hour(*deeds: tuple[str, Deed, str]) -> list[Event]:
    return [Event(NOON + timedelta(hours=hour), by, did, value) for hour, (by, did, value) in enumerate(deeds)]


def test_a_fight_over_a_label_is_found() -> None:
    ours: tuple[str, Deed, str] = (READER, "label_added", "spike")
    theirs: tuple[str, Deed, str] = ("nadia", "label_removed", "spike")
    spike, later = AddLabels(("bug", "spike")), NOON + timedelta(hours=2)
    again = a_world(*hour_by_hour(ours, theirs, ours))
    same = [record(spike), record(spike, later)]
    assert [*fought(again, same)] == [f"{REF}: label_added spike again on 2026-06-02"]
    assert taken_back(again) == 1
    assert [*fought(again, [record(spike), record(spike, later, "19.2")])] == []
    assert [*fought(a_world(*hour_by_hour(ours, theirs, (READER, "label_added", "bug"))), same)] == []


def test_what_has_not_ended_is_found() -> None:
    hello = Comment("hello", ("nadia",), "thank you", "Look?")
    assert [*unended([record(hello)])] == []
    states: tuple[State, ...] = ("proposed", "approved", "sent")
    for state in states:
        assert [*unended([record(hello, state=state)])] == [f"1 triage {REF}: {state}"]
    assert [*unended([record(hello, state="failed")])] == [f"1 triage {REF}: failed for no reason"]


def test_what_people_did_is_told_as_it_would_have_been_after_us() -> None:
    def deed(hour: int, by: str, did: Deed, value: str = "") -> Event:
        return Event(NOON + timedelta(hours=hour), by, did, value, bot=by in {READER, "gitlab-bot"})

    ours = [
        deed(0, READER, "label_added", "priority::2"),
        deed(0, READER, "milestone_set", "19.1"),
        deed(3, READER, "closed"),
    ]
    theirs = [
        deed(1, "gitlab-bot", "milestone_set", "19.1"),
        deed(2, "nadia", "label_added", "priority::2"),
        deed(2, "nadia", "label_added", "priority::1"),
        deed(4, "gitlab-bot", "milestone_set", "19.2"),
        deed(5, "nadia", "commented"),
        deed(6, "nadia", "closed"),
    ]
    assert [(event.by, event.did, event.value) for event in lived(theirs, ours)] == [
        (READER, "label_added", "priority::2"),
        (READER, "milestone_set", "19.1"),
        ("nadia", "label_removed", "priority::2"),
        ("nadia", "label_added", "priority::1"),
        (READER, "closed", ""),
        ("nadia", "reopened", ""),
        ("nadia", "commented", ""),
        ("nadia", "closed", ""),
    ]
