"""The timeline of support clocks: what it shows, how much of it, and that it can be drawn."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, get_args
from xml.etree import ElementTree as ET

from handrail.charts.drawing import as_svg
from handrail.charts.support_timeline import ROWS, as_spec
from handrail.charts.verdicts import COLOURS, SHAPES
from handrail.handbook.support import Hold
from handrail.model.support import WAITS, OwnRelease, Support, Upstream, Verdict
from handrail.support.clocks import clocks
from handrail.support.own_releases import OwnReleases
from handrail.testing import bundled

TODAY = date(2026, 6, 2)
UBUNTU = [
    Upstream("ubuntu", "20.04", "ubuntu_lts", date(2020, 4, 23)),
    Upstream("ubuntu", "24.04", "ubuntu_lts", date(2024, 4, 25)),
    Upstream("ubuntu", "26.04", "ubuntu_lts", date(2026, 4, 23)),
]
HAS = [Support("ubuntu", "20.04", "13.2"), Support("ubuntu", "24.04", "17.1")]
POOLER = Upstream("pgbouncer", "1.24", "dependency", date(2025, 1, 10))
OLD = Upstream("git", "2.20", "dependency", date(2020, 6, 1))


def spec(upstream: Iterable[Upstream], support: Sequence[Support] = (), *, whole: bool = False) -> dict[str, Any]:
    found = clocks(upstream, (), support, bundled().support, TODAY)
    return as_spec(found, OwnReleases((), TODAY).all, TODAY, whole=whole)


def rows(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["row"]: row for row in made["datasets"][made["layer"][0]["data"]["name"]]}


def texts(svg: str) -> list[str]:
    return ["".join(one.itertext()) for one in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def day(milliseconds: int) -> date:
    return date(1970, 1, 1) + timedelta(milliseconds=milliseconds)


def test_a_row_runs_from_the_release_to_our_support_or_to_today() -> None:
    made = rows(spec([*UBUNTU[1:], POOLER], HAS))
    assert list(made) == ["pgbouncer 1.24", "ubuntu 26.04", "ubuntu 24.04"]
    met, due, late = made["ubuntu 24.04"], made["ubuntu 26.04"], made["pgbouncer 1.24"]
    assert (day(met["start"]), day(met["due"]), day(met["end"])) == (
        date(2024, 4, 25),
        date(2024, 6, 20),
        date(2024, 6, 20),
    )
    assert (met["verdict"], met["says"], met["target"]) == ("met", "in 17.1", None)
    assert (day(due["end"]), due["verdict"], due["says"]) == (TODAY, "due-soon", "16 days left for 19.1")
    assert (day(late["target"]), day(late["due"]), late["says"]) == (
        date(2025, 3, 20),
        date(2025, 5, 15),
        "383 days late for 18.0",
    )
    assert [row["band"] for row in made.values()] == [True, False, False]


def test_what_was_supported_long_ago_is_shown_only_where_the_whole_is_asked_for() -> None:
    assert "ubuntu 20.04" not in rows(spec(UBUNTU, HAS))
    assert rows(spec(UBUNTU, HAS, whole=True))["ubuntu 20.04"]["says"] == "in 13.2, 30 days after due"


def test_where_there_is_nothing_else_what_is_old_is_shown() -> None:
    assert list(rows(spec(UBUNTU[:1], HAS))) == ["ubuntu 20.04"]


def test_milestones_may_be_many_and_called_anything() -> None:
    days = [TODAY - timedelta(days=number) for number in range(900)]
    own = [OwnRelease(f"the {number}th \x07 of a long name", day, day, day) for number, day in enumerate(days)]
    found = clocks(UBUNTU[1:], own, [Support("ubuntu", "24.04", own[9].title)], bundled().support, TODAY)
    drawn = texts(as_svg(as_spec(found, own, TODAY)))
    assert [one for one in drawn if one.startswith("in the 9th � of a long name, ")]
    assert len([one for one in drawn if one.startswith("the ")]) <= 23


def test_what_is_held_says_for_how_long() -> None:
    policies = replace(bundled().support, holds=(Hold("pgbouncer", "1.24", date(2026, 6, 3), "it breaks the pools"),))
    made = as_spec(clocks([POOLER], (), (), policies, TODAY), OwnReleases((), TODAY).all, TODAY)
    assert rows(made)["pgbouncer 1.24"]["says"] == "held until 2026-06-03"
    assert made["title"]["subtitle"].startswith("1 release, ")


def test_what_was_shipped_taken_back_and_shipped_again_is_seen_where_it_was_there() -> None:
    """Source: definitions 7, pgbouncer 1.24."""
    told = [Support("pgbouncer", "1.24", "17.9"), Support("pgbouncer", "1.24", "18.0", absent=True)]
    gone = spec([POOLER, UBUNTU[2]], told)
    back = spec([POOLER], [*told, Support("pgbouncer", "1.24.1", "18.2")])

    def stretches(made: dict[str, Any]) -> list[tuple[date, date]]:
        return [
            (day(one["from"]), day(one["to"])) for those in made["datasets"].values() for one in those if "from" in one
        ]

    first = (date(2025, 2, 20), date(2025, 5, 15))
    assert stretches(gone) == [first]
    assert stretches(back) == [first, (date(2025, 7, 17), TODAY)]
    assert rows(gone)["pgbouncer 1.24"]["says"] == "383 days late for 18.0, gone since 18.0"
    assert rows(back)["pgbouncer 1.24"]["says"] == "in 17.9, not in 18.0 to 18.1"
    assert [one.endswith("; dark line: while ours had what was taken back") for one in texts(as_svg(back))].count(True)
    assert stretches(spec(UBUNTU, HAS)) == []


def test_what_is_long_overdue_begins_at_the_edge() -> None:
    row = rows(spec([OLD]))["git 2.20"]
    assert (row["released"], row["target"], row["due"]) == (None, None, None)
    assert (day(row["start"]), day(row["end"])) == (date(2023, 5, 20), TODAY)


def test_of_many_what_is_not_supported_yet_comes_first_and_of_each_product_the_newest() -> None:
    many = [
        Upstream(f"product {number:02}", f"{release}.0", "dependency", date(2025, release, 1))
        for number in range(ROWS)
        for release in (1, 2, 3)
    ]
    support = [Support(f"product {number:02}", "3.0", "18.1") for number in range(0, ROWS, 2)]
    made = spec(many, support)
    assert made["title"]["subtitle"].startswith(f"{ROWS} of {len(many)} releases")
    shown = rows(made)
    assert len(shown) == ROWS
    waiting = [f"product {number:02} {release}.0" for number in range(1, ROWS, 2) for release in (3, 2)]
    assert list(shown) == waiting


def test_our_releases_stand_along_the_axis_as_many_as_have_room() -> None:
    named = texts(as_svg(spec([UBUNTU[2]])))
    assert {"18.11", "19.0", "19.1"} <= set(named)
    named = texts(as_svg(spec(UBUNTU, HAS, whole=True)))
    assert {"16.0", "18.0", "19.0"} <= set(named)
    assert "18.11" not in named


def test_it_is_drawn_with_its_words() -> None:
    named = texts(as_svg(spec([*UBUNTU, POOLER], HAS)))
    assert {"Support clocks on 2026-06-02", "pgbouncer 1.24", "383 days late for 18.0", "in 17.1"} <= set(named)
    assert {"overdue", "due-soon", "met"} <= set(named)


def test_odd_names_are_drawn_too() -> None:
    odd = [
        Upstream("a<b>&\"c'", "1.0", "dependency", date(2026, 1, 5)),
        Upstream("two\nlines\x07", "1\u202e2", "debian", date(2026, 1, 5)),
        Upstream("café 日本", "10.0-LTS", "other_major", TODAY),
    ]
    assert {"a<b>&\"c' 1.0", "two�lines� 1�2", "café 日本 10.0-LTS"} <= set(texts(as_svg(spec(odd))))


def test_no_two_verdicts_of_a_picture_are_told_apart_by_colour_alone() -> None:
    assert set(COLOURS) == set(SHAPES) == set(get_args(Verdict))
    assert len(set(SHAPES.values())) == len(SHAPES)
    assert {verdict for verdict in WAITS if COLOURS[verdict] == COLOURS["met"]} == set()
