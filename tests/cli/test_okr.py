"""`handrail okr`: the demo's OKRs, what each lacks, and the quarter that is asked for; the same after a reading."""

import json
from collections.abc import Callable

import standin
from handrail.demo import NOW, DemoTeam
from tests.cli.conftest import Run, SetUp, issue

Snapshot = Callable[..., str]


def okr(iid: int, *labels: str, **fields: object) -> str:
    return issue(iid, labels=["OKR", *labels], title=f"Objective {iid}", **fields)


def test_the_demo_team_has_okrs_of_this_quarter(run: Run) -> None:
    out = run("--demo", "okr").out
    lines = [line for line in out.splitlines() if "#" in line or "&" in line]
    assert out.startswith("FY27 Q2\n")
    assert out.endswith("5 OKRs\n\n")
    assert [line.split()[0] for line in lines] == [
        "team-tasks#2212", "omnibus#8867", "team-tasks#2213", "charts#5135", "operator#2029",
    ]  # fmt: skip
    assert ["└" in line for line in lines] == [False, True, False, True, True]
    assert "Nadia; contributors: Asha, Ivo and" in lines[1]
    assert "0 of 2 issues done  40%  needs attention" in lines[1]
    assert "1 of 2 issues done  75%  on track" in lines[3]
    assert "nobody owns it" in lines[4]


def test_okrs_as_json(run: Run) -> None:
    rows = {row["ref"]: row for row in run("--demo", "okr", "--quarter", "fy27 q2", "--json").json}
    assert len(rows) == 5
    assert rows["gitlab-org/omnibus-gitlab#8867"] == {
        "ref": "gitlab-org/omnibus-gitlab#8867",
        "title": "The ARM package is a fifth smaller",
        "url": "https://gitlab.com/gitlab-org/omnibus-gitlab/-/issues/8867",
        "quarter": "FY27::Q2",
        "objective": "gitlab-org/distribution/team-tasks#2212",
        "open": True,
        "owner": "nadia",
        "scoping": {
            "issues": ["gitlab-org/omnibus-gitlab#8842", "gitlab-org/omnibus-gitlab#8848"],
            "done": 0,
            "counted": 2,
        },
        "contributors": ["asha", "ivo", "pilar"],
        "score": 0.4,
        "health": "needs_attention",
        "lacks": None,
        "severity": None,
    }
    assert rows["gitlab-org/cloud-native/gitlab-operator#2029"]["lacks"] == "nobody owns it, no issue scopes it"


def test_other_quarters_are_asked_for_by_their_names(run: Run, snapshot: Snapshot) -> None:
    scoped = {"related": ["gitlab-org/omnibus-gitlab#9", "acme/app#1"]}
    file = snapshot(
        okr(1, "FY27::Q1", **scoped),
        okr(2, "FY27::Q2", state="closed", closed_at="2026-06-01T10:00:00Z", health="at_risk", **scoped),
        okr(3, "FY27::Q3", health="at_risk", related=["acme/app#1"]),
        okr(4),
    )
    out = run("--snapshot", file, "okr").out
    assert [line for line in out.splitlines() if line and line[0] not in " 1o"] == [
        "Without a quarter’s label",
        "FY27 Q2",
        "FY27 Q3  its OKRs and what scopes them are final on Fri 31 Jul",
        "Of other quarters: --quarter FY27::Q1",
    ]
    assert "1 of 1 issues done, 1 elsewhere  100%  closed\n" in out
    assert "1 elsewhere" in out
    assert "at risk\n" in out
    assert "at risk" not in run("--snapshot", file, "okr", "--quarter", "FY27Q2").out
    only = run("--snapshot", file, "okr", "--quarter", "FY27 q1").out
    assert "Objective 1" in only
    assert only.endswith("1 OKR\n\nOf other quarters: --quarter FY27::Q2, --quarter FY27::Q3\n")
    assert run("--snapshot", file, "okr", "--quarter", "FY25::Q4").out.startswith("No OKRs.\n")
    wrong = run("--snapshot", file, "okr", "--quarter", "Q7")
    assert (wrong.code, wrong.err.strip()) == (2, "“Q7” is no fiscal quarter: write it like FY27::Q2.")


def test_what_is_not_scoped_at_the_months_end_breaches(run: Run, snapshot: Snapshot) -> None:
    header = '{"kind":"snapshot","version":1,"now":"2026-07-31T10:00:00Z","derived":true}'
    file = snapshot(okr(3, "FY27::Q3"), okr(4, "FY27::Q3", assignees=[]), header=header)
    rows = run("--snapshot", file, "okr", "--json").json
    assert [(row["lacks"], row["severity"]) for row in rows] == [
        ("no issue scopes it", "breach"),
        ("nobody owns it, no issue scopes it", "breach"),
    ]


def test_what_was_read_from_a_gitlab_is_shown_alike(run: Run, set_up: SetUp) -> None:
    team = DemoTeam(300)
    with standin.running(team, per_minute=None) as served:
        set_up({"people": dict(team.team().people)}, NOW, gitlab=served, writes=False)
        assert run("sync").code == 0
        read = run("okr", "--json").json
    told = run("--demo", "--size", "300", "okr", "--json").json
    assert json.dumps([{**row, "url": ""} for row in read]) == json.dumps([{**row, "url": ""} for row in told])
