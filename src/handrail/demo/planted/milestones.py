"""A milestone's end, what is left over of it, who chose what is in it, and how much one person has."""

from handrail.demo.planted.days import RELEASES
from handrail.demo.planted.lives import Life
from handrail.demo.planted.world import BOT, World, after

RULE = "milestone_planning"


def milestones(world: World) -> None:
    """All of them, and what looks like one."""
    _news(world)
    _left_over(world)
    _to_schedule(world)
    _deliverables(world)
    _calendar(world)


def _silent(world: World, who: str) -> Life:
    """Somebody's issue of the running milestone, of which they have said nothing this week."""
    life = world.work(who=who, milestone=world.day.running)
    life.events = [event for event in life.events if event.did != "commented"]
    life.move(world.ago(20, world.rng.random() * 20))
    # A bot's word, another person's and a push are no news of theirs.
    life.say(world.ago(hours=3), world.rng.choice((BOT, "jon", "geo-lena")))
    return life


def _news(world: World) -> None:
    """Each is asked once; what is found is found on the oldest that has none."""
    if not world.day.running or world.day.is_last:
        return
    for who in world.rng.sample(("ada", "cleo", "gus"), 2):
        silent = [_silent(world, who) for _ in range(world.rng.randint(1, 3))]
        if world.day.asks_for_news:
            world.plant(RULE, "no-news", min(silent, key=lambda life: life.born))
    life = world.merge_request(author="dov", milestone=world.day.running)
    life.did(world.ago(hours=2), "dov", "pushed")


def _left_over(world: World) -> None:
    """Open on its milestone's last day, or later."""
    over = [title for title, one in RELEASES.items() if one.due < world.day.today][-1]
    if not world.day.running:
        return
    titles = {over, world.day.running} if world.day.is_last else {over}
    for title in sorted(titles):
        for life in (
            world.issue(milestone=title, days=50),
            world.work(who="hedy", milestone=title),
            world.merge_request(milestone=title),
        ):
            _before(world, life)
            life.facts["confidential"] = world.rng.random() < 0.3  # moved like the others, only not labelled as missed
            world.plant(RULE, "left-over", life, mendable=True)
    life = world.issue(milestone=over, days=50)
    _before(world, life)
    life.label(after(life, 3), life.author, "security")


def _before(world: World, life: Life) -> None:
    """Told some weeks earlier: it was in its milestone while that ran."""
    life.move(min(life.born, world.ago(40)))
    life.forget("priority::")
    if "#" in life.ref:
        life.label(after(life, 1), life.author, "priority::4")


def _to_schedule(world: World) -> None:
    life = world.issue(milestone="")
    life.label(after(life, 4), world.lead(), world.rng.choice(("For Scheduling", "for scheduling")))
    world.plant(RULE, "to-schedule", life)
    life = world.issue(milestone=world.rng.choice(("Backlog", "Next 1-3 releases")))
    life.label(after(life, 4), world.lead(), "For Scheduling")
    world.plant(RULE, "to-schedule", life)
    life = world.work(milestone="")
    who = life.assignees[0]
    life.forget("workflow::")
    life.label(after(life, 4), who, "workflow::scheduling")
    world.plant(RULE, "to-schedule", life)


def _deliverables(world: World) -> None:
    for by in (world.turn(("ada", "gus", "support-ramon")), world.turn(("bo", "ida"))):
        life = world.issue()
        life.label(after(life, 9), by, "Deliverable")
        world.plant(RULE, "deliverable-by", life)
    life = world.work(milestone="")
    life.label(after(life, 9), life.assignees[0], "Deliverable")
    world.plant(RULE, "deliverable-by", life)
    for by in ("jon", "kim", BOT, "handrail"):
        world.issue().label(world.ago(hours=9), by, "Deliverable")
    if world.rng.random() < 0.6 and world.day.running and not world.day.is_last:
        life = world.work(who="hedy")
        life.label(world.ago(hours=9), "kim", "Deliverable")
        life.facts["weight"] = 30
        world.plant(RULE, "over-capacity", f"milestone:{world.day.running}")


def _calendar(world: World) -> None:
    """What GitLab has of the releases to come."""
    if not world.day.running:
        world.plant(RULE, "none-running", "team")
    elif not world.day.following:
        world.plant(RULE, "no-next", f"milestone:{world.day.running}")
    for title in world.day.closed:
        world.plant(RULE, "closed-early", f"milestone:{title}")
    for title in world.day.before_gap:
        world.plant(RULE, "missing", f"milestone:{title}")
    for title in world.day.misdated:
        world.plant(RULE, "dates", f"milestone:{title}")
