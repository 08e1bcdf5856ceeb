"""Recurring duties: what is opened for which period, once; what nobody has; what stays open."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.handbook.schema import Source
from handrail.model.actions import Comment, CreateItem
from handrail.model.findings import Finding
from handrail.model.items import Item
from handrail.model.people import Away, Person
from handrail.model.planning import Milestone
from handrail.rules.desk import Desk
from handrail.rules.recurring_duties import Task
from handrail.rules.standing_periods import Every, Period, ended_before, period_on
from handrail.testing import PEOPLE, a_handbook, a_merge_request, a_snapshot, an_issue, at, check_rule, told

TASKS = "gitlab-org/distribution/team-tasks"
EVERY: tuple[Every, ...] = ("release", "month", "quarter", "week")


def a_task(every: Every = "month", title: str = "Look around in {month}", **more: object) -> Task:
    return Task("build", every, title, "team-tasks", "Look at everything.", **more)  # type: ignore[arg-type]


def found(
    *items: Item,
    task: Task | None = None,
    now: str = "2026-06-02 14:00",
    milestones: tuple[Milestone, ...] = (),
    changes: dict[str, object] | None = None,
) -> list[Finding]:
    tasks = {"look around": task or a_task()}
    book = a_handbook({"rules.recurring_duties.tasks": tasks, **(changes or {})})
    return check_rule("recurring_duties", a_snapshot(*items, now=at(now), milestones=milestones, handbook=book), book)


def opened(findings: list[Finding]) -> list[CreateItem]:
    changes = [remedy.change for one in findings for remedy in one.remedies]
    return [change for change in changes if isinstance(change, CreateItem)]


def comments(findings: list[Finding]) -> list[Comment]:
    changes = [remedy.change for one in findings for remedy in one.remedies]
    return [change for change in changes if isinstance(change, Comment)]


# --- opening -----------------------------------------------------------------------------------------


def test_a_task_without_an_issue_is_opened_under_its_groups_label() -> None:
    (one,) = found(task=a_task(labels=("type::maintenance",)))
    assert (one.code, one.subject, one.severity) == ("to-open", TASKS, "note")
    assert one.says == (
        "“Look around in June 2026” is a standing task of Distribution:Build every month, due by Tue 30 Jun, and has "
        "no issue yet."
    )
    assert one.who == ("erin", "paul")
    assert one.evidence[0].what == "June 2026 began on Mon 1 Jun"
    (change,) = opened([one])
    assert change == CreateItem(
        "look-around-June-2026",
        "Look around in June 2026",
        "Look at everything.\n\nA standing task of Distribution:Build for June 2026, due by 2026-06-30.",
        ("group::distribution", "group::distribution::build", "type::maintenance", "FY27::Q2"),
    )


def test_a_releases_task_has_its_milestone_and_the_quarter_of_its_release() -> None:
    task = a_task("release", "Look around for {milestone}")
    one = Milestone("19.1", date(2026, 5, 16), date(2026, 6, 12))
    two = Milestone("19.2", date(2026, 6, 13), date(2026, 7, 10))
    (now,) = opened(found(task=task, milestones=(one, two)))
    assert (now.title, now.milestone, now.labels[-1]) == ("Look around for 19.1", "19.1", "FY27::Q2")
    (ahead,) = opened(found(task=task, now="2026-06-10 09:00", milestones=(one, two)))
    assert (ahead.title, ahead.milestone) == ("Look around for 19.2", "19.2")
    (later,) = opened(found(task=task, now="2026-06-09 09:00", milestones=(one, two)))
    assert later == now
    (bare,) = opened(found(task=task))  # GitLab does not have the milestone
    assert (bare.title, bare.milestone, bare.labels[-1]) == ("Look around for 19.1", None, "FY27::Q2")


def test_gitlabs_own_milestones_win_and_what_is_not_there_yet_is_not_opened() -> None:
    task = a_task("release", "Look around for {milestone}")
    one = Milestone("19.1", date(2026, 5, 1), date(2026, 6, 20))
    two = Milestone("19.2", date(2026, 6, 21), date(2026, 7, 20))
    assert [change.title for change in opened(found(task=task, now="2026-06-18 09:00", milestones=(one, two)))] == [
        "Look around for 19.2"
    ]
    assert [change.title for change in opened(found(task=task, now="2026-06-02 09:00", milestones=(one,)))] == [
        "Look around for 19.1"
    ]
    there = an_issue(1, project=TASKS, title="Look around for 19.1", assignees=("nadia",))
    assert found(there, task=task, now="2026-06-19 09:00", milestones=(one,)) == []
    assert found(task=task, now="2026-07-25 09:00", milestones=(one,)) == []


def test_a_release_goes_before_other_milestones_that_run() -> None:
    sprint = Milestone("Sprint 12", date(2026, 6, 1), date(2026, 6, 14))
    release = Milestone("19.1", date(2026, 5, 16), date(2026, 6, 12))
    desk = Desk(a_snapshot(milestones=(sprint, release)), a_handbook())
    assert desk.milestone_on(date(2026, 6, 2)) == "19.1"
    assert desk.milestone_on(date(2026, 6, 14)) == "Sprint 12"
    assert Desk(a_snapshot(), a_handbook()).milestone_on(date(2000, 1, 1)) is None


def test_a_release_that_no_version_names_lies_in_the_quarter_of_its_end() -> None:
    sprint = Milestone("Sprint 12", date(2026, 6, 1), date(2026, 6, 14))
    (change,) = opened(found(task=a_task("release", "Look"), milestones=(sprint,)))
    assert (change.title, change.milestone, change.labels[-1]) == ("Look Sprint 12", "Sprint 12", "FY27::Q2")


def test_quarters_and_weeks() -> None:
    (quarter,) = opened(found(task=a_task("quarter", "Look around, {quarter}"), now="2026-05-04 09:00"))
    assert (quarter.title, quarter.topic, quarter.milestone) == (
        "Look around, FY27 Q2",
        "look-around-FY27-Q2",
        None,
    )
    (week,) = opened(found(task=a_task("week", "Look around"), now="2027-01-01 09:00"))
    assert week.title == "Look around 2027-W01"


def test_it_is_opened_some_days_ahead() -> None:
    task = a_task(lead_days=5)
    june = an_issue(1, project=TASKS, title="Look around in June 2026", assignees=("nadia",))
    assert found(june, task=task, now="2026-06-25 23:00") == []
    (one,) = found(june, task=task, now="2026-06-26 00:00")
    assert one.evidence[0].what == "July 2026 begins on Wed 1 Jul"


@pytest.mark.parametrize("state", ["opened", "closed"])
def test_one_that_is_there_or_was_closed_is_not_opened_again(state: str) -> None:
    issue = an_issue(
        1,
        project=TASKS,
        title="Look around in June 2026",
        state=state,  # type: ignore[arg-type]
        closed_at=at("2026-06-01 12:00") if state == "closed" else None,
    )
    assert found(issue) == []


def test_only_an_issue_of_that_title_in_that_project_is_it() -> None:
    elsewhere = an_issue(1, title="Look around in June 2026")
    request = a_merge_request(2, project=TASKS, title="Look around in June 2026")
    assert told(found(elsewhere, request)) == ["to-open team-tasks"]


def test_what_is_past_due_is_not_opened_any_more() -> None:
    assert told(found(task=a_task(due_days=1))) == ["to-open team-tasks"]
    assert found(task=a_task(due_days=0)) == []


def test_a_quarter_is_not_opened_when_a_closed_issue_would_be_out_of_sight() -> None:
    task = a_task("quarter", "Look around, {quarter}")  # the second quarter begins in May, its task's lead three days
    assert len(found(task=task, now="2026-06-06 09:00")) == 1
    assert found(task=task, now="2026-06-07 09:00") == []


def test_a_project_may_be_named_by_its_path() -> None:
    by_path = Task("build", "month", "Look around", TASKS, "Look.")
    below = Task("build", "month", "Look around", TASKS + "/inner", "Look.")
    narrowed = Task("build", "month", "Look around", "acme/shared", "Look.")
    assert found(task=by_path)[0].subject == TASKS
    assert found(task=below)[0].subject == TASKS + "/inner"
    changes: dict[str, object] = {"sources.shared": Source("acme/shared", ("ours",))}
    assert found(task=narrowed, changes=changes)[0].subject == "acme/shared"


@pytest.mark.parametrize(
    ("task", "lacks"),
    [
        (Task("nobody", "month", "Look around", "team-tasks", "Look."), "of the group “nobody”"),
        (Task("build", "month", "Look around", "acme/none", "Look."), "in “acme/none”"),
    ],
)
def test_a_task_without_a_place_is_said(task: Task, lacks: str) -> None:
    (one,) = found(task=task)
    assert one.code == "unplaced"
    assert one.says == f"The standing task “look around” is {lacks}, which the handbook does not have."
    assert one.remedies == ()


def test_a_team_without_groups_has_none_of_their_tasks() -> None:
    assert found(changes={"groups": {}}) == []


# --- what was opened ---------------------------------------------------------------------------------


def test_nobody_near_the_end_is_said_to_the_managers() -> None:
    issue = an_issue(1, project=TASKS, title="Look around in June 2026")
    assert found(issue, now="2026-06-25 09:00") == []
    (one,) = found(issue, now="2026-06-26 09:00")
    assert (one.code, one.severity, one.who) == ("nobody", "warning", ("erin", "paul"))
    assert one.says == ("The standing task “Look around in June 2026” is due by Tue 30 Jun, and nobody is assigned.")
    (comment,) = comments([one])
    assert comment.to == ("erin", "paul")
    assert "find somebody" in comment.asks
    taken = an_issue(1, project=TASKS, title="Look around in June 2026", assignees=("nadia",))
    assert found(taken, now="2026-06-26 09:00") == []


def test_nobody_is_told_where_all_managers_are_away() -> None:
    away = (Away(date(2026, 6, 1), date(2026, 7, 31)),)
    people = {**PEOPLE, "erin": Person("Erin", roles=("engineering_manager",), away=away)}
    del people["paul"]
    book = a_handbook({"rules.recurring_duties.tasks": {"look around": a_task()}}, people)
    issue = an_issue(1, project=TASKS, title="Look around in June 2026")
    (one,) = check_rule("recurring_duties", a_snapshot(issue, now=at("2026-06-26 09:00"), handbook=book), book)
    assert one.remedies == ()


def test_one_that_is_open_after_its_day_is_said_to_whoever_has_it() -> None:
    issue = an_issue(1, project=TASKS, title="Look around in May 2026", assignees=("nadia",))
    june = an_issue(2, project=TASKS, title="Look around in June 2026")
    (one,) = found(issue, june)
    assert (one.code, one.severity, one.who) == ("still-open", "warning", ("nadia",))
    assert one.says == (
        "The standing task “Look around in May 2026” was due on Sun 31 May and is still open; Nadia has it."
    )
    (comment,) = comments([one])
    assert (comment.topic, comment.to) == ("look-around-May-2026-open", ("nadia",))
    (later,) = found(issue, june, now="2026-06-08 00:00")
    assert comments([later])[0].topic == "look-around-May-2026-open-2"


def test_one_that_is_open_after_its_day_and_nobodys_is_said_to_the_managers() -> None:
    issue = an_issue(1, project=TASKS, title="Look around in May 2026")
    june = an_issue(2, project=TASKS, title="Look around in June 2026")
    (one,) = found(issue, june)
    assert one.says.endswith("still open; nobody has it.")
    assert one.who == comments([one])[0].to == ("erin", "paul")


def test_the_next_one_is_opened_although_the_last_is_still_open() -> None:
    issue = an_issue(1, project=TASKS, title="Look around in May 2026")
    assert told(found(issue)) == ["to-open team-tasks", "still-open team-tasks#1"]


def test_one_that_is_late_is_said_while_no_milestone_runs_and_across_gaps() -> None:
    task = a_task("release", "Look around for {milestone}")
    one = Milestone("19.0", date(2026, 4, 11), date(2026, 5, 15))
    two = Milestone("19.1", date(2026, 5, 20), date(2026, 6, 12))
    undated = Milestone("Backlog")
    late = an_issue(1, project=TASKS, title="Look around for 19.0", assignees=("nadia",))
    later = an_issue(2, project=TASKS, title="Look around for 19.1", assignees=("nadia",))
    milestones = (one, two, undated)
    in_gap = found(late, later, task=task, now="2026-06-16 09:00", milestones=milestones)
    assert told(in_gap) == ["still-open team-tasks#2", "still-open team-tasks#1"]
    running = found(late, later, task=task, now="2026-06-02 09:00", milestones=milestones)
    assert told(running) == ["still-open team-tasks#1"]


def test_one_of_long_ago_is_not_looked_for() -> None:
    old = an_issue(1, project=TASKS, title="Look around in December 2025")
    assert told(found(old)) == ["to-open team-tasks"]


# --- calendars and runs ------------------------------------------------------------------------------

DAYS = st.dates(date(2021, 1, 1), date(2035, 12, 31))
DESK = Desk(a_snapshot(), a_handbook())


def period(every: Every, day: date) -> Period:
    known = period_on(every, day, DESK)
    assert known is not None
    return known


@given(st.sampled_from(EVERY), DAYS)
def test_periods_follow_each_other_without_a_gap_and_share_no_name(every: Every, day: date) -> None:
    now = period(every, day)
    assert now.first <= day <= now.last
    assert period(every, now.first) == period(every, now.last) == now
    earlier = ended_before(every, now.first, DESK)
    assert earlier is not None
    assert earlier.last + timedelta(days=1) == now.first
    assert earlier.key != now.key
    assert earlier.titled("Look") != now.titled("Look")
    assert not any(c.isspace() for c in now.key)


def test_before_the_first_release_there_is_none() -> None:
    assert period_on("release", date(2019, 1, 1), DESK) is None


@pytest.mark.parametrize("every", EVERY)
@settings(max_examples=4)
@given(
    st.integers(0, 6),
    st.dates(date(2024, 1, 1), date(2027, 1, 1)),
    st.lists(st.booleans(), min_size=1, max_size=5),
)
def test_weekly_runs_open_exactly_one_issue_for_each_period(
    every: Every, lead: int, start: date, closes: list[bool]
) -> None:
    """Over two years; some issues are closed the day after they were opened, the others at the end of their period."""
    task = Task("build", every, "Look around", "team-tasks", "Look.", lead_days=lead)
    book = a_handbook({"rules.recurring_duties.tasks": {"look": task}})
    made: list[tuple[str, datetime, datetime]] = []
    for week in range(104):
        now = datetime.combine(start + timedelta(weeks=week), datetime.min.time(), UTC).replace(hour=9)
        items = [
            an_issue(
                number,
                project=TASKS,
                title=title,
                created_at=since,
                state="closed" if until <= now else "opened",
                closed_at=until if until <= now else None,
                assignees=("nadia",),
            )
            for number, (title, since, until) in enumerate(made, 1)
            if until > now - timedelta(days=40)
        ]
        for change in opened(check_rule("recurring_duties", a_snapshot(*items, now=now, handbook=book), book)):
            early = closes[len(made) % len(closes)]
            made.append((change.title, now, now + timedelta(days=1 if early else 28)))
    counts = Counter(title for title, _, _ in made)
    assert set(counts.values()) == {1}
    first = period_on(every, start + timedelta(days=lead), DESK)
    last = period_on(every, start + timedelta(weeks=103, days=lead), DESK)
    assert first is not None
    wanted = []
    while last is not None and last.first >= first.first:
        wanted.append(last.titled(task.title))
        last = ended_before(every, last.first, DESK)
    begun = wanted[-1:] if wanted[-1] not in counts else []  # a quarter that was half over when the runs began
    assert set(wanted) - set(begun) == set(counts)


def test_the_bundled_tasks_have_a_place_and_a_title_of_their_own() -> None:
    findings = check_rule("recurring_duties", a_snapshot(now=at("2026-05-18 09:00")))
    assert {one.code for one in findings} == {"to-open"}
    assert len({change.title for change in opened(findings)}) == len(findings) == 9
    assert all("{" not in change.title for change in opened(findings))
