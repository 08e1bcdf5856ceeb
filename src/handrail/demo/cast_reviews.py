"""The hand-written merge requests: at least one for each thing a review can wait for. Instants are UTC, in 2026."""

from collections.abc import Iterator

from handrail.demo.calendar import CURRENT, NOW, seconds
from handrail.demo.changes import change
from handrail.demo.merge_requests import COMMUNITY, IN_REVIEW, READY
from handrail.demo.people import BOT, RENOVATE
from handrail.demo.projects import CHARTS, CNG, GITLAB, GROUP_OF, OMNIBUS, OPERATOR, branch_of
from handrail.demo.story import Story, Told


def utc(when: str) -> int:
    """``"05-27 07:10"`` as seconds."""
    month, day, hour, minute = int(when[:2]), int(when[3:5]), int(when[6:8]), int(when[9:])
    return seconds(NOW.date().replace(month=month, day=day)) + hour * 3600 + minute * 60


def reviews() -> Iterator[Told]:
    """All of them."""
    for story in (
        *_priority_one(),
        *_handed_on(),
        *_with_an_author_or_reviewer(),
        *_nearly_done(),
        *_to_pick_up(),
        *_of_others(),
    ):
        project = story.ref[: story.ref.rfind("!")]
        paths, sections = change(project, _kind(story), story, careful=story.ref not in _WITHOUT_PLAN)
        yield story.merge_request(branch_of(project), status=_STATUS.get(story.ref, ""), paths=paths, sections=sections)


def _kind(story: Story) -> str:
    """What its type's label says."""
    return next((label[6:] for label in story.labels if label.startswith("type::")), "maintenance")


_WITHOUT_PLAN = frozenset({f"{OMNIBUS}!7430", f"{CHARTS}!3324"})
"""Their authors thought the change too small to say how it is tested."""
_STATUS = {f"{CHARTS}!3309": "conflict", f"{CNG}!2713": "ci_must_pass"}


def begun(ref: str, title: str, author: str, born: str, *labels: str) -> Story:
    """Opened by one of the team, with the labels everything has."""
    project, at = ref[: ref.rfind("!")], utc(born)
    story = Story(ref, title, author, at)
    story.label(at, author, "group::distribution", f"group::distribution::{GROUP_OF[project]}", *labels)
    story.assign(at, author, author)
    story.plan(at, author, CURRENT)
    return story


def _picked_up(story: Story, ready: str, reviewer: str, begun: str) -> None:
    """Made ready and asked for by the author; the reviewer begins."""
    story.label(utc(ready), story.author, READY)
    story.ask(utc(ready) + 60, story.author, reviewer)
    story.label(utc(begun), reviewer, IN_REVIEW)


def _priority_one() -> Iterator[Story]:
    # Nadia asked for changes; Mara answered in the thread and asked again at 11:02.
    s = begun(
        f"{OMNIBUS}!7421",
        "Sign SLES 15.6 repositories",
        "mara",
        "05-28 08:20",
        "type::feature",
        "priority::1",
    )
    _picked_up(s, "05-28 12:10", "nadia", "05-28 14:05")
    s.comment(utc("05-28 14:40"), "nadia", "5c1e07aa")
    s.comment(utc("05-28 14:52"), "nadia", "91b3f2d4")
    s.review(utc("05-28 14:55"), "nadia", "requested_changes")
    s.did(utc("05-29 09:30"), "mara", "pushed")
    s.resolve(utc("05-29 09:34"), "mara", "91b3f2d4")
    s.comment(utc("06-02 10:58"), "mara", "5c1e07aa")
    s.ask(utc("06-02 11:02"), "mara", "nadia")
    yield s

    s = begun(
        f"{OMNIBUS}!7433",
        "Update OpenSSL for CVE-2026-31784",
        "selma",
        "06-02 08:40",
        "type::bug",
        "priority::1",
        "severity::1",
    )
    s.did(utc("06-02 09:50"), "selma", "pushed")
    s.label(utc("06-02 10:05"), "selma", READY)
    yield s


def _handed_on() -> Iterator[Story]:
    # Approved on Friday, and nobody named a maintainer.
    s = begun(f"{CHARTS}!3312", "Gateway API support", "timo", "05-18 07:30", "type::feature", "priority::2")
    s.draft()
    s.did(utc("05-21 11:00"), "timo", "pushed")
    s.undraft(utc("05-26 08:10"), "timo")
    _picked_up(s, "05-26 08:12", "nadia", "05-26 15:30")
    s.comment(utc("05-26 16:02"), "nadia", "e20d9b13")
    s.review(utc("05-26 16:05"), "nadia", "reviewed")
    s.comment(utc("05-28 09:15"), "timo", "e20d9b13")
    s.ask(utc("05-28 09:20"), "timo", "nadia")
    s.resolve(utc("05-29 18:20"), "nadia", "e20d9b13")
    s.approve(utc("05-29 18:24"), "nadia")
    yield s

    # With the maintainer since yesterday.
    s = begun(
        f"{OMNIBUS}!7405",
        "Keep PgBouncer users across restores",
        "wren",
        "05-21 14:10",
        "type::bug",
        "severity::3",
    )
    _picked_up(s, "05-22 15:00", "asha", "05-25 05:10")
    s.comment(utc("05-25 05:50"), "asha", "0ad4771c")
    s.review(utc("05-25 05:52"), "asha", "requested_changes")
    s.did(utc("05-27 16:20"), "wren", "pushed")
    s.resolve(utc("05-27 16:22"), "wren", "0ad4771c")
    s.ask(utc("05-27 16:23"), "wren", "asha")
    s.approve(utc("05-29 06:40"), "asha")
    s.ask(utc("06-01 04:35"), "asha", "ivo")
    yield s


def _with_an_author_or_reviewer() -> Iterator[Story]:
    # The author's turn: changes were requested yesterday.
    s = begun(f"{OMNIBUS}!7412", "Read registry secrets from a command", "asha", "05-26 06:00", "type::feature")
    _picked_up(s, "05-27 09:40", "ivo", "05-28 07:15")
    s.comment(utc("06-01 08:02"), "ivo", "7f00c6e5")
    s.comment(utc("06-01 08:20"), "ivo", "b9d21f60")
    s.review(utc("06-01 08:24"), "ivo", "requested_changes")
    yield s

    # Asked again this morning: the reviewer's turn.
    s = begun(f"{CNG}!2713", "Build gitlab-toolbox on UBI 9", "wren", "05-19 15:00", "type::maintenance")
    _picked_up(s, "05-20 14:30", "mara", "05-21 09:00")
    s.comment(utc("05-21 09:40"), "mara", "3a3a77f1")
    s.review(utc("05-21 09:45"), "mara", "reviewed")
    s.resolve(utc("05-29 15:20"), "wren", "3a3a77f1")
    s.ask(utc("06-01 15:10"), "wren", "mara")
    yield s

    # Lindy is away from 28 May to 10 June.
    s = begun(f"{CHARTS}!3320", "Scale sidekiq on queue length", "jesse", "05-25 15:40", "type::feature")
    _picked_up(s, "05-26 15:00", "lindy", "05-27 02:30")
    s.comment(utc("05-27 03:05"), "lindy", "c4419e02")
    s.review(utc("05-27 03:06"), "lindy", "reviewed")
    s.resolve(utc("05-27 15:50"), "jesse", "c4419e02")
    s.ask(utc("05-27 15:52"), "jesse", "lindy")
    yield s


def _nearly_done() -> Iterator[Story]:
    # Approved, but in conflict with its target: back to the author.
    s = begun(f"{CHARTS}!3309", "Template service labels in one place", "callum", "05-13 00:40", "type::maintenance")
    _picked_up(s, "05-14 01:30", "asha", "05-14 06:20")
    s.approve(utc("05-19 07:10"), "asha")
    s.ask(utc("05-19 07:12"), "asha", "henrik")
    yield s

    # Approved by both; only to be merged.
    s = begun(
        f"{CHARTS}!3315",
        "Document sizing of praefect",
        "rohan",
        "05-22 06:10",
        "type::maintenance",
        "documentation",
    )
    _picked_up(s, "05-25 06:30", "ivo", "05-26 07:20")
    s.approve(utc("05-28 08:15"), "ivo")
    s.ask(utc("05-28 08:16"), "ivo", "timo")
    s.approve(utc("05-29 09:40"), "timo")
    yield s


def _to_pick_up() -> Iterator[Story]:
    # Ready since Wednesday and nobody took it: beyond 32 business hours.
    s = begun(f"{OMNIBUS}!7430", "Bump libxml2", "ivo", "05-26 12:00", "type::maintenance")
    s.label(utc("05-27 10:10"), "ivo", READY)
    yield s

    # Beyond them, with a reviewer who has not answered since Wednesday morning.
    s = begun(f"{CHARTS}!3318", "Pin kubectl in the migrations job", "henrik", "05-26 09:00", "type::maintenance")
    s.label(utc("05-27 06:02"), "henrik", READY)
    s.ask(utc("05-27 06:03"), "henrik", "timo")
    yield s

    # Within the last quarter of them; one without a reviewer, one with.
    s = begun(f"{OMNIBUS}!7427", "Run reconfigure specs on Debian 13", "asha", "05-27 05:20", "type::maintenance")
    s.label(utc("05-28 06:30"), "asha", READY)
    yield s
    s = begun(f"{OPERATOR}!1194", "Report conditions on the backup job", "rohan", "05-27 07:00", "type::feature")
    s.label(utc("05-28 11:00"), "rohan", READY)
    s.ask(utc("05-28 11:01"), "rohan", "henrik")
    yield s

    # Fresh; one without a reviewer, one with.
    s = begun(f"{CHARTS}!3324", "Add a startup probe to kas", "jesse", "05-29 16:00", "type::feature", "priority::3")
    s.label(utc("06-01 16:30"), "jesse", READY)
    yield s
    s = begun(f"{OMNIBUS}!7435", "Let Patroni use a separate certificate", "mara", "05-29 10:00", "type::feature")
    s.label(utc("06-01 14:10"), "mara", READY)
    s.ask(utc("06-01 14:11"), "mara", "nadia")
    yield s

    s = begun(
        f"{OMNIBUS}!7436",
        "Draft: Try static linking of curl",
        "nadia",
        "06-01 15:00",
        "type::maintenance",
        "spike",
    )
    s.draft()
    s.did(utc("06-01 19:40"), "nadia", "pushed")
    yield s


def _of_others() -> Iterator[Story]:
    s = Story(f"{OMNIBUS}!7431", "Update rubygems to 3.7.2", RENOVATE, utc("06-01 03:00"))
    s.label(
        utc("06-01 03:00"),
        RENOVATE,
        "group::distribution",
        "group::distribution::build",
        "type::maintenance",
        READY,
    )
    s.ask(utc("06-01 03:01"), RENOVATE, "selma")
    yield s

    # A community contribution that waits for its author since 20 May, and one that is ready.
    s = Story(f"{OMNIBUS}!7399", "Allow IPv6 literals in the external URL", "cloudhopper", utc("05-11 19:00"))
    s.label(utc("05-11 19:02"), BOT, COMMUNITY, "group::distribution", "group::distribution::build")
    s.label(utc("05-12 18:30"), BOT, READY)
    s.ask(utc("05-12 18:31"), BOT, "nadia")
    s.label(utc("05-14 14:20"), "nadia", IN_REVIEW, "type::bug")
    s.comment(utc("05-20 15:10"), "nadia", "1d87ab3e")
    s.review(utc("05-20 15:12"), "nadia", "requested_changes")
    yield s
    s = Story(f"{CHARTS}!3316", "Add nodeSelector to the shared-secrets job", "ilvesk", utc("05-24 18:00"))
    s.label(utc("05-24 18:02"), BOT, COMMUNITY, "group::distribution", "group::distribution::deploy")
    s.label(utc("05-26 19:30"), BOT, READY)
    yield s

    # Other groups' merge requests wait for the team's word; those carry no workflow labels.
    s = Story(
        f"{GITLAB}!211840",
        "Let the Geo secondary read its licence from object storage",
        "geo-lena",
        utc("05-29 10:00"),
    )
    s.label(utc("05-29 10:00"), "geo-lena", "group::geo", "type::feature")
    s.ask(utc("06-01 13:20"), "geo-lena", "nadia")
    yield s
    s = Story(f"{GITLAB}!211826", "Move database timeouts to a setting", "geo-okoro", utc("05-26 09:00"))
    s.label(utc("05-26 09:00"), "geo-okoro", "group::geo", "type::maintenance")
    s.ask(utc("05-27 12:00"), "geo-okoro", "henrik")
    s.comment(utc("05-28 09:10"), "henrik", "aa03de51")
    s.review(utc("05-28 09:12"), "henrik", "reviewed")
    s.comment(utc("05-29 11:40"), "geo-okoro", "aa03de51")
    s.ask(utc("06-01 08:50"), "geo-okoro", "henrik")
    yield s
