"""Required labels: what lacks which, on which evidence one is proposed, and what is left alone."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.model.actions import AddLabels, Evidence, RemoveLabels
from handrail.model.findings import Finding
from handrail.model.items import Item, LinkedMergeRequest, Stay
from handrail.model.planning import Milestone
from handrail.rules.label_evidence import Witness, likeliest
from handrail.testing import (
    MILESTONE,
    PROJECT,
    a_handbook,
    a_merge_request,
    a_snapshot,
    an_epic,
    an_issue,
    at,
    bundled,
    check_rule,
    told,
)

TEAM = "group::distribution"
BUILD, DEPLOY = f"{TEAM}::build", f"{TEAM}::deploy"
WHOLE = (TEAM, BUILD, "type::bug", "priority::2", "FY27::Q2")
"""All that an issue of 19.1, released in June 2026, needs."""
NEW = "gitlab-org/brand-new"


def found(*items: Item, changes: dict[str, object] | None = None) -> list[Finding]:
    book = a_handbook(changes)
    return check_rule("required_labels", a_snapshot(*items, handbook=book), book)


def added(findings: list[Finding]) -> list[str]:
    """The labels that remedies put on, and, with a minus, take off."""
    changes = [remedy.change for one in findings for remedy in one.remedies]
    return [
        *(label for change in changes if isinstance(change, AddLabels) for label in change.labels),
        *(f"-{label}" for change in changes if isinstance(change, RemoveLabels) for label in change.labels),
    ]


def test_an_item_with_all_labels_is_left_alone() -> None:
    issues = [an_issue(number, *WHOLE, milestone=MILESTONE) for number in (1, 2)]
    assert found(*issues, a_merge_request(3, *WHOLE, milestone=MILESTONE)) == []


def test_another_teams_item_is_left_alone() -> None:
    assert found(an_issue(1, project="gitlab-org/gitlab")) == []


def test_the_teams_label_is_certain_in_its_project_and_beside_its_groups_label() -> None:
    in_project = found(an_issue(1, BUILD, "type::bug"))
    assert told(in_project) == ["no-team omnibus-gitlab#1"]
    assert in_project[0].says == "It lacks ~group::distribution: omnibus is the team’s."
    beside = found(an_issue(1, BUILD, "type::bug", project=NEW))
    assert beside[0].says == "It lacks ~group::distribution: it has a label of one of the team’s groups."
    assert added(in_project) == added(beside) == [TEAM]


def test_an_epic_needs_team_and_group_and_no_type() -> None:
    assert told(found(an_epic(3, TEAM))) == ["no-group gitlab-org&3"]
    assert found(an_epic(3, TEAM, BUILD)) == []


def test_a_team_without_groups_needs_no_groups_label() -> None:
    assert found(an_issue(1, TEAM, "type::bug"), changes={"groups": {}}) == []


def test_the_group_follows_from_the_project() -> None:
    one = found(an_issue(1, TEAM, "type::bug"))
    assert told(one) == ["no-group omnibus-gitlab#1"]
    assert one[0].says == "It lacks ~group::distribution::build: omnibus is Distribution:Build’s."
    assert added(one) == [BUILD]


def test_evidence_against_keeps_a_label_from_being_proposed() -> None:
    one = found(an_issue(1, TEAM, "type::bug", author="ivo"))  # of Deploy, in a project of Build's
    assert added(one) == []
    maybe = "~group::distribution::build may fit (omnibus is Distribution:Build’s)"
    assert one[0].says == f"It lacks a group label; {maybe}."


def test_whose_it_is_speaks_for_a_group_but_not_loudly_enough_alone() -> None:
    one = found(an_issue(1, TEAM, "type::bug", project=NEW, author="nadia"))
    assert added(one) == []
    assert "written by Nadia of Distribution:Build" in one[0].says
    assert one[0].who == ("nadia",)
    assigned = found(an_issue(1, TEAM, "type::bug", project=NEW, author="nadia", assignees=("ivo",)))
    assert "assigned to Ivo of Distribution:Deploy" in assigned[0].says
    assert assigned[0].who == ("ivo",)


def test_what_a_group_answers_for_speaks_for_it() -> None:
    tasks = an_issue(1, TEAM, "type::maintenance", "maintenance::pipelines", project=NEW)
    one = found(tasks)
    assert one[0].says == (
        "It lacks ~group::distribution::build: Distribution:Build answers for pipelines of all the team's projects "
        "(it has ~maintenance::pipelines)."
    )
    assert added(one) == [BUILD]
    titled = an_issue(1, TEAM, "type::bug", project=NEW, title="Patch for CVE-2026-1")
    words = found(titled)
    assert added(words) == []
    assert "its title has “cve-”" in words[0].says
    charts = a_handbook().sources["charts"].path
    against = found(an_issue(1, TEAM, "type::maintenance", "maintenance::dependency", project=charts))
    assert added(against) == []


def test_nothing_known_is_said_plainly() -> None:
    one = found(an_issue(1, TEAM, project=NEW))
    assert [finding.says for finding in one] == ["It lacks a group label.", "It lacks a type label."]
    assert {finding.who for finding in one} == {("erin", "paul")}


def test_shared_work_needs_no_group() -> None:
    for shared in (("infrastructure",), ("omnibus",), (PROJECT,)):
        changes: dict[str, object] = {"rules.required_labels.shared": shared}
        assert found(an_issue(1, TEAM, "infrastructure", "type::bug"), changes=changes) == []
    tasks = a_handbook().sources["team-tasks"].path
    assert found(an_issue(1, TEAM, "type::bug", project=tasks)) == []


def test_an_epic_speaks_for_its_issues() -> None:
    epic = an_epic(3, TEAM, DEPLOY, "priority::2", "type::bug")
    one = found(epic, an_issue(1, TEAM, project=NEW, epic=epic.ref))
    assert added(one) == [DEPLOY, "type::bug"]
    assert one[0].evidence == (Evidence("gitlab-org&3 has ~group::distribution::deploy", link="gitlab-org&3"),)
    assert added(found(an_issue(1, TEAM, project=NEW, epic="gitlab-org&99"))) == []


def test_the_issue_that_a_merge_request_closes_speaks_for_it() -> None:
    merge_request = a_merge_request(2, TEAM, project=NEW)
    linked = (LinkedMergeRequest(merge_request.ref),)
    issue = an_issue(1, TEAM, DEPLOY, "type::bug", project=NEW, merge_requests=linked)
    assert added(found(issue, merge_request)) == [DEPLOY, "type::bug"]


@pytest.mark.parametrize(
    ("paths", "sure"),
    [(("config/a.rb", "config/b.rb"), True), (("config/a.rb", "doc/b.md"), False), (("configs/a.rb",), False)],
)
def test_a_folder_that_holds_all_that_changes_speaks_for_a_group(paths: tuple[str, ...], sure: bool) -> None:
    folders: dict[str, object] = {
        "rules.required_labels.group_of": {f"{NEW}:config": "deploy", "omnibus:config": "build", f"{NEW}:x": "nobody"}
    }
    merge_request = a_merge_request(2, TEAM, "type::bug", project=NEW, changed_paths=paths)
    assert added(found(merge_request, changes=folders)) == ([DEPLOY] if sure else [])


def test_the_quarter_is_the_releases() -> None:
    one = found(an_issue(1, *WHOLE[:4], milestone=MILESTONE))
    assert told(one) == ["quarter omnibus-gitlab#1"]
    assert one[0].says == "19.1 is released in FY27 Q2, so ~FY27::Q2 belongs on it."
    assert added(one) == ["FY27::Q2"]


@pytest.mark.parametrize(
    ("due", "quarter"), [("2026-07-10", "FY27::Q2"), ("2026-07-25", "FY27::Q2"), ("2026-07-26", "FY27::Q3")]
)
def test_gitlabs_own_dates_tell_the_quarter_of_a_release(due: str, quarter: str) -> None:
    ends = Milestone("19.2", date(2026, 6, 13), date.fromisoformat(due))
    snapshot = a_snapshot(an_issue(1, *WHOLE[:4], milestone="19.2"), milestones=(ends,))
    assert added(check_rule("required_labels", snapshot)) == [quarter]


def test_another_quarter_goes_with_the_scope_and_another_year_by_itself() -> None:
    assert added(found(an_issue(1, *WHOLE[:4], "FY27::Q1", milestone=MILESTONE))) == ["FY27::Q2"]
    assert added(found(an_issue(1, *WHOLE[:4], "FY26::Q4", milestone=MILESTONE))) == ["FY27::Q2", "-FY26::Q4"]


def test_a_milestone_without_a_release_has_no_quarter() -> None:
    assert found(an_issue(1, *WHOLE[:4], milestone="Backlog")) == []


def test_a_subtype_tells_the_type() -> None:
    one = found(an_issue(1, TEAM, BUILD, "maintenance::dependency"))
    assert one[0].says == "It lacks ~type::maintenance: it has ~maintenance::dependency."
    assert added(one) == ["type::maintenance"]


def test_the_first_words_of_a_title_tell_the_type() -> None:
    assert added(found(a_merge_request(1, TEAM, BUILD, title="Bump libxml2"))) == ["type::maintenance"]
    assert added(found(a_merge_request(1, TEAM, BUILD, title="Rebump libxml2"))) == []


def test_no_types_no_question() -> None:
    assert found(an_issue(1, TEAM, BUILD), changes={"rules.required_labels.types": ()}) == []


WITHOUT = (TEAM, BUILD, "type::bug")


@pytest.mark.parametrize("milestone", [MILESTONE, "19.2", "19.9", "Backlog"])
def test_an_issue_with_a_milestone_has_a_priority(milestone: str) -> None:
    one = [
        finding
        for finding in found(an_issue(1, *WITHOUT, "severity::2", milestone=milestone))
        if finding.code != "quarter"
    ]
    assert told(one) == ["no-priority omnibus-gitlab#1"]
    assert added(one) == ["priority::2"]


def test_an_issue_that_somebody_has_needs_a_priority_too() -> None:
    [one] = found(an_issue(1, *WITHOUT, assignees=("nadia",)))
    assert (one.code, one.says, one.who) == ("no-priority", "It lacks a priority label.", ("nadia",))
    assert found(an_issue(1, *WITHOUT, "priority::4", assignees=("nadia",))) == []


def test_what_nobody_has_placed_needs_no_priority_yet_and_merge_requests_epics_and_shifts_none() -> None:
    shift = "Distribution DRI rotation week of 2026-06-01"
    for item in (
        an_issue(1, *WITHOUT),
        a_merge_request(1, *WITHOUT, "FY27::Q2", milestone=MILESTONE, assignees=("nadia",)),
        an_epic(3, TEAM, BUILD, assignees=("nadia",)),
        an_issue(1, *WITHOUT, title=shift, assignees=("nadia",), project=a_handbook().rotation.project),
    ):
        assert found(item) == []


def test_what_came_into_a_running_milestone_is_unplanned() -> None:
    labels = (TEAM, BUILD, "type::bug", "priority::1", "FY27::Q2", "incident")
    late = an_issue(1, *labels, milestone=MILESTONE, created_at=at("2026-05-28 09:00"))
    one = found(late)
    assert told(one) == ["unplanned omnibus-gitlab#1"]
    assert one[0].says == "It came into 19.1 while that was running, with ~incident: it is Unplanned."
    assert added(one) == ["Unplanned"]


@pytest.mark.parametrize("label", bundled().rules["unplanned_work"]["asks_by"])
def test_what_a_request_is_known_by_speaks_for_unplanned(label: str) -> None:
    assert added(found(an_issue(1, *LATE, label, milestone=MILESTONE, created_at=LATER))) == ["Unplanned"]


LATE = (TEAM, BUILD, "type::bug", "priority::1", "FY27::Q2")
EARLIER, LATER = at("2026-05-01 09:00"), at("2026-05-28 09:00")


@pytest.mark.parametrize(
    ("stays", "late"),
    [
        ((Stay(MILESTONE, LATER),), True),
        ((Stay("Backlog", EARLIER), Stay(MILESTONE, LATER)), True),
        ((Stay("19.3", EARLIER), Stay(MILESTONE, LATER)), True),
        ((Stay("19.0", EARLIER), Stay(MILESTONE, LATER)), False),
        ((Stay(MILESTONE, EARLIER), Stay("Backlog", at("2026-05-27 09:00")), Stay(MILESTONE, LATER)), False),
        ((), False),
    ],
)
def test_coming_into_the_milestone_counts_not_when_it_was_opened(stays: tuple[Stay, ...], late: bool) -> None:
    one = found(an_issue(1, *LATE, "customer", milestone=MILESTONE, milestones=stays, created_at=EARLIER))
    assert told(one) == (["unplanned omnibus-gitlab#1"] if late else [])
    assert [finding.evidence[0].at for finding in one] == ([LATER] if late else [])


def test_what_follows_from_a_closed_incident_may_be_unplanned() -> None:
    incident = an_issue(2, "incident", state="closed", closed_at=at("2026-05-28 09:00"))
    other = an_issue(3, state="closed", closed_at=at("2026-05-28 09:00"))
    issues = [
        an_issue(number, *LATE, milestone=MILESTONE, created_at=LATER, related=(linked.ref, f"{PROJECT}#99"))
        for number, linked in ((4, incident), (5, other))
    ]
    one = found(*issues, incident, other)
    assert told(one) == ["unplanned omnibus-gitlab#4"]
    assert one[0].says == (
        f"It came into 19.1 while that was running, and {incident.ref}, to which it is linked, had ~incident: "
        "it may be Unplanned."
    )
    assert one[0].remedies == ()
    assert found(a_merge_request(1, *LATE, milestone=MILESTONE, created_at=LATER)) == []


@pytest.mark.parametrize("reason", ["early", "deliverable", "unplanned", "unspoken", "later"])
def test_what_was_planned_is_not(reason: str) -> None:
    labels = [TEAM, BUILD, "type::bug", "priority::1", "FY27::Q2", "incident"]
    created, milestone = at("2026-05-28 09:00"), MILESTONE
    match reason:
        case "early":
            created = at("2026-05-01 09:00")
        case "deliverable":
            labels.append("Deliverable")
        case "unplanned":
            labels.append("Unplanned")
        case "unspoken":
            labels.remove("incident")
        case _:
            milestone = "19.2"
    one = found(an_issue(1, *labels, milestone=milestone, created_at=created))
    assert "unplanned" not in {finding.code for finding in one}


def test_two_of_a_scope_that_excludes_leave_the_last() -> None:
    since = {"priority::1": at("2026-05-20 10:00"), "priority::2": at("2026-05-21 10:00")}
    one = found(an_issue(1, TEAM, BUILD, "type::bug", "priority::1", "priority::2", label_since=since))
    assert told(one) == ["several omnibus-gitlab#1"]
    assert one[0].says == "It has ~priority::1 and ~priority::2, which exclude each other; ~priority::2 came last."
    assert added(one) == ["-priority::1"]


TWICE = {"group::geo": at("2026-05-20 10:00"), TEAM: at("2026-05-19 10:00")}


def test_one_mend_is_of_one_setting() -> None:
    labels = (TEAM, BUILD, "type::bug", "priority::1", "priority::2")
    days = [at("2026-05-21 10:00"), at("2026-05-28 10:00")]
    periods = [
        found(an_issue(1, *labels, label_since={"priority::1": at("2026-05-20 10:00"), "priority::2": day}))[0].period
        for day in days
    ]
    assert periods == [day.isoformat() for day in days]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("feature::addition", "feature::enhancement"),
        ("customer::one", "customer::two"),
        ("master-broken::flaky-test", "master-broken::infrastructure"),
        ("planning-days::yes", "planning-days::no"),
        ("area::ui::menu", "area::ui::list"),
    ],
)
def test_every_scope_excludes_as_on_gitlab(older: str, newer: str) -> None:
    since = {older: EARLIER, newer: LATER}
    items: list[Item] = [
        an_issue(1, *WHOLE, *since, label_since=since),
        a_merge_request(2, *WHOLE, *since, label_since=since),
        an_epic(3, TEAM, BUILD, *since, label_since=since),
    ]
    for item in items:
        one = found(item)
        assert told(one) == [f"several {item.ref.rpartition('/')[2]}"]
        assert added(one) == [f"-{older}"]
    spared: dict[str, object] = {"rules.required_labels.not_exclusive": (older.rpartition("::")[0],)}
    assert found(*items, changes=spared) == []


def test_two_workflow_states_are_said_where_states_are_and_of_epics_here() -> None:
    both = ("workflow::in dev", "workflow::in review")
    assert found(an_issue(1, *WHOLE, *both), a_merge_request(2, *WHOLE, *both)) == []
    assert told(found(an_epic(3, TEAM, BUILD, *both))) == ["several gitlab-org&3"]


def test_of_labels_put_on_at_once_nobody_can_tell_which_is_meant() -> None:
    one = found(an_issue(1, TEAM, BUILD, "type::bug", "type::feature", since=at("2026-05-20 10:00")))
    assert told(one) == ["several omnibus-gitlab#1"]
    assert one[0].remedies == ()


def test_the_teams_label_stays_where_the_item_is_the_teams() -> None:
    own = found(an_issue(1, TEAM, "group::geo", BUILD, "type::bug", label_since=TWICE))
    assert own[0].says.endswith("which exclude each other; omnibus is the team’s.")
    assert added(own) == ["-group::geo"]
    beside = found(an_issue(1, TEAM, "group::geo", BUILD, "type::bug", project=NEW, label_since=TWICE))
    assert added(beside) == ["-group::geo"]
    elsewhere = found(an_issue(1, TEAM, "group::geo", "type::bug", project=NEW, label_since=TWICE))
    assert told(elsewhere) == ["no-group brand-new#1", "several brand-new#1"]
    assert added(elsewhere) == [f"-{TEAM}"]


def test_an_epics_quarter_is_that_of_the_last_of_its_issues() -> None:
    epic = an_epic(3, TEAM, BUILD)
    issues = [
        an_issue(1, *WHOLE, milestone=MILESTONE, epic=epic.ref),
        an_issue(2, *WHOLE[:4], "FY27::Q3", milestone="19.4", epic=epic.ref),
        an_issue(4, *WHOLE, milestone="19.9", epic=epic.ref, state="closed", closed_at=at("2026-06-01 09:00")),
    ]
    one = found(epic, *issues)
    assert told(one) == ["quarter gitlab-org&3"]
    assert one[0].says == (
        "The last of its issues, gitlab-org/omnibus-gitlab#2, is planned for 19.4, which is released in FY27 Q3, so "
        "~FY27::Q3 belongs on it."
    )
    assert added(one) == ["FY27::Q3"]
    assert added(found(an_epic(3, TEAM, BUILD, "FY26::Q4"), *issues)) == ["FY27::Q3", "-FY26::Q4"]
    for right in ("FY27::Q3", "FY27::Q4", "FY28::Q1"):  # a later one: not all that it takes is planned yet
        assert found(an_epic(3, TEAM, BUILD, right), *issues) == []
    partly = found(an_epic(3, TEAM, BUILD, "FY26::Q4"), *issues, an_issue(5, *WHOLE[:4], epic=epic.ref))
    assert partly[0].says.endswith("so ~FY27::Q3 or a later quarter belongs on it, not ~FY26::Q4.")
    assert added(partly) == []
    assert found(epic, an_issue(5, *WHOLE[:4], epic=epic.ref)) == []


def test_an_epics_issues_speak_for_its_group() -> None:
    epic = an_epic(3, TEAM)
    issues = [an_issue(n, TEAM, DEPLOY, "type::bug", "priority::2", project=NEW, epic=epic.ref) for n in (1, 2)]
    assert found(epic, issues[0])[0].says.endswith("may fit (1 of its issues has ~group::distribution::deploy).")
    assert added(found(epic, *issues)) == [DEPLOY]
    assert added(found(epic, *issues, an_issue(5, *WHOLE[:4], epic=epic.ref))) == []


def test_a_label_is_asked_for_anew_when_an_item_comes_back_to_a_milestone() -> None:
    stays = (Stay(MILESTONE, EARLIER), Stay("19.4", EARLIER), Stay(MILESTONE, EARLIER))
    periods = {
        found(an_issue(1, *WHOLE[:4], milestone=MILESTONE, milestones=were))[0].period
        for were in ((), stays[:1], stays)
    }
    assert periods == {MILESTONE, f"{MILESTONE} {EARLIER.isoformat()}"}


def test_two_years_quarters_exclude_each_other() -> None:
    planned = found(an_issue(1, *WHOLE, "FY26::Q4", milestone=MILESTONE))
    assert planned[0].clause == "labels.quarter"
    assert planned[0].says == "It has ~FY27::Q2 and ~FY26::Q4, which exclude each other; 19.1 is released in FY27 Q2."
    assert added(planned) == ["-FY26::Q4"]
    since = {"FY27::Q2": at("2026-05-20 10:00"), "FY26::Q4": at("2026-05-19 10:00")}
    unplanned = found(an_issue(1, *WHOLE, "FY26::Q4", label_since=since))
    assert added(unplanned) == ["-FY26::Q4"]
    assert added(found(an_issue(1, *WHOLE, "FY26::Q4"))) == []
    both_wrong = found(an_issue(1, *WHOLE[:4], "FY27::Q1", "FY26::Q4", milestone=MILESTONE))
    assert told(both_wrong) == ["quarter omnibus-gitlab#1"]
    assert added(both_wrong) == ["FY27::Q2", "-FY26::Q4"]


def test_where_nobody_noted_which_came_last_people_decide() -> None:
    one = found(an_issue(1, TEAM, BUILD, DEPLOY, "type::bug"))
    assert told(one) == ["several omnibus-gitlab#1"]
    assert added(one) == []


WITNESSES = st.lists(
    st.builds(
        Witness, st.sampled_from(["a", "b"]), st.floats(0.05, 0.95), st.builds(Evidence, st.sampled_from(["x", "y"]))
    ),
    min_size=1,
    max_size=6,
)


@given(WITNESSES)
def test_the_order_of_witnesses_does_not_matter(witnesses: list[Witness]) -> None:
    one = likeliest(witnesses)
    other = likeliest(reversed(witnesses))
    assert one is not None
    assert other is not None
    assert one.label == other.label
    assert one.sure == pytest.approx(other.sure)
    assert 0 <= one.sure <= 1


@given(WITNESSES)
def test_one_more_witness_makes_its_label_surer(witnesses: list[Witness]) -> None:
    before = likeliest(witnesses)
    assert before is not None
    after = likeliest([*witnesses, Witness(before.label, 0.5, Evidence("z"))])
    assert after is not None
    assert after.label == before.label
    assert after.sure >= before.sure


def test_no_witness_no_suggestion() -> None:
    assert likeliest([]) is None


def test_the_projects_path_names_it_too() -> None:
    by_path: dict[str, object] = {"rules.required_labels.group_of": {PROJECT: "deploy"}}
    assert added(found(an_issue(1, TEAM, "type::bug"), changes=by_path)) == [DEPLOY]


def test_a_handbook_may_require_less() -> None:
    team = a_handbook().labels.required[0]
    changes: dict[str, object] = {"labels.required": (team,)}
    assert found(an_issue(1, TEAM, "type::bug", "priority::1", "incident", milestone=MILESTONE), changes=changes) == []
