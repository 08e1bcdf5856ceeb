"""Who has what somebody asks, and what to answer: the page's redirects, decided without a chat."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from handrail.duty.redirects import Answer, Call, Place, Redirects
from handrail.handbook.schema import Handbook
from handrail.model.asked import Way
from handrail.model.duty import NOBODY, Shift
from handrail.model.people import Away, Person
from handrail.model.snapshot import Calendars
from handrail.rules.queue_words import Voice
from handrail.testing import a_handbook, assert_calm, at

BOOK = a_handbook()
CALL_PAGE = BOOK.links["on call"]
PEOPLE = {
    "ivo": Person("Ivo", "Europe/Sofia"),
    "nadia": Person("Nadia", "America/Toronto"),
    "timo": Person("Timo", "America/Denver"),
    "erin": Person("Erin", "America/Toronto", roles=("engineering_manager",)),
}
MORNING, EVENING, NIGHT = at("2026-06-02 10:00"), at("2026-06-02 17:00"), at("2026-06-02 01:00")
"""Ivo at work; he is not, and those in America are; nobody is."""


class Always:
    """The same person is on duty all the time."""

    def __init__(self, holder: str | None) -> None:
        self._holder = holder

    def at(self, moment: datetime) -> Shift | None:
        return None if self._holder is None else Shift(at("2026-06-01 09:00"), at("2026-06-08 09:00"), self._holder)

    def shifts(self, since: datetime, until: datetime) -> list[Shift]:
        raise NotImplementedError


def answer(
    call: Call, *, holder: str | None = "ivo", book: Handbook = BOOK, people: dict[str, Person] = PEOPLE
) -> Answer:
    """The answer, its words checked to be a kind colleague's."""
    calendars = Calendars(people, Person("Team"), lambda country, part: {})
    found = Redirects(book, Always(holder), people, calendars, Voice(people, call.at)).answer(call)
    assert_calm(found.words)
    assert found.words == "" or found.words.startswith("Thank you for asking")
    assert found.clause in book.clauses
    return found


def to(way: Way, moment: datetime = MORNING, *, urgent: bool = False) -> tuple[str, Place]:
    found = answer(Call(way, moment, "sam", "nadia", urgent))
    return found.owner, found.to


def test_an_incident_goes_to_the_dri_in_their_hours() -> None:
    found = answer(Call("incident", MORNING, "sam", "nadia"))
    assert (found.owner, found.to, found.clause) == ("ivo", "duty", "redirect.incidents")
    assert found.words == (
        "Thank you for asking, @sam. Please go to Ivo (@ivo), who is on duty for Distribution and at work until "
        "Tue 2 Jun 14:00 (UTC): this comes first there."
    )
    assert to("deployment blocker") == ("ivo", "duty")
    assert answer(Call("incident", MORNING, "erin", "nadia")).to == "duty", "whoever of the team tells of it too"


def test_outside_them_the_first_who_is_available_takes_it() -> None:
    found = answer(Call("incident", EVENING, "sam", "nadia"))
    assert (found.owner, found.to, found.clause) == ("nadia", "available", "redirect.incidents")
    assert found.words.endswith("is not at work now, back Wed 3 Jun 06:00 (UTC); I am here and take this on.")
    for of in ("", "ivo"):
        found = answer(Call("incident", EVENING, "sam", of))
        assert (found.owner, found.to) == ("ivo", "available"), "nobody is picked"
        assert "At work now: Nadia (@nadia), Timo (@timo); the first of them who is available" in found.words
        assert f"If nobody answers, there is the on-call process ({CALL_PAGE})." in found.words
    many = PEOPLE | {f"p{number}": Person(f"P{number}", "America/Toronto") for number in range(9)}
    assert "P3 (@p3) and others; the first" in answer(Call("incident", EVENING), people=many).words
    assert answer(Call("incident", NIGHT, "sam", "nadia")).to == "on call"


def test_each_way_goes_where_the_handbook_sends_it() -> None:
    assert to("direct message") == to("direct message", NIGHT) == ("ivo", "channel")
    assert to("mention") == ("ivo", "group")
    assert to("customer") == to("phone") == to("other") == ("", "page")
    said = {way: answer(Call(way, MORNING, "sam", "nadia")) for way in ("direct message", "mention", "other")}
    assert "Could you ask it in #g_distribution? Whoever is on duty for Distribution" in said["direct message"].words
    assert "Could you mention @gitlab-org/distribution with it?" in said["mention"].words
    assert f"stands on {BOOK.links['how to work with us']}: it says" in said["other"].words
    assert [one.clause for one in said.values()] == ["redirect.messages", "redirect.mentions", "redirect.other"]
    assert answer(Call("mention", MORNING, "", "nadia")).words.startswith("Thank you for asking. Could")


def test_what_cannot_wait_goes_to_the_on_call_process_outside_their_hours() -> None:
    assert to("direct message", urgent=True) == ("ivo", "channel"), "inside them the page sends it on as ever"
    found = answer(Call("direct message", EVENING, "sam", "nadia", urgent=True))
    assert (found.owner, found.to, found.clause) == ("ivo", "on call", "dri.on-call")
    assert f"please take it to the on-call process ({CALL_PAGE}). Ivo follows it up" in found.words
    assert answer(Call("customer", NIGHT, "sam", urgent=True)).to == "on call"
    bare = a_handbook({"rotations.dri.on_call": ""}, base=BOOK)
    assert bare.on_call == "the on-call process"


def test_what_comes_to_the_team_or_to_the_dri_stays_there() -> None:
    calls = {
        Call("mention", MORNING, "sam"): "Wed 3 Jun 10:00",
        Call("phone", MORNING, "sam", "ivo"): "Wed 3 Jun 10:00",
        Call("incident", MORNING): "Tue 2 Jun 11:00",
        Call("deployment blocker", MORNING): "Tue 2 Jun 11:00",
    }
    for call, due in calls.items():
        found = answer(call)
        assert (found.owner, found.to, found.clause) == ("ivo", "duty", "dri.office-hours")
        assert f"Ivo (@ivo), who is on duty for Distribution, has it and answers by {due}" in found.words
    assert to("channel message") == ("ivo", "duty"), "it came to the channel already"
    away = answer(Call("customer", EVENING, "sam"))
    assert "and back Wed 3 Jun 06:00 (UTC), has it and answers by Wed 3 Jun 14:00 (UTC). If it" in away.words
    assert away.words.endswith(f"there is the on-call process ({CALL_PAGE}).")


def test_what_should_just_work_is_nobodys_to_redirect() -> None:
    labels = (BOOK.labels.just_work,)
    found = answer(Call("mention", MORNING, "sam", "nadia", labels=labels))
    assert (found.owner, found.to, found.clause) == ("nadia", "as asked", "redirect.just-work")
    assert found.words.endswith("so you are right here: I look at it.")
    assert answer(Call("mention", MORNING, "sam", labels=labels)).owner == "ivo", "asked of nobody it is the DRI's"


def test_colleagues_ask_each_other_what_they_like() -> None:
    assert answer(Call("direct message", MORNING, "erin", "nadia")) == Answer(
        "nadia", "as asked", "", "redirect.messages"
    )


def test_a_duty_that_is_not_urgent_is_answered_like_any_other() -> None:
    duties = tuple(replace(duty, urgent=False) for duty in BOOK.rotation.duties)
    found = answer(Call("incident", MORNING), book=a_handbook({"rotations.dri.duties": duties}))
    assert "has it and answers by Wed 3 Jun 10:00" in found.words


@pytest.mark.parametrize("holder", [None, NOBODY, "somebody-who-left"])
def test_while_nobody_is_on_duty_the_first_who_is_available_has_it(holder: str | None) -> None:
    found = answer(Call("customer", MORNING, "sam"), holder=holder)
    assert (found.owner, found.to) == ("", "duty")
    assert "Nobody is on duty for Distribution right now; the first of us who is available takes it." in found.words
    assert answer(Call("mention", MORNING, "sam", "nadia"), holder=holder).words.endswith(
        "Whoever is on duty for Distribution looks there first, so that it does not wait for one person."
    )
    found = answer(Call("customer", NIGHT, "sam", urgent=True), holder=holder)
    assert (found.owner, found.to) == ("", "on call")
    assert found.words.endswith(f"please take it to the on-call process ({CALL_PAGE}).")


def test_somebody_who_is_away_for_good_is_said_to_be() -> None:
    gone = PEOPLE | {"ivo": Person("Ivo", days=(), away=(Away(date(2026, 6, 1), date(2026, 6, 2)),))}
    assert "away until nobody knows when, has it and answers by Wed 3 Jun 10:00" in (
        answer(Call("customer", MORNING, "sam"), people=gone).words
    )


def test_another_team_has_other_redirects() -> None:
    none = a_handbook({"rotations.dri.redirects": ()}, base=BOOK)
    assert answer(Call("direct message", MORNING, "sam", "nadia"), book=none).owner == "ivo"
    first = replace(BOOK.rotation.redirects[1], ways=("customer", "direct message"))
    other = a_handbook({"rotations.dri.redirects": (first,)}, base=BOOK)
    assert answer(Call("customer", MORNING, "sam", "nadia"), book=other).to == "channel"
    assert answer(Call("mention", MORNING, "sam", "nadia"), book=other).to == "duty"
    bare = replace(BOOK, team=replace(BOOK.team, channel="", mention=""))
    assert answer(Call("direct message", MORNING, "sam", "nadia"), book=bare).to == "page"
