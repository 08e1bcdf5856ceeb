from tests.web.conftest import Client, Served, form

REVIEW = "gitlab-org/omnibus-gitlab!7421"
"""Of the demo's cast: Nadia's to unblock, after an earlier round and the author's turn."""


def page(client: Client, ref: str, query: str = "") -> str:
    return client.get(f"/items/{ref.replace('!', '%21').replace('#', '%23')}{query}").text


def test_an_item_says_whose_it_is_and_why(client: Client) -> None:
    form(client, "/as", username="nadia")
    shown = page(client, REVIEW)
    assert "Level 1, unblock: Mara asked you again" in shown
    assert "fits, and decides" in shown
    form(client, "/as", username="ivo")
    assert "In the queue of Nadia: level 1, unblock: Mara asked Nadia again" in page(client, REVIEW)


def test_the_clock_is_drawn_with_its_pauses_until_it_is_due(client: Client) -> None:
    shown = page(client, REVIEW)
    for what in ("earlier-round", "author-s-turn", "counted", "left-until-it-is-due"):
        assert f'<rect class="{what}"' in shown


def test_a_short_reference_and_an_address_are_understood(client: Client) -> None:
    assert "Sign SLES 15.6 repositories" in page(client, "omnibus!7421")
    found = client.get("/search", params={"q": "omnibus!7421"}, follow_redirects=False)
    assert found.headers["location"] == "/items/gitlab-org/omnibus-gitlab%217421"


def test_what_is_not_known_says_what_may_be(client: Client) -> None:
    answer = client.get("/items/gitlab-org/none%231")
    assert (answer.status_code, "is not known here" in answer.text) == (404, True)


def test_a_search_finds_by_all_words_and_by_people(client: Client, served: Served) -> None:
    shown = client.get("/search", params={"q": "SIGN sles"}).text
    assert "omnibus!7421" in shown
    assert "Nadia" in client.get("/search", params={"q": "nadia"}).text
    assert "Nothing has all of these words" in client.get("/search", params={"q": "zzz qqq"}).text
    assert "<script>" not in client.get("/search", params={"q": "<script>alert(1)</script>"}).text
