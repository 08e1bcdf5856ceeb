"""A small world in which everything is as a handbook has it, but for what is planted into it and written down.

Whoever decides can be held against that list, which was made without looking at how anything is decided: all of it is
to be found, and nothing else.
"""

from handrail.demo.planted.days import DAYS
from handrail.demo.planted.team import PlantedTeam
from handrail.demo.planted.world import Planted

__all__ = ["DAYS", "Planted", "PlantedTeam"]
