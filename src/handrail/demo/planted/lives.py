"""An item's life, told event by event: what it is at the end follows from that, like a real item's.

Other than the demo's story this one takes deeds in any order and looks at the clock of no one day: what is planted is
told in a line or two, wherever in the item's life it belongs.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from handrail.model.derive import derived
from handrail.model.history import Deed, Event
from handrail.model.items import Epic, Issue, Item, MergeRequest, Reviewer

BOTS = frozenset({"gitlab-bot", "GitLabDuo"})
_ADDED: dict[str, str] = {"label_added": "labels", "assigned": "assignees", "review_requested": "reviewers"}
_REMOVED: dict[str, str] = {"label_removed": "labels", "unassigned": "assignees", "review_removed": "reviewers"}


class Life:
    """One item: its events, and the facts that no event tells (``facts``: sections, weight, links, changed paths)."""

    def __init__(self, ref: str, title: str, author: str, born: datetime) -> None:
        self.ref, self.title, self.author, self.born = ref, title, author, born
        self.events: list[Event] = []
        self.facts: dict[str, Any] = {}

    def did(self, at: datetime, by: str, deed: Deed, value: str = "") -> None:
        """Write it down."""
        self.events.append(Event(at, by, deed, value, by in BOTS))

    def label(self, at: datetime, by: str, *labels: str) -> None:
        """Put labels on. Nothing comes off by itself: on Free nobody sees to it."""
        for label in labels:
            self.did(at, by, "label_added", label)

    def unlabel(self, at: datetime, by: str, *labels: str) -> None:
        """Take labels off."""
        for label in labels:
            self.did(at, by, "label_removed", label)

    def swap(self, at: datetime, by: str, before: str, after: str) -> None:
        """One label in place of another."""
        self.unlabel(at, by, before)
        self.label(at, by, after)

    def plan(self, at: datetime, by: str, milestone: str) -> None:
        """Put it into a milestone, or with "" out of any."""
        self.did(at, by, "milestone_set", milestone)

    def assign(self, at: datetime, by: str, *usernames: str) -> None:
        """Assign people."""
        for username in usernames:
            self.did(at, by, "assigned", username)

    def ask(self, at: datetime, by: str, *reviewers: str) -> None:
        """Request reviews."""
        for reviewer in reviewers:
            self.did(at, by, "review_requested", reviewer)

    def say(self, at: datetime, by: str, thread: str = "") -> None:
        """Comment."""
        self.did(at, by, "commented", thread)

    def claim(self, at: datetime, by: str, until: str) -> None:
        """Comment with the day on which one will start, or without one."""
        self.say(at, by)
        self.did(at, by, "claimed", until)

    def command(self, at: datetime, by: str, text: str) -> None:
        """Comment with a line that speaks to Handrail."""
        self.say(at, by)
        self.did(at, by, "commanded", text)

    def status(self, at: datetime, by: str, value: str) -> None:
        """Set the Status."""
        self.did(at, by, "status_set", value)

    def end(self, at: datetime, by: str, deed: Deed = "closed") -> None:
        """Close or merge it."""
        self.did(at, by, deed)

    def move(self, born: datetime) -> None:
        """As if all that was told so far had begun then."""
        shift = born - self.born
        self.born = born
        self.events = [Event(e.at + shift, e.by, e.did, e.value, e.bot) for e in self.events]

    def forget(self, *beginnings: str) -> None:
        """As if no label that begins so had ever been put on."""
        self.events = [e for e in self.events if not (e.did.startswith("label_") and e.value.startswith(beginnings))]

    def forget_deeds(self, *deeds: Deed) -> None:
        """As if none of these had ever been done."""
        self.events = [e for e in self.events if e.did not in deeds]

    @property
    def project(self) -> str:
        """The path before the number."""
        return self.ref[: max(self.ref.rfind(sigil) for sigil in "#!&")]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels on it after all that was told."""
        return tuple(sorted(self._present()["labels"]))

    @property
    def milestone(self) -> str:
        """Where it is planned after all that was told; empty: nowhere."""
        planned = [event.value for event in self.events if event.did == "milestone_set"]
        return planned[-1] if planned else ""

    @property
    def is_open(self) -> bool:
        """Whether nobody has closed or merged it."""
        return not any(event.did in {"closed", "merged"} for event in self.events)

    @property
    def assignees(self) -> tuple[str, ...]:
        """Who is assigned after all that was told."""
        return tuple(self._present()["assignees"])

    def told(self) -> tuple[Item, Sequence[Event]]:
        """The item as it is, and its events in order of time."""
        self.events.sort(key=lambda event: event.at)
        item = self._issue() if "#" in self.ref else self._merge_request() if "!" in self.ref else self._epic()
        return derived(item, self.events), tuple(self.events)

    def _issue(self) -> Item:
        last = [event.value for event in self.events if event.did == "status_set"]
        return replace(Issue(status=last[-1] if last else None, **self._common()), **self.facts)

    def _epic(self) -> Item:
        return replace(Epic(**self._common()), **self.facts)

    def _merge_request(self) -> Item:
        present = self._present()
        states = {e.by: "approved" for e in self.events if e.did == "approved"}
        states = {e.by: e.value for e in self.events if e.did == "reviewed"} | states
        drafts = [event.did == "drafted" for event in self.events if event.did in {"drafted", "undrafted"}]
        item = MergeRequest(
            draft=drafts[-1] if drafts else False,
            reviewers=tuple(Reviewer(name, states.get(name, "unreviewed")) for name in present["reviewers"]),  # type: ignore[arg-type]  # told as GitLab says it
            approved_by=tuple(e.by for e in self.events if e.did == "approved"),
            target_branch="main",
            **self._common(),
        )
        return replace(item, **self.facts)

    def _common(self) -> dict[str, Any]:
        present = self._present()
        ends = [event for event in self.events if event.did in {"closed", "merged", "reopened"}]
        over = bool(ends) and ends[-1].did != "reopened"
        return {
            "ref": self.ref,
            "title": self.title,
            "author": self.author,
            "created_at": self.born,
            "state": ends[-1].did if over else "opened",
            "closed_at": ends[-1].at if over else None,
            "labels": tuple(sorted(present["labels"])),
            "milestone": self.milestone or None,
            "assignees": tuple(present["assignees"]),
        }

    def _present(self) -> dict[str, dict[str, None]]:
        """Who and what is there: labels, assignees, reviewers."""
        found: dict[str, dict[str, None]] = {"labels": {}, "assignees": {}, "reviewers": {}}
        for event in sorted(self.events, key=lambda event: event.at):
            if event.did in _ADDED:
                found[_ADDED[event.did]][event.value] = None
            elif event.did in _REMOVED:
                found[_REMOVED[event.did]].pop(event.value, None)
        return found


def hours_before(at: datetime, hours: float) -> datetime:
    """That long before an instant, to the second."""
    return at - timedelta(seconds=round(hours * 3600))
