"""`handrail clocks`: by when what came out upstream has to be supported, and whether it is."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

UBUNTU: dict[str, Any] = {"product": "ubuntu", "release": "24.04", "class": "ubuntu_lts", "released": "2024-04-25"}
UPSTREAM: list[dict[str, Any]] = [
    {**UBUNTU, "release": "20.04", "released": "2020-04-23", "ends": "2025-05-31"},
    UBUNTU,
    {"product": "kubernetes", "release": "1.30", "class": "kubernetes", "released": "2024-04-17"},
    {"product": "pgbouncer", "release": "1.24", "class": "dependency", "released": "2025-01-10"},
]
MILESTONES: list[dict[str, Any]] = [
    {"title": "17.1", "start": "2024-05-11", "due": "2024-06-14", "released": "2024-06-20"}
]
SUPPORT: list[dict[str, Any]] = [
    {"product": "ubuntu", "release": "24.04", "milestone": "17.1"},
    {"product": "ubuntu", "release": "20.04", "milestone": "13.1"},
    {"product": "pgbouncer", "release": "1.24.0", "milestone": "17.9"},
    {"product": "pgbouncer", "release": "1.24.0", "milestone": "18.0", "absent": True},
    {"product": "pgbouncer", "release": "1.24.1", "milestone": "18.2"},
]


@pytest.fixture
def facts(tmp_path: Path) -> str:
    return written(tmp_path, {"upstream": UPSTREAM, "milestones": MILESTONES, "support": SUPPORT})


def written(folder: Path, facts: object) -> str:
    file = folder / "facts.json"
    file.write_text(facts if isinstance(facts, str) else json.dumps(facts))
    return str(file)


def test_what_is_not_supported_yet_comes_first_and_the_rest_is_counted(run: Run, facts: str) -> None:
    head, *out = run("clocks", "--facts", facts, "--at", "2025-06-01").out.splitlines()
    assert head.split() == ["release", "due,", "with", "ours", "why"]
    assert out[0].startswith("overdue  kubernetes 1.30  2024-07-17 17.1  none of our releases has it, 319 days")
    assert out[1].startswith("overdue  pgbouncer 1.24   2025-05-15 18.0  none of our releases has it, 17 days after")
    assert out[2:] == [
        "ubuntu 20.04: its vendor’s support ended on 2025-05-31, and our releases still have it",
        "2 overdue, 2 met",
    ]


def test_each_row_as_json(run: Run, facts: str) -> None:
    rows = json.loads(run("clocks", "--facts", facts, "--at", "2024-06-30", "--product", "Ubuntu", "--json").out)
    assert rows[1] == {
        "product": "ubuntu",
        "release": "24.04",
        "class": "ubuntu_lts",
        "released": "2024-04-25",
        "policy": "within 2 milestones",
        "target": "2024-06-20",
        "due": "2024-06-20",
        "due_milestone": "17.1",
        "supported_in": "17.1",
        "supported_on": "2024-06-20",
        "verdict": "met",
        "days_left": None,
        "why": "17.1 has it, on the day it was due",
        "clause": "support.ubuntu",
        "ends": None,
        "notice": "",
        "proof": "",
        "gaps": [],
    }
    assert [row["release"] for row in rows] == ["20.04", "24.04"]


def test_a_reading_in_place_of_the_handbooks(run: Run, facts: str) -> None:
    def due(*more: str) -> str:
        out = run("clocks", "--facts", facts, "--product", "ubuntu", "--json", *more).out
        found: str = json.loads(out)[1]["due"]
        return found

    assert due() == due("--reading", "nth_release_after") == "2024-06-20"
    assert due("--reading", "milestone_in_progress_is_0") == "2024-07-18"
    assert due("--reading", "calendar_months") == "2024-06-25"


def test_the_support_matrix_for_the_documentation(run: Run, facts: str) -> None:
    assert run("clocks", "--facts", facts, "--at", "2025-06-01", "--markdown").out.splitlines() == [
        "| Product | Release | Released | Supported | Vendor’s support ends |",
        "| --- | --- | --- | --- | --- |",
        "| kubernetes | 1.30 | 2024-04-17 | not yet: due 2024-07-17 (17.1) |  |",
        "| pgbouncer | 1.24 | 2025-01-10 | not since 18.0: due 2025-05-15 (18.0) |  |",
        "| ubuntu | 24.04 | 2024-04-25 | since 17.1 (2024-06-20) |  |",
        "| ubuntu | 20.04 | 2020-04-23 | since 13.1 (2020-06-22) | 2025-05-31 (over) |",
    ]


def test_the_matrix_says_which_of_ours_are_without_it_and_is_one_table_whatever_a_name_is(
    run: Run, tmp_path: Path
) -> None:
    pooler = {"product": "pgbouncer", "release": "1.24", "class": "dependency", "released": "2025-01-10"}
    has = {"product": "pgbouncer", "release": "1.24", "milestone": "17.9"}
    told = {
        "upstream": [pooler, {**pooler, "product": "p|b\x1b", "release": "1\n2"}],
        "support": [has, {**has, "milestone": "18.0", "absent": True}, {**has, "milestone": "18.2"}],
    }
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    later = run("clocks", "--facts", file, "--at", "2025-08-01", "--markdown").out.splitlines()[2:]
    assert later == [
        "| pgbouncer | 1.24 | 2025-01-10 | since 17.9 (2025-02-20), not in 18.0 to 18.1 |  |",
        "| p\\|b\ufffd | 1\ufffd2 | 2025-01-10 | not yet: due 2025-05-15 (18.0) |  |",
    ]
    sooner = run("clocks", "--facts", file, "--at", "2025-06-01", "--markdown").out
    assert "| not since 18.0: due 2025-05-15 (18.0) |" in sooner
    gaps = [row["gaps"] for row in json.loads(run("clocks", "--facts", file, "--at", "2025-08-01", "--json").out)]
    assert gaps == [[{"first": "18.0", "last": "18.1"}], []]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"upstream": [{**UBUNTU, "class": "ubunto"}]}, "upstream[0] (ubuntu 24.04): invalid enum value 'ubunto'"),
        ({"upstream": [{**UBUNTU, "released": None}]}, "it has no release date, so that no clock can start"),
        ({"upstream": [{**UBUNTU, "released": "24-04-25"}]}, "invalid RFC3339 encoded date (at released)"),
        ({"upstream": [{**UBUNTU, "released": "9024-04-25"}]}, "its date is in no year that makes sense"),
        ({"upstream": [{**UBUNTU, "lts": True}]}, "object contains unknown field `lts`"),
        ({"upstream": [7]}, "upstream[0]: expected `object`, got `int`"),
        ({"upstream": [UBUNTU, {**UBUNTU, "ends": "2029-05-31"}]}, "ubuntu 24.04 stands there more than once"),
        (
            {"upstream": [{**UBUNTU, "released": "2031-04-25"}]},
            "ubuntu 24.04 comes out on 2031-04-25: its clock starts",
        ),
        ({"milestones": [{"title": "17.1", "start": "2024-05-11"}]}, "missing required field `due`"),
        ({"milestones": [{"title": "17.1", "start": "2024-07-11", "due": "2024-06-14"}]}, "it starts after it is due"),
        ({"milestones": [{**MILESTONES[0], "released": "0024-06-20"}]}, "its date is in no year that makes sense"),
        (
            {"support": [{**SUPPORT[0], "milestone": "17.99"}]},
            "support[0] (ubuntu 24.04): 17.99 is none of the milestones",
        ),
        (
            {"support": [{**SUPPORT[0], "product": "ubunto"}]},
            "nothing upstream is of ubunto: what support says of that",
        ),
        ({"upstream": [UBUNTU, {"product": []}]}, "upstream[1] ([]): "),
        ({"supports": []}, "“supports” is none of its lists (did you mean support?), and was left out"),
        ({"support": {}}, "support is no list, and was left out"),
    ],
)
def test_what_is_wrong_with_a_row_is_named_and_the_rest_goes_on(
    run: Run, tmp_path: Path, more: dict[str, Any], says: str
) -> None:
    good = {"product": "debian", "release": "12", "class": "debian", "released": "2023-06-10"}
    told = {"upstream": [], "milestones": MILESTONES, "support": SUPPORT, **more}
    told["upstream"] = [*told["upstream"], good]
    found = run("clocks", "--facts", written(tmp_path, told), "--all", "--json")
    assert says in found.err
    assert "debian" in {row["product"] for row in json.loads(found.out)}


def test_a_milestone_without_a_release_date_is_released_as_the_calendar_has_it(run: Run, tmp_path: Path) -> None:
    planned = [{"title": "17.1", "start": "2024-05-11", "due": "2024-06-21"}]
    file = written(tmp_path, {"upstream": [UBUNTU], "milestones": planned, "support": SUPPORT[:1]})
    assert json.loads(run("clocks", "--facts", file, "--json").out)[0]["supported_on"] == "2024-06-27"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no JSON"),
        ("[]", "has to be an object with lists named upstream, milestones and support"),
        ('{"upstream": 7}', "is no facts file"),
        ("[" * 100_000, "is no JSON"),
    ],
)
def test_what_is_no_facts_file_is_refused(run: Run, tmp_path: Path, text: str, says: str) -> None:
    code, _, err = run("clocks", "--facts", written(tmp_path, text))
    assert code == 2
    assert says in err


def test_other_refusals(run: Run, facts: str, tmp_path: Path) -> None:
    assert "cannot be read" in run("clocks", "--facts", str(tmp_path / "no.json")).err
    assert "choose one" in run("clocks", "--facts", facts, "--json", "--markdown").err
    assert "did you mean ubuntu?" in run("clocks", "--facts", facts, "--product", "ubunto").err
    assert "there are kubernetes, pgbouncer, ubuntu" in run("clocks", "--facts", facts, "--product", "x").err


def test_what_is_due_for_calendar_programs(run: Run, facts: str) -> None:
    out = run("clocks", "--facts", facts, "--at", "2025-06-01T12:00Z", "--ics").out
    assert out.count("BEGIN:VEVENT") == 3
    assert "SUMMARY:kubernetes 1.30 is due (17.1)" in out
    assert out.count("DTSTAMP:20250601T120000Z") == 3


def test_a_timeline_in_a_file(run: Run, facts: str, tmp_path: Path) -> None:
    file = tmp_path / "clocks.svg"
    assert run("clocks", "--facts", facts, "--at", "2025-06-01", "--svg", str(file)) == (0, "", "")
    drawn = file.read_text(encoding="utf-8")
    assert "Support clocks on 2025-06-01" in drawn
    assert "ubuntu 20.04" not in drawn
    run("clocks", "--facts", facts, "--at", "2025-06-01", "--svg", str(file), "--product", "ubuntu")
    assert "ubuntu 20.04" in file.read_text(encoding="utf-8")


def test_why_there_is_no_picture(run: Run, facts: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "cannot be written" in run("clocks", "--facts", facts, "--svg", str(tmp_path / "no" / "a.svg")).err
    monkeypatch.delitem(sys.modules, "handrail.charts.drawing", raising=False)
    monkeypatch.setitem(sys.modules, "vl_convert", None)  # as where it is not installed
    code, _, err = run("clocks", "--facts", facts, "--svg", str(tmp_path / "a.svg"))
    assert (code, "pip install 'handrail[charts]'" in err) == (2, True)
    nothing = written(tmp_path, {"upstream": []})
    assert "There is nothing to draw" in run("clocks", "--facts", nothing, "--svg", str(tmp_path / "a.svg")).err
