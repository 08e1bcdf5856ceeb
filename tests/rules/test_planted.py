"""All rules at once against a world in which it is known what is not as the handbook has it.

What is planted was written down from the page and its definitions, without a look at how the rules decide. So a rule
that finds less, or more, has to be right against somebody who read the same sentences.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from msgspec import structs

from handrail.demo.planted import DAYS, Planted, PlantedTeam
from handrail.demo.planted.days import RELEASES
from handrail.engine.assemble import assemble
from handrail.handbook.schema import Handbook
from handrail.model.actions import (
    AddLabels,
    Assign,
    Change,
    CloseItem,
    Comment,
    CreateItem,
    EditDescription,
    EditItem,
    LinkItems,
    RemoveLabels,
    RequestReview,
    SetMilestone,
    SetStatus,
    Unassign,
)
from handrail.model.facts import Team
from handrail.model.findings import Finding
from handrail.model.items import Issue, Item, MergeRequest, Reviewer
from handrail.model.labels import excluded_by
from handrail.model.snapshot import Snapshot
from handrail.plan.planner import make_plan
from handrail.rules.catalogue import findings, rules
from handrail.rules.desk import Desk
from handrail.testing import a_handbook, assert_calm, assert_kind
from handrail.worktime import release_calendar
from handrail.worktime.fiscal import FiscalQuarter

Key = tuple[str, str, str]
SEEDS = range(3)
CLOSING = "quiet contributions are closed"
NOT_PLANTED = {
    ("recurring_duties", "unplaced"),  # a handbook's own mistake: no fact makes it
    ("unplanned_work", "answered"),  # only a store knows of what was asked: tests/rules/test_unplanned_work
    ("support_clocks", "hold"),  # a handbook's own word: no fact makes it
    # Whoever is on duty there hands over to nobody, and nothing that was asked is theirs: tests/rules/test_handover.
    *(("handover", code) for code in rules()["handover"].codes if code != "handed-over"),
}
BY_HAND = {
    "commands": {"no-reason", "no-request", "not-yours", "unknown"},
    "date_claims": {"far-away", "free-again", "held", "taken", "without-a-day"},
    "direct_mentions": {"not-answered"},
    "duty_requests": {"late", "nobody", "not-taken", "to-acknowledge"},
    "handover": {"handed-over"},
    "iteration_breakers": {"criteria-grew", "early", "no-checklist", "scope-grew"},
    "milestone_planning": {
        "closed-early", "dates", "deliverable-by", "missing", "no-news", "no-next", "none-running", "over-capacity",
        "to-schedule",
    },
    "quarterly_planning": {"no-owner", "step-due", "unscoped"},
    "recurring_duties": {"nobody", "still-open"},
    "red_default_branch": {"flaky", "root-cause", "unresolved"},
    "required_labels": {"no-group", "no-priority", "no-type", "several", "unplanned"},  # where nothing tells which
    "reviewers": {"nobody-free"},
    "rotation_gaps": {"away", "nobody", "offered"},
    "spikes": {"no-order", "no-outcome", "no-spike-first", "time-box-near", "time-box-over"},
    "support_clocks": {
        "date-changed", "due-soon", "ended", "ends-soon", "gone", "later", "undated", "unknown",
    },
    "test_plans": {"no-plan", "short-plan"},
    "triage": {
        "answer-due", "answered-since", "backlog-keep", "backlog-review", "decision-due", "due-soon",
        "idle", "overdue", "partly-triaged", "stale-for-long", "untriaged",
    },
    "unplanned_work": {"ask", "decline", "taken-in"},
    "workflow_states": {
        "blocked-by-nothing", "done-and-open", "draft-ready", "no-reviewer", "not-ready", "unknown-state", "went-back",
    },
}  # fmt: skip
"""What people have to mend, by rule: findings without a remedy, or with words alone."""
STAYS = {("iteration_breakers", "evaluate"), ("support_clocks", "overdue")}
"""What a remedy begins and only people end: issues are opened or labelled, and the work is still to be done."""


@cache
def book(given: str = "") -> Handbook:
    changes: dict[str, object] = {"rules.triage.community.stale_then": "close"} if given == CLOSING else {}
    return a_handbook(changes, people={})


@cache
def world(seed: int, day: str) -> tuple[Snapshot, tuple[Planted, ...]]:
    team = PlantedTeam(seed, day)
    return assemble(team, book(), closed=True), team.planted


def found(snapshot: Snapshot, given: str = "", rule: str = "") -> list[Finding]:
    return findings(Desk(snapshot, book(given)), [rule] if rule else [])


@cache
def found_in(seed: int, day: str) -> Sequence[Finding]:
    """What the bundled handbook finds in a world."""
    return found(world(seed, day)[0])


def keys(those: Iterable[Finding | Planted]) -> Counter[Key]:
    return Counter((one.rule, one.code, one.subject) for one in those)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("seed", SEEDS)
def test_all_that_is_planted_is_found_and_nothing_else(seed: int, day: str) -> None:
    snapshot, planted = world(seed, day)
    assert len(snapshot.items) > 200
    assert keys(found_in(seed, day)) == keys(planted)


def test_a_handbook_that_closes_closes_what_the_bundled_one_leaves_to_people() -> None:
    snapshot, planted = world(0, "midway")
    those = found(snapshot, CLOSING)
    assert keys(those) == keys(planted)
    assert {one.given for one in planted} == {"", CLOSING}
    closed = [one for one in those if any(remedy.change == CloseItem() for remedy in one.remedies)]
    assert keys(one for one in planted if one.given) <= keys(closed)


def test_every_code_of_every_rule_is_planted() -> None:
    planted = {(one.rule, one.code) for day in DAYS for seed in SEEDS for one in world(seed, day)[1]}
    known = {(name, code) for name, rule in rules().items() for code in rule.codes}
    assert planted == known - NOT_PLANTED


# --- the world itself ------------------------------------------------------------------------------------


def test_the_same_seed_tells_the_same_world() -> None:
    for day in DAYS:
        one, other = (PlantedTeam(5, day) for _ in range(2))
        assert list(one.items(histories=True, closed=True)) == list(other.items(histories=True, closed=True))
        assert (one.planted, one.team()) == (other.planted, other.team())
    assert PlantedTeam(5).planted != PlantedTeam(6).planted


def test_what_is_found_follows_from_the_histories() -> None:
    """Taken back to the same moment event by event, the facts call for the same."""

    class Later(PlantedTeam):
        def team(self) -> Team:
            known = super().team()
            return replace(known, now=known.now + timedelta(hours=1))

    for day in DAYS:
        team = Later(1, day)
        then = assemble(team, book(), DAYS[day].now, closed=True)
        # When a milestone was closed no fact tells, nor what a description said.
        told = (one for one in team.planted if one.code not in {"closed-early", "out-of-date"})
        assert keys(found(then)) == keys(told), day


@pytest.mark.parametrize("day", DAYS)
def test_nothing_is_told_of_what_is_still_to_come(day: str) -> None:
    for item, events in PlantedTeam(3, day).items(histories=True, closed=True):
        instants = [item.created_at, *(event.at for event in events)]
        assert instants == sorted(instants), item.ref
        assert instants[-1] <= DAYS[day].now, item.ref


def test_one_items_history_can_be_asked_for() -> None:
    team = PlantedTeam(0)
    assert all(team.history(item.ref) == events for item, events in team.items(histories=True, closed=True))
    assert team.history("gitlab-org/nothing#1") == ()


def test_the_order_of_the_items_changes_nothing() -> None:
    snapshot, planted = world(2, "midway")
    backwards = replace(snapshot, items=snapshot.items[::-1], closed=snapshot.closed[::-1])
    assert keys(found(backwards)) == keys(planted)


def test_the_calendar_was_typed_as_gitlab_has_it() -> None:
    for title, release in RELEASES.items():
        computed = release_calendar.milestone(title)
        assert computed is not None
        quarter = FiscalQuarter.of(computed.release, 2)
        label = f"FY{quarter.year % 100}::Q{quarter.number}"
        assert (computed.start, computed.due, label) == (release.start, release.due, release.quarter)


# --- what would mend it ----------------------------------------------------------------------------------


def test_what_can_be_mended_is() -> None:
    """Each rule's remedies, applied to the items: then the rule finds of all that only what people have to mend."""
    for seed, day in enumerate(DAYS):
        snapshot, planted = world(seed % 3, day)
        by_rule: dict[str, list[Finding]] = defaultdict(list)
        for one in found_in(seed % 3, day):
            by_rule[one.rule].append(one)
        for rule, those in by_rule.items():
            left = keys(found(mended(snapshot, those), rule=rule))
            gone = keys(one for one in planted if is_mended(one) and (one.rule, one.code) not in STAYS)
            assert not left & gone, (day, rule)
            people = keys(one for one in planted if one.rule == rule and not is_mended(one))
            assert people - left == Counter(), (day, rule)


def test_what_only_people_can_mend_has_no_remedy_but_words() -> None:
    by_hand: dict[str, set[str]] = defaultdict(set)
    for seed, day in enumerate(DAYS):
        mendable = keys(one for one in world(seed % 3, day)[1] if is_mended(one))
        for one in found_in(seed % 3, day):
            changes = [remedy.change for remedy in one.remedies if not isinstance(remedy.change, Comment)]
            key = (one.rule, one.code, one.subject)
            assert bool(changes) == (key in mendable), (day, one.says, changes)
            if not changes:
                by_hand[one.rule].add(one.code)
    assert by_hand == BY_HAND


def is_mended(one: Planted) -> bool:
    """Whether the bundled handbook would have it mended."""
    return one.mendable and not one.given


def test_all_that_is_said_is_kind() -> None:
    """Whatever we would say about the planted world: to people, in what we open, and about what is found."""
    opened = 0
    for seed, day in enumerate(DAYS):
        for one in found_in(seed % 3, day):
            assert_calm(one.says)
            for remedy in one.remedies:
                if isinstance(remedy.change, Comment):
                    assert_kind(remedy.change)
                elif isinstance(remedy.change, CreateItem):
                    opened += 1
                    assert_calm(f"{remedy.change.title} {remedy.change.description}")
    assert opened


def test_what_we_open_ourselves_lacks_nothing() -> None:
    """Of an issue that was just opened only the rule that opened it has something to say."""
    opened: set[str] = set()
    for seed, day in enumerate(DAYS):
        snapshot, _ = world(seed % 3, day)
        made = make_plan(found_in(seed % 3, day), snapshot, book())
        ours = {
            f"{one.subject}#{number}": (one.rule, one.change)
            for number, one in enumerate(made.actions, 900_000)
            if isinstance(one.change, CreateItem)
        }
        new = (_opened(ref, change, snapshot) for ref, (_, change) in ours.items())
        after = replace(snapshot, items=(*snapshot.items, *new))
        those = [one for one in found(after) if one.subject in ours]
        assert [one.says for one in those if one.rule != ours[one.subject][0]] == [], day
        opened |= {rule for rule, _ in ours.values()}
    assert opened == {
        "iteration_breakers", "quarterly_planning", "recurring_duties", "red_default_branch", "support_clocks",
    }  # fmt: skip


def mended(snapshot: Snapshot, those: Sequence[Finding]) -> Snapshot:
    """The snapshot after every change but words; what would be opened is there, too."""
    items = {item.ref: item for item in (*snapshot.items, *snapshot.closed)}
    for one in those:
        for remedy in one.remedies:
            subject, change = remedy.subject or one.subject, remedy.change
            if isinstance(change, CreateItem):
                opened = _opened(f"{subject}#{900_000 + len(items)}", change, snapshot)
                items[opened.ref] = opened
            elif subject in items:
                items[subject] = _changed(items[subject], change, snapshot)
    return replace(
        snapshot,
        items=tuple(item for item in items.values() if item.state == "opened"),
        closed=tuple(item for item in items.values() if item.state != "opened"),
    )


def _opened(ref: str, change: CreateItem, snapshot: Snapshot) -> Issue:
    return Issue(
        ref=ref,
        title=change.title,
        author="handrail",
        created_at=snapshot.now,
        labels=change.labels,
        assignees=change.assignees,
        milestone=change.milestone,
    )


def _changed(item: Item, change: Change, snapshot: Snapshot) -> Item:
    """The item after one change, as GitLab would have it."""
    match change:
        case AddLabels(labels):
            gone = {other for label in labels for other in excluded_by(label, item.labels)}
            kept = tuple(label for label in item.labels if label not in gone)
            since = item.label_since | dict.fromkeys(labels, snapshot.now)
            return structs.replace(item, labels=tuple(dict.fromkeys((*kept, *labels))), label_since=since)
        case RemoveLabels(labels):
            return structs.replace(item, labels=tuple(label for label in item.labels if label not in labels))
        case SetMilestone(title):
            return structs.replace(item, milestone=title)
        case Assign(usernames):
            return structs.replace(item, assignees=(*item.assignees, *usernames), assigned_since=snapshot.now)
        case Unassign(usernames):
            return structs.replace(item, assignees=tuple(one for one in item.assignees if one not in usernames))
        case RequestReview(usernames):
            assert isinstance(item, MergeRequest)
            asked = tuple(Reviewer(one, requested_at=snapshot.now) for one in usernames)
            return structs.replace(item, reviewers=(*item.reviewers, *asked))
        case SetStatus(status):
            assert isinstance(item, Issue)
            return structs.replace(item, status=status)
        case EditItem(tick=tick):
            left = [tuple(line for line in part.unticked if line not in tick) for part in item.sections]
            parts = [structs.replace(one, unticked=lines) for one, lines in zip(item.sections, left, strict=True)]
            return structs.replace(item, sections=tuple(parts))
        case EditDescription(part):
            return structs.replace(item, part=part)
        case LinkItems(to):
            assert isinstance(item, Issue)
            return structs.replace(item, related=(*item.related, to))
        case CloseItem():
            return structs.replace(item, state="closed", closed_at=snapshot.now)
        case _:
            return item
