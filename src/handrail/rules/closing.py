"""Closing what somebody wrote: with a word to them, and at a time at which they can hear it."""

from handrail.model.actions import CloseItem, Comment, Expectation
from handrail.model.findings import Remedy
from handrail.model.items import Item
from handrail.rules.desk import Desk


def closing(
    item: Item, desk: Desk, topic: str, thanks: str, asks: str, still: tuple[Expectation, ...]
) -> tuple[Remedy, ...]:
    """A comment to its author and the close, both while ``still`` holds; a bot is told nothing."""
    close = Remedy(CloseItem(), expects=still)
    if item.author in desk.terms.bots:
        return (close,)
    if not hears(item.author, desk):
        return ()
    return Remedy(Comment(topic, (item.author,), thanks, asks, last=True), expects=still), close


def hears(username: str, desk: Desk) -> bool:
    """Whether the person can be told something now, as far as is known: what follows on words waits for them."""
    if not desk.is_member(username):
        return username not in desk.terms.bots
    at_work = desk.snapshot.calendars[username].is_open(desk.snapshot.now)
    return not desk.is_absent(username) and (at_work or not desk.handbook.acting.noise.office_hours)
