from typing import get_args

from handrail.model.history import Deed
from handrail.model.reading import BY_RESOURCE


def test_what_bulk_pages_leave_out_are_events_of_the_vocabulary() -> None:
    assert set(get_args(Deed)) > BY_RESOURCE
