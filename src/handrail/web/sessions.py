"""Sessions: who signed in, and what GitLab gave them to act with.

A session is a row of the store, so that signing out ends it everywhere and a restart ends none. The browser has 32
random bytes in a cookie. The row goes by their digest and is sealed under a key made of them and of Handrail's own
secret: who has the store, or the store and the secret, has no token and no session.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

import msgspec
from msgspec import Struct

from handrail.store.sessions import Sessions as Kept
from handrail.web.sealed import Box

IDLE = timedelta(hours=12)
"""How long a session lasts in which nobody asks for anything."""
LONGEST = timedelta(days=7)
"""How long it lasts at the most."""
_STEPS = timedelta(hours=1)
"""How exactly its end is kept: not every page that somebody looks at is written to the store."""
_NAME = re.compile(r"[\w-]{43}", re.ASCII)


class Session(Struct, frozen=True):
    """Somebody who signed in. ``user`` is their number on GitLab, ``good_until`` the end of their access token."""

    username: str
    name: str
    user: int
    scopes: tuple[str, ...]
    began_at: datetime
    access_token: str
    refresh_token: str
    good_until: datetime

    def __repr__(self) -> str:
        """Without the tokens: it may stand in a log."""
        return f"Session({self.username!r})"

    @property
    def may_act(self) -> bool:
        """Whether they let Handrail do their own steps in their name."""
        return "api" in self.scopes


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Session).decode


class Sessions:
    """Begins, finds and ends sessions. ``renewed`` asks GitLab for new tokens; None: it gives none any more."""

    def __init__(
        self, kept: Kept, secret: bytes, now: Callable[[], datetime], renewed: Callable[[Session], Session | None]
    ) -> None:
        self._kept, self._secret, self._now, self._renewed = kept, secret, now, renewed
        self._renewing = Lock()

    def begin(self, session: Session) -> str:
        """Keep a new session, and give the cookie that names it."""
        cookie = secrets.token_urlsafe(32)
        self._put(cookie, session)
        return cookie

    def of(self, cookie: str) -> Session | None:
        """The session that a cookie names, with tokens that are good; None for one that is over or never was."""
        found = self._get(cookie)
        if found is None:
            return None
        session, ends_at = found
        if session.good_until <= self._now():
            with self._renewing:  # a refresh token is good once: two pages at a time must not both use it
                return self._with_new_tokens(cookie)
        if self._end(session) - ends_at >= _STEPS:
            self._put(cookie, session)
        return session

    def end(self, cookie: str) -> Session | None:
        """End a session; what it was comes back."""
        found = self._get(cookie)
        if found is None:
            return None
        self._kept.drop(_digest(cookie))
        return found[0]

    def _with_new_tokens(self, cookie: str) -> Session | None:
        found = self._get(cookie)
        if found is None or found[0].good_until > self._now():
            return found and found[0]
        session = self._renewed(found[0])
        if session is not None:
            self._put(cookie, session)
            return session
        again = self._get(cookie)
        if again and again[0].refresh_token != found[0].refresh_token:  # another process was faster
            return again[0]
        self.end(cookie)
        return None

    def _put(self, cookie: str, session: Session) -> None:
        sealed = self._box(cookie).sealed(_encode(session))
        self._kept.put(_digest(cookie), sealed, self._end(session), self._now())

    def _get(self, cookie: str) -> tuple[Session, datetime] | None:
        if not _NAME.fullmatch(cookie):
            return None
        row = self._kept.get(_digest(cookie), self._now())
        opened = row and self._box(cookie).opened(row[0])
        return (_decode(opened), row[1]) if row and opened else None

    def _end(self, session: Session) -> datetime:
        return min(self._now() + IDLE, session.began_at + LONGEST)

    def _box(self, cookie: str) -> Box:
        return Box(self._secret + cookie.encode(), "session")


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
