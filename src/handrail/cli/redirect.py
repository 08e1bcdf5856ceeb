"""`handrail redirect`: who has what somebody asks, and the words to answer them with."""

from typing import get_args

import click

from handrail.cli.chosen import Chosen, as_json, as_user, at_moment, known_person
from handrail.model.asked import Way

WAYS: dict[str, Way] = {way.replace(" ", "-"): way for way in get_args(Way)}


@click.command()
@click.argument("way", type=click.Choice(list(WAYS)))
@click.option("--by", "asked_by", default="", metavar="USER", help="Who asks.")
@click.option("--urgent", is_flag=True, help="It cannot wait for the usual answer.")
@click.option("--ref", default="", metavar="REF", help="The issue or merge request that it is about.")
@as_user
@at_moment
@as_json
@click.pass_obj
def redirect(  # noqa: PLR0913  # click hands over every option
    chosen: Chosen,
    *,
    way: str,
    asked_by: str,
    urgent: bool,
    ref: str,
    person: str | None,
    at: str | None,
    json_wanted: bool,
) -> None:
    """Who has what you were asked, in which WAY it came, and words to answer with.

    Without --as it was asked of the team as a whole.
    """
    from handrail.cli.json_out import print_json
    from handrail.cli.screen import QUIET, clean, console
    from handrail.engine.asking import redirected
    from handrail.views.asked import GOES
    from handrail.views.refs import Refs

    desk = chosen.queue(at).desk
    of = known_person(desk.snapshot, person) if person else ""
    full = Refs(desk.handbook).full(ref)
    if ref and full not in desk.snapshot.by_ref:
        click.echo(f"{full} is not open in these facts: nobody can tell whether it should just work.", err=True)
    by = asked_by.removeprefix("@")
    answer = redirected(desk, WAYS[way], desk.snapshot.now, by, of, full, urgent=urgent)
    if json_wanted:
        print_json(answer)
        return
    out, owner = console(), desk.voice.name(answer.owner) if answer.owner else "Nobody of the team"
    until = answer.to == "available" and answer.owner and answer.owner != of
    out.print(f"{owner} has it{' until' if until else ':'} {GOES[answer.to]}.", style="bold")
    if answer.words:
        out.print(f"\n{clean(answer.words)}\n", soft_wrap=True)
    out.print(f"{desk.handbook.clauses[answer.clause].says} ({answer.clause})", style=QUIET)
