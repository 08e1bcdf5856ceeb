"""The description of an issue that we opened: kept up to date, and people's words with it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from handrail.engine.assemble import assemble
from handrail.engine.evaluate import evaluate
from handrail.engine.sync import sync
from handrail.engine.undo import undo
from handrail.gitlab.reader import Reader
from handrail.gitlab.sources import Source
from handrail.gitlab.writer import Writer
from handrail.handbook.schema import Handbook
from handrail.handbook.support import Hold, Product
from handrail.model.actions import EditDescription
from handrail.model.markdown import BEGINS
from handrail.model.plans import Plan
from handrail.model.support import Published
from handrail.store.upstream import Copy
from handrail.testing import NOW, a_handbook
from standin.entries import Entry
from tests.engine.applying import Desk, a_desk

UBUNTU = Published("ubuntu", "26.04", NOW - timedelta(days=30), date(2026, 4, 23), lts=True)
LATER = timedelta(minutes=6)
OFF = {f"rules.{rule}.mode": "off" for rule in a_handbook().rules if rule != "support_clocks"}


def a_book(*holds: Hold) -> Handbook:
    """With no rule but this one, and few products."""
    ubuntu = {"ubuntu": Product("ubuntu_lts", minor="other_minor", lts_only=True)}
    return a_handbook({**OFF, "support.products": ubuntu, "support.holds": holds, "acting.most_share": 1.0})


BOOK = a_book()
HELD = a_book(Hold("ubuntu", "26.04", date(2026, 9, 1), "our OpenSSL breaks there"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """With the issue of a release that has just been opened."""
    with a_desk(tmp_path / "store.sqlite") as found:
        found.store.copies.keep(Copy("ubuntu", tried_at=NOW, read_at=NOW), [UBUNTU])
        found.book = BOOK
        assert [one.fate for one in found.apply(planned(found)).outcomes] == ["done"]
        yield found


def planned(desk: Desk, book: Handbook = BOOK, *, comments: bool = False) -> Plan:
    """What is planned by what GitLab says now: of words only the description's, unless all are asked for."""
    sync(Reader(desk.connection), desk.store, [Source("gitlab-org")])
    snapshot = assemble(desk.store.facts(NOW + LATER), book, closed=True)
    plan = evaluate(snapshot, book, desk.store.journal.known(NOW + LATER)).plan
    kinds = {"create_item", "edit_description", *(["comment", "set_milestone"] if comments else ())}
    return replace(plan, actions=tuple(one for one in plan.actions if one.kind in kinds))


def opened(desk: Desk) -> Entry:
    (entry,) = (one for one in desk.gitlab.world.entries.values() if one.item.title == "Support ubuntu 26.04")
    return entry


def apply(desk: Desk, plan: Plan) -> list[tuple[str, str]]:
    return [(one.fate, one.why) for one in desk.apply(plan, after=LATER).outcomes]


def edit(desk: Desk, before: str, after: str) -> None:
    """A person changes the description."""
    entry = opened(desk)
    assert before in entry.description
    desk.gitlab.world.advance(desk.gitlab.world.now + timedelta(minutes=1))
    entry.description = entry.description.replace(before, after)
    desk.gitlab.world.record(entry, entry.item)


def test_it_says_what_holds_now_and_keeps_what_people_wrote_and_ticked(desk: Desk) -> None:
    assert planned(desk).actions == (), "it is as it was opened"
    edit(desk, BEGINS, f"Mara: read this first.\r\n\r\n{BEGINS}")
    edit(desk, "- [ ] Tests", "- [ ] Ask Ivo\n- [x] Tests")
    edit(desk, "*Why:", "We wait for the mirror.\n\n*Why:")
    assert planned(desk).actions == (), "that is theirs"
    before = opened(desk).description
    plan = planned(desk, HELD)
    (action,) = plan.actions
    assert (action.kind, action.why) == (
        "edit_description",
        (
            "Its description still says “It is due by 2026-06-18”, and not “It is held until 2026-09-01: our OpenSSL "
            "breaks there”."
        ),
    )
    assert apply(desk, plan) == [("done", "")]
    assert opened(desk).description == before.replace(
        "It is due by 2026-06-18.", "It is held until 2026-09-01: our OpenSSL breaks there."
    )
    assert apply(desk, plan) == [("done before", "")]
    assert planned(desk, HELD).actions == ()
    assert apply(desk, planned(desk)) == [("done", "")], "the hold is lifted"
    assert opened(desk).description == before
    assert apply(desk, planned(desk, HELD)) == [("done", "")], "and comes again"
    assert opened(desk).written == [], "nobody was told"


def test_what_somebody_wrote_meanwhile_is_kept_and_decided_on_anew(desk: Desk) -> None:
    plan = planned(desk, HELD)
    edit(desk, "- [ ] Tests", "- [x] Tests")
    there = opened(desk).description
    assert apply(desk, plan) == [("skipped", "our part of its description was edited meanwhile")]
    assert opened(desk).description == there
    plan, path = planned(desk, HELD), f"/issues/{opened(desk).item.iid}"
    desk.gitlab.before(path, lambda _: edit(desk, "- [ ] A build", "- [x] A build"))
    assert apply(desk, plan) == [("skipped", "our part of its description was edited meanwhile")]
    there = opened(desk).description
    assert there.count("[x]") == 2
    assert apply(desk, planned(desk, HELD)) == [("done", "")]
    assert opened(desk).description == there.replace(
        "It is due by 2026-06-18.", "It is held until 2026-09-01: our OpenSSL breaks there."
    )


def test_who_takes_the_marks_away_has_it(desk: Desk) -> None:
    plan = planned(desk, HELD)
    edit(desk, BEGINS, "")
    there = opened(desk).description
    assert apply(desk, plan) == [("skipped", "our part of its description was edited meanwhile")]
    assert planned(desk, HELD).actions == ()
    assert opened(desk).description == there
    assert [one.kind for one in planned(desk, comments=True).actions] == ["comment"], "the rest goes on"


def test_what_was_taken_back_stays_until_something_else_holds(desk: Desk) -> None:
    before = opened(desk).description
    (outcome,) = desk.apply(planned(desk, HELD), after=LATER).outcomes
    reader, writer = Reader(desk.connection), Writer(desk.connection)
    undo(outcome.number, HELD, reader, writer, desk.store, "paul", NOW + LATER)
    assert opened(desk).description == before
    plan = planned(desk, HELD)
    assert plan.actions == ()
    assert "we did so on 2026-06-02, and it was taken back since" in [refusal.why for refusal in plan.refused]
    longer = a_book(Hold("ubuntu", "26.04", date(2026, 10, 1), "our OpenSSL breaks there"))
    assert apply(desk, planned(desk, longer)) == [("done", "")]
    assert opened(desk).description == before.replace(
        "It is due by 2026-06-18.", "It is held until 2026-10-01: our OpenSSL breaks there."
    )


@pytest.mark.parametrize("harm", ["lost_response", "status"])
def test_what_was_sent_and_never_heard_of_is_looked_for(desk: Desk, harm: str) -> None:
    """As after a death between the request and its note: what arrived is not written again, and what did not is."""
    plan, entry = planned(desk, HELD), opened(desk)
    (action,) = plan.actions
    assert isinstance(action.change, EditDescription)
    desk.gitlab.fail(harm, f"/issues/{entry.item.iid}", method="PUT")  # type: ignore[arg-type]
    desk.gitlab.fail("status", "ProjectWorkItems", skip=1, times=None, status=503)
    assert [fate for fate, _ in apply(desk, plan)] == ["uncertain"]
    desk.gitlab.heal()
    assert apply(desk, plan) == [("done", "")]
    assert [remark.action for remark in entry.remarks] == ["description"]
    assert action.change.part in entry.description
    assert planned(desk, HELD).actions == ()
