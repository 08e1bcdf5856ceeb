"""The team's OKRs as the facts tell them: whose each is, which issues scope it, who took part, and how far it is.

An OKR is an item of the team's with the OKR label, of the fiscal quarter whose label it carries. The issues that scope
it are those that it is linked to, and of an epic its issues, other OKRs apart.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from msgspec import Struct

from handrail.model.items import Epic, Issue, Item
from handrail.rules.desk import Desk


class Okr(Struct, frozen=True, gc=False):
    """One OKR. People are user names of the team, items references."""

    ref: str
    title: str
    quarter: str
    """The fiscal quarter's label; empty where it carries none."""
    is_open: bool
    owner: str
    """The first member who is assigned; empty for nobody."""
    scoping: tuple[str, ...]
    contributors: tuple[str, ...]
    """The members besides the owner who are assigned to, wrote or spoke last on it or an issue that scopes it."""
    score: float | None
    """From 0 to 1: the progress that GitLab states, else the share of scoping issues that is done; None: unknown."""
    health: str
    """GitLab's word; empty where it has none."""

    @property
    def is_scoped(self) -> bool:
        """Whether it has an owner and issues that scope it."""
        return bool(self.owner and self.scoping)


def okrs(desk: Desk, label: str) -> list[Okr]:
    """Every OKR of the team, open or ended lately, by quarter and reference; ``label`` is what marks one."""
    ended = {item.ref: item for item in desk.snapshot.closed}
    everything = chain(desk.snapshot.items, desk.snapshot.closed)
    marked = {
        item.ref: item
        for item in everything
        if label in item.labels and isinstance(item, Issue | Epic) and desk.read(item).ours
    }
    found = [_okr(item, marked, ended, desk) for item in marked.values()]
    return sorted(found, key=lambda okr: (okr.quarter, okr.ref))


def _okr(item: Issue | Epic, others: Mapping[str, Item], ended: Mapping[str, Item], desk: Desk) -> Okr:
    scoping = tuple(dict.fromkeys(ref for ref in _linked(item, desk) if ref not in others))
    known = [one for ref in scoping if (one := desk.snapshot.by_ref.get(ref) or ended.get(ref))]
    owner = next((name for name in item.assignees if desk.is_member(name)), "")
    took_part = {name for one in (item, *known) for name in _people(one) if desk.is_member(name)}
    return Okr(
        item.ref,
        item.title,
        next((label for label in item.labels if desk.is_quarter(label)), ""),
        item.state == "opened",
        owner,
        scoping,
        tuple(sorted(took_part - {owner})),
        _score(item, scoping, desk),
        (item.health or "") if isinstance(item, Issue) else "",
    )


def _linked(item: Issue | Epic, desk: Desk) -> Iterator[str]:
    if isinstance(item, Epic):
        yield from (issue.ref for issue in desk.in_epic(item.ref))
    else:
        yield from (*item.related, *item.blocked_by, *item.blocks)


def _people(item: Item) -> Iterable[str]:
    return (item.author, *item.assignees, item.last_human_by, *item.acted)


def _score(item: Issue | Epic, scoping: tuple[str, ...], desk: Desk) -> float | None:
    """Issues of the team's sources that are not open are done: all that are open are read."""
    if isinstance(item, Issue) and item.progress is not None:
        return item.progress / 100
    done = total = 0
    for ref in scoping:
        is_open = ref in desk.snapshot.by_ref
        if is_open or desk.terms.is_source(ref.rpartition("#")[0]):
            total += 1
            done += not is_open
    return done / total if total else None
