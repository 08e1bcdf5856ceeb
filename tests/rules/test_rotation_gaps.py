"""Weeks that nobody has, and swaps that nobody takes: found in time, for those who can do something about it."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from handrail.engine.assemble import assemble
from handrail.model.actions import Comment
from handrail.model.duty import Began, Covered, Happened, LogEntry, SwapOffered, SwapTaken, TurnBegan, WentAway
from handrail.model.facts import Team
from handrail.model.findings import Finding
from handrail.model.people import Person
from handrail.model.snapshot import Snapshot
from handrail.testing import Told, a_handbook, a_snapshot, an_issue, at, check_rule, told

NOW = at("2026-06-02 10:00")
MONDAY, WEEK, DAY = at("2026-06-01 09:00"), timedelta(weeks=1), timedelta(days=1)
PEOPLE = {
    "nadia": Person("Nadia"),
    "ivo": Person("Ivo"),
    "erin": Person("Erin", roles=("engineering_manager",)),
}
BOOK = a_handbook(people=PEOPLE)
SECOND = replace(BOOK.rotation, name="Release manager", project="")
BOTH = replace(BOOK, rotations={**BOOK.rotations, "releases": SECOND})
BEGAN = (Began(date(2026, 6, 1), ("ivo", "nadia")), TurnBegan(MONDAY, "ivo"))
OFFERED = (
    "Nadia would like to be replaced as Distribution DRI from Mon 8 Jun 09:00 to Mon 15 Jun 09:00, and nobody has "
    "taken it yet."
)
ILL = (
    "Ivo is Distribution DRI from Mon 1 Jun 09:00 to Mon 8 Jun 09:00, and away for most of what is left: please find "
    "somebody who covers it."
)


def away(first: date, last: date) -> tuple[WentAway, ...]:
    return tuple(WentAway(name, first, last, "summer camp") for name in ("ivo", "nadia"))


def seen(*happened: Happened, rotation: str = "dri", now: datetime = NOW) -> Snapshot:
    log = tuple(LogEntry(number, MONDAY, "erin", what) for number, what in enumerate(happened, 1))
    return assemble(Told((), Team(now, duty={rotation: log})), BOTH)


def found(*happened: Happened, rotation: str = "dri", now: datetime = NOW) -> list[Finding]:
    return check_rule("rotation_gaps", seen(*happened, rotation=rotation, now=now), BOTH)


def test_a_week_that_everybody_is_away_for_is_the_managers() -> None:
    (one,) = found(*BEGAN, *away(date(2026, 7, 14), date(2026, 7, 15)), *away(date(2026, 6, 14), date(2026, 6, 20)))
    assert told([one]) == ["nobody team"]
    assert one.says == (
        "Nobody is available as Distribution DRI from Mon 15 Jun 09:00 to Mon 22 Jun 09:00: please find somebody who "
        "covers it."
    )
    assert (one.who, one.severity, one.period) == (("erin",), "warning", "2026-06-15")
    assert [(fact.what, fact.at) for fact in one.evidence] == [
        ("it begins", MONDAY + 2 * WEEK),
        ("Ivo is away to Sat 20 Jun: summer camp", None),
        ("Nadia is away to Sat 20 Jun: summer camp", None),
    ]


def test_within_a_week_it_is_urgent_and_found_while_it_lasts() -> None:
    off = away(date(2026, 6, 8), date(2026, 6, 12))
    assert [one.severity for one in found(*BEGAN, *off)] == ["breach"]
    assert [one.period for one in found(*BEGAN, *off, now=NOW + WEEK)] == ["2026-06-08"]
    assert found(*BEGAN, *off, now=NOW + 2 * WEEK) == []


@pytest.mark.parametrize(("last", "is_told"), [(4, False), (5, True)])
def test_who_falls_ill_in_their_week_is_told_where_most_of_it_is_gone(last: int, is_told: bool) -> None:
    """On Tuesday morning 4 days are left, of which two are half."""
    ill = WentAway("ivo", date(2026, 6, 3), date(2026, 6, last), "ill")
    those = found(*BEGAN, ill, now=at("2026-06-02 09:00"))
    assert [(one.code, one.who, one.severity, one.says) for one in those] == [
        (
            "away",
            ("erin",),
            "breach",
            ILL,
        )
    ] * is_told
    assert found(*BEGAN, ill, Covered("nadia", NOW, MONDAY + WEEK)) == []


def test_whoever_stands_in_and_goes_away_after_all_is_told() -> None:
    stands_in = Covered("erin", MONDAY + WEEK, MONDAY + 2 * WEEK)
    (one,) = found(*BEGAN, stands_in, WentAway("erin", date(2026, 6, 8), date(2026, 6, 12)))
    assert one.says.startswith("Erin is Distribution DRI from Mon 8 Jun 09:00 to Mon 15 Jun 09:00, and away for most")
    (one,) = found(*BEGAN, Covered("somebody-else", MONDAY, MONDAY + WEEK))
    assert (one.code, one.who, one.severity) == ("away", ("erin",), "breach")
    gone = ILL.replace("Ivo", "@somebody-else").replace("away for most of what is left", "not of the team any more")
    assert one.says == gone


def test_each_week_is_found_as_far_ahead_as_is_looked() -> None:
    off = away(date(2026, 6, 7), date(2026, 8, 31))
    assert [one.period for one in found(*BEGAN, *off)] == ["2026-06-08", "2026-06-15", "2026-06-22", "2026-06-29"]
    near = a_handbook({"rules.rotation_gaps": {"weeks": 1}}, base=BOTH, people=PEOPLE)
    assert [one.period for one in check_rule("rotation_gaps", seen(*BEGAN, *off), near)] == ["2026-06-08"]


def test_the_managers_hear_of_a_week_that_is_near_on_the_rotations_issue() -> None:
    shift, before = (
        an_issue(number, project=BOOK.rotation.project, title=BOOK.rotation.title.format(start=start))
        for number, start in ((2, "2026-06-01"), (1, "2026-05-25"))
    )
    off: tuple[Happened, ...] = (*BEGAN, *away(date(2026, 6, 8), date(2026, 6, 12)))
    log = tuple(LogEntry(number, MONDAY, "erin", what) for number, what in enumerate(off, 1))
    facts = Told(((shift, ()), (before, ())), Team(NOW, duty={"dri": log}))
    (one,) = check_rule("rotation_gaps", assemble(facts, BOOK), BOOK)
    (remedy,) = one.remedies
    assert isinstance(remedy.change, Comment)
    assert (remedy.subject, remedy.change.to, remedy.change.topic) == (shift.ref, ("erin",), "nobody-2026-06-08")
    assert remedy.change.asks == f"{one.says} Until then every request stays with whoever has it."
    bare = a_handbook(people={name: person for name, person in PEOPLE.items() if name != "erin"})
    assert [each.remedies for each in check_rule("rotation_gaps", assemble(facts, bare), bare)] == [()]


def test_whoever_is_found_ends_it() -> None:
    stands_in = Covered("erin", MONDAY + WEEK, MONDAY + 2 * WEEK)
    assert found(*BEGAN, *away(date(2026, 6, 8), date(2026, 6, 12)), stands_in) == []
    assert found(*BEGAN) == []


def test_every_rotation_that_is_kept_is_asked_about() -> None:
    (one,) = found(*BEGAN, *away(date(2026, 6, 8), date(2026, 6, 12)), rotation="releases")
    assert one.says.startswith("Nobody is available as Release manager from Mon 8 Jun")
    shift = an_issue(1, project=BOOK.rotation.project, title=BOOK.rotation.title.format(start="2026-06-01"))
    assert check_rule("rotation_gaps", a_snapshot(shift, handbook=BOTH, now=NOW), BOTH) == []


@pytest.mark.parametrize(("days", "is_told"), [(5, True), (6, False)])
def test_a_swap_that_nobody_takes_is_told_some_days_before(days: int, is_told: bool) -> None:
    offer = SwapOffered("nadia", MONDAY + WEEK, MONDAY + 2 * WEEK)
    those = found(*BEGAN, offer, now=MONDAY + WEEK - days * DAY)
    assert [(one.code, one.who, one.says) for one in those] == [
        (
            "offered",
            ("nadia", "erin"),
            OFFERED,
        )
    ] * is_told


def test_a_swap_that_is_taken_or_of_no_use_any_more_is_not_told() -> None:
    offer = SwapOffered("nadia", MONDAY + WEEK, MONDAY + 2 * WEEK)
    soon = MONDAY + WEEK - DAY
    assert found(*BEGAN, offer, SwapTaken(3, "ivo"), now=soon) == []
    assert found(*BEGAN, offer, Covered("erin", offer.start, offer.end), now=soon) == []
