"""What went wrong in the rotation: a week that nobody has, one whose stand-in is away, a swap that nobody took."""

from datetime import timedelta

from handrail.demo.planted.world import MANAGERS, World
from handrail.model.duty import Covered, RosterSet, SwapOffered

RULE = "rotation_gaps"
_WEEK, _DAY, _HOUR = timedelta(weeks=1), timedelta(days=1), timedelta(hours=1)


def gaps(world: World) -> None:
    """Of the list only Omar is left, who is away: next week is nobody's, then he stands in, and then others do."""
    turn = world.turns[-1]
    world.happened += [
        RosterSet(("omar",)),
        Covered("omar", turn.start + 2 * _WEEK, turn.start + 2 * _WEEK + 2 * _DAY),
        Covered(MANAGERS[0], turn.start + 2 * _WEEK + 2 * _DAY, turn.start + 6 * _WEEK),
        SwapOffered(turn.holder, world.now + _HOUR, world.now + 3 * _HOUR),
    ]
    world.plant(RULE, "nobody", "team")
    world.plant(RULE, "away", "team")
    world.plant(RULE, "offered", "team")
