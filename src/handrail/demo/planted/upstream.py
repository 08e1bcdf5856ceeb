"""What came out upstream: all of it supported in time, but for some of it, which has an issue or should have one."""

from datetime import date, timedelta

from handrail.demo.planted.days import RELEASES
from handrail.demo.planted.lives import Life
from handrail.demo.planted.world import World
from handrail.demo.projects import OMNIBUS
from handrail.model.support import Published, Support, Tracking

RULE = "support_clocks"
OVERDUE = "support::overdue"
_DEPENDENCIES = (
    "alertmanager", "consul", "curl", "git", "gitlab-exporter", "helm", "nginx", "node-exporter", "patroni",
    "pgbouncer", "pgbouncer-exporter", "postgres-exporter", "postgresql", "prometheus", "python", "redis",
    "redis-exporter", "registry", "ruby", "valkey",
)  # fmt: skip
_OTHERS = (
    "almalinux", "amazon-linux", "centos-stream", "debian", "kubernetes", "opensuse", "oracle-linux", "rhel",
    "rocky-linux", "sles", "ubuntu",
)  # fmt: skip
_UNKNOWN = "grafana"
"""Nobody reads its releases."""
_BEFORE, _IN = date(2025, 3, 1), "17.10"
"""A release of everything, and which of ours had it, less than a month later."""
_LATER = timedelta(days=6)
"""How long after its milestone a release of ours comes."""
_TEAM = "team"


def upstream(world: World) -> None:
    """What all have, then what is to be found."""
    for product in (*_DEPENDENCIES, *_OTHERS):
        _came(world, product, "1.0", _BEFORE, has=_IN)
    world.plant(RULE, "unknown", _TEAM)
    products = world.rng.sample(_DEPENDENCIES, 13)
    _without_issues(world, products[:7])
    _with_issues(world, products[7:])
    _said(world)
    _nearly(world)


def _came(  # noqa: PLR0913  # what may be said of a release
    world: World,
    product: str,
    release: str,
    day: date | None,
    *,
    has: str = "",
    ends: date | None = None,
    seen: float = 400,
    gone: bool = False,
) -> None:
    world.published.append(Published(product, release, world.ago(seen), day, ends, lts=True, gone=gone))
    if has:
        world.support.append(Support(product, release, has, proof="a file at its tag"))


def _before(title: str, number: int) -> date:
    """A day from which on a release of ours is the so many-th that comes, whether or not GitLab has its milestone."""
    titles = list(RELEASES)
    return RELEASES[titles[titles.index(title) - number]].due + _LATER + timedelta(days=1)


def _days_ago(world: World, days: int) -> date:
    return world.day.today - timedelta(days=days)


def _without_issues(world: World, products: list[str]) -> None:
    """Five are opened a week, the most pressing first."""
    for days, product in zip((300, 280, 120, 110, 100), products, strict=False):
        _came(world, product, "2.0", _days_ago(world, days + world.rng.randrange(5)))
        world.plant(RULE, "to-open", OMNIBUS, mendable=True)
    for product in products[5:]:
        _came(world, product, "2.0", _days_ago(world, world.rng.randrange(6)))
        world.plant(RULE, "later", OMNIBUS)


def _with_issues(world: World, products: list[str]) -> None:
    late, again, done, ended, moved, told = products
    _came(world, late, "2.0", _days_ago(world, 300))
    world.plant(RULE, "overdue", _issue(world, late), mendable=True)
    _came(world, again, "2.0", _days_ago(world, 40))
    life = _issue(world, again)
    life.label(world.ago(1), world.lead(), OVERDUE)
    world.plant(RULE, "in-time-again", life, mendable=True)
    _came(world, done, "2.0", _days_ago(world, 100), has="19.0")
    world.plant(RULE, "supported", _issue(world, done), mendable=True)
    _came(world, ended, "2.0", _days_ago(world, 100), ends=_days_ago(world, 3))
    world.plant(RULE, "not-needed", _ours(world, ended), mendable=True)
    _came(world, told, "2.0", _days_ago(world, 40))
    life, wrote = _ours(world, told), "It was due yesterday."
    life.facts["part"] = f"{wrote}\n\n- [x] Ask upstream"
    world.tracking.append(Tracking(f"{told}-2.0", life.ref, life.born, wrote))
    world.plant(RULE, "out-of-date", life, mendable=True)
    if world.day.calm not in world.day.lacks:
        _came(world, moved, "2.0", _before(world.day.calm, 3))
        world.plant(RULE, "plan", _issue(world, moved, "Backlog"), mendable=True)
    # An LTS is due with the second release; the one that comes next is the last in time.
    coming = next(title for title, one in RELEASES.items() if one.due + _LATER > world.day.today)
    _came(world, "ubuntu", "26.04", _before(coming, 2))
    world.plant(RULE, "due-soon", _issue(world, "ubuntu", release="26.04"))


def _issue(world: World, product: str, milestone: str | None = None, release: str = "2.0") -> Life:
    """One that a person opened."""
    return world.issue(OMNIBUS, title=f"Support {product} {release}", milestone=milestone)


def _ours(world: World, product: str) -> Life:
    """One that we opened: it is none of this week's."""
    life = world.issue(OMNIBUS, title=f"Support {product} 2.0", days=12)
    life.author = "handrail"
    return life


def _said(world: World) -> None:
    """Without an issue: what changed, has no date, ends, has ended and is gone."""
    today = world.day.today
    _came(world, "debian", "1.1", _BEFORE, has=_IN, ends=date(2029, 1, 1))
    _came(world, "debian", "1.1", _BEFORE, ends=date(2029, 6, 1), seen=world.rng.randint(2, 25))
    world.plant(RULE, "date-changed", _TEAM)
    _came(world, "sles", "2", None, seen=10)
    world.plant(RULE, "undated", _TEAM)
    _came(world, "opensuse", "1.1", _BEFORE, has=_IN, ends=today + timedelta(days=world.rng.randint(1, 170)))
    world.plant(RULE, "ends-soon", _TEAM)
    _came(world, "rhel", "1.1", _BEFORE, has=_IN, ends=today - timedelta(days=world.rng.randint(0, 60)))
    world.plant(RULE, "ended", _TEAM)
    _came(world, "almalinux", "1.1", _BEFORE, has=_IN)
    _came(world, "almalinux", "1.1", _BEFORE, gone=True, seen=9)
    world.plant(RULE, "gone", _TEAM)


def _nearly(world: World) -> None:
    """Nothing to find: it changed long ago, ends in a year, has ended and is dropped, and never was ours."""
    today = world.day.today
    _came(world, "centos-stream", "1.1", _BEFORE, has=_IN, ends=date(2029, 1, 1))
    _came(world, "centos-stream", "1.1", _BEFORE, ends=date(2029, 6, 1), seen=40)
    _came(world, "rocky-linux", "1.1", _BEFORE, has=_IN, ends=today + timedelta(days=365))
    _came(world, "oracle-linux", "0.9", _BEFORE, has=_IN, ends=today - timedelta(days=90))
    world.support.append(Support("oracle-linux", "0.9", "18.11", absent=True))
    _came(world, "amazon-linux", "0.8", _BEFORE, ends=today - timedelta(days=90))
    _came(world, "amazon-linux", "0.9", _BEFORE, ends=today + timedelta(days=90), gone=True)
    # Announced for next month, and done already by somebody who did not wait for us.
    _came(world, "kubernetes", "1.1", today + timedelta(days=30))
    _came(world, "debian", "2", _days_ago(world, 40), seen=39)
    world.closed(_issue(world, "debian", release="2"), 3)
