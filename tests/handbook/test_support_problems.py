"""What can be wrong with what a handbook says of support, each told where it stands."""

from pathlib import Path

import pytest

from handrail.handbook.load import find_problems, load


def told(folder: Path, text: str) -> list[str]:
    path = folder / "team.yml"
    path.write_text(text, encoding="utf-8")
    return [str(problem).removeprefix(f"{path}:") for problem in find_problems(path)]


@pytest.mark.parametrize(
    ("support", "says"),
    [
        (
            "{upstream: http://endoflife.date}",
            "1:21: `support.upstream` is no address to read releases at: only https://",
        ),
        ('{upstream: "https://me:x@example.com"}', "it has more than a host and a path"),
        ("{upstream: endoflife.date}", "it names no host; write it like https://endoflife.date"),
        ("{products: {git: {kind: dependency, policy: dependecy}}}", "1:54: there is no policy `dependecy`; did you"),
        ('{products: {git: {kind: dependency, file: "acme/app:"}}}', "`acme/app:` is no file; write it like `group/"),
        ('{products: {git: {kind: dependency, file: ":r.json"}}}', "`:r.json` is no file; write it like `group/"),
        ("{ledger: support.yml}", "1:19: `support.yml` is no file; write it like `group/project:path/to/ledger.yml`"),
        ("{products: {git: {kind: dependency, line: 0}}}", "has to be more than 0, not `0`"),
        (
            '{holds: [{product: ubunto, release: "26.04", until: 2026-07-01, because: no builder}]}',
            "1:29: there is no product `ubunto`; did you mean `ubuntu`?",
        ),
    ],
)
def test_what_leads_nowhere(tmp_path: Path, support: str, says: str) -> None:
    (problem,) = told(tmp_path, f"support: {support}\n")
    assert says in problem


@pytest.mark.parametrize("form", ["latest", "v{major}.0", "v{minor}", "{version}"])
def test_a_tag_that_is_the_same_for_several_releases(tmp_path: Path, form: str) -> None:
    (problem,) = told(tmp_path, f'sources: {{app: {{path: acme/app, release_tag: "{form}"}}}}\n')
    assert f"`{form}` is the same for several releases; write it like `v{{milestone}}.0`" in problem


@pytest.mark.parametrize("form", ["v{milestone}.0", "v{major-9}.{minor}.0", "{minor}-{major}"])
def test_a_tag_that_tells_releases_apart(tmp_path: Path, form: str) -> None:
    assert told(tmp_path, f'sources: {{app: {{path: acme/app, release_tag: "{form}"}}}}\n') == []


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("version '(.*'", "`version '(.*'` is no regular expression (missing ), unterminated subpattern"),
        ("version '.*'", "`version '.*'` has no group, in `(` and `)`, that would be a version"),
        ("version '(?:.*)'", "has no group"),
        ("x{99999999999}(y)", "is no regular expression"),
    ],
)
def test_a_pattern_that_finds_no_version(tmp_path: Path, pattern: str, says: str) -> None:
    proofs = f'[{{source: omnibus, path: config/software/git.rb, pattern: "{pattern}"}}]'
    (problem,) = told(tmp_path, f"support: {{products: {{git: {{kind: dependency, proofs: {proofs}}}}}}}\n")
    assert says in problem


def test_what_follows_from_another_mistake_goes_unsaid(tmp_path: Path) -> None:
    wrong = """support:
  policies: 7
  products: {git: {kind: dependency, policy: slow}, vim: 5}
  holds: [{product: vi, release: "9", until: 2026-07-01, because: later}]
"""
    problems = told(tmp_path, wrong)
    assert [problem.partition(" ")[2] for problem in problems] == [
        "`support.policies` has to be a map (lines of `key: value`), not `7`",
        "`support.products.vim` has to be a map (lines of `key: value`), not `5`",
    ]


def test_all_that_may_be_said(tmp_path: Path) -> None:
    file = tmp_path / "team.yml"
    file.write_text(
        """support:
  upstream: ""
  products:
    vim: {kind: dependency, policy: other_minor, file: releases.json, line: 1}
    helm: {kind: dependency, file: "acme/app:releases.json"}
  holds: [{product: vim, release: "9", until: 2026-07-01, because: later}]
"""
    )
    support = load(file).support
    assert (support.upstream, support.products["vim"].line) == ("", 1)
    assert "ubuntu" in support.products, "what is bundled is looked after, too"
