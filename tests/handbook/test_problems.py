import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handrail.handbook.extends import read_chain
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
rotations:
  dri: {handoff_time: 02:30}
clauses:
  kindness: {says: Be kind., section: Summary}
triage: []
"""


ODD = "it has ZERO WIDTH SPACE (U+200B)"
FATES = "`does`, `helps`, `planned` or `person`"
HANDOFF = (
    "a handoff cannot be from 00:00 to 04:00, when clocks are changed: "
    "on such a night that time comes twice or not at all"
)


def test_twenty_mistakes_are_told_at_once_each_in_its_place(tell: Tell) -> None:
    found = tell(TWENTY)
    assert len(found) == 20
    assert found == [
        "1:1: a handbook has no `teem`; did you mean `team`?",
        "3:9: there is no time zone `Europe/Amsterdm`; did you mean `Europe/Amsterdam`?",
        "4:11: '9-17' is not an interval of hours like '09:00-17:00'",
        "8:14: there is no group `biuld`; did you mean `build`?",
        "9:38: an absence cannot end (2026-07-01) before it begins (2026-07-10)",
        "10:3: `people.ivo` needs `name`",
        "11:11: `people.ivo.zone` has to be text; put `5` in quotes",
        "12:14: no public holidays are known for the country 'XQ'",
        "14:23: `priority::3` has the rank 3 already",
        "16:16: the label `Deli\u200bverable` looks like `Deliverable` and is another one: " + ODD,
        "18:25: `reviewing` is not among the `workflow.states`; did you mean `in review`?",
        "20:22: `work_queue.review_slo.near` has to be a number, not `0.5`",
        "20:37: there is no clause `review.slow`; did you mean `review.slo`?",
        "22:23: `level` of entry 1 of `work_queue.table` has to be 7 or less, not `9`",
        "22:30: `do` of entry 1 of `work_queue.table` cannot be `unblok`; did you mean `unblock`?",
        "23:13: the row `a` is there already, as entry 1 of `work_queue.table`; each has its own name",
        "23:80: no priority has the rank 9: the ranks are `1`, `3` and `4`",
        "25:23: " + HANDOFF,
        "27:3: `clauses.kindness` does not say what becomes of it; it needs one of " + FATES,
        "28:1: `triage` has to be a map (lines of `key: value`), not a list",
    ]


ROW = (
    "work_queue: {table: [{row: a, level: 1, do: pick up, kind: issue, stage: available, clause: queue.1-pick-up, %s}]}"
)
REDIRECT = "rotations: {dri: {redirects: [{says: a, clause: redirect.other, %s}]}}"
DUTY = "rotations: {dri: {duties: [{row: a, do: a, says: b, clause: duty.triage, looks_at: %s}]}}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("team: {zone: Amsterdam}", "1:14: there is no time zone `Amsterdam`; did you mean `Europe/Amsterdam`?"),
        ("team: {zone: xyzzy}", "1:14: there is no time zone `xyzzy`; write it like `Europe/Berlin`"),
        ("team: {zone: ../UTC}", "1:14: there is no time zone `../UTC`; write it like"),
        ("team: {hours: ['09:00-25:00']}", "1:16: '09:00-25:00' names an hour that no day has"),
        ("team: {country: Nederland}", "1:17: no public holidays are known for the country 'Nederland'; did you mean"),
        ("team: {country: DE, subdivision: XX}", "1:34: DE has no part 'XX' with public holidays"),
        ("team: {subdivision: BY}", "1:21: `team.subdivision` is a part of no country; state `country` too"),
        ("team: {mention: '@us'}", "1:17: leave out the `@`; it is put before the name where the team is mentioned"),
        ("clauses: {x: {says: a, section: b, does: c, person: d}}", "1:11: `clauses.x` has `does` and `person`"),
        ("clauses: {x: {says: a, section: b, helps: c}}", "1:43: `clauses.x` needs `test`"),
        ("clauses: {x: {says: a, section: b, does: c, test: d}}", "1:51: `clauses.x` has a `test`"),
        (ROW % "labels: [Deliverabel]", "1:119: no other part of the handbook knows the label `Deliverabel`; did"),
        (ROW % "priority: 5", "1:120: no priority has the rank 5: the ranks are `1`, `2`, `3` and `4`"),
        (DUTY % "labels", "1:84: the duty `a` looks at labels and needs to say which: `labels: [...]`"),
        (DUTY % "queue, labels: [x]", "1:91: the duty `a` looks at queue, so its `labels` mean nothing"),
        (DUTY % "queue, ways: [phone]}, {row: b, do: a, says: b, clause: duty.triage, looks_at: queue, ways: [phone]",
         "1:177: `phone` belongs to entry 1 of `rotations.dri.duties` already"),
        (REDIRECT % "to: channel}, {says: b, clause: redirect.other, to: group",
         "1:79: anything else belongs to entry 1 of `rotations.dri.redirects` already"),
        (REDIRECT % "to: page", "1:31: a redirect to a page needs to say which: `page: how to work with us`"),
        (REDIRECT % "to: page, page: how to work", "1:81: there is no page `how to work` among the `links`; did"),
        (REDIRECT % "to: channel, page: on call", "1:84: the redirect goes to the channel, so its `page` means"),
        ("rotations: {dri: {on_call: pager}}", "1:28: there is no page `pager` among the `links`"),
        ("components: {x: {experts: [ivo]}}", "1:14: nothing tells what is about it: give it `labels`, `words`"),
        ("components: {x: {experts: [ivo], sources: [chart]}}", "1:44: there is no source `chart`; did you mean"),
        ("components: {x: {experts: [], words: [a]}}", "1:18: `components.x.experts` must not be empty"),
        ("rotations: {dri: {handoff_time: 03:59}}", f"1:33: {HANDOFF}"),
        ("rotations: {dri: {handoff_time: 24:00}}", "1:33: `24:00` is not a time of day like `09:00`"),
        (
            "rotations: {dri: {handoff_time: 9:00}}",
            "1:33: `rotations.dri.handoff_time` has to be a time of day like `09:00`",
        ),
        (
            "rotation: {days: 14}",
            "1:1: `rotation` is now one of the `rotations`: write `rotations: {dri: ...}` with what stands below it",
        ),
        ("rotations: {dri: null}", "1:1: `rotations` must not be empty"),
        ("rotations: {two: {days: 14}}", "1:13: `rotations.two` needs `name`"),
        (
            "rotations: {two: {name: Two, zone: Berlin}}",
            "1:36: there is no time zone `Berlin`; did you mean `Europe/Berlin`?",
        ),
        (
            "rotations: {two: {name: Two, project: acme/app}, three: {name: Three, project: acme/app}}",
            "1:50: the rotation `two` has issues of that title in `acme/app` already",
        ),
        ("rotations: {dri: {title: week}}", "1:26: the title needs `{start}` where the first day of the shift goes"),
        ("rotations: {dri: {title: '{start} {end}'}}", "1:26: nothing takes the place of `{end}` in the title"),
        ("rotations: {dri: {project: https://gitlab.com/a/b}}", "1:28: `https://gitlab.com/a/b` is an address"),
        ("sources: {x: {path: /a/b}}", "1:21: `/a/b` is not a path on GitLab, like `group/project`"),
        ("sources: {x: {path: a/b.git}}", "1:21: `a/b.git` is not a path on GitLab"),
        ("workflow: {blocked: blokced}", "1:21: `blokced` is not among the `workflow.states`; did you mean `blocked`?"),
        ("work_queue: {available: {states: [redy]}}", "1:35: `redy` is not among the `workflow.states`"),
        ("labels: {spike: Spi\u0301ke, community: [Sp\u00edke]}", "1:17: the label `Spi\u0301ke` looks like"),
        ("labels: {spike: deliverable}", "1:17: the label `deliverable` looks like `Deliverable` and is"),
        ("labels: {deliverable: Deliverable\uff01, spike: Deliverable!}", "1:23: the label `Deliverable\uff01` "),
        ("planning: {quarterly: [{who: a, says: b, clause: duty.triage, from_day: 9, to_day: 8}]}", "1:84: a step"),
        ("handbook: 2", "1:11: `handbook` is the version of the format, and this Handrail reads 1, not `2`"),
        ("team: null\nlabels: {spike: null}", "1:7: `team` cannot be null: a handbook needs it"),
        ("team: {name: ''}", "1:14: `team.name` must not be empty"),
        ("team: {days: mon}", "1:14: `team.days` has to be a list"),
        ("team: {days: [null]}", "1:15: entry 1 of `team.days` cannot be `null`; it can be `mon`"),
        ("team: {hours: [null]}", "1:16: entry 1 of `team.hours` is empty"),
        ("team: {name: [a]}", "1:8: `team.name` has to be text, not a list"),
        ("team: {name: true}", "1:14: `team.name` has to be text; put `true` in quotes"),
        ("people: {a: {name: A, away: [{first: soon, last: 2026-01-01}]}}", "1:38: `first` of entry 1 of `people"),
        ("people: {a: B}", "1:13: `people.a` has to be a map (lines of `key: value`), not `B`"),
        ("support: {eol_notice_months: -1}", "1:30: `support.eol_notice_months` has to be 0 or more, not `-1`"),
        ("support: {kubernetes_window: 0}", "1:30: `support.kubernetes_window` has to be more than 0, not `0`"),
        ("support: {kubernetes_window: 2.0}", "1:30: `support.kubernetes_window` has to be a whole number, not `2.0`"),
        ("support: {kubernetes_window: true}", "1:30: `support.kubernetes_window` has to be a whole number"),
        ("work_queue: {table: []}", "1:14: `work_queue.table` must not be empty"),
        ("xyzzy: 1", "1:1: a handbook has no `xyzzy`"),
        ("sources: {a: {path: a, paths: b}}", "1:24: `sources.a` has no `paths`; did you mean `path`?"),
        ("people: {a: {name: A, roles: [boss]}}", "1:31: entry 1 of `people.a.roles` cannot be `boss`; it can"),
    ],
)  # fmt: skip
def test_each_kind_of_mistake_is_told_in_its_place(tell: Tell, text: str, told: str) -> None:
    assert tell(text)[0].startswith(told)


def test_every_hour_from_four_on_will_do(tell: Tell) -> None:
    assert tell("rotations: {dri: {handoff_time: 04:00}}") == []
    assert tell("rotations: {dri: {handoff_time: 23:59}}") == []
    assert tell("rotations: {two: {name: Two}, three: {name: Three}}") == []
    assert tell("team: {hours: ['18:00-24:00', '22:00-06:00']}") == []
    assert tell("people: {ada: {name: Ada, hours: ['00:00-24:00'], days: [mon, tue, wed, thu, fri, sat]}}") == []
    week = "[mon, tue, wed, thu, fri, sat, sun]"
    assert tell(f"people: {{ada: {{name: Ada, hours: ['00:00-24:00'], days: {week}}}}}") == [
        "1:27: nobody is at work day and night on all days: leave out the hours in which they are not"
    ]


def test_a_team_may_be_empty_and_labels_of_its_own_may_stand_in_rows(tell: Tell) -> None:
    assert tell("people: {}\ngroups: {build: {name: B}}") == []
    assert tell(ROW % "labels: [security]") == []


def test_what_follows_from_a_mistake_goes_unsaid(tell: Tell) -> None:
    assert len(tell("priorities: {priority::1: {rnak: 1, rank: null}}")) == 2
    assert len(tell("groups: 5\npeople: {a: {name: A, groups: [build]}}")) == 1
    assert len(tell("clauses: []")) == 1
    assert len(tell("workflow: {states: [3]}")) == 1
    assert len(tell("workflow: {states: 2026-02-30}")) == 1


JUNK = st.sampled_from(
    [
        None,
        0,
        -1,
        1.5,
        "x",
        "",
        True,
        [],
        {},
        [1],
        {"a": 1},
        {"a": {"b": [None]}},
        "2026-01-01",
        "deliverable",
        "::",
        "{",
    ]
)


def paths(data: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        yield from paths(value, (*path, key))


BUNDLED = read_chain(None).document.data
PATHS = [path for path in paths(BUNDLED) if path[0] != "clauses"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(PATHS), JUNK), min_size=1, max_size=6))
def test_whatever_stands_anywhere_is_told_or_taken(
    tell: Tell, changes: list[tuple[tuple[str | int, ...], object]]
) -> None:
    data: Any = deepcopy(BUNDLED)
    for path, value in changes:
        holder = data
        with suppress(KeyError, IndexError, TypeError):  # an earlier change may have taken the place away
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = value
    touched = {path[0] for path, _ in changes}  # the rest is as bundled, written down or not, and long to read
    for one in tell(json.dumps({key: value for key, value in data.items() if key in touched})):
        assert re.fullmatch(r"1:\d+: [^\n]+|[^\n]*distribution\.yml:\d+:\d+: [^\n]+", one)
        assert "Input" not in one


def test_a_misspelt_block_is_not_also_missed(tell: Tell) -> None:
    whole = (Path(__file__).parents[2] / "src/handrail/handbook/distribution.yml").read_text(encoding="utf-8")
    found = tell("extends: null\n" + whole.replace("\nclauses:\n", "\nclauzes:\n"))
    assert [one.partition(": ")[2] for one in found] == ["a handbook has no `clauzes`; did you mean `clauses`?"]


def test_of_two_that_contradict_each_other_the_teams_own_is_told(tell: Tell) -> None:
    assert tell("priorities: {priority::1: {rank: 4}}")[0] == "1:34: `priority::4` has the rank 4 already"
    assert tell("groups: {x: {name: X, label: DELIVERABLE, clause: groups.two}}") == [
        "1:30: the label `DELIVERABLE` looks like `Deliverable` and is another one: upper and lower case differ"
    ]
