"""Hooks of projects and groups, and how GitLab calls them: with the secret, in the order of events, each on its own.

One that fails four times in a row rests for a minute, then for twice as long each time, up to a day; a test that
succeeds wakes it. Source: GitLab's ``WebHooks::AutoDisabling`` and ``WebHookService``.
"""

import json
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Queue
from typing import Self
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from uuid import UUID

from standin.ids import digest
from standin.places import Place, Project
from standin.webhooks import Webhook, webhooks
from standin.world import World

FLAGS = (
    "push_events", "tag_push_events", "issues_events", "confidential_issues_events", "merge_requests_events",
    "note_events", "confidential_note_events", "job_events", "pipeline_events", "wiki_page_events",
    "deployment_events", "feature_flag_events", "releases_events", "milestone_events", "emoji_events",
    "resource_access_token_events", "vulnerability_events",
)  # fmt: skip
"""The settings that say which events a hook is called for."""
OF_GROUPS = ("subgroup_events", "member_events", "project_events")
GRACE, FOR_GOOD = 3, 39
"""More failures than these in a row make a hook rest; make it rest until somebody wakes it."""
TIMEOUT = 10
"""Seconds that GitLab waits for an answer."""


@dataclass(slots=True)
class Hook:
    """One hook; ``token`` is the secret, which is never shown."""

    id: int
    place: Place
    url: str
    created_at: datetime
    token: str = ""
    name: str = ""
    description: str = ""
    enable_ssl_verification: bool = True
    flags: dict[str, bool] = field(default_factory=dict)
    recent_failures: int = 0
    disabled_until: datetime | None = None

    def asks_for(self, webhook: Webhook) -> bool:
        """Whether it is called for that: it is of the project, or of a group above it, and wants such events."""
        path = self.place.path
        is_there = path == webhook.project or (
            not isinstance(self.place, Project) and webhook.project.startswith(f"{path}/")
        )
        return is_there and self.flags.get(webhook.flag, False)

    def status(self, now: datetime) -> str:
        """GitLab's ``alert_status``."""
        if self.recent_failures > FOR_GOOD:
            return "disabled"
        if self.recent_failures > GRACE and self.disabled_until and self.disabled_until >= now:
            return "temporarily_disabled"
        return "executable"

    def called(self, status: int, now: datetime) -> None:
        """Note how a call ended; 0: there was no answer."""
        if 200 <= status < 400:
            self.recent_failures, self.disabled_until = 0, None
            return
        self.recent_failures += 1
        if self.recent_failures > GRACE:
            minutes = min(2 ** (self.recent_failures - GRACE - 1), 24 * 60)
            self.disabled_until = now + timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a hook, as it ended."""

    hook: int
    event: str
    status: int
    headers: dict[str, str]


class Deliveries:
    """The hooks of a world, which are called one after the other, in a thread of their own."""

    def __init__(self, world: World) -> None:
        self.hooks: list[Hook] = []
        self.made: list[Call] = []
        """What was sent, in its order."""
        self._world, self._count = world, 0
        self._waiting: Queue[tuple[Hook, Webhook]] = Queue()
        world.happenings = []
        threading.Thread(target=self._send, name="hooks", daemon=True).start()

    @classmethod
    def of(cls, world: World) -> Self:
        """Those of a world: made, if there are none yet."""
        found = world.listener
        if not isinstance(found, cls):
            found = world.listener = cls(world)
        return found

    def collect(self) -> None:
        """Have everything sent that has happened since this was asked last."""
        happened, self._world.happenings = self._world.happenings or [], []
        for one in happened:
            for webhook in webhooks(self._world, one):
                for hook in self.hooks:
                    if hook.asks_for(webhook):
                        self._waiting.put((hook, webhook))

    def wait(self) -> None:
        """Come back when everything is sent."""
        self._waiting.join()

    def call(self, hook: Hook, webhook: Webhook) -> int:
        """Call a hook now; the status of its answer, 0 for none."""
        self._count += 1
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"GitLab/{self._world.version}",
            "X-Gitlab-Event": webhook.event,
            "X-Gitlab-Instance": self._world.url,
            "Idempotency-Key": self._uuid("key", hook.id),
            "X-Gitlab-Webhook-UUID": self._uuid("webhook", hook.id),
            "X-Gitlab-Event-UUID": self._uuid("event", hook.id),
        }
        secret = {"X-Gitlab-Token": hook.token} if hook.token else {}
        request = Request(hook.url, json.dumps(webhook.body).encode(), {**headers, **secret})
        try:
            with urlopen(request, timeout=TIMEOUT) as answer:
                status = int(answer.status)
        except HTTPError as error:
            status = error.code
        except (URLError, OSError):
            status = 0
        hook.called(status, self._world.now)
        self.made.append(Call(hook.id, webhook.event, status, headers))
        return status

    def _send(self) -> None:
        while True:
            hook, webhook = self._waiting.get()
            try:
                if hook.status(self._world.now) == "executable":
                    self.call(hook, webhook)
            finally:
                self._waiting.task_done()

    def _uuid(self, *parts: object) -> str:
        return str(UUID(digest(*parts, self._count)[:32]))
