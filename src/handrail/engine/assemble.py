"""From facts and a handbook to a Snapshot, now or at a past moment."""

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache, reduce
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from handrail.duty.presence import with_absences
from handrail.duty.rota import Rota
from handrail.duty.rotation import Handoffs
from handrail.engine.look_alikes import look_alikes
from handrail.errors import UserError
from handrail.handbook.schema import Handbook
from handrail.model.asked import stood_at
from handrail.model.derive import as_of
from handrail.model.duty import LogEntry
from handrail.model.facts import Facts, Team
from handrail.model.items import Issue, Item, Section, Stay, headed
from handrail.model.people import Person
from handrail.model.planning import Milestone, red_branches, runs_by_project
from handrail.model.snapshot import Calendars, Holidays, Snapshot, first_of_each
from handrail.rules.terms import Terms
from handrail.worktime import release_calendar
from handrail.worktime.public_holidays import public_holidays

KnownHolidays = Callable[[str, str | None, range], Mapping[date, str]]
ENDED_WITHIN = timedelta(days=40)
"""How long an item is kept after it ended: a milestone and its review."""
_NOTHING: dict[str, Any] = {}
_Share = Callable[[Any, Any], Any]
"""Gives the first of all equal values: a dictionary's ``setdefault``, asked with the value twice."""
_Starts = Callable[[str], datetime | None]
YEARS_BACK = 8
"""How far back a clock leaves public holidays away; before, they count as working days."""


def assemble(
    facts: Facts,
    handbook: Handbook,
    at: datetime | None = None,
    known: KnownHolidays = public_holidays,
    *,
    closed: bool = False,
) -> Snapshot:
    """The snapshot of the facts' own now, or as of ``at``: earlier from the histories, later with the same facts.

    ``closed``: with the items that ended within ``ENDED_WITHIN``, for those who judge what is just over.
    Sections are kept that have checkboxes, or in their heading one of the ``titles`` that a rule's settings name.
    ``known`` tells the public holidays of a country, a part of it or None, and years.

    Raises UserError for a team of nobody and for milestones that lack a date.
    """
    team = facts.team()
    people = _people(team, handbook)
    now = at or team.now
    if now < team.now and not team.has_past:
        raise UserError(
            f"These facts were written without histories or without closed items: they tell {team.now:%Y-%m-%d %H:%M} "
            "UTC and later moments; export them again with both to ask about the past."
        )
    terms = Terms(handbook)
    items: list[Item] = []
    ended: list[Item] = []
    titles = tuple({title: None for rule in handbook.rules.values() for title in rule.get("titles", ())})
    milestones = first_of_each(_dated(team, handbook, past=now < team.now))
    starts = _starts(milestones, handbook)
    for item in _items(facts, team, terms, now, titles, starts, closed=closed):
        (items if item.state == "opened" else ended).append(item)
    if problems := look_alikes({label for item in items for label in item.labels}, handbook):
        raise UserError(*problems)
    whole, holidays = _whole(handbook), _holidays_around(now, known)
    rotas = _rotas(team, people, whole, handbook, holidays, now)
    for rota in rotas.values():
        people = with_absences(people, rota.log)
    return Snapshot(
        now=now,
        team=whole,
        people=people,
        calendars=Calendars(people, whole, holidays),
        projects={project.path: project for project in team.projects},
        milestones=milestones,
        red=tuple(red_branches(team.projects, team.pipelines, now)),
        runs=runs_by_project(team.pipelines, now),
        duty=rotas.get(handbook.first_rotation),
        rotations=rotas,
        requests=tuple(one for one in team.requests if one.asked_at <= now),
        asked=tuple(stood_at(one, now) for one in team.asked if one.asked_at <= now),
        published=team.published,
        support=team.support,
        tracking=tuple(one for one in team.tracking if at is None or one.at <= at),
        items=tuple(items),
        closed=tuple(ended),
    )


def rotas(team: Team, handbook: Handbook, known: KnownHolidays) -> dict[str, Rota]:
    """The rotations that are kept here, by short name, where nothing else is asked for. Raises as ``assemble``."""
    people, holidays = _people(team, handbook), _holidays_around(team.now, known)
    return _rotas(team, people, _whole(handbook), handbook, holidays, team.now)


def _people(team: Team, handbook: Handbook) -> dict[str, Person]:
    people = {**team.people, **handbook.people}
    people |= {name: hours.of(people[name]) for name, hours in team.own_hours.items() if name in people}
    people |= {
        name: dataclasses.replace(people[name], away=(*people[name].away, *off))
        for name, off in team.time_off.items()
        if name in people
    }
    if not people:
        raise UserError(
            "The team is empty: name the handbook that has its people with --handbook, or "
            "add people to it (people:) or to the snapshot file."
        )
    return people


def _whole(handbook: Handbook) -> Person:
    """The team as a whole."""
    block = handbook.team
    return Person(block.name, block.zone, block.hours, block.days, block.country, block.subdivision)


def _rotas(
    team: Team, people: Mapping[str, Person], whole: Person, handbook: Handbook, holidays: Holidays, now: datetime
) -> dict[str, Rota]:
    """The rotations that are kept here, by their logs as they were; time off in one is time off in all."""
    logs = {name: [entry for entry in team.duty.get(name, ()) if entry.at <= now] for name in handbook.rotations}
    found = {}
    for name, log in logs.items():
        if log:
            stated = reduce(with_absences, [other for named, other in logs.items() if named != name], people)
            found[name] = Rota(log, Handoffs.of(handbook.rotations[name], whole.zone), stated, whole, holidays)
    return found


def rota_of(log: Sequence[LogEntry], snapshot: Snapshot, handbook: Handbook, name: str) -> Rota:
    """A rotation by another log than the snapshot's."""
    handoffs = Handoffs.of(handbook.rotations[name], snapshot.team.zone)
    return Rota(log, handoffs, snapshot.people, snapshot.team, snapshot.calendars.holidays)


def _items(
    facts: Facts, team: Team, terms: Terms, now: datetime, sections: tuple[str, ...], starts: _Starts, *, closed: bool
) -> Iterator[Item]:
    """The items with no more than decisions read: equal values shared, the instants of most labels away."""
    shared: dict[object, object] = {}
    share: _Share = shared.setdefault
    kept = cache(terms.dated_labels)
    deliverable, people = terms.handbook.labels.deliverable, {**team.people, **terms.handbook.people}
    managers = {name for name, one in people.items() if {"engineering_manager", "product_manager"} & {*one.roles}}
    past = now < team.now
    since = now - ENDED_WITHIN if closed else None
    asked = {one.ref for one in team.requests if one.state == "asked"}
    # Of what has ended by now, only what was still open at a past moment is of interest to it.
    for item, events in facts.items(histories=past, closed=past or closed, closed_since=since or now):
        then = as_of(item, events, now, since) if past else item
        if then is None or (then.state != "opened" and then.closed_at is None):
            continue
        if isinstance(then, Issue) and then.been and terms.handbook.labels.spike not in then.labels:
            then = replace(then, been=())
        if isinstance(then, Issue) and then.asks:
            then = replace(
                then, asks=tuple(one for one in then.asks if one.of in people and people.keys().isdisjoint(one.since))
            )
        labels = then.labels
        if labels not in shared:
            labels = tuple(share(label, label) for label in labels)
        dated = kept(labels)
        yield replace(
            then,
            labels=share(labels, labels),
            sections=_kept(then.sections, sections, share) if then.sections else (),
            label_since={label: since for label, since in then.label_since.items() if label in dated},
            label_by=_told(then.label_by, dated, share) if then.label_by else _NOTHING,
            label_before=_told(then.label_before, dated, share) if then.label_before else _NOTHING,
            label_freed=then.label_freed or _NOTHING,
            milestones=_stays(then.milestones, starts, share) if then.milestones else (),
            spoke=then.spoke if then.spoke and (then.ref in asked or terms.waits(labels)) else _NOTHING,
            acted=then.acted or _NOTHING,
            others=_of_managers(then.others, managers) if deliverable in labels else _NOTHING,
            milestone=share(then.milestone, then.milestone),
            author=share(then.author, then.author),
            last_human_by=share(then.last_human_by, then.last_human_by),
            assignees=share(then.assignees, then.assignees),
        )


def _kept(sections: Sequence[Section], words: tuple[str, ...], share: _Share) -> tuple[Section, ...]:
    """The sections that a rule may ask for, and those that they lie below; what a template gave to many stands once."""
    asked = headed(sections, words) if words else ()
    kept: list[Section] = []
    for one in reversed(sections):
        if one.total or one in asked or (kept and one.level < kept[-1].level):
            kept.append(one)
    those = tuple(reversed(kept))
    found: tuple[Section, ...] = share(those, those)
    return found


def _of_managers(acts: dict[str, datetime], managers: Collection[str]) -> dict[str, datetime]:
    """What EM and PM did; most items have nothing of theirs."""
    return {name: at for name, at in acts.items() if name in managers} or _NOTHING


def _stays(stays: Sequence[Stay], starts: _Starts, share: _Share) -> tuple[Stay, ...]:
    """The milestones that an item was in. One alone that it was put into before that began says nothing more."""
    if len(stays) == 1 and ((start := starts(stays[0].title)) is None or stays[0].since <= start):
        return ()
    return tuple(Stay(share(stay.title, stay.title), stay.since) for stay in stays)


def _starts(milestones: Mapping[str, Milestone], handbook: Handbook) -> _Starts:
    """What tells when a milestone begins, in the team's zone."""
    zone = ZoneInfo(handbook.team.zone)

    @cache
    def start_of(title: str) -> datetime | None:
        known = milestones.get(title) or release_calendar.milestone(title)
        return datetime.combine(known.start, time(), zone) if known and known.start else None

    return start_of


def _told(told: dict[str, str], dated: frozenset[str], share: _Share) -> dict[str, str]:
    """What is told of these labels; few different answers serve all items."""
    kept = {label: value for label, value in told.items() if label in dated}
    found: dict[str, str] = share(tuple(kept.items()), kept) if kept else _NOTHING
    return found


def _dated(team: Team, handbook: Handbook, *, past: bool) -> Iterator[Milestone]:
    """The milestones with the dates that a version's title tells; an undated one has to be named in the handbook.

    At a ``past`` moment nobody knows which were closed by then.
    """
    for told in team.milestones:
        milestone = replace(told, state="active") if past else told
        dates = {milestone.start is None, milestone.due is None}
        if dates == {False} or (dates == {True} and milestone.title in handbook.planning.undated_milestones):
            yield milestone
        else:
            computed = release_calendar.milestone(milestone.title)
            if computed is None:
                raise UserError(
                    f"The milestone “{milestone.title}” lacks a date, so that nobody can tell whether it is running: "
                    "give it start and due, or name it under planning.undated_milestones in the handbook."
                )
            yield replace(milestone, start=computed.start, due=computed.due)


def _holidays_around(now: datetime, known: KnownHolidays) -> Holidays:
    """Public holidays of the years that clocks near ``now`` can touch."""
    years = range(now.year - YEARS_BACK, now.year + 3)

    @cache
    def holidays(country: str, subdivision: str | None) -> Mapping[date, str]:
        try:
            return known(country, subdivision, years)
        except ValueError as error:
            raise UserError(str(error)) from error

    return holidays
