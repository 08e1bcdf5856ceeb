"""What was asked of whoever is on duty: answered in time and late, handed over and not acknowledged, open."""

from collections.abc import Iterator

from msgspec.structs import replace

from handrail.demo.calendar import END, HOUR, instant
from handrail.demo.cast_reviews import utc
from handrail.demo.crew import Crew
from handrail.demo.projects import CHARTS, OMNIBUS
from handrail.model.asked import Asked, Did, Step, Way, after

_ANSWER, _URGENT = 8 * HOUR, HOUR
"""How much of their own working time people have for an answer."""


def asked_of_duty(crew: Crew) -> Iterator[Asked]:
    """All of it, by number."""
    for number, told in enumerate(_told(crew), 1):
        yield told.numbered(number)


class _Request:
    """A request as it is told, whose it is following from who was on duty."""

    def __init__(
        self, crew: Crew, title: str, way: Way, by: str, when: str, ref: str = "", *, urgent: bool = False
    ) -> None:
        at = utc(when)
        self.owner = crew.on_duty(at)
        due = crew.desk(self.owner).after(at, _URGENT if urgent else _ANSWER)
        self._now = Asked(title, way, by, instant(at), urgent=urgent, ref=ref, answer_due=instant(due))
        self.then(when, by, "came", self.owner)

    def then(self, when: str, by: str, did: Did, whom: str = "", note: str = "") -> "_Request":
        """What was done about it next."""
        self._now = after(self._now, Step(instant(utc(when)), by, did, whom, note))
        return self

    def numbered(self, number: int) -> Asked:
        """The request with its number."""
        return replace(self._now, id=number)


def _told(crew: Crew) -> Iterator[_Request]:
    blocker = _Request(
        crew,
        "18.11.3 waits for the packages of Debian 12",
        "deployment blocker",
        "geo-lena",
        "05-20 09:10",
        urgent=True,
    )
    yield blocker.then("05-20 09:55", blocker.owner, "done", note="the mirror was full; cleared, and the job run again")
    late = _Request(crew, "Upgrade from 16.11 stops at PostgreSQL 13", "customer", "support-thea", "05-20 13:30")
    late.then("05-22 09:30", "", "chased")
    yield late.then("05-22 14:20", late.owner, "done", note="the upgrade path is 16.11, 17.3, 17.8: told the customer")
    lost = _Request(
        crew, "Which key signs the packages for SLES 15.6?", "channel message", "registry-suvi", "05-21 10:00"
    )
    lost.then("05-21 12:30", lost.owner, "asked", "mara")
    yield lost.then("05-25 08:40", lost.owner, "handed over", crew.on_duty(END), "Mara looks for it, see the channel")
    other = _Request(crew, "Rotate the certificates of the forum", "phone", "gitaly-brandt", "05-28 08:15")
    yield other.then("05-28 08:30", other.owner, "declined", note="the forum is the community team's; gave the number")
    yield _Request(
        crew,
        "How to move Gitaly to another storage class",
        "customer",
        "support-ramon",
        "06-01 13:00",
        f"{CHARTS}#5127",
    )
    incident = _Request(
        crew, "Package downloads answer 503 in two regions", "incident", "registry-suvi", "06-02 12:41",
        f"{OMNIBUS}#8857", urgent=True,
    )  # fmt: skip
    yield incident.then("06-02 13:05", incident.owner, "asked", "nadia", "knows the mirrors")
