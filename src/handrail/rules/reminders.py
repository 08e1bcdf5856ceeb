"""Reminders to people: in rounds that come ever more seldom, and only to those who are there to act."""

from datetime import datetime, timedelta

from handrail.model.actions import Comment
from handrail.rules.desk import Desk


def round_of(start: datetime, now: datetime, repeat_days: tuple[int, ...]) -> int:
    """Which reminder is due: 1 from the start on, and one more whenever the next of ``repeat_days`` has passed."""
    number, at = 1, start
    while True:
        at += timedelta(days=repeat_days[min(number, len(repeat_days)) - 1])
        if at > now:
            return number
        number += 1


def reminder(desk: Desk, topic: str, since: datetime, to: tuple[str, ...], thanks: str, asks: str) -> Comment | None:
    """The comment that reminds people of something that has been so ``since``; None where nobody is there to read it.

    ``thanks`` follows the names ("thank you for …"), ``asks`` is a paragraph of its own. A round's words are edited in
    place, a new round is a new comment: what nobody is told of reminds nobody.
    """
    present = tuple(name for name in to if not desk.is_member(name) or not desk.is_absent(name))
    if not present:
        return None
    number = round_of(since, desk.snapshot.now, desk.handbook.acting.noise.repeat_days)
    return Comment(topic if number == 1 else f"{topic}-{number}", present, thanks, asks)
