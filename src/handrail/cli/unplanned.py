"""`handrail unplanned`: requests that nobody planned, from the question to what becomes of it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click
from msgspec.structs import replace

from handrail.cli.apply import said_yes
from handrail.cli.chosen import Chosen, as_json, as_user, at_moment, known_person
from handrail.cli.instance import at_url
from handrail.errors import UserError
from handrail.model.requests import Answer, Criterion, RequestSource, UnplannedRequest, Urgency

if TYPE_CHECKING:
    from datetime import date

    from handrail.cli.unplanned_inbox import Inbox
    from handrail.model.items import Issue

SOURCES: dict[str, RequestSource] = {source.replace(" ", "-"): source for source in get_args(RequestSource)}
SAID: dict[Urgency, str] = {
    "incident": "an incident is active",
    "internal impact": "it keeps another team from its work",
    "external impact": "users or customers are affected",
    "sla": "an agreement or a time limit runs out",
    "policy": "a policy asks for it, such as one on security or compliance",
}
"""The criteria that a person states, and when each holds; a deadline is a day."""
into_file = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Keep the decision, and write its plan to FILE, for “handrail apply FILE”, in place of carrying it out.",
)


@click.group()
def unplanned() -> None:
    """Requests that nobody planned: weigh how urgent they are; take, decline or ask."""


def _criteria(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say whether a criterion holds."""
    for name, holds in reversed(SAID.items()):
        said = f"Whether {holds}, and what tells so."
        command = click.option(f"--{name.replace(' ', '-')}", metavar="YES: WHY|NO: WHY|UNKNOWN", help=said)(command)
    return command


@unplanned.command()
@click.argument("title")
@click.option("--source", required=True, type=click.Choice(list(SOURCES)), help="What the request comes from.")
@click.option("--ref", metavar="REF", help="The issue that asks for it, where there is one.")
@click.option("--asked-by", metavar="USER", help="Who asks; without it the issue’s author.")
@click.option("--deadline", metavar="DATE", help="The day by which it is needed.")
@click.option("--note", default="", metavar="TEXT", help="What else is known of it.")
@_criteria
@as_json
@click.pass_obj
def add(  # noqa: PLR0913  # click hands over every option
    chosen: Chosen,
    /,
    *,
    title: str,
    source: str,
    ref: str | None,
    asked_by: str | None,
    deadline: str | None,
    note: str,
    json_wanted: bool,
    **said: str | None,
) -> None:
    """Keep a request TITLE, and say what the handbook’s table makes of it.

    A criterion is stated as yes or no with what tells so, or as unknown: --incident "yes: two nodes are down".
    """
    from handrail.cli.unplanned_inbox import open_inbox
    from handrail.cli.unplanned_screen import show_requests

    inbox = open_inbox(chosen)
    issue = inbox.issue(ref) if ref else None
    for one in inbox.kept:
        if issue is not None and one.ref == issue.ref:
            raise UserError(f"{ref} is request {one.id} already: “{chosen.program} unplanned list --all” shows it.")
    if not title.strip():
        raise UserError("The title is empty: say in a few words what is asked for.")
    by = asked_by.removeprefix("@") if asked_by else issue.author if issue else ""
    request = UnplannedRequest(
        title.strip(),
        SOURCES[source],
        inbox.desk.snapshot.now,
        asked_by=by,
        ref=issue.ref if issue else "",
        deadline=_day(deadline) if deadline else None,
        criteria=tuple(_criterion(name, text) for name in SAID if (text := said[name.replace(" ", "_")])),
        note=note,
    )
    kept = inbox.keep(request)
    show_requests(inbox, [kept or request], json_wanted=json_wanted)
    if json_wanted:
        return
    if kept is None:
        click.echo("Not kept: only a store keeps requests, and these facts are none (handrail sync makes one).")
    else:
        click.echo(
            f"Kept as request {kept.id}: {chosen.program} unplanned take {kept.id} --as USER, or decline, or ask."
        )


@unplanned.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that were taken or declined too.")
@at_moment
@as_json
@click.pass_obj
def list_(chosen: Chosen, *, everything: bool, at: str | None, json_wanted: bool) -> None:
    """The requests that wait for a decision: the kept ones, and issues that look like one; each with what is known."""
    from handrail.cli.unplanned_inbox import WAITING, open_inbox
    from handrail.cli.unplanned_screen import show_requests

    inbox = open_inbox(chosen, at)
    kept = [one for one in inbox.kept if everything or one.state in WAITING]
    show_requests(inbox, [*kept, *inbox.found()], json_wanted=json_wanted)


@unplanned.command()
@click.argument("request")
@as_user
@click.option(
    "--project", metavar="PROJECT", help="Where to open the issue, if the request has none: a source or path."
)
@click.option("--priority", metavar="LABEL", help="Its priority, such as 2; without it as labels or the table tell.")
@click.option("--type", "sort", metavar="LABEL", help="Its type, such as bug; without it as labels tell.")
@click.option("--all-the-same", is_flag=True, help="Also if somebody else holds it by a claim: they are told.")
@into_file
@said_yes
@at_url
@as_json
@click.pass_obj
def take(  # noqa: PLR0913  # click hands over every option
    chosen: Chosen,
    *,
    request: str,
    person: str | None,
    project: str | None,
    priority: str | None,
    sort: str | None,
    all_the_same: bool,
    output: Path | None,
    yes: bool,
    url: str,
    json_wanted: bool,
) -> None:
    """Take a REQUEST (its number, or an issue): what would give way, and the plan that makes it Unplanned work."""
    from handrail.cli.unplanned_inbox import open_inbox
    from handrail.cli.unplanned_screen import Decision, Means, decide
    from handrail.rules.issue_work import last_day, live_claim
    from handrail.rules.unplanned_answers import asked_for, lacking, opening, wearing
    from handrail.rules.unplanned_answers import take as taking
    from handrail.rules.unplanned_request import would_slip

    inbox = open_inbox(chosen)
    desk, wanted = inbox.desk, inbox.request(request)
    taker = known_person(desk.snapshot, person)
    _must_wait(wanted, "taken")
    known = asked_for(desk)
    said = {"priority": priority, "type": sort}
    named = tuple(_label(name, text, known.get(name, ())) for name, text in said.items() if text)
    assessment, labels = inbox.assessment(wanted), tuple[str, ...]()
    if wanted.ref:
        issue = _free(wanted.ref, inbox, taker)
        held = live_claim(issue, desk)
        if held is not None and held.by != taker and not all_the_same:
            holder, day = desk.voice.name(held.by), desk.voice.day(last_day(held, desk))
            raise UserError(
                f"{holder} would like to start on {inbox.refs.short(issue)}, and holds it through {day}: ask them "
                "first, or add --all-the-same, which tells them."
            )
        finding, labels = taking(wanted, issue, desk, assessment, taker, named), issue.labels
    elif project:
        finding = opening(wanted, _path(project, inbox), desk, assessment, taker, named)
    else:
        raise UserError(
            f"Request {wanted.id} has no issue yet: name the project in which to open one, with --project SOURCE."
        )
    labels = wearing(labels, finding.remedies)
    slips = would_slip(wanted, desk, inbox.settings, labels, taker)
    taken = _decided(wanted, inbox, state="taken", displaced=tuple(one.item.ref for one in slips))
    decision = Decision(taken, taker, finding, gives_way=slips, lacks=lacking(labels, desk))
    decide(inbox, decision, Means(output, yes, url, json_wanted))


@unplanned.command()
@click.argument("request")
@click.option("--because", required=True, metavar="REASON", help="Why it is not taken, as whoever asks will read it.")
@click.option("--instead", default="", metavar="OTHER", help="What else may help.")
@click.option("--escalate", is_flag=True, help="Ask EM and PM whether they see it the same way.")
@as_user
@into_file
@said_yes
@at_url
@as_json
@click.pass_obj
def decline(  # noqa: PLR0913  # click hands over every option
    chosen: Chosen,
    *,
    request: str,
    because: str,
    instead: str,
    escalate: bool,
    person: str | None,
    output: Path | None,
    yes: bool,
    url: str,
    json_wanted: bool,
) -> None:
    """Decline a REQUEST (its number, or an issue): a kind comment with the reason and what else may help."""
    from handrail.cli.unplanned_inbox import open_inbox
    from handrail.cli.unplanned_screen import Decision, Means, decide
    from handrail.rules.unplanned_answers import decline as declining

    inbox = open_inbox(chosen)
    wanted = inbox.request(request)
    by = known_person(inbox.desk.snapshot, person)
    _must_wait(wanted, "declined")
    _must_say(because, "--because", "why it is not taken")
    if wanted.ref in inbox.desk.snapshot.by_ref:
        _free(wanted.ref, inbox, by)
    finding = declining(wanted, inbox.desk, because, instead, escalate=escalate) if wanted.ref else None
    declined = _decided(wanted, inbox, state="declined", note=because)
    decide(inbox, Decision(declined, by, finding), Means(output, yes, url, json_wanted))


@unplanned.command()
@click.argument("request")
@click.option("--question", required=True, metavar="TEXT", help="What has to be known to decide.")
@click.option("--advice", is_flag=True, help="Ask EM and PM for their advice too.")
@as_user
@into_file
@said_yes
@at_url
@as_json
@click.pass_obj
def ask(  # noqa: PLR0913  # click hands over every option
    chosen: Chosen,
    *,
    request: str,
    question: str,
    advice: bool,
    person: str | None,
    output: Path | None,
    yes: bool,
    url: str,
    json_wanted: bool,
) -> None:
    """Ask whoever made a REQUEST (its number, or an issue) what has to be known to decide."""
    from handrail.cli.unplanned_inbox import open_inbox
    from handrail.cli.unplanned_screen import Decision, Means, decide
    from handrail.rules.unplanned_answers import ask as asking

    inbox = open_inbox(chosen)
    wanted = inbox.request(request)
    by = known_person(inbox.desk.snapshot, person)
    _must_wait(wanted, "asked about")
    _must_say(question, "--question", "what has to be known")
    if wanted.ref in inbox.desk.snapshot.by_ref:
        _free(wanted.ref, inbox, by)
    finding = asking(wanted, inbox.desk, question, advice=advice) if wanted.ref else None
    asked = replace(wanted, state="asked", note=question, decided_at=inbox.desk.snapshot.now)
    decide(inbox, Decision(asked, by, finding), Means(output, yes, url, json_wanted))


# --- what was said -----------------------------------------------------------------------------------


def _criterion(name: Urgency, text: str) -> Criterion:
    holds, _, why = text.partition(":")
    answers: dict[str, Answer] = {answer: answer for answer in get_args(Answer)}
    answer, evidence = answers.get(holds.strip().casefold()), " ".join(why.split())
    if answer is None:
        raise UserError(f"“{text}” does not say whether it is so: begin with yes, no or unknown, as in “yes: WHY”.")
    if answer != "unknown" and not evidence:
        raise UserError(f"“{text}” does not say what tells so: write “{answer}: WHY”, or unknown.")
    return Criterion(name, answer, evidence)


def _label(name: str, text: str, known: tuple[str, ...]) -> str:
    """The label that is meant by its whole name or its value."""
    from handrail.model.labels import value_of

    for label in known:
        if text.casefold() in {label.casefold(), value_of(label).casefold()}:
            return label
    raise UserError(f"“{text}” is no {name}: the handbook has {', '.join(known) or 'none'}.")


def _day(text: str) -> "date":
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"“{text}” is no day: write --deadline 2026-06-12.") from None


def _must_wait(request: UnplannedRequest, what: str) -> None:
    """Raises UserError for a request that was decided."""
    if request.is_decided:
        raise UserError(f"Request {request.id} was {request.state} before, so it cannot be {what}: add a new one.")


def _free(ref: str, inbox: "Inbox", by: str) -> "Issue":
    """The issue of a request, which nobody but ``by`` has. Raises UserError for what is planned or somebody's."""
    desk, issue = inbox.desk, inbox.issue(ref)
    if desk.handbook.labels.deliverable in issue.labels:
        raise UserError(f"{issue.ref} is planned already, as a {desk.handbook.labels.deliverable}: just pick it up.")
    others = tuple(name for name in issue.assignees if name != by)
    if others:
        raise UserError(f"{issue.ref} has somebody: ask {desk.voice.names(others)} first.")
    return issue


def _must_say(text: str, option: str, what: str) -> None:
    if not text.strip():
        raise UserError(f"{option} is empty: say {what}.")


def _path(project: str, inbox: "Inbox") -> str:
    source = inbox.desk.handbook.sources.get(project)
    path = source.path if source else project
    if source is None and not inbox.desk.terms.is_source(path):
        known = ", ".join(sorted(inbox.desk.handbook.sources))
        raise UserError(f"“{project}” is none of the team’s projects: it can be {known}, or a path below one of them.")
    return path


def _decided(request: UnplannedRequest, inbox: "Inbox", **changes: Any) -> UnplannedRequest:
    """The request as it is decided now, with what is known of it."""
    known = inbox.assessment(request).criteria
    return replace(request, decided_at=inbox.desk.snapshot.now, criteria=known, **changes)
