"""Reads a team's handbook: every problem at once, each with its place, in words of the handbook's.

A file states what the team does otherwise; `extends:` names the handbook that it changes: `distribution`, the
bundled one, where the key is absent; another file's path, relative to its own; or null, which stands alone.
"""

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from handrail.errors import UserError
from handrail.handbook.document import Document, KeyPath, Place, Plain, Problem
from handrail.handbook.extends import BUNDLED, Chain, read_chain
from handrail.handbook.merge import nulls, without_nulls
from handrail.handbook.problems import problems
from handrail.handbook.schema import Handbook
from handrail.handbook.shape import at, bare, fields, stand_in
from handrail.handbook.wording import misfit, named, near

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def load(path: Path | None, whole: type[Handbook] = Handbook) -> Handbook:
    """The handbook at `path`, or the bundled one. Raises UserError with a sentence for each problem.

    `whole` is a handbook's shape with the rules' settings in it (`rules.catalogue.whole_handbook`); by the bare one
    they go unchecked.
    """
    return loaded(read_chain(path), whole)


def find_problems(path: Path | None, whole: type[Handbook] = Handbook) -> list[Problem]:
    """All that is wrong with a handbook, by file and line. Raises UserError if its file cannot be read."""
    return _checked(read_chain(path), whole)[1]


def loaded(chain: Chain, whole: type[Handbook] = Handbook) -> Handbook:
    """The handbook that a chain of files comes to, its rules' settings as plain data. Raises as `load` does."""
    handbook, found = _checked(chain, whole)
    if found or handbook is None:
        raise UserError(*map(str, found))
    values = {one.name: getattr(handbook, one.name) for one in dataclasses.fields(handbook)}
    groups = {key: dataclasses.replace(group, name=group.name or key) for key, group in handbook.groups.items()}
    return Handbook(**values | {"rules": msgspec.to_builtins(handbook.rules), "groups": groups})


def _checked(chain: Chain, whole: type[Handbook]) -> tuple[Handbook | None, list[Problem]]:
    """The handbook, where nothing is wrong with it, else what is."""
    document = chain.document
    if document.broken:
        return None, sorted(set(document.problems))
    removed = set(nulls(document.data))
    data = without_nulls(document.data)
    handbook, wrong = _fitted(data, whole)
    unread = document.doubtful
    found = list(document.problems)
    for kind, path, limits in wrong:
        # Pydantic counts only what it could read: a list of one bad row is not empty for that.
        miscounted = kind == "too_short" and any(below[: len(path)] == path and below != path for _, below, _ in wrong)
        if not _touches(path, unread) and not miscounted:
            says = _sentence(kind, path, data, limits, removed, whole)
            found.append(_placed(chain, path, says, key=kind in _KEYED))
    doubtful = [*unread, *(path for _, path, _ in wrong)]
    if handbook is None:
        handbook = _mended(data, wrong, whole)
    if handbook is not None:
        follows = problems(handbook, {*doubtful, *_meant(wrong, whole)}, _order(chain))
        found += [_placed(chain, path, says) for path, says in follows if not _touches(path, doubtful)]
    return (None, sorted(set(found))) if found else (handbook, [])


_Misfit = tuple[str, KeyPath, dict[str, object]]
"""Pydantic's kind of error, the key path, and the limits it tells."""
_KEYED = {"unexpected_keyword_argument"}
_adapters: dict[type[Handbook], "TypeAdapter[Handbook]"] = {}


def _fitted(data: Plain, whole: type[Handbook]) -> tuple[Handbook | None, list[_Misfit]]:
    """The handbook that plain data makes, or where it does not fit the schema.

    It goes through JSON because a strict pydantic takes lists and dates from nothing else; and strict it has
    to be: a priority `"1"` or a zone 5 is a mistake that a lax reader would hide.
    """
    from pydantic import TypeAdapter, ValidationError

    if whole not in _adapters:
        _adapters[whole] = TypeAdapter(whole)
    try:
        return _adapters[whole].validate_json(json.dumps(data, default=date.isoformat), strict=True), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        return None, [(one["type"], one["loc"], one.get("ctx", {})) for one in details]


def _mended(data: Plain, wrong: list[_Misfit], whole: type[Handbook]) -> Handbook | None:
    """The handbook with the least value in the place of each wrong one, so that the rest can be judged."""
    for _ in range(3):  # a wrong value may hide others below it
        for kind, path, _limits in sorted(wrong, key=lambda one: len(one[1]), reverse=True):
            holder = _value(data, path[:-1])
            if kind in _KEYED:
                holder.pop(path[-1], None)
            else:
                holder[path[-1]] = stand_in(at(path, whole))
        handbook, wrong = _fitted(data, whole)
        if handbook is not None:
            return handbook
    return None


def _order(chain: Chain) -> Callable[[KeyPath], tuple[int, Place]]:
    """Sorts what the extended handbooks state before what the team's own does, and each by place."""
    names = [file.name for file in reversed(chain.files)]

    def order(path: KeyPath) -> tuple[int, Place]:
        place = next(_places(chain.document, path, key=False))
        return names.index(place.file), place

    return order


def _meant(wrong: list[_Misfit], whole: type[Handbook]) -> Iterator[KeyPath]:
    """For each unknown key the path that was probably meant: what it lacks may stand under the wrong name."""
    for kind, path, _ in wrong:
        meant = near(str(path[-1]), fields(bare(at(path[:-1], whole)))) if kind in _KEYED else None
        if meant is not None:
            yield (*path[:-1], meant)


def _touches(path: KeyPath, doubtful: Iterable[KeyPath]) -> bool:
    """Whether a value holds, or is part of, one that is wrong in itself: what follows from it goes unsaid."""
    return any(path[: len(other)] == other[: len(path)] for other in doubtful)


def _sentence(
    kind: str, path: KeyPath, data: Plain, limits: dict[str, object], removed: set[KeyPath], whole: type[Handbook]
) -> str:
    if kind == "missing" and path in removed:
        return f"{named(path)} cannot be null: {named(path[:-1])} needs it"
    return misfit(kind, path, None if kind == "missing" else _value(data, path), limits, whole)


def _value(data: Any, path: KeyPath) -> Any:
    for key in path:
        data = data[key]
    return data


def _placed(chain: Chain, path: KeyPath, says: str, *, key: bool = False) -> Problem:
    """A problem at its value; at the key where the value is a block or the key is what is wrong.

    Of what the bundled handbook states the team's file is told, since that is where it is put right.
    """
    place = next(_places(chain.document, path, key=key))
    own = chain.files[0]
    if place.file == BUNDLED.name and own.path is not None:
        setting = tuple(takewhile(lambda part: isinstance(part, str), path))  # lists replace as a whole
        says = f"{says} (as bundled: set {named(setting)} in {own.name})"
    return Problem(place.file, place.line, place.column, says)


def _places(document: Document, path: KeyPath, *, key: bool) -> Iterator[Place]:
    """Where a path stands, or, if nothing is there, what holds it."""
    there = 0  # places of what was replaced linger below this depth
    value: Plain = document.data
    for part in path:
        if isinstance(value, dict) and part in value:
            value = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            break
        there += 1
    if there == len(path) and not key and not isinstance(value, dict | list) and path in document.values:
        yield document.values[path]
    for depth in range(there, -1, -1):
        for places in (document.keys, document.values):
            if path[:depth] in places:
                yield places[path[:depth]]
