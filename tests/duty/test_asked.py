"""What a request to whoever is on duty goes through, and what is refused on the way."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from handrail.duty.asked import asked, came, ended, escalated, handed_over, taken
from handrail.errors import UserError
from handrail.handbook.rotations import Answers, Duty, Rotation
from handrail.model.asked import Asked, Step
from handrail.model.duty import Shift
from handrail.model.people import Away, Person
from handrail.model.snapshot import Calendars

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
TEAM = Person("The team", "UTC", hours=("09:00-17:00",))
IVO = Person("Ivo", "UTC", hours=("13:00-21:00",))
INCIDENTS = Duty("incidents", "support", "incidents", "nothing", "duty.incidents", urgent=True, ways=("incident",))
ROTATION = Rotation("The duty", duties=(INCIDENTS,), answers=Answers(hours=8, urgent_hours=1))


class Ivo:
    """Ivo is on duty from the first of June on."""

    def at(self, moment: datetime) -> Shift | None:
        began = datetime(2026, 6, 1, tzinfo=UTC)
        return Shift(began, began + timedelta(days=7), "ivo") if moment >= began else None

    def shifts(self, since: datetime, until: datetime) -> list[Shift]:
        raise NotImplementedError


def a_draft(at: datetime = NOON, *, urgent: bool = False) -> Asked:
    return Asked(" The mirror answers 503 ", "customer", "sam", at, urgent=urgent, id=7)


def taken_in(draft: Asked, ivo: Person = IVO, owner: str = "") -> Asked:
    calendars = Calendars({"ivo": ivo}, TEAM, lambda *_: {})
    return came(draft, Ivo(), calendars, ROTATION, "as she said", owner)


def test_whose_a_new_request_is_and_when_an_answer_is_due_follows_from_who_was_on_duty() -> None:
    one = taken_in(a_draft())
    assert (one.title, one.owner, one.answer_due) == ("The mirror answers 503", "ivo", NOON + timedelta(hours=9))
    assert one.steps == (Step(NOON, "sam", "came", "ivo", "as she said"),)
    assert taken_in(a_draft(urgent=True)).answer_due == NOON + timedelta(hours=2)
    incident = taken_in(Asked("503", "incident", "sam", NOON))
    assert (incident.urgent, incident.answer_due) == (True, NOON + timedelta(hours=2)), "as its duty is"
    before = taken_in(a_draft(NOON - timedelta(days=4)))
    assert (before.owner, before.answer_due) == ("", datetime(2026, 6, 1, 12, tzinfo=UTC)), "a weekend lies between"
    assert taken_in(a_draft(), owner="nadia").owner == "nadia"
    assert came(a_draft(), Ivo(), Calendars({}, TEAM, lambda *_: {}), ROTATION).owner == "", (
        "who is of the team no more"
    )
    with pytest.raises(UserError, match="The title is empty"):
        taken_in(Asked(" ", "customer", "sam", NOON))


def test_where_its_owner_is_away_for_days_the_teams_hours_count() -> None:
    away = Person("Ivo", "UTC", hours=("13:00-21:00",), away=(Away(date(2026, 6, 1), date(2026, 6, 5)),))
    assert taken_in(a_draft(), away).answer_due == NOON + timedelta(hours=24), "noon of the next day"
    never = Person("Ivo", "UTC", away=(Away(date(2020, 1, 1), date(2099, 1, 1)),))
    assert taken_in(a_draft(), never).answer_due == NOON + timedelta(hours=24)


def test_calling_somebody_in_does_not_change_whose_it_is() -> None:
    one = escalated(asked(taken_in(a_draft()), "ivo", "wren", LATER, "the disk?"), "ivo", "pilar", LATER)
    assert (one.owner, one.stage, [step.did for step in one.steps]) == (
        "ivo",
        "escalated",
        ["came", "asked", "escalated"],
    )


def test_it_is_the_owners_until_the_other_takes_it() -> None:
    handed = handed_over(taken_in(a_draft()), "ivo", "nadia", LATER, "she knows it")
    assert (handed.owner, handed.passing_to) == ("ivo", "nadia")
    theirs = taken(handed, "nadia", LATER)
    assert (theirs.owner, theirs.steps[-1].did) == ("nadia", "acknowledged")
    assert taken(handed, "ivo", LATER).passing_to == "", "taken back"


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (lambda one: taken(one, "ivo", LATER), "is yours already"),
        (lambda one: handed_over(one, "nadia", "ivo", LATER), "is @ivo's already"),
        (lambda one: ended(one, "ivo", LATER, "done", " "), "Say what was done about it"),
        (
            lambda one: taken(ended(one, "ivo", LATER, "done", "made room"), "nadia", LATER),
            "is over: done on 2026-06-02",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(step: Callable[[Asked], Asked], says: str) -> None:
    with pytest.raises(UserError, match=says):
        step(taken_in(a_draft()))
