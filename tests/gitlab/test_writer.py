"""Each change, written to a running stand-in, and what is said where it cannot be made."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

import standin
from handrail.errors import UserError
from handrail.gitlab.connection import (
    Connection,
    LostError,
    Pace,
    RefusedError,
    TokenError,
    UncertainError,
    UnsentError,
)
from handrail.gitlab.writer import ChangedError, Ours, Writer, same_text
from handrail.model.actions import (
    AddLabels,
    Assign,
    Change,
    CloseItem,
    Comment,
    CreateItem,
    EditDescription,
    EditItem,
    LinkItems,
    RemoveLabels,
    RequestReview,
    SetMilestone,
    SetStatus,
    Unassign,
)
from handrail.model.facts import Team
from handrail.model.items import Issue, Item, MergeRequest
from handrail.model.markdown import between_marks
from handrail.model.people import Person
from handrail.model.planning import Milestone, Project
from handrail.testing import NOW, PROJECT, Told, a_merge_request, a_reviewer, an_epic, an_issue
from standin.comments import comment

OTHER = "gitlab-org/charts/gitlab"
ISSUE, REVIEW, EPIC = f"{PROJECT}#1", f"{PROJECT}!2", "gitlab-org&5"
MARK = "<!-- handrail:required_labels:hello -->"
FACTS = Told(
    (
        (an_issue(1, "bug", "workflow::ready", title="Broken", assignees=("nadia",), milestone="19.1"), ()),
        (a_merge_request(2, "bug", title="Mend it", reviewers=(a_reviewer("mara"),)), ()),
        (an_issue(3, status="In dev"), ()),
        (an_issue(4, project=OTHER), ()),
        (an_epic(5, "bug"), ()),
    ),
    Team(
        NOW,
        {name: Person(name.title()) for name in ("nadia", "mara", "ivo")},
        (Project(PROJECT), Project(OTHER)),
        (Milestone("19.1"), Milestone("19.2")),
    ),
)
Writing = Callable[..., Writer]


@pytest.fixture
def gitlab() -> Iterator[standin.StandIn]:
    with standin.running(FACTS) as found:
        yield found


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def writing(waits: list[float]) -> Iterator[Writing]:
    kept: list[Connection] = []

    def begin(served: standin.StandIn, token: str = standin.API_TOKEN, timeout: float = 5) -> Writer:
        kept.append(Connection(served.url, token, Pace(waits.append, lambda: 1.0), timeout))
        return Writer(kept[-1])

    yield begin
    for connection in kept:
        connection.close()


@pytest.fixture
def writer(gitlab: standin.StandIn, writing: Writing) -> Writer:
    return writing(gitlab)


def item(gitlab: standin.StandIn, ref: str = ISSUE) -> Any:
    return gitlab.world.entries[ref].item


def writes(gitlab: standin.StandIn) -> int:
    return sum(one.method in {"PUT", "POST"} and one.path != "/api/graphql" for one in gitlab.requests)


@pytest.mark.parametrize("ref", [ISSUE, REVIEW, EPIC])
def test_labels_go_on_and_off(gitlab: standin.StandIn, writer: Writer, ref: str) -> None:
    writer.write(AddLabels(("spike", "workflow::in dev")), ref, labels=item(gitlab, ref).labels)
    assert set(item(gitlab, ref).labels) == {"bug", "spike", "workflow::in dev"}
    writer.write(RemoveLabels(("bug", "spike")), ref)
    assert item(gitlab, ref).labels == ("workflow::in dev",)


def test_of_a_scope_there_is_one_on_free_too(writing: Writing) -> None:
    with standin.running(FACTS, tier="free") as free:
        writer = writing(free)
        writer.write(AddLabels(("workflow::in dev",)), ISSUE, labels=item(free).labels)
        assert set(item(free).labels) == {"bug", "workflow::in dev"}


def test_a_milestone_is_found_by_its_title_once(gitlab: standin.StandIn, writer: Writer) -> None:
    for ref in (ISSUE, REVIEW):
        writer.write(SetMilestone("19.2"), ref)
        assert item(gitlab, ref).milestone == "19.2"
    assert sum("milestones" in one.path for one in gitlab.requests) == 1
    writer.write(SetMilestone(None), ISSUE)
    assert item(gitlab).milestone is None


def test_people_are_added_and_taken_away(gitlab: standin.StandIn, writer: Writer) -> None:
    writer.write(Assign(("ivo",)), ISSUE)
    assert item(gitlab).assignees == ("nadia", "ivo")
    writer.write(Unassign(("nadia",)), ISSUE)
    assert item(gitlab).assignees == ("ivo",)
    writer.write(Unassign(("ivo",)), ISSUE)
    assert item(gitlab).assignees == ()
    writer.write(RequestReview(("ivo", "nadia")), REVIEW)
    assert [reviewer.username for reviewer in item(gitlab, REVIEW).reviewers] == ["mara", "ivo", "nadia"]
    before = writes(gitlab)
    writer.write(RequestReview(("ivo",)), REVIEW)
    assert writes(gitlab) == before


def test_free_knows_one_assignee(writing: Writing) -> None:
    with standin.running(FACTS, tier="free") as free:
        writer = writing(free)
        with pytest.raises(RefusedError, match=r"one assignee only, and .*#1 has @nadia: .* if it is to be @ivo"):
            writer.write(Assign(("ivo",)), ISSUE)
        assert item(free).assignees == ("nadia",)
        writer.write(Assign(("ivo", "mara")), f"{PROJECT}#3")
        assert item(free, f"{PROJECT}#3").assignees == ("ivo",)


@pytest.mark.parametrize("ref", [ISSUE, REVIEW, EPIC])
def test_a_comment_is_written_found_and_edited_in_place(gitlab: standin.StandIn, writer: Writer, ref: str) -> None:
    hello = Comment("hello", ("nadia",), "thank you", "Look?")
    assert writer.found(hello, ref, MARK) is None
    made = writer.write(hello, ref, f"Look?\n\n{MARK}\n")
    found = writer.found(hello, ref, MARK)
    assert found == Ours(made, f"Look?\n\n{MARK}\n")
    assert writer.write(hello, ref, f"And now?\n\n{MARK}\n", found) == made
    (note,) = gitlab.world.entries[ref].written
    assert note.body == f"And now?\n\n{MARK}\n"


@pytest.mark.parametrize(("ref", "listing"), [(ISSUE, "/notes"), (EPIC, "EpicNotes")])
def test_a_comment_that_one_listing_lacks_is_found_in_another(
    gitlab: standin.StandIn, writer: Writer, ref: str, listing: str
) -> None:
    hello = Comment("hello", ("nadia",), "thank you", "Look?")
    assert writer.found(hello, ref, MARK) is None
    made = writer.write(hello, ref, MARK)
    gitlab.fail("stale", listing)
    assert writer.found(hello, ref, MARK) is None
    gitlab.fail("stale", listing)
    assert writer.found(hello, ref, MARK, again=True) == Ours(made, MARK)


def test_our_comment_on_an_epic_is_found_behind_many_others(gitlab: standin.StandIn, writer: Writer) -> None:
    hello, entry = Comment("hello", ("nadia",), "thank you", "Look?"), gitlab.world.entries[EPIC]
    for number in range(120):
        gitlab.world.advance(NOW + timedelta(minutes=number))
        comment(gitlab.world, entry, "nadia", f"{number} says {MARK}")
    assert writer.found(hello, EPIC, MARK, again=True) is None
    made = writer.write(hello, EPIC, MARK)
    gitlab.requests.clear()
    assert writer.found(hello, EPIC, MARK) == Ours(made, MARK)
    assert [one.operation for one in gitlab.requests] == ["EpicNotes", "EpicNotes"]


def test_gitlab_says_why_it_takes_no_comment_on_an_epic(gitlab: standin.StandIn, writer: Writer) -> None:
    hello = Comment("hello", ("nadia",), "thank you", "Look?")
    with pytest.raises(RefusedError, match="refuses the comment on gitlab-org&5: Note can't be blank"):
        writer.write(hello, EPIC, " ")
    made = writer.write(hello, EPIC, MARK)
    with pytest.raises(LostError, match="needs the scope api"):
        writer.write(hello, EPIC, "Look!", Ours(str(int(made) + 1), MARK))
    assert [note.body for note in gitlab.world.entries[EPIC].written] == [MARK]


def test_who_quotes_a_marker_does_not_speak_for_us(gitlab: standin.StandIn, writer: Writer) -> None:
    entry = gitlab.world.entries[ISSUE]
    comment(gitlab.world, entry, "nadia", f"It says {MARK}")
    assert writer.found(Comment("hello", ("nadia",), "thank you", "Look?"), ISSUE, MARK) is None


def test_no_line_of_ours_is_a_quick_action(gitlab: standin.StandIn, writer: Writer) -> None:
    text = "You wrote:\n\n/close\n  /label ~bug\nand/or 1/2\n"
    writer.write(Comment("hello", (), "thank you", "Look?"), ISSUE, text)
    (note,) = gitlab.world.entries[ISSUE].written
    assert note.body == "You wrote:\n\n\\/close\n  \\/label ~bug\nand/or 1/2\n"
    assert same_text(text, note.body)
    assert same_text(text, note.body.replace("\n", "\r\n").rstrip())
    assert not same_text(text, "You wrote:")


def test_an_issue_is_opened_and_found(gitlab: standin.StandIn, writer: Writer) -> None:
    change = CreateItem("hello", "Next", "To do.", ("bug", "spike"), ("ivo",), "19.2", confidential=True)
    assert writer.found(change, PROJECT, MARK) is None
    ref = writer.write(change, PROJECT, f"To do.\n\n{MARK}")
    made = item(gitlab, ref)
    assert (made.title, set(made.labels), made.assignees) == ("Next", {"bug", "spike"}, ("ivo",))
    assert (made.milestone, made.confidential) == ("19.2", True)
    assert writer.found(change, PROJECT, MARK) == Ours(ref, f"To do.\n\n{MARK}")
    gitlab.requests.clear()
    assert writer.found(change, OTHER, MARK, again=True) is None
    assert [one.path.rpartition("/")[2] for one in gitlab.requests] == ["issues", "issues"]


def test_a_projects_own_template_stands_in_place_of_our_words(gitlab: standin.StandIn, writer: Writer) -> None:
    change = CreateItem("hello", "Next", "To do.", template="Distribution-DRI")
    ours = writer.write(change, PROJECT, f"To do.\n\n{MARK}")
    assert gitlab.world.entries[ours].description == f"To do.\n\n{MARK}"
    gitlab.world.projects[PROJECT].templates["Distribution-DRI"] = "## The week\n\n/label ~DRI\n"
    theirs = writer.write(change, PROJECT, f"To do.\n\n{MARK}")
    assert gitlab.world.entries[theirs].description == f"## The week\n\n/label ~DRI\n\n{MARK}"
    assert writer.found(change, PROJECT, MARK) is not None
    gitlab.fail("status", "/templates/", status=500, times=None)
    with pytest.raises(UserError):
        writer.write(change, PROJECT, f"To do.\n\n{MARK}")


def test_an_opened_issue_is_found_although_one_listing_lacks_it(gitlab: standin.StandIn, writer: Writer) -> None:
    change = CreateItem("hello", "Next", "To do.")
    assert writer.found(change, PROJECT, MARK) is None
    ref = writer.write(change, PROJECT, MARK)
    gitlab.fail("stale", f"{PROJECT}/issues")
    assert writer.found(change, PROJECT, MARK, again=True) == Ours(ref, MARK)


def test_a_long_line_of_blanks_is_read_in_one_pass(gitlab: standin.StandIn, writer: Writer) -> None:
    entry = gitlab.world.entries[ISSUE]
    entry.description = f"- [ ] Ask{' ' * 200_000}Ivo \n- [ ] Ask Ivo \n"
    writer.write(EditItem(tick=("Ask Ivo",)), ISSUE)
    assert entry.description.endswith("Ivo \n- [x] Ask Ivo \n")


def test_a_title_is_changed_and_lines_are_ticked(gitlab: standin.StandIn, writer: Writer) -> None:
    entry = gitlab.world.entries[ISSUE]
    entry.description = "To do:\r\n\r\n- [ ] Ask Ivo \r\n* [x] Ask Mara\n1. [ ] Write it down\n- [ ] Rest"
    change = EditItem("Mended", ("Ask Ivo", "Ask Mara", "Write it down"))
    assert writer.found(change, ISSUE, "") is None
    writer.write(change, ISSUE)
    assert entry.description == "To do:\r\n\r\n- [x] Ask Ivo \r\n* [x] Ask Mara\n1. [x] Write it down\n- [ ] Rest"
    assert item(gitlab).title == "Mended"
    assert writer.found(change, ISSUE, "") == Ours()
    before = writes(gitlab)
    writer.write(EditItem(tick=("Ask Ivo",)), ISSUE)
    assert writes(gitlab) == before
    with pytest.raises(ChangedError, match="no longer has a line “Ask Timo”"):
        writer.write(EditItem(tick=("Ask Timo",)), ISSUE)


def test_our_part_of_a_description_is_written_anew(gitlab: standin.StandIn, writer: Writer) -> None:
    entry, change = gitlab.world.entries[ISSUE], EditDescription("Two\n/close", "Two", "One")
    around = "Mine\r\n\r\n/label ~bug\r\n{}\r\nAlso mine  \r\n".format
    entry.description = around(between_marks("One\r\nmore"))
    writer.write(change, ISSUE, ours=Ours(text="One\nmore"))
    assert entry.description == around(between_marks("Two\n/close"))
    before = writes(gitlab)
    writer.write(change, ISSUE, ours=Ours(text="One\nmore"))
    assert writes(gitlab) == before, "it is so already"
    for there in ("One", between_marks("One"), between_marks("Three")):
        entry.description = there
        with pytest.raises(ChangedError, match="our part of its description was edited meanwhile"):
            writer.write(change, ISSUE, ours=Ours(text="One\nmore"))
        assert (entry.description, writes(gitlab)) == (there, before)
    entry.description = ""
    with pytest.raises(ChangedError):
        writer.write(change, ISSUE, ours=Ours())


@pytest.mark.parametrize("ref", [ISSUE, REVIEW, EPIC])
def test_an_item_is_closed(gitlab: standin.StandIn, writer: Writer, ref: str) -> None:
    writer.write(CloseItem(), ref)
    assert item(gitlab, ref).state == "closed"


def test_a_status_is_set_by_its_name(gitlab: standin.StandIn, writer: Writer) -> None:
    writer.write(SetStatus("in progress"), f"{PROJECT}#3")
    found = item(gitlab, f"{PROJECT}#3")
    assert isinstance(found, Issue)
    assert found.status == "In progress"
    with pytest.raises(RefusedError, match=r"cannot have the Status Parked: .*in progress"):
        writer.write(SetStatus("Parked"), f"{PROJECT}#3")
    with pytest.raises(LostError, match="#404 is not there"):
        writer.write(SetStatus("Done"), f"{PROJECT}#404")


def test_issues_are_linked_once(gitlab: standin.StandIn, writer: Writer) -> None:
    change = LinkItems(f"{OTHER}#4", "is_blocked_by")
    assert writer.found(change, ISSUE, "") is None
    writer.write(change, ISSUE)
    assert item(gitlab).blocked_by == (f"{OTHER}#4",)
    writer.write(change, ISSUE)
    assert writer.found(change, ISSUE, "") == Ours()
    with pytest.raises(LostError):
        writer.write(LinkItems(f"{OTHER}#404"), ISSUE)


def test_free_links_only_what_is_related(writing: Writing) -> None:
    with standin.running(FACTS, tier="free") as free, pytest.raises(RefusedError, match="link_type"):
        writing(free).write(LinkItems(f"{OTHER}#4", "blocks"), ISSUE)


@pytest.mark.parametrize(
    ("change", "ref", "error", "words"),
    [
        (SetMilestone("99.9"), ISSUE, RefusedError, "no milestone 99.9 in gitlab-org/omnibus-gitlab or the groups"),
        (SetMilestone("19.2"), EPIC, RefusedError, "epics have no milestone"),
        (Assign(("ivo",)), EPIC, RefusedError, "epics have no assignees"),
        (Assign(("nobody",)), ISSUE, RefusedError, "nobody called @nobody"),
        (Comment("hello", (), "thank you", "Look?"), "gitlab-org&404", LostError, "&404 is not there"),
        (AddLabels(("spike",)), f"{PROJECT}#404", LostError, "does not have"),
        (AddLabels(("spike",)), "acme/app#1", LostError, "does not have"),
        (EditItem(title="x" * 300), ISSUE, RefusedError, "too long"),
    ],
)
def test_what_cannot_be_is_said(
    writer: Writer, gitlab: standin.StandIn, change: Change, ref: str, error: type[UserError], words: str
) -> None:
    with pytest.raises(error, match=words):
        writer.write(change, ref, "Look?")
    asked = [one for one in gitlab.requests if one.operation != "EpicNotes"]
    assert [one.status for one in asked if one.method in {"PUT", "POST"} and one.status < 300] == []


@pytest.mark.parametrize(
    ("token", "error", "words"),
    [
        (standin.READ_TOKEN, TokenError, "does not let the token change anything: make one with the scope api"),
        (standin.EXPIRED_TOKEN, TokenError, "wrong, expired or revoked; make one with the scope api"),
    ],
)
def test_a_token_that_may_not_write_is_told_so(
    writing: Writing, gitlab: standin.StandIn, token: str, error: type[UserError], words: str
) -> None:
    with pytest.raises(error, match=words) as raised:
        writing(gitlab, token).write(AddLabels(("spike",)), ISSUE)
    assert token not in str(raised.value)


def test_a_token_that_may_only_read_sets_no_status(writing: Writing, gitlab: standin.StandIn) -> None:
    with pytest.raises(LostError, match="needs the scope api"):
        writing(gitlab, standin.READ_TOKEN).write(SetStatus("Done"), f"{PROJECT}#3")


def test_a_project_that_may_only_be_read(writer: Writer, gitlab: standin.StandIn) -> None:
    gitlab.world.make_read_only(PROJECT)
    with pytest.raises(RefusedError, match="it takes the role of a Planner or Developer there"):
        writer.write(AddLabels(("spike",)), ISSUE)


def test_what_gitlab_leaves_away_without_a_word_is_noticed(writer: Writer, gitlab: standin.StandIn) -> None:
    writer.write(SetMilestone("19.2"), ISSUE)
    gitlab.before("/issues/1", lambda world: world.milestones.clear())
    with pytest.raises(RefusedError, match=r"left it away: the token's owner may lack the role"):
        writer.write(SetMilestone("19.2"), ISSUE)


@pytest.mark.parametrize(
    ("harm", "options"),
    [
        ("status", {"status": 500}),
        ("status", {"status": 502}),
        ("timeout", {}),
        ("cut_off", {}),
        ("lost_response", {}),
        ("html", {}),
        ("invalid_json", {}),
    ],
)
@pytest.mark.parametrize(
    "sent",
    [
        (AddLabels(("spike",)), ISSUE, ""),
        (SetStatus("Done"), f"{PROJECT}#3", "SetStatus"),
        (Comment("hello", (), "thank you", "Look?"), EPIC, "CreateNote"),
    ],
)
def test_a_write_is_not_sent_again_where_nobody_knows(
    writing: Writing,
    gitlab: standin.StandIn,
    waits: list[float],
    sent: tuple[Change, str, str],
    harm: Any,
    options: dict[str, int],
) -> None:
    writer, (change, ref, to) = writing(gitlab, timeout=0.5), sent
    fault = gitlab.fail(harm, to, method="POST" if to else "PUT", times=None, **options)
    with pytest.raises(UncertainError):
        writer.write(change, ref, "Look?")
    assert (fault.met, waits) == (1, [])


def test_a_mutation_that_takes_too_long_is_uncertain(writer: Writer, gitlab: standin.StandIn) -> None:
    gitlab.fail("graphql_timeout", "SetStatus")
    with pytest.raises(UncertainError, match="in time"):
        writer.write(SetStatus("Done"), f"{PROJECT}#3")


def test_patience_is_had_with_a_write_but_not_for_ever(
    writer: Writer, gitlab: standin.StandIn, waits: list[float]
) -> None:
    gitlab.fail("rate_limited", method="PUT", times=2, retry_after=7)
    writer.write(AddLabels(("spike",)), ISSUE)
    assert waits == [7, 7]
    waits.clear()
    gitlab.fail("rate_limited", method="PUT", times=None, retry_after=90)
    with pytest.raises(UnsentError, match="still asks for fewer requests"):
        writer.write(AddLabels(("spike",)), ISSUE)
    assert waits == [90, 90]


def test_where_nobody_listens_nothing_is_sent(waits: list[float]) -> None:
    with standin.running(FACTS) as gone:
        url = gone.url
    connection = Connection(url, standin.API_TOKEN, Pace(waits.append, lambda: 1.0))
    with pytest.raises(UnsentError, match="cannot be reached"):
        Writer(connection).write(AddLabels(("spike",)), ISSUE)
    connection.close()
    assert len(waits) == 3


def test_a_merge_requests_title_keeps_its_draft(writer: Writer, gitlab: standin.StandIn) -> None:
    writer.write(EditItem("Draft: mend it"), REVIEW)
    found: Item = item(gitlab, REVIEW)
    assert isinstance(found, MergeRequest)
    assert found.draft
