from pathlib import Path

from handrail.handbook.extends import BUNDLED
from handrail.handbook.load import load
from tests.cli.conftest import Run


def test_groups_lists_what_each_answers_for(run: Run) -> None:
    out = run("handbook", "--groups").out
    assert "Distribution:Build (~group::distribution::build) answers for" in out
    assert "  dependency updates" in out
    assert "  upgrades and downgrades" in out


def test_links_are_listed(run: Run) -> None:
    out = run("handbook", "--links").out
    for name in ("interviews", "how to work with us", "workflow"):
        assert f"{name}: https://" in out


def test_every_clause_is_shown_with_what_becomes_of_it(run: Run) -> None:
    clauses = run("handbook", "--json").json["clauses"]
    out = run("handbook").out
    assert all(name in out for name in clauses)
    assert f"{len(clauses)} clauses: " in out


def test_the_table_is_shown_row_by_row(run: Run) -> None:
    assert len(run("handbook", "--table").out.splitlines()) == 15


def test_the_schema_is_json(run: Run) -> None:
    assert run("handbook", "--schema").json["type"] == "object"


def test_check_says_that_a_file_is_in_order(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "team.yml"
    file.write_text("people: {ada: {name: Ada, zone: Europe/Vienna, country: AT, groups: [build]}}\n")
    ran = run("check", str(file))
    clauses = len(load(None).clauses)
    assert (ran.code, ran.out.splitlines()[0]) == (0, f"{file} is in order: 1 person, 10 sources, {clauses} clauses")


def test_check_says_what_a_file_has_of_the_bundled_team(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "team.yml"
    file.write_text("replaces: [groups]\nsources: {app: {path: acme/app}, charts: null}\nteam: {mention: acme}\n")
    said = dict(line.strip().split(": ", 1) for line in run("check", str(file)).out.splitlines()[2:-1])
    assert said["sources"].split(", ")[:2] == ["omnibus", "operator"]
    assert "pipelines" in said["rules.recurring_duties.tasks"]
    assert (said["labels.team"], said["labels.required"][:20]) == ("group::distribution", "group::distribution,")
    assert said.keys().isdisjoint({"groups", "team.mention"})


def test_check_says_nothing_more_of_a_file_that_stands_alone(run: Run) -> None:
    assert len(run("check", str(BUNDLED)).out.splitlines()) == 1


def test_check_names_every_problem_with_its_place(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "team.yml"
    file.write_text("peple: {}\nteam:\n  zone: Europe/Viena\n")
    ran = run("check", str(file))
    assert ran.code == 2
    assert f"{file}:1:1:" in ran.err
    assert "people" in ran.err
    assert f"{file}:3:9:" in ran.err
    assert "Europe/Vienna" in ran.err
    assert f"2 problems in {file}" in ran.err


def test_a_changed_handbook_changes_the_queue(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "team.yml"
    file.write_text("work_queue: {review_slo: {business_days: 100}}\n")
    before = run("--demo", "next", "--team", "--json").json
    after = run("--demo", "--handbook", str(file), "next", "--team", "--json").json
    breaching = [
        sum(row["slo"] is not None and row["slo"]["state"] == "breaching" for queue in queues.values() for row in queue)
        for queues in (before, after)
    ]
    assert breaching[0] > breaching[1]


def test_one_view_of_a_handbook_at_a_time(run: Run) -> None:
    ran = run("handbook", "--groups", "--links")
    assert (ran.code, ran.err) == (2, "--groups and --links are views of their own: ask for one at a time.\n")
