"""What others released, as commands read it, and how old what they go by is."""

import click

from handrail.cli.chosen import Chosen, now

_OLD = 2
"""Days, after which it is said how old what was read is."""
at_upstream = click.option(
    "--upstream",
    envvar="HANDRAIL_UPSTREAM",
    show_envvar=True,
    metavar="URL",
    help="Where upstream releases are read, in place of the handbook’s; “none”: they are not.",
)


def say_age(chosen: Chosen) -> None:
    """Say how old what is known of others’ releases is, and what could not be read when it was tried last."""
    from handrail.store.upstream import some, troubles

    support = chosen.handbook.support
    copies = chosen.opened_store.copies.all()
    wanted = [name for name, product in support.products.items() if product.file or support.upstream]
    read = [at for name in wanted if name in copies and (at := copies[name].read_at)]
    told = [one for name in wanted if (one := copies.get(name)) and one.trouble]
    if read:
        days = (now() - min(read)).days
        old = f", {days} days ago: “handrail sync” reads them anew" if days >= _OLD else ""
        click.echo(f"Upstream releases as of {min(read):%Y-%m-%d %H:%M} UTC{old}", err=True)
    if unread := [name for name in wanted if name not in copies]:
        click.echo(f"Upstream releases of {some(unread)} were not read yet: “handrail sync” does that.", err=True)
    for trouble in troubles(told):
        click.echo(trouble, err=True)
