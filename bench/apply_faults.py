"""A plan applied through faults and deaths, seed by seed: in the end all of it is done, and nothing of it twice."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import standin
from bench.deaths import (
    LEASE,
    Death,
    Run,
    Steps,
    amiss,
    begin_anew,
    die_here,
    each,
    make_template,
    opened,
    process,
    watched,
)
from bench.figures import Figure
from handrail.engine.apply import Report, apply
from handrail.gitlab.reader import Reader
from handrail.gitlab.writer import Writer
from handrail.model.actions import (
    Action,
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
)
from handrail.model.facts import Team
from handrail.model.markdown import our_part
from handrail.model.people import Person
from handrail.model.planning import Milestone, Project
from handrail.model.plans import Plan
from handrail.plan.letters import marker
from handrail.plan.preconditions import expected
from handrail.store.database import Store
from handrail.testing import NOW, PROJECT, Told, a_handbook, a_merge_request, an_epic, an_issue
from standin.faults import Harm
from standin.world import World

BOOK = a_handbook()
SEEDS, QUICK_SEEDS = 1_000, 36
STEPS = 260
"""About so many steps has an undisturbed run."""
ISSUE, SECOND, REVIEW, EPIC = f"{PROJECT}#1", f"{PROJECT}#2", f"{PROJECT}!3", "gitlab-org&4"
HELLO = Comment("hello", ("nadia",), "thank you for your work", "Could you look at it?")
NEXT = CreateItem("next", "Next", "To do.", ("bug",))
ITEMS = (
    an_issue(1, "bug", "workflow::ready", assignees=("nadia",), milestone="19.1", part="It is due."),
    an_issue(2, status="In dev"),
    a_merge_request(3, "bug"),
    an_epic(4),
)
FACTS = Told(
    tuple((item, ()) for item in ITEMS),
    Team(
        NOW,
        {name: Person(name.title()) for name in ("nadia", "ivo")},
        (Project(PROJECT),),
        (Milestone("19.1"), Milestone("19.2")),
    ),
)
CHANGES: tuple[tuple[str, Change], ...] = (
    (ISSUE, AddLabels(("workflow::in dev", "spike"))),
    (ISSUE, RemoveLabels(("bug",))),
    (ISSUE, SetMilestone("19.2")),
    (ISSUE, Assign(("ivo",))),
    (ISSUE, EditDescription("It is late.", "It is late.", "It is due.")),
    (ISSUE, HELLO),
    (ISSUE, LinkItems(SECOND)),
    (SECOND, SetStatus("In progress")),
    (SECOND, EditItem("Mended", ("Ask",))),
    (SECOND, HELLO),
    (REVIEW, RequestReview(("ivo",))),
    (REVIEW, HELLO),
    (REVIEW, CloseItem()),
    (EPIC, AddLabels(("spike",))),
    (EPIC, HELLO),
    (PROJECT, NEXT),
)
EFFECTS: dict[str, Counter[tuple[str, str]]] = {
    ISSUE: Counter(
        {
            ("label_added", "workflow::in dev"): 1,
            ("label_added", "spike"): 1,
            ("label_removed", "workflow::ready"): 1,
            ("label_removed", "bug"): 1,
            ("milestone_set", "19.2"): 1,
            ("assigned", "ivo"): 1,
            ("commented", ""): 1,
        }
    ),
    SECOND: Counter({("status_set", "In progress"): 1, ("commented", ""): 1}),
    REVIEW: Counter({("review_requested", "ivo"): 1, ("commented", ""): 1, ("closed", ""): 1}),
    EPIC: Counter({("label_added", "spike"): 1, ("commented", ""): 1}),
}
"""What the histories have of us when all is done, each once."""
HARMS: tuple[Harm, ...] = (
    "rate_limited", "status", "timeout", "cut_off", "lost_response", "html", "invalid_json", "stale", "no_rate_headers",
)  # fmt: skip
PLACES = (
    "", "/issues", "/notes", "/merge_requests", "/epics", "/links", "graphql", "SetStatus", "ProjectWorkItems",
    "EpicNotes", "CreateNote",
)  # fmt: skip


def the_plan() -> Plan:
    """All that can be done to the few items that there are."""
    items = {item.ref: item for item in ITEMS}
    return Plan(
        NOW,
        tuple(
            Action(
                "required_labels",
                "labels.team",
                subject,
                change,
                "It lacks something.",
                expected(change, items[subject]) if subject in items else (),
            )
            for subject, change in CHANGES
        ),
    )


@contextmanager
def serving() -> Iterator[standin.StandIn]:
    """A GitLab with those items."""
    with standin.running(FACTS, per_minute=None) as gitlab:
        begin(gitlab)
        yield gitlab


def begin(gitlab: standin.StandIn) -> None:
    """The items as they were before anything was done."""
    begin_anew(gitlab, FACTS).entries[SECOND].description = "- [ ] Ask"


def apply_once(url: str, where: str | Path, now: datetime, steps: Steps, timeout: float = 0.3) -> Report | None:
    """One run of a process that may die on its way; None if it did."""
    with suppress(Death), process(url, where, steps, timeout) as (store, connection):
        return apply(the_plan(), BOOK, Reader(connection), Writer(connection), store, "erin", now)
    return None


def problems(world: World, store: Store) -> list[str]:
    """What is not as it should be once everything is done: effects that lack or are there twice, open rows."""
    found = []
    for ref, wanted in EFFECTS.items():
        did = Counter[tuple[str, str]]((one.did, one.value) for one in world.entries[ref].events if one.bot)
        if did != wanted:
            found.append(f"{ref}: {dict(did - wanted)} too much, {dict(wanted - did)} too little")
        mark = marker("required_labels", HELLO.topic)
        notes = sum(mark in note.body for note in world.entries[ref].written)
        if notes != wanted["commented", ""]:
            found.append(f"{ref}: {notes} comments of ours")
    mark = marker("required_labels", NEXT.topic)
    opened = sum(mark in entry.description for entry in world.entries.values())
    if opened != 1:
        found.append(f"{opened} issues of ours")
    second = world.entries[SECOND]
    if (second.item.title, second.description) != ("Mended", "- [x] Ask"):
        found.append(f"{SECOND} is called {second.item.title}: {second.description}")
    edits = [remark.body for remark in world.entries[ISSUE].remarks if remark.action == "description"]
    if (our_part(world.entries[ISSUE].description), len(edits)) != ("It is late.", 1):
        found.append(f"{ISSUE} was described {len(edits)} times: {world.entries[ISSUE].description}")
    if world.entries[ISSUE].linked_at.keys() != {SECOND}:
        found.append("no link")
    records = store.journal.records()
    confirmed = {record.action.key for record in records if record.state == "confirmed"}
    if len(confirmed) != len(CHANGES):
        found.append(f"{len(confirmed)} of {len(CHANGES)} confirmed")
    return [*found, *amiss(records)]


def runs(seeds: range) -> Iterator[Run]:
    """One run a seed."""
    return each(seeds, serving, make_template, _go)


def _go(run: Run, chance: Random, gitlab: standin.StandIn, where: Path) -> None:
    """Apply the plan one to three times through faults and deaths, then once in peace, and look."""
    begin(gitlab)
    now = NOW
    for _ in range(chance.randint(1, 3)):
        faults = [_fault(gitlab, chance) for _ in range(chance.randint(0, 5))]
        steps = Steps(chance.choice([0, chance.randint(1, STEPS)]), die_here)
        run.deaths += apply_once(gitlab.url, where, now, steps) is None
        run.struck += sum(fault.met for fault in faults)
        gitlab.heal()
        now += LEASE
    report = apply_once(gitlab.url, where, now, Steps(), timeout=5)
    with opened(where) as store:
        run.problems = problems(gitlab.world, store)
    run.problems += [f"{one.action.key} {one.fate}: {one.why}" for one in _bad(report)]
    gitlab.requests.clear()
    again = apply_once(gitlab.url, where, now, Steps(), timeout=5)
    if gitlab.requests or again is None or len(again.of("done before")) != len(CHANGES):
        run.problems.append("applying once more was not for nothing")


def _fault(gitlab: standin.StandIn, chance: Random) -> standin.Fault:
    harm = chance.choice(HARMS)
    # GitLab may show one listing too early, but not two ways of looking at the same at once.
    times = 1 if harm in {"stale", "timeout"} else chance.randint(1, 2)
    return gitlab.fail(
        harm,
        chance.choice(PLACES),
        method=chance.choice(["", "", "GET", "PUT", "POST"]),
        skip=chance.randint(0, 8),
        times=times,
        status=chance.choice([500, 502, 503]),
    )


def _bad(report: Report | None) -> list[Any]:
    return [] if report is None else [one for one in report.outcomes if one.fate not in {"done", "done before"}]


def apply_faults(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """Many seeds; what is counted is wrong, so that nothing is best."""
    seeds = range(1, 1 + (QUICK_SEEDS if quick else SEEDS))
    say(f"apply-faults: {len(seeds):,} seeds")
    done = watched(runs(seeds), "apply-faults", say)
    group = f"A plan of {len(CHANGES)} actions, applied through faults and deaths, {len(seeds):,} times"
    wrong = sum(bool(run.problems) for run in done)
    note = f"{sum(run.deaths for run in done):,} deaths, {sum(run.struck for run in done):,} requests with a fault"
    yield Figure(group, "runs that did anything twice, or left anything undone", wrong, "", 0, note)
