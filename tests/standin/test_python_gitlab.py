"""python-gitlab, a client that nobody here wrote, reads the demo team from the stand-in."""

from urllib.parse import parse_qs, urlsplit

import gitlab
import pytest

import standin
from handrail.demo.team import DemoTeam
from handrail.testing import PROJECT


def test_contract_python_gitlab_reads_who_and_what(client: gitlab.Gitlab) -> None:
    client.auth()
    assert client.user is not None
    assert client.user.username == "handrail-bot"
    assert client.version() == ("18.8.0", "0f1e2d3c4b5")
    assert [user.username for user in client.users.list(username="nadia", iterator=True)] == ["nadia"]
    assert client.groups.get("gitlab-org").full_path == "gitlab-org"


def test_contract_python_gitlab_follows_every_page(client: gitlab.Gitlab, demo: standin.StandIn) -> None:
    expected = {i.iid for i, _ in DemoTeam(400).items(histories=False, closed=True) if i.ref.startswith(f"{PROJECT}#")}
    project = client.projects.get(PROJECT)
    issues = project.issues.list(get_all=True, per_page=20, order_by="updated_at", sort="asc")
    assert {issue.iid for issue in issues} == expected
    assert len(issues) == len(expected)
    pages = [int(asked.query.get("page", "1")) for asked in demo.requests if asked.path.endswith("/issues")]
    assert pages == list(range(1, -(-len(expected) // 20) + 1))
    times = [issue.updated_at for issue in issues]
    assert times == sorted(times)


def test_contract_python_gitlab_reads_a_merge_request(client: gitlab.Gitlab) -> None:
    found = client.projects.get(PROJECT, lazy=True).mergerequests.get(7421)
    assert (found.title, found.state, found.draft) == ("Sign SLES 15.6 repositories", "opened", False)
    assert [reviewer["username"] for reviewer in found.reviewers] == ["nadia"]
    assert found.approvals.get().approved is False
    labels = found.resourcelabelevents.list(get_all=True)
    assert labels[0].user["username"] == "mara"
    assert {event.action for event in labels} == {"add", "remove"}
    assert [event.milestone["title"] for event in found.resourcemilestoneevents.list(get_all=True)] == ["19.1"]
    threads = [thread for thread in found.discussions.list(get_all=True) if not thread.attributes["individual_note"]]
    assert [thread.id for thread in threads] == ["5c1e07aa", "91b3f2d4"]
    assert [thread.attributes["notes"][0]["resolved"] for thread in threads] == [False, True]
    assert found.discussions.get("5c1e07aa").attributes["notes"][0]["author"]["username"] == "nadia"
    bodies = [note.body for note in found.notes.list(get_all=True, sort="asc")]
    assert "requested review from @nadia" in bodies


def test_contract_python_gitlab_reads_what_surrounds(client: gitlab.Gitlab, demo: standin.StandIn) -> None:
    project = client.projects.get(PROJECT)
    assert project.default_branch == "master"
    maintainers = [m.username for m in project.members_all.list(get_all=True) if m.access_level >= 40]
    assert sorted(maintainers) == sorted(demo.world.projects[PROJECT].maintainers)
    assert "19.1" in [milestone.title for milestone in project.milestones.list(get_all=True, include_ancestors=True)]
    assert project.milestones.list(get_all=True) == []
    assert "group::distribution" in [label.name for label in project.labels.list(get_all=True)]
    assert client.projects.get(PROJECT, lazy=True).labels.get("priority::1").name == "priority::1"
    number = demo.world.label(PROJECT, "priority::1").id
    assert client.groups.get("gitlab-org", lazy=True).labels.get(number).name == "priority::1"
    direct = [member.username for member in project.members.list(get_all=True)]
    assert sorted(direct) == sorted(maintainers)
    latest = project.pipelines.latest(ref="master")
    assert latest.id == project.pipelines.list(ref="master", per_page=1, get_all=False)[0].id
    assert project.pipelines.latest(ref="19-0-stable").ref == "19-0-stable"
    assert [run.ref for run in project.pipelines.list(ref="18-11-stable", get_all=True)] == ["18-11-stable"]
    nightly = client.projects.get("gitlab-org/build/CNG").pipelines.list(source="schedule", get_all=True)
    assert [run.status for run in nightly] == ["failed", "failed", "success"]
    below = client.groups.get("gitlab-org").projects.list(get_all=True, include_subgroups=True)
    assert {found.path_with_namespace for found in below} == set(demo.world.projects)


def test_contract_python_gitlab_filters(client: gitlab.Gitlab) -> None:
    project = client.projects.get(PROJECT, lazy=True)
    opened = project.mergerequests.list(state="opened", labels=["group::distribution::build"], get_all=True)
    assert opened
    assert all("group::distribution::build" in found.labels for found in opened)
    waiting = client.mergerequests.list(scope="all", reviewer_username="nadia", state="opened", get_all=True)
    assert all("nadia" in [reviewer["username"] for reviewer in found.reviewers] for found in waiting)
    assert 7421 in [found.iid for found in waiting]
    recent = client.issues.list(scope="all", updated_after="2026-06-02T12:00:00Z", get_all=True)
    assert recent
    assert all(issue.updated_at >= "2026-06-02T12:00:00.000Z" for issue in recent)


def test_contract_pages_by_key(client: gitlab.Gitlab, demo: standin.StandIn) -> None:
    found = client.projects.list(pagination="keyset", order_by="id", per_page=4, get_all=True)
    assert {project.path_with_namespace for project in found} == set(demo.world.projects)
    assert len([asked for asked in demo.requests if asked.query.get("pagination") == "keyset"]) > 1


def test_contract_page_headers(client: gitlab.Gitlab) -> None:
    path = f"/projects/{PROJECT.replace('/', '%2F')}/issues"
    answer = client.http_request("get", path, query_data={"page": 2, "per_page": 10})
    names = ("X-Page", "X-Per-Page", "X-Next-Page", "X-Prev-Page")
    assert [answer.headers[name] for name in names] == ["2", "10", "3", "1"]
    assert int(answer.headers["X-Total-Pages"]) == -(-int(answer.headers["X-Total"]) // 10)
    assert parse_qs(urlsplit(answer.links["next"]["url"]).query) == {"page": ["3"], "per_page": ["10"]}
    assert set(answer.links) == {"prev", "next", "first", "last"}
    assert client.http_request("get", path, query_data={"per_page": 500}).headers["X-Per-Page"] == "100"


def test_contract_python_gitlab_speaks_graphql(client: gitlab.Gitlab, demo: standin.StandIn) -> None:
    query = {"query": "query Me { currentUser { username } }"}
    answer = client.http_post(f"{demo.url}/api/graphql", post_data=query)
    assert answer == {"data": {"currentUser": {"username": "handrail-bot"}}}
    assert (demo.requests[-1].operation, demo.requests[-1].cost) == ("Me", 2)


@pytest.mark.parametrize("tier", ["premium", "free"])
def test_weight_is_premiums(tier: str) -> None:
    with (
        standin.running(DemoTeam(300), tier=tier) as server,
        gitlab.Gitlab(server.url, private_token=server.token) as client,
    ):
        issue = client.projects.get(PROJECT, lazy=True).issues.list(per_page=1, get_all=False)[0]
        assert ("weight" in issue.attributes) is (tier == "premium")


def test_the_whole_instance_lists_ones_own_unless_asked_for_all(client: gitlab.Gitlab) -> None:
    assert client.issues.list(get_all=True) == []
    assert client.issues.list(scope="all", get_all=False)


def test_what_collectors_ask_besides(client: gitlab.Gitlab) -> None:
    found = client.projects.get(PROJECT, lazy=True).mergerequests.get(7421, lazy=True)
    assert found.awardemojis.list(get_all=True) == []
    latest, first = found.diffs.list(get_all=True)
    assert latest.created_at > first.created_at
    assert found.diffs.get(latest.id).head_commit_sha == latest.head_commit_sha
