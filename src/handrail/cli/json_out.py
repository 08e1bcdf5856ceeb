"""Printing decisions as JSON."""

import click


def print_json(value: object) -> None:
    """The value as JSON on standard output, indented, one at a time."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
