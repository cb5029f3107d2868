"""Commands that run a design without the screens, and hand designs on."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scalegame.cli.group import LOST, Whole, as_text, cli, ended_by_interrupt, show, write
from scalegame.errors import ScalegameError, nearest, quoted

if TYPE_CHECKING:
    from scalegame.levels.model import Attempt, Level
    from scalegame.simulation.scenario import Order


@cli.command()
@click.argument("level")
@click.option("--design", type=click.Path(), help="A design file; without it, the board as found.")
@click.option("--attempt", metavar="NAME", help="An attempt that the level's file declares, instead of a design.")
@click.option("--seed", type=Whole(0, 2**63 - 1), metavar="N", help="Run this seed alone.")
@click.option("--seeds", type=Whole(1, 1000), metavar="N", help="Run so many of the level's play seeds (3).")
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
    attempt: str | None,
    seed: int | None,
    seeds: int | None,
    as_json: bool,
    trace: Path | None,
    orders: str | None,
) -> None:
    """Run a design on a level, without the screens."""
    if seed is not None and seeds is not None:
        raise click.UsageError("--seed and --seeds exclude each other")
    if attempt is not None and (design is not None or orders is not None):
        raise click.UsageError("--attempt stands for a design with its orders: leave --design and --orders out")
    from scalegame.components import kinds
    from scalegame.design import edits
    from scalegame.insight import reports
    from scalegame.insight.diagnosis import diagnose
    from scalegame.levels import designs, packs, yamltree
    from scalegame.levels.live import read_line
    from scalegame.levels.model import PLAY_SEEDS
    from scalegame.simulation.run import simulate
    from scalegame.verdict.judge import judge

    chosen = packs.find(level, kinds())
    board = chosen.found
    document = None if design is None else yamltree.load(Path(design))
    if document is not None:
        _, board = designs.board_of(document, chosen)
    declared = None if attempt is None else _attempt(chosen, attempt)
    if declared is not None:
        board = edits.apply_all(board, declared.do, chosen.rulebook)
    designs.check_start(board, chosen)
    chosen = chosen.under(board)
    log: tuple[Order, ...] = ()
    if declared is not None:
        log = chosen.desk(board).check_all(map(read_line, declared.live))
    elif orders is not None:
        log = designs.load_orders(orders, board, chosen)
    elif document is not None:
        log = designs.orders_of(document, board, chosen)
    scenario = replace(chosen.scenario(board), orders=log)
    wanted = (seed,) if seed is not None else chosen.seeds("play", seeds or PLAY_SEEDS)
    with ended_by_interrupt():
        runs = [simulate(scenario, kinds(), each) for each in wanted]
    verdict = judge(chosen.objectives, chosen.stars, [r.result for r in runs], board, chosen.rulebook)
    diagnoses = [diagnose(scenario, r.result, r.recording, verdict) for r in runs]
    if as_json:
        lines = edits.difference(chosen.found, board, chosen.rulebook)
        click.echo(as_text(reports.run_json(chosen, lines, verdict, diagnoses)))
    else:
        show(reports.run_table(chosen, verdict, [f"{f.title}: {f.sentence}" for f in diagnoses[verdict.worst]]))
    if trace is not None:
        from scalegame.insight.tracing import traces

        worst = verdict.worst
        followed = traces(scenario, kinds(), wanted[worst], runs[worst].recording.requests)
        told = [_line(one) for one in followed]
        write(trace, "".join(f"{line}\n" for line in told))
    if not verdict.won:
        click.get_current_context().exit(LOST)


def _attempt(level: Level, name: str) -> Attempt:
    """The attempt of a name.

    Raises:
        ScalegameError: The level's file declares none of that name.
    """
    found = {attempt.name: attempt for attempt in level.attempts}
    if name not in found:
        message = f"{level.id} has no attempt {quoted(name)}{nearest(name, found)}"
        raise ScalegameError("No such attempt", message)
    return found[name]


def _line(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False)


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
