"""Support clocks: the facts of ../shared/releases as they stand, and 5,000 releases that were made up."""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from time import process_time
from typing import Any, NamedTuple, get_args

from bench.figures import Figure, median
from bench.files import ROOT
from handrail.handbook.load import load
from handrail.handbook.support import Support as Policies
from handrail.model.support import OwnRelease, Reading, Support, SupportClass, Upstream
from handrail.rules.catalogue import whole_handbook
from handrail.support.clocks import clocks as evaluated
from handrail.worktime import release_calendar

SHARED = ROOT.parent / "shared" / "releases"
TODAY = date(2026, 8, 22)
"""The day of the facts."""
KINDS: dict[str, SupportClass] = {
    "kubernetes": "kubernetes",
    "ubuntu": "ubuntu_lts",
    "debian": "debian",
    **dict.fromkeys(("rhel", "almalinux", "rocky-linux", "oracle-linux", "centos", "centos-stream"), "rhel_and_clones"),
    **dict.fromkeys(("amazon-linux", "sles", "opensuse", "alpine-linux", "fedora", "suse-linux-micro"), "other_major"),
}
"""Whatever else there is counts as a dependency."""
PRODUCTS, EACH = 100, 50
SECONDS = 1.0
RUNS, QUICK_RUNS = 9, 3


class Facts(NamedTuple):
    """What the clocks are evaluated on."""

    upstream: list[Upstream]
    own: list[OwnRelease]
    support: list[Support]


def clocks(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """Every clock of both, evaluated anew each time, under each of the readings."""
    say("support clocks")
    group = "Support clocks"
    policies = load(None, whole_handbook()).support
    runs = QUICK_RUNS if quick else RUNS
    if SHARED.is_dir():
        facts = recorded()
        products = len({one.product for one in facts.upstream})
        note = f"{len(facts.upstream):,} releases of {products} products; {_ours(facts)}"
        yield Figure(group, "the facts of ../shared/releases", _seconds(facts, policies, runs), "s", SECONDS, note)
    else:
        yield Figure(group, "the facts of ../shared/releases", None, "", note="not measured: they are not there")
    facts = made_up()
    note = f"of {PRODUCTS} products, made up; {_ours(facts)}"
    yield Figure(group, f"{len(facts.upstream):,} releases", _seconds(facts, policies, runs), "s", SECONDS, note)


def recorded() -> Facts:
    """What endoflife.date and the tags of four projects had on the day, and the versions that our releases bundle.

    A version of the four is a release of its line X.Y, from the line's first version on.
    """
    upstream = [
        Upstream(
            file.stem,
            one["name"],
            KINDS.get(file.stem, "dependency"),
            _day(one["releaseDate"]),
            one["eolFrom"] and _day(one["eolFrom"]),
        )
        for file in sorted((SHARED / "endoflife" / "api_v1" / "products").glob("*.json"))
        for one in _read(file)["result"]["releases"]
        if one["releaseDate"]
    ]
    for product, told in _read(SHARED / "other_git_tag_releases.json").items():
        lines: dict[str, date] = {}
        for version, day in told["versions"].items():
            line = ".".join(version.split(".")[:2])
            lines[line] = min(lines.get(line, TODAY), _day(day))
        upstream += [Upstream(product, line, "dependency", day) for line, day in lines.items()]
    support: list[Support] = []
    bundled = _read(SHARED / "gitlab" / "bundled_versions_by_gitlab_release.json")["releases"]
    for milestone, versions in bundled.items():
        for product, told in versions.items():
            if product != "release_date_official":
                found = told if isinstance(told, list) else [told]
                support += [Support(product, version, milestone) for version in found]
    own = [
        OwnRelease(
            one["version"], _day(one["milestone_start"]), _day(one["milestone_due"]), _day(one["release_date_official"])
        )
        for one in _read(SHARED / "gitlab" / "gitlab_releases.json")["releases"]
    ]
    return Facts(upstream, own, support)


def made_up() -> Facts:
    """Products with a release every two months or so, each of which ours have a while later, or never."""
    lots = Random(6)
    own, title = [], "13.0"
    while (found := release_calendar.milestone(title)) and found.release <= TODAY:
        own.append(OwnRelease(found.title, found.start, found.due, found.release))
        title = release_calendar.next_title(title) or ""
    kinds = get_args(SupportClass)
    upstream: list[Upstream] = []
    support: list[Support] = []
    for number in range(PRODUCTS):
        product, kind = f"product-{number}", kinds[number % len(kinds)]
        for release in range(EACH):
            day = own[0].released + timedelta(days=45 * release + lots.randrange(45))
            upstream.append(Upstream(product, f"{release // 10}.{release % 10}", kind, day, day + timedelta(days=720)))
            later = [one.title for one in own if one.released > day][lots.randrange(8) :]
            support += [Support(product, f"{upstream[-1].release}.{patch}", one) for patch, one in enumerate(later[:6])]
    return Facts(upstream, own, support)


def _seconds(facts: Facts, policies: Policies, runs: int) -> float:
    """Of the processor, the middle one of all runs, under each of the readings in turn."""
    taken = []
    for _ in range(runs):
        for reading in get_args(Reading):
            started = process_time()
            evaluated(*facts, policies, TODAY, reading)
            taken.append(process_time() - started)
    return median(taken)


def _ours(facts: Facts) -> str:
    return f"{len(facts.support):,} versions in {len(facts.own)} of ours, {facts.own[0].title} to {facts.own[-1].title}"


def _read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _day(text: str) -> date:
    return date.fromisoformat(text)
