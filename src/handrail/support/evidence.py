"""Evidence of support: which versions our releases have, by what several witnesses say, the strongest first.

A file at a release's tag is stronger than a closed tracking issue, and that than the team's own ledger. A line of a
changelog proves nothing. Source: the workflow page, Dependency maintenance; definitions 7.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from handrail.handbook.schema import Source
from handrail.handbook.support import Product, Proof
from handrail.model.items import Issue
from handrail.model.support import FileAtTag, Published, Support
from handrail.support.versions import is_of, numbers, order

GIVEN_UP = frozenset({"won't do", "duplicate"})
"""GitLab's own Statuses of what was closed without being done; labels say it in the same words."""
_PLACE = re.compile(r"\{(major|minor)(-\d+)?\}")


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


def tag_of(form: str, milestone: str) -> str | None:
    """The tag of a milestone's release: ``v{major-9}.{minor}.0`` of 18.2 is v9.2.0. None for one without numbers."""
    known = dict(zip(("major", "minor"), numbers(milestone), strict=False))
    tag = form.replace("{milestone}", milestone)
    for found in _PLACE.finditer(form):
        if found[1] not in known:
            return None
        tag = tag.replace(found[0], str(known[found[1]] + int(found[2] or 0)))
    return tag


def versions_in(text: str, pattern: str) -> tuple[str, ...]:
    """What a pattern finds, each once, in order: its group of each match; ``^`` and ``$`` are a line's.

    ``1_24_0`` is how 1.24.0 is written in a tag's name.
    """
    found = (match[match.lastindex] for match in _compiled(pattern).finditer(text) if match.lastindex)
    return tuple(sorted({version.replace("_", ".") for version in found if version}, key=order))


class Proofs:
    """The proofs of products whose projects are read: which files to ask for, and what they say.

    ``sources`` by name; of a source without the form of its tags no file is asked for.
    """

    def __init__(self, products: Mapping[str, Product], sources: Mapping[str, Source]) -> None:
        by_path = {source.path: source for source in sources.values()}
        self._proofs: dict[str, list[tuple[Source, Proof]]] = {}
        self.forms: dict[str, str] = {}
        """The form of the release's tag, by project."""
        self.patterns: dict[str, dict[str, list[str]]] = {}
        """By project the files to read at each release's tag, and what to look for in them."""
        for name, product in products.items():
            for proof in product.proofs:
                source = sources.get(proof.source) or by_path.get(proof.source)
                if source and source.release_tag:
                    self._proofs.setdefault(name, []).append((source, proof))
                    self.forms[source.path] = source.release_tag
                    asked = self.patterns.setdefault(source.path, {}).setdefault(proof.path, [])
                    if proof.pattern not in asked:
                        asked.append(proof.pattern)

    def support(self, read: Iterable[FileAtTag], milestones: Sequence[str]) -> tuple[list[Support], list[str]]:
        """From which of the ``milestones``, which are in the order of their releases, a version is there, or is gone.

        And what is wrong, a sentence for each product. Nothing is said of a release of which a file of the product is
        unread, or of which the files are there and no pattern finds anything.
        """
        known = {(one.project, one.tag, one.path, one.pattern): one.versions for one in read}
        found: list[Support] = []
        problems: list[str] = []
        for name, proofs in self._proofs.items():
            told = [(milestone, _Told.at(milestone, proofs, known)) for milestone in milestones]
            found += _changes(name, [(milestone, one) for milestone, one in told if one and not one.silent])
            problems += _problems(name, [one for _, one in told if one])
        return found, problems


class _Told(NamedTuple):
    """What the files of a product say at the tags of one release."""

    versions: Mapping[str, str]
    """And where each stands."""
    where: Sequence[str]
    silent: Sequence[str]
    """The files that are there, where none of their patterns finds anything."""
    odd: Sequence[str]
    """What was found and is no version."""

    @classmethod
    def at(
        cls,
        milestone: str,
        proofs: Sequence[tuple[Source, Proof]],
        known: Mapping[tuple[str, str, str, str], tuple[str, ...] | None],
    ) -> "_Told | None":
        """None where a file is unread."""
        versions: dict[str, str] = {}
        where: list[str] = []
        silent: list[str] = []
        for source, proof in proofs:
            tag = tag_of(source.release_tag, milestone)
            if tag is None:
                return None
            key = source.path, tag, proof.path, proof.pattern
            if key not in known:
                return None
            where.append(f"{proof.path} at {tag}")
            if known[key] == () and not proof.lists:
                silent.append(where[-1])
            versions |= dict.fromkeys(known[key] or (), where[-1])
        odd = [f"“{version}” of {versions.pop(version)}" for version in [*versions] if not numbers(version)]
        return cls(versions, where, () if versions else silent, odd)


def _changes(product: str, told: Iterable[tuple[str, _Told]]) -> Iterator[Support]:
    """What came and what went, from release to release; what went is said first, as it takes along all of its line."""
    before: Collection[str] = ()
    for milestone, now in told:
        gone = [version for version in before if version not in now.versions]
        instead = ", ".join(now.versions)
        for version in gone:
            proof = f"{now.where[-1]} has {instead}" if instead else f"nothing in {' and '.join(now.where)}"
            yield Support(product, version, milestone, absent=True, proof=proof)
        for version, where in now.versions.items():
            if version not in before or any(is_of(version, line) for line in gone):
                yield Support(product, version, milestone, proof=where)
        before = now.versions


def _problems(product: str, told: Sequence[_Told]) -> Iterator[str]:
    odd = [one for at in told for one in at.odd]
    if odd:
        yield f"{product}: {odd[0]} is no version: correct the pattern (support.products.{product}.proofs)."
    silent = [at.silent[0] for at in told if at.silent]
    if silent or (told and not any(at.versions for at in told)):
        where = silent[-1] if silent else told[-1].where[-1]
        more = len(silent) - 1
        others = f" and {more} other tag{'' if more == 1 else 's'}" if more > 0 else ""
        yield (
            f"{product}: no version was found in {where}{others}: correct the path or the pattern "
            f"(support.products.{product}.proofs)."
        )


def topic(product: str, release: str) -> str:
    """By what an issue is known that was opened for a release."""
    return "-".join(f"{product} {release}".split())


def of_issues(closed: Iterable[tuple[str, Issue]], published: Iterable[Published], zone: tzinfo) -> list[Support]:
    """What closed tracking issues, each with its topic, say of what was published: their milestone has it.

    That is known from the day in the team's ``zone`` on which one was closed. Nothing is said by one without a
    milestone, and by one that was given up.
    """
    names = {topic(one.product, one.release): (one.product, one.release) for one in published}
    return [
        Support(*names[of], issue.milestone, proof=f"{issue.ref}, closed", since=_day(issue.closed_at, zone))
        for of, issue in closed
        if of in names and issue.milestone and not _is_given_up(issue)
    ]


def _day(at: datetime | None, zone: tzinfo) -> date | None:
    return at.astimezone(zone).date() if at else None


def _is_given_up(issue: Issue) -> bool:
    """By its Status, or by a label where there is none: “workflow::won't do”."""
    told = (issue.status or "", *(label.rpartition("::")[2] for label in issue.labels))
    return not GIVEN_UP.isdisjoint(word.strip().casefold() for word in told)


def as_first_read(told: Iterable[Support], before: Collection[Support], today: date) -> list[Support]:
    """What the ledger says, where it does not tell itself since when that is known: since ``today`` what is new in it.

    Of what it said the first time that it was read nobody can tell, so it counts from our release on.
    """
    known = {_said(one): one.since for one in before}
    return [replace(one, since=known.get(_said(one), today)) if before and one.since is None else one for one in told]


def _said(one: Support) -> tuple[str, str, str, bool]:
    return one.product, one.release, one.milestone, one.absent


def _with_word_of(mine: Support, other: Support) -> Support:
    """What a weaker witness adds: that it says otherwise, or that the same was known before."""
    if mine.absent or other.milestone != mine.milestone:
        return replace(mine, proof=f"{mine.proof}; {other.proof} says {other.milestone}")
    return replace(mine, since=min(mine.since, other.since) if mine.since and other.since else None)


def strongest(milestones: Sequence[str], *witnesses: Iterable[Support]) -> list[Support]:
    """What the first of the ``witnesses`` says of a release who says anything of it.

    Where a later one names another of the ``milestones``, which are in the order of their releases, the proof tells.
    What is said of a milestone that is none of them is left out.
    """
    place = {milestone: index for index, milestone in enumerate(milestones)}
    found: dict[str, dict[str, list[Support]]] = {}
    for witness in witnesses:
        told: dict[tuple[str, str], list[Support]] = {}
        for one in witness:
            if one.milestone in place:
                told.setdefault((one.product, one.release), []).append(one)
        new = []
        for (product, release), says in told.items():
            said = found.get(product, {})
            stronger = [one for version in said if is_of(version, release) for one in said[version]]
            if not stronger:
                new.append((product, release, says))
                continue
            first = next((one for one in says if not one.absent), None)
            mine = min(stronger, key=lambda one: (one.absent, place[one.milestone]))
            if first:
                both = _with_word_of(mine, first)
                said[mine.release] = [both if one is mine else one for one in said[mine.release]]
        for product, release, says in new:
            found.setdefault(product, {})[release] = says
    every = [one for of_product in found.values() for says in of_product.values() for one in says]
    return sorted(every, key=lambda one: (one.product, place[one.milestone], not one.absent))
