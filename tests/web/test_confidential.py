"""What somebody may not see on GitLab: who sees it here, how long an answer holds, and what is so without one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace as replaced

from handrail.engine.guarded import Guarded
from handrail.engine.sight import AGAIN_AFTER, GOOD_FOR, Doorman, Sight
from handrail.model.actions import Action, AddLabels, CreateItem, LinkItems
from handrail.model.items import Issue
from handrail.testing import Told, a_snapshot, an_issue
from tests.web.conftest import form
from tests.web.signing_in import Gate, gate_of, make_confidential

OMNIBUS = "gitlab-org/omnibus-gitlab"


@pytest.fixture(scope="module")
def whole(read: tuple[Told, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    with gate_of(read, tmp_path_factory.mktemp("confidential")) as found:
        make_confidential(found.served, 5)
        yield found


@pytest.fixture
def gate(whole: Gate) -> Iterator[Gate]:
    """Nobody has been asked about anything."""
    serving = whole.serving
    yield Gate(whole.served, replace(serving, stated=serving.stated))
    world = whole.gitlab.world
    whole.gitlab.heal()
    for name in ("nadia", "mara", "cloudhopper"):
        world.give_access(name, 30 if name in world.team.people else 0)
    for project in world.projects.values():
        project.visibility = "public"


def sight(gate: Gate, name: str) -> Sight:
    serving = gate.serving
    return Sight(serving.live.view(), serving.store, serving.doorman, name, gate.gitlab.world.accounts[name].id)


def refs(gate: Gate, name: str) -> set[str]:
    return {item.ref for item in sight(gate, name).view.snapshot.items}


def secrets(gate: Gate) -> set[str]:
    return {item.ref for item in gate.serving.live.view().snapshot.items if item.confidential}


def everything(gate: Gate) -> set[str]:
    return {item.ref for item in gate.serving.live.view().snapshot.items}


@pytest.mark.parametrize("level", [15, 20, 30, 50])
def test_from_planner_on_everything_is_seen_and_the_view_is_the_one_of_all(gate: Gate, level: int) -> None:
    gate.gitlab.world.give_access("nadia", level)
    assert secrets(gate)
    assert sight(gate, "nadia").view is gate.serving.live.view()


@pytest.mark.parametrize("level", [0, 5, 10])
def test_below_that_only_one_s_own_confidential_issues_are(gate: Gate, level: int) -> None:
    gate.gitlab.world.give_access("nadia", level)
    items = gate.serving.live.view().snapshot.by_ref
    own = {r for r in secrets(gate) if "nadia" in {items[r].author, *items[r].assignees} and "#" in r}
    assert own
    assert own < secrets(gate)
    assert refs(gate, "nadia") == everything(gate) - secrets(gate) | own


def test_two_who_may_not_see_the_same_share_a_view(gate: Gate) -> None:
    for name in ("cloudhopper", "ilvesk"):
        gate.gitlab.world.give_access(name, 0)
    mine = {one.author for one in gate.serving.live.view().snapshot.items if one.confidential}
    assert not mine & {"cloudhopper", "ilvesk"}
    assert sight(gate, "cloudhopper").view is sight(gate, "ilvesk").view


def test_of_a_private_project_whoever_is_no_member_sees_nothing(gate: Gate) -> None:
    world = gate.gitlab.world
    world.projects[OMNIBUS].visibility = "private"
    world.give_access("cloudhopper", 0)
    world.give_access("mara", 10)
    here = {ref for ref in everything(gate) if ref.startswith((f"{OMNIBUS}#", f"{OMNIBUS}!"))}
    assert here
    assert not refs(gate, "cloudhopper") & here
    as_guest = refs(gate, "mara") & here
    assert as_guest
    assert not any("!" in ref for ref in as_guest)
    assert refs(gate, "nadia") == everything(gate)
    with gate.browser("cloudhopper") as client:
        shown = client.get("/team").text + client.get("/changes").text + client.get(f"/items/{OMNIBUS}%238817").text
    assert "omnibus#" not in shown
    assert "omnibus!" not in shown


def test_what_is_only_named_is_hidden_from_a_guest_too(gate: Gate) -> None:
    gate.gitlab.world.projects[OMNIBUS].visibility = "private"
    gate.gitlab.world.give_access("mara", 10)
    gone = an_issue(99999, author="nadia", confidential=True, project=OMNIBUS)
    doorman, user = gate.serving.doorman, gate.gitlab.world.accounts["mara"].id
    assert doorman
    guarded = Guarded(frozenset({f"projects/{OMNIBUS}"}), {gone.ref: gone})
    assert doorman.hidden(guarded, a_snapshot(), "mara", user).hides(gone.ref)
    assert not doorman.hidden(guarded, a_snapshot(), "mara", user).places


def test_an_answer_of_gitlab_s_holds_for_some_minutes(gate: Gate) -> None:
    world = gate.gitlab.world
    assert refs(gate, "nadia") == everything(gate)
    asked = len(gate.gitlab.requests)
    world.give_access("nadia", 0)
    assert refs(gate, "nadia") == everything(gate)
    assert len(gate.gitlab.requests) == asked
    world.advance(world.now + GOOD_FOR)
    assert refs(gate, "nadia") < everything(gate)


def test_while_gitlab_cannot_be_asked_what_is_confidential_is_hidden_and_the_page_says_so(gate: Gate) -> None:
    world = gate.gitlab.world
    with gate.browser("nadia") as client:
        gate.gitlab.fail("status", "/members/all", times=None)
        page = client.get("/team")
        assert "whatever is confidential is left out" in page.text
        assert not refs(gate, "nadia") & secrets(gate) - own_of(gate, "nadia")
        gate.gitlab.heal()
        world.advance(world.now + AGAIN_AFTER)
        assert "whatever is confidential is left out" not in client.get("/team").text
        assert refs(gate, "nadia") == everything(gate)


def own_of(gate: Gate, name: str) -> set[str]:
    items = gate.serving.live.view().snapshot.items
    return {one.ref for one in items if name in {one.author, *one.assignees}}


def test_without_a_token_of_ours_it_is_hidden_too(gate: Gate) -> None:
    from handrail.errors import UserError

    def none() -> object:
        raise UserError("No token.")

    blind = Sight(gate.serving.live.view(), gate.serving.store, Doorman(none, gate.serving.now), "nadia", 1)  # type: ignore[arg-type]
    assert blind.view.snapshot.items == ()
    assert blind.trouble == "No token."


def test_a_gitlab_that_cannot_be_asked_is_asked_by_one_and_keeps_nobody_else_waiting(gate: Gate) -> None:
    world = gate.gitlab.world
    assert refs(gate, "nadia") == everything(gate)
    gate.gitlab.fail("status", "/members/all", times=None)
    before = len(gate.gitlab.requests)
    assert refs(gate, "mara") < everything(gate)
    asked = len(gate.gitlab.requests)
    assert asked > before
    assert refs(gate, "ivo") < everything(gate)
    assert refs(gate, "nadia") == everything(gate), "what is known holds"
    assert len(gate.gitlab.requests) == asked
    gate.gitlab.heal()
    world.advance(world.now + AGAIN_AFTER)
    assert refs(gate, "ivo") == everything(gate)


def test_who_asks_gitlab_keeps_nobody_waiting_whose_answers_are_known(gate: Gate) -> None:
    assert gate.serving.doorman
    assert refs(gate, "nadia") == everything(gate)
    with gate.serving.doorman._asking:  # as while somebody waits for GitLab
        assert refs(gate, "nadia") == everything(gate)


def test_the_journal_tells_of_nothing_hidden(gate: Gate) -> None:
    store, now = gate.serving.store, gate.serving.now()
    some = sorted(secrets(gate) - own_of(gate, "cloudhopper"))
    hidden = next(ref for ref in some if "#" in ref)
    known = next(ref for ref in sorted(everything(gate) - secrets(gate)) if "#" in ref)
    actions = [
        Action("r", "c", hidden, AddLabels(("a",)), "why"),
        Action("r", "c", known, LinkItems(hidden), "why"),
        Action("r", "c", "gitlab-org/omnibus-gitlab", CreateItem("t", "Secret", "", confidential=True), "why"),
        Action("r", "c", f"{OMNIBUS}#99999", AddLabels(("a",)), "it was deleted"),
        Action("r", "c", known, AddLabels(("b",)), "why"),
        Action("r", "c", "gitlab-org/omnibus-gitlab", CreateItem("u", "Plain", ""), "why"),
    ]
    numbers = [one.id for one in store.journal.approve([(one, "") for one in actions], "plan", "mara", now)]
    assert {one.id for one in sight(gate, "nadia").records(store.journal.records())} >= {*numbers}
    seen = [one.id for one in sight(gate, "cloudhopper").records(store.journal.records()) if one.id in numbers]
    assert seen == [numbers[5], numbers[4]]
    gate.gitlab.world.give_access("mara", 0)
    with gate.browser("mara") as client:
        assert "is yours to see" in form(client, "/undo", number=str(numbers[0])).text
        assert "Secret" not in client.get("/changes").text


def test_a_history_tells_of_nothing_hidden(gate: Gate) -> None:
    hidden = next(ref for ref in sorted(secrets(gate)) if "#" in ref and ref not in own_of(gate, "cloudhopper"))
    now = gate.serving.now()
    assert sight(gate, "nadia").history(hidden, now)
    assert sight(gate, "cloudhopper").history(hidden, now) == ()
    assert sight(gate, "cloudhopper").history(f"{OMNIBUS}#99999", now) == ()


def test_the_past_is_shown_to_whoever_sees_it_today(gate: Gate) -> None:
    live = gate.serving.live
    past = live.past(gate.serving.now() - timedelta(days=30), live.view().handbook)
    secret = {item.ref for item in past.snapshot.items if item.confidential} - own_of(gate, "cloudhopper")
    assert secret
    assert sight(gate, "nadia").past(past) is past
    assert not {item.ref for item in sight(gate, "cloudhopper").past(past).snapshot.items} & secret


def test_a_plan_holds_only_what_is_so_with_all_facts_and_follows_without_the_hidden(gate: Gate) -> None:
    whole, less = gate.serving.live.view(), sight(gate, "cloudhopper").view
    mine, all_of_it = less.evaluation, whole.evaluation
    assert mine.findings
    assert set(mine.plan.actions) <= set(all_of_it.plan.actions)
    assert len(mine.plan.actions) < len(all_of_it.plan.actions)
    hidden = secrets(gate) - own_of(gate, "cloudhopper")
    assert not {one.subject for one in mine.findings} & hidden


def test_an_item_that_becomes_confidential_is_hidden_from_the_next_view_on(gate: Gate) -> None:
    view = gate.serving.live.view()
    item = next(one for one in view.snapshot.items if isinstance(one, Issue) and not one.confidential)
    changed = view.with_items({item.ref: replaced(item, confidential=True)})
    assert changed
    assert item.ref in changed.guarded.confidential
    back = changed.with_items({item.ref: item})
    assert back
    assert item.ref not in back.guarded.confidential
    doorman, who = gate.serving.doorman, gate.gitlab.world.accounts["cloudhopper"].id
    assert item.ref not in Sight(changed, gate.serving.store, doorman, "cloudhopper", who).view.snapshot.by_ref
    assert item.ref in Sight(back, gate.serving.store, doorman, "cloudhopper", who).view.snapshot.by_ref


def test_pages_look_at_the_store_only_through_what_their_reader_may_see() -> None:
    """What reads past a person's view has to be named here, with the reason."""
    folder = Path(__file__).resolve().parents[2] / "src/handrail/web"
    reads = (
        "store.journal.record",
        "store.journal.proposed",
        "store.facts(",
        "store.items(",
        "live.past(",
        "aside_of(",
    )
    found = {
        (file.name, read)
        for file in (*folder.glob("*.py"), *folder.glob("pages/*.py"))
        for line in file.read_text("utf-8").splitlines()
        for read in reads
        if read in line and "who.sight." not in line and "import" not in line
    }
    assert found == {
        ("serving.py", "store.journal.record"),  # Who.records: through the reader's sight
        ("serving.py", "aside_of("),  # Who.aside: the same
    }
