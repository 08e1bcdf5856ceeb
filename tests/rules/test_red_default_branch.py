"""Red default branches: the incident, who is proposed, the ladder, how it ends, and what comes and goes."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handrail.model.actions import AddLabels, Assign, Change, CloseItem, Comment, CreateItem, Expectation
from handrail.model.findings import Finding
from handrail.model.items import Issue, Item, MergeRequest
from handrail.model.people import Away, Person
from handrail.model.planning import Pipeline, Project
from handrail.rules.branch_runs import Line, lines_of
from handrail.rules.desk import Desk
from handrail.rules.path_patterns import Patterns
from handrail.testing import (
    MILESTONE,
    NOW,
    PEOPLE,
    PROJECT,
    a_handbook,
    a_merge_request,
    a_snapshot,
    an_epic,
    an_issue,
    at,
    check_rule,
    told,
)

BROKEN = "master:broken"
LABELS = (BROKEN, "pipeline::expedited", "priority::1", "severity::1")
CAUSE = "master-broken::flaky-test"
ELSEWHERE = "gitlab-org/gitlab"
GREEN, RED = at("2026-06-02 10:00"), at("2026-06-02 13:00")
"""NOW is Tuesday, 14:00: an hour red."""
AWAY = (Away(date(2026, 6, 1), date(2026, 6, 10)),)
MANAGERS = ("erin", "paul")
NADIA_AWAY = {**PEOPLE, "nadia": Person("Nadia", groups=("build",), away=AWAY)}


def run(status: str, when: datetime, number: int = 1, **facts: Any) -> Pipeline:
    return Pipeline(facts.pop("project", PROJECT), number, status, when, **facts)


WENT_RED = (run("success", GREEN, 1, sha="aaa"), run("failed", RED, 2, sha="bbb", failed_jobs=("spec", "lint")))
BACK_AT = at("2026-06-02 11:00")
IS_GREEN = (run("failed", GREEN, 1), run("success", BACK_AT, 2, web_url="https://gitlab.example/2"))


def found(
    *items: Item,
    runs: tuple[Pipeline, ...] = WENT_RED,
    people: dict[str, Person] | None = None,
    now: datetime = NOW,
    **changes: Any,
) -> list[Finding]:
    book = a_handbook({key.replace("__", "."): value for key, value in changes.items()}, people or PEOPLE)
    snapshot = a_snapshot(*items, handbook=book, now=now, projects=[Project(PROJECT)], pipelines=runs)
    return check_rule("red_default_branch", snapshot, book)


def an_incident(iid: int = 50, **facts: Any) -> Issue:
    return an_issue(iid, *facts.pop("labels", LABELS), **{"created_at": RED, **facts})


def merged(iid: int, when: str, author: str = "nadia", **facts: Any) -> MergeRequest:
    return a_merge_request(iid, author=author, state="merged", closed_at=at(f"2026-06-02 {when}"), **facts)


def on_duty(name: str, start: str = "2026-06-01", iid: int = 777) -> Issue:
    title = f"Distribution DRI rotation week of {start}"
    return an_issue(iid, project="gitlab-org/distribution/team-tasks", title=title, assignees=(name,))


def changes_of(findings: list[Finding]) -> list[Change]:
    return [remedy.change for one in findings for remedy in one.remedies]


def comments_of(findings: list[Finding]) -> list[Comment]:
    return [change for change in changes_of(findings) if isinstance(change, Comment)]


def test_a_green_branch_is_left_alone() -> None:
    assert found(runs=IS_GREEN) == []
    assert found(runs=()) == []


def test_another_teams_branch_is_left_alone() -> None:
    assert found(runs=(run("failed", RED, project=ELSEWHERE),)) == []


# --- no incident -------------------------------------------------------------------------------------------


def test_a_red_branch_without_an_incident_gets_one() -> None:
    one = found()
    assert told(one) == ["no-incident omnibus-gitlab@main"]
    assert one[0].says == (
        "main of omnibus has been red since Tue 2 Jun 13:00 (spec and lint fail), and no incident is open; "
        "it is to be assigned by Tue 2 Jun 17:00."
    )
    assert (one[0].severity, one[0].who) == ("warning", MANAGERS)
    change = one[0].remedies[0].change
    assert one[0].remedies[0].subject == PROJECT
    assert isinstance(change, CreateItem)
    assert change.topic == "main-2026-06-02T13:00"
    assert change.title == "main is red since 2026-06-02 13:00 UTC"
    assert change.labels == LABELS
    assert change.assignees == ()
    assert "- `spec`\n- `lint`" in change.description
    assert "in question" not in change.description


def test_it_breaches_once_the_time_to_triage_is_over() -> None:
    assert found(now=at("2026-06-02 16:59"))[0].severity == "warning"
    assert found(now=at("2026-06-02 17:00"))[0].severity == "breach"


def test_the_title_is_the_handbooks() -> None:
    change = changes_of(found(rules__red_default_branch__title="Broken {branch}: {project}"))[0]
    assert isinstance(change, CreateItem)
    assert change.title == f"Broken main: {PROJECT}"


def test_all_that_failed_since_is_evidence() -> None:
    again = run("failed", at("2026-06-02 13:30"), 3, web_url="https://gitlab.example/3")
    one = found(runs=(*WENT_RED, again))
    assert [fact.what for fact in one[0].evidence] == ["pipeline 2 failed", "pipeline 3 failed, the latest"]
    change = one[0].remedies[0].change
    assert isinstance(change, CreateItem)
    assert "- First red pipeline: 2\n- Latest: https://gitlab.example/3" in change.description
    assert one[0].says.startswith("main of omnibus has been red since Tue 2 Jun 13:00, and no")


def test_of_many_jobs_a_few_are_named() -> None:
    jobs = tuple(f"job-{number}" for number in range(7))
    assert (
        "(job-0, job-1, job-2, job-3, job-4 and 2 more fail)"
        in found(runs=(run("failed", RED, failed_jobs=jobs),))[0].says
    )
    assert "(job-0 fails)" in found(runs=(run("failed", RED, failed_jobs=jobs[:1]),))[0].says


# --- what broke it, and who resolves it --------------------------------------------------------------------


def proposed(*items: Item, **facts: Any) -> tuple[str, ...]:
    change = changes_of(found(*items, **facts))[0]
    assert isinstance(change, CreateItem)
    return change.assignees


def test_the_author_of_the_only_change_in_question_is_proposed() -> None:
    one = found(merged(7, "11:00"), on_duty("ivo"))
    change = one[0].remedies[0].change
    assert isinstance(change, CreateItem)
    assert change.assignees == ("nadia",)
    assert one[0].who == ("nadia",)
    assert one[0].says.endswith(
        "; Nadia is proposed, since the only change merged before it broke, gitlab-org/omnibus-gitlab!7, is theirs."
    )
    assert "One change is in question, merged after the last green pipeline:\n" in change.description
    assert "- gitlab-org/omnibus-gitlab!7 by Nadia" in change.description


def test_several_changes_are_listed_and_nobody_is_guessed() -> None:
    one = found(merged(7, "11:00"), merged(8, "11:30", "ivo"), merged(9, "12:00", "somebody"), on_duty("timo"))
    change = one[0].remedies[0].change
    assert isinstance(change, CreateItem)
    assert change.assignees == ()
    assert one[0].who == ("nadia", "ivo")
    assert "3 changes are in question" in change.description
    assert [fact.link for fact in one[0].evidence[1:]] == [f"{PROJECT}!{iid}" for iid in (7, 8, 9)]


def test_without_a_change_in_question_whoever_is_on_duty_is_proposed() -> None:
    assert proposed(on_duty("ivo")) == ("ivo",)
    assert proposed(on_duty("ivo", "2026-06-08"), on_duty("timo", "2026-05-25", 778)) == ("timo",)
    assert found(on_duty("ivo"))[0].says.endswith("; Ivo is proposed, since they are on duty.")


def test_an_author_who_is_away_leaves_it_to_their_group_then_to_the_duty() -> None:
    one = found(merged(7, "11:00"), on_duty("ivo"), people=NADIA_AWAY)
    assert one[0].who == ("mara",)
    assert one[0].says.endswith("!7, is Nadia’s, who is away, and both are of one group.")
    alone = {**NADIA_AWAY, "mara": Person("Mara", groups=("build",), away=AWAY)}
    assert proposed(merged(7, "11:00"), on_duty("ivo"), people=alone) == ("ivo",)
    assert proposed(merged(7, "11:00"), on_duty("nadia"), people=alone) == ()
    assert proposed(merged(7, "11:00", "somebody"), on_duty("ivo")) == ("ivo",)


def test_of_a_group_somebody_at_work_comes_first() -> None:
    people = {**NADIA_AWAY, "ada": Person("Ada", zone="Pacific/Auckland", groups=("build",))}
    assert proposed(merged(7, "11:00"), people=people) == ("mara",)


@pytest.mark.parametrize(
    "item",
    [
        merged(7, "06:00"),
        merged(7, "13:30"),
        merged(7, "11:00", target_branch="19-0-stable"),
        merged(7, "11:00", project="gitlab-org/build/CNG"),
        a_merge_request(7, state="closed", closed_at=at("2026-06-02 11:00")),
        an_issue(7, state="closed", closed_at=at("2026-06-02 11:00")),
    ],
    ids=["long before", "after", "another branch", "another project", "not merged", "an issue"],
)
def test_what_is_not_in_question(item: Item) -> None:
    assert proposed(item, on_duty("ivo")) == ("ivo",)


def test_what_was_merged_while_the_green_pipeline_ran_is_in_question() -> None:
    assert proposed(merged(7, "09:00"), on_duty("ivo")) == ("nadia",)
    assert proposed(merged(7, "09:00"), on_duty("ivo"), rules__red_default_branch__longest_pipeline_hours=0.5) == (
        "ivo",
    )


def test_where_commits_are_known_they_decide() -> None:
    in_green = merged(7, "09:30", "ivo", merge_commit="aaa")
    in_red = merged(8, "12:00", "nadia", merge_commit="bbb")
    later = merged(9, "12:30", "timo", merge_commit="ccc")
    assert proposed(in_green, in_red, later) == ("nadia",)


def test_each_job_is_asked_since_its_own_green() -> None:
    runs = (
        run("success", at("2026-06-02 06:00"), 1),
        run("failed", GREEN, 2, failed_jobs=("lint",)),
        run("failed", RED, 3, failed_jobs=("spec",)),
    )
    hours: dict[str, Any] = {"rules__red_default_branch__longest_pipeline_hours": 0.5}
    assert proposed(merged(7, "08:00", "ivo"), merged(8, "12:00", "nadia"), runs=runs, **hours) == ("nadia",)


def test_a_branch_that_was_never_seen_green_accuses_nobody() -> None:
    assert proposed(merged(7, "11:00"), on_duty("ivo"), runs=WENT_RED[1:]) == ("ivo",)


def test_a_job_that_only_nights_run_is_asked_since_its_own_night() -> None:
    nights = (
        run("success", at("2026-06-01 02:00"), 1, source="schedule"),
        run("success", at("2026-06-02 09:00"), 2, source="push"),
        run("failed", GREEN, 3, source="schedule", failed_jobs=("scan",)),
    )
    at_night, before = merged(7, "09:30", "ivo"), merged(8, "05:00", "nadia")
    hours: dict[str, Any] = {"rules__red_default_branch__longest_pipeline_hours": 0.1}
    assert proposed(at_night, before, on_duty("timo"), runs=nights, **hours) == ()
    by_day = (*nights[:2], run("failed", GREEN, 3, source="push", failed_jobs=("scan",)))
    assert proposed(at_night, before, on_duty("timo"), runs=by_day, **hours) == ("ivo",)
    by_both = (*by_day, run("failed", RED, 4, source="schedule", failed_jobs=("scan",)))
    assert proposed(at_night, before, on_duty("timo"), runs=by_both, **hours) == ("ivo",)


def test_where_nobody_noted_the_jobs_the_whole_pipeline_counts() -> None:
    runs = (run("success", GREEN, 1), run("failed", RED, 2))
    assert proposed(merged(7, "11:00"), on_duty("ivo"), runs=runs) == ("nadia",)


# --- an incident that nobody has ---------------------------------------------------------------------------


def untriaged(minutes: int, *items: Item, **facts: Any) -> Finding:
    incident = an_incident(created_at=NOW - timedelta(minutes=minutes), **facts.pop("incident", {}))
    (one,) = found(incident, *items, **facts)
    assert told([one]) == ["untriaged omnibus-gitlab#50"]
    return one


def test_an_incident_of_nobodys_is_said_with_its_deadline() -> None:
    one = untriaged(5, merged(7, "11:00"))
    assert one.says == (
        "main of omnibus has been red since Tue 2 Jun 13:00 (spec and lint fail), and its incident is nobody’s; it is "
        "to be assigned by Tue 2 Jun 17:55; Nadia is proposed, since the only change merged before it broke, "
        "gitlab-org/omnibus-gitlab!7, is theirs."
    )
    assert [remedy.change for remedy in one.remedies] == [Assign(("nadia",))]
    assert one.evidence[0].at == NOW - timedelta(minutes=5)


@pytest.mark.parametrize(
    ("minutes", "topic"),
    [(9, None), (10, "call-1"), (29, "call-1"), (30, "call-2"), (219, "call-2"), (220, "escalation")],
)
def test_the_ladder(minutes: int, topic: str | None) -> None:
    runs = (run("success", NOW - timedelta(hours=6)), run("failed", NOW - timedelta(hours=5), 2))
    said = comments_of([untriaged(minutes, runs=runs)])
    assert [comment.topic for comment in said] == ([topic] if topic else [])


def test_the_group_is_called_with_what_is_in_question() -> None:
    (comment,) = comments_of([untriaged(12, merged(7, "11:00"), merged(8, "11:30"))])
    assert comment.group == "gitlab-org/distribution"
    assert comment.to == ()
    both = "gitlab-org/omnibus-gitlab!7 and gitlab-org/omnibus-gitlab!8"
    assert f"These changes are in question: {both}." in comment.asks
    (comment,) = comments_of([untriaged(12, merged(7, "11:00"))])
    assert "This change is in question: gitlab-org/omnibus-gitlab!7." in comment.asks
    assert comments_of([untriaged(12, team__mention="")]) == []


def test_a_persons_word_or_a_fix_under_way_calls_nobody() -> None:
    assert comments_of([untriaged(12, incident={"last_human_at": NOW - timedelta(minutes=3)})]) == []
    fix = a_merge_request(60, *LABELS, author="timo")
    one = untriaged(12, fix, merged(7, "11:00"))
    assert [remedy.change for remedy in one.remedies] == [Assign(("timo",))]
    assert one.says.endswith("; Timo is proposed, since they write the fix gitlab-org/omnibus-gitlab!60.")
    assigned = a_merge_request(60, *LABELS, author="timo", assignees=("stranger", "ivo"))
    assert [remedy.change for remedy in untriaged(12, assigned).remedies] == [Assign(("ivo",))]
    outside = a_merge_request(60, *LABELS, author="stranger")
    assert untriaged(12, outside).remedies == ()


def test_the_managers_are_asked_at_last() -> None:
    late = (run("success", NOW - timedelta(hours=6)), run("failed", NOW - timedelta(hours=5), 2))
    (comment,) = comments_of([untriaged(225, runs=late)])
    assert (comment.to, comment.group) == (("erin", "paul"), "gitlab-org/distribution")
    (alone,) = comments_of([untriaged(225, runs=late, team__mention="")])
    assert (alone.to, alone.group) == (("erin", "paul"), "")
    assert "open since Tue 2 Jun 10:15, still waits for somebody" in comment.asks
    nobody = {name: person for name, person in PEOPLE.items() if person.is_engineer}
    (comment,) = comments_of([untriaged(225, runs=late, people=nobody)])
    assert (comment.to, comment.group) == ((), "gitlab-org/distribution")
    assert comments_of([untriaged(225, runs=late, people=nobody, team__mention="")]) == []


def test_triage_breaches_after_four_hours() -> None:
    late = (run("success", NOW - timedelta(hours=6)), run("failed", NOW - timedelta(hours=5), 2))
    assert untriaged(239, runs=late).severity == "warning"
    assert untriaged(240, runs=late).severity == "breach"


def test_an_incident_that_came_back_counts_from_when_it_did() -> None:
    assert untriaged(3 * 24 * 60).says.count("it is to be assigned by Tue 2 Jun 17:00") == 1


def test_a_weekend_moves_the_ladder() -> None:
    saturday = at("2026-06-06 10:00")
    runs = (run("success", saturday - timedelta(hours=9)), run("failed", saturday, 2))
    for now, topics in (("2026-06-07 23:59", []), ("2026-06-08 00:09", []), ("2026-06-08 00:10", ["call-1"])):
        one = found(an_incident(created_at=saturday), runs=runs, now=at(now))
        assert [comment.topic for comment in comments_of(one)] == topics


def test_a_second_incident_of_the_same_branch_is_left_to_the_first() -> None:
    later = an_incident(51, created_at=RED + timedelta(minutes=5))
    assert told(found(an_incident(), later)) == ["untriaged omnibus-gitlab#50"]


def test_no_pipelines_no_questions() -> None:
    assert found(an_incident(), runs=()) == []


# --- an incident that somebody has -------------------------------------------------------------------------


def resolving(hours: float, *items: Item, assignees: tuple[str, ...] = ("nadia",), **facts: Any) -> list[Finding]:
    taken = NOW - timedelta(hours=hours)
    runs = (run("success", NOW - timedelta(hours=9)), run("failed", NOW - timedelta(hours=8), 2, failed_jobs=("spec",)))
    incident = an_incident(created_at=NOW - timedelta(hours=8), assignees=assignees, assigned_since=taken)
    return found(incident, *items, runs=runs, **facts)


def test_four_hours_are_there_to_resolve_it() -> None:
    assert resolving(3.9) == []
    one = resolving(4)
    assert told(one) == ["unresolved omnibus-gitlab#50"]
    assert one[0].says == (
        "main of omnibus is still red; Nadia took its incident on Tue 2 Jun 10:00, and it was to be resolved by "
        "Tue 2 Jun 14:00."
    )
    assert (one[0].severity, one[0].who) == ("breach", ("nadia",))
    (comment,) = comments_of(one)
    assert comment.to == ("nadia",)
    assert comment.asks.startswith("main is still red (spec fails). Could you say how it stands")


def test_neither_a_bot_nor_somebody_away_has_it() -> None:
    one = resolving(5, people=NADIA_AWAY)
    assert told(one) == ["untriaged omnibus-gitlab#50"]
    assert "nobody who is there has its incident, but Nadia; it is to be" in one[0].says
    (call,) = one[0].remedies
    assert isinstance(call.change, Comment)
    assert (call.change.topic, call.expects) == ("escalation", (Expectation("unassigned", "nadia"),))
    bots = an_incident(assignees=("gitlab-bot",), created_at=NOW - timedelta(minutes=12))
    assert [comment.topic for comment in comments_of(found(bots))] == ["call-1"]
    both = an_incident(assignees=("gitlab-bot", "ivo"), assigned_since=RED)
    assert found(both) == []
    late = found(both, now=at("2026-06-02 17:00"))
    assert (late[0].who, comments_of(late)[0].to) == (("ivo",), ("ivo",))
    outside = an_incident(assignees=("stranger",), assigned_since=RED)
    assert found(outside) == []


def test_somebody_from_outside_has_it_until_its_time_is_over_then_the_managers_are_asked_too() -> None:
    assert resolving(3.9, assignees=("stranger",)) == []
    one = resolving(4, on_duty("timo"), assignees=("stranger",))
    assert told(one) == ["unresolved omnibus-gitlab#50"]
    assert one[0].who == ("timo",)
    asked, call = comments_of(one)
    assert (asked.topic, asked.to) == ("resolve", ("stranger",))
    assert (call.topic, call.to, call.group) == ("escalation-outside", ("erin", "paul"), "gitlab-org/distribution")
    assert "incident, which @stranger took from outside the team, was to be resolved by Tue 2 Jun 14:00." in call.asks
    assert one[0].remedies[1].expects == (Expectation("unassigned", "stranger"),)
    engineers = {name: person for name, person in PEOPLE.items() if person.is_engineer}
    alone = resolving(4, assignees=("stranger",), people=engineers, team__mention="")
    assert [comment.to for comment in comments_of(alone)] == [("stranger",)]
    both = resolving(4, assignees=("stranger", "nadia"))
    assert [comment.to for comment in comments_of(both)] == [("stranger", "nadia")]
    assert both[0].who == ("nadia",)


def test_where_nobody_noted_when_it_was_taken_it_counts_from_its_opening() -> None:
    incident = an_incident(assignees=("nadia",))
    assert found(incident, now=at("2026-06-02 16:59")) == []
    assert told(found(incident, now=at("2026-06-02 17:00"))) == ["unresolved omnibus-gitlab#50"]


# --- green again -------------------------------------------------------------------------------------------


def ending(now: str, **facts: Any) -> list[Finding]:
    incident = an_incident(**{"created_at": GREEN, "assignees": ("nadia",), **facts.pop("incident", {})})
    return found(incident, runs=IS_GREEN, now=at(now), **facts)


def test_its_root_cause_is_asked_for() -> None:
    one = ending("2026-06-02 14:00")
    assert told(one) == ["root-cause omnibus-gitlab#50"]
    assert one[0].says == (
        "main of omnibus has been green since Tue 2 Jun 11:00, and its incident does not say what it was."
    )
    (comment,) = comments_of(one)
    assert (comment.topic, comment.to) == ("root-cause", ("nadia",))
    assert f"One of these may fit: ~{CAUSE}, ~master-broken::infrastructure, " in comment.asks
    plain = ending("2026-06-02 14:00", rules__red_default_branch__root_causes=())
    assert "may fit" not in comments_of(plain)[0].asks


def test_of_nobodys_incident_it_is_asked_of_whoever_is_on_duty_else_of_the_managers() -> None:
    incident = an_incident(created_at=GREEN)
    assert comments_of(found(incident, on_duty("ivo"), runs=IS_GREEN))[0].to == ("ivo",)
    assert comments_of(found(incident, runs=IS_GREEN))[0].to == ("erin", "paul")
    engineers = {name: person for name, person in PEOPLE.items() if person.is_engineer}
    assert found(incident, runs=IS_GREEN, people=engineers)[0].remedies == ()


def test_an_incident_with_its_cause_is_left_alone_until_it_is_over() -> None:
    assert ending("2026-06-03 10:59", incident={"labels": (*LABELS, CAUSE)}) == []


def test_after_a_quiet_day_it_is_closed_with_a_word() -> None:
    assert told(ending("2026-06-03 10:59")) == ["root-cause omnibus-gitlab#50"]
    one = ending("2026-06-03 11:00")
    assert told(one) == ["over omnibus-gitlab#50"]
    assert one[0].says == (
        "main of omnibus has been green since Tue 2 Jun 11:00, and its incident quiet since Tue 2 Jun 11:00: "
        "it can be closed."
    )
    close, comment = changes_of(one)
    assert close == CloseItem()
    assert isinstance(comment, Comment)
    assert comment.to == ("nadia",)
    assert {fact.value for remedy in one[0].remedies for fact in remedy.expects} == {BACK_AT.isoformat()}


def test_a_word_or_a_new_failure_starts_the_day_anew() -> None:
    spoke = {"last_human_at": at("2026-06-02 20:00")}
    assert told(ending("2026-06-03 19:59", incident=spoke)) == ["root-cause omnibus-gitlab#50"]
    assert told(ending("2026-06-03 20:00", incident=spoke)) == ["over omnibus-gitlab#50"]
    again = (*IS_GREEN, run("failed", at("2026-06-02 18:00"), 3), run("success", at("2026-06-02 19:00"), 4))
    assert told(found(an_incident(), runs=again, now=at("2026-06-03 18:59"))) == ["root-cause omnibus-gitlab#50"]


def test_with_nobody_to_speak_to_it_is_closed_without_a_word() -> None:
    engineers = {name: person for name, person in PEOPLE.items() if person.is_engineer}
    one = found(an_incident(created_at=GREEN), runs=IS_GREEN, now=at("2026-06-03 11:00"), people=engineers)
    assert changes_of(one) == [CloseItem()]


# --- labels ------------------------------------------------------------------------------------------------


def test_a_fix_and_an_incident_carry_what_lets_them_pass() -> None:
    fix = a_merge_request(60, BROKEN, "priority::1", author="nadia")
    one = found(fix, runs=())
    assert told(one) == ["labels omnibus-gitlab!60"]
    assert one[0].says == (
        "It is the fix of a red branch and lacks ~pipeline::expedited and ~severity::1, which let it pass before other "
        "work."
    )
    assert changes_of(one) == [AddLabels(("pipeline::expedited", "severity::1"))]
    incident = found(an_incident(labels=LABELS[:3]), runs=())
    assert incident[0].says == (
        "It is the incident of a red branch and lacks ~severity::1, which lets it pass before other work."
    )
    assert found(an_epic(3, BROKEN, "group::distribution"), an_issue(4, MILESTONE), runs=()) == []


# --- what comes and goes -----------------------------------------------------------------------------------


def going(*statuses: str, hours: int = 2, sha: str = "", jobs: tuple[str, ...] = ("spec",)) -> tuple[Pipeline, ...]:
    start = NOW - timedelta(hours=hours * len(statuses))
    return tuple(
        run(
            "success" if status == "g" else "failed",
            start + timedelta(hours=hours * number),
            number + 1,
            sha=sha,
            failed_jobs=() if status == "g" else jobs,
        )
        for number, status in enumerate(statuses)
    )


def test_a_job_that_was_red_green_and_red_again_is_said() -> None:
    one = [finding for finding in found(on_duty("ivo"), runs=going("r", "g", "r", "g", "r")) if finding.code == "flaky"]
    assert one[0].says == (
        "On main of omnibus the job spec was red, green and red again within 72 hours: it may come and go by itself."
    )
    assert (one[0].subject, one[0].who, one[0].remedies) == (f"{PROJECT}@main", ("ivo",), ())
    assert [(fact.what, fact.at) for fact in one[0].evidence] == [("spec failed last", at("2026-06-02 12:00"))]


def test_a_commit_that_was_red_and_green_is_said() -> None:
    one = found(runs=going("r", "g", sha="0123456789abcdef"))
    assert told(one) == ["flaky omnibus-gitlab@main"]
    assert "the commit 01234567 was red and green within" in one[0].says
    assert (one[0].who, one[0].evidence[0].at) == (MANAGERS, NOW - timedelta(hours=4))


@pytest.mark.parametrize(
    "runs",
    [
        going("r", "g"),
        going("g", "r", "g"),
        going("r", "g", "r", "g", jobs=()),
        going("r", "g", "r", "g", hours=30),
        (*going("r", "g", hours=4), *going("r", "g", jobs=("lint",), hours=1)),
        tuple(
            replace(one, source="schedule" if one.status == "failed" else "push")
            for one in going("r", "g", "r", "g", sha="abc")
        ),
    ],
    ids=["once", "red once", "no jobs noted", "too long ago", "another job", "red at night, green by day"],
)
def test_what_does_not_come_and_go(runs: tuple[Pipeline, ...]) -> None:
    assert [one for one in found(runs=runs) if one.code == "flaky"] == []


def test_what_comes_and_goes_accuses_nobody() -> None:
    assert proposed(merged(7, "11:30"), on_duty("ivo"), runs=going("r", "g", "r")) == ("ivo",)
    assert proposed(merged(7, "11:30"), on_duty("ivo"), runs=going("r", "g", "r", jobs=())) == ("nadia",)
    assert proposed(merged(7, "11:30"), on_duty("ivo"), runs=going("g", "r", sha="abc", jobs=())) == ("ivo",)
    same_commit = (run("success", GREEN, 1, sha="abc"), run("failed", RED, 2, sha="abc"))
    window: dict[str, Any] = {"rules__red_default_branch__flaky_hours": 2}
    assert proposed(merged(7, "11:30"), on_duty("ivo"), runs=same_commit, **window) == ("ivo",)


def test_an_incident_without_a_cause_gets_the_one_of_what_comes_and_goes() -> None:
    runs = going("r", "g", "r")
    flaky = [one for one in found(an_incident(assignees=("nadia",)), runs=runs) if one.code == "flaky"]
    assert [(remedy.subject, remedy.change) for remedy in flaky[0].remedies] == [(f"{PROJECT}#50", AddLabels((CAUSE,)))]
    known = an_incident(assignees=("nadia",), labels=(*LABELS, "master-broken::infrastructure"))
    assert changes_of(found(known, runs=runs)) == []
    none: dict[str, Any] = {"rules__red_default_branch__flaky": ""}
    assert changes_of(found(an_incident(assignees=("nadia",)), runs=runs, **none)) == []


# --- stable branches and schedules -------------------------------------------------------------------------


STABLE_RED = (run("success", RED), run("failed", RED, 2, ref="19-0-stable", failed_jobs=("spec",)))
STABLE_GREEN = (run("success", GREEN), run("success", BACK_AT, 2, ref="19-0-stable"))


def test_a_red_stable_branch_gets_an_incident() -> None:
    one = found(on_duty("ivo"), runs=STABLE_RED)
    assert told(one) == ["stable-red omnibus-gitlab@19-0-stable"]
    assert one[0].says == (
        "The stable branch 19-0-stable of omnibus has been red since Tue 2 Jun 13:00 (spec fails), and no incident is "
        "open; Ivo is proposed, since they are on duty."
    )
    assert (one[0].severity, one[0].who) == ("warning", ("ivo",))
    (remedy,) = one[0].remedies
    assert isinstance(remedy.change, CreateItem)
    assert (remedy.subject, remedy.change.topic) == (PROJECT, "19-0-stable-2026-06-02T13:00")
    assert remedy.change.title == "19-0-stable is red since 2026-06-02 13:00 UTC"
    assert (remedy.change.labels, remedy.change.assignees) == (LABELS, ("ivo",))
    (bare,) = changes_of(found(runs=STABLE_RED, rules__red_default_branch__title="Broken"))
    assert isinstance(bare, CreateItem)
    assert bare.title == "Broken (19-0-stable)"
    assert found(runs=(run("success", RED, ref="19-0-stable"), run("failed", RED, 2, ref="a-feature"))) == []


def test_a_schedule_that_fails_on_a_green_branch_is_said() -> None:
    nightly = run("failed", at("2026-06-02 03:00"), 1, source="schedule")
    one = found(runs=(nightly, run("success", GREEN, 2, source="push")))
    assert told(one) == ["scheduled-red omnibus-gitlab@main"]
    assert one[0].says == (
        "The scheduled pipelines of main of omnibus have been red since Tue 2 Jun 03:00, and no incident is open."
    )
    assert one[0].who == MANAGERS
    (change,) = changes_of(one)
    assert isinstance(change, CreateItem)
    assert change.title == "Scheduled runs: main is red since 2026-06-02 03:00 UTC"
    assert change.description.startswith("The latest scheduled pipeline of `main` failed; red since Tue 2 Jun 03:00.")
    about = an_incident(title=change.title, created_at=GREEN)
    (free,) = found(about, on_duty("ivo"), runs=(nightly, run("success", GREEN, 2, source="push")))
    assert (free.code, changes_of([free])) == ("scheduled-red", [Assign(("ivo",))])
    assert "and nobody has its incident gitlab-org/omnibus-gitlab#50; Ivo is proposed" in free.says
    assert changes_of(found(about, runs=(nightly, run("success", GREEN, 2, source="push")))) == []
    feature = run("failed", at("2026-06-02 03:00"), 1, source="schedule", ref="a-feature")
    assert told(found(runs=(feature,))) == ["scheduled-red omnibus-gitlab@a-feature"]


@pytest.mark.parametrize("facts", [{"ref": "19-0-stable"}, {"source": "schedule", "ref": "a-feature"}])
def test_what_is_not_looked_after_any_more_is_not_said(facts: dict[str, Any]) -> None:
    month, minute = timedelta(days=30), timedelta(minutes=1)
    assert len(found(runs=(run("failed", NOW - month, **facts),))) == 1
    assert found(runs=(run("failed", NOW - month - minute, **facts),)) == []
    again = (run("failed", NOW - 2 * month, **facts), run("failed", NOW - minute, 2, **facts))
    assert len(found(runs=again)) == 1


def test_a_red_branch_has_said_so_already() -> None:
    assert told(found(runs=(run("failed", RED, source="schedule"),))) == ["no-incident omnibus-gitlab@main"]
    assert found(runs=(run("success", RED, source="schedule"),)) == []


# --- which branch an incident is about ------------------------------------------------------------------------


def about_stable(**facts: Any) -> Issue:
    return an_incident(title="19-0-stable: packages fail", **{"created_at": GREEN, **facts})


def test_an_incident_about_another_branch_is_that_branchs() -> None:
    taken = about_stable(assignees=("nadia",), created_at=at("2026-06-01 09:00"))
    late = at("2026-06-03 14:00")
    assert found(taken, runs=STABLE_RED, now=late) == []
    stays = run("failed", GREEN, 2, ref="19-0-stable")
    assert found(taken, runs=(run("success", at("2026-06-01 10:00")), stays), now=late) == []
    assert told(found(taken, an_incident(51), runs=(*WENT_RED, stays))) == ["untriaged omnibus-gitlab#51"]
    assert told(found(taken, runs=(*WENT_RED, stays))) == ["no-incident omnibus-gitlab@main"]
    assert told(found(taken, runs=STABLE_GREEN, now=late)) == ["over omnibus-gitlab#50"]
    assert found(taken, runs=IS_GREEN, now=late) == []


def test_an_incident_about_two_branches_ends_with_both() -> None:
    both = an_incident(title="main and 19-0-stable are red", assignees=("nadia",), created_at=GREEN)
    late = at("2026-06-03 14:00")
    assert found(both, runs=STABLE_RED, now=late) == []
    assert told(found(both, runs=STABLE_GREEN, now=late)) == ["over omnibus-gitlab#50"]
    nightly = run("failed", GREEN, 1, source="schedule")
    main = an_incident(assignees=("nadia",), created_at=GREEN)
    assert found(main, runs=(nightly, run("success", BACK_AT, 2)), now=late) == []
    given_up = (run("failed", NOW - timedelta(days=31), source="schedule"), run("success", BACK_AT, 2))
    assert told(found(main, runs=given_up, now=late)) == ["over omnibus-gitlab#50"]


def test_a_fix_is_of_the_branch_that_it_is_to_be_merged_into() -> None:
    fix = a_merge_request(60, *LABELS, author="timo", target_branch="19-0-stable")
    (comment,) = comments_of([untriaged(12, fix)])
    assert comment.topic == "call-1"
    (change,) = changes_of(found(fix, runs=STABLE_RED))
    assert isinstance(change, CreateItem)
    assert change.assignees == ("timo",)


TASKS = "gitlab-org/distribution/team-tasks"


@pytest.mark.parametrize(
    "title", ["main of omnibus is red", "Broken: gitlab-org/omnibus-gitlab.", "omnibus-gitlab@main fails"]
)
def test_an_incident_kept_in_another_project_is_found(title: str) -> None:
    kept = an_incident(project=TASKS, title=title, assignees=("nadia",), created_at=GREEN)
    assert found(kept) == []
    assert told(found(replace(kept, assignees=()))) == ["untriaged team-tasks#50"]
    assert told(found(kept, runs=IS_GREEN, now=at("2026-06-03 14:00"))) == ["over team-tasks#50"]
    tasks_ran = run("success", at("2026-06-01 10:00"), 9, project=TASKS)
    assert found(kept, runs=(*WENT_RED, tasks_ran), now=at("2026-06-02 16:00")) == []


def test_what_is_named_beside_a_red_branch_of_its_own_is_no_branch_of_it() -> None:
    charts = "gitlab-org/charts/gitlab"
    named = an_incident(title="main is red since charts moved", assignees=("nadia",))
    there = run("failed", RED, 7, project=charts)
    assert told(found(named, runs=(*WENT_RED, there))) == ["no-incident gitlab@main"]
    assert told(found(an_incident(project=TASKS, title="Something is red"))) == ["no-incident omnibus-gitlab@main"]
    stranger = an_incident(project=ELSEWHERE, title="omnibus is red", labels=(*LABELS, "group::distribution"))
    assert told(found(stranger)) == ["no-incident omnibus-gitlab@main"]


# --- lines -------------------------------------------------------------------------------------------------

STATUSES = st.lists(st.sampled_from(["success", "failed", "canceled"]), max_size=8)


@given(STATUSES)
def test_a_line_is_red_when_the_snapshot_says_so_and_else_green(statuses: list[str]) -> None:
    runs = tuple(run(status, GREEN + timedelta(minutes=number), number) for number, status in enumerate(statuses))
    snapshot = a_snapshot(pipelines=runs)
    lines = list(lines_of(PROJECT, Desk(snapshot, a_handbook()), Patterns(())))
    assert [(line.ref, line.red_since) for line in lines if line.red] == [(red.ref, red.since) for red in snapshot.red]
    for line in lines:
        assert (line.green_since is None) == bool(line.red)
        assert (line.red_since is None) == (not line.red)


def test_a_green_line_has_no_failing_jobs() -> None:
    assert Line(PROJECT, "main", "default", IS_GREEN).failing == ()


def test_somebody_elses_closed_work_is_not_looked_at_without_a_date() -> None:
    assert proposed(a_merge_request(7, state="merged"), on_duty("ivo")) == ("ivo",)
