"""What the jobs do, against a stand-in: together they are a round, and each goes on where another cannot."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace as replace_fields

from bench.handover_faults import BOOK as WEEKLY
from bench.handover_faults import HANDOFF, fill
from handrail.engine.inbox import AT_ONCE
from handrail.engine.jobs import Work, jobs
from handrail.engine.loop import Loop
from handrail.errors import UserError
from handrail.handbook.schema import Handbook
from handrail.handbook.support import Product
from handrail.store.inbox import Headers
from handrail.testing import a_handbook, an_issue
from standin import READ_TOKEN
from tests.engine.applying import ISSUE, Desk, a_desk
from tests.engine.looping import EVERY, Clock
from tests.engine.test_inbox import body_of
from tests.engine.test_run import a_book

BOOK = a_book({"required_labels": "apply"})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path / "store.sqlite") as found:
        yield found


class Team:
    """A loop at a desk, its clock, and a handbook that may be written anew."""

    def __init__(self, desk: Desk, book: Handbook = BOOK, upstream: str = "none", folder: Path = Path()) -> None:
        self.book, self.clock, self.changes, self.did = book, Clock(), list[int](), list[str]()
        self.said = list[str]()
        self.store = desk.store
        work = Work(
            desk.store, desk.connection, self.stated, self.clock, lambda *_: {}, "gitlab-org", upstream, folder,
            did=lambda outcome: self.did.append(outcome.fate),
        )  # fmt: skip
        self.loop = Loop(work, jobs(), said=self.said.append, on_change=lambda: self.changes.append(1))

    def stated(self) -> Handbook:
        if not self.book.rules:
            raise UserError("The handbook has a mistake in line 3.")
        return self.book

    def standing(self, name: str) -> tuple[int, str]:
        found = self.store.jobs.all()[name]
        return found.attempts, found.error


def test_a_sweep_and_an_evaluation_are_a_round(desk: Desk) -> None:
    team = Team(desk)
    assert team.loop.turn("acting")
    assert desk.writes() == [], "nothing is decided before a sweep has come to its end"
    team.clock.go_on(timedelta(minutes=1))
    assert team.loop.turn("reading")
    assert team.loop.turn("acting")
    assert set(team.did) == {"done"}
    assert "group::distribution" in desk.item().labels
    assert len(team.changes) == 2
    assert team.store.jobs.all().keys() == {"sweep", "calendars", "upstream", "evidence", "evaluate"}
    assert {team.standing(name) for name in ("sweep", "calendars", "upstream", "evaluate")} == {(0, "")}
    assert "release_tag in the handbook" in team.standing("evidence")[1], "this GitLab has no tags"
    done = desk.writes()
    team.clock.go_on(EVERY)
    assert [team.loop.turn(lane) for lane in ("at once", "reading", "acting")] == [True, True, True]
    assert desk.writes() == done


def test_what_could_not_be_read_is_left_alone_until_it_can(desk: Desk) -> None:
    team = Team(desk)
    desk.gitlab.fail("status", "GroupWorkItems", times=1, status=404)
    team.loop.turn("reading")
    team.loop.turn("acting")
    attempts, error = team.standing("sweep")
    assert (attempts, "does not have" in error, desk.writes()) == (0, True, [])
    team.clock.go_on(EVERY)
    team.loop.turn("reading")
    team.loop.turn("acting")
    assert (team.standing("sweep"), set(team.did)) == ((0, ""), {"done"})
    assert "group::distribution" in desk.item(ISSUE).labels


def test_a_handbook_with_a_mistake_stops_what_needs_it_until_it_is_mended(desk: Desk) -> None:
    team = Team(desk, replace(BOOK, rules={}))
    for lane in ("at once", "reading", "acting"):
        team.loop.turn(lane)
    assert team.standing("handover") == (1, "The handbook has a mistake in line 3.")
    assert team.standing("sweep") == (1, "The handbook has a mistake in line 3.")
    team.book = BOOK
    team.clock.go_on(timedelta(seconds=30))
    team.loop.turn("reading")
    team.loop.turn("acting")
    assert (team.standing("sweep"), set(team.did)) == ((0, ""), {"done"})


def test_what_was_due_and_could_not_be_done_is_told(desk: Desk) -> None:
    team = Team(desk, a_book({"required_labels": "apply"}, most_actions=3))
    team.loop.turn("reading")
    team.loop.turn("acting")
    assert "more than the handbook allows at once: look at the plan" in team.standing("evaluate")[1]
    team.book = BOOK
    desk.gitlab.fail("status", "/issues/1", method="PUT", times=None, status=403)
    team.clock.go_on(EVERY)
    team.loop.turn("acting")
    missed = team.did.count("failed")
    assert 0 < missed < 9
    assert team.standing("evaluate") == (0, f"{missed} of 9 actions could not be done: see the journal.")


def test_turns_change_on_a_mark_whatever_gitlab_does(desk: Desk) -> None:
    fill(desk.store)
    team = Team(desk, WEEKLY)
    team.clock.now = HANDOFF - timedelta(minutes=2)
    team.loop.turn("at once")
    desk.gitlab.fail("status", times=None, status=500)
    assert team.store.jobs.all()["handover"].due_at == HANDOFF
    team.clock.now = HANDOFF
    assert team.loop.turn("at once")
    assert len(team.store.duty.log(WEEKLY.first_rotation)) == 3
    assert team.changes == [1]


def test_a_sweep_writes_turns_down_before_it_reads(desk: Desk) -> None:
    fill(desk.store)
    team = Team(desk, WEEKLY)
    team.clock.now = HANDOFF
    desk.gitlab.fail("status", times=None, status=500)
    team.loop.turn("reading")
    assert team.standing("sweep")[0] == 1
    assert len(team.store.duty.log(WEEKLY.first_rotation)) == 3


def test_a_webhook_changes_what_is_decided_and_one_that_tells_too_little_wakes_a_sweep(desk: Desk) -> None:
    team = Team(desk)
    for lane in ("at once", "reading", "acting"):
        team.loop.turn(lane)
    done = desk.stored()
    stripped = replace_fields(done, labels=("bug",))
    team.clock.go_on(timedelta(minutes=1))
    for number, item in enumerate((stripped, an_issue(99, "bug"))):
        team.store.inbox.accept(
            json.dumps(body_of(item, 1)).encode(), Headers(idempotency_key=str(number)), team.clock()
        )
    team.loop.wake("inbox")
    assert team.loop.turn("at once")
    assert desk.stored().labels == ("bug",)
    assert {name: team.store.jobs.all()[name].due_at for name in ("sweep", "evaluate")} == dict.fromkeys(
        ("sweep", "evaluate"), team.clock()
    )
    team.store.inbox.accept(json.dumps(body_of(done, 2)).encode(), Headers(idempotency_key="late"), team.clock())
    team.store.inbox.failed(team.store.inbox.due(team.clock(), 1)[0], "a fault of ours", team.clock())
    team.loop.wake("inbox")
    team.loop.turn("at once")
    waits = (0, "1 webhook could not be worked, and will be tried again.")
    assert team.standing("inbox") == waits
    team.loop.wake("inbox")
    team.loop.turn("at once")
    assert team.standing("inbox") == waits, "it is not well again while that waits for its hour"
    team.store.inbox.accept(b"{}", Headers(idempotency_key="odd"), team.clock())
    team.clock.go_on(timedelta(hours=2))
    team.loop.turn("at once")
    assert team.standing("inbox") == (0, "")
    assert team.said[-2:] == ["inbox: 1 webhook not to be worked, set aside", "inbox: all is well again"]


def test_many_webhooks_are_worked_in_parts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handrail.engine.jobs.IN_A_ROW", 1)
    team = Team(desk)
    team.loop.turn("at once")
    hook, now = json.dumps(body_of(desk.stored(), 1)).encode(), team.clock()
    team.store.inbox.accept_all([(hook, Headers(idempotency_key=str(number))) for number in range(AT_ONCE + 1)], now)
    left = []
    for _ in range(2):
        team.loop.wake("inbox")
        team.loop.turn("at once")
        left.append((team.store.inbox.waiting().count, team.store.jobs.all()["inbox"].due_at == now))
    assert left == [(1, True), (0, False)]


def test_what_others_released_is_read_and_decided_on(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "versions.json").write_text('{"pgbouncer": {"versions": {"1.24.0": "2025-01-10"}}}')
    product = Product("dependency", line=2, file="versions.json")
    book = a_handbook({"support.products": {"pgbouncer": product}, "support.ledger": ""}, base=BOOK)
    team = Team(desk, book, "", tmp_path)
    team.loop.turn("reading")
    assert (team.standing("upstream"), team.standing("evidence")) == ((0, ""), (0, ""))
    assert team.store.copies.published("pgbouncer") != []
    (tmp_path / "versions.json").unlink()
    team.clock.go_on(timedelta(days=1))
    team.loop.turn("reading")
    assert "versions.json cannot be read" in team.standing("upstream")[1]


def test_a_token_that_may_not_write_stops_what_acts_and_is_told(tmp_path: Path) -> None:
    with a_desk(tmp_path / "store.sqlite", token=READ_TOKEN) as desk:
        team = Team(desk)
        team.loop.turn("reading")
        team.loop.turn("acting")
        assert team.standing("evaluate") == (0, (
            f"It stopped before its end: {desk.gitlab.url} does not let the token change anything: make one with the "
            "scope api and give it in GITLAB_TOKEN."
        ))  # fmt: skip
