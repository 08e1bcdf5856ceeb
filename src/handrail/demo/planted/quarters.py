"""The third month of a quarter: the issue that plans the next one, its steps, and its OKRs."""

from handrail.demo.planted.lives import Life
from handrail.demo.planted.world import TEAM, World, after
from handrail.demo.projects import EPICS, TASKS
from handrail.model.items import Section

RULE = "quarterly_planning"
NEXT, NAME = "FY27::Q3", "FY27 Q3"
_STEPS = (
    "PM, EM and Staff Engineer: draft the next quarter's OKRs (Wed 1 Jul to Tue 7 Jul)",
    "OKR DRI: take an OKR and scope it with the others it needs (Wed 8 Jul to Fri 31 Jul)",
    "every engineer: contribute to the scoping that interests them (Wed 8 Jul to Fri 31 Jul)",
    "EM: decide whether planning days are reserved (Wed 8 Jul to Tue 14 Jul)",
    "everyone: OKRs and their scoping are final (Wed 15 Jul to Fri 31 Jul)",
)


def quarters(world: World) -> None:
    """What July asks for, in one of three ways: nobody has begun, somebody is late, or the boxes are not ticked."""
    if not world.day.third_month:
        return
    way = world.seed % 3
    if way == 0:
        world.plant(RULE, "no-issue", "team", mendable=True)
    planned = _planned(world) if way else None
    if planned and way == 1:
        _late(world, planned)
    elif planned:
        _unticked(world, planned)
    else:
        _okrs(world)


def _planned(world: World) -> Life:
    """The planning issue, opened on the month's first day."""
    days = world.day.today.day - 1
    life = world.begin(f"{TASKS}#{world.number()}", "jon", world.ago(days, 1), f"Quarterly planning {NAME}")
    life.label(life.born, "jon", TEAM, f"{TEAM}::build", "type::maintenance", "priority::4")
    life.plan(life.born, "jon", "Backlog")
    # Somebody has put a line of theirs on top, and says of whom the second step is in other words.
    owners = _STEPS[1].replace("OKR DRI", "whose OKR it is")
    _left(life, 0, ("Ask the customers first", _STEPS[0], owners, *_STEPS[2:]))
    return life


def _left(planned: Life, done: int, lines: tuple[str, ...]) -> None:
    """So many boxes are ticked, and these are not."""
    planned.facts["sections"] = (Section("steps", 90, done, done + len(lines), lines),)


def _late(world: World, planned: Life) -> None:
    """In the first week no OKR is drafted; in the second nothing is decided; at the end an OKR is nobody's.

    Three steps are done and ticked from the second week on: the draft, and what people who took part in it did.
    """
    world.plant(RULE, "step-due", planned)
    if world.day.today.day > 8:
        _draft(world)
        _left(planned, 3, _STEPS[3:])
    if world.day.today.day > 20:
        _okrs(world)
        planned.label(world.ago(16), "jon", "planning-days::no")
        _left(planned, 4, _STEPS[4:])


def _unticked(world: World, planned: Life) -> None:
    """Everything is done that could be by today, and no box is ticked."""
    _draft(world)
    planned.label(world.ago(0.5), "jon", "planning-days::yes")
    world.plant(RULE, "step-done", planned, mendable=True)


def _draft(world: World) -> None:
    """Several OKRs, each with an owner and issues."""
    for _ in range(2):
        _okr(world, owner=True, parts=2)


def _okrs(world: World) -> None:
    """One as it should be, one of nobody's, and one that no issue scopes."""
    scoping = world.day.today.day >= 8
    for owner, parts in ((True, 2), (False, 2), (True, 0)):
        life = _okr(world, owner=owner, parts=parts)
        if scoping and not owner:
            world.plant(RULE, "no-owner", life)
        if scoping and not parts:
            world.plant(RULE, "unscoped", life)


def _okr(world: World, *, owner: bool, parts: int) -> Life:
    group = world.turn(("build", "deploy"))
    life = world.begin(f"{EPICS}&{world.number()}", world.lead(), world.ago(30), "Packages for every platform")
    life.label(after(life, 1), life.author, TEAM, f"{TEAM}::{group}", "OKR", NEXT)
    if owner:
        life.assign(after(life, 2), life.author, "ada" if group == "build" else "gus")
    for _ in range(parts):
        world.issue(milestone="Backlog").facts["epic"] = life.ref
    return life
