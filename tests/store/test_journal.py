"""The journal: one unfinished row a key, whose hands it is in, and what a planner learns of it."""

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy.exc import IntegrityError

from handrail.model.actions import Action, AddLabels, Assign, Change, Comment, CreateItem, EditDescription
from handrail.model.journal import Record, Shape
from handrail.model.plans import Done, Known, Sent
from handrail.store.database import Store
from handrail.store.journal import ABANDONED, LEASE
from handrail.store.tables import journal
from handrail.testing import NOW

REF = "gitlab-org/omnibus-gitlab#1"
SPIKE = AddLabels(("spike",))
LATER = NOW + LEASE + timedelta(seconds=1)


def an_action(change: Change = SPIKE, subject: str = REF, period: str = "") -> Action:
    return Action("required_labels", "labels.team", subject, change, "It lacks it.", period=period)


def hello(*to: str, asks: str = "Could you look?") -> Action:
    return an_action(Comment("hello", to or ("nadia",), "thank you", asks))


def approved(store: Store, *actions: Action, words: str = "", now: datetime = NOW) -> list[Record]:
    return store.journal.approve([(action, words) for action in actions], "digest", "erin", now)


def sent(store: Store, action: Action, words: str = "", *, run: str = "a", now: datetime = NOW) -> int:
    (record,) = approved(store, action, words=words, now=now)
    assert store.journal.claim([record.id], run, now)
    assert store.journal.send(record.id, run, now, action, words, Shape(labels=()), Shape(labels=("spike",)))
    return record.id


def test_an_action_goes_from_proposed_to_confirmed(store: Store) -> None:
    action = an_action()
    (proposed,) = store.journal.propose([(action, "")], "first", NOW)
    assert (proposed.state, proposed.plan, proposed.approver) == ("proposed", "first", "")
    assert store.journal.claim([proposed.id], "a", NOW) == {}
    (record,) = approved(store, action)
    assert (record.id, record.state, record.plan, record.approver) == (proposed.id, "approved", "digest", "erin")
    number = sent(store, action)
    under_way = store.journal.record(number)
    assert under_way is not None
    assert (under_way.state, under_way.attempts, under_way.sent_at) == ("sent", 1, NOW)
    assert (under_way.before, under_way.after) == (Shape(labels=()), Shape(labels=("spike",)))
    store.journal.confirm(number, NOW)
    done = store.journal.record(number)
    assert done is not None
    assert (done.state, done.ended_at, done.lease_until, done.action) == ("confirmed", NOW, None, action)
    assert store.journal.records(REF) == [done] == store.journal.records()
    assert store.journal.records("acme/app#1") == [] == store.journal.records(most=0)
    assert store.journal.record(404) is None
    assert store.journal.known(NOW) == Known({action.key: Done(NOW)}, dict.fromkeys(action.effects, NOW))


def test_the_past_knows_only_what_had_been_done_by_then(store: Store) -> None:
    action, words = an_action(), hello()
    for number in (sent(store, action), sent(store, words, "1")):
        store.journal.confirm(number, NOW, words="1")
    before = NOW - timedelta(days=1)
    assert store.journal.known(before, before) == Known()
    assert store.journal.known(before).done.keys() == {action.key, words.key}
    then = store.journal.known(NOW, NOW)
    assert then == store.journal.known(NOW)
    assert (len(then.done), len(then.sent)) == (2, 1)


def test_what_is_no_longer_wanted_waits_for_no_yes(store: Store) -> None:
    wanted, unwanted, agreed = (an_action(period=name) for name in ("one", "two", "three"))
    store.journal.propose([(action, "") for action in (wanted, unwanted, agreed)], "first", NOW)
    approved(store, agreed)
    store.journal.withdraw({wanted.key}, NOW)
    assert [record.action for record in store.journal.proposed()] == [wanted]
    states = {record.action.period: (record.state, record.why) for record in store.journal.records()}
    assert (states["two"], states["three"]) == (("skipped", "it is no longer needed"), ("approved", ""))


def test_what_a_run_did_not_come_to_waits_for_another_yes(store: Store) -> None:
    names = ("begun", "held", "left")
    begun, held, left = approved(store, *(an_action(period=name, subject=f"acme/app#{name}") for name in names))
    store.journal.claim([begun.id], "a", NOW)
    store.journal.put_back(begun.id, "sent", "nobody knows")
    store.journal.claim([held.id], "b", NOW)
    store.journal.release("a", [begun.id, held.id, left.id])
    states = {one.action.period: (one.state, one.approver) for one in store.journal.records()}
    assert states == {"begun": ("sent", "erin"), "held": ("approved", "erin"), "left": ("proposed", "")}


def test_what_was_approved_and_forgotten_is_let_go_of(store: Store) -> None:
    wanted, unwanted = an_action(period="one"), an_action(period="two")
    approved(store, wanted, unwanted)
    soon, later = NOW + ABANDONED - timedelta(seconds=1), NOW + ABANDONED
    store.journal.propose([(wanted, "")], "second", soon)
    store.journal.withdraw({wanted.key}, soon)
    assert [one.state for one in store.journal.records()] == ["approved", "approved"]
    store.journal.propose([(wanted, "")], "second", later)
    store.journal.withdraw({wanted.key}, later)
    states = {one.action.period: (one.state, one.approver) for one in store.journal.records()}
    assert states == {"one": ("proposed", ""), "two": ("skipped", "erin")}


def test_what_gitlab_refused_rests_and_its_attempts_are_counted(store: Store) -> None:
    first = sent(store, an_action())
    store.journal.fail(first, NOW, "no", LATER)
    assert store.journal.resting(NOW) == {an_action().key}
    assert store.journal.resting(LATER) == set()
    (again,) = approved(store, an_action(), now=LATER)
    assert (again.id != first, again.attempts) == (True, 1)


def test_what_waits_comes_the_oldest_first_and_a_newer_plan_takes_it_over(store: Store) -> None:
    assert store.journal.proposed() == []
    first, second = hello(), an_action()
    store.journal.propose([(first, "one")], "first", NOW)
    store.journal.propose([(second, ""), (hello(asks="And now?"), "two")], "second", LATER)
    told = [(one.action, one.plan, one.words, one.approver) for one in store.journal.proposed()]
    assert told == [(hello(asks="And now?"), "second", "two", ""), (second, "second", "", "")]


def test_what_was_let_go_of_may_wait_again(store: Store) -> None:
    (before,) = store.journal.propose([(an_action(), "")], "first", NOW)
    store.journal.withdraw((), LATER)
    gone = store.journal.record(before.id)
    assert gone is not None
    assert (gone.state, gone.ended_at, store.journal.proposed()) == ("skipped", LATER, [])
    (again,) = store.journal.propose([(an_action(), "")], "second", LATER)
    assert again.id > before.id
    assert store.journal.proposed() == [again]


def test_proposing_takes_back_no_yes_and_nothing_that_is_done(store: Store) -> None:
    (agreed,) = approved(store, an_action())
    done = sent(store, hello(), "one")
    store.journal.confirm(done, NOW, "7", "one")
    same = store.journal.propose([(an_action(), ""), (hello(), "one")], "second", NOW)
    assert [(one.id, one.state, one.approver) for one in same] == [
        (agreed.id, "approved", "erin"),
        (done, "confirmed", "erin"),
    ]
    store.journal.withdraw((), NOW)
    assert [one.state for one in store.journal.records()] == ["confirmed", "approved"]


def test_letting_go_of_a_great_deal_at_once(store: Store) -> None:
    actions = [an_action(subject=f"acme/app#{number}") for number in range(1_100)]
    store.journal.propose([(action, "") for action in actions], "first", NOW)
    store.journal.withdraw({actions[7].key}, NOW)
    assert [record.action for record in store.journal.proposed()] == [actions[7]]


def test_what_is_done_is_not_entered_again_but_a_comment_with_other_words_is(store: Store) -> None:
    for action, words in ((an_action(), ""), (hello(), "one")):
        number = sent(store, action, words)
        store.journal.confirm(number, NOW, "7", words)
        assert [record.id for record in approved(store, action, words=words)] == [number]
    (again,) = approved(store, hello(asks="And now?"), words="two")
    assert (again.state, again.words) == ("approved", "two")


def test_a_description_is_edited_to_and_fro(store: Store) -> None:
    action = an_action(EditDescription("held", "held", "due"))
    for number, words in enumerate(("held", "due", "held"), 1):
        (record,) = approved(store, action, words=words)
        assert (record.id, record.state) == (number, "approved")
        store.journal.confirm(record.id, NOW, "", words)
        assert approved(store, action, words=words)[0].state == "confirmed"
    assert store.journal.known(NOW) == Known({action.key: Done(NOW, "held")})


@pytest.mark.parametrize("end", ["skip", "fail"])
def test_what_was_left_out_or_refused_may_come_again(store: Store, end: str) -> None:
    number = sent(store, an_action())
    getattr(store.journal, end)(number, NOW, "it has ~spike already")
    record = store.journal.record(number)
    assert record is not None
    assert record.why == "it has ~spike already"
    (again,) = approved(store, an_action())
    assert (again.state, again.id > number) == ("approved", True)
    assert [one.id for one in store.journal.records()] == [again.id, number]


def test_a_key_has_one_row_that_is_not_finished(store: Store) -> None:
    approved(store, an_action())
    same: dict[str, object] = dict.fromkeys(("state", "plan", "rule", "subject", "approver", "words", "made"), "")
    same |= {"key": an_action().key, "action": "{}", "attempts": 0, "why": "", "run": "", "proposed_at": NOW}
    with store._writing() as connection:
        connection.execute(journal.insert(), {**same, "state": "confirmed"})
    with pytest.raises(IntegrityError), store._writing() as connection:
        connection.execute(journal.insert(), {**same, "state": "sent"})


def test_one_run_has_an_action_in_hand_until_its_lease_ends(store: Store) -> None:
    number = sent(store, an_action(), run="a")
    other = approved(store, an_action(AddLabels(("bug",))))[0].id
    assert store.journal.claim([number, other], "b", NOW) == {}  # the subject is in a's hands
    assert store.journal.unresolved(NOW) == []
    assert [record.id for record in store.journal.unresolved(LATER)] == [number]
    (taken, second) = store.journal.claim([number, other], "b", LATER).values()
    assert (taken.state, taken.attempts, second.state) == ("sent", 1, "approved")
    assert not store.journal.send(number, "a", LATER, an_action(), "", Shape(), Shape())
    store.journal.release("b")
    assert [*store.journal.claim([number, other], "a", LATER)] == [number, other]


def test_what_never_reached_gitlab_is_put_back_and_may_have_to_wait(store: Store) -> None:
    number = sent(store, an_action())
    store.journal.put_back(number, "approved", "GitLab cannot be reached", NOW + timedelta(minutes=1))
    record = store.journal.record(number)
    assert record is not None
    assert (record.state, record.why) == ("approved", "GitLab cannot be reached")
    assert store.journal.claim([number], "b", NOW) == {}
    assert [*store.journal.claim([number], "b", NOW + timedelta(minutes=1))] == [number]


def test_a_newer_plan_takes_over_what_is_not_in_hand(store: Store) -> None:
    (record,) = approved(store, hello(), words="one")
    (again,) = store.journal.approve([(hello(asks="And now?"), "two")], "second", "paul", NOW)
    assert (again.id, again.plan, again.approver, again.words) == (record.id, "second", "paul", "two")
    assert again.action == hello(asks="And now?")
    store.journal.claim([record.id], "a", NOW)
    (same,) = approved(store, hello(), words="one")
    assert (same.plan, same.words) == ("second", "two")


def test_of_two_runs_at_once_one_has_it(store: Store) -> None:
    actions = [an_action(subject=f"acme/app#{number}") for number in range(1, 9)]
    numbers = [record.id for record in approved(store, *actions)]
    ready, taken = Barrier(2), dict[str, set[int]]()

    def take(run: str) -> None:
        ready.wait()
        mine = set[int]()
        for number in numbers:
            mine |= store.journal.claim([number], run, NOW).keys()
        taken[run] = mine

    threads = [Thread(target=take, args=(run,)) for run in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken["a"] | taken["b"] == {*numbers}
    assert not taken["a"] & taken["b"]


def test_a_planner_knows_whom_we_told_of_what_this_week(store: Store) -> None:
    week = timedelta(days=7)
    old = an_action(Comment("old", ("ivo",), "thank you", "Look?"))
    store.journal.confirm(sent(store, old, "old", now=NOW - week), NOW - week, "1", "old")
    store.journal.confirm(sent(store, hello(), "one"), NOW, "2", "one")
    edited = sent(store, hello(asks="And now?"), "two", now=NOW + timedelta(hours=1))  # tells nobody
    store.journal.confirm(edited, NOW, "2", "two")
    sent(store, an_action(Comment("lost", ("mara",), "thank you", "Look?")), "lost", now=NOW + timedelta(hours=2))
    sent(store, an_action(Comment("call", (), "thank you", "Who?", "acme/team")), "call", now=NOW + timedelta(hours=2))
    known = store.journal.known(NOW + timedelta(hours=2))
    assert known.sent == (
        Sent(REF, ("nadia",), NOW),
        Sent(REF, ("mara",), NOW + timedelta(hours=2)),
        Sent(REF, (), NOW + timedelta(hours=2), call=True),
    )
    assert known.done == {old.key: Done(NOW - week, "old", ("ivo",)), hello().key: Done(NOW, "two", ("nadia",))}


def test_a_planner_knows_whom_a_comment_called_ever(store: Store) -> None:
    for number, who in enumerate(("nadia", "mara", "nadia")):
        action = hello(who, asks=f"And now {number}?")
        store.journal.confirm(sent(store, action, str(number)), NOW, "2", str(number))
    assert store.journal.known(NOW).done == {hello().key: Done(NOW, "2", ("nadia", "mara"))}


def test_a_planner_knows_what_we_opened_an_issue_with(store: Store) -> None:
    opened = an_action(CreateItem("next", "Next", "To do.", ("bug", "spike"), ("nadia",)), subject="acme/app")
    store.journal.confirm(sent(store, opened), NOW, "acme/app#7")
    born = [an_action(change, subject="acme/app#7") for change in (AddLabels(("spike", "bug")), Assign(("nadia",)))]
    assert store.journal.known(NOW).effects == {effect: NOW for action in born for effect in action.effects}


def test_many_actions_are_entered_at_once(store: Store) -> None:
    actions = [an_action(subject=f"acme/app#{number}") for number in range(1_100)]
    assert [record.action.subject for record in approved(store, *actions)] == [action.subject for action in actions]
