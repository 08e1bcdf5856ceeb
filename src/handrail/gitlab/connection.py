"""One GitLab, asked politely through python-gitlab: GraphQL documents and REST lists, with one session and one token.

python-gitlab waits and retries by itself, but by the machine's clock and without spreading; so its own retries are off
and ours (``rate_limits``) are on for both APIs. Whatever cannot succeed is a UserError that never holds the token.
"""

import errno
import math
import random
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import quote, urlsplit

import gitlab
import requests

from handrail.errors import UserError
from handrail.gitlab.documents import PARTS, document
from handrail.gitlab.rate_limits import PASSING, pause_after, pause_before, told_time

_HIDDEN = re.compile(r"not exist|permission|not found", re.IGNORECASE)
_PORTS = {"http": ":80", "https": ":443"}
TIMEOUT = 60.0
"""Seconds; GitLab itself gives up on a request after about as many."""
SOON, BRIEFLY = 10.0, 2.0
"""Seconds, while somebody waits for a page: for an answer; for a connection, or for asking anew where none comes."""
MOST = 2**20
"""Bytes of a file that are read at the most."""
PATIENCE = 200.0
"""Seconds that one write waits for a GitLab that asks for patience: less than a lease (``store.journal``)."""


class LostError(UserError):
    """A project, group or item that is not there, or not for this token; the rest can still be read."""


class AbsentError(LostError):
    """A file that is not there at a ref; the project is, and the ref is."""


class TooLargeError(UserError):
    """A file that is larger than any that is read."""


class TooMuchError(UserError):
    """GitLab did not manage the page in time: a smaller one may go."""


class CursorError(UserError):
    """A place to go on from that GitLab does not understand: an upgrade came between, or it is another GitLab's."""


class UncertainError(UserError):
    """A write of which nobody knows whether it was carried out: the answer was lost, or GitLab broke over it."""


class UnsentError(UserError):
    """A write that was certainly not carried out, as none is now: GitLab cannot be reached, or asks for patience."""


class RefusedError(UserError):
    """A write that GitLab refuses; another one may go."""


class TokenError(UserError):
    """The token may not write anything."""


@dataclass
class Pace:
    """How waiting is done; tests wait without waiting."""

    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    said: Callable[[str], None] = field(default=lambda _: None)
    """Told in a sentence whenever a pause is longer than a few seconds."""


class Connection:
    """A GitLab and a token. ``url`` is its address ("https://gitlab.com"); no request is made yet.

    ``scope``: which one the token needs for what is to be done, for those who have to make another one.
    ``is_persons``: it is the token of somebody who signed in, and no access token of ours.
    ``is_hurried``: somebody waits for a page, so that a GitLab that is away is given up soon.

    Several threads may ask at the same time.
    """

    def __init__(
        self,
        url: str,
        token: str,
        pace: Pace | None = None,
        timeout: float = TIMEOUT,
        scope: str = "read_api",
        *,
        is_persons: bool = False,
        is_hurried: bool = False,
    ) -> None:
        self._scope, self._is_persons = scope, is_persons
        self._patience = BRIEFLY if is_hurried else math.inf
        self.url = url.rstrip("/")
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UserError(f"“{url}” is no address of a GitLab: write it like https://gitlab.com.")
        if parts.username or parts.password or parts.query:
            raise UserError("The address of the GitLab holds a password or a token: give the token in GITLAB_TOKEN.")
        if not token.strip() or not token.isascii() or not token.isprintable():
            raise UserError("The token is empty or has a character that no token has: copy it again (GITLAB_TOKEN).")
        self.origin = parts.netloc.casefold().removesuffix(_PORTS[parts.scheme]) + parts.path
        """Which GitLab it is, however its address is written: host, port where it is another than usual, path."""
        self._pace = pace or Pace()
        self._session = _Session()
        self._session.hooks["response"].append(self._heard)
        self._last = threading.local()
        self._counting = threading.Lock()
        self._token = token.strip()
        whose: dict[str, Any] = {"oauth_token" if is_persons else "private_token": self._token}
        limits: Any = (BRIEFLY, SOON) if is_hurried else timeout  # the library hands them on to requests
        self._gitlab = gitlab.Gitlab(
            self.url, **whose, timeout=limits, session=self._session, retry_transient_errors=False
        )
        self.is_away = False
        """Whether the last answer that was waited for did not come, or was that GitLab cannot answer now."""
        self.requests = 0
        """How many requests were sent, retries included."""

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def now(self) -> datetime:
        """GitLab's clock at its last response; ours if it does not say."""
        return told_time(self._headers) or datetime.now(UTC)  # noqa: TID251  # the reader's only look at the clock

    def graphql(self, name: str, variables: Mapping[str, Any], parts: frozenset[str] = PARTS) -> dict[str, Any]:
        """The data that the document of that name gives. Raises LostError, TooMuchError or another UserError."""
        return self.ask(_operation(name), document(name, parts), variables)

    def ask(self, operation: str, text: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The data that a document's text gives; as ``graphql``."""
        body = {"query": text, "variables": dict(variables), "operationName": operation}
        answer = self._send("post", f"{self.url}/api/graphql", post_data=body)
        if not isinstance(answer, dict):
            raise self._not_gitlab()
        data = answer.get("data")
        said = [str(error.get("message", error)) for error in answer.get("errors") or ()]
        text = "; ".join(said)
        if "imeout" in text or "timed out" in text:
            raise TooMuchError(f"{self.url} did not manage {operation} in time: try again when it is less busy.")
        if "valid cursor" in text:
            raise CursorError(f"{self.url} does not know any more where {operation} went on: run the command again.")
        # What is not there or not to be seen is null in the data, and that is answer enough; any other error may have
        # left out a part, and half an answer would be taken for the whole.
        if said and (not isinstance(data, dict) or not all(map(_HIDDEN.search, said))):
            raise UserError(f"{self.url} refused a question ({operation}): {self._plain(text)}")
        if not isinstance(data, dict):
            raise self._not_gitlab()
        return data

    def rest(self, path: str, /, **query: Any) -> Iterator[Any]:
        """Every entry of a REST list, page after page: ``path`` as in ``/projects/1/labels``."""
        page: str | int = 1
        while page:
            answer = self._send("get", path, query_data={"per_page": 100, "page": page, **query})
            if not isinstance(answer, list):
                raise self._not_gitlab()
            yield from answer
            page = self._headers.get("X-Next-Page", "") if answer else ""

    def rest_one(self, path: str) -> dict[str, Any]:
        """One REST object."""
        answer = self._send("get", path)
        if not isinstance(answer, dict):
            raise self._not_gitlab()
        return answer

    def rest_now(self, path: str) -> dict[str, Any]:
        """One REST object, asked for once: somebody waits for a page."""
        answer = self._send("get", path, patience=0.0, timeout=SOON)
        if not isinstance(answer, dict):
            raise self._not_gitlab()
        return answer

    def raw_file(self, project: str, path: str, ref: str) -> str:
        """The text of a file in a project's repository at a tag, a branch or HEAD; whatever is no UTF-8 is replaced.

        Raises AbsentError where the ref has no such file, LostError where there is no such ref or project,
        TooLargeError for more than 1 MiB.
        """
        at = f"/projects/{project_path(project)}/repository/files/{project_path(path)}/raw"
        body: bytes = self._send("get", at, read=_text_of, query_data={"ref": ref})
        if len(body) > MOST:
            raise TooLargeError(f"{path} of {project} at {ref} is larger than {MOST // 2**20} MiB: it was left out.")
        return body.decode("utf-8", "replace")

    def write(self, verb: Literal["post", "put"], path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change something over REST, once, and get what GitLab says of it.

        Raises UncertainError where nobody knows whether it was carried out, UnsentError and TokenError where no write
        is, LostError for what is not there, RefusedError for what GitLab refuses.
        """
        answer = self._send(verb, path, writes=True, post_data=dict(body))
        if not isinstance(answer, dict):
            raise _uncertain(self._not_gitlab())
        return answer

    def mutate(self, name: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Change something over GraphQL, once; errors as ``write``."""
        body = {"query": document(name), "variables": dict(variables), "operationName": _operation(name)}
        answer = self._send("post", f"{self.url}/api/graphql", writes=True, post_data=body)
        if not isinstance(answer, dict):
            raise _uncertain(self._not_gitlab())
        said = "; ".join(str(error.get("message", error)) for error in answer.get("errors") or ())
        if "imeout" in said or "timed out" in said:
            raise UncertainError(f"{self.url} did not manage {_operation(name)} in time.")
        if _HIDDEN.search(said):
            # GitLab says the same of what is not there, and to a token that may read only.
            raise LostError(
                f"{self.url} does not let the token change that ({self._plain(said)}): it needs the scope api, and its "
                "owner the role of a Planner or Developer there."
            )
        if said:
            raise RefusedError(f"{self.url} refused a change ({_operation(name)}): {self._plain(said)}")
        data: dict[str, Any] = answer.get("data") or {}
        return data

    def _send(
        self,
        verb: str,
        path: str,
        *,
        writes: bool = False,
        patience: float | None = None,
        read: Callable[[requests.Response], Any] | None = None,
        **arguments: Any,
    ) -> Any:
        """What GitLab answers: its JSON, or what ``read`` makes of the stream, which may raise JSON's own error."""
        patience = self._patience if patience is None else patience
        attempt, waited = 1, 0.0
        while True:
            began, self._last.headers = time.perf_counter(), {}
            with self._counting:
                self.requests += 1
            status: int | None = None
            try:
                response = self._gitlab.http_request(
                    verb, path, obey_rate_limit=False, max_retries=0, streamed=read is not None, **arguments
                )
                self.is_away = False
                if (rest := pause_after(self._headers)) <= patience:
                    self._wait(rest)
                return read(response) if read else response.json()
            except requests.exceptions.SSLError as error:
                raise self._distrusted(error) from error
            except requests.exceptions.JSONDecodeError as error:
                problem: UserError = self._not_gitlab()
                cause: Exception = error
            except requests.exceptions.Timeout as error:
                problem, cause = TooMuchError(f"{self.url} did not answer in time: try again later."), error
            except requests.exceptions.RequestException as error:
                problem = UserError(f"{self.url} cannot be reached: check the address and the network.")
                cause = error
            except gitlab.exceptions.GitlabError as error:
                status = error.response_code or 0  # a redirect has none: it is not followed with a write
                problem, cause = self._refused(error, path, writes=writes), error
            attempt += 1
            self.is_away = status is None or status in PASSING
            if writes and (status is None or status in PASSING):
                # A write is asked for again only if it certainly was not carried out.
                if status != 429 and not _is_unsent(cause):
                    raise _uncertain(problem) from cause
                problem = UnsentError(*problem.problems)
            pause = pause_before(attempt, status, self._headers, self._pace.chance())
            waited += time.perf_counter() - began + (pause or 0.0)
            if pause is None or waited > (min(patience, PATIENCE) if writes else patience):
                raise problem from cause
            self._wait(pause)

    def _refused(self, error: gitlab.exceptions.GitlabError, path: str, *, writes: bool = False) -> UserError:
        text = self._plain(str(error.error_message))
        match error.response_code:
            case 401 if writes:
                return TokenError(
                    f"{self.url} does not accept the token: it is wrong, expired or revoked; {self._mend('api')}."
                )
            case 401:
                return UserError(
                    f"{self.url} does not accept the token: it is wrong, expired or revoked, or lacks the scope; "
                    f"{self._mend(self._scope)}."
                )
            case 403 if writes and ("insufficient_scope" in text or "higher privileges" in text):
                return TokenError(f"{self.url} does not let the token change anything: {self._mend('api')}.")
            case 403 if "insufficient_scope" in text or "higher privileges" in text:
                return UserError(f"{self.url} does not let the token read: {self._mend(self._scope)}.")
            case 403 if writes:
                return RefusedError(
                    f"{self.url} does not let the token's owner change {path}: it takes the role of a Planner or "
                    "Developer there."
                )
            case 403:
                where = path.partition("?")[0]
                return LostError(f"{self.url} does not show {where} to the token's owner ({text}): ask for access.")
            case 404 if "File Not Found" in text:
                return AbsentError(f"{self.url} does not have {path.partition('?')[0]} there.")
            case 404:
                return LostError(f"{self.url} does not have {path.partition('?')[0]}, or not for this token.")
            case 429:
                return UserError(f"{self.url} still asks for fewer requests: run the command again later, it goes on.")
            case code if code is not None and code >= 500:
                return TooMuchError(f"{self.url} answers with an error of its own ({code}): try again later.")
            case code:
                kind = RefusedError if writes else UserError
                return kind(f"{self.url} refuses the request ({code}): {text}")

    def _mend(self, scope: str) -> str:
        """What to do about a token that is not good enough."""
        return (
            "sign out and in again"
            if self._is_persons
            else f"make one with the scope {scope} and give it in GITLAB_TOKEN"
        )

    def _plain(self, text: str) -> str:
        """What a server said, short and without the token, in case it says it."""
        return " ".join(text.replace(self._token, "…").split())[:200]

    def _distrusted(self, error: requests.exceptions.SSLError) -> UserError:
        if "CERTIFICATE" in str(error):
            return UserError(
                f"{self.url} shows a certificate that this machine does not trust: set REQUESTS_CA_BUNDLE to the "
                "authority's certificate."
            )
        return UserError(
            f"{self.url} does not speak TLS as this machine does: check its port, and whether it begins with http:// "
            "or https://."
        )

    def _not_gitlab(self) -> UserError:
        return UserError(
            f"{self.url} answers with something else than GitLab's API: check the address; perhaps a proxy or a "
            "sign-in page is in between."
        )

    def _heard(self, response: requests.Response, *_args: Any, **_kwargs: Any) -> None:
        self._last.headers = response.headers

    @property
    def _headers(self) -> Mapping[str, str]:
        """Of this thread's last response."""
        return getattr(self._last, "headers", {})

    def _wait(self, seconds: float) -> None:
        if seconds > 5:
            self._pace.said(f"{self.url} asks to wait for {seconds:.0f} seconds")
        if seconds > 0:
            self._pace.sleep(seconds)


class _Session(requests.Session):
    """Sends the token to the host that it is meant for, and not along with a redirect to another one."""

    def __init__(self) -> None:
        super().__init__()
        self._ways: dict[Any, dict[str, Any]] = {}

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> dict[str, Any]:
        """Proxies and authorities that the environment names for this GitLab, looked up once: it stays as it is."""
        if stream not in self._ways:
            self._ways[stream] = super().merge_environment_settings(url, proxies, stream, verify, cert)
        return self._ways[stream]

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Drop GitLab's own header where requests drops the usual one."""
        super().rebuild_auth(prepared_request, response)
        if self.should_strip_auth(response.request.url or "", prepared_request.url or ""):
            prepared_request.headers.pop("PRIVATE-TOKEN", None)


def _text_of(response: requests.Response) -> bytes:
    """A raw file, of a large one as much as shows that it is one. Raises JSONDecodeError for a page of HTML."""
    with response:
        if response.headers.get("Content-Type", "").startswith("text/html"):  # GitLab shows every file as plain text
            raise requests.exceptions.JSONDecodeError("a page", "", 0)
        body = b""
        for part in response.iter_content(2**16):
            body += part
            if len(body) > MOST:
                break
        return body


def project_path(path: str) -> str:
    """A project's or file's path inside a REST address."""
    return quote(path, safe="")


def _is_unsent(error: BaseException | None) -> bool:
    """Whether there was no connection that the request could have gone over."""
    while error is not None:
        unreachable = isinstance(error, OSError) and error.errno in {errno.ENETUNREACH, errno.EHOSTUNREACH}
        if unreachable or isinstance(
            error, ConnectionRefusedError | socket.gaierror | requests.exceptions.ConnectTimeout
        ):
            return True
        error = error.__cause__ or error.__context__
    return False


def _uncertain(problem: UserError) -> UncertainError:
    return UncertainError(*problem.problems)


def _operation(name: str) -> str:
    return name.title().replace("_", "")
