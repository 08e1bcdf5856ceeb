"""How large a merge request is. No fact holds it; it decides how often is pushed and how long the review goes."""

from math import sqrt
from random import Random
from statistics import NormalDist
from typing import NamedTuple

from handrail.demo import fit
from handrail.demo.curve import Curve

_COMMITS, _ADDITIONS = Curve(fit.COMMITS), Curve(fit.ADDITIONS)
_NORMAL = NormalDist()
_REST = sqrt(1 - fit.LEAD_AND_SIZE**2)


class Size(NamedTuple):
    """Commits before the squash, and added lines."""

    commits: int
    additions: int


def size(rng: Random, share: float) -> Size:
    """Of one whose lead time is longer than ``share`` of all: those that live long tend to be large."""
    score = _NORMAL.inv_cdf(min(max(share, 1e-4), 1 - 1e-4))
    large = _NORMAL.cdf(fit.LEAD_AND_SIZE * score + _REST * rng.gauss(0, 1))
    return Size(max(1, round(_COMMITS.value(large))), round(_ADDITIONS.value(large)))
