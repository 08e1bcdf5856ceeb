"""What GitLab's own notes say. The texts are facts of its interface, in the words of several of its versions."""

import pytest

from handrail.gitlab.system_notes import Names, deeds

NAMES = Names({"11": "type::bug", "12": "workflow::in dev"}.get, {"3": "19.1"}.get)
SAID = [
    ("requested review from @mara", ["review_requested mara"]),
    ("requested review from @a.b, @c-d, and @e_f and removed review request for @bo", [
        "review_requested a.b", "review_requested c-d", "review_requested e_f", "review_removed bo",
    ]),
    ("requested review from @mara and removed approval", ["review_requested mara"]),
    ("removed review request for @mara", ["review_removed mara"]),
    ("assigned to @ada and @bo and unassigned @cy", ["assigned ada", "assigned bo", "unassigned cy"]),
    ("assigned to @ada", ["assigned ada"]),
    ("unassigned @ada", ["unassigned ada"]),
    ("approved this merge request", ["approved "]),
    ("unapproved this merge request", ["unapproved "]),
    ("requested changes", ["reviewed requested_changes"]),
    ("left review comments without approving", ["reviewed reviewed"]),
    ("marked this merge request as **draft**", ["drafted "]),
    ("marked this merge request as **draft** from 0123abcd", ["drafted "]),
    ("marked as a **Work In Progress**", ["drafted "]),
    ("marked this merge request as **ready**", ["undrafted "]),
    ("unmarked as a **Work In Progress**", ["undrafted "]),
    ("added ~11 label", ["label_added type::bug"]),
    ("added ~11 ~12 labels and removed ~\"for scheduling\" label", [
        "label_added type::bug", "label_added workflow::in dev", "label_removed for scheduling",
    ]),
    ("removed ~11 + 1 deleted label", ["label_removed type::bug"]),
    ("added 2 deleted labels", []),
    ("added ~99 label", []),
    ("changed milestone to %\"Next 1-3 releases\"", ["milestone_set Next 1-3 releases"]),
    ("changed milestone to %19.1", ["milestone_set 19.1"]),
    ("changed milestone to %3", ["milestone_set 19.1"]),
    ("changed milestone to gitlab-org/app%3", ["milestone_set 19.1"]),
    ("removed milestone", ["milestone_set "]),
    ("removed milestone %\"19.1\"", ["milestone_set "]),
    ("set status to **In progress**", ["status_set In progress"]),
    ("changed status from **To do** to **In dev**", ["status_set In dev"]),
    ("removed status", ["status_set "]),
    ("added to epic &91", ["epic_set &91"]),
    ("changed epic to acme/team&92", ["epic_set acme/team&92"]),
    ("added acme/team#93 as parent epic", ["epic_set acme/team#93"]),
    ("added #7 as parent issue", []),
    ("added #7 as child task", []),
    ("removed from epic &91", ["epic_set "]),
    ("removed &91 as parent epic", ["epic_set "]),
    ("removed #7 as parent issue", []),
    ("added 1 commit\n\n<ul><li>0123abcd - Fix</li></ul>", ["pushed "]),
    ("added 12 new commits", ["pushed "]),
    ("closed", ["closed "]),
    ("closed via merge request !12", ["closed "]),
    ("reopened", ["reopened "]),
    ("merged", ["merged "]),
    ("resolved all threads", []),
    ("mentioned in merge request !3", []),
    ("changed title from **Old** to **New**", []),
    ("changed the description", []),
    ("enabled an automatic merge when all merge checks for 0123abcd pass", []),
    ("something GitLab will say in 2030", []),
]  # fmt: skip


@pytest.mark.parametrize(("body", "said"), SAID, ids=[body[:40] for body, _ in SAID])
def test_note(body: str, said: list[str]) -> None:
    assert [f"{deed} {value}" for deed, value in deeds(body, NAMES)] == said
