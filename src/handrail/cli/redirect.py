"""`handrail redirect`: who has what somebody asks, and the words to answer them with."""

from typing import TYPE_CHECKING, get_args

import click

from handrail.cli.chosen import Chosen, as_json, as_user, at_moment, known_person
from handrail.model.asked import Way

if TYPE_CHECKING:
    from handrail.duty.redirects import Place, Redirects
    from handrail.rules.desk import Desk

WAYS: dict[str, Way] = {way.replace(" ", "-"): way for way in get_args(Way)}
_GOES: "dict[Place, str]" = {
    "as asked": "it stays where it is",
    "duty": "whoever is on duty has it",
    "available": "the first who is available takes it",
    "on call": "it goes to the on-call process",
    "channel": "it goes to the channel",
    "group": "it goes to the group",
    "page": "it is asked the way that the page tells",
}


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
    from handrail.duty.redirects import Call
    from handrail.views.refs import Refs

    desk = chosen.queue(at).desk
    of = known_person(desk.snapshot, person) if person else ""
    full = Refs(desk.handbook).full(ref)
    item = desk.snapshot.by_ref.get(full)
    if ref and item is None:
        click.echo(f"{full} is not open in these facts: nobody can tell whether it should just work.", err=True)
    call = Call(WAYS[way], desk.snapshot.now, asked_by.removeprefix("@"), of, urgent, item.labels if item else ())
    answer = redirects_of(desk).answer(call)
    if json_wanted:
        print_json(answer)
        return
    out, owner = console(), desk.voice.name(answer.owner) if answer.owner else "Nobody of the team"
    until = answer.to == "available" and answer.owner and answer.owner != of
    out.print(f"{owner} has it{' until' if until else ':'} {_GOES[answer.to]}.", style="bold")
    if answer.words:
        out.print(f"\n{clean(answer.words)}\n", soft_wrap=True)
    out.print(f"{desk.handbook.clauses[answer.clause].says} ({answer.clause})", style=QUIET)


def redirects_of(desk: "Desk") -> "Redirects":
    """The redirects of the team that the desk is about."""
    from handrail.duty.redirects import Redirects

    snapshot = desk.snapshot
    return Redirects(desk.handbook, desk.duty, snapshot.people, snapshot.calendars, desk.voice)
