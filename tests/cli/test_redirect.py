"""`handrail redirect`: who has what was asked, and the words to answer with; `request add` goes by the same."""

from pathlib import Path

from tests.cli.conftest import Run
from tests.cli.test_duty import later, store  # noqa: F401  # the store in which Ivo is on duty


def test_it_says_who_has_it_and_what_to_answer(run: Run) -> None:
    said = run("--demo", "redirect", "direct-message", "--by", "@sam", "--as", "nadia").out.splitlines()
    assert said[0] == "Ivo has it: it goes to the channel."
    assert said[2].startswith("Thank you for asking, @sam. Could you ask it in #g_distribution?")
    assert said[4] == "Direct messages go to the team's channel. (redirect.messages)"
    row = run("--demo", "redirect", "incident", "--as", "timo", "--at", "2026-06-02T10:00", "--json").json
    assert (row["owner"], row["to"], row["clause"]) == ("ivo", "duty", "redirect.incidents")
    assert run("--demo", "redirect", "other", "--as", "nadia").out.startswith("Nobody of the team has it: it is asked")
    colleague = run("--demo", "redirect", "other", "--as", "nadia", "--by", "ivo").out
    assert colleague.splitlines()[0] == "Nadia has it: it stays where it is."
    assert "Thank you" not in colleague


def test_a_request_that_is_kept_has_the_owner_that_it_says(run: Run, store: Path) -> None:  # noqa: F811
    evening = ("--when", "2026-06-01T18:00", "--by", "sam")
    run("request", "add", "Production is down", "--way", "incident", "--of", "@nadia", *evening)
    run("request", "add", "And for all of us", "--way", "incident", *evening)
    run("request", "add", "A question", "--way", "direct-message", "--of", "nadia", *evening)
    assert [row["owner"] for row in run("request", "list", "--json").json] == ["nadia", "ivo", "ivo"]
    ran = run("request", "add", "x", "--of", "nadja", "--by", "sam")
    assert (ran.code, "did you mean nadia?" in ran.err) == (2, True)


def test_each_way_goes_where_the_page_sends_it(run: Run) -> None:
    asked = ("--as", "nadia", "--by", "sam", "--at", "2026-06-02T10:00", "--json")
    sent = {}
    for way in ("incident", "deployment-blocker", "direct-message", "mention", "customer", "phone", "other"):
        row = run("--demo", "redirect", way, *asked).json
        sent[way] = (row["to"], row["clause"].partition(".")[2])
    assert sent == {
        "incident": ("duty", "incidents"), "deployment-blocker": ("duty", "incidents"),
        "direct-message": ("channel", "messages"), "mention": ("group", "mentions"),
        "customer": ("page", "other"), "phone": ("page", "other"), "other": ("page", "other"),
    }  # fmt: skip


def test_what_the_first_who_is_available_takes_is_said_to_be_theirs_from_then_on(run: Run) -> None:
    evening = ("--demo", "redirect", "incident", "--by", "sam", "--at", "2026-06-02T20:00")
    assert run(*evening).out.startswith("Ivo has it until the first who is available takes it.\n")
    assert run(*evening, "--as", "nadia").out.startswith("Nadia has it: the first who is available takes it.\n")


def test_what_should_just_work_stays_where_it_is(run: Run) -> None:
    asked = ("--demo", "redirect", "mention", "--by", "sam", "--as", "nadia", "--json")
    row = run(*asked, "--ref", "omnibus#8849").json
    assert (row["owner"], row["to"], row["clause"]) == ("nadia", "as asked", "redirect.just-work")
    assert run(*asked).json["to"] == "group"
    unknown = run(*asked, "--ref", "omnibus#1")
    assert unknown.json["to"] == "group"
    assert "gitlab-org/omnibus-gitlab#1 is not open in these facts" in unknown.err


def test_the_on_call_process_is_named_with_its_page(run: Run) -> None:
    page = "https://handbook.gitlab.com/handbook/engineering/development/processes/infra-dev-escalation/process/"
    assert f"urgent requests go to the on-call process ({page}) until then." in run("--demo", "duty").out
    assert f"urgent requests go to the on-call process ({page}) until then." in run("--demo", "duty", "desk").out
    row = run("--demo", "redirect", "customer", "--urgent", "--json").json
    assert (row["to"], row["clause"]) == ("on call", "dri.on-call")
    assert f"please take it to the on-call process ({page})." in row["words"]
