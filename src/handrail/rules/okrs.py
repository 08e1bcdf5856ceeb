"""The team's OKRs as the facts tell them: whose each is, which issues scope it, who took part, and how far it is.

An OKR is an item of the team's with the OKR label, of the fiscal quarter whose label it carries. The issues that scope
it are those that it is linked to, and of an epic its issues; other OKRs, and what only plans or looks back on the work,
apart. An OKR below another on GitLab is a key result of that objective, and what scopes the key results scopes the
objective.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from statistics import fmean

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
    objective: str
    """The OKR that it is a key result of; empty for none."""
    owner: str
    """The first member who is assigned; empty for nobody."""
    scoping: tuple[str, ...]
    done: int
    """How many of these are done, of the ``counted`` ones: those of which that is known."""
    counted: int
    contributors: tuple[str, ...]
    """The members besides the owner who are assigned to, wrote or spoke last on it or an issue that scopes it."""
    score: float | None
    """From 0 to 1: the progress that GitLab states, of itself or (their mean) of its key results, else the share of
    scoping issues that is done; None: unknown."""
    health: str
    """GitLab's word; empty where it has none."""

    @property
    def is_scoped(self) -> bool:
        """Whether it has an owner and issues that scope it."""
        return bool(self.owner and self.scoping)


def okrs(desk: Desk, label: str, is_beside: Callable[[Item], bool] = lambda _: False) -> list[Okr]:
    """Every OKR of the team, open or ended lately, by quarter and reference; ``label`` is what marks one.

    ``is_beside`` tells of what is linked to an OKR whether it scopes none all the same.
    """
    ended = {item.ref: item for item in desk.snapshot.closed}
    everything = chain(desk.snapshot.items, desk.snapshot.closed)
    marked = {
        item.ref: item
        for item in everything
        if label in item.labels and isinstance(item, Issue | Epic) and desk.read(item).ours
    }
    found = [_okr(item, marked, is_beside, ended, desk) for item in marked.values()]
    return sorted(found, key=lambda okr: (okr.quarter, okr.ref))


def _okr(
    item: Issue | Epic,
    others: Mapping[str, Issue | Epic],
    is_beside: Callable[[Item], bool],
    ended: Mapping[str, Item],
    desk: Desk,
) -> Okr:
    key_results = [one for one in desk.in_epic(item.ref) if one.ref in others and one.ref != item.ref]
    whole = (item, *key_results)
    linked = dict.fromkeys(ref for one in whole for ref in _linked(one, desk) if ref not in others)
    found = {ref: desk.snapshot.by_ref.get(ref) or ended.get(ref) for ref in linked}
    scoping = tuple(ref for ref, one in found.items() if one is None or not is_beside(one))
    known = [one for ref in scoping if (one := found[ref])]
    owner = next((name for name in item.assignees if desk.is_member(name)), "")
    took_part = {name for one in (*whole, *known) for name in _people(one) if desk.is_member(name)}
    parent = (item.epic or "") if isinstance(item, Issue) else ""
    is_done = [done for ref in scoping if (done := _is_done(ref, desk)) is not None]
    return Okr(
        item.ref,
        item.title,
        next((label for label in item.labels if desk.is_quarter(label)), ""),
        item.state == "opened",
        parent if parent != item.ref and parent in others else "",
        owner,
        scoping,
        sum(is_done),
        len(is_done),
        tuple(sorted(took_part - {owner})),
        _score((item, *key_results), is_done),
        item.health or "",
    )


def _linked(item: Issue | Epic, desk: Desk) -> Iterator[str]:
    yield from (issue.ref for issue in desk.in_epic(item.ref))
    if isinstance(item, Issue):
        yield from (*item.related, *item.blocked_by, *item.blocks)


def _people(item: Item) -> Iterable[str]:
    return (item.author, *item.assignees, item.last_human_by, *item.acted)


def _is_done(ref: str, desk: Desk) -> bool | None:
    """Issues of the team's sources that are not open are done: all that are open are read. None: unknown."""
    if ref in desk.snapshot.by_ref:
        return False
    return True if desk.terms.is_source(ref.rpartition("#")[0]) else None


def _score(whole: Sequence[Issue | Epic], is_done: Sequence[bool]) -> float | None:
    own, *others = [one.progress if isinstance(one, Issue) else None for one in whole]
    stated = [own] if own is not None else [one for one in others if one is not None]
    if stated:
        return fmean(stated) / 100
    return fmean(is_done) if is_done else None
