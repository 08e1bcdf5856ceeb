"""`handrail milestone`: who has how much, what was committed, what came in, and what the managers have to schedule."""

from collections.abc import Callable

from tests.cli.conftest import Run, issue

Snapshot = Callable[..., str]


def test_the_running_milestone_with_everybodys_load_and_what_was_committed(run: Run) -> None:
    ran = run("--demo", "milestone")
    assert (ran.code, ran.err) == (0, "")
    first, _, head, *rows = ran.out.splitlines()
    assert first == "19.1 · Sat 16 May to Fri 12 Jun 2026 · 10 more days"
    columns = "engineer points of Deliverables and Unplanned, of the room days at work on duty off for planning"
    assert " ".join(head.split()) == columns
    assert any(row.startswith("Ivo ") and " of 5.8, " in row and "too many" in row for row in rows)
    found = run("--demo", "milestone", "--json").json
    committed = [one["became"] for one in found["committed"]]
    assert f"Committed at its start: {len(committed)} · {committed.count('done')} done" in ran.out
    assert f"Deliverables since then: {len(found['added'])}" in ran.out
    assert f"Deliverables that nobody has yet: {len(found['unassigned'])}" in ran.out
    assert "Unplanned, customer: 1\n  omnibus#8855" in ran.out
    assert "Ready to be scheduled: 1\n  omnibus#8852" in ran.out
    assert "neither EM nor PM has confirmed: 1\n  omnibus#8859" in ran.out


def test_json_says_the_same(run: Run) -> None:
    found = run("--demo", "milestone", "19.1", "--json").json
    assert (found["milestone"], found["start"], found["due"]) == ("19.1", "2026-05-16", "2026-06-12")
    ivo = next(one for one in found["people"] if one["person"] == "ivo")
    assert ivo["over"]
    assert ivo["points"] > ivo["room"]
    assert ivo["days"] + ivo["days_off"] == 20
    refs = {one["ref"] for one in found["committed"]}
    assert refs.isdisjoint(one["ref"] for one in found["added"])
    assert {one["code"] for one in found["findings"]} == {"to-schedule", "deliverable-by"}


def test_one_that_is_over_is_shown_as_it_was_at_its_end(run: Run) -> None:
    ran = run("--demo", "milestone", "19.0")
    assert "19.0 · Sat 11 Apr to Fri 15 May 2026 · over" in ran.out
    assert run("--demo", "milestone", "19.0", "--json").json["at"] == "2026-05-16T00:00:00Z"
    assert run("--demo", "milestone", "19.0", "--at", "2026-06-02", "--json").json["at"] == "2026-06-02T00:00:00Z"


def test_of_one_that_the_facts_know_nothing_of_nothing_is_told(run: Run) -> None:
    out = run("--demo", "milestone", "17.0").out
    assert "Who had what, and what was committed, are not known: these facts know nothing of it." in out
    assert "of the room" not in out
    found = run("--demo", "milestone", "17.0", "--json").json
    assert (found["committed"], found["people"]) == (None, [])


def test_one_to_come_has_committed_nothing_yet(run: Run) -> None:
    out = run("--demo", "milestone", "19.2").out
    assert out.startswith("19.2 · Sat 13 Jun to Fri 10 Jul 2026 · not begun")
    assert "What was committed at its start is not known: it has not begun." in out
    assert run("--demo", "milestone", "19.2", "--json").json["committed"] is None


def test_facts_without_a_past_say_so(run: Run, snapshot: Snapshot) -> None:
    header = '{"kind":"snapshot","version":1,"now":"2026-06-12T14:12:00Z","derived":true,"has_past":false}'
    path = snapshot(issue(1, milestone="19.1", labels=["Deliverable"]), header=header)
    out = run("--snapshot", path, "milestone").out
    assert "its last day" in out
    assert "What was committed at its start is not known: these facts have no past." in out
    assert "▰▰▰▰▰▰▰▰" not in out


def test_who_is_no_engineer_is_named_with_what_they_have(run: Run, snapshot: Snapshot) -> None:
    out = run("--demo", "milestone").out
    assert "\nnot in the table, which is of engineers: Odile and Pilar · " in out
    assert run("--demo", "milestone", "--json").json["left_out"] == ["odile", "pilar"]
    people = '{"kind":"people","people":{"ada":{"name":"Ada"},"mo":{"name":"Mo","roles":["product_manager"]}}}'
    theirs = issue(1, milestone="19.1", assignees=["ada", "mo"]), issue(2, milestone="19.1")
    path = snapshot(*theirs, people=people)
    assert "\nnot in the table, which is of engineers: Mo, with 1 issue" in run("--snapshot", path, "milestone").out
    engineers = snapshot(*theirs)
    assert "not in the table" not in run("--snapshot", engineers, "milestone").out


def test_what_is_no_milestone_with_dates_is_refused_with_those_that_are(run: Run, snapshot: Snapshot) -> None:
    ran = run("--demo", "milestone", "Backlog")
    assert (ran.code, ran.out) == (2, "")
    assert "“Backlog” is no milestone with dates. GitLab has these: 18.9," in ran.err
    path = snapshot('{"kind":"milestone","title":"19.0","start":"2026-04-11","due":"2026-05-15"}')
    none = run("--snapshot", path, "milestone")
    assert none.code == 2
    assert "No milestone runs on 2026-06-02: name one, such as 19.2." in none.err
    assert "GitLab has these: 19.0" in run("--snapshot", path, "milestone", "x").err
    assert "with dates. GitLab has these." in run("--snapshot", snapshot(), "milestone", "x").err


def test_dates_of_the_release_calendar_are_told_as_such(run: Run) -> None:
    told = "These facts have no milestone of that title: the dates are the release calendar’s."
    out = run("--demo", "milestone", "21.3").out
    assert out.startswith("21.3 · Sat 15 Jul 2028 to Fri 11 Aug 2028 · not begun\n" + told)
    assert told not in run("--demo", "milestone").out
