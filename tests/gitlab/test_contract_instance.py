"""What Handrail needs of a GitLab, asked of one: of the stand-in, and of a real one where the environment names it.

HANDRAIL_TEST_GITLAB_URL, HANDRAIL_TEST_GITLAB_TOKEN (scope read_api) and HANDRAIL_TEST_GITLAB_SOURCE (a project's or
group's path) name it; docs/gitlab.md says how to run this. At most two pages of each kind are read, nothing is written.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

import standin
from handrail.demo.team import DemoTeam
from handrail.errors import UserError
from handrail.gitlab.connection import Connection, LostError, Pace
from handrail.gitlab.documents import (
    AT_ONCE,
    ISSUE_LISTS,
    MERGE_REQUEST_LISTS,
    document,
    document_for,
    document_of_pipelines,
    document_of_surroundings,
    names,
)
from handrail.gitlab.histories import Team
from handrail.gitlab.instance import OLDEST
from handrail.gitlab.reader import OVERLAP, Kind, Reader
from handrail.gitlab.sources import Source
from handrail.model.derive import as_of, derived
from handrail.model.history import Event
from handrail.model.items import Epic, Issue, Item, MergeRequest
from handrail.model.reading import Read, Surroundings

LIMIT = 250
PATTERNS = ("*-stable", "stable-*")
PAGES = 2


@dataclass
class Subject:
    """A GitLab under test, read no more than once."""

    connection: Connection
    reader: Reader
    source: Source

    @cached_property
    def surroundings(self) -> Surroundings:
        return self.reader.surroundings(self.source)

    @cached_property
    def reads(self) -> dict[Kind, list[Read]]:
        return {
            kind: [read for page in islice(self.reader.pages(self.source, kind), PAGES) for read in page.reads]
            for kind in self.reader.kinds(self.source)
        }

    @property
    def all_reads(self) -> list[Read]:
        return [read for reads in self.reads.values() for read in reads]


def instances() -> list[Any]:
    """The stand-in, and the GitLab that the environment names; only a test of that one may leave this machine."""
    url = os.environ.get("HANDRAIL_TEST_GITLAB_URL", "")
    host = urlsplit(url).hostname
    named = [pytest.param("gitlab", marks=pytest.mark.allow_hosts([host]))] if host else []
    return [pytest.param("stand-in"), *named]


@pytest.fixture(scope="module", params=instances())
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    if request.param == "stand-in":
        with standin.running(DemoTeam(400)) as served:
            connection = Connection(served.url, served.token, Pace(lambda _: None))
            yield Subject(connection, Reader(connection, Team()), Source("gitlab-org"))
            connection.close()
        return
    missing = [name for name in ("TOKEN", "SOURCE") if not os.environ.get(f"HANDRAIL_TEST_GITLAB_{name}")]
    if missing:
        pytest.fail(f"HANDRAIL_TEST_GITLAB_{missing[0]} has to be set besides HANDRAIL_TEST_GITLAB_URL")
    url, token, path = (os.environ[f"HANDRAIL_TEST_GITLAB_{name}"] for name in ("URL", "TOKEN", "SOURCE"))
    connection = Connection(url, token)
    yield Subject(connection, Reader(connection, Team()), Source(path))
    connection.close()


# --- documents ------------------------------------------------------------------------------------------


def scored(subject: Subject, operation: str, text: str, variables: dict[str, Any]) -> dict[str, Any]:
    """The answer to a document, whose complexity GitLab itself has reckoned."""
    asked = re.sub(r"^(query [^{]*\{)", r"\1 queryComplexity { score limit }", text, count=1, flags=re.MULTILINE)
    data = subject.connection.ask(operation, asked, variables)
    assert data["queryComplexity"]["score"] <= data["queryComplexity"]["limit"]
    assert data["queryComplexity"]["score"] < LIMIT + 2  # the question about the complexity counts as well
    return data


def variables(subject: Subject, name: str) -> dict[str, Any]:
    """What the document of that name asks for, as a reading would fill it in."""
    text = document(name)
    declared = set(re.findall(r"\$(\w+):", text.partition("{")[0]))
    instance, project = subject.reader.instance, subject.surroundings.projects[0]
    group = subject.source.path if "/" not in subject.source.path else subject.source.path.rpartition("/")[0]
    epics = name == "group_work_items" and instance.epics
    known: dict[str, Any] = {
        "path": group if name.startswith("group") else project.path,
        "branch": project.default_branch,
        "types": ["EPIC"] if epics else list(instance.types),
        "widgets": list(instance.widgets),
        "usernames": [instance.username],
        "iid": "1",
        "first": 100,
        "id": "gid://gitlab/MergeRequest/1" if name.startswith("merge_request") else "gid://gitlab/WorkItem/1",
    }
    return {key: value for key, value in known.items() if key in declared}


@pytest.mark.parametrize("name", names())
def test_contract_document_is_answered_within_the_limit(name: str, subject: Subject) -> None:
    operation = name.title().replace("_", "")
    parts = subject.reader.instance.parts
    assert scored(subject, operation, document(name, parts), variables(subject, name))


@pytest.mark.parametrize("lists", [ISSUE_LISTS, MERGE_REQUEST_LISTS], ids=["issues", "merge requests"])
def test_contract_lists_of_people_are_answered_within_the_limit(lists: dict[str, str], subject: Subject) -> None:
    several = ([*lists] * AT_ONCE)[:AT_ONCE]
    asked = {f"u{number}": subject.reader.instance.username for number in range(AT_ONCE)}
    data = scored(subject, "Elsewhere", document_for(several), {"state": "opened", **asked})
    assert {f"t{number}" for number in range(AT_ONCE)} <= data.keys()


def test_contract_pipelines_of_several_projects_are_answered_within_the_limit(subject: Subject) -> None:
    project = subject.surroundings.projects[0]
    asked = {f"p{number}": project.path for number in range(AT_ONCE)}
    asked |= {f"r{number}": project.default_branch for number in range(1, AT_ONCE)}
    asked |= {f"s{number}": "schedule" for number in range(2, AT_ONCE)}
    assert scored(subject, "LatestPipelines", document_of_pipelines(AT_ONCE), asked)


def test_contract_names_of_branches_are_answered_within_the_limit(subject: Subject) -> None:
    project = subject.surroundings.projects[0]
    text = document_of_surroundings("project", PATTERNS)
    repository = scored(subject, "ProjectSurroundings", text, {"path": project.path})["project"]["repository"]
    assert all(name.startswith("stable") for name in repository["b1"])


# --- what is read ---------------------------------------------------------------------------------------


def test_contract_instance_is_one_that_handrail_reads(subject: Subject) -> None:
    found = subject.reader.instance
    assert tuple(map(int, found.version.split(".")[:2])) >= OLDEST
    assert found.username
    assert "ISSUE" in found.types


def test_contract_surroundings_are_read(subject: Subject) -> None:
    found = subject.surroundings
    assert found.projects
    assert all(project.path and project.default_branch for project in found.projects)
    assert {name for project in found.projects for name in project.maintainers} <= {a.username for a in found.accounts}
    assert msgspec.json.decode(msgspec.json.encode(found), type=Surroundings) == found


def test_contract_pages_are_items_with_their_histories(subject: Subject) -> None:
    kinds: dict[str, type[Item]] = {"issues": Issue, "merge_requests": MergeRequest, "epics": Epic}
    for kind, reads in subject.reads.items():
        for read in reads:
            assert isinstance(read.item, kinds[kind])
            assert subject.source.holds(read.item.ref), read.item.ref
            assert (read.item.state == "opened") == (read.item.closed_at is None), read.item.ref
            assert derived(read.item, read.events) == read.item
            assert list(read.events) == sorted(read.events, key=lambda event: event.at)
            assert msgspec.json.decode(msgspec.json.encode(read.item), type=Item) == read.item
            assert msgspec.json.decode(msgspec.json.encode(read.events), type=tuple[Event, ...]) == read.events
        changed = [read.updated_at for read in reads]
        assert changed == sorted(changed)
    assert subject.all_reads


def test_contract_open_merge_requests_have_their_resource_events(subject: Subject) -> None:
    opened = [read for read in subject.reads["merge_requests"] if read.item.state == "opened"]
    assert all(read.complete for read in opened)
    labelled = [read for read in opened if read.item.labels]
    told = [read for read in labelled if any(event.did == "label_added" for event in read.events)]
    # Labels that stood on a merge request when it was made by an import have no event.
    assert len(told) >= 0.9 * len(labelled)


def test_contract_histories_lead_to_what_is_there_today(subject: Subject) -> None:
    whole = [read for read in subject.all_reads if read.complete and read.item.state == "opened"]
    same = 0
    for read in whole:
        last = max([read.updated_at, read.item.created_at, *(event.at for event in read.events)])
        then = as_of(read.item, read.events, last)
        assert then, read.item.ref
        same += facts(then) == facts(read.item)
    # An item that was moved or imported has notes of another place.
    assert same >= 0.9 * len(whole)


def facts(item: Item) -> tuple[object, ...]:
    return sorted(item.labels), sorted(item.assignees), item.milestone


def test_contract_single_items_are_what_the_page_said(subject: Subject) -> None:
    some = [read for reads in subject.reads.values() for read in reads[-12:]]
    found = {read.item.ref: read for read in subject.reader.items([read.item.ref for read in some])}
    assert found.keys() == {read.item.ref for read in some}
    for read in some:
        again = found[read.item.ref]
        if again.updated_at == read.updated_at and again.complete == read.complete:
            assert again.item == read.item
            assert again.events == read.events


def test_contract_open_items_are_listed(subject: Subject) -> None:
    for kind, reads in subject.reads.items():
        listed = set(islice(subject.reader.open_refs(subject.source, kind), 100))
        assert all(subject.source.holds(ref) for ref in listed)
        if len(listed) < 100 and len(reads) < 100:
            assert listed == {read.item.ref for read in reads if read.item.state == "opened"}


def test_contract_a_repeated_reading_gives_what_changed_since(subject: Subject) -> None:
    for kind, reads in subject.reads.items():
        if reads:
            since = reads[-1].updated_at
            (page,) = islice(subject.reader.pages(subject.source, kind, None, since), 1)
            assert all(read.updated_at >= since - OVERLAP for read in page.reads)


def test_contract_items_elsewhere_are_listed(subject: Subject) -> None:
    pages = list(subject.reader.elsewhere([subject.reader.instance.username], [subject.source]))
    assert [page.kind for page in pages] == ["issues", "merge_requests"]
    assert not [read.item.ref for page in pages for read in page.reads if subject.source.holds(read.item.ref)]


# --- what is refused ------------------------------------------------------------------------------------


def test_contract_a_source_that_is_not_there_is_named(subject: Subject) -> None:
    with pytest.raises(LostError, match="no-such-group-of-handrails/no-such-project"):
        subject.reader.surroundings(Source("no-such-group-of-handrails/no-such-project"))


def test_contract_a_token_that_nobody_has_is_refused_without_saying_it(subject: Subject) -> None:
    token = "glpat-nobody-has-this-one"
    connection = Connection(subject.connection.url, token, Pace(lambda _: None))
    with pytest.raises(UserError, match="does not accept the token") as raised:
        _ = Reader(connection).instance
    assert token not in str(raised.value)
    connection.close()
