"""What on GitLab is a request to whoever is on duty, once, and what becomes of it there."""

from datetime import datetime, timedelta

import pytest

from handrail.duty.intake import answered, closed, followed, new
from handrail.handbook.rotations import Duty as Task
from handrail.model.asked import Asked, Step, Verb, after
from handrail.model.derive import derived
from handrail.model.duty import Shift
from handrail.model.history import Deed, Event
from handrail.model.items import Item
from handrail.testing import a_merge_request, an_issue, at

TASKS = (
    Task("incidents", "do", "x", "labels", "duty.incidents", ("incident",), urgent=True, ways=("incident",)),
    Task("support", "do", "x", "labels", "x", projects=("gitlab-org/support",), ways=("customer", "phone")),
    Task("questions", "do", "x", "labels", "duty.questions", ("question",)),
    Task("mentions", "do", "x", "mentions", "duty.mentions", ways=("mention",)),
    Task("triage", "do", "x", "triage", "duty.triage"),
)
BEGAN = at("2026-06-01 09:00")
OPENED, LABELLED, LATER = at("2026-06-02 08:00"), at("2026-06-02 09:00"), at("2026-06-02 10:00")
TEAM = {"ivo", "nadia"}


class Ivo:
    """Ivo is on duty from the first Monday on."""

    def at(self, moment: datetime) -> Shift | None:
        return Shift(BEGAN, BEGAN + timedelta(days=7), "ivo") if moment >= BEGAN else None

    def shifts(self, since: datetime, until: datetime) -> list[Shift]:
        raise NotImplementedError


def event(when: datetime, by: str, did: Deed, value: str = "", *, bot: bool = False) -> Event:
    return Event(when, by, did, value, bot)


def taken_in(
    item: Item, *events: Event, known: tuple[Asked, ...] = (), tasks: tuple[Task, ...] = TASKS
) -> Asked | None:
    return new(derived(item, events), events, tasks, Ivo(), known, TEAM)


def labelled(*labels: str, created_at: datetime = OPENED, **facts: object) -> Item:
    return an_issue(7, *labels, title="503", author="sam", created_at=created_at, **facts)  # type: ignore[arg-type]


MENTION = event(LABELLED, "ada", "mentioned", "acme/build")
ASKED = Asked("503", "incident", "sam", LABELLED, "ivo", 1, ref="gitlab-org/omnibus-gitlab#7",
              answer_due=LATER, steps=(Step(LABELLED, "sam", "came", "ivo"),))  # fmt: skip


def test_a_labelled_issue_is_asked_by_its_author_when_the_label_came() -> None:
    one = taken_in(labelled("incident"), event(LABELLED, "nadia", "label_added", "incident"))
    assert one == Asked("503", "incident", "sam", LABELLED, urgent=True, ref="gitlab-org/omnibus-gitlab#7")
    opened_with_it = taken_in(labelled("question", "bug"), event(LABELLED, "nadia", "label_added", "bug"))
    assert opened_with_it == Asked("503", "other", "sam", OPENED, ref="gitlab-org/omnibus-gitlab#7")


def test_a_project_or_group_may_be_watched_as_a_whole() -> None:
    for project in ("gitlab-org/support", "gitlab-org/support/emea"):
        one = taken_in(an_issue(1, project=project, author="sam", created_at=OPENED))
        assert one is not None
        assert (one.way, one.asked_at, one.urgent) == ("customer", OPENED, False)
    assert taken_in(an_issue(1, project="gitlab-org/supporters", author="sam", created_at=OPENED)) is None


def test_an_unanswered_mention_is_asked_by_whoever_wrote_it() -> None:
    one = taken_in(a_merge_request(3, created_at=OPENED), event(LABELLED, "ada", "commented"), MENTION)
    assert one is not None
    assert (one.way, one.asked_by, one.asked_at) == ("mention", "ada", LABELLED)
    assert taken_in(a_merge_request(3), MENTION, event(LATER, "nadia", "commented")) is None, "it was answered"
    assert taken_in(a_merge_request(3), MENTION, event(LATER, "kim", "commented")) == one, "she is of no team of ours"
    command = event(LATER, "nadia", "commented"), event(LATER, "nadia", "commanded", "take")
    assert taken_in(a_merge_request(3), MENTION, *command) == one, "which says what is to become of it"
    own = event(LATER, "ivo", "mentioned", "acme/build")
    assert taken_in(a_merge_request(3), own) is None, "whoever is on duty asks nobody on duty"
    assert taken_in(a_merge_request(3), event(LABELLED, "bot", "mentioned", "acme/build", bot=True)) is None
    both = event(LABELLED, "bot", "mentioned", "acme/build", bot=True), MENTION
    assert taken_in(a_merge_request(3), *both) == one


@pytest.mark.parametrize(
    "item",
    [
        labelled(),
        labelled("incident", created_at=at("2026-05-31 10:00")),
        labelled("incident", milestone="19.1"),
        labelled("incident", assignees=("nadia",)),
        an_issue(7, "incident", author="ivo", created_at=OPENED),
        a_merge_request(7, "incident", created_at=OPENED),
    ],
    ids=["nothing asked", "before the rotation", "scheduled", "somebody's", "of who is on duty", "no issue"],
)
def test_what_is_no_request(item: Item) -> None:
    assert taken_in(item) is None


def test_what_whoever_is_on_duty_has_already_is_one() -> None:
    assert taken_in(labelled("incident", assignees=("ivo",), milestone="19.1")) is not None


def test_an_item_has_one_request_at_a_time_and_what_came_while_it_was_open_belongs_to_it() -> None:
    item = labelled("incident")
    assert taken_in(item, MENTION, known=(ASKED,)) is None
    done = after(ASKED, Step(LATER, "ivo", "done"))
    assert taken_in(item, MENTION, known=(done,)) is None
    again = event(LATER + timedelta(minutes=1), "ada", "mentioned", "acme/build")
    one = taken_in(item, again, known=(done,))
    assert one is not None
    assert (one.way, one.asked_at) == ("mention", again.at)


@pytest.mark.parametrize(
    ("events", "by"),
    [
        ((event(LATER, "ivo", "commented"),), "ivo"),
        ((event(LATER, "nadia", "assigned", "nadia"), event(LATER, "ivo", "commented")), "nadia"),
        ((event(OPENED, "ivo", "commented"),), ""),
        ((event(LATER, "ada", "commented"), event(LATER, "sam", "commented")), ""),
        ((event(LATER, "ivo", "commented", bot=True), event(LATER, "ivo", "label_added", "bug")), ""),
    ],
    ids=["a word", "the first of two", "before it", "of others", "no words"],
)
def test_the_teams_first_word_answers_it(events: tuple[Event, ...], by: str) -> None:
    one = answered(ASKED, events, TEAM)
    assert one.steps[1:] == ((Step(LATER, by, "answered"),) if by else ())
    assert answered(one, (*events, event(LATER, "nadia", "commented")), TEAM).steps[1:2] == (
        one.steps[1:2] or (Step(LATER, "nadia", "answered"),)
    )


def test_a_comment_that_hands_it_over_is_no_answer() -> None:
    passed = followed(ASKED, "hand-over", "ivo", LATER, "nadia")
    said = event(LATER, "ivo", "commented"), event(LATER, "ivo", "commanded", "hand over to @nadia")
    assert answered(passed, said, TEAM) is passed
    unknown = event(LATER, "ivo", "commented"), event(LATER, "ivo", "commanded", "snooze")
    assert answered(ASKED, unknown, TEAM) is ASKED, "nor is one that nobody follows"


def test_what_is_closed_is_over_until_it_is_reopened() -> None:
    ended = closed(ASKED, (event(LATER, "nadia", "closed"), event(LATER, "nadia", "commented")))
    assert (ended.stage, ended.steps[-1].by, ended.steps[-1].note) == ("done", "nadia", "closed on GitLab")
    assert closed(ASKED, (event(LATER, "nadia", "closed"), event(LATER, "nadia", "reopened"))) is ASKED
    assert closed(ASKED, (event(OPENED, "nadia", "closed"),)) is ASKED
    assert closed(ASKED, ()) is ASKED


@pytest.mark.parametrize(
    ("verb", "by", "whom", "note", "step"),
    [
        ("take", "nadia", "", "", Step(LATER, "nadia", "took")),
        ("take", "ivo", "", "", None),
        ("hand-over", "ivo", "nadia", "her week", Step(LATER, "ivo", "handed over", "nadia", "her week")),
        ("hand-over", "nadia", "ivo", "", None),
        ("ask", "ivo", "mara", "", Step(LATER, "ivo", "asked", "mara")),
        ("done", "sam", "", "", Step(LATER, "sam", "done", note="said so on GitLab")),
        ("done", "ivo", "", "restarted it", Step(LATER, "ivo", "done", note="restarted it")),
        ("not-for-us", "ivo", "", "it is Geo's", Step(LATER, "ivo", "declined", note="it is Geo's")),
        ("not-for-us", "ivo", "", "", None),
    ],
)
def test_a_command_is_a_step_where_it_fits(verb: Verb, by: str, whom: str, note: str, step: Step | None) -> None:
    one = followed(ASKED, verb, by, LATER, whom, note)
    assert one.steps[1:] == ((step,) if step else ())


def test_whoever_it_was_handed_over_to_takes_it_on() -> None:
    passed = followed(ASKED, "hand-over", "ivo", LATER, "nadia")
    one = followed(passed, "take", "nadia", LATER)
    assert (one.owner, one.steps[-1].did) == ("nadia", "acknowledged")
