"""What the journal keeps of an item: what a change changes, and nothing else."""

import msgspec

from handrail.model.journal import UNFINISHED, Shape


def test_a_shape_tells_what_changes_and_that_none_is_left() -> None:
    bare = Shape(labels=(), title="Mirror it twice")
    kept = msgspec.json.encode(bare)
    assert kept == b'{"labels":[],"title":"Mirror it twice"}'
    assert msgspec.json.decode(kept, type=Shape) == bare != Shape(title="Mirror it twice")


def test_what_is_over_is_not_unfinished() -> None:
    assert UNFINISHED.isdisjoint({"confirmed", "skipped", "failed"})
