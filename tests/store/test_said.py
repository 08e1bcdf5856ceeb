"""What people told Handrail is kept, and can be taken back."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from handrail.errors import UserError
from handrail.model.actions import Action, AddLabels, Change, Comment, CreateItem
from handrail.model.journal import Snooze
from handrail.model.requests import UnplannedRequest
from handrail.store.database import Store
from handrail.testing import NOW

LATER = NOW + timedelta(days=2)


def test_an_item_is_left_out_of_a_queue_until_it_comes_back(store: Store) -> None:
    one = Snooze("nadia", "acme/app#1", LATER, "I wait for the release", NOW)
    store.said.snooze(replace(one, until=NOW))
    assert store.said.snoozed(NOW) == []
    store.said.snooze(one)
    other = replace(one, username="ivo", until=LATER - timedelta(hours=1))
    store.said.snooze(other)
    assert store.said.snoozed(NOW) == [other, one]
    assert store.said.snoozed(NOW, "nadia") == [one]
    assert store.said.snoozed(LATER) == []
    assert store.said.wake("nadia", one.ref)
    assert not store.said.wake("nadia", one.ref)
    assert store.said.snoozed(NOW) == [other]


def test_requests_have_numbers_and_a_state(store: Store) -> None:
    asked = UnplannedRequest("Mend the mirror", "customer", NOW, asked_by="paul")
    first, second = store.said.add_request(asked), store.said.add_request(replace(asked, title="And the other"))
    assert (first.title, first.id < second.id) == ("Mend the mirror", True)
    assert store.said.requests() == [first, second]
    declined = replace(second, state="declined", note="it can wait")
    store.said.update_request(declined)
    assert store.said.requests() == [first, declined]
    with pytest.raises(UserError, match="no request 404"):
        store.said.update_request(replace(asked, id=404))


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_request_knows_the_issue_that_was_opened_for_it(store: Store, confirmed: bool) -> None:
    asked = UnplannedRequest("Mend the mirror", "customer", NOW)
    with_issue = replace(asked, ref="acme/app#3")
    first, second, third = (store.said.add_request(one) for one in (asked, with_issue, asked))
    changes: list[tuple[str, Change]] = [
        ("unplanned_work", CreateItem(first.topic, "Mend", "")),
        ("unplanned_work", CreateItem(second.topic, "Mend", "")),
        ("unplanned_work", Comment(third.topic, (), "thank you", "When?")),
        ("spikes", CreateItem(third.topic, "Mend", "")),
        ("unplanned_work", AddLabels(("Unplanned",))),
    ]
    actions = [(Action(rule, "unplanned.take", "acme/app", change, "Asked for."), "") for rule, change in changes]
    for number, record in enumerate(store.journal.approve(actions, "digest", "nadia", NOW)):
        store.journal.claim([record.id], "run", NOW)
        if confirmed:
            store.journal.confirm(record.id, NOW, f"acme/app#{number + 10}" if number < 4 else "")
    known = replace(first, ref="acme/app#10", state="taken") if confirmed else first
    assert store.said.requests() == [known, second, third]
    assert store.journal.known(NOW).requests == (known, second, third)
