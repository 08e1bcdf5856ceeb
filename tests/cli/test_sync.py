"""From the API to the queue, as a person runs it: a stand-in on loopback, the program, and the store between them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from handrail.demo import NOW, DemoTeam
from handrail.store.database import Store
from standin import StandIn, running
from tests.cli.conftest import Run, SetUp

TEAM = DemoTeam()


@pytest.fixture(scope="module")
def gitlab() -> Iterator[StandIn]:
    with running(TEAM) as served:
        yield served


@pytest.fixture
def environment(gitlab: StandIn, set_up: SetUp, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A person whose GitLab is the stand-in and whose handbook names the demo team's people."""
    set_up({"people": dict(TEAM.team().people)}, NOW, gitlab=gitlab, writes=False)
    return monkeypatch


@pytest.mark.usefixtures("environment")
def test_contract_the_queues_of_what_was_read_are_those_of_the_facts_that_were_served(
    run: Run, gitlab: StandIn, tmp_path: Path
) -> None:
    first = run("sync")
    assert first.code == 0, first.err
    assert "gitlab-org/omnibus-gitlab: " in first.err
    assert "items changed, read with" in first.out
    with Store.open(tmp_path / "store.sqlite") as store:  # requests are people's word, which no GitLab has
        for one in TEAM.team().asked:
            store.asked.add(one)
    served = run("--demo", "next", "--team", "--json").json
    read = run("next", "--team", "--json").json
    for rows in read.values():
        for row in rows:
            row["url"] = row["url"] and row["url"].replace(gitlab.url, "https://gitlab.com")
    assert read == served
    assert run("sync").out.startswith("0 items changed")


def test_peoples_own_calendars_are_read_with_it_and_tried_again_only_later(
    run: Run, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with Store.open(tmp_path / "store.sqlite") as store:
        store.calendars.state("ivo", "https://127.0.0.1/secret.ics")
    said = "The calendar of Ivo at 127.0.0.1 could not be read: it leads to an address that is not on the public"
    first = run("sync")
    assert first.code == 0
    assert said in first.err
    assert "secret" not in first.out + first.err
    assert said not in run("sync").err
    environment.setenv("HANDRAIL_NOW", (NOW + timedelta(hours=6)).isoformat())
    assert said in run("run", "--once").err


@pytest.mark.usefixtures("environment")
def test_explain_and_the_past_run_on_what_was_read(run: Run) -> None:
    run("sync")
    assert "earlier round" in run("explain", "omnibus!7421", "--as", "nadia").out
    assert run("next", "--team", "--json", "--at", "2026-06-01T12:00Z").code == 0


def test_without_a_token_nothing_is_asked(run: Run, environment: pytest.MonkeyPatch, gitlab: StandIn) -> None:
    environment.delenv("GITLAB_TOKEN")
    asked = len(gitlab.requests)
    ran = run("sync")
    assert (ran.code, len(gitlab.requests)) == (2, asked)
    assert "put it in GITLAB_TOKEN" in ran.err


def test_a_wrong_token_is_one_sentence_without_the_token(run: Run, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("GITLAB_TOKEN", "glpat-of-nobody-here")
    ran = run("sync")
    assert ran.code == 2
    assert "token" in ran.err
    assert "glpat-of-nobody-here" not in ran.err + ran.out
    assert "Traceback" not in ran.err


@pytest.mark.usefixtures("environment")
def test_a_source_that_is_not_there_is_named_and_the_rest_is_read(run: Run, tmp_path: Path) -> None:
    handbook = tmp_path / "team.yml"
    sources = {"gone": {"path": "gitlab-org/gone"}}
    handbook.write_bytes(msgspec.json.encode({"people": dict(TEAM.team().people), "sources": sources}))
    ran = run("sync")
    assert ran.code == 2
    assert "gitlab-org/gone" in ran.err
    assert "The others were read." in ran.err
    assert len(run("next", "--team", "--json").json["nadia"]) > 10


@pytest.mark.usefixtures("environment")
def test_a_group_may_be_read_in_place_of_the_sources(run: Run) -> None:
    ran = run("sync", "--group", "gitlab-org/charts")
    assert "gitlab-org/charts: " in ran.err
    assert "gitlab-org/omnibus-gitlab: " not in ran.err
    refs = {row["ref"] for row in run("next", "--unassigned", "--all", "--json").json}
    assert any(ref.startswith("gitlab-org/charts/") for ref in refs)


def test_before_anything_was_read_the_ways_to_facts_are_said(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert "handrail sync" in run("next", "--team").err
    monkeypatch.setenv("HANDRAIL_STORE", str(tmp_path / "none.sqlite"))
    assert "handrail sync" in run("next", "--team").err


def test_a_present_that_is_no_moment(run: Run, environment: pytest.MonkeyPatch) -> None:
    run("sync")
    environment.setenv("HANDRAIL_NOW", "soon")
    assert "HANDRAIL_NOW is “soon”" in run("next", "--team").err


def test_where_the_handbook_names_nobody_the_groups_members_are_the_team(
    run: Run, environment: pytest.MonkeyPatch
) -> None:
    environment.delenv("HANDRAIL_HANDBOOK")
    run("sync", "--group", "gitlab-org/charts")
    ran = run("next", "--team", "--json")
    assert "The handbook names no people: these are the 14 members that GitLab knows" in ran.err
    assert "nadia" in ran.json


@pytest.mark.usefixtures("environment")
def test_a_moment_before_the_first_reading_says_what_is_missing(run: Run) -> None:
    run("sync")
    ran = run("next", "--as", "nadia", "--at", "2026-05-20")
    assert "GitLab was first read on 2026-06-02 14:12 UTC" in ran.err
    assert "lack their label and milestone history" in ran.err
    assert "lack their" not in run("next", "--as", "nadia").err
