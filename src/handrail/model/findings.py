"""What a rule finds: that something is not as the handbook has it, on which evidence, and what would mend it."""

from typing import Literal

from msgspec import Struct

from handrail.model.actions import Change, Evidence, Expectation

Severity = Literal["note", "warning", "breach"]
TEAM = "team"
"""The subject of findings about the team as a whole."""


class Remedy(Struct, frozen=True, gc=False):
    """A change that would mend a finding: of the finding's own subject unless another is named."""

    change: Change
    subject: str = ""
    expects: tuple[Expectation, ...] = ()
    """What must be true besides what follows from the change itself (``plan.preconditions``)."""


class Finding(Struct, frozen=True, gc=False):
    """One thing that the handbook has otherwise. ``says`` is a whole sentence with the evidence in it.

    ``subject`` is an item's full reference, ``milestone:TITLE``, ``project@branch``, a project's path, or ``team``.
    """

    rule: str
    clause: str
    subject: str
    code: str
    """Which of the rule's findings it is: a word or two with dashes, stable, so that people can count and silence."""
    says: str
    evidence: tuple[Evidence, ...] = ()
    severity: Severity = "note"
    who: tuple[str, ...] = ()
    """Who can act on it, by user name; a rule that knows of nobody leaves it to ``rules.catalogue``."""
    remedies: tuple[Remedy, ...] = ()
    period: str = ""
    """See ``Action.period``."""

    @property
    def key(self) -> str:
        """What silencing and counting go by: the rule, what was found, and of what."""
        return f"{self.rule}/{self.code}/{self.subject}"


def milestone_subject(title: str) -> str:
    """The subject of a finding about a milestone."""
    return f"milestone:{title}"
