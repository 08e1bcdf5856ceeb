"""Commands in comments: whose word counts, what it settles, and a kind answer to anybody else, once.

People speak to Handrail on a line of its own: ``@handrail not-applicable because …`` settles what it has found about
the item (``not-applicable RULE because …`` what that rule has, ``not-applicable RULE CODE because …`` one finding of
it), ``@handrail applicable`` takes that back. What comes again with every milestone, quarter or day is settled for one
of them by naming it behind the code (``not-applicable milestone_planning no-news 19.1 because …``): the command that
our comments suggest does. The handbook says whose word counts for which command (``acting.commands``).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from handrail.handbook.schema import RuleSettings, Standing
from handrail.model.actions import Comment, Evidence
from handrail.model.findings import Finding, Remedy
from handrail.model.items import Command, Item, MergeRequest
from handrail.rules.desk import Desk

CLAUSES = ("summary.judgement",)
RULE = "commands"
FINDINGS = {
    "not-yours": "somebody gave a command that the handbook leaves to others",
    "no-reason": "a finding was called not applicable without a reason",
    "unknown": "a command that there is not",
}
"""When each of the rule's findings is made."""
_CALL = re.compile(
    r"(?P<verb>[a-z-]+)(?:\s+(?P<rule>(?!because\b)[a-z_]+)"
    r"(?:\s+(?P<code>(?!because\b)[a-z-]+)(?:\s+(?P<period>(?!because\b)\S.*?))?)?)?"
    r"(?:\s+because(?:\s+(?P<reason>.*))?)?",
    re.DOTALL,
)
SETTLES, UNSETTLES = "not-applicable", "applicable"
_WHO: Mapping[Standing, str] = {
    "author": "its author",
    "assignee": "its assignees",
    "reviewer": "its reviewers",
    "team": "members of the team",
    "engineering_manager": "the engineering manager",
    "product_manager": "the product manager",
}


@dataclass(frozen=True)
class Settings(RuleSettings):
    """Nothing of its own: whose word counts stands under ``acting.commands``."""


def subjects(desk: Desk) -> Iterable[Item]:
    """The open items on which somebody gave a command."""
    return (item for item in desk.snapshot.items if item.commands)


def decide(item: Item, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """An answer to each command that cannot be followed."""
    for command in item.commands:
        verb, _, reason = parsed(command.text)
        if verb not in desk.handbook.acting.commands:
            known = ", ".join(f"`{name}`" for name in desk.handbook.acting.commands)
            asks = f"I do not know a command `{verb}`; what I know is {known}."
            yield _answer(item, command, desk, "unknown", f"“{verb}” is no command.", asks)
        elif not may(command, item, desk):
            who = _listed(desk.handbook.acting.commands[verb])
            asks = f"Whether this fits here is for {who} to say, so nothing has changed; they will see your words."
            says = f"{desk.voice.name(command.by)} said “{verb}”, which is for {who}."
            yield _answer(item, command, desk, "not-yours", says, asks)
        elif verb == SETTLES and not reason:
            asks = (
                f"A few words on why help whoever reads this later: `@{desk.handbook.team.handle} {SETTLES} because …`."
            )
            says = f"{desk.voice.name(command.by)} said “{verb}” without a reason."
            yield _answer(item, command, desk, "no-reason", says, asks)


def settled(items: Iterable[Item], desk: Desk) -> dict[str, str]:
    """What people settled in comments: by one of the keys of ``settling``, who did and because of what."""
    found: dict[str, str] = {}
    for item in items:
        of_item: dict[tuple[str, str, str], str] = {}
        for command in item.commands:
            verb, about, reason = parsed(command.text)
            if verb not in {SETTLES, UNSETTLES} or not may(command, item, desk):
                continue
            if verb == UNSETTLES:
                of_item = {other: why for other, why in of_item.items() if not _covers(about, other)}
            elif reason:
                of_item[about] = f"{desk.voice.name(command.by)} said that it is not applicable: {reason}"
        found |= {_key(*about, item.ref): why for about, why in of_item.items()}
    return found


def settling(rule: str, code: str, ref: str, period: str) -> tuple[str, ...]:
    """The keys under which a finding may be settled, the narrowest first; see ``parsed`` for what has none."""
    return tuple(_key(*about, ref) for about in ((rule, code, period), (rule, code, ""), (rule, "", ""), ("", "", "")))


def parsed(text: str) -> tuple[str, tuple[str, str, str], str]:
    """A command's verb; the rule, the finding's code and its period that it names ("" all); its reason ("" none)."""
    match = _CALL.fullmatch(text.strip())
    if match is None:
        return text.strip().partition(" ")[0], ("", "", ""), ""
    about = match["rule"] or "", match["code"] or "", " ".join((match["period"] or "").split())
    return match["verb"], about, " ".join((match["reason"] or "").split())


def may(command: Command, item: Item, desk: Desk) -> bool:
    """Whether the word of who gave the command counts on that item."""
    verb = parsed(command.text)[0]
    return not standings(command.by, item, desk).isdisjoint(desk.handbook.acting.commands.get(verb, ()))


def standings(username: str, item: Item, desk: Desk) -> frozenset[str]:
    """Who somebody is to an item: see ``handbook.schema.Standing``."""
    found: set[str] = set()
    if username == item.author:
        found.add("author")
    if username in item.assignees:
        found.add("assignee")
    if isinstance(item, MergeRequest) and any(one.username == username for one in item.reviewers):
        found.add("reviewer")
    person = desk.snapshot.people.get(username)
    if person is not None:
        found |= {"team", *person.roles}
    return frozenset(found)


def _covers(about: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether taking back what is named takes back another: the same, or what is part of it."""
    return all(named in {"", has} for named, has in zip(about, other, strict=True))


def _key(rule: str, code: str, period: str, ref: str) -> str:
    return "/".join((rule or "*", code or "*", ref, *((period,) if period else ())))


def _answer(item: Item, command: Command, desk: Desk, code: str, says: str, asks: str) -> Finding:
    thanks = "thank you for your word on this"
    topic = f"command-{command.by}-{command.at:%Y%m%d%H%M%S}"
    comment = Comment(topic, (command.by,), thanks, asks)
    evidence = (Evidence(f"{desk.voice.name(command.by)} wrote “{command.text}”", command.at, item.ref),)
    return Finding(RULE, CLAUSES[0], item.ref, code, says, evidence, who=(command.by,), remedies=(Remedy(comment),))


def _listed(allowed: tuple[Standing, ...]) -> str:
    *most, last = [_WHO[one] for one in allowed] or ["nobody"]
    return f"{', '.join(most)} and {last}" if most else last
