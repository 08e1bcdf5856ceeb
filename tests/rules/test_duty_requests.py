"""Requests to whoever is on duty: what whoever asked hears, whom a passed time is said to, and in which words."""

from datetime import date

import pytest
from msgspec.structs import replace

from handrail.model.actions import Comment
from handrail.model.asked import Asked, Did, Step, after
from handrail.model.findings import Finding
from handrail.model.people import Away, Person
from handrail.plan.planner import make_plan
from handrail.rules.duty_requests import words_of
from handrail.testing import NOW, PEOPLE, a_handbook, a_snapshot, an_issue, at, check_rule
from tests.rules.worlds import rotation_issue

ITEM = an_issue(7, author="sam")
CAME = at("2026-06-02 13:00")
BOOK = a_handbook()
ONE = Asked(
    "Pods restart", "customer", "sam", CAME, "ivo", 3, ref=ITEM.ref, answer_due=at("2026-06-03 13:00"),
    steps=(Step(CAME, "sam", "came", "ivo"),),
)  # fmt: skip
UNTOLD = replace(ONE, answer_due=at("2026-06-02 13:30"))
LATE = after(UNTOLD, Step(at("2026-06-02 13:05"), "", "told"))


def found(one: Asked, **people: Person) -> list[Finding]:
    book = a_handbook({"people": {**PEOPLE, **people}} if people else None)
    return check_rule("duty_requests", a_snapshot(ITEM, handbook=book, asked=(one,)), book)


def then(one: Asked, did: str, by: str = "ivo", whom: str = "", moment: str = "2026-06-02 13:20") -> Asked:
    return after(one, Step(at(moment), by, did, whom))  # type: ignore[arg-type]


def comment(finding: Finding) -> Comment:
    (remedy,) = finding.remedies
    assert isinstance(remedy.change, Comment)
    return remedy.change


def test_whoever_asked_hears_who_has_it_and_by_when() -> None:
    (one,) = found(ONE)
    assert (one.code, one.subject, one.who, one.clause) == ("to-acknowledge", ITEM.ref, ("ivo",), "dri.office-hours")
    assert one.says == (
        "Ivo has request 3, “Pods restart” (customer, from @sam), and whoever asked does not know it yet."
    )
    said = comment(one)
    assert (said.to, said.topic) == (("sam",), "request-3-came")
    assert said.asks == "Ivo (`@ivo`) is on duty for Distribution, has this, and answers by Wed 3 Jun 13:00 (UTC)."


def test_the_words_are_those_of_when_it_came_whoever_has_it_now() -> None:
    assert comment(found(then(ONE, "handed over", whom="mara"))[0]).asks == comment(found(ONE)[0]).asks


def test_what_cannot_wait_and_came_outside_their_hours_names_the_on_call_process() -> None:
    night = at("2026-06-02 06:00")
    urgent = replace(ONE, urgent=True, asked_at=night, steps=(Step(night, "sam", "came", "ivo"),))
    assert f"outside Ivo’s office hours: if it cannot wait so long, there is {BOOK.on_call}." in (
        comment(found(urgent)[0]).asks
    )
    assert "on-call" not in comment(found(replace(urgent, urgent=False))[0]).asks
    assert "on-call" not in comment(found(replace(ONE, urgent=True))[0]).asks


def test_that_its_owner_is_away_is_said_where_the_answer_waits_for_it() -> None:
    today, back = at("2026-06-02 00:00").date(), at("2026-06-03 00:00").date()
    (one,) = found(ONE, ivo=Person("Ivo", away=(Away(today, today),)))
    says = "Ivo (`@ivo`) is on duty for Distribution, has this, and is away until "
    assert comment(one).asks == f"{says}Wed 3 Jun. Ivo answers by Wed 3 Jun 13:00 (UTC)."
    night = replace(ONE, urgent=True, asked_at=at("2026-06-02 06:00"))
    (one,) = found(night, ivo=Person("Ivo", away=(Away(today, back),)))
    assert comment(one).asks == (
        f"{says}Thu 4 Jun. One of us answers by Wed 3 Jun 13:00 (UTC). If it cannot wait so long, there is "
        f"{BOOK.on_call}."
    )
    (one,) = found(ONE, ivo=Person("Ivo", away=(Away(today, date(2040, 1, 1)),)))
    assert "is away until further notice. One of us answers" in comment(one).asks


@pytest.mark.parametrize("did", ["told", "answered", "took", "asked", "escalated", "done", "declined"])
def test_who_has_heard_is_not_told_again(did: str) -> None:
    assert found(then(ONE, did)) == []


def test_who_has_it_now_is_named_whoever_had_it_first() -> None:
    passed = then(ONE, "passed", "", "mara")
    assert comment(found(passed)[0]).asks.startswith(
        "Mara (`@mara`) is on duty for Distribution, has this, and answers"
    )
    given = then(then(ONE, "handed over", whom="mara"), "acknowledged", "mara")
    assert comment(found(given)[0]).asks.startswith("Mara (`@mara`) answers for Distribution, has this, and answers by")


def test_what_was_taken_in_late_is_acknowledged_and_asked_about() -> None:
    late, heard = found(UNTOLD)
    assert (late.code, heard.code, comment(heard).to) == ("late", "to-acknowledge", ("sam",))
    assert comment(heard).asks == (
        "Ivo (`@ivo`) is on duty for Distribution and has this. An answer was due by Tue 2 Jun 13:30 (UTC), and is "
        "being asked for."
    )
    assert [one.code for one in found(then(LATE, "acknowledged"))] == ["late"], "a colleague’s word is no answer"


def test_without_an_open_item_nothing_is_said_there() -> None:
    assert found(replace(ONE, ref="")) == []
    assert found(replace(ONE, ref=f"{ITEM.project}#8")) == []
    (late,) = found(replace(LATE, ref=""))
    assert (late.subject, late.period, late.remedies, late.who) == ("team", "request 3", (), ("ivo",))


def test_a_bot_that_asked_is_not_spoken_to() -> None:
    bot = BOOK.team.bots[0]
    snapshot = a_snapshot(replace(ITEM, author=bot), asked=(replace(ONE, asked_by=bot),))
    (one,) = check_rule("duty_requests", snapshot)
    assert one.remedies == ()


def test_who_asked_elsewhere_is_not_spoken_to_on_the_item() -> None:
    assert found(replace(ONE, asked_by="sammy", way="phone")) == []
    mentioned = a_snapshot(replace(ITEM, mentioned_by="ada"), asked=(replace(ONE, asked_by="ada"),))
    assert [comment(one).to for one in check_rule("duty_requests", mentioned)] == [("ada",)]


def test_a_passed_time_is_said_to_its_owner() -> None:
    (one,) = found(LATE)
    assert (one.code, one.severity, one.who) == ("late", "warning", ("ivo",))
    assert one.says.endswith("; an answer was due on Tue 2 Jun 13:30 (UTC).")
    said = comment(one)
    assert (said.to, said.topic) == (("ivo",), "request-3-late")
    assert "`@sam` can expect an answer by Tue 2 Jun 13:30 (UTC), and nobody has written yet. Could you" in said.asks
    assert "`@handrail hand over to @user`" in said.asks
    assert found(then(LATE, "answered")) == []
    assert [late.code for late in found(then(then(LATE, "told", ""), "chased", ""))] == ["late"]


def test_where_its_owner_is_away_those_hear_it_who_act_otherwise() -> None:
    gone = Person("Ivo", away=(Away(at("2026-06-01 00:00").date(), at("2026-06-30 00:00").date()),))
    (one,) = found(LATE, ivo=gone)
    assert one.who == comment(one).to == ("erin", "paul")


def test_what_was_handed_over_and_not_taken_is_said_to_the_other_after_a_day_of_theirs() -> None:
    passed = then(then(ONE, "asked", whom="nadia"), "handed over", whom="mara", moment="2026-06-01 14:00")
    (one,) = found(passed)
    assert (one.code, one.who) == ("not-taken", ("mara", "ivo"))
    assert one.says == (
        "Ivo handed request 3, “Pods restart” (customer, from @sam) over to Mara on Mon 1 Jun 14:00; it is Ivo’s still."
    )
    said = comment(one)
    assert (said.to, said.topic) == (("mara",), "request-3-passed-202606011400")
    assert "`@handrail take` does so" in said.asks
    assert found(then(passed, "acknowledged", "mara")) == []
    told = then(then(ONE, "asked"), "spoke", whom="mara", moment="2026-06-01 14:00")
    assert [one.code for one in found(told)] == ["not-taken"], "passed on in a conversation, too"
    assert found(then(then(ONE, "asked"), "handed over", whom="mara")) == [], "she has had no day yet"


def test_what_was_handed_to_the_next_is_asked_about_once_they_have_the_turn() -> None:
    came = at("2026-05-28 09:00")
    given = replace(
        ONE, asked_at=came, answer_due=None, steps=(Step(came, "sam", "came", "ivo"), Step(came, "", "told"))
    )
    given = after(given, Step(at("2026-05-28 10:00"), "ivo", "handed over", "mara", with_turn=True))
    for holder, now, codes in (
        ("ivo", "2026-06-02 14:00", []),
        ("mara", "2026-06-01 16:00", []),
        ("mara", "2026-06-02 14:00", ["not-taken"]),
    ):
        snapshot = a_snapshot(ITEM, rotation_issue(holder), asked=(given,), now=at(now))
        assert [one.code for one in check_rule("duty_requests", snapshot)] == codes


def test_what_nobody_has_is_said_to_those_who_can_act() -> None:
    nobodys = replace(ONE, owner="", steps=(Step(CAME, "sam", "came", ""),))
    (one,) = found(nobodys)
    assert (one.code, one.severity, one.who) == ("nobody", "breach", ("erin", "paul"))
    assert one.says.startswith("Nobody has request 3, “Pods restart” (customer, from @sam): nobody was on duty")
    left = replace(ONE, owner="lena", steps=(Step(CAME, "sam", "came", "lena"),))
    for gone in (left, then(left, "passed")):
        (said,) = found(gone)
        assert (said.code, said.who) == ("nobody", ("erin", "paul"))
        assert said.says.endswith("from @sam): @lena is not of the team any more.")
    passed = then(nobodys, "handed over", "erin", "mara", "2026-06-01 14:00")
    assert [(one.code, one.who) for one in found(passed)] == [("nobody", ("erin", "paul")), ("not-taken", ("mara",))]


def test_the_journals_keys_are_those_of_the_comments() -> None:
    pairs: tuple[tuple[Asked, Did], ...] = ((ONE, "told"), (LATE, "chased"))
    for one, did in pairs:
        (action,) = make_plan(found(one), a_snapshot(ITEM, asked=(one,)), BOOK).actions
        assert words_of(one)[did] == action.key
    assert a_snapshot(ITEM, asked=(ONE,), now=NOW).asked == (ONE,)
