"""A file of releases and support, to evaluate clocks on without GitLab, without a store and without the network."""

from collections.abc import Callable, Iterable
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct, field

from handrail.errors import UserError
from handrail.model.planning import Milestone
from handrail.model.support import OwnRelease, Support, SupportClass, Upstream
from handrail.releases.unread import said, sensible
from handrail.support.own_releases import own_release
from handrail.worktime import release_calendar

LISTS = ("upstream", "milestones", "support")
_MEBIBYTES = 200
_Text = Annotated[str, Meta(min_length=1)]
_Row = TypeVar("_Row")
_Made = TypeVar("_Made")


class Facts(Struct, frozen=True):
    """What the file says; ``problems``: what of it was left out, and why, a sentence each."""

    upstream: list[Upstream]
    own: list[OwnRelease]
    support: list[Support]
    problems: list[str]


class _Upstream(Struct, forbid_unknown_fields=True):
    product: _Text
    release: _Text
    kind: SupportClass = field(name="class")
    released: date | None = None
    ends: date | None = None
    excluded: str = ""


class _Milestone(Struct, forbid_unknown_fields=True):
    title: _Text
    start: date
    due: date
    released: date | None = None


class _Support(Struct, forbid_unknown_fields=True):
    product: _Text
    release: _Text
    milestone: _Text
    absent: bool = False
    proof: str = ""


def read_facts(file: Path) -> Facts:
    """What a facts file says. What is wrong with one of its rows is named, and the other rows count.

    Raises UserError where there is nothing to read: no such file, no JSON, none of the three lists.
    """
    try:
        if file.stat().st_size > _MEBIBYTES * 2**20:
            raise UserError(f"{file} is larger than {_MEBIBYTES} MiB: that is no facts file.")
        told = msgspec.json.decode(file.read_bytes())
    except OSError as error:
        raise UserError(f"{file} cannot be read ({error.strerror}).") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserError(f"{file} is no JSON ({error}).") from error
    shape = "an object with lists named upstream, milestones and support"
    if not isinstance(told, dict) or not any(isinstance(told.get(name), list) for name in LISTS):
        raise UserError(f"{file} is no facts file: it has to be {shape}.")
    problems = [
        f"“{name}” is none of its lists{_nearest(name)}, and was left out" for name in told if name not in LISTS
    ]
    problems += [f"{name} is no list, and was left out" for name in LISTS if not isinstance(told.get(name, []), list)]

    def rows(name: str, shape: type[_Row], made: Callable[[_Row], _Made | str]) -> list[_Made]:
        found: list[_Made] = []
        listed = told.get(name)
        for index, row in enumerate(listed if isinstance(listed, list) else ()):
            try:
                one: _Made | str = made(msgspec.convert(row, shape))
            except msgspec.ValidationError as error:
                one = said(error)
            if isinstance(one, str):
                problems.append(f"{name}[{index}]{_called(row)}: {one}")
            else:
                found.append(one)
        return found

    upstream = rows("upstream", _Upstream, _upstream)
    own = rows("milestones", _Milestone, _own)
    titles = {one.title for one in own}

    def supported(row: _Support) -> Support | str:
        if row.milestone not in titles and release_calendar.milestone(row.milestone) is None:
            return f"{row.milestone} is none of the milestones"
        return Support(row.product, row.release, row.milestone, row.absent, row.proof)

    support = rows("support", _Support, supported)
    listed = told.get("upstream")
    named = {str(row.get("product")) for row in (listed if isinstance(listed, list) else ()) if isinstance(row, dict)}
    if nowhere := sorted({one.product for one in support} - named):
        problems.append(f"nothing upstream is of {', '.join(nowhere)}: what support says of that counts nowhere")
    upstream = _once(upstream, lambda one: f"{one.product} {one.release}", problems)
    return Facts(upstream, _once(own, lambda one: one.title, problems), support, problems)


def _upstream(row: _Upstream) -> Upstream | str:
    if row.released is None:
        return "it has no release date, so that no clock can start"
    if not (sensible(row.released) and sensible(row.ends)):
        return "its date is in no year that makes sense"
    return Upstream(row.product, row.release, row.kind, row.released, row.ends, row.excluded)


def _own(row: _Milestone) -> OwnRelease | str:
    if not row.start <= row.due:
        return "it starts after it is due"
    if not all(map(sensible, (row.start, row.due, row.released or row.due))):
        return "its date is in no year that makes sense"
    if row.released:
        return OwnRelease(row.title, row.start, row.due, row.released)
    return own_release(Milestone(row.title, row.start, row.due)) or OwnRelease(row.title, row.start, row.due, row.due)


def _once(rows: Iterable[_Made], named: Callable[[_Made], str], problems: list[str]) -> list[_Made]:
    """Each name once: of several rows the first counts, and the others are problems."""
    found: dict[str, _Made] = {}
    others = [named(row) for row in rows if found.setdefault(named(row), row) != row]
    problems += [f"{name} stands there more than once, with other facts: the first counts" for name in others]
    return list(found.values())


def _called(row: object) -> str:
    """Which row that is, as far as it says so."""
    told = row if isinstance(row, dict) else {}
    words = [str(told[name])[:60] for name in ("product", "release", "title") if name in told]
    return f" ({' '.join(words)})" if words else ""


def _nearest(name: str) -> str:
    near = get_close_matches(name, LISTS, 1)
    return f" (did you mean {near[0]}?)" if near else ""
