"""Which label an item probably needs: every fact that speaks for one, and how sure they make us together.

A fact's weight is how often it alone would be right. Facts for one label add up as independent witnesses do; what
speaks for another label counts against it. Only what is surer than the handbook's ``confidence`` becomes a proposal.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from math import prod

from msgspec import Struct

from handrail.handbook.schema import Group, Responsibility
from handrail.model.actions import Evidence
from handrail.model.items import Epic, Issue, Item, MergeRequest
from handrail.rules.desk import Desk

RELATIVE, PATH, PROJECT, PERSON, ISSUE, WORD = 0.85, 0.8, 0.75, 0.6, 0.5, 0.4
"""Of its epic or the issue it closes; its files; its project; whose it is; an epic's issue; a word in its title."""


class Witness(Struct, frozen=True, gc=False):
    """A fact that speaks for a label."""

    label: str
    weight: float
    evidence: Evidence


class Suggestion(Struct, frozen=True, gc=False):
    """The label that is likeliest, how sure that is (0 to 1), and what speaks for it."""

    label: str
    sure: float
    evidence: tuple[Evidence, ...]


def likeliest(witnesses: Iterable[Witness]) -> Suggestion | None:
    """What the witnesses come to together; None where nothing speaks for any label."""
    heard: dict[str, list[Witness]] = {}
    for witness in witnesses:
        heard.setdefault(witness.label, []).append(witness)
    if not heard:
        return None
    sure = {label: 1 - prod(1 - one.weight for one in those) for label, those in heard.items()}
    best = min(sure, key=lambda label: (-sure[label], label))
    against = max((each for label, each in sure.items() if label != best), default=0.0)
    return Suggestion(best, sure[best] * (1 - against), tuple(one.evidence for one in heard[best]))


def of_relatives(item: Item, desk: Desk, wanted: Iterable[str]) -> Iterator[Witness]:
    """What its epic, the issue that a merge request closes, or an epic's issues carry of the ``wanted`` labels."""
    labels = frozenset(wanted)
    if isinstance(item, Epic):
        yield from _of_issues(item, labels, desk)
    for relative in _relatives(item, desk):
        for label in relative.labels:
            if label in labels:
                yield Witness(label, RELATIVE, Evidence(f"{relative.ref} has ~{label}", link=relative.ref))


def _of_issues(epic: Epic, labels: frozenset[str], desk: Desk) -> Iterator[Witness]:
    """What an epic's issues carry: one alone says little, and the more say the same the surer it is."""
    carrying = Counter(label for issue in desk.in_epic(epic.ref) for label in issue.labels if label in labels)
    for label, count in carrying.items():
        have = "has" if count == 1 else "have"
        yield Witness(
            label, 1 - (1 - ISSUE) ** count, Evidence(f"{count} of its issues {have} ~{label}", link=epic.ref)
        )


def _relatives(item: Item, desk: Desk) -> Iterator[Item]:
    if isinstance(item, MergeRequest):
        yield from desk.closed_by_merging(item.ref)
    elif isinstance(item, Issue) and item.epic:
        epic = desk.snapshot.by_ref.get(item.epic)
        if epic is not None:
            yield epic


def of_group(item: Item, desk: Desk, folders: dict[str, str]) -> Iterator[Witness]:
    """Which of the team's groups it is: by relatives, what it answers for, changed files, project and people.

    ``folders`` name a group for a source's name or path, or for a folder in it ("omnibus:config/patches").
    """
    labels = {key: group.label for key, group in desk.handbook.groups.items()}
    yield from of_relatives(item, desk, labels.values())
    yield from _of_responsibilities(item, desk)
    if isinstance(item, Epic):
        return
    source = desk.source_name(item.project)
    if isinstance(item, MergeRequest) and item.changed_paths:
        yield from _of_paths(item, source, folders, labels)
    group = folders.get(source) or folders.get(item.project)
    if group in labels:
        yield Witness(labels[group], PROJECT, Evidence(f"{source} is {desk.handbook.groups[group].name}’s"))
    owner = item.assignees[0] if item.assignees else item.author
    person = desk.snapshot.people.get(owner)
    if person is not None and len(person.groups) == 1 and person.groups[0] in labels:
        whose = "assigned to" if item.assignees else "written by"
        key = person.groups[0]
        yield Witness(labels[key], PERSON, Evidence(f"{whose} {person.name} of {desk.handbook.groups[key].name}"))


def _of_responsibilities(item: Item, desk: Desk) -> Iterator[Witness]:
    """What the item is about, of all that a group answers for."""
    title = item.title.casefold()
    for group, one, words in desk.once(__name__, lambda: list(_responsibilities(desk))):
        label = next((label for label in one.labels if label in item.labels), None)
        word = next((word for word, pattern in words if pattern.search(title)), None)
        if label or word:
            fact = f"it has ~{label}" if label else f"its title has “{word}”"
            weight = PATH if label else WORD
            yield Witness(group.label, weight, Evidence(f"{group.name} answers for {one.says} ({fact})"))


def _responsibilities(desk: Desk) -> Iterator[tuple[Group, Responsibility, list[tuple[str, re.Pattern[str]]]]]:
    """All that a group answers for, each word with the pattern by which a title has it."""
    for group in desk.handbook.groups.values():
        for one in group.responsibilities:
            yield group, one, [(word, re.compile(rf"\b{re.escape(word)}")) for word in one.words]


def _of_paths(item: MergeRequest, source: str, folders: dict[str, str], labels: dict[str, str]) -> Iterator[Witness]:
    for place, group in folders.items():
        name, mark, folder = place.partition(":")
        if not mark or name not in {source, item.project} or group not in labels:
            continue
        inside = [path for path in item.changed_paths if path == folder or path.startswith(folder + "/")]
        if inside and len(inside) == len(item.changed_paths):
            yield Witness(labels[group], PATH, Evidence(f"all it changes is in {folder}"))


def of_words(item: Item, words: dict[str, tuple[str, ...]]) -> Iterator[Witness]:
    """What the first words of its title speak for: ``words`` are lower case, by label."""
    title = item.title.casefold()
    for label, starts in words.items():
        for start in starts:
            if title.startswith(start):
                yield Witness(label, WORD * 2, Evidence(f"its title begins with “{item.title[: len(start)]}”"))
                break
