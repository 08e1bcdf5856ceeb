"""The composition root: runs the command line, and turns what goes wrong into words and an exit code."""

import os
import sys
import traceback
from io import TextIOWrapper
from pathlib import Path

import click

from handrail.cli.main import cli
from handrail.errors import UserError


def main() -> None:
    """Exit with 0 when done, 2 for what the person can mend, 1 for a fault of ours."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who started us (`>&-`)
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115  # open until the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal of few characters shows ? for what it lacks
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except UserError as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has seen enough (`| head`); Python would complain again when it flushes at exit.
        sys.stderr.close()
        sys.exit(0)
    except Exception:  # noqa: BLE001  # the last resort: a fault keeps its traceback and says whose it is
        traceback.print_exc()
        click.echo("This is a fault of Handrail's, not yours. Please report it with the lines above.", err=True)
        sys.exit(1)
