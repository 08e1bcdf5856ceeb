"""The quarter's page: the steps of its planning with their state, and the OKRs as cards."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from litestar.testing import TestClient

from handrail.engine.live import Live
from handrail.web.app import application
from handrail.worktime.public_holidays import public_holidays
from tests.web.conftest import Client, Served


def steps(page: str) -> list[tuple[str, str]]:
    """Of each step its state and its clause."""
    return re.findall(r'<span class="state">([^<]+)</span>.*?#(quarter\.[a-z-]+)"', page)


def test_okrs_are_cards_with_score_and_health_and_what_they_lack(client: Client) -> None:
    page = client.get("/quarter").text
    assert "<h1>FY27 Q2<small>" in page
    cards = re.findall(r'<section class="card okr".*?</section>', page, re.DOTALL)
    assert [re.findall(r'class="ref"[^>]*>([^<]+)<', card) for card in cards] == [
        ["team-tasks#2212", "omnibus#8867"],
        ["team-tasks#2213", "charts#5135", "operator#2029"],
    ]
    assert re.findall(r"<b>(\d+%)</b>", page) == ["40%", "40%", "38%", "75%", "0%"]
    assert '<span class="health needs_attention">needs attention</span>' in cards[0]
    assert '<span class="lacks breach">nobody owns it, no issue scopes it</span>' in cards[1]
    assert "Nadia; contributors: " in cards[0]


def test_each_step_to_the_next_quarter_has_its_state(client: Client, served: Served) -> None:
    assert [state for state, _ in steps(client.get("/quarter").text)] == ["to come"] * 5
    mid_july = datetime(2026, 7, 10, 14, tzinfo=UTC)
    live = Live(served.store, lambda: served.handbook, public_holidays, lambda: mid_july)
    with TestClient(application(replace(served.serving, live=live)), "http://127.0.0.1") as later:
        page = later.get("/quarter").text
    assert steps(page) == [
        ("over", "quarter.draft"),
        ("now", "quarter.scope"),
        ("now", "quarter.contribute"),
        ("now", "quarter.reserve-days"),
        ("to come", "quarter.final"),
    ]
    assert "it was to be done by Tue 7 Jul" in page


def test_another_quarter_is_named_as_people_write_it(client: Client) -> None:
    before, after = re.findall(r'href="(/quarter\?quarter=[^"]+)" rel', client.get("/quarter").text)
    assert "<h1>FY27 Q3<small>its OKRs and what scopes them are final on Fri 31 Jul" in client.get(after).text
    earlier = client.get(before).text
    assert "No OKRs yet." in earlier
    assert "Steps to" not in earlier
    assert "Packages that download in half the time" in client.get("/quarter?quarter=fy27 q2").text
    wrong = client.get("/quarter?quarter=soon")
    assert (wrong.status_code, "is no fiscal quarter: write it like FY27::Q2" in wrong.text) == (404, True)
