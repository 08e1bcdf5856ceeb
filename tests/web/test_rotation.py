"""A rotation in a browser: set up, swapped, covered, edited, each as a line of its log."""

import re
from pathlib import Path

import pytest

from handrail.model.duty import Began, CameBack, Covered, Happened, RosterSet, SwapOffered, SwapTaken, WentAway
from handrail.testing import Told
from tests.web.conftest import Client, Served, form
from tests.web.on_duty import HOLDER, browser, keep_rotation

WEEK = {"start": "2026-06-08T12:00", "end": "2026-06-15T12:00"}
"""Mara’s turn, as it is on the clocks of Sofia."""


@pytest.fixture
def kept(served: Served, read: tuple[Told, Path]) -> Served:
    keep_rotation(served, read[0])
    return served


def last(served: Served) -> Happened:
    return served.store.duty.log("dri")[-1].what


def step(client: Client, what: str, **fields: str) -> str:
    """What is said of a step: its line of the log, or why it was refused."""
    answer = form(client, f"/duty/rotation/{what}", **fields)
    if answer.status_code != 303:
        return answer.text
    return client.get(answer.headers["location"]).text.split("To come")[0]


def test_a_rotation_is_set_up_once(served: Served) -> None:
    with browser(served, "nadia") as client:
        assert "This rotation is not kept here yet" in client.get("/duty/rotation").text
        assert "the rotation begins on or after" in step(client, "start", order="nadia Mara ivo", start="2026-06-08")
        assert isinstance(began := last(served), Began)
        assert (str(began.first), began.order) == ("2026-06-08", ("nadia", "mara", "ivo"))
        assert "is set up already" in step(client, "start", order="nadia")
        assert "Nobody is on duty yet: turns begin Mon 8 Jun 05:00, with Nadia." in client.get("/duty").text


def test_a_turn_is_offered_taken_in_return_and_withdrawn(kept: Served) -> None:
    with browser(kept, "mara") as mara, browser(kept, "nadia") as nadia:
        assert "Offer it" in mara.get("/duty/rotation").text
        offered = {"start": "2026-06-08T11:00", "end": "2026-06-15T11:00"}  # Berlin
        assert "Mara would like to be replaced" in step(mara, "offer", **offered)
        assert isinstance(last(kept), SwapOffered)
        number = len(kept.store.duty.log("dri"))
        assert "is your own" in step(mara, "take", number=str(number))
        page = nadia.get("/duty/rotation").text
        mine = re.findall(r'<option value="(2026-06-15[^"]+)">my turn', page)
        assert len(mine) == 1
        assert f"Nadia takes swap {number}, in return for" in step(nadia, "take", number=str(number), in_return=mine[0])
        assert isinstance(last(kept), SwapTaken)
        assert "Mara stands in for Nadia" in nadia.get("/duty/rotation").text
        assert "has taken swap" in step(mara, "withdraw", number=str(number))
        assert "There is no swap 999" in step(mara, "withdraw", number="999")


def test_somebody_stands_in_whoevers_turn_it_is(kept: Served) -> None:
    with browser(kept, HOLDER) as client:
        assert "Timo is on duty, Mon 8 Jun 12:00 to Mon 15 Jun 12:00" in step(client, "cover", person="timo", **WEEK)
        assert isinstance(covered := last(kept), Covered)
        assert covered.start.isoformat() == "2026-06-08T09:00:00+00:00"
        assert "is on duty then already" in step(client, "cover", person="timo", **WEEK)
        assert "Say from when until before when." in step(client, "cover", person="timo", start="2026-06-08T12:00")
        assert "is no moment" in step(client, "cover", person="timo", start="soon", end="later")


def test_time_off_and_back(kept: Served) -> None:
    with browser(kept, "mara") as client:
        step(client, "offer", start="2026-06-08T11:00", end="2026-06-15T11:00")
        number = len(kept.store.duty.log("dri"))
        with browser(kept, "timo") as timo:
            step(timo, "take", number=str(number))
        said = step(client, "away", start="2026-06-08", end="2026-06-14", because="a wedding")
        assert "Mara is away, Mon 8 Jun to Sun 14 Jun (a wedding)" in said
        assert isinstance(last(kept), WentAway)
        away = len(kept.store.duty.log("dri"))
        assert "a wedding" in client.get("/duty/rotation").text
        with browser(kept, "timo") as timo:
            assert f"@timo has no absence {away}" in step(timo, "back", number=str(away))
        assert f"absence {away} does not take place" in step(client, "back", number=str(away))
        assert isinstance(last(kept), CameBack)
        assert "2026-06-01 is past" in step(client, "away", start="2026-06-01")


def test_who_takes_turns_is_shown_before_it_changes(kept: Served) -> None:
    with browser(kept, HOLDER) as client:
        page = client.get("/duty/rotation?order=nadia+mara").text
        assert re.search(r"Mon 8 Jun 12:00</td><td>Mara</td><td><b>Nadia</b></td>", page)
        assert not isinstance(last(kept), RosterSet)
        assert "turns are taken by Nadia and Mara" in step(client, "roster", order="nadia mara")
        assert last(kept) == RosterSet(("nadia", "mara"))
        assert "The team has nobody called `sam`" in step(client, "roster", order="sam")
        assert "is no step in a rotation" in step(client, "dance")
        assert client.get("/duty/rotation?name=none").status_code == 404
