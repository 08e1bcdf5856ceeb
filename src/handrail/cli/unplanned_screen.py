"""How requests and the answers to them are shown: as a table and a plan, or as JSON."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

import click
import msgspec
from rich.table import Table
from rich.text import Text

from handrail.cli.apply import MissedError, carry_out
from handrail.cli.json_out import print_json
from handrail.cli.plan import print_actions, write_plan
from handrail.cli.screen import QUIET, clean, console, footer
from handrail.cli.unplanned_inbox import Inbox, as_row
from handrail.errors import UserError
from handrail.model.findings import Finding
from handrail.model.plans import Plan
from handrail.model.requests import UnplannedRequest
from handrail.plan.plan_file import dump_plan
from handrail.plan.words import counted
from handrail.rules.unplanned_answers import answer_to, whose
from handrail.rules.unplanned_request import Assessment, Slip

RESULTS = {"take": "bold #d55e00", "decline": "#56b4e9", "ask": "#e69f00"}


@dataclass(frozen=True)
class Decision:
    """What somebody decided about a request: the request as it is then, and what carries it out."""

    request: UnplannedRequest
    by: str
    finding: Finding | None
    """Nothing: there is no issue on which anything could be done."""
    gives_way: Sequence[Slip] | None = None
    lacks: Sequence[str] = ()
    """What it still lacks when it is taken: a priority, a type."""


@dataclass(frozen=True)
class Means:
    """What is to become of a decision: shown as text or JSON, written to a file, or carried out."""

    output: Path | None
    yes: bool
    url: str
    json_wanted: bool


def decide(inbox: Inbox, decision: Decision, means: Means) -> None:
    """Show what a decision would do; carry it out, or write its plan, and then keep it."""
    if means.json_wanted and means.yes:
        raise UserError("--json shows a decision and --yes carries it out: leave one of them away.")
    made = inbox.plan(decision.finding) if decision.finding else None
    if not means.json_wanted and decision.gives_way is not None:
        _print_slips(inbox, decision.gives_way)
    if not means.json_wanted and decision.lacks:
        options = " and ".join(f"--{name}" for name in decision.lacks)
        console().print(f"It has no {' and no '.join(decision.lacks)} yet: name one with {options}.\n")
    # What may not be said now is not decided: nobody would be told of it.
    held_back = made is not None and bool(made.refused) and not made.actions
    if made is None or (means.output and not held_back):
        if made and means.output:
            write_plan(means.output, made)
        request, decided = inbox.keep(decision.request) or decision.request, True
    elif _asks(inbox, means) and not held_back:
        try:
            report = carry_out(inbox.chosen, made, inbox.desk.handbook, decision.by, url=means.url, yes=means.yes)
        except MissedError as error:
            raise UserError(*error.problems, "So the request waits as before: decide once more.") from error
        if made.actions and not report.of("done", "done before"):
            raise UserError("Nothing of it could be done, so the request waits as before: decide once more.")
        request = inbox.keep(decision.request) or decision.request
        where = f": {inbox.refs.shortened(request.ref)}" if request.ref and not decision.request.ref else ""
        click.echo(f"Request {request.id} is {request.state}{where}.")
        return
    else:
        request, decided = decision.request, False
    if means.json_wanted:
        plan = msgspec.Raw(dump_plan(made)) if made else None
        row = as_row(request, inbox.assessment(request), answer_to(request, inbox.desk))
        slips = [{"ref": one.item.ref, "title": one.item.title, "why": one.why} for one in decision.gives_way or ()]
        print_json({"decided": decided, "request": row, "gives_way": slips, "lacks": decision.lacks, "plan": plan})
    else:
        _print_plan(inbox, request, made, means.output if decided else None)


def _asks(inbox: Inbox, means: Means) -> bool:
    """Whether it can be carried out: somebody says yes, or is there to be asked."""
    return inbox.chosen.is_stored and not means.json_wanted and (means.yes or sys.stdin.isatty())


def _print_plan(inbox: Inbox, answered: UnplannedRequest, made: Plan | None, output: Path | None) -> None:
    out = console()
    if made is None:
        whom = inbox.desk.voice.name(answered.asked_by) if answered.asked_by else "whoever asked"
        is_now = f"Request {answered.id} is {answered.state}"
        out.print(f"{is_now}. It has no issue, so nothing is written on GitLab: please tell {whom} yourself.")
        return
    print_actions(out, made.actions, inbox.refs, inbox.desk.handbook)
    for refusal in made.refused:
        out.print(f"Not now: {inbox.refs.shortened(refusal.action.subject)}, {refusal.why}.", style=QUIET)
    how = "--yes, or with -o FILE for a plan to apply" if inbox.chosen.is_stored else "-o FILE"
    parts = [f"plan {made.digest}", "only shown", f"to decide so: the same with {how}"]
    if output:
        stored = inbox.chosen.is_stored
        kept = f"request {answered.id} is {answered.state}" if stored else "not kept, since these facts are no store’s"
        parts = [f"plan {made.digest}", kept, f"do it: {inbox.chosen.program} apply {quote(str(output))}"]
    footer(out, parts)


def _print_slips(inbox: Inbox, slips: Sequence[Slip]) -> None:
    out = console()
    if not slips:
        out.print("Nothing has to give way: nobody waits to begin a Deliverable that is less important.\n")
        return
    out.print("What would give way:", style="bold")
    for one in slips:
        line = Text.assemble("  ", (inbox.refs.short(one.item), "bold"), f"  {clean(one.item.title)}  ")
        out.print(line.append(clean(one.why), style=QUIET))
    out.print()


def show_requests(inbox: Inbox, requests: Sequence[UnplannedRequest], *, json_wanted: bool) -> None:
    """Requests, each with what the table says of it and what is known."""
    weighed = [(one, inbox.assessment(one)) for one in requests]
    if json_wanted:
        print_json([as_row(one, assessment, answer_to(one, inbox.desk)) for one, assessment in weighed])
        return
    out = console()
    if not weighed:
        out.print("Nobody waits for a decision about unplanned work.")
        return
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False, expand=True)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(no_wrap=True, style="bold")
    table.add_column(ratio=4)
    table.add_column(no_wrap=True)
    table.add_column(ratio=7)
    for one, assessment in weighed:
        title = Text(clean(one.title)).append("\n").append(clean(whose(one, inbox.desk)), style=QUIET)
        about = Text(clean(f"since {assessment.why}")).append("\n").append(clean(_known(assessment)), style=QUIET)
        if one.note:
            about.append("\n").append(clean(one.note))
        if answer := answer_to(one, inbox.desk):
            spoke = inbox.desk.voice.day(inbox.desk.date_of(answer))
            about.append("\n").append(f"{clean(inbox.desk.voice.name(one.asked_by))} has answered on {spoke}")
        if one.displaced:
            about.append("\n").append(clean(f"to give way: {', '.join(_place(ref, inbox) for ref in one.displaced)}"))
        result = assessment.result if one.state == "open" else one.state
        number, where = str(one.id or ""), inbox.refs.shortened(one.ref)
        table.add_row(number, where, title, Text(result, RESULTS.get(result, "")), about)
    out.print(table)
    out.print(counted(len(weighed), "request"), style=QUIET)


def _place(ref: str, inbox: Inbox) -> str:
    """Where a Deliverable is today that was to give way."""
    item = inbox.desk.snapshot.by_ref.get(ref)
    where = "no longer open" if item is None else f"in {item.milestone}" if item.milestone else "in no milestone"
    return f"{inbox.refs.shortened(ref)} ({where})"


def _known(assessment: Assessment) -> str:
    """Each criterion with its answer and what tells so, those of which nothing is known last."""
    said = []
    for one in assessment.criteria:
        why = f", {one.evidence}" if one.evidence and one.evidence not in assessment.why else ""
        said += [f"{one.name}: {one.holds}{why}"] if one.holds != "unknown" else []
    unknown = [f"not known: {', '.join(assessment.unknown)}"] if assessment.unknown else []
    return " · ".join([*said, *unknown])
