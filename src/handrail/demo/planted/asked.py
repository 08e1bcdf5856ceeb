"""Requests to whoever is on duty: not acknowledged, late, handed over to nobody who takes them, and nobody's."""

from datetime import timedelta

from handrail.demo.planted.world import World
from handrail.model.asked import Asked, Did, Step, after

RULE = "duty_requests"


def asked(world: World) -> None:
    """All of them, and what nobody has to do anything about."""
    _asked(world, 0.1, "to-acknowledge")
    _asked(world, 6, "late", "told")
    _asked(world, 6, "not-taken", "asked", "handed over")
    _asked(world, 6, "nobody", owner="")
    _asked(world, 6, "", "answered")
    _asked(world, 6, "", "asked", "handed over", "acknowledged")
    _asked(world, 6, "", "done")
    life = world.issue()
    life.command(world.ago(hours=3), life.author, "take")
    world.plant("commands", "no-request", life)


def _asked(world: World, days: float, code: str, *did: Did, owner: str = "emil") -> None:
    """It came so many days ago, and the rest was done an hour apart."""
    life, at = world.issue(), world.ago(days)
    by = life.author
    number = len(world.asked) + 1
    one = Asked("A word on this", "mention", by, at, id=number, ref=life.ref, answer_due=at + timedelta(days=2))
    one = after(one, Step(at, by, "came", owner))
    for hours, deed in enumerate(did, 1):
        who = "gus" if deed == "acknowledged" else owner
        one = after(
            one, Step(at + timedelta(hours=hours), who, deed, "gus" if deed in {"asked", "handed over"} else "")
        )
    world.asked.append(one)
    if code:
        world.plant(RULE, code, life)
    if did[-1:] == ("handed over",):
        world.plant("handover", "handed-over", life)
