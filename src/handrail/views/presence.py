"""How a team is doing, in words: who is at work until when, which branches are red and who has them."""

from zoneinfo import ZoneInfo

from handrail.model.items import Issue
from handrail.model.planning import RedBranch
from handrail.rules.queue_words import Voice
from handrail.rules.work_queue import WorkQueue
from handrail.views.refs import Refs
from handrail.worktime.calendar import NeverOpensError


def city(zone: str) -> str:
    """The place that a time zone is named for."""
    return zone.rpartition("/")[2].replace("_", " ")


def about(queue: WorkQueue, person: str) -> str:
    """What stands after somebody's name: their groups, their time of day, and whether they are at work."""
    known = queue.snapshot.people.get(person)
    if known is None:
        return " · not of the team"
    zone = ZoneInfo(known.zone)
    local = queue.snapshot.now.astimezone(zone)
    groups = ", ".join(
        queue.handbook.groups[key].name.rpartition(":")[2] for key in known.groups if key in queue.handbook.groups
    )
    day = queue.voice(person).day(local.date())
    when = f"{day} {local.year} {local:%H:%M} in {city(known.zone)}, {_at_work(queue, person, zone)}"
    return f" · {groups} · {when}" if groups else f" · {when}"


def duty_words(queue: WorkQueue, voice: Voice) -> str:
    """Who is on duty, and until when; nothing where nobody knows."""
    if not queue.on_duty:
        return ""
    until = voice.day(queue.on_duty.end.date())
    word = "until" if queue.on_duty.end > queue.snapshot.now else "still, handover due since"
    who = voice.name(queue.on_duty.holder) if queue.on_duty.holder else "nobody"
    return f"on duty: {who} {word} {until}"


def red_words(queue: WorkQueue, voice: Voice) -> list[str]:
    """Each red branch, who has it, and until when."""
    return [_red(queue, branch, incident, voice) for branch, incident in queue.red_branches()]


def _red(queue: WorkQueue, branch: RedBranch, incident: Issue | None, voice: Voice) -> str:
    people, until = queue.red_turn(branch, incident)
    late = until <= queue.snapshot.now
    if people:
        end = "it was to be green by" if late else "it is to be green by"
        turn = f"{voice.names(people)} took it, {end} {voice.instant(until)}"
    else:
        turn = f"nobody has it, somebody {'was' if late else 'is'} to take it by {voice.instant(until)}"
    return f"{Refs(queue.handbook).short(branch)} ({turn})"


def _at_work(queue: WorkQueue, person: str, zone: ZoneInfo) -> str:
    calendar = queue.snapshot.calendars[person]
    now = queue.snapshot.now
    if calendar.is_open(now):
        return f"at work until {calendar.closes_after(now).astimezone(zone):%H:%M}"
    try:
        back = calendar.opens_after(now).astimezone(zone)
    except NeverOpensError:
        return "away until further notice"
    if back.date() == now.astimezone(zone).date():
        return f"at work from {back:%H:%M}"
    away = "away" if calendar.away_at(now) else "off"
    return f"{away} until {Voice({}, now, zone=zone.key).instant(back)}"
