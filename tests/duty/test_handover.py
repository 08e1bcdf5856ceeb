"""The four options for a request at the end of a shift, and what the next one answers."""

from datetime import timedelta

import pytest

from handrail.duty.handover import closed, commented, kept, passed, received, told
from handrail.errors import UserError
from handrail.model.asked import Asked, Step, after
from handrail.testing import NOW

LATER = NOW + timedelta(hours=1)


def a_request(**more: object) -> Asked:
    draft = Asked("The mirror answers 503", "customer", "sam", NOW, id=7, **more)  # type: ignore[arg-type]
    return after(draft, Step(NOW, "sam", "came", "ivo"))


def test_closing_writes_down_what_was_done_and_where_the_rest_goes_on() -> None:
    one = closed(a_request(), "ivo", LATER, " made room ", " Mirror it twice ")
    assert one.stage == "done"
    assert one.steps[-1] == Step(LATER, "ivo", "done", note="made room", follow_up="Mirror it twice")
    with pytest.raises(UserError, match="Name the issue in which the rest goes on"):
        closed(a_request(), "ivo", LATER, "made room", " ")
    with pytest.raises(UserError, match="Say what was done"):
        closed(a_request(), "ivo", LATER, "", "Mirror it twice")


def test_a_comment_hands_it_over_and_it_stays_the_owners_until_acknowledged() -> None:
    one = commented(a_request(), "ivo", "nadia", LATER, "waits for logs")
    assert (one.owner, one.passing_to) == ("ivo", "nadia")
    taken = received(one, "nadia", LATER)
    assert (taken.owner, taken.passing_to, taken.steps[-1].did) == ("nadia", "", "acknowledged")
    with pytest.raises(UserError, match="Nobody is available to hand over to"):
        commented(a_request(), "ivo", "", LATER, "")


def test_the_expert_says_why_and_keeps_it() -> None:
    one = kept(commented(a_request(), "ivo", "nadia", LATER, ""), "ivo", LATER, "half of it is done")
    assert (one.owner, one.passing_to, one.steps[-1].note) == ("ivo", "", "half of it is done")
    seen = received(one, "nadia", LATER)
    assert (seen.owner, seen.steps[-1]) == ("ivo", Step(LATER, "nadia", "saw"))
    with pytest.raises(UserError, match="Say in a note why you go on with it"):
        kept(a_request(), "ivo", LATER, " ")


def test_a_conversation_hands_it_over_unless_its_owner_keeps_it() -> None:
    one = told(a_request(), "ivo", "nadia", LATER, "all of it")
    assert (one.owner, one.passing_to) == ("ivo", "nadia")
    both = told(kept(a_request(), "ivo", LATER, "half of it is done"), "ivo", "nadia", LATER, "the other half")
    assert (both.owner, both.passing_to) == ("ivo", "")
    again = told(commented(both, "ivo", "nadia", LATER, ""), "ivo", "nadia", LATER, "all of it")
    assert again.passing_to == "nadia"
    with pytest.raises(UserError, match="Write a note of what you told them"):
        told(a_request(), "ivo", "nadia", LATER, "")
    with pytest.raises(UserError, match="Nobody is available"):
        told(a_request(), "ivo", "", LATER, "all of it")


def test_what_nobody_decided_passes_at_once() -> None:
    one = passed(a_request(), "nadia", LATER)
    assert (one.owner, one.passing_to, one.steps[-1]) == ("nadia", "", Step(LATER, "", "passed", "nadia"))
    assert received(one, "nadia", LATER).steps[-1].did == "acknowledged"


def test_nothing_is_decided_about_what_is_over() -> None:
    over = closed(a_request(), "ivo", LATER, "made room", "Mirror it twice")
    with pytest.raises(UserError, match="Request 7 is over: there is nothing to hand over"):
        kept(over, "ivo", LATER, "why")
