"""What came out upstream, mostly on the days on which it did, and what of it the team has; two issues about it.

The versions that the packages bundle are close to those of GitLab's own releases; the rest of the support is made up.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from msgspec.structs import replace

from handrail.demo.calendar import instant
from handrail.demo.cast_issues import planned
from handrail.demo.cast_reviews import utc
from handrail.demo.issues import IN_DEV
from handrail.demo.projects import OMNIBUS
from handrail.demo.story import Told
from handrail.model.items import Section
from handrail.model.support import Published, Support, Tracking


class _Release(NamedTuple):
    """A release: its day, the last one of its vendor's support, and the first of the team's releases that has it."""

    product: str
    release: str
    released: str
    ends: str = ""
    has: str = ""
    lts: bool = False
    minor: bool = False
    dropped: str = ""
    """The first that no longer has it."""


_SYSTEMS = (
    _Release("ubuntu", "24.04", "2024-04-25", "2029-05-31", "17.1", lts=True),
    _Release("ubuntu", "25.10", "2025-10-09", "2026-07-01"),
    _Release("ubuntu", "26.04", "2026-04-23", "2031-04-30", lts=True),
    _Release("debian", "12", "2023-06-10", "2026-06-10", "16.1"),
    _Release("debian", "13", "2025-08-09", "2028-08-09", "18.6"),
    _Release("debian", "13.5", "2026-05-16", has="19.0", minor=True),
    _Release("rhel", "10", "2025-05-20", "2030-05-31", "18.2"),
    _Release("rhel", "10.2", "2026-05-20", minor=True),
    _Release("almalinux", "10", "2025-05-27", "2030-05-31", "18.2"),
    _Release("almalinux", "10.2", "2026-05-26", minor=True),
    _Release("rocky-linux", "10", "2025-06-11", "2030-05-31", "18.3"),
    _Release("oracle-linux", "10", "2025-06-26", has="18.4"),
    _Release("centos-stream", "10", "2024-12-12", "2030-05-31", "17.9"),
    _Release("sles", "15.7", "2025-06-17", "2031-07-31", "18.3", minor=True),
    _Release("sles", "16", "2025-11-04", "2027-11-30", "18.8"),
    _Release("opensuse", "15.6", "2024-06-12", "2026-04-30", "17.2", minor=True),
    _Release("opensuse", "16", "2025-10-01", "2027-10-31", "18.7"),
    _Release("amazon-linux", "2", "2018-06-26", "2026-06-30", "13.0"),
    _Release("amazon-linux", "2023", "2023-03-01", "2027-06-30", "16.0"),
)
_CLUSTERS = (
    _Release("kubernetes", "1.33", "2025-04-23", "2026-04-28", "18.2"),
    _Release("kubernetes", "1.34", "2025-08-27", "2026-08-27", "18.5"),
    _Release("kubernetes", "1.35", "2025-12-17", "2026-12-28", "18.9"),
    _Release("kubernetes", "1.36", "2026-04-22", "2027-04-28"),
    _Release("helm", "3.18", "2025-05-19", has="18.2"),
    _Release("helm", "4.0", "2025-11-12", has="18.10"),
    _Release("helm", "4.2", "2026-05-13"),
)
_BUNDLED = (
    _Release("postgresql", "16", "2023-09-14", "2028-11-09", "17.4", dropped="19.0"),
    _Release("postgresql", "17", "2024-09-26", "2029-11-08", "18.8"),
    _Release("postgresql", "18", "2025-09-25", "2030-11-14"),
    _Release("redis", "7.2", "2023-08-15", has="18.0"),
    _Release("redis", "8.6", "2026-02-11"),
    _Release("valkey", "7.2", "2024-04-16", "2027-04-16", "18.10"),
    _Release("valkey", "9.1", "2026-05-19"),
    _Release("nginx", "1.29", "2025-06-24", "2026-05-13", "18.5", dropped="19.0"),
    _Release("nginx", "1.30", "2026-04-14", has="19.0"),
    _Release("nginx", "1.31", "2026-05-13"),
    _Release("ruby", "3.3", "2023-12-25", "2027-03-31", "18.8"),
    _Release("ruby", "4.0", "2025-12-25", "2029-03-31"),
    _Release("python", "3.12", "2023-10-02", "2028-10-31", "18.10"),
    _Release("python", "3.14", "2025-10-07", "2030-10-31"),
    _Release("prometheus", "3.11", "2026-04-02", has="19.0"),
    _Release("prometheus", "3.12", "2026-05-28", "2026-07-09"),
    _Release("alertmanager", "0.31", "2026-02-02", has="18.11"),
    _Release("consul", "1.21", "2025-05-06", has="18.5"),
    _Release("grafana", "12.4", "2026-02-24", "2027-05-24"),
    _Release("pgbouncer", "1.24", "2025-01-10", has="17.9"),
    _Release("curl", "8.15", "2025-07-16", has="18.5"),
    _Release("registry", "4.40", "2026-04-15", has="19.0"),
    _Release("patroni", "3.3", "2024-04-04", has="18.10"),
    _Release("gitlab-exporter", "16.4", "2025-12-15", has="18.9"),
    _Release("node-exporter", "1.9", "2025-02-17", has="18.0"),
    _Release("postgres-exporter", "0.15", "2023-10-27", has="16.8"),
    _Release("redis-exporter", "1.74", "2025-06-08", has="18.5"),
    _Release("pgbouncer-exporter", "0.11", "2025-05-05", has="18.2"),
    _Release("git", "2.53", "2026-02-01", has="18.10"),
    _Release("git", "2.54", "2026-04-19"),
)
_RELEASES = (*_SYSTEMS, *_CLUSTERS, *_BUNDLED)
_MOVED = ("debian", "12", date(2026, 5, 18), date(2026, 7, 11))
"""Whose end was put off, when that was seen, and to which day."""
_GAP = (("18.0", True), ("18.2", False))
"""PgBouncer 1.24 was taken back, and came again."""


_POSTGRESQL = f"{OMNIBUS}#8868"
_HELD = """\
postgresql 18 came out on 2025-09-25 and is to be supported within 3 to 5 milestones.
It is held until 2026-05-15: not all extensions have a build for it.

- [ ] A build or a CI job has it, so that it cannot break unseen
- [ ] Tests run on it and pass: installation, upgrade, what differs from the release before
- [ ] The documentation names it among what is supported
- [ ] The changelog says in which of our releases it comes
- [ ] The end of its vendor's support is noted where we drop what is old: 2030-11-14"""
"""As it was opened, under a hold that is over."""


def published() -> Iterator[Published]:
    """Each release as it was seen on the day on which it came out, and what was said otherwise later."""
    for one in _RELEASES:
        came = date.fromisoformat(one.released)
        ends = date.fromisoformat(one.ends) if one.ends else None
        told = Published(one.product, one.release, _noon(came), came, ends, lts=one.lts, minor=one.minor)
        yield told
        product, release, seen, later = _MOVED
        if (one.product, one.release) == (product, release):
            yield Published(product, release, _noon(seen), came, later)


def support() -> Iterator[Support]:
    """From which of the team's releases on something is there."""
    for one in _RELEASES:
        if one.has:
            yield Support(one.product, one.release, one.has, proof=_proof(one, one.has))
        if one.dropped:
            yield Support(one.product, one.release, one.dropped, absent=True, proof=_proof(one, one.dropped))
        if one.product == "pgbouncer":
            for milestone, absent in _GAP:
                yield Support(one.product, one.release, milestone, absent, _proof(one, milestone))


def tracking() -> Iterator[Told]:
    """Two issues about releases: one, opened by Handrail, is late, the other's work is done."""
    s = planned(_POSTGRESQL, "Support postgresql 18", "mara", "02-20 09:00", 2, "type::maintenance")
    s.label(utc("05-19 08:00"), "mara", "maintenance::dependency")
    s.assign(utc("05-19 08:00"), "mara", "mara")
    s.label(utc("05-25 08:00"), "mara", IN_DEV)
    s.comment(utc("06-01 08:30"), "mara")
    item, events = s.issue(weight=3)
    first, *rest = (line.removeprefix("- [ ] ") for line in _HELD.splitlines() if line.startswith("- "))
    part = _HELD.replace(f"- [ ] {first}", f"- [x] {first}\n- [ ] Ask who packages pgvector")
    sections = (Section("", 94, 1, 6, ("Ask who packages pgvector", *rest)),)
    yield replace(item, author="handrail", part=part, sections=sections), events
    s = planned(f"{OMNIBUS}#8869", "Support nginx 1.30", "selma", "04-15 09:00", 3, "type::maintenance")
    s.label(utc("04-15 09:00"), "selma", "maintenance::dependency")
    s.assign(utc("04-20 09:00"), "selma", "selma")
    s.comment(utc("05-29 09:30"), "selma")
    yield s.issue(weight=2)


def tracked() -> Iterator[Tracking]:
    """What Handrail knows of the one that it opened."""
    yield Tracking("postgresql-18", _POSTGRESQL, instant(utc("02-20 09:00")), _HELD)


def _proof(one: _Release, milestone: str) -> str:
    if one in _BUNDLED:
        return f"config/software/{one.product}.rb at {milestone}.0+ee.0"
    return f".gitlab-ci.yml at {milestone}.0+ee.0"


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
