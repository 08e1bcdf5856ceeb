"""`handrail plan`: what the handbook would change on GitLab now, why, and whom it touches."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, as_json, at_moment, read_handbook, typed
from handrail.errors import UserError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from handrail.engine.evaluate import Evaluation
    from handrail.handbook.schema import Handbook
    from handrail.model.actions import Action
    from handrail.model.plans import Plan
    from handrail.model.snapshot import Snapshot
    from handrail.views.refs import Refs

SHOWN_REFUSED = 5
NAMES = 24
"""Columns at most for the people whom an action touches."""
SIGNS = {"+": "#009e73", "-": "#d55e00", "~": "#56b4e9", "»": "#cc79a7"}
"""From a palette that colour-blind readers tell apart; the sign itself says it too."""


@click.command()
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="Only what this rule finds; may be repeated.")
@click.option(
    "--project",
    "projects",
    multiple=True,
    metavar="PROJECT",
    help="Only a project: a source’s name in the handbook, or a path.",
)
@at_moment
@click.option(
    "--handbook",
    "candidate",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Plan by this handbook, and show what differs from today’s.",
)
@as_json
@click.option("--markdown", is_flag=True, help="Print a Markdown table, for a merge request’s comment.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the plan, to be applied.")
@click.pass_obj
def plan(  # noqa: PLR0913  # click hands over every option
    chosen: Chosen,
    *,
    rules: tuple[str, ...],
    projects: tuple[str, ...],
    at: str | None,
    candidate: Path | None,
    json_wanted: bool,
    markdown: bool,
    output: Path | None,
) -> None:
    """What the handbook would change on GitLab: what, where, why, and whom it touches. Nothing is changed by it.

    It is made of the facts alone and asks GitLab nothing. “handrail apply FILE” does what a written plan says.
    """
    from handrail.cli.json_out import print_json
    from handrail.engine.evaluate import evaluate
    from handrail.plan.plan_file import dump_plan
    from handrail.plan.words import in_markdown

    if json_wanted and markdown:
        raise UserError("--json and --markdown are two ways to print a plan: leave one of them away.")
    today = chosen.handbook
    handbook = read_handbook(candidate) if candidate else today
    check_rules(rules, handbook)
    chosen.only_read()
    snapshot, known = chosen.snapshot_at(at, chosen.peopled(handbook), closed=True), chosen.known(at)
    paths = tuple(_path(name, handbook, snapshot) for name in projects)
    found = evaluate(snapshot, handbook, known, rules, paths)
    # What was true or will be at another moment is nothing to do today.
    made = found.plan if at else chosen.bound(found.plan)
    before = evaluate(snapshot, today, known, rules, paths).plan if candidate else None
    if output:
        write_plan(output, made)
    if json_wanted and before:
        print_json({**json.loads(dump_plan(made)), "differs": _differing(before, made)})
    elif json_wanted:
        click.echo(dump_plan(made).decode())
    elif markdown:
        click.echo(in_markdown(made, _differences(before, made) if before else ()))
    else:
        program = chosen.program + typed(("--handbook", candidate))
        asked, when = typed(*(("--rule", rule) for rule in rules)), typed(("--at", at))
        same = f"{program} plan{asked}{typed(*(('--project', name) for name in projects))}{when}"
        how = _how(chosen, found.plan, program, same, output, at)
        _show(found, handbook, same, f"{program} findings{asked}{when}", how)
        if before:
            _show_differences(before, found.plan, candidate)


def check_rules(names: Iterable[str], handbook: "Handbook") -> None:
    """Raises UserError for a rule that there is not, with the nearest name."""
    from handrail.handbook.wording import nearest

    for name in names:
        if name not in handbook.rules:
            said = f"there is no rule “{name}”{nearest(name, handbook.rules)}"
            raise UserError(
                said[:1].upper() + said[1:] + ("" if said.endswith("?") else f": {', '.join(handbook.rules)}.")
            )
        if handbook.rules[name].get("mode") == "off":
            click.echo(f"The rule {name} is off, and finds nothing until rules.{name}.mode says otherwise.", err=True)


def _path(name: str, handbook: "Handbook", snapshot: "Snapshot") -> str:
    """The path that a person means. Raises UserError for one of which nothing is known, with the nearest names."""
    from handrail.handbook.wording import nearest

    if name in handbook.sources:
        return handbook.sources[name].path
    paths = {source.path for source in handbook.sources.values()} | {*snapshot.projects}
    if name not in paths and not any(item.project == name for item in snapshot.items):
        said = f"There is no project “{name}”{nearest(name, (*handbook.sources, *sorted(paths)))}"
        raise UserError(said + ("" if said.endswith("?") else "."))
    return name


def write_plan(path: Path, made: "Plan") -> None:
    """Write a plan to be applied. Raises UserError where that cannot be done."""
    from handrail.plan.plan_file import dump_plan

    try:
        path.write_bytes(dump_plan(made) + b"\n")
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}): name another file with -o.") from error


def _how(chosen: Chosen, made: "Plan", program: str, same: str, output: Path | None, at: str | None) -> str:
    """How a plan is carried out, or why it is to be looked at only."""
    if not chosen.is_stored or at:
        return f"only to look at, since {'it is for another moment' if at else 'these facts were read from no GitLab'}"
    file = output or Path("plan.json")
    force = " --force" if made.too_large else ""
    return f"do it: {'' if output else f'{same} -o {file}, then '}{program} apply {quote(str(file))}{force}"


def _show(found: "Evaluation", handbook: "Handbook", same: str, findings: str, how: str) -> None:
    from handrail.cli.screen import console, footer
    from handrail.plan.words import counted
    from handrail.views.refs import Refs

    out, refs, made = console(), Refs(handbook), found.plan
    print_plan(out, made, refs, handbook, f"{same} --json")
    if made.too_large:
        out.print(f"Larger than the handbook allows at once: {made.too_large}.", style="bold #d55e00")
    mute = sum(not one.remedies for one in found.findings)
    rules = len({action.rule for action in made.actions})
    parts = [f"plan {made.digest}", f"{counted(len(made.actions), 'action')} by {counted(rules, 'rule')}"]
    parts += [f"{counted(mute, 'finding')} that only people can mend: {findings}"] if mute else []
    parts += [how] if made.actions else []
    footer(out, parts)


def print_plan(out: "Console", made: "Plan", refs: "Refs", handbook: "Handbook", whole: str) -> None:
    """What a plan does, and what it leaves; ``whole`` is the command that prints all of it."""
    print_actions(out, made.actions, refs, handbook)
    if not made.actions:
        left = made.refused or made.conflicts
        out.print("Nothing to do now." if left else "Nothing to do: everything is as the handbook has it.")
    print_left(out, made, refs, whole)


def print_left(out: "Console", made: "Plan", refs: "Refs", whole: str) -> None:
    """What a plan leaves to people, and what it does not do now."""
    from handrail.cli.screen import QUIET

    for conflict in made.conflicts:
        out.print(f"Left to people: {conflict.why}.", style="bold #e69f00")
    for refusal in made.refused[:SHOWN_REFUSED]:
        out.print(f"Not now: {refs.shortened(refusal.action.subject)}, {refusal.why}.", style=QUIET)
    if len(made.refused) > SHOWN_REFUSED:
        out.print(f"Not now: {len(made.refused) - SHOWN_REFUSED} more: {whole}", style=QUIET, soft_wrap=True)


def print_actions(out: "Console", actions: Sequence["Action"], refs: "Refs", handbook: "Handbook") -> None:
    """Actions by rule, each under the clause that asks for it: what, where, why, whom it touches."""
    from rich.text import Text

    from handrail.cli.screen import ONE_LINE, QUIET, clean
    from handrail.plan.words import in_lines, sign_of

    wide = out.width >= ONE_LINE
    widths = (
        max((len(refs.shortened(action.subject)) for action in actions), default=0),
        max((len(_whom(action)) for action in actions), default=0),
    )
    for rule in dict.fromkeys(action.rule for action in actions):
        mode = handbook.rules.get(rule, {}).get("mode", "propose")
        out.print(Text.assemble((rule.replace("_", " "), "bold"), (f"  {mode}", QUIET)))
        table = _columns(*widths, wide=wide)
        before: list[Action] = []
        for action in (one for one in actions if one.rule == rule):
            if before and before[0].subject != action.subject:
                before = []
            sign = sign_of(action.change)
            what = "\n".join(map(clean, in_lines(action.change)))
            whom = "" if action.touches in [one.touches for one in before] else _whom(action)
            cells = [
                Text(what, SIGNS[sign]),
                Text(clean(_news(action, before)), "" if wide else QUIET),
                Text(whom, QUIET),
            ]
            if not wide:
                cells = [Text("\n").join(cell for cell in cells if cell)]
            where = "" if before else refs.shortened(action.subject)
            table.add_row(Text(sign, style=f"bold {SIGNS[sign]}"), where, *cells)
            before.append(action)
        out.print(table, "")


def _columns(refs: int, names: int, *, wide: bool) -> "Table":
    """The columns of a plan, which stand where they stand in its other sections."""
    from rich.table import Table

    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False, expand=True)
    table.add_column(no_wrap=True, min_width=2, justify="right")
    table.add_column(no_wrap=True, style="bold", min_width=refs)
    table.add_column(ratio=5, overflow="fold")
    if wide:
        table.add_column(ratio=6)
        table.add_column(width=min(names, NAMES))
    return table


def _whom(action: "Action") -> str:
    return " ".join(f"@{name}" for name in action.touches)


def _news(action: "Action", before: "Sequence[Action]") -> str:
    """Why an action is asked for, without what was said of the same item before."""
    said = max((one.why for one in before if action.why.startswith(one.why)), key=len, default="")
    return action.why.removeprefix(said).lstrip()


def _differences(before: "Plan", after: "Plan") -> list[str]:
    """A line for each action that only one of two plans has."""
    told = _differing(before, after)
    return [f"{one['sign']} {one['rule']}: {one['subject']}: {one['does']}" for one in told]


def _differing(before: "Plan", after: "Plan") -> list[dict[str, str]]:
    """The actions that only one of two plans has: + what comes, - what goes."""
    from handrail.plan.words import words_for

    then = {action.key: action for action in before.actions}
    now = {action.key: action for action in after.actions}
    more = [("+", now[key]) for key in now if key not in then]
    less = [("-", then[key]) for key in then if key not in now]
    return [
        {"sign": sign, "key": one.key, "rule": one.rule, "subject": one.subject, "does": words_for(one.change)}
        for sign, one in (*more, *less)
    ]


def _show_differences(before: "Plan", after: "Plan", candidate: Path | None) -> None:
    from rich.text import Text

    from handrail.cli.screen import clean, console

    out = console()
    lines = _differences(before, after)
    more = sum(line.startswith("+") for line in lines)
    less = len(lines) - more
    differs = f"plans {more} more and {less} fewer than" if lines else "plans the same as"
    out.print(f"\n{candidate} {differs} today’s handbook{':' if lines else '.'}", style="bold")
    for line in lines:
        out.print(Text(clean(line), style=SIGNS[line[0]]))
