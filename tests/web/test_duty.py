"""The duty desk: who is on, what the week asks in its order, what is asked and done, and what everybody may see."""

import re
from pathlib import Path

import pytest
from icalendar import Calendar

from handrail.rules.duty_desk import desk_rows
from handrail.testing import Told
from tests.web.conftest import Client, Served, form
from tests.web.on_duty import HOLDER, browser, keep_rotation, request
from tests.web.signing_in import gate_of

OPEN: dict[str, object] = {"rotations.dri.open": True}


@pytest.fixture(autouse=True)
def kept(served: Served, read: tuple[Told, Path]) -> None:
    keep_rotation(served, read[0])


def test_who_is_on_duty_and_the_desk_in_the_handbooks_order(client: Client, served: Served) -> None:
    form(client, "/as", username="nadia")
    page = client.get("/duty").text
    assert "Ivo is on duty until Mon 8 Jun 05:00." in page  # in Toronto, where Nadia is
    assert "Ivo’s hours: 09:00-17:00 in Sofia." in page
    wanted = [row.entry.item.ref for row in desk_rows(served.serving.live.view().queue, HOLDER)]
    shown = re.findall(r'<li class="row" data-row data-ref="([^"]+)"', page)
    assert shown == wanted[: len(shown)]
    assert len(shown) > 6
    for number in (5, 6):
        assert f'href="/requests/{number}"' in page
    assert 'href="/requests/3">request 3</a>' in client.get("/?of=ivo").text


def test_of_a_long_desk_the_first_rows_are_shown_until_somebody_asks_for_all(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = client.get("/duty").text
    count = whole.count('<li class="row"')
    monkeypatch.setattr("handrail.web.pages.duty.SHOWN", 2)
    short = client.get("/duty").text
    assert short.count('<li class="row"') == 2 < count
    assert f'{count - 2} more. <a href="/duty?whole=desk">' in short
    assert client.get("/duty?whole=desk").text.count('<li class="row"') == count


def test_what_is_asked_is_whoevers_who_is_on_duty(client: Client, served: Served) -> None:
    form(client, "/as", username="nadia")
    asked = form(
        client, "/requests", title="The mirror answers 503", way="customer", by="@sam", link="https://a.test/1"
    )
    assert (asked.status_code, asked.headers["location"]) == (303, "/requests/7")
    one = request(served, 7)
    assert (one.title, one.way, one.asked_by, one.owner, one.links) == (
        "The mirror answers 503", "customer", "sam", HOLDER, ("https://a.test/1",)
    )  # fmt: skip
    form(client, "/requests", title="And mine", urgent="1")
    assert (request(served, 8).asked_by, request(served, 8).urgent) == ("nadia", True)
    assert "The mirror answers 503" in client.get("/duty").text


def test_who_is_not_of_the_team_asks_in_their_own_name_and_does_no_more(
    read: tuple[Told, Path], tmp_path: Path
) -> None:
    with gate_of(read, tmp_path / "gate") as gate, gate.browser("cloudhopper") as client:
        gate.gitlab.world.give_access("cloudhopper", 10)
        assert form(client, "/requests", title="Which key signs it?", by="nadia").headers["location"] == "/requests/1"
        assert request(gate.served, 1).asked_by == "cloudhopper"
        page = client.get("/requests/1").text
        assert ("Which key signs it?" in page, "It is answered" in page) == (True, False)
        assert form(client, "/requests/1/take").status_code == 403


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"title": " "}, "The title is empty"),
        ({"title": "A", "way": "fax"}, "“fax” is no way of asking"),
        ({"title": "A", "ref": "nowhere#1"}, "is no reference that is known here"),
        ({"title": "A", "link": "javascript:alert(1)"}, "is no address"),
    ],
)
def test_what_cannot_be_asked(client: Client, served: Served, fields: dict[str, str], says: str) -> None:
    refused = form(client, "/requests", **fields)
    assert (refused.status_code, says in refused.text) == (409, True)
    assert len(served.store.asked.all(over=True)) == 6


def test_what_somebody_asked_of_oneself_has_an_answer_ready(client: Client) -> None:
    form(client, "/as", username="nadia")
    page = client.get("/duty/ask?way=direct+message&by=@sam&ref=omnibus%231").text
    assert "Thank you for asking, @sam." in page
    assert 'href="/handbook#redirect.messages"' in page
    assert client.get("/duty/ask?way=fax").status_code == 404


@pytest.mark.parametrize(
    ("act", "fields", "stands"),
    [
        ("take", {}, "Nadia"),
        ("ask", {"whom": "Mara", "note": "knows it"}, "Ivo; asked: Mara"),
        ("escalate", {}, "Ivo; escalated: "),
        ("hand-over", {"whom": "mara"}, "Ivo, handed over to Mara, who has not taken it yet"),
        ("done", {"note": "sent them the page"}, "done by Nadia: sent them the page"),
        ("decline", {"note": "it is another team’s"}, "declined by Nadia: it is another team’s"),
    ],
)
def test_each_step_about_a_request(client: Client, act: str, fields: dict[str, str], stands: str) -> None:
    form(client, "/as", username="nadia")
    assert form(client, f"/requests/5/{act}", **fields).headers.get("location") == "/requests/5"
    now, history = client.get("/requests/5").text.split("<h2>What was done about it")
    assert stands in now
    assert history.count("<li>") == 2


@pytest.mark.parametrize(
    ("step", "fields", "says"),
    [
        ("5/done", {}, "Say what was done about it"),
        ("5/ask", {"whom": "nobody-here"}, "Nobody called @nobody-here is known here"),
        ("5/hand-over", {"whom": "sam"}, "The team has nobody called `sam`"),
        ("5/burn", {}, "is nothing that can be done"),
        ("1/take", {}, "Request 1 is over"),
        ("99/take", {}, "There is no request 99"),
    ],
)
def test_what_cannot_be_done_about_a_request(
    client: Client, served: Served, step: str, fields: dict[str, str], says: str
) -> None:
    before = served.store.asked.all(over=True)
    refused = form(client, f"/requests/{step}", **fields)
    assert (refused.status_code, says in refused.text) == (409, True)
    assert served.store.asked.all(over=True) == before


def test_all_requests_and_one_that_is_not_there(client: Client) -> None:
    assert re.findall(r'data-ref="request (\d+)"', client.get("/requests").text) == ["3", "5", "6"]
    assert re.findall(r'data-ref="request (\d+)"', client.get("/requests?over=1").text) == list("654321")
    assert client.get("/requests/99").status_code == 404


def test_without_sign_in_no_more_is_seen_than_the_handbook_opens(served: Served) -> None:
    with browser(served) as stranger:
        for path in ("/duty", "/requests/5", "/requests", "/duty/handover"):
            assert "Ivo" not in stranger.get(path).text
    with browser(served.by(OPEN)) as stranger:
        duty, asked = stranger.get("/duty").text, stranger.get("/requests/5").text
        assert "Ivo is on duty until Mon 8 Jun 09:00." in duty
        assert "Ivo’s hours: 09:00-17:00 in Sofia." in duty
        assert "Ivo; an answer was due Tue 2 Jun 13:00" in asked
        for hidden in ("Gitaly", "support-ramon", "<form", "charts"):
            assert hidden not in duty + asked
        for path in ("/", "/requests", "/duty/handover", "/duty/ask"):
            assert "Ivo" not in stranger.get(path).text


def test_calendars_have_addresses_that_are_signed_for_whom_they_are(client: Client, served: Served) -> None:
    form(client, "/as", username=HOLDER)
    team, mine = (
        path.replace("&amp;", "&") for path in re.findall(r'href="(/duty\.ics[^"]+)"', client.get("/duty").text)
    )
    with browser(served) as program:
        found = [Calendar.from_ical(program.get(path).content).walk("VEVENT") for path in (team, mine)]
        assert len(found[0]) > len(found[1]) > 0
        assert {str(event["SUMMARY"]) for event in found[1]} == {"Distribution DRI: Ivo"}
        for path in (mine.replace("of=ivo", "of=mara"), team + "0", "/duty.ics"):
            assert program.get(path).status_code == 404
