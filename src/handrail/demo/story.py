"""Writing down an item's life: each deed becomes an event and changes the present facts, so these follow from it.

A life is told to its end and cut off at the present: what would come later is not written, and changes nothing.
"""

from datetime import datetime
from functools import cache

from handrail.demo.calendar import BACKLOG, END, ITERATION_INDEX, ITERATIONS, instant, running
from handrail.demo.people import BOT, BOTS
from handrail.model.derive import derived
from handrail.model.history import Deed, Event
from handrail.model.items import Epic, Issue, Item, LinkedMergeRequest, MergeRequest, Reviewer, ReviewState, Section
from handrail.model.labels import scope_of

GROUP = "gitlab-org/distribution"
"""The group that people mention when they want the team."""
_NEVER = 1 << 40
_LATELY = END - 900
"""When late deeds are drawn forward to: not to the present itself, in which a reading is still under way."""
_scope = cache(scope_of)
Told = tuple[Item, list[Event]]


class Story:
    """One item's life so far. Instants are seconds; a deed dated before the last one happens right after it."""

    def __init__(self, ref: str, title: str, author: str, born: int, *, ends: bool = False) -> None:
        self.ref, self.title, self.author, self.born = ref, title, author, born
        self.ends = ends
        """Whether it is known to end by now: then late deeds are drawn forward instead of cut off."""
        self.at = born
        self._when = instant(born)
        self.over = False
        self.events: list[Event] = []
        self.labels: dict[str, None] = {}
        self._scoped: dict[str, str] = {}
        self.milestone = ""
        self.assignees: dict[str, None] = {}
        self.reviewers: dict[str, ReviewState] = {}
        self.approved: dict[str, None] = {}
        self.threads: dict[str, None] = {}
        self.is_draft = False
        self.state = "opened"
        self.misses = not ref.startswith("gitlab-org/omnibus-gitlab")
        """Whether what was missed is labelled; some projects move it without."""
        self.names_quarter = True
        """Whether somebody sees to the quarter's label when it is planned or carried along."""
        self.is_passed_over = False
        """Whether it stays behind when its milestone ends."""
        self._quarter = ""
        self._due = _NEVER

    def did(self, at: int, by: str, deed: Deed, value: str = "") -> bool:
        """Write it down; False when the life was cut off before."""
        if self.over:
            return False
        if at > self.at:
            if at > END:
                if not self.ends:
                    self.over = True
                    return False
                at = max(self.at, _LATELY)
            self._roll_until(at)
            self.at = at
            self._when = instant(at)
        self.events.append(Event(self._when, by, deed, value, by in BOTS))
        return True

    def label(self, at: int, by: str, *labels: str) -> None:
        """Put labels on; one of a scope that is there already takes the other off, as on GitLab."""
        for label in labels:
            if label in self.labels:
                continue
            scope = _scope(label)
            if scope is not None and scope in self._scoped:
                self.unlabel(at, by, self._scoped[scope])
            if self.did(at, by, "label_added", label):
                self.labels[label] = None
                if scope is not None:
                    self._scoped[scope] = label

    def unlabel(self, at: int, by: str, label: str) -> None:
        """Take a label off."""
        if label in self.labels and self.did(at, by, "label_removed", label):
            del self.labels[label]
            scope = _scope(label)
            if scope is not None:
                del self._scoped[scope]

    def plan(self, at: int, by: str, title: str) -> None:
        """Set the milestone; empty to remove it. Nobody plans for one that is over: the running one is meant then."""
        index = ITERATION_INDEX.get(title)
        if index is not None and ITERATIONS[index].end < max(at, self.at) <= END:
            title = ITERATIONS[running(max(at, self.at))].title
        if title != self.milestone and self.did(at, by, "milestone_set", title):
            self._set_milestone(title)
            quarter = self._new_quarter()
            if quarter:
                self.unlabel(at, by, self._quarter)
                self.label(at, by, quarter)
                self._quarter = quarter

    def assign(self, at: int, by: str, username: str) -> None:
        """Assign somebody."""
        if username not in self.assignees and self.did(at, by, "assigned", username):
            self.assignees[username] = None

    def unassign(self, at: int, by: str, username: str) -> None:
        """Take an assignee off."""
        if username in self.assignees and self.did(at, by, "unassigned", username):
            del self.assignees[username]

    def ask(self, at: int, by: str, reviewer: str) -> None:
        """Request a review, or request it again."""
        if self.did(at, by, "review_requested", reviewer):
            self.reviewers[reviewer] = "unreviewed"

    def review(self, at: int, by: str, state: ReviewState) -> None:
        """Submit a review, or begin one."""
        if self.did(at, by, "reviewed", state) and by in self.reviewers:
            self.reviewers[by] = state

    def approve(self, at: int, by: str) -> None:
        """Approve."""
        if self.did(at, by, "approved"):
            self.approved[by] = None
            if by in self.reviewers:
                self.reviewers[by] = "approved"

    def comment(self, at: int, by: str, thread: str = "") -> None:
        """Comment; with a thread's id, in that thread, which is open from then on."""
        if self.did(at, by, "commented", thread) and thread and by not in BOTS:
            self.threads[thread] = None

    def resolve(self, at: int, by: str, *threads: str) -> None:
        """Resolve threads."""
        for thread in threads:
            if thread in self.threads and self.did(at, by, "thread_resolved", thread):
                del self.threads[thread]

    def mention(self, at: int, by: str) -> None:
        """Comment with a mention of the team's group."""
        self.comment(at, by)
        self.did(at, by, "mentioned", GROUP)

    def draft(self) -> None:
        """It was opened as a draft."""
        self.is_draft = True

    def undraft(self, at: int, by: str) -> None:
        """Mark as ready."""
        if self.is_draft and self.did(at, by, "undrafted"):
            self.is_draft = False

    def end(self, at: int, by: str, deed: Deed = "closed") -> None:
        """Close or merge. Nothing of note comes after."""
        if self.did(at, by, deed):
            self.state = deed
            self.over = True

    def issue(
        self,
        *,
        weight: int | None = None,
        epic: str | None = None,
        blocked_by: tuple[str, ...] = (),
        confidential: bool = False,
        merge_requests: tuple[LinkedMergeRequest, ...] = (),
    ) -> Told:
        """The issue as it is now."""
        self._close_books()
        item = Issue(
            ref=self.ref, title=self.title, author=self.author, created_at=instant(self.born), state=self.state,  # type: ignore[arg-type]
            closed_at=self._closed_at(), labels=tuple(sorted(self.labels)), milestone=self.milestone or None,
            assignees=tuple(self.assignees), confidential=confidential, weight=weight, epic=epic, blocked_by=blocked_by,
            merge_requests=merge_requests,
        )  # fmt: skip
        return derived(item, self.events), self.events

    def merge_request(
        self, target: str, *, status: str = "", paths: tuple[str, ...] = (), sections: tuple[Section, ...] = ()
    ) -> Told:
        """The merge request as it is now. ``status`` is GitLab's word where no fact below decides it.

        ``paths`` are the files that it changes, ``sections`` those of its description.
        """
        self._close_books()
        item = MergeRequest(
            ref=self.ref, title=self.title, author=self.author, created_at=instant(self.born), state=self.state,  # type: ignore[arg-type]
            closed_at=self._closed_at(), labels=tuple(sorted(self.labels)), milestone=self.milestone or None,
            assignees=tuple(self.assignees), draft=self.is_draft,
            reviewers=tuple(Reviewer(name, state) for name, state in self.reviewers.items()),
            approved_by=tuple(self.approved), detailed_merge_status=self._merge_status(status), target_branch=target,
            changed_paths=paths, sections=sections,
        )  # fmt: skip
        return derived(item, self.events), self.events

    def epic(self, *sections: Section) -> Told:
        """The epic as it is now, with these sections of its description."""
        self._close_books()
        item = Epic(
            ref=self.ref, title=self.title, author=self.author, created_at=instant(self.born), state=self.state,  # type: ignore[arg-type]
            closed_at=self._closed_at(), labels=tuple(sorted(self.labels)), assignees=tuple(self.assignees),
            sections=sections,
        )  # fmt: skip
        return derived(item, self.events), self.events

    def _merge_status(self, status: str) -> str:
        if self.state != "opened":
            return "not_open"
        if self.is_draft:
            return "draft_status"
        if status:
            return status
        if "requested_changes" in self.reviewers.values():
            return "requested_changes"
        if self.threads:
            return "discussions_not_resolved"
        return "mergeable" if self.approved else "not_approved"

    def _closed_at(self) -> datetime | None:
        return None if self.state == "opened" else self.events[-1].at

    def _close_books(self) -> None:
        """Milestones that ended since the last deed take their open items along."""
        if self.state == "opened":
            self.over = False
            self._roll_until(END)

    def _set_milestone(self, title: str) -> None:
        self.milestone = title
        index = ITERATION_INDEX.get(title)
        self._due = _NEVER if index is None or self.is_passed_over else ITERATIONS[index].end + 600

    def _new_quarter(self) -> str:
        """The label of the quarter in which the milestone is released, where another one or none is on it."""
        index = ITERATION_INDEX.get(self.milestone)
        quarter = "" if index is None or not self.names_quarter else ITERATIONS[index].quarter
        return "" if quarter == self._quarter else quarter

    def _roll_until(self, at: int) -> None:
        while self._due < at:
            self._roll(self._due)

    def _roll(self, at: int) -> None:
        """The bot moves what a milestone leaves open to the next one."""
        index = ITERATION_INDEX[self.milestone]
        missed = [ITERATIONS[index].missed] if self.misses else []
        if missed and "Deliverable" in self.labels:
            missed.append("missed-deliverable")
        title = ITERATIONS[index + 1].title if index + 1 < len(ITERATIONS) else BACKLOG
        when = instant(at)
        for label in missed:
            if label not in self.labels:
                self.events.append(Event(when, BOT, "label_added", label, True))
                self.labels[label] = None
        self.events.append(Event(when, BOT, "milestone_set", title, True))
        self.at, self._when = at, when
        self._set_milestone(title)
        quarter = self._new_quarter()
        if quarter:
            self._carry_quarter(when, quarter)

    def _carry_quarter(self, when: datetime, quarter: str) -> None:
        """The bot puts the label of the quarter in place of the one before."""
        before, self._quarter = self._quarter, quarter
        if before:
            self.events.append(Event(when, BOT, "label_removed", before, True))
            del self.labels[before]
            del self._scoped[str(_scope(before))]
        self.events.append(Event(when, BOT, "label_added", quarter, True))
        self.labels[quarter] = None
        self._scoped[str(_scope(quarter))] = quarter
