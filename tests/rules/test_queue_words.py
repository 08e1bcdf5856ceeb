"""The reasons in plain words: every code has a sentence with its evidence, in the reader's zone."""

import ast
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given

from handrail.model.clocks import Clock
from handrail.model.items import Item
from handrail.model.people import Person
from handrail.model.queue import Entry, Reason, TriageFinding, Waiting
from handrail.rules import queue_words, turns
from handrail.rules.queue_words import Voice
from handrail.rules.work_queue import WorkQueue
from handrail.testing import NOW, a_handbook, a_merge_request, a_red_branch, a_snapshot, an_issue, at
from tests.rules.worlds import MEMBERS, worlds

PEOPLE = {
    "nadia": Person("Nadia", zone="America/Toronto"),
    "mara": Person("Mara", zone="Europe/Berlin"),
    "ivo": Person("Ivo"),
}
LATELY = NOW - timedelta(hours=3, minutes=10)
FRIDAY = at("2026-05-30 02:00")  # still Friday the 29th in Toronto
UNTIL = date(2026, 6, 8)
CLOCK = Clock(FRIDAY, 24 * 3600, 32 * 3600, "near-breaching", "nadia")
NADIA = Voice(PEOPLE, NOW, "nadia")

TO_NADIA = {
    Reason("draft"): "It is under review but still a draft",
    Reason("changes-requested", by="mara", at=LATELY): "Mara asked for changes 3 h 10 min ago",
    Reason("thread", by="mara", at=FRIDAY, count=1): "Mara wrote on Fri 29 May; 1 thread waits for you",
    Reason("thread", by="outsider", at=FRIDAY, count=2): "@outsider wrote on Fri 29 May; 2 threads wait for you",
    Reason("pipeline-failed"): "Its pipeline failed, so it cannot be merged",
    Reason("conflict", names=("main",)): "It conflicts with main",
    Reason("conflict", names=("",)): "It conflicts with its target branch",
    Reason("rebase", names=("18-11-stable",)): "It needs a rebase onto 18-11-stable",
    Reason("no-commits"): "It has no commits to merge",
    Reason("title"): "Its title does not have the form that the project asks for",
    Reason("jira"): "It lacks the Jira issue that the project asks for",
    Reason("blocked-merge"): "Another merge request has to be merged first",
    Reason("policy"): "A security policy blocks it",
    Reason("checks-failed"): "An external check has not passed",
    Reason("locked"): "It changes a path that somebody has locked",
    Reason("more-approvals", at=FRIDAY): "Approved on Fri 29 May; it needs one more approval",
    Reason("merge", at=LATELY): "Approved 3 h 10 min ago and nothing is in the way of merging it",
    Reason("merge-held", at=LATELY, names=("not open",)): (
        "Approved 3 h 10 min ago; GitLab still says of merging it: not open"
    ),
    Reason("transient", names=("ci still running",)): (
        "GitLab is still working out whether it can be merged (ci still running)"
    ),
    Reason("request", "sam", LATELY, count=7, names=("urgent incident",), due=at("2026-06-02 15:00")): (
        "@sam asked 3 h 10 min ago (urgent incident, request 7); an answer is due Tue 2 Jun 11:00"
    ),
    Reason("request", "sam", FRIDAY, count=7, names=("phone",), due=FRIDAY): (
        "@sam asked on Fri 29 May (phone, request 7); an answer was due Fri 29 May 22:00"
    ),
    Reason("request", "sam", LATELY, count=7, names=("phone",)): "@sam asked 3 h 10 min ago (phone, request 7)",
    Reason("passing", "mara"): "Mara hands it over to you: take it, and it is yours",
    Reason("passed", "mara"): "Handed over to Mara, who has not taken it yet",
    Reason("nobodys"): "Nobody has it: whoever is first available takes it",
    Reason("owner-away", "mara", until=UNTIL): "Mara is away until Mon 8 Jun: whoever is first available takes it",
    Reason("asked", by="mara", at=LATELY): "Mara asked you to review it 3 h 10 min ago",
    Reason("asked"): "Somebody asked you to review it at a time nobody noted",
    Reason("asked-again", by="mara", at=FRIDAY): "Mara asked you again on Fri 29 May",
    Reason("review-began", at=FRIDAY): "You began the review on Fri 29 May, and it is not submitted yet",
    Reason("took-back", at=FRIDAY): "You took the approval back on Fri 29 May",
    Reason("maintainer-asked", by="ivo", at=LATELY): "Approved by Ivo; a maintainer was asked 3 h 10 min ago: you",
    Reason("ask-maintainer", at=FRIDAY): "You approved on Fri 29 May; no maintainer has been asked yet",
    Reason("no-reviewer"): "It is under review but has no reviewer: ask one",
    Reason("answered", by="ivo", at=LATELY): "Ivo answered 3 h 10 min ago",
    Reason("not-approved", at=FRIDAY): "You answered on Fri 29 May without approving it",
    Reason("commented", by="ivo", at=LATELY): "Ivo commented 3 h 10 min ago and waits for an answer",
    Reason("stand-in", by="mara", until=UNTIL): "Mara is away until Mon 8 Jun: you stand in",
    Reason("stand-in", by="mara"): "Mara is away until further notice: you stand in",
    Reason("away", by="mara", until=UNTIL): "Mara is away until Mon 8 Jun, and nobody is there to stand in",
    Reason("community", by="newcomer", at=FRIDAY): (
        "From the community (@newcomer), outside the review SLO; ready on Fri 29 May"
    ),
    Reason("nobody-asked"): "Nobody has been asked",
    Reason("other-group"): "Another group's",
    Reason("in-progress", at=FRIDAY, names=("in dev",)): "Yours, in dev since Fri 29 May",
    Reason("in-progress", at=LATELY, names=("in dev",)): "Yours, in dev for 3 h 10 min",
    Reason("in-progress", names=("in dev",)): "Yours, in dev since nobody knows when",
    Reason("not-started", at=FRIDAY, names=("19.1",)): "Assigned to you since Fri 29 May, not started",
    Reason("free", names=("19.1",)): "Free, in 19.1",
    Reason("free"): "Free, in no milestone",
    Reason("claim-ended", by="mara", until=date(2025, 12, 31), names=("19.1",)): (
        "Free: Mara’s claim ended on Wed 31 Dec 2025, in 19.1"
    ),
    Reason("claim-ended", by="nadia", until=UNTIL): "Free: your claim ended on Mon 8 Jun, in no milestone",
    Reason("claim-yours", at=LATELY, until=UNTIL): "You said 3 h 10 min ago to start it by Mon 8 Jun",
    Reason("unplanned"): "Unplanned counts as a Deliverable",
    Reason("red", at=LATELY, names=("main",)): "Main has been red for 3 h 10 min; nobody has taken it yet",
    Reason("red-yours", at=LATELY, names=("main",)): "Main has been red for 3 h 10 min, and you took it",
    Reason("duty", at=FRIDAY, names=("customer requests",)): "On duty: customer requests; open since Fri 29 May",
    Reason("assumed", names=("created at", "milestone")): "Assumed: created at and milestone",
}
OF_NO_QUEUE = {
    Reason("blocked", at=FRIDAY, names=("team/a#1", "team/a#2")): "Blocked since Fri 29 May by team/a#1 and team/a#2",
    Reason("blocked", at=LATELY): "Blocked for 3 h 10 min, by what nobody noted",
    Reason("claimed", by="customer", until=UNTIL): "@customer said to start it by Mon 8 Jun",
    Reason("others-issue", names=("a", "b", "c")): "Assigned to a, b and c, outside the team",
    Reason("elsewhere"): "Another group's, and it waits for nobody here",
    Reason("planned-later", names=("19.2",)): "Planned for 19.2, which has not begun",
    Reason("other-milestone", names=("19.2",)): "Not in the running milestone (19.2)",
    Reason("other-milestone", names=("",)): "Not in the running milestone (none)",
    Reason("not-ready", names=("scheduling",)): "Its state is “scheduling”, which is not one that can be picked up",
    Reason("not-ready", names=("",)): "Its state is “none”, which is not one that can be picked up",
    Reason("still-draft", by="ivo"): "Ivo’s draft, not ready for review",
    Reason("epic"): "Epics are not worked on directly",
    Reason("rotation-issue"): "The rotation issue of the week",
}


def entry(*reasons: Reason, clock: Clock | None = None) -> Entry:
    return Entry(1, 1, "1-unblock", "unblock", "queue.1-unblock", an_issue(), NOW, reasons, clock)


def waits(on: tuple[str, ...], reason: Reason, voice: Voice = NADIA) -> str:
    return voice.waits(Waiting(a_merge_request(), ("nadia",), on, NOW, reason))


def codes_of_the_rules() -> set[str]:
    """Every code that a rule gives a reason, read off the source: `Reason("code")`, or chosen on the way there."""
    found = set(turns.AUTHORS_TO_MEND.values())
    assert queue_words.__file__ is not None
    for path in Path(queue_words.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        firsts = [
            node.args[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reason"
        ]
        named = {first.id for first in firsts if isinstance(first, ast.Name)}
        chosen = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id in named for to in node.targets)
        ]
        for expression in (*firsts, *chosen):
            branches = [expression.body, expression.orelse] if isinstance(expression, ast.IfExp) else [expression]
            found |= {one.value for one in branches if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return found


def test_every_reason_of_the_rules_has_words_and_every_word_is_used() -> None:
    codes = codes_of_the_rules()
    assert len(codes) > 40
    assert codes == queue_words._SAID.keys()


def test_every_reason_has_its_sentence_here() -> None:
    shown = {reason.code for reason in (*TO_NADIA, *OF_NO_QUEUE)} | {"on-slo"}
    assert shown == queue_words._SAID.keys()


@pytest.mark.parametrize(("reason", "sentence"), TO_NADIA.items(), ids=lambda found: getattr(found, "code", None))
def test_a_reason_is_said_with_its_evidence(reason: Reason, sentence: str) -> None:
    assert NADIA.why(entry(reason)) == sentence


@pytest.mark.parametrize(("reason", "sentence"), OF_NO_QUEUE.items(), ids=lambda found: getattr(found, "code", None))
def test_what_is_in_no_queue_says_why(reason: Reason, sentence: str) -> None:
    assert NADIA.parked(reason) == sentence


def test_a_clock_is_said_in_business_hours() -> None:
    assert NADIA.why(entry(Reason("on-slo", by="ivo"), clock=CLOCK)) == (
        "24 of 32 business hours since Fri 29 May 22:00"
    )
    assert NADIA.why(entry(Reason("asked", by="ivo", at=FRIDAY), clock=CLOCK)) == (
        "Ivo asked you to review it on Fri 29 May; 24 of 32 business hours used"
    )


def test_several_reasons_make_one_sentence() -> None:
    said = NADIA.why(entry(Reason("on-slo"), Reason("nobody-asked"), clock=CLOCK))
    assert said == "24 of 32 business hours since Fri 29 May 22:00; nobody has been asked"


def test_a_stand_in_reads_whose_turn_it_was() -> None:
    said = NADIA.why(entry(Reason("stand-in", by="mara", until=UNTIL), Reason("ask-maintainer", at=LATELY)))
    assert said == (
        "Mara is away until Mon 8 Jun: you stand in; Mara approved 3 h 10 min ago; no maintainer has been asked yet"
    )


@pytest.mark.parametrize(
    ("on", "reason", "sentence"),
    [
        (("mara",), Reason("asked", by="ivo", at=LATELY), "Waits for Mara; Ivo asked Mara to review it 3 h 10 min ago"),
        (
            ("mara", "outsider"),
            Reason("asked-again", by="nadia", at=LATELY),
            "Waits for Mara and @outsider; you asked Mara and @outsider again 3 h 10 min ago",
        ),
        (
            ("ivo",),
            Reason("thread", by="nadia", at=FRIDAY, count=2),
            "Waits for Ivo; you wrote on Fri 29 May; 2 threads wait for Ivo",
        ),
        (
            ("mara",),
            Reason("not-approved", at=FRIDAY),
            "Waits for Mara; Mara answered on Fri 29 May without approving it",
        ),
        (
            (),
            Reason("transient", names=("checking",)),
            "GitLab is still working out whether it can be merged (checking)",
        ),
        (("team/a#1",), Reason("blocked", at=LATELY, names=("team/a#1",)), "Blocked for 3 h 10 min by team/a#1"),
    ],
)
def test_those_who_wait_read_for_whom_and_why(on: tuple[str, ...], reason: Reason, sentence: str) -> None:
    assert waits(on, reason) == sentence


def test_nobody_in_particular_is_them() -> None:
    assert waits((), Reason("asked", by="ivo", at=LATELY)) == "Ivo asked them to review it 3 h 10 min ago"


def test_what_an_item_lacks_is_listed() -> None:
    finding = TriageFinding(an_issue(), ("a milestone", "a group label", "a type label"), "queue.no-row")
    assert NADIA.lacks(finding) == "it lacks a milestone, a group label and a type label"


def test_people_are_called_by_name_and_the_reader_is_you() -> None:
    assert [NADIA.name(who) for who in ("nadia", "mara", "stranger")] == ["you", "Mara", "@stranger"]
    assert NADIA.names(("mara", "team/a!1", "nadia")) == "Mara, team/a!1 and you"
    assert NADIA.names(()) == ""
    assert Voice(PEOPLE, NOW).name("nadia") == "Nadia"


@pytest.mark.parametrize(
    ("minutes", "ago", "since"),
    [
        (0, "0 min ago", "for 0 min"),
        (59, "59 min ago", "for 59 min"),
        (60, "1 h ago", "for 1 h"),
        (61, "1 h 1 min ago", "for 1 h 1 min"),
        (24 * 60 - 1, "23 h 59 min ago", "for 23 h 59 min"),
        (24 * 60, "on Mon 1 Jun", "since Mon 1 Jun"),
        (200 * 24 * 60, "on Fri 14 Nov 2025", "since Fri 14 Nov 2025"),
        (-90, "on Tue 2 Jun 11:30", "since Tue 2 Jun 11:30"),
    ],
)
def test_how_long_ago_is_said_as_people_say_it(minutes: int, ago: str, since: str) -> None:
    moment = NOW - timedelta(minutes=minutes)
    assert (NADIA.ago(moment), NADIA.since(moment)) == (ago, since)


@pytest.mark.parametrize(
    ("voice", "instant"),
    [
        (NADIA, "Fri 29 May 22:00"),
        (Voice(PEOPLE, NOW, "mara"), "Sat 30 May 04:00"),
        (Voice(PEOPLE, NOW, "", "Asia/Tokyo"), "Sat 30 May 11:00"),
        (Voice(PEOPLE, NOW, "stranger"), "Sat 30 May 02:00"),
    ],
)
def test_instants_are_in_the_readers_zone_or_the_lists(voice: Voice, instant: str) -> None:
    assert voice.instant(FRIDAY) == instant


def test_the_year_is_said_where_it_is_not_the_readers() -> None:
    eve = datetime.fromisoformat("2027-01-01T02:00:00+00:00")
    assert Voice(PEOPLE, eve, "nadia").day(date(2026, 12, 31)) == "Thu 31 Dec"
    assert Voice(PEOPLE, eve, "ivo").day(date(2026, 12, 31)) == "Thu 31 Dec 2026"


SENTENCE = re.compile(r"[A-Z0-9@].*[^;,. ]")
CODES = "|".join(code for code in queue_words._SAID if "-" in code and code != "stand-in")
UNSAID = re.compile(rf"None|[{{}}]|\(\)|“”|  |;;|\b({CODES})\b")


@given(worlds())
def test_whatever_the_rules_decide_reads_as_a_sentence(told: tuple[Item, ...]) -> None:
    handbook = a_handbook()
    queue = WorkQueue(a_snapshot(*told, handbook=handbook, pipelines=[a_red_branch()]), handbook)
    said = []
    for person in MEMBERS:
        voice = Voice(queue.snapshot.people, NOW, person)
        said += [voice.why(found) for found in queue.rank(person)]
    team = Voice(queue.snapshot.people, NOW)
    said += [team.why(found) for found in queue.unassigned]
    said += [team.waits(found) for found in queue.waiting]
    said += [team.parked(reason) for item in told if (reason := queue.consider(item).parked)]
    for sentence in said:
        assert SENTENCE.fullmatch(sentence), sentence
        assert not UNSAID.search(sentence), sentence
