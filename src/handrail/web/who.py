"""Who is looking, and what they may do: the signed-in person, or, in an open demo, whoever they say they are.

Every route is closed unless it says to whom it is open, so that a page that is added later is closed, too. Without a
word a route is for those who are signed in, and changing anything there for the team. ``opt={"open": "everybody"}``
opens it to all, ``"duty"`` does so where the handbook lets it (``rotations.*.open``); with ``"signed in"`` viewers may
change something as well, with ``"team"`` they may not even look.
"""

from ipaddress import ip_address
from typing import Any

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler

from handrail.engine.sight import Sight
from handrail.errors import UserError
from handrail.model.hidden import GUEST
from handrail.model.people import spelled
from handrail.web.serving import Served, Serving, Who
from handrail.web.sessions import Session

COOKIE = "handrail-as"
"""Whom somebody chose to be in an open demo."""
SESSION = "handrail-session"
"""The cookie that names a session."""
OPEN = {"open": "everybody"}
"""The ``opt`` of a route that is open to all."""
LEAVES = "sign-out"
"""The name of the route by which one leaves: it is for everybody who is signed in."""
_LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})
_Connection = ASGIConnection[Any, Any, Any, Any]


class ViewerError(UserError):
    """Somebody who may look, at most, wants to do more."""


class OutsiderError(ViewerError):
    """Somebody who is signed in may not even look: all that is left is to come as somebody else."""


async def closed(connection: _Connection, handler: BaseRouteHandler) -> None:
    """Let nobody in whom the route is not open to; asked before anything else.

    Raises NotAuthorizedException for strangers, ViewerError where only the team may do something.
    """
    if handler.opt.get("open") != "everybody":  # who is answered at once needs no thread: pages may have all in hand
        await sync_to_thread(_check, connection.app.state.serving, connection, handler)


def _check(serving: Serving, connection: _Connection, handler: BaseRouteHandler) -> None:
    to = handler.opt.get("open")
    if to == "duty" and serving.live.view().handbook.rotation.open:
        return
    person, session = _whom(serving, connection)
    if not person:
        raise NotAuthorizedException
    if handler.name != LEAVES and not _is_let_in(serving, person, session):
        raise OutsiderError(
            f"You are signed in as @{person}, who is neither of the team nor a member of any of its projects on "
            "GitLab. Ask somebody of the team for access to one, or sign out and come as somebody else."
        )
    is_theirs = to != "team" and (to == "signed in" or connection.scope.get("method") in _LOOKS)
    if not is_theirs and person not in serving.live.view().snapshot.people:
        raise ViewerError(
            f"You are signed in as @{person}, who is not of the team: you may look at what it shows, and change "
            "nothing. The team’s handbook says who is of it (people:)."
        )


def who(request: Request, serving: Served) -> Who:  # type: ignore[type-arg]
    """The person and the view of this request; nobody ("") where a route is open to all."""
    username, session = _whom(serving, request)
    if not _is_let_in(serving, username, session):
        username, session = "", None
    user = session.user if session else 0
    return Who(username, Sight(serving.live.view(), serving.store, serving.doorman, username, user), session)


def _is_let_in(serving: Serving, person: str, session: Session | None) -> bool:
    """Whether somebody may look at all: on a GitLab that is open to the world, having an account there says nothing."""
    view = serving.live.view()
    if session is None or person in view.snapshot.people or serving.lets_everybody_look or serving.doorman is None:
        return True
    places = (f"projects/{path}" for path in view.snapshot.projects)
    return any(one.level >= GUEST for one in serving.doorman.access(session.user, places).values())


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine's own, which no other one reaches."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _whom(serving: Serving, connection: _Connection) -> tuple[str, Session | None]:
    """The user name as the team spells it, and the session; ("", None) for a stranger. Looked up once a request."""
    known: tuple[str, Session | None] | None = connection.scope.get("user")
    if known is None:
        known = connection.scope["user"] = _found(serving, connection)
    return known


def _found(serving: Serving, connection: _Connection) -> tuple[str, Session | None]:
    desk = serving.live.view().queue.desk
    people = desk.snapshot.people
    if serving.is_open:
        if not is_loopback(connection.url.hostname or ""):  # another site's name may have been made to lead here
            raise ViewerError("An open demo is for this machine alone: open it at http://127.0.0.1 and its port.")
        return spelled(connection.cookies.get(COOKIE, ""), people) or desk.holder or next(iter(people)), None
    session = serving.sessions.of(connection.cookies.get(SESSION, ""))
    return (spelled(session.username, people) or session.username, session) if session else ("", None)
