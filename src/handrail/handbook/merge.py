"""How a team's file changes the one it extends: maps merge, lists replace, `null` removes.

Of the maps that its `replaces` names nothing is extended: `replaces: [sources, rules.recurring_duties.tasks]`.
"""

from collections.abc import Iterator

from handrail.handbook.document import Document, KeyPath, Plain, Problem
from handrail.handbook.wording import nearest

REPLACES = "replaces"
"""The key of a file that names maps of which it extends nothing."""


def merge(under: Plain, over: Plain) -> Plain:
    """`over` laid on `under`: maps key by key, anything else replaced. A `null` stays, as what removes."""
    if not (isinstance(under, dict) and isinstance(over, dict)):
        return over
    return under | {key: merge(under[key], value) if key in under else value for key, value in over.items()}


def without_nulls(data: Plain) -> Plain:
    """`data` without the keys that are null. A list's null entries stay: they are mistakes."""
    if isinstance(data, dict):
        return {key: without_nulls(value) for key, value in data.items() if value is not None}
    if isinstance(data, list):
        return [without_nulls(value) for value in data]
    return data


def nulls(data: Plain, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Where a map's key is null."""
    if isinstance(data, dict):
        for key, value in data.items():
            if value is None:
                yield (*path, key)
            yield from nulls(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from nulls(value, (*path, index))


def laid_over(under: Document, over: Document) -> Document:
    """Both documents as one: merged data, each place that of the file which the value came from.

    Every path of `over` is in the merged data, so its places win; those left of `under` point to nothing.
    """
    kept, wrong = _not_replaced(under.data, over)
    data = merge(kept, {key: value for key, value in over.data.items() if key != REPLACES})
    assert isinstance(data, dict)
    return Document(
        data,
        under.keys | over.keys,
        under.values | over.values,
        [*under.problems, *over.problems, *wrong],
        under.doubtful | over.doubtful,
        under.broken or over.broken,
    )


def _not_replaced(under: Plain, over: Document) -> tuple[Plain, list[Problem]]:
    """What `over` extends of `under`, and each entry of its `replaces` that names no map of it."""
    wrong: list[Problem] = []
    named = over.data.get(REPLACES)
    for index, name in enumerate(named if isinstance(named, list) else [named] if named is not None else []):
        keys = tuple(name.split(".")) if isinstance(name, str) and isinstance(named, list) else ()
        holder = under
        for key in keys[:-1]:
            holder = holder.get(key) if isinstance(holder, dict) else None
        if keys and isinstance(holder, dict) and isinstance(holder.get(keys[-1]), dict):
            under = merge(under, _nested(keys))
            continue
        place = over.values.get((REPLACES, index)) or over.values[(REPLACES,)]
        maps = [key for key, value in holder.items() if isinstance(value, dict)] if isinstance(holder, dict) else []
        says = "`replaces` takes a list of maps of the extended handbook, like `[sources, groups]`"
        if keys:
            says = f"there is no map `{name}` to replace{nearest(keys[-1], maps)}"
        wrong.append(Problem(place.file, place.line, place.column, says))
    return without_nulls(under) if named else under, wrong


def _nested(keys: tuple[str, ...]) -> Plain:
    """A map that removes what the keys lead to."""
    return {keys[0]: _nested(keys[1:]) if keys[1:] else None}
