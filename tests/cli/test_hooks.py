"""`handrail hooks`: made once, put right where they differ, woken where GitLab gave them up; the secret nowhere."""

from collections.abc import Iterator
from typing import Any

import gitlab
import pytest

import standin
from handrail.model.facts import Team
from handrail.model.planning import Project
from handrail.testing import NOW, PEOPLE, PROJECT, Told, an_issue
from standin.comments import comment
from standin.hooks import Deliveries
from tests.cli.conftest import Ran, Run, SetUp
from tests.standin.test_hooks import receiver

SECRET = "a-secret-of-the-hooks"
US = "https://handrail.example.org"
OTHER = "gitlab-org/charts/gitlab"
FACTS = Told(((an_issue(1), ()),), Team(NOW, dict(PEOPLE), (Project(PROJECT), Project(OTHER))))
BOOK = {"people": {"ada": {"name": "Ada"}}, "sources": {"another": {"path": OTHER}}}


class Desk:
    """The command, the GitLab that it changes, and somebody who looks there."""

    def __init__(self, server: standin.StandIn, run: Run, to: str = US) -> None:
        self.server, self._run, self.to, self.everywhere = server, run, to, False
        self._client = gitlab.Gitlab(server.url, private_token=standin.API_TOKEN)

    def run(self, *words: str) -> Ran:
        where = () if "--group" in words or self.everywhere else ("--group", PROJECT)
        found = self._run("hooks", *words, "--to", self.to, *where)
        assert SECRET not in found.out + found.err
        return found

    def hooks(self, place: str = f"projects/{PROJECT}") -> list[dict[str, Any]]:
        kind, _, path = place.partition("/")
        found: Any = self._client.http_list(f"/{kind}/{path.replace('/', '%2F')}/hooks", get_all=True)
        return list(found)

    def change(self, hook: dict[str, Any], **facts: Any) -> None:
        self._client.http_put(f"/projects/{PROJECT.replace('/', '%2F')}/hooks/{hook['id']}", post_data=facts)


@pytest.fixture(params=["premium"])
def server(request: pytest.FixtureRequest) -> Iterator[standin.StandIn]:
    with standin.running(FACTS, tier=request.param) as found:
        yield found


@pytest.fixture
def desk(server: standin.StandIn, run: Run, set_up: SetUp, monkeypatch: pytest.MonkeyPatch) -> Desk:
    set_up(BOOK, NOW, gitlab=server)
    monkeypatch.setenv("HANDRAIL_WEBHOOK_SECRET", SECRET)
    return Desk(server, run)


def test_a_hook_is_made_once_with_what_we_follow(desk: Desk) -> None:
    missing = desk.run("check")
    assert (missing.code, missing.out) == (2, f"{PROJECT}  there is no hook of ours\n")
    assert "hooks install" in missing.err
    dry = desk.run("install", "--dry-run")
    assert (dry.code, dry.out, desk.hooks()) == (0, f"{PROJECT}  would be: made\n", [])
    assert desk.run("install").out == f"{PROJECT}  made\n"
    (hook,) = desk.hooks()
    assert (hook["url"], hook["name"]) == (f"{US}/webhooks/gitlab", "Handrail")
    wanted = {name for name, value in hook.items() if name.endswith("_events") and value}
    assert wanted == {
        "issues_events", "confidential_issues_events", "merge_requests_events", "note_events",
        "confidential_note_events", "pipeline_events", "milestone_events", "releases_events",
    }  # fmt: skip
    assert desk.run("install").out == f"{PROJECT}  it is as it should be\n"
    assert (desk.run("check").code, desk.run("check").out) == (0, f"{PROJECT}  it calls us\n")
    assert desk.hooks() == [hook]


def test_what_differs_is_named_and_put_right(desk: Desk) -> None:
    desk.run("install")
    (hook,) = desk.hooks()
    desk.change(hook, note_events=False, pipeline_events=False, enable_ssl_verification=False)
    found = desk.run("check")
    assert found.code == 2
    assert "it does not tell of notes, pipelines; it does not verify our certificate" in found.out
    assert desk.run("install", "--dry-run").out == f"{PROJECT}  would be: made as it should be\n"
    assert desk.run("install").out == f"{PROJECT}  made as it should be\n"
    assert desk.hooks() == [hook]


def test_when_we_move_the_hook_comes_along(desk: Desk) -> None:
    desk.run("install")
    desk.to = "https://elsewhere.example.org/handrail/"
    assert f"it calls {US}/webhooks/gitlab" in desk.run("check").out
    desk.run("install")
    assert [hook["url"] for hook in desk.hooks()] == ["https://elsewhere.example.org/handrail/webhooks/gitlab"]


def test_other_peoples_hooks_are_left_alone_and_doubles_are_named(desk: Desk) -> None:
    place = f"/projects/{PROJECT.replace('/', '%2F')}/hooks"
    desk._client.http_post(place, post_data={"url": "https://ci.example.org"})
    desk.run("install")
    desk._client.http_post(place, post_data={"url": f"{US}/webhooks/gitlab"})
    assert "there are 2 of them" in desk.run("check").out
    assert len(desk.hooks()) == 3
    assert desk.hooks()[0]["url"] == "https://ci.example.org"


def test_a_hook_that_rests_is_named_and_woken(desk: Desk) -> None:
    with receiver() as found:
        desk.to = found.url
        desk.run("install")
        found.status = 500
        for _ in range(4):
            comment(desk.server.world, desk.server.world.entries[f"{PROJECT}#1"], "nadia", "Hello")
            desk.server.deliver()
        told = desk.run("check")
        assert told.code == 2
        assert "GitLab does not call it until 2026-06-02 14:01 UTC: it failed several times in a row" in told.out
        assert "hooks repair" in told.err
        assert "hooks repair” wakes it" in desk.run("install").out
        assert desk.run("repair", "--dry-run").out == f"{PROJECT}  would be: kept, GitLab calls it again\n"
        failed = desk.run("repair")
        assert failed.code == 2
        assert "HTTP 500" in failed.out
        found.status = 202
        assert desk.run("repair").out == f"{PROJECT}  kept, GitLab calls it again\n"
        assert desk.run("check").code == 0
        assert found.came[-1][0]["X-Gitlab-Token"] == SECRET
        Deliveries.of(desk.server.world).hooks[0].recent_failures = 40
        assert "GitLab calls it no more" in desk.run("check").out


def test_a_groups_hook_tells_of_all_its_projects(desk: Desk) -> None:
    assert desk.run("install", "--group", "gitlab-org").out == "gitlab-org  made\n"
    (hook,) = desk.hooks("groups/gitlab-org")
    assert (hook["member_events"], hook["releases_events"], hook["push_events"]) == (True, True, False)
    assert desk.hooks() == []


@pytest.mark.parametrize("server", ["free"], indirect=True)
def test_without_hooks_of_groups_each_project_has_its_own(desk: Desk) -> None:
    found = desk.run("install", "--group", "gitlab-org")
    assert found.out == f"{OTHER}   made\n{PROJECT}  made\n"
    assert len(desk.hooks()) == len(desk.hooks(f"projects/{OTHER}")) == 1


def test_what_cannot_be_seen_is_said_with_the_role_that_it_takes(desk: Desk) -> None:
    desk.server.world.make_read_only(PROJECT)
    for command in ("check", "install", "repair"):
        found = desk.run(command)
        assert found.code == 2
        assert "that takes the role of Maintainer" in found.out


def test_what_gitlab_refuses_is_said(desk: Desk) -> None:
    desk.server.fail("status", "/hooks", method="POST", status=422)
    found = desk.run("install")
    assert found.code == 2
    assert "refuses the request (422)" in found.out


@pytest.mark.parametrize("secret", ["", "short", "with a líne of its own", "with\nanother line in it"])
def test_without_a_good_secret_nothing_is_made(desk: Desk, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("HANDRAIL_WEBHOOK_SECRET", secret)
    for command in ("install", "repair"):
        found = desk.run(command)
        assert found.code == 2
        assert "openssl rand -hex 32" in found.err
    assert desk.hooks() == []


@pytest.mark.parametrize("to", ["handrail.example.org", "ftp://x.org", "https://", "https://u:p@x.org", "https://x/?a"])
def test_our_address_has_to_be_one(desk: Desk, to: str) -> None:
    desk.to = to
    for command in ("check", "install"):
        found = desk.run(command)
        assert found.code == 2
        assert "ddress" in found.err
        assert "u:p@" not in found.err or "“" not in found.err


def test_a_source_that_is_not_there_keeps_no_other_from_having_its_hook(desk: Desk) -> None:
    desk.everywhere = True
    found = desk.run("install")
    assert found.code == 2
    lines = dict(line.split(maxsplit=1) for line in found.out.splitlines())
    assert (lines[PROJECT], lines[OTHER]) == ("made", "made")
    assert lines["gitlab-org/cloud-native/gitlab-operator"].startswith("it is not there, or")
    assert "could be seen to" in found.err
