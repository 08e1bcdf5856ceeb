import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session, OAuthError
from joserfc import jwt
from joserfc.jwk import KeySet

from handrail.demo import DemoTeam
from standin import StandIn, running
from standin.sign_in import LASTS, Application

BACK = "http://127.0.0.1:1/sign-in/done"
VERIFIER = "v" * 43


@pytest.fixture(scope="module")
def gitlab() -> Iterator[StandIn]:
    with running(DemoTeam(300)) as found:
        yield found


def client_of(application: Application) -> OAuth2Session:
    return OAuth2Session(
        application.id,
        application.secret,
        scope="openid profile api",
        redirect_uri=BACK,
        code_challenge_method="S256",
    )


def signed_in(gitlab: StandIn, client: OAuth2Session, username: str = "nadia", answer: str = "yes") -> str:
    url, _ = client.create_authorization_url(f"{gitlab.url}/oauth/authorize", code_verifier=VERIFIER, nonce="once")
    page = requests.get(url, timeout=5)
    assert f'value="{username}"' in page.text
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', page.text))
    fields |= {"username": username, "answer": answer}
    sent = requests.post(f"{gitlab.url}/oauth/authorize", data=fields, allow_redirects=False, timeout=5)
    return sent.headers["location"]


def test_a_person_signs_in_and_the_api_takes_their_token_for_theirs(gitlab: StandIn) -> None:
    client = client_of(gitlab.register(BACK))
    token = client.fetch_token(
        f"{gitlab.url}/oauth/token", authorization_response=signed_in(gitlab, client), code_verifier=VERIFIER
    )
    keys = KeySet.import_key_set(requests.get(f"{gitlab.url}/oauth/discovery/keys", timeout=5).json())
    claims = jwt.decode(token["id_token"], keys, algorithms=["RS256"]).claims
    assert (claims["nickname"], claims["nonce"], claims["iss"]) == ("nadia", "once", gitlab.url)
    user = client.get(f"{gitlab.url}/api/v4/user", timeout=5).json()
    assert (user["username"], str(user["id"])) == ("nadia", claims["sub"])
    assert client.get(f"{gitlab.url}/oauth/userinfo", timeout=5).json()["name"] == "Nadia"
    ref = next(ref for ref, entry in gitlab.world.entries.items() if "#" in ref and entry.listed)
    path, _, number = ref.partition("#")
    place = f"{gitlab.url}/api/v4/projects/{path.replace('/', '%2F')}/issues/{number}/notes"
    assert client.post(place, json={"body": "Hello."}, timeout=5).json()["author"]["username"] == "nadia"


def test_a_code_is_good_once_and_for_whoever_asked_for_it(gitlab: StandIn) -> None:
    client = client_of(gitlab.register(BACK))
    back = signed_in(gitlab, client)
    with pytest.raises(OAuthError, match="invalid_grant"):
        client.fetch_token(f"{gitlab.url}/oauth/token", authorization_response=back, code_verifier="w" * 43)
    with pytest.raises(OAuthError, match="invalid_grant"):
        client.fetch_token(f"{gitlab.url}/oauth/token", authorization_response=back, code_verifier=VERIFIER)
    other = client_of(gitlab.register(BACK))
    with pytest.raises(OAuthError, match="invalid_grant"):
        other.fetch_token(
            f"{gitlab.url}/oauth/token", authorization_response=signed_in(gitlab, client), code_verifier=VERIFIER
        )
    client.client_secret = "guessed"
    with pytest.raises(OAuthError, match="invalid_client"):
        client.fetch_token(f"{gitlab.url}/oauth/token", authorization_response=back, code_verifier=VERIFIER)


def test_who_says_no_is_sent_back_with_that(gitlab: StandIn) -> None:
    back = signed_in(gitlab, client_of(gitlab.register(BACK)), answer="no")
    assert parse_qs(urlsplit(back).query)["error"] == ["access_denied"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"client_id": "none"}, "unknown client"),
        ({"redirect_uri": "http://elsewhere.test/"}, "redirect URI"),
        ({"scope": "openid sudo"}, "scope is invalid"),
        ({"response_type": "token"}, "response type"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "S256"),
    ],
)
def test_what_was_not_registered_is_not_asked(gitlab: StandIn, asked: dict[str, str], said: str) -> None:
    usual = {"client_id": gitlab.register(BACK).id, "redirect_uri": BACK, "scope": "openid", "response_type": "code"}
    answer = requests.get(f"{gitlab.url}/oauth/authorize", params=usual | asked, timeout=5, allow_redirects=False)
    assert (answer.status_code, said in answer.text) == (400, True)


def test_tokens_end_are_renewed_once_and_can_be_revoked(gitlab: StandIn) -> None:
    client = client_of(gitlab.register(BACK))
    url = f"{gitlab.url}/oauth/token"
    first = client.fetch_token(url, authorization_response=signed_in(gitlab, client), code_verifier=VERIFIER)
    gitlab.world.advance(gitlab.world.now + LASTS)
    assert status(gitlab, first["access_token"]) == 401
    second = client.refresh_token(url, first["refresh_token"])
    assert status(gitlab, second["access_token"]) == 200
    with pytest.raises(OAuthError, match="invalid_grant"):
        client.refresh_token(url, first["refresh_token"])
    client.revoke_token(f"{gitlab.url}/oauth/revoke", second["refresh_token"])
    assert status(gitlab, second["access_token"]) == 401
    gitlab.world.advance(gitlab.world.now + timedelta(seconds=1))


def status(gitlab: StandIn, token: str) -> int:
    answer = requests.get(f"{gitlab.url}/api/v4/user", headers={"Authorization": f"Bearer {token}"}, timeout=5)
    return answer.status_code


def test_a_token_that_may_only_say_whose_it_is_reads_nothing_else(gitlab: StandIn) -> None:
    client = client_of(gitlab.register(BACK))
    client.scope = "openid read_user"
    client.fetch_token(
        f"{gitlab.url}/oauth/token", authorization_response=signed_in(gitlab, client), code_verifier=VERIFIER
    )
    assert client.get(f"{gitlab.url}/api/v4/user", timeout=5).json()["username"] == "nadia"
    assert client.get(f"{gitlab.url}/api/v4/projects", timeout=5).status_code == 403


def test_a_member_is_told_with_the_access_that_they_have(gitlab: StandIn) -> None:
    headers = {"PRIVATE-TOKEN": gitlab.token}
    gitlab.world.give_access("tom", 10)
    gitlab.world.give_access("mara", 0)
    found = {}
    for name in ("nadia", "tom", "mara"):
        number = gitlab.world.accounts[name].id
        place = f"{gitlab.url}/api/v4/projects/gitlab-org%2Fomnibus-gitlab/members/all/{number}"
        found[name] = requests.get(place, headers=headers, timeout=5).json().get("access_level")
    assert found == {"nadia": 30, "tom": 10, "mara": None}
