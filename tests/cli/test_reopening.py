"""What is closed for its silence, on a GitLab: our last words, an answer to them, and whom it comes before."""

from datetime import timedelta
from pathlib import Path

import pytest

import standin
from handrail.model.derive import derived
from handrail.model.facts import Team
from handrail.model.history import Event
from handrail.model.planning import Project
from handrail.rules.reopening import IS_LOOKED_AT
from handrail.testing import NOW, PEOPLE, PROJECT, Told, an_issue, bundled
from tests.cli.conftest import Run, SetUp

REF, WAITS = f"{PROJECT}#1", "awaiting feedback"
LABELS = ("group::distribution", "group::distribution::build", "type::bug", "priority::4", WAITS)


def test_an_answer_after_the_end_comes_before_somebody_of_the_team(
    run: Run, set_up: SetUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = NOW - timedelta(days=20)
    events = (*(Event(asked, "nadia", "label_added", label) for label in LABELS), Event(asked, "nadia", "commented"))
    born = asked - timedelta(days=1)
    issue = an_issue(1, *LABELS, title="It breaks", author="sue", created_at=born, milestone="Backlog")
    book = {"people": dict(PEOPLE), "sources": {name: None for name in bundled().sources if name != "omnibus"}}
    facts = Told(((derived(issue, events), events),), Team(NOW, PEOPLE, (Project(PROJECT),)))
    with standin.running(facts, per_minute=None) as served:
        set_up(book, NOW, gitlab=served)
        assert run("sync").code == 0
        plan = str(tmp_path / "plan.json")
        run("plan", "--rule", "triage", "-o", plan)
        assert run("apply", plan, "--yes").out.endswith("2 done\n")
        entry, world = served.world.entries[REF], served.world
        assert entry.item.state == "closed"
        assert IS_LOOKED_AT in run("log", "--json").out

        night = NOW + timedelta(hours=9)
        world.advance(night)
        world.record(entry, entry.item, [Event(night, "sue", "commented")])
        monkeypatch.setenv("HANDRAIL_NOW", night.isoformat())
        assert run("run", "--once").code == 0
        shown = " ".join(run("next", "--as", "erin").out.split())
        assert "omnibus#1 It was closed on Tue 2 Jun since nobody spoke, and @sue has on Tue 2 Jun." in shown
        assert "open it again, or say why not" in " ".join(run("findings", "--as", "erin").out.split())

        day = NOW + timedelta(hours=20)
        world.advance(day)
        world.record(entry, entry.item, [Event(day, "erin", "commented")])
        monkeypatch.setenv("HANDRAIL_NOW", day.isoformat())
        assert run("sync").code == 0
        assert run("findings", "--rule", "triage", "--json").json == []
