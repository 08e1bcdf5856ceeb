"""The team's own ledger, in JSON or YAML: which release of ours has what, for what nothing else tells."""

from collections.abc import Collection
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from handrail.model.support import Support

_Text = Annotated[str, Meta(min_length=1)]


class _Row(Struct, forbid_unknown_fields=True):
    product: _Text
    release: _Text
    milestone: _Text
    absent: bool = False
    because: str = ""
    since: date | None = None


def read_ledger(text: str, name: str, milestones: Collection[str]) -> tuple[list[Support], list[str]]:
    """The rows of a ledger of that name that are about one of the ``milestones``, in their order.

    What is wrong with a row is named, and the others count.
    """
    try:
        rows = _plain(text)
    except ValueError as error:
        return [], [f"The ledger {name} is neither JSON nor YAML ({error})."]
    if not isinstance(rows, list):
        return [], [f"The ledger {name} is no list: each entry has a product, a release and a milestone."]
    found: list[Support] = []
    problems: list[str] = []
    for number, row in enumerate(rows, 1):
        try:
            one = msgspec.convert(row, _Row, strict=False)
        except msgspec.ValidationError as error:
            problems.append(f"Entry {number} of the ledger {name}: {str(error).replace('`', '')}; it was left out.")
            continue
        if one.milestone not in milestones:
            problems.append(
                f"Entry {number} of the ledger {name}: {one.milestone} is none of our releases; it was left out."
            )
            continue
        proof = f"the ledger {name}{f': {one.because}' if one.because else ''}"
        found.append(Support(one.product, one.release, one.milestone, one.absent, proof, one.since))
    place = {milestone: index for index, milestone in enumerate(milestones)}
    return sorted(found, key=lambda one: place[one.milestone]), problems


def _plain(text: str) -> object:
    """JSON or YAML as plain values, all of YAML's as text: 1.10 is a version, no number. Raises ValueError."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        pass
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    yaml = YAML(typ="base", pure=True)
    try:
        return yaml.load(text)
    # Beside its own, ruamel lets these through, as handbook.positions has it.
    except (YAMLError, ValueError, OverflowError, AssertionError, AttributeError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())[:200]) from error
