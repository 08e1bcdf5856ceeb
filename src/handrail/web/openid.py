"""Signing in with GitLab: OpenID Connect with PKCE, for any GitLab.

The person is asked by their GitLab, never here. What comes back is believed only with the state that was sent along, a
code that is ours to redeem, and an ID token that this GitLab signed for us, just now, for this very attempt; who they
are is then asked of GitLab's API. Source: GitLab's documentation of its OAuth 2.0 and OpenID Connect providers; OpenID
Connect Core 1.0, 3.1.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Struct
from msgspec.structs import replace

from handrail.errors import UserError
from handrail.gitlab.connection import BRIEFLY, SOON
from handrail.web.sealed import Box
from handrail.web.sessions import LONGEST, Session

USUAL = "openid profile read_user api"
"""The scopes that are asked for: who they are, and to do their own steps in their name."""
HURRY = timedelta(minutes=10)
"""How long somebody has for GitLab's page."""
_TIMEOUT = BRIEFLY, SOON
_SOON = timedelta(minutes=1)
_LEEWAY = 60
"""Seconds by which GitLab's clock may differ from ours."""
_REFUSES = (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError)
"""What goes wrong over an answer that is not as it should be; OAuth's own errors among them."""


class SignInError(UserError):
    """Somebody could not be signed in: why, and what to do."""


class UnreachableError(SignInError):
    """GitLab cannot be asked."""


class Attempt(Struct, frozen=True):
    """A sign-in that has begun; the browser keeps it, sealed, until GitLab sends it back."""

    state: str
    nonce: str
    verifier: str
    back: str
    until: datetime


class Told(NamedTuple):
    """What GitLab sends the browser back with."""

    code: str
    state: str
    error: str


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Attempt).decode


class SignIn:
    """Sign-in with the GitLab at ``gitlab``, for the application that was registered there as ``client``.

    ``here`` is our own address as browsers know it. Raises UserError where either is no address.
    """

    def __init__(
        self,
        gitlab: str,
        client: str,
        client_secret: str,
        here: str,
        secret: bytes,
        now: Callable[[], datetime],
        scopes: str = USUAL,
    ) -> None:
        self.gitlab, self.here = gitlab.rstrip("/"), _origin(here)
        self.scopes = tuple(scopes.split())
        self._client, self._client_secret, self._now = client, client_secret, now
        self._box = Box(secret, "sign-in")
        self._known: dict[str, Any] = {}
        self._away_until = now()

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us over TLS only."""
        return self.here.startswith("https://")

    def begun(self, back: str) -> tuple[str, str]:
        """Where to send the browser, and the attempt that it is to keep. Raises SignInError without GitLab."""
        attempt = Attempt(
            secrets.token_urlsafe(32),
            secrets.token_urlsafe(32),
            secrets.token_urlsafe(48),
            local(back),
            self._now() + HURRY,
        )
        with self._asking() as client:
            url, _ = client.create_authorization_url(
                self._endpoint("authorization_endpoint"),
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )
        return url, urlsafe_b64encode(self._box.sealed(_encode(attempt))).decode()

    def done(self, kept: str, told: Told) -> tuple[Session, str]:
        """The session of whoever came back, and where they wanted to go. Raises SignInError for anything doubtful."""
        attempt = self._attempt(kept)
        if attempt is None or not secrets.compare_digest(attempt.state.encode(), told.state.encode()):
            raise SignInError("This sign-in took too long, or began in another window: please begin again.")
        if told.error == "access_denied":
            raise SignInError("GitLab was told not to let Handrail in, so nobody is signed in: you can begin again.")
        if told.error or not told.code:
            raise SignInError(
                "GitLab did not let the sign-in go on: whoever runs Handrail finds what to register in docs/browser.md."
            )
        with self._asking() as client:
            given = client.fetch_token(self._endpoint("token_endpoint"), code=told.code, code_verifier=attempt.verifier)
            subject = self._subject(client, given, attempt.nonce)
            return self._session(client, given, subject, self._now()), attempt.back

    def renewed(self, session: Session) -> Session | None:
        """The session with new tokens, and the person as GitLab has them today; None where GitLab gives none any more.

        Where GitLab cannot be asked it is asked again in a minute: their tokens do nothing until then.
        """
        if self._now() < self._away_until:  # nobody is to wait for it once more
            return replace(session, good_until=self._away_until)
        try:
            with self._asking() as client:
                given = client.refresh_token(self._endpoint("token_endpoint"), session.refresh_token)
                return self._session(client, given, str(session.user), session.began_at)
        except UnreachableError:
            self._away_until = self._now() + _SOON
            return replace(session, good_until=self._away_until)
        except SignInError:
            return None

    def ended(self, session: Session) -> None:
        """Tell GitLab that their tokens are not needed any more. If it cannot be told, they end by themselves."""
        with suppress(SignInError), self._asking() as client:
            client.revoke_token(self._endpoint("revocation_endpoint"), session.refresh_token)

    def _attempt(self, kept: str) -> Attempt | None:
        try:
            opened = self._box.opened(urlsafe_b64decode(kept.encode()))
        except ValueError:
            return None
        attempt = _decode(opened) if opened else None
        return attempt if attempt and attempt.until > self._now() else None

    def _subject(self, client: OAuth2Session, given: Mapping[str, Any], nonce: str) -> str:
        """Whom the ID token names, once everything about it is right."""
        keys = KeySet.import_key_set(client.get(self._endpoint("jwks_uri"), withhold_token=True).json())
        token = jwt.decode(given["id_token"], keys, algorithms=["RS256"])
        wanted = {
            "iss": {"essential": True, "value": self.gitlab},
            "aud": {"essential": True, "value": self._client},
        }
        params = {"nonce": nonce, "client_id": self._client, "access_token": given["access_token"]}
        claims = CodeIDToken(token.claims, token.header, wanted, params)
        claims.validate(int(self._now().timestamp()), _LEEWAY)
        return str(claims["sub"])

    def _session(self, client: OAuth2Session, given: Mapping[str, Any], subject: str, began_at: datetime) -> Session:
        """Who has the tokens, as GitLab's API tells it. Raises ValueError unless it is the ``subject``."""
        user = client.get(f"{self.gitlab}/api/v4/user").json()
        if str(user["id"]) != subject or user["state"] != "active":
            raise ValueError("the tokens are somebody else's, or their account is blocked")
        lasts = given.get("expires_in")
        return Session(
            str(user["username"]),
            str(user["name"]),
            int(user["id"]),
            tuple(str(given.get("scope") or " ".join(self.scopes)).split()),
            began_at,
            str(given["access_token"]),
            str(given.get("refresh_token", "")),
            self._now() + (timedelta(seconds=int(lasts)) if lasts else LONGEST),
        )

    def _endpoint(self, name: str) -> str:
        """One of GitLab's addresses for sign-in, as it publishes them."""
        if not self._known:
            address = f"{self.gitlab}/.well-known/openid-configuration"
            known = requests.get(address, timeout=_TIMEOUT).json()
            if known["issuer"] != self.gitlab:
                raise SignInError(
                    f"The GitLab at {self.gitlab} calls itself {known['issuer']}: whoever runs Handrail has to set "
                    "GITLAB_URL to that."
                )
            self._known = known
        return str(self._known[name])

    @contextmanager
    def _asking(self) -> Iterator[OAuth2Session]:
        """A client of this GitLab, which follows no redirect: our secret is for GitLab alone."""
        client = OAuth2Session(
            self._client,
            self._client_secret or None,
            scope=" ".join(self.scopes),
            redirect_uri=f"{self.here}/sign-in/done",
            code_challenge_method="S256",
            default_timeout=_TIMEOUT,
        )
        client.max_redirects = 0
        try:
            with client:
                yield client
        except requests.RequestException as error:
            raise UnreachableError(
                f"{self.gitlab} cannot be asked at the moment, so nobody can sign in: try again in a minute."
            ) from error
        except _REFUSES as error:
            raise SignInError(
                "GitLab’s answer to the sign-in is not as it has to be, so nobody is signed in: please begin again."
            ) from error


def local(path: str) -> str:
    """A path of ours to go on to, never an address elsewhere; the start where it is anything else."""
    is_plain = path.isascii() and path.isprintable() and "\\" not in path
    is_ours = path.startswith("/") and not path.startswith(("//", "/sign-in"))
    return path if is_plain and is_ours else "/"


def _origin(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise UserError(
            f"“{address}” is no address that a browser finds Handrail at: set HANDRAIL_URL to one like "
            "https://handrail.example.com."
        )
    return f"{parts.scheme}://{parts.netloc}"
