from collections.abc import Callable
from pathlib import Path

import pytest

from handrail.handbook.load import find_problems

Tell = Callable[[str], list[str]]


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    """What is told about a team's file, as "line:column: sentence"."""

    def told(text: str) -> list[str]:
        path = tmp_path / "team.yml"
        path.write_text(text, encoding="utf-8")
        return [str(problem).removeprefix(f"{path}:") for problem in find_problems(path)]

    return told


TWENTY = """\
teem: {name: Widgets}
team:
  zone: Europe/Amsterdm
  days: [mon, tues]
  hours: ["9-17"]
people:
  nadia:
    name: Nadia
    groups: [biuld]
    away: [{first: 2026-07-10, last: 2026-07-01}]
  ivo:
    zone: 5
    country: XQ
priorities:
  priority::2: {rank: 3}
labels:
  deliverable: "Deli\u200bverable"
workflow:
  in_progress: [in dev, reviewing]
work_queue:
  review_slo: {near: "0.5", clause: review.slow}
  table:
    - {row: a, level: 9, do: unblok, kind: issue, stage: available, clause: queue.1-unblock}
    - {row: a, level: 1, do: unblock, kind: issue, stage: available, priority: 9, clause: queue.1-unblock}
rotation:
  handoff_time: 02:30
clauses:
  kindness: {says: Be kind., section: Summary}
triage: []
"""


def test_twenty_mistakes_are_told_at_once_each_in_its_place(tell: Tell) -> None:
    assert tell(TWENTY) == [
        "1:1: a handbook has no `teem`; did you mean `team`?",
        "3:9: there is no time zone `Europe/Amsterdm`; did you mean `Europe/Amsterdam`?",
        "4:15: entry 2 of `team.days` cannot be `tues`; did you mean `tue`?",
        "5:11: '9-17' is not an interval of hours like '09:00-17:00'",
        "9:14: there is no group `biuld`; did you mean `build`?",
        "10:38: an absence cannot end (2026-07-01) before it begins (2026-07-10)",
        "11:3: `people.ivo` needs `name`",
        "12:11: `people.ivo.zone` has to be text; put `5` in quotes",
        "13:14: no public holidays are known for the country 'XQ'",
        "15:23: `priority::3` has the rank 3 already",
        "17:16: the label `Deli\u200bverable` looks like `Deliverable` and is another one: "
        "it has ZERO WIDTH SPACE (U+200B)",
        "19:25: `reviewing` is not among the `workflow.states`; did you mean `in review`?",
        "21:22: `work_queue.review_slo.near` has to be a number, not `0.5`",
        "21:37: there is no clause `review.slow`; did you mean `review.slo`?",
        "23:23: `level` of entry 1 of `work_queue.table` has to be 7 or less, not `9`",
        "23:30: `do` of entry 1 of `work_queue.table` cannot be `unblok`; did you mean `unblock`?",
        "24:13: the row `a` is there already, as entry 1 of `work_queue.table`; each has its own name",
        "24:78: no priority has the rank 9: the ranks are `1`, `3` and `4`",
        "26:17: a handoff cannot be from 00:00 to 04:00, when clocks are changed: "
        "on such a night that time comes twice or not at all",
        "28:3: `clauses.kindness` does not say what becomes of it; it needs one of "
        "`does`, `helps`, `planned` or `person`",
        "29:1: `triage` has to be a map (lines of `key: value`), not a list",
    ]
