"""The clocks' page: the most pressing first, filters without a script, the picture, and what one takes along."""

import re
import sys
from pathlib import Path

import pytest
from icalendar import Calendar

from handrail.demo import NOW
from handrail.store.upstream import Copy
from handrail.testing import Told
from tests.web.conftest import Client, Served

WAITING = ("overdue", "due soon", "open")


@pytest.fixture(autouse=True)
def published(served: Served, read: tuple[Told, Path]) -> None:
    served.store.copies.keep(Copy("ubuntu", tried_at=NOW), read[0].team().published)
    served.serving.live.refresh()


def rows(page: str) -> list[tuple[str, str]]:
    """Of each row the verdict and the release."""
    return re.findall(r'<td><span class="verdict[^>]*>([^<]+)</span></td>\s*<th scope="row">([^<]+)</th>', page)


def test_what_is_overdue_comes_first_and_the_rest_is_counted(client: Client) -> None:
    page = client.get("/clocks").text
    shown = [verdict for verdict, _ in rows(page)]
    assert shown == sorted(shown, key=WAITING.index)
    assert shown.count("overdue") > 1
    assert f">{shown.count('overdue')} overdue</a>" in page
    assert len(rows(client.get("/clocks?verdict=all").text)) > len(shown)


def test_product_verdict_and_reading_are_links(client: Client) -> None:
    assert {name.split()[0] for _, name in rows(client.get("/clocks?product=Ubuntu").text)} == {"ubuntu"}
    assert {verdict for verdict, _ in rows(client.get("/clocks?verdict=open").text)} == {"open"}
    strict = client.get("/clocks?reading=calendar_months").text
    assert rows(strict) != rows(client.get("/clocks").text)
    assert "/clocks.ics?reading=calendar_months" in strict
    assert client.get("/clocks?verdict=met&product=gitaly").status_code == 404
    assert "is no verdict" in client.get("/clocks?verdict=late").text
    assert "is no way to count" in client.get("/clocks?reading=backwards").text


def test_a_release_leads_to_its_issue(client: Client, served: Served) -> None:
    (issue,) = [one for one in served.serving.live.view().snapshot.items if one.title == "Support postgresql 18"]
    page = client.get("/clocks?product=postgresql").text
    assert re.search(
        rf"postgresql 18</th>(?:(?!</tr>).)*{re.escape(issue.ref.rpartition('#')[2])}</a>", page, re.DOTALL
    )


def test_the_picture_is_sent_once(client: Client) -> None:
    drawn = client.get("/clocks.svg?product=ubuntu&dark=true")
    assert (drawn.status_code, drawn.text[:4], "ubuntu 26.04" in drawn.text) == (200, "<svg", True)
    again = client.get("/clocks.svg?product=ubuntu&dark=true", headers={"If-None-Match": drawn.headers["etag"]})
    assert (again.status_code, again.text) == (304, "")


def test_without_the_packages_the_table_stands_and_says_what_to_install(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "<img" in client.get("/clocks").text.split("Timeline")[1]
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    page = client.get("/clocks").text
    assert "handrail[charts]" in page
    assert ("<img" in page.split("Timeline")[1], bool(rows(page))) == (False, True)


def test_matrix_and_calendar_are_files(client: Client) -> None:
    matrix = client.get("/clocks.md?product=ubuntu")
    assert matrix.headers["content-disposition"] == 'attachment; filename="support.md"'
    assert matrix.text.startswith("| Product | Release |")
    due = Calendar.from_ical(client.get("/clocks.ics").content)
    assert any("redis 8.6" in str(event["SUMMARY"]) for event in due.walk("VEVENT"))
