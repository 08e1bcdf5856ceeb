"""`handrail unplanned`: requests that nobody planned, from the question to what becomes of it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from handrail.cli.apply import said_yes
from handrail.cli.chosen import Chosen, as_json, as_user, at_moment, known_person
from handrail.cli.instance import at_url
from handrail.errors import UserError
from handrail.model.requests import SAID, RequestSource, UnplannedRequest

if TYPE_CHECKING:
    from datetime import date


SOURCES: dict[str, RequestSource] = {source.replace(" ", "-"): source for source in get_args(RequestSource)}
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
    from handrail.cli.unplanned_inbox import named_issue, open_inbox
    from handrail.cli.unplanned_screen import show_requests
    from handrail.engine.unplanned import criterion

    inbox = open_inbox(chosen)
    issue = named_issue(ref, inbox) if ref else None
    by = asked_by.removeprefix("@") if asked_by else issue.author if issue else ""
    request = UnplannedRequest(
        title.strip(),
        SOURCES[source],
        inbox.desk.snapshot.now,
        asked_by=by,
        ref=issue.ref if issue else "",
        deadline=_day(deadline) if deadline else None,
        criteria=tuple(criterion(name, text) for name in SAID if (text := said[name.replace(" ", "_")])),
        note=note,
    )
    kept = inbox.add(request)
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
    from handrail.cli.unplanned_inbox import open_inbox
    from handrail.cli.unplanned_screen import show_requests

    inbox = open_inbox(chosen, at)
    requests = [*inbox.kept, *inbox.found()] if everything else inbox.waiting()
    show_requests(inbox, requests, json_wanted=json_wanted)


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
    from handrail.cli.unplanned_inbox import named_request, open_inbox
    from handrail.cli.unplanned_screen import Means, decide
    from handrail.engine.unplanned import Taking, label_of
    from handrail.engine.unplanned import take as taking

    inbox = open_inbox(chosen)
    wanted = named_request(request, inbox, chosen.program)
    taker = known_person(inbox.desk.snapshot, person)
    said = {"priority": priority, "type": sort}
    labels = tuple(label_of(name, text, inbox.desk) for name, text in said.items() if text)
    decision = taking(inbox, wanted, taker, Taking(labels, project or "", all_the_same))
    decide(chosen, inbox, decision, Means(output, yes, url, json_wanted))


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
    from handrail.cli.unplanned_inbox import named_request, open_inbox
    from handrail.cli.unplanned_screen import Means, decide
    from handrail.engine.unplanned import decline as declining

    inbox = open_inbox(chosen)
    wanted = named_request(request, inbox, chosen.program)
    by = known_person(inbox.desk.snapshot, person)
    decision = declining(inbox, wanted, by, because, instead, escalate=escalate)
    decide(chosen, inbox, decision, Means(output, yes, url, json_wanted))


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
    from handrail.cli.unplanned_inbox import named_request, open_inbox
    from handrail.cli.unplanned_screen import Means, decide
    from handrail.engine.unplanned import ask as asking

    inbox = open_inbox(chosen)
    wanted = named_request(request, inbox, chosen.program)
    by = known_person(inbox.desk.snapshot, person)
    decision = asking(inbox, wanted, by, question, advice=advice)
    decide(chosen, inbox, decision, Means(output, yes, url, json_wanted))


# --- what was said -----------------------------------------------------------------------------------


def _day(text: str) -> "date":
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"“{text}” is no day: write --deadline 2026-06-12.") from None
