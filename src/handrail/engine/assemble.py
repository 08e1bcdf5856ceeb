"""From facts and a handbook to a Snapshot, now or at a past moment."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache, reduce

from msgspec.structs import replace

from handrail.duty.presence import with_absences
from handrail.duty.rota import Rota
from handrail.duty.rotation import Handoffs
from handrail.engine.kept import Keeping
from handrail.engine.look_alikes import look_alikes
from handrail.errors import UserError
from handrail.handbook.schema import Handbook
from handrail.model.asked import stood_at
from handrail.model.derive import as_of
from handrail.model.duty import LogEntry
from handrail.model.facts import Facts, Team
from handrail.model.items import Item
from handrail.model.people import Person
from handrail.model.planning import Milestone, red_branches, runs_by_project
from handrail.model.snapshot import Calendars, Holidays, Snapshot, first_of_each
from handrail.rules.terms import Terms
from handrail.worktime import release_calendar
from handrail.worktime.public_holidays import public_holidays

KnownHolidays = Callable[[str, str | None, range], Mapping[date, str]]
ENDED_WITHIN = timedelta(days=40)
"""How long an item is kept after it ended: a milestone and its review."""
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
    past = now < team.now
    milestones = first_of_each(_dated(team, handbook, past=past))
    keeping = Keeping(team, Terms(handbook), milestones)
    items: list[Item] = []
    ended: list[Item] = []
    for item in _items(facts, now, past=past, closed=closed):
        (items if item.state == "opened" else ended).append(keeping.of(item))
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


def _items(facts: Facts, now: datetime, *, past: bool, closed: bool) -> Iterator[Item]:
    """The items as they were at ``now``: a ``past`` moment, or the facts' own and later."""
    since = now - ENDED_WITHIN if closed else None
    # Of what has ended by now, only what was still open at a past moment is of interest to it.
    for item, events in facts.items(histories=past, closed=past or closed, closed_since=since or now):
        then = as_of(item, events, now, since) if past else item
        if then is not None and (then.state == "opened" or then.closed_at is not None):
            yield then


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
