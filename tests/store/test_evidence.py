"""What was read at tags is kept for good, and what follows from it in place of what followed before."""

from handrail.model.support import FileAtTag, Support
from handrail.store.database import Store
from handrail.testing import NOW

FILE = FileAtTag("acme/app", "v18.0.0", "redis.rb", r"(\d+)", ("7.0", "7.2"))


def test_what_was_read_at_a_tag_stays(store: Store) -> None:
    gone = FileAtTag("acme/app", "v18.0.0", "valkey.rb", r"(\d+)", None)
    silent = FileAtTag("acme/app", "v18.0.0", "redis.rb", "(x)", ())
    store.evidence.keep([])
    store.evidence.keep([FILE, gone, silent])
    store.evidence.keep([FileAtTag(FILE.project, FILE.tag, FILE.path, FILE.pattern, None)])
    assert sorted(store.evidence.read(), key=lambda one: (one.path, one.pattern)) == [FILE, silent, gone]


def test_what_counts_is_among_the_facts(store: Store) -> None:
    first = [Support("redis", "7.0", "18.0", proof="a file"), Support("redis", "7.0", "18.1", absent=True)]
    ledger = [Support("git", "2.53", "18.0")]
    store.evidence.state([*first, *ledger], ledger)
    assert store.facts(NOW).team().support == (*first, *ledger)
    assert (store.evidence.support(), store.evidence.ledger()) == ([*first, *ledger], ledger)
    store.evidence.state(first, [])
    assert store.facts(NOW).team().support == tuple(first)
    store.evidence.state([], [])
    assert store.facts(NOW).team().support == ()
