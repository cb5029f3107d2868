"""The command that looks over an author's shoulder."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from scalegame.cli.authoring import validated
from scalegame.cli.group import cli, lines_of, yaml_files
from scalegame.errors import ScalegameError, printable

#: Seconds between two looks at the files.
EVERY = 0.5

Stamp = tuple[int, int, int]


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--prove/--no-prove", default=True, help="Prove a level, too, once nothing in it is wrong.")
def watch(paths: tuple[str, ...], prove: bool) -> None:
    """Validate and prove levels each time they are saved, until Ctrl-C.

    A file that is saved while it is being proved is looked at anew at once; of the proof only those runs are made
    again that the change decides.
    """
    for path in map(Path, paths):
        if not path.exists():
            raise ScalegameError("No such file", f"{path}: there is no such file – write scalegame new {path}")
    seen: Mapping[Path, Stamp] = {}
    proof: subprocess.Popen[bytes] | None = None
    try:
        while True:
            now = stamps(paths)
            changed = [path for path in now if seen.get(path) != now[path]]
            if changed or (seen and not now):
                _end(proof)
                proof = _look(changed, prove)
            seen = now
            wait(EVERY)
    except KeyboardInterrupt:
        click.echo()
    finally:
        _end(proof)


def wait(seconds: float) -> None:
    """Let an author work."""
    time.sleep(seconds)


def stamps(paths: Sequence[str]) -> Mapping[Path, Stamp]:
    """Return the files that are meant, each with what changes when it is saved; one that is gone is left out."""
    found: dict[Path, Stamp] = {}
    for text in paths:
        try:
            for path in yaml_files((text,)):
                stat = path.stat()
                found[path] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        except (OSError, ScalegameError):
            # Some editors remove a file before they write it anew.
            continue
    return found


def _look(changed: Sequence[Path], prove: bool) -> subprocess.Popen[bytes] | None:
    """Say what is wrong with files, and begin to prove those in which nothing is."""
    if sys.stdout.isatty():
        click.clear()
    click.echo(f"{time.strftime('%H:%M:%S')}, Ctrl-C ends")
    if not changed:
        click.echo("there is no file any more; waiting for it")
    sound = []
    for path in changed:
        try:
            text, findings, is_level = validated(path)
        except ScalegameError as error:
            click.echo("\n".join(lines_of(error)))
            continue
        click.echo("\n".join([printable(f"{path}: {text}"), *map(str, findings)]))
        if is_level:
            sound.append(str(path))
    if not (prove and sound):
        return None
    sys.stdout.flush()
    # A process of its own can be ended in the middle, and begins with what it had made. Ctrl-C is for us alone,
    # who then end it: told twice, it would be stopped while it tidies up.
    command = [sys.executable, "-m", "scalegame", "prove", "--", *sound]
    return subprocess.Popen(command, start_new_session=True)


def _end(proof: subprocess.Popen[bytes] | None) -> None:
    """End a proof that is of no use any more."""
    if proof is None:
        return
    if proof.poll() is None:
        proof.terminate()
    try:
        proof.wait(timeout=5)
    except subprocess.TimeoutExpired:
        proof.kill()
        proof.wait()
