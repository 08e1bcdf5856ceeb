"""Workflow states that cannot be: back, two at once, none that there is, or against the other facts."""

from handrail.demo.planted.lives import Life
from handrail.demo.planted.world import World, after
from handrail.model.items import LinkedMergeRequest

RULE = "workflow_states"
READY = "workflow::ready for development"
DEV, REVIEW, BLOCKED = "workflow::in dev", "workflow::in review", "workflow::blocked"
VERIFICATION = "workflow::verification"


def states(world: World) -> None:
    """All of them, and what looks like one."""
    _went_back(world)
    _done_and_open(world)
    _several(world)
    _status_and_label(world)
    _unknown(world)
    _merged_already(world)
    _blocked(world)
    _not_ready(world)
    _no_reviewer(world)
    _nearly(world)


def _linked(world: World, life: Life, *states: str) -> None:
    life.facts["merge_requests"] = tuple(
        LinkedMergeRequest(f"{life.project}!{world.number()}", state)  # type: ignore[arg-type]  # told as GitLab says it
        for state in states
    )


def _went_back(world: World) -> None:
    for before in world.rng.sample((READY, "workflow::planning breakdown", "workflow::refinement"), 2):
        life = world.work()
        life.swap(after(life, 40), life.assignees[0], DEV, before)
        world.plant(RULE, "went-back", life)
    life = world.issue()
    life.status(after(life, 3), life.author, "In review")
    life.status(after(life, 9), life.author, world.rng.choice(("In dev", "Refinement", "Design")))
    world.plant(RULE, "went-back", life)
    # Through the rounds of a review it stays in review.
    life = world.review()
    life.swap(world.ago(hours=3), life.author, REVIEW, "workflow::ready for review")
    world.plant(RULE, "went-back", life)
    # Both at once for a time: it went back when the later one came off.
    life = world.work()
    life.label(after(life, 40), life.assignees[0], REVIEW)
    life.unlabel(after(life, 44), life.assignees[0], REVIEW)
    world.plant(RULE, "went-back", life)


def _done_and_open(world: World) -> None:
    life = world.issue()
    life.label(after(life, 5), life.author, "workflow::complete")
    world.plant(RULE, "done-and-open", life)
    for status in ("Complete", "Duplicate", "Won't do"):
        life = world.issue()
        life.status(world.ago(hours=20), world.lead(), status)
        world.plant(RULE, "done-and-open", life)


def _several(world: World) -> None:
    life = world.work()
    life.label(after(life, 40), life.author, world.rng.choice((REVIEW, VERIFICATION)))
    world.plant(RULE, "several-states", life, mendable=True)


def _status_and_label(world: World) -> None:
    life = world.work()
    life.status(after(life, 40), life.author, world.rng.choice(("Verification", "In review")))
    world.plant(RULE, "status-and-label", life, mendable=True)


def _unknown(world: World) -> None:
    life = world.issue()
    life.label(after(life, 4), life.author, world.rng.choice(("workflow::pondering", "workflow::waiting for QA")))
    world.plant(RULE, "unknown-state", life)
    life = world.issue()
    life.status(after(life, 4), life.author, "Somewhere")
    world.plant(RULE, "unknown-state", life)
    life = world.merge_request()
    life.label(world.ago(hours=6), life.author, DEV)
    world.plant(RULE, "unknown-state", life)


def _merged_already(world: World) -> None:
    life = world.work()
    _linked(world, life, *("merged",) * world.rng.randint(1, 2))
    world.plant(RULE, "merged-already", life, mendable=True)
    life = world.work()
    life.swap(after(life, 40), life.assignees[0], DEV, REVIEW)
    _linked(world, life, "closed", "merged")
    world.plant(RULE, "merged-already", life, mendable=True)
    life = world.issue()
    life.status(after(life, 4), life.author, "In dev")
    _linked(world, life, "merged")
    world.plant(RULE, "merged-already", life, mendable=True)


def _blocked(world: World) -> None:
    life = world.work()
    life.swap(after(life, 40), life.assignees[0], DEV, BLOCKED)
    world.plant(RULE, "blocked-by-nothing", life)
    blocker = world.issue(days=9)
    world.closed(blocker, 2)
    life = world.work()
    life.swap(after(life, 40), life.assignees[0], DEV, BLOCKED)
    life.facts["blocked_by"] = (blocker.ref,)
    world.plant(RULE, "blocked-by-nothing", life)
    life = world.issue()
    life.status(after(life, 4), life.author, "Blocked")
    world.plant(RULE, "blocked-by-nothing", life)


def _not_ready(world: World) -> None:
    life = world.issue()
    life.label(after(life, 5), life.author, READY)
    life.facts["weight"] = None
    world.plant(RULE, "not-ready", life)
    life = world.issue(title="What the toolbox keeps in memory")
    life.forget("type::")
    life.label(after(life, 5), life.author, READY)
    world.plant(RULE, "not-ready", life)
    world.plant("required_labels", "no-type", life)


def _no_reviewer(world: World) -> None:
    """Said once: of a draft as a state that cannot be, else by the rule that has somebody to propose."""
    life = world.review()
    life.forget_deeds("review_requested")
    world.plant("reviewers", "no-reviewer", life, mendable=True)
    # Its reviewer gave it back: it went back, but to be picked up by another.
    life = world.ready()
    life.swap(world.ago(hours=7), life.author, "workflow::ready for review", REVIEW)
    life.swap(world.ago(hours=6), life.author, REVIEW, "workflow::ready for review")
    world.plant("reviewers", "no-reviewer", life, mendable=True)
    life = world.merge_request()
    life.label(world.ago(hours=6), life.author, REVIEW)
    world.plant(RULE, "no-reviewer", life)
    life = world.merge_request()
    life.label(world.ago(hours=6), life.author, "workflow::ready for review")
    world.plant(RULE, "draft-ready", life)


def _nearly(world: World) -> None:
    """Nothing to find."""
    # States may be left out.
    life = world.work()
    life.swap(after(life, 40), life.assignees[0], DEV, VERIFICATION)
    # To blocked and back from it, to whatever state; with something that blocks it.
    blocker = world.issue()
    life = world.work()
    life.swap(after(life, 40), life.assignees[0], DEV, BLOCKED)
    life.facts["blocked_by"] = (blocker.ref,)
    life = world.work()
    life.swap(after(life, 40), life.assignees[0], DEV, BLOCKED)
    life.swap(after(life, 44), life.assignees[0], BLOCKED, READY)
    # Two states that take each other's place.
    life = world.issue()
    life.label(after(life, 3), life.author, "workflow::refinement")
    life.swap(after(life, 5), life.author, "workflow::refinement", "workflow::scheduling")
    # What closes it is merged in part only, or was given up; or the state says as much.
    _linked(world, world.work(), "merged", "opened")
    _linked(world, world.work(), "closed")
    life = world.work()
    life.swap(after(life, 40), life.assignees[0], DEV, VERIFICATION)
    _linked(world, life, "merged")
    # A Status carries its old label's name.
    life = world.work()
    life.status(after(life, 40), life.author, "In dev")
    # A merge request goes back for another round.
    life = world.review()
    life.swap(world.ago(hours=3), life.author, REVIEW, "workflow::ready for review")
    life.did(world.ago(hours=2.5), life.author, "pushed")
    life.swap(world.ago(hours=2), world.reviewer(life), "workflow::ready for review", REVIEW)
