"""What the application serves, and to whom: the one value that every handler is given."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from urllib.parse import quote

from litestar.di import NamedDependency

from handrail.engine.live import Live, View
from handrail.engine.sight import Doorman, Sight
from handrail.engine.unplanned import Inbox
from handrail.gitlab.connection import Connection
from handrail.model.journal import Record
from handrail.model.people import Person
from handrail.rules.queue_words import Voice
from handrail.store.database import Store
from handrail.views.aside import Aside, aside_of
from handrail.views.handbook import Stated
from handrail.views.refs import Refs
from handrail.web.openid import SignIn
from handrail.web.sessions import Session, Sessions


@dataclass(frozen=True)
class Serving:
    """One team's store, kept fresh, and the GitLab on which people's steps are done."""

    live: Live
    gitlab: Callable[[], AbstractContextManager[Connection]]
    """A connection with our own token, for who waits for a page. Raises UserError where there is none."""
    secret: bytes
    """What cookies and forms are signed with: 32 random bytes that stay the same over restarts."""
    is_open: bool = False
    """Whether people choose who they are, without signing in: a demo on this machine."""
    sign_in: SignIn | None = None
    """How people sign in; None in an open demo."""
    lets_everybody_look: bool = False
    """Whether all who have an account on the GitLab may look; else the team, and members of a project of its."""
    why_not: str = ""
    """Why nothing can be changed on GitLab here, as a sentence: then no page offers it. Empty: it can."""
    webhook_secret: str = ""
    """What GitLab says with each webhook; empty: none is accepted."""
    accepted: Callable[[], None] = lambda: None
    """Called when a new webhook is in the inbox: it is to be worked."""
    stated: Stated = field(default_factory=lambda: Stated(None))
    """Where the handbook is stated: its files."""

    @cached_property
    def sessions(self) -> Sessions:
        """Who is signed in."""
        renewed = self.sign_in.renewed if self.sign_in else lambda _: None
        return Sessions(self.store.sessions, self.secret, self.now, renewed)

    @cached_property
    def doorman(self) -> Doorman | None:
        """Who knows what each person may see; None in an open demo, where everybody sees what our token does."""
        return None if self.is_open else Doorman(self.gitlab, self.now)

    @contextmanager
    def gitlab_as(self, who: "Who") -> Iterator[Connection]:
        """A connection in which somebody's own steps are theirs on GitLab, if they let us; else as ``gitlab``."""
        if self.sign_in is None or who.session is None or not who.session.may_act:
            with self.gitlab() as ours:
                yield ours
            return
        url, token = self.sign_in.gitlab, who.session.access_token
        with closing(Connection(url, token, scope="api", is_persons=True, is_hurried=True)) as own:
            yield own

    @property
    def store(self) -> Store:
        """Where facts and what people did are kept."""
        return self.live.store

    def now(self) -> datetime:
        """The present."""
        return self.live.now()


@dataclass(frozen=True)
class Who:
    """Somebody who looks at a page, and the view that they look at."""

    username: str
    """Empty where nobody is signed in."""
    sight: Sight
    """What is theirs to see; whatever a page shows goes through it."""
    session: Session | None = None
    """None where nobody signs in: in an open demo, and on routes that are open to all."""

    @property
    def view(self) -> View:
        """The team as they may see it."""
        return self.sight.view

    @property
    def is_member(self) -> bool:
        """Whether they are of the team; who is not is a viewer, and changes nothing."""
        return self.username in self.view.snapshot.people

    @property
    def person(self) -> Person:
        """The member of the team; a viewer keeps the team's hours."""
        snapshot = self.view.snapshot
        name = self.session.name if self.session else "nobody"
        return snapshot.people.get(self.username) or replace(snapshot.team, name=name, roles=())

    @property
    def voice(self) -> Voice:
        """What speaks to them, in their zone."""
        return self.view.queue.voice(self.username)

    @property
    def refs(self) -> Refs:
        """References as the team says them."""
        return Refs(self.view.handbook)

    def address(self, ref: str) -> str:
        """The path of an item's page."""
        return f"/items/{quote(ref)}"

    def records(self, serving: Serving, subject: str | None = None, most: int | None = None) -> list[Record]:
        """The journal as far as it is for them to see, the newest first."""
        return self.sight.records(serving.store.journal.records(subject, most))

    def aside(self, serving: Serving, whose: str) -> Aside:
        """What somebody has put aside, and what was kept from being said to them, as far as it is to be seen here."""
        found = aside_of(serving.store, whose, serving.now())
        notes = tuple(one for one in found.notes if self.sight.sees(one.subject))
        snoozed = {ref: one for ref, one in found.snoozed.items() if self.sight.sees(ref)}
        return Aside(snoozed, notes, found.returned)  # which is told beside what they see, and nowhere else

    def inbox(self, serving: Serving) -> Inbox:
        """The requests that nobody planned, as far as they are theirs to see."""
        found = Inbox.of(self.view.queue.desk, serving.store)
        return replace(found, kept=tuple(one for one in found.kept if not one.ref or self.sight.sees(one.ref)))

    @property
    def is_manager(self) -> bool:
        """Whether they are EM or PM."""
        return self.username in self.view.queue.desk.managers


Whom = NamedDependency[Who]
"""A handler that names it ``who`` is given who asks."""
Served = NamedDependency[Serving]
"""A handler that names it ``serving`` is given what is served."""
