"""What people told Handrail is kept, and can be taken back."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from handrail.errors import UserError
from handrail.model.journal import Settled, Snooze
from handrail.model.requests import UnplannedRequest
from handrail.store.database import Store
from handrail.testing import NOW

LATER = NOW + timedelta(days=2)


def test_the_last_word_on_a_finding_counts(store: Store) -> None:
    first = Settled("rule/code/acme/app#1", "nadia", "it is a spike", NOW, "acme/app#1")
    store.said.settle(first)
    second = Settled(first.key, "erin", "we agreed on it", LATER)
    store.said.settle(second)
    store.said.settle(replace(first, key="rule/*/acme/app#2"))
    assert store.said.settled() == [replace(first, key="rule/*/acme/app#2"), second]
    assert store.said.unsettle(first.key)
    assert not store.said.unsettle(first.key)
    assert len(store.said.settled()) == 1


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
    assert store.said.requests(["declined"]) == [declined]
    assert store.said.requests(["open", "taken"]) == [first]
    with pytest.raises(UserError, match="no request 404"):
        store.said.update_request(replace(asked, id=404))
