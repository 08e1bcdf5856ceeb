"""How a team's file changes the one it extends: maps merge, lists replace, `null` removes."""

from collections.abc import Iterator

from handrail.handbook.document import Document, KeyPath, Plain


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
    data = merge(under.data, over.data)
    assert isinstance(data, dict)
    return Document(
        data,
        under.keys | over.keys,
        under.values | over.values,
        [*under.problems, *over.problems],
        under.doubtful | over.doubtful,
        under.broken or over.broken,
    )
