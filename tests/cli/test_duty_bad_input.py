"""What cannot be done in a rotation gets one clear sentence, and its log stays as it was."""

from pathlib import Path

import msgspec
import pytest

from handrail.model.people import Person
from handrail.store.database import Store
from handrail.testing import at
from tests.cli.conftest import Run, SetUp

PEOPLE = {name: Person(name.capitalize()) for name in ("nadia", "mara", "ivo", "erin")}
NADIAS, MARAS = ("2026-06-08T09:00", "2026-06-15T09:00"), ("2026-06-15T09:00", "2026-06-22T09:00")


def offer(stretch: tuple[str, str], who: str) -> tuple[str, ...]:
    return ("swap", "--from", stretch[0], "--until", stretch[1], "--as", who)


def cover(who: str, stretch: tuple[str, str]) -> tuple[str, ...]:
    return ("cover", who, "--from", stretch[0], "--until", stretch[1])


@pytest.fixture
def unset(run: Run, set_up: SetUp) -> Run:
    """A team whose rotation is not set up, on Tuesday 2 June 2026."""
    Store.open(set_up({"people": PEOPLE}, at("2026-06-02 10:00"), "erin")).close()
    return run


@pytest.fixture
def kept(unset: Run) -> Run:
    """Ivo's week runs, then come Nadia's and Mara's; Nadia would like to be replaced (3), Mara stands in today (4)."""
    for step in (
        ("start", "ivo", "nadia", "mara", "--on", "2026-06-01"),
        offer(NADIAS, "nadia"),
        cover("mara", ("2026-06-02T09:00", "2026-06-03T09:00")),
    ):
        ran = unset("duty", *step)
        assert ran.code == 0, ran.err
    return unset


def told(run: Run, *asked: str) -> str:
    """The one sentence with which a command refuses."""
    ran = run("duty", *asked)
    assert (ran.code, ran.out) == (2, ""), ran
    assert "Traceback" not in ran.err
    (sentence,) = ran.err.splitlines()
    return sentence


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ((), "Name at least one person: with nobody on the list nobody would ever be on duty."),
        (("",), "The team has nobody called ``"),
        (("nadja",), "The team has nobody called `nadja`; did you mean `nadia`?"),
        (("nadia", "mara", "@Nadia"), "@nadia is named twice"),
        (("nadia", "--on", "2026-02-30"), "“2026-02-30” is no day: write it like 2026-06-05."),
        (("nadia", "--on", "01.06.2026"), "“01.06.2026” is no day"),
        (("nadia", "--on", "0001-01-01"), "“0001-01-01” is out of reach"),
        (("nadia", "--on", "2026-05-25"), "A rotation cannot begin on 2026-05-25"),
        (("nadia", "--on", "2028-06-01"), "A rotation cannot begin on 2028-06-01"),
        (("nadia", "--as", "someone"), "Nobody of the team is called “someone”"),
    ],
)
def test_what_cannot_be_set_up(unset: Run, asked: tuple[str, ...], says: str) -> None:
    assert told(unset, "start", *asked).startswith(says)
    assert "is not kept here yet" in told(unset, "log")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("roster", "nadja"), "The team has nobody called `nadja`; did you mean `nadia`?"),
        (("roster", "mara", "nadia", "MARA"), "@mara is named twice"),
        (("roster", "mara", "--add", "nadia"), "Name the whole list, the next first, or say who joins"),
        (("roster", "--add", "nadia"), "@nadia is on the list already"),
        (("roster", "--remove", "erin"), "@erin is not on the list"),
        (("roster", "--remove", "ivo", "--remove", "nadia", "--remove", "mara"), "That leaves nobody on the list"),
        (("roster", ""), "The team has nobody called ``"),
        (cover("marra", NADIAS), "The team has nobody called `marra`; did you mean `mara`?"),
        (cover("nadia", NADIAS), "@nadia is on duty then already"),
        (cover("ivo", ("2026-06-04T09:00", "2026-06-05T09:00")), "@ivo is on duty then already"),
        (cover("mara", ("2026-05-01", "2026-05-02")), "That is past"),
        (cover("mara", ("2026-06-31", "2026-07-02")), "“2026-06-31” is no moment"),
        (cover("mara", ("2026-06-10", "2026-06-09")), "The end has to come after the start."),
        (cover("mara", ("2026-06-10", "2026-06-10")), "The end has to come after the start."),
        (cover("mara", ("2026-06-10", "2199-06-09")), "“2199-06-09” is out of reach"),
        (("cover", "mara", "--from", "2026-06-10"), "Say from when until before when"),
        (offer(("2026-06-10T09:00", "2026-06-11T09:00"), "nadia"), "Swap 3 of @nadia is for some of the same time"),
        (offer(MARAS, "nadia"), "@nadia is not on duty then"),
        (offer(("2026-06-01T09:00", "2026-06-02T09:00"), "ivo"), "That is past"),
        (offer(("2026-06-01T09:00", "2026-06-05T09:00"), "ivo"), "That is past"),
        (offer((NADIAS[1], NADIAS[0]), "nadia"), "The end has to come after the start."),
        (offer(NADIAS, "someone"), "Nobody of the team is called “someone”"),
        (("swap", "--take", "3", "--as", "nadia"), "Swap 3 is your own"),
        (("swap", "--take", "9", "--as", "ivo"), "There is no swap 9"),
        (("swap", "--take", "4", "--as", "ivo"), "There is no swap 4"),
        (("swap", "--take", "3", "--in-return", "2026-06-16", "--as", "ivo"), "No turn of @ivo begins on 2026-06-16"),
        (("swap", "--withdraw", "3", "--as", "ivo"), "Swap 3 is @nadia's, who alone can withdraw it."),
        (("swap", "--take", "3", "--withdraw", "3"), "One step at a time"),
        (("swap", "--take", "3", "--from", "2026-06-10"), "One step at a time"),
        (("swap", "--in-return", "2026-06-16"), "--in-return says what is yours"),
        (("away", "2026-06-31"), "“2026-06-31” is no day"),
        (("away", "31/12/2026"), "“31/12/2026” is no day"),
        (("away", "2026-06-09", "2026-06-08"), "2026-06-08 is before 2026-06-09"),
        (("away", "2026-06-09", "9999-12-31"), "“9999-12-31” is out of reach"),
        (("away", "2026-05-01"), "2026-05-01 is past"),
        (("back", "3", "--as", "nadia"), "@nadia has no absence 3"),
    ],
)
def test_what_is_refused_leaves_the_log_as_it_was(kept: Run, asked: tuple[str, ...], says: str) -> None:
    before = kept("duty", "log", "--json").json
    assert told(kept, *asked).startswith(says)
    assert kept("duty", "log", "--json").json == before


def test_a_swap_is_over_when_its_time_is(kept: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_NOW", "2026-06-16T10:00Z")
    assert "the turn of Mara began" in kept("duty", "away", "2026-06-17", "--as", "erin").out
    assert told(kept, "swap", "--take", "3", "--as", "ivo").startswith("Swap 3 is over: what is past")


def test_nothing_is_left_of_a_swap_for_which_somebody_else_stands_in(kept: Run) -> None:
    assert kept("duty", *cover("erin", NADIAS)).code == 0
    assert told(kept, "swap", "--take", "3", "--as", "mara").startswith("@nadia is not on duty then any more")


def test_what_one_offers_oneself_cannot_be_given_in_return(kept: Run) -> None:
    assert kept("duty", *offer(MARAS, "mara")).code == 0
    says = told(kept, "swap", "--take", "3", "--in-return", "2026-06-15", "--as", "mara")
    assert says.startswith("Swap 5 of @mara is for some of the same time: withdraw that first")


def test_of_cover_over_cover_the_latest_holds_and_a_turn_can_go_back(kept: Run) -> None:
    assert kept("duty", *cover("nadia", ("2026-06-02T12:00", "2026-06-04T09:00"))).code == 0
    assert kept("duty", *cover("ivo", ("2026-06-02T18:00", "2026-06-03T00:00"))).code == 0
    rows = kept("duty", "preview", "--weeks", "1", "--json").json
    assert [(row["start"][:13], row["holder"], row["note"]) for row in rows] == [
        ("2026-06-02T10", "mara", "Mara stands in for Ivo"),
        ("2026-06-02T12", "nadia", "Nadia stands in for Ivo"),
        ("2026-06-02T18", "ivo", ""),
        ("2026-06-03T00", "nadia", "Nadia stands in for Ivo"),
        ("2026-06-04T09", "ivo", ""),
        ("2026-06-08T09", "nadia", ""),
    ]


def test_nothing_is_covered_before_turns_begin(unset: Run) -> None:
    assert unset("duty", "start", "Nadia", "@MARA").code == 0
    assert unset("duty").out == "Nobody is on duty yet: turns begin Mon 8 Jun 09:00, with Nadia.\n"
    assert told(unset, *cover("mara", ("2026-06-03", "2026-06-04"))).startswith("No turn runs then")


def test_the_list_is_shown_the_next_first(kept: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept("duty", "roster").out == "1  Nadia\n2  Mara\n3  Ivo\n"
    monkeypatch.setenv("HANDRAIL_NOW", "2026-06-09T10:00Z")
    assert kept("duty", "roster").out == "1  Mara\n2  Ivo\n3  Nadia\n"
    told = kept("duty", "roster", "--add", "erin", "--remove", "ivo", "--weeks", "2").out.splitlines()
    assert told[2:5] == [
        "| Mon 8 Jun 09:00 | Nadia | Nadia |",  # which had not been written down before
        "| Mon 15 Jun 09:00 | Mara | Mara |",
        "| Mon 22 Jun 09:00 | Ivo | **Erin** |",
    ]
    assert kept("duty", "roster").out == "1  Mara\n2  Erin\n3  Nadia\n", "whoever is on duty is last"


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ({"handoff_time": "02:30"}, "a handoff cannot be from 00:00 to 04:00, when clocks are changed"),
        ({"handoff_time": "24:30"}, "`24:30` is not a time of day like `09:00`"),
        ({"zone": "Europe/Berln"}, "there is no time zone `Europe/Berln`; did you mean `Europe/Berlin`?"),
        ({"zone": "../etc/passwd"}, "there is no time zone `../etc/passwd`"),
        ({"handoff_day": "Monday"}, "`rotations.dri.handoff_day` cannot be `Monday`; did you mean `mon`?"),
        ({"days": 0}, "`rotations.dri.days` has to be more than 0, not `0`"),
    ],
)
def test_settings_that_cannot_be_are_refused_when_the_handbook_is_loaded(
    kept: Run, tmp_path: Path, block: dict[str, object], says: str
) -> None:
    (tmp_path / "team.yml").write_bytes(msgspec.json.encode({"people": PEOPLE, "rotations": {"dri": block}}))
    assert says in told(kept, "preview")
