"""What came out upstream: one issue for each release that has to be supported, kept up to date until proof ends it."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from handrail.engine.assemble import assemble
from handrail.handbook.schema import Handbook
from handrail.handbook.support import Hold, Product
from handrail.model.actions import (
    AddLabels,
    Change,
    CloseItem,
    Comment,
    CreateItem,
    EditDescription,
    RemoveLabels,
    SetMilestone,
)
from handrail.model.facts import Team
from handrail.model.findings import TEAM, Finding
from handrail.model.items import Issue, Stay
from handrail.model.markdown import BEGINS, ENDS, our_part
from handrail.model.people import Person
from handrail.model.planning import Milestone
from handrail.model.support import Published, Support, Tracking
from handrail.rules.desk import Desk
from handrail.rules.support_clocks import tracked
from handrail.support.clocks import clocks_of
from handrail.testing import PROJECT, Told, a_handbook, an_issue, assert_calm, at, check_rule, told
from handrail.worktime import release_calendar

NOW = at("2026-06-02 10:00")
SEEN = at("2026-01-05 06:00")
CHARTS = "gitlab-org/charts/gitlab"
UBUNTU = Published("ubuntu", "26.04", SEEN, date(2026, 4, 23), lts=True)
VALKEY = Published("valkey", "9.1", SEEN, date(2026, 5, 19))
KUBERNETES = Published("kubernetes", "1.36", SEEN, date(2026, 4, 22))
OLD_VALKEY = Published("valkey", "9.0", SEEN, date(2025, 10, 21))
PRODUCTS = {
    "ubuntu": Product("ubuntu_lts", minor="other_minor", lts_only=True),
    "valkey": Product("dependency"),
    "kubernetes": Product("kubernetes"),
}
BOOK = a_handbook({"support.products": PRODUCTS, "support.holds": ()})
ALONE = a_handbook(base=BOOK, people={"zoe": Person("Zoe")})
"""Nobody is of a group, or has a role."""
OURS = BOOK.team.handle
TITLES = ("18.9", "18.10", "18.11", "19.0", "19.1", "19.2", "19.3")


def facts(
    *published: Published,
    issues: tuple[Issue, ...] = (),
    support: tuple[Support, ...] = (),
    now: datetime = NOW,
    titles: tuple[str, ...] = TITLES,
    undated: tuple[str, ...] = ("Backlog",),
    tracking: tuple[Tracking, ...] = (),
) -> Told:
    dated = (release_calendar.milestone(title) for title in titles)
    known = (*(Milestone(one.title, one.start, one.due) for one in dated if one), *map(Milestone, undated))
    return Told(
        tuple((issue, ()) for issue in issues),
        Team(now, milestones=known, published=published, support=support, tracking=tracking),
    )


def found(*published: Published, book: Handbook = BOOK, **given: Any) -> list[Finding]:
    """What is found, but that the handbook's other products are not known."""
    those = check_rule("support_clocks", assemble(facts(*published, **given), book, closed=True), book)
    return [one for one in those if one.code != "unknown"]


def book(**changes: object) -> Handbook:
    return a_handbook({f"rules.support_clocks.{key}": value for key, value in changes.items()}, base=BOOK)


def tracking(title: str = "Support ubuntu 26.04", *labels: str, milestone: str = "19.1", **given: Any) -> Issue:
    """Ours, as the rule opens it."""
    build = ("group::distribution", "group::distribution::build", *labels)
    return structs.replace(an_issue(7, *build, title=title, author=OURS, milestone=milestone), **given)


def changes(one: Finding) -> list[Change]:
    return [remedy.change for remedy in one.remedies]


def created(one: Finding) -> CreateItem:
    (change,) = changes(one)
    assert isinstance(change, CreateItem)
    assert_calm(f"{change.title} {change.description}")
    return change


def said(one: Finding) -> Comment:
    (change,) = [change for change in changes(one) if isinstance(change, Comment)]
    return change


# --- what is opened ------------------------------------------------------------------------------------------


def test_a_release_gets_an_issue_with_its_dates_and_a_checklist() -> None:
    (one,) = found(structs.replace(UBUNTU, ends=date(2031, 4, 30)))
    assert told([one]) == ["to-open omnibus-gitlab"]
    assert one.says == (
        "ubuntu 26.04 came out on Thu 23 Apr, has no issue, and is to be supported within 2 milestones, by Thu 18 Jun: "
        "none of our releases has it yet; 1 release of ours comes by then."
    )
    assert (one.clause, one.severity, one.who, one.period) == (
        "support.ubuntu", "warning", ("mara", "nadia"), "ubuntu 26.04"
    )  # fmt: skip
    change = created(one)
    assert (change.title, change.topic, change.milestone) == ("Support ubuntu 26.04", "ubuntu-26.04", "19.1")
    assert change.description.startswith(
        f"{BEGINS}\n\nubuntu 26.04 came out on 2026-04-23 and is to be supported within 2 milestones.\n"
        "It is due by 2026-06-18.\n\n"
        "- [ ] A build or a CI job has it"
    )
    assert change.description.endswith(f"2031-04-30\n\n{ENDS}")
    assert change.labels == ("type::maintenance", "priority::2")
    assert created(*found(UBUNTU)).description.endswith(f"not known yet\n\n{ENDS}")


def test_each_class_has_a_place_and_labels_of_its_own() -> None:
    one, other = found(VALKEY, KUBERNETES)
    assert told([one, other]) == ["to-open gitlab", "to-open omnibus-gitlab"]
    assert one.who == ("ivo", "timo")
    assert "maintenance::dependency" in created(other).labels
    of_charts = a_handbook({"rules.support_clocks.kinds": {"dependency": {"project": CHARTS}}}, base=BOOK)
    assert [each.subject for each in found(VALKEY, book=of_charts)] == [CHARTS]


def test_it_is_planned_for_what_is_aimed_at_and_once_that_is_over_for_the_last_that_is_in_time() -> None:
    """A dependency: the third of our releases, at most the fifth. 19.2 is the third after 19 May."""
    aimed = created(*found(VALKEY))
    assert aimed.milestone == "19.2"
    assert "It is aimed at 2026-07-16 and due by 2026-09-17." in aimed.description
    last = book(milestone="due")
    assert created(*found(VALKEY, book=last)).milestone == "Backlog", "GitLab does not have 19.4 yet"
    assert created(*found(VALKEY, book=last, undated=())).milestone is None
    assert created(*found(VALKEY, book=last, titles=(*TITLES, "19.4"))).milestone == "19.4"
    older = structs.replace(VALKEY, released=date(2026, 2, 2))
    assert created(*found(older)).milestone == "19.1", "18.11 was aimed at"
    # Where neither is left it goes where all goes that waits.
    assert created(*found(structs.replace(UBUNTU, released=date(2026, 2, 2)))).milestone is None


def test_the_most_pressing_come_first_and_so_many_a_week() -> None:
    late = structs.replace(UBUNTU, release="24.04", released=date(2026, 2, 1))
    one, *rest = found(VALKEY, UBUNTU, late, book=book(most_a_week=1))
    assert (one.code, one.period, one.severity) == ("to-open", "ubuntu 24.04", "breach")
    assert "was to be supported within 2 milestones, by Thu 19 Mar" in one.says
    assert [(each.code, each.subject, each.period, each.severity, each.remedies) for each in rest] == [
        ("later", PROJECT, "ubuntu 26.04", "warning", ()),
        ("later", PROJECT, "valkey 9.1", "note", ()),
    ]
    assert rest[0].says.endswith("Others come first: as many were opened this week as the handbook has it.")


def test_of_a_dependency_the_newest_alone_is_opened_since_it_stands_for_the_older_ones() -> None:
    (one,) = found(OLD_VALKEY, VALKEY)
    assert (one.period, one.severity) == ("valkey 9.1", "note")
    older = found(OLD_VALKEY, VALKEY, issues=(tracking("Support valkey 9.1", milestone="19.2"),))
    assert older == [], "it has its issue"
    clusters = structs.replace(KUBERNETES, release="1.35", released=date(2025, 12, 17))
    assert [one.period for one in found(clusters, KUBERNETES)] == ["kubernetes 1.35", "kubernetes 1.36"]


def test_what_follows_from_its_line_gets_no_issue() -> None:
    point = Published("ubuntu", "26.04.1", SEEN, date(2026, 5, 28), lts=True, minor=True)
    had = Support("ubuntu", "26.04", "19.0")
    products = PRODUCTS | {"ubuntu": Product("ubuntu_lts", minor="other_minor", lts_only=True, minors_follow=True)}
    following = a_handbook({"support.products": products}, base=BOOK)
    assert found(UBUNTU, point, support=(had,), book=following) == []
    assert [one.period for one in found(UBUNTU, point, support=(had,))] == ["ubuntu 26.04.1"]


@pytest.mark.parametrize(
    ("author", "days", "codes"), [(OURS, 6, {"later"}), (OURS, 8, {"to-open"}), ("ada", 6, {"to-open"})]
)
def test_what_was_opened_within_the_week_counts(author: str, days: int, codes: set[str]) -> None:
    there = tracking(created_at=NOW - timedelta(days=days), author=author, state="closed", closed_at=NOW)
    assert {one.code for one in found(UBUNTU, VALKEY, issues=(there,), book=book(most_a_week=1))} == codes


def test_what_we_opened_counts_whatever_the_account_is_called() -> None:
    ours = tracking("Support valkey 9.1", author="the-bot", milestone="19.2", created_at=NOW - timedelta(days=6))
    before = Tracking("valkey-9.1", ours.ref, ours.created_at)
    one = book(most_a_week=1)
    assert [each.code for each in found(UBUNTU, VALKEY, issues=(ours,), tracking=(before,), book=one)] == ["later"]
    assert [each.code for each in found(UBUNTU, VALKEY, issues=(ours,), book=one)] == ["to-open"]
    ended = structs.replace(VALKEY, ends=date(2026, 6, 1))
    assert [each.code for each in found(ended, issues=(ours,), tracking=(before,))] == ["not-needed"]


@pytest.mark.parametrize("project", ["", "elsewhere/app"])
def test_where_no_project_is_read_it_is_only_said(project: str) -> None:
    (one,) = found(UBUNTU, book=book(project=project))
    assert (one.code, one.subject, one.remedies) == ("later", TEAM, ())
    assert one.says.endswith("The handbook names no project that is read, in which one could be opened.")
    assert one.who == ("erin", "paul"), "whoever acts on what is nobody's"


def test_the_release_is_in_every_title() -> None:
    assert created(*found(UBUNTU, book=book(title="New upstream"))).title == "New upstream ubuntu 26.04"


@pytest.mark.parametrize("state", ["opened", "closed"])
def test_what_somebody_opened_under_the_title_is_its_issue(state: str) -> None:
    theirs = tracking("support  Ubuntu 26.04", author="nadia", state=state, closed_at=NOW)
    assert not {"to-open", "later"} & {one.code for one in found(UBUNTU, issues=(theirs,))}
    elsewhere = an_issue(7, project="gitlab-org/gitlab", title="Support ubuntu 26.04")
    assert told(found(UBUNTU, issues=(elsewhere,))) == ["to-open omnibus-gitlab"]


def test_screens_find_a_releases_issue_by_what_we_opened_and_by_its_title() -> None:
    ours, titled = tracking("Whatever it is called now"), tracking("support Valkey 9.1")
    ours = structs.replace(ours, ref=f"{PROJECT}#8")
    those = facts(
        UBUNTU, VALKEY, KUBERNETES, issues=(ours, titled), tracking=(Tracking("ubuntu-26.04", ours.ref, SEEN),)
    )
    desk = Desk(assemble(those, BOOK), BOOK)
    found = tracked(clocks_of(desk.snapshot, BOOK.support), desk)
    assert found == {("ubuntu", "26.04"): ours.ref, ("valkey", "9.1"): titled.ref}


def test_what_we_opened_once_is_not_opened_again_nor_does_it_keep_others_from_it() -> None:
    before = Tracking("ubuntu-26.04", f"{PROJECT}#3", NOW - timedelta(days=90))
    assert found(UBUNTU, tracking=(before,)) == []
    (one,) = found(UBUNTU, VALKEY, tracking=(before,), book=book(most_a_week=1))
    assert (one.code, one.period) == ("to-open", "valkey 9.1")
    coming = structs.replace(before, at=NOW + timedelta(hours=1))
    later = assemble(facts(UBUNTU, tracking=(coming,), now=NOW + timedelta(hours=2)), BOOK, NOW, closed=True)
    assert next(one.code for one in check_rule("support_clocks", later, BOOK)) == "to-open", "what is still to come"


def test_ours_is_known_whatever_it_is_called_by_now() -> None:
    ours = tracking("Packages for Resolute Raccoon")
    (one,) = found(UBUNTU, issues=(ours,), tracking=(Tracking("ubuntu-26.04", ours.ref, ours.created_at),))
    assert told([one]) == ["due-soon omnibus-gitlab#7"]


def test_no_label_is_asked_of_a_team_that_requires_none() -> None:
    bare = a_handbook({"rules.required_labels": {"mode": "off"}}, base=BOOK)
    (one,) = found(UBUNTU, book=bare)
    assert one.who == ("erin", "paul")


# --- the issue that is there ---------------------------------------------------------------------------------


def test_it_moves_when_gitlab_gets_the_milestone() -> None:
    (one,) = found(VALKEY, issues=(tracking("Support valkey 9.1", milestone="Backlog"),))
    assert told([one]) == ["plan omnibus-gitlab#7"]
    assert one.says == "It is in Backlog, and valkey 9.1 is planned for 19.2, which is released by Thu 16 Jul."
    assert changes(one) == [SetMilestone("19.2")]
    (one,) = found(VALKEY, issues=(structs.replace(tracking("Support valkey 9.1"), milestone=None),))
    assert one.says.startswith("It is in no milestone, ")


def test_it_moves_with_a_date_that_changed_and_not_where_people_planned_it_otherwise() -> None:
    before = structs.replace(VALKEY, released=date(2026, 4, 14))
    after = structs.replace(VALKEY, seen=at("2026-05-20 06:00"))
    planned = tracking("Support valkey 9.1", milestone="19.1", created_at=at("2026-05-18 09:00"))
    codes = [one.code for one in found(before, after, issues=(planned,))]
    assert codes == ["plan", "date-changed"]
    by_hand = structs.replace(planned, milestones=(Stay("19.1", at("2026-05-21 09:00")),))
    assert [one.code for one in found(before, after, issues=(by_hand,))] == ["date-changed"]
    assert [one.code for one in found(before, issues=(structs.replace(planned, milestone="19.0"),))] == []
    # By what was known then its clock had not begun.
    early = structs.replace(before, released=date(2026, 7, 1))
    assert [one.code for one in found(early, after, issues=(planned,))] == ["date-changed"]


def opened(*published: Published, **given: Any) -> tuple[Issue, Tracking]:
    """The issue that was opened for a release, as it was opened, and what is known of that."""
    change = created(*found(*published, **given))
    issue = tracking(change.title, milestone="19.2", part=our_part(change.description))
    return issue, Tracking(change.topic, issue.ref, issue.created_at, issue.part)


def edits(*published: Published, **given: Any) -> list[tuple[str, EditDescription]]:
    those = [one for one in found(*published, **given) if one.code == "out-of-date"]
    return [(one.says, change) for one in those for change in changes(one) if isinstance(change, EditDescription)]


def test_its_description_is_brought_up_to_date_when_the_dates_change() -> None:
    issue, ours = opened(VALKEY)
    assert edits(VALKEY, issues=(issue,), tracking=(ours,)) == []
    later = structs.replace(VALKEY, seen=at("2026-05-20 06:00"), ends=date(2027, 4, 1))
    ticked = structs.replace(issue, part=issue.part.replace("[ ] Tests", "[x] Tests") + "\n- [ ] Ask Ivo")
    ((says, edit),) = edits(VALKEY, later, issues=(ticked,), tracking=(ours,))
    assert says == (
        "Its description still says “- [ ] The end of its vendor's support is noted where we drop what is old: not "
        "known yet”, and not “- [ ] The end of its vendor's support is noted where we drop what is old: 2027-04-01”."
    )
    assert (edit.was, edit.text) == (ours.wrote, ours.wrote.replace("not known yet", "2027-04-01"))
    assert edit.part == ticked.part.replace("not known yet", "2027-04-01")
    done = structs.replace(issue, part=edit.part), structs.replace(ours, wrote=edit.text)
    assert edits(VALKEY, later, issues=done[:1], tracking=done[1:]) == []


def test_its_description_says_what_was_agreed_on() -> None:
    """A hold, and another reading: whatever the dates follow from."""
    issue, ours = opened(VALKEY)
    held = a_handbook({"support.holds": (Hold("valkey", "9.1", date(2026, 8, 1), "@ivo waits for it"),)}, base=BOOK)
    ((says, edit),) = edits(VALKEY, issues=(issue,), tracking=(ours,), book=held)
    assert says == (
        "Its description still says “It is aimed at 2026-07-16 and due by 2026-09-17”, and not “It is held until "
        "2026-08-01: @\u200bivo waits for it”."
    )
    other = a_handbook({"support.reading": "calendar_months"}, base=BOOK)
    ((_, edit),) = edits(VALKEY, issues=(issue,), tracking=(ours,), book=other)
    assert "It is aimed at 2026-08-19 and due by 2026-10-19." in edit.text
    assert "within 3 to 5 milestones, counted" in edit.text


def test_its_list_follows_the_handbooks() -> None:
    issue, ours = opened(VALKEY)
    longer = book(description=f"{BOOK.rules['support_clocks']['description']}\n- [ ] More")
    ((says, _),) = edits(VALKEY, issues=(issue,), tracking=(ours,), book=longer)
    assert says == "Its description does not say yet “- [ ] More”."
    issue, ours = opened(VALKEY, book=longer)
    ((says, _),) = edits(VALKEY, issues=(issue,), tracking=(ours,))
    assert says == "Its description still says “- [ ] More”."
    lines = str(BOOK.rules["support_clocks"]["description"]).split("\n")
    backwards = book(description="\n".join(reversed(lines)))
    issue, ours = opened(VALKEY)
    assert edits(VALKEY, issues=(issue,), tracking=(ours,), book=backwards) == [], "the order is nothing to write for"


def test_a_description_that_people_have_taken_over_is_left_to_them() -> None:
    issue, ours = opened(VALKEY)
    held = a_handbook({"support.holds": (Hold("valkey", "9.1", date(2026, 8, 1), "no image"),)}, base=BOOK)
    without = structs.replace(issue, part="")
    assert edits(VALKEY, issues=(without,), tracking=(ours,), book=held) == []
    reworded = structs.replace(issue, part=issue.part.replace("It is aimed at", "We aim at"))
    assert edits(VALKEY, issues=(reworded,), tracking=(ours,), book=held) == []
    assert edits(VALKEY, issues=(issue,), tracking=(structs.replace(ours, wrote=""),), book=held) == []
    theirs = structs.replace(ours, ref=f"{PROJECT}#3")
    assert edits(VALKEY, issues=(issue,), tracking=(theirs,), book=held) == [], "a person's copy of ours"


def test_what_a_description_said_at_a_past_moment_nobody_knows() -> None:
    issue, ours = opened(VALKEY)
    held = a_handbook({"support.holds": (Hold("valkey", "9.1", date(2026, 8, 1), "no image"),)}, base=BOOK)
    told_now = facts(VALKEY, issues=(issue,), tracking=(ours,))
    for moment, codes in ((NOW, ["out-of-date"]), (NOW - timedelta(hours=1), [])):
        those = check_rule("support_clocks", assemble(told_now, held, moment, closed=True), held)
        assert [one.code for one in those if one.code == "out-of-date"] == codes


def test_near_the_day_whoever_has_it_is_asked() -> None:
    (one,) = found(UBUNTU, issues=(tracking(assignees=("nadia", "stranger")),))
    assert (one.code, one.who, one.severity) == ("due-soon", ("nadia",), "warning")
    assert (
        one.says
        == "ubuntu 26.04 is due by Thu 18 Jun; none of our releases has it yet; 1 release of ours comes by then."
    )
    assert said(one).to == ("nadia", "stranger")
    assert said(one).asks == (
        "ubuntu 26.04 is to be supported within 2 milestones, by Thu 18 Jun. Could you write down how it stands? If it "
        "has to wait, EM and PM can agree on a hold until a day."
    )


def test_near_the_day_the_group_is_asked_for_somebody() -> None:
    (one,) = found(UBUNTU, issues=(tracking(),))
    assert (one.who, said(one).to) == (("mara", "nadia"), ("mara", "nadia"))
    assert said(one).asks.endswith("Nobody is assigned yet. Could one of you take it, or say what keeps it?")
    theirs = structs.replace(tracking(), labels=("group::distribution", "group::distribution::deploy"))
    assert said(*found(UBUNTU, issues=(theirs,))).to == ("ivo", "timo"), "the group that its issue is under"
    assert [(each.code, each.who, each.remedies) for each in found(UBUNTU, issues=(tracking(),), book=ALONE)] == [
        ("due-soon", (), ())
    ]


def test_after_the_day_it_is_the_managers() -> None:
    late = structs.replace(UBUNTU, released=date(2026, 2, 1))
    (one,) = found(late, issues=(tracking(),))
    assert (one.code, one.severity, one.who) == ("overdue", "breach", ("mara", "nadia", "erin", "paul"))
    assert one.says == "ubuntu 26.04 was due by Thu 19 Mar; none of our releases has it, 75 days after it was due."
    assert changes(one)[0] == AddLabels(("support::overdue",))
    assert (said(one).to, said(one).topic) == (("erin", "paul"), "overdue-4")
    assert said(one).asks == (
        "ubuntu 26.04 was to be supported within 2 milestones, by Thu 19 Mar, and none of our releases has it yet; "
        "nobody is assigned. Could you decide what becomes of it: which release it goes into, or a hold until a day, "
        "with the reason?"
    )
    assert [said(each).topic for each in found(late, issues=(tracking(),), now=at("2026-03-20 10:00"))] == ["overdue"]
    (one,) = found(late, issues=(tracking("Support ubuntu 26.04", "support::overdue", assignees=("nadia", "ivo")),))
    assert (one.who, len(changes(one))) == (("nadia", "ivo", "erin", "paul"), 1)
    assert "; Nadia and Ivo have it." in said(one).asks
    (one,) = found(late, issues=(tracking(assignees=("nadia",)),))
    assert "; Nadia has it." in said(one).asks


def test_what_nobody_is_there_to_decide_has_a_label() -> None:
    late = structs.replace(UBUNTU, released=date(2026, 2, 1))
    (one,) = found(late, issues=(tracking(),), book=ALONE)
    assert changes(one) == [AddLabels(("support::overdue",))]


def test_a_label_that_holds_no_more_comes_off() -> None:
    """Held after all: until then it is nobody's to do."""
    hold = a_handbook({"support.holds": (Hold("ubuntu", "26.04", date(2026, 8, 1), "no runner yet"),)}, base=BOOK)
    late = structs.replace(UBUNTU, released=date(2026, 2, 1))
    (one,) = found(late, issues=(tracking("Support ubuntu 26.04", "support::overdue"),), book=hold)
    assert (one.code, changes(one)) == ("in-time-again", [RemoveLabels(("support::overdue",))])
    assert one.says == (
        "It has ~support::overdue, and ubuntu 26.04 is not overdue: held until 2026-08-01: no runner yet."
    )
    assert found(late, issues=(tracking(),), book=hold) == []


def test_proof_ends_it_with_thanks() -> None:
    proof = Support("ubuntu", "26.04", "19.0", proof=".gitlab-ci.yml at 19.0.0+ee.0")
    other = Support("ubuntu", "22.04", "19.0", proof="something else")
    (one,) = found(UBUNTU, issues=(tracking(assignees=("nadia",)),), support=(other, proof))
    assert (one.code, one.severity, one.who) == ("supported", "note", ("nadia",))
    assert one.says == (
        "ubuntu 26.04 is supported since 19.0: 19.0 has it, 28 days before it was due (shown by .gitlab-ci.yml at "
        "19.0.0+ee.0)."
    )
    assert changes(one) == [said(one), CloseItem()]
    assert (said(one).to, said(one).last) == (("nadia",), True)
    assert said(one).asks == f"{one.says} So this can be closed; what is left of its list may have an issue of its own."
    (one,) = found(UBUNTU, issues=(tracking(),), support=(structs.replace(proof, proof=""),))
    assert (one.says[-14:], said(one).to) == ("before it was due."[-14:], ("erin", "paul"))
    assert changes(*found(UBUNTU, issues=(tracking(),), support=(proof,), book=ALONE)) == [CloseItem()]


def test_what_moves_to_the_next_milestone_is_closed_there() -> None:
    proof, moves = Support("ubuntu", "26.04", "19.0"), tracking(milestone="19.0")
    (one,) = found(UBUNTU, issues=(moves,), support=(proof,))
    assert (one.code, one.remedies) == ("supported", ())
    stays = a_handbook({"rules.milestone_planning": {"mode": "off"}}, base=BOOK)
    assert CloseItem() in changes(*found(UBUNTU, issues=(moves,), support=(proof,), book=stays))
    (one,) = found(UBUNTU, issues=(structs.replace(moves, milestone=None),), support=(proof,))
    assert CloseItem() in changes(one)


def test_what_nobody_has_to_support_any_more_is_closed_where_we_opened_it() -> None:
    ended = structs.replace(UBUNTU, ends=date(2026, 6, 1))
    (one,) = found(ended, issues=(tracking(),))
    assert (one.code, changes(one)[1]) == ("not-needed", CloseItem())
    assert one.says == (
        "Nobody has to support ubuntu 26.04 any more: its vendor’s support ended on 2026-06-01, and none of our "
        "releases has it."
    )
    assert found(ended, issues=(tracking(author="nadia"),)) == []


# --- what else people have to know ---------------------------------------------------------------------------


def notices(*published: Published, **given: Any) -> list[Finding]:
    """What is said beside issues."""
    codes = {"date-changed", "undated", "ends-soon", "ended", "gone", "hold"}
    return [one for one in found(*published, **given) if one.code in codes]


def test_a_date_that_changed_is_said_with_what_it_does_to_the_due() -> None:
    before = structs.replace(KUBERNETES, released=date(2026, 4, 15), ends=date(2027, 4, 1))
    after = structs.replace(KUBERNETES, seen=at("2026-05-20 06:00"), ends=date(2027, 6, 28))
    (one,) = notices(before, after)
    assert (one.subject, one.period, one.who, one.severity) == (TEAM, "kubernetes 1.36", ("ivo", "timo"), "note")
    assert one.says == (
        "Of kubernetes 1.36 the day of its release is Wed 22 Apr, as was seen on Wed 20 May, and was Wed 15 Apr; the "
        "end of its vendor’s support is Mon 28 Jun 2027, as was seen on Wed 20 May, and was Thu 1 Apr 2027; it is due "
        "on Wed 22 Jul instead of Wed 15 Jul."
    )
    assert notices(before, after, now=at("2026-06-25 10:00")) == []
    (one,) = notices(before, structs.replace(before, seen=after.seen, ends=None))
    assert one.says.endswith(
        "the end of its vendor’s support is not given any more, as was seen on Wed 20 May, and was Thu 1 Apr 2027; it "
        "is due on Wed 15 Jul, as before."
    )


def test_a_date_of_what_is_still_to_come_or_had_none() -> None:
    announced = structs.replace(KUBERNETES, released=date(2026, 8, 12))
    later = structs.replace(announced, seen=at("2026-05-20 06:00"), released=date(2026, 8, 26))
    (one,) = notices(announced, later)
    assert one.says == (
        "Of kubernetes 1.36 the day of its release is Wed 26 Aug, as was seen on Wed 20 May, and was Wed 12 Aug."
    )
    none = structs.replace(KUBERNETES, released=None)
    (one,) = notices(none, structs.replace(KUBERNETES, seen=later.seen))
    assert one.says == (
        "Of kubernetes 1.36 the day of its release is Wed 22 Apr, as was seen on Wed 20 May; it is due on Wed 22 Jul."
    )
    assert notices(structs.replace(none, product="emacs"), structs.replace(KUBERNETES, product="emacs", seen=NOW)) == []


def test_on_its_issue_it_is_said_to_whoever_has_that() -> None:
    before, after = (structs.replace(VALKEY, seen=seen, ends=ends) for seen, ends in CHANGED)
    issue = tracking("Support valkey 9.1", milestone="19.2")
    (one,) = notices(before, after, issues=(issue,))
    assert (one.subject, one.who, said(one).to, said(one).topic) == (
        issue.ref, ("mara", "nadia"), ("mara", "nadia"), "dates"
    )  # fmt: skip
    assert said(one).asks == one.says
    (one,) = notices(before, after, issues=(structs.replace(issue, assignees=("ivo",)),))
    assert (one.who, said(one).to) == (("ivo",), ("ivo",))
    assert [each.remedies for each in notices(before, after, issues=(issue,), book=ALONE)] == [()]
    ended = structs.replace(issue, state="closed", closed_at=NOW)
    assert [each.subject for each in notices(before, after, issues=(ended,))] == [TEAM]


CHANGED = ((SEEN, date(2027, 4, 1)), (at("2026-05-20 06:00"), date(2027, 5, 1)))


def test_a_release_without_a_date_has_no_clock() -> None:
    (one,) = notices(structs.replace(UBUNTU, released=None))
    assert (one.code, one.period) == ("undated", "ubuntu 26.04")
    assert one.says == (
        "Of ubuntu 26.04 nobody says when it came out, so that its clock does not run: a file of the team’s (`file` of "
        "the product) can say so."
    )
    assert [each.code for each in notices(structs.replace(UBUNTU, released=None, ends=date(2026, 6, 3)))] == ["undated"]
    assert notices(structs.replace(UBUNTU, released=None, ends=date(2026, 6, 2))) == []


@pytest.mark.parametrize(
    ("ends", "code", "severity", "says"),
    [
        (date(2026, 12, 3), None, "", ""),
        (
            date(2026, 12, 2), "ends-soon", "note",
            "ubuntu 26.04: its vendor’s support ends on 2026-12-02: announce now that it will be dropped then.",
        ),
        (
            date(2026, 6, 2), "ended", "warning",
            ("ubuntu 26.04: its vendor’s support ended on 2026-06-02, and our releases still have it; drop it, or "
            "keep it and say until when."),
        ),
    ],
)  # fmt: skip
def test_the_end_of_a_vendors_support(ends: date, code: str | None, severity: str, says: str) -> None:
    has = (Support("ubuntu", "26.04", "19.0"),)
    those = notices(structs.replace(UBUNTU, ends=ends), support=has)
    assert [(one.code, one.severity, one.says) for one in those] == ([(code, severity, says)] if code else [])


def test_what_a_handbook_has_no_policy_for_is_of_no_clock() -> None:
    policies = {name: one for name, one in BOOK.support.policies.items() if name != "ubuntu_lts"}
    none = a_handbook({"support.policies": policies}, base=BOOK)
    (one,) = found(UBUNTU, issues=(tracking(),), book=none)
    assert (one.code, one.clause) == ("not-needed", "support.dependencies")
    assert one.says == "Nobody has to support ubuntu 26.04 any more: the handbook has no policy for it."
    (one,) = notices(structs.replace(UBUNTU, released=None), book=none)
    assert (one.code, one.clause) == ("undated", "support.dependencies")


def test_kubernetes_says_itself_until_when_it_is_supported() -> None:
    has = (Support("kubernetes", "1.36", "19.0"),)
    (one,) = notices(structs.replace(KUBERNETES, ends=date(2026, 6, 2)), support=has)
    assert (one.code, one.clause) == ("ended", "support.kubernetes-policy")


def test_what_we_have_and_they_have_dropped() -> None:
    gone = structs.replace(UBUNTU, seen=at("2026-05-20 06:00"), gone=True)
    has = (Support("ubuntu", "26.04", "19.0"),)
    (one,) = notices(UBUNTU, gone, support=has)
    assert (one.code, one.severity) == ("gone", "warning")
    assert one.says == (
        "ubuntu 26.04 is not there any more upstream, as was seen on Wed 20 May, and our releases have it since 19.0: "
        "what comes next can be looked for, and its drop be announced."
    )
    assert notices(UBUNTU, gone) == []
    assert notices(UBUNTU, structs.replace(gone, seen=NOW + timedelta(days=1)), support=has) == []


@pytest.mark.parametrize(
    ("until", "released", "says"),
    [
        (date(2026, 6, 16), date(2026, 4, 23), "ends on Tue 16 Jun (“no runner”)"),
        (date(2026, 6, 17), date(2026, 4, 23), None),
        (date(2026, 6, 1), date(2026, 2, 1), "ended on Mon 1 Jun (“no runner”)"),
        (date(2026, 6, 1), date(2026, 4, 23), "ended on Mon 1 Jun (“no runner”)"),
    ],
)
def test_a_hold_that_ends(until: date, released: date, says: str | None) -> None:
    holds = (Hold("ubuntu", "26.04", until, "no runner"), Hold("ubuntu", "27.04", until, "it is not there yet"))
    those = notices(structs.replace(UBUNTU, released=released), book=a_handbook({"support.holds": holds}, base=BOOK))
    assert [one.says for one in those] == (
        [
            (
                f"The hold of ubuntu 26.04 {says}, and none of our releases has it: it can be taken up, or be held "
                "until another day, with the reason."
            )
        ]
        if says
        else []
    )


def test_a_product_of_which_nothing_is_known() -> None:
    those = check_rule("support_clocks", assemble(facts(UBUNTU), BOOK), BOOK)
    assert [(one.period, one.code) for one in those if one.code == "unknown"] == [
        ("valkey", "unknown"),
        ("kubernetes", "unknown"),
    ]
    assert those[-1].says == (
        "Of kubernetes no release is known, so that it has no clocks: the handbook can give the name that it has "
        "upstream, or a file of the team’s."
    )
    assert check_rule("support_clocks", assemble(facts(), BOOK), BOOK) == [], "where nobody reads any"
