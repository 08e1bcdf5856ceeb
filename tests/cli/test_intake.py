"""From a mention on GitLab to its answer, as people write it there and as whoever is on duty runs it, on a stand-in."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from handrail.model.facts import Team
from handrail.model.planning import Milestone, Project
from handrail.testing import MILESTONE, NOW, PEOPLE, PROJECT, Told, an_issue
from standin import StandIn, running
from standin.comments import comment
from tests.cli.conftest import Run, SetUp

ITEMS = tuple(an_issue(number, title=f"Issue {number}", author="sam") for number in (1, 2, 3, 4, 5))
FIRST, SECOND = (item.ref for item in ITEMS[:2])
MILESTONES = (Milestone(MILESTONE), Milestone("Backlog"))
FACTS = Told(tuple((item, ()) for item in ITEMS), Team(NOW, PEOPLE, (Project(PROJECT),), MILESTONES))
Moment = Callable[..., None]


@pytest.fixture
def gitlab() -> Iterator[StandIn]:
    with running(FACTS) as served:
        yield served


@pytest.fixture
def moment(gitlab: StandIn, monkeypatch: pytest.MonkeyPatch) -> Moment:
    def at(hour: int, day: int = 3) -> None:
        gitlab.world.now = datetime(2026, 6, day, hour, tzinfo=UTC)
        monkeypatch.setenv("HANDRAIL_NOW", gitlab.world.now.isoformat())

    return at


@pytest.fixture(autouse=True)
def team(gitlab: StandIn, set_up: SetUp, run: Run, moment: Moment) -> None:
    """Ivo is on duty this week, and what is said about requests is said without a yes."""
    rules = {"duty_requests": {"mode": "apply"}}
    set_up({"people": dict(PEOPLE), "acting": {"most_share": 1.0}, "rules": rules}, NOW, "ivo", gitlab)
    moment(9)
    assert run("sync", "--group", PROJECT).code == 0
    assert run("duty", "start", "ivo", "nadia", "mara", "timo", "--on", "2026-06-01").code == 0


def go_round(run: Run) -> None:
    ran = run("run", "--once", "--group", PROJECT)
    assert ran.code == 0, ran.err


def ours(gitlab: StandIn, ref: str) -> list[str]:
    return [one.body for one in gitlab.world.entries[ref].written if "<!-- handrail:duty_requests:" in one.body]


def test_what_passes_as_it_is_taken_in_is_counted(run: Run, gitlab: StandIn, moment: Moment) -> None:
    moment(10)
    comment(gitlab.world, gitlab.world.entries[FIRST], "ada", "@gitlab-org/distribution Which Redis?")
    moment(9, 8)
    ran = run("run", "--once", "--group", PROJECT)
    assert ran.code == 0, ran.err
    assert "1 request passed to @nadia with the turn." in ran.out


def test_a_mention_is_a_request_that_is_acknowledged_followed_and_done(
    run: Run, gitlab: StandIn, moment: Moment
) -> None:
    def say(hour: int, by: str, body: str, ref: str = FIRST) -> None:
        moment(hour)
        comment(gitlab.world, gitlab.world.entries[ref], by, body)

    say(10, "sam", "@gitlab-org/distribution the mirror answers 503")
    say(10, "mara", "> @gitlab-org/distribution the mirror answers 503\n\nsee `@gitlab-org/distribution`", SECOND)
    moment(11)
    go_round(run)
    (asked,) = run("request", "list", "--json").json
    assert (asked["ref"], asked["way"], asked["asked_by"], asked["owner"]) == (FIRST, "mention", "sam", "ivo")
    (acknowledged,) = ours(gitlab, FIRST)
    assert acknowledged.startswith("@sam, thank you for telling us about this.\n\nIvo (`@ivo`) is on duty")
    assert "answers by Thu 4 Jun 10:00 (UTC)." in acknowledged
    moment(11)
    go_round(run)
    assert ours(gitlab, FIRST) == [acknowledged], "once"
    assert [one["id"] for one in run("request", "list", "--json").json] == [asked["id"]]

    say(12, "sam", "@handrail hand over to @nadia")
    say(13, "ivo", "@handrail hand over to @nadia, she knows the mirrors")
    moment(14)
    go_round(run)
    assert "Ivo, handed over to Nadia, who has not taken it yet" in run("request", "list").out
    say(15, "nadia", "@handrail take\n\nand then\n\n@handrail done with a restart of the mirror")
    moment(16)
    go_round(run)
    assert run("request", "list").out == "No requests.\n"
    shown = run("request", "show", str(asked["id"])).out
    assert [line.split("  ")[-1] for line in shown.splitlines()[1:6]] == [
        "@sam asked, and it was Ivo’s",
        "Handrail told whoever asked who has it",
        "Ivo handed it over to Nadia: she knows the mirrors",
        "Nadia took it over",
        "Nadia was done with it: a restart of the mirror",
    ]
    assert ours(gitlab, FIRST) == [acknowledged]
    answer = next(one.body for one in gitlab.world.entries[FIRST].written if ":commands:" in one.body)
    assert answer.startswith("@sam, "), "whose word it is not hears so"


def test_who_ends_a_request_after_our_word_is_not_told_that_there_is_none(
    run: Run, gitlab: StandIn, moment: Moment
) -> None:
    for hour, by, body in (
        (9, "sam", "@gitlab-org/distribution the mirror answers 503"),
        (11, "sam", "@gitlab-org/distribution anybody?"),
        (12, "ivo", "@handrail done with a restart"),
    ):
        moment(hour)
        comment(gitlab.world, gitlab.world.entries[FIRST], by, body)
        go_round(run)
    moment(13)
    go_round(run)
    assert "done by Ivo: a restart" in run("request", "list", "--all").out
    assert run("request", "list").out == "No requests.\n", "what was asked before its end was a part of it"
    assert [note for note in gitlab.world.entries[FIRST].written if ":commands:" in note.body] == []


def test_what_was_read_is_told_and_a_passed_time_is_asked_about_once(run: Run, gitlab: StandIn, moment: Moment) -> None:
    moment(10)
    comment(gitlab.world, gitlab.world.entries[FIRST], "sam", "@gitlab-org/distribution anybody?")
    moment(11)
    assert "New for whoever is on duty: request 1\n" in run("sync", "--group", PROJECT).out
    assert "New" not in run("sync", "--group", PROJECT).out
    for hour in (11, 12):
        moment(hour, day=4)
        go_round(run)
        said = ours(gitlab, FIRST)
        (chase,) = (one for one in said if one.startswith("@ivo"))
        assert [one.partition(",")[0] for one in said if one != chase] == ["@sam"], (
            "who asked hears so too, though late"
        )
        assert chase.startswith("@ivo, thank you for looking after what comes in.")
    assert run("request", "show", "1").out.count("Handrail asked for an answer") == 1
    moment(13, day=4)
    comment(gitlab.world, gitlab.world.entries[FIRST], "ivo", "We restart it now.")
    moment(14, day=4)
    assert run("sync", "--group", PROJECT).code == 0
    assert run("findings", "--rule", "duty_requests", "--json").json == []
    assert run("request", "list", "--json").json[0]["steps"][-1]["did"] == "answered"


def test_what_keeps_requests_from_being_told_keeps_no_facts_out(run: Run, tmp_path: Path) -> None:
    book = tmp_path / "nobody.yml"
    book.write_text(f"extends: {tmp_path / 'team.yml'}\nplanning: {{undated_milestones: []}}\n")
    ran = run("--handbook", str(book), "sync", "--group", PROJECT)
    assert ran.code == 0
    assert "\n0 items changed" in ran.out
    assert "What is asked of whoever is on duty was not looked for: The milestone “Backlog” lacks a date" in ran.err
