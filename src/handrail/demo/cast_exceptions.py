"""What is not as the handbook has it, as happens in any team: something for each rule to find, and mostly to mend."""

from collections.abc import Iterator

from handrail.demo.calendar import BACKLOG, CURRENT
from handrail.demo.cast_issues import DELIVERABLE, planned
from handrail.demo.cast_reviews import begun, utc
from handrail.demo.changes import change
from handrail.demo.issues import IN_DEV
from handrail.demo.merge_requests import COMMUNITY, IN_REVIEW, READY
from handrail.demo.people import BOT
from handrail.demo.projects import CHARTS, EPICS, OMNIBUS, branch_of
from handrail.demo.story import Story, Told
from handrail.model.items import LinkedMergeRequest, Section


def exceptions() -> Iterator[Told]:
    """All of them."""
    yield from _labels()
    yield from _states()
    yield from _claims_and_words()
    yield from _milestones()
    yield from _quiet()
    yield from _iteration()


def _labels() -> Iterator[Told]:
    # Written in a hurry: what kind of work it is can be read off the title alone.
    s = planned(f"{OMNIBUS}#8860", "Fix gitlab-ctl tail on Debian 13", "wren", "05-27 14:00", 3)
    yield s.issue(weight=1)
    # Research by its title, and nothing says so.
    s = planned(
        f"{OMNIBUS}#8861", "Research signing packages without a network", "asha", "05-14 06:00", 4, "type::maintenance",
        milestone=BACKLOG,
    )  # fmt: skip
    s.unlabel(utc("05-14 07:10"), "pilar", DELIVERABLE)
    yield s.issue(weight=2)


def _states() -> Iterator[Told]:
    # Merged on Friday, and the issue still says that it is worked on.
    s = begun(f"{CHARTS}!3311", "Let kas read its secret from a volume", "rohan", "05-25 07:00", "type::feature")
    s.ends = True
    s.label(utc("05-26 08:00"), "rohan", READY)
    s.ask(utc("05-26 08:01"), "rohan", "henrik")
    s.label(utc("05-27 09:00"), "henrik", IN_REVIEW)
    s.approve(utc("05-29 12:30"), "henrik")
    s.end(utc("05-29 12:40"), "henrik", "merged")
    paths, sections = change(CHARTS, "feature", s)
    yield s.merge_request(branch_of(CHARTS), paths=paths, sections=sections)
    s = planned(f"{CHARTS}#5132", "kas cannot use a mounted secret", "rohan", "05-12 08:00", 3, "type::bug")
    s.assign(utc("05-20 07:00"), "rohan", "rohan")
    s.label(utc("05-20 07:10"), "rohan", IN_DEV)
    s.comment(utc("05-26 08:10"), "rohan")
    yield s.issue(weight=2, merge_requests=(LinkedMergeRequest(f"{CHARTS}!3311", "merged"),))
    # A state that somebody made up.
    s = planned(f"{CHARTS}#5133", "Split the values of the toolbox", "jesse", "05-13 15:00", 4, "type::maintenance")
    s.label(utc("05-22 16:00"), "jesse", "workflow::on hold")
    yield s.issue(weight=1)


def _claims_and_words() -> Iterator[Told]:
    # Henrik begins today.
    s = planned(f"{CHARTS}#5134", "Pod monitors for gitlab-exporter", "callum", "05-11 01:00", 3, "type::feature")
    s.comment(utc("05-27 12:10"), "henrik")
    s.did(utc("05-27 12:10"), "henrik", "claimed", "2026-06-02")
    yield s.issue(weight=2)
    # Wren would like it, and says no day.
    s = planned(
        f"{OMNIBUS}#8862", "Spare a restart when only NGINX changes", "selma", "05-18 07:00", 4, "type::feature"
    )
    s.comment(utc("06-01 14:40"), "wren")
    s.did(utc("06-01 14:40"), "wren", "claimed", "")
    yield s.issue(weight=3)
    # Somebody who only passes by calls it not applicable.
    s = planned(f"{OMNIBUS}#8863", "Drop the last SysV init scripts", "ivo", "05-19 08:00", 4, "type::maintenance")
    s.comment(utc("05-30 18:20"), "brightfjord")
    s.did(utc("05-30 18:20"), "brightfjord", "commanded", "not-applicable because I still use them")
    yield s.issue(weight=2)
    # Somebody of another team asks Jesse by name, who has nothing to do with it.
    s = planned(f"{CHARTS}#5137", "Probe timeouts of the Gitaly chart", "timo", "05-19 08:00", 4, "type::feature")
    s.comment(utc("05-28 12:05"), "gitaly-brandt")
    s.did(utc("05-28 12:05"), "gitaly-brandt", "asked", "jesse")
    yield s.issue(weight=1)


def _milestones() -> Iterator[Told]:
    # Carried along by nobody when 19.0 ended; the bot passed it over.
    s = Story(f"{CHARTS}#5106", "Check webhook certificates on upgrade", "timo", utc("04-20 07:00"))
    s.is_passed_over = True
    s.label(
        utc("04-20 07:05"), "timo", "group::distribution", "group::distribution::deploy", "type::maintenance",
        "priority::4",
    )  # fmt: skip
    s.plan(utc("04-21 08:00"), "pilar", "19.0")
    yield s.issue(weight=2)
    # An engineer promised it.
    s = Story(f"{OMNIBUS}#8859", "Report which setting a reconfigure changed", "nadia", utc("05-29 14:00"))
    s.label(
        utc("05-29 14:00"), "nadia", "group::distribution", "group::distribution::build", "type::feature",
        "priority::3",
    )  # fmt: skip
    s.plan(utc("05-29 14:10"), "nadia", CURRENT)
    s.label(utc("05-29 14:10"), "nadia", DELIVERABLE)
    yield s.issue(weight=1)


def _quiet() -> Iterator[Told]:
    # Contributions that nobody has said a word about: for two months, for half a year.
    for ref, title, author, born, reviewer, group in (
        (f"{CHARTS}!3297", "Allow extra labels on the registry service", "amelie-v", "03-24 18:00", "jesse", "deploy"),
        (f"{OMNIBUS}!7397", "Let Consul bind to an interface by name", "hmorita", "01-12 05:00", "ivo", "build"),
    ):
        s = Story(ref, title, author, utc(born))
        s.label(utc(born) + 120, BOT, COMMUNITY, "group::distribution", f"group::distribution::{group}", READY)
        s.ask(utc(born) + 180, BOT, reviewer)
        s.label(utc(born) + 2 * 86_400, reviewer, "type::feature", IN_REVIEW)
        s.comment(utc(born) + 2 * 86_400 + 900, reviewer, f"{int(ref[-4:]):08x}")
        s.review(utc(born) + 2 * 86_400 + 960, reviewer, "requested_changes")
        project = ref[: ref.rfind("!")]
        paths, sections = change(project, "feature", s, careful=False)
        yield s.merge_request(branch_of(project), paths=paths, sections=sections)


def _iteration() -> Iterator[Told]:
    # Begun in 18.10, and two of its three criteria are still open.
    s = Story(f"{EPICS}&93", "Upgrades that explain themselves", "pilar", utc("02-09 09:00"))
    s.label(utc("02-09 09:00"), "pilar", "group::distribution", "group::distribution::deploy", "FY27::Q2")
    s.assign(utc("02-10 09:00"), "odile", "henrik")
    yield s.epic(Section("", 48), Section("success criteria", 30, 1, 3))
    s = Story(f"{CHARTS}#5101", "Say before an upgrade what it will restart", "henrik", utc("02-11 10:00"))
    s.label(
        utc("02-11 10:00"), "henrik", "group::distribution", "group::distribution::deploy", "type::feature",
        "priority::4",
    )  # fmt: skip
    s.plan(utc("02-12 09:00"), "pilar", "18.10")
    yield s.issue(weight=3, epic=f"{EPICS}&93")
