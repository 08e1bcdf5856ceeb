"""Which items a reader of facts is given."""

from datetime import datetime, timedelta

import pytest

from handrail.model.facts import is_wanted
from handrail.testing import NOW, an_issue

WEEK = timedelta(weeks=1)


@pytest.mark.parametrize(
    ("closed", "closed_since", "given"),
    [
        (False, None, ["open"]),
        (False, NOW - WEEK, ["open"]),
        (True, None, ["open", "ended", "undated"]),
        (True, NOW - WEEK, ["open", "ended", "undated"]),
        (True, NOW, ["open", "undated"]),
    ],
)
def test_closed_items_are_given_when_asked_for_and_old_ones_left_out(
    closed: bool, closed_since: datetime | None, given: list[str]
) -> None:
    items = {
        "open": an_issue(1),
        "ended": an_issue(2, state="closed", closed_at=NOW - WEEK),
        "undated": an_issue(3, state="closed"),
    }
    assert [name for name, item in items.items() if is_wanted(item, closed=closed, closed_since=closed_since)] == given
