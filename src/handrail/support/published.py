"""What others published, as the policy sees it: which class each release is of, and which is none of the policy's."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import pairwise
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from handrail.handbook.support import Support as Policies
from handrail.model.support import Published, SupportClass, Upstream
from handrail.support.versions import is_of

NO_LTS = "it is no long-term release"


def upstream(published: Iterable[Published], policies: Policies, now: datetime) -> list[Upstream]:
    """The releases that the handbook looks after and that have a date, as they were known at ``now``."""
    found = []
    for one in known(published, now).values():
        kind = _kind(one, policies)
        if kind and one.released and not one.gone:
            excluded = NO_LTS if policies.products[one.product].lts_only and not one.lts else ""
            found.append(Upstream(one.product, one.release, kind, one.released, one.ends, excluded))
    return found


def _kind(one: Published, policies: Policies) -> SupportClass | None:
    """Its class, if the handbook looks after it."""
    stated = policies.products.get(one.product)
    if stated is None:
        return None
    return stated.minor if one.minor else stated.kind


def known(published: Iterable[Published], now: datetime) -> dict[tuple[str, str], Published]:
    """By product and release what was published last by then; of what was first seen later, what was seen first."""
    found: dict[tuple[str, str], Published] = {}
    for one in sorted(published, key=lambda one: one.seen):
        key = one.product, one.release
        if key not in found or one.seen <= now:
            found[key] = one
    return found


What = Literal["released", "ends", "lts", "gone"]
"""What can be told anew of a release: a field of ``Published``."""


class Change(Struct, frozen=True):
    """What a publisher says of a release differently than before, and when that was first seen."""

    product: str
    release: str
    what: What
    old: date | bool | None
    new: date | bool | None
    since: datetime


def changes(published: Iterable[Published], now: datetime) -> list[Change]:
    """What was told anew of a release by ``now``, in order of time. That it is there at all is no change."""
    by_release: dict[tuple[str, str], list[Published]] = {}
    for one in sorted(published, key=lambda one: one.seen):
        if one.seen <= now:
            by_release.setdefault((one.product, one.release), []).append(one)
    found = [
        Change(new.product, new.release, what, getattr(old, what), getattr(new, what), new.seen)
        for told in by_release.values()
        for old, new in pairwise(told)
        for what in get_args(What)
        if getattr(old, what) != getattr(new, what)
    ]
    return sorted(found, key=lambda one: one.since)


def undated(published: Iterable[Published], policies: Policies, now: datetime, today: date) -> list[Published]:
    """The releases that the handbook looks after and that no clock can start for: no date, and no end yet."""
    there = [one for one in known(published, now).values() if not one.gone and _kind(one, policies)]
    return [one for one in there if one.released is None and (one.ends is None or one.ends > today)]


def news(before: Iterable[Published], copy: Iterable[Published], seen: datetime) -> list[Published]:
    """What a whole copy of a product's releases adds to what was seen of it before: what is new, changed or gone.

    Only the latest release of a line is published beside the line: an earlier one is gone no sooner than its line.
    """
    last = known(before, seen)
    told = {(one.product, one.release): one for one in copy}
    lines = [one.release for one in told.values() if not one.minor]
    gone = [
        replace(one, seen=seen, gone=True)
        for key, one in last.items()
        if key not in told and not one.gone and not (one.minor and any(is_of(one.release, line) for line in lines))
    ]
    return [one for key, one in told.items() if key not in last or replace(last[key], seen=one.seen) != one] + gone
