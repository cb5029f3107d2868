"""The group that every command belongs to, and what several commands share."""

from __future__ import annotations

import errno
import json
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scalegame import __version__
from scalegame.errors import Problems, ScalegameError, printable

if TYPE_CHECKING:
    from scalegame.levels.model import Level

LOST = 1
"""Exit status of what is lost or invalid; 0 is done, 2 wrong usage."""

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a disk says that takes no more output."""

INTERRUPTED = 130
"""Exit status after Ctrl-C."""


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="scalegame")
@click.pass_context
def cli(context: click.Context) -> None:
    """Wire a system, put it under load, watch it break, and fix it. Without a command: play."""
    if context.invoked_subcommand is None:
        from scalegame.cli.playing import play

        context.invoke(play)


class Whole(click.IntRange):
    """A whole number; click would call it an integer range."""

    name = "whole number"


def lines_of(error: ScalegameError) -> Iterator[str]:
    """Yield one line for each problem; where there is no place to begin with, its title is."""
    for single in error.errors if isinstance(error, Problems) else (error,):
        # The name of a file may have anything in it.
        yield printable(str(single) if single.place is not None else f"{single.title}: {single.message}")


def yaml_files(paths: Sequence[str]) -> Iterator[Path]:
    """Yield the files that are meant: themselves, or all in a folder."""
    for text in paths:
        path = Path(text)
        if not text:
            raise ScalegameError("Nothing to check", "the name of a file is empty")
        if not path.is_dir():
            yield path
            continue
        inside = sorted(file for ending in ("*.yaml", "*.yml") for file in path.rglob(ending))
        if not inside:
            raise ScalegameError("Nothing to check", f"{path} has no .yaml file in it")
        yield from inside


def levels_meant(names: Sequence[str]) -> Iterator[Level]:
    """Yield the levels that are meant: by id, by file, all of a pack by its folder, or all in a folder."""
    from scalegame.components import kinds
    from scalegame.levels import packs
    from scalegame.levels.load import load
    from scalegame.levels.packnames import PACK_FILE

    for name in names:
        if Path(name, PACK_FILE).is_file():
            for entry in packs.index(Path(name)):
                yield load(entry.path, kinds())
        elif Path(name).is_dir():
            for path in yaml_files((name,)):
                yield load(path, kinds())
        else:
            yield packs.find(name, kinds())


def as_text(data: object) -> str:
    """Return what is printed for programs."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)


def show(what: object) -> None:
    """Print what has colours."""
    from rich.console import Console

    Console(highlight=False).print(what)


def write(path: Path, text: str) -> None:
    """Writes a file that the user named, whole or not at all."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        reason = (error.strerror or "unknown reason").lower()
        raise ScalegameError("Not written", f"cannot write {path}: {reason}") from None


@contextmanager
def ended_by_interrupt() -> Iterator[None]:
    """While nothing is written, Ctrl-C ends the process at once.

    As an exception it would be lost now and then: of the thousands of generators that a simulation throws away,
    one may be in its last words, and what is raised there goes nowhere.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
