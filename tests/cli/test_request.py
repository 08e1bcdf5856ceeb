"""`handrail request`: what is asked of whoever is on duty, whose it is, and what becomes of it."""

import json
from pathlib import Path

import pytest

from handrail.store.database import Store
from tests.cli.conftest import Run
from tests.cli.test_duty import ROTATION, later, store  # noqa: F401  # the store in which Ivo is on duty


@pytest.fixture
def asked(run: Run, store: Path) -> Run:  # noqa: F811
    """With the rotation kept, and a request that came in Ivo's week."""
    assert run("duty", "start", "nadia", "mara", "ivo").code == 0
    ran = run("request", "add", "The mirror answers 503", "--way", "customer", "--by", "@sam", "--ref", "team-tasks#1")
    assert ran.code == 0, ran.err
    return run


def test_a_request_is_whose_duty_it_was_and_an_answer_is_due_in_their_hours(asked: Run) -> None:
    (one,) = asked("request", "list", "--json").json
    assert (one["id"], one["owner"], one["way"], one["asked_by"]) == (1, "ivo", "customer", "sam")
    assert one["ref"] == f"{ROTATION.project}#1"
    assert one["answer_due"] == "2026-06-03T10:00:00Z", "eight of Ivo's hours after Tuesday 10:00"
    out = asked("request", "list").out
    assert "The mirror answers 503 (team-tasks#1)" in out
    assert "customer, from @sam 0 min ago" in out
    assert "Ivo; an answer is due Wed 3 Jun 10:00" in out
    assert asked("request", "list", "--mine", "--as", "mara").out == "No requests.\n"


def test_requests_are_facts_with_a_past(run: Run, tmp_path: Path) -> None:
    shown = run("--demo", "request", "list", "--all").out
    assert "done by Wren: the mirror was full" in " ".join(shown.split())
    assert [row["id"] for row in run("--demo", "request", "list", "--json").json] == [3, 5, 6]
    then = run("--demo", "request", "list", "--at", "2026-05-22", "--json").json
    assert [(row["id"], row["steps"][-1]["did"]) for row in then] == [(2, "came"), (3, "asked")]
    assert "Thu 21 May 12:30  Wren asked Mara" in run("--demo", "request", "show", "3").out
    assert "Fri 22 May 09:30  Handrail asked for an answer" in run("--demo", "request", "show", "2").out
    file = str(tmp_path / "demo.jsonl")
    assert run("--demo", "snapshot", "export", file).code == 0
    assert run("--snapshot", file, "request", "list", "--all").out == shown
    assert "leave --demo and --snapshot away" in run("--snapshot", file, "request", "take", "3", "--as", "ivo").err


def test_an_urgent_one_is_due_sooner_and_the_owner_is_who_was_on_duty_then(
    asked: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, "2026-06-09T12:00Z")
    asked("request", "add", "A pod will not start", "--by", "sam", "--urgent", "--when", "2026-06-05T12:00")
    asked("request", "add", "And another", "--by", "sam", "--urgent")
    rows = asked("request", "list", "--json").json
    assert [(row["owner"], row["answer_due"]) for row in rows[1:]] == [
        ("ivo", "2026-06-05T13:00:00Z"), ("nadia", "2026-06-09T14:00:00Z"),
    ]  # fmt: skip
    assert "Ivo; an answer was due Fri 5 Jun 13:00" in asked("request", "list").out


def test_what_its_duty_calls_urgent_is_so_though_nobody_says_it(asked: Run) -> None:
    asked("request", "add", "Deployments stand still", "--by", "sam", "--way", "deployment-blocker")
    one = asked("request", "list", "--json").json[1]
    assert (one["urgent"], one["answer_due"]) == (True, "2026-06-02T11:00:00Z")


def test_it_stays_its_owners_until_handed_over_and_taken(asked: Run) -> None:
    told = asked("request", "hand-over", "1", "@nadia", "--as", "ivo", "--note", "her week").out
    assert "Ivo, handed over to Nadia, who has not taken it yet" in told
    assert [row["owner"] for row in asked("request", "list", "--mine", "--as", "nadia", "--json").json] == ["ivo"]
    assert "Nadia; an answer is due" in asked("request", "take", "1", "--as", "nadia").out, "which nobody has given"
    assert asked("request", "list", "--mine", "--as", "ivo").out == "No requests.\n"
    assert asked("request", "take", "1", "--as", "mara").out.endswith("Mara\n"), "who looks at it: it has been answered"
    shown = asked("request", "show", "1").out
    assert [line.split("  ")[-1] for line in shown.splitlines()[1:5]] == [
        "@sam asked, and it was Ivo’s", "Ivo handed it over to Nadia: her week", "Nadia took it over", "Mara took it",
    ]  # fmt: skip
    assert "The handbook names no expert for it" in shown


def test_experts_and_managers_are_called_in(asked: Run, tmp_path: Path) -> None:
    book = json.loads((tmp_path / "team.yml").read_text())
    mirror = {"experts": ["nadia", "mara", "sam", "ivo", "lena"], "words": ["mirror"]}
    (tmp_path / "team.yml").write_text(json.dumps(book | {"components": {"mirrors": mirror}}))
    said = asked("request", "ask", "1", "--as", "ivo").out.splitlines()
    assert said == [
        "Who can be asked:",
        "  Mara knows mirrors: its title says “mirror”; at work until Tue 2 Jun 15:00",
        "  @lena knows mirrors: its title says “mirror”",
        "  Nadia knows mirrors: its title says “mirror”; back Tue 2 Jun 13:00",
        "handrail request ask 1 mara",
    ]
    assert said[1] in asked("request", "show", "1").out
    assert "There is no request 7" in asked("request", "ask", "7", "--as", "ivo").err
    assert "Ivo; asked: Mara" in asked("request", "ask", "1", "mara", "--as", "ivo").out
    told = asked("request", "escalate", "1", "--as", "ivo", "--note", "the customer waits").out
    assert "Ivo; escalated: Erin" in told
    asked("request", "hand-over", "1", "nadia", "--as", "ivo")
    assert "escalated: Erin" in asked("request", "list").out


@pytest.mark.parametrize(("end", "word"), [("done", "done"), ("decline", "declined")])
def test_what_is_over_is_kept(asked: Run, end: str, word: str) -> None:
    assert f"{word} by Ivo: the disk was full" in asked("request", end, "1", "the disk was full", "--as", "ivo").out
    assert asked("request", "list").out == "No requests.\n"
    assert f"{word} by Ivo" in asked("request", "list", "--all").out
    again = asked("request", "take", "1", "--as", "mara")
    assert (again.code, f"Request 1 is over: {word} on 2026-06-02 by @ivo." in again.err) == (2, True)


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (("take", "1", "--as", "ivo"), "Request 1 is yours already"),
        (("take", "7", "--as", "ivo"), "There is no request 7"),
        (("take", "9" * 20, "--as", "ivo"), f"There is no request {'9' * 20}"),
        (("show", "7"), "There is no request 7"),
        (("hand-over", "1", "ivo", "--as", "ivo"), "Request 1 is @ivo's already"),
        (("hand-over", "1", "nadja", "--as", "ivo"), "did you mean nadia?"),
        (("done", "1", " ", "--as", "ivo"), "Say what was done about it"),
        (("add", " ", "--by", "sam"), "The title is empty"),
        (("add", "x", "--by", "sam", "--when", "2026-06-03"), "is still to come"),
    ],
)
def test_what_does_not_fit_gets_a_clear_sentence(asked: Run, step: tuple[str, ...], says: str) -> None:
    ran = asked("request", *step)
    assert (ran.code, says in ran.err) == (2, True), ran.err
    assert len(asked("request", "list", "--json").json) == 1


def test_without_managers_somebody_has_to_be_named(run: Run, store: Path, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "team.yml").write_text('{"people": {"ivo": {"name": "Ivo"}}}')
    run("request", "add", "A question", "--by", "sam")
    assert "names no manager" in run("request", "escalate", "1", "--as", "ivo").err


def test_requests_are_kept_on_both_databases(postgresql: str, tmp_path: Path) -> None:
    from handrail.duty.asked import ended
    from handrail.errors import UserError
    from handrail.model.asked import Asked
    from handrail.testing import NOW

    for place in (postgresql, str(tmp_path / "store.sqlite")):
        with Store.open(place) as opened:
            first, second = (opened.asked.add(Asked(title, "other", "sam", NOW)) for title in ("One", "Two"))
            assert opened.asked.all() == [first, second]
            with pytest.raises(UserError, match="Say what was done"):
                opened.asked.change(first.id, lambda one: ended(one, "ivo", NOW, "done", " "))
            assert opened.asked.all() == [first, second]


@pytest.mark.parametrize("ref", ["omnibus", "nowhere#4", "omnibus#", "503"])
def test_what_is_no_reference_is_refused(asked: Run, ref: str) -> None:
    ran = asked("request", "add", "The mirror answers 503", "--by", "sam", "--ref", ref)
    says = "” is no reference that is known here: write one like omnibus#1, or like group/project#1.\n"
    assert (ran.code, ran.err.endswith(says)) == (2, True)


def test_people_are_as_they_are_spelled_and_somebody(asked: Run) -> None:
    ran = asked("request", "add", "The mirror answers 503", "--by", " @")
    assert (ran.code, ran.err) == (2, "Say who asks, so that somebody can be answered.\n")
    assert asked("request", "add", "Who signs?", "--by", "@NADIA").code == 0
    assert asked("request", "list", "--json").json[-1]["asked_by"] == "nadia"
    ran = asked("request", "ask", "1", "zoe", "--as", "ivo")
    assert (ran.code, ran.err.partition(":")[0]) == (2, "Nobody called @zoe is known here")
    assert "Nobody of the team is called “zoe”" in asked("request", "escalate", "1", "zoe", "--as", "ivo").err
    assert "Ivo; asked: Mara" in asked("request", "ask", "1", "@MARA", "--as", "ivo").out


def test_where_it_was_asked_is_kept_with_it(asked: Run) -> None:
    where, ticket = "https://chat.example.com/archives/C1/p2", "https://support.example.com/tickets/7"
    ran = asked("request", "add", "Who signs?", "--by", "sam", "--link", where, "--link", ticket, "--link", where)
    assert ran.code == 0
    assert asked("request", "list", "--json").json[-1]["links"] == [where, ticket]
    assert asked("request", "show", "2").out.splitlines()[1:3] == [f"  {where}", f"  {ticket}"]
    assert [row["url"] for row in asked("duty", "desk", "--json").json if row["request"] == 2] == [where]
    ran = asked("request", "add", "Who signs?", "--by", "sam", "--link", "the channel")
    assert (ran.code, ran.err) == (2, "“the channel” is no address: write one that begins with https://.\n")
