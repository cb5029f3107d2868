"""Commands to write levels with."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from scalegame.cli.group import LOST, as_text, cli, lines_of, yaml_files
from scalegame.errors import ScalegameError, printable


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
def validate(paths: tuple[str, ...]) -> None:
    """Check levels and designs: files, or folders of them."""
    found = 0
    for path in yaml_files(paths):
        try:
            click.echo(printable(f"{path}: {_validated(path)}"))
        except ScalegameError as error:
            for line in lines_of(error):
                found += 1
                click.echo(line)
    if found:
        click.echo(f"{found} problem{'' if found == 1 else 's'}", err=True)
        click.get_current_context().exit(LOST)


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
@click.argument("path", type=click.Path(path_type=Path))
def new(path: Path) -> None:
    """Write a level to start from; it validates, plays and proves as it is."""
    from scalegame.levels.starter import write_starter

    id = write_starter(path)
    click.echo(printable(f"{path}: the level {id}. Next: scalegame play {shlex.quote(str(path))}"))


@cli.command()
@click.argument("what", type=click.Choice(["level", "design"]))
def schema(what: str) -> None:
    """Print the JSON Schema of level or design files, for editors."""
    from scalegame.components import kinds
    from scalegame.levels.designs import DesignShape
    from scalegame.levels.schema import level_schema

    described = level_schema(kinds()) if what == "level" else DesignShape.model_json_schema()
    click.echo(as_text({"$schema": "https://json-schema.org/draft/2020-12/schema", **described}))
