"""Commands in comments: whose word counts, what it settles, and what anybody else is answered."""

import dataclasses
import re
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from msgspec.structs import replace

from handrail.engine.assemble import rota_of
from handrail.handbook.schema import Component
from handrail.model.actions import Action, AddLabels, Comment
from handrail.model.asked import Asked, Step, after
from handrail.model.duty import Began, LogEntry
from handrail.model.findings import Finding, Remedy
from handrail.model.items import Command, Item
from handrail.plan.letters import letter
from handrail.plan.planner import make_plan, settled_by_people, why_settled
from handrail.rules.commands import OfRequest, followed, of_request, parsed, settled, standings
from handrail.rules.desk import Desk
from handrail.testing import NOW, a_handbook, a_merge_request, a_reviewer, a_snapshot, an_issue, at, check_rule, told

SAID = at("2026-06-01 10:00")
NOT = "not-applicable because it is shared"
NO_NEWS = ("milestone_planning", "no-news", "19.1")


def item(*commands: str, by: str = "nadia") -> Item:
    return an_issue(1, "spike", commands=tuple(Command(by, SAID, text) for text in commands))


def answers(one: Item, commands: dict[str, tuple[str, ...]] | None = None) -> list[Finding]:
    book = a_handbook({"acting.commands": commands} if commands else None)
    return check_rule("commands", a_snapshot(one, handbook=book), book)


def settled_by(one: Item) -> dict[str, str]:
    return settled([one], Desk(a_snapshot(one), a_handbook()))


def asks(finding: Finding) -> str:
    comment = finding.remedies[0].change
    assert isinstance(comment, Comment)
    return comment.asks


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("not-applicable because it is shared", ("not-applicable", "it is shared")),
        ("not-applicable triage because it\n waits ", ("not-applicable", "it waits", "triage")),
        ("not-applicable triage idle because we wait", ("not-applicable", "we wait", "triage", "idle")),
        (
            "not-applicable milestone_planning no-news Sprint  7 because it is done because of you",
            ("not-applicable", "it is done because of you", "milestone_planning", "no-news", "Sprint 7"),
        ),
        ("not-applicable", ("not-applicable", "")),
        ("applicable triage", ("applicable", "", "triage")),
        ("not-applicable because", ("not-applicable", "")),
        ("not-applicable triage because ", ("not-applicable", "", "triage")),
        ("NOT-APPLICABLE Because: it is shared", ("not-applicable", "it is shared")),
        ("Not applicable because, well, it waits", ("not-applicable", "well, it waits")),
        ("not_applicable Required-Labels NO-TEAM because x", ("not-applicable", "x", "required_labels", "no-team")),
        ("not-applicable, because it waits", ("not-applicable", "it waits")),
        ("not applicable: because it waits", ("not-applicable", "it waits")),
        ("not-applicable. Because it waits, so", ("not-applicable", "it waits, so")),
        ("not-applicable: it waits for a vendor", ("not-applicable", "it waits for a vendor")),
        ("not-applicable – it's shared", ("not-applicable", "it's shared")),
        ("not-applicable - it waits", ("not-applicable", "it waits")),
        ("not-applicable: triage, idle", ("not-applicable", "", "triage", "idle")),
        ("not-applicable triage. because x", ("not-applicable", "x", "triage")),
        ("not-applicable triage - because x", ("not-applicable", "x", "triage")),
        ("not-applicable milestone_planning no-news 19.1, because x.", ("not-applicable", "x.", *NO_NEWS)),
        ("applicable, please", ("applicable", "please")),
        ("not-applicable triage because …", ("not-applicable", "", "triage")),
        ("not-applicable because … it waits", ("not-applicable", "… it waits")),
        ("!!! what", ("!!!", "")),
        ("Hello there", ("hello", "", "there")),
        ("", ("", "")),
    ],
)
def test_a_command_is_a_verb_what_it_is_about_and_a_reason(text: str, meant: tuple[str, ...]) -> None:
    verb, about, reason = parsed(text)
    assert (verb, reason, *about) == (*meant, *[""] * (5 - len(meant)))


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    verb, about, reason = parsed(text)
    assert "\n" not in reason
    assert "\n" not in about[-1]
    assert isinstance(verb + "".join(about), str)


def test_who_somebody_is_to_an_item() -> None:
    mr = a_merge_request(1, author="nadia", assignees=("ivo",), reviewers=(a_reviewer("mara"),))
    desk = Desk(a_snapshot(mr), a_handbook())
    assert standings("nadia", mr, desk) == {"author", "team", "engineer"}
    assert standings("ivo", mr, desk) == {"assignee", "team", "engineer"}
    assert standings("mara", mr, desk) == {"reviewer", "team", "engineer"}
    assert standings("erin", mr, desk) == {"team", "engineering_manager"}
    assert standings("stranger", mr, desk) == frozenset()


def test_a_word_that_counts_settles_and_is_not_answered() -> None:
    one = item(NOT)
    assert answers(one) == []
    assert settled_by(one) == {f"*/*/{one.ref}": "Nadia said that it is not applicable: it is shared"}
    assert list(settled_by(item("not-applicable triage because x"))) == [f"triage/*/{one.ref}"]


def test_the_author_counts_though_no_member() -> None:
    assert settled_by(item(NOT, by="somebody")) == {
        f"*/*/{item().ref}": "@somebody said that it is not applicable: it is shared"
    }


def test_somebody_elses_word_changes_nothing_and_is_answered_once() -> None:
    one = item(NOT, by="stranger")
    assert settled_by(one) == {}
    found = answers(one)
    assert told(found) == ["not-yours omnibus-gitlab#1"]
    assert asks(found[0]) == (
        "Whether this fits here is for its author, its assignees, its reviewers and members of the team to say, so "
        "nothing has changed; they will see your words."
    )
    first, again = (make_plan(found, a_snapshot(one), a_handbook()).actions[0].key for _ in range(2))
    assert first == again


def test_a_command_for_one_sort_of_people_names_them() -> None:
    found = answers(item(NOT), {"not-applicable": ("product_manager",)})
    assert "is for the product manager to say" in asks(found[0])
    assert "is for nobody to say" in asks(answers(item(NOT), {"not-applicable": ()})[0])


def test_a_reason_is_asked_for() -> None:
    one = item("not-applicable")
    assert settled_by(one) == {}
    assert told(answers(one)) == ["no-reason omnibus-gitlab#1"]


def test_an_unknown_command_is_answered_with_those_there_are() -> None:
    for text in ("inapplicable", "NOT-APLICABLE because x", "dance because I like it", "help"):
        found = answers(item(text))
        assert told(found) == ["unknown omnibus-gitlab#1"]
        verb = text.casefold().partition(" ")[0]
        known = "`not-applicable`, `applicable`, `take`, `hand over to @user`, `ask @user`, `done because …` and "
        assert asks(found[0]) == f"I do not know a command `{verb}`; what I know is {known}`not for us because …`."


@pytest.mark.parametrize("text", ["thanks, that helps!", "thanks", "this is fine", "Dance with me", "!!!", "👍"])
def test_who_does_not_command_is_left_in_peace(text: str) -> None:
    assert answers(item(text)) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "not-applicable requierd_labels because x",
            "There is no rule “requierd_labels”; did you mean `required_labels`? Nothing has changed.",
        ),
        (
            "not-applicable triage idel because x",
            "The rule `triage` finds no “idel”; did you mean `idle`? Nothing has changed.",
        ),
        ("not-applicable zzz because x", "There is no rule “zzz”. Nothing has changed."),
    ],
)
def test_what_there_is_not_cannot_be_settled_and_the_nearest_name_is_told(text: str, says: str) -> None:
    found = answers(item(text))
    assert told(found) == ["unknown omnibus-gitlab#1"]
    assert asks(found[0]) == says


def test_where_the_handbook_follows_no_commands_the_answer_says_so() -> None:
    acting = dataclasses.replace(a_handbook().acting, commands={})
    silent = dataclasses.replace(a_handbook(), acting=acting)
    found = check_rule("commands", a_snapshot(item(NOT), handbook=silent), silent)
    assert asks(found[0]) == "The handbook of this team has me follow no commands; people will see your words."
    comment = found[0].remedies[0].change
    assert isinstance(comment, Comment)
    for book, rule in ((silent, "triage"), (a_handbook(), "commands")):
        assert "If it does not fit here, say so in an answer.*" in letter(comment, rule, found[0].clause, book)


def test_who_says_it_twice_is_answered_once_and_who_says_it_right_not_at_all() -> None:
    twice = item(NOT, "not-applicable because I say so again", by="stranger")
    first, again = answers(item(NOT, by="stranger")), answers(twice)
    assert len(first) == len(again) == 1
    assert make_plan(first, a_snapshot(twice), a_handbook()).actions[0].key == (
        make_plan(again, a_snapshot(twice), a_handbook()).actions[0].key
    )
    assert told(answers(item("not-aplicable because x", NOT))) == []
    assert told(answers(item("not-aplicable because x", "thanks"))) == ["unknown omnibus-gitlab#1"]


def test_on_a_closed_item_a_command_counts_and_is_answered_too() -> None:
    ended = structs.replace(item(NOT, "help"), state="closed", closed_at=NOW)
    snapshot = a_snapshot(ended)
    assert told(check_rule("commands", snapshot)) == ["unknown omnibus-gitlab#1"]
    left = Finding("spikes", "spikes.outcome", ended.ref, "no-outcome", "It has none.")
    assert "it is shared" in why_settled(left, settled_by_people(Desk(snapshot, a_handbook())))


def test_a_bare_command_settles_the_finding_that_it_answers() -> None:
    said = Command("nadia", SAID, NOT, about="milestone_planning no-news 19.1")
    one = an_issue(1, commands=(said,))
    assert list(settled_by(one)) == [f"milestone_planning/no-news/{one.ref}/19.1"]
    assert settled_by(structs.replace(one, commands=(said, Command("nadia", SAID, "applicable", about="x y")))) == {}
    whole = structs.replace(said, text="not-applicable triage because x")
    assert list(settled_by(structs.replace(one, commands=(whole,)))) == [f"triage/*/{one.ref}"]


def test_a_word_counts_by_what_its_speaker_was_then() -> None:
    said = Command("stranger", SAID, NOT, was=("assignee",))
    one = an_issue(1, "spike", commands=(said,))
    assert answers(one) == []
    assert len(settled_by(one)) == 1


def test_what_was_settled_can_be_taken_back() -> None:
    assert settled_by(item(NOT, "applicable")) == {}
    assert settled_by(item("not-applicable triage because x", "applicable")) == {}
    assert settled_by(item("not-applicable triage idle because x", "applicable triage")) == {}
    assert len(settled_by(item("not-applicable triage because x", "applicable triage idle"))) == 1
    both = item("not-applicable triage because x", NOT, "applicable triage")
    assert list(settled_by(both)) == [f"*/*/{both.ref}"]
    assert len(settled_by(item(NOT, "applicable because I say so", NOT))) == 1


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        (NOT, True),
        ("not-applicable required_labels because x", True),
        ("not-applicable required_labels no-team because x", True),
        ("not-applicable required_labels no-team 19.1 because x", True),
        ("not-applicable required_labels no-team 19.0 because x", False),
        ("not-applicable required_labels no-type because x", False),
        ("not-applicable triage because x", False),
    ],
)
def test_a_plan_leaves_out_what_is_settled(text: str, refused: bool) -> None:
    one = item(text)
    add = (Remedy(AddLabels(("Unplanned",))),)
    found = Finding("required_labels", "labels.team", one.ref, "no-team", "It lacks it.", remedies=add, period="19.1")
    plan = make_plan([found], a_snapshot(one), a_handbook())
    assert [len(plan.actions), len(plan.refused)] == [0 if refused else 1, 1 if refused else 0]


def test_the_answer_that_a_comment_suggests_settles_it_for_this_milestone_and_the_next_one_asks_again() -> None:
    mine = an_issue(1, milestone="19.1", assignees=("nadia",))
    then, later = at("2026-06-10 15:00"), at("2026-07-08 15:00")

    def planned(one: Item, now: datetime) -> list[Action]:
        snapshot = a_snapshot(one, now=now)
        found = [f for f in check_rule("milestone_planning", snapshot) if f.code == "no-news"]
        return list(make_plan(found, snapshot, a_handbook()).actions)

    [action] = planned(mine, then)
    assert isinstance(action.change, Comment)
    words = letter(action.change, action.rule, action.clause, a_handbook(), action.code, action.period)
    [suggested] = re.findall(r"`@handrail (.*) because …`", words)
    assert suggested == "not-applicable milestone_planning no-news 19.1"
    answered = structs.replace(mine, commands=(Command("nadia", then, f"{suggested} because it is done"),))
    assert planned(answered, then) == []
    assert [one.period for one in planned(structs.replace(answered, milestone="19.2"), later)] == ["19.2"]


def test_an_answer_counts_where_it_was_asked() -> None:
    """The comment stands on a person's oldest issue, what is found on the oldest without news."""
    then = at("2026-06-10 15:00")
    said = (Command("nadia", then, "not-applicable milestone_planning no-news 19.1 because it is done"),)
    old = an_issue(1, milestone="19.1", assignees=("nadia",), acted={"nadia": then}, commands=said)
    snapshot = a_snapshot(old, an_issue(2, milestone="19.1", assignees=("nadia",)), now=then)
    found = check_rule("milestone_planning", snapshot)
    assert told(found) == ["no-news omnibus-gitlab#2"]
    assert make_plan(found, snapshot, a_handbook()).actions == ()


def test_an_answer_to_a_command_is_not_settled_by_another() -> None:
    one = item(NOT, "help")
    plan = make_plan(answers(one), a_snapshot(one, now=NOW), a_handbook())
    assert [action.rule for action in plan.actions] == ["commands"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("take", ("take", "", "")),
        ("Take it.", ("take", "", "")),
        ("take it over, please!", ("take", "", "")),
        ("take care", None),
        ("hand over to @Mara.", ("hand-over", "mara", "")),
        ("hand-over this to @nadia, she knows pods", ("hand-over", "nadia", "she knows pods")),
        ("hand over", ("hand-over", "", "")),
        ("ask @geo-lena: whose is it?", ("ask", "geo-lena", "whose is it?")),
        ("done", ("done", "", "")),
        ("done with a restart of @bot", ("done", "", "a restart of @bot")),
        ("done @sam fixed it", ("done", "", "@sam fixed it")),
        ("not for us because Geo owns it", ("not-for-us", "", "Geo owns it")),
        ("Not-for-us: Geo owns it", ("not-for-us", "", "Geo owns it")),
        ("not-applicable because x", None),
        ("help", None),
    ],
)
def test_a_command_about_a_request_is_a_verb_whom_and_words(text: str, meant: tuple[str, str, str] | None) -> None:
    said = of_request(text, Desk(a_snapshot(), a_handbook()))
    assert said == (OfRequest(*meant) if meant else None)  # type: ignore[arg-type]
    assert parsed(text)[0] == (meant[0] if meant else parsed(text)[0])


AUTHOR = "amelie"
REQUEST = Asked("t", "mention", "sam", at("2026-06-01 09:00"), "ivo", 1, ref=item().ref,
                steps=(Step(at("2026-06-01 09:00"), "sam", "came", "ivo"),))  # fmt: skip


def of_asked(one: Item, *asked: Asked) -> list[Finding]:
    return check_rule("commands", a_snapshot(one, asked=asked))


@pytest.mark.parametrize(
    ("text", "by", "code", "says"),
    [
        ("take", "nadia", "", ""),
        ("done", AUTHOR, "", ""),
        ("take", AUTHOR, "not-yours", "is for members of the team to say"),
        ("hand over", "nadia", "unknown", "To whom? `@handrail hand over to @user` says so"),
        ("ask whoever knows", "nadia", "unknown", "To whom? `@handrail ask @user` says so"),
        ("ask @mara", "nadia", "", ""),
        ("ask @Amelie", "nadia", "", ""),
        ("ask @geo-lena", "nadia", "unknown", "I know nobody called `@geo-lena` here, so nothing has changed."),
        ("hand over to @geo-lena", "nadia", "unknown", "`@geo-lena` is nobody of the team that I know"),
        ("not for us", "nadia", "no-reason", "`@handrail not for us because …`"),
        ("not for us because Geo owns it", "nadia", "", ""),
        ("take care", "nadia", "", ""),
    ],
)
def test_what_lacks_in_a_command_about_a_request_is_told(text: str, by: str, code: str, says: str) -> None:
    one = structs.replace(item(text, by=by), author=AUTHOR)
    found = of_asked(one, REQUEST)
    assert [finding.code for finding in found] == [code] * bool(code)
    assert all(says in asks(finding) for finding in found)
    desk = Desk(a_snapshot(one), a_handbook())
    assert [command.text for command, _ in followed(one, desk)] == [text] * (not code and text != "take care")


def test_an_expert_of_another_team_may_be_asked_where_the_handbook_knows_them() -> None:
    book = a_handbook({"components": {"Geo": Component(experts=("geo-lena",), words=("geo",))}})
    assert check_rule("commands", a_snapshot(item("ask @geo-lena"), asked=(REQUEST,)), book) == []


def test_without_an_open_request_the_answer_says_so() -> None:
    over = after(REQUEST, Step(SAID, "ivo", "done"))
    assert of_asked(item("done"), over) == [], "it is what ended it"
    for asked in (
        (),
        (after(REQUEST, Step(at("2026-06-01 09:30"), "ivo", "done")),),
        (replace(REQUEST, asked_at=NOW),),
    ):
        (one,) = of_asked(item("done"), *asked)
        assert (one.code, asks(one)) == ("no-request", "There is no open request here, so nothing has changed.")
    snapshot = a_snapshot(item("take"))
    log = [LogEntry(1, NOW, "erin", Began(date(2026, 6, 1), ("ivo",)))]
    kept = dataclasses.replace(snapshot, duty=rota_of(log, snapshot, a_handbook(), "dri"))
    (one,) = check_rule("commands", kept)
    assert asks(one).endswith("A mention of `@gitlab-org/distribution` makes one.")
