"""The milestone's page: what it shows, what is moved and by whom, and the three answers to what nobody planned."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from handrail.demo import NOW
from handrail.engine.live import Live
from handrail.engine.rollover import rolling_over
from handrail.engine.unplanned import Inbox
from handrail.model.plans import Known
from handrail.model.requests import UnplannedRequest
from handrail.web.serving import Serving
from handrail.worktime.public_holidays import public_holidays
from tests.web.conftest import Client, Served, browsing, form

LAST_DAY = NOW + timedelta(days=10)


@pytest.fixture
def ending(served: Served) -> Serving:
    """The same team on the last day of the running milestone."""
    return replace(served.serving, live=Live(served.store, lambda: served.handbook, public_holidays, lambda: LAST_DAY))


@pytest.fixture
def late(ending: Serving) -> Iterator[Client]:
    with browsing(ending) as found:
        yield found


def plan_of(page: str, section: str) -> str:
    """The plan that a form of the page would apply."""
    found = re.search(rf'id="{section}".*?name="plan" value="(\w+)"', page, re.DOTALL)
    assert found, section
    return found[1]


def asked(served: Served) -> list[UnplannedRequest]:
    """What waits for an answer."""
    return Inbox.of(served.serving.live.view().queue.desk, served.store).waiting()


def test_it_shows_load_commitments_what_came_in_and_what_is_free(client: Client) -> None:
    page = client.get("/milestone").text
    assert "<h1>19.1<small>Sat 16 May to Fri 12 Jun 2026 · 10 more days" in page
    for head in ("Who has how much", "Committed at its start", "Deliverables since its start", "Free to pick up"):
        assert f">{head}" in page
    assert re.search(r"\d+ done · \d+ open", page)
    assert "too many" in page
    assert "Nothing to move: 19.1 ends on Fri 12 Jun" in page
    assert 'href="/handbook#dri.less-delivery"' in page


def test_its_dashboards_are_a_click_away(served: Served) -> None:
    links = {"planning board": "https://boards.example.com/1", "on call": "https://example.com/2"}
    handbook = replace(served.handbook, links=links)
    live = Live(served.store, lambda: handbook, public_holidays, lambda: NOW)
    with browsing(replace(served.serving, live=live)) as client:
        page = client.get("/milestone").text
    which = "milestone_title=19.1&amp;label_name%5B%5D=group%3A%3Adistribution"
    for name, path in (("board on GitLab", "boards"), ("merge requests on GitLab", "merge_requests")):
        assert f'/groups/gitlab-org/-/{path}?{which}">{name}</a>' in page
    assert '<a href="https://boards.example.com/1">planning board</a>' in page
    assert "https://example.com/2" not in page


def test_long_lists_show_their_first_and_lead_to_the_rest(client: Client) -> None:
    def held(page: str) -> int:
        """How many are listed of what was committed, and is done or open."""
        return page.partition('id="held">')[2].partition("</ul>")[0].count("<li>")

    page = client.get("/milestone").text
    (count,) = re.findall(r'<a href="/milestone\?whole=held#held">All (\d+)</a>', page)
    assert held(page) == 8
    whole = client.get("/milestone?whole=held").text
    assert held(whole) == int(count) > 8
    assert "whole=held#held" not in whole


def test_arrows_lead_to_those_before_and_after(client: Client) -> None:
    page = client.get("/milestone").text
    before, after = re.findall(r'href="(/milestone\?title=[^"]+)" rel', page)
    assert "· over<" in client.get(before).text
    assert "it has not begun" in client.get(after).text
    assert "is no milestone with dates" in client.get("/milestone?title=Backlog").text


def test_everybody_moves_their_own_and_nothing_that_they_did_not_see(
    late: Client, ending: Serving, served: Served
) -> None:
    form(late, "/as", username="nadia")
    page = late.get("/milestone").text
    assert "For EM and PM to confirm" not in page
    plan = plan_of(page, "rollover")
    assert "has changed since this page was shown" in form(late, "/rollover", plan="0" * 16).text
    moved = {one.subject for one in rolling_over("nadia", ending.live.view().queue.desk, Known()).plan.actions}
    answer = form(late, "/rollover", plan=plan)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/milestone?did={plan}")
    assert moved
    assert {served.gitlab.world.entries[ref].item.milestone for ref in moved} == {"19.2"}
    shown = late.get(answer.headers["location"]).text
    assert "Undo" in shown
    assert "Yours to move on" not in shown


def test_the_teams_rollover_is_for_em_and_pm_to_confirm(late: Client, ending: Serving, served: Served) -> None:
    desk = ending.live.view().queue.desk
    manager = desk.managers[0]
    made = rolling_over(manager, desk, Known(), team=True).plan
    form(late, "/as", username="nadia")
    refused = form(late, "/rollover", plan=made.digest, team="true")
    assert refused.status_code == 409
    assert "is for EM and PM to confirm" in refused.text
    form(late, "/as", username=manager)
    plan = plan_of(late.get("/milestone").text, "confirm")
    assert form(late, "/rollover", plan=plan, team="true").status_code == 303
    moved = {one.subject for one in made.actions if one.subject in served.gitlab.world.entries}
    assert {served.gitlab.world.entries[ref].item.milestone for ref in moved} == {"19.2"}


def test_a_request_is_taken_in_one_click(client: Client, served: Served) -> None:
    form(client, "/as", username="nadia")
    wanted = next(one for one in asked(served) if one.ref)
    assert wanted.ref in client.get("/milestone").text
    answer = form(client, "/unplanned/take", request=wanted.ref)
    assert answer.status_code == 303, answer.text
    item = served.gitlab.world.entries[wanted.ref].item
    assert ("nadia" in item.assignees, "Unplanned" in item.labels, item.milestone) == (True, True, "19.1")
    assert [one.state for one in served.store.said.requests() if one.ref == wanted.ref] == ["taken"]
    page = client.get(answer.headers["location"]).text
    assert "<b>taken</b>" in page
    assert "Undo" in page
    for gone in (wanted.ref, "0", ""):
        assert "somebody was faster" in form(client, "/unplanned/take", request=gone).text


def test_a_request_is_declined_with_the_reason_or_asked_about(client: Client, served: Served) -> None:
    form(client, "/as", username="nadia")
    first, second, *_ = [one for one in asked(served) if one.ref and one.asked_by]
    assert "The reason is empty" in form(client, "/unplanned/decline", request=first.ref, text=" ").text
    assert "The question is empty" in form(client, "/unplanned/ask", request=second.ref).text
    because = "it would delay 19.1"
    assert form(client, "/unplanned/decline", request=first.ref, text=because).status_code == 303
    question = "By which day is it needed"
    assert form(client, "/unplanned/ask", request=second.ref, text=question, managers="true").status_code == 303
    kept = {one.ref: (one.state, one.note) for one in served.store.said.requests()}
    assert kept == {first.ref: ("declined", because), second.ref: ("asked", question)}
    said = {ref: " ".join(one.body for one in served.gitlab.world.entries[ref].written) for ref in kept}
    assert because in said[first.ref]
    assert f"{question}?" in said[second.ref]
    page = client.get("/milestone").text
    assert "<b>declined</b>" in page
    assert f'name="request" value="{first.ref}"' not in page


def test_what_came_another_way_is_kept_and_taken_with_an_issue(client: Client, served: Served) -> None:
    form(client, "/as", username="nadia")
    told = {"title": "A mirror in Oslo", "source": "other team"}
    assert "does not say whether it is so" in form(client, "/unplanned", **told, sla="perhaps").text
    assert "is no open issue" in form(client, "/unplanned", **told, ref="omnibus#1").text
    assert "is no day" in form(client, "/unplanned", **told, deadline="soon").text
    assert "The title is empty" in form(client, "/unplanned", **{**told, "title": " "}).text
    assert form(client, "/unplanned", **told, asked_by="@ola", sla="yes: it ends on Friday").status_code == 303
    (kept,) = served.store.said.requests()
    assert (kept.title, kept.asked_by, kept.criteria[0].evidence) == ("A mirror in Oslo", "ola", "it ends on Friday")
    assert "A mirror in Oslo" in client.get("/milestone").text
    assert "name the project in which to open one" in form(client, "/unplanned/take", request=str(kept.id)).text
    answer = form(client, "/unplanned/take", request=str(kept.id), project="omnibus", priority="2")
    assert answer.status_code == 303, answer.text
    (taken,) = served.store.said.requests()
    opened = served.gitlab.world.entries[taken.ref].item
    assert (taken.state, opened.title, "priority::2" in opened.labels) == ("taken", "A mirror in Oslo", True)


def test_one_without_an_issue_is_declined_here_alone(client: Client, served: Served) -> None:
    form(client, "/unplanned", title="Help", source="customer")
    (kept,) = served.store.said.requests()
    answer = form(client, "/unplanned/decline", request=str(kept.id), text="it can be planned")
    assert answer.headers["location"] == "/milestone#unplanned"
    assert [one.state for one in served.store.said.requests()] == ["declined"]
