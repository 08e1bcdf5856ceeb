"""docs/demo.md: what the demo team is, what of it is fitted and how well, and what is assumed."""

from collections.abc import Mapping, Sequence

from bench.fit_picture import Table

_HEAD = """\
# The demo team

`handrail --demo` shows a simulated team, so that everything can be tried without a GitLab and without anybody's
data. It is the same on every machine and every day: its present is Tuesday 2 June 2026, 14:12 UTC, and nothing
in it is later. All people and titles are invented.

- **14 people** in eight zones and two groups, with their hours, public holidays and time off; more on request.
- **Eight projects** of GitLab's Distribution team with maintainers and two years of pipelines (one default
  branch is red), and merge requests of another group that wait for a team member's review.
- **600 items** unless another number is asked for (300 to 1,000,000), about a quarter of them open: merge
  requests, issues, epics and a rotation issue a week. Each has its full history, from which its present facts
  follow; so any past moment can be looked at.
- Some seventy of the items are written by hand (`src/handrail/demo/cast_*.py`), so that every row of the page's
  table and every rule has something to show even in a small demo. The others are drawn, each from its own seed.
- What came out upstream (`src/handrail/demo/upstream.py`): releases of systems, Kubernetes and bundled
  dependencies, most on their real days, and which of them our releases have, partly made up.
- The team follows its handbook, with exceptions: most items have their labels, test plans and reviewers, the
  groups' standing tasks have their issues, and what was forgotten (`cast_exceptions.py`) is what
  `handrail --demo plan` mends.

Beside the team there is a **planted world** (`src/handrail/demo/planted/`), made anew from a seed for each of eleven
days of a quarter: some two hundred items that are as the handbook has them, many just short of a finding, and over a
hundred that are not, written down with the rule and the code that has to find them. It was made from the page and its
definitions without a look at how the rules decide; `tests/rules/test_planted.py` holds both against each other.

This page is written by `python -m bench.fit --write`.

## What is fitted

The corpus are the merged merge requests of omnibus-gitlab and charts/gitlab, read off their merge commits.
GitLab squashes on merging, so lead times come from the 1,160 merge requests of charts whose commits from before
the squash are known (mostly 2019 to 2022); the demo's lead time counts from the merge request's creation, as it
has no commits.

![Lead times, weekdays and hours of corpus and demo](pictures/demo-fit.svg)
"""

_ASSUMED = """\
## What is assumed

No public data tells these; they are the second half of `demo/fit.py` or stand in the code that tells the lives.

- **Sizes beyond the two**: the shares of the six smaller projects and of other groups' merge requests.
- **Issues, epics, milestones, labels, priorities, severities, weights, claims, blockers, mentions**: none is in
  the corpus. How long an issue lives, how much of that is backlog, and how work is planned and rolled over
  follow the handbook's words.
- **Reviews between opening and merging**: when it is ready, who is asked, how long until the first answer (a
  tenth takes longer than 27 office hours), rounds, threads, requested changes, the hand-over to a maintainer.
  Only their sum, the lead time, and the number of approvals are fitted.
- **Named reviewers**: a quarter of the corpus's merge requests name a human reviewer in a trailer, though nearly all
  have an approval; the trailers under-report. In the demo everyone who approves was asked first.
- **Unmerged merge requests**: 8 in 100 are given up. The corpus has heads that were never merged, but not when
  they were closed.
- **Community**: 8 in 100 of the people's merge requests. In the corpus 22 in 100 come from addresses other than
  the company's; team members use such addresses too, so that is an upper bound.
- **Added lines and commits** are drawn only inside: large changes live longer, are pushed to more often and go
  through more rounds. The facts hold no sizes.
- **Growth**: a little more is closed in recent months than two years ago, and in a small demo much more: half of what
  a team of 600 items has closed is from the last months, so that these look busy. What is open is as old as what is
  open at any moment under the fitted lead times.
- **Public holidays** move the decisions' clocks exactly; the simulated people themselves keep only the turn of
  the year and 1 May.
- **Merges on weekends** are rarer than in the corpus, whose people do not all keep office hours; what waits over a
  night or a weekend is merged in the mornings of Berlin and Sofia, and on Mondays, more often than in the corpus.
"""


def page(tables: Sequence[Table], fitted: Mapping[str, object]) -> str:
    """The page's text."""
    parts = [_HEAD]
    for table in tables:
        digits = 2 if any(row.corpus >= 1 for row in table.rows) else 3
        parts.append(f"**{table.title}** ({table.source})\n\n| | corpus | demo |\n|---|---:|---:|")
        parts.extend(f"| {row.what} | {row.corpus:.{digits}f} | {row.demo:.{digits}f} |" for row in table.rows)
        parts.append("")
    parts.append("The fitted figures, as `demo/fit.py` has them (curves are share: value):\n\n| | |\n|---|---|")
    parts.extend(f"| `{name}` | {written(value)} |" for name, value in fitted.items())
    parts.append("")
    parts.append(_ASSUMED)
    return "\n".join(parts)


def written(value: object) -> str:
    if not isinstance(value, tuple):
        return str(value)
    return ", ".join(f"{v[0]:g}: {v[1]:g}" if isinstance(v, tuple) else f"{v:g}" for v in value)
