"""The demo team: a simulated team with two years of work behind it, the same on every machine and every day."""

from handrail.demo.calendar import NOW
from handrail.demo.team import DemoTeam

__all__ = ["NOW", "DemoTeam"]
