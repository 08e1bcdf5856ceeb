"""Red branches (clause red-branch.incident): each has an incident, which somebody takes, resolves and ends.

A red default branch without an incident gets one, with the changes in question. While nobody has it, the team's group
is called in steps, then the managers; days off do not count. Neither a bot nor a member who is away has an incident.
Somebody from outside the team may have one: if it is not resolved in time, the managers are asked as well. Whoever may
have broken it is proposed only where one change is in question. Once all that it is about is green, the incident is
asked for its root cause, and ends after a quiet day. A red stable branch and a schedule that fails get an incident,
too; but the page puts the default branch alone before all other work, so that nobody is called about them. Jobs that
come and go are said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from annotated_types import Gt

from handrail.handbook.settings import RuleSettings, Text
from handrail.model.actions import AddLabels, Assign, CloseItem, Comment, CreateItem, Evidence, Expectation
from handrail.model.findings import Finding, Remedy, Severity
from handrail.model.items import Issue, MergeRequest
from handrail.model.labels import scope_of
from handrail.rules.branch_runs import Line
from handrail.rules.desk import Desk, listed, marked
from handrail.rules.incident_clock import clock, due_of, elapsed
from handrail.rules.red_causes import Known, Resolver, people_of
from handrail.rules.red_words import (
    asked_for_cause,
    asked_to_resolve,
    called,
    description,
    ended,
    escalated,
    evidence_of,
    jobs_said,
    place,
    proposed,
)
from handrail.rules.reminders import reminder

CLAUSES = ("red-branch.incident",)
CLAUSE = CLAUSES[0]
RULE = "red_default_branch"
FINDINGS = {
    "no-incident": "a default branch is red, and no incident is open about it",
    "untriaged": "an incident of a red default branch is assigned to nobody",
    "unresolved": "an incident was taken, and its branch is still red when the time to resolve it is over",
    "labels": "an incident or a fix lacks a label that lets it pass before other work",
    "flaky": "a job, or a commit, was red and green by turns within the window",
    "root-cause": "the branch is green again, and its incident does not say what it was",
    "over": "the branch has been green and its incident quiet for long enough to close it",
    "stable-red": "a stable branch is red, and nobody has an incident about it",
    "scheduled-red": "the scheduled pipelines of a branch fail, it is not red itself, and nobody has an incident",
}
"""When each of the rule's findings is made."""


@dataclass(frozen=True)
class Settings(RuleSettings):
    """What an incident looks like, and when it is over. Its clocks stand under `work_queue.red_default_branch`."""

    title: Text = "{branch} is red since {since}"
    """The title of an incident that we open; `{branch}`, `{project}` and `{since}` stand for those.

    Titles tell which branch an incident is about: one that is not the default branch is added where it lacks.
    """
    labels: tuple[Text, ...] = ()
    """What incidents and fixes carry beside the label of a red branch."""
    stable: tuple[Text, ...] = ()
    """Patterns of the names of stable branches."""
    stale_days: Annotated[float, Gt(0)] = 30
    """Stable branches and schedules whose latest pipeline ended that many days ago are not looked after any more."""
    longest_pipeline_hours: Annotated[float, Gt(0)] = 3
    """How long a pipeline may take: what was merged that long before a green one ended may not have been in it."""
    flaky_hours: Annotated[float, Gt(0)] = 72
    """What is red, green and red again within these hours comes and goes."""
    root_cause: Text = "master-broken"
    """The scope of the labels that tell what it was."""
    root_causes: tuple[Text, ...] = ()
    """Those of the scope that are named when we ask."""
    flaky: str = ""
    """The one of them that is proposed for what comes and goes; empty: none is."""
    over_hours: Annotated[float, Gt(0)] = 24
    """Hours of a green branch without a word after which an incident is closed."""


def subjects(desk: Desk) -> Iterable[str | Issue | MergeRequest]:
    """The paths of the team's projects that have pipelines; open incidents and fixes."""
    yield from (path for path in desk.snapshot.runs if desk.terms.is_source(path))
    label = desk.handbook.labels.red_branch
    for item in desk.ours:
        if label in item.labels and isinstance(item, Issue | MergeRequest):
            yield item


def decide(subject: str | Issue | MergeRequest, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """Of a project which of its branches are red; of an incident what it needs next; of a fix what it lacks."""
    known = desk.once(RULE, lambda: Known(desk, settings.longest_pipeline_hours, settings.flaky_hours))
    if isinstance(subject, str):
        for line in known.incidents.lines[subject]:
            yield from _of_line(line, known, desk, settings)
        return
    yield from _labels(subject, desk, settings)
    if isinstance(subject, MergeRequest):
        return
    about = [line for line in known.incidents.lines_about(subject) if not _is_given_up(line, desk, settings)]
    red = [line for line in about if line.red]
    if about and not red:
        yield from _ending(subject, max(about, key=_green_since), desk, settings)
    for line in red:
        if line.kind == "default" and subject.ref == known.incidents.of(line.ref)[0].ref:
            if known.incidents.taken_by(subject):
                yield from _resolving(subject, line, known, desk)
            else:
                yield _untriaged(subject, line, known, desk)
            return


def _is_given_up(line: Line, desk: Desk, settings: Settings) -> bool:
    """Whether it is a schedule that nobody runs any more."""
    return line.kind == "scheduled" and _is_stale(line, desk, settings)


def _is_stale(line: Line, desk: Desk, settings: Settings) -> bool:
    return desk.snapshot.now - line.runs[-1].finished_at > timedelta(days=settings.stale_days)


def _green_since(line: Line) -> datetime:
    assert line.green_since is not None
    return line.green_since


# --- branches ------------------------------------------------------------------------------------------------


def _of_line(line: Line, known: Known, desk: Desk, settings: Settings) -> Iterator[Finding]:
    if line.kind == "default":
        if line.red and not known.incidents.of(line.ref):
            yield _no_incident(line, known, desk, settings)
        yield from _flaky(line, known, desk, settings)
    elif not line.red or _is_stale(line, desk, settings):
        return
    elif line.kind == "stable":
        yield from _elsewhere("stable-red", f"The stable branch {place(line, desk)} has", line, known, desk, settings)
    elif not any(other.red for other in known.incidents.lines[line.project] if _shares_branch(other, line)):
        what = f"The scheduled pipelines of {place(line, desk)} have"
        yield from _elsewhere("scheduled-red", what, line, known, desk, settings)


def _shares_branch(other: Line, line: Line) -> bool:
    return other.branch == line.branch and other.kind != line.kind


def _opening(
    line: Line, suspects: tuple[MergeRequest, ...], who: Resolver | None, desk: Desk, settings: Settings
) -> Remedy:
    """What opens its incident: once for each time it went red."""
    since = line.red[0].finished_at
    words = {"branch": line.branch, "project": line.project, "since": f"{since:%Y-%m-%d %H:%M} UTC"}
    title = settings.title
    for mark, word in words.items():
        title = title.replace(f"{{{mark}}}", word)
    if line.kind == "scheduled":
        title = f"Scheduled runs: {title}"
    if line.kind != "default" and line.branch not in title:
        title = f"{title} ({line.branch})"
    change = CreateItem(
        f"{line.branch}-{since:%Y-%m-%dT%H:%M}",
        title,
        description(line, suspects, desk),
        (desk.handbook.labels.red_branch, *settings.labels),
        (who.username,) if who else (),
    )
    return Remedy(change, line.project)


def _no_incident(line: Line, known: Known, desk: Desk, settings: Settings) -> Finding:
    since = line.red[0].finished_at
    suspects, who = known.blamed(line, desk)
    running = clock(since, desk.handbook.work_queue.red_default_branch.triage_hours, desk)
    says = (
        f"{place(line, desk)} has been red since {desk.voice.instant(since)}{jobs_said(line)}, and no incident is open"
    )
    says = f"{says}; it is to be assigned by {desk.voice.instant(due_of(running, desk))}{proposed(who, desk)}."
    severity: Severity = "breach" if running.state == "breaching" else "warning"
    evidence = evidence_of(line, suspects)
    people = people_of(suspects, who, desk)
    remedy = _opening(line, suspects, who, desk, settings)
    return Finding(RULE, CLAUSE, line.ref, "no-incident", says, evidence, severity, people, (remedy,))


def _flaky(line: Line, known: Known, desk: Desk, settings: Settings) -> Iterator[Finding]:
    jobs, commits = known.coming_and_going(line)
    if not jobs and not commits:
        return
    what = [f"the job {job} was red, green and red again" for job in jobs]
    what += [f"the commit {run.sha[:8]} was red and green" for run in commits]
    says = f"On {place(line, desk)} {listed(what)} within {settings.flaky_hours:g} hours: it may come and go by itself."
    last = {job: next(run for run in reversed(line.runs) if job in run.failed_jobs) for job in jobs}
    evidence = (
        *(Evidence(f"{job} failed last", run.finished_at, run.web_url or "") for job, run in last.items()),
        *(Evidence(f"{run.sha[:8]} was red", run.finished_at, run.web_url or "") for run in commits),
    )
    remedies = tuple(
        Remedy(AddLabels((settings.flaky,)), incident.ref)
        for incident in known.incidents.of(line.ref)[:1]
        if settings.flaky and not _has_cause(incident, settings)
    )
    yield Finding(RULE, CLAUSE, line.ref, "flaky", says, evidence, "note", remedies=remedies)


def _elsewhere(code: str, what: str, line: Line, known: Known, desk: Desk, settings: Settings) -> Iterator[Finding]:
    there = known.incidents.of(line.ref)
    if any(known.incidents.taken_by(incident) for incident in there):
        return
    suspects, who = known.blamed(line, desk)
    lacks = f"nobody has its incident {there[0].ref}" if there else "no incident is open"
    says = f"{what} been red since {desk.voice.instant(line.red[0].finished_at)}{jobs_said(line)}, and {lacks}"
    remedies = (Remedy(Assign((who.username,)), there[0].ref),) if there and who else ()
    if not there:
        remedies = (_opening(line, suspects, who, desk, settings),)
    evidence, people = evidence_of(line, suspects), people_of(suspects, who, desk)
    says = f"{says}{proposed(who, desk)}."
    yield Finding(RULE, CLAUSE, line.ref, code, says, evidence, "warning", people, remedies)


# --- incidents -----------------------------------------------------------------------------------------------


def _untriaged(incident: Issue, line: Line, known: Known, desk: Desk) -> Finding:
    suspects, who = known.blamed(line, desk)
    start = max(incident.created_at, line.red[0].finished_at)
    running = clock(start, desk.handbook.work_queue.red_default_branch.triage_hours, desk)
    says = (
        f"{place(line, desk)} has been red since {desk.voice.instant(line.red[0].finished_at)}{jobs_said(line)}, and "
        f"{_whose(incident, desk)}; it is to be assigned by {desk.voice.instant(due_of(running, desk))}"
        f"{proposed(who, desk)}."
    )
    remedies = [Remedy(Assign((who.username,)))] if who else []
    call = _call(incident, start, line, suspects, known, desk)
    if call is not None:
        remedies.append(Remedy(call, expects=(_as_taken(incident),)))
    severity: Severity = "breach" if running.state == "breaching" else "warning"
    evidence = (Evidence("the incident was opened", incident.created_at, incident.ref), *evidence_of(line, suspects))
    people = people_of(suspects, who, desk)
    return Finding(RULE, CLAUSE, incident.ref, "untriaged", says, evidence, severity, people, tuple(remedies))


def _whose(incident: Issue, desk: Desk) -> str:
    if not incident.assignees:
        return "its incident is nobody’s"
    return f"nobody who is there has its incident, but {desk.voice.names(incident.assignees)}"


def _as_taken(incident: Issue) -> Expectation:
    """Nobody else has taken it meanwhile."""
    return Expectation("unassigned", " ".join(incident.assignees))


def _call(
    incident: Issue, start: datetime, line: Line, suspects: tuple[MergeRequest, ...], known: Known, desk: Desk
) -> Comment | None:
    """The step of the ladder that is due now: the group while nobody has said a word, at last the managers."""
    setting = desk.handbook.work_queue.red_default_branch
    minutes = elapsed(start, desk.snapshot.now, desk.snapshot.calendars[""]) / 60
    if minutes >= setting.escalate_minutes:
        how = f", open since {desk.voice.instant(incident.created_at)}, still waits for somebody"
        return escalated("escalation", how, line, desk)
    spoke = incident.last_human_at is not None and incident.last_human_at > start
    due = [number for number, after in enumerate(sorted(setting.ping_minutes), 1) if minutes >= after]
    if not due or spoke or known.incidents.fixes(line.project, line.branch):
        return None
    return called(due[-1], line, suspects, desk)


def _resolving(incident: Issue, line: Line, known: Known, desk: Desk) -> Iterator[Finding]:
    takers = known.incidents.taken_by(incident)
    taken = incident.assigned_since or incident.created_at
    running = clock(
        max(taken, line.red[0].finished_at), desk.handbook.work_queue.red_default_branch.resolve_hours, desk
    )
    if running.state != "breaching":
        return
    ends = due_of(running, desk)
    says = (
        f"{place(line, desk)} is still red; {desk.voice.names(takers)} took its incident on "
        f"{desk.voice.instant(taken)}, and it was to be resolved by {desk.voice.instant(ends)}."
    )
    comment = reminder(desk, "resolve", ends, takers, *asked_to_resolve(line))
    assert comment is not None
    remedies = [Remedy(comment)]
    who = tuple(name for name in takers if desk.is_member(name))
    if not who:  # nobody of the team has it: the managers know whether somebody can
        how = f", which {desk.voice.names(takers)} took from outside the team, was to be resolved by"
        call = escalated("escalation-outside", f"{how} {desk.voice.instant(ends)}", line, desk)
        if call is not None:
            remedies.append(Remedy(call, expects=(_as_taken(incident),)))
    evidence = (Evidence("the incident was taken", taken, incident.ref), *evidence_of(line, ()))
    yield Finding(RULE, CLAUSE, incident.ref, "unresolved", says, evidence, "breach", who, tuple(remedies))


def _ending(incident: Issue, line: Line, desk: Desk, settings: Settings) -> Iterator[Finding]:
    green = _green_since(line)
    evidence = (Evidence(f"{line.branch} is green", green, line.runs[-1].web_url or ""),)
    instant, owners = desk.voice.instant, desk.owners(incident)
    says = f"{place(line, desk)} has been green since {instant(green)}"
    quiet = max(at for at in (green, incident.created_at, incident.last_human_at) if at is not None)
    to = desk.reachable(owners) or desk.otherwise
    if desk.snapshot.now - quiet >= timedelta(hours=settings.over_hours):
        says = f"{says}, and its incident quiet since {instant(quiet)}: it can be closed."
        still = (Expectation("quiet since", quiet.isoformat()),)
        remedies = [Remedy(CloseItem(), expects=still)]
        if to:
            remedies.append(Remedy(ended(to, line, green, quiet, desk), expects=still))
        yield Finding(RULE, CLAUSE, incident.ref, "over", says, evidence, "note", owners, tuple(remedies))
    elif not _has_cause(incident, settings):
        says = f"{says}, and its incident does not say what it was."
        comment = reminder(desk, "root-cause", green, to, *asked_for_cause(line, green, settings.root_causes, desk))
        asked = (Remedy(comment),) if comment else ()
        yield Finding(RULE, CLAUSE, incident.ref, "root-cause", says, evidence, "note", owners, asked)


def _labels(item: Issue | MergeRequest, desk: Desk, settings: Settings) -> Iterator[Finding]:
    missing = tuple(label for label in settings.labels if label not in item.labels)
    if missing:
        what = "incident" if isinstance(item, Issue) else "fix"
        says = (
            f"It is the {what} of a red branch and lacks {marked(missing)}, which let{'' if len(missing) > 1 else 's'} "
        )
        says += "it pass before other work."
        evidence = (Evidence(f"it has ~{desk.handbook.labels.red_branch}", link=item.ref),)
        remedy = Remedy(AddLabels(missing))
        yield Finding(RULE, CLAUSE, item.ref, "labels", says, evidence, "note", desk.owners(item), (remedy,))


def _has_cause(incident: Issue, settings: Settings) -> bool:
    return any(scope_of(label) == settings.root_cause for label in incident.labels)
