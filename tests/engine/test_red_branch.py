"""The life of a red branch, from round to round: its incident is opened, called about, taken, and closed in time."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

import standin
from handrail.engine.run import run_once
from handrail.engine.sync import sync
from handrail.gitlab.connection import Connection, Pace
from handrail.gitlab.reader import Reader
from handrail.gitlab.sources import Source
from handrail.gitlab.writer import Writer
from handrail.model.facts import Team
from handrail.model.history import Event
from handrail.model.planning import Pipeline, Project
from handrail.plan.letters import marked
from handrail.store.database import Store
from handrail.testing import PEOPLE, PROJECT, Told, a_handbook, at

RED = at("2026-06-02 08:00")
"""A Tuesday."""
BOOK: Any = a_handbook(
    {
        **{f"rules.{rule}.mode": "off" for rule in a_handbook().rules},
        "rules.red_default_branch.mode": "apply",
        "acting.most_share": 1.0,
    }
)


def ran(number: int, status: str, minutes: float, **facts: Any) -> Pipeline:
    return Pipeline(PROJECT, number, status, RED + timedelta(minutes=minutes), sha=f"{number:040x}", **facts)


def test_an_incident_is_closed_a_day_after_green_whatever_was_said_before(tmp_path: Path) -> None:
    team = Team(RED, PEOPLE, (Project(PROJECT),), pipelines=(ran(1, "success", -60),))
    with standin.running(Told((), team), per_minute=None) as gitlab, Store.open(tmp_path / "store") as store:
        connection = Connection(gitlab.url, standin.API_TOKEN, Pace(lambda _: None, lambda: 1.0), timeout=5)
        world = gitlab.world

        def go_round(minutes: float) -> list[str]:
            now = world.now = RED + timedelta(minutes=minutes)
            reader = Reader(connection)
            sync(reader, store, [Source("gitlab-org")])
            done = run_once(BOOK, reader, Writer(connection), store, now, lambda *_: {}).applied.outcomes
            assert {one.fate for one in done} <= {"done"}
            return [getattr(one.action.change, "topic", one.action.kind) for one in done]

        world.run([ran(2, "failed", 0, failed_jobs=("rspec",))])
        assert go_round(1) == ["main-2026-06-02T08:00"]
        ref = next(iter(world.entries))
        rounds = {minutes: go_round(minutes) for minutes in (12, 32, 225)}
        assert rounds == {12: ["call-1"], 32: ["call-2"], 225: ["escalation"]}
        entry, taken = world.entries[ref], RED + timedelta(minutes=240)
        by_nadia = Event(taken, "nadia", "assigned", "nadia")
        world.put(replace(entry.item, assignees=("nadia",)), [*entry.events, by_nadia])
        assert (go_round(241), go_round(485)) == ([], ["resolve"])
        world.run([ran(3, "success", 490)])
        assert go_round(495) == ["root-cause"]
        day = 24 * 60
        assert (go_round(490 + day - 1), go_round(490 + day)) == ([], ["over", "close_item"])
        assert world.entries[ref].item.state == "closed"
        topics = [(marked(note.body) or ("", ""))[1] for note in world.entries[ref].written]
        assert topics == ["call-1", "call-2", "escalation", "resolve", "root-cause", "over"]
        connection.close()
