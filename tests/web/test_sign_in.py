import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import RSAKey

from handrail.errors import UserError
from handrail.testing import Told
from handrail.web.openid import HURRY, SignIn, local
from handrail.web.sessions import IDLE, LONGEST, Session, Sessions
from handrail.web.who import SESSION
from tests.web.conftest import form
from tests.web.signing_in import HERE, Gate, behind, gate_of


@pytest.fixture(scope="module")
def whole(read: tuple[Told, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    with gate_of(read, tmp_path_factory.mktemp("gate")) as found:
        yield found


@pytest.fixture
def gate(whole: Gate) -> Gate:
    """Nobody is signed in, and nothing is wrong."""
    whole.gitlab.lies.clear()
    whole.gitlab.world.advance(whole.gitlab.world.now + LONGEST)
    return whole


def test_whoever_signs_in_comes_back_to_the_page_that_they_wanted(gate: Gate) -> None:
    with gate.browser() as client:
        refused = client.get("/team?of=mara", follow_redirects=False)
        assert refused.status_code == 303
        page = client.get(refused.headers["location"])
        assert "/sign-in/go?back=/team%3Fof%3Dmara" in page.text
        assert "use its API as you" in page.text
        assert "session is over" not in page.text
        back = gate.through(client, "nadia", back="/team?of=mara")
        assert client.get(back, follow_redirects=False).headers["location"] == "/team?of=mara"
        assert ">Nadia<" in client.get("/").text


def test_one_s_own_step_stands_on_gitlab_in_one_s_own_name(gate: Gate) -> None:
    with gate.browser("nadia") as client:
        free = next(e.item.ref for e in gate.serving.live.view().queue.rank("nadia") if e.do == "pick up")
        assert form(client, "/take", ref=free).status_code == 303
    entry = gate.gitlab.world.entries[free]
    assert "nadia" in entry.item.assignees
    assert entry.events[-1].by == "nadia"


def test_without_the_scope_we_do_the_step_and_the_journal_has_their_name(gate: Gate) -> None:
    less = gate.asking("openid profile read_user")
    with less.browser("mara") as client:
        assert "use its API as you" not in client.get("/sign-in").text
        free = next(e.item.ref for e in less.serving.live.view().queue.rank("mara") if e.do == "pick up")
        assert form(client, "/take", ref=free).status_code == 303
    assert gate.gitlab.world.entries[free].events[-1].by == "handrail-bot"
    assert gate.serving.store.journal.records(free)[0].approver == "mara"


def test_signing_out_ends_the_session_for_whoever_has_the_cookie_and_the_tokens(gate: Gate) -> None:
    before = set(gate.gitlab.tokens)
    with gate.browser("nadia") as client:
        kept = client.cookies[SESSION]
        assert len(set(gate.gitlab.tokens) - before) == 1
        assert form(client, "/sign-out").headers["location"] == "/sign-in"
        assert SESSION not in client.cookies
        client.cookies.set(SESSION, kept)
        assert client.get("/", follow_redirects=False).status_code == 303
    assert set(gate.gitlab.tokens) == before


def test_signing_in_once_more_ends_the_session_before(gate: Gate) -> None:
    with gate.browser("nadia") as client:
        first = client.cookies[SESSION]
        client.get(gate.through(client, "mara"))
        assert client.cookies[SESSION] != first
        assert ">Mara<" in client.get("/").text
        client.cookies.clear()
        client.cookies.set(SESSION, first)
        assert client.get("/", follow_redirects=False).status_code == 303


def test_a_session_lasts_while_somebody_is_there_and_seven_days_at_the_most(gate: Gate) -> None:
    world, start = gate.gitlab.world, gate.gitlab.world.now
    with gate.browser("nadia") as client:
        for hours in range(11, 24 * 7, 11):
            world.advance(start + timedelta(hours=hours))
            assert client.get("/", follow_redirects=False).status_code == 200, hours
        world.advance(start + LONGEST)
        assert client.get("/", follow_redirects=False).status_code == 303
    with gate.browser("nadia") as client:
        world.advance(world.now + IDLE)
        page = client.get("/", headers={"HX-Request": "true", "HX-Current-URL": f"{gate.here}/team?of=mara"})
        assert (page.status_code, page.headers["HX-Redirect"]) == (401, "/sign-in?back=%2Fteam%3Fof%3Dmara")
        odd = client.get("/", headers={"HX-Request": "true", "HX-Current-URL": "http://[/"})
        assert odd.headers["HX-Redirect"] == "/sign-in?back=%2F"
        assert "Your session is over: sign in again" in client.get("/").text


def test_tokens_are_renewed_and_who_was_blocked_is_out(gate: Gate) -> None:
    world, old = gate.gitlab.world, set(gate.gitlab.tokens)
    with gate.browser("nadia") as client:
        (first,) = set(gate.gitlab.tokens) - old
        world.advance(world.now + timedelta(hours=2))
        assert client.get("/", follow_redirects=False).status_code == 200
        (second,) = set(gate.gitlab.tokens) - old
        assert second != first
        world.accounts["nadia"].state = "blocked"
        world.advance(world.now + timedelta(hours=2))
        assert client.get("/", follow_redirects=False).status_code == 303
        world.accounts["nadia"].state = "active"
        assert client.get("/", follow_redirects=False).status_code == 303


def test_somebody_who_has_another_name_on_gitlab_by_now_is_known_by_that(gate: Gate) -> None:
    world = gate.gitlab.world
    with gate.browser("nadia") as client:
        world.accounts["nadia"].username = "mara"
        world.advance(world.now + timedelta(hours=2))
        shown = client.get("/").text
        world.accounts["nadia"].username = "nadia"
        assert ">Mara<" in shown


NOT_OURS = [
    {"iss": "https://gitlab.com"},
    {"aud": "another application"},
    {"nonce": "another attempt"},
    {"exp": 1},
    {"iat": 99999999999},
    {"sub": "1"},
    {"azp": "another application"},
    {"key": RSAKey.generate_key(2048)},
]


@pytest.mark.parametrize("lie", NOT_OURS, ids=lambda lie: next(iter(lie)))
def test_an_id_token_that_is_not_for_this_attempt_lets_nobody_in(gate: Gate, lie: dict[str, object]) -> None:
    gate.gitlab.lies.update(lie)
    with gate.browser() as client:
        answer = client.get(gate.through(client, "nadia"), follow_redirects=False)
        assert (answer.status_code, "please begin again" in answer.text) == (401, True)
        assert SESSION not in client.cookies


def test_a_no_on_gitlab_s_page_is_taken_for_one(gate: Gate) -> None:
    with gate.browser() as client:
        answer = client.get(gate.through(client, "nadia", answer="no"), follow_redirects=False)
        assert (answer.status_code, "nobody is signed in" in answer.text) == (401, True)


def test_an_attempt_is_good_in_its_own_browser_once_and_for_ten_minutes(gate: Gate) -> None:
    world = gate.gitlab.world
    with gate.browser() as victim, gate.browser() as other:
        back = gate.through(other, "nadia")
        assert victim.get(back, follow_redirects=False).status_code == 401
        gate.through(victim, "mara")
        assert victim.get(back, follow_redirects=False).status_code == 401
        assert other.get(back, follow_redirects=False).status_code == 303
        other.cookies.clear()
        assert other.get(back, follow_redirects=False).status_code == 401
        back = gate.through(victim, "mara")
        world.advance(world.now + HURRY)
        assert victim.get(back, follow_redirects=False).status_code == 401


def test_what_is_sent_to_gitlab_holds_a_challenge_and_no_secret(gate: Gate) -> None:
    with gate.browser() as client:
        sent = client.get("/sign-in/go", follow_redirects=False).headers["location"]
    asked = parse_qs(urlsplit(sent).query)
    assert set(asked) == {
        "client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge",
        "code_challenge_method",
    }  # fmt: skip
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"{HERE}/sign-in/done"]


def test_tokens_are_in_no_page_cookie_log_or_file(gate: Gate, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    old = set(gate.gitlab.tokens)
    with gate.browser("nadia") as client:
        said = "".join(client.get(path).text for path in ("/", "/team", "/clocks", "/changes"))
        said += repr(dict(client.cookies)) + repr(gate.serving.sessions.of(client.cookies[SESSION])) + caplog.text
    (token,) = set(gate.gitlab.tokens) - old
    files = [file.read_bytes() for file in Path(gate.serving.store.place).parent.glob("*") if file.is_file()]
    assert files
    assert token not in said
    assert all(token.encode() not in file and b"access_token" not in file for file in files)


@pytest.mark.parametrize(("here", "secure"), [(HERE, False), ("https://handrail.example.com", True)])
def test_cookies_are_for_us_alone(gate: Gate, here: str, secure: bool) -> None:
    other = Gate(gate.served, behind(gate.served, here))
    with other.browser() as client:
        first = client.get("/sign-in/go", follow_redirects=False).headers.get_list("set-cookie")
        second = client.get(other.through(client, "nadia"), follow_redirects=False).headers.get_list("set-cookie")
        third = client.get("/").headers.get_list("set-cookie")
    cookies = [one for one in (*first, *second, *third) if "Max-Age=0" not in one]
    assert {one.partition("=")[0] for one in cookies} == {"handrail-form", "handrail-sign-in", SESSION}
    for one in cookies:
        assert "HttpOnly" in one
        assert "SameSite=lax" in one
        assert ("Secure" in one) is secure
        assert "Domain" not in one


FORGED = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=';,"\\'), max_size=99)


def test_forged_cookies_and_states_lead_to_sign_in_and_break_nothing(gate: Gate) -> None:
    with gate.browser() as client:

        @settings(max_examples=60)
        @given(session=FORGED, attempt=FORGED, state=st.text(max_size=50), code=st.text(max_size=50), token=FORGED)
        def holds(session: str, attempt: str, state: str, code: str, token: str) -> None:
            client.cookies.clear()
            client.cookies.update({SESSION: session, "handrail-sign-in": attempt, "handrail-form": token})
            assert client.get("/", follow_redirects=False).status_code == 303
            done = client.get("/sign-in/done", params={"state": state, "code": code}, follow_redirects=False)
            assert done.status_code == 401
            assert client.post("/take", data={"ref": "a#1", "_csrf_token": token}).status_code in {401, 403}

        holds()


def test_a_cookie_that_was_cut_or_changed_names_nobody(gate: Gate) -> None:
    with gate.browser("nadia") as client:
        kept = client.cookies[SESSION]
        for wrong in (kept[:-1], kept + "A", kept[::-1], kept.swapcase(), "null", ""):
            client.cookies.clear()
            client.cookies.set(SESSION, wrong)
            assert client.get("/", follow_redirects=False).status_code == 303
        client.cookies.clear()
        client.cookies.set(SESSION, kept)
        assert client.get("/", follow_redirects=False).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "https://elsewhere.test/",
        "//elsewhere.test",
        "/\\elsewhere.test",
        "\\\\elsewhere.test",
        "/\t/elsewhere.test",
        "javascript:alert(1)",
        "/sign-in/go",
        "",
        "/\r\nSet-Cookie: a=b",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(gate: Gate, path: str) -> None:
    with gate.browser() as client:
        back = gate.through(client, "nadia", back=path)
        assert client.get(back, follow_redirects=False).headers["location"] == "/"


@given(st.text())
def test_where_one_goes_on_to_is_always_a_path_of_ours(text: str) -> None:
    assert urlsplit(local(text)).netloc == ""
    assert local(text).startswith("/")
    assert not local(text).startswith("//")


def test_a_gitlab_that_is_not_there_is_said_so(gate: Gate) -> None:
    away = behind(gate.served)
    assert away.sign_in
    away.sign_in.gitlab = "http://127.0.0.1:9"
    with Gate(gate.served, away).browser() as client:
        answer = client.get("/sign-in/go", follow_redirects=False)
        assert (answer.status_code, "try again in a minute" in answer.text) == (503, True)


def test_while_gitlab_is_away_who_is_signed_in_stays_so(gate: Gate) -> None:
    world = gate.gitlab.world
    assert gate.serving.sign_in
    with gate.browser("nadia") as client:
        world.advance(world.now + timedelta(hours=2))
        known, gate.serving.sign_in._known = gate.serving.sign_in._known, {"token_endpoint": "http://127.0.0.1:9/"}
        assert client.get("/", follow_redirects=False).status_code == 200
        gate.serving.sign_in._known = known
        world.advance(world.now + timedelta(minutes=1))
        assert client.get("/", follow_redirects=False).status_code == 200


@pytest.mark.parametrize("address", ["handrail.example.com", "ftp://a.test", "https://a.test/below", "https://"])
def test_our_own_address_has_to_be_one(gate: Gate, address: str) -> None:
    with pytest.raises(UserError, match="HANDRAIL_URL"):
        SignIn(gate.gitlab.url, "id", "secret", address, b"s" * 32, gate.serving.now)


def test_tokens_that_another_process_renewed_are_used(gate: Gate) -> None:
    world, serving, asks = gate.gitlab.world, gate.serving, gate.serving.sign_in
    assert asks
    with gate.browser("nadia") as client:
        cookie = client.cookies[SESSION]
        world.advance(world.now + timedelta(hours=2))
        there: list[Session] = []

        def late(session: Session) -> Session | None:
            there.extend(filter(None, [serving.sessions.of(cookie)]))
            return asks.renewed(session)

        other = Sessions(serving.store.sessions, serving.secret, serving.now, late)
        assert other.of(cookie) == there[0]
        assert client.get("/", follow_redirects=False).status_code == 200
