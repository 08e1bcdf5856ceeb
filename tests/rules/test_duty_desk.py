"""What was asked of whoever is on duty, in their queue and on their desk: in the handbook's order, no row twice."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.errors import UserError
from handrail.handbook.schema import Handbook
from handrail.model.asked import Asked, Step, Way
from handrail.model.items import Ask, Item
from handrail.model.people import Away
from handrail.model.planning import Pipeline
from handrail.rules.duty_desk import desk_rows
from handrail.rules.first_steps import first_step
from handrail.rules.work_queue import WorkQueue
from handrail.testing import (
    MILESTONE,
    PEOPLE,
    PROJECT,
    a_handbook,
    a_merge_request,
    a_red_branch,
    a_snapshot,
    an_issue,
    at,
    lines,
)
from tests.rules.worlds import INSTANTS, MEMBERS, NAMES, rotation_issue, worlds

MONDAY, TODAY = at("2026-06-01 10:00"), at("2026-06-02 09:00")
DUE = at("2026-06-03 10:00")
BOOK = a_handbook()
ON_DUTY = rotation_issue("ivo")
WORK = an_issue(50, "priority::1", "Deliverable", milestone=MILESTONE, author="nadia")


def asked(number: int, way: Way, *steps: Step, when: datetime = MONDAY, **more: object) -> Asked:
    facts: dict[str, object] = {"owner": "ivo", "answer_due": DUE} | more
    came = Step(when, "sam", "came", str(facts["owner"]))
    return Asked(f"Request of {way}", way, "sam", when, id=number, steps=(came, *steps), **facts)  # type: ignore[arg-type]


def decided(
    *items: Item, those: tuple[Asked, ...] = (), book: Handbook = BOOK, red: tuple[Pipeline, ...] = ()
) -> WorkQueue:
    return WorkQueue(replace(a_snapshot(*items, handbook=book, pipelines=red), asked=those), book)


def test_each_request_stands_in_the_duty_to_which_its_way_belongs() -> None:
    ways: tuple[Way, ...] = (
        "mention",
        "other",
        "phone",
        "direct message",
        "customer",
        "deployment blocker",
        "incident",
    )
    those = tuple(asked(number, way, when=at(f"2026-06-01 1{number}:00")) for number, way in enumerate(ways, 1))
    queue = decided(WORK, ON_DUTY, an_issue(3), those=(*those, asked(9, "other", stage="done")))
    assert lines(queue.rank("ivo")) == [
        "duty-incidents request 6", "duty-incidents request 7", "duty-customers request 5", "duty-questions request 2",
        "duty-questions request 3", "duty-questions request 4", "duty-triage omnibus-gitlab#3",
        "duty-mentions request 1", "1-pick-up omnibus-gitlab#50",
    ]  # fmt: skip
    assert lines(queue.rank("nadia")) == ["1-pick-up omnibus-gitlab#50"]
    assert queue.rank("ivo")[0].clause == "duty.incidents"
    why = queue.voice("ivo").why(queue.rank("ivo")[0])
    assert why == "@sam asked 22 h ago (deployment blocker, request 6); an answer is due Wed 3 Jun 10:00"


def test_a_request_about_an_item_is_the_items_row() -> None:
    issue = an_issue(2, "customer", "group::distribution", created_at=at("2026-05-20 10:00"))
    about = asked(1, "mention", ref=issue.ref, urgent=True)
    queue = decided(WORK, ON_DUTY, issue, those=(about, asked(2, "phone", ref=issue.ref)))
    assert lines(queue.rank("ivo")) == ["duty-customers omnibus-gitlab#2", "1-pick-up omnibus-gitlab#50"]
    (row, _) = queue.rank("ivo")
    assert row.since == issue.created_at, "it has called for the duty since before it was asked for"
    assert "(phone, request 2)" in queue.voice("ivo").why(row), "of several the first by duty"
    elsewhere = an_issue(4, project="acme/other")
    queue = decided(elsewhere, ON_DUTY, those=(asked(1, "incident", ref=elsewhere.ref, urgent=True),))
    (row,) = queue.rank("ivo")
    assert (row.row, row.since, row.item) == ("duty-incidents", MONDAY, elsewhere)
    assert queue.voice("ivo").why(row).startswith("@sam asked on Mon 1 Jun (urgent incident, request 1); an answer is")
    closed = decided(ON_DUTY, those=(asked(3, "incident", ref=f"{PROJECT}#404"),))
    assert lines(closed.rank("ivo")) == ["duty-incidents request 3"]


def test_what_a_colleague_has_taken_is_theirs_and_off_the_desk() -> None:
    issue = an_issue(2, "customer", "group::distribution")
    queue = decided(ON_DUTY, issue, those=(asked(1, "customer", ref=issue.ref, owner="nadia"),))
    assert lines(queue.rank("nadia")) == ["duty-customers omnibus-gitlab#2"]
    assert [row.entry.item for row in desk_rows(queue, "ivo")] == []
    back = asked(1, "customer", ref=issue.ref, owner="nadia", passing_to="ivo")
    assert lines(decided(ON_DUTY, issue, those=(back,)).rank("ivo")) == ["duty-customers omnibus-gitlab#2"]


def test_what_one_works_on_already_is_not_twice_in_their_queue_and_stays_in_others() -> None:
    free = an_issue(1, "priority::2", "Deliverable", milestone=MILESTONE)
    queue = decided(free, ON_DUTY, those=(asked(1, "customer", ref=free.ref),))
    assert lines(queue.rank("ivo")) == ["duty-customers omnibus-gitlab#1"]
    assert lines(queue.rank("nadia")) == ["5-pick-up omnibus-gitlab#1"]


def test_a_red_default_branch_comes_before_what_is_asked_about_its_incident() -> None:
    incident = an_issue(1, "master:broken")
    those = (asked(1, "incident", ref=incident.ref),)
    red = (a_red_branch(),)
    assert lines(decided(incident, ON_DUTY, those=those, red=red).rank("ivo")) == [
        "red-default-branch omnibus-gitlab#1",
    ]  # fmt: skip
    taken = an_issue(1, "master:broken", assignees=("nadia",))
    queue = decided(taken, ON_DUTY, those=those, red=red)
    assert lines(queue.rank("ivo")) == ["duty-incidents omnibus-gitlab#1"]
    assert lines(queue.rank("nadia")) == ["red-default-branch omnibus-gitlab#1"]
    assert [row.entry.row for row in desk_rows(queue, "nadia")] == []


def test_it_is_its_owners_whoever_is_on_duty_until_it_is_taken() -> None:
    passed = asked(1, "customer", Step(TODAY, "mara", "handed over", "ivo"), owner="mara", passing_to="ivo")
    queue = decided(ON_DUTY, those=(passed,))
    assert lines(queue.rank("mara")) == lines(queue.rank("ivo")) == ["duty-customers request 1"]
    assert queue.voice("ivo").why(queue.rank("ivo")[0]).endswith("Mara hands it over to you: take it, and it is yours")
    assert queue.voice("mara").why(queue.rank("mara")[0]).endswith("handed over to Ivo, who has not taken it yet")
    answered = asked(2, "customer", Step(TODAY, "mara", "took"), owner="mara")
    (row,) = decided(ON_DUTY, those=(answered,)).rank("mara")
    assert row.reasons[0].due is None


@pytest.mark.parametrize("owner", ["", "somebody-who-left"])
def test_what_has_nobody_is_whoevers_is_on_duty(owner: str) -> None:
    assert lines(decided(ON_DUTY, those=(asked(1, "other", owner=owner),)).rank("ivo")) == ["duty-questions request 1"]
    alone = decided(those=(asked(1, "other", owner=owner),))
    for name in ("ivo", "nadia"):
        (row,) = alone.rank(name)
        assert alone.voice(name).why(row).endswith("; nobody has it: whoever is first available takes it")
    assert alone.rank("erin") == []


AWAY = (Away(date(2026, 6, 2), date(2026, 6, 3)),)


def with_away(*names: str) -> Handbook:
    people = {name: replace(one, away=AWAY if name in names else ()) for name, one in PEOPLE.items()}
    return a_handbook({"people": people})


def test_what_cannot_wait_is_for_whoever_is_there_while_its_owner_is_away() -> None:
    issue = an_issue(50, "priority::1", "Deliverable", milestone=MILESTONE)
    those = (asked(1, "phone", urgent=True), asked(2, "incident", urgent=True, ref=issue.ref), asked(3, "phone"))
    queue = decided(ON_DUTY, issue, those=those, book=with_away("ivo", "mara"))
    assert lines(queue.rank("nadia")) == ["duty-incidents omnibus-gitlab#50", "duty-questions request 1"]
    assert queue.voice("nadia").why(queue.rank("nadia")[1]) == (
        "@sam asked on Mon 1 Jun (urgent phone, request 1); an answer is due Wed 3 Jun 10:00; "
        "Ivo is away until Thu 4 Jun: whoever is first available takes it"
    )
    assert lines(queue.rank("ivo")) == [*lines(queue.rank("nadia")), "duty-questions request 3"], "and is told all"
    assert [lines(queue.rank(name)) for name in ("mara", "erin")] == [["1-pick-up omnibus-gitlab#50"], []]
    there = decided(ON_DUTY, those=those)
    assert there.rank("nadia") == []


def test_whoever_is_on_duty_comes_first_and_managers_last_of_those_who_can_take_it() -> None:
    marass = (asked(1, "phone", Step(MONDAY, "mara", "took"), urgent=True, owner="mara"),)
    queue = decided(ON_DUTY, those=marass, book=with_away("mara"))
    assert [name for name in MEMBERS if queue.rank(name)] == ["mara", "ivo"]
    given = (asked(1, "phone", Step(MONDAY, "ivo", "handed over", "timo"), urgent=True, passing_to="timo"),)
    queue = decided(ON_DUTY, those=given, book=with_away("ivo"))
    assert [name for name in MEMBERS if queue.rank(name)] == ["ivo", "timo"], "he is there, and only has to take it"
    nobody = decided(those=(asked(1, "other", owner=""),), book=with_away("ivo", "nadia", "mara", "timo"))
    assert [name for name in MEMBERS if nobody.rank(name)] == ["erin", "paul"]


def test_ways_that_no_duty_names_belong_to_the_last_one() -> None:
    duties = tuple(replace(one, ways=()) for one in BOOK.rotation.duties)
    few = a_handbook({"rotations.dri.duties": duties})
    assert lines(decided(ON_DUTY, those=(asked(1, "phone"),), book=few).rank("ivo")) == ["duty-mentions request 1"]
    none = a_handbook({"rotations.dri.duties": ()})
    queue = decided(ON_DUTY, WORK, those=(asked(1, "phone"),), book=none)
    assert lines(queue.rank("ivo")) == ["requests request 1", "1-pick-up omnibus-gitlab#50"]
    assert [(row.duty, row.source) for row in desk_rows(queue, "ivo")] == [("requests", "phone")]


def test_what_was_asked_by_name_is_a_mention_on_the_desk() -> None:
    issue = an_issue(7, "type::bug", milestone="Backlog", asks=(Ask("lena", "nadia", MONDAY), Ask("sam", "ivo", TODAY)))
    (row,) = desk_rows(decided(issue, ON_DUTY), "ivo")
    assert (row.entry.row, row.entry.since, row.source, row.waits) == ("duty-mentions", MONDAY, "asked by name", "lena")
    own = an_issue(7, "type::bug", milestone="Backlog", asks=(Ask("sam", "ivo", at("2026-06-02 13:55")),))
    (row,) = desk_rows(decided(own, ON_DUTY), "ivo")
    assert row.waits == "sam", "what the one on duty is asked waits for nobody else first"


def test_the_desk_is_one_list_with_age_source_and_who_waits() -> None:
    queue = decided(
        WORK,
        ON_DUTY,
        an_issue(1, "incident", "group::distribution", author="lena"),
        an_issue(2, author="ivo"),
        an_issue(3, "type::bug", milestone="Backlog", mentioned_since=MONDAY, mentioned_by="thea"),
        a_merge_request(4, "workflow::ready for review", "priority::3", author="gitlab-bot"),
        those=(asked(1, "channel message"),),
        red=(a_red_branch("acme/other"),),
    )
    voice = queue.voice("")
    said = [(row.entry.item.ref.rpartition("/")[2], row.said(voice)) for row in desk_rows(queue, "ivo")]
    due = "an answer is due Wed 3 Jun 10:00"
    assert said == [
        ("omnibus-gitlab#1", "incidents escalated from production (~incident); @lena waits"),
        ("request 1", f"questions in the team's channel (channel message, request 1); @sam waits; {due}"),
        ("omnibus-gitlab#2", "issues that nobody has triaged (new issue)"),
        ("omnibus-gitlab#3", "mentions of the team's group (mention); @thea waits"),
        ("omnibus-gitlab#50", "ordinary work, if time is left (pick up); Nadia waits"),
        ("omnibus-gitlab!4", "ordinary work, if time is left (pick up for review)"),
    ]  # fmt: skip


def test_a_request_is_taken_by_its_own_command() -> None:
    queue = decided(ON_DUTY, those=(asked(7, "phone"),))
    with pytest.raises(UserError, match="request 7 is no item on GitLab: take it as a request"):
        first_step(queue.rank("ivo")[0], "ivo", queue.desk)


@st.composite
def requests(draw: st.DrawFn) -> tuple[Asked, ...]:
    """Some requests, about items of a world, about others or about none."""
    owners, refs = st.sampled_from((*NAMES, "")), st.sampled_from(("", f"{PROJECT}#1", f"{PROJECT}!2", f"{PROJECT}#99"))
    ways = st.sampled_from([way for duty in BOOK.rotation.duties for way in duty.ways])
    return tuple(
        asked(number, draw(ways), when=draw(INSTANTS), owner=draw(owners), passing_to=draw(owners), ref=draw(refs))
        for number in range(1, draw(st.integers(1, 5)))
    )


@given(worlds(), requests())
def test_no_request_is_lost_and_no_row_comes_twice(told: tuple[Item, ...], those: tuple[Asked, ...]) -> None:
    queue = decided(*told, those=those)
    holder = queue.on_duty.holder if queue.on_duty else ""
    rows = {name: [entry.item.ref for entry in queue.rank(name)] for name in MEMBERS}
    for refs in rows.values():
        assert len(refs) == len(set(refs))
    for one in those:
        about = one.ref if one.ref in queue.snapshot.by_ref else f"request {one.id}"
        for whose in {one.owner if one.owner in MEMBERS else holder, one.passing_to} & {*MEMBERS}:
            assert about in rows[whose]
            (row,) = [entry for entry in queue.rank(whose) if entry.item.ref == about]
            assert row.level == 0
        assert any(about in those for those in rows.values()), "it is in somebody’s queue"
