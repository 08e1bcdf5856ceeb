"""From a plan to GitLab as a person runs it: apply, log, undo, take, snooze, rollover and run, on a stand-in."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile

import msgspec
import pytest

from bench.deaths import begin_anew
from handrail.model.facts import Team
from handrail.model.planning import Milestone, Project
from handrail.testing import MILESTONE, NOW, PEOPLE, PROJECT, Told, a_merge_request, an_issue
from standin import StandIn, running
from standin.comments import comment
from tests.cli.conftest import Run, SetUp

WHOLE = ("group::distribution", "group::distribution::build", "type::bug", "priority::2", "FY27::Q2")
ITEMS = (
    an_issue(1, "group::distribution::build", "type::bug", title="Broken mirror", assignees=("nadia",)),
    an_issue(2, *WHOLE, "Deliverable", title="Cache the source", milestone=MILESTONE),
    a_merge_request(3, *WHOLE, "workflow::ready for review", title="Bump libxml2", author="mara"),
    an_issue(4, *WHOLE, "Deliverable", "workflow::in dev", milestone=MILESTONE, assignees=("nadia",)),
)
FIRST, SECOND, REVIEW, MINE = (item.ref for item in ITEMS)
FACTS = Told(
    tuple((item, ()) for item in ITEMS),
    Team(NOW, PEOPLE, (Project(PROJECT),), (Milestone(MILESTONE), Milestone("19.2"))),
)
ONLY = ("--rule", "required_labels")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StandIn, Path]]:
    """A GitLab, and where there is the store that it was read into, once a test has read it."""
    with running(FACTS, per_minute=None) as served:
        yield served, tmp_path_factory.mktemp("read") / "store.sqlite"


@pytest.fixture
def gitlab(served: tuple[StandIn, Path]) -> StandIn:
    """As though nothing had been done on it."""
    served[0].heal()
    begin_anew(served[0], FACTS)
    return served[0]


@pytest.fixture(autouse=True)
def team(gitlab: StandIn, served: tuple[StandIn, Path], tmp_path: Path, set_up: SetUp, run: Run) -> Path:
    """A person with a token that may write, and a store that was filled."""
    told = {"people": dict(PEOPLE), "sources": {"omnibus": {"path": PROJECT}}, "acting": {"most_share": 1.0}}
    store, read = set_up(told, NOW, gitlab=gitlab), served[1]
    if read.exists():
        copyfile(read, store)
    else:
        ran = run("sync", "--group", PROJECT)
        assert ran.code == 0, ran.err
        gitlab.requests.clear()
        copyfile(store, read)
    return tmp_path


def labels(gitlab: StandIn, ref: str) -> set[str]:
    return set(gitlab.world.entries[ref].item.labels)


def writes(gitlab: StandIn) -> int:
    return sum(one.method in {"PUT", "POST"} and one.path != "/api/graphql" for one in gitlab.requests)


def test_a_plan_says_how_it_is_applied_as_a_shell_takes_it(run: Run, team: Path) -> None:
    book = team / "careful.yml"
    book.write_text(f"extends: {team / 'team.yml'}\nacting: {{most_actions: 1}}\n")
    asked, file = ("--handbook", str(book), "plan"), team / "our plan.json"
    same = f"handrail --handbook {book}"
    made = f"{same} plan --rule required_labels -o plan.json, then {same} apply plan.json"
    assert f"do it: {made}\n" in run(*asked, "--rule", "required_labels").out
    assert f"do it: {same} apply '{file}' --force\n" in run(*asked, "-o", str(file)).out
    assert "do it:" not in run(*asked, "--at", "2026-06-02").out


def test_a_reviewed_plan_is_done_and_a_second_time_nothing(run: Run, gitlab: StandIn, team: Path) -> None:
    file = str(team / "plan.json")
    assert run("plan", *ONLY, "-o", file).code == 0
    assert writes(gitlab) == 0
    ran = run("apply", file, "--yes", "--as", "erin")
    assert ran.code == 0, ran.err
    assert "✓ omnibus#1  add ~group::distribution  [1]" in ran.out
    assert ran.out.splitlines()[-1] == "1 done"
    assert "group::distribution" in labels(gitlab, FIRST)
    done = writes(gitlab)
    assert run("apply", file, "--yes").out.splitlines()[-1] == "1 done before"
    assert "Nothing to do" in run("plan", *ONLY).out
    assert writes(gitlab) == done


def test_nobody_there_to_say_yes_is_told_and_nothing_is_done(run: Run, gitlab: StandIn) -> None:
    ran = run("apply", *ONLY)
    assert (ran.code, writes(gitlab)) == (2, 0)
    assert ran.err == "Nobody is here to say yes: look at the plan above, then say --yes.\n"
    assert "add ~group::distribution" in ran.out


def test_what_no_longer_fits_is_left_out_and_said(run: Run, gitlab: StandIn, team: Path) -> None:
    file = str(team / "plan.json")
    run("plan", *ONLY, "-o", file)
    changed = msgspec.structs.replace(gitlab.world.entries[FIRST].item, labels=("group::distribution", "type::bug"))
    gitlab.world.put(changed, ())
    ran = run("apply", file, "--yes")
    assert "· omnibus#1  add ~group::distribution: skipped, it has ~group::distribution already" in ran.out


def test_a_plan_that_was_changed_is_refused(run: Run, gitlab: StandIn, team: Path) -> None:
    file = team / "plan.json"
    run("plan", *ONLY, "-o", str(file))
    told = json.loads(file.read_text())
    told["actions"][0]["change"]["labels"] = ["another"]
    file.write_text(json.dumps(told))
    ran = run("apply", str(file), "--yes")
    assert (ran.code, writes(gitlab)) == (2, 0)
    assert "was changed after it was made" in ran.err


def test_what_was_read_from_one_gitlab_is_done_on_no_other(run: Run, gitlab: StandIn, team: Path) -> None:
    file = str(team / "plan.json")
    run("plan", *ONLY, "-o", file)
    with running(FACTS) as other:
        for command in (("apply", file, "--yes"), ("apply", *ONLY, "--yes"), ("run", "--once", "--group", PROJECT)):
            ran = run(*command, "--url", other.url)
            assert (ran.code, writes(other)) == (2, 0)
            assert f"was read from {gitlab.url[7:]}, and this is {other.url[7:]}: say --url" in ran.err
        elsewhere = ("--store", str(team / "other.sqlite"))
        assert run(*elsewhere, "sync", "--group", PROJECT, "--url", other.url).code == 0
        ran = run(*elsewhere, "apply", file, "--yes", "--url", other.url)
        assert (ran.code, writes(other)) == (2, 0)
        assert ran.err.startswith(f"This plan is for {gitlab.url[7:]}, and this is {other.url[7:]}: ")
    assert run("apply", file, "--yes").out.splitlines()[-1] == "1 done"


def test_a_plan_of_another_moment_is_for_looking_at_only(run: Run, gitlab: StandIn, team: Path) -> None:
    file = str(team / "plan.json")
    run("plan", *ONLY, "--at", "2026-07-01", "-o", file)
    ran = run("apply", file, "--yes")
    assert (ran.code, writes(gitlab)) == (2, 0)
    assert "is for looking at only" in ran.err


def test_an_old_plan_is_refused(run: Run, gitlab: StandIn, team: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = str(team / "plan.json")
    run("plan", *ONLY, "-o", file)
    monkeypatch.setenv("HANDRAIL_NOW", "2026-06-06T10:00:00Z")
    ran = run("apply", file, "--yes")
    assert (ran.code, writes(gitlab)) == (2, 0)
    assert "was made for 2026-06-02 14:00 UTC, and a plan is good for 3 days" in ran.err


def test_a_plan_too_large_needs_force(run: Run, gitlab: StandIn, team: Path) -> None:
    book = team / "small.yml"
    book.write_text(f"extends: {team / 'team.yml'}\nacting: {{most_share: 0.1}}\n")
    two = ("--rule", "reviewers", *ONLY)
    ran = run("--handbook", str(book), "apply", *two, "--yes")
    assert (ran.code, writes(gitlab)) == (2, 0)
    assert "This plan is too large: it changes 2 of 4 open items" in ran.err
    file = str(team / "plan.json")
    run("plan", *two, "-o", file)
    ran = run("--handbook", str(book), "apply", file, "--yes")  # by the handbook of today, not the plan's
    assert (ran.code, writes(gitlab)) == (2, 0)
    assert "This plan is too large: it changes 2 of 4 open items" in ran.err
    assert run("--handbook", str(book), "apply", file, "--yes", "--force").code == 0


def test_a_rule_that_is_off_today_does_nothing_of_an_older_plan(run: Run, gitlab: StandIn, team: Path) -> None:
    file, book = str(team / "plan.json"), team / "off.yml"
    book.write_text(f"extends: {team / 'team.yml'}\nrules: {{required_labels: {{mode: report}}}}\n")
    run("plan", *ONLY, "-o", file)
    ran = run("--handbook", str(book), "apply", file, "--yes")
    assert (ran.code, writes(gitlab)) == (0, 0)
    assert "skipped, the rule required_labels only reports what it finds" in ran.out


def test_a_plan_of_the_day_speaks_to_nobody_at_night(
    run: Run, gitlab: StandIn, team: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(team / "plan.json")
    monkeypatch.setenv("HANDRAIL_NOW", "2026-06-10T14:00:00Z")
    assert "»" in run("plan", "--rule", "milestone_planning", "-o", file).out
    monkeypatch.setenv("HANDRAIL_NOW", "2026-06-11T02:00:00Z")
    ran = run("apply", file, "--yes")
    assert ran.code == 0, ran.err
    assert "waits, @nadia is not at work now" in ran.out
    assert not any(entry.written for entry in gitlab.world.entries.values())
    assert "omnibus#4" in run("next", "--as", "nadia").out


def test_what_gitlab_refuses_is_no_success(run: Run, gitlab: StandIn) -> None:
    gitlab.fail("status", method="PUT", times=None, status=403)
    ran = run("apply", *ONLY, "--yes")
    assert (ran.code, writes(gitlab)) == (2, 1)
    assert ran.out.splitlines()[-1] == "1 failed"
    assert ran.err == "1 of 1 could not be done: the lines above say why.\n"


def test_a_token_that_nobody_knows_is_told_with_the_scope_to_make(
    run: Run, gitlab: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", "wrong")
    ran = run("apply", *ONLY, "--yes")
    assert ran.code == 2
    assert "one with the scope api and give it in GITLAB_TOKEN" in ran.err


def test_a_token_that_only_reads_is_told(run: Run, gitlab: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", gitlab.token)
    ran = run("apply", *ONLY, "--yes")
    assert ran.code == 2
    assert "scope api" in ran.err
    assert gitlab.token not in ran.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--demo", "apply", "--yes"), "Only what was read from a GitLab can be changed there"),
        (("apply", "missing.json", "--yes"), "missing.json cannot be read (No such file or directory)"),
        (("apply", "missing.json", "--rule", "triage"), "A plan in a file is applied whole"),
        (("apply", "--rule", "triag"), "There is no rule “triag”; did you mean `triage`?"),
        (("undo", "99"), "The journal has no entry 99"),
        (("undo", "99999999999999999999"), "The journal has no entry 99999999999999999999"),
        (("undo", "99", "--as", "nadja"), "Nobody of the team is called “nadja”"),
        (("--demo", "undo", "1"), "Only what was read from a GitLab can be changed there"),
        (("--demo", "snooze", "omnibus#2", "--as", "nadia", "--wake"), "Only what was read from a GitLab"),
        (("log", "nonsense"), "“nonsense” is no reference"),
        (("plan", "--json", "--markdown"), "two ways to print a plan"),
        (("rollover", "--as", "erin", "--confirm"), "--confirm goes with --team"),
        (("take", "omnibus#99", "--as", "nadia"), "omnibus#99 is not in your queue"),
        (("snooze", "omnibus#2", "--as", "nadia"), "Say until when and why"),
        (("snooze", "omnibus#2", "--as", "nadia", "--until", "soon", "--because", "x"), "“soon” is no day"),
        (("snooze", "omnibus#2", "--as", "nadia", "--until", "2020-01-01", "--because", "x"), "is not to come"),
        (("snooze", "omnibus#99", "--as", "nadia", "--until", "2027-01-01", "--because", "x"), "is not open"),
        (("snooze", "omnibus#2", "--as", "nadia", "--wake"), "omnibus#2 is not snoozed"),
        (("rollover", "--as", "nadia", "--team"), "is for EM and PM to confirm"),
    ],
)
def test_bad_input_is_one_sentence(run: Run, gitlab: StandIn, arguments: tuple[str, ...], says: str) -> None:
    ran = run(*arguments)
    assert (ran.code, writes(gitlab)) == (2, 0)
    assert says in ran.err
    assert len(ran.err.splitlines()) == 1


def test_the_log_tells_and_undo_takes_back_for_good(run: Run, gitlab: StandIn) -> None:
    assert run("log").out == "Nothing was done yet.\n"
    run("apply", *ONLY, "--yes", "--as", "erin")
    assert "[1] 2026-06-02 14:00  confirmed by erin  omnibus#1  add ~group::distribution" in run("log", "omnibus#1").out
    assert run("log", "omnibus#2").out == "Nothing was done about omnibus#2 yet.\n"
    assert run("log", "--json").json[0]["state"] == "confirmed"
    ran = run("undo", "1", "--as", "nadia")
    assert ran.code == 0, ran.err
    assert "group::distribution" not in labels(gitlab, FIRST)
    out = run("plan", *ONLY).out
    assert "Not now: omnibus#1, we did so on 2026-06-02, and it was taken back since." in out
    the_day_before = run("plan", *ONLY, "--at", "2026-06-01").out
    assert "taken back" not in the_day_before
    assert "~group::distribution" in the_day_before
    again = run("undo", "1")
    assert again.code == 2
    assert "was taken back on 2026-06-02 already" in again.err


def test_a_person_takes_a_row_of_their_queue(run: Run, gitlab: StandIn) -> None:
    ran = run("take", "omnibus#2", "--as", "mara", "--yes")
    assert ran.code == 0, ran.err
    taken = gitlab.world.entries[SECOND].item
    assert taken.assignees == ("mara",)
    assert "workflow::in dev" in taken.labels
    assert "work on" in run("next", "--as", "mara").out
    again = run("take", "omnibus#2", "--as", "mara", "--yes")
    assert again.code == 2
    assert "is yours already" in again.err


def test_what_one_took_and_took_back_one_can_take_again(run: Run, gitlab: StandIn) -> None:
    for number in (1, 5):
        ran = run("take", "omnibus#2", "--as", "mara", "--yes")
        assert (ran.code, ran.out.splitlines()[-1]) == (0, "2 done")
        assert gitlab.world.entries[SECOND].item.assignees == ("mara",)
        for one in (number, number + 1):
            assert run("undo", str(one), "--as", "mara").code == 0
        assert gitlab.world.entries[SECOND].item.assignees == ()


def test_what_is_not_said_aloud_stands_in_ones_next(run: Run, team: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_NOW", "2026-06-09T14:00:00Z")
    asked = [one for one in run("plan", "--json").json["actions"] if one["kind"] == "comment"]
    who, ref = asked[0]["change"]["to"][0], asked[0]["subject"]
    assert run("run", "--once", "--group", PROJECT).code == 0
    assert "Asked of you" not in run("next", "--as", who).out  # it waits for a yes
    quiet = team / "quiet.yml"
    quiet.write_text(f"extends: {team / 'team.yml'}\nacting: {{noise: {{per_person: 0}}}}\n")
    assert run("--handbook", str(quiet), "apply", "--yes").code == 0
    assert "Asked of you, here and not on GitLab:" in run("next", "--as", who).out
    notes = [row for row in run("next", "--as", who, "--json").json if row["level"] is None]
    assert (ref, asked[0]["change"]["asks"]) in [(note["ref"], note["why"]) for note in notes]
    assert run("run", "--once", "--group", PROJECT).code == 0
    assert "Asked of you" not in run("next", "--as", who).out


def test_a_bare_answer_to_our_comment_settles_what_it_spoke_of(
    run: Run, gitlab: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def moment(hour: int) -> None:
        gitlab.world.now = datetime(2026, 6, 9, hour, tzinfo=UTC)
        monkeypatch.setenv("HANDRAIL_NOW", gitlab.world.now.isoformat())

    asked = ("findings", "--rule", "milestone_planning", "--as", "nadia")
    moment(14)
    assert "no-news" in {one["code"] for one in run(*asked, "--json").json}
    assert run("apply", "--rule", "milestone_planning", "--yes").code == 0
    moment(15)
    comment(gitlab.world, gitlab.world.entries[MINE], "mara", "@handrail Not-applicable because: we wait")
    moment(16)
    assert run("sync", "--group", PROJECT).code == 0
    assert "no-news" not in {one["code"] for one in run(*asked, "--json").json}
    assert "1 settled by people" in run(*asked).out
    assert "spoke of milestone_planning no-news 19.1" in run("explain", "omnibus#4").out


def test_a_snoozed_item_is_out_of_ones_own_queue_until_the_day(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("snooze", "omnibus!3", "--as", "nadia", "--until", "2026-06-05", "--because", "upstream first").code == 0
    mine = run("next", "--as", "nadia")
    assert "omnibus!3" not in mine.out.partition("Snoozed:")[0]
    assert re.search(r"Snoozed:\n *omnibus!3 +until Fri 5 Jun: upstream first", mine.out)
    assert REVIEW not in [row["ref"] for row in run("next", "--as", "nadia", "--json").json]
    assert REVIEW in [row["ref"] for row in run("next", "--as", "ivo", "--json").json]
    assert run("snooze", "omnibus!3", "--as", "nadia", "--wake").code == 0
    assert "omnibus!3" in run("next", "--as", "nadia").out
    run("snooze", "omnibus!3", "--as", "nadia", "--until", "2026-06-05", "--because", "upstream first")
    monkeypatch.setenv("HANDRAIL_NOW", "2026-06-05T10:00:00Z")
    back = run("next", "--as", "nadia").out
    assert "omnibus!3" in back.partition("Back since")[0]
    assert re.search(r"Back since you snoozed it:\n *omnibus!3 +upstream first", back)


def test_a_milestone_is_shown_from_what_was_read(run: Run) -> None:
    found = run("milestone", "--json").json
    assert [one["ref"] for one in found["unassigned"]] == [SECOND]
    assert found["committed"] == []
    assert [one["ref"] for one in found["added"]] == [SECOND, MINE]
    assert {one["person"]: one["issues"] for one in found["people"]}["nadia"] == [MINE]


def test_each_rolls_over_their_own_and_managers_confirm_the_rest(
    run: Run, gitlab: StandIn, team: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = run("rollover", "--as", "nadia", "--yes")
    assert (early.code, early.out) == (
        0, "Nothing to move: 19.1 ends on Fri 12 Jun, and its issues can move from Tue 9 Jun.\n",
    )  # fmt: skip
    monkeypatch.setenv("HANDRAIL_NOW", "2026-06-10T10:00:00Z")
    small = team / "small.yml"
    small.write_text(f"extends: {team / 'team.yml'}\nacting: {{most_share: 0.1}}\n")
    assert run("rollover", "--as", "ivo", "--yes").out == "Nothing to do: everything is as the handbook has it.\n"
    first = run("rollover", "--as", "erin", "--team")
    assert "omnibus#2" in first.out
    assert "omnibus#4" not in first.out
    monkeypatch.setenv("HANDRAIL_NOW", "2026-06-12T10:00:00Z")
    assert "omnibus#4" in run("rollover", "--as", "erin", "--team").out
    ran = run("--handbook", str(small), "rollover", "--as", "nadia", "--yes")
    assert ran.code == 0, ran.err
    assert gitlab.world.entries[MINE].item.milestone == "19.2"
    assert gitlab.world.entries[SECOND].item.milestone == MILESTONE
    number = next(one["id"] for one in run("log", "omnibus#4", "--json").json if one["action"]["change"].get("title"))
    assert run("undo", str(number), "--as", "nadia").code == 0
    assert "Not now: omnibus#4, we did so on 2026-06-12, and it was taken back since." in run(
        "rollover", "--as", "erin", "--team"
    ).out  # fmt: skip
    assert run("rollover", "--as", "nadia", "--yes").code == 0
    assert gitlab.world.entries[MINE].item.milestone == "19.2"
    shown = run("rollover", "--as", "erin", "--team")
    assert "omnibus#2" in shown.out
    assert "rollover --team --confirm --as erin" in shown.out
    assert gitlab.world.entries[SECOND].item.milestone == MILESTONE
    assert run("rollover", "--as", "erin", "--team", "--confirm", "--yes").code == 0
    assert gitlab.world.entries[SECOND].item.milestone == "19.2"


def test_a_round_does_what_may_be_done_and_says_what_waits(run: Run, gitlab: StandIn, team: Path) -> None:
    book = team / "bold.yml"
    book.write_text(f"extends: {team / 'team.yml'}\nrules: {{required_labels: {{mode: apply}}}}\n")
    ran = run("--handbook", str(book), "run", "--once", "--group", PROJECT)
    assert ran.code == 0, ran.err
    assert "✓ omnibus#1  add ~group::distribution" in ran.out
    same = f"handrail --handbook {book}"
    assert f"waiting for a yes: {same} plan, then {same} apply" in ran.out
    done = writes(gitlab)
    assert run("--handbook", str(book), "run", "--once", "--group", PROJECT).code == 0
    assert writes(gitlab) == done


def test_a_round_does_what_is_due_where_everything_could_be_read(run: Run, gitlab: StandIn, team: Path) -> None:
    book = team / "bold.yml"
    changed = "rules: {required_labels: {mode: apply}}\nsources: {gone: {path: gitlab-org/gone}}"
    book.write_text(f"extends: {team / 'team.yml'}\n{changed}\n")
    ran = run("--handbook", str(book), "run", "--once")
    assert ran.code == 2
    assert "✓ omnibus#1  add ~group::distribution" in ran.out
    assert "gitlab-org/gone" in ran.err
    assert "Not everything could be read (the lines above say why): nothing was changed there." in ran.err


def test_a_round_that_is_too_large_names_what_would_do_just_that(run: Run, gitlab: StandIn, team: Path) -> None:
    book = team / "bold.yml"
    modes = "{required_labels: {mode: apply}, reviewers: {mode: apply}}"
    book.write_text(f"extends: {team / 'team.yml'}\nrules: {modes}\nacting: {{most_share: 0.1}}\n")
    ran = run("--handbook", str(book), "run", "--once", "--group", PROJECT)
    assert (ran.code, writes(gitlab)) == (0, 0)
    line = next(line for line in ran.out.splitlines() if "due, and more than the handbook allows" in line)
    assert line.endswith("apply --rule required_labels --rule reviewers --force")
    whole = len(run("--handbook", str(book), "plan", "--json").json["actions"])
    assert f"{whole - int(line.split()[0])} actions waiting for a yes" in ran.out
