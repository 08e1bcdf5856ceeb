"""Who is looking: the signed-in person, or, where a demo is open to all on this machine, whoever they say they are."""

from litestar import Request
from litestar.exceptions import NotAuthorizedException

from handrail.model.people import spelled
from handrail.web.serving import Served, Who

COOKIE = "handrail-as"
"""Whom somebody chose to be in an open demo."""


def who(request: Request, serving: Served) -> Who:  # type: ignore[type-arg]
    """The person and the view of this request. Raises NotAuthorizedException for somebody whom nobody knows."""
    view = serving.live.view()
    people = view.snapshot.people
    if serving.is_open:
        said = spelled(request.cookies.get(COOKIE, ""), people)
        return Who(said or view.queue.desk.holder or next(iter(people)), view)
    raise NotAuthorizedException
