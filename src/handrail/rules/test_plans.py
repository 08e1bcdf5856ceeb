"""Test plans (clause summary.test-plans): a change that integration tests do not cover says how it is tested.

Asked of the team's open merge requests that are no drafts. A changed file is covered where a pattern of its source's
integration tests fits it; documentation and the like need none. What is left over asks for a section “Test plan” with
words in it. The author is asked once; a section that comes later answers, and nothing more is said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Annotated

from annotated_types import Gt, Len

from handrail.handbook.settings import RuleSettings, Text
from handrail.model.actions import Comment, Evidence
from handrail.model.findings import Finding, Remedy
from handrail.model.items import MergeRequest, headed
from handrail.rules.desk import Desk, listed
from handrail.rules.path_patterns import patterns_of

CLAUSES = ("summary.test-plans",)
RULE = "test_plans"
FINDINGS = {
    "no-plan": "it changes what integration tests do not cover, and has no section that says how it is tested",
    "short-plan": "it changes what integration tests do not cover, and its section on testing says next to nothing",
}
"""When each of the rule's findings is made."""
SHOWN = 3
"""The files that are named; of more the number is said."""


@dataclass(frozen=True)
class Settings(RuleSettings):
    """What integration tests cover, and what a test plan is."""

    covered: dict[str, tuple[Text, ...]] = field(default_factory=dict)
    """By source (name or path) patterns of the files that its integration tests cover: ``*`` is any part of a name,
    ``**`` any folders, ``doc/`` all in that folder, and a name alone is one in whichever folder. A source that is not
    named is not asked about; with no patterns each change in it needs a plan."""
    needs_none: tuple[Text, ...] = ()
    """Patterns of files that need no test plan in any source."""
    titles: Annotated[tuple[Text, ...], Len(1)] = ("test plan", "testing", "how to test")
    """Words, lower case, that the heading of a test plan holds one of; the first is what we ask for."""
    least_words: Annotated[int, Gt(0)] = 5
    """A section with fewer says nothing yet."""
    community: bool = False
    """Whether merge requests from outside are asked too."""


def subjects(desk: Desk) -> Iterable[MergeRequest]:
    """The team's open merge requests whose changes are known, drafts left out."""
    return (mr for mr in desk.ours_of(MergeRequest) if mr.changed_paths and not mr.draft)


def decide(mr: MergeRequest, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """Whether it has the plan that what it changes asks for."""
    covered = settings.covered.get(desk.source_name(mr.project), settings.covered.get(mr.project))
    if covered is None or (desk.read(mr).community and not settings.community):
        return
    plans = headed(mr.sections, settings.titles)
    words = sum(part.words for part in plans)
    if words >= settings.least_words:
        return
    whom = _whom(mr, desk)
    bare = patterns_of((*covered, *settings.needs_none)).outside(mr.changed_paths) if whom else []
    if not bare:
        return
    says = f"It changes {_named(bare, cut=mr.changed_paths_cut)}, which integration tests do not cover, and "
    says += f"its section “{plans[0].title}” has {_counted(words)}." if plans else "it has no test plan."
    evidence = tuple(Evidence(f"no integration test covers {path}") for path in bare[:SHOWN])
    request = (
        f"Could you add a few words to its section “{plans[0].title.capitalize()}”"
        if plans
        else f"Could you add a section “{settings.titles[0].capitalize()}” to the description"
    )
    remedies = tuple(Remedy(comment) for comment in _question(mr, desk, whom, bare, request))
    code = "short-plan" if plans else "no-plan"
    yield Finding(RULE, CLAUSES[0], mr.ref, code, says, evidence, "note", whom, remedies)


def _whom(mr: MergeRequest, desk: Desk) -> tuple[str, ...]:
    """Whose plan it is: the author's; of a bot's merge request those it is assigned to, and else nobody's."""
    if mr.author not in desk.terms.bots:
        return (mr.author,)
    return tuple(name for name in mr.assignees if name not in desk.terms.bots)


def _question(mr: MergeRequest, desk: Desk, whom: tuple[str, ...], bare: list[str], request: str) -> Iterator[Comment]:
    present = desk.reachable(whom)
    if present:
        named = _named([f"`{path}`" for path in bare], cut=mr.changed_paths_cut)
        yield Comment(
            "test-plan",
            present,
            "thank you for this change.",
            f"It touches {named}, which the integration tests do not cover. {request}? A few lines are enough: what "
            "you tried or will try, on which systems, and what one should see when it works. It lets a reviewer repeat "
            "it, and whoever releases it knows what to look at.",
        )


def _named(paths: list[str], *, cut: bool) -> str:
    shown = paths[:SHOWN]
    more = len(paths) - len(shown)
    if more or cut:
        shown = [*shown, f"{more} more" if more and not cut else "more"]
    return listed(shown)


def _counted(words: int) -> str:
    return "no words" if words == 0 else "1 word" if words == 1 else f"{words} words"
