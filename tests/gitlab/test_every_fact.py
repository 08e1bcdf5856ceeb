"""What an item may hold besides labels and people comes back from a GitLab as it was told."""

from datetime import date

import pytest
from msgspec import structs

import standin
from handrail.gitlab.sources import Source
from handrail.model.facts import Team
from handrail.model.history import Event
from handrail.model.items import MOST_PATHS, Ask, Command, Item, LinkedMergeRequest, Section
from handrail.model.planning import Pipeline, Project
from handrail.testing import NOW, PROJECT, Told, a_merge_request, an_epic, an_issue
from tests.gitlab.conftest import Reading

SECTIONS = (Section("", 4), Section("test plan", 12, 1, 3), Section("notes"), Section("more", 5, 0, 1, ("Ask Ivo",), 3))
FACTS = Told(
    (
        (
            an_issue(
                1,
                sections=SECTIONS,
                blocked_by=(f"{PROJECT}#2",),
                blocks=(f"{PROJECT}#3",),
                related=(f"{PROJECT}#404",),
                merge_requests=(LinkedMergeRequest(f"{PROJECT}!5"), LinkedMergeRequest(f"{PROJECT}!6", "merged")),
                health="needs_attention",
            ),
            (),
        ),
        (an_issue(2), (Event(NOW, "mara", "commented"), Event(NOW, "mara", "commanded", "snooze 3 days"))),
        (an_issue(3), (Event(NOW, "mara", "commented"), Event(NOW, "mara", "claimed"))),
        (
            an_issue(10, asks=(Ask("sam", "mara", NOW),)),
            (Event(NOW, "sam", "commented"), Event(NOW, "sam", "asked", "mara")),
        ),
        (an_issue(4, epic="gitlab-org&7", epic_since=NOW), (Event(NOW, "mara", "epic_set", "gitlab-org&7"),)),
        (
            a_merge_request(
                5,
                sections=SECTIONS,
                changed_paths=tuple(f"config/{number}.rb" for number in range(MOST_PATHS)),
                changed_paths_cut=True,
                detailed_merge_status="mergeable",
            ),
            (),
        ),
        (
            a_merge_request(
                6,
                changed_paths=("README.md",),
                merge_commit="a1b2c3",
                state="merged",
                closed_at=NOW,
                detailed_merge_status="not_open",
            ),
            (Event(NOW, "mara", "merged"),),
        ),
        (an_issue(11, part="It is due.\n\n- [x] Ask Ivo", sections=(Section("", 5, 1, 1),)), ()),
        (an_issue(8, progress=40), ()),
        (an_issue(9, progress=0, epic=f"{PROJECT}#8"), ()),
        (an_epic(7, sections=(Section("success criteria", 2, 2, 2),), start=date(2026, 2, 14), health="at_risk"), ()),
    ),
    Team(
        NOW,
        projects=(Project(PROJECT, "master"),),
        pipelines=(
            Pipeline(PROJECT, 2, "failed", NOW, None, "master", "beef", "schedule", ("rspec 1/2", "package")),
            Pipeline(PROJECT, 1, "success", NOW, None, "master", "cafe", "push"),
        ),
    ),
)


@pytest.mark.parametrize("tier", ["premium", "free"])
def test_every_fact_comes_back(tier: str, read_from: Reading) -> None:
    with standin.running(FACTS, tier="free" if tier == "free" else "premium") as gitlab:
        reader, _ = read_from(gitlab)
        source = Source("gitlab-org")
        around = reader.surroundings(source)
        reads = {
            read.item.ref: read
            for kind in reader.kinds(source)
            for page in reader.pages(source, kind)
            for read in page.reads
        }
    told = {item.ref: (item, events) for item, events in FACTS.told if tier == "premium" or item.sigil != "&"}
    assert reads.keys() == told.keys()
    for ref, (item, _) in told.items():
        assert as_read(reads[ref].item) == as_told(item, tier), ref
    commanded = reads[f"{PROJECT}#2"].item
    assert commanded.commands == (Command("mara", NOW, "snooze 3 days"),)
    (claim,) = reads[f"{PROJECT}#3"].item.claims  # type: ignore[union-attr]  # an issue's number
    assert (claim.by, claim.until, claim.made_at) == ("mara", None, NOW)
    assert [structs.replace(run, web_url=None) for run in around.pipelines] == list(FACTS.known.pipelines)


def as_read(item: Item) -> Item:
    """As stated: what follows from histories is looked at by itself."""
    return structs.replace(
        item,
        web_url=None,
        last_human_at=None,
        last_human_by="",
        spoke={},
        others={},
        commands=(),
        **({"claims": ()} if item.sigil == "#" else {}),
    )


def as_told(item: Item, tier: str) -> Item:
    """Free has no health, no progress and no epics, and of links only that items are related."""
    if tier == "free" and item.sigil == "#":
        return structs.replace(item, health=None, progress=None, blocks=(), blocked_by=(), epic=None, epic_since=None)
    return item
