"""The inbox: what is accepted is worked in order, once; what cannot be worked holds nothing up and is not lost."""

import stat
from datetime import timedelta
from pathlib import Path

from handrail.store.database import Store
from handrail.store.inbox import FIRST_WAIT, KEPT, TRIES, Headers, Waiting
from handrail.testing import NOW

SECOND = timedelta(seconds=1)


def headers(key: str = "", event: str = "") -> Headers:
    return Headers("Issue Hook", "https://gitlab.example", event, key)


def bodies(store: Store, later: timedelta = SECOND) -> list[bytes]:
    return [webhook.body for webhook in store.inbox.due(NOW + later, 10)]


def test_webhooks_are_worked_in_the_order_in_which_they_came(store: Store) -> None:
    for number in range(3):
        assert store.inbox.accept(b"{%d}" % number, headers(str(number)), NOW - number * SECOND)
    assert bodies(store) == [b"{0}", b"{1}", b"{2}"]
    first = store.inbox.due(NOW, 1)
    assert [(one.body, one.headers.event, one.headers.instance, one.received_at) for one in first] == [
        (b"{0}", "Issue Hook", "https://gitlab.example", NOW)
    ]
    assert store.inbox.waiting() == Waiting(3, NOW - 2 * SECOND, 0, 0)
    store.inbox.done([first[0].id])
    assert bodies(store) == [b"{1}", b"{2}"]
    store.inbox.done([])
    assert store.inbox.waiting().count == 2


def test_on_sqlite_it_waits_for_no_other_writer_and_is_one_by_whichever_path(tmp_path: Path) -> None:
    (tmp_path / "linked.sqlite").symlink_to(tmp_path / "store.sqlite")
    with Store.open(tmp_path / "store.sqlite") as store, Store.open(tmp_path / "linked.sqlite") as same:
        with store._writing():
            assert store.inbox.accept(b"{}", headers("a"), NOW)
        assert bodies(same) == [b"{}"]
    inbox = tmp_path / "store.sqlite-inbox"
    assert stat.S_IMODE(inbox.stat().st_mode) == 0o600, "a body may be confidential"


def test_a_webhook_that_is_delivered_again_waits_once(store: Store) -> None:
    assert store.inbox.accept(b"{}", headers("a"), NOW)
    assert not store.inbox.accept(b"{}", headers("a"), NOW + SECOND)
    assert store.inbox.accept(b"{}", headers("b"), NOW), "another hook's, or another event's"
    assert bodies(store) == [b"{}", b"{}"]


def test_without_a_key_the_event_and_the_body_tell_what_is_the_same(store: Store) -> None:
    assert store.inbox.accept(b"{1}", headers(event="e"), NOW)
    assert store.inbox.accept(b"{2}", headers(event="e"), NOW), "one request on GitLab may be several events"
    assert store.inbox.accept(b"{1}", headers(event="f"), NOW)
    assert not store.inbox.accept(b"{1}", headers(event="e"), NOW)
    assert store.inbox.accept(b"{1}", headers("long" * 500, "e" * 5_000), NOW)
    assert store.inbox.waiting().count == 4


def test_what_fails_waits_longer_each_time_and_holds_up_nothing(store: Store) -> None:
    store.inbox.accept(b"bad", headers("bad"), NOW)
    store.inbox.accept(b"good", headers("good"), NOW)
    at, waits = NOW, []
    for number in range(TRIES):
        bad = store.inbox.due(at, 1)[0]
        assert (bad.body, bad.attempts) == (b"bad", number)
        store.inbox.failed(bad, f"why {number}", at)
        assert [one.body for one in store.inbox.due(at, 10)] == [b"good"]
        then = store.inbox.next_due()
        if then is not None:
            waits.append(then - at)
            at = then
    assert waits == [FIRST_WAIT * 2**number for number in range(TRIES - 1)]
    assert store.inbox.waiting() == Waiting(1, NOW, 0, 1)
    assert [(one.body, one.error, one.is_aside) for one in store.inbox.failures()] == [
        (b"bad", f"why {TRIES - 1}", True)
    ]
    assert bodies(store, timedelta(days=9)) == [b"good"]


def test_what_was_set_aside_long_ago_goes(store: Store) -> None:
    store.inbox.accept(b"old", headers("old"), NOW)
    for _ in range(TRIES):
        (old,) = [*store.inbox.due(NOW + KEPT, 1), *store.inbox.failures()][:1]
        store.inbox.failed(old, "why", NOW)
    assert [one.body for one in store.inbox.failures()] == [b"old"]
    store.inbox.accept(b"new", headers("new"), NOW + KEPT)
    (new,) = store.inbox.due(NOW + KEPT, 1)
    store.inbox.failed(new, "why" * 1_000, NOW + KEPT + SECOND)
    assert [(one.body, one.is_aside) for one in store.inbox.failures()] == [(b"new", False)]
    assert store.inbox.waiting().failed == 1
    (new,) = store.inbox.due(NOW + 2 * KEPT, 1)
    assert len(new.error) == 500
