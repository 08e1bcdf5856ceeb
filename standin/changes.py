"""A change of one item, put together piece by piece and then made at once, with the events that tell of it.

What is asked for and is so already is no change: it makes no event, and it does not touch ``updated_at``.
Source of what changes what: GitLab's ``IssuableBaseService`` and its services of issues and merge requests.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from handrail.model.history import Deed, Event
from handrail.model.items import Issue, Item, MergeRequest, Reviewer
from handrail.model.labels import excluded_by
from standin.entries import Entry, Remark
from standin.statuses import CLOSED_DEFAULT, CLOSING, OPEN_DEFAULT, category
from standin.world import World

DRAFT = re.compile(r"\s*(?:draft:|\[draft\]|\(draft\))", re.IGNORECASE)
"""How a merge request's title says that it is a draft."""
KINDS = {"issue": "issue", "merge_request": "merge request", "epic": "epic"}


class Change:
    """What one request alters of an item, by whom; ``save`` makes it so."""

    def __init__(self, world: World, entry: Entry, by: str) -> None:
        self.world, self.entry, self.by = world, entry, by
        self.item: Item = entry.item
        self.description = entry.description
        self.events: list[Event] = []
        self.remarks: list[Remark] = []

    def save(self) -> bool:
        """Make the change. Whether there was any."""
        entry = self.entry
        if self.item == entry.item and self.description == entry.description and not (self.events or self.remarks):
            return False
        described = None if self.description == entry.description else (entry.description, self.description)
        entry.description = self.description
        entry.remarks += self.remarks
        self.world.record(entry, self.item, self.events, self.by, described)
        return True

    # --- what is said of it ----------------------------------------------------------------------------

    def retitle(self, title: str) -> None:
        """Another title; a merge request's says whether it is a draft."""
        if title == self.item.title:
            return
        self._note(f"changed title from **{self.item.title}** to **{title}**", "title")
        self._set(title=title)
        draft = DRAFT.match(title) is not None
        if isinstance(self.item, MergeRequest) and draft is not self.item.draft:
            self._happen("drafted" if draft else "undrafted")
            self._set(draft=draft)

    def describe(self, text: str) -> None:
        """Another description."""
        if text != self.description:
            self.description = text
            self._note("changed the description", "description")

    def hide(self, confidential: bool) -> None:
        """Make an issue confidential, or visible to everyone."""
        if confidential is not self.item.confidential:
            self._set(confidential=confidential)
            words = "confidential" if confidential else "visible to everyone"
            self._note(f"made the {KINDS[self.entry.kind]} {words}", "confidential" if confidential else "visible")

    def weigh(self, weight: int | None) -> None:
        """Another weight, or none. GitLab tells of it in a resource event of its own kind, which is not served."""
        self._set(weight=weight)

    # --- labels and milestone --------------------------------------------------------------------------

    def label(self, base: Sequence[str] | None, add: Iterable[str], remove: Iterable[str]) -> None:
        """Put labels on and take labels off, beginning with ``base`` or else with those that are there.

        On Premium the last of a scope that is put on takes the others of the scope off.
        """
        before, gone = self.item.labels, frozenset(remove)
        asked = [title for title in dict.fromkeys([*(before if base is None else base), *add]) if title not in gone]
        after = [title for title in asked if title in before]
        for title in asked:
            if title not in before:
                out = excluded_by(title, after) if self.world.tier == "premium" else ()
                after = [*(other for other in after if other not in out), title]
        for title in after:
            if title not in before:
                self._happen("label_added", title)
        for title in before:
            if title not in after:
                self._happen("label_removed", title)
        if set(after) != set(before):
            self._set(labels=tuple(after))

    def plan(self, milestone: str | None) -> None:
        """Another milestone by its title, or none."""
        if milestone != self.item.milestone:
            self._set(milestone=milestone)
            self._happen("milestone_set", milestone or "")

    # --- people ----------------------------------------------------------------------------------------

    def assign(self, usernames: Sequence[str]) -> None:
        """Other assignees; Free has the first of them only."""
        after = tuple(dict.fromkeys(usernames))[: None if self.world.tier == "premium" else 1]
        before = self.item.assignees
        if self._moved("assigned", "unassigned", before, after):
            self._set(assignees=after)

    def ask(self, usernames: Sequence[str]) -> None:
        """Other reviewers of a merge request; Free has the first of them only. Who stays keeps their state."""
        assert isinstance(self.item, MergeRequest)
        there = {reviewer.username: reviewer for reviewer in self.item.reviewers}
        after = tuple(dict.fromkeys(usernames))[: None if self.world.tier == "premium" else 1]
        if self._moved("review_requested", "review_removed", tuple(there), after):
            self._set(reviewers=tuple(there.get(name) or self._reviewer(name) for name in after))

    def _reviewer(self, username: str) -> Reviewer:
        asked = (event for event in self.entry.events if event.did == "review_requested" and event.value == username)
        return Reviewer(username, requested_at=self.world.now, requests=1 + sum(1 for _ in asked))

    def _moved(self, came: Deed, went: Deed, before: tuple[str, ...], after: tuple[str, ...]) -> bool:
        for name in after:
            if name not in before:
                self._happen(came, name)
        for name in before:
            if name not in after:
                self._happen(went, name)
        return set(before) != set(after)

    # --- state -----------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close what is open, with the Status that closed items have where it has one."""
        if self.item.state == "opened":
            self._shut()
            if isinstance(self.item, Issue) and self.item.status and category(self.item.status) not in CLOSING:
                self._put_status(CLOSED_DEFAULT)

    def reopen(self) -> None:
        """Open what is closed; what is merged stays merged."""
        if self.item.state == "closed":
            self._open()
            if isinstance(self.item, Issue) and self.item.status and category(self.item.status) in CLOSING:
                self._put_status(OPEN_DEFAULT)

    def set_status(self, name: str) -> None:
        """Another Status, which closes or opens the issue with it."""
        assert isinstance(self.item, Issue)
        if name == self.item.status:
            return
        self._put_status(name)
        closes = category(name) in CLOSING
        if closes and self.item.state == "opened":
            self._shut()
        elif not closes and self.item.state == "closed":
            self._open()

    def _put_status(self, name: str) -> None:
        known = next((one for one in self.world.statuses if one.casefold() == name.casefold()), name)
        self._set(status=known)
        self._happen("status_set", known)

    def _shut(self) -> None:
        self._set(state="closed", closed_at=self.world.now)
        self._happen("closed")

    def _open(self) -> None:
        self._set(state="opened", closed_at=None)
        self._happen("reopened")

    # --- pieces ----------------------------------------------------------------------------------------

    def _set(self, **facts: Any) -> None:
        self.item = replace(self.item, **facts)

    def _happen(self, did: Deed, value: str = "") -> None:
        self.events.append(Event(self.world.now, self.by, did, value, bot=self.world.account(self.by).bot))

    def _note(self, body: str, action: str) -> None:
        self.remarks.append(Remark(self.world.now, self.by, body, action))
