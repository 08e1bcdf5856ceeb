"""The handover by two people: one decides, the turn changes, the other acknowledges, and GitLab is told once."""

from pathlib import Path

import pytest

from handrail.testing import Told
from tests.web.conftest import Served, form
from tests.web.on_duty import HOLDER, MONDAY, NEXT, browser, keep_rotation, request


@pytest.fixture(autouse=True)
def kept(served: Served, read: tuple[Told, Path]) -> None:
    keep_rotation(served, read[0])


def test_two_people_hand_over(served: Served) -> None:
    with browser(served, HOLDER) as outgoing:
        assert "2 of 2 not decided yet" in outgoing.get("/duty/handover").text
        told = {"number": "5", "option": "comment", "note": "waits for logs", "follow_up": ""}
        assert form(outgoing, "/duty/handover/decide", **told).headers["location"] == "/duty/handover"
        form(outgoing, "/duty/handover/decide", number="6", option="keep", note="half of it is done")
        assert "not yours" not in outgoing.get("/duty/handover").text
    with browser(served, NEXT) as incoming:
        page = incoming.get("/duty/handover").text
        assert "handed over to Mara: waits for logs" in page
        assert "Ivo goes on with it: half of it is done" in page
        early = form(incoming, "/duty/handover/acknowledge")
        assert (early.status_code, "@mara is not on duty now" in early.text) == (409, True)
    assert request(served, 5).owner == HOLDER
    with browser(served, HOLDER, MONDAY) as late:
        assert form(late, "/duty/handover/acknowledge").status_code == 409
    with browser(served, NEXT, MONDAY) as incoming:
        assert form(incoming, "/duty/handover/acknowledge").status_code == 303
        assert "has seen it" not in incoming.get("/duty/handover").text  # nothing is left to say a word about
    assert (request(served, 5).owner, request(served, 6).owner) == (NEXT, HOLDER)
    assert [step.did for step in request(served, 6).steps][-1] == "saw"


def test_gitlab_is_told_once_the_turn_has_changed(served: Served) -> None:
    with browser(served, HOLDER) as outgoing:
        page = outgoing.get("/duty/handover/steps").text
        assert "Mara is on duty then." in page
        assert "open “Distribution DRI rotation week of 2026-06-08”" in page
        refused = form(outgoing, "/duty/handover/do")
        assert (refused.status_code, "Nothing of it is to be done on GitLab now" in refused.text) == (409, True)
    with browser(served, NEXT, MONDAY) as incoming:
        assert "Do it on GitLab" in incoming.get("/duty/handover/steps").text
        done = form(incoming, "/duty/handover/do")
        assert done.headers["location"].startswith("/duty/handover/steps?did="), done.text
        assert "open “Distribution DRI rotation week of 2026-06-08”" in incoming.get(done.headers["location"]).text
        assert form(incoming, "/duty/handover/do").status_code == 303  # the new issue hears what came with the turn
        assert form(incoming, "/duty/handover/do").status_code == 409
    weeks = [
        entry.item for entry in served.gitlab.world.entries.values() if "rotation week of 2026-06" in entry.item.title
    ]
    assert [(item.title[-10:], item.state, item.assignees) for item in weeks] == [
        ("2026-06-01", "closed", (HOLDER,)),
        ("2026-06-08", "opened", (NEXT,)),
    ]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"number": "5", "option": "close", "note": "done"}, "Name the issue in which the rest goes on"),
        ({"number": "5", "option": "close", "note": "done", "follow_up": "charts#5127"}, "is what request 5 is about"),
        ({"number": "5", "option": "keep"}, "Say in a note why you go on with it"),
        ({"number": "5", "option": "forget"}, "is none of the options"),
        ({"number": "99", "option": "keep"}, "There is no request 99"),
    ],
)
def test_what_cannot_be_decided(served: Served, fields: dict[str, str], says: str) -> None:
    before = served.store.asked.all(over=True)
    with browser(served, HOLDER) as outgoing:
        refused = form(outgoing, "/duty/handover/decide", **fields)
    assert (refused.status_code, says in refused.text) == (409, True)
    assert served.store.asked.all(over=True) == before


def test_what_is_closed_goes_on_elsewhere(served: Served) -> None:
    with browser(served, HOLDER) as outgoing:
        form(outgoing, "/duty/handover/decide", number="5", option="close", note="told them", follow_up="Move Gitaly")
    one = request(served, 5)
    assert (one.stage, one.steps[-1].note, one.steps[-1].follow_up) == ("done", "told them", "Move Gitaly")
