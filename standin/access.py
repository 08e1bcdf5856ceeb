"""Tokens: who calls, what the token allows, and the sentence GitLab says when it does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

READ_TOKEN = "read-the-stand-in"
EXPIRED_TOKEN = "expired-at-the-stand-in"
REVOKED_TOKEN = "revoked-at-the-stand-in"
SCOPELESS_TOKEN = "only-reads-users"
API_TOKEN = "reads-and-writes"


@dataclass(frozen=True)
class Token:
    """An access token: its owner, its scopes, and when it is no longer good.

    A personal one ends with a day (``expires_at`` is the first one after), one of an application at an instant.
    """

    username: str
    scopes: frozenset[str] = frozenset({"read_api"})
    expires_at: date | None = None
    revoked: bool = False
    ends_at: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether its time has passed."""
        by_day = self.expires_at is not None and self.expires_at <= now.date()
        return by_day or (self.ends_at is not None and self.ends_at <= now)

    @property
    def may_write(self) -> bool:
        """Whether its scopes let it change anything."""
        return "api" in self.scopes


READER = "handrail-bot"
"""The account that owns the ready-made tokens."""
TOKENS: Mapping[str, Token] = {
    READ_TOKEN: Token(READER),
    API_TOKEN: Token(READER, frozenset({"api"})),
    EXPIRED_TOKEN: Token(READER, expires_at=date(2020, 1, 1)),
    REVOKED_TOKEN: Token(READER, revoked=True),
    SCOPELESS_TOKEN: Token(READER, frozenset({"read_user"})),
}


@dataclass(frozen=True)
class Refused:
    """Why a call is not let in: the status and the body."""

    status: int
    body: Mapping[str, str]


PRIVILEGES = "The request requires higher privileges than provided by the access token."


def refused_to_write(token: Token | None) -> Refused | None:
    """Why a call may not change anything, None for one that may."""
    if token is None:
        return Refused(401, {"message": "401 Unauthorized"})
    if not token.may_write:
        return Refused(403, {"error": "insufficient_scope", "error_description": PRIVILEGES, "scope": "api"})
    return None


Headers = Mapping[str, str]


def presented(headers: Headers) -> str | None:
    """The token that a request carries, by either of GitLab's two ways."""
    bearer = headers.get("authorization", "")
    if bearer.lower().startswith("bearer "):
        return bearer[7:].strip()
    return headers.get("private-token")


def admit(tokens: Mapping[str, Token], headers: Headers, now: datetime, path: str) -> Token | Refused | None:
    """The token that the request may act with, or why not; None when it carries none."""
    text = presented(headers)
    if text is None:
        return None
    token = tokens.get(text)
    if token is None:
        return Refused(401, {"message": "401 Unauthorized"})
    if token.revoked:
        why = "Token was revoked. You have to re-authorize from the user."
        return Refused(401, {"error": "invalid_token", "error_description": why})
    if token.is_over(now):
        why = "Token is expired. You can either do re-authorization or token refresh."
        return Refused(401, {"error": "invalid_token", "error_description": why})
    if not token.scopes & {"api", "read_api", *({"read_user"} if path == "/api/v4/user" else ())}:
        body = {"error": "insufficient_scope", "error_description": PRIVILEGES, "scope": "api read_api"}
        return Refused(403, body)
    return token
