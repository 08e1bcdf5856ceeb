"""Closing what somebody wrote: with a word to them, and not while they are away and cannot answer."""

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
    to = desk.reachable((item.author,))
    return (Remedy(Comment(topic, to, thanks, asks), expects=still), close) if to else ()
