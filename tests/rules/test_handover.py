"""A duty's handover on GitLab: the issue of the shift, what is still active, and what each request's issue says."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from handrail.duty.handover import closed, commented, kept, passed, received
from handrail.duty.handover import told as spoken
from handrail.engine.assemble import assemble
from handrail.handbook.rotations import Rotation
from handrail.handbook.schema import Handbook
from handrail.model.actions import Assign, CloseItem, Comment, CreateItem, LinkItems, Unassign
from handrail.model.asked import Asked, Step, after
from handrail.model.duty import Began, Covered, Happened, LogEntry, TurnBegan
from handrail.model.facts import Team
from handrail.model.findings import Finding
from handrail.model.items import Item
from handrail.model.people import Away, Person
from handrail.model.snapshot import Snapshot
from handrail.plan.planner import make_plan
from handrail.testing import PEOPLE, PROJECT, Told, a_handbook, a_merge_request, an_epic, an_issue, at, check_rule, told

MON = at("2026-06-01 09:00")
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
FRIDAY, MONDAY = at("2026-06-05 10:00"), at("2026-06-08 10:00")
BOOK = a_handbook()
TASKS = BOOK.rotation.project
REQUEST = f"{PROJECT}#11"


def a_log(*more: Happened, order: tuple[str, ...] = ("ivo", "nadia", "mara")) -> tuple[LogEntry, ...]:
    """Ivo's week from Monday, then Nadia's, then Mara's."""
    happened = (Began(MON.date(), order), TurnBegan(MON, order[0]), *more)
    return tuple(LogEntry(number, MON - WEEK, "", what) for number, what in enumerate(happened, 1))


def a_shift(day: str = "2026-06-01", number: int = 1, **more: object) -> Item:
    title = BOOK.rotation.title.format(start=day)
    return an_issue(number, project=TASKS, title=title, **{"assignees": ("ivo",), **more})  # type: ignore[arg-type]


def asked(ref: str = REQUEST, number: int = 1, owner: str = "ivo") -> Asked:
    when = MON + DAY
    one = Asked("The mirror answers 503", "customer", "sam", when, ref=ref, id=number)
    return after(one, Step(when, "sam", "came", owner))


def world(
    *items: Item,
    requests: Iterable[Asked] = (),
    log: tuple[LogEntry, ...] | None = None,
    now: object = MONDAY,
    book: Handbook = BOOK,
    others: dict[str, tuple[LogEntry, ...]] | None = None,
) -> Snapshot:
    logs = {BOOK.first_rotation: a_log() if log is None else log, **(others or {})}
    team = Team(now, duty={name: entries for name, entries in logs.items() if entries}, asked=tuple(requests))  # type: ignore[arg-type]
    return assemble(Told(tuple((item, ()) for item in items), team), book, closed=True)


def found(*items: Item, book: Handbook = BOOK, **more: object) -> list[Finding]:
    return check_rule("handover", world(*items, book=book, **more), book)  # type: ignore[arg-type]


def changes(one: Finding) -> list[object]:
    return [remedy.change for remedy in one.remedies]


def said(one: Finding) -> Comment:
    (comment,) = [change for change in changes(one) if isinstance(change, Comment)]
    return comment


# --- the shift's issue -----------------------------------------------------------------------------------


def test_the_old_issue_is_closed_and_the_next_one_opened_and_assigned_in_one_finding() -> None:
    (one,) = found(a_shift())
    assert (one.code, one.subject, one.who, one.period) == ("next-shift", TASKS, ("nadia",), "2026-06-08")
    assert one.says == (
        "Nadia is on duty for the shift from Mon 8 Jun 09:00, and “Distribution DRI rotation week of 2026-06-01” is "
        "open and its own issue is not there."
    )
    close, create = one.remedies
    assert (close.change, close.subject) == (CloseItem(), f"{TASKS}#1")
    change = create.change
    assert isinstance(change, CreateItem)
    assert (change.title, change.assignees, change.template) == (
        "Distribution DRI rotation week of 2026-06-08",
        ("nadia",),
        "Distribution-DRI",
    )
    assert change.topic == "dri-2026-06-08"
    assert "Thank you for taking this week's interruptions" in change.description


def test_the_plan_closes_rotates_and_opens_in_the_pages_order() -> None:
    snapshot = world(a_shift())
    made = make_plan(check_rule("handover", snapshot), snapshot, BOOK)
    assert [(action.kind, action.subject) for action in made.actions] == [
        ("close_item", f"{TASKS}#1"),
        ("create_item", TASKS),
    ]
    create = made.actions[1].change
    assert isinstance(create, CreateItem)
    assert {"group::distribution", "type::ignore"} <= {*create.labels}


def test_what_somebody_did_by_hand_is_not_done_again() -> None:
    assert found(a_shift(state="closed", closed_at=MONDAY), a_shift("2026-06-08", 2, assignees=("nadia",))) == []
    (one,) = found(a_shift(), a_shift("2026-06-08", 2, assignees=("nadia",)))
    assert (one.clause, [remedy.subject for remedy in one.remedies]) == ("handover.close", [f"{TASKS}#1"])
    (one,) = found(a_shift("2026-06-08", 2, assignees=()))
    assert changes(one) == [Assign(("nadia",))]
    assert found(a_shift("2026-06-08", 2, state="closed", closed_at=MONDAY, assignees=())) == []


def test_after_weeks_without_a_handover_one_issue_is_opened_for_whoever_is_on_duty() -> None:
    (one,) = found(a_shift(), now=MONDAY + 2 * WEEK)
    assert [type(change) for change in changes(one)] == [CloseItem, CreateItem]
    assert changes(one)[1].title == "Distribution DRI rotation week of 2026-06-22"  # type: ignore[attr-defined]
    assert one.who == ("ivo",)


def test_who_stands_in_for_the_whole_shift_is_assigned() -> None:
    log = a_log(Covered("mara", MON + WEEK, MON + 2 * WEEK))
    (one,) = found(a_shift(), log=log)
    assert changes(one)[1].assignees == ("mara",)  # type: ignore[attr-defined]


def test_the_shifts_issue_is_that_of_somebody_who_has_some_of_the_shift() -> None:
    there = a_shift("2026-06-08", 2, assignees=("nadia",))
    whole = a_log(Covered("mara", MON + WEEK, MON + 2 * WEEK))
    (one,) = found(there, log=whole)
    assert changes(one) == [Unassign(("nadia",)), Assign(("mara",))]
    assert "its own issue is Nadia’s" in one.says
    assert found(there, log=a_log(Covered("mara", MON + WEEK, MON + WEEK + DAY))) == []


def test_a_rotation_that_is_not_kept_here_or_has_not_begun_has_no_handover() -> None:
    assert found(a_shift(), log=()) == []
    assert found(a_shift(), now=MON - DAY) == []


def test_where_its_issues_are_not_read_none_is_opened() -> None:
    book = a_handbook({"rotations.dri.project": "gitlab-org/elsewhere"})
    (one,) = found(book=book)
    assert (one.code, one.remedies, one.who) == ("unread", (), ("erin", "paul"))
    assert "gitlab-org/elsewhere, which is not read" in one.says


def test_each_rotation_that_is_kept_here_has_its_own_issues() -> None:
    release = Rotation("Release duty", "Release duty from {start}", project=PROJECT)
    book = a_handbook({"rotations": {**BOOK.rotations, "release": release}})
    silent = a_handbook({"rotations": {**BOOK.rotations, "release": Rotation("Release duty")}})
    others = {"release": a_log(order=("mara", "ivo"))}
    there = a_shift("2026-06-08", 2, assignees=("nadia",))
    (one,) = found(there, an_issue(3, project=TASKS), book=book, others=others)
    (create,) = changes(one)
    assert isinstance(create, CreateItem)
    assert (one.subject, create.title, create.assignees) == (PROJECT, "Release duty from 2026-06-08", ("ivo",))
    assert found(there, book=silent, others=others) == []
    assert create.description == "The issue of whoever is Release duty from 2026-06-08 on."


def test_where_nobody_is_available_nothing_is_closed_or_opened() -> None:
    off = (Away(date(2026, 6, 8), date(2026, 6, 14)),)
    gone = {**PEOPLE} | {name: Person(name.title(), away=off) for name in ("ivo", "nadia", "mara")}
    book = a_handbook(people=gone)
    assert found(a_shift(), requests=[asked()], book=book, now=FRIDAY) == []
    assert found(a_shift(), requests=[asked()], book=book) == []


def test_to_somebody_who_has_left_the_team_nothing_is_assigned() -> None:
    assert found(a_shift(), log=a_log(TurnBegan(MON + WEEK, "gone"))) == []


# --- requests --------------------------------------------------------------------------------------------


def test_a_day_before_what_is_still_active_is_named_with_what_was_decided() -> None:
    requests = (
        asked(),
        commented(asked("", 2), "ivo", "nadia", FRIDAY - timedelta(hours=1), "waits for logs"),
        kept(asked("", 3), "ivo", FRIDAY - timedelta(hours=1), "half of it is done"),
        received(spoken(asked("", 4), "ivo", "nadia", FRIDAY - timedelta(hours=1), "all of it"), "nadia", FRIDAY),
        closed(asked("", 5), "ivo", FRIDAY - timedelta(hours=1), "made room", f"{PROJECT}#12"),
    )
    (one,) = found(a_shift(), requests=requests, now=FRIDAY)
    assert (one.code, one.who, one.subject) == ("draft", ("ivo", "nadia"), f"{TASKS}#1")
    assert one.says == "Ivo hands over to Nadia on Mon 8 Jun 09:00; 5 active, 1 undecided."
    asks = said(one).asks
    assert "- 1 · The mirror answers 503 (gitlab-org/omnibus-gitlab#11): not decided yet, passes to Nadia" in asks
    assert "- 2 · The mirror answers 503: handed over to Nadia: waits for logs" in asks
    assert "- 3 · The mirror answers 503: Ivo goes on with it: half of it is done" in asks
    assert "- 4 · The mirror answers 503: passed on in a conversation: all of it; Nadia has seen it" in asks
    assert "- 5 · The mirror answers 503: closed: made room; goes on in gitlab-org/omnibus-gitlab#12" in asks
    assert "hand it to the next DRI in a comment" in asks
    assert found(a_shift(), requests=requests, now=at("2026-06-04 16:00")) == []
    assert found(a_shift(), now=FRIDAY) == []


def test_a_draft_without_anything_undecided_asks_for_nothing_and_names_when_people_can_speak() -> None:
    off = {**PEOPLE} | {"nadia": Person("Nadia", away=(Away(date(2026, 6, 8), date(2026, 6, 8)),))}
    (one,) = found(
        a_shift(),
        requests=[kept(asked(""), "ivo", FRIDAY - timedelta(hours=1), "half of it is done")],
        now=FRIDAY,
        book=a_handbook(people=off),
    )
    assert "handover decide" not in said(one).asks
    assert "Nadia is at work from Tue 9 Jun 09:00 on" in said(one).asks


def test_who_comes_on_duty_sees_the_same_until_they_acknowledge_it() -> None:
    there = a_shift("2026-06-08", 2, assignees=("nadia",))
    one = passed(asked(""), "nadia", MONDAY)
    (received_,) = found(there, requests=[one])
    assert (received_.code, received_.subject, said(received_).to) == ("received", f"{TASKS}#2", ("nadia",))
    assert "- 1 · The mirror answers 503: passed to Nadia with the turn" in said(received_).asks
    assert found(there, requests=[received(one, "nadia", MONDAY)]) == []
    assert found(there, requests=[one], now=MONDAY + DAY)[0].remedies == received_.remedies, "its words do not move"


@pytest.mark.parametrize("did", ["passed", "handed over"])
def test_the_requests_own_issue_says_who_has_it(did: str) -> None:
    item, there = an_issue(11), a_shift("2026-06-08", 2, assignees=("nadia",))
    one = (
        passed(asked(), "nadia", MONDAY)
        if did == "passed"
        else commented(asked(), "ivo", "nadia", FRIDAY, "wait\nfor it")
    )
    says = [each for each in found(item, there, requests=[one]) if each.code == "handed-over"]
    (comment,) = [said(each) for each in says]
    assert (comment.to, comment.last) == (("nadia",), True), "it is said however much was said there"
    assert "Ivo" in comment.asks
    assert "Nadia" in comment.asks
    assert ("> wait for it" in comment.asks) == (did == "handed over")
    over = after(one, Step(MONDAY, "nadia", "done", note="answered"))
    assert found(item, there, requests=[over]) == []
    late = [each.code for each in found(item, there, requests=[one], now=MONDAY + 15 * DAY)]
    assert "handed-over" not in late
    assert told(each for each in found(there, requests=[one]) if each.code == "handed-over") == []


def test_what_was_written_for_the_next_goes_to_whoever_has_the_turn_in_the_end() -> None:
    log = a_log(Covered("mara", MON + WEEK, MON + 2 * WEEK))
    there = a_shift("2026-06-08", 2, assignees=("mara",))
    one = passed(commented(asked(), "ivo", "nadia", FRIDAY, "logs on\nMonday"), "mara", MONDAY)
    (moved,) = [each for each in found(an_issue(11), there, requests=[one], log=log) if each.code == "handed-over"]
    assert said(moved).to == ("mara",)
    assert said(moved).asks == (
        "With the change of duty “The mirror answers 503” passes from Ivo to Mara.\n\n> logs on Monday"
    )
    (received_,) = [each for each in found(an_issue(11), there, requests=[one], log=log) if each.code == "received"]
    assert "The mirror answers 503 (gitlab-org/omnibus-gitlab#11): handed over to Mara: logs on" in said(received_).asks
    later = passed(commented(asked(), "ivo", "nadia", FRIDAY, "logs"), "mara", MON + 2 * WEEK)
    (told_,) = [
        each for each in found(a_shift("2026-06-15"), requests=[later], now=MON + 2 * WEEK) if each.code == "received"
    ]
    assert "passed to Mara with the turn: logs" in said(told_).asks, "though a turn went by in between"


def test_of_what_passed_there_and_back_only_the_last_is_said() -> None:
    there = passed(asked(), "nadia", MONDAY)
    back = passed(there, "ivo", MONDAY + DAY)
    issue = an_issue(11, assignees=("sam",))
    (one,) = [each for each in found(issue, requests=[back], now=MONDAY + 2 * DAY) if each.code == "handed-over"]
    assert one.says.endswith("passes from Nadia to Ivo.")
    mine = after(there, Step(MONDAY + DAY, "mara", "took"))
    assert "handed-over" not in {each.code for each in found(issue, requests=[mine], now=MONDAY + 2 * DAY)}


def test_of_what_passes_to_nobody_its_issue_says_nothing() -> None:
    left = passed(asked(owner="lena"), "", MON + 2 * DAY)
    assert [one.code for one in found(an_issue(11), a_shift(), requests=[left], now=FRIDAY)] == []


def test_what_was_nobodys_and_what_has_no_note_is_said_in_one_sentence() -> None:
    there = a_shift("2026-06-08", 2, assignees=("nadia",))
    nobodys = passed(asked(owner=""), "nadia", MONDAY)
    bare = commented(asked(f"{PROJECT}#12", 2), "ivo", "nadia", FRIDAY, "")
    found_ = found(an_issue(11), an_issue(12), there, requests=[nobodys, bare])
    assert [said(one).asks for one in found_ if one.code == "handed-over"] == [
        "With the change of duty “The mirror answers 503” passes from nobody to Nadia.",
        "Ivo hands “The mirror answers 503” over to Nadia.",
    ]


def test_a_closed_request_gets_its_follow_up_then_its_comment_link_and_close() -> None:
    there = a_shift("2026-06-08", 2, assignees=("nadia",))
    one = closed(asked(), "ivo", FRIDAY, "made room", "Mirror it twice")
    (to_open,) = found(an_issue(11), there, requests=[one])
    (create,) = changes(to_open)
    assert isinstance(create, CreateItem)
    assert (to_open.code, to_open.subject, create.title) == ("follow-up", PROJECT, "Mirror it twice")
    assert create.description == (
        f"It follows from {REQUEST}: The mirror answers 503.\n\nWhat was done so far: made room"
    )
    (to_close,) = found(an_issue(11), an_issue(12, title="Mirror it twice"), there, requests=[one])
    assert (to_close.code, to_close.subject) == ("closed", REQUEST)
    assert [type(change) for change in changes(to_close)] == [LinkItems, Comment, CloseItem]
    assert changes(to_close)[0] == LinkItems(f"{PROJECT}#12")
    assert said(to_close).asks.startswith("What was done: made room")
    assert said(to_close).last
    assert found(an_issue(12, title="Mirror it twice"), there, requests=[one]) == [], "its own issue is closed"


def test_a_follow_up_by_reference_is_linked_once_and_without_an_issue_it_is_opened_where_the_rotation_is() -> None:
    there = a_shift("2026-06-08", 2, assignees=("nadia",))
    one = closed(asked(), "ivo", FRIDAY, "made room", f"{PROJECT}#12")
    (linked,) = found(an_issue(11, related=(f"{PROJECT}#12",)), there, requests=[one])
    assert [type(change) for change in changes(linked)] == [Comment, CloseItem]
    (away,) = found(an_issue(11, author="mara"), there, requests=[one], now=at("2026-06-08 22:00"))
    assert away.remedies == (), "who asked is not at work"
    bare = closed(asked(""), "ivo", FRIDAY, "made room", "Mirror it twice")
    (to_open,) = found(there, requests=[bare])
    assert (to_open.subject, changes(to_open)[0].description.splitlines()[0]) == (  # type: ignore[attr-defined]
        TASKS,
        "It follows from: The mirror answers 503.",
    )
    epic = closed(asked("gitlab-org&5"), "ivo", FRIDAY, "made room", "Mirror it twice")
    assert [each.subject for each in found(there, an_epic(5), requests=[epic])] == [TASKS]
    review = closed(asked(f"{PROJECT}!3"), "ivo", FRIDAY, "made room", f"{PROJECT}#12")
    assert found(there, a_merge_request(3), requests=[review]) == []


def test_a_title_with_a_number_is_a_title_and_what_has_that_of_its_own_issue_is_another() -> None:
    there = a_shift("2026-06-08", 2, assignees=("nadia",))
    same = an_issue(11, title="Fix #5")
    (to_open,) = found(same, there, requests=[closed(asked(), "ivo", FRIDAY, "made room", "Fix #5")])
    assert [(each.title, each.confidential) for each in changes(to_open)] == [("Fix #5", False)]  # type: ignore[attr-defined]


def test_what_is_confidential_is_named_nowhere_but_on_itself() -> None:
    secret, there = an_issue(11, confidential=True), a_shift("2026-06-08", 2, assignees=("nadia",))
    one = passed(asked(), "nadia", MONDAY)
    (on_board,) = [said(each) for each in found(secret, there, requests=[one]) if each.code == "received"]
    assert "- 1 · confidential: `handrail request show 1`" in on_board.asks
    assert "mirror" not in on_board.asks
    (to_open,) = found(secret, there, requests=[closed(asked(), "ivo", FRIDAY, "made room", "Mirror it twice")])
    assert [each.confidential for each in changes(to_open)] == [True]  # type: ignore[attr-defined]


def test_what_is_left_is_asked_for_until_it_is_done_and_nothing_is_closed_that_is_asked_anew() -> None:
    there = a_shift("2026-06-08", 2, assignees=("nadia",))
    one = closed(asked(), "ivo", MONDAY, "made room", "Mirror it twice")
    for days, codes in [(15, ["follow-up"]), (40, ["follow-up"]), (41, [])]:
        late = found(an_issue(11), there, requests=[one], now=MONDAY + days * DAY)
        assert [each.code for each in late if each.subject != TASKS] == codes
    twice = an_issue(12, title="Mirror it twice")
    anew = found(an_issue(11), twice, there, requests=[one, asked(number=2)])
    assert "closed" not in {each.code for each in anew}
    assert "closed" in {each.code for each in found(an_issue(11), twice, there, requests=[one])}
