"""What others published, as the policy sees it: which class each release is of, and which is none of the policy's."""

from collections.abc import Iterable
from datetime import datetime

from handrail.handbook.support import Support as Policies
from handrail.model.support import Published, Upstream

NO_LTS = "it is none that its vendor supports for long"


def upstream(published: Iterable[Published], policies: Policies, now: datetime) -> list[Upstream]:
    """The releases that the handbook looks after and that have a date, as they were known at ``now``."""
    found = []
    for one in known(published, now).values():
        stated = policies.products.get(one.product)
        kind = stated and (stated.minor if one.minor else stated.kind)
        if stated and kind and one.released and not one.gone:
            excluded = NO_LTS if stated.lts_only and not one.lts else ""
            found.append(Upstream(one.product, one.release, kind, one.released, one.ends, excluded))
    return found


def known(published: Iterable[Published], now: datetime) -> dict[tuple[str, str], Published]:
    """By product and release what was published last by then; of what was first seen later, what was seen first."""
    found: dict[tuple[str, str], Published] = {}
    for one in sorted(published, key=lambda one: one.seen):
        key = one.product, one.release
        if key not in found or one.seen <= now:
            found[key] = one
    return found
