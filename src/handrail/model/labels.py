"""Label algebra. A scoped label's scope is everything before its last ``::``.

So ``group::distribution`` (scope ``group``) and ``group::distribution::build`` (scope ``group::distribution``) may
stand together on one item, and ``group::distribution::build`` excludes ``group::distribution::deploy``.
Source: GitLab's documentation of scoped labels, "labels with multiple colon pairs".
"""

import unicodedata
from collections.abc import Iterable


def scope_of(label: str) -> str | None:
    """The label's scope, or None for a label without one."""
    scope, mark, _ = label.rpartition("::")
    return scope if mark else None


def value_of(label: str) -> str:
    """What follows the last ``::``; the whole label where there is none."""
    return label.rpartition("::")[2]


def excluded_by(label: str, labels: Iterable[str]) -> tuple[str, ...]:
    """Those of ``labels`` that GitLab would take off when ``label`` is put on: the others of its scope."""
    scope = scope_of(label)
    return tuple(other for other in labels if scope is not None and other != label and scope_of(other) == scope)


def folded(label: str) -> str:
    """The label as an eye reads it: compatibility forms, case and invisible characters away.

    Two labels that fold alike but differ are told apart by GitLab and by nobody else.
    """
    visible = (c for c in unicodedata.normalize("NFKC", label) if unicodedata.category(c) not in {"Cf", "Cc", "Mn"})
    return " ".join("".join(visible).split()).casefold()
