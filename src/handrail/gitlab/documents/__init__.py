"""The GraphQL documents, as text that a given GitLab can answer.

A line that ends in ``# needs <part>`` is left out where the instance has no such part; ``...Name`` brings the fragment
of that name along. Sizes: every document stays under GitLab's complexity limit of 250 (tests/gitlab/test_documents).
"""

import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

PARTS = frozenset({"status", "weight", "hierarchy", "linked items", "development", "health", "progress"})
"""The optional parts that a document may need."""
_FILTER = "state: $state, updatedAfter: $since, after: $c{n}, first: 100"
ISSUE_LISTS = {
    "assigned issues": f"issues(assigneeUsernames: [$u{{n}}], {_FILTER}) {{{{ ...ListedIssues }}}}",
    "authored issues": f"issues(authorUsername: $u{{n}}, {_FILTER}) {{{{ ...ListedIssues }}}}",
}
MERGE_REQUEST_LISTS = {
    f"{role} merge requests": f"user(username: $u{{n}}) {{{{ {field}({_FILTER}) {{{{ ...ListedMergeRequests }}}} }}}}"
    for role, field in (
        ("assigned", "list: assignedMergeRequests"),
        ("authored", "list: authoredMergeRequests"),
        ("requested", "list: reviewRequestedMergeRequests"),
    )
}
LISTS = ISSUE_LISTS | MERGE_REQUEST_LISTS
"""A person's lists of items all over the instance."""
AT_ONCE = 12
"""How many lists one document may ask for."""
MOST_BRANCHES = 1000
"""How many names of branches of one pattern are asked for; GitLab gives them in no order."""
_SPREAD = re.compile(r"\.\.\.([A-Z]\w+)")
_NEEDS = re.compile(r"^(?P<line>.*?)\s*# needs (?P<part>.+)$", re.MULTILINE)


@cache
def document(name: str, parts: frozenset[str] = PARTS) -> str:
    """The document with all its fragments. ``name`` is the file's, ``parts`` what the instance has."""
    wanted, texts = [_file_of(name)], []
    for file in wanted:
        text = _NEEDS.sub(lambda match: match["line"] if match["part"] in parts else "", _read(file))
        texts.append(text)
        for spread in _SPREAD.findall(text):
            found = _file_of(spread.removesuffix("Facts"))
            if found not in wanted:
                wanted.append(found)
    return "\n".join(texts)


def document_for(lists: Sequence[str]) -> str:
    """A document that asks for several of one person's lists at once: ``lists`` are keys of ``LISTS``.

    Its variables are numbered: ``u0`` the user name of the first, ``c0`` where its list goes on.
    """
    declared = "".join(f", $u{number}: String!, $c{number}: String" for number in range(len(lists)))
    asked = "\n".join(f"  t{number}: {LISTS[name].format(n=number)}" for number, name in enumerate(lists))
    issues = any(name in ISSUE_LISTS for name in lists)
    kind, state = ("issues", "IssuableState") if issues else ("merge_requests", "MergeRequestState")
    query = f"query Elsewhere($state: {state}, $since: Time{declared}) {{\n{asked}\n}}\n"
    return query + _read(f"listed_{kind}.graphql")


def document_of_surroundings(place: str, patterns: Sequence[str]) -> str:
    """A "project"'s or "group"'s surroundings, with the branches that fit each pattern: ``b0`` those of the first."""
    asked = "".join(
        f" b{number}: branchNames(searchPattern: {json.dumps(pattern)}, offset: 0, limit: {MOST_BRANCHES})"
        for number, pattern in enumerate(patterns)
    )
    return document(f"{place}_surroundings").replace("{ rootRef }", f"{{ rootRef{asked} }}")


def document_of_pipelines(count: int) -> str:
    """A document that asks for so many lists of finished pipelines, the latest first.

    Its variables are numbered: ``p0`` the project's path of the first, ``r0`` the branch and ``s0`` the source that it
    is narrowed to, each if any, ``c0`` where it goes on.
    """
    declared = ", ".join(f"$p{n}: ID!, $r{n}: String, $s{n}: String, $c{n}: String" for n in range(count))
    asked = "\n".join(
        f"  t{n}: project(fullPath: $p{n}) {{"
        f" pipelines(ref: $r{n}, source: $s{n}, scope: FINISHED, first: 20, after: $c{n}) {{ ...LatestPipelines }} }}"
        for n in range(count)
    )
    return f"query LatestPipelines({declared}) {{\n{asked}\n}}\n{_read('latest_pipelines.graphql')}"


@cache
def names() -> tuple[str, ...]:
    """The names of all documents that can be sent."""
    all_files = sorted(file.name for file in files(__name__).iterdir() if file.name.endswith(".graphql"))
    return tuple(name.removesuffix(".graphql") for name in all_files if "query " in _read(name))


@cache
def _read(file: str) -> str:
    return files(__name__).joinpath(file).read_text("utf-8")


def _file_of(name: str) -> str:
    """``WorkItem`` and ``work_item`` stand in work_item.graphql."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower() + ".graphql"
