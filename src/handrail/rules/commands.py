"""Commands in comments: whose word counts, what it settles, and a kind answer to anybody else, once.

People speak to Handrail on a line of its own: ``@handrail not-applicable because …`` settles the finding that it
answers: that of our comment in its thread, else of our last one before it; where none of ours stands there, all that it
has found about the item. ``not-applicable RULE because …`` settles what that rule has, ``not-applicable RULE CODE
because …`` one finding of it, and ``@handrail applicable`` takes that back. What comes again with every milestone,
quarter or day is settled for one of them by naming it behind the code (``not-applicable milestone_planning no-news 19.1
because …``): the command that our comments suggest does. The handbook says whose word counts for which command
(``acting.commands``).

Where a request to whoever is on duty is about the item, ``@handrail take``, ``hand over to @user``, ``ask @user``,
``done because …`` and ``not for us because …`` are what the command line's steps are (``engine.intake``).

Only what looks like a command is answered: one of those there are, or nearly, or a word with a reason behind it.
Whoever thanks us is left in peace.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import NamedTuple

from handrail.handbook.schema import Standing
from handrail.handbook.settings import RuleSettings
from handrail.handbook.wording import nearest
from handrail.model.actions import Comment, Evidence
from handrail.model.asked import Asked, Verb
from handrail.model.findings import Finding, Remedy
from handrail.model.items import Command, Item, MergeRequest
from handrail.model.people import spelled
from handrail.rules.desk import Desk, listed
from handrail.rules.experts import known

CLAUSES = ("summary.judgement",)
RULE = "commands"
FINDINGS = {
    "not-yours": "somebody gave a command that the handbook leaves to others",
    "no-reason": "a finding was called not applicable without a reason",
    "unknown": "a command that there is not, or one about a rule, a finding or a person that there is not",
    "no-request": "a command about a request, where none is open",
}
"""When each of the rule's findings is made."""
_CALL = re.compile(
    r"(?P<verb>not[ _-]applicable|[a-z-]+)(?:\s+(?P<rule>(?!because\b)[a-z_-]+)"
    r"(?:\s+(?P<code>(?!because\b)[a-z-]+)(?:\s+(?P<period>(?!because\b)\S.*?))?)?)?"
    r"(?P<because>\s+because\b[:,]?(?:\s*(?P<reason>.*))?)?",
    re.DOTALL | re.IGNORECASE,
)
_SETTLING = re.compile(
    r"(?P<verb>not[ _-]applicable|applicable)(?![\w-])(?P<pause>\s*[,;:.!–—]|\s+-(?=\s))?(?P<about>.*?)"
    r"(?P<because>\bbecause\b.*)?",
    re.DOTALL | re.IGNORECASE,
)
_PAUSES = re.compile(r"[,;:.!–—-]+(?=\s|$)")
_OF_REQUESTS = re.compile(
    r"(?P<verb>take|hand[ _-]over|ask|done|not[ _-]for[ _-]us)\b(?:\s+(?:it|this)\b)?(?:\s+to\b)?"
    r"(?:\s+@(?P<whom>\w[\w.-]*(?<=\w)))?[\s,:.!]*(?:(?:because|with)\b[\s,:]*)?(?P<note>.*)",
    re.DOTALL | re.IGNORECASE,
)
_POLITE = re.compile(r"(?:(?:over|now|please|thanks|thank you)\W*)*", re.IGNORECASE)
"""What may stand behind “take” and says no more."""
_HOW = {
    "take": "take",
    "hand-over": "hand over to @user",
    "ask": "ask @user",
    "done": "done because …",
    "not-for-us": "not for us because …",
}
"""What people write about a request."""
SETTLES, UNSETTLES = "not-applicable", "applicable"
_HELP = "help"
_NEAR = 0.75
"""How like a command a word is that is taken for one, from 0 to 1: more than its opposite, so that none is mistaken."""
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


class OfRequest(NamedTuple):
    """What a command says about a request."""

    verb: Verb
    whom: str
    """Of the team in its own letters, of others as it was written; nobody: ""."""
    note: str


def subjects(desk: Desk) -> Iterable[Item]:
    """The items on which somebody gave a command, also those that ended lately."""
    return (item for item in (*desk.snapshot.items, *desk.snapshot.closed) if item.commands)


def decide(item: Item, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """One answer to each person whose commands cannot be followed, and for each reason: to the last that they gave.

    Who has given one since that can be followed knows how, and needs none.
    """
    answers: dict[tuple[str, str], Finding] = {}
    for command in item.commands:
        answer = _answer_to(command, item, desk)
        if answer is not None:
            answers[command.by, answer.code] = answer
        elif may(command, item, desk):
            answers = {key: one for key, one in answers.items() if key[0] != command.by}
    yield from answers.values()


def _answer_to(command: Command, item: Item, desk: Desk) -> Finding | None:
    """What is to be said to a command; nothing to one that is followed, and to what is none."""
    verb, about, reason = parsed(command.text)
    acting, name = desk.handbook.acting.commands, desk.voice.name(command.by)
    if verb in _HOW and of_request(command.text, desk) is None:
        return None
    if verb not in acting:
        if not _looks_like_one(command.text, verb, acting):
            return None
        known = listed([f"`{_HOW.get(one, one)}`" for one in acting])
        asks = f"I do not know a command `{verb}`; what I know is {known}."
        if not acting:
            asks = "The handbook of this team has me follow no commands; people will see your words."
        return _answer(item, command, desk, "unknown", f"“{verb}” is no command.", asks)
    if not may(command, item, desk):
        who = _listed(acting[verb])
        asks = f"Whether this fits here is for {who} to say, so nothing has changed; they will see your words."
        return _answer(item, command, desk, "not-yours", f"{name} said “{verb}”, which is for {who}.", asks)
    unknown = _not_there(about)
    if unknown:
        return _answer(item, command, desk, "unknown", f"{name} said “{verb}” of what there is not.", unknown)
    if verb == SETTLES and not reason:
        answer = " ".join(part for part in (SETTLES, *about) if part)
        asks = f"A few words on why help whoever reads this later: `@{desk.handbook.team.handle} {answer} because …`."
        return _answer(item, command, desk, "no-reason", f"{name} said “{verb}” without a reason.", asks)
    said = of_request(command.text, desk)
    if said is None:
        return None
    wrong = _wrong_with(said, item, desk)
    if wrong:
        return _answer(item, command, desk, *wrong)
    if not any(_is_open(one, command.at) for one in desk.asked_about(item.ref)):
        says = f"{name} said “{verb}”, and no request was open there."
        asks = "There is no open request here, so nothing has changed. "
        if desk.snapshot.duty and desk.handbook.team.mention:
            asks += f"A mention of `@{desk.handbook.team.mention}` makes one."
        return _answer(item, command, desk, "no-request", says, asks.strip())
    return None


def _wrong_with(said: OfRequest, item: Item, desk: Desk) -> tuple[str, str, str] | None:
    """What lacks in a command about a request: the finding's code, what it says, what is asked; nothing: None."""
    write = f"`@{desk.handbook.team.handle} {_HOW[said.verb]}`"
    if said.verb in {"hand-over", "ask"} and not said.whom:
        return "unknown", f"“{said.verb}” names nobody.", f"To whom? {write} says so; nothing has changed."
    if said.verb == "hand-over" and not desk.is_member(said.whom):
        asks = f"`@{said.whom}` is nobody of the team that I know, so nothing has changed. {write} names one of us."
        return "unknown", f"“{said.verb}” names somebody outside the team.", asks
    if said.verb == "ask" and known(said.whom, item, desk) is None:
        asks = f"I know nobody called `@{said.whom}` here, so nothing has changed. {write} names one of us, somebody "
        asks += "of this item, or an expert of the handbook."
        return "unknown", f"“{said.verb}” names somebody whom nobody knows here.", asks
    if said.verb == "not-for-us" and not said.note:
        asks = f"A few words on why, or on who can help instead, help whoever asked: {write}."
        return "no-reason", f"“{said.verb}” was said without a reason.", asks
    return None


def _is_open(one: Asked, at: datetime) -> bool:
    return one.asked_at <= at and (one.ended is None or one.ended.at >= at)


def of_request(text: str, desk: Desk) -> OfRequest | None:
    """What a command says about a request; None for one about anything else, and for words that only begin like one."""
    match = _OF_REQUESTS.fullmatch(text.strip())
    if match is None:
        return None
    verb, whom, note = _verb(match["verb"]), match["whom"] or "", " ".join(match["note"].split())
    if verb in {"hand-over", "ask"}:
        return OfRequest(verb, spelled(whom, desk.snapshot.people) or whom, note)
    note = f"@{whom} {note}".strip() if whom else note
    if verb == "take":
        return OfRequest(verb, "", "") if _POLITE.fullmatch(note) else None
    return OfRequest(verb, "", note)


def _verb(written: str) -> Verb:
    return "-".join(re.split("[ _-]", written.casefold()))  # type: ignore[return-value]  # one of those in the pattern


def followed(item: Item, desk: Desk) -> Iterator[tuple[Command, OfRequest]]:
    """The commands on an item about requests that are to be followed, in order: of those who may, and whole."""
    for command in item.commands:
        said = of_request(command.text, desk)
        if said is not None and may(command, item, desk) and _wrong_with(said, item, desk) is None:
            yield command, said


def _looks_like_one(text: str, verb: str, known: Iterable[str]) -> bool:
    match = _call(text)
    if match is None:
        return False
    near = get_close_matches(verb, {SETTLES, UNSETTLES, *known}, 1, _NEAR)
    return bool(near) or verb == _HELP or match["because"] is not None


def _not_there(about: tuple[str, str, str]) -> str:
    """That there is no such rule, or no such finding of it; nothing where there is, or none is named."""
    from handrail.rules.catalogue import rules  # which looks for the rules among the modules of this room, as this is

    rule, code, _ = about
    if rule and rule not in rules():
        said = f"There is no rule “{rule}”{nearest(rule, rules())}"
    elif code and code not in rules()[rule].codes:
        said = f"The rule `{rule}` finds no “{code}”{nearest(code, rules()[rule].codes)}"
    else:
        return ""
    return f"{said}{'' if said.endswith('?') else '.'} Nothing has changed."


def settled(items: Iterable[Item], desk: Desk) -> dict[str, str]:
    """What people settled in comments: by one of the keys of ``settling``, who did and because of what."""
    found: dict[str, str] = {}
    for item in items:
        of_item: dict[tuple[str, str, str], str] = {}
        for command in item.commands:
            verb, about, reason = parsed(command.text)
            if verb == SETTLES and not any(about):
                about = parsed(f"{SETTLES} {command.about}")[1]
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
    """A command's verb; the rule, the finding's code and its period that it names ("" all); its reason ("" none).

    However it is written: in capitals, a rule's name with dashes, with commas, or with a colon in place of “because”.
    Our “…” is no reason.
    """
    about_request = _OF_REQUESTS.fullmatch(text.strip())
    if about_request is not None:
        return _verb(about_request["verb"]), ("", "", ""), ""
    match = _call(text)
    if match is None:
        return text.strip().partition(" ")[0], ("", "", ""), ""
    verb = match["verb"].casefold()
    verb = SETTLES if re.fullmatch("not[ _-]applicable", verb) else verb
    rule, code = (match["rule"] or "").casefold().replace("-", "_"), (match["code"] or "").casefold()
    reason = " ".join((match["reason"] or "").split())
    return verb, (rule, code, " ".join((match["period"] or "").split())), reason if re.search(r"\w", reason) else ""


def _call(text: str) -> re.Match[str] | None:
    """The parts of what may be a command; of one that settles, without the commas and points between them."""
    from handrail.rules.catalogue import rules  # as in _not_there

    said = _SETTLING.fullmatch(text.strip())
    if said is None:
        return _CALL.fullmatch(text.strip())
    about, because = _PAUSES.sub(" ", said["about"]).split(), said["because"] or ""
    if said["pause"] and not because and about and about[0].casefold().replace("-", "_") not in rules():
        about, because = [], f"because {said['about']}"
    return _CALL.fullmatch(" ".join((said["verb"], *about, because)).strip())


def may(command: Command, item: Item, desk: Desk) -> bool:
    """Whether the word of who gave the command counts on that item."""
    verb = parsed(command.text)[0]
    standing = standings(command.by, item, desk).union(command.was)
    return not standing.isdisjoint(desk.handbook.acting.commands.get(verb, ()))


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
    comment = Comment(f"command-{command.by}-{code}", (command.by,), thanks, asks)
    evidence = (Evidence(f"{desk.voice.name(command.by)} wrote “{command.text}”", command.at, item.ref),)
    return Finding(RULE, CLAUSES[0], item.ref, code, says, evidence, who=(command.by,), remedies=(Remedy(comment),))


def _listed(allowed: tuple[Standing, ...]) -> str:
    *most, last = [_WHO[one] for one in allowed] or ["nobody"]
    return f"{', '.join(most)} and {last}" if most else last
