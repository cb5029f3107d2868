"""The command line: it parses, calls and prints. What a command needs is imported when it is called."""

from __future__ import annotations

import io
import sys

import click

from scalegame.cli import (
    authoring,
    grading,
    hosting,
    joining,
    migrating,
    packs,
    playing,
    proving,
    running,
    teaching,
    watching,
)
from scalegame.cli.group import FULL, INTERRUPTED, LOST, cli, lines_of
from scalegame.errors import ScalegameError

__all__ = [
    "authoring",
    "cli",
    "grading",
    "hosting",
    "joining",
    "main",
    "migrating",
    "packs",
    "playing",
    "proving",
    "running",
    "teaching",
    "watching",
]


def main() -> None:
    """Run the command line; errors that a person made are one line each, never a traceback."""
    _speak_plainly()
    try:
        status = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        status = INTERRUPTED
    except ScalegameError as error:
        for line in lines_of(error):
            click.echo(line, err=True)
        status = LOST
    except BrokenPipeError:
        # Whoever read our output has gone, as `| head` does. Nothing more can be said to anyone.
        sys.stdout = None
        status = LOST
    except OSError as error:
        if error.errno not in FULL:
            raise
        click.echo(f"What is printed cannot be written: {error.strerror}", err=True)
        sys.stdout = None
        status = LOST
    sys.exit(status if isinstance(status, int) else 0)


def _speak_plainly() -> None:
    """Let a terminal that lacks our signs show a question mark instead of stopping us."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")
