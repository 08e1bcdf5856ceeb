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
from handrail.cli.chosen import Chosen
from handrail.cli.json_out import print_json
from handrail.cli.plan import print_actions, write_plan
from handrail.cli.screen import QUIET, clean, console, footer
from handrail.engine.unplanned import Decision, Inbox, is_held_back
from handrail.errors import UserError
from handrail.model.plans import Plan
from handrail.model.requests import UnplannedRequest
from handrail.plan.plan_file import dump_plan
from handrail.plan.words import counted
from handrail.rules.unplanned_answers import answer_to, whose
from handrail.rules.unplanned_request import Slip
from handrail.views.refs import Refs
from handrail.views.unplanned import as_row, result_of, told_of

RESULTS = {"take": "bold #d55e00", "decline": "#56b4e9", "ask": "#e69f00"}


@dataclass(frozen=True)
class Means:
    """What is to become of a decision: shown as text or JSON, written to a file, or carried out."""

    output: Path | None
    yes: bool
    url: str
    json_wanted: bool


def decide(chosen: Chosen, inbox: Inbox, decision: Decision, means: Means) -> None:
    """Show what a decision would do; carry it out, or write its plan, and then keep it."""
    if means.json_wanted and means.yes:
        raise UserError("--json shows a decision and --yes carries it out: leave one of them away.")
    made, refs = inbox.plan(decision.finding) if decision.finding else None, Refs(inbox.desk.handbook)
    if not means.json_wanted and decision.gives_way is not None:
        _print_slips(inbox, decision.gives_way)
    if not means.json_wanted and decision.lacks:
        options = " and ".join(f"--{name}" for name in decision.lacks)
        console().print(f"It has no {' and no '.join(decision.lacks)} yet: name one with {options}.\n")
    held_back = made is not None and is_held_back(made)
    if made is None or (means.output and not held_back):
        if made and means.output:
            write_plan(means.output, made)
        request, decided = inbox.keep(decision.request) or decision.request, True
    elif _asks(inbox, means) and not held_back:
        try:
            report = carry_out(chosen, made, inbox.desk.handbook, decision.by, url=means.url, yes=means.yes)
        except MissedError as error:
            raise UserError(*error.problems, "So the request waits as before: decide once more.") from error
        if made.actions and not report.of("done", "done before"):
            raise UserError("Nothing of it could be done, so the request waits as before: decide once more.")
        request = inbox.keep(decision.request) or decision.request
        where = f": {refs.shortened(request.ref)}" if request.ref and not decision.request.ref else ""
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
        _print_plan(chosen, inbox, request, made, means.output if decided else None)


def _asks(inbox: Inbox, means: Means) -> bool:
    """Whether it can be carried out: somebody says yes, or is there to be asked."""
    return inbox.store is not None and not means.json_wanted and (means.yes or sys.stdin.isatty())


def _print_plan(
    chosen: Chosen, inbox: Inbox, answered: UnplannedRequest, made: Plan | None, output: Path | None
) -> None:
    out, refs = console(), Refs(inbox.desk.handbook)
    if made is None:
        whom = inbox.desk.voice.name(answered.asked_by) if answered.asked_by else "whoever asked"
        is_now = f"Request {answered.id} is {answered.state}"
        out.print(f"{is_now}. It has no issue, so nothing is written on GitLab: please tell {whom} yourself.")
        return
    print_actions(out, made.actions, refs, inbox.desk.handbook)
    for refusal in made.refused:
        out.print(f"Not now: {refs.shortened(refusal.action.subject)}, {refusal.why}.", style=QUIET)
    how = "--yes, or with -o FILE for a plan to apply" if inbox.store else "-o FILE"
    parts = [f"plan {made.digest}", "only shown", f"to decide so: the same with {how}"]
    if output:
        stored = inbox.store
        kept = f"request {answered.id} is {answered.state}" if stored else "not kept, since these facts are no store’s"
        parts = [f"plan {made.digest}", kept, f"do it: {chosen.program} apply {quote(str(output))}"]
    footer(out, parts)


def _print_slips(inbox: Inbox, slips: Sequence[Slip]) -> None:
    out, refs = console(), Refs(inbox.desk.handbook)
    if not slips:
        out.print("Nothing has to give way: nobody waits to begin a Deliverable that is less important.\n")
        return
    out.print("What would give way:", style="bold")
    for one in slips:
        line = Text.assemble("  ", (refs.short(one.item), "bold"), f"  {clean(one.item.title)}  ")
        out.print(line.append(clean(one.why), style=QUIET))
    out.print()


def show_requests(inbox: Inbox, requests: Sequence[UnplannedRequest], *, json_wanted: bool) -> None:
    """Requests, each with what the table says of it and what is known."""
    weighed = [(one, inbox.assessment(one)) for one in requests]
    if json_wanted:
        print_json([as_row(one, assessment, answer_to(one, inbox.desk)) for one, assessment in weighed])
        return
    out, refs = console(), Refs(inbox.desk.handbook)
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
        why, known, *more = map(clean, told_of(one, assessment, inbox, refs))
        about = Text("\n").join([Text(why), Text(known, QUIET), *map(Text, more)])
        result = result_of(one, assessment)
        number, where = str(one.id or ""), refs.shortened(one.ref)
        table.add_row(number, where, title, Text(result, RESULTS.get(result, "")), about)
    out.print(table)
    out.print(counted(len(weighed), "request"), style=QUIET)
