"""Who has what somebody asks, and what to answer them (clauses redirect.*, dri.on-call).

All is decided here, from the way in which it came, of whom it was asked, when, and how urgent it is: a command, a rule
or a chat only delivers the words. Whoever is on duty takes what comes to them and to the team as a whole; what is asked
of somebody else goes where the handbook's ``redirects`` send it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct
from msgspec.structs import replace

from handrail.duty.asked import answer_due
from handrail.handbook.rotations import Redirect
from handrail.handbook.schema import Handbook
from handrail.model.asked import Way
from handrail.model.duty import NOBODY, Duty, on_duty
from handrail.model.people import Person
from handrail.model.snapshot import Calendars
from handrail.worktime.calendar import NeverOpensError

JUST_WORK, OFFICE_HOURS, ON_CALL = "redirect.just-work", "dri.office-hours", "dri.on-call"
Place = Literal["as asked", "duty", "available", "on call", "channel", "group", "page"]
"""Who asked stays with whom they asked; or is sent to whoever is on duty, to whoever is first available, or there."""
MOST_NAMED = 5


class Call(Struct, frozen=True):
    """Something that is asked: in which way, when, by and of whom (user names; of nobody: of the team as a whole)."""

    way: Way
    at: datetime
    asked_by: str = ""
    of: str = ""
    urgent: bool = False
    labels: tuple[str, ...] = ()
    """Of the item that it is about."""


class Answer(Struct, frozen=True):
    """What becomes of a call."""

    owner: str
    """Who of the team has it, by user name; nobody: "", since nobody is on duty, or it is asked elsewhere first."""
    to: Place
    words: str
    """What to answer whoever asked, ready to paste; empty between colleagues, who need no such words."""
    clause: str


class Tells(Protocol):
    """Names people and instants, see ``rules.queue_words.Voice``."""

    def name(self, username: str) -> str:
        """A person as the team calls them."""
        ...

    def instant(self, at: datetime) -> str:
        """A day and a time."""
        ...


class Redirects:
    """A team's redirects: who is on duty, when people are at work, and where the handbook sends what is asked."""

    def __init__(
        self, handbook: Handbook, duty: Duty, people: Mapping[str, Person], calendars: Calendars, tells: Tells
    ) -> None:
        self._handbook, self._duty, self._people, self._calendars = handbook, duty, people, calendars
        self._tells = tells
        named = {"duty": True, "channel": handbook.team.channel, "group": handbook.team.mention, "page": True}
        self._redirects = [one for one in handbook.rotation.redirects if named[one.to]]

    def answer(self, call: Call) -> Answer:
        """Who has it and what to say."""
        holder = on_duty(self._duty, call.at, self._people)
        call = replace(call, urgent=call.urgent or self._handbook.rotation.is_urgent(call.way))
        if call.of and self._handbook.labels.just_work in call.labels:
            says = "This is a small improvement that should just work, so you are right here: I look at it."
            return Answer(call.of, "as asked", f"{self._thanks(call)} {says}", JUST_WORK)
        found = self._redirect(call.way)
        comes_first = found is not None and found.to == "duty"
        redirect = None if call.of in {"", holder} or call.way == "channel message" else found
        if redirect and call.asked_by in self._people and not comes_first:
            return Answer(call.of, "as asked", "", redirect.clause)
        if holder != NOBODY and self._is_at_work(holder, call.at):
            return self._sent(call, holder, redirect) if redirect else self._kept(call, holder)
        if comes_first or call.urgent:
            return self._without_holder(call, holder, found if comes_first else None)
        return self._sent(call, holder, redirect) if redirect else self._kept(call, holder)

    def _redirect(self, way: Way) -> Redirect | None:
        fits = [one for one in self._redirects if way in one.ways] or [one for one in self._redirects if not one.ways]
        return next(iter(fits), None)

    def _is_at_work(self, name: str, at: datetime) -> bool:
        return name in self._people and self._calendars[name].is_open(at)

    def _kept(self, call: Call, holder: str) -> Answer:
        """It has come to the right place: it is said who has it, and by when they answer."""
        team, away = self._handbook.team.name, self._back(holder, call.at)
        if holder == NOBODY:
            says = f"Nobody is on duty for {team} right now; the first of us who is available takes it."
        else:
            within = self._handbook.rotation.answers
            due = self._instant(answer_due(holder, call.at, self._calendars, within, urgent=call.urgent))
            says = f"{self._called(holder)}, who is on duty for {team}{f' and {away}' if away else ''}, has it"
            says += f" and answers by {due}."
            says += f" If it cannot wait so long, there is {self._handbook.on_call}." if away else ""
        return Answer(holder, "duty", f"{self._thanks(call)} {says}", OFFICE_HOURS)

    def _sent(self, call: Call, holder: str, redirect: Redirect) -> Answer:
        """Whoever asked is sent to where the handbook has it; the one on duty has it from there on."""
        team = self._handbook.team
        looks = f"Whoever is on duty for {team.name} looks there first"
        looks += f", this week {self._tells.name(holder)}" if holder != NOBODY else ""
        match redirect.to:
            case "duty":
                until = self._instant(self._calendars[holder].closes_after(call.at))
                says = (
                    f"Please go to {self._called(holder)}, who is on duty for {team.name} and at work until {until}: "
                )
                says += "this comes first there."
            case "channel":
                says = (
                    f"Could you ask it in {team.channel}? {looks}, and others with the same question find the answer."
                )
            case "group":
                says = f"Could you mention @{team.mention} with it? {looks}, so that it does not wait for one person."
            case _:
                page = self._handbook.links.get(redirect.page, "")
                says = f"How to work with {team.name} stands on {page}: it says where this is best asked."
                holder = NOBODY
        return Answer(holder, redirect.to, f"{self._thanks(call)} {says}", redirect.clause)

    def _without_holder(self, call: Call, holder: str, redirect: Redirect | None) -> Answer:
        """It cannot wait, and whoever is on duty is not at work."""
        process = self._handbook.on_call
        if holder == NOBODY:
            says = f"Nobody is on duty for {self._handbook.team.name} right now"
        else:
            says = f"{self._called(holder)}, who is on duty for {self._handbook.team.name}, is not at work now, "
            says += self._back(holder, call.at)
        if redirect and call.of and self._is_at_work(call.of, call.at):
            words = f"{self._thanks(call)} {says}; I am here and take this on."
            return Answer(call.of, "available", words, redirect.clause)
        at_work = [name for name, one in self._people.items() if one.is_engineer and self._is_at_work(name, call.at)]
        if redirect and at_work:
            named = [self._called(name) for name in sorted(at_work)[:MOST_NAMED]]
            says += f". At work now: {', '.join(named)}{' and others' if len(at_work) > MOST_NAMED else ''}; "
            says += f"the first of them who is available takes this. If nobody answers, there is {process}."
            return Answer(holder, "available", f"{self._thanks(call)} {says}", redirect.clause)
        says += f", and this cannot wait: please take it to {process}."
        says += f" {self._tells.name(holder)} follows it up from then on." if holder != NOBODY else ""
        return Answer(holder, "on call", f"{self._thanks(call)} {says}", ON_CALL)

    def _thanks(self, call: Call) -> str:
        return f"Thank you for asking, @{call.asked_by}." if call.asked_by else "Thank you for asking."

    def _called(self, name: str) -> str:
        return f"{self._tells.name(name)} (@{name})" if name in self._people else f"@{name}"

    def _instant(self, at: datetime) -> str:
        return f"{self._tells.instant(at)} ({self._handbook.team.zone})"

    def _back(self, name: str, at: datetime) -> str:
        """When somebody who is not at work is there again; nothing of one who is."""
        if name == NOBODY or self._is_at_work(name, at):
            return ""
        try:
            return f"back {self._instant(self._calendars[name].opens_after(at))}"
        except NeverOpensError:
            return "away until nobody knows when"
