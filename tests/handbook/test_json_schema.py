import json
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from handrail.handbook.extends import read_chain
from handrail.handbook.json_schema import json_schema
from handrail.handbook.positions import parse


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(json_schema())


def plain(data: object) -> Any:
    return json.loads(json.dumps(data, default=date.isoformat))


def test_it_is_a_json_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_the_bundled_handbook_fits(validator: Draft202012Validator) -> None:
    assert list(validator.iter_errors(plain(read_chain(None).document.data))) == []


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "extends: null",
        "extends: base.yml",
        "replaces: [sources, groups]\ngroups: {core: {label: core}}",
        "team: {zone: Asia/Tokyo}",
        "team: null",
        "links: {interviews: null}",
        "people: {ivo: {away: [{first: 2026-07-01, last: 2026-07-02}], country: null}}",
        "clauses: {groups.build: {helps: null, test: null, person: because}}",
        "workflow: {states: null}",
        "work_queue: {review_slo: {near: 0.5}, table: null}",
        "breakers: [{milestones: 2, calls_for: a look, clause: iteration.two}]",
    ],
)
def test_a_file_may_state_a_part_and_remove_with_null(validator: Draft202012Validator, text: str) -> None:
    assert list(validator.iter_errors(plain(parse(text, "team.yml").data))) == []


@pytest.mark.parametrize(
    "text",
    [
        "teem: {}",
        "team: {zonee: UTC}",
        "team: {days: [monday]}",
        "team: {zone: 5}",
        "handbook: 2",
        "extends: 3",
        "replaces: sources",
        "people: {ivo: {away: [{first: 2026-07-01}]}}",
        "breakers: [{milestones: 2}]",
        "breakers: [{milestones: null, calls_for: a look, clause: iteration.two}]",
        "work_queue: {review_slo: {near: 1.5}}",
        "links: {a: 1}",
    ],
)
def test_an_editor_shows_what_is_wrong(validator: Draft202012Validator, text: str) -> None:
    assert list(validator.iter_errors(plain(parse(text, "team.yml").data))) != []


def test_what_the_schema_says_below_a_field_is_its_description() -> None:
    schema = json_schema()
    assert schema["properties"]["handbook"]["description"] == "The version of this format."
    assert "without its @" in schema["$defs"]["TeamBlock"]["properties"]["mention"]["description"]
    assert schema["$defs"]["Away"]["description"].startswith("Time off")
