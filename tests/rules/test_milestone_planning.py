"""Milestone planning: news before the end, what moves, what waits for the managers, who has too much."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from handrail.engine.assemble import assemble
from handrail.handbook.schema import Handbook
from handrail.model.actions import AddLabels, Change, Comment, SetMilestone
from handrail.model.facts import Team
from handrail.model.findings import Finding
from handrail.model.history import Event
from handrail.model.items import Item
from handrail.model.people import Away, Person
from handrail.model.planning import Milestone
from handrail.rules.catalogue import rules, settings_of
from handrail.rules.desk import Desk
from handrail.rules.milestone_commitments import commitments
from handrail.rules.milestone_load import Capacity, Load, loads
from handrail.rules.milestone_planning import Settings
from handrail.rules.rollover import Rollover, next_milestone, rollover_of
from handrail.testing import (
    MILESTONE,
    NOW,
    PEOPLE,
    Told,
    a_handbook,
    a_merge_request,
    a_snapshot,
    an_issue,
    at,
    check_rule,
    told,
)

CHARTS = "gitlab-org/charts/gitlab"
TASKS = "gitlab-org/distribution/team-tasks"
REMINDING = at("2026-06-09 10:00")
"""19.1 ends on Friday 12 June; asking begins on Tuesday the 9th."""
DUE = at("2026-06-12 10:00")
DELIVERABLE = "Deliverable"


def found(
    *items: Item,
    now: datetime = NOW,
    milestones: tuple[Milestone, ...] = (),
    changes: dict[str, object] | None = None,
    people: Mapping[str, Person] | None = None,
) -> list[Finding]:
    book = a_handbook(changes, people or PEOPLE)
    snapshot = a_snapshot(*items, now=now, handbook=book, milestones=milestones)
    return check_rule("milestone_planning", snapshot, book)


def desk_of(
    *items: Item, now: datetime = NOW, milestones: tuple[Milestone, ...] = (), book: Handbook | None = None
) -> Desk:
    handbook = book or a_handbook()
    return Desk(a_snapshot(*items, now=now, handbook=handbook, milestones=milestones), handbook)


def changes_of(findings: list[Finding]) -> list[Change]:
    return [remedy.change for one in findings for remedy in one.remedies]


def comments(findings: list[Finding]) -> list[Comment]:
    return [change for change in changes_of(findings) if isinstance(change, Comment)]


def real(title: str, start: str, due: str) -> Milestone:
    return Milestone(title, date.fromisoformat(start), date.fromisoformat(due))


# --- news before the end ----------------------------------------------------------------------------------


def test_an_assignee_is_asked_once_on_their_oldest_issue() -> None:
    old = an_issue(1, milestone=MILESTONE, assignees=("nadia",), created_at=at("2026-04-01 09:00"))
    new = an_issue(2, milestone=MILESTONE, assignees=("nadia",))
    one = found(new, old, now=REMINDING)
    assert told(one) == ["no-news omnibus-gitlab#1"]
    assert one[0].says == (
        "19.1 ends on Fri 12 Jun; of the open issues in it 2 of Nadia’s 2 have no news since Tue 9 Jun."
    )
    assert (one[0].who, one[0].period, one[0].clause) == (("nadia",), "19.1", "milestone.rollover")
    (comment,) = comments(one)
    assert (comment.to, comment.topic) == (("nadia",), "news-19.1-nadia")
    assert comment.thanks == "thank you for your work in 19.1, which ends on Fri 12 Jun"
    question, *lines = comment.asks.splitlines()
    assert question == (
        "Could you leave a line on where these issues of 19.1 stand, and move what will not be done to 19.2? "
        "Whoever plans what comes next can then build on it."
    )
    assert lines == [
        "",
        "- this one",
        "- gitlab-org/omnibus-gitlab#2+",
    ]


def test_what_has_news_is_not_asked_about_but_stays_the_place_to_ask() -> None:
    old = an_issue(
        1,
        milestone=MILESTONE,
        assignees=("nadia",),
        created_at=at("2026-04-01 09:00"),
        acted={"nadia": at("2026-06-09 09:00")},
    )
    new = an_issue(2, milestone=MILESTONE, assignees=("nadia",), acted={"nadia": at("2026-06-01 09:00")})
    one = found(old, new, now=REMINDING)
    assert told(one) == ["no-news omnibus-gitlab#2"]
    assert [remedy.subject for remedy in one[0].remedies] == [old.ref]
    assert "this one" not in comments(one)[0].asks
    assert "1 of Nadia’s 2" in one[0].says
    assert [(evidence.at, evidence.link) for evidence in one[0].evidence] == [(at("2026-06-01 09:00"), new.ref)]


def test_a_word_of_theirs_is_news_and_somebody_elses_is_not() -> None:
    issue = an_issue(1, milestone=MILESTONE, assignees=("nadia",), last_human_at=REMINDING, last_human_by="nadia")
    assert found(issue, now=REMINDING) == []
    other = an_issue(1, milestone=MILESTONE, assignees=("nadia",), last_human_at=REMINDING, last_human_by="mara")
    assert told(found(other, now=REMINDING)) == ["no-news omnibus-gitlab#1"]


def test_two_on_one_issue_are_each_asked_for_their_own() -> None:
    both = an_issue(1, milestone=MILESTONE, assignees=("nadia", "mara"))
    one = found(both, now=REMINDING)
    assert told(one) == ["no-news omnibus-gitlab#1"]
    assert "1 of Mara’s 1 and 1 of Nadia’s 1" in one[0].says
    assert [comment.to for comment in comments(one)] == [("mara",), ("nadia",)]


def test_a_confidential_issue_is_counted_and_not_named() -> None:
    public = an_issue(5, milestone=MILESTONE, assignees=("nadia",))
    secret = an_issue(1, milestone=MILESTONE, assignees=("nadia",), confidential=True)
    one = found(public, secret, now=REMINDING)
    assert told(one) == ["no-news omnibus-gitlab#5"]
    assert comments(one)[0].asks.endswith("- this one\n- 1 more that is confidential")
    assert "#1" not in str(one[0].evidence)
    alone = found(secret, now=REMINDING)
    assert told(alone) == ["no-news omnibus-gitlab#1"]
    assert comments(alone)[0].asks.endswith("- this one")
    three = [an_issue(n, milestone=MILESTONE, assignees=("nadia",), confidential=True) for n in (1, 2, 3)]
    assert comments(found(*three, now=REMINDING))[0].asks.endswith("- 2 more that are confidential")


def test_nobody_is_asked_early_late_or_about_what_is_not_theirs() -> None:
    mine = an_issue(1, milestone=MILESTONE, assignees=("nadia",))
    assert found(mine, now=at("2026-06-08 23:00")) == []
    assert "no-news omnibus-gitlab#1" not in told(found(mine, now=DUE))
    others = (
        a_merge_request(2, milestone=MILESTONE, assignees=("nadia",)),
        an_issue(3, milestone=MILESTONE),
        an_issue(4, milestone=MILESTONE, assignees=("outsider",)),
        an_issue(5, milestone=MILESTONE, assignees=("nadia",), project="gitlab-org/gitlab"),
        an_issue(6, milestone="19.2", assignees=("nadia",)),
    )
    assert found(*others, now=REMINDING) == []


def test_who_is_away_is_not_written_to() -> None:
    away = {**PEOPLE, "nadia": Person("Nadia", away=(Away(date(2026, 6, 8), date(2026, 6, 19)),))}
    one = found(an_issue(1, milestone=MILESTONE, assignees=("nadia",)), now=REMINDING, people=away)
    assert told(one) == ["no-news omnibus-gitlab#1"]
    assert comments(one) == []


def test_asking_goes_on_through_the_last_day_where_nothing_moves() -> None:
    stay: dict[str, object] = {"rules.milestone_planning.rollover.move_on_due_date": False}
    issue = an_issue(1, milestone=MILESTONE, assignees=("nadia",))
    one = found(issue, now=DUE, changes=stay)
    assert told(one) == ["left-over omnibus-gitlab#1", "no-news omnibus-gitlab#1"]
    assert one[0].says == "19.1 ends on Fri 12 Jun and it is still open."
    assert one[0].remedies == ()


def test_what_stays_is_not_asked_to_be_moved() -> None:
    moving = an_issue(1, milestone=MILESTONE, assignees=("nadia",))
    staying = an_issue(2, "security", milestone=MILESTONE, assignees=("nadia",))
    (both,) = comments(found(moving, staying, now=REMINDING))
    assert "stand, and move what will not be done to 19.2?" in both.asks
    assert both.asks.endswith("- this one\n- gitlab-org/omnibus-gitlab#2+, which stays in 19.1")
    (alone,) = comments(found(staying, now=REMINDING))
    assert "of 19.1 stand? Whoever" in alone.asks
    assert alone.asks.endswith("- this one, which stays in 19.1")


def test_where_nothing_follows_nobody_is_told_where_to_move() -> None:
    sprint = real("Sprint 7", "2026-06-01", "2026-06-11")
    one = found(an_issue(1, milestone="Sprint 7", assignees=("nadia",)), now=REMINDING, milestones=(sprint,))
    assert "stand? Whoever" in comments(one)[0].asks
    assert told(one) == ["no-news omnibus-gitlab#1", "no-next milestone:Sprint 7"]
    assert one[1].says == "Sprint 7 ends on Thu 11 Jun, and GitLab has no milestone after it."
    release = real("19.1", "2026-05-16", "2026-06-12")
    unmade = found(an_issue(1, milestone=MILESTONE, assignees=("nadia",)), now=REMINDING, milestones=(release,))
    assert "of 19.1 stand? Whoever" in comments(unmade)[0].asks


@given(st.integers(0, 40), st.integers(1, 10))
def test_asking_and_moving_never_fall_on_one_day(days: int, before: int) -> None:
    issue = an_issue(1, milestone=MILESTONE, assignees=("nadia",))
    now = at("2026-05-18 12:00") + timedelta(days=days)
    codes = {one.code for one in found(issue, now=now, changes={"rules.milestone_planning.remind_days_before": before})}
    left = (date(2026, 6, 12) - now.date()).days
    assert ("no-news" in codes) == (0 < left <= before)
    assert ("left-over" in codes) == (left <= 0)


# --- what moves -------------------------------------------------------------------------------------------


def test_what_is_left_on_the_last_day_moves_and_says_what_it_missed() -> None:
    issue = an_issue(1, DELIVERABLE, milestone=MILESTONE, assignees=("nadia",), project=CHARTS)
    one = found(issue, now=DUE)
    assert told(one) == ["left-over gitlab#1"]
    assert one[0].says == (
        "19.1 ends on Fri 12 Jun and it is still open: it moves to 19.2, with ~missed:19.1 and ~missed-deliverable."
    )
    assert (one[0].who, one[0].period) == (("nadia",), "19.1")
    assert changes_of(one) == [SetMilestone("19.2"), AddLabels(("missed:19.1", "missed-deliverable"))]


def test_what_an_earlier_milestone_left_over_moves_to_the_running_one() -> None:
    one = found(an_issue(1, milestone="18.8", project=CHARTS), now=NOW)
    assert one[0].says == "18.8 ended on Fri 9 Jan and it is still open: it moves to 19.1, with ~missed:18.8."
    assert changes_of(one) == [SetMilestone("19.1"), AddLabels(("missed:18.8",))]
    assert one[0].who == ("erin", "paul")


def test_some_projects_and_confidential_items_move_without_labels() -> None:
    omnibus = an_issue(1, DELIVERABLE, milestone=MILESTONE)
    secret = an_issue(2, DELIVERABLE, milestone=MILESTONE, project=CHARTS, confidential=True)
    labelled = an_issue(3, "missed:19.1", milestone=MILESTONE, project=CHARTS)
    one = found(omnibus, secret, labelled, now=DUE)
    assert changes_of(one) == [SetMilestone("19.2")] * 3
    assert one[0].says == "19.1 ends on Fri 12 Jun and it is still open: it moves to 19.2."


def test_a_merge_request_is_the_managers_to_move_whoever_it_is_assigned_to() -> None:
    one = found(a_merge_request(1, milestone=MILESTONE, assignees=("nadia",), project=CHARTS), now=DUE)
    assert one[0].who == ("erin", "paul")
    assert changes_of(one) == [SetMilestone("19.2"), AddLabels(("missed:19.1",))]


def test_security_the_running_milestone_and_undated_ones_stay() -> None:
    assert found(an_issue(1, "security", milestone=MILESTONE), now=DUE) == []
    assert found(an_issue(1, milestone=MILESTONE), now=at("2026-06-11 23:00")) == []
    assert found(an_issue(1, milestone="Backlog"), now=DUE) == []
    assert found(an_issue(1, milestone=MILESTONE, project="gitlab-org/gitlab"), now=DUE) == []


def test_without_a_milestone_to_move_to_it_is_only_said() -> None:
    sprint = real("Sprint 7", "2026-06-01", "2026-06-12")
    one = found(an_issue(1, milestone="Sprint 7"), now=DUE, milestones=(sprint,))
    assert one[0].says == ("Sprint 7 ends on Fri 12 Jun and it is still open; which milestone comes next is not known.")
    assert one[0].remedies == ()
    kept = found(
        an_issue(1, milestone="Sprint 7"),
        now=DUE,
        milestones=(sprint,),
        changes={"rules.milestone_planning.rollover.move_on_due_date": False},
    )
    assert kept[0].says == "Sprint 7 ends on Fri 12 Jun and it is still open."


def test_nothing_is_labelled_as_missed_before_gitlab_has_the_milestone_that_it_moves_to() -> None:
    issue = an_issue(1, DELIVERABLE, milestone=MILESTONE, project=CHARTS, assignees=("nadia",))
    running = real("19.1", "2026-05-16", "2026-06-12")
    one, _ = found(issue, now=DUE, milestones=(running,))
    assert one.says == (
        "19.1 ends on Fri 12 Jun and it is still open; it waits for 19.2, which GitLab does not have yet."
    )
    assert (one.who, one.remedies) == (("nadia",), ())
    made = found(issue, now=DUE, milestones=(running, real("19.2", "2026-06-13", "2026-07-10")))
    assert changes_of(made) == [SetMilestone("19.2"), AddLabels(("missed:19.1", "missed-deliverable"))]
    undated = found(issue, now=DUE, milestones=(Milestone("Backlog"),))
    assert changes_of(undated) == changes_of(made)


def test_gitlabs_own_next_milestone_wins_and_a_version_follows_a_version() -> None:
    rows = (
        real("19.1", "2026-05-16", "2026-06-12"),
        real("Sprint 8", "2026-06-13", "2026-06-20"),
        real("19.3", "2026-07-11", "2026-08-14"),
        real("Sprint 9", "2026-06-21", "2026-06-30"),
    )
    desk = desk_of(milestones=rows)
    assert next_milestone("19.1", desk) == "19.3"
    assert next_milestone("Sprint 8", desk) == "Sprint 9"
    assert next_milestone("Sprint 9", desk) is None
    assert next_milestone("Backlog", desk) is None
    assert next_milestone("19.1", desk_of()) == "19.2"
    assert next_milestone("18.0", desk_of(now=DUE)) == "19.2"


@given(st.integers(0, 60), st.sampled_from(("18.11", "19.0", "19.1", "19.2")))
def test_what_moves_never_moves_back(days: int, title: str) -> None:
    desk = desk_of(now=at("2026-05-01 12:00") + timedelta(days=days))
    to = next_milestone(title, desk)
    assert to is not None
    due, next_due = desk.due_of(title), desk.due_of(to)
    assert due is not None
    assert next_due is not None
    assert next_due > max(due, desk.snapshot.today)


# --- the command ------------------------------------------------------------------------------------------


def test_everyone_rolls_over_their_own_and_managers_the_rest() -> None:
    items = (
        an_issue(1, milestone=MILESTONE, assignees=("nadia",)),
        an_issue(2, milestone="19.0", assignees=("nadia", "mara")),
        an_issue(3, milestone=MILESTONE),
        a_merge_request(4, milestone=MILESTONE, assignees=("nadia",)),
        an_issue(5, milestone=MILESTONE, assignees=("outsider",)),
        an_issue(6, "security", milestone=MILESTONE, assignees=("nadia",)),
        an_issue(7, milestone="19.2", assignees=("nadia",)),
        an_issue(8, milestone="Backlog", assignees=("nadia",)),
        an_issue(9, assignees=("nadia",)),
    )
    settings = settings_of(a_handbook(), rules()["milestone_planning"])
    assert isinstance(settings, Settings)

    def of(name: str, now: datetime) -> list[str]:
        return told(rollover_of(name, desk_of(*items, now=now), settings.rollover, settings.remind_days_before))

    rest = ["left-over omnibus-gitlab!4", "left-over omnibus-gitlab#3", "left-over omnibus-gitlab#5"]
    for now in (REMINDING, DUE):
        assert of("nadia", now) == ["left-over omnibus-gitlab#2", "left-over omnibus-gitlab#1"]
        assert of("mara", now) == ["left-over omnibus-gitlab#2"]
        assert of("erin", now) == rest
        assert of("ivo", now) == []
    before = at("2026-06-08 23:00")
    assert of("nadia", before) == ["left-over omnibus-gitlab#2"]
    assert of("erin", before) == []
    # What an engineer can move is theirs until the last day; what is left then is for EM and PM to confirm.
    assert of("", REMINDING) == ["left-over omnibus-gitlab#2", *rest]
    assert sorted(of("", DUE)) == sorted({*of("nadia", DUE), *rest})
    moves = changes_of(rollover_of("mara", desk_of(*items), Rollover(), 3))
    assert moves == [SetMilestone("19.1"), AddLabels(("missed:19.0",))]


# --- what waits for the managers --------------------------------------------------------------------------


def test_what_is_ready_to_be_scheduled_is_the_managers_to_schedule() -> None:
    since = at("2026-05-20 09:00")
    label = an_issue(1, "For Scheduling", since=since)
    state = an_issue(2, "workflow::scheduling", assignees=("nadia",))
    status = an_issue(3, status="Scheduling", status_since=since)
    backlog = an_issue(4, "for scheduling", milestone="Backlog")
    one = found(label, state, status, backlog)
    assert told(one) == [f"to-schedule omnibus-gitlab#{n}" for n in (1, 2, 3, 4)]
    assert one.pop().says == 'It is ready to be scheduled (it has ~"for scheduling") and still in Backlog.'
    assert one[0].says == 'It is ready to be scheduled (it has ~"For Scheduling") and in no milestone yet.'
    assert one[1].says == "It is ready to be scheduled (its state is “scheduling”) and in no milestone yet."
    assert [finding.evidence[0].at for finding in one] == [since, None, since]
    assert {finding.who for finding in one} == {("erin", "paul")}


def test_what_has_a_milestone_or_was_not_triaged_waits_for_nobody() -> None:
    items = (
        an_issue(1, "for scheduling", milestone="19.2"),
        an_issue(2, "awaiting feedback"),
        an_issue(3),
        a_merge_request(4, "for scheduling"),
    )
    assert found(*items) == []


def test_a_deliverable_that_somebody_else_chose_is_asked_about_kindly() -> None:
    since = at("2026-05-29 09:00")
    issue = an_issue(1, DELIVERABLE, milestone=MILESTONE, since=since, label_by={DELIVERABLE: "nadia"})
    one = found(issue)
    assert told(one) == ["deliverable-by omnibus-gitlab#1"]
    assert one[0].says == (
        "Nadia made it a ~Deliverable of 19.1 on Fri 29 May, and neither EM nor PM has been at it since."
    )
    (comment,) = comments(one)
    assert (comment.to, comment.topic) == (("erin", "paul"), "confirm-deliverable")
    assert "Could one of you say whether 19.1 has room for it?" in comment.asks
    away = {
        name: Person(name, roles=PEOPLE[name].roles, away=(Away(date(2026, 6, 1), date(2026, 6, 30)),))
        for name in ("erin", "paul")
    }
    assert comments(found(issue, people={**PEOPLE, **away})) == []


@pytest.mark.parametrize(
    ("heard", "asked"),
    [
        ({"others": {"erin": at("2026-05-30 09:00")}}, False),
        ({"others": {"erin": at("2026-05-28 09:00")}}, True),
        ({"others": {"mara": at("2026-05-30 09:00")}}, True),
        ({"acted": {"paul": at("2026-05-30 09:00")}, "assignees": ("paul",)}, False),
    ],
)
def test_what_a_manager_did_since_answers_whoever_spoke_last(heard: dict[str, object], asked: bool) -> None:
    thanks = {"last_human_by": "nadia", "last_human_at": at("2026-06-01 09:00")}
    issue = an_issue(
        1,
        DELIVERABLE,
        milestone=MILESTONE,
        label_by={DELIVERABLE: "nadia"},
        since=at("2026-05-29 09:00"),
        **thanks,  # type: ignore[arg-type]
        **heard,  # type: ignore[arg-type]
    )
    assert told(found(issue)) == (["deliverable-by omnibus-gitlab#1"] if asked else [])


@pytest.mark.parametrize(("milestone", "where"), [(None, "no milestone"), ("Backlog", "Backlog")])
def test_a_deliverable_without_a_milestone_is_asked_about_too(milestone: str | None, where: str) -> None:
    since = at("2026-05-29 09:00")
    (one,) = found(an_issue(1, DELIVERABLE, milestone=milestone, label_by={DELIVERABLE: "nadia"}, since=since))
    assert one.says == (
        f"Nadia made it a ~Deliverable on Fri 29 May, and neither EM nor PM has been at it since; it is in {where}."
    )
    (comment,) = comments([one])
    assert comment.thanks == "thank you for planning what comes next"
    assert "say which milestone has room for it?" in comment.asks


@pytest.mark.parametrize("by", ["erin", "paul", "gitlab-bot", "handrail", ""])
def test_a_managers_a_bots_or_nobodys_label_is_not_asked_about(by: str) -> None:
    assert found(an_issue(1, DELIVERABLE, milestone=MILESTONE, label_by={DELIVERABLE: by})) == []


def test_an_answer_ends_the_question_and_a_word_before_it_does_not() -> None:
    since = at("2026-05-29 09:00")

    def asked(last: str, by: str) -> list[Finding]:
        label_by = {DELIVERABLE: "nadia"}
        word = at(last)
        return found(
            an_issue(
                1,
                DELIVERABLE,
                milestone=MILESTONE,
                since=since,
                label_by=label_by,
                last_human_at=word,
                last_human_by=by,
            )
        )

    assert asked("2026-06-01 09:00", "erin") == []
    assert len(asked("2026-05-28 09:00", "erin")) == 1
    assert len(asked("2026-06-01 09:00", "mara")) == 1


def test_without_managers_or_after_its_milestone_deliverable_is_asked_of_nobody() -> None:
    engineers = {name: person for name, person in PEOPLE.items() if person.is_engineer}
    issue = an_issue(1, DELIVERABLE, milestone=MILESTONE, label_by={DELIVERABLE: "nadia"})
    assert found(issue, people=engineers) == []
    ended = an_issue(1, DELIVERABLE, milestone="19.0", label_by={DELIVERABLE: "nadia"})
    assert told(found(ended)) == ["left-over omnibus-gitlab#1"]
    assert told(found(an_issue(1, DELIVERABLE, milestone="Backlog", label_by={DELIVERABLE: "nadia"}))) == [
        "deliverable-by omnibus-gitlab#1"
    ]


# --- how much a milestone holds ---------------------------------------------------------------------------


def load_of(
    name: str, *items: Item, settings: Capacity | None = None, people: Mapping[str, Person] | None = None
) -> Load:
    book = a_handbook(None, people or PEOPLE)
    computed = real("19.1", "2026-05-16", "2026-06-12")
    return next(
        one for one in loads(computed, desk_of(*items, book=book), settings or Capacity()) if one.person == name
    )


def test_room_is_the_persons_own_time_in_the_milestone() -> None:
    assert (load_of("nadia").days, load_of("nadia").room) == (20, 12)
    away = {**PEOPLE, "nadia": Person("Nadia", country="GB", away=(Away(date(2026, 6, 1), date(2026, 6, 5)),))}
    assert load_of("nadia", people=away).days == 14  # and the Spring Bank Holiday
    assert load_of("nadia", people=away).days_off == 6
    part_time = {**PEOPLE, "nadia": Person("Nadia", hours=("09:00-13:00",))}
    assert load_of("nadia", people=part_time).room == 6


def test_a_week_on_duty_and_reserved_days_are_taken_off() -> None:
    shift = an_issue(1, project=TASKS, title="Distribution DRI rotation week of 2026-06-01", assignees=("nadia",))
    done = an_issue(
        2,
        project=TASKS,
        title="Distribution DRI rotation week of 2026-05-11",
        assignees=("nadia", "mara"),
        state="closed",
        closed_at=at("2026-05-18 09:00"),
    )
    others = (
        an_issue(3, project=TASKS, title="Distribution DRI rotation week of 2026-06-08"),
        an_issue(4, project=TASKS, title="Something else", assignees=("nadia",)),
        an_issue(5, title="Distribution DRI rotation week of 2026-06-08", assignees=("nadia",)),
    )
    load = load_of("nadia", shift, done, *others)
    assert (load.days_on_duty, load.room) == (5, 9)
    settings = Capacity(on_duty=0.4, reserved_days={"19.1": 2})
    assert load_of("nadia", shift, settings=settings).room == pytest.approx((20 - 3 - 2) / 5 * 3)
    assert load_of("nadia", settings=Capacity(reserved_days={"19.1": 90})).room == 0


def test_days_that_a_quarters_planning_issue_reserves_are_taken_off_where_its_month_ends() -> None:
    planning = an_issue(1, "planning-days::yes", "FY27::Q3", project=TASKS)
    ended = an_issue(2, "planning-days::yes", "FY27::Q3", project=TASKS, state="closed", closed_at=NOW)
    other = an_issue(3, "planning-days::yes", "FY27::Q4", project=TASKS)
    no = an_issue(4, "planning-days::no", "FY27::Q3", project=TASKS)

    def reserved(title: str, start: str, due: str, *items: Item, settings: Capacity | None = None) -> set[float]:
        capacity = settings or Capacity(planning_days={"planning-days::yes": 2})
        return {one.days_reserved for one in loads(real(title, start, due), desk_of(*items), capacity)}

    july = ("19.3", "2026-07-11", "2026-08-14")
    assert reserved(*july, planning, no) == {2}
    assert reserved(*july, ended) == {2}
    assert reserved(*july, other, no) == {0}
    assert reserved("19.2", "2026-06-13", "2026-07-10", planning) == {0}
    assert reserved(*july, planning, settings=Capacity()) == {0}
    stated = Capacity(planning_days={"planning-days::yes": 2}, reserved_days={"19.3": 0.5})
    assert reserved(*july, planning, settings=stated) == {0.5}


def test_load_is_shared_and_what_is_done_counts() -> None:
    items = (
        an_issue(1, DELIVERABLE, milestone=MILESTONE, assignees=("nadia", "mara", "outsider"), weight=3),
        an_issue(2, DELIVERABLE, milestone=MILESTONE, assignees=("nadia",)),
        an_issue(
            3,
            DELIVERABLE,
            milestone=MILESTONE,
            assignees=("nadia",),
            weight=2,
            state="closed",
            closed_at=at("2026-06-01 09:00"),
        ),
        an_issue(4, DELIVERABLE, milestone="19.2", assignees=("nadia",), weight=50),
        an_issue(5, milestone=MILESTONE, assignees=("nadia",), weight=50),
        a_merge_request(6, DELIVERABLE, milestone=MILESTONE, assignees=("nadia",)),
        an_issue(7, DELIVERABLE, milestone=MILESTONE, weight=50),
    )
    unplanned = an_issue(8, "Unplanned", milestone=MILESTONE, assignees=("nadia",), weight=2)
    assert load_of("nadia", *items, unplanned).points == 6.5
    load = load_of("nadia", *items)
    assert load.points == 4.5
    assert [ref.rpartition("#")[2] for ref in load.issues] == ["1", "2", "3"]
    assert load_of("nadia", *items, settings=Capacity(counts="issues")).points == 2.5
    assert load_of("mara", *items).points == 1.5
    assert not load.is_over


def test_more_than_there_is_room_for_is_told_to_the_managers() -> None:
    shift = an_issue(9, project=TASKS, title="Distribution DRI rotation week of 2026-06-22", assignees=("ivo",))
    items = (
        an_issue(1, DELIVERABLE, milestone="19.2", assignees=("nadia",), weight=13),
        an_issue(2, DELIVERABLE, milestone="19.2", assignees=("ivo",), weight=10),
        an_issue(3, DELIVERABLE, milestone="19.2", assignees=("mara",), weight=12),
        an_issue(4, DELIVERABLE, milestone="19.2", assignees=("erin",), weight=90),
    )
    one = found(*items, shift)
    assert told(one) == ["over-capacity milestone:19.2"]
    assert one[0].says == (
        "In 19.2 Ivo has work of 10 points and room for 9 (20 days at work, 5 of them on duty) and Nadia has "
        "work of 13 points and room for 12 (20 days at work)."
    )
    assert (one[0].who, one[0].severity, one[0].period) == (("erin", "paul"), "warning", "19.2")
    assert [evidence.link for evidence in one[0].evidence] == [items[1].ref, items[0].ref]
    reserved = found(*items, changes={"rules.milestone_planning.capacity.reserved_days": {"19.2": 1.5}})
    assert "(20 days at work, 1.5 reserved for planning)" in reserved[0].says


@given(st.lists(st.integers(0, 9), max_size=6), st.lists(st.integers(0, 3), max_size=3))
def test_more_duty_never_makes_more_room_and_order_changes_nothing(weights: list[int], weeks: list[int]) -> None:
    issues = [
        an_issue(n, DELIVERABLE, milestone=MILESTONE, assignees=("nadia",), weight=weight)
        for n, weight in enumerate(weights, 1)
    ]
    duty = [
        an_issue(n, project=TASKS, assignees=("nadia",), title=f"Distribution DRI rotation week of {day}")
        for n, day in enumerate(date(2026, 5, 18) + timedelta(weeks=week) for week in dict.fromkeys(weeks))
    ]
    load = load_of("nadia", *issues, *duty)
    assert load.points == sum(weights)
    assert 0 <= load.room <= load_of("nadia", *issues).room
    assert load == load_of("nadia", *reversed(duty), *reversed(issues))


# --- which milestones there are ---------------------------------------------------------------------------


def test_a_running_milestone_without_one_after_it_is_told_louder_near_its_end() -> None:
    row = (real("19.1", "2026-05-16", "2026-06-12"),)
    one = found(milestones=row)
    assert told(one) == ["no-next milestone:19.1"]
    assert one[0].says == (
        "19.1 ends on Fri 12 Jun, and GitLab has no milestone after it: 19.2 is the one that follows."
    )
    assert (one[0].severity, one[0].who) == ("note", ("erin", "paul"))
    assert found(milestones=row, now=REMINDING)[0].severity == "warning"
    assert found(milestones=(*row, real("19.2", "2026-06-13", "2026-07-10"))) == []


def test_no_milestone_running_is_told() -> None:
    row = (real("19.0", "2026-04-11", "2026-05-15"), Milestone("Backlog"))
    one = found(milestones=row)
    assert told(one) == ["none-running team"]
    assert one[0].says == (
        "None of GitLab’s milestones runs today; by the release calendar it is 19.1, from Sat 16 May to Fri 12 Jun."
    )
    assert found(milestones=(Milestone("Backlog"),)) == []
    assert found(milestones=row, now=at("2020-01-02 09:00")) == []


def test_other_dates_than_the_calendars_are_told_and_an_early_end_louder() -> None:
    later = real("19.2", "2026-06-13", "2026-07-10")
    one = found(milestones=(real("19.1", "2026-05-16", "2026-06-10"), later))
    assert told(one) == ["dates milestone:19.1"]
    assert one[0].says == (
        "19.1 runs from Sat 16 May to Wed 10 Jun on GitLab, and from Sat 16 May to Fri 12 Jun by the release calendar."
    )
    assert one[0].severity == "note"
    early = found(milestones=(real("19.1", "2026-05-16", "2026-05-29"), later))
    assert told(early) == ["dates milestone:19.1", "none-running team"]
    assert early[0].severity == "warning"


def test_one_that_is_planned_or_ended_lately_is_held_against_the_calendar_too() -> None:
    def row(*others: Milestone) -> tuple[Milestone, ...]:
        return (real("19.1", "2026-05-16", "2026-06-12"), real("19.2", "2026-06-13", "2026-07-10"), *others)

    ahead = found(milestones=row(real("19.3", "2026-07-11", "2026-08-07")))
    assert told(ahead) == ["dates milestone:19.3"]
    early = found(milestones=row(real("19.0", "2026-04-11", "2026-05-08"), real("18.11", "2026-03-14", "2026-04-03")))
    assert told(early) == ["dates milestone:19.0"]
    assert found(milestones=row(real("Sprint 30", "2026-12-05", "2026-12-11"))) == []


def test_a_release_that_is_left_out_is_told() -> None:
    row = (
        real("19.0", "2026-04-11", "2026-05-15"),
        real("19.1", "2026-05-16", "2026-06-12"),
        real("19.3", "2026-07-11", "2026-08-14"),
        real("19.4", "2026-08-15", "2026-09-11"),
    )
    (one,) = found(milestones=row)
    assert (one.code, one.subject, one.severity, one.who) == ("missing", "milestone:19.1", "note", ("erin", "paul"))
    assert one.says == "By the release calendar 19.1 is followed by 19.2, and GitLab has none: it goes on with 19.3."
    assert found(milestones=(*row, real("19.2", "2026-06-13", "2026-07-10"))) == []


def test_one_that_is_closed_before_its_end_is_told_and_nothing_moves_to_it() -> None:
    running = real("19.1", "2026-05-16", "2026-06-12")
    ended = structs.replace(real("19.0", "2026-04-11", "2026-05-15"), state="closed")
    following = structs.replace(real("19.2", "2026-06-13", "2026-07-10"), state="closed")
    row = (ended, structs.replace(running, state="closed"), following, real("19.3", "2026-07-11", "2026-08-14"))
    items = (an_issue(1, milestone=MILESTONE), an_issue(2, milestone="19.2"), a_merge_request(3, milestone="19.2"))
    one, other = found(*items, milestones=row)
    assert told([one, other]) == ["closed-early milestone:19.1", "closed-early milestone:19.2"]
    assert one.says == (
        "19.1 is closed on GitLab, and its last day is Fri 12 Jun; 1 of the team’s items in it is open."
    )
    assert other.says.endswith("; 2 of the team’s items in it are open.")
    assert (one.severity, one.who) == ("warning", ("erin", "paul"))
    assert found(milestones=row)[0].says == "19.1 is closed on GitLab, and its last day is Fri 12 Jun."
    assert next_milestone("19.1", desk_of(milestones=row)) == "19.3"
    assert next_milestone("19.1", desk_of(milestones=row[:3])) == "19.3"


def test_at_a_past_moment_nobody_knows_what_was_closed_by_then() -> None:
    row = structs.replace(real("19.1", "2026-05-16", "2026-06-12"), state="closed")
    facts, book = Told((), Team(NOW, milestones=(row,))), a_handbook()
    then = assemble(facts, book, NOW - timedelta(days=1))
    assert then.milestones["19.1"].state == "active"
    assert assemble(facts, book).milestones["19.1"].state == "closed"


# --- what was committed -----------------------------------------------------------------------------------

START = at("2026-05-16 00:00")
BEFORE, AFTER = START - timedelta(days=2), START + timedelta(days=2)


def test_what_was_committed_is_read_off_the_histories_and_what_became_of_it_too() -> None:
    early = at("2026-05-01 09:00")

    def life(iid: int, *events: Event, **facts: object) -> tuple[Item, list[Event]]:
        labels = facts.pop("labels", (DELIVERABLE,))
        item = an_issue(iid, *labels, **{"milestone": MILESTONE, "created_at": early, **facts})  # type: ignore[misc, arg-type]
        begun = [Event(BEFORE, "erin", "milestone_set", MILESTONE), Event(BEFORE, "erin", "label_added", DELIVERABLE)]
        return item, sorted((*begun, *events), key=lambda event: event.at)

    def did(what: str, value: str = "", when: datetime = AFTER) -> Event:
        return Event(when, "erin", what, value)  # type: ignore[arg-type]

    ended = {"state": "closed", "closed_at": AFTER}
    lives = (
        life(1),
        life(2, did("closed"), **ended),
        life(3, did("milestone_set", "19.2"), milestone="19.2"),
        life(4, did("milestone_set"), milestone=None),
        life(5, did("label_removed", DELIVERABLE), labels=()),
        life(6),
        life(7, did("closed", when=BEFORE), state="closed", closed_at=BEFORE),
        life(8, project="gitlab-org/gitlab"),
        (an_issue(9, DELIVERABLE, milestone=MILESTONE, created_at=early), [did("label_added", DELIVERABLE)]),
        (an_issue(10, DELIVERABLE, milestone=MILESTONE, created_at=early), [did("milestone_set", MILESTONE)]),
    )
    book = a_handbook()
    facts = Told(lives, Team(NOW))
    then = Desk(assemble(facts, book, START), book)
    today = assemble(facts, book, closed=True)
    now = Desk(replace(today, items=tuple(item for item in today.items if item.iid != 6)), book)
    assert [(one.issue.iid, one.became, one.to) for one in commitments(MILESTONE, then, now)] == [
        (1, "open", ""),
        (2, "done", ""),
        (3, "moved", "19.2"),
        (4, "no longer planned", ""),
        (5, "no longer planned", ""),
        (6, "not known", ""),
    ]
    assert commitments("19.2", then, now) == []
