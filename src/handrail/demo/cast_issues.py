"""The hand-written issues: work in every state, claims, a blocked one, what is for the one on duty, what is unready."""

from collections.abc import Iterator

from handrail.demo.calendar import BACKLOG, CURRENT
from handrail.demo.cast_reviews import utc
from handrail.demo.issues import BLOCKED, BREAKDOWN, IN_DEV, REFINED, VERIFICATION
from handrail.demo.projects import CHARTS, EPICS, GROUP_OF, OMNIBUS, OPERATOR, TASKS
from handrail.demo.story import Story, Told
from handrail.model.items import Section

DELIVERABLE = "Deliverable"


def issues() -> Iterator[Told]:
    """All of them."""
    yield from _in_progress()
    yield from _available()
    yield from _on_duty()
    yield from _unready()
    yield from _epics()


def planned(
    ref: str, title: str, author: str, born: str, priority: int, *labels: str, milestone: str = CURRENT
) -> Story:
    """Triaged when it was written and planned for ``milestone`` on the Thursday before it began."""
    project, at = ref[: ref.rfind("#")], utc(born)
    story = Story(ref, title, author, at)
    story.label(at, author, "group::distribution", f"group::distribution::{GROUP_OF[project]}", *labels)
    if priority:
        story.label(at, author, f"priority::{priority}")
    story.plan(at, author, BACKLOG)
    planned = max(at + 3600, utc("05-14 13:30") if milestone == CURRENT else at + 3600)
    story.plan(planned, "pilar", milestone)
    story.label(planned, "pilar", DELIVERABLE, REFINED)
    return story


def _dev(story: Story, who: str, when: str) -> Story:
    story.assign(utc(when), who, who)
    story.label(utc(when) + 60, who, IN_DEV)
    return story


def _in_progress() -> Iterator[Told]:
    s = planned(
        f"{OMNIBUS}#8850",
        "Repositories for SLES 15.6 are not signed",
        "mara",
        "05-20 09:00",
        1,
        "type::bug",
        "severity::1",
    )
    yield _dev(s, "mara", "05-27 08:00").issue(weight=3)
    s = planned(f"{OMNIBUS}#8842", "Drop libatomic from ARM builds", "ivo", "05-04 08:10", 2, "type::maintenance")
    _dev(s, "nadia", "05-21 14:00").comment(utc("05-27 18:10"), "nadia")
    yield s.issue(weight=2, epic=f"{EPICS}&91")
    s = planned(f"{CHARTS}#5115", "Schema checks for global settings", "henrik", "04-27 08:00", 3, "type::maintenance")
    _dev(s, "jesse", "05-19 16:00").mention(utc("06-02 09:20"), "gitaly-brandt")
    yield s.issue(weight=3)
    s = planned(f"{OMNIBUS}#8839", "Tidy the license overrides", "selma", "04-20 07:00", 4, "type::maintenance")
    yield _dev(s, "asha", "05-28 05:00").issue(weight=1)

    s = planned(
        f"{CHARTS}#5112",
        "Release notes for the Gateway API preview",
        "timo",
        "05-06 08:00",
        2,
        "type::feature",
    )
    _dev(s, "timo", "05-20 06:30").label(utc("05-29 11:00"), "timo", VERIFICATION)
    yield s.issue(weight=1, epic=f"{EPICS}&92")

    # Nobody can go on with it before the other is done.
    s = planned(f"{OMNIBUS}#8846", "Ship PostgreSQL 17 client tools", "mara", "05-07 08:30", 2, "type::feature")
    yield _dev(s, "ivo", "05-26 07:20").issue(weight=5)
    s = planned(f"{CHARTS}#5118", "Test upgrades with PostgreSQL 17", "henrik", "05-08 09:00", 2, "type::feature")
    _dev(s, "callum", "05-20 00:30").label(utc("05-27 01:00"), "callum", BLOCKED)
    s.comment(utc("05-27 01:10"), "callum")
    yield s.issue(weight=3, blocked_by=(f"{OMNIBUS}#8846",))

    # Assigned, not begun.
    s = planned(f"{OMNIBUS}#8847", "Cache the Ruby source in CI", "wren", "05-07 15:00", 3, "type::maintenance")
    s.assign(utc("05-18 14:30"), "odile", "nadia")
    yield s.issue(weight=2)

    # Planned for 18.11 and carried along since.
    s = planned(
        f"{CHARTS}#5104",
        "Warn about removed values before an upgrade",
        "rohan",
        "03-18 07:00",
        3,
        "type::feature",
        milestone="18.11",
    )
    yield _dev(s, "rohan", "04-08 07:00").issue(weight=3)

    # Came in between: a customer's upgrade fails.
    s = Story(f"{OMNIBUS}#8855", "Upgrade stops where /opt is a symlink", "support-thea", utc("05-29 08:30"))
    s.label(utc("05-29 08:30"), "support-thea", "customer")
    s.label(
        utc("05-29 12:20"),
        "ivo",
        "group::distribution",
        "group::distribution::build",
        "type::bug",
        "severity::2",
        "priority::2",
        "Unplanned",
    )
    s.plan(utc("05-29 12:21"), "ivo", CURRENT)
    yield _dev(s, "selma", "06-01 06:40").issue(weight=2)


def _available() -> Iterator[Told]:
    s = planned(
        f"{OMNIBUS}#8853",
        "Rotate the package signing key before 30 June",
        "mara",
        "05-26 08:00",
        1,
        "type::maintenance",
    )
    yield s.issue(weight=3)

    # Timo said he would begin by 31 May, and did not.
    s = planned(
        f"{CHARTS}#5120",
        "Document zero-downtime upgrades",
        "henrik",
        "05-11 08:00",
        2,
        "type::maintenance",
        "documentation",
    )
    s.comment(utc("05-22 07:40"), "timo")
    s.did(utc("05-22 07:40"), "timo", "claimed", "2026-05-31")
    yield s.issue(weight=2)

    # Jesse begins by Friday.
    s = planned(f"{CHARTS}#5124", "Topology spread constraints for gitaly", "pilar", "05-12 08:00", 2, "type::feature")
    s.comment(utc("06-01 16:45"), "jesse")
    s.did(utc("06-01 16:45"), "jesse", "claimed", "2026-06-05")
    yield s.issue(weight=3)

    s = planned(f"{OMNIBUS}#8845", "Support Amazon Linux 2023 on ARM64", "pilar", "05-05 08:00", 2, "type::feature")
    yield s.issue(weight=5, epic=f"{EPICS}&91")
    s = planned(f"{OMNIBUS}#8848", "Stop shipping unused locale files", "asha", "05-12 06:00", 3, "type::maintenance")
    yield s.issue(weight=1, epic=f"{EPICS}&91")
    s = planned(f"{CHARTS}#5122", "Remove values deprecated in 18.0", "henrik", "05-12 08:40", 4, "type::maintenance")
    yield s.issue(weight=2)
    s = planned(
        f"{CHARTS}#5126",
        "Sort out flaky upgrade specs",
        "timo",
        "05-25 07:00",
        3,
        "type::maintenance",
        "Unplanned",
    )
    yield s.issue(weight=2)


def _on_duty() -> Iterator[Told]:
    """What Ivo looks after this week, in the order of the page."""
    s = Story(f"{OPERATOR}#2024", "master is broken: bundle validation fails", "callum", utc("06-02 11:52"))
    s.label(
        utc("06-02 11:52"),
        "callum",
        "master:broken",
        "incident",
        "group::distribution",
        "group::distribution::deploy",
        "type::bug",
        "priority::1",
        "severity::1",
    )
    yield s.issue()
    s = Story(f"{OMNIBUS}#8857", "Package downloads answer 503 in two regions", "registry-suvi", utc("06-02 12:40"))
    s.label(utc("06-02 12:41"), "registry-suvi", "incident", "group::distribution", "severity::2")
    s.mention(utc("06-02 12:45"), "registry-suvi")
    yield s.issue()
    s = Story(f"{CHARTS}#5127", "How to move Gitaly to another storage class", "support-ramon", utc("06-01 13:00"))
    s.label(utc("06-01 13:00"), "support-ramon", "customer", "group::distribution")
    s.mention(utc("06-01 13:02"), "support-ramon")
    yield s.issue()
    s = Story(f"{OMNIBUS}#8856", "Which Redis will 19.2 ship?", "gitaly-brandt", utc("05-29 13:30"))
    s.mention(utc("06-01 09:15"), "gitaly-brandt")
    yield s.issue()


def _unready() -> Iterator[Told]:
    """What lacks something: triage, a priority, an answer."""
    yield Story(f"{CHARTS}#5130", "Registry ignores the proxy settings", "dsorel", utc("06-02 06:20")).issue()
    yield Story(
        f"{OMNIBUS}#8858", "gitlab-ctl status exits with 0 when Puma is down", "fjellrev", utc("06-01 20:10")
    ).issue()
    s = planned(
        f"{CHARTS}#5121",
        "Check values of the toolbox cron job",
        "jesse",
        "05-11 15:00",
        0,
        "type::bug",
        "severity::3",
    )
    yield s.issue(weight=1)
    bug = ("group::distribution::deploy", "type::bug", "priority::3")
    feature = ("group::distribution::build", "type::feature", "priority::4")
    for ref, label, title, when, more in (
        (f"{OMNIBUS}#8851", "awaiting feedback", "Restore stops at large objects", "05-21 17:00", ()),
        (f"{CHARTS}#5123", "needs investigation", "Sidekiq pods restart hourly on EKS", "05-19 16:30", bug),
        (f"{OMNIBUS}#8852", "For Scheduling", "Offer packages for openSUSE Leap 16", "05-25 18:00", feature),
    ):
        s = Story(ref, title, "gridwalker", utc(when))
        s.label(utc(when) + 4 * 3600, "wren", "group::distribution", label, *more)
        s.comment(utc(when) + 4 * 3600, "wren")
        yield s.issue()
    s = planned(
        f"{OMNIBUS}#8849",
        "Clearer message when the licence file is missing",
        "nadia",
        "05-13 15:00",
        4,
        "type::feature",
        "Stuff that should Just Work",
        milestone=BACKLOG,
    )
    s.unlabel(utc("05-13 16:30"), "pilar", DELIVERABLE)
    s.label(utc("05-13 16:30"), "pilar", BREAKDOWN)
    yield s.issue()
    s = planned(f"{TASKS}#2200", "Retire the old package mirror", "odile", "05-12 14:00", 3, "type::maintenance")
    yield _dev(s, "lindy", "05-20 02:00").issue(weight=2)


def _epics() -> Iterator[Told]:
    for iid, title, group, owner, done in (
        (91, "Smaller packages", "build", "mara", 1),
        (92, "Gateway API instead of Ingress", "deploy", "henrik", 3),
    ):
        s = Story(f"{EPICS}&{iid}", title, "pilar", utc("02-09 09:00"))
        s.label(utc("02-09 09:00"), "pilar", "group::distribution", f"group::distribution::{group}", "FY27::Q2")
        s.assign(utc("02-10 09:00"), "odile", owner)
        yield s.epic(Section("", 40), Section("success criteria", 24, done, 4))
