"""A handover in words: each request with what was decided about it, the same for screens and comments."""

from collections.abc import Container

from handrail.handbook.rotations import Rotation
from handrail.model.asked import Step
from handrail.model.handover import Handover, Row
from handrail.rules.queue_words import Voice


def row_words(row: Row, over: Handover, voice: Voice) -> str:
    """What becomes of a request: what was decided, or that it passes with the turn; and what the incoming said."""
    incoming = voice.name(over.incoming) if over.incoming else "whoever is available"
    said = [decided(step, voice, incoming) for step in row.decided]
    if not said:
        passed = next((step for step in row.request.steps if step.did == "passed" and step.at >= over.at), None)
        said = [
            f"passed to {incoming} with the turn{_noted(passed)}"
            if passed
            else f"not decided yet, passes to {incoming}"
        ]
    if row.acknowledged:
        said.append(f"{incoming} has seen it")
    return "; ".join(said)


def listed_rows(over: Handover, voice: Voice, confidential: Container[str]) -> str:
    """All of it as a list in Markdown, by number: of what is about an item that not everybody may see no more."""
    lines = []
    for row in over.rows:
        one = row.request
        if one.ref in confidential:
            lines.append(f"- {one.id} · confidential: `handrail request show {one.id}`")
            continue
        about = f" ({one.ref})" if one.ref else ""
        lines.append(f"- {one.id} · {one.title}{about}: {row_words(row, over, voice)}")
    return "\n".join(lines)


def options(rotation: Rotation) -> str:
    """What may become of a request, as the handbook has it."""
    return "; ".join(step.says for step in rotation.hand_off_options)


def decided(step: Step, voice: Voice, incoming: str = "") -> str:
    """One of the page's options, as somebody chose it; ``incoming``: what whoever is next is called by now."""
    note = _noted(step)
    match step.did:
        case "handed over":
            return f"handed over to {(step.with_turn and incoming) or voice.name(step.whom)}{note}"
        case "kept":
            return f"{voice.name(step.by)} goes on with it{note}"
        case "spoke":
            return f"passed on in a conversation{note}"
        case _:
            return f"closed{note}; goes on in {step.follow_up}"


def _noted(step: Step) -> str:
    return f": {step.note}" if step.note else ""
