"""The people of the demo team. All are invented."""

from datetime import date, timedelta
from random import Random

from handrail.model.people import Away, Person, Role, Weekday

BOTS = frozenset({"gitlab-bot", "gitlab-renovate-bot"})
BOT, RENOVATE = "gitlab-bot", "gitlab-renovate-bot"
GROUPS = ("build", "deploy")
OUTSIDERS = (
    "amelie-v",
    "brightfjord",
    "cloudhopper",
    "dsorel",
    "ekolo",
    "fjellrev",
    "gridwalker",
    "hmorita",
    "ilvesk",
    "jpaxton",
)
"""Community contributors and people who report issues."""
NEIGHBOURS = ("geo-lena", "geo-okoro", "gitaly-brandt", "registry-suvi", "support-ramon", "support-thea")
"""People of other teams."""

_FOUR_DAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu")
_ZONES: tuple[tuple[str, str, str | None], ...] = (
    ("America/Toronto", "CA", "ON"),
    ("Europe/Sofia", "BG", None),
    ("Europe/Berlin", "DE", "BE"),
    ("Europe/Helsinki", "FI", None),
    ("Asia/Kolkata", "IN", "KA"),
    ("America/Denver", "US", "CO"),
    ("Australia/Brisbane", "AU", "QLD"),
    ("Asia/Manila", "PH", None),
)
_MORE = [
    "aino",
    "alvaro",
    "anouk",
    "arjun",
    "beatriz",
    "bogdan",
    "camille",
    "cedric",
    "dalia",
    "darius",
    "edda",
    "elio",
    "emre",
    "farah",
    "felix",
    "greta",
    "hana",
    "hugo",
    "ines",
    "isak",
    "jelena",
    "jonas",
    "kaya",
    "kenji",
    "laila",
    "leon",
    "lucia",
    "magnus",
    "maren",
    "milo",
    "nuria",
    "oskar",
    "paula",
    "quentin",
    "rasmus",
    "runa",
    "samir",
    "sofie",
    "tarek",
    "tilda",
    "uma",
    "vera",
    "viktor",
    "willa",
    "yann",
    "yuki",
    "zarah",
    "zeno",
]


def people(count: int) -> dict[str, Person]:
    """The first ``count`` people by user name: fourteen written by hand, then as many as are asked for."""
    known = dict(list(_cast().items())[:count])
    for number in range(len(known), count):
        turn, at = divmod(number - 14, len(_MORE))
        username = f"{_MORE[at]}{turn + 1}" if turn else _MORE[at]
        zone, country, subdivision = _ZONES[number % len(_ZONES)]
        known[username] = Person(
            name=username.capitalize(),
            zone=zone,
            country=country,
            subdivision=subdivision,
            groups=(GROUPS[number % 2],),
            roles=("staff_engineer",) if number % 17 == 0 else ("engineer",),
            away=_time_off(username),
        )
    return known


def _cast() -> dict[str, Person]:
    both = GROUPS
    return {
        "nadia": _one("Nadia", 0, "build"),
        "ivo": _one("Ivo", 1, "build"),
        "mara": _one("Mara", 2, "build", role="staff_engineer"),
        "timo": _one("Timo", 3, "deploy", hours=("08:00-16:00",)),
        "asha": _one("Asha", 4, "build", hours=("09:30-13:00", "14:30-19:00")),
        "jesse": _one("Jesse", 5, "deploy"),
        "callum": _one("Callum", 6, "deploy", off=((date(2026, 6, 3), date(2026, 6, 5), "time off"),)),
        "lindy": _one("Lindy", 7, "deploy", off=((date(2026, 5, 28), date(2026, 6, 10), "time off"),)),
        "odile": _one("Odile", 0, *both, role="engineering_manager", subdivision="QC"),
        "pilar": _one("Pilar", 2, *both, role="product_manager"),
        "henrik": _one("Henrik", 2, "deploy", role="staff_engineer", subdivision="BY"),
        "selma": _one("Selma", 1, "build", days=_FOUR_DAYS, hours=("08:30-17:30",)),
        "rohan": _one("Rohan", 4, "deploy", hours=("11:00-19:00",), subdivision="MH"),
        "wren": _one(
            "Wren",
            5,
            "build",
            hours=("07:30-15:30",),
            off=((date(2026, 6, 15), date(2026, 6, 26), "time off"),),
        ),
    }


def _one(
    name: str,
    zone: int,
    *groups: str,
    role: Role = "engineer",
    hours: tuple[str, ...] = ("09:00-17:00",),
    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri"),
    subdivision: str | None = None,
    off: tuple[tuple[date, date, str], ...] = (),
) -> Person:
    where, country, part = _ZONES[zone]
    away = _time_off(name.lower()) + tuple(Away(*stretch) for stretch in off)
    return Person(name, where, hours, days, country, subdivision or part, groups, (role,), away)


def _time_off(username: str) -> tuple[Away, ...]:
    """Three to four stretches a year until April 2026; what is near the present is written by hand."""
    rng = Random(f"time off of {username}")
    found = []
    day = date(2024, 6, 1) + timedelta(days=rng.randrange(90))
    while day < date(2026, 4, 20):
        long = rng.random()
        last = day + timedelta(days=13 if long < 0.25 else 4 if long < 0.7 else 0)
        sick = last == day and rng.random() < 0.5
        found.append(Away(day, last, "sick leave" if sick else "time off"))
        day = last + timedelta(days=50 + rng.randrange(90))
    return tuple(found)
