"""`handrail plan` and `handrail findings`: what would be done, where, why, and whom it touches."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from handrail.plan.plan_file import load_plan
from tests.cli.conftest import Run, issue

REF = "gitlab-org/omnibus-gitlab#1"
BARE = issue(1, title="Bump libxml2")
"""Lacks team, group, type and nothing that only people know."""


@pytest.fixture
def team(snapshot: Callable[..., str]) -> str:
    return snapshot(BARE, issue(2, labels=["group::distribution", "group::distribution::build", "type::bug"]))


def planned(run: Run, team: str, *options: str) -> dict[str, list[dict[str, object]]]:
    ran = run("--snapshot", team, "plan", "--rule", "required_labels", "--json", *options)
    assert ran.code == 0, ran.err
    return ran.json  # type: ignore[no-any-return]


def test_a_plan_says_what_where_why_and_whom_it_touches(run: Run, team: str) -> None:
    out = run("--snapshot", team, "plan", "--rule", "required_labels").out
    assert "required labels  propose" in out
    assert out.splitlines()[1].split()[:3] == ["+", "omnibus#1", "add"]
    assert "omnibus is the team’s" in out
    assert "@ada" in out
    assert "3 actions by 1 rule" in out


def test_json_is_the_documented_shape(run: Run, team: str) -> None:
    told = planned(run, team)
    assert set(told) == {"digest", "at", "actions", "conflicts", "refused", "too_large", "gitlab", "seal"}
    assert {action["subject"] for action in told["actions"]} == {REF}
    assert {"rule", "clause", "kind", "subject", "why", "key", "expects", "change"} <= set(told["actions"][0])


def test_the_same_facts_give_the_same_digest(run: Run, team: str) -> None:
    assert planned(run, team)["digest"] == planned(run, team)["digest"]


def test_a_written_plan_is_the_one_that_was_shown(run: Run, team: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    ran = run("--snapshot", team, "plan", "--rule", "required_labels", "-o", str(file))
    found = load_plan(file.read_bytes(), "plan.json")
    assert f"plan {found.digest}" in ran.out
    assert "only to look at, since these facts were read from no GitLab" in " ".join(ran.out.split())


def test_markdown_is_a_table(run: Run, team: str) -> None:
    out = run("--snapshot", team, "plan", "--rule", "required_labels", "--markdown").out.splitlines()
    assert out[0] == "| where | what | why | whom | rule |"
    assert [line[:1] for line in out].count("|") == 2 + 3
    assert out[-1].startswith("plan ")


def test_only_a_project(run: Run, team: str) -> None:
    assert len(planned(run, team, "--project", "omnibus")["actions"]) == 3
    assert planned(run, team, "--project", "charts")["actions"] == []


def test_another_handbook_shows_what_differs(run: Run, team: str, tmp_path: Path) -> None:
    other = tmp_path / "other.yml"
    other.write_text("rules: {required_labels: {types: [type::bug], confidence: 0.95}}\n")
    out = run("--snapshot", team, "plan", "--rule", "required_labels", "--handbook", str(other)).out
    assert f"{other} plans 0 more and 2 fewer than today’s handbook:" in out
    assert f"- required_labels: {REF}: add ~type::maintenance" in out
    table = run("--snapshot", team, "plan", "--rule", "required_labels", "--handbook", str(other), "--markdown").out
    assert "- required_labels: " in table
    told = planned(run, team, "--rule", "required_labels", "--handbook", str(other))["differs"]
    assert [(one["sign"], one["rule"]) for one in told] == [("-", "required_labels")] * 2


def test_nothing_to_do_is_said(run: Run, team: str) -> None:
    out = run("--snapshot", team, "plan", "--project", "cng").out
    assert "Nothing to do: everything is as the handbook has it." in out


def test_an_unknown_project_is_told_with_the_nearest(run: Run, team: str) -> None:
    ran = run("--snapshot", team, "plan", "--project", "omnibuss")
    assert (ran.code, ran.err) == (2, "There is no project “omnibuss”; did you mean `omnibus`?\n")
    assert run("--snapshot", team, "plan", "--project", "gitlab-org/omnibus-gitlab").code == 0


def test_a_rule_that_is_off_says_so(run: Run, team: str, tmp_path: Path) -> None:
    book = tmp_path / "team.yml"
    book.write_text("rules: {required_labels: {mode: off}}\n")
    ran = run("--snapshot", team, "--handbook", str(book), "plan", "--rule", "required_labels")
    assert (ran.code, ran.err) == (
        0, "The rule required_labels is off, and finds nothing until rules.required_labels.mode says otherwise.\n",
    )  # fmt: skip


def test_an_unknown_rule_is_told_with_the_nearest(run: Run, team: str) -> None:
    ran = run("--snapshot", team, "plan", "--rule", "required_label")
    assert (ran.code, ran.err) == (2, "There is no rule “required_label”; did you mean `required_labels`?\n")


def test_a_plan_that_cannot_be_written_is_told(run: Run, team: str, tmp_path: Path) -> None:
    ran = run("--snapshot", team, "plan", "-o", str(tmp_path))
    assert ran.code == 2
    assert "cannot be written (Is a directory): name another file with -o." in ran.err


def test_what_is_refused_and_too_large_is_said(run: Run, snapshot: Callable[..., str], tmp_path: Path) -> None:
    said = {"by": "ada", "at": "2026-06-01T10:00:00Z", "text": "not-applicable because it is shared"}
    team = snapshot(issue(1, commands=[said]), issue(3))
    book = tmp_path / "team.yml"
    book.write_text("acting: {most_actions: 1}\n")
    out = run("--snapshot", team, "--handbook", str(book), "plan", "--rule", "required_labels").out
    assert "Not now: omnibus#1, Ada said that it is not applicable: it is shared." in out
    assert "Larger than the handbook allows at once: 2 actions are more than the 1" in out


def test_findings_are_listed_with_who_can_act(run: Run, team: str) -> None:
    out = run("--snapshot", team, "findings", "--rule", "required_labels").out
    assert "It lacks ~group::distribution: omnibus is the team’s." in out
    assert "4 findings" in out
    mine = run("--snapshot", team, "findings", "--rule", "required_labels", "--as", "ada", "--json").json
    assert {one["code"] for one in mine} == {"no-team", "no-group", "no-type", "no-priority"}
    none = run("--snapshot", team, "findings", "--rule", "required_labels", "--as", "bo")
    says = f"4 findings for others: handrail --snapshot {team} findings --as '' --rule required_labels"
    assert none.out.strip() == f"Nothing that Bo can act on; {says}"
    assert "4 findings" in run("--snapshot", team, "findings", "--rule", "required_labels", "--as", "").out
    fine = run("--snapshot", team, "findings", "--rule", "spikes", "--as", "bo")
    assert fine.out.strip() == "Everything is as the handbook has it."


def test_what_is_nobodys_is_for_a_manager_where_nobody_is_on_duty(run: Run, snapshot: Callable[..., str]) -> None:
    people = '{"kind":"people","people":{"ada":{"name":"Ada"},"mo":{"name":"Mo","roles":["engineering_manager"]}}}'
    team = snapshot(issue(1, author="stranger", assignees=[]), people=people)
    asked = ("--snapshot", team, "findings", "--rule", "required_labels", "--json")
    everything = run(*asked).json
    assert everything
    assert run(*asked, "--as", "mo").json == everything
    assert run(*asked, "--as", "ada").json == []


def test_what_people_settled_is_listed_only_where_all_is_wanted(run: Run, snapshot: Callable[..., str]) -> None:
    said = {"by": "ada", "at": "2026-06-01T10:00:00Z", "text": "not-applicable because it is shared"}
    asked = ("--snapshot", snapshot(issue(1, commands=[said])), "findings", "--rule", "required_labels")
    out = run(*asked).out
    assert "omnibus#1" not in out
    assert "settled by people:" in out
    assert run(*asked, "--json").json == []
    assert "Settled: Ada said that it is not applicable: it is shared." in " ".join(run(*asked, "--all").out.split())


def test_many_findings_are_cut_unless_all_are_wanted(run: Run, snapshot: Callable[..., str]) -> None:
    team = snapshot(*(issue(number) for number in range(1, 8)))
    assert (
        f"more: handrail --snapshot {team} findings --all --rule required_labels\n"
        in run("--snapshot", team, "findings", "--rule", "required_labels").out
    )
    assert "more: handrail" not in run("--snapshot", team, "findings", "--rule", "required_labels", "--all").out


def test_the_demo_team_plans_a_day_of_work(run: Run) -> None:
    told = json.loads(run("--demo", "plan", "--json").out)
    assert len(told["actions"]) >= 20
    assert len({action["rule"] for action in told["actions"]}) >= 7


def test_a_description_that_is_out_of_date_is_named_in_plain_words(run: Run) -> None:
    told = run("--demo", "plan", "--rule", "support_clocks", "--json").json
    (edit,) = (action for action in told["actions"] if action["kind"] == "edit_description")
    assert edit["why"] == (
        "Its description still says “It is held until 2026-05-15: not all extensions have a build for it”, and not “It "
        "is aimed at 2025-12-18 and due by 2026-02-19”."
    )
    assert "- [x] A build or a CI job has it" in edit["change"]["part"]
    out = run("--demo", "plan", "--rule", "support_clocks").out
    assert "write in its description: It is aimed at" in " ".join(out.split())
