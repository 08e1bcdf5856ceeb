import json
from typing import Any

import gitlab
import pytest
import requests

import standin
from standin.access import API_TOKEN, REVOKED_TOKEN

REFUSED = [
    ("wrong", 401, {"message": "401 Unauthorized"}),
    (
        standin.EXPIRED_TOKEN,
        401,
        {
            "error": "invalid_token",
            "error_description": "Token is expired. You can either do re-authorization or token refresh.",
        },
    ),
    (
        REVOKED_TOKEN,
        401,
        {
            "error": "invalid_token",
            "error_description": "Token was revoked. You have to re-authorize from the user.",
        },
    ),
    (
        standin.SCOPELESS_TOKEN,
        403,
        {
            "error": "insufficient_scope",
            "error_description": "The request requires higher privileges than provided by the access token.",
            "scope": "api read_api",
        },
    ),
]


@pytest.mark.parametrize(("token", "status", "body"), REFUSED)
@pytest.mark.parametrize("header", ["PRIVATE-TOKEN", "Authorization"])
def test_a_token_that_is_not_good_is_refused(
    demo: standin.StandIn, token: str, status: int, body: dict[str, str], header: str
) -> None:
    headers = {header: token if header == "PRIVATE-TOKEN" else f"Bearer {token}"}
    answer = requests.get(f"{demo.url}/api/v4/projects", headers=headers, timeout=5)
    assert (answer.status_code, answer.json()) == (status, body)
    answer = requests.post(f"{demo.url}/api/graphql", json={"query": "{ __typename }"}, headers=headers, timeout=5)
    assert (answer.status_code, answer.json()) == (401, {"errors": [{"message": "Invalid token"}]})


@pytest.mark.parametrize("token", [standin.READ_TOKEN, API_TOKEN])
def test_either_header_lets_a_good_token_in(demo: standin.StandIn, token: str) -> None:
    for headers in ({"PRIVATE-TOKEN": token}, {"Authorization": f"Bearer {token}"}):
        assert requests.get(f"{demo.url}/api/v4/user", headers=headers, timeout=5).json()["username"] == "handrail-bot"


def test_nobody_sees_nothing(demo: standin.StandIn) -> None:
    def get(path: str) -> tuple[int, Any]:
        answer = requests.get(f"{demo.url}/api/v4/{path}", timeout=5)
        return answer.status_code, answer.json()

    assert get("user") == (401, {"message": "401 Unauthorized"})
    assert get("projects/gitlab-org%2Fomnibus-gitlab") == (404, {"message": "404 Project Not Found"})
    query = {"query": '{ currentUser { username } project(fullPath: "gitlab-org/omnibus-gitlab") { id } }'}
    answer = requests.post(f"{demo.url}/api/graphql", json=query, timeout=5)
    assert answer.json() == {"data": {"currentUser": None, "project": None}}


def test_what_is_not_there_is_said_as_gitlab_says_it(client: gitlab.Gitlab) -> None:
    for path, status, body in (
        ("/projects/no%2Fwhere", 404, {"message": "404 Project Not Found"}),
        ("/groups/nowhere", 404, {"message": "404 Group Not Found"}),
        ("/projects/gitlab-org%2Fomnibus-gitlab/issues/999999", 404, {"message": "404 Not found"}),
        ("/no/such/route", 404, {"error": "404 Not Found"}),
        ("/issues?per_page=none", 400, {"error": "per_page does not have a valid value"}),
        ("/issues?state=odd", 400, {"error": "state does not have a valid value"}),
        (
            "/issues?pagination=keyset",
            405,
            {"error": "Keyset pagination is not yet available for this type of request"},
        ),
    ):
        with pytest.raises(gitlab.GitlabHttpError) as caught:
            client.http_get(path)
        assert caught.value.response_code == status
        assert caught.value.response_body is not None
        assert json.loads(caught.value.response_body) == body
