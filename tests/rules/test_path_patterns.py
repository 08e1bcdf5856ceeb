"""Patterns of paths: what they fit, and that nothing is fitted by accident."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.rules import path_patterns
from handrail.rules.path_patterns import Patterns, patterns_of

NAMES = st.text("ab.*?[(", min_size=1, max_size=4)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("spec/**", "spec/a_spec.rb"),
        ("spec/**", "spec/chef/deep/a_spec.rb"),
        ("spec/", "spec/chef/a_spec.rb"),
        ("/spec/", "spec/a_spec.rb"),
        ("*.md", "README.md"),
        ("*.md", "doc/a/README.md"),
        ("**/*.md", "README.md"),
        ("charts/*/templates/**", "charts/registry/templates/_a.tpl"),
        ("a/**/b", "a/b"),
        ("a/**/b", "a/x/y/b"),
        ("a?c/d", "abc/d"),
        ("a**c/d", "abbc/d"),
        ("[a].(b)+", "x/[a].(b)+"),
    ],
)
def test_what_fits(pattern: str, path: str) -> None:
    assert Patterns([pattern]).fit(path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("spec/**", "spec"),
        ("spec/**", "specs/a.rb"),
        ("spec/**", "lib/spec/a.rb"),
        ("*.md", "a.mdx"),
        ("a/*", "a/b/c"),
        ("a?b", "a/b"),
        ("a/**/b", "ab"),
        ("README.md", "readme.md"),
        ("a.b", "axb"),
    ],
)
def test_what_does_not(pattern: str, path: str) -> None:
    assert not Patterns([pattern]).fit(path)


def test_no_patterns_fit_nothing() -> None:
    assert patterns_of(()).outside(("a", "b")) == ["a", "b"]


@given(PATHS)
def test_a_path_without_wild_cards_fits_itself_and_all_of_them_fit_two_stars(path: str) -> None:
    assert Patterns(["**"]).fit(path)
    assert Patterns([path]).fit(path)


@given(st.lists(PATHS, max_size=4), st.lists(PATHS, max_size=3), st.lists(PATHS, max_size=3))
def test_each_path_is_judged_alone_and_more_patterns_leave_less(
    paths: list[str], some: list[str], more: list[str]
) -> None:
    left = Patterns(some).outside(paths)
    assert left == [path for path in paths if not Patterns(some).fit(path)]
    assert set(Patterns((*some, *more)).outside(paths)) <= set(left)


def test_a_long_run_forgets_what_it_has_seen_and_answers_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(path_patterns, "MOST_KNOWN", 2)
    asked = Patterns(["*.md"])
    assert [asked.fit(path) for path in ("a.md", "b", "c.md", "a.md", "b")] == [True, False, True, True, False]
