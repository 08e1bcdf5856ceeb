"""Signing in: the OpenID Connect provider that every GitLab is. Who comes says who they are, and is believed.

Source: GitLab's documentation of its OAuth 2.0 and OpenID Connect providers; RFC 6749 (OAuth), 7009 (revocation), 7636
(PKCE).
"""

import hashlib
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from hmac import compare_digest
from html import escape
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from standin.access import Token, presented
from standin.world import World

SCOPES = frozenset({"openid", "profile", "email", "read_user", "read_api", "api"})
LASTS = timedelta(hours=2)
"""How long an access token is good."""
HURRY = timedelta(minutes=10)
"""How long a code is good."""
_ID_LASTS = timedelta(minutes=2)


@dataclass(frozen=True)
class Application:
    """What somebody registered: where its people are sent back to, and which scopes it may ask for."""

    redirect_uri: str
    scopes: frozenset[str]
    id: str = field(default_factory=lambda: token_urlsafe(32))
    secret: str = field(default_factory=lambda: f"gloas-{token_urlsafe(32)}")


@dataclass(frozen=True)
class Grant:
    """What a code or a refresh token stands for."""

    application: str
    username: str
    scopes: frozenset[str]
    challenge: str = ""
    nonce: str = ""
    until: datetime | None = None
    access: str = ""
    """Of a refresh token: the access token that came with it."""


class RefusedError(Exception):
    """A request that cannot be granted: OAuth's word for it."""


@cache
def _key() -> RSAKey:
    return RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)


@dataclass
class SignIn:
    """The provider of one instance. The tokens that it gives are the instance's."""

    world: World
    tokens: dict[str, Token]
    applications: dict[str, Application] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    """What its ID tokens claim in place of the truth, to see who believes it; ``key``: another key to sign with."""
    _codes: dict[str, Grant] = field(default_factory=dict)
    _refresh: dict[str, Grant] = field(default_factory=dict)

    def register(self, redirect_uri: str, scopes: frozenset[str] = SCOPES) -> Application:
        """Let an application ask people to sign in."""
        found = Application(redirect_uri, scopes)
        self.applications[found.id] = found
        return found

    @property
    def routes(self) -> list[Route]:
        """Where it answers."""
        return [
            Route("/.well-known/openid-configuration", self.configuration),
            Route("/oauth/authorize", self.ask),
            Route("/oauth/authorize", self.answer, methods=["POST"]),
            Route("/oauth/token", self.token, methods=["POST"]),
            Route("/oauth/revoke", self.revoke, methods=["POST"]),
            Route("/oauth/discovery/keys", self.keys),
            Route("/oauth/userinfo", self.userinfo, methods=["GET", "POST"]),
        ]

    async def configuration(self, request: Request) -> Response:  # noqa: ARG002
        """What there is."""
        url = self.world.url
        return JSONResponse(
            {
                "issuer": url,
                "authorization_endpoint": f"{url}/oauth/authorize",
                "token_endpoint": f"{url}/oauth/token",
                "revocation_endpoint": f"{url}/oauth/revoke",
                "userinfo_endpoint": f"{url}/oauth/userinfo",
                "jwks_uri": f"{url}/oauth/discovery/keys",
                "scopes_supported": sorted(SCOPES),
                "response_types_supported": ["code"],
                "response_modes_supported": ["query", "fragment", "form_post"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["plain", "S256"],
            }
        )

    async def keys(self, request: Request) -> Response:  # noqa: ARG002
        """With what ID tokens are signed."""
        return JSONResponse(KeySet([_key()]).as_dict(private=False))

    async def ask(self, request: Request) -> Response:
        """The page that asks whether the application may: choose who you are, and say yes or no."""
        asked = dict(request.query_params)
        try:
            application, scopes = self._checked(asked)
        except RefusedError as refusal:
            return HTMLResponse(f"<h1>An error has occurred</h1><p>{escape(str(refusal))}</p>", 400)
        hidden = "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in asked.items())
        people = "".join(
            f'<option value="{escape(one.username)}">{escape(one.name)} (@{escape(one.username)})</option>'
            for one in self.world.accounts.values()
            if not one.bot
        )
        return HTMLResponse(
            "<!DOCTYPE html><html lang=en><title>Authorize</title><h1>An application wants to use your account</h1>"
            f"<p>{escape(application.redirect_uri)} asks for: {escape(', '.join(sorted(scopes)))}</p>"
            f'<form method="post" action="/oauth/authorize">{hidden}'
            f'<label>You are <select name="username">{people}</select></label> '
            '<button name="answer" value="yes">Authorize</button> <button name="answer" value="no">Deny</button></form>'
        )

    async def answer(self, request: Request) -> Response:
        """Back to the application, with a code or with a no."""
        asked = await _form(request)
        try:
            application, scopes = self._checked(asked)
        except RefusedError as refusal:
            return HTMLResponse(f"<h1>An error has occurred</h1><p>{escape(str(refusal))}</p>", 400)
        if asked.get("answer") != "yes" or asked.get("username") not in self.world.accounts:
            denied = "The resource owner or authorization server denied the request."
            said = {"error": "access_denied", "error_description": denied, "state": asked.get("state", "")}
        else:
            code = token_urlsafe(32)
            self._codes[code] = Grant(
                application.id,
                asked["username"],
                scopes,
                asked.get("code_challenge", ""),
                asked.get("nonce", ""),
                self.world.now + HURRY,
            )
            said = {"code": code, "state": asked.get("state", "")}
        return RedirectResponse(f"{application.redirect_uri}?{urlencode(said)}", 302)

    def _checked(self, asked: Mapping[str, str]) -> tuple[Application, frozenset[str]]:
        application = self.applications.get(asked.get("client_id", ""))
        scopes = frozenset(asked.get("scope", "").split())
        if application is None:
            raise RefusedError("Client authentication failed due to unknown client.")
        if asked.get("redirect_uri") != application.redirect_uri:
            raise RefusedError("The redirect URI included is not valid.")
        if asked.get("response_type") != "code":
            raise RefusedError("The authorization server does not support this response type.")
        if not scopes or not scopes <= application.scopes:
            raise RefusedError("The requested scope is invalid, unknown, or malformed.")
        if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
            raise RefusedError("The code challenge method must be S256.")
        return application, scopes

    async def token(self, request: Request) -> Response:
        """Tokens for a code or for a refresh token, each of which is good once."""
        asked = await _form(request)
        try:
            application = self._client(request, asked)
            match asked.get("grant_type"):
                case "authorization_code":
                    grant = self._codes.pop(asked.get("code", ""), None)
                    if grant is None or grant.until is None or grant.until <= self.world.now:
                        raise RefusedError("invalid_grant")
                    if asked.get("redirect_uri") != application.redirect_uri or not _proves(asked, grant):
                        raise RefusedError("invalid_grant")
                case "refresh_token":
                    grant = self._refresh.pop(asked.get("refresh_token", ""), None)
                case _:
                    raise RefusedError("unsupported_grant_type")
            if grant is None or grant.application != application.id:
                raise RefusedError("invalid_grant")
        except RefusedError as refusal:
            said = {"error": str(refusal), "error_description": "The provided authorization grant is invalid."}
            return JSONResponse(said, 401 if str(refusal) == "invalid_client" else 400)
        self.tokens.pop(grant.access, None)
        return JSONResponse(self._granted(grant), headers={"Cache-Control": "no-store"})

    def _granted(self, grant: Grant) -> dict[str, Any]:
        access, refresh, now = token_urlsafe(32), token_urlsafe(32), self.world.now
        self.tokens[access] = Token(grant.username, grant.scopes, ends_at=now + LASTS)
        self._refresh[refresh] = replace(grant, access=access, until=None)
        said = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(LASTS.total_seconds()),
            "refresh_token": refresh,
            "scope": " ".join(sorted(grant.scopes)),
            "created_at": int(now.timestamp()),
        }
        if "openid" in grant.scopes:
            claims = {
                "iss": self.world.url,
                "aud": grant.application,
                "exp": int((now + _ID_LASTS).timestamp()),
                "iat": int(now.timestamp()),
                "auth_time": int(now.timestamp()),
                **({"nonce": grant.nonce} if grant.nonce else {}),
                **self._claims(grant.username),
                **self.lies,
            }
            key = claims.pop("key", _key())
            said["id_token"] = jwt.encode({"typ": "JWT", "alg": "RS256", "kid": _key().kid}, claims, key)
        return said

    def _client(self, request: Request, asked: Mapping[str, str]) -> Application:
        """Which application asks, by either of the two ways to say so."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            name, _, secret = b64decode(given).decode().partition(":")
            name, secret = unquote(name), unquote(secret)
        else:
            name, secret = asked.get("client_id", ""), asked.get("client_secret", "")
        application = self.applications.get(name)
        if application is None or not compare_digest(secret, application.secret):
            raise RefusedError("invalid_client")
        return application

    async def revoke(self, request: Request) -> Response:
        """Make a token worth nothing, and the one that came with it; of one that nobody knows nothing is said."""
        asked = await _form(request)
        try:
            self._client(request, asked)
        except RefusedError as refusal:
            return JSONResponse({"error": str(refusal)}, 403)
        given = asked.get("token", "")
        for refresh, grant in list(self._refresh.items()):
            if given in {refresh, grant.access}:
                self.tokens.pop(grant.access, None)
                del self._refresh[refresh]
        return JSONResponse({})

    async def userinfo(self, request: Request) -> Response:
        """Whose a token is."""
        token = self.tokens.get(presented(request.headers) or "")
        if token is None or "openid" not in token.scopes or token.is_over(self.world.now):
            return JSONResponse({"error": "invalid_token"}, 401)
        return JSONResponse(self._claims(token.username))

    def _claims(self, username: str) -> dict[str, Any]:
        account = self.world.account(username)
        return {
            "sub": str(account.id),
            "name": account.name,
            "nickname": account.username,
            "preferred_username": account.username,
            "profile": f"{self.world.url}/{account.username}",
        }


def _proves(asked: Mapping[str, str], grant: Grant) -> bool:
    """Whether who brings the code is who asked for it (PKCE)."""
    digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
    return not grant.challenge or compare_digest(urlsafe_b64encode(digest).rstrip(b"=").decode(), grant.challenge)


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
