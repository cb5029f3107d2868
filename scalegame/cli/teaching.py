"""The command for classrooms: a level on paper."""

from __future__ import annotations

from pathlib import Path

import click

from scalegame.cli.group import cli
from scalegame.errors import Place, ScalegameError


@cli.command()
@click.argument("level")
@click.option("--format", "form", type=click.Choice(["markdown", "html"]), default="markdown", show_default=True)
@click.option("--answers", is_flag=True, help="For the teacher: hints, attempts and debrief instead of the task.")
@click.option("--language", default="", metavar="LANGUAGE", help="Of the level's texts, where it has several: de.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write it to a file; without this it is printed.",
)
@click.option("--replace", is_flag=True, help="FILE may be there: it is written anew.")
def handout(level: str, form: str, answers: bool, language: str, output: Path | None, replace: bool) -> None:
    """Print a level's task and worksheet, or its solutions. LEVEL is an id or a file."""
    from scalegame.components import kinds
    from scalegame.files import rewrite
    from scalegame.levels import packs
    from scalegame.levels.handout import html, markdown, sheet_of

    chosen = packs.find(level, kinds(), language)
    blocks = sheet_of(chosen, answers)
    text = html(chosen.title, blocks, chosen.language) if form == "html" else markdown(blocks)
    if output is None:
        click.echo(text, nl=False)
        return
    if output.exists() and not replace:
        message = "there is such a file already: choose another name, or write --replace"
        raise ScalegameError("Already there", message, Place(str(output)))
    rewrite(output, text)
