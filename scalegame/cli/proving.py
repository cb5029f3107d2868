"""The command that proves levels."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scalegame.cli.group import LOST, Whole, as_text, cli, levels_meant
from scalegame.errors import end_on_lost_interrupt

if TYPE_CHECKING:
    from scalegame.levels.model import Level
    from scalegame.proving.model import Proof
    from scalegame.proving.running import Progress

#: Processes, unless told otherwise: more than this are seldom fed.
MOST_JOBS = 8
#: Runs of each loser in a quick re-proof.
LOSERS_SEEDS = 3


@cli.command()
@click.argument("levels", nargs=-1, metavar="[LEVEL]...")
@click.option("--fresh", is_flag=True, help="Draw new seeds instead of those that belong to the level.")
@click.option("--sample", is_flag=True, help="Only what has no current certificate, and a sample of the rest.")
@click.option("--search", type=Whole(0, 10_000), metavar="N", help="Designs to try that nobody wrote; 0: none.")
@click.option("--jobs", type=Whole(0, 64), help="Processes to run in; 0: this one. Without it, one a core.")
@click.option("--no-cache", is_flag=True, help="Make every run anew, also those that were made before.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def prove(
    levels: tuple[str, ...],
    fresh: bool,
    sample: bool,
    search: int | None,
    jobs: int | None,
    no_cache: bool,
    as_json: bool,
) -> None:
    """Prove that solutions win, decoys lose, and nothing else wins, on unseen seeds.

    LEVEL is an id, a file or a folder; without any, the whole campaign is proved. A level's variants are proved
    with it. Runs that were made before are not made again, so a proof goes on where Ctrl-C ended it.
    """
    end_on_lost_interrupt()
    from scalegame.components import kinds
    from scalegame.proving.cache import Cache, default_path
    from scalegame.proving.certificate import certificate, write_certificate
    from scalegame.proving.processes import Workers
    from scalegame.proving.prove import prove as prove_level
    from scalegame.proving.report import as_json as proof_json
    from scalegame.proving.report import report
    from scalegame.proving.search import DESIGNS

    chosen = [(level, True) for level in _with_variants(levels_meant(levels or _campaign()))]
    if sample:
        chosen = _sampled([level for level, _ in chosen])
    proofs = []
    with ExitStack() as stack:
        stack.enter_context(_ended_tidily())
        cache = Cache(None if no_cache else default_path())
        stack.callback(cache.close)
        count = min(os.cpu_count() or 1, MOST_JOBS) if jobs is None else jobs
        executor = stack.enter_context(Workers(count)) if count else None
        for number, (level, whole) in enumerate(chosen, 1):
            with _progress(f"{number}/{len(chosen)} {level.own}") as progress:
                proof = prove_level(
                    level,
                    kinds(),
                    fresh=fresh,
                    losers_seeds=None if whole else LOSERS_SEEDS,
                    generate=whole,
                    search=(DESIGNS if search is None else search) if whole else 0,
                    executor=executor,
                    workers=0,
                    cache=cache,
                    progress=progress,
                )
            proofs.append(proof)
            if proof.proved and proof.full and not fresh and _kept(level):
                write_certificate(level, certificate(proof, level))
            if not as_json:
                click.echo("\n".join(report(proof)))
    if as_json:
        click.echo(as_text([proof_json(proof) for proof in proofs]))
    elif len(proofs) > 1:
        click.echo(_summary(proofs))
    if not all(proof.proved for proof in proofs):
        click.get_current_context().exit(LOST)


def _campaign() -> Sequence[str]:
    """Return the levels of the game."""
    from scalegame.levels.packs import index

    return [entry.id for entry in index()]


def _with_variants(levels: Iterable[Level]) -> Iterator[Level]:
    """Yield levels, each with its variants, unless one of them was meant; of drawn ones the first two."""
    from scalegame.components import kinds
    from scalegame.levels.load import load

    for level in levels:
        yield level
        if not level.variant:
            for variant in (*level.variants, *(("1", "2") if level.drawn else ())):
                yield load(Path(level.source), kinds(), variant)


def _sampled(levels: Sequence[Level]) -> list[tuple[Level, bool]]:
    """Return what changed, to be proved in full, and a sample of the rest."""
    from scalegame.proving.sampling import sample

    stale, current = sample(levels)
    return [*((level, True) for level in stale), *((level, False) for level in current)]


def _summary(proofs: Sequence[Proof]) -> str:
    """Return the last line, where there were several."""
    failed = [proof.level for proof in proofs if not proof.proved]
    told = f"not proved: {', '.join(failed)}" if failed else "all of them proved"
    return f"{len(proofs)} levels, {told}"


def _kept(level: Level) -> bool:
    """Tell whether a certificate is kept: of the game's own levels in a checkout, and in a pack's folder."""
    from scalegame.levels.naming import CAMPAIGN
    from scalegame.levels.packs import folder, installed_folder

    home, source = folder(), Path(level.source).resolve()
    if home.name == "levels" and source.is_relative_to(home):
        return True
    # What was imported stays as it came.
    return level.pack not in ("", CAMPAIGN) and not source.is_relative_to(installed_folder().resolve())


@contextmanager
def _ended_tidily() -> Iterator[None]:
    """Meanwhile a process that is told to end does it as after Ctrl-C: what works for it ends, too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _progress(name: str) -> Iterator[Progress | None]:
    """Yield what shows how far a proof is; nobody looks where errors are not shown on a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("runs, {task.fields[known]} known before", markup=False),
        TimeElapsedColumn(),
    )
    # What is printed belongs to another stream, which may be a file: it is not taken over.
    with Bar(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False
    ) as bar:
        task = bar.add_task(name, total=None, known=0)

        def show(done: int, of: int, known: int) -> None:
            bar.update(task, completed=done, total=of, known=known)

        yield show
