from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from time import sleep

import pytest
from msgspec.structs import replace
from sqlalchemy import event

from handrail.demo import NOW as DEMO_NOW
from handrail.demo import DemoTeam
from handrail.engine.assemble import assemble
from handrail.errors import UserError
from handrail.model.derive import derived
from handrail.model.history import Event
from handrail.model.items import Issue, Item, Section, Version
from handrail.model.planning import Milestone, Pipeline, Project
from handrail.model.reading import Account, Page, Read, Surroundings, Told
from handrail.store.connection import InTurn
from handrail.store.database import Store
from handrail.store.rounds import Progress
from handrail.testing import NOW, a_handbook, a_merge_request, a_red_branch, a_reviewer, an_epic, an_issue, at
from tests.store.demo_pages import pages, reads

OMNIBUS, LABELLED = "gitlab-org/omnibus-gitlab", "gitlab-org~group::build"
EARLIER, LATER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


def a_page(*told: Item | Read, source: str = OMNIBUS, cursor: str | None = None, until: datetime = EARLIER) -> Page:
    found = tuple(one if isinstance(one, Read) else Read(one, (), NOW) for one in told)
    return Page(source, "issues", found, cursor, until)


def stored(store: Store) -> dict[str, Item]:
    return {item.ref: item for item, _ in store.facts(LATER).items(histories=False, closed=True)}


def test_what_was_written_is_what_commands_read(store: Store) -> None:
    written = reads(300)
    for page in pages(written):
        store.write_page(page)
    facts = store.facts(DEMO_NOW)
    whole = {read.item.ref: (read.item, read.events) for read in written}
    bare = {ref: (item, ()) for ref, (item, _) in whole.items()}
    opened = {ref for ref, (item, _) in whole.items() if item.state == "opened"}
    assert 0 < len(opened) < len(whole)
    for histories, expected in ((True, whole), (False, bare)):
        found = [*facts.items(histories=histories, closed=True)]
        assert {item.ref: (item, events) for item, events in found} == expected
        assert len(found) == len(expected)
        found = [*facts.items(histories=histories, closed=False)]
        assert {item.ref: (item, events) for item, events in found} == {ref: expected[ref] for ref in opened}
    ref = max(whole, key=lambda ref: len(whole[ref][1]))
    assert facts.history(ref) == whole[ref][1]
    unknown = [f"gitlab-org/omnibus-gitlab#{number}" for number in range(10_000, 11_000)]
    assert facts.histories([unknown[0], ref, *unknown[1:]]) == {ref: whole[ref][1], **dict.fromkeys(unknown, ())}


def test_a_store_is_of_one_gitlab(store: Store) -> None:
    with pytest.raises(UserError, match="does not say which GitLab it was read from: run “handrail sync” once more"):
        store.check_origin("one.example.com")
    store.read_from("mistyped.example.com")
    store.read_from("one.example.com")  # nothing was read of the other
    store.write_page(a_page(an_issue(1)))
    store.read_from("one.example.com")
    store.check_origin("one.example.com")
    for checked in (store.read_from, store.check_origin):
        with pytest.raises(UserError, match=r"was read from one\.example\.com, and this is two\.example\.com: say"):
            checked("two.example.com")
    assert store.origin == "one.example.com"


@pytest.mark.parametrize("moment", [None, DEMO_NOW - timedelta(days=60)])
def test_decisions_from_the_store_are_those_from_the_source(store: Store, moment: datetime | None) -> None:
    team = DemoTeam(300, 14)
    handbook = a_handbook(people=team.team().people)
    for page in pages(reads(300)):
        store.write_page(page)
    from_store = assemble(store.facts(DEMO_NOW), handbook, moment)
    from_source = assemble(team, handbook, moment)
    assert from_store.by_ref == from_source.by_ref
    assert from_store.by_ref


def test_items_come_in_the_order_in_which_they_changed(store: Store) -> None:
    old, new = Read(an_issue(2), (), EARLIER), Read(an_issue(1), (), NOW)
    store.write_page(a_page(new, old))
    assert [item.iid for item, _ in store.facts(NOW).items(histories=False, closed=False)] == [2, 1]


def test_a_page_beats_what_is_as_old_as_itself_and_not_what_is_newer(store: Store) -> None:
    store.write_page(a_page(an_issue(1, title="first")))
    store.write_page(a_page(an_issue(1, title="corrected")))
    store.write_page(a_page(Read(an_issue(1, title="stale"), (Event(EARLIER, "mara", "commented"),), EARLIER)))
    assert [item.title for item in stored(store).values()] == ["corrected"]
    assert store.facts(NOW).history(f"{OMNIBUS}#1") == ()


def test_the_checkboxes_that_a_description_had_before_are_kept(store: Store) -> None:
    def read(minute: int, *sections: Section, kind: Callable[..., Item] = an_issue, complete: bool = True) -> Item:
        when = NOW + timedelta(minutes=minute)
        told = Read(kind(1, sections=sections), (Event(when, "mara", "commented"),), when, complete)
        store.write_page(a_page(told, until=when))
        return stored(store)[told.item.ref]

    prose, three = Section("", 9), Section("success criteria", 7, 0, 3, ("a", "b", "c"))
    two = replace(three, total=2, unticked=("a", "b"))
    assert read(0, prose).versions == read(1, prose, two).versions == ()
    assert read(2, prose, replace(two, done=1, words=8, unticked=("a",))).versions == ()
    grown = Version(NOW + timedelta(minutes=3), (Section(""), Section("success criteria", total=2)))
    assert read(3, prose, three, complete=False).versions == (grown,)
    assert read(3, prose, three).versions == (grown,)
    assert read(2, prose, two).versions == (grown,), "what is older is not taken"
    store.replace_history(f"{OMNIBUS}#1", ())
    shrunk = Version(NOW + timedelta(minutes=4), (Section(""), Section("success criteria", total=3)))
    assert read(4).versions == (grown, shrunk)
    assert read(5, two).versions == (grown, shrunk)
    for minute, section in enumerate((two, three)):
        assert read(minute, section, kind=a_merge_request).versions == ()
    read(0, two, kind=an_epic)
    assert len(read(1, three, kind=an_epic).versions) == 1


def test_a_moment_told_in_whole_seconds_is_not_older_than_the_same_told_finer(store: Store) -> None:
    store.write_page(a_page(Read(an_issue(1, title="by REST"), (), NOW.replace(microsecond=734_000))))
    store.write_page(a_page(Read(an_issue(1, title="by GraphQL"), (), NOW)))
    assert stored(store)[f"{OMNIBUS}#1"].title == "by GraphQL"


def test_of_an_item_twice_on_a_page_the_newer_counts(store: Store) -> None:
    store.write_page(a_page(an_issue(1, title="new"), Read(an_issue(1, title="old"), (), EARLIER), an_epic(1)))
    assert stored(store)[f"{OMNIBUS}#1"].title == "new"
    assert len(stored(store)) == 2


def test_an_open_item_concerns_its_people_and_a_closed_one_nobody(store: Store) -> None:
    review = a_merge_request(1, author="ivo", assignees=("mara",), reviewers=(a_reviewer("nadia"),))
    store.write_page(a_page(review, an_issue(2, author="nadia")))
    assert store.concerning("nadia") == {review.ref, f"{OMNIBUS}#2"}
    assert store.concerning("mara") == store.concerning("ivo") == {review.ref}
    store.write_page(a_page(replace(review, state="merged", closed_at=NOW)))
    assert store.concerning("mara") == set()
    assert store.concerning("nadia") == {f"{OMNIBUS}#2"}


def test_an_item_that_is_read_by_itself_goes_where_its_sources_are(store: Store) -> None:
    store.write_page(a_page(an_issue(1, title="old")))
    store.write_page(a_page(an_issue(1, title="old"), source="acme"))
    store.write_page(a_page(source=LABELLED))
    known, new = Read(an_issue(1, title="new"), (), LATER), Read(an_issue(2, "group::build"), (), LATER)
    elsewhere = Read(an_issue(3, project="acme-corp/app"), (), LATER)
    progress = store.progress(OMNIBUS, "issues")
    store.write_again([known, new, elsewhere], LATER)
    assert stored(store) == {read.item.ref: read.item for read in (known, new)}
    assert store.open_refs(OMNIBUS) == {known.item.ref, new.item.ref}
    assert (store.open_refs("acme"), store.open_refs(LABELLED)) == ({known.item.ref}, {new.item.ref})
    assert store.progress(OMNIBUS, "issues") == progress


def test_progress_goes_through_rounds(store: Store) -> None:
    assert store.progress(OMNIBUS, "issues") == Progress()
    store.write_page(a_page(an_issue(1), cursor="one", until=EARLIER))
    assert store.progress(OMNIBUS, "issues") == Progress("one", EARLIER, None)
    assert store.known_since() == {}
    store.write_page(a_page(an_issue(2), cursor=None, until=EARLIER))
    assert store.progress(OMNIBUS, "issues") == Progress(None, None, EARLIER)
    store.write_page(a_page(an_issue(3), cursor="two", until=NOW))
    assert store.progress(OMNIBUS, "issues") == Progress("two", NOW, EARLIER)
    store.write_page(a_page(cursor=None, until=NOW))
    assert store.progress(OMNIBUS, "issues") == Progress(None, None, NOW)
    assert store.progress(OMNIBUS, "merge_requests") == Progress()
    assert store.known_since() == {OMNIBUS: EARLIER}
    assert store.sources() == {OMNIBUS}


def test_a_source_is_known_once_all_its_kinds_are(store: Store) -> None:
    store.write_page(a_page(until=EARLIER))
    store.write_page(replace(a_page(until=NOW, cursor="on"), kind="merge_requests"))
    assert store.known_since() == {}
    store.write_page(replace(a_page(until=NOW), kind="merge_requests"))
    assert store.known_since() == {OMNIBUS: NOW}


def test_budget_no_transaction_writes_more_than_25_items(store: Store) -> None:
    sizes: list[int] = []
    event.listen(store._engine, "commit", lambda _: sizes.append(len(stored_refs)))
    stored_refs: set[str] = set()

    def _note(_c: object, _u: object, statement: str, parameters: object, *_rest: object) -> None:
        if statement.startswith("INSERT INTO items"):
            assert isinstance(parameters, list | tuple | dict)
            stored_refs.update(str(value) for value in _flat(parameters) if str(value).startswith(f"{OMNIBUS}#"))

    event.listen(store._engine, "before_cursor_execute", _note)
    store.write_page(a_page(*(an_issue(number) for number in range(1, 251)), cursor="on"))
    assert sizes == [*range(25, 251, 25)]
    assert len(stored(store)) == 250


def _flat(parameters: object) -> list[object]:
    if isinstance(parameters, dict):
        return [*parameters.values()]
    if isinstance(parameters, list | tuple):
        return [value for one in parameters for value in _flat(one)]
    return [parameters]


def test_writers_of_a_process_write_in_the_order_in_which_they_asked() -> None:
    turns, done = InTurn(), list[int]()

    def write(number: int) -> None:
        with turns:
            done.append(number)

    writers = [Thread(target=write, args=(number,)) for number in range(20)]
    with turns:
        for number, writer in enumerate(writers, 1):
            writer.start()
            while len(turns._waiting) < number:
                sleep(0.001)
        assert done == []
    for writer in writers:
        writer.join()
    assert done == [*range(20)]
    with turns:
        assert not turns._waiting


def test_readers_do_not_wait_for_a_writer(store: Store) -> None:
    store.write_page(a_page(an_issue(1, title="before")))
    with store._writing() as connection:
        connection.exec_driver_sql("UPDATE items SET state = 'closed'")
        (item,) = stored(store).values()
        assert item.title == "before"
        assert store.open_refs(OMNIBUS) == {item.ref}


def test_two_readings_and_webhooks_may_write_at_once(where: str, store: Store) -> None:
    issues = [an_issue(number, author="mara") for number in range(1, 41)]
    failed: list[BaseException] = []

    def _write(order: list[Issue], source: str) -> None:
        try:
            with Store.open(where) as own:
                for minute in range(5):
                    moment = NOW + timedelta(minutes=minute)
                    own.write_page(a_page(*(Read(issue, (), moment) for issue in order), source=source))
                    own.add_provisional(Told(order[minute].ref, (Event(LATER, source, "commented"),)))
        except BaseException as error:  # noqa: BLE001  # a thread's own failures would go unseen
            failed.append(error)

    threads = [
        Thread(target=_write, args=(issues, OMNIBUS)),
        Thread(target=_write, args=(issues[::-1], LABELLED)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert store.open_refs(OMNIBUS) == store.open_refs(LABELLED) == {issue.ref for issue in issues}
    assert {event.by for event in store.facts(NOW).history(issues[0].ref)} == {OMNIBUS}
    assert {event.by for event in store.facts(NOW).history(issues[-1].ref)} == {LABELLED}


def test_an_item_that_no_source_gives_any_more_is_forgotten(store: Store) -> None:
    one, two, three = an_issue(1), an_issue(2), an_issue(3)
    store.write_page(a_page(one, two, three))
    store.write_page(a_page(two, source=LABELLED))
    store.write_page(a_page(replace(three, state="closed", closed_at=NOW)))
    assert store.open_refs(OMNIBUS) == {one.ref, two.ref}
    assert store.forget(OMNIBUS, [one.ref, two.ref, "gitlab-org/never#1"], "moved", NOW) == [one.ref]
    assert store.open_refs(OMNIBUS) == set()
    assert store.open_refs(LABELLED) == {two.ref}
    assert set(stored(store)) == {two.ref, three.ref}
    assert store.forgotten(one.ref) == ("moved", NOW)
    assert store.forgotten(two.ref) is None
    store.write_page(a_page(one))
    assert store.forgotten(one.ref) is None
    assert set(stored(store)) == {one.ref, two.ref, three.ref}


def test_a_source_that_is_no_longer_read_goes_with_what_it_alone_gave(store: Store) -> None:
    store.write_page(a_page(*(an_issue(number) for number in range(1, 151))))
    store.write_page(a_page(an_issue(150), source=LABELLED))
    store.write_surroundings(Surroundings(OMNIBUS, NOW, projects=(Project(OMNIBUS),)))
    assert len(store.forget_source(OMNIBUS, NOW)) == 149
    assert [*stored(store)] == [f"{OMNIBUS}#150"]
    assert store.sources() == {LABELLED}
    assert store.progress(OMNIBUS, "issues") == Progress()
    assert store.facts(NOW).team().projects == ()


def test_surroundings_of_all_sources_make_the_team(store: Store) -> None:
    milestone = Milestone("19.1", at("2026-05-15 00:00").date(), at("2026-06-18 00:00").date())
    red = a_red_branch()
    here = Surroundings(OMNIBUS, EARLIER, (Account("nadia", "Nadia"),), (Project(OMNIBUS),), (milestone,), (red,))
    there = Surroundings(
        LABELLED, NOW, (Account("nadia", "Nadia N."), Account("bot", "Bot", bot=True)), (), (milestone,)
    )
    store.write_surroundings(replace(here, projects=(Project("gitlab-org/gone"),)))
    store.write_surroundings(here)
    store.write_surroundings(there)
    facts = store.facts(LATER)
    team = facts.team()
    assert team.now == LATER
    assert dict(team.people) == {}
    assert team.projects == (Project(OMNIBUS),)
    assert team.milestones == (milestone,)
    assert team.pipelines == (Pipeline(OMNIBUS, 1, "failed", NOW),)
    assert facts.accounts() == {"nadia": Account("nadia", "Nadia N."), "bot": Account("bot", "Bot", bot=True)}


def test_instants_are_in_utc_whatever_zone_they_were_told_in(store: Store) -> None:
    store.write_page(a_page(until=at("2026-06-02 09:00", "Asia/Kathmandu")))
    after = store.progress(OMNIBUS, "issues").updated_after
    assert after == datetime(2026, 6, 2, 3, 15, tzinfo=UTC)
    assert after.tzinfo is UTC


def test_an_item_is_stored_with_what_follows_from_its_history(store: Store) -> None:
    events = (Event(EARLIER, "mara", "label_added", "priority::1"),)
    issue = an_issue(1, "priority::1")
    store.write_page(a_page(Read(derived(issue, events), events, NOW)))
    assert stored(store)[issue.ref].label_since == {"priority::1": EARLIER}


def test_the_epics_of_a_group_are_stored_too(store: Store) -> None:
    store.write_page(a_page(an_epic(7), source="gitlab-org"))
    assert [*stored(store)] == ["gitlab-org&7"]
