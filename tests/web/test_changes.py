from re import findall

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from handrail.engine.apply import Outcome, Report
from handrail.engine.sight import Sight
from handrail.errors import UserError
from handrail.model.actions import AddLabels
from handrail.model.plans import Plan
from handrail.web.app import application
from handrail.web.serving import Who
from handrail.web.steps import done
from tests.web.conftest import Client, Served, form


def plan(served: Served):  # type: ignore[no-untyped-def]
    return served.serving.live.view().evaluation.plan


def test_a_plan_is_partly_approved_and_taken_back(client: Client, served: Served) -> None:
    form(client, "/as", username="mara")
    action = next(one for one in plan(served).actions if isinstance(one.change, AddLabels))
    before = {one.key for one in plan(served).actions}
    together = {one.key for one in plan(served).actions if set(one.steps) & set(action.steps)}
    answer = form(client, "/changes", key=action.key)
    assert answer.status_code == 303, answer.text
    assert set(action.change.labels) <= set(served.gitlab.world.entries[action.subject].item.labels)
    left = {one.key for one in plan(served).actions}
    assert action.key not in left
    assert before - together <= left | {one.action.key for one in plan(served).refused}
    record = next(one for one in served.store.journal.records(action.subject) if one.action.key == action.key)
    assert (record.state, record.approver) == ("confirmed", "mara")
    assert "Undo" in client.get("/changes").text
    assert form(client, "/undo", number=str(record.id), back="/changes").headers["location"] == "/changes"
    assert not set(action.change.labels) & set(served.gitlab.world.entries[action.subject].item.labels)


def test_all_of_it_is_much_and_wants_to_be_said(served: Served) -> None:
    few = served.by({"acting.most_actions": 3})
    with TestClient(application(few.serving), "http://127.0.0.1") as client:
        digest = plan(few).digest
        refused = form(client, "/changes", all=digest)
        assert (refused.status_code, "This is much at once" in refused.text) == (409, True)
        assert not [one for one in served.store.journal.records() if one.state == "confirmed"]
        form(client, "/changes", all=digest, force="yes")
        assert len([one for one in served.store.journal.records() if one.state == "confirmed"]) > 3


def test_what_is_not_asked_for_any_more_is_not_done(client: Client, served: Served) -> None:
    assert "Nothing of it is asked for any more" in form(client, "/changes", key="0123456789abcdef").text
    assert "Nothing was chosen" in form(client, "/changes").text


def test_all_of_a_rule_is_what_was_seen_of_it(client: Client, served: Served) -> None:
    form(client, "/as", username="mara")
    rule = "required_labels"
    first, *others = (one for one in plan(served).actions if one.rule == rule)
    seen = findall(r'name="all" value="(\w+)">Do all (\d+) of', client.get(f"/changes?rule={rule}").text)
    digest = next(value for value, count in seen if value == digest_of(plan(served), rule))
    form(client, "/changes", key=first.key)  # somebody else does one meanwhile: the rest is another plan
    refused = form(client, "/changes", all=digest)
    assert (refused.status_code, "has changed since this page was shown" in refused.text) == (409, True)
    assert {one.key for one in others} <= {one.key for one in plan(served).actions}
    form(client, "/changes", all=digest_of(plan(served), rule))
    assert not [one for one in plan(served).actions if one.rule == rule]


def digest_of(whole: Plan, rule: str) -> str:
    return replace(whole, actions=tuple(one for one in whole.actions if one.rule == rule)).digest


def test_an_undo_goes_back_to_our_own_pages_only(client: Client, served: Served) -> None:
    form(client, "/as", username="mara")
    action = next(one for one in plan(served).actions if isinstance(one.change, AddLabels))
    form(client, "/changes", key=action.key)
    number = next(one.id for one in served.store.journal.records(action.subject) if one.state == "confirmed")
    assert form(client, "/undo", number=str(number), back="//elsewhere.example").headers["location"] == "/changes"


def test_a_run_that_stopped_says_what_became_of_the_rest(client: Client, served: Served) -> None:
    action = plan(served).actions[0]
    report = Report([Outcome(action, "left"), Outcome(action, "left")], stopped="GitLab cannot be reached.")
    who = Who("mara", Sight(served.serving.live.view(), served.store))
    with pytest.raises(UserError) as refused:
        done(served.serving, lambda reader, writer: report, who)
    assert refused.value.problems == (report.stopped, "What was not done yet is as it was: try it again in a while.")
