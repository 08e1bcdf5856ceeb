"""What surrounds the items: people, projects, groups, labels, milestones, as GitLab knows them."""

from dataclasses import dataclass, field
from datetime import date, datetime

from standin.ids import number


@dataclass(slots=True)
class Account:
    """A user. ``state`` is GitLab's word (active, blocked ...)."""

    username: str
    name: str
    bot: bool = False
    state: str = "active"
    id: int = 0

    def __post_init__(self) -> None:
        self.id = self.id or number("user", self.username)


GHOST = Account("ghost", "Ghost User")
"""Who has written what a deleted user wrote."""


@dataclass(slots=True)
class Group:
    """A group or subgroup by its full path."""

    path: str
    id: int = 0

    def __post_init__(self) -> None:
        self.id = self.id or number("group", self.path)

    @property
    def parent(self) -> str | None:
        """The full path of the group it is in."""
        return self.path.rpartition("/")[0] or None


@dataclass(slots=True)
class Project:
    """A project by its full path, with who may merge and who else is a member."""

    path: str
    default_branch: str
    created_at: datetime
    maintainers: tuple[str, ...] = ()
    archived: bool = False
    visibility: str = "public"
    issues_access_level: str = "enabled"
    id: int = 0
    templates: dict[str, str] = field(default_factory=dict)
    """The texts of its issue templates, by name."""

    def __post_init__(self) -> None:
        self.id = self.id or number("project", self.path)

    @property
    def parent(self) -> str:
        """The full path of its group."""
        return self.path.rpartition("/")[0]


Place = Project | Group


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a top-level group: every project in it uses the same."""

    title: str
    group: str
    id: int


@dataclass(frozen=True, slots=True)
class Timebox:
    """A milestone of a top-level group."""

    title: str
    group: str
    id: int
    iid: int
    start: date | None = None
    due: date | None = None
    state: str = "active"


@dataclass(slots=True)
class Member:
    """Who has which access to a place: 30 is Developer, 40 Maintainer, 50 Owner."""

    account: Account
    level: int
    place: Place
    is_direct: bool = True
    """Whether somebody made them a member of this very place, not of a group above it."""
    id: int = field(default=0)

    def __post_init__(self) -> None:
        self.id = number("member", f"{self.place.path}/{self.account.username}")


def top(path: str) -> str:
    """The top-level group of a place."""
    return path.partition("/")[0]


def shown_name(path: str) -> str:
    """A place's name, which GitLab lets differ from its path: "Omnibus Gitlab"."""
    return path.rpartition("/")[2].replace("-", " ").title()
