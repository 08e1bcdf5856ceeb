"""The planner: what becomes of findings, in which order, how much of it, and how loud."""

import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handrail.handbook.schema import Handbook
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
    Evidence,
    Expectation,
    RemoveLabels,
    SetMilestone,
    SetStatus,
    Unassign,
)
from handrail.model.findings import Finding, Remedy, Severity, milestone_subject
from handrail.model.items import Command
from handrail.model.plans import Done, Known, Plan, Sent
from handrail.model.requests import UnplannedRequest
from handrail.plan.letters import letter
from handrail.plan.planner import make_plan, not_asked_any_more, words_of
from handrail.testing import NOW, PEOPLE, a_handbook, a_snapshot, an_issue, at

SPIKE = AddLabels(("spike",))
REF = "gitlab-org/omnibus-gitlab#1"
ITEMS = [an_issue(number, "priority::2", milestone="19.1", assignees=("nadia",)) for number in range(1, 9)]


def finding(
    *changes: Change,
    rule: str = "required_labels",
    code: str = "no-team",
    subject: str = REF,
    severity: Severity = "note",
    says: str = "It lacks something.",
    **more: object,
) -> Finding:
    remedies = tuple(Remedy(change) for change in changes)
    return Finding(rule, "labels.team", subject, code, says, (), severity, remedies=remedies, **more)  # type: ignore[arg-type]


def comment(topic: str = "hello", *to: str, group: str = "", asks: str = "Could you look at it?") -> Comment:
    return Comment(topic, to or ("nadia",), "thank you for your work", asks, group)


def planned(
    *findings: Finding, known: Known | None = None, changes: Mapping[str, object] | None = None, now: object = NOW
) -> Plan:
    book = a_handbook(changes)
    return make_plan(list(findings), a_snapshot(*ITEMS, now=now, handbook=book), book, known)  # type: ignore[arg-type]


def book_with(mode: str) -> Mapping[str, object]:
    return {"rules.required_labels.mode": mode}


def test_a_remedy_becomes_an_action_with_its_reason_and_what_it_expects() -> None:
    evidence = (Evidence("it is the team's"),)
    one = finding(AddLabels(("priority::1",)), who=("nadia",), period="19.1")
    (action,) = planned(replace(one, evidence=evidence)).actions
    assert action.why == "It lacks something."
    assert (action.rule, action.clause, action.subject, action.kind) == (
        "required_labels",
        "labels.team",
        REF,
        "add_labels",
    )
    assert action.expects == (
        Expectation("state", "opened"),
        Expectation("no label", "priority::1"),
        Expectation("scope", "priority::2", "priority"),
    )
    assert (action.evidence, action.touches, action.period, action.mode) == (evidence, ("nadia",), "19.1", "propose")


def test_a_remedy_may_be_of_another_subject_and_expect_more() -> None:
    other = ITEMS[1].ref
    extra = Expectation("quiet since", NOW.isoformat())
    one = replace(finding(), remedies=(Remedy(CloseItem(), other, (extra,)),))
    (action,) = planned(one).actions
    assert action.subject == other
    assert action.expects == (Expectation("state", "opened"), extra)


def test_a_subject_that_is_no_item_expects_nothing() -> None:
    create = CreateItem("topic", "A title", "Words")
    (action,) = planned(finding(create, subject=milestone_subject("19.1"))).actions
    assert action.expects == ()


def test_a_finding_without_a_remedy_plans_nothing() -> None:
    assert planned(finding()).actions == ()


@pytest.mark.parametrize(("mode", "count"), [("report", 0), ("propose", 1), ("apply", 1)])
def test_the_mode_decides_what_becomes_of_it(mode: str, count: int) -> None:
    plan = planned(finding(AddLabels(("spike",))), changes=book_with(mode))
    assert [action.mode for action in plan.actions] == [mode] * count


@pytest.mark.parametrize(
    ("state", "code", "why"),
    [
        ("declined", "take", "it was declined as request 3: it can wait"),
        ("declined", "ask", "it was declined as request 3: it can wait"),
        ("asked", "ask", "it was asked about as request 3: it can wait"),
        ("asked", "take", ""),
        ("open", "ask", ""),
        ("taken", "ask", ""),
    ],
)
def test_what_a_person_answered_is_not_planned(state: Any, code: str, why: str) -> None:
    one = finding(AddLabels(("spike",)), rule="unplanned_work", code=code)
    request = UnplannedRequest("Help", "customer", NOW, 3, ref=REF, state=state, note="it can wait")
    for answered, said in ((request, why), (replace(request, ref=""), ""), (replace(request, ref="acme/app#9"), "")):
        plan = planned(one, known=Known(requests=(answered,)))
        assert [refusal.why for refusal in plan.refused] == ([said] if said else [])
        assert len(plan.actions) == (not said)


def test_two_findings_that_want_the_same_become_one_action() -> None:
    first = finding(AddLabels(("spike",)), who=("nadia",), severity="breach", says="First.")
    second = finding(AddLabels(("spike",)), code="no-group", who=("mara",), says="Second.")
    (action,) = planned(second, first).actions
    assert action.why == "First. Second."
    assert action.touches == ("nadia", "mara")
    (again,) = planned(first, replace(first, code="no-group")).actions
    assert again.why == "First."


@pytest.mark.parametrize("graver", ["required_labels", "triage"])
def test_what_one_rule_may_do_is_done_though_another_that_wants_it_too_waits_for_a_yes(graver: str) -> None:
    asks = finding(AddLabels(("spike",)), period="19.1", says="Asks.")
    does = finding(AddLabels(("spike",)), rule="triage", says="Does.")
    both = [replace(one, severity="breach" if one.rule == graver else "note") for one in (asks, does)]
    modes = {"rules.required_labels.mode": "propose", "rules.triage.mode": "apply"}
    (action,) = planned(*both, changes=modes).actions
    assert (action.rule, action.mode, action.why) == ("triage", "apply", "Does. Asks.")
    assert action.steps == (does.key, asks.key)
    (asked,), (done,) = planned(asks).actions, planned(does).actions
    for one in (asked, done):
        before = Known({one.key: Done(NOW)}), Known(effects=dict.fromkeys(one.effects, NOW))
        for known in before:
            plan = planned(*both, known=known, changes=modes)
            assert plan.actions == ()
            assert [refusal.why for refusal in plan.refused] == ["we did so on 2026-06-02, and it was taken back since"]


def test_what_was_done_and_taken_back_is_not_done_again() -> None:
    (action,) = planned(finding(AddLabels(("spike",)))).actions
    plan = planned(finding(AddLabels(("spike",))), known=Known(done={action.key: Done(at("2026-05-30 09:00"))}))
    assert plan.actions == ()
    assert [refusal.why for refusal in plan.refused] == ["we did so on 2026-05-30, and it was taken back since"]
    later = planned(finding(AddLabels(("spike",)), period="19.2"), known=Known(done={action.key: Done(NOW)}))
    assert len(later.actions) == 1


@pytest.mark.parametrize(
    ("one", "both", "rest"),
    [
        (AddLabels(("spike",)), AddLabels(("spike", "Unplanned")), AddLabels(("Unplanned",))),
        (RemoveLabels(("b",)), RemoveLabels(("a", "b", "c")), RemoveLabels(("a", "c"))),
        (Assign(("mara",)), Assign(("mara", "ivo")), Assign(("ivo",))),
        (Unassign(("nadia",)), Unassign(("ivo", "nadia")), Unassign(("ivo",))),
        (SetMilestone("19.2"), SetMilestone("19.2"), None),
        (CloseItem(), CloseItem(), None),
        (EditItem(tick=("One",)), EditItem("Mended", ("Two", "One")), EditItem("Mended", ("Two",))),
        (EditItem("Mended"), EditItem("Mended"), None),
    ],
)
def test_what_another_rule_did_and_somebody_took_back_is_not_done_again(
    one: Change, both: Change, rest: Change | None
) -> None:
    (done,) = planned(finding(one, rule="triage")).actions
    known = Known(effects=dict.fromkeys(done.effects, at("2026-05-30 09:00")))
    plan = planned(finding(both), known=known)
    assert [action.change for action in plan.actions] == ([rest] if rest else [])
    (refusal,) = plan.refused
    assert (refusal.action.change, refusal.why) == (one, "we did so on 2026-05-30, and it was taken back since")
    assert len(planned(finding(both, period="19.2"), known=known).actions) == 1


def test_what_is_left_of_two_findings_is_done_once() -> None:
    (done,) = planned(finding(AddLabels(("spike",)))).actions
    known = Known(effects=dict.fromkeys(done.effects, NOW))
    both, other = AddLabels(("spike", "Unplanned")), AddLabels(("Unplanned",))
    for changes in ((both, other), (other, both)):
        plan = planned(*(finding(change, comment(), code=change.labels[0]) for change in changes), known=known)
        assert [action.change for action in plan.actions] == [other, comment()]
    assert planned(finding(both, comment()), known=known, now=NIGHT).actions == ()


def test_an_edit_calls_nobody_whom_the_comment_did_not() -> None:
    (action,) = planned(finding(comment())).actions
    known = Known(done={action.key: Done(NOW, "other words", ("nadia", "mara"))})
    (edited,) = planned(finding(comment("hello", "ivo", "nadia")), known=known).actions
    assert edited.change == comment("hello", "nadia")
    (edited,) = planned(finding(comment("hello", "ivo")), known=known).actions
    assert isinstance(edited.change, Comment)
    assert edited.change.to == ()


def test_a_comment_is_said_once_and_edited_when_its_words_change() -> None:
    book = a_handbook()
    (action,) = planned(finding(comment())).actions
    known = Known(done={action.key: Done(NOW, words_of(action, book), ("nadia",))})
    assert planned(finding(comment()), known=known) == Plan(NOW)
    (edited,) = planned(finding(comment(asks="Could you look at both?")), known=known).actions
    assert edited.key == action.key
    assert words_of(replace(action, change=AddLabels(("spike",))), book) == ""


def test_a_description_is_edited_whenever_it_should_say_something_else_and_never_against_people() -> None:
    """To and fro, as holds come and go; what somebody took back stays so until it should say another thing."""
    first, back = EditDescription("held", "held", "due"), EditDescription("due", "due", "held")
    (edit,) = planned(finding(first)).actions
    assert planned(finding(back)).actions[0].key == edit.key
    known = Known(done={edit.key: Done(NOW - timedelta(days=3), words_of(edit, BOOK))})
    plan = planned(finding(first), known=known)
    assert plan.actions == ()
    assert [refusal.why for refusal in plan.refused] == ["we did so on 2026-05-30, and it was taken back since"]
    assert [action.change for action in planned(finding(back), known=known).actions] == [back]
    assert [action.change for action in planned(finding(first), known=known, now=NIGHT).actions] == []
    assert [action.change for action in planned(finding(first), now=NIGHT).actions] == [first], "it calls nobody"


# --- conflicts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        (
            AddLabels(("priority::1",)),
            AddLabels(("priority::3",)),
            "the scope priority:: cannot be priority::1 and priority::3 at once",
        ),
        (AddLabels(("spike",)), RemoveLabels(("spike",)), "the label spike cannot be away and there at once"),
        (SetMilestone("19.2"), SetMilestone(None), "the milestone cannot be 19.2 and none at once"),
        (SetStatus("In dev"), SetStatus("Complete"), "the Status cannot be Complete and In dev at once"),
        (
            SetStatus("In dev"),
            AddLabels(("workflow::verification",)),
            "the scope workflow:: cannot be workflow::in dev and workflow::verification at once",
        ),
        (Assign(("mara",)), Unassign(("mara",)), "the assignee mara cannot be away and there at once"),
        (Assign(("mara",)), Assign(("ivo",)), "the assignee cannot be ivo and mara at once"),
        (
            EditDescription("One", "One", ""), EditDescription("Two", "Two", ""),
            "the description cannot be One and Two at once",
        ),
        (EditItem("One"), EditItem("Two"), "the title cannot be One and Two at once"),
        (CloseItem(), SetMilestone("19.2"), "the state cannot be closed and planned for 19.2 at once"),
    ],
)  # fmt: skip
def test_what_cannot_both_be_done_is_left_to_people(one: Change, other: Change, says: str) -> None:
    peaceful = finding(AddLabels(("Unplanned",)), code="no-type")
    plan = planned(finding(one), finding(other, rule="triage", code="x"), peaceful)
    assert [conflict.why for conflict in plan.conflicts] == [f"{REF}: {says}"]
    assert {action.change for action in plan.conflicts[0].actions} == {one, other}
    assert [action.change for action in plan.actions] == [AddLabels(("Unplanned",))]


def test_what_goes_with_a_conflict_waits_so_that_nobody_hears_of_what_is_not_done() -> None:
    whole = finding(comment(), CloseItem())
    plan = planned(whole, finding(SetMilestone("19.2"), rule="triage", code="x"))
    assert plan.actions == ()
    assert [action.change for action in plan.conflicts[0].actions] == [CloseItem(), SetMilestone("19.2")]
    (waits,) = plan.refused
    assert (waits.action.kind, waits.why) == (
        "comment",
        f"it waits for what goes with it: {REF}: the state cannot be closed and planned for 19.2 at once",
    )
    assert [action.kind for action in planned(whole).actions] == ["comment", "close_item"]


def test_what_one_finding_closes_and_files_away_is_no_conflict() -> None:
    assert len(planned(finding(CloseItem(), SetMilestone("19.2"))).actions) == 2
    assert planned(finding(EditItem(tick=("One",))), finding(EditItem(tick=("Two",)), code="x")).conflicts == ()
    same = planned(finding(SetStatus("In dev")), finding(AddLabels(("workflow::in dev",)), rule="triage", code="x"))
    assert same.conflicts == ()


def test_only_some_findings_are_mended_in_view_of_all() -> None:
    found = [
        finding(AddLabels(("priority::1",))),
        finding(AddLabels(("priority::3",)), rule="triage", code="x"),
        finding(AddLabels(("spike",)), subject=ITEMS[1].ref),
        finding(AddLabels(("spike",)), rule="triage", code="x", subject=ITEMS[2].ref),
        finding(comment(), rule="triage", code="x", subject=ITEMS[2].ref),
    ]
    book = a_handbook()
    snapshot = a_snapshot(*ITEMS, handbook=book, now=NIGHT)
    whole = make_plan(found, snapshot, book)
    plan = make_plan(found, snapshot, book, None, {found[0].key, found[2].key})
    assert [action.subject for action in plan.actions] == [ITEMS[1].ref]
    assert (plan.conflicts, plan.refused) == (whole.conflicts, ())
    assert (len(whole.conflicts), len(whole.refused)) == (1, 2)


def test_nobody_is_asked_for_where_somebody_is_assigned() -> None:
    free = an_issue(9)
    call = Remedy(comment(group="gitlab-org/distribution"), expects=(Expectation("unassigned"),))
    alone = replace(finding(subject=free.ref), remedies=(call,))
    both = replace(alone, remedies=(Remedy(Assign(("ivo",))), call))
    book = a_handbook()
    snapshot = a_snapshot(free, handbook=book)
    assert [action.kind for action in make_plan([alone], snapshot, book).actions] == ["comment"]
    plan = make_plan([both], snapshot, book)
    assert [action.kind for action in plan.actions] == ["assign"]
    assert [one.why for one in plan.refused] == ["nobody has to be asked where somebody is assigned"]
    known = Known(effects=dict.fromkeys(plan.actions[0].effects, NOW))
    assert [action.kind for action in make_plan([both], snapshot, book, known).actions] == ["comment"]


def test_an_action_knows_the_findings_that_it_mends() -> None:
    one, other = finding(AddLabels(("spike",))), finding(AddLabels(("spike",)), rule="triage", code="x")
    (action,) = planned(one, other).actions
    assert action.steps == (one.key, other.key)


def test_what_nobody_wants_any_more_is_told_with_the_reason() -> None:
    rules = ("required_labels", "triage", "reviewers", "commands")
    plan = planned(*(finding(SPIKE, subject=item.ref, rule=rule) for item, rule in zip(ITEMS[:4], rules, strict=True)))
    word = Command("nadia", NOW - timedelta(hours=1), "not-applicable because it is shared")
    book = a_handbook({"rules.required_labels.mode": "off", "rules.triage.mode": "report"})
    today = a_snapshot(*(replace(item, commands=(word,)) for item in ITEMS), handbook=book)
    unwanted = not_asked_any_more(plan, today, book)
    assert {action.rule: unwanted.get(action.key) for action in plan.actions} == {
        "required_labels": "the rule required_labels is off in the handbook",
        "triage": "the rule triage only reports what it finds, by the handbook",
        "reviewers": "Nadia said that it is not applicable: it is shared",
        "commands": None,
    }
    assert not_asked_any_more(plan, a_snapshot(*ITEMS), a_handbook()) == {}


def test_a_conflict_over_two_labels_is_told_once() -> None:
    both = ("priority::1", "severity::1")
    plan = planned(finding(AddLabels(both)), finding(RemoveLabels(both), rule="triage"))
    assert len(plan.conflicts) == 1
    assert plan.actions == ()


def test_several_changes_of_one_item_that_get_on_are_all_planned() -> None:
    changes = (AddLabels(("spike",)), AddLabels(("priority::1",)), Assign(("mara",)), CloseItem(), comment())
    assert len(planned(finding(*changes)).actions) == len(changes)


# --- the noise budget -----------------------------------------------------------------------------------


NIGHT = at("2026-06-02 22:00")


def test_nobody_is_addressed_outside_their_hours() -> None:
    plan = planned(finding(comment()), now=NIGHT)
    assert plan.actions == ()
    assert [(refusal.why, refusal.until) for refusal in plan.refused] == [
        ("@nadia is not at work now", at("2026-06-03 09:00"))
    ]


def test_of_several_those_are_addressed_who_are_at_work() -> None:
    both = finding(comment("hello", "nadia", "ivo"))
    book = a_handbook({"people.ivo": dataclasses.replace(PEOPLE["ivo"], zone="Asia/Tokyo")})
    plan = make_plan([both], a_snapshot(*ITEMS, handbook=book), book)
    (action,) = plan.actions
    assert action.change == comment("hello", "nadia")
    later = a_snapshot(*ITEMS, handbook=book, now=at("2026-06-03 01:00"))
    known = Known(done={action.key: Done(NOW, words_of(action, book), ("nadia",))})
    again = make_plan([both], later, book, known)
    assert again.actions == ()
    for kept in (*plan.refused, *again.refused):
        assert kept.unsaid
        assert kept.action.change == comment("hello", "ivo")
        assert kept.action.key != action.key
        assert kept.why == "others are told of it; for @ivo it stands in their next instead"
    assert len(plan.refused) == len(again.refused) == 1
    everybody = Known(done={action.key: Done(NOW, words_of(action, book), ("nadia", "ivo"))})
    assert make_plan([both], later, book, everybody) == Plan(later.now)


def test_whoever_joins_when_it_is_said_sees_it_in_their_next() -> None:
    (action,) = planned(finding(comment())).actions
    said = Known(done={action.key: Done(NOW, words_of(action, a_handbook()), ("nadia",))})
    plan = planned(finding(comment("hello", "nadia", "mara", "somebody")), known=said)
    assert [one.action.change for one in plan.refused] == [comment("hello", "mara")]


def test_of_several_who_are_all_away_the_first_to_be_back_tells_when() -> None:
    both = finding(comment("hello", "nadia", "ivo"))
    book = a_handbook({"people.ivo": dataclasses.replace(PEOPLE["ivo"], days=())})
    plan = make_plan([both], a_snapshot(*ITEMS, handbook=book, now=NIGHT), book)
    assert [one.until for one in plan.refused] == [at("2026-06-03 09:00")]


def test_a_labels_change_has_no_hours() -> None:
    assert len(planned(finding(AddLabels(("spike",))), now=NIGHT).actions) == 1


def test_who_is_outside_the_team_has_no_hours_that_we_know() -> None:
    assert len(planned(finding(comment("hello", "somebody")), now=NIGHT).actions) == 1


def test_the_teams_group_has_the_teams_hours_and_the_threads_quota_alone() -> None:
    word = finding(comment("hello", "gitlab-org/distribution"))
    told = Sent("a/b#7", ("gitlab-org/distribution",), NOW)
    assert len(planned(word, known=Known(sent=(told,) * 9)).actions) == 1
    assert [one.why for one in planned(word, now=NIGHT).refused] == ["@gitlab-org/distribution is not at work now"]
    assert planned(word, known=Known(sent=(replace(told, subject=REF),) * 2)).actions == ()


def test_a_red_branchs_group_is_called_at_any_hour() -> None:
    call = Comment("call", (), "thank you", "Could you look?", "gitlab-org/distribution")
    assert [action.change for action in planned(finding(call), now=NIGHT).actions] == [call]


def test_a_call_goes_to_those_at_work_else_to_the_group() -> None:
    book = a_handbook({"people.ivo": dataclasses.replace(PEOPLE["ivo"], zone="Asia/Tokyo")})
    call = comment("call", "nadia", "ivo", group="gitlab-org/distribution")
    for now, to, letters in ((NOW, ("nadia",), "@nadia,"), (NIGHT, (), "@gitlab-org/distribution,")):
        plan = make_plan([finding(call)], a_snapshot(*ITEMS, now=now, handbook=book), book)
        (action,) = plan.actions
        assert action.change == replace(call, to=to)
        assert letter(action.change, action.rule, action.clause, book).startswith(letters)
        (kept,) = plan.refused
        assert isinstance(kept.action.change, Comment)
        assert {*kept.action.change.to, *to} == {"nadia", "ivo"}
        assert kept.unsaid


def test_a_call_uses_up_no_quota_of_its_thread_and_waits_for_none() -> None:
    call = comment("call", "mara", group="gitlab-org/distribution")
    calls = (Sent(REF, (), NOW, call=True),) * 3
    assert len(planned(finding(comment()), known=Known(sent=calls)).actions) == 1
    assert len(planned(finding(call), known=Known(sent=(Sent(REF, ("ivo",), NOW),) * 9)).actions) == 1
    heard = (Sent(REF, ("mara",), NOW, call=True),) * 3
    plan = planned(finding(comment("hello", "mara")), known=Known(sent=heard))
    assert [one.why for one in plan.refused] == [
        "@mara has heard from us 3 times in a day: it stands in their next instead"
    ]


def test_a_threads_last_word_does_not_wait_for_its_quota() -> None:
    last = replace(comment("over"), last=True)
    said = (Sent(REF, ("ivo",), NOW),) * 2
    assert len(planned(finding(CloseItem(), last), known=Known(sent=said)).actions) == 2
    assert planned(finding(CloseItem(), comment("over")), known=Known(sent=said)).actions == ()
    assert planned(finding(CloseItem(), last), changes={"acting.noise.per_thread": 0}).actions == ()


def test_the_handbook_may_lift_the_hours() -> None:
    assert len(planned(finding(comment()), now=NIGHT, changes={"acting.noise.office_hours": False}).actions) == 1


def test_somebody_without_an_end_to_their_absence_is_not_addressed() -> None:
    book = a_handbook({"people.nadia": dataclasses.replace(PEOPLE["nadia"], days=())})
    plan = make_plan([finding(comment())], a_snapshot(*ITEMS, handbook=book), book)
    assert [(refusal.why, refusal.unsaid) for refusal in plan.refused] == [
        ("@nadia is away, until nobody knows when", True)
    ]


def test_a_person_hears_from_us_so_often_a_day() -> None:
    before = tuple(Sent(f"{REF}{number}", ("nadia",), NOW - timedelta(hours=number)) for number in range(1, 4))
    plan = planned(finding(comment()), known=Known(sent=before))
    assert [(one.why, one.until) for one in plan.refused] == [
        ("@nadia has heard from us 3 times in a day: it stands in their next instead", NOW + timedelta(hours=21))
    ]
    old = tuple(replace(one, at=one.at - timedelta(days=1)) for one in before)
    assert len(planned(finding(comment()), known=Known(sent=old)).actions) == 1


def test_what_a_plan_says_itself_counts() -> None:
    several = [finding(comment(), subject=item.ref) for item in ITEMS]
    plan = planned(*several)
    assert len(plan.actions) == 3
    assert len(plan.refused) == len(ITEMS) - 3


def test_the_graver_finding_is_said_first() -> None:
    several = [finding(comment(), subject=item.ref) for item in ITEMS[:-1]]
    plan = planned(*several, finding(comment(), subject=ITEMS[-1].ref, severity="breach"))
    assert ITEMS[-1].ref in {action.subject for action in plan.actions}


def test_a_thread_holds_so_many_words_of_ours_a_week() -> None:
    said = tuple(Sent(REF, ("somebody",), NOW - timedelta(days=days)) for days in (1, 3))
    plan = planned(finding(comment("hello", "somebody")), known=Known(sent=said))
    assert [(one.why, one.until) for one in plan.refused] == [
        ("2 comments of ours stand there already this week", NOW + timedelta(days=4))
    ]


def test_a_quota_of_none_says_nothing_ever() -> None:
    quiet, silent = {"acting.noise.per_person": 0}, {"acting.noise.per_thread": 0}
    refused = [
        *planned(finding(comment()), changes=quiet).refused,
        *planned(finding(comment()), changes=silent).refused,
    ]
    assert [(one.why, one.until, one.unsaid) for one in refused] == [
        ("the handbook has no comment of ours address anybody: it stands in their next instead", None, True),
        ("the handbook has no comment of ours made on a thread", None, True),
    ]


def test_an_edit_costs_nothing() -> None:
    (action,) = planned(finding(comment())).actions
    known = Known(done={action.key: Done(NOW, "other words")}, sent=(Sent(REF, ("nadia",), NOW),) * 9)
    assert len(planned(finding(comment()), known=known, now=NIGHT).actions) == 1


def test_what_a_comment_explains_waits_for_it() -> None:
    both = finding(CloseItem(), comment())
    plan = planned(both, finding(AddLabels(("spike",)), code="no-type"), now=NIGHT)
    assert [action.change for action in plan.actions] == [AddLabels(("spike",))]
    assert [(one.action.change, one.until) for one in plan.refused] == [
        (comment(), at("2026-06-03 09:00")),
        (CloseItem(), at("2026-06-03 09:00")),
    ]
    assert plan.refused[1].why == "it waits for the comment that explains it: @nadia is not at work now"
    assert len(planned(both).actions) == 2


def test_what_another_finding_wants_too_does_not_wait() -> None:
    plan = planned(finding(AddLabels(("spike",)), comment()), finding(AddLabels(("spike",)), code="no-type"), now=NIGHT)
    assert [action.change for action in plan.actions] == [AddLabels(("spike",))]


# --- size, order, digest --------------------------------------------------------------------------------


def test_a_plan_that_is_too_large_says_so() -> None:
    several = [finding(AddLabels(("spike",)), subject=item.ref) for item in ITEMS[:4]]
    assert planned(*several).too_large == ""
    few = planned(*several, changes={"acting.most_actions": 3})
    assert few.too_large == "4 actions are more than the 3 that the handbook allows at once"
    share = planned(*several, changes={"acting.most_share": 0.25})
    assert planned(several[0], changes={"acting.most_share": 0.01}).too_large == ""
    assert share.too_large == "it changes 4 of 8 open items, more than the 25% that the handbook allows at once"


def test_a_rollover_is_as_large_as_its_milestone() -> None:
    moved = [finding(SetMilestone("19.2"), subject=item.ref) for item in ITEMS[:4]]
    moves = [replace(one, clause="milestone.rollover") for one in moved]
    assert planned(*moves, changes={"acting.most_actions": 3}).too_large == ""
    others = [finding(AddLabels(("spike",)), subject=item.ref) for item in ITEMS[:3]]
    assert planned(*moves, *others, changes={"acting.most_actions": 3}).too_large == ""
    assert planned(*moves, *others, changes={"acting.most_actions": 2}).too_large.startswith("3 actions are more")
    assert planned(*moves, changes={"acting.most_share": 0.25}).too_large.startswith("it changes 4 of 8 open items")


def test_actions_stand_in_the_handbooks_order_and_by_number() -> None:
    far = "gitlab-org/charts/gitlab#12"
    subjects = (ITEMS[2].ref, far, milestone_subject("19.1"), ITEMS[1].ref)
    unknown = finding(AddLabels(("Unplanned",)), rule="of_no_handbook", subject=ITEMS[0].ref)
    plan = planned(unknown, *(finding(AddLabels(("spike",)), subject=ref) for ref in subjects))
    ordered = [far, ITEMS[1].ref, ITEMS[2].ref, "milestone:19.1", ITEMS[0].ref]
    assert [action.subject for action in plan.actions] == ordered


FINDINGS = st.lists(
    st.builds(
        lambda number, label, severity: finding(AddLabels((label,)), subject=ITEMS[number].ref, severity=severity),
        st.integers(0, 7),
        st.sampled_from(["spike", "Unplanned", "priority::1", "priority::3"]),
        st.sampled_from(["note", "warning", "breach"]),
    ),
    max_size=8,
)
BOOK: Handbook = a_handbook()
SNAPSHOT = a_snapshot(*ITEMS, handbook=BOOK)


@given(FINDINGS.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_the_order_of_findings_does_not_matter(both: tuple[list[Finding], list[Finding]]) -> None:
    one, other = (make_plan(found, SNAPSHOT, BOOK) for found in both)
    assert [action.key for action in one.actions] == [action.key for action in other.actions]
    assert one.digest == other.digest


@given(FINDINGS)
def test_every_key_stands_once_and_nothing_conflicts(found: list[Finding]) -> None:
    plan = make_plan(found, SNAPSHOT, BOOK)
    keys = [action.key for action in plan.actions]
    assert len(keys) == len(set(keys))
    wanted = {(action.subject, action.change) for action in plan.actions}
    for subject, change in wanted:
        assert isinstance(change, AddLabels)
        rivals = {"priority::1": "priority::3", "priority::3": "priority::1"}
        rival = rivals.get(change.labels[0])
        assert rival is None or (subject, AddLabels((rival,))) not in wanted


@given(FINDINGS)
def test_what_is_done_is_not_planned_again(found: list[Finding]) -> None:
    plan = make_plan(found, SNAPSHOT, BOOK)
    known = Known(done={action.key: Done(NOW) for action in plan.actions})
    assert make_plan(found, SNAPSHOT, BOOK, known).actions == ()


def test_the_digest_is_of_the_actions_alone() -> None:
    plan = planned(finding(AddLabels(("spike",))))
    assert replace(plan, at=NOW + timedelta(days=1)).digest == plan.digest
    assert planned(finding(AddLabels(("Unplanned",)))).digest != plan.digest
    assert len(plan.digest) == 16


def test_an_actions_key_is_the_same_for_the_same_effect() -> None:
    def key(action: Action, **changes: object) -> str:
        return replace(action, **changes).key

    (action,) = planned(finding(comment())).actions
    assert key(action, why="Another reason.") == action.key
    assert key(action, change=comment(asks="Other words?")) == action.key
    for changed in ({"rule": "x"}, {"subject": "x"}, {"period": "x"}, {"change": comment("other")}):
        assert key(action, **changed) != action.key
