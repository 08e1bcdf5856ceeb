"""A file of the team's with releases that nobody else lists: ``{product: {versions: {version: date}}}``."""

from datetime import date, datetime
from typing import Any

import msgspec

from handrail.handbook.support import Product
from handrail.model.support import Published
from handrail.releases.unread import UnreadError, nonsense, said
from handrail.support.versions import numbers, order

MOST_BYTES = 20_000_000


def releases_of(body: bytes, product: str, stated: Product, seen: datetime) -> tuple[list[Published], list[str]]:
    """A product's releases, and a sentence for each that cannot be read. Raises UnreadError where none can.

    A line is released with its first version. What comes before a release (a beta, a candidate) is none.
    """
    name = stated.upstream or product
    try:
        if len(body) > MOST_BYTES:
            raise UnreadError(f"it is larger than {MOST_BYTES // 1_000_000} MB")
        rows = msgspec.json.decode(body, type=dict[str, Any]).get(name)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadError(f"it cannot be understood ({said(error)})") from None
    versions = rows.get("versions") if isinstance(rows, dict) else None
    if not isinstance(versions, dict):
        raise UnreadError("it lists none of them: write {“product”: {“versions”: {“1.0”: “2026-07-01”}}}")
    found: dict[str, Published] = {}
    problems: list[str] = []
    for version, day in sorted(versions.items(), key=lambda one: order(one[0])):
        try:
            released = None if day is None else msgspec.convert(day, date)
        except msgspec.ValidationError as error:
            problems.append(f"{product} {version!a}: {said(error)}")
            continue
        if problem := nonsense(Published(product, version, seen, released)):
            problems.append(problem)
        elif not numbers(version):
            problems.append(f"{product} {version}: it is no version")
        elif order(version)[1] == 0:
            line = version if stated.line is None else ".".join(map(str, numbers(version)[: stated.line]))
            found.setdefault(line, Published(product, line, seen, released))
            if stated.minor and order(version) != order(line):
                found.setdefault(version, Published(product, version, seen, released, minor=True))
    return list(found.values()), problems
