"""What is said about red branches: the incident's description, the ladder of calls, and how an incident ends."""

from collections.abc import Sequence
from datetime import datetime

from handrail.model.actions import Comment, Evidence
from handrail.model.items import MergeRequest
from handrail.rules.branch_runs import Line
from handrail.rules.desk import Desk, listed, marked
from handrail.rules.red_causes import Resolver

SHOWN = 5
"""Jobs and changes that are named; of more the number is said."""


def place(line: Line, desk: Desk) -> str:
    """A branch with its project."""
    return f"{line.branch} of {desk.source_name(line.project)}"


def proposed(who: Resolver | None, desk: Desk) -> str:
    """Who is proposed to take it, as the end of a sentence."""
    return f"; {desk.voice.name(who.username)} is proposed, since {who.why}" if who else ""


def evidence_of(line: Line, suspects: tuple[MergeRequest, ...]) -> tuple[Evidence, ...]:
    """The pipelines that failed, the first and the latest, and what was merged before."""
    first, last = line.red[0], line.red[-1]
    found = [Evidence(f"pipeline {first.id} failed", first.finished_at, first.web_url or "")]
    if last is not first:
        found.append(Evidence(f"pipeline {last.id} failed, the latest", last.finished_at, last.web_url or ""))
    found += [Evidence(f"{item.ref} was merged before it broke", item.closed_at, item.ref) for item in suspects]
    return tuple(found)


def jobs_said(line: Line) -> str:
    """The failing jobs, as part of a sentence; nothing where nobody noted them."""
    if not line.failing:
        return ""
    return f" ({_some(line.failing)} {'fails' if len(line.failing) == 1 else 'fail'})"


def description(line: Line, suspects: tuple[MergeRequest, ...], desk: Desk) -> str:
    """An incident's description in Markdown."""
    first, last = line.red[0], line.red[-1]
    what = "scheduled pipeline" if line.kind == "scheduled" else "pipeline"
    parts = [
        f"The latest {what} of `{line.branch}` failed; red since {desk.voice.instant(first.finished_at)}.",
        f"- First red pipeline: {first.web_url or first.id}\n- Latest: {last.web_url or last.id}",
    ]
    if line.failing:
        parts.append("Failing jobs:\n" + "\n".join(f"- `{job}`" for job in line.failing))
    if suspects:
        count = "One change is" if len(suspects) == 1 else f"{len(suspects)} changes are"
        changes = "\n".join(f"- {item.ref} by {desk.voice.name(item.author)}" for item in suspects)
        parts.append(f"{count} in question, merged after the last green pipeline:\n{changes}")
    parts.append(
        "Whoever takes this assigns themselves, so that the others can go on. Reverting the change is the default fix: "
        "it can come back calmly once it is understood."
    )
    return "\n\n".join(parts)


def called(number: int, line: Line, suspects: tuple[MergeRequest, ...], desk: Desk) -> Comment | None:
    """The call to the team's group, the ``number``-th; None where the handbook names no group to call."""
    mention = desk.handbook.team.mention
    if not mention:
        return None
    since = desk.voice.instant(line.red[0].finished_at)
    change = ""
    if suspects:
        what = "This change is" if len(suspects) == 1 else "These changes are"
        change = f" {what} in question: {_some([item.ref for item in suspects])}."
    return Comment(
        f"call-{number}",
        (),
        f"thank you for keeping {line.branch} green",
        f"{line.branch} has been red since {since}{jobs_said(line)}, and this incident waits for somebody.{change} "
        "Could somebody who is at work assign themselves, or say here what they see? A revert is the default fix, "
        "and soon everybody can merge again.",
        group=mention,
    )


def escalated(topic: str, how: str, line: Line, desk: Desk) -> Comment | None:
    """The call to the managers, to the team's group where none of them is at work; None where there is neither.

    ``how`` says in a clause how the incident stands.
    """
    to = desk.reachable(desk.managers)
    group = desk.handbook.team.mention
    if not to and not group:
        return None
    return Comment(
        topic,
        to,
        "thank you for helping with this",
        f"{line.branch} has been red since {desk.voice.instant(line.red[0].finished_at)}{jobs_said(line)}, and this "
        f"incident{how}. Could you find somebody who has the time for it, and say what may wait meanwhile?",
        group=group,
    )


def asked_to_resolve(line: Line) -> tuple[str, str]:
    """The thanks and the question to whoever has had an incident for longer than it should take."""
    asks = (
        f"{line.branch} is still red{jobs_said(line)}. Could you say how it stands, and whether somebody should help? "
        "If the cause is not clear yet, reverting the change gives everybody a green branch and you the time to look."
    )
    return "thank you for taking this incident", asks


def asked_for_cause(line: Line, green: datetime, causes: tuple[str, ...], desk: Desk) -> tuple[str, str]:
    """The thanks and the question what it was, once the branch is green again."""
    labels = f" One of these may fit: {marked(causes).replace(' and ', ', ')}." if causes else ""
    asks = (
        f"It has been green since {desk.voice.instant(green)}. Could you put the label on that tells what it was?"
        f"{labels} It shows which causes come back, and what is worth mending for good."
    )
    return f"thank you for getting {line.branch} green again", asks


def ended(to: tuple[str, ...], line: Line, green: datetime, quiet: datetime, desk: Desk) -> Comment:
    """Why an incident is closed."""
    return Comment(
        "over",
        to,
        "thank you for seeing this through",
        f"{line.branch} has been green since {desk.voice.instant(green)}, and nothing was said here since "
        f"{desk.voice.instant(quiet)}, so this incident is closed. Should it come back, please open it again.",
        last=True,
    )


def _some(words: Sequence[str]) -> str:
    more = len(words) - SHOWN
    return listed([*words[:SHOWN], f"{more} more"] if more > 0 else words)
