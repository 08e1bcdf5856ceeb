from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from handrail.errors import UserError
from handrail.handbook.extends import BUNDLED, LARGEST
from handrail.handbook.load import find_problems, load
from handrail.model.people import Away

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def file(text: str, name: str = "team.yml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return file


def told(path: Path) -> list[str]:
    return [str(problem).replace(f"{path.parent}/", "") for problem in find_problems(path)]


def test_the_bundled_handbook_is_whole() -> None:
    assert find_problems(None) == []
    assert load(None).team.name == "Distribution"
    assert load(BUNDLED) == load(None)


@pytest.mark.parametrize("text", ["", "# to come\n", "extends: distribution\n", "people: {}\n", "team: {}\n"])
def test_a_team_that_changes_nothing_has_the_bundled_handbook(write: Write, text: str) -> None:
    assert load(write(text)) == load(None)


def test_a_team_states_what_it_does_otherwise(write: Write) -> None:
    handbook = load(
        write(
            "team: {name: Widgets, days: [mon]}\n"
            "people:\n"
            "  nadia: {name: Nadia, zone: America/Toronto, country: CA, subdivision: 'ON', groups: [build],"
            " away: [{first: 2026-07-01, last: 2026-07-14}]}\n"
            "rotations: {dri: {handoff_time: 09:30}}\n"
            "links: {interviews: null}\n"
        )
    )
    bundled = load(None)
    assert (handbook.team.name, handbook.team.zone, handbook.team.days) == ("Widgets", "UTC", ("mon",))
    assert handbook.people["nadia"].away == (Away(date(2026, 7, 1), date(2026, 7, 14)),)
    assert handbook.rotation.handoff_time == "09:30"
    assert handbook.rotation.duties == bundled.rotation.duties
    assert handbook.links.keys() == bundled.links.keys() - {"interviews"}


def test_null_gives_a_setting_back_its_default(write: Write) -> None:
    assert load(write("team: {mention: null, zone: Asia/Tokyo}\n")).team.mention == ""


def test_files_extend_one_another_relative_to_themselves(write: Write) -> None:
    write("extends: ../base.yml\nteam: {name: Middle, zone: Asia/Tokyo}\n", "teams/middle.yml")
    write("team: {name: Base, mention: base}\n", "base.yml")
    team = load(write("extends: teams/middle.yml\nteam: {name: Top}\n", "top.yml")).team
    assert (team.name, team.zone, team.mention) == ("Top", "Asia/Tokyo", "base")


def test_extends_null_stands_alone(write: Write) -> None:
    alone = BUNDLED.read_text(encoding="utf-8") + "\nextends: null\n"
    assert load(write(alone)) == load(None)
    assert "team.yml:1:1: a handbook needs `team`" in told(write("extends: null\nhandbook: 1\n"))


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("extends: nowhere.yml\n", "1:10", "no such file"),
        ("team: {}\nextends: team.yml\n", "2:10", "leads back"),
        ("extends: [a]\n", "1:10", "the path of another handbook"),
        ("extends: ''\n", "1:10", "the path of another handbook"),
        ("extends: distribtion\n", "1:10", "did you mean `distribution`?"),
        ("extends: .\n", "1:10", "this is a folder"),
    ],
)
def test_extends_that_leads_nowhere_is_told_where_it_stands(write: Write, text: str, place: str, word: str) -> None:
    found = told(write(text))
    assert len(found) == 1
    assert found[0].startswith(f"team.yml:{place}: `extends` ")
    assert word in found[0]


def test_files_that_extend_one_another_in_a_ring_are_told(write: Write) -> None:
    write("extends: a.yml\n", "b.yml")
    found = told(write("extends: b.yml\n", "a.yml"))
    assert found == ["b.yml:1:10: `extends` leads back to a.yml; end it with null"]


def test_a_problem_is_placed_in_the_file_it_came_from(write: Write) -> None:
    write("team: {zone: Asia/Tokio}\npeople: {ivo: {}}\n", "base.yml")
    found = told(write("extends: base.yml\nteam: {name: 3}\n", "top.yml"))
    assert found == [
        "base.yml:1:14: there is no time zone `Asia/Tokio`; did you mean `Asia/Tokyo`?",
        "base.yml:2:10: `people.ivo` needs `name`",
        "top.yml:2:14: `team.name` has to be text; put `3` in quotes",
    ]


def test_a_problem_of_the_bundled_handbook_names_the_setting_that_mends_it(write: Write) -> None:
    found = told(write("workflow: {states: [todo, in dev], in_progress: [in dev]}\n"))
    (says,) = [one.partition(": ")[2] for one in found]
    assert says.startswith("`blocked` is not among the `workflow.states`")
    assert says.endswith(" (as bundled: set `workflow.blocked` in team.yml)")


def test_what_is_replaced_extends_nothing(write: Write) -> None:
    handbook = load(
        write(
            "replaces: [sources, groups, rules.recurring_duties.tasks]\n"
            "sources: {app: {path: acme/app}}\n"
            "groups: {core: {label: 'team::core'}}\n"
        )
    )
    bundled = load(None)
    assert {name: source.path for name, source in handbook.sources.items()} == {"app": "acme/app"}
    assert {key: group.name for key, group in handbook.groups.items()} == {"core": "core"}
    assert handbook.rules == bundled.rules | {"recurring_duties": {"mode": "propose", "near_days": 4}}
    assert (handbook.links, handbook.labels) == (bundled.links, bundled.labels)


def test_a_file_replaces_what_those_below_it_have_and_is_extended_itself(write: Write) -> None:
    write("replaces: [sources]\nsources: {app: {path: acme/app}}\nlinks: {interviews: null}\n", "base.yml")
    below = load(write("extends: base.yml\nreplaces: [groups]\nsources: {lib: {path: acme/lib}}\n"))
    assert (list(below.sources), below.groups, "interviews" in below.links) == (["app", "lib"], {}, False)


@pytest.mark.parametrize(
    ("text", "told_as"),
    [
        ("replaces: [groups, sorces]", "1:20: there is no map `sorces` to replace; did you mean `sources`?"),
        ("replaces: [rules.triage.near]", "1:12: there is no map `rules.triage.near` to replace"),
        ("replaces: [nothing.at.all]", "1:12: there is no map `nothing.at.all` to replace"),
        ("replaces: [3]", "1:12: `replaces` takes a list of maps of the extended handbook, like `[sources, groups]`"),
        (
            "replaces: groups",
            "1:11: `replaces` takes a list of maps of the extended handbook, like `[sources, groups]`",
        ),
        ("extends: null\nreplaces: [groups]", "2:12: there is no map `groups` to replace"),
    ],
)
def test_what_cannot_be_replaced_is_told_where_it_stands(write: Write, text: str, told_as: str) -> None:
    assert any(one.startswith(f"team.yml:{told_as}") for one in told(write(text)))


def test_an_extended_file_with_a_broken_text_is_told_alone(write: Write) -> None:
    write("a: b: c\n", "base.yml")
    assert [one.split(": ")[0] for one in told(write("extends: base.yml\nteam: 3\n", "top.yml"))] == ["base.yml:1:5"]


def test_load_raises_every_problem_as_a_sentence(write: Write) -> None:
    with pytest.raises(UserError) as raised:
        load(write("team: {zonee: UTC}\nlinks: []\n"))
    assert [problem.partition(": ")[2] for problem in raised.value.problems] == [
        "`team` has no `zonee`; did you mean `zone`?",
        "`links` has to be a map (lines of `key: value`), not a list",
    ]


def test_a_file_that_cannot_be_read_is_told_in_one_sentence(tmp_path: Path) -> None:
    def sentence(path: Path) -> str:
        with pytest.raises(UserError) as raised:
            find_problems(path)
        (only,) = raised.value.problems
        assert only.startswith(f"{path}: ")
        return only

    latin, large, wide = tmp_path / "latin.yml", tmp_path / "large.yml", tmp_path / "wide.yml"
    latin.write_bytes(b"team:\n  name: caf\xe9\n")
    large.write_bytes(b"#" * (LARGEST + 1))
    wide.write_bytes("team: {}".encode("utf-16"))
    assert "no such file" in sentence(tmp_path / "missing.yml")
    assert "folder" in sentence(tmp_path)
    assert "line 2 is not UTF-8" in sentence(latin)
    assert "UTF-8" in sentence(wide)
    assert "5 MiB" in sentence(large)
    assert "cannot be read" in sentence(tmp_path / ("x" * 300))
    assert "cannot be read" in sentence(tmp_path / "a\0b")


def test_an_extended_file_that_cannot_be_read_is_told_at_extends(write: Write, tmp_path: Path) -> None:
    (tmp_path / "latin.yml").write_bytes(b"caf\xe9")
    found = told(write("extends: latin.yml\n"))
    assert found == [
        "team.yml:1:10: `extends` leads nowhere: latin.yml: line 1 is not UTF-8; save the file in that encoding"
    ]


def test_a_table_whose_only_row_is_wrong_is_not_called_empty(tmp_path: Path) -> None:
    file = tmp_path / "team.yml"
    row = "row: a, level: 9, do: unblock, kind: issue, stage: available, clause: queue.1-unblock"
    file.write_text(f"work_queue:\n  table:\n    - {{{row}}}\n")
    assert [problem.line for problem in find_problems(file)] == [3]
