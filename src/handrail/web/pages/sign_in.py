"""Signing in and out: a page that says what is asked for, the way to GitLab and back, and the session that begins."""

from urllib.parse import urlsplit

from litestar import Request, get, post
from litestar.datastructures import Cookie
from litestar.params import FromQuery
from litestar.response import Redirect, Template

from handrail.web.openid import HURRY, SignIn, SignInError, Told, local
from handrail.web.serving import Served
from handrail.web.sessions import LONGEST
from handrail.web.who import LEAVES, OPEN, SESSION

_ATTEMPT = "handrail-sign-in"


@get("/sign-in", opt=OPEN, sync_to_thread=True)
def sign_in(request: Request, serving: Served, back: FromQuery[str] = "/") -> Template | Redirect:  # type: ignore[type-arg]
    """The page with the button, which says so to whom had a session until a while ago."""
    if serving.is_open:
        return Redirect("/", status_code=303)
    asks = _of(serving)
    cookie = request.cookies.get(SESSION, "")
    is_over = bool(cookie) and serving.sessions.of(cookie) is None
    more = {"acts": "api" in asks.scopes, "back": local(back), "is_over": is_over}
    return Template("sign_in.html", context={"gitlab": urlsplit(asks.gitlab).netloc, **more})


@get("/sign-in/go", opt=OPEN, sync_to_thread=True)
def go(serving: Served, back: FromQuery[str] = "/") -> Redirect:
    """To GitLab's page."""
    asks = _of(serving)
    url, attempt = asks.begun(back)
    answer = Redirect(url, status_code=303)
    answer.set_cookie(_cookie(asks, _ATTEMPT, attempt, int(HURRY.total_seconds()), "/sign-in"))
    return answer


@get("/sign-in/done", opt=OPEN, sync_to_thread=True)
def done(request: Request, serving: Served) -> Redirect:  # type: ignore[type-arg]
    """Back from GitLab: a session begins, under a new cookie, and one that there was ends."""
    asks = _of(serving)
    told = Told(*(request.query_params.get(name, "") for name in Told._fields))
    session, back = asks.done(request.cookies.get(_ATTEMPT, ""), told)
    _end(request, serving)
    answer = Redirect(back, status_code=303)
    answer.set_cookie(_cookie(asks, SESSION, serving.sessions.begin(session), int(LONGEST.total_seconds()), "/"))
    answer.delete_cookie(_ATTEMPT, path="/sign-in")
    return answer


@post("/sign-out", opt={"open": "signed in"}, name=LEAVES, sync_to_thread=True)
def sign_out(request: Request, serving: Served) -> Redirect:  # type: ignore[type-arg]
    """The session ends here, and its tokens on GitLab."""
    _end(request, serving)
    answer = Redirect("/sign-in", status_code=303)
    answer.delete_cookie(SESSION)
    return answer


def _end(request: Request, serving: Served) -> None:  # type: ignore[type-arg]
    """End the session that a browser has, if it has one."""
    session = serving.sessions.end(request.cookies.get(SESSION, ""))
    if session:
        _of(serving).ended(session)


def _of(serving: Served) -> SignIn:
    if serving.sign_in is None:
        raise SignInError("Nobody signs in here: this is an open demo.")
    return serving.sign_in


def _cookie(asks: SignIn, name: str, value: str, seconds: int, path: str) -> Cookie:
    """A cookie that no script reads and no other site's form sends along."""
    return Cookie(name, path=path, value=value, max_age=seconds, httponly=True, secure=asks.is_secure, samesite="lax")
