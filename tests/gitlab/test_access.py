from collections.abc import Iterator

import pytest

from handrail.demo import DemoTeam
from handrail.errors import UserError
from handrail.gitlab.access import is_open, level_of
from handrail.gitlab.connection import Connection, Pace
from standin import StandIn, running

OMNIBUS = "projects/gitlab-org/omnibus-gitlab"


@pytest.fixture(scope="module")
def gitlab() -> Iterator[StandIn]:
    with running(DemoTeam(300)) as found:
        yield found


@pytest.fixture
def connection(gitlab: StandIn) -> Iterator[Connection]:
    def never(seconds: float) -> None:
        raise AssertionError(f"waited for {seconds} seconds while somebody looks at a page")

    found = Connection(gitlab.url, gitlab.token, Pace(never))
    yield found
    found.close()
    gitlab.heal()


@pytest.mark.parametrize("place", [OMNIBUS, "groups/gitlab-org"])
def test_a_member_s_access_is_told_and_nobody_else_has_any(gitlab: StandIn, connection: Connection, place: str) -> None:
    people = gitlab.world.accounts
    assert level_of(connection, place, people["nadia"].id) >= 30
    assert level_of(connection, place, people["cloudhopper"].id) == 0
    assert level_of(connection, place, 1) == 0


def test_a_place_out_of_reach_lets_nobody_see_anything(gitlab: StandIn, connection: Connection) -> None:
    gitlab.world.lose("gitlab-org/omnibus-gitlab")
    assert level_of(connection, OMNIBUS, gitlab.world.accounts["nadia"].id) == 0
    assert not is_open(connection, OMNIBUS)
    gitlab.world.find_again("gitlab-org/omnibus-gitlab")


def test_what_is_public_whole_is_open(gitlab: StandIn, connection: Connection) -> None:
    project = gitlab.world.projects["gitlab-org/omnibus-gitlab"]
    assert is_open(connection, OMNIBUS)
    assert is_open(connection, "groups/gitlab-org")
    for visibility in ("internal", "private"):
        project.visibility = visibility
        assert not is_open(connection, OMNIBUS)
    project.visibility = "public"
    project.issues_access_level = "private"
    assert not is_open(connection, OMNIBUS)
    project.issues_access_level = "enabled"


@pytest.mark.parametrize("status", [500, 503])
def test_who_waits_for_a_page_does_not_wait_for_a_gitlab_in_trouble(
    gitlab: StandIn, connection: Connection, status: int
) -> None:
    gitlab.fail("status", "/members/all", times=None, status=status)
    with pytest.raises(UserError):
        level_of(connection, OMNIBUS, 1)
    gitlab.heal()
    gitlab.fail("rate_limited", "/members/all", times=None, retry_after=60)
    with pytest.raises(UserError):
        level_of(connection, OMNIBUS, 1)
