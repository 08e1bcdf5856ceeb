"""Listings of items: filtered, ordered, paged."""

from typing import Any

from standin.entries import Kind
from standin.filters import order_of, wanted
from standin.graphql.connections import Args, Connection, Problem, of_entries
from standin.places import Place
from standin.world import World

ISSUES: frozenset[Kind] = frozenset({"issue"})
WORK_ITEMS: frozenset[Kind] = frozenset({"issue", "epic"})
MERGE_REQUESTS: frozenset[Kind] = frozenset({"merge_request"})


def listing(world: World, kinds: frozenset[Kind], place: Place | None, args: Args, *, deep: bool = True) -> Connection:
    """A page of the items of some kinds in a place, or of the whole instance."""
    order, descending = order_of(args.get("sort"))
    entries = world.listing(kinds, order, place, deep=deep)
    try:
        test = wanted(args, world)
    except ValueError as error:
        raise Problem(f"Argument has an invalid value: {error}") from error
    return of_entries(entries, order, descending=descending, wanted=test, args=args)


def merge_requests(world: World, place: Place | None, args: Args, *, deep: bool = True) -> Connection:
    """A page of merge requests."""
    return listing(world, MERGE_REQUESTS, place, args, deep=deep)


def issues(world: World, place: Place | None, args: Args, *, deep: bool = True) -> Connection:
    """A page of issues."""
    return listing(world, ISSUES, place, args, deep=deep)


def one(connection: Connection) -> Any:
    """The only node, or None."""
    return connection.nodes[0] if connection.nodes else None
