"""A plan as JSON: what `handrail plan` prints and writes, and `handrail apply` takes, sealed as it was made."""

from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from handrail.errors import UserError
from handrail.model.actions import Action, Change, Evidence, Expectation
from handrail.model.plans import Conflict, Plan, Refusal

GOOD_FOR = timedelta(days=3)
"""How long a plan is taken for what it says: over a weekend, and not until nobody remembers why."""
_AGAIN = "make it anew with “handrail plan -o FILE”"
_CLOCKS = timedelta(minutes=5)
"""How far the clocks of two machines may be apart."""


class _Told(Struct, frozen=True, forbid_unknown_fields=True):
    """An action as the file has it: with its kind and key, which follow from the rest, for whoever reads it."""

    rule: str
    clause: str
    kind: str
    subject: str
    why: str
    key: str
    change: Change
    expects: tuple[Expectation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    touches: tuple[str, ...] = ()
    period: str = ""
    mode: str = "propose"
    code: str = ""
    steps: tuple[str, ...] = ()


class _Conflict(Struct, frozen=True, forbid_unknown_fields=True):
    why: str
    actions: tuple[_Told, ...]


class _Refused(Struct, frozen=True, forbid_unknown_fields=True):
    why: str
    until: datetime | None
    action: _Told
    unsaid: bool = False


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    digest: str
    at: datetime
    actions: tuple[_Told, ...]
    conflicts: tuple[_Conflict, ...] = ()
    refused: tuple[_Refused, ...] = ()
    too_large: str = ""
    gitlab: str = ""
    seal: str = ""
    """Of all the rest, so that what was reviewed is what is applied."""


def dump_plan(plan: Plan) -> bytes:
    """The plan as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(_file(plan)), indent=2)


def load_plan(content: bytes, name: str) -> Plan:
    """The plan of a file, called ``name`` where something is wrong with it. Raises UserError."""
    try:
        told = msgspec.json.decode(content, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{name} is no plan of Handrail’s ({error}): {_AGAIN}.") from error
    plan = Plan(
        told.at,
        tuple(map(_meant, told.actions)),
        tuple(Conflict(tuple(map(_meant, one.actions)), one.why) for one in told.conflicts),
        tuple(Refusal(_meant(one.action), one.why, one.until, one.unsaid) for one in told.refused),
        told.too_large,
        told.gitlab,
    )
    if _file(plan) != told:
        raise UserError(f"{name} was changed after it was made, so that nobody reviewed what it says now: {_AGAIN}.")
    return plan


def check_timely(plan: Plan, name: str, now: datetime) -> None:
    """Raises UserError for a plan that was made to be looked at only, or too long ago to be right now."""
    if not plan.gitlab:
        raise UserError(
            f"{name} is for looking at only, since it was made for another moment (--at), or of facts that no GitLab "
            f"told: {_AGAIN}."
        )
    if not now - GOOD_FOR <= plan.at <= now + _CLOCKS:
        raise UserError(
            f"{name} was made for {plan.at:%Y-%m-%d %H:%M} UTC, and a plan is good for {GOOD_FOR.days} days: {_AGAIN}."
        )


def _file(plan: Plan) -> _File:
    told = _File(
        plan.digest,
        plan.at,
        tuple(map(_told, plan.actions)),
        tuple(_Conflict(one.why, tuple(map(_told, one.actions))) for one in plan.conflicts),
        tuple(_Refused(one.why, one.until, _told(one.action), one.unsaid) for one in plan.refused),
        plan.too_large,
        plan.gitlab,
    )
    return replace(told, seal=sha256(msgspec.json.encode(told)).hexdigest())


def _told(action: Action) -> _Told:
    return _Told(
        action.rule,
        action.clause,
        action.kind,
        action.subject,
        action.why,
        action.key,
        action.change,
        action.expects,
        action.evidence,
        action.touches,
        action.period,
        action.mode,
        action.code,
        action.steps,
    )


def _meant(told: _Told) -> Action:
    return Action(
        told.rule,
        told.clause,
        told.subject,
        told.change,
        told.why,
        told.expects,
        told.evidence,
        told.touches,
        told.period,
        "apply" if told.mode == "apply" else "propose",
        told.code,
        told.steps,
    )
