"""The command line: it parses, calls and prints. What a command needs is imported when it is called."""

from __future__ import annotations

import errno
import io
import json
import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scalegame import __version__
from scalegame.errors import Problems, ScalegameError, end_on_lost_interrupt, printable

if TYPE_CHECKING:
    from scalegame.levels.model import Level
    from scalegame.simulation.scenario import Order

LOST = 1
"""Exit status of what is lost or invalid; 0 is done, 2 wrong usage."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a disk says that takes no more output."""

INTERRUPTED = 130
"""Exit status after Ctrl-C."""


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
        for line in _lines(error):
            click.echo(line, err=True)
        status = LOST
    except BrokenPipeError:
        # Whoever read our output has gone, as `| head` does. Nothing more can be said to anyone.
        sys.stdout = None
        status = LOST
    except OSError as error:
        if error.errno not in _FULL:
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


def _lines(error: ScalegameError) -> Iterator[str]:
    """Yield one line for each problem; where there is no place to begin with, its title is."""
    for single in error.errors if isinstance(error, Problems) else (error,):
        # The name of a file may have anything in it.
        yield printable(str(single) if single.place is not None else f"{single.title}: {single.message}")


class _Whole(click.IntRange):
    """A whole number; click would call it an integer range."""

    name = "whole number"


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="scalegame")
@click.pass_context
def cli(context: click.Context) -> None:
    """Wire a system, put it under load, watch it break, and fix it. Without a command: play."""
    if context.invoked_subcommand is None:
        context.invoke(play)


@cli.command()
@click.argument("level", required=False)
@click.option("--theme", metavar="NAME", help="Colours: dark, light, contrast, or the terminal's own: terminal.")
@click.option("--colours", "--colors", metavar="N", help="How many the terminal can show: auto, 16, 256 or true.")
@click.option("--ascii/--unicode", "ascii", default=None, help="Draw with nothing but ASCII, or with more.")
@click.option("--reduced-motion", is_flag=True, help="Nothing blinks or slides.")
@click.option("--fps", metavar="N", help="Frames a second while a run plays, 1 to 60; 0 for 12, over SSH 7.")
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
@click.option("--linear", is_flag=True, help="Plain text line by line instead of screens, for screen readers.")
def play(
    level: str | None = None,
    theme: str | None = None,
    colours: str | None = None,
    ascii: bool | None = None,
    reduced_motion: bool = False,
    fps: str | None = None,
    no_mouse: bool = False,
    linear: bool = False,
) -> None:
    """Play the game. LEVEL is an id or the path of a .yaml file; without it, go on where you left off.

    What is given here counts this time only; F2 in the game keeps settings.
    """
    from scalegame.tui.app import run as start
    from scalegame.tui.setup.settings import Settings, overlaid

    over: dict[str, object] = {
        "theme": theme,
        "colours": colours,
        "glyphs": None if ascii is None else "ascii" if ascii else "unicode",
        "motion": "reduced" if reduced_motion else None,
        "fps": fps,
        "mouse": "off" if no_mouse else None,
        "linear": "on" if linear else None,
    }
    over = {name: value for name, value in over.items() if value is not None}
    try:
        overlaid(Settings(), over)
    except ScalegameError as error:
        raise click.UsageError(error.message) from None
    status = start(level, over)
    if status:
        click.get_current_context().exit(status)


@cli.command(name="web")
@click.argument("level", required=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="Name or address to listen at.")
@click.option("--port", type=_Whole(1, 65535), default=8000, show_default=True, help="Port to listen at.")
@click.option("--name", "names", multiple=True, help="A name that this machine is called by; may be repeated.")
def in_browser(level: str | None, host: str, port: int, names: tuple[str, ...]) -> None:
    """Play the game in a browser: serve it to this machine until Ctrl-C. LEVEL is as for play.

    Whoever opens the page plays with your saves, and nobody is asked who he is: another --host than the usual one
    is for networks whose people you trust. The page is found under this machine's addresses, and under the names
    that --host and --name give.
    """
    try:
        from scalegame.tui.web import serve
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("scalegame"):
            raise
        raise ScalegameError(
            "Not installed", "the game in a browser needs one thing more: pip install 'scalegame[web]'"
        ) from None
    serve(level, host, port, names)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def levels(as_json: bool) -> None:
    """List the levels."""
    from scalegame.levels.packs import index

    entries = index()
    if as_json:
        keys = ("id", "title", "chapter", "chapter_title", "position", "difficulty", "teaches")
        click.echo(_json([{key: getattr(entry, key) for key in keys} for entry in entries]))
        return
    chapter = None
    for entry in entries:
        if entry.chapter != chapter:
            chapter = entry.chapter
            click.secho(f"{entry.chapter} {entry.chapter_title}", bold=True)
        number = f"{entry.chapter}.{entry.position}"
        click.echo(f"  {number:<5} {entry.id:<24} {entry.title:<28} {'▪' * entry.difficulty}")
    click.secho("Outside of the campaign", bold=True)
    click.echo(f"  {'':<5} {'sandbox':<24} Sandbox")


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
def validate(paths: tuple[str, ...]) -> None:
    """Check levels and designs: files, or folders of them."""
    found = 0
    for path in _yaml_files(paths):
        try:
            click.echo(printable(f"{path}: {_validated(path)}"))
        except ScalegameError as error:
            for line in _lines(error):
                found += 1
                click.echo(line)
    if found:
        click.echo(f"{found} problem{'' if found == 1 else 's'}", err=True)
        click.get_current_context().exit(LOST)


def _yaml_files(paths: Sequence[str]) -> Iterator[Path]:
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


def _validated(path: Path) -> str:
    """Return what to say of a file in which nothing is wrong."""
    from scalegame.components import kinds
    from scalegame.levels import designs, load, packs, yamltree

    document = yamltree.load(path)
    if designs.is_design(document):
        design = designs.read_design(document)
        try:
            level = packs.by_id(design.level, kinds())
        except ScalegameError as error:
            raise error.at(document.place(("level",))) from None
        _, board = designs.board_of(document, level)
        designs.check_start(board, level, document.place(()))
        designs.orders_of(document, board, level.under(board))
        return f"a design for {level.id}, {len(design.do)} edits"
    level = load.load(path, kinds())
    return f'"{level.title}", {len(level.objectives)} objectives, {len(level.attempts)} attempts'


@cli.command()
@click.argument("level")
@click.option("--design", type=click.Path(), help="A design file; without it, the board as found.")
@click.option("--seed", type=_Whole(0, 2**63 - 1), metavar="N", help="Run this seed alone.")
@click.option("--seeds", type=_Whole(1, 1000), metavar="N", help="Run so many of the level's play seeds (3).")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option(
    "--trace",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Follow a few requests of the worst seed hop by hop, as lines of JSON.",
)
@click.option(
    "--orders",
    type=click.Path(),
    metavar="FILE",
    help='What is done while it runs, a line each: "at 12 s: scale web 4"; or the design file that says it.',
)
def run(
    level: str,
    design: str | None,
    seed: int | None,
    seeds: int | None,
    as_json: bool,
    trace: Path | None,
    orders: str | None,
) -> None:
    """Run a design on a level, without the screens."""
    if seed is not None and seeds is not None:
        raise click.UsageError("--seed and --seeds exclude each other")
    from scalegame.components import kinds
    from scalegame.design.edits import difference
    from scalegame.insight import reports
    from scalegame.insight.diagnosis import diagnose
    from scalegame.levels import designs, packs, yamltree
    from scalegame.levels.model import PLAY_SEEDS
    from scalegame.simulation.run import simulate
    from scalegame.verdict.judge import judge

    chosen = packs.find(level, kinds())
    board = chosen.found
    document = None if design is None else yamltree.load(Path(design))
    if document is not None:
        _, board = designs.board_of(document, chosen)
    designs.check_start(board, chosen)
    chosen = chosen.under(board)
    log: tuple[Order, ...] = ()
    if orders is not None:
        log = designs.load_orders(orders, board, chosen)
    elif document is not None:
        log = designs.orders_of(document, board, chosen)
    scenario = replace(chosen.scenario(board), orders=log)
    wanted = (seed,) if seed is not None else chosen.seeds("play", seeds or PLAY_SEEDS)
    with _ended_by_interrupt():
        runs = [simulate(scenario, kinds(), each) for each in wanted]
    verdict = judge(chosen.objectives, chosen.stars, [r.result for r in runs], board, chosen.rulebook)
    diagnoses = [diagnose(scenario, r.result, r.recording, verdict) for r in runs]
    if as_json:
        lines = difference(chosen.found, board, chosen.rulebook)
        click.echo(_json(reports.run_json(chosen, lines, verdict, diagnoses)))
    else:
        _print(reports.run_table(chosen, verdict, [f.sentence for f in diagnoses[verdict.worst]]))
    if trace is not None:
        from scalegame.insight.tracing import traces

        worst = verdict.worst
        followed = traces(scenario, kinds(), wanted[worst], runs[worst].recording.requests)
        told = [_line(one) for one in followed]
        _write(trace, "".join(f"{line}\n" for line in told))
    if not verdict.won:
        click.get_current_context().exit(LOST)


def _line(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False)


@contextmanager
def _ended_by_interrupt() -> Iterator[None]:
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


def _write(path: Path, text: str) -> None:
    """Writes a file that the user named, whole or not at all."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        reason = (error.strerror or "unknown reason").lower()
        raise ScalegameError("Not written", f"cannot write {path}: {reason}") from None


@cli.command()
@click.argument("levels", nargs=-1, required=True, metavar="LEVEL...")
@click.option("--fresh", is_flag=True, help="Draw new seeds instead of those that belong to the level.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def prove(levels: tuple[str, ...], fresh: bool, as_json: bool) -> None:
    """Prove that solutions win and decoys lose, on unseen seeds. LEVEL is an id, a file or a folder."""
    end_on_lost_interrupt()
    from scalegame.components import kinds
    from scalegame.proving.certificate import certificate, write_certificate
    from scalegame.proving.prove import prove as prove_level
    from scalegame.proving.report import as_json as proof_json
    from scalegame.proving.report import report

    proofs = []
    for level in _levels(levels):
        proof = prove_level(level, kinds(), fresh=fresh, progress=_progress(level.id))
        proofs.append(proof)
        if proof.proved and proof.full and not fresh and _ours(level):
            write_certificate(level, certificate(proof, level))
        if not as_json:
            click.echo("\n".join(report(proof)))
    if as_json:
        click.echo(_json([proof_json(proof) for proof in proofs]))
    if not all(proof.proved for proof in proofs):
        click.get_current_context().exit(LOST)


def _levels(names: Sequence[str]) -> Iterator[Level]:
    """Yield the levels that are meant: by id, by file, or all in a folder."""
    from scalegame.components import kinds
    from scalegame.levels import packs
    from scalegame.levels.load import load

    for name in names:
        if Path(name).is_dir():
            for path in _yaml_files((name,)):
                yield load(path, kinds())
        else:
            yield packs.find(name, kinds())


def _ours(level: Level) -> bool:
    """Tell whether a level is one of the game's own, in a checkout: only there certificates are kept."""
    from scalegame.levels.packs import folder

    home = folder()
    return home.name == "levels" and Path(level.source).resolve().is_relative_to(home)


def _progress(name: str) -> Callable[[int, int], None] | None:
    """Return what shows how far a proof is; nobody looks where errors are not shown on a terminal."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, of: int) -> None:
        click.echo(f"\r{name}: {done}/{of}" if done < of else "\r\x1b[K", nl=False, err=True)

    return show


@cli.command()
@click.argument("path", type=click.Path(path_type=Path))
def new(path: Path) -> None:
    """Write a level to start from; it validates, plays and proves as it is."""
    from scalegame.levels.starter import write_starter

    id = write_starter(path)
    click.echo(printable(f"{path}: the level {id}. Next: scalegame play {shlex.quote(str(path))}"))


@cli.command()
@click.argument("level")
@click.option("--design", type=click.Path(), help="A design file; without it, the board as found.")
def share(level: str, design: str | None) -> None:
    """Print a design as a share code, which can be pasted in the game or given to `scalegame open`."""
    from scalegame import ENGINE
    from scalegame.components import kinds
    from scalegame.design import sharecode
    from scalegame.design.designfile import design_of
    from scalegame.levels import designs, packs, yamltree

    chosen = packs.find(level, kinds())
    board, live = chosen.found, tuple[str, ...]()
    if design is not None:
        document = yamltree.load(Path(design))
        board = designs.board_of(document, chosen)[1]
        live = tuple(map(str, designs.orders_of(document, board, chosen.under(board))))
    click.echo(sharecode.encode(design_of(board, chosen.rulebook, chosen.id, chosen.digest, ENGINE, live)))


@cli.command(name="open")
@click.argument("code")
def open_code(code: str) -> None:
    """Print the design file that a share code stands for. CODE may be - for standard input."""
    from scalegame.design import sharecode
    from scalegame.levels.designs import design_text

    text = sys.stdin.read(2 * sharecode.LONGEST_CODE + 1) if code == "-" else code
    click.echo(design_text(sharecode.decode(text)), nl=False)


@cli.command()
@click.argument("what", type=click.Choice(["level", "design"]))
def schema(what: str) -> None:
    """Print the JSON Schema of level or design files, for editors."""
    from scalegame.components import kinds
    from scalegame.levels.designs import DesignShape
    from scalegame.levels.schema import level_schema

    described = level_schema(kinds()) if what == "level" else DesignShape.model_json_schema()
    click.echo(_json({"$schema": "https://json-schema.org/draft/2020-12/schema", **described}))


def _json(data: object) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)


def _print(what: object) -> None:
    from rich.console import Console

    Console(highlight=False).print(what)
