"""Real merge requests as a snapshot file: what is assumed is said, and what a row cannot tell is left out."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.corpus import COMMUNITY, READY, Corpus, main
from bench.corpus_rows import NO_AUTHOR, OTHER_PROJECT, TWICE, Row, User, read, sorted_out
from handrail.cli.main import cli
from handrail.engine.assemble import assemble
from handrail.errors import UserError
from handrail.handbook.compiled import read as read_handbook
from handrail.model.items import MergeRequest
from handrail.store.snapshot_file import SnapshotFile, write

OMNIBUS = "gitlab-org/omnibus-gitlab"
USERS = {
    user.username: user
    for user in (
        User("ann", gitlab_team_email_domain=True),
        User("bea", gitlab_team_email_domain=True),
        User("cyd"),
        User("duo", bot=True, gitlab_team_email_domain=True),
    )
}


def row(iid: int = 1, **facts: object) -> Row:
    stated: dict[str, object] = {
        "iid": iid,
        "project": OMNIBUS,
        "title": f"Change {iid}",
        "target_branch": "master",
        "first_commit_authored_at": at("2025-05-26T12:00:00+02:00"),
        "merged_at": at("2025-06-04T10:00:00+10:00"),
        "merged_by": "bea",
        "author": "ann",
        "reviewers": (),
        "approved_by": (),
    }
    return Row(**stated | facts)  # type: ignore[arg-type]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def converted(*rows: Row) -> list[MergeRequest]:
    items = [item for item, _ in Corpus(sorted_out(rows, USERS)).items(histories=True, closed=True)]
    return [item for item in items if isinstance(item, MergeRequest)]


def test_ready_and_asked_at_the_first_commit_and_answered_at_the_merge() -> None:
    [mr] = converted(row(reviewers=("cyd",), approved_by=("bea",)))
    first, last = datetime(2025, 5, 26, 10, tzinfo=UTC), datetime(2025, 6, 4, tzinfo=UTC)
    assert (mr.created_at, mr.closed_at, mr.state) == (first, last, "merged")
    assert mr.label_since == {READY: first}
    assert [(r.username, r.state, r.requested_at, r.responded_at) for r in mr.reviewers] == [
        ("cyd", "reviewed", first, last),
        ("bea", "approved", first, last),
    ]
    assert mr.approved_by == ("bea",)
    assert mr.assumed == (
        "creation",
        "ready for review",
        "review requests",
        "no answer yet",
        "office hours (9 to 17 UTC)",
    )


def test_the_commit_from_before_the_squash_counts() -> None:
    [mr] = converted(row(presquash_first_commit_authored_at=at("2025-04-01T08:00:00+00:00")))
    assert mr.created_at == at("2025-04-01T08:00:00+00:00")


def test_a_first_commit_after_the_merge_is_a_clock_that_went_wrong() -> None:
    [mr] = converted(row(first_commit_authored_at=at("2025-06-04T12:00:00+10:00")))
    assert mr.created_at == mr.closed_at


def test_neither_bots_nor_the_author_are_asked() -> None:
    [mr] = converted(row(reviewers=("duo", "ann")))
    assert mr.reviewers == ()
    assert "nobody asked" in mr.assumed
    assert "review requests" not in mr.assumed


@pytest.mark.parametrize(("author", "outside"), [("cyd", True), ("ann", False), ("duo", False), ("unlisted", True)])
def test_authors_without_the_address_are_the_community(author: str, outside: bool) -> None:
    [mr] = converted(row(author=author))
    assert (COMMUNITY in mr.labels) == outside
    assert ("from the community" in mr.assumed) == outside


def test_whoever_ever_approved_is_not_the_community() -> None:
    first, second = converted(row(1, author="cyd"), row(2, approved_by=("cyd",)))
    assert first.labels == second.labels == (READY,)


def test_what_is_no_merge_request_of_the_project_is_left_out_and_counted() -> None:
    rows = sorted_out(
        [
            row(1, merged_at=at("2025-06-05T00:00:00+00:00"), title="merged again"),
            row(1),
            row(2, security_mirror=True),
            row(3, other_project=True),
            row(4, author=None),
        ],
        USERS,
    )
    assert [kept.title for kept in rows.kept] == ["Change 1"]
    assert rows.left_out == {OTHER_PROJECT: 2, NO_AUTHOR: 1, TWICE: 1}


def test_members_and_maintainers_are_told_by_what_they_did_lately() -> None:
    rows = [row(iid, merged_by="cyd", approved_by=("duo",)) for iid in range(1, 41)]
    rows += [row(iid, author="bea", merged_at=at("2019-06-04T10:00:00+10:00")) for iid in range(50, 100)]
    corpus = Corpus(sorted_out(rows, USERS))
    team = corpus.team()
    assert list(team.people) == ["ann", "cyd"]  # cyd has no address of the company's, but merges
    assert [project.maintainers for project in team.projects] == [("cyd",)]
    assert team.now == datetime(2025, 6, 4, tzinfo=UTC)
    assert corpus.history(f"{OMNIBUS}!1")[-1].did == "merged"
    assert corpus.history(f"{OMNIBUS}!12345") == ()
    assert list(corpus.items(histories=False, closed=False)) == []


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2025-05-26T09:59:59+00:00", False),
        ("2025-05-26T10:00:00+00:00", True),
        ("2025-06-03T23:59:59+00:00", True),
        ("2025-06-04T00:00:00+00:00", False),
    ],
)
def test_it_is_open_from_the_first_commit_until_the_merge(tmp_path: Path, moment: str, is_open: bool) -> None:
    rows = [row(iid, approved_by=("bea",), merged_at=at("2025-06-09T00:00:00+00:00")) for iid in range(2, 60)]
    file = tmp_path / "corpus.jsonl"
    write(file, Corpus(sorted_out([row(1, approved_by=("bea",)), *rows], USERS)))
    snapshot = assemble(SnapshotFile(file), read_handbook(None, tmp_path), at(moment))
    assert (f"{OMNIBUS}!1" in snapshot.by_ref) == is_open
    mr = snapshot.by_ref.get(f"{OMNIBUS}!1")
    if isinstance(mr, MergeRequest):
        assert [(reviewer.username, reviewer.state) for reviewer in mr.reviewers] == [("bea", "unreviewed")]
        assert mr.approved_by == ()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: (folder / "users.json").unlink(), "cannot be read"),
        (lambda folder: (folder / "users.json").write_text("[1]"), "does not hold the corpus"),
        (lambda folder: None, "no merge request that can be used"),
    ],
)
def test_a_folder_that_is_no_corpus_is_refused(tmp_path: Path, spoil: Callable[[Path], object], says: str) -> None:
    (tmp_path / "users.json").write_text("[]")
    for name in ("omnibus_gitlab_mrs.ndjson", "charts_gitlab_mrs.ndjson"):
        (tmp_path / name).touch()
    spoil(tmp_path)
    done = CliRunner().invoke(main, [str(tmp_path / "out.jsonl"), "--folder", str(tmp_path)])
    assert done.exit_code == 1
    assert says in done.stderr


def test_nothing_can_be_read_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read(tmp_path / "nowhere")


def test_the_real_corpus_on_the_second_of_june_2025(shared: Path, tmp_path: Path) -> None:
    out = tmp_path / "corpus.jsonl"
    folder = shared / "corpora" / "distribution-merge-requests"
    done = CliRunner().invoke(main, [str(out), "--folder", str(folder)], catch_exceptions=False)
    assert done.stdout.startswith("10125 merge requests and 24 people, as of 2026-08-22 03:26 UTC")
    said = CliRunner().invoke(
        cli,
        ["--snapshot", str(out), "next", "--team", "--at", "2025-06-02", "--json"],
        catch_exceptions=False,
    )
    queues = json.loads(said.stdout)
    found = {(entry["ref"], person): entry for person, entries in queues.items() for entry in entries}
    assert len({ref for ref, _ in found}) == 18  # of 19 that were open: the last one waits for nobody of the team
    assert {entry["row"] for entry in found.values()} == {"3-review", "6-review"}
    ipv6 = found["gitlab-org/charts/gitlab!4072", "user_0011"]
    assert ipv6["slo"] == {"state": "breaching", "used_hours": 752.0, "limit_hours": 32.0}
    nginx = found[f"{OMNIBUS}!8452", "user_0003"]  # since Friday 07:18: one business day
    assert (nginx["level"], nginx["slo"]["used_hours"]) == (6, 8.0)
    assert all("assumed: creation" in entry["why"] for entry in found.values())
