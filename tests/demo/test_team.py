"""The demo team as a whole: deterministic, of any size, life-like, and with something to show in every row."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.demo import (
    NOW,
    DemoTeam,
    cast_exceptions,
    cast_issues,
    cast_okrs,
    cast_reviews,
    cast_standing,
    fit,
    upstream,
)
from handrail.demo.calendar import CURRENT
from handrail.demo.slots import Slots
from handrail.engine.assemble import assemble
from handrail.engine.evaluate import evaluate
from handrail.errors import UserError
from handrail.handbook.load import load
from handrail.model.history import Event
from handrail.model.items import Issue, Item, MergeRequest, kind_of
from handrail.model.planning import red_branches
from handrail.model.support import Verdict
from handrail.rules.catalogue import findings, rules, whole_handbook
from handrail.rules.desk import Desk
from handrail.rules.work_queue import WorkQueue
from handrail.support.clocks import clocks_of
from handrail.worktime import release_calendar
from handrail.worktime.public_holidays import public_holidays

Told = tuple[Item, Sequence[Event]]


def everything(size: int = 600, people: int = 14) -> list[Told]:
    return list(DemoTeam(size, people).items(histories=True, closed=True))


@pytest.mark.parametrize(("size", "people"), [(300, 14), (600, 14), (1200, 50)])
def test_the_same_size_gives_the_same_stream(size: int, people: int) -> None:
    assert everything(size, people) == everything(size, people)
    assert DemoTeam(size, people).team() == DemoTeam(size, people).team()


@settings(max_examples=25)
@given(st.integers(300, 1500), st.sampled_from([14, 30]))
def test_any_size_has_that_many_items_each_with_its_own_reference(size: int, people: int) -> None:
    items = [item for item, _ in DemoTeam(size, people).items(histories=False, closed=True)]
    assert len(items) == size
    assert len({item.ref for item in items}) == size
    assert all(kind_of(item.ref) for item in items)
    opened = sum(item.state == "opened" for item in items)
    # Of the hand-written ones most are open: in a small demo they weigh more.
    assert 0.18 < opened / size < (0.4 if size < 600 else 0.34)


def test_open_items_alone_are_those_of_the_whole_stream() -> None:
    team = DemoTeam(900)
    opened = [item for item, _ in team.items(histories=True, closed=True) if item.state == "opened"]
    assert [item for item, events in team.items(histories=False, closed=False) if not events] == opened


def test_an_items_history_can_be_asked_for_alone_and_in_any_order() -> None:
    team = DemoTeam(700)
    for item, events in reversed(list(team.items(histories=True, closed=True))):
        assert list(team.history(item.ref)) == list(events)
    for ref in ("gitlab-org/omnibus-gitlab!1", "gitlab-org/nothing#3", "gitlab-org/omnibus-gitlab!x", ""):
        assert team.history(ref) == ()


@given(st.integers(100, 1_000_000), st.data())
def test_numbers_and_references_lead_to_each_other(count: int, data: st.DataObject) -> None:
    slots = Slots(count)
    number = data.draw(st.integers(0, count - 1))
    slot = slots.slot(number)
    assert slots.find(f"{slot.line}{slot.iid}") == number
    assert slots.number(slot.line, slot.rank) == number
    assert slots.ref(slot.line, slot.rank) == f"{slot.line}{slot.iid}"
    assert sum(slots.total.values()) == count
    if number + 1000 < count:
        assert slots.slot(number + 1000).iid > slot.iid


def test_numbers_rise_with_time() -> None:
    last: dict[str, Item] = {}
    team = DemoTeam(2000)
    for item, _ in list(team.items(histories=False, closed=True))[len(team._cast) :]:
        line = item.project + item.sigil
        if line in last:
            assert last[line].iid < item.iid
            assert last[line].created_at <= item.created_at
        last[line] = item


@pytest.mark.parametrize(("size", "people"), [(299, 14), (1_000_001, 14), (600, 13), (600, 1001)])
def test_a_size_that_cannot_be_is_refused(size: int, people: int) -> None:
    with pytest.raises(UserError, match="The demo team has"):
        DemoTeam(size, people)


def test_people_live_in_eight_zones_and_two_groups_under_calendars_that_are_known() -> None:
    people = DemoTeam().team().people
    assert len(people) == 14
    assert len({person.zone for person in people.values()}) == 8
    assert {group for person in people.values() for group in person.groups} == {"build", "deploy"}
    assert Counter(role for person in people.values() for role in person.roles) == {
        "engineer": 10,
        "staff_engineer": 2,
        "engineering_manager": 1,
        "product_manager": 1,
    }
    for person in people.values():
        assert person.country
        assert public_holidays(person.country, person.subdivision, range(2024, 2027))
        stretches = sorted((away.first, away.last) for away in person.away)
        assert all(first <= last for first, last in stretches)
        assert all(before[1] < after[0] for before, after in pairwise(stretches))


@pytest.mark.parametrize("count", [14, 15, 50, 200])
def test_more_people_are_the_same_people_and_others(count: int) -> None:
    people = DemoTeam(600, count).team().people
    assert len(people) == count
    assert list(people)[:14] == list(DemoTeam().team().people)
    assert sum(person.is_engineer for person in people.values()) == count - 2


def test_the_calendar_is_gitlabs() -> None:
    team = DemoTeam().team()
    dated = {milestone.title: milestone for milestone in team.milestones if milestone.start and milestone.due}
    assert CURRENT == "19.1"
    assert (dated[CURRENT].start, dated[CURRENT].due) == (date(2026, 5, 16), date(2026, 6, 12))
    assert {"17.11", "18.0", "18.11", "19.0"} < set(dated)
    assert min(milestone.start for milestone in dated.values() if milestone.start) <= date(2024, 6, 3)
    assert "Backlog" in {milestone.title for milestone in team.milestones} - set(dated)


def test_one_default_branch_is_red_and_its_incident_is_nobodys_yet() -> None:
    team = DemoTeam().team()
    assert all(pipeline.finished_at <= team.now for pipeline in team.pipelines)
    assert len({(pipeline.project, pipeline.id) for pipeline in team.pipelines}) == len(team.pipelines)
    (red,) = red_branches(team.projects, team.pipelines, team.now)
    incidents = [
        item
        for item, _ in DemoTeam().items(histories=False, closed=False)
        if "master:broken" in item.labels and item.project == red.project
    ]
    assert [incident.assignees for incident in incidents] == [()]
    assert red.since <= incidents[0].created_at
    past = [NOW - timedelta(hours=number) for number in range(24, 24 * 600, 50)]
    assert any(red_branches(team.projects, team.pipelines, moment) for moment in past)


def test_one_rotation_issue_a_week_and_the_last_one_open() -> None:
    weeks = [(item, events) for item, events in everything() if item.title.startswith("Distribution DRI rotation")]
    mondays = [date.fromisoformat(item.title[-10:]) for item, _ in weeks]
    assert all(monday.weekday() == 0 for monday in mondays)
    assert mondays == [mondays[0] + timedelta(weeks=number) for number in range(len(weeks))]
    assert (mondays[0], mondays[-1]) == (date(2024, 6, 3), date(2026, 6, 1))
    assert [item.state for item, _ in weeks] == ["closed"] * (len(weeks) - 1) + ["opened"]
    assert weeks[-1][0].assignees == ("ivo",)
    people = DemoTeam().team().people
    for number, (item, events) in enumerate(weeks):
        (username,) = item.assignees
        assert people[username].is_engineer
        if number:
            before, events_before = weeks[number - 1]
            assert before.closed_at is not None
            assert timedelta() <= item.created_at - before.closed_at < timedelta(minutes=5)
            assert events_before[-1].by == before.assignees[0] == item.author
        assert events[0].at == item.created_at


def test_people_act_in_their_office_hours_mostly() -> None:
    team = DemoTeam(1500)
    crew = team._crew
    acts = [
        crew.desk(event.by).holds(int(event.at.timestamp()))
        for _, events in team.items(histories=True, closed=True)
        for event in events
        if event.by in crew.people
    ]
    assert sum(acts) / len(acts) > 0.9


def test_bots_are_marked() -> None:
    bots = {event.by for _, events in everything() for event in events if event.bot}
    assert bots == {"gitlab-bot", "gitlab-renovate-bot"}
    assert not any(event.by in bots and not event.bot for _, events in everything() for event in events)


@pytest.mark.parametrize("size", [300, 600, 3000])
def test_every_row_of_the_page_has_something_to_show(size: int) -> None:
    handbook = load(None)
    snapshot = assemble(DemoTeam(size), handbook)
    queue = WorkQueue(snapshot, handbook)
    entries = [entry for person in snapshot.people for entry in queue.rank(person)]
    assert {row.row for row in handbook.work_queue.table} <= {entry.row for entry in entries}
    reasons = {reason.code for entry in entries for reason in entry.reasons}
    assert {"asked-again", "ask-maintainer", "maintainer-asked", "changes-requested", "merge"} <= reasons
    assert {"free", "claim-ended", "claim-yours", "not-started", "in-progress", "unplanned", "community"} <= reasons
    assert {"conflict", "stand-in", "nobody-asked", "other-group", "duty", "request", "passing", "passed"} <= reasons
    duties = {entry.row for entry in queue.rank("ivo") if entry.row.startswith("duty")}
    assert duties == {"duty-incidents", "duty-customers", "duty-questions", "duty-triage", "duty-mentions"}
    assert queue.rank("nadia")[1].item.title == "Sign SLES 15.6 repositories"
    assert any(waiting.reason.code == "blocked" for waiting in queue.waiting)
    assert any("a priority label" in finding.lacks for finding in queue.findings)
    for near in ("breaching", "near-breaching", "non-breaching"):
        whose = {entry.clock.whose for entry in entries if entry.clock and entry.clock.state == near}
        assert "" in whose, near
        assert whose - {""}, near


def test_the_team_follows_its_handbook_with_exceptions_for_every_rule() -> None:
    handbook = load(None, whole_handbook())
    snapshot = assemble(DemoTeam(), handbook, closed=True)
    made = evaluate(snapshot, handbook)
    assert len(made.plan.actions) >= 20
    assert len({action.rule for action in made.plan.actions}) >= 7
    # It is not the third month of a quarter, and somebody has each of the weeks to come.
    nothing_for = {"quarterly_planning", "rotation_gaps"}
    assert {one.rule for one in made.findings} >= set(rules()) - nothing_for
    exceptions = {one.subject for one in made.findings} & {item.ref for item in snapshot.items}
    assert len(exceptions) < len(snapshot.items) / 3


def test_no_two_of_the_hand_written_items_have_one_reference() -> None:
    tellers = (
        cast_reviews.reviews, cast_issues.issues, cast_standing.standing_tasks, cast_okrs.okrs,
        cast_exceptions.exceptions, upstream.tracking,
    )  # fmt: skip
    refs = Counter(item.ref for tell in tellers for item, _ in tell())
    assert [ref for ref, count in refs.items() if count > 1] == []


def test_what_came_out_upstream_shows_every_verdict_that_facts_alone_lead_to() -> None:
    """A hold is a handbook's word."""
    handbook = load(None, whole_handbook())
    snapshot = assemble(DemoTeam(), handbook)
    verdicts = Counter(one.verdict for one in clocks_of(snapshot, handbook.support))
    assert {*verdicts} == {*get_args(Verdict)} - {"held"}
    assert verdicts["met"] > verdicts["missed"] + verdicts["overdue"], "exceptions stay exceptions"
    assert {one.product for one in snapshot.published} == {*handbook.support.products}
    for told in snapshot.published:
        assert told.released is not None
        assert told.released <= told.seen.date() <= NOW.date(), told
    for has in snapshot.support:
        ours = release_calendar.milestone(has.milestone)
        assert ours is not None, has
        assert ours.release <= NOW.date(), has


@pytest.mark.parametrize("size", [300, 1500, 6000])
def test_in_a_larger_team_the_exceptions_stay_exceptions(size: int) -> None:
    handbook = load(None, whole_handbook())
    snapshot = assemble(DemoTeam(size), handbook, closed=True)
    found = findings(Desk(snapshot, handbook))
    for rule in ("required_labels", "triage", "workflow_states", "test_plans", "reviewers"):
        those = {one.subject for one in found if one.rule == rule} & {item.ref for item in snapshot.items}
        assert len(those) < len(snapshot.items) / 6, rule


def test_the_stream_is_varied() -> None:
    items = everything(3000)
    labels = Counter(label for item, _ in items for label in item.labels)
    for label in ("Deliverable", "Unplanned", "spike", "customer", "incident", "Community contribution", "group::geo"):
        assert labels[label], label
    for scope, values in (
        ("workflow", ("ready for review", "in review", "in dev", "blocked", "verification", "ready for development")),
        ("priority", "1234"),
        ("severity", "1234"),
        ("type", ("bug", "feature", "maintenance")),
        ("group::distribution", ("build", "deploy")),
        ("FY27", ("Q1", "Q2")),
    ):
        for value in values:
            assert labels[f"{scope}::{value}"], (scope, value)
    assert any(label.startswith("missed:") for label in labels)
    assert len({item.title for item, _ in items}) > 700
    assert any(isinstance(item, Issue) and item.blocked_by for item, _ in items)
    assert any(item.mentioned_since for item, _ in items)
    assert any(isinstance(item, MergeRequest) and item.draft for item, _ in items)
    assert any(item.confidential for item, _ in items)


def test_two_projects_stand_to_each_other_as_fitted() -> None:
    omnibus, charts = (fit.LINES[f"gitlab-org/{path}!"] for path in ("omnibus-gitlab", "charts/gitlab"))
    corpus = fit.OMNIBUS_TO_CHARTS
    assert omnibus / (omnibus + charts) == pytest.approx(corpus[0] / sum(corpus), abs=0.01)
    assert sum(fit.LINES.values()) == 1000
