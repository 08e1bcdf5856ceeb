"""How well the demo team fits its corpus: ``python -m bench.fit`` prints both sides, ``--write`` the page too.

The corpus is read from ``../shared/corpora`` beside the project and stays there; only figures are written.
"""

import json
import sys
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import correlation
from typing import Any, NamedTuple

from bench.fit_page import page
from bench.fit_picture import picture
from handrail.demo import DemoTeam, fit
from handrail.demo.people import BOTS, OUTSIDERS
from handrail.demo.sizes import size
from handrail.model.items import MergeRequest

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpora" / "distribution-merge-requests"
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DEMO_SIZE = 30_000
RECENT = 2024
"""Approvals, bots, projects' shares and the rhythm are taken from this year on: trailers began in 2022-23."""


class Row(NamedTuple):
    """One figure of both sides."""

    what: str
    corpus: float
    demo: float
    unit: str = ""


class Table(NamedTuple):
    """Figures of one kind, and what the corpus's side is taken from."""

    title: str
    source: str
    rows: tuple[Row, ...]


def main(arguments: Sequence[str]) -> int:
    if not CORPUS.is_dir():
        print(f"The corpus is not there: it belongs in {CORPUS.relative_to(ROOT.parent)}, beside the project.")
        return 2
    tables = compare(list(_corpus()), list(_demo()))
    for table in tables:
        print(f"\n{table.title}  ({table.source})")
        for row in table.rows:
            print(f"  {row.what:<34} corpus {row.corpus:9.3f}   demo {row.demo:9.3f} {row.unit}")
    if "--write" in arguments:
        (ROOT / "docs" / "demo.md").write_text(page(tables, fitted()), encoding="utf-8")
        folder = ROOT / "docs" / "pictures"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "demo-fit.svg").write_text(picture(tables), encoding="utf-8")
        print("\nWritten: docs/demo.md and docs/pictures/demo-fit.svg")
    return 0


class Merged(NamedTuple):
    """What both sides say of a merged merge request. ``lead`` is in days, None where the corpus cannot tell."""

    project: str
    merged_at: datetime
    lead: float | None
    approvals: int
    author: str  # "team", "bot" or "outside"
    commits: int | None = None
    additions: int | None = None


def compare(corpus: list[Merged], demo: list[Merged]) -> tuple[Table, ...]:
    recent = [row for row in corpus if row.merged_at.year >= RECENT]
    sizes = [size(Random(n), (n + 0.5) / 5000) for n in range(5000)]
    timed = [row for row in corpus if row.lead is not None]
    leads = [row.lead for row in timed if row.lead is not None]
    both = [(row.lead, row.additions) for row in timed if row.lead is not None and row.additions is not None]
    people = [row for row in recent if row.author != "bot"]
    return (
        _quantiles("Lead time, first commit to merge", f"{len(leads)} merge requests of charts", "days", leads,
                   [row.lead for row in demo if row.lead is not None]),
        _shares("Merges by weekday (UTC)", f"{len(recent)} merged since {RECENT}", WEEKDAYS, recent, demo,
                lambda row: WEEKDAYS[row.merged_at.weekday()]),
        _shares("Merges by hour of the day (UTC)", f"{len(recent)} merged since {RECENT}",
                [f"{hour:02}" for hour in range(24)], recent, demo, lambda row: f"{row.merged_at.hour:02}"),
        _shares("Share of the two projects", f"{len(recent)} merged since {RECENT}",
                ("gitlab-org/omnibus-gitlab", "gitlab-org/charts/gitlab"), recent, demo, lambda row: row.project),
        _shares("Approvals", f"{len(recent)} merged since {RECENT}", ("one", "two or more"), recent, demo,
                lambda row: "two or more" if row.approvals > 1 else "one" if row.approvals else ""),
        Table("Who opened it", f"{len(recent)} merged since {RECENT}", (
            Row("a bot", _part(recent, "bot"), _part(demo, "bot")),
            Row("of people: outside the company", _part(people, "outside"),
                _part([row for row in demo if row.author != "bot"], "outside")),
        )),
        _quantiles("Commits before the squash", f"{len(leads)} merge requests of charts", "",
                   [row.commits for row in timed if row.commits], [drawn.commits for drawn in sizes]),
        _quantiles("Added lines", f"{len(recent)} merged since {RECENT}", "",
                   [max(row.additions, 1) for row in recent if row.additions is not None],
                   [drawn.additions for drawn in sizes]),
        Table("Lead time and size", f"{len(both)} merge requests of charts", (
            Row("rank correlation", _rank_correlation(both),
                _rank_correlation([(n, drawn.additions) for n, drawn in enumerate(sizes)])),
        )),
    )  # fmt: skip


def _corpus() -> Iterator[Merged]:
    users = {user["username"]: user for user in json.loads((CORPUS / "users.json").read_text(encoding="utf-8"))}
    for name in ("omnibus_gitlab_mrs.ndjson", "charts_gitlab_mrs.ndjson"):
        for line in (CORPUS / name).read_text(encoding="utf-8").splitlines():
            row: dict[str, Any] = json.loads(line)
            if row["security_mirror"] or row["other_project"]:
                continue
            merged_at = datetime.fromisoformat(row["merged_at"]).astimezone(UTC)
            first = row.get("presquash_first_commit_authored_at")
            lead = (merged_at - datetime.fromisoformat(first)).total_seconds() / 86_400 if first else None
            user = users.get(row.get("author"), {})
            author = "bot" if user.get("bot") else "team" if user.get("gitlab_team_email_domain") else "outside"
            yield Merged(row["project"], merged_at, lead, len(row["approved_by"]), author,
                         row.get("presquash_commits"), row.get("additions"))  # fmt: skip


def _demo() -> Iterator[Merged]:
    for told in DemoTeam(DEMO_SIZE).items(histories=False, closed=True):
        item = told[0]
        if isinstance(item, MergeRequest) and item.state == "merged" and item.closed_at is not None:
            author = "bot" if item.author in BOTS else "outside" if item.author in OUTSIDERS else "team"
            lead = (item.closed_at - item.created_at).total_seconds() / 86_400
            yield Merged(item.project, item.closed_at, lead, len(item.approved_by), author)


def fitted() -> dict[str, object]:
    names = ("LEAD_DAYS", "COMMITS", "ADDITIONS", "LEAD_AND_SIZE", "WEEKDAYS", "HOURS", "BOT_AUTHORS", "TWO_APPROVALS",
             "OMNIBUS_TO_CHARTS")  # fmt: skip
    return {name: getattr(fit, name) for name in names}


def _quantiles(title: str, source: str, unit: str, corpus: Sequence[float], demo: Sequence[float]) -> Table:
    ours, theirs = sorted(demo), sorted(corpus)
    rows = (
        Row(f"{share:.0%} below", theirs[int(len(theirs) * share)], ours[int(len(ours) * share)], unit)
        for share in QUANTILES
    )
    return Table(title, source, tuple(rows))


def _shares(
    title: str, source: str, names: Iterable[str], corpus: list[Merged], demo: list[Merged], of: Callable[[Merged], str]
) -> Table:
    theirs, ours = Counter(map(of, corpus)), Counter(map(of, demo))
    names = tuple(names)
    all_theirs, all_ours = (sum(counted[name] for name in names) for counted in (theirs, ours))
    return Table(title, source, tuple(Row(n, theirs[n] / all_theirs, ours[n] / all_ours) for n in names))


def _part(rows: list[Merged], author: str) -> float:
    return sum(row.author == author for row in rows) / len(rows)


def _rank_correlation(pairs: Sequence[tuple[float, float]]) -> float:
    """Spearman's."""
    return correlation(_ranks([x for x, _ in pairs]), _ranks([y for _, y in pairs]))


def _ranks(values: Sequence[float]) -> list[float]:
    """Each value's place; equal values share the middle of their places."""
    ordered = sorted(values)
    return [(bisect_left(ordered, value) + bisect_right(ordered, value)) / 2 for value in values]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
