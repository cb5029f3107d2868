"""Commands to play with."""

from __future__ import annotations

from pathlib import Path

import click

from scalegame.cli.group import Whole, as_text, cli
from scalegame.errors import ScalegameError, printable


@cli.command()
@click.argument("level", required=False)
@click.option("--theme", metavar="NAME", help="Colours: dark, light, contrast, or the terminal's own: terminal.")
@click.option("--colours", "--colors", metavar="N", help="How many the terminal can show: auto, 16, 256 or true.")
@click.option("--ascii/--unicode", "ascii", default=None, help="Draw with nothing but ASCII, or with more.")
@click.option("--reduced-motion", is_flag=True, help="Nothing blinks or slides.")
@click.option("--fps", metavar="N", help="Frames a second while a run plays, 1 to 60; 0 for 12, over SSH 7.")
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
@click.option("--linear", is_flag=True, help="Plain text line by line instead of screens, for screen readers.")
@click.option("--language", metavar="NAME", help="Of the texts in levels that have it, as in de.")
@click.option("--author", is_flag=True, help="Work on LEVEL: its file is read again whenever you save it.")
def play(
    level: str | None = None,
    theme: str | None = None,
    colours: str | None = None,
    ascii: bool | None = None,
    reduced_motion: bool = False,
    fps: str | None = None,
    no_mouse: bool = False,
    linear: bool = False,
    language: str | None = None,
    author: bool = False,
) -> None:
    """Play the game. LEVEL is an id or the path of a .yaml file; without it, go on where you left off.

    After an @ comes a variant: two-is-company@steep, my.yaml@17. The folder of a pack puts that pack on the list
    of levels.

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
        "language": language,
    }
    over = {name: value for name, value in over.items() if value is not None}
    try:
        overlaid(Settings(), over)
    except ScalegameError as error:
        raise click.UsageError(error.message) from None
    if author and level is None:
        raise click.UsageError("--author needs the file to work on: scalegame play --author my-level.yaml")
    status = start(level, over, author=True) if author else start(level, over)
    if status:
        click.get_current_context().exit(status)


@cli.command(name="web")
@click.argument("level", required=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="Name or address to listen at.")
@click.option("--port", type=Whole(1, 65535), default=8000, show_default=True, help="Port to listen at.")
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
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def levels(folder: Path | None, as_json: bool) -> None:
    """List the levels: the campaign and imported packs, or those of the pack in a folder."""
    from scalegame.levels.naming import CAMPAIGN
    from scalegame.levels.packfolder import entries_of, read_pack
    from scalegame.levels.packs import Shelf, shelves

    if folder is not None:
        pack = read_pack(folder)
        shown: tuple[Shelf, ...] = (Shelf(pack.id, pack, entries_of(pack)),)
    else:
        shown = shelves()
    if as_json:
        keys = ("id", "title", "chapter", "chapter_title", "position", "difficulty", "teaches", "pack")
        from scalegame.proving.certificate import estimated_difficulty

        entries = [entry for shelf in shown for entry in shelf.entries]
        click.echo(
            as_text(
                [
                    {key: getattr(e, key) for key in keys} | {"estimated": estimated_difficulty(e.path, e.own)}
                    for e in entries
                ]
            )
        )
        return
    for shelf in shown:
        # The campaign needs no heading: it is the game.
        if shelf.id != CAMPAIGN:
            click.secho(printable(shelf.pack.title if shelf.pack is not None else shelf.id), bold=True)
        if shelf.problem is not None:
            click.echo(printable(f"  cannot be played: {shelf.problem}"))
        chapter = None
        for entry in shelf.entries:
            if entry.chapter != chapter:
                chapter = entry.chapter
                click.secho(printable(f"{entry.chapter} {entry.chapter_title}"), bold=True)
            number = f"{entry.chapter}.{entry.position}"
            name = f"  {number:<5} {entry.id:<24} {entry.title:<28} {'▪' * entry.difficulty}"
            click.echo(printable(name))
    if folder is None:
        click.secho("Outside of the campaign", bold=True)
        click.echo(f"  {'':<5} {'sandbox':<24} Sandbox")
