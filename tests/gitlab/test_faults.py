"""What a GitLab and the network before it may do to a reading: nothing is lost, and one sentence says what is wrong."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from msgspec import structs

import standin
from handrail.demo.team import DemoTeam
from handrail.errors import UserError
from handrail.gitlab.connection import Connection, LostError, TooMuchError
from handrail.gitlab.reader import Reader
from handrail.gitlab.sources import Source
from handrail.gitlab.writer import Writer
from handrail.model.facts import Team
from handrail.model.reading import Page, Read
from handrail.testing import Told
from tests.gitlab.conftest import Reading

DEMO = DemoTeam(900)
OMNIBUS = Source("gitlab-org/omnibus-gitlab")


@pytest.fixture
def gitlab() -> Iterator[standin.StandIn]:
    with standin.running(DEMO) as found:
        yield found


@pytest.mark.parametrize("kind", [Reader, Writer])
def test_nobody_waits_until_gitlab_answers_somebody_else(gitlab: standin.StandIn, kind: type[Reader | Writer]) -> None:
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as silent,
        closing(Connection(f"http://127.0.0.1:{silent.getsockname()[1]}", "a-token", is_hurried=True)) as away,
        closing(Connection(gitlab.url, standin.READ_TOKEN)) as there,
        ThreadPoolExecutor(2) as both,
    ):
        waits = both.submit(lambda: kind(away).instance)
        with silent.accept()[0]:
            assert both.submit(lambda: kind(there).instance).result(5) == kind(there).instance
            assert not waits.done()
        silent.close()
        with pytest.raises(UserError):
            waits.result()


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, Any]:
    with standin.running(DEMO) as found:
        from handrail.gitlab.histories import Team as Known

        connection = Connection(found.url, standin.READ_TOKEN)
        reads = facts(list(Reader(connection, Known(mention="gitlab-org/distribution")).pages(OMNIBUS, "issues")))
        connection.close()
        return reads


def facts(pages: list[Page]) -> dict[str, Any]:
    return {read.item.ref: plain(read) for page in pages for read in page.reads}


def plain(read: Read) -> Any:
    return structs.replace(read.item, web_url=None), read.events, read.updated_at


@pytest.mark.parametrize(
    ("fault", "options", "waited"),
    [
        ("rate_limited", {"retry_after": 7}, [7]),
        ("rate_limited", {}, None),
        ("status", {"status": 500}, [2]),
        ("status", {"status": 502, "times": 2}, [2, 4]),
        ("status", {"status": 503}, [2]),
        ("timeout", {}, [2]),
        ("cut_off", {}, [2]),
        ("html", {}, [2]),
        ("invalid_json", {}, [2]),
        ("no_rate_headers", {"times": None}, []),
    ],
)
def test_a_passing_fault_changes_nothing(
    fault: Any,
    options: dict[str, Any],
    waited: list[float] | None,
    gitlab: standin.StandIn,
    read_from: Reading,
    waits: list[float],
    undisturbed: dict[str, Any],
) -> None:
    reader, _ = read_from(gitlab, timeout=2 if fault == "timeout" else 30)
    reader.kinds(OMNIBUS)
    gitlab.fail(fault, "ProjectWorkItems", skip=1, **options)
    assert facts(list(reader.pages(OMNIBUS, "issues"))) == undisturbed
    assert waited is None or waits == waited


def test_pages_that_take_too_long_become_smaller(
    gitlab: standin.StandIn, read_from: Reading, undisturbed: dict[str, Any]
) -> None:
    reader, _ = read_from(gitlab)
    gitlab.fail("graphql_timeout", "ProjectWorkItems", times=1)
    assert facts(list(reader.pages(OMNIBUS, "issues"))) == undisturbed
    sizes = [r.variables["first"] for r in gitlab.requests if r.operation == "ProjectWorkItems"]
    assert sizes[:2] == [100, 33]


def test_a_gitlab_that_never_manages_is_given_up_on(gitlab: standin.StandIn, read_from: Reading) -> None:
    reader, _ = read_from(gitlab)
    gitlab.fail("graphql_timeout", "ProjectWorkItems", times=None)
    with pytest.raises(TooMuchError, match="in time"):
        list(reader.pages(OMNIBUS, "issues"))


def test_a_broken_reading_goes_on_after_the_last_page(
    gitlab: standin.StandIn, read_from: Reading, undisturbed: dict[str, Any]
) -> None:
    first, _ = read_from(gitlab)
    gitlab.fail("status", "ProjectWorkItems", skip=1, times=None, status=502)
    pages: list[Page] = []
    with pytest.raises(TooMuchError):
        pages.extend(first.pages(OMNIBUS, "issues"))
    gitlab.heal()
    stream = first.pages(OMNIBUS, "issues")
    pages = [next(stream)]
    gitlab.requests.clear()
    second, _ = read_from(gitlab)
    pages += second.pages(OMNIBUS, "issues", pages[0].cursor)
    assert facts(pages) == undisturbed
    assert gitlab.requests[-1].operation == "ProjectWorkItems"
    assert gitlab.requests[-1].variables["after"] is not None


def test_a_place_that_gitlab_does_not_know_any_more_costs_one_round(
    gitlab: standin.StandIn, read_from: Reading, undisturbed: dict[str, Any]
) -> None:
    reader, _ = read_from(gitlab)
    assert facts(list(reader.pages(OMNIBUS, "issues", "of-another-gitlab"))) == undisturbed
    listed = [asked.variables["after"] for asked in gitlab.requests if asked.operation == "ProjectWorkItems"]
    assert listed[:2] == ["of-another-gitlab", None]


def test_a_project_lost_between_two_pages_is_named_and_the_first_page_stays(
    gitlab: standin.StandIn, read_from: Reading
) -> None:
    reader, _ = read_from(gitlab)
    stream = reader.pages(OMNIBUS, "issues")
    assert next(stream).reads
    gitlab.world.lose(OMNIBUS.path)
    with pytest.raises(LostError, match=r"gitlab-org/omnibus-gitlab.*ask for access"):
        next(stream)


def test_what_changes_between_two_pages_comes_again_at_the_end(gitlab: standin.StandIn, read_from: Reading) -> None:
    reader, _ = read_from(gitlab)
    stream = reader.pages(OMNIBUS, "issues")
    first = next(stream)
    changed = first.reads[0].item
    item, events = next(pair for pair in DEMO.items(histories=True, closed=True) if pair[0].ref == changed.ref)
    gitlab.world.put(structs.replace(item, title="Another title"), tuple(events), DEMO.team().now)
    last = list(stream)[-1]
    assert [read.item.title for read in last.reads if read.item.ref == changed.ref] == ["Another title"]


def test_a_deleted_users_deeds_are_the_ghosts(gitlab: standin.StandIn, read_from: Reading) -> None:
    reader, _ = read_from(gitlab)
    gitlab.world.delete_user("mara")
    reads = [read for page in reader.pages(OMNIBUS, "merge_requests") for read in page.reads]
    assert reads
    assert not [read for read in reads if read.item.author == "mara" or any(e.by == "mara" for e in read.events)]


def test_items_that_are_gone_are_left_out(gitlab: standin.StandIn, read_from: Reading) -> None:
    reader, _ = read_from(gitlab)
    (page, *_), wanted = list(reader.pages(OMNIBUS, "issues")), "gitlab-org/omnibus-gitlab!7421"
    kept, gone = page.reads[0].item.ref, page.reads[1].item.ref
    gitlab.world.forget(gone)
    found = [read.item.ref for read in reader.items([kept, gone, wanted, "gitlab-org/no-such!1"])]
    assert sorted(found) == sorted([kept, wanted])


def test_items_of_any_place_and_kind_are_read_by_reference(gitlab: standin.StandIn, read_from: Reading) -> None:
    reader, _ = read_from(gitlab)
    opened = sorted(item.ref for item, _ in DEMO.items(histories=False, closed=False))
    wanted = {mark: [ref for ref in opened if mark in ref][:30] for mark in "#!&"}
    assert len(wanted["#"]) == 30
    for refs in wanted.values():
        assert sorted(read.item.ref for read in reader.items(refs)) == refs


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("nobody-knows-this", "read_api"),
        (standin.EXPIRED_TOKEN, "expired"),
        (standin.SCOPELESS_TOKEN, "scope read_api"),
    ],
)
def test_a_token_that_will_not_do(token: str, words: str, gitlab: standin.StandIn, read_from: Reading) -> None:
    reader, _ = read_from(gitlab, token=token)
    with pytest.raises(UserError, match=words) as raised:
        _ = reader.instance
    assert token not in str(raised.value)


def test_a_source_that_does_not_exist(gitlab: standin.StandIn, read_from: Reading) -> None:
    reader, _ = read_from(gitlab)
    with pytest.raises(LostError, match="acme/nothing"):
        reader.surroundings(Source("acme/nothing"))


def test_an_older_gitlab_is_refused() -> None:
    with standin.running(DEMO, version="17.11.3") as old:
        from handrail.gitlab.connection import Connection

        connection = Connection(old.url, standin.READ_TOKEN)
        with pytest.raises(UserError, match=r"17\.11\.3.*18\.0"):
            _ = Reader(connection).instance
        connection.close()


def test_a_free_gitlab_is_read_without_what_it_lacks(read_from: Reading) -> None:
    with standin.running(DEMO, tier="free") as free:
        reader, _ = read_from(free)
        assert reader.instance.unavailable()
        pages = list(reader.pages(OMNIBUS, "issues"))
        assert sum(len(page.reads) for page in pages) > 100
        assert reader.kinds(Source("gitlab-org/distribution")) == ("issues", "merge_requests")
        assert reader.kinds(Source("gitlab-org/distribution", only_epics=True)) == ()


def test_an_empty_gitlab(read_from: Reading) -> None:
    team = DEMO.team()
    with standin.running(Told((), Team(team.now, {}, team.projects))) as empty:
        reader, _ = read_from(empty)
        for kind in reader.kinds(OMNIBUS):
            (page,) = reader.pages(OMNIBUS, kind)
            assert page.reads == ()
        assert reader.surroundings(OMNIBUS).milestones == ()
