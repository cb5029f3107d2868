"""The command that proves levels."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scalegame.cli.group import LOST, as_text, cli, levels_meant
from scalegame.errors import end_on_lost_interrupt

if TYPE_CHECKING:
    from scalegame.levels.model import Level


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
    for level in levels_meant(levels):
        proof = prove_level(level, kinds(), fresh=fresh, progress=_progress(level.id))
        proofs.append(proof)
        if proof.proved and proof.full and not fresh and _ours(level):
            write_certificate(level, certificate(proof, level))
        if not as_json:
            click.echo("\n".join(report(proof)))
    if as_json:
        click.echo(as_text([proof_json(proof) for proof in proofs]))
    if not all(proof.proved for proof in proofs):
        click.get_current_context().exit(LOST)


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
