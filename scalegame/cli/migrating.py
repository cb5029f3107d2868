"""The command that brings level files to the newest format."""

from __future__ import annotations

import click

from scalegame.cli.group import LOST, cli, lines_of, yaml_files
from scalegame.errors import ScalegameError, printable


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
def migrate(paths: tuple[str, ...]) -> None:
    """Bring levels to the newest format: files, or folders of them.

    Files are rewritten in place. Comments, order and layout stay, and so does the meaning: a file is only written
    when the level in it is the same afterwards.
    """
    from scalegame.components import kinds
    from scalegame.levels import designs, yamltree
    from scalegame.levels.migration import FORMAT, migrate_file

    failed = 0
    for path in yaml_files(paths):
        try:
            if path.name == "pack.yaml" or designs.is_design(yamltree.load(path)):
                continue
            done = migrate_file(path, kinds())
            click.echo(printable(f"{path}: {'now' if done else 'already'} format {FORMAT}"))
        except ScalegameError as error:
            for line in lines_of(error):
                failed += 1
                click.echo(line, err=True)
    if failed:
        click.get_current_context().exit(LOST)
