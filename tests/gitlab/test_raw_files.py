"""Files of a repository at its tags: what is there, what is not, and what is too much."""

from collections.abc import Iterator

import pytest

import standin
from handrail.errors import UserError
from handrail.gitlab.connection import MOST, AbsentError, Connection, LostError
from handrail.model.facts import Team
from handrail.testing import NOW, PROJECT, Told
from tests.gitlab.conftest import Reading

REDIS = "config/software/redis.rb"
FILES = {
    PROJECT: {
        "17.9.0+ee.0": {REDIS: "default_version '7.0.15'\n", "large.txt": "x" * (MOST + 1), "odd.txt": "ü\n"},
        "17.10.0+ee.0": {},
        "HEAD": {REDIS: "default_version '7.2.7'\n"},
    }
}


@pytest.fixture(scope="module")
def gitlab() -> Iterator[standin.StandIn]:
    with standin.running(Told((), Team(NOW)), repositories=FILES) as served:
        yield served


@pytest.fixture
def connection(gitlab: standin.StandIn, read_from: Reading) -> Connection:
    return read_from(gitlab)[1]


def test_a_file_is_what_it_was_at_the_tag(connection: Connection) -> None:
    assert connection.raw_file(PROJECT, REDIS, "17.9.0+ee.0") == "default_version '7.0.15'\n"
    assert connection.raw_file(PROJECT, REDIS, "HEAD") == "default_version '7.2.7'\n"
    assert connection.raw_file(PROJECT, "odd.txt", "17.9.0+ee.0") == "ü\n"


def test_a_file_that_is_not_there_is_told_from_a_tag_and_a_project_that_are_not(connection: Connection) -> None:
    with pytest.raises(AbsentError):
        connection.raw_file(PROJECT, REDIS, "17.10.0+ee.0")
    for project, ref in ((PROJECT, "17.11.0+ee.0"), ("gitlab-org/gone", "HEAD")):
        with pytest.raises(LostError) as lost:
            connection.raw_file(project, REDIS, ref)
        assert not isinstance(lost.value, AbsentError)


def test_a_file_is_not_read_on_and_on(connection: Connection) -> None:
    with pytest.raises(UserError, match=r"^large.txt of .* at 17.9.0\+ee.0 is larger than 1 MiB: it was left out.$"):
        connection.raw_file(PROJECT, "large.txt", "17.9.0+ee.0")


def test_a_page_to_sign_in_is_no_file(gitlab: standin.StandIn, connection: Connection) -> None:
    gitlab.fail("html", "raw", times=None)
    with pytest.raises(UserError, match="something else than GitLab's API"):
        connection.raw_file(PROJECT, REDIS, "HEAD")
    gitlab.heal()


def test_what_passes_is_asked_again(gitlab: standin.StandIn, connection: Connection) -> None:
    gitlab.fail("status", "raw", status=502)
    gitlab.fail("rate_limited", "raw", retry_after=1)
    assert connection.raw_file(PROJECT, REDIS, "HEAD") == "default_version '7.2.7'\n"
    assert connection.requests == 3
