"""Commands for packs: folders of levels that are handed on as one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scalegame.cli.group import as_text, cli
from scalegame.errors import Place, ScalegameError, printable

if TYPE_CHECKING:
    from scalegame.levels.packmodel import Checked
    from scalegame.levels.packs import Shelf


@cli.group(name="pack")
def pack_group() -> None:
    """Check, export, import, list and remove packs of levels."""


@pack_group.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def check(folder: Path) -> None:
    """Check a pack: its pack.yaml, and all its levels.

    A warning is what is allowed and hardly ever meant: a profile that no level takes.
    """
    from scalegame.components import kinds
    from scalegame.levels import lint, packmodel

    found = packmodel.check(folder, kinds())
    _say(f"{folder}: {_described(found)}")
    for finding in lint.lint_pack(folder):
        _say(str(finding))


@pack_group.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--without-solutions", is_flag=True, help="Without attempts that win, comments and certificates.")
@click.option("--replace", is_flag=True, help="FILE may be there: it is written anew.")
def export(folder: Path, file: Path, without_solutions: bool, replace: bool) -> None:
    """Write the pack in a folder to one file, which others import."""
    from scalegame.components import kinds
    from scalegame.files import rewrite
    from scalegame.levels import packfile
    from scalegame.levels.packnames import PACK_ENDING

    if file.suffix != PACK_ENDING:
        message = f"the file of a pack ends in {PACK_ENDING}: write {file.with_suffix(PACK_ENDING)}"
        raise ScalegameError("Bad name", message, Place(str(file)))
    if file.exists() and not replace:
        message = "there is such a file already: choose another name, or write --replace"
        raise ScalegameError("Already there", message, Place(str(file)))
    packed, found = packfile.pack(folder, kinds(), solutions=not without_solutions)
    rewrite(file, packfile.dumps(packed))
    for name in packed.left_out:
        _say(f"left out: {name}")
    without = "" if packed.solutions else ", without solutions"
    _say(f"{file}: {_described(found)}, {len(packed.files)} files{without}. Next: scalegame pack import {file}")


@pack_group.command(name="import")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--replace", is_flag=True, help="Put it in the place of an installed pack of the same id.")
def import_pack(file: Path, replace: bool) -> None:
    """Install a pack from its file; the list of levels shows it after the campaign."""
    from scalegame.components import kinds
    from scalegame.levels.packinstall import install

    found = install(file, kinds(), replace=replace)
    _say(f"{found.pack.id}: {_described(found)}. Next: scalegame play {found.levels[0].id}")


@pack_group.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_packs(as_json: bool) -> None:
    """List the packs: the campaign, and those that were imported."""
    from scalegame.levels.packs import shelves

    found = shelves()
    if as_json:
        click.echo(as_text([_data(shelf) for shelf in found]))
        return
    for shelf in found:
        title = shelf.pack.title if shelf.pack is not None else ""
        count = f"{len(shelf.entries):>3} level{'s' if len(shelf.entries) != 1 else ''}"
        what = count if shelf.problem is None else f"cannot be played: {shelf.problem}"
        _say(f"{shelf.id:<24} {title:<28} {what}")


@pack_group.command()
@click.argument("id")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(id: str, yes: bool) -> None:
    """Remove an imported pack. What was played of it is kept, and counts again when it is imported again."""
    from scalegame.levels import packinstall

    if not yes:
        click.confirm(printable(f"Remove the pack {id} with its levels? What you played is kept"), abort=True)
    packinstall.remove(id)
    _say(f"{id} is removed")


def _described(found: Checked) -> str:
    count = len(found.levels)
    return f'"{found.pack.title}", {count} level{"" if count == 1 else "s"}'


def _data(shelf: Shelf) -> dict[str, object]:
    pack = shelf.pack
    said = (
        {}
        if pack is None
        else {key: getattr(pack, key) for key in ("title", "author", "licence", "language", "about", "unlock")}
    )
    return {
        "id": shelf.id,
        **said,
        "folder": "" if pack is None else str(pack.folder),
        "levels": [entry.id for entry in shelf.entries],
        "problem": None if shelf.problem is None else str(shelf.problem),
    }


def _say(text: str) -> None:
    # Names of files may have anything in them.
    click.echo(printable(text))
