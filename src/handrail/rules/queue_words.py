"""The queue's reasons in plain words: the evidence in the sentence, names of people, times in the reader's zone."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handrail.model.people import Person
from handrail.model.queue import Entry, Reason, TriageFinding, Waiting

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_SAID = {
    # Whose turn it is in a review.
    "draft": "it is under review but still a draft",
    "changes-requested": "{by} asked for changes {at}",
    "thread": "{by} wrote {at}; {threads} for {whom}",
    "pipeline-failed": "its pipeline failed, so it cannot be merged",
    "conflict": "it conflicts with {branch}",
    "rebase": "it needs a rebase onto {branch}",
    "no-commits": "it has no commits to merge",
    "title": "its title does not have the form that the project asks for",
    "jira": "it lacks the Jira issue that the project asks for",
    "blocked-merge": "another merge request has to be merged first",
    "policy": "a security policy blocks it",
    "checks-failed": "an external check has not passed",
    "locked": "it changes a path that somebody has locked",
    "more-approvals": "approved {at}; it needs one more approval",
    "merge": "approved {at} and nothing is in the way of merging it",
    "merge-held": "approved {at}; GitLab still says of merging it: {names}",
    "transient": "GitLab is still working out whether it can be merged ({names})",
    "asked": "{by} asked {whom} to review it {at}",
    "asked-again": "{by} asked {whom} again {at}",
    "review-began": "{whom} began the review {at}, and it is not submitted yet",
    "took-back": "{whom} took the approval back {at}",
    "maintainer-asked": "approved by {by}; a maintainer was asked {at}: {whom}",
    "ask-maintainer": "{who} approved {at}; no maintainer has been asked yet",
    "no-reviewer": "it is under review but has no reviewer: ask one",
    "answered": "{by} answered {at}",
    "not-approved": "{who} answered {at} without approving it",
    "commented": "{by} commented {at} and waits for an answer",
    "stand-in": "{by} is away until {until}: {whom} stand in",
    "away": "{by} is away until {until}, and nobody is there to stand in",
    # Picking up a review.
    "on-slo": "{used} of {limit} business hours since {start}",
    "community": "from the community ({by}), outside the review SLO; ready {at}",
    "nobody-asked": "nobody has been asked",
    "other-group": "another group's",
    # Issues.
    "in-progress": "{whose}, {names} {since}",
    "not-started": "assigned to {whom} {since}, not started",
    "free": "free{milestone}",
    "claim-ended": "free: {bys} claim ended on {until}{milestone}",
    "claim-yours": "{who} said {at} to start it by {until}",
    "unplanned": "Unplanned counts as a Deliverable",
    # Before the table.
    "red": "{branch} has been red {since}; nobody has taken it yet",
    "red-yours": "{branch} has been red {since}, and {who} took it",
    "duty": "on duty: {names}; open {since}",
    "request": "{by} asked {at} ({names}, request {count}){due}",
    "passing": "{by} hands it over to you: take it, and it is yours",
    "passed": "handed over to {by}, who has not taken it yet",
    "nobodys": "nobody has it: whoever is first available takes it",
    "owner-away": "{by} is away until {until}: whoever is first available takes it",
    # Not in anyone's queue.
    "blocked": "blocked {since}{blockers}",
    "claimed": "{by} said to start it by {until}",
    "others-issue": "assigned to {names}, outside the team",
    "elsewhere": "another group's, and it waits for nobody here",
    "planned-later": "planned for {names}, which has not begun",
    "other-milestone": "not in the running milestone ({names})",
    "not-ready": "its state is “{names}”, which is not one that can be picked up",
    "still-draft": "{bys} draft, not ready for review",
    "epic": "epics are not worked on directly",
    "rotation-issue": "the rotation issue of the week",
    "assumed": "assumed: {names}",
}


class Voice:
    """Says reasons to one reader; ``you`` where the reader is meant, unless there is none (a team-wide list)."""

    def __init__(self, people: Mapping[str, Person], now: datetime, reader: str = "", zone: str = "UTC") -> None:
        self._people = people
        self._now = now
        self._reader = reader
        self._zone = ZoneInfo(people[reader].zone if reader in people else zone)

    def why(self, entry: Entry, people: tuple[str, ...] = ()) -> str:
        """The reasons of an entry as one sentence. Without a reader it is said of ``people``, who have it."""
        clock = entry.clock
        first = entry.reasons[0]
        absent = (first.by,) if first.code == "stand-in" else ()
        said = [
            self._say(first, entry, people),
            *(self._say(one, entry, absent or people) for one in entry.reasons[1:]),
        ]
        if clock is not None and first.code != "on-slo":
            said.append(f"{clock.used_hours:g} of {clock.limit_hours:g} business hours used")
        return _sentence(said)

    def waits(self, waiting: Waiting) -> str:
        """Whom a piece of work waits for, and why."""
        on = self.names(waiting.on)
        said = self._say(waiting.reason, None, actors=waiting.on)
        return _sentence([said] if not on or waiting.reason.code == "blocked" else [f"waits for {on}", said])

    def parked(self, reason: Reason) -> str:
        """Why an item is in nobody's queue."""
        return _sentence([self._say(reason, None, actors=(reason.by,))])

    def lacks(self, finding: TriageFinding) -> str:
        """What an item lacks for a row of the table."""
        return f"it lacks {_listed(finding.lacks)}"

    def name(self, username: str) -> str:
        """A person as the team calls them; ``you`` for the reader, the user name for others."""
        if username and username == self._reader:
            return "you"
        person = self._people.get(username)
        return person.name if person else f"@{username}"

    def names(self, usernames: tuple[str, ...]) -> str:
        """Several people; a reference stays as it is."""
        return _listed(tuple(name if _is_ref(name) else self.name(name) for name in usernames))

    def instant(self, at: datetime) -> str:
        """An instant in the reader's zone: Wed 27 May 09:30, with the year where it is not this one."""
        local = at.astimezone(self._zone)
        return f"{self.day(local.date())} {local:%H:%M}"

    def day(self, day: date) -> str:
        """A date: Wed 27 May, with the year where it is not this one."""
        year = "" if day.year == self._now.astimezone(self._zone).year else f" {day.year}"
        return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}{year}"

    def ago(self, at: datetime) -> str:
        """How long ago: 3 h 10 min ago within a day, then the date."""
        minutes = int((self._now - at).total_seconds() // 60)
        if minutes < 0:
            return f"on {self.instant(at)}"
        if minutes < 60:
            return f"{minutes} min ago"
        if minutes < 24 * 60:
            rest = f" {minutes % 60} min" if minutes % 60 else ""
            return f"{minutes // 60} h{rest} ago"
        return f"on {self.day(at.astimezone(self._zone).date())}"

    def since(self, at: datetime) -> str:
        """For how long, within a day, else since when: for 3 h 10 min; since Thu 21 May."""
        ago = self.ago(at)
        return f"for {ago.removesuffix(' ago')}" if ago.endswith(" ago") else f"since {ago.removeprefix('on ')}"

    def due(self, at: datetime) -> str:
        """By when an answer is due, or was."""
        return f"an answer {'was' if at <= self._now else 'is'} due {self.instant(at)}"

    def _whose(self, username: str) -> str:
        name = self.name(username)
        return "your" if name == "you" else f"{name}’s"

    def _say(self, reason: Reason, entry: Entry | None, actors: tuple[str, ...] = ()) -> str:
        mine = entry is not None
        at = self.ago(reason.at) if reason.at else "at a time nobody noted"
        clock = entry.clock if entry else None
        milestone = [name for name in reason.names if name]
        mine = mine and not actors
        whom = self.names(actors) or (("you" if self._reader else "whoever takes it") if mine else "them")
        return _SAID[reason.code].format(
            by=self.name(reason.by) if reason.by else "somebody",
            bys=self._whose(reason.by),
            at=at,
            since=self.since(reason.at) if reason.at else "since nobody knows when",
            until=self.day(reason.until) if reason.until else "further notice",
            names=_listed(reason.names) or "none",
            branch=reason.names[0] if reason.names and reason.names[0] else "its target branch",
            milestone=f", in {milestone[0]}" if milestone else ", in no milestone",
            blockers=f" by {_listed(reason.names)}" if reason.names else ", by what nobody noted",
            threads="1 thread waits" if reason.count == 1 else f"{reason.count} threads wait",
            whom=whom,
            who=whom,
            whose="yours" if mine else f"{whom}’s",
            used=f"{clock.used_hours:g}" if clock else "",
            limit=f"{clock.limit_hours:g}" if clock else "",
            start=self.instant(clock.start) if clock else "",
            count=reason.count,
            due=f"; {self.due(reason.due)}" if reason.due else "",
        )


def _is_ref(name: str) -> bool:
    return any(sigil in name for sigil in "#!&")


def _listed(names: tuple[str, ...]) -> str:
    shown = [name for name in names if name]
    return ", ".join(shown[:-1]) + " and " + shown[-1] if len(shown) > 1 else "".join(shown)


def _sentence(said: list[str]) -> str:
    text = "; ".join(part for part in said if part)
    return text[:1].upper() + text[1:]
