"""The clocks themselves: each upstream release, by when it has to be supported, and whether it is.

Evaluated as of a day, of which only what was known then counts: what was out by then on either side, and which of
ours had it. Source: the workflow page, Dependency maintenance; definitions 7.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from itertools import groupby, zip_longest
from typing import NamedTuple

from msgspec.structs import replace

from handrail.handbook.support import Hold, Product, SupportPolicy
from handrail.handbook.support import Support as Policies
from handrail.model.snapshot import Snapshot
from handrail.model.support import Gap, OwnRelease, Reading, Support, SupportClock, Upstream, Verdict
from handrail.support.following import following
from handrail.support.own_releases import Limit, OwnReleases, months_after, own_releases
from handrail.support.published import upstream
from handrail.support.versions import Key, Lines, is_of, order

_COUNTED: dict[Reading, str] = {
    "nth_release_after": "",
    "milestone_in_progress_is_0": " after the one in progress",
    "calendar_months": ", counted as calendar months",
}


class _State(NamedTuple):
    """The versions that our releases have from a place in the order on, and the newest of them."""

    start: int
    versions: frozenset[str]
    newest: Key | None


class _Spell(NamedTuple):
    """Our releases that have something, by their place in the order; ``end``: the first that no longer has it."""

    start: int
    end: int | None


def clocks(
    out: Iterable[Upstream],
    own: Iterable[OwnRelease],
    support: Iterable[Support],
    policies: Policies,
    today: date,
    reading: Reading | None = None,
) -> list[SupportClock]:
    """One row for each upstream release that was out by ``today``, by product, then version.

    ``reading`` in place of the handbook's. What ``support`` says of a milestone that is none of ours is left out.
    """
    ours = OwnReleases(own, today)
    has: dict[str, list[tuple[int, Support]]] = {}
    for one in support:
        index = ours.index(one.milestone)
        if index is not None and _is_known(one, ours, today):
            has.setdefault(one.product, []).append((index, one))
    known = sorted((one for one in out if one.released <= today), key=lambda one: (one.product, order(one.release)))
    found: list[SupportClock] = []
    for name, releases in groupby(known, key=lambda one: one.product):
        product = _Product(list(releases), has.get(name, ()), ours, policies, today, reading or policies.reading)
        found += map(product.clock, product.releases)
    return found


def clocks_of(snapshot: Snapshot, policies: Policies, reading: Reading | None = None) -> list[SupportClock]:
    """The clocks of what the team looks after, as of the snapshot's day in the team's zone."""
    own, today = own_releases(snapshot.milestones.values()), snapshot.today
    ours = OwnReleases(own, today)
    out = upstream(snapshot.published, policies, snapshot.now)
    known = [one for one in snapshot.support if _is_known(one, ours, today)]
    follow = list(following(out, known, policies, ours))
    to_come = {(one.product, one.release): one for one in follow if not _is_known(one, ours, today)}
    found = clocks(out, own, (*known, *follow), policies, today, reading)
    return [_followed(one, to_come.get((one.upstream.product, one.upstream.release))) for one in found]


def _is_known(one: Support, ours: OwnReleases, today: date) -> bool:
    """Whether our release is out, and by then somebody knew what it has."""
    index = ours.index(one.milestone)
    return index is not None and ours.all[index].released <= today and (one.since is None or one.since <= today)


def _followed(clock: SupportClock, to_come: Support | None) -> SupportClock:
    if clock.verdict not in {"due-soon", "open"} or to_come is None or to_come.absent:
        return clock
    return replace(clock, follows=to_come.milestone, why=f"{to_come.milestone} will have it, since ours have its line")


def within(policy: SupportPolicy, reading: Reading) -> str:
    """The policy in words: “within 3 to 5 milestones”."""
    if policy.months is not None:
        return f"within {_counted(policy.months, 'calendar month')}"
    sooner = f"{policy.target_milestones} to " if policy.target_milestones else ""
    return f"within {sooner}{_counted(policy.milestones or 0, 'milestone')}{_COUNTED[reading]}"


class _Product:
    """The releases of one product that are out, by version, and what of them our own have."""

    def __init__(
        self,
        releases: Sequence[Upstream],
        has: Iterable[tuple[int, Support]],
        ours: OwnReleases,
        policies: Policies,
        today: date,
        reading: Reading,
    ) -> None:
        name = releases[0].product
        self.releases, self._ours, self._policies, self._today, self._reading = releases, ours, policies, today, reading
        self._stated: Product | None = policies.products.get(name)
        self._holds = {hold.release: hold for hold in policies.holds if hold.product == name}
        self._told: dict[int, list[Support]] = {}
        for index, told in has:
            self._told.setdefault(index, []).append(told)
        self._states = _states(self._told)
        self._present = self._states[-1].versions if self._states else frozenset[str]()
        self._lines = Lines(frozenset[str]().union(*(state.versions for state in self._states)))
        self._window = {one.release for one in releases[-policies.kubernetes_window :]}

    def clock(self, one: Upstream) -> SupportClock:
        """The row of one of them."""
        policy = self._policies.policies.get(self._stated.policy if self._stated and self._stated.policy else one.kind)
        due = target = None
        if policy and not self._excluded(one):
            due = self._limit(one, policy, policy.milestones)
            target = self._limit(one, policy, policy.target_milestones) or due
        spells = self._spells(one)
        first = self._ours.all[spells[0].start] if spells else None
        hold = self._holds.get(one.release)
        last = max(due.day, hold.until) if due and hold else due.day if due else None
        verdict, why = self._verdict(one, due, last, hold, spells)
        gaps = tuple(self._gaps(spells))
        if policy is None:
            why = "the handbook has no policy for it"
        return SupportClock(
            one,
            within(policy, self._reading) if policy else "",
            policy.clause if policy else "",
            target.day if target else None,
            due.day if due else None,
            due.milestone if due else None,
            first.title if first else None,
            first.released if first else None,
            verdict,
            (last - self._today).days if last and verdict in {"overdue", "due-soon", "open", "held"} else None,
            f"{why}{''.join(map(_told, gaps))}",
            self._notice(one),
            self._proof(one, spells[0].start) if spells else "",
            gaps=gaps,
            held_until=hold.until if hold and verdict == "held" else None,
        )

    def _limit(self, one: Upstream, policy: SupportPolicy, milestones: int | None) -> Limit | None:
        if policy.months is not None:
            return self._ours.limit(one.released, policy.months, "calendar_months")
        return self._ours.limit(one.released, milestones, self._reading) if milestones else None

    def _excluded(self, one: Upstream) -> str:
        """Why nobody has to support it, whoever does."""
        if one.excluded:
            return one.excluded
        stated = self._stated.out_of_scope if self._stated else ()
        return next(
            (out.because for out in stated if any(fnmatchcase(one.release, pattern) for pattern in out.releases)), ""
        )

    def _verdict(
        self, one: Upstream, due: Limit | None, last: date | None, hold: Hold | None, spells: Sequence[_Spell]
    ) -> tuple[Verdict, str]:
        today = self._today
        if due is None or last is None:
            older = f"it is from before {self._ours.all[0].title}, the first of our releases that is known"
            return "out-of-scope", self._excluded(one) or older
        if spells and spells[-1].end is None:
            first = self._ours.all[spells[0].start]
            late = (first.released - last).days
            if late > 0:
                return "missed", f"{first.title} was the first to have it, {_counted(late, 'day')} late"
            held = f"; it was held until {hold.until}: {hold.because}" if hold and first.released > due.day else ""
            early = f"{_counted(-late, 'day')} before it was due" if late else "on the day it was due"
            return "met", f"{first.title} has it, {early}{held}"
        if one.ends and one.ends <= today:
            return "out-of-scope", f"its vendor’s support ended on {one.ends}, and none of our releases has it"
        if one.kind == "kubernetes" and one.release not in self._window:
            return "out-of-scope", f"only the newest {self._policies.kubernetes_window} releases are supported"
        if hold and hold.until >= today:
            return "held", f"held until {hold.until}: {hold.because}"
        if today > last:
            return "overdue", f"none of our releases has it, {_counted((today - last).days, 'day')} after it was due"
        left = self._ours.until(last) - self._ours.until(today)
        come = f"{_counted(left, 'release')} of ours {'comes' if left == 1 else 'come'} by then" if left else ""
        verdict: Verdict = "due-soon" if left <= self._policies.warn_milestones else "open"
        return verdict, f"none of our releases has it yet; {come or 'no more of them comes by then'}"

    def _spells(self, one: Upstream) -> list[_Spell]:
        """When our releases had it. A newer version of a dependency stands for it, too."""
        itself, key = self._lines.of(one.release), order(one.release)
        found: list[_Spell] = []
        for state in self._states:
            newer = one.kind == "dependency" and state.newest is not None and state.newest > key
            if not newer and itself.isdisjoint(state.versions):
                if found and found[-1].end is None:
                    found[-1] = found[-1]._replace(end=state.start)
            elif not found or found[-1].end is not None:
                found.append(_Spell(state.start, None))
        return found

    def _gaps(self, spells: Sequence[_Spell]) -> Iterator[Gap]:
        """Which of ours were without it after one had it."""
        ours = self._ours.all
        for spell, then in zip_longest(spells, spells[1:]):
            if spell.end is not None:
                last, end = (ours[then.start - 1].title, ours[then.start].released) if then else (None, None)
                yield Gap(ours[spell.end].title, last, ours[spell.end].released, end)

    def _notice(self, one: Upstream) -> str:
        """What follows from the end of its vendor's support, where our releases have it itself and no newer one."""
        if one.ends is None or self._lines.of(one.release).isdisjoint(self._present):
            return ""
        if one.ends <= self._today:
            return f"its vendor’s support ended on {one.ends}, and our releases still have it"
        if months_after(one.ends, -self._policies.eol_notice_months) <= self._today:
            return f"its vendor’s support ends on {one.ends}: announce now that it will be dropped then"
        return ""

    def _proof(self, one: Upstream, start: int) -> str:
        """What shows that the first of ours has it, or a newer one that stands for it."""
        came = [told for told in self._told[start] if not told.absent]
        itself = [told for told in came if is_of(told.release, one.release)]
        return max(itself or came, key=lambda told: order(told.release)).proof


def _states(has: Mapping[int, Iterable[Support]]) -> list[_State]:
    """What our releases have, from each place in the order on at which that changes."""
    there: frozenset[str] = frozenset()
    newest: Key | None = None
    found: list[_State] = []
    for index in sorted(has):
        for one in has[index]:
            if one.absent:
                there = frozenset(version for version in there if not is_of(version, one.release))
                newest = max(map(order, there), default=None)
            else:
                there |= {one.release}
                newest = max(newest or order(one.release), order(one.release))
        found.append(_State(index, there, newest))
    return found


def _told(gap: Gap) -> str:
    if gap.last is None:
        return f"; since {gap.first} it is gone"
    return f"; {gap.releases} {'was' if gap.last == gap.first else 'were'} without it"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
