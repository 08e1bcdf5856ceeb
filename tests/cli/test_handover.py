"""`handrail handover`: the ledger, what is decided in it, and the handover itself, on a stand-in."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from handrail.model.facts import Team
from handrail.model.planning import Project
from handrail.testing import NOW, PEOPLE, PROJECT, Told, a_handbook, an_issue
from standin import StandIn, running
from tests.cli.conftest import Run, SetUp

ROTATION = a_handbook().rotation
TITLE, NEXT = (ROTATION.title.format(start=day) for day in ("2026-06-01", "2026-06-08"))
ITEMS = (
    an_issue(1, project=ROTATION.project, title=TITLE, assignees=("ivo",)),
    an_issue(11, title="The mirror answers 503"),
    an_issue(12, title="Upgrade stops"),
)
OLD, MIRROR, UPGRADE = (item.ref for item in ITEMS)
FACTS = Told(tuple((item, ()) for item in ITEMS), Team(NOW, PEOPLE, (Project(PROJECT), Project(ROTATION.project))))


@pytest.fixture
def gitlab() -> Iterator[StandIn]:
    with running(FACTS) as served:
        yield served


@pytest.fixture
def week(gitlab: StandIn, set_up: SetUp, run: Run) -> Run:
    """Ivo's week, in which three requests came; it is Tuesday."""
    off = {rule: {"mode": "off"} for rule in a_handbook().rules if rule != "handover"}
    set_up({"people": dict(PEOPLE), "acting": {"most_share": 1.0}, "rules": off}, NOW, "ivo", gitlab)
    for step in (
        ("sync", "--group", "gitlab-org"),
        ("duty", "start", "nadia", "mara", "ivo"),
        ("request", "add", "The mirror answers 503", "--by", "sam", "--ref", "omnibus#11"),
        ("request", "add", "Upgrade stops", "--by", "sam", "--ref", "omnibus#12"),
        ("request", "add", "Somebody rang", "--by", "sam"),
    ):
        ran = run(*step)
        assert ran.code == 0, ran.err
    return run


def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_NOW", "2026-06-08T09:20Z")


def test_both_see_the_same_ledger(week: Run) -> None:
    assert week("handover", "decide", "2", "comment", "--note", "waits for logs").code == 0
    assert week("handover", "decide", "3", "keep", "--note", "half of it is done").code == 0
    for person in ("ivo", "nadia"):
        out = week("handover", "--as", person).out
        assert out.splitlines()[:7] == [
            "Ivo hands over to Nadia on Mon 8 Jun 09:00.",
            "   1  The mirror answers 503 (omnibus#11)",
            "      not decided yet, passes to Nadia",
            "   2  Upgrade stops (omnibus#12)",
            "      handed over to Nadia: waits for logs",
            "   3  Somebody rang",
            "      Ivo goes on with it: half of it is done",
        ]  # fmt: skip
    told = week("handover", "--json").json
    assert told["last"] is None
    assert (told["next"]["outgoing"], told["next"]["incoming"], told["next"]["at"]) == (
        "ivo", "nadia", "2026-06-08T09:00:00Z",
    )  # fmt: skip
    assert [row["acknowledged"] for row in told["next"]["rows"]] == [False] * 3


def test_a_dry_run_shows_the_steps_of_the_next_handoff_and_does_none(week: Run, gitlab: StandIn) -> None:
    gitlab.requests.clear()
    out = week("handover", "--dry-run").out
    assert "On Mon 8 Jun 09:00: Nadia is on duty, and with the turn pass:" in out
    assert f"open “{NEXT}”" in out
    assert "close it" in out
    assert [one["owner"] for one in week("request", "list", "--json").json] == ["ivo"] * 3
    assert gitlab.requests == []


def test_what_is_due_is_done_after_a_yes_and_once(week: Run, gitlab: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    week("handover", "decide", "2", "comment", "--note", "waits for logs")
    monday(monkeypatch)
    assert "Now: Nadia is on duty, and with the turn pass:" in week("handover", "--dry-run").out
    ran = week("handover", "--yes")
    assert ran.code == 0, ran.err
    assert "Distribution DRI: the turn of Nadia began on 2026-06-08 09:00 UTC." in ran.out
    assert "2 requests passed to @nadia with the turn." in ran.out
    opened = {entry.item.title: entry.item for entry in gitlab.world.entries.values()}
    assert (opened[TITLE].state, opened[NEXT].state, opened[NEXT].assignees) == ("closed", "opened", ("nadia",))
    assert [len(gitlab.world.entries[ref].written) for ref in (MIRROR, UPGRADE)] == [1, 1]
    again = week("handover", "--yes")
    assert again.code == 0, again.err
    assert "turn of" not in again.out
    assert sum(entry.item.title == NEXT for entry in gitlab.world.entries.values()) == 1
    assert "Ivo handed over to Nadia on Mon 8 Jun 09:00." in again.out


def test_a_timers_round_changes_the_turn_and_leaves_gitlab_to_a_yes(
    week: Run, gitlab: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monday(monkeypatch)
    ran = week("run", "--once", "--group", "gitlab-org")
    assert ran.code == 0, ran.err
    assert "the turn of Nadia began" in ran.out
    assert gitlab.world.entries[OLD].item.state == "opened"
    assert [one["owner"] for one in week("request", "list", "--json").json] == ["nadia"] * 3


def test_the_turn_changes_on_time_although_gitlab_is_out_of_reach(
    week: Run, gitlab: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monday(monkeypatch)
    monkeypatch.setenv("GITLAB_URL", "http://127.0.0.1:9")
    ran = week("run", "--once", "--group", "gitlab-org")
    assert ran.code == 2
    assert "the turn of Nadia began" in ran.out
    assert week("duty", "--json").json["holder"] == "nadia"
    assert [one["owner"] for one in week("request", "list", "--json").json] == ["nadia"] * 3
    monkeypatch.setenv("GITLAB_URL", gitlab.url)
    ran = week("run", "--once", "--group", "gitlab-org")
    assert (ran.code, "turn of" in ran.out) == (0, False), ran.err


def test_the_incoming_acknowledges(week: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    week("handover", "decide", "2", "told", "--note", "all of it")
    assert "@nadia is not on duty now" in week("handover", "acknowledge", "--as", "nadia").err
    monday(monkeypatch)
    assert week("run", "--once", "--group", "gitlab-org").code == 0
    assert week("handover", "acknowledge", "--as", "nadia").out == "Acknowledged: 3 of 3.\n"
    assert [one["owner"] for one in week("request", "list", "--json").json] == ["nadia"] * 3
    assert week("handover", "--json").json["last"] is None


def test_the_next_is_whoever_has_the_turn_in_the_end(
    week: Run, gitlab: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert week("handover", "decide", "2", "comment", "--note", "waits for logs").code == 0
    assert week("request", "hand-over", "3", "nadia").code == 0
    assert week("duty", "cover", "mara", "--from", "2026-06-08T09:00", "--until", "2026-06-15T09:00").code == 0
    ledger = week("handover").out
    assert "Ivo hands over to Mara on Mon 8 Jun 09:00." in ledger
    assert "      handed over to Mara: waits for logs" in ledger
    assert "      handed over to Nadia" in ledger, "by name, whoever is on duty"
    monday(monkeypatch)
    ran = week("handover", "acknowledge", "--as", "mara")
    assert "2 requests passed to @mara with the turn." in ran.out
    assert ran.out.endswith("Acknowledged: 3 of 3.\n")
    rows = week("request", "list", "--json").json
    assert [(one["owner"], one.get("passing_to")) for one in rows] == [("mara", None), ("mara", None), ("ivo", "nadia")]
    assert week("handover", "--yes").code == 0
    (comment,) = gitlab.world.entries[UPGRADE].written
    assert "passes from Ivo to Mara.\n\n> waits for logs" in comment.body


def test_what_somebody_has_who_left_is_nobodys_until_the_next_turn(
    week: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDRAIL_USER", "nadia")
    book = tmp_path / "team.yml"
    told = msgspec.json.decode(book.read_bytes())
    del told["people"]["ivo"]
    book.write_bytes(msgspec.json.encode(told))
    assert week("request", "add", "One more", "--by", "sam").code == 0
    assert "Nobody is on duty" in week("duty", "desk").err
    assert "request 4" in week("next").out
    assert "Nobody is available to hand over to" in week("handover", "decide", "1", "comment").err
    out = week("handover", "--yes").out
    assert "Nobody of the team has 3 requests any more: whoever is first available takes over." in out
    assert {one.get("owner") for one in week("request", "list", "--json").json} == {None}
    monday(monkeypatch)
    assert "4 requests passed to @nadia with the turn." in week("handover", "--yes").out


def test_closing_names_where_the_rest_goes_on(week: Run) -> None:
    ran = week("handover", "decide", "1", "close", "--note", "made room")
    assert (ran.code, "Name the issue in which the rest goes on" in ran.err) == (2, True)
    told = week("handover", "decide", "1", "close", "--note", "made room", "--follow-up", "omnibus#12").out
    assert told == f"1  The mirror answers 503: closed: made room; goes on in {UPGRADE}\n"
    told = week("handover", "decide", "2", "close", "--note", "made room", "--follow-up", "Mirror it twice").out
    assert "goes on in Mirror it twice" in told


@pytest.mark.parametrize(
    ("follow_up", "says"),
    [
        ("omnibus#11", "omnibus#11 is what request 1 is about, and is closed: name another issue."),
        ("omnibus!12", "omnibus!12 is no issue: name one, or a title to have one opened."),
        (
            "omnibus#99",
            f"{PROJECT}#99 is no open issue in these facts. Name one that is, or a title to have one opened.",
        ),
        ("omnibs#12", "omnibs#12 is no open issue in these facts. Name one that is, or a title to have one opened."),
        ("x" * 256, "That title has 256 characters: GitLab takes 255 at most."),
    ],
)
def test_nothing_is_closed_for_the_sake_of_what_is_not_there(week: Run, follow_up: str, says: str) -> None:
    ran = week("handover", "decide", "1", "close", "--note", "made room", "--follow-up", follow_up)
    assert (ran.code, ran.err.strip()) == (2, says)


@pytest.mark.parametrize(
    ("follow_up", "goes_on"),
    [
        ("https://gitlab.example.com/gitlab-org/omnibus-gitlab/-/issues/12", UPGRADE),
        ("elsewhere/app#3", "elsewhere/app#3"),
        ("Fix  #5", "Fix #5"),
    ],
)
def test_a_follow_up_may_be_an_address_elsewhere_or_a_title_with_a_number(
    week: Run, follow_up: str, goes_on: str
) -> None:
    told = week("handover", "decide", "1", "close", "--note", "made room", "--follow-up", follow_up).out
    assert told == f"1  The mirror answers 503: closed: made room; goes on in {goes_on}\n"


def test_what_its_owner_has_off_duty_goes_to_whoever_is_on_duty(week: Run) -> None:
    assert week("request", "take", "3", "--as", "mara").code == 0
    told = week("handover", "decide", "3", "comment", "--as", "mara", "--note", "yours").out
    assert told == "3  Somebody rang: handed over to Ivo: yours\n"


def test_a_rotation_told_by_its_issues_alone_has_no_ledger(run: Run, week: Run, tmp_path: Path) -> None:
    del week
    book = tmp_path / "other.yml"
    book.write_text(f"extends: {tmp_path / 'team.yml'}\nrotations: {{dri: null, other: {{name: Other duty}}}}\n")
    ran = run("--handbook", str(book), "handover")
    assert ran.code == 2
    assert "told by the rotation issues alone" in ran.err


def test_the_demo_has_a_handover_worth_reading(run: Run) -> None:
    ran = run("--demo", "handover")
    assert ran.code == 0, ran.err
    assert "hands over to Mara on Mon 8 Jun 09:00." in ran.out
    assert "with the turn pass:" in ran.out
    assert "open “Distribution DRI rotation week of 2026-06-08”" in ran.out


def test_who_is_alone_hands_over_to_nobody(run: Run, week: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert week("duty", "roster", "ivo").code == 0
    assert run("handover").out == "Nothing of it is to be done on GitLab now.\n"
    out = run("handover", "--dry-run").out
    assert out == "Now: Ivo is on duty.\nNothing of it is to be done on GitLab.\n"
    assert "Nobody is available" in run("handover", "decide", "1", "comment").err
    monkeypatch.setenv("HANDRAIL_NOW", "2026-06-08T09:20Z")
    assert "Now: Ivo is on duty." in run("handover", "--dry-run").out
