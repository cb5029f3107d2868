"""A level on paper: all is on it, nothing in it does anything, solutions only where they are asked for."""

import html as codec
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from scalegame.cli import cli
from scalegame.components import kinds
from scalegame.design.model import Board, Component, Wire
from scalegame.errors import ScalegameError, is_control
from scalegame.levels import packs
from scalegame.levels.handout import html, markdown, sheet_of
from scalegame.levels.handout.blocks import Block, Bullets, Drawing, Heading, Lines, Table, Text
from scalegame.levels.handout.drawing import AGAIN, drawn
from scalegame.levels.handout.programs import steps_of
from scalegame.levels.load import load
from scalegame.levels.model import Level

SAMPLE = Path(__file__).parent / "sample.yaml"
NASTY = '<script>alert("x")</script> **bold** `code` [link](http://x) \x1b[31mred\u202e | cell\n# no heading'


@pytest.fixture(scope="module")
def levels() -> tuple[Level, ...]:
    return (*packs.shipped(kinds()), load(SAMPLE, kinds()), packs.by_id("sandbox", kinds()))


class Page(HTMLParser):
    """The elements and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: set[str] = set()
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_every_level_can_be_printed(levels: tuple[Level, ...]) -> None:
    for level in levels:
        for answers in (False, True):
            blocks = sheet_of(level, answers)
            page = Page(html(level.title, blocks))
            assert not page.open, level.id
            assert set(page.tags) <= {
                *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "b", "ul", "li"),
                *("pre", "table", "thead", "tbody", "tr", "th", "td", "div"),
            }
            assert page.attributes <= {"charset", "lang", "class"}  # nothing is fetched, nothing runs
            for block in blocks:
                if isinstance(block, Table):
                    assert all(len(row) == len(block.head) for row in block.rows), level.id


def test_the_task_has_what_a_player_needs_and_no_solution(levels: tuple[Level, ...]) -> None:
    for level in levels:
        text = markdown(sheet_of(level))
        plain = text.replace("\\", "")
        flat = " ".join(plain.split())
        assert " ".join(level.brief.split()) in flat, level.id
        for objective in level.objectives:
            assert objective.text in plain
        for size in level.rulebook.sizes.values():
            assert f"| {size.name} | {size.cores} |" in plain
        for offer in (*level.rulebook.palette, *level.rulebook.projects):
            assert offer in plain
        for fault in level.faults:
            assert str(fault) in plain
        assert level.debrief.split("\n")[0] not in plain
        for hint in level.hints:
            assert hint not in flat, level.id
        for attempt in level.attempts:
            assert not attempt.says or attempt.says not in flat, level.id


def test_the_answers_have_every_attempt(levels: tuple[Level, ...]) -> None:
    for level in levels:
        plain = markdown(sheet_of(level, answers=True)).replace("\\", "")
        flat = " ".join(plain.split())
        for attempt in level.attempts:
            assert f"| {attempt.name} |" in plain
            assert " ".join(attempt.says.split()) in flat
            if attempt.loses is not None:
                assert level.objectives[attempt.loses].text in plain
        for text in (*level.hints, *level.outcomes, level.debrief):
            assert " ".join(text.split()) in flat


def test_every_card_is_drawn(levels: tuple[Level, ...]) -> None:
    for level in levels:
        lines = drawn(level.found, level.rulebook)
        for card in level.found:
            assert any(re.search(rf"\[{card.id}( ×\d+)?: ", line) for line in lines), (level.id, card.id)
        arrows = sum("─>" in line for line in lines)
        assert arrows >= len(level.found.wires), level.id


def test_a_drawing() -> None:
    level = packs.by_id("two-front-doors", kinds())
    assert drawn(level.found, level.rulebook) == (
        "[phones: clients, at homes]",
        "└─> [app: service, small, at valley]",
        "    └─> [core: database, medium, at valley]",
        "[kiosks: clients, at lifts]",
        "└─> [kiosk: service, small, at valley]",
        "    └─> [core: database, medium, at valley]",
    )


def test_rings_and_crowds_can_be_drawn() -> None:
    """Whatever is wired how: each card's wires are drawn once, so the drawing cannot grow beyond them."""
    rulebook = load(SAMPLE, kinds()).rulebook
    settings = {"size": "small"}
    ids = [f"s{number}" for number in range(12)]
    cards = {id: Component(id, "service", "town", settings) for id in ids}
    everybody = tuple(Wire(a, b) for a in ids for b in ids if a != b)
    lines = drawn(Board(cards, everybody), rulebook)
    assert sum("─>" in line for line in lines) == len(everybody)
    assert sum(AGAIN in line for line in lines) == len(everybody) - len(ids) + 1


def test_what_programs_do_is_told_in_words(levels: tuple[Level, ...]) -> None:
    for level in levels:
        for program in level.rulebook.programs.values():
            for operation in program.operations.values():
                told = list(steps_of(operation))
                assert len(told) >= len(operation.steps)
                assert all(isinstance(phrase, str) and phrase for phrase in told)


NASTY_BLOCKS: tuple[Block, ...] = (
    Heading(NASTY, 1),
    Text(NASTY),
    Drawing((NASTY,)),
    Bullets((NASTY,)),
    Table((NASTY, "b"), ((NASTY, NASTY),)),
    Lines(NASTY, 1),
)


def test_what_authors_wrote_is_text_on_the_page() -> None:
    text = html(NASTY, NASTY_BLOCKS)
    page = Page(text)
    assert "script" not in page.tags
    assert "a" not in page.tags
    assert not page.open
    assert page.words.count('<script>alert("x")</script>') == 9
    assert not [char for char in text if is_control(char) and char != "\n"]
    assert html("x", [], '"><b>').count("<b>") == 0


def test_what_authors_wrote_is_text_in_markdown() -> None:
    text = markdown(NASTY_BLOCKS)
    assert not [char for char in text if is_control(char) and char != "\n"]
    rest = "\n".join(line for line in text.splitlines() if not line.startswith("    "))
    for sign in ("<script", "**bold", "`code", "[link", "| cell"):
        assert sign not in re.sub(r"\\.", "", rest), sign
    assert not re.search(r"^# no", rest, re.MULTILINE)
    # A table keeps its columns, whatever is in a cell.
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 3 for row in rows)


@pytest.mark.parametrize("line", ["# x", "- x", "+ x", "1. x", "12) x", "> x", "=== x", "    x", "_x_", "&lt;"])
def test_no_line_begins_anything(line: str) -> None:
    (text,) = markdown([Text(line)]).splitlines()
    assert re.match(r"(?:\\.|[0-9]+\\.|x)", text), text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("see __b__ there", r"see \_\_b\_\_ there"),
        ("a #", r"a \#"),
        ("go to http://x.y", r"go to http\://x.y"),
        ("go to www.x.y", r"go to www\.x.y"),
    ],
)
def test_signs_in_the_middle_mean_themselves(written: str, shown: str) -> None:
    assert markdown([Text(written)]) == f"{shown}\n"


def test_the_command(tmp_path: Path) -> None:
    run = CliRunner().invoke(cli, ["handout", "first-lift"])
    assert run.exit_code == 0
    assert run.output.startswith("# The first lift\n")
    file = tmp_path / "lift.html"
    run = CliRunner().invoke(
        cli, ["handout", "first-lift", "--format", "html", "--answers", "--output", str(file)]
    )
    assert (run.exit_code, run.output) == (0, "")
    written = file.read_text("utf-8")
    assert written.startswith("<!DOCTYPE html>")
    assert codec.escape("wire lb -> web -> passes-db") in written
    again = CliRunner().invoke(cli, ["handout", "first-lift", "--output", str(file)])
    assert isinstance(again.exception, ScalegameError)
    assert "already" in str(again.exception)
    assert file.read_text("utf-8") == written
    anew = CliRunner().invoke(cli, ["handout", "first-lift", "--output", str(file), "--replace"])
    assert (anew.exit_code, file.read_text("utf-8")) == (0, run_first(answers=False))


def run_first(answers: bool) -> str:
    return markdown(sheet_of(packs.by_id("first-lift", kinds()), answers))


def test_a_file_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    run = CliRunner().invoke(cli, ["handout", "first-lift", "--output", str(tmp_path / "no" / "such.md")])
    assert isinstance(run.exception, ScalegameError)
    assert "such.md" in str(run.exception)


def test_another_language(tmp_path: Path) -> None:
    file = tmp_path / "sample.yaml"
    file.write_text(SAMPLE.read_text("utf-8") + "texts: {de: {title: Eine Probe}}\n", "utf-8")
    run = CliRunner().invoke(cli, ["handout", str(file), "--language", "de", "--format", "html"])
    assert "<title>Eine Probe</title>" in run.output
    assert '<html lang="de">' in run.output
    plain = CliRunner().invoke(cli, ["handout", str(file), "--format", "html"])
    assert '<html lang="en">' in plain.output


def test_a_level_without_anything_but_the_least() -> None:
    level = load(SAMPLE, kinds())
    bare = replace(level, attempts=(), hints=(), outcomes=(), faults=())
    assert markdown(sheet_of(bare, answers=True)).endswith("\n")
    assert "It is known" not in markdown(sheet_of(bare))


def test_an_empty_board() -> None:
    text = markdown(sheet_of(packs.by_id("sandbox", kinds())))
    assert "Nothing is on it yet." in text
    assert "## To win" not in text
    assert "Chapter 0" not in text
