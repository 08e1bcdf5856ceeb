"""What is asked on GitLab is kept once, on both databases, whoever looks at once, and follows what is said there."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

from handrail.duty.asked import answer_due
from handrail.engine.assemble import assemble
from handrail.engine.evaluate import evaluate
from handrail.engine.handover import on_time
from handrail.engine.intake import take_in
from handrail.model.asked import Asked
from handrail.model.derive import derived
from handrail.model.duty import Began, WentAway
from handrail.model.history import Deed, Event
from handrail.model.items import Item
from handrail.model.plans import Done, Known
from handrail.model.reading import Page, Read
from handrail.rules.duty_requests import words_of
from handrail.store.database import Store
from handrail.testing import NOW, PROJECT, a_handbook, an_issue
from handrail.worktime.public_holidays import public_holidays
from tests.store.conftest import store, where  # noqa: F401  # on SQLite and on PostgreSQL

BOOK = a_handbook()
OPENED = datetime(2026, 6, 2, 8, tzinfo=UTC)
INCIDENT = an_issue(1, "incident", title="503", author="sam", created_at=OPENED)
QUESTION = an_issue(2, title="Which Redis?", author="sam", created_at=OPENED)


def event(hours: float, by: str, did: Deed, value: str = "", *, bot: bool = False) -> Event:
    return Event(OPENED + timedelta(hours=hours), by, did, value, bot)


MENTION = event(1, "ada", "mentioned", "gitlab-org/distribution")


def on_duty(store: Store) -> None:  # noqa: F811
    store.duty.append("dri", OPENED - timedelta(days=2), "erin", lambda _: [Began(date(2026, 6, 1), ("ivo", "nadia"))])


def read(store: Store, item: Item, *events: Event) -> None:  # noqa: F811
    """As a reading would write it, later than what was written before."""
    at = max([OPENED, *(one.at for one in events)])
    one = Read(derived(item, events), events, at)
    store.write_page(Page(PROJECT, "issues", (one,), None, at))


def look(store: Store, known: Known | None = None) -> Sequence[Asked]:  # noqa: F811
    """What is kept once it was looked for; a snapshot made afterwards has the same."""
    snapshot = assemble(store.facts(NOW), BOOK, None, public_holidays, closed=True)
    seen = take_in(store, snapshot, BOOK, known or Known()).asked
    assert seen == tuple(store.asked.all(over=True))
    return seen


def did(one: Asked) -> list[tuple[str, str, str]]:
    return [(step.did, step.by, step.whom) for step in one.steps]


def test_what_is_asked_is_kept_once_with_who_was_on_duty(store: Store) -> None:  # noqa: F811
    on_duty(store)
    read(store, INCIDENT, event(0, "sam", "label_added", "incident"))
    read(store, QUESTION, event(1, "ada", "commented"), MENTION)
    read(store, an_issue(3, BOOK.labels.red_branch, "incident", created_at=OPENED))
    read(store, an_issue(4, "bug", created_at=OPENED))
    first = look(store)
    assert [(one.way, one.asked_by, one.owner, one.ref, one.urgent) for one in first] == [
        ("incident", "sam", "ivo", INCIDENT.ref, True), ("mention", "ada", "ivo", QUESTION.ref, False),
    ]  # fmt: skip
    assert [(one.id, one.asked_at, one.answer_due) for one in first] == [
        (1, OPENED, OPENED + timedelta(hours=2)), (2, MENTION.at, MENTION.at + timedelta(hours=8)),
    ]  # fmt: skip
    assert look(store) == first


def test_without_a_log_nobody_knows_whose_it_is(store: Store) -> None:  # noqa: F811
    read(store, INCIDENT)
    assert look(store) == ()


def test_two_who_look_at_once_take_it_in_once(where: str) -> None:  # noqa: F811
    with Store.open(where) as store:  # noqa: F811
        on_duty(store)
        read(store, INCIDENT)
        read(store, QUESTION, event(1, "ada", "commented"), MENTION)
        snapshot = assemble(store.facts(NOW), BOOK, None, public_holidays, closed=True)
    ready, seen = Barrier(2), list[int]()

    def run() -> None:
        with Store.open(where) as own:
            ready.wait()
            seen.append(len(take_in(own, snapshot, BOOK, Known()).asked))

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [0, 2]
    with Store.open(where) as store:
        assert len(store.asked.all(over=True)) == 2


def test_commands_are_followed_once_each_however_often_they_are_read(store: Store) -> None:  # noqa: F811
    on_duty(store)
    said = [
        event(0.5, "nadia", "commented"), event(0.5, "nadia", "commanded", "take"),
        event(1, "ada", "commented"), MENTION,
        event(2, "ivo", "commented"), event(2, "ivo", "commanded", "ask @mara about Redis"),
        event(2, "sam", "commanded", "take"), event(2, "ivo", "commanded", "hand over to @nobody"),
        event(3, "ivo", "commanded", "hand over to @Nadia"),
    ]  # fmt: skip
    read(store, QUESTION, *said[:4])
    (one,) = look(store)
    assert did(one) == [("came", "ada", "ivo")], "what was said before it came is not about it"
    read(store, QUESTION, *said)
    (one,) = look(store)
    steps = [("came", "ada", "ivo"), ("asked", "ivo", "mara"), ("handed over", "ivo", "nadia")]
    assert (did(one), one.owner, one.passing_to) == (steps, "ivo", "nadia")
    assert one.steps[1].note == "about Redis"
    assert look(store) == (one,)
    more = [*said, event(4, "nadia", "commanded", "take"), event(5, "nadia", "commanded", "done because it is 7.2")]
    read(store, QUESTION, *more)
    (one,) = look(store)
    assert did(one) == [*steps, ("acknowledged", "nadia", ""), ("done", "nadia", "")]
    assert one.steps[-1].note == "it is 7.2"
    assert look(store) == (one,)


def test_commands_count_at_once_for_what_is_new(store: Store) -> None:  # noqa: F811
    on_duty(store)
    read(store, QUESTION, MENTION, event(2, "mara", "commanded", "not for us because Geo owns it"))
    (one,) = look(store)
    assert (one.stage, did(one)[1:]) == ("declined", [("declined", "mara", "")])


def test_a_mention_is_kept_though_another_outsider_wrote_or_it_was_taken_between_two_looks(
    store: Store,  # noqa: F811
) -> None:
    on_duty(store)
    read(store, QUESTION, MENTION, event(1.1, "kim", "commented"))
    took = event(1.5, "ivo", "commented"), event(1.5, "ivo", "commanded", "hand over to @nadia")
    read(store, an_issue(3, title="503", author="sam", created_at=OPENED), MENTION, *took)
    read(store, an_issue(4, title="504", author="sam", created_at=OPENED), MENTION, event(1.5, "ivo", "commented"))
    snapshot = take_in(store, assemble(store.facts(NOW), BOOK, None, public_holidays, closed=True), BOOK, Known())
    assert [(one.ref, one.asked_at, one.passing_to) for one in snapshot.asked] == [
        (QUESTION.ref, MENTION.at, ""), (f"{PROJECT}#3", MENTION.at, "nadia"),
    ]  # fmt: skip
    assert not [one for one in evaluate(snapshot, BOOK).findings if one.rule == "commands"]


def test_what_is_taken_in_after_its_shift_passes_at_once_and_is_due_in_the_new_owners_hours(
    store: Store,  # noqa: F811
) -> None:
    on_duty(store)
    store.duty.append("dri", OPENED, "erin", lambda _: [WentAway("ivo", date(2026, 6, 8), date(2026, 6, 19))])
    friday = event(80, "ada", "mentioned", "gitlab-org/distribution")
    read(store, QUESTION, friday)
    snapshot = assemble(store.facts(friday.at), BOOK, None, public_holidays, closed=True)
    (one,) = take_in(store, snapshot, BOOK, Known()).asked
    assert (one.owner, one.answer_due) == ("ivo", datetime(2026, 6, 22, 16, tzinfo=UTC))
    handoff = datetime(2026, 6, 8, 9, tzinfo=UTC)
    read(store, INCIDENT)
    snapshot = assemble(store.facts(handoff), BOOK, None, public_holidays, closed=True)
    new = take_in(store, snapshot, BOOK, Known()).asked[1]
    assert did(new)[1:] == [("passed", "", "nadia")]
    assert new.answer_due == OPENED + timedelta(hours=2), "never later than it was"
    on_time(store, BOOK, handoff, public_holidays)
    snapshot = assemble(store.facts(handoff), BOOK, None, public_holidays, closed=True)
    one = take_in(store, snapshot, BOOK, Known()).asked[0]
    assert (one.owner, one.answer_due) == ("nadia", handoff + timedelta(hours=8))


def test_what_comes_to_somebody_who_is_away_is_due_in_the_teams_hours(store: Store) -> None:  # noqa: F811
    on_duty(store)
    store.duty.append("dri", OPENED, "erin", lambda _: [WentAway("ivo", date(2026, 6, 2), date(2026, 6, 19))])
    calendars = assemble(store.facts(NOW), BOOK, None, public_holidays).calendars
    due = answer_due("ivo", MENTION.at, calendars, BOOK.rotation.answers, urgent=False)
    assert due == calendars[""].after(MENTION.at, 8 * 3600) < OPENED + timedelta(days=2)


def test_an_answer_and_the_end_of_the_item_are_seen(store: Store) -> None:  # noqa: F811
    on_duty(store)
    read(store, INCIDENT)
    look(store)
    word, end = event(1, "ivo", "commented"), event(2, "nadia", "closed")
    read(store, INCIDENT, word)
    (one,) = look(store)
    assert did(one)[1:] == [("answered", "ivo", "")]
    ended = an_issue(1, "incident", title="503", author="sam", created_at=OPENED, state="closed", closed_at=end.at)
    read(store, ended, word, end)
    (one,) = look(store)
    assert did(one)[1:] == [("answered", "ivo", ""), ("done", "nadia", "")]
    read(store, INCIDENT, word, end, event(3, "nadia", "reopened"))
    assert look(store) == (one,), "its label came before it was done"


def test_what_was_said_to_people_is_a_step(store: Store) -> None:  # noqa: F811
    on_duty(store)
    read(store, INCIDENT)
    (one,) = look(store)
    at = OPENED + timedelta(hours=3)
    known = Known(done={key: Done(at) for key in words_of(one).values()})
    (told,) = look(store, known)
    assert did(told)[1:] == [("told", "", ""), ("chased", "", "")]
    assert look(store, known) == (told,)
