"""A comment of ours, whole: whom it thanks and asks (the rule's words), why, how to disagree, and the hidden marker."""

import re

from handrail.handbook.schema import Handbook
from handrail.model.actions import Comment, CreateItem
from handrail.model.markdown import quiet
from handrail.rules.commands import RULE as COMMANDS
from handrail.rules.commands import SETTLES

_MARKER = re.compile(r"<!-- handrail:([a-z0-9_]+):(\S+) -->")


def marker(rule: str, topic: str) -> str:
    """What tells our comments and issues from all others, and from each other: an HTML comment, which nobody sees."""
    return f"<!-- handrail:{rule}:{topic} -->"


def marked(text: str) -> tuple[str, str] | None:
    """The rule and topic of a text that is ours; None for anybody else's."""
    found = _MARKER.search(text)
    return (found[1], found[2]) if found else None


def letter(comment: Comment, rule: str, clause: str, handbook: Handbook, code: str = "", period: str = "") -> str:
    """The comment's body in Markdown. Its words are the same as long as what it says is, and call nobody but ``to``.

    ``code`` and ``period`` are those of what was found: who disagrees settles that, and nothing else of the rule's.
    """
    about = " ".join(part for part in (rule, code, period if code else "") if part)
    to = " ".join(f"@{name}" for name in comment.to or (comment.group,) if name)
    thanks = quiet(comment.thanks)
    greeting = f"{to}, {thanks}" if to else thanks[:1].upper() + thanks[1:]
    stop = "" if greeting.endswith((".", "!", "?")) else "."
    parts = (
        greeting + stop,
        quiet(comment.asks),
        f"*Why: {because(clause, handbook)} {how_to_disagree(about, handbook)}*",
        marker(rule, comment.topic),
    )
    return "\n\n".join(parts) + "\n"


def opened(item: CreateItem, rule: str, clause: str, handbook: Handbook) -> str:
    """The description of an issue of ours in Markdown."""
    return "\n\n".join((item.description, f"*Why: {because(clause, handbook)}*", marker(rule, item.topic))) + "\n"


def because(clause: str, handbook: Handbook) -> str:
    """The clause in its own words, with where it stands on the team's page."""
    stated = handbook.clauses[clause]
    page = handbook.links.get("workflow", "")
    if not page:
        return stated.says
    return f"{stated.says} ([{stated.section}]({page}#{_anchor(stated.section)}))"


def how_to_disagree(about: str, handbook: Handbook) -> str:
    """How somebody says that something does not hold here: ``about`` is a rule, or one of its findings (RULE CODE)."""
    if SETTLES not in handbook.acting.commands or about.partition(" ")[0] == COMMANDS:
        return "If it does not fit here, say so in an answer."
    answer = f"@{handbook.team.handle} {SETTLES} {about} because …"
    return f"If it does not fit here, answer `{answer}`, and that settles it."


def _anchor(section: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", section.casefold()).strip("-")
