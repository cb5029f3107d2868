"""Commands to write levels with."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scalegame.cli.group import LOST, as_text, cli, lines_of, yaml_files
from scalegame.errors import Problems, ScalegameError, printable

if TYPE_CHECKING:
    from scalegame.levels.lint import Finding


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--strict", is_flag=True, help="Fail on warnings, too, unless the level accepts them.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def validate(paths: tuple[str, ...], strict: bool, as_json: bool) -> None:
    """Check levels, packs and designs: files, or folders of them.

    What is wrong is told with its place. A warning is what is allowed and hardly ever meant; a level
    names it under accepts, with the reason, if it is meant.
    """
    found = warned = 0
    told: list[dict[str, object]] = []
    for path in yaml_files(paths):
        try:
            text, findings, _ = validated(path)
        except ScalegameError as error:
            found += sum(1 for _ in lines_of(error))
            told.append({"file": str(path), "problems": _problems(error), "warnings": []})
            if not as_json:
                click.echo("\n".join(lines_of(error)))
                if isinstance(error, Problems) and error.more:
                    click.echo(
                        f"{printable(str(path))}: what else there is is looked for once this is right", err=True
                    )
            continue
        warned += sum(1 for finding in findings if not finding.accepted)
        told.append({"file": str(path), "problems": [], "warnings": [_warning(each) for each in findings]})
        if not as_json:
            click.echo("\n".join([printable(f"{path}: {text}"), *map(str, findings)]))
    if as_json:
        click.echo(as_text(told))
    if found or (strict and warned):
        count = found or warned
        what = "problem" if found else "warning"
        click.echo(f"{count} {what}{'' if count == 1 else 's'}", err=True)
        click.get_current_context().exit(LOST)


def _problems(error: ScalegameError) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for each in error.errors if isinstance(error, Problems) else (error,):
        place = each.place
        line, column = (place.line, place.column) if place is not None else (None, None)
        found.append({"message": each.message, "line": line, "column": column})
    return found


def _warning(finding: Finding) -> dict[str, object]:
    place, accepted = finding.place, finding.accepted or None
    where = {"line": place.line, "column": place.column}
    return {"name": finding.name, "message": finding.message, **where, "accepted": accepted}


def validated(path: Path) -> tuple[str, tuple[Finding, ...], bool]:
    """Check a file.

    Returns:
        What to say of it, what is hardly meant in it, and whether it is a level.

    Raises:
        ScalegameError: Something in it is wrong; `Problems` where there are several.
    """
    from scalegame.components import kinds
    from scalegame.levels import designs, lint, load, packmodel, packs, yamltree
    from scalegame.levels.packnames import PACK_FILE
    from scalegame.proving.certificate import is_current, read_certificate

    if path.name == PACK_FILE:
        title, entries = packmodel.check_file(path).title, packs.index(path.parent)
        told = f'the pack "{title}", {len(entries)} level{"" if len(entries) == 1 else "s"}'
        return told, lint.lint_pack(path.parent), False
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
        return f"a design for {level.id}, {len(design.do)} edits", (), False
    level = load.read(document, path, kinds())
    certificate = read_certificate(level)
    findings = lint.lint(level, document, certificate if is_current(level, certificate) else None)
    return f'"{level.title}", {len(level.objectives)} objectives, {len(level.attempts)} attempts', findings, True


@cli.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--like", default="capacity", metavar="NAME", help="What to start from; --list names them.")
@click.option("--list", "listed", is_flag=True, help="Name what there is to start from.")
@click.option("--no-schema", is_flag=True, help="Write no level.schema.json for editors beside it.")
def new(path: Path | None, like: str, listed: bool, no_schema: bool) -> None:
    """Write a level to start from; it validates, plays and proves as it is."""
    from scalegame.components import kinds
    from scalegame.levels.archetypes import ARCHETYPES, write_archetype, write_schema

    if listed:
        width = max(map(len, ARCHETYPES))
        click.echo("\n".join(f"{name:{width}}  {about}" for name, about in ARCHETYPES.items()))
        return
    if path is None:
        raise ScalegameError("No name", "what is the file to be called? As in: scalegame new my-idea.yaml")
    id = write_archetype(path, like, schema=not no_schema)
    if not no_schema:
        write_schema(path.parent, kinds())
    click.echo(printable(f"{path}: the level {id}. Next: scalegame play {shlex.quote(str(path))}"))


@cli.command()
@click.argument("what", type=click.Choice(["level", "pack", "design", "reference"]))
def schema(what: str) -> None:
    """Print the JSON Schema of level, pack or design files, for editors; or all of them as a page to read."""
    from scalegame.components import kinds
    from scalegame.levels.designs import DesignShape
    from scalegame.levels.fields import Shape
    from scalegame.levels.packmodel import PackShape
    from scalegame.levels.reference import reference
    from scalegame.levels.schema import level_schema

    if what == "reference":
        click.echo(reference())
        return
    shapes: dict[str, type[Shape]] = {"pack": PackShape, "design": DesignShape}
    described = level_schema(kinds()) if what == "level" else shapes[what].model_json_schema()
    click.echo(as_text({"$schema": "https://json-schema.org/draft/2020-12/schema", **described}))
