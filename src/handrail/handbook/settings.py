"""What the handbook's blocks and the rules' settings are made of.

Plain frozen dataclasses, declared once: pydantic checks a file against them and writes the JSON Schema, msgspec reads
their compiled form back without pydantic (docs/decisions/0003). Unknown keys are errors everywhere.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Len

STRICT = {"extra": "forbid"}
Text = Annotated[str, Len(1)]
STATE = "a workflow state"
State = Annotated[Text, STATE]
"""One of the ``workflow.states``, in any case: loading refuses other words, in a rule's settings too."""


@dataclass(frozen=True)
class Step:
    """A step of a procedure that the page describes."""

    __pydantic_config__ = STRICT

    says: Text
    """What is to be done, for people."""
    clause: Text
    who: str = ""
    """Whose it is, for people."""


@dataclass(frozen=True)
class RuleSettings:
    """What every rule has: what becomes of its findings. A rule's own settings stand in its module, beside its words.

    ``off``: the rule is not asked. ``report``: it says what it finds. ``propose``: what would mend it waits for a
    person's yes. ``apply``: it is done.
    """

    __pydantic_config__ = STRICT

    mode: Literal["off", "report", "propose", "apply"] = "propose"
