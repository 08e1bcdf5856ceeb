"""Which items a listing shows, by GraphQL's argument names; REST's are translated to them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from handrail.model.items import MergeRequest
from standin.entries import Entry
from standin.world import World

Test = Callable[[Entry], bool]
ORDERS = ("updated", "created", "closed", "merged", "title")


def order_of(sort: str | None) -> tuple[str, bool]:
    """("updated", descending) of UPDATED_DESC; newest first by creation where nothing is said."""
    field, _, direction = (sort or "created_desc").lower().rpartition("_")
    return field.removesuffix("_at"), direction == "desc"


def wanted(args: Mapping[str, Any], world: World) -> Test:
    """Whether an item passes all of the filters that were given."""
    tests = [
        make(value, world)
        for name, make in _TESTS.items()
        if (value := args.get(name)) is not None and (name != "state" or value != "all")
    ]
    match tests:
        case []:
            return lambda _: True
        case [only]:
            return only
        case _:
            return lambda entry: all(test(entry) for test in tests)


def instant(text: str) -> datetime:
    """An instant as people write it to GitLab: a date alone is its midnight, no zone is UTC. Raises ValueError."""
    found = datetime.fromisoformat(text.replace(" ", "T", 1))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _from(get: Callable[[Entry], datetime | None]) -> Callable[[str, World], Test]:
    def make(text: str, _world: World) -> Test:
        bound = instant(text)
        return lambda entry: (value := get(entry)) is not None and value >= bound

    return make


def _until(get: Callable[[Entry], datetime | None]) -> Callable[[str, World], Test]:
    def make(text: str, _world: World) -> Test:
        bound = instant(text)
        return lambda entry: (value := get(entry)) is not None and value <= bound

    return make


def _labels(names: str | Iterable[str], _world: World) -> Test:
    asked = frozenset([names] if isinstance(names, str) else names)
    word = _wildcard(asked)
    if word:
        return lambda entry: bool(entry.item.labels) is (word == "any")
    return lambda entry: asked.issubset(entry.item.labels)


def _milestones(titles: str | Iterable[str], _world: World) -> Test:
    asked = frozenset([titles] if isinstance(titles, str) else titles)
    word = _wildcard(asked)
    if word:
        return lambda entry: (entry.item.milestone is not None) is (word == "any")
    return lambda entry: entry.item.milestone in asked


def _wildcard(asked: frozenset[str]) -> str | None:
    """GitLab's two words for no label and for any, where one is all that was asked for."""
    word = min(asked, default="").casefold() if len(asked) == 1 else ""
    return word if word in {"none", "any"} else None


def _milestone_wildcard(word: str, world: World) -> Test:
    return _milestones(word, world)


def _assignees(names: str | Iterable[str], world: World) -> Test:
    asked = frozenset([names] if isinstance(names, str) else names)
    return lambda entry: asked <= {account.username for account in world.known(entry.item.assignees)}


def _assignee_wildcard(word: str, world: World) -> Test:
    return lambda entry: bool(world.known(entry.item.assignees)) is (word == "ANY")


def _reviewer(name: str, world: World) -> Test:
    return lambda entry: (
        isinstance(entry.item, MergeRequest)
        and name in world.accounts
        and any(reviewer.username == name for reviewer in entry.item.reviewers)
    )


def _approved_by(names: Iterable[str], _world: World) -> Test:
    asked = frozenset(names)
    return lambda entry: isinstance(entry.item, MergeRequest) and asked <= frozenset(entry.item.approved_by)


def _branches(names: Iterable[str], _world: World) -> Test:
    asked = frozenset(names)
    return lambda entry: isinstance(entry.item, MergeRequest) and entry.item.target_branch in asked


def _iids(numbers: Iterable[str], _world: World) -> Test:
    asked = {int(number) for number in numbers}
    return lambda entry: entry.item.iid in asked


def _search(get: Callable[[Entry], str]) -> Callable[[str, World], Test]:
    def make(text: str, _world: World) -> Test:
        words = text.casefold().split()

        def test(entry: Entry) -> bool:
            found = get(entry).casefold()
            return all(word in found for word in words)

        return test

    return make


_TESTS: Mapping[str, Callable[[Any, World], Test]] = {
    "state": lambda state, _: lambda entry: entry.item.state == state,
    "types": lambda types, _: lambda entry: entry.work_item_type in types,
    "updatedAfter": _from(lambda entry: entry.updated_at),
    "updatedBefore": _until(lambda entry: entry.updated_at),
    "createdAfter": _from(lambda entry: entry.item.created_at),
    "createdBefore": _until(lambda entry: entry.item.created_at),
    "closedAfter": _from(lambda entry: entry.item.closed_at),
    "closedBefore": _until(lambda entry: entry.item.closed_at),
    "mergedAfter": _from(lambda entry: entry.merged_at),
    "mergedBefore": _until(lambda entry: entry.merged_at),
    "labelName": _labels,
    "milestoneTitle": _milestones,
    "milestoneWildcardId": _milestone_wildcard,
    "assigneeUsername": _assignees,
    "assigneeUsernames": _assignees,
    "assigneeWildcardId": _assignee_wildcard,
    "authorUsername": lambda name, _: lambda entry: entry.item.author == name,
    "reviewerUsername": _reviewer,
    "approvedBy": _approved_by,
    "targetBranches": _branches,
    "draft": lambda draft, _: lambda entry: isinstance(entry.item, MergeRequest) and entry.item.draft is draft,
    "confidential": lambda value, _: lambda entry: entry.item.confidential is value,
    "iids": _iids,
    "iid": lambda number, world: _iids([number], world),
    "ids": lambda ids, _: lambda entry: str(entry.id) in {identity.rpartition("/")[2] for identity in ids},
    "search": _search(lambda entry: f"{entry.item.title}\n{entry.description}"),
    "searchTitle": _search(lambda entry: entry.item.title),
    "searchDescription": _search(lambda entry: entry.description),
}
