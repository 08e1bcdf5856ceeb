"""Every statement of the page has its end, and what it names is there."""

import ast
import shlex
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path

import click
import pytest

from handrail.cli.main import cli
from handrail.handbook.load import load
from handrail.handbook.schema import Clause

ROOT = Path(__file__).parents[1]
HANDBOOK = load(None)
CLAUSES = HANDBOOK.clauses.items()


def cited(value: object) -> Iterator[str]:
    """Every clause that a block of the handbook names."""
    if isinstance(value, tuple):
        for one in value:
            yield from cited(one)
    elif isinstance(value, dict):
        yield from cited(tuple(value.values()))
    elif is_dataclass(value):
        for field in fields(value):
            inner = getattr(value, field.name)
            if field.name == "clause":
                yield inner
            else:
                yield from cited(inner)


@pytest.mark.parametrize(("name", "clause"), CLAUSES)
def test_a_clause_has_exactly_one_end(name: str, clause: Clause) -> None:
    ends = [end for end in (clause.does, clause.helps, clause.planned, clause.person) if end]
    assert len(ends) == 1, name


@pytest.mark.parametrize(("name", "clause"), [(name, clause) for name, clause in CLAUSES if clause.does])
def test_a_rule_keeps_the_clause_and_cites_it(name: str, clause: Clause) -> None:
    rule = import_module(f"handrail.rules.{clause.does}")
    assert name in {*cited(HANDBOOK), *rule.CLAUSES}


def test_every_clause_that_a_rule_cites_is_the_rules() -> None:
    rules = [path.stem for path in (ROOT / "src/handrail/rules").glob("*.py")]
    citing = {rule: getattr(import_module(f"handrail.rules.{rule}"), "CLAUSES", None) for rule in rules}
    doing = {clause.does for _, clause in CLAUSES if clause.does}
    assert doing == {rule for rule, clauses in citing.items() if clauses}
    for rule, clauses in citing.items():
        assert all(HANDBOOK.clauses[name].does == rule for name in clauses or ())


@pytest.mark.parametrize(("name", "clause"), [(name, clause) for name, clause in CLAUSES if clause.helps])
def test_what_helps_is_a_command_with_a_test_that_fails_without_it(name: str, clause: Clause) -> None:
    program, command, *options = shlex.split(clause.helps or "")
    assert program == "handrail"
    found = cli.get_command(click.Context(cli), command)
    assert found is not None, name
    known = {option for parameter in found.params for option in parameter.opts}
    assert set(options) <= known
    file, _, test = (clause.test or "").partition("::")
    tree = ast.parse((ROOT / file).read_text())
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == test)
    # The test runs that very command: without it, it fails.
    assert repr(command) in ast.unparse(function)


def test_every_block_cites_a_clause_that_is_there() -> None:
    assert set(cited(HANDBOOK)) <= set(HANDBOOK.clauses)


def test_the_page_is_covered_section_by_section(shared: Path) -> None:
    page = (shared / "handbook/distribution-team-workflow.txt").read_text()
    headings = {clause.section for _, clause in CLAUSES}
    titled = {heading.casefold() for heading in headings}
    assert len(headings) == 18
    for heading in ("Summary", "Groups", "Work prioritization", "Quarterly planning", "Milestone planning", "Duties"):
        assert heading in page
        assert heading.casefold() in titled
