"""Writes to GitLab: one change at a time, each once. What may have been carried out and what not is told apart.

It decides nothing: what is to be done, and whether it still fits, is settled before. What GitLab answers is looked at,
for it leaves away without a word what the token's owner may not set. Source: GitLab's REST API, issues, merge requests,
epics, notes, issue links and milestones.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import quote

from handrail.errors import UserError
from handrail.gitlab import epic_comments
from handrail.gitlab.connection import Connection, LostError, RefusedError, TooMuchError, project_path
from handrail.gitlab.histories import nodes
from handrail.gitlab.instance import Instance, instance
from handrail.model.actions import (
    AddLabels,
    Assign,
    Change,
    CloseItem,
    Comment,
    CreateItem,
    EditDescription,
    EditItem,
    LinkItems,
    RemoveLabels,
    RequestReview,
    SetMilestone,
    SetStatus,
    Unassign,
)
from handrail.model.labels import excluded_by
from handrail.model.markdown import harmless, our_part, with_our_part

_PLACES = {"#": "issues", "!": "merge_requests"}
_BOX = re.compile(
    r"^(?P<head>[ \t>]*(?:[-*+]|\d+[.)])[ \t]+\[)(?P<mark>[ xX~])(?P<rest>\][ \t]+(?P<text>(?:.*[^ \t\r])?)[ \t\r]*)$"
)


class ChangedError(UserError):
    """What a write rests on is not there any more."""


class Ours(NamedTuple):
    """What stands there of ours: the number of a comment or the reference of an issue, and its text."""

    made: str = ""
    text: str = ""


class Writer:
    """Writes with one token. What it learns of users and milestones it keeps for as long as it lives."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._users: dict[str, int] = {}
        self._milestones: dict[tuple[str, str], int] = {}
        self._instance: Instance | None = None

    @property
    def instance(self) -> Instance:
        """What this GitLab is, and whose the token is."""
        self._instance = self._instance or instance(self._connection.graphql("instance", {}))  # as the reader's
        return self._instance

    def write(  # noqa: C901, PLR0912  # one case a change
        self, change: Change, subject: str, body: str = "", ours: Ours | None = None, labels: Sequence[str] = ()
    ) -> str:
        """Make a change of an item (of a project, where an issue is to be opened).

        ``body`` is a comment's or an opened issue's text; ``ours`` the comment that is to have that text, if it is
        there, or our part of a description as it was read; ``labels`` the item's at present. The number of the comment,
        or the new issue's reference, comes back.

        Raises ChangedError and LostError where it no longer fits, UncertainError where nobody knows whether it was
        carried out, UnsentError and TokenError where no write is, RefusedError where GitLab refuses.
        """
        match change:
            case AddLabels():
                # GitLab Free knows no scoped labels, so that the others of a scope are taken off by name.
                out = {other for label in change.labels for other in excluded_by(label, labels)} - {*change.labels}
                self._label(subject, change.labels, tuple(sorted(out)))
            case RemoveLabels():
                self._label(subject, (), change.labels)
            case SetMilestone():
                self._plan(subject, change.title)
            case Assign():
                self._people(subject, "assignee", add=change.usernames)
            case Unassign():
                self._people(subject, "assignee", remove=change.usernames)
            case RequestReview():
                self._people(subject, "reviewer", add=change.usernames)
            case Comment():
                return self._comment(subject, body, ours)
            case CreateItem():
                return self._open(subject, change, body)
            case EditItem():
                self._edit(subject, change)
            case EditDescription():
                self._describe(subject, change.part, ours.text if ours else "")
            case CloseItem():
                told = self._put(subject, {"state_event": "close"})
                _expect(told["state"] != "opened", subject)
            case SetStatus():
                self._set_status(subject, change.status)
            case LinkItems():
                self._link(subject, change)
        return ""

    def refuses(self, change: CreateItem, project: str) -> UserError | None:
        """Why an issue cannot be opened so: whom or what it names is not there, or not found. Nothing is written.

        That the project itself is not there shows when it is opened.
        """
        try:
            for name in change.assignees:
                self._user(name)
            if change.milestone is not None:
                self._milestone(project, change.milestone)
        except (RefusedError, TooMuchError) as error:
            return error
        except LostError:
            pass
        return None

    def found(self, change: Change, subject: str, marker: str, *, again: bool = False) -> Ours | None:
        """What the change has made before, if it has: for changes of which the item's own facts do not tell.

        ``again`` looks in a second place as well: of something that was sent, one listing may come too early to tell.
        """
        match change:
            case Comment():
                return self._our_note(subject, marker, again=again)
            case CreateItem():
                return self._our_issue(subject, marker, again=again)
            case EditItem():
                told = self._connection.rest_one(self._at(subject))
                lines = _boxes(told["description"] or "")
                done = all(lines.get(text) for text in change.tick) and change.title in ("", told["title"])
                return Ours() if done else None
            case LinkItems():
                links = self._connection.rest(f"{self._at(subject)}/links")
                return Ours() if any(link["references"]["full"] == change.to for link in links) else None
            case _:
                return None

    # --- labels, milestone, people ------------------------------------------------------------------------

    def _label(self, subject: str, add: Sequence[str], remove: Sequence[str]) -> None:
        wanted = {"add_labels": ",".join(add), "remove_labels": ",".join(remove)}
        told = self._put(subject, {name: value for name, value in wanted.items() if value})
        _expect({*add} <= {*told["labels"]} and not {*remove} & {*told["labels"]}, subject)

    def _plan(self, subject: str, title: str | None) -> None:
        if "&" in subject:
            raise RefusedError(f"{subject} is an epic, and epics have no milestone.")
        number = 0 if title is None else self._milestone(_place(subject), title)
        told = self._put(subject, {"milestone_id": number})
        _expect((told["milestone"] or {}).get("title") == title, subject)

    def _people(self, subject: str, role: str, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """GitLab takes the whole list, so that it is asked for just before."""
        if "&" in subject:
            raise RefusedError(f"{subject} is an epic, and epics have no {role}s that could be set.")
        present = {user["username"]: user["id"] for user in self._connection.rest_one(self._at(subject))[f"{role}s"]}
        wanted = {name: number for name, number in present.items() if name not in remove}
        wanted |= {name: self._user(name) for name in add if name not in present}
        if [*wanted] == [*present]:
            return
        told = self._put(subject, {f"{role}_ids": [*wanted.values()] or [0]})
        there = [user["username"] for user in told[f"{role}s"]]
        if add and present and not {*add} & {*there} and [*present] == there:
            raise RefusedError(
                f"This GitLab knows one {role} only, and {subject} has @{there[0]}: take them away first if it is to "
                f"be @{add[0]}."
            )
        _expect((not add or bool({*add} & {*there})) and not {*remove} & {*there}, subject)

    def _user(self, username: str) -> int:
        if username not in self._users:
            found = list(self._connection.rest("/users", username=username))
            if not found:
                raise RefusedError(f"GitLab knows nobody called @{username}: correct the name in the handbook.")
            self._users[username] = found[0]["id"]
        return self._users[username]

    def _milestone(self, project: str, title: str) -> int:
        key = project, title
        if key not in self._milestones:
            where = f"/projects/{project_path(project)}/milestones"
            found = [
                told
                for told in self._connection.rest(where, title=title, include_ancestors="true")
                if told["title"] == title
            ]
            if not found:
                raise RefusedError(
                    f"There is no milestone {title} in {project} or the groups above it: make it there, or correct the "
                    "handbook."
                )
            found.sort(key=lambda told: told["state"] != "active")
            self._milestones[key] = found[0]["id"]
        return self._milestones[key]

    # --- words ----------------------------------------------------------------------------------------------

    def _comment(self, subject: str, body: str, ours: Ours | None) -> str:
        text = harmless(body)
        if "&" in subject:
            return epic_comments.put(self._connection, subject, text, ours.made if ours else "")
        where = f"{self._at(subject)}/notes"
        if ours is None:
            return str(self._connection.write("post", where, {"body": text})["id"])
        self._connection.write("put", f"{where}/{ours.made}", {"body": text})
        return ours.made

    def _our_note(self, subject: str, marker: str, *, again: bool) -> Ours | None:
        found = self._marked(self._notes(subject), "body", marker)
        if found is None and again:
            found = self._marked(self._notes(subject, threads=True), "body", marker)
        return None if found is None else Ours(str(found["id"]), found["body"])

    def _notes(self, subject: str, *, threads: bool = False) -> Iterable[Mapping[str, Any]]:
        """An item's comments by one of GitLab's two listings."""
        if "&" in subject:
            return epic_comments.comments(self._connection, subject, threads=threads)
        where = self._at(subject)
        if threads:
            return (note for thread in self._connection.rest(f"{where}/discussions") for note in thread["notes"])
        return self._connection.rest(f"{where}/notes", activity_filter="only_comments", order_by="created_at")

    def _open(self, project: str, change: CreateItem, body: str) -> str:
        text, own = harmless(body), self._template(project, change.template)
        if own:  # its quick actions are the team's own, and as good as when a person chooses the template
            text = f"{own.rstrip()}{text.removeprefix(harmless(change.description))}"
        wanted: dict[str, Any] = {
            "title": change.title,
            "description": text,
            "labels": ",".join(change.labels),
            "assignee_ids": [self._user(name) for name in change.assignees],
            "milestone_id": None if change.milestone is None else self._milestone(project, change.milestone),
            "confidential": change.confidential or None,
        }
        given = {name: value for name, value in wanted.items() if value}
        told = self._connection.write("post", f"/projects/{project_path(project)}/issues", given)
        return str(told["references"]["full"])

    def _template(self, project: str, name: str) -> str:
        """The text of a project's issue template; nothing where it has none of that name."""
        if not name:
            return ""
        with suppress(LostError):
            told = self._connection.rest_one(
                f"/projects/{project_path(project)}/templates/issues/{quote(name, safe='')}"
            )
            return str(told["content"] or "")
        return ""

    def _our_issue(self, project: str, marker: str, *, again: bool) -> Ours | None:
        # Not “search”: where GitLab searches full text, it does not look into comments of HTML, as the marker is one.
        mine = {"author_username": self.instance.username, "scope": "all", "order_by": "created_at"}
        listed = list(self._connection.rest(f"/projects/{project_path(project)}/issues", **mine))
        found = self._marked(listed, "description", marker)
        if found is None and again:
            elsewhere = self._connection.rest("/issues", **mine)
            prefix = f"{project}#"
            listed = [told for told in elsewhere if told["references"]["full"].startswith(prefix)]
            found = self._marked(listed, "description", marker)
        return None if found is None else Ours(found["references"]["full"], found["description"])

    def _marked(self, listed: Iterable[Mapping[str, Any]], field: str, marker: str) -> Mapping[str, Any] | None:
        """The oldest of the texts that are ours and have the marker: a person who quotes it does not speak for us."""
        own = self.instance.username
        found = [
            told for told in listed if (told["author"] or {}).get("username") == own and marker in (told[field] or "")
        ]
        return min(found, key=lambda told: (told["created_at"], told["id"])) if found else None

    def _edit(self, subject: str, change: EditItem) -> None:
        wanted: dict[str, Any] = {"title": change.title} if change.title else {}
        if change.tick:
            text = self._connection.rest_one(self._at(subject))["description"] or ""
            ticked = _ticked(text, change.tick)
            if ticked != text:
                wanted["description"] = ticked
        if wanted:
            told = self._put(subject, wanted)
            lines = _boxes(told["description"] or "")
            _expect(change.title in ("", told["title"]) and all(lines.get(text) for text in change.tick), subject)

    def _describe(self, subject: str, part: str, was: str) -> None:
        text = self._connection.rest_one(self._at(subject))["description"] or ""
        there = our_part(text)
        if there == part:
            return
        if not there or there != was:
            raise ChangedError("our part of its description was edited meanwhile")
        told = self._put(subject, {"description": with_our_part(text, part)})
        _expect(our_part(told["description"] or "") == part, subject)

    # --- state and links -------------------------------------------------------------------------------------

    def _set_status(self, subject: str, status: str) -> None:
        path, _, iid = subject.rpartition("#")
        data = self._connection.graphql("work_item_statuses", {"path": path, "iid": iid}, self.instance.parts)
        found = nodes((data["project"] or {}).get("workItems"))
        if not found:
            raise LostError(f"{subject} is not there, or not for this token.")
        allowed: dict[str, str] = {}
        for widget in found[0]["workItemType"]["widgetDefinitions"] or ():
            allowed |= {one["name"].casefold(): one["id"] for one in widget.get("allowedStatuses") or ()}
        wanted = allowed.get(status.casefold())
        if wanted is None:
            raise RefusedError(
                f"{subject} cannot have the Status {status}: its top-level group knows {', '.join(sorted(allowed))}."
            )
        data = self._connection.mutate("set_status", {"id": found[0]["id"], "status": wanted})
        errors = (data.get("workItemUpdate") or {}).get("errors")
        if errors:
            raise RefusedError(f"GitLab refuses the Status {status} of {subject}: {'; '.join(errors)}")

    def _link(self, subject: str, change: LinkItems) -> None:
        path, _, iid = change.to.rpartition("#")
        wanted = {"target_project_id": path, "target_issue_iid": iid, "link_type": change.link}
        try:
            self._connection.write("post", f"{self._at(subject)}/links", wanted)
        except RefusedError:
            # It answers 409 where somebody has linked them meanwhile.
            if self.found(change, subject, "") is None:
                raise

    # --- pieces -----------------------------------------------------------------------------------------------

    def _put(self, subject: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        return self._connection.write("put", self._at(subject), wanted)

    def _at(self, subject: str) -> str:
        """The item's address in REST."""
        cut = max(map(subject.rfind, "#!&"))
        path, sigil, iid = subject[:cut], subject[cut], subject[cut + 1 :]
        if sigil != "&":
            return f"/projects/{project_path(path)}/{_PLACES[sigil]}/{iid}"
        return f"/groups/{quote(path, safe='')}/epics/{iid}"


def _place(subject: str) -> str:
    return subject[: max(map(subject.rfind, "#!&"))]


def _expect(holds: bool, subject: str) -> None:
    if not holds:
        raise RefusedError(
            f"GitLab took the change of {subject} and left it away: the token's owner may lack the role for it there "
            "(Planner at least)."
        )


def same_text(one: str, other: str) -> bool:
    """Whether a text of ours stands there as it would be written."""
    return _lines(harmless(one)) == _lines(other)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def _boxes(description: str) -> dict[str, bool]:
    """The lines of the task lists, and whether all of that text are ticked."""
    found: dict[str, bool] = {}
    for line in description.splitlines():
        match = _BOX.match(line)
        if match:
            found[match["text"]] = match["mark"] in "xX" and found.get(match["text"], True)
    return found


def _ticked(description: str, texts: Sequence[str]) -> str:
    """The description with those lines ticked. Raises ChangedError for one that is not there."""
    there = _boxes(description)
    for text in texts:
        if text not in there:
            raise ChangedError(f"its task list no longer has a line “{text}”")
    lines = description.split("\n")
    for number, line in enumerate(lines):
        match = _BOX.match(line)
        if match and match["text"] in texts and match["mark"] not in "xX":
            lines[number] = f"{match['head']}x{match['rest']}"
    return "\n".join(lines)
