"""Which request somebody means on the command line, and the inbox of the facts that were chosen."""

from handrail.cli.chosen import Chosen
from handrail.engine.unplanned import Inbox
from handrail.errors import UserError
from handrail.model.items import Issue, near_ref
from handrail.model.requests import UnplannedRequest
from handrail.rules.desk import Desk
from handrail.views.refs import Refs


def open_inbox(chosen: Chosen, at: str | None = None) -> Inbox:
    """The inbox on the facts that were chosen."""
    handbook = chosen.peopled(chosen.handbook)
    desk = Desk(chosen.snapshot_at(at, handbook), handbook)
    return Inbox.of(desk, chosen.opened_store if chosen.is_stored else None)


def named_request(name: str, inbox: Inbox, program: str) -> UnplannedRequest:
    """The request of a number or of an issue's reference. Raises UserError for what is neither."""
    if name.isdecimal():
        for request in inbox.kept:
            if request.id == int(name):
                return request
        raise UserError(f"There is no request {name}: “{program} unplanned list --all” has them.")
    return inbox.about(named_issue(name, inbox))


def named_issue(ref: str, inbox: Inbox) -> Issue:
    """The open issue of a reference, short or full. Raises UserError where there is none."""
    full, by_ref = Refs(inbox.desk.handbook).full(ref), inbox.desk.snapshot.by_ref
    item = by_ref.get(full)
    if isinstance(item, Issue):
        return item
    if item is not None:
        raise UserError(f"{ref} is no issue: name the issue that asks for the work.")
    near = near_ref(full, by_ref)
    hint = f"Did you mean {near}?" if near else "Name an open issue, like omnibus#1, or a request’s number."
    raise UserError(f"{full} is no open issue in these facts. {hint}")
