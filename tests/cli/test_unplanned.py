"""`handrail unplanned`: the inbox, what is kept, what an answer would do, and what is refused."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

import standin
from handrail.model.actions import AddLabels, Assign, Comment, CreateItem, SetMilestone
from handrail.model.derive import derived
from handrail.model.facts import Team
from handrail.model.history import Event
from handrail.model.items import Issue, Item
from handrail.model.planning import Milestone, Project
from handrail.model.plans import Plan
from handrail.model.reading import Page, Read
from handrail.plan.plan_file import load_plan
from handrail.store.database import Store
from handrail.testing import NOW, PEOPLE, PROJECT, Told, a_claim, a_merge_request, an_issue, bundled
from tests.cli.conftest import Run, SetUp, issue

Refused = Callable[..., str]
WHOLE = ("group::distribution", "group::distribution::build", "type::bug", "priority::2", "FY27::Q2")
ITEMS: tuple[Item, ...] = (
    an_issue(1, "incident", *WHOLE, title="Downloads answer 503", author="sue"),
    an_issue(2, "customer", *WHOLE, title="How to move Gitaly", author="ramon", created_at=NOW - timedelta(days=1)),
    an_issue(3, "Deliverable", "priority::3", title="Cache the source", milestone="19.1", assignees=("nadia",)),
    an_issue(4, "Deliverable", "priority::4", title="Tidy up", milestone="19.1", weight=1),
    an_issue(5, title="Rename a job", author="sue", assignees=("mara",)),
    a_merge_request(6),
    an_issue(7, title="Speed up a job", author="sue"),
)


@pytest.fixture
def place(set_up: SetUp) -> Path:
    """A store with the team's items, and a handbook that names its people."""
    store = set_up({"people": dict(PEOPLE)}, NOW)
    with Store.open(store) as opened:
        for kind, sort in (("issues", Issue), ("merge_requests", Item)):
            reads = tuple(
                Read(item, (), item.created_at) for item in ITEMS if isinstance(item, Issue) == (sort is Issue)
            )
            opened.write_page(Page(PROJECT, kind, reads, None, NOW))
    return store.parent


@pytest.fixture
def kept(run: Run, place: Path) -> Run:
    """The same, with a request that has no issue."""
    run("unplanned", "add", "A mirror in Oslo", "--source", "other-team", "--asked-by", "@ola", "--note", "seen twice")
    return run


@pytest.fixture
def refused(run: Run) -> Refused:
    def said(*arguments: str) -> str:
        ran = run("unplanned", *arguments)
        assert (ran.code, ran.out) == (2, "")
        assert "Traceback" not in ran.err
        return ran.err.strip()

    return said


def not_asked_again(run: Run) -> list[str]:
    """Why a plan leaves out what the rule would ask on the second issue."""
    told = run("plan", "--rule", "unplanned_work", "--json").json
    assert not [one for one in told["actions"] if one["subject"] == f"{PROJECT}#2"]
    return [one["why"] for one in told["refused"] if one["action"]["subject"] == f"{PROJECT}#2"]


def plan_of(path: Path) -> Plan:
    return load_plan(path.read_bytes(), str(path))


# --- the inbox ---------------------------------------------------------------------------------------


def test_the_inbox_has_what_looks_like_a_request_with_what_is_known(run: Run, place: Path) -> None:
    out = run("unplanned", "list").out
    assert [line.split()[0] for line in out.splitlines() if "omnibus#" in line] == ["omnibus#1", "omnibus#2"]
    assert "since an incident is active (it has ~incident)" in out
    assert "external impact: yes, it has ~customer · not known: incident, internal impact," in out
    assert "customer, from @ramon on Mon 1 Jun" in out
    assert out.endswith("2 requests\n")


def test_the_inbox_as_json(run: Run, place: Path) -> None:
    first, second = run("unplanned", "list", "--json").json
    assert list(first) == [
        "id", "ref", "title", "source", "asked_by", "asked_at", "deadline", "state", "note", "decided_at",
        "answered_at", "displaced", "result", "row", "why", "criteria",
    ]  # fmt: skip
    assert (first["ref"], first["result"], first["row"], first["id"]) == (f"{PROJECT}#1", "take", "incident", None)
    assert first["criteria"][0] == {
        "name": "incident",
        "holds": "yes",
        "evidence": "it has ~incident",
        "link": f"{PROJECT}#1",
    }
    assert second["result"] == "ask"


def test_an_empty_inbox_says_so(run: Run, snapshot: Callable[..., str]) -> None:
    out = run("--snapshot", snapshot(issue()), "unplanned", "list").out
    assert out == "Nobody waits for a decision about unplanned work.\n"


def test_the_demo_team_has_requests_of_both_sorts(run: Run) -> None:
    rows = run("--demo", "unplanned", "list", "--json").json
    assert {row["result"] for row in rows} == {"take", "ask"}
    assert {row["source"] for row in rows} == {"incident", "customer", "mention"}


# --- adding ------------------------------------------------------------------------------------------


def test_a_request_is_kept_with_what_was_said_of_it(run: Run, place: Path) -> None:
    ran = run(
        *("unplanned", "add", " A mirror in Oslo ", "--source", "other-team", "--asked-by", "@ola"),
        *("--internal-impact", "Yes: their builds  wait", "--policy", "no: none does", "--deadline", "2026-06-10"),
    )
    assert "Kept as request 1: handrail unplanned take 1 --as USER" in ran.out
    (row, *_) = run("unplanned", "list", "--json").json
    assert (row["id"], row["title"], row["source"], row["asked_by"]) == (1, "A mirror in Oslo", "other team", "ola")
    assert (row["result"], row["row"], row["ref"], row["deadline"]) == ("take", "team-deadline", None, "2026-06-10")
    assert "their builds wait" in row["why"]
    assert {one["name"]: one["holds"] for one in row["criteria"]} == {
        "incident": "unknown",
        "internal impact": "yes",
        "external impact": "unknown",
        "sla": "unknown",
        "policy": "no",
        "deadline": "yes",
    }


def test_a_request_that_is_an_issue_stands_in_the_inbox_once(run: Run, place: Path) -> None:
    ran = run("unplanned", "add", "Downloads", "--source", "incident", "--ref", "omnibus#1", "--json")
    assert [(row["id"], row["ref"], row["asked_by"]) for row in ran.json] == [(1, f"{PROJECT}#1", "sue")]
    refs = [row["ref"] for row in run("unplanned", "list", "--json").json]
    assert refs == [f"{PROJECT}#1", f"{PROJECT}#2"]


def test_without_a_store_a_request_is_weighed_and_not_kept(run: Run) -> None:
    out = run("--demo", "unplanned", "add", "Help", "--source", "customer", "--incident", "yes: it is down").out
    assert "take" in out
    assert "Not kept: only a store keeps requests" in out


# --- taking ------------------------------------------------------------------------------------------


def test_taking_shows_first_what_would_give_way_and_changes_nothing(run: Run, place: Path) -> None:
    out = run("unplanned", "take", "omnibus#2", "--as", "nadia").out
    assert out.startswith(
        "What would give way:\n  omnibus#3  Cache the source  ~priority::3, no weight, not started, assigned to Nadia\n"
    )
    assert "add ~Unplanned" in out
    assert "only shown · to decide so: the same with --yes, or with -o FILE for a plan to apply" in " ".join(
        out.split()
    )
    other = run("unplanned", "take", "omnibus#2", "--as", "mara").out
    assert "omnibus#4  Tidy up  ~priority::4, weight 1, not started, nobody’s yet" in other
    assert [row["state"] for row in run("unplanned", "list", "--all", "--json").json] == ["open", "open"]


def test_deciding_writes_the_plan_and_keeps_the_decision(run: Run, place: Path) -> None:
    file = place / "plan.json"
    out = run("unplanned", "take", "omnibus#2", "--as", "nadia", "-o", str(file)).out
    assert f"request 1 is taken · do it: handrail apply {file}" in " ".join(out.split())
    made = plan_of(file)
    assert [action.change for action in made.actions] == [
        AddLabels(("Unplanned",)),
        Assign(("nadia",)),
        SetMilestone("19.1"),
    ]
    assert {action.clause for action in made.actions} == {"unplanned.take"}
    assert {action.mode for action in made.actions} == {"propose"}
    assert [row["ref"] for row in run("unplanned", "list", "--json").json] == [f"{PROJECT}#1"]
    (taken, _) = run("unplanned", "list", "--all", "--json").json
    assert (taken["state"], taken["displaced"]) == ("taken", [f"{PROJECT}#3"])


@pytest.mark.parametrize(
    ("became", "told"),
    [
        ({}, "in 19.1"),
        ({"milestone": "19.2"}, "in 19.2"),
        ({"milestone": None}, "in no milestone"),
        ({"state": "closed", "closed_at": NOW}, "no longer open"),
    ],
)
def test_the_ledger_says_what_was_to_give_way_and_where_it_is_now(
    run: Run, place: Path, became: dict[str, object], told: str
) -> None:
    assert run("unplanned", "take", "omnibus#2", "--as", "nadia", "-o", str(place / "plan.json")).code == 0
    item = structs.replace(ITEMS[2], **became)
    assert isinstance(item, Issue)
    with Store.open(place / "store.sqlite") as opened:
        opened.write_page(Page(PROJECT, "issues", (Read(item, (), NOW),), None, NOW))
    out = " ".join(run("unplanned", "list", "--all").out.split())
    assert f"to give way: omnibus#3 ({told})" in out


def test_taking_as_json(run: Run, place: Path) -> None:
    told = run("unplanned", "take", "omnibus#2", "--as", "nadia", "--json").json
    assert list(told) == ["decided", "request", "gives_way", "lacks", "plan"]
    assert told["decided"] is False
    assert told["gives_way"] == [
        {
            "ref": f"{PROJECT}#3",
            "title": "Cache the source",
            "why": "~priority::3, no weight, not started, assigned to Nadia",
        }
    ]
    assert [action["kind"] for action in told["plan"]["actions"]] == ["add_labels", "assign", "set_milestone"]


def test_what_lacks_a_priority_is_asked_for_one_and_gets_what_is_named(run: Run, place: Path) -> None:
    out = " ".join(run("unplanned", "take", "omnibus#7", "--as", "mara").out.split())
    assert "Nothing has to give way" in out
    assert "It has no priority and no type yet: name one with --priority and --type." in out
    named = run("unplanned", "take", "omnibus#7", "--as", "mara", "--priority", "3", "--type", "Bug", "--json").json
    assert named["lacks"] == []
    assert [one["ref"] for one in named["gives_way"]] == [f"{PROJECT}#4"]
    assert "priority::3" in str(named["plan"]["actions"])
    assert "type::bug" in str(named["plan"]["actions"])


def test_what_one_request_displaces_is_not_displaced_by_the_next(run: Run, place: Path) -> None:
    for ref, displaced in (("omnibus#1", [f"{PROJECT}#4"]), ("omnibus#2", [f"{PROJECT}#3"])):
        assert run("unplanned", "take", ref, "--as", "mara", "-o", str(place / "plan.json")).code == 0
        rows = run("unplanned", "list", "--all", "--json").json
        assert next(row["displaced"] for row in rows if row["ref"] == f"{PROJECT}{ref[7:]}") == displaced


def test_where_nothing_gives_way_that_is_said(run: Run, snapshot: Callable[..., str]) -> None:
    file = snapshot(issue(assignees=[], labels=["incident"]))
    out = run("--snapshot", file, "unplanned", "take", "omnibus#1", "--as", "ada", "-o", f"{file}.plan").out
    assert out.startswith("Nothing has to give way: nobody waits to begin a Deliverable that is less important.\n")
    assert "not kept, since these facts are no store’s" in " ".join(out.split())
    assert json.loads(Path(f"{file}.plan").read_text())["too_large"] == ""


def test_a_rule_that_only_reports_does_not_keep_people_from_deciding(run: Run, place: Path) -> None:
    book = place / "team.yml"
    book.write_bytes(msgspec.json.encode({"people": dict(PEOPLE), "rules": {"unplanned_work": {"mode": "report"}}}))
    told = run("unplanned", "take", "omnibus#2", "--as", "nadia", "--json").json
    assert len(told["plan"]["actions"]) == 3


def test_a_request_without_an_issue_is_opened_in_a_project(kept: Run, place: Path) -> None:
    file = place / "plan.json"
    out = kept("unplanned", "take", "1", "--as", "nadia", "--project", "omnibus", "-o", str(file)).out
    assert "open “A mirror in Oslo”" in out
    (action,) = plan_of(file).actions
    assert action.subject == PROJECT
    assert isinstance(action.change, CreateItem)
    assert (action.change.topic, action.change.assignees) == ("request-1", ("nadia",))
    assert "seen twice." in action.change.description
    by_path = kept("unplanned", "add", "Another", "--source", "mention").out
    assert "request 2" in by_path
    told = kept("unplanned", "take", "2", "--as", "nadia", "--project", PROJECT, "--json").json
    assert told["plan"]["actions"][0]["subject"] == PROJECT


# --- declining and asking ----------------------------------------------------------------------------


def test_declining_is_a_comment_to_whoever_asks(run: Run, place: Path) -> None:
    file = place / "plan.json"
    decline = ("unplanned", "decline", "omnibus#2", "--as", "nadia", "--because", "it would delay 19.1")
    out = run(*decline, "--instead", "the docs tell how", "--escalate").out
    assert "say to @ramon" in out
    assert "say to @erin @paul" in out
    assert "only shown" in out
    run(*decline, "-o", str(file))
    (action,) = plan_of(file).actions
    assert isinstance(action.change, Comment)
    assert (action.change.to, action.clause) == (("ramon",), "unplanned.decline")
    (declined, _) = run("unplanned", "list", "--all", "--json").json
    assert (declined["state"], declined["note"]) == ("declined", "it would delay 19.1")
    assert not_asked_again(run) == ["it was declined as request 1: it would delay 19.1"]


def test_a_request_whose_issue_is_over_can_still_be_declined(run: Run, place: Path) -> None:
    assert run("unplanned", "add", "Gitaly", "--source", "customer", "--ref", "omnibus#2").code == 0
    over = structs.replace(ITEMS[1], state="closed", closed_at=NOW)
    with Store.open(place / "store.sqlite") as opened:
        opened.write_page(Page(PROJECT, "issues", (Read(over, (), NOW),), None, NOW))
    because, file = ("--as", "nadia", "--because", "it is over"), ("-o", str(place / "plan.json"))
    assert run("unplanned", "decline", "1", *because, *file).code == 0
    assert run("unplanned", "list", "--all", "--json").json[0]["state"] == "declined"


def test_asking_is_a_comment_and_the_request_goes_on_waiting(run: Run, place: Path) -> None:
    file = place / "plan.json"
    run("unplanned", "ask", "omnibus#2", "--as", "nadia", "--question", "For when?", "--advice", "-o", str(file))
    assert {action.touches for action in plan_of(file).actions} == {("erin", "paul"), ("ramon", "erin", "paul")}
    listed = run("unplanned", "list").out
    assert "For when?" in listed
    assert "asked" in listed
    assert not_asked_again(run) == ["it was asked about as request 1: For when?"]
    assert run("unplanned", "take", "omnibus#2", "--as", "nadia", "-o", str(file)).code == 0
    again = run("unplanned", "list", "--all", "--json").json[0]
    assert (again["id"], again["state"]) == (1, "taken")


def test_an_answer_to_what_was_asked_is_said_and_brings_it_back(run: Run, place: Path) -> None:
    run("unplanned", "ask", "omnibus#2", "--as", "nadia", "--question", "For when?", "-o", str(place / "plan.json"))
    (asked,) = (row for row in run("unplanned", "list", "--json").json if row["ref"] == f"{PROJECT}#2")
    assert (asked["decided_at"], asked["answered_at"]) == ("2026-06-02T14:00:00Z", None)
    assert "has answered" not in run("unplanned", "list").out
    then = NOW + timedelta(hours=2)
    said = (Event(then, "ramon", "commented"), Event(then + timedelta(minutes=5), "mara", "commented"))
    with Store.open(place / "store.sqlite") as opened:
        opened.write_page(Page(PROJECT, "issues", (Read(derived(ITEMS[1], said), said, then),), None, then))
    later = ("--at", (then + timedelta(hours=1)).isoformat())
    assert "@ramon has answered on Tue 2 Jun" in " ".join(run("unplanned", "list", *later).out.split())
    found = run("findings", "--rule", "unplanned_work", *later, "--json").json
    assert [one["code"] for one in found if one["subject"] == f"{PROJECT}#2"] == ["answered"]


def test_the_evidence_of_what_was_taken_stays_what_it_was(run: Run, place: Path) -> None:
    assert run("unplanned", "take", "omnibus#2", "--as", "nadia", "-o", str(place / "plan.json")).code == 0
    item = structs.replace(ITEMS[1], milestone="19.1", labels=(*ITEMS[1].labels, "Unplanned", "incident"))
    with Store.open(place / "store.sqlite") as opened:
        opened.write_page(Page(PROJECT, "issues", (Read(item, (), NOW),), None, NOW))
    (took, *_) = run("unplanned", "list", "--all", "--json").json
    assert {one["name"]: one["holds"] for one in took["criteria"] if one["holds"] != "unknown"} == {
        "external impact": "yes"
    }


@pytest.mark.parametrize(("named", "held"), [("2026-06-10", "Wed 10 Jun"), ("2026-12-24", "Sun 30 Aug")])
def test_what_somebody_holds_by_a_claim_is_taken_all_the_same_only_with_a_word_to_them(
    named: str, held: str, run: Run, refused: Refused, place: Path
) -> None:
    item = structs.replace(ITEMS[1], claims=(a_claim("timo", named, NOW - timedelta(days=1)),))
    with Store.open(place / "store.sqlite") as opened:
        opened.write_page(Page(PROJECT, "issues", (Read(item, (), NOW),), None, NOW))
    take, file = ("take", "omnibus#2", "--as"), ("-o", str(place / "plan.json"))
    assert refused(*take, "nadia") == (
        f"Timo would like to start on omnibus#2, and holds it through {held}: ask them first, or take it all the same, "
        "which tells them."
    )
    assert run("unplanned", *take, "nadia", "--all-the-same", *file).code == 0
    (comment,) = [one.change for one in plan_of(place / "plan.json").actions if isinstance(one.change, Comment)]
    assert comment.to == ("timo",)


def test_whoever_holds_it_takes_it_without_a_word(run: Run, place: Path) -> None:
    item = structs.replace(ITEMS[1], claims=(a_claim("nadia", "2026-06-10", NOW - timedelta(days=1)),))
    with Store.open(place / "store.sqlite") as opened:
        opened.write_page(Page(PROJECT, "issues", (Read(item, (), NOW),), None, NOW))
    file = place / "plan.json"
    assert run("unplanned", "take", "omnibus#2", "--as", "nadia", "-o", str(file)).code == 0
    assert not [one for one in plan_of(file).actions if isinstance(one.change, Comment)]


def test_what_the_budget_does_not_allow_is_said(run: Run, place: Path) -> None:
    book = {"people": dict(PEOPLE), "acting": {"noise": {"per_thread": 0}}}
    (place / "team.yml").write_bytes(msgspec.json.encode(book))
    for how in ((), ("-o", str(place / "plan.json")), ("--yes",)):
        out = run("unplanned", "ask", "omnibus#2", "--as", "nadia", "--question", "For when?", *how).out
        assert "Not now: omnibus#2, the handbook has no comment of ours made on a thread." in out
    assert not (place / "plan.json").exists()
    assert [row["state"] for row in run("unplanned", "list", "--json").json] == ["open", "open"]


def test_office_hours_do_not_hold_back_what_a_person_decided(run: Run, place: Path, monkeypatch: object) -> None:
    monkeypatch.setenv("HANDRAIL_NOW", "2026-06-06T22:00Z")  # type: ignore[attr-defined]
    told = run(
        *("unplanned", "decline", "omnibus#2", "--as", "nadia", "--because", "no", "--escalate", "--json"),
    ).json
    assert len(told["plan"]["actions"]) == 2


def test_of_a_request_without_an_issue_people_are_told_by_people(kept: Run) -> None:
    ran = kept("unplanned", "ask", "1", "--as", "nadia", "--question", "For when?")
    assert ran.out == (
        "Request 1 is asked. It has no issue, so nothing is written on GitLab: please tell @ola yourself.\n"
    )
    told = kept("unplanned", "decline", "1", "--as", "nadia", "--because", "it would delay 19.1", "--json").json
    assert (told["decided"], told["plan"], told["request"]["state"]) == (True, None, "declined")
    kept("unplanned", "add", "Another", "--source", "mention")
    assert kept("unplanned", "ask", "2", "--as", "nadia", "--question", "Who?").out.endswith(
        "please tell whoever asked yourself.\n"
    )


def test_an_issue_that_does_not_look_like_a_request_may_be_one(run: Run, place: Path) -> None:
    told = run("unplanned", "take", "omnibus#7", "--as", "mara", "--json").json
    assert (told["request"]["source"], told["request"]["asked_by"]) == ("other team", "sue")


# --- carried out -------------------------------------------------------------------------------------


@pytest.fixture
def gitlab(set_up: SetUp) -> Iterator[standin.StandIn]:
    """A GitLab with these items, and what a person who may write there has set."""
    facts = Told(
        tuple((item, ()) for item in ITEMS),
        Team(NOW, PEOPLE, (Project(PROJECT),), (Milestone("19.1", date(2026, 5, 16), date(2026, 6, 12)),)),
    )
    book = {"people": dict(PEOPLE), "sources": {name: None for name in bundled().sources if name != "omnibus"}}
    with standin.running(facts, per_minute=None) as served:
        set_up(book, NOW, gitlab=served)
        yield served


def test_a_yes_carries_it_out_and_keeps_it(run: Run, gitlab: standin.StandIn) -> None:
    assert run("sync").code == 0
    ran = run("unplanned", "take", "omnibus#2", "--as", "nadia", "--yes")
    assert (ran.code, ran.err) == (0, "")
    assert "3 done" in ran.out
    assert ran.out.endswith("Request 1 is taken.\n")
    (row,) = (row for row in run("next", "--as", "nadia", "--json").json if row["ref"] == f"{PROJECT}#2")
    assert row["row"] == "5-pick-up"
    declined = run("unplanned", "decline", "omnibus#1", "--as", "nadia", "--because", "it is over", "--yes")
    assert declined.out.endswith("Request 2 is declined.\n")
    assert run("unplanned", "list").out == "Nobody waits for a decision about unplanned work.\n"
    assert "say to @sue" in run("log").out


def test_a_request_knows_the_issue_that_was_opened_for_it(run: Run, gitlab: standin.StandIn, tmp_path: Path) -> None:
    assert run("sync").code == 0
    for title in ("A mirror in Oslo", "A mirror in Rome"):
        run("unplanned", "add", title, "--source", "other-team", "--asked-by", "ola")
    take = ("--as", "nadia", "--project", "omnibus")
    ran = run("unplanned", "take", "1", *take, "--yes")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("Request 1 is taken: omnibus#8.\n")
    (took,) = run("milestone", "--json").json["unplanned"]
    assert (took["ref"], took["source"]) == (f"{PROJECT}#8", "other team")
    assert "(1 other team; weight 1)" in run("findings", "--rule", "unplanned_work").out
    file = tmp_path / "plan.json"
    run("unplanned", "take", "2", *take, "-o", str(file))
    assert [row["ref"] for row in run("unplanned", "list", "--all", "--json").json][:2] == [f"{PROJECT}#8", None]
    assert run("apply", str(file), "--yes").code == 0
    rows = run("unplanned", "list", "--all", "--json").json
    assert [(row["ref"], row["state"]) for row in rows][:2] == [(f"{PROJECT}#8", "taken"), (f"{PROJECT}#9", "taken")]
    assert [row["ref"] for row in run("unplanned", "list", "--json").json] == [f"{PROJECT}#1", f"{PROJECT}#2"]
    again = run("unplanned", "add", "Oslo", "--source", "mention", "--ref", "omnibus#8")
    assert "omnibus#8 is request 1 already" in again.err


def test_what_could_not_be_done_is_not_kept_as_decided(run: Run, gitlab: standin.StandIn) -> None:
    assert run("sync").code == 0
    run("unplanned", "add", "A mirror in Oslo", "--source", "other-team")
    gitlab.world.make_read_only(PROJECT)
    ran = run("unplanned", "take", "1", "--as", "nadia", "--project", "omnibus", "--yes")
    assert (ran.code, "So the request waits as before" in ran.err) == (2, True)
    assert run("unplanned", "list", "--json").json[0]["state"] == "open"


def test_a_person_at_a_terminal_is_asked(run: Run, gitlab: standin.StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("sync").code == 0
    run("unplanned", "add", "A mirror in Oslo", "--source", "other-team")
    answer = io.StringIO("n\n")
    monkeypatch.setattr(answer, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", answer)
    ran = run("unplanned", "take", "1", "--as", "nadia", "--project", "omnibus")
    assert ran.code == 130
    assert f"Do 1 action on {gitlab.url}?" in ran.out
    assert [row["state"] for row in run("unplanned", "list", "--json").json] == ["open"] * 3


# --- what is refused ---------------------------------------------------------------------------------


def test_mistakes_are_said_in_one_sentence_with_what_to_do(refused: Refused, kept: Run, place: Path) -> None:
    add = ("add", "Help", "--source", "customer")
    take = ("take", "omnibus#2", "--as", "nadia")
    assert refused(*add, "--incident", "perhaps") == (
        "“perhaps” does not say whether it is so: begin with yes, no or unknown, as in “yes: WHY”."
    )
    assert refused(*add, "--sla", "yes") == "“yes” does not say what tells so: write “yes: WHY”, or unknown."
    assert refused(*add, "--sla", "No: ") == "“No: ” does not say what tells so: write “no: WHY”, or unknown."
    assert refused(*take, "--priority", "9") == (
        "“9” is no priority: the handbook has priority::1, priority::2, priority::3, priority::4."
    )
    assert refused(*add, "--deadline", "soon") == "“soon” is no day: write --deadline 2026-06-12."
    assert refused("add", " ", "--source", "customer").startswith("The title is empty: ")
    assert refused(*add, "--ref", "omnibus#99") == (
        f"{PROJECT}#99 is no open issue in these facts. Name an open issue, like omnibus#1, or a request’s number."
    )
    assert refused(*add, "--ref", "elsewhere#9").endswith("Name an open issue, like omnibus#1, or a request’s number.")
    assert refused("take", "omnibus!6", "--as", "nadia") == (
        "omnibus!6 is no issue: name the issue that asks for the work."
    )
    assert refused("take", "9", "--as", "nadia") == ("There is no request 9: “handrail unplanned list --all” has them.")
    assert refused("take", "omnibus#2").startswith("Who are you? Say --as USER")
    assert refused("take", "omnibus#5", "--as", "nadia") == f"{PROJECT}#5 has somebody: ask Mara first."
    assert refused("take", "omnibus#4", "--as", "nadia") == (
        f"{PROJECT}#4 is planned already, as a Deliverable: just pick it up."
    )
    assert refused("take", "1", "--as", "nadia") == (
        "Request 1 has no issue yet: name the project in which to open one."
    )
    assert "is none of the team’s projects: it can be builder, charts" in refused(
        "take", "1", "--as", "nadia", "--project", "acme/none"
    )
    assert refused(*take, "--json", "-o", str(place)).endswith("name another file with -o.")
    assert refused(*take, "--yes", "--json") == (
        "--json shows a decision and --yes carries it out: leave one of them away."
    )
    assert refused("decline", "omnibus#2", "--as", "nadia", "--because", " ") == (
        "The reason is empty: say why it is not taken."
    )
    for step in (("decline", "--because", "it waits"), ("ask", "--question", "For when?")):
        command, *words = step
        assert refused(command, "omnibus#5", "--as", "nadia", *words) == f"{PROJECT}#5 has somebody: ask Mara first."
        assert refused(command, "omnibus#4", "--as", "nadia", *words).endswith("a Deliverable: just pick it up.")
    assert refused("ask", "omnibus#2", "--as", "nadia", "--question", "") == (
        "The question is empty: say what has to be known."
    )


def test_what_was_decided_is_not_decided_again(refused: Refused, kept: Run, place: Path) -> None:
    kept("unplanned", "decline", "1", "--as", "nadia", "--because", "it would delay 19.1")
    assert refused("take", "1", "--as", "nadia", "--project", "omnibus") == (
        "Request 1 was declined before, so it cannot be taken: add a new one."
    )
    kept("unplanned", "take", "omnibus#2", "--as", "nadia", "-o", str(place / "plan.json"))
    assert refused("add", "Help", "--source", "customer", "--ref", "omnibus#2").startswith(
        "omnibus#2 is request 2 already"
    )
