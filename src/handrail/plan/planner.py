"""One planner: findings become a plan: sorted, free of conflicts, capped, and no louder than the handbook allows.

Nothing is asked of GitLab for it: facts, handbook and what is known of earlier plans are enough.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import reduce
from sys import maxsize

from msgspec.structs import replace

from handrail.handbook.schema import Handbook
from handrail.model.actions import (
    Action,
    Assign,
    Change,
    CloseItem,
    Comment,
    CreateItem,
    EditDescription,
    identity,
    pieces,
    whole,
)
from handrail.model.findings import Finding, Remedy
from handrail.model.markdown import digest
from handrail.model.plans import Conflict, Done, Known, Plan, Refusal
from handrail.model.snapshot import Snapshot
from handrail.plan.conflicts import parted
from handrail.plan.letters import letter
from handrail.plan.noise import Budget, unheard
from handrail.plan.preconditions import expected
from handrail.rules.commands import RULE as COMMANDS
from handrail.rules.commands import settled as settled_in_comments
from handrail.rules.commands import settling
from handrail.rules.desk import Desk
from handrail.rules.opened_issues import completed
from handrail.rules.rollover import CLAUSE as ROLLOVER
from handrail.rules.unplanned_answers import answered

Speaker = Callable[[Action], Action | Refusal]
_SEVERITIES = ("breach", "warning", "note")
_IDLE = {"off": "is off in the handbook", "report": "only reports what it finds, by the handbook"}
FEW = 1
"""So many items are never a large share, however small the team."""


def make_plan(
    findings: Sequence[Finding],
    snapshot: Snapshot,
    handbook: Handbook,
    known: Known | None = None,
    only: Collection[str] | None = None,
) -> Plan:
    """The plan that mends what the findings say, as far as their rules' modes and people's words allow.

    ``only``: the keys of those findings that are to be mended, in view of all; None: all are.
    """
    known = known or Known()
    desk = Desk(snapshot, handbook)
    settled = settled_by_people(desk, known)
    refused: list[Refusal] = []
    wanted: dict[tuple[str, object], list[Action]] = {}
    for finding in sorted(findings, key=lambda one: _SEVERITIES.index(one.severity)):
        mode = handbook.rules.get(finding.rule, {}).get("mode", "propose")
        if mode == "report":
            continue
        for action in _actions(finding, desk, mode):
            why = why_settled(finding, settled, action.subject)
            if why:
                refused.append(Refusal(action, why))
                continue
            change = action.change  # over what a description says two rules may differ
            alike = change if isinstance(change, EditDescription) else identity(change)
            wanted.setdefault((action.subject, alike), []).append(action)
    joined = {reduce(_joined, alike): alike for alike in wanted.values()}
    left, done = _not_done(joined, handbook, known)
    peaceful, conflicts = parted(left, handbook.workflow.scope)
    whole_ones, torn = _not_torn(peaceful, conflicts)

    def meant(*actions: Action) -> bool:
        return only is None or any(step in only for action in actions for step in action.steps)

    chosen, waiting = _spoken([one for one in whole_ones if meant(one)], speaker(snapshot, handbook, known))
    waiting += torn
    waiting += _unheard(joined, chosen, known, snapshot)
    actions = tuple(sorted(chosen, key=_order(handbook)))
    return Plan(
        snapshot.now,
        actions,
        tuple(sorted((one for one in conflicts if meant(*one.actions)), key=lambda one: one.why)),
        tuple(
            sorted(
                (one for one in (*refused, *done, *waiting) if meant(one.action)),
                key=lambda one: _order(handbook)(one.action),
            )
        ),
        too_large(actions, snapshot, handbook),
    )


def speaker(snapshot: Snapshot, handbook: Handbook, known: Known) -> Speaker:
    """Says of each action how it may be done now: a comment to whom it may address, or why it has to wait."""
    budget = Budget(snapshot, handbook.acting.noise, handbook.team.mention, known.sent)

    def spoken(action: Action) -> Action | Refusal:
        if not isinstance(action.change, Comment):
            return action
        if action.key in known.done:
            return _edited(action, action.change, known.done[action.key])
        return budget.spend(action)

    return spoken


def not_asked_any_more(plan: Plan, snapshot: Snapshot, handbook: Handbook) -> dict[str, str]:
    """Of a plan that was made earlier, or by another handbook: the keys of what nobody wants today, and why."""
    settled = settled_by_people(Desk(snapshot, handbook))
    found = {}
    for action in plan.actions:
        mode = handbook.rules.get(action.rule, {}).get("mode", "propose")
        if mode in _IDLE:
            found[action.key] = f"the rule {action.rule} {_IDLE[mode]}"
        elif why := why_settled(action, settled):
            found[action.key] = why
    return found


def _spoken(actions: Sequence[Action], spoken: Speaker) -> tuple[list[Action], list[Refusal]]:
    """What can be done now, and what waits: comments for their people, and with a comment all that it would explain.

    Nothing is closed or relabelled behind somebody's back: what a finding would do waits for what it would say.
    """
    chosen: list[Action] = []
    waiting: list[Refusal] = []
    unsaid: dict[str, Refusal] = {}
    assigned = {action.subject for action in actions if isinstance(action.change, Assign)}
    for action in actions:
        if isinstance(action.change, Comment) and action.subject in assigned and _asks_for_somebody(action):
            waiting.append(Refusal(action, "nobody has to be asked where somebody is assigned"))
            continue
        spent = spoken(action)
        if isinstance(spent, Action):
            chosen.append(spent)
        else:
            waiting.append(spent)
            unsaid |= dict.fromkeys(action.steps, spent)
    said: list[Action] = []
    for action in chosen:
        if {*action.steps} <= unsaid.keys():
            comment = unsaid[action.steps[0]]
            waiting.append(Refusal(action, f"it waits for the comment that explains it: {comment.why}", comment.until))
        else:
            said.append(action)
    return said, waiting


def _not_torn(actions: Iterable[Action], conflicts: Iterable[Conflict]) -> tuple[list[Action], list[Refusal]]:
    """Those that go without what is at odds, and those that wait: what mends one finding is done together or not.

    Nobody is told that something is closed which then stays open.
    """
    odds = {step: conflict.why for conflict in conflicts for action in conflict.actions for step in action.steps}
    free: list[Action] = []
    torn: list[Refusal] = []
    for action in actions:
        if {*action.steps} <= odds.keys():
            torn.append(Refusal(action, f"it waits for what goes with it: {odds[action.steps[0]]}"))
        else:
            free.append(action)
    return free, torn


def _asks_for_somebody(action: Action) -> bool:
    return any(one.what == "unassigned" for one in action.expects)


def _edited(action: Action, comment: Comment, done: Done) -> Action:
    """The comment with other words where it stands already: that costs nothing, for it calls nobody whom it did not."""
    return replace(action, change=replace(comment, to=tuple(name for name in comment.to if name in done.to)))


def _unheard(wanted: Iterable[Action], chosen: Iterable[Action], known: Known, snapshot: Snapshot) -> Iterator[Refusal]:
    """What was said, or is now, without some of those whom it would address: they were not at work, or came later."""
    now = {action.key: action.change.to for action in chosen if isinstance(action.change, Comment)}
    for action in wanted:
        if isinstance(action.change, Comment) and (action.key in now or action.key in known.done):
            heard = now[action.key] if action.key in now else known.done[action.key].to
            aside = unheard(action, heard, snapshot.people)
            if aside is not None:
                yield aside


def settled_by_people(desk: Desk, known: Known | None = None) -> dict[str, str]:
    """What people settled, in comments and by what they answered to requests: by key, who did and because of what."""
    items = (*desk.snapshot.items, *desk.snapshot.closed)
    return {**answered(known.requests if known else ()), **settled_in_comments(items, desk)}


def why_settled(about: Finding | Action, settled: Mapping[str, str], *elsewhere: str) -> str:
    """Why a person settled the finding, or all of its rule's, or all of the subject's; nothing where nobody did.

    They say so on what it was found of, or ``elsewhere``: where they read of it.
    """
    if about.rule == COMMANDS:  # what answers a command is no finding to settle
        return ""
    keys = (
        key
        for subject in dict.fromkeys((about.subject, *elsewhere))
        for key in settling(about.rule, about.code, subject, about.period)
    )
    return next((settled[key] for key in keys if key in settled), "")


def words_of(action: Action, handbook: Handbook) -> str:
    """The digest of a comment's words, whomever it addresses, or of ours in a description; nothing for the rest."""
    if isinstance(action.change, EditDescription):
        return digest(action.change.text)
    if not isinstance(action.change, Comment):
        return ""
    words = replace(action.change, to=())
    return digest(letter(words, action.rule, action.clause, handbook, action.code, action.period))


def _actions(finding: Finding, desk: Desk, mode: str) -> Iterator[Action]:
    for remedy in finding.remedies:
        subject, change = remedy.subject or finding.subject, remedy.change
        item = desk.snapshot.by_ref.get(subject)
        expects = (*(expected(change, item) if item else ()), *remedy.expects)
        if isinstance(change, CreateItem):
            change = completed(change, finding.rule, subject, desk)
        yield Action(
            finding.rule,
            finding.clause,
            subject,
            change,
            finding.says,
            tuple(dict.fromkeys(expects)),
            finding.evidence,
            _touched(remedy, finding),
            finding.period,
            "apply" if mode == "apply" else "propose",
            finding.code,
            (finding.key,),
        )


def _touched(remedy: Remedy, finding: Finding) -> tuple[str, ...]:
    to = remedy.change.to if isinstance(remedy.change, Comment) else ()
    return tuple(dict.fromkeys((*to, *finding.who)))


def _joined(first: Action, second: Action) -> Action:
    """One action for what two findings want alike: the first's, with the second's reason and people added.

    What the handbook lets one rule do is done, though another that wants it too would wait for a yes: then the first
    follows.
    """
    if second.mode == "apply" and first.mode != "apply":
        first, second = second, first
    why = first.why if second.why in first.why else f"{first.why} {second.why}"
    return replace(
        first,
        why=why,
        expects=tuple(dict.fromkeys((*first.expects, *second.expects))),
        evidence=tuple(dict.fromkeys((*first.evidence, *second.evidence))),
        touches=tuple(dict.fromkeys((*first.touches, *second.touches))),
        steps=tuple(dict.fromkeys((*first.steps, *second.steps))),
    )


def _not_done(
    joined: Mapping[Action, Sequence[Action]], handbook: Handbook, known: Known
) -> tuple[list[Action], list[Refusal]]:
    """What is left to do, and what was done before and is wanted otherwise by somebody: that we do not do again.

    ``joined``: each with those that it stands for. Whichever rule did it, and whatever else along with it: of several
    labels those are left that we never put on.
    """
    left: dict[str, Action] = {}
    refused: list[Refusal] = []
    for action, alike in joined.items():
        done = next((known.done[one.key] for one in (action, *alike) if one.key in known.done), None)
        if isinstance(action.change, Comment | EditDescription):
            if done is None or done.words != words_of(action, handbook):
                left[action.key] = action
            elif isinstance(action.change, EditDescription):
                refused.append(_taken_back(action, done.at))
            continue
        effects = [pair for one in alike for pair in _effects(one)]  # they differ where the rules' periods do
        again = {piece: known.effects[effect] for piece, effect in effects if effect in known.effects}
        rest: Action | None = action
        if done is not None:
            refused.append(_taken_back(action, done.at))
            rest = None
        elif again:
            taken = replace(action, change=whole(action.change, tuple(again)))
            refused.append(_taken_back(taken, min(again.values())))
            new = [piece for piece in pieces(action.change) if piece not in again]
            rest = replace(action, change=whole(action.change, new)) if new else None
        if rest is not None:
            left[rest.key] = _joined(left[rest.key], rest) if rest.key in left else rest
    return list(left.values()), refused


def _effects(action: Action) -> Iterator[tuple[Change, str]]:
    return zip(pieces(action.change), action.effects, strict=True)


def _taken_back(action: Action, at: datetime) -> Refusal:
    return Refusal(action, f"we did so on {at:%Y-%m-%d}, and it was taken back since")


def _order(handbook: Handbook):  # type: ignore[no-untyped-def]  # a key for sorting
    """By rule as the handbook lists them, then place and number of the subject, then kind and key, what closes it last.

    What is opened in a project comes after what is done to what is there: a shift's issue is closed, then the next one
    opened.
    """
    places = {name: place for place, name in enumerate(handbook.rules)}

    def order(action: Action) -> tuple[int, str, int, bool, str, str]:
        path, _, number = action.subject.replace("!", "#").replace("&", "#").rpartition("#")
        place = places.get(action.rule, len(places))
        iid = int(number) if number.isdecimal() else maxsize
        return place, path or action.subject, iid, isinstance(action.change, CloseItem), action.kind, action.key

    return order


def too_large(actions: Sequence[Action], snapshot: Snapshot, handbook: Handbook) -> str:
    """Why so many actions are applied by force only, in words; nothing where the handbook allows them.

    The rollover is as large as its milestone, and on a day that everybody knows: only its share of the open items
    counts, which milestones that ended by a slip of the pen would exceed.
    """
    acting = handbook.acting
    counted = sum(action.clause != ROLLOVER for action in actions)
    if counted > acting.most_actions:
        return f"{counted} actions are more than the {acting.most_actions} that the handbook allows at once"
    changed = len({action.subject for action in actions} & snapshot.by_ref.keys())
    if changed > max(FEW, acting.most_share * len(snapshot.items)):
        return (
            f"it changes {changed} of {len(snapshot.items)} open items, more than the {acting.most_share:.0%} that the "
            "handbook allows at once"
        )
    return ""
