"""Applying plans to a running stand-in: what is done, what is left out, and why."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from msgspec.structs import replace

import standin
from handrail.engine.apply import Report, Today
from handrail.errors import UserError
from handrail.model.actions import (
    Action,
    AddLabels,
    Assign,
    Change,
    CloseItem,
    Comment,
    CreateItem,
    EditItem,
    Expectation,
    LinkItems,
    RemoveLabels,
    RequestReview,
    SetMilestone,
    SetStatus,
    Unassign,
)
from handrail.model.history import Event
from handrail.model.plans import Refusal
from handrail.plan.letters import marker
from handrail.testing import NOW, PROJECT
from standin.world import World
from tests.engine.applying import EPIC, ISSUE, REVIEW, Desk, a_desk

HELLO = Comment("hello", ("nadia",), "thank you for your work", "Could you look at it?")
NEXT = CreateItem("next", "Next", "To do.", ("bug",))
SPIKE = AddLabels(("spike",))
LATER = timedelta(minutes=6)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path / "store.sqlite") as found:
        yield found


def fates(report: Report) -> list[str]:
    return [one.fate for one in report.outcomes]


def whys(report: Report) -> list[str]:
    return [one.why for one in report.outcomes]


def change(world: World, ref: str = ISSUE, **facts: Any) -> None:
    """Somebody changes an item."""
    entry = world.entries[ref]
    world.record(entry, replace(entry.item, **facts))


def test_a_plan_is_done_and_applying_it_again_writes_nothing(desk: Desk) -> None:
    plan = desk.plan(
        desk.action(AddLabels(("workflow::in dev", "spike"))), desk.action(HELLO), desk.action(SetMilestone("19.2"))
    )
    report = desk.apply(plan)
    assert (fates(report), whys(report)) == (["done"] * 3, [""] * 3)
    assert (report.stopped, report.stale) == ("", "")
    item = desk.item()
    assert set(item.labels) == {"bug", "spike", "workflow::in dev"}
    assert item.milestone == "19.2"
    (note,) = desk.notes()
    assert note.startswith("@nadia, thank you for your work.\n\nCould you look at it?")
    assert marker("required_labels", "hello") in note
    assert set(desk.stored().labels) == set(item.labels)
    desk.gitlab.requests.clear()
    again = desk.apply(plan)
    assert fates(again) == ["done before"] * 3
    assert len(desk.gitlab.requests) == 0
    known = desk.store.journal.known(NOW)
    assert known.done.keys() == {action.key for action in plan.actions}
    assert [(one.subject, one.to) for one in known.sent] == [(ISSUE, ("nadia",))]


def test_every_change_is_done_and_the_store_knows(desk: Desk) -> None:
    desk.gitlab.world.entries[ISSUE].description = "- [ ] Ask"
    other = "gitlab-org/charts/gitlab#4"
    actions = [
        desk.action(RemoveLabels(("bug",))),
        desk.action(Assign(("ivo",))),
        desk.action(EditItem("Mended", ("Ask",))),
        desk.action(LinkItems(other)),
        desk.action(RequestReview(("mara",)), REVIEW),
        desk.action(AddLabels(("spike",)), EPIC),
        desk.action(HELLO, EPIC),
        desk.action(SetStatus("Done"), f"{PROJECT}#3"),
        desk.action(CloseItem(), other),
        desk.action(NEXT, PROJECT),
    ]
    report = desk.apply(desk.plan(*actions))
    assert (fates(report), whys(report)) == (["done"] * 10, [""] * 10)
    assert (desk.item().labels, desk.item().assignees) == (("workflow::ready",), ("nadia", "ivo"))
    assert desk.gitlab.world.entries[ISSUE].description == "- [x] Ask"
    assert [desk.item(ref).state for ref in (f"{PROJECT}#3", other)] == ["closed", "closed"]
    assert [marker("required_labels", "hello") in note for note in desk.notes(EPIC)] == [True]
    made = report.outcomes[-1].made
    assert marker("required_labels", "next") in desk.gitlab.world.entries[made].description
    for ref in (ISSUE, REVIEW, EPIC, other, made):
        there, stored = desk.item(ref), desk.stored(ref)
        assert (stored.title, stored.state, set(stored.labels)) == (there.title, there.state, set(there.labels))
        assert (stored.assignees, stored.milestone) == (there.assignees, there.milestone)
    assert [record.made for record in desk.store.journal.records(made)] == [made]


@pytest.mark.parametrize(
    ("facts", "action", "why"),
    [
        ({"labels": ("bug", "spike")}, SPIKE, "it has ~spike already"),
        (
            {"labels": ("workflow::in review",)},
            AddLabels(("workflow::in dev",)),
            "somebody has set workflow::in review",
        ),
        ({"milestone": "19.2"}, SetMilestone(None), "its milestone is 19.2, no longer 19.1"),
        ({"assignees": ()}, Unassign(("nadia",)), "@nadia is no longer assigned"),
        ({"state": "closed", "closed_at": NOW}, HELLO, "it is closed, no longer opened"),
    ],
)
def test_what_no_longer_fits_is_left_out_and_said(desk: Desk, facts: dict[str, Any], action: Change, why: str) -> None:
    plan = desk.plan(desk.action(action), desk.action(SPIKE, REVIEW))
    change(desk.gitlab.world, **facts)
    desk.gitlab.requests.clear()
    report = desk.apply(plan)
    assert fates(report) == ["skipped", "done"]
    assert why in report.outcomes[0].why
    assert [write for write in desk.writes() if "/issues/" in write] == []
    (record,) = desk.store.journal.records(ISSUE)
    assert (record.state, record.why, record.attempts) == ("skipped", report.outcomes[0].why, 0)


def test_who_says_something_after_the_plan_is_not_spoken_over(desk: Desk) -> None:
    quiet = Expectation("quiet since", NOW.isoformat())
    plan = desk.plan(desk.action(HELLO, ISSUE, quiet))
    world = desk.gitlab.world
    world.advance(NOW + timedelta(minutes=1))
    world.record(world.entries[ISSUE], desk.item(), [Event(world.now, "ivo", "commented")])
    report = desk.apply(plan)
    assert (fates(report), whys(report)) == (["skipped"], ["@ivo has said something since"])
    assert desk.notes() == []


@pytest.mark.parametrize("subject", [ISSUE, REVIEW])
def test_what_changes_just_before_the_reading_counts(desk: Desk, subject: str) -> None:
    plan = desk.plan(desk.action(SPIKE, subject))
    operation = "ProjectWorkItems" if "#" in subject else "ProjectMergeRequests"
    desk.gitlab.before(operation, lambda world: change(world, subject, labels=("spike",)))
    assert fates(desk.apply(plan)) == ["skipped"]


def test_what_is_gone_is_left_out(desk: Desk) -> None:
    plan = desk.plan(desk.action(SPIKE), desk.action(SPIKE, REVIEW), desk.action(HELLO, f"{PROJECT}#3"))
    desk.gitlab.world.forget(ISSUE)
    desk.gitlab.before("/issues/3/notes", lambda world: world.forget(f"{PROJECT}#3"), skip=1)
    report = desk.apply(plan)
    assert fates(report) == ["skipped", "done", "skipped"]
    assert report.outcomes[0].why == "it is not there any more, or not for this token"
    assert "does not have" in report.outcomes[2].why


def test_what_gitlab_refuses_does_not_stop_the_rest(desk: Desk) -> None:
    plan = desk.plan(
        desk.action(SetMilestone("99.9")),
        desk.action(Assign(("ivo",)), EPIC),
        desk.action(SPIKE, REVIEW),
        desk.action(HELLO),
    )
    report = desk.apply(plan)
    assert fates(report) == ["failed", "done", "failed", "done"]
    assert "no milestone 99.9" in report.outcomes[0].why
    assert "epics have no assignees" in report.outcomes[2].why
    desk.gitlab.world.timebox("gitlab-org", "99.9")
    assert sorted(fates(desk.apply(plan))) == ["done", "done before", "done before", "failed"]


def test_what_makes_room_comes_first_and_what_closes_comes_last(desk: Desk) -> None:
    actions: list[Change] = [CloseItem(), Assign(("ivo",)), HELLO, Unassign(("nadia",)), SetStatus("done")]
    report = desk.apply(desk.plan(*(desk.action(one) for one in actions)))
    assert [one.action.kind for one in report.outcomes] == ["unassign", "assign", "comment", "set_status", "close_item"]
    assert fates(report) == ["done"] * 5
    assert (desk.item().state, desk.item().assignees) == ("closed", ("ivo",))


def test_the_label_tells_where_there_is_no_status(desk: Desk) -> None:
    report = desk.apply(desk.plan(desk.action(SetStatus("In dev"))))
    assert fates(report) == ["done"]
    assert set(desk.item().labels) == {"bug", "workflow::in dev"}


def test_on_free_there_is_one_label_of_a_scope_and_one_assignee(tmp_path: Path) -> None:
    with a_desk(tmp_path / "store.sqlite", tier="free") as desk:
        report = desk.apply(
            desk.plan(desk.action(AddLabels(("workflow::in dev",))), desk.action(Assign(("ivo",)), ISSUE))
        )
        assert fates(report) == ["done", "failed"]
        assert "one assignee only" in report.outcomes[1].why
        assert set(desk.item().labels) == {"bug", "workflow::in dev"}


def test_a_comment_with_other_words_is_edited_in_place(desk: Desk) -> None:
    desk.apply(desk.plan(desk.action(HELLO)))
    other = desk.plan(desk.action(replace(HELLO, asks="And what about now?")))
    report = desk.apply(other, after=timedelta(hours=1))
    assert fates(report) == ["done"]
    (note,) = desk.notes()
    assert "And what about now?" in note
    assert {one.made for one in desk.store.journal.records()} == {report.outcomes[0].made}
    assert fates(desk.apply(other)) == ["done before"]
    assert len(desk.store.journal.known(NOW).sent) == 1


def test_a_store_that_is_lost_costs_no_second_comment_and_no_second_issue(desk: Desk, tmp_path: Path) -> None:
    plan = desk.plan(desk.action(HELLO), desk.action(NEXT, PROJECT))
    made = [one.made for one in desk.apply(plan).outcomes]
    with a_desk(tmp_path / "other.sqlite", gitlab=desk.gitlab) as other:
        other.gitlab.requests.clear()
        report = other.apply(plan)
        assert (fates(report), [one.made for one in report.outcomes]) == (["done", "done"], made)
        assert other.writes() == []


def a_step(desk: Desk, *changes: Change, name: str = "step") -> list[Action]:
    return [replace(desk.action(change), steps=(name,)) for change in changes]


def test_a_step_is_done_whole_or_not_at_all(desk: Desk) -> None:
    plan = desk.plan(*a_step(desk, AddLabels(("workflow::in dev",)), SetMilestone("19.2"), HELLO))
    change(desk.gitlab.world, milestone="19.3")
    report = desk.apply(plan)
    assert fates(report) == ["skipped"] * 3
    why = "its milestone is 19.3, no longer 19.1"
    along = f"it belongs to what is not done now: {why}"
    assert whys(report) == [along, why, along]
    assert desk.writes() == []


def test_what_another_finding_asks_for_too_is_done(desk: Desk) -> None:
    (moves,) = a_step(desk, SetMilestone("19.2"))
    both = replace(desk.action(SPIKE), steps=("step", "other"))
    change(desk.gitlab.world, milestone="19.3")
    assert fates(desk.apply(desk.plan(moves, both))) == ["skipped", "done"]


def test_what_somebody_did_meanwhile_keeps_the_rest_of_a_step_from_nothing(desk: Desk) -> None:
    other = "gitlab-org/charts/gitlab#4"
    plan = desk.plan(*a_step(desk, SPIKE, LinkItems(other), Assign(("ivo",))))
    change(desk.gitlab.world, labels=("bug", "spike"), blocks=(other,))
    assert fates(desk.apply(plan)) == ["skipped", "skipped", "done"]


def test_nobody_is_told_of_what_turns_out_not_to_be_there(desk: Desk) -> None:
    report = desk.apply(desk.plan(*a_step(desk, HELLO, LinkItems(f"{PROJECT}#99"), CloseItem())))
    assert fates(report) == ["skipped", "skipped", "skipped"]
    assert "does not have" in whys(report)[0]
    assert (desk.notes(), desk.item().state) == ([], "opened")


def test_what_gitlab_refuses_keeps_the_rest_of_its_step(desk: Desk) -> None:
    plan = desk.plan(*a_step(desk, RemoveLabels(("bug",)), HELLO))
    desk.gitlab.fail("status", "/issues/1", method="PUT", times=None, status=403)
    report = desk.apply(plan)
    assert fates(report) == ["failed", "skipped"]
    assert desk.notes() == []
    failed = desk.store.journal.record(report.outcomes[0].number)
    assert failed is not None
    assert timedelta(minutes=14) < (failed.not_before or NOW) - NOW < timedelta(minutes=16)
    again = desk.store.journal.record(desk.apply(plan).outcomes[0].number)
    assert again is not None
    assert timedelta(minutes=29) < (again.not_before or NOW) - NOW < timedelta(minutes=31)


def test_a_comment_is_asked_about_again_before_it_is_made(desk: Desk) -> None:
    def at_work(action: Action) -> Action | Refusal:
        assert isinstance(action.change, Comment)
        to = tuple(name for name in action.change.to if name != "nadia")
        return replace(action, change=replace(action.change, to=to)) if to else Refusal(action, "@nadia is not at work")

    both = desk.action(Comment("both", ("nadia", "mara"), "thank you", "Look?"))
    plan = desk.plan(*a_step(desk, SPIKE, HELLO), both)
    report = desk.apply(plan, today=Today(at_work))
    assert fates(report) == ["waits", "waits", "done"]
    assert whys(report)[:2] == ["it belongs to what is not done now: @nadia is not at work", "@nadia is not at work"]
    assert [note.split(",")[0] for note in desk.notes()] == ["@mara"]
    assert [one.action.key for one in desk.store.journal.proposed()] == [action.key for action in plan.actions[:2]]
    assert sorted(fates(desk.apply(plan))) == ["done", "done", "done before"]


def test_what_nobody_wants_any_more_is_left_out_with_the_reason(desk: Desk) -> None:
    plan = desk.plan(desk.action(SPIKE), desk.action(NEXT, PROJECT))
    report = desk.apply(plan, today=Today(unwanted={action.key: "the rule is off" for action in plan.actions}))
    assert (fates(report), whys(report)) == (["skipped"] * 2, ["the rule is off"] * 2)
    assert desk.writes() == []


def test_a_gitlab_that_breaks_over_one_write_after_the_other_is_left_in_peace(desk: Desk) -> None:
    subjects = (ISSUE, REVIEW, f"{PROJECT}#3", "gitlab-org/charts/gitlab#4", EPIC)
    desk.gitlab.fail("status", method="PUT", times=None, status=500)
    report = desk.apply(desk.plan(*(desk.action(SPIKE, subject) for subject in subjects)))
    assert fates(report) == ["uncertain"] * 3 + ["left"] * 2
    assert report.stopped


def test_a_plan_of_another_gitlab_is_refused(desk: Desk) -> None:
    plan = replace(desk.plan(desk.action(SPIKE)), gitlab="gitlab.example.com")
    with pytest.raises(UserError, match=r"^This plan is for gitlab\.example\.com, and this is 127"):
        desk.apply(plan)
    assert desk.writes() == []


def test_a_plan_that_is_too_large_is_applied_by_force_only(desk: Desk) -> None:
    plan = replace(desk.plan(desk.action(SPIKE)), too_large="500 actions are more than the 200 allowed")
    desk.gitlab.requests.clear()
    with pytest.raises(UserError, match=r"500 actions are more .* --force if it is right\.$"):
        desk.apply(plan)
    assert desk.gitlab.requests == []
    assert fates(desk.apply(plan, force=True)) == ["done"]


def test_a_token_without_the_scope_stops_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    with a_desk(tmp_path / "store.sqlite", token=standin.READ_TOKEN) as desk:
        plan = desk.plan(desk.action(SPIKE), desk.action(SPIKE, REVIEW))
        report = desk.apply(plan)
        assert fates(report) == ["left", "left"]
        assert "scope api" in report.stopped
        assert standin.READ_TOKEN not in report.stopped
        assert {(one.state, one.approver) for one in desk.store.journal.records()} == {("proposed", "")}
        with a_desk(tmp_path / "store.sqlite", gitlab=desk.gitlab) as allowed:
            assert fates(allowed.apply(plan)) == ["done", "done"]


def test_a_gitlab_that_goes_away_stops_the_run_and_what_was_done_stays(desk: Desk) -> None:
    plan = desk.plan(desk.action(SPIKE), desk.action(SPIKE, REVIEW), desk.action(HELLO, REVIEW))
    desk.gitlab.fail("status", "/merge_requests/", times=None, status=503)
    desk.gitlab.fail("status", "ProjectMergeRequests", skip=1, times=None, status=503)
    report = desk.apply(plan)
    assert fates(report) == ["left", "left", "left"]
    assert "error of its own" in report.stopped
    desk.gitlab.heal()
    desk.gitlab.fail("status", "/merge_requests/2", method="PUT", times=None, status=503)
    report = desk.apply(plan)
    assert sorted(fates(report)) == ["done", "done", "uncertain"]
    desk.gitlab.heal()
    assert sorted(fates(desk.apply(plan))) == ["done", "done before", "done before"]


def test_a_gitlab_that_breaks_over_one_item_does_not_keep_the_rest(desk: Desk) -> None:
    plan = desk.plan(desk.action(HELLO), desk.action(SPIKE, REVIEW))
    desk.gitlab.fail("status", "/issues/1/notes", times=None)
    report = desk.apply(plan)
    assert (fates(report), report.stopped) == (["failed", "done"], "")
    more = [desk.action(Comment(f"{name}", ("nadia",), "thank you", "Look?")) for name in "abcd"]
    report = desk.apply(desk.plan(*more))
    assert fates(report) == ["failed", "failed", "failed", "left"]
    assert report.stopped


@pytest.mark.parametrize(
    ("action", "method"),
    [(SPIKE, "PUT"), (HELLO, "POST"), (SetMilestone("19.2"), "PUT"), (LinkItems("gitlab-org/charts/gitlab#4"), "POST")],
)
def test_a_lost_answer_is_looked_for_at_once(desk: Desk, action: Change, method: str) -> None:
    desk.gitlab.fail("lost_response", "/issues/1", method=method)
    report = desk.apply(desk.plan(desk.action(action)))
    assert (fates(report), report.stopped) == (["done"], "")


def test_what_nobody_knows_of_is_looked_for_next_time(desk: Desk) -> None:
    plan = desk.plan(desk.action(HELLO), desk.action(NEXT, PROJECT))
    desk.gitlab.fail("status", method="POST", to="/notes")
    desk.gitlab.fail("lost_response", method="POST", to="/issues")
    desk.gitlab.fail("stale", method="GET", to="/issues", skip=3)
    report = desk.apply(plan)
    assert fates(report) == ["uncertain", "uncertain"]
    assert all(why.endswith("Try again: it is looked for then.") for why in whys(report))
    assert fates(desk.apply(plan)) == ["done", "done"]
    assert len(desk.notes()) == 1
    assert sum(entry.item.title == "Next" for entry in desk.gitlab.world.entries.values()) == 1
    assert [record.attempts for record in desk.store.journal.records()] == [1, 2]


def test_what_another_plan_left_open_is_looked_up(desk: Desk) -> None:
    desk.gitlab.fail("status", method="PUT", to="/issues/1")
    desk.gitlab.fail("status", method="PUT", to="/merge_requests/2")
    desk.apply(desk.plan(desk.action(SPIKE), desk.action(SPIKE, REVIEW)))
    change(desk.gitlab.world, REVIEW, labels=("bug", "spike"))
    report = desk.apply(desk.plan())
    assert [(one.action.subject, one.fate) for one in report.resolved] == [(ISSUE, "skipped"), (REVIEW, "done")]
    assert "never reached GitLab" in report.resolved[0].why
    assert desk.store.journal.unresolved(NOW + LATER) == []
    assert "spike" in desk.stored(REVIEW).labels


def test_what_another_run_has_in_hand_is_left_alone(desk: Desk) -> None:
    plan = desk.plan(desk.action(SPIKE), desk.action(SPIKE, REVIEW))
    (record,) = desk.store.journal.approve([(plan.actions[0], "")], "other", "paul", NOW)
    desk.store.journal.claim([record.id], "another", NOW)
    report = desk.apply(plan)
    assert fates(report) == ["in other hands", "done"]
    assert report.outcomes[0].why == "another run has it in hand, until 14:05 UTC at the latest: try again then"
    assert sorted(fates(desk.apply(plan, after=LATER))) == ["done", "done before"]


@pytest.mark.parametrize(
    "change", [CreateItem("n", "Next", "", assignees=("nobody",)), CreateItem("n", "Next", "", milestone="9")]
)
def test_nothing_is_closed_for_an_issue_that_cannot_be_opened(desk: Desk, change: CreateItem) -> None:
    one = ("handover/next-shift/project",)
    close, create = (
        replace(desk.action(what, where), steps=one) for what, where in ((CloseItem(), ISSUE), (change, PROJECT))
    )
    report = desk.apply(desk.plan(close, create))
    assert sorted(fates(report)) == ["failed", "skipped"]
    assert desk.item().state == "opened"
    desk.gitlab.fail("status", "/users" if change.assignees else "/milestones", times=None, status=500)
    assert sorted(fates(desk.apply(desk.plan(close, create), after=LATER))) == ["failed", "skipped"]
    assert desk.item().state == "opened"


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "store.sqlite")
    url: str = request.getfixturevalue("postgresql")
    return url


def test_two_runs_at_once_do_nothing_twice(place: str) -> None:
    with a_desk(place) as desk:
        subjects = (ISSUE, REVIEW, f"{PROJECT}#3", "gitlab-org/charts/gitlab#4")
        actions = [desk.action(one, subject) for subject in subjects for one in (SPIKE, HELLO)]
        plan = desk.plan(*actions, desk.action(NEXT, PROJECT))
        ready, reports = Barrier(2), list[Report]()

        def run() -> None:
            ready.wait()
            reports.append(desk.apply(plan))

        threads = [Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [report.stopped for report in reports] == ["", ""]
        for key in (action.key for action in plan.actions):
            found = sorted(one.fate for report in reports for one in report.outcomes if one.action.key == key)
            assert found in (["done", "in other hands"], ["done", "done before"])
        for subject in subjects:
            assert desk.events(subject).count(("label_added", "spike")) == 1
            assert len(desk.notes(subject)) == 1
        assert sum(entry.item.title == "Next" for entry in desk.gitlab.world.entries.values()) == 1
