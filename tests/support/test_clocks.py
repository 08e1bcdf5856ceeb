"""By when what came out upstream has to be supported, and whether it was."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from handrail.handbook.support import Hold, OutOfScope, Product, SupportPolicy
from handrail.handbook.support import Support as Policies
from handrail.model.planning import Milestone
from handrail.model.support import Gap, Published, Reading, Support, SupportClass, SupportClock, Upstream
from handrail.support.clocks import clocks, clocks_of, within
from handrail.support.own_releases import OwnReleases
from handrail.support.published import NO_LTS
from handrail.testing import a_snapshot, at, bundled

POLICIES = bundled().support
READINGS: tuple[Reading, ...] = ("nth_release_after", "milestone_in_progress_is_0", "calendar_months")
UBUNTU = Upstream("ubuntu", "24.04", "ubuntu_lts", date(2024, 4, 25), date(2029, 5, 31))
POOLER = Upstream("pgbouncer", "1.24", "dependency", date(2025, 1, 10))
LATER = date(2026, 6, 2)


def one_clock(
    one: Upstream, *support: Support, on: date = LATER, policies: Policies = POLICIES, reading: Reading | None = None
) -> SupportClock:
    (found,) = clocks([one], (), support, policies, on, reading)
    return found


def has(one: Upstream, milestone: str, *, version: str = "", absent: bool = False) -> Support:
    return Support(one.product, version or one.release, milestone, absent)


def test_in_time_or_too_late() -> None:
    met = one_clock(UBUNTU, has(UBUNTU, "17.1"))
    assert (met.verdict, met.due, met.due_milestone, met.target) == ("met", date(2024, 6, 20), "17.1", met.due)
    assert (met.supported_in, met.supported_on, met.days_left) == ("17.1", date(2024, 6, 20), None)
    assert (met.policy, met.clause) == ("within 2 milestones", "support.ubuntu")
    assert met.why == "17.1 has it, on the day it was due"
    assert one_clock(UBUNTU, has(UBUNTU, "17.0")).why == "17.0 has it, 35 days before it was due"
    late = one_clock(UBUNTU, has(UBUNTU, "17.2"), has(UBUNTU, "17.3"))
    assert (late.verdict, late.why) == ("missed", "17.2 was the first to have it, 28 days late")
    assert one_clock(UBUNTU, has(UBUNTU, "17.2"), reading="milestone_in_progress_is_0").verdict == "met"


@pytest.mark.parametrize(
    ("day", "verdict", "left", "why"),
    [
        (date(2024, 4, 25), "open", 56, "none of our releases has it yet; 2 releases of ours come by then"),
        (date(2024, 5, 16), "due-soon", 35, "none of our releases has it yet; 1 release of ours comes by then"),
        (date(2024, 6, 20), "due-soon", 0, "none of our releases has it yet; no more of them comes by then"),
        (date(2024, 6, 21), "overdue", -1, "none of our releases has it, 1 day after it was due"),
    ],
)
def test_not_yet(day: date, verdict: str, left: int, why: str) -> None:
    found = one_clock(UBUNTU, has(UBUNTU, "17.2"), on=day)
    assert (found.verdict, found.days_left, found.why) == (verdict, left, why)
    assert (found.supported_in, found.supported_on) == (None, None)


def test_a_dependency_has_a_sooner_target_and_a_newer_version_stands_for_it() -> None:
    found = one_clock(POOLER, has(POOLER, "17.9", version="1.25.1"))
    assert (found.target, found.due, found.due_milestone) == (date(2025, 3, 20), date(2025, 5, 15), "18.0")
    assert (found.policy, found.verdict, found.supported_in) == ("within 3 to 5 milestones", "met", "17.9")
    assert one_clock(POOLER, has(POOLER, "17.9", version="1.23.9")).verdict == "overdue"
    older = changed(UBUNTU, release="23.04")
    assert one_clock(older, has(UBUNTU, "17.1")).verdict == "overdue", "another system is no newer version"


def test_what_was_shipped_and_taken_back_is_not_there() -> None:
    """Source: definitions 7, pgbouncer 1.24."""
    history = (
        has(POOLER, "17.9", version="1.24.0"),
        has(POOLER, "18.0", absent=True),
        has(POOLER, "18.0", version="1.23.1"),
        has(POOLER, "18.2", version="1.24.1"),
    )
    gap = one_clock(POOLER, *history, on=date(2025, 7, 1))
    assert (gap.verdict, gap.supported_in) == ("overdue", "17.9")
    assert gap.why == "none of our releases has it, 47 days after it was due; since 18.0 it is gone"
    assert gap.gaps == (Gap("18.0", None, date(2025, 5, 15), None),)
    back = one_clock(POOLER, *history)
    assert back.gaps == (Gap("18.0", "18.1", date(2025, 5, 15), date(2025, 7, 17)),)
    assert (back.verdict, back.supported_in) == ("met", "17.9")
    assert back.why == "17.9 has it, 84 days before it was due; 18.0 to 18.1 were without it"
    short = one_clock(POOLER, *history[:2], has(POOLER, "18.1"), has(POOLER, "18.3", absent=True))
    assert short.why.endswith("; 18.0 was without it; since 18.3 it is gone")


def test_what_was_known_later_than_our_release_counts_from_that_day_on() -> None:
    told = changed(has(UBUNTU, "17.1"), since=date(2025, 3, 3))
    assert one_clock(UBUNTU, told, on=date(2025, 3, 2)).verdict == "overdue"
    found = one_clock(UBUNTU, told, on=date(2025, 3, 3))
    assert (found.verdict, found.supported_on) == ("met", date(2024, 6, 20)), "but it was in time"


def test_kubernetes_has_calendar_months_in_any_reading_and_a_window() -> None:
    released = [date(2025, 4, 23), date(2025, 8, 27), date(2025, 12, 17), date(2026, 4, 22)]
    out = [Upstream("kubernetes", f"1.{33 + n}", "kubernetes", day) for n, day in enumerate(released)]
    for reading in READINGS:
        found = clocks(out, (), (), POLICIES, LATER, reading)
        assert [one.verdict for one in found] == ["out-of-scope", "overdue", "overdue", "open"]
        assert (found[0].why, found[3].due) == ("only the newest 3 releases are supported", date(2026, 7, 22))
        assert (found[3].policy, found[3].due_milestone) == ("within 3 calendar months", "19.2")
    found = clocks(out, (), [Support("kubernetes", "1.33", "18.1")], POLICIES, LATER)
    assert found[0].verdict == "met", "what is there, is"


def test_a_hold_moves_what_is_late_and_not_what_is_due() -> None:
    hold = Hold("ubuntu", "24.04", date(2024, 8, 1), "waits for a builder image")
    held = replace(POLICIES, holds=(hold, Hold("debian", "24.04", date(2024, 9, 1), "another product")))
    waits = one_clock(UBUNTU, on=date(2024, 7, 1), policies=held)
    assert (waits.verdict, waits.due, waits.days_left) == ("held", date(2024, 6, 20), 31)
    assert waits.why == "held until 2024-08-01: waits for a builder image"
    assert one_clock(UBUNTU, on=date(2024, 8, 2), policies=held).verdict == "overdue"
    done = one_clock(UBUNTU, has(UBUNTU, "17.2"), policies=held)
    assert (done.verdict, done.why) == (
        "met",
        "17.2 has it, 14 days before it was due; it was held until 2024-08-01: waits for a builder image",
    )
    assert "held" not in one_clock(UBUNTU, has(UBUNTU, "17.1"), policies=held).why
    assert one_clock(UBUNTU, has(UBUNTU, "17.3"), policies=held).verdict == "missed"


def test_what_nobody_has_to_support() -> None:
    old = one_clock(changed(UBUNTU, released=date(2018, 4, 26)), has(UBUNTU, "13.0"))
    assert (old.verdict, old.due, old.target, old.days_left) == ("out-of-scope", None, None, None)
    assert (old.why, old.supported_in) == ("it is from before 13.0, the first of our releases that is known", "13.0")
    interim = one_clock(changed(UBUNTU, excluded="it is an interim release"))
    assert (interim.verdict, interim.why, interim.due) == ("out-of-scope", "it is an interim release", None)
    excepted = Product("ubuntu_lts", out_of_scope=(OutOfScope(("24.*",), "the team builds no images for it"),))
    named = one_clock(UBUNTU, policies=replace(POLICIES, products={"ubuntu": excepted}))
    assert (named.verdict, named.why) == ("out-of-scope", "the team builds no images for it")
    assert one_clock(changed(UBUNTU, release="22.04"), policies=replace(POLICIES, products={"ubuntu": excepted})).due
    ended = one_clock(changed(UBUNTU, ends=date(2026, 1, 1)))
    assert ended.why == "its vendor’s support ended on 2026-01-01, and none of our releases has it"
    unknown = one_clock(UBUNTU, policies=replace(POLICIES, policies={}))
    assert (unknown.verdict, unknown.policy, unknown.clause) == ("out-of-scope", "", "")
    assert unknown.why == "the handbook has no policy for it"


def test_a_product_may_have_a_policy_of_its_own() -> None:
    slow = SupportPolicy("an exception", "support.ubuntu", milestones=6)
    its_own = {"ubuntu": Product("ubuntu_lts", policy="slow")}
    policies = replace(POLICIES, policies={**POLICIES.policies, "slow": slow}, products=its_own)
    assert one_clock(UBUNTU, policies=policies).due_milestone == "17.5"


def test_the_end_of_a_vendors_support_is_said_half_a_year_before() -> None:
    there = has(UBUNTU, "17.1")
    assert one_clock(UBUNTU, there, on=date(2028, 11, 29)).notice == ""
    soon = one_clock(UBUNTU, there, on=date(2028, 11, 30))
    assert soon.notice == "its vendor’s support ends on 2029-05-31: announce now that it will be dropped then"
    over = one_clock(UBUNTU, there, on=date(2029, 5, 31))
    assert over.verdict == "met"
    assert over.notice == "its vendor’s support ended on 2029-05-31, and our releases still have it"
    assert one_clock(UBUNTU, there, has(UBUNTU, "19.0", absent=True), on=date(2029, 5, 31)).notice == ""
    assert one_clock(POOLER, has(POOLER, "17.9")).notice == ""
    ended = changed(POOLER, ends=date(2026, 1, 1))
    assert one_clock(ended, has(POOLER, "17.9", version="1.24.3")).notice != ""
    assert one_clock(ended, has(POOLER, "17.9", version="1.25.0")).notice == "", "that is another release"


def test_policies_in_words() -> None:
    debian = POLICIES.policies["debian"]
    assert within(debian, "milestone_in_progress_is_0") == "within 3 milestones after the one in progress"
    assert within(debian, "calendar_months") == "within 3 milestones, counted as calendar months"
    assert within(SupportPolicy("x", "y", months=1), "calendar_months") == "within 1 calendar month"


def test_rows_come_by_product_and_version_whatever_their_order() -> None:
    versions = ["9.10", "10.0-LTS", "9.9", "2025.09"]
    out = [Upstream(product, version, "other_minor", date(2025, 1, 1)) for product in "ba" for version in versions]
    found = [(one.upstream.product, one.upstream.release) for one in clocks(out, (), (), POLICIES, LATER)]
    assert found == [(product, version) for product in "ab" for version in ("9.9", "9.10", "10.0-LTS", "2025.09")]


# --- of a snapshot --------------------------------------------------------------------------------------------

SEEN = at("2024-05-01 09:00")
JULY = at("2024-07-01 09:00")


def of_the_team(*published: Published, on: datetime = JULY) -> list[SupportClock]:
    snapshot = replace(
        a_snapshot(),
        now=on,
        published=published,
        milestones={"17.1": Milestone("17.1", date(2024, 5, 11), date(2024, 6, 21)), "Backlog": Milestone("Backlog")},
        support=(Support("ubuntu", "24.04", "17.1"),),
    )
    return clocks_of(
        snapshot, replace(POLICIES, products={"ubuntu": Product("ubuntu_lts", "other_minor", lts_only=True)})
    )


def test_what_is_published_gets_the_class_that_the_handbook_gives_it() -> None:
    found = of_the_team(
        Published("ubuntu", "24.04.1", SEEN, date(2024, 5, 29), lts=True, minor=True),
        Published("ubuntu", "24.04", SEEN, date(2024, 4, 25), lts=True),
        Published("ubuntu", "23.10", SEEN, date(2023, 10, 12)),
        Published("ubuntu", "26.04", SEEN),
        Published("ubuntu", "22.04", SEEN, date(2022, 4, 1), lts=True, gone=True),
        Published("fedora", "40", SEEN, date(2024, 4, 23)),
    )
    assert [(one.upstream.release, one.upstream.kind, one.verdict) for one in found] == [
        ("23.10", "ubuntu_lts", "out-of-scope"),
        ("24.04", "ubuntu_lts", "met"),
        ("24.04.1", "other_minor", "open"),
    ]
    assert found[0].why == NO_LTS
    assert found[1].supported_on == date(2024, 6, 27), "GitLab's milestone wins, as late as it was due"


def test_a_date_that_changed_counts_from_when_that_was_seen() -> None:
    before = Published("ubuntu", "24.04", SEEN, date(2024, 4, 25), lts=True)
    after = changed(before, seen=at("2024-06-30 09:00"), released=date(2024, 4, 18))
    for on, day in (("2024-04-30", 25), ("2024-06-29", 25), ("2024-07-01", 18)):
        (found,) = of_the_team(after, before, on=at(f"{on} 09:00"))
        assert found.upstream.released == date(2024, 4, day)


# --- whatever is asked ----------------------------------------------------------------------------------------

KINDS: tuple[SupportClass, ...] = ("dependency", "ubuntu_lts", "debian", "other_major")
DAYS = st.dates(date(2020, 6, 1), date(2026, 6, 1))
RELEASED = {one.title: one.released for one in OwnReleases((), LATER).all}
OUT = st.builds(
    Upstream,
    st.sampled_from("ab"),
    st.sampled_from(["1.9", "1.10", "2", "2.1"]),
    st.sampled_from(["dependency", "debian"]),
    DAYS,
    st.none() | DAYS,
)
SUPPORTED = st.builds(
    Support,
    st.sampled_from("ab"),
    st.sampled_from(["1.9", "1.10.2", "2"]),
    st.sampled_from([title for title, day in RELEASED.items() if day < date(2027, 1, 1)]),
    st.booleans(),
    since=st.none() | DAYS,
)


@given(st.sampled_from(KINDS), DAYS, DAYS, st.sampled_from(READINGS))
def test_what_comes_out_later_is_never_due_earlier(
    kind: SupportClass, one: date, other: date, reading: Reading
) -> None:
    out = [Upstream("a", str(n), kind, day) for n, day in enumerate(sorted((one, other)))]
    first, second = clocks(out, (), (), POLICIES, LATER, reading)
    assert (first.target or LATER) <= (second.target or LATER)
    assert (first.due or LATER) <= (second.due or LATER)


@given(st.lists(OUT, max_size=6), st.lists(SUPPORTED, max_size=8), DAYS)
def test_a_past_day_knows_nothing_of_what_came_later(out: list[Upstream], support: list[Support], day: date) -> None:
    came = [one for one in out if one.released <= day]
    shipped = [one for one in support if max(RELEASED[one.milestone], one.since or date.min) <= day]
    assert clocks(out, (), support, POLICIES, day) == clocks(came, (), shipped, POLICIES, day)


@given(st.lists(OUT, max_size=6), st.lists(SUPPORTED, max_size=8))
def test_readings_differ_in_what_is_due_alone(out: list[Upstream], support: list[Support]) -> None:
    def shown(found: Sequence[SupportClock]) -> list[object]:
        return [(one.upstream, one.supported_in, one.supported_on, one.clause, one.notice) for one in found]

    first, *others = (shown(clocks(out, (), support, POLICIES, LATER, reading)) for reading in READINGS)
    assert others == [first, first]


@given(OUT, st.lists(SUPPORTED, max_size=8), st.sampled_from(READINGS))
def test_a_verdict_says_what_the_dates_say(one: Upstream, support: list[Support], reading: Reading) -> None:
    (found,) = clocks([one], (), support, POLICIES, LATER, reading)
    assert found.due is not None
    match found.verdict:
        case "met" | "missed":
            assert found.supported_on is not None
            assert (found.supported_on > found.due) == (found.verdict == "missed")
        case "out-of-scope":
            assert one.ends is not None
            assert one.ends <= LATER
        case _:
            assert (found.due < LATER) == (found.verdict == "overdue")
    assert (found.days_left is None) == (found.verdict in {"met", "missed", "out-of-scope"})
    assert found.days_left is None or LATER + timedelta(days=found.days_left) == found.due
