"""Every example in levels/README.md and levels/teaching.md works: files, fragments, commands."""

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner
from pydantic import ValidationError

from scalegame.cli import cli
from scalegame.components import kinds
from scalegame.levels import designs, yamltree
from scalegame.levels.load import load, loads
from scalegame.levels.model import Level
from scalegame.levels.packmodel import PackShape
from scalegame.proving.worker import board_of
from scalegame.simulation.run import simulate
from scalegame.verdict.judge import judge

PAGES = Path(__file__).parent.parent.parent / "levels"
_BLOCK = re.compile(r"(?:<!-- (?P<what>\w+): (?P<name>[\w.-]+) -->\n)?```yaml\n(?P<text>.*?)```\n", re.DOTALL)


def blocks(what: str = "") -> list[tuple[str, str]]:
    """The blocks of YAML of the page: what each is, and its text."""
    found = [(m["what"] or "", m["text"]) for m in _BLOCK.finditer((PAGES / "README.md").read_text("utf-8"))]
    return [(kind, text) for kind, text in found if what in ("", kind)]


def merged(data: Any, more: Any) -> Any:
    """A mapping with another put into it, key by key."""
    if isinstance(data, Mapping) and isinstance(more, Mapping):
        return {**data, **{key: merged(data.get(key), value) for key, value in more.items()}}
    return more


def stages() -> Iterator[str]:
    """The level of the tutorial, as it is after each step."""
    ((_, text),) = blocks("file")
    data = yaml.safe_load(text)
    yield text
    for _, more in blocks("adds"):
        data = merged(data, yaml.safe_load(more))
        yield yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


def read(text: str, variant: str = "") -> Level:
    return loads(text, "reading-room.yaml", kinds(), variant)


def wins(level: Level, do: tuple[str, ...], seed: int) -> tuple[bool, list[str]]:
    """Whether a design wins on a seed, and what it misses."""
    board = board_of(level, do)
    run = simulate(level.scenario(board), kinds(), seed)
    verdict = judge(level.objectives, level.stars, [run.result], board, level.rulebook)
    return verdict.won, [held.objective.text for held in verdict.objectives if not held.held]


def test_every_block_says_what_it_is() -> None:
    assert {what for what, _ in blocks()} == {"file", "adds", "with", "pack", "design"}
    assert len(blocks("file")) == 1
    assert len(blocks("adds")) >= 4


def test_the_tutorial_is_a_level_at_every_step() -> None:
    levels = [read(text) for text in stages()]
    assert len({level.id for level in levels}) == 1
    assert not levels[0].attempts
    last = levels[-1]
    assert last.outcomes
    assert last.mechanism
    assert len(last.hints) == 3
    assert sum(attempt.wins for attempt in last.attempts) == 2
    assert (
        sum(
            attempt.loses is not None and last.objectives[attempt.loses].metric != "cost"
            for attempt in last.attempts
        )
        >= 3
    )


def test_the_tutorial_ends_without_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "reading-room.yaml"
    first, *_, last = stages()
    path.write_text(first, "utf-8")
    run = CliRunner().invoke(cli, ["validate", str(path)])
    assert run.exit_code == 0
    assert {"few-ideas", "no-outcomes"} == set(re.findall(r"\[([a-z-]+)\]$", run.output, re.MULTILINE))
    path.write_text(last, "utf-8")
    run = CliRunner().invoke(cli, ["validate", "--strict", str(path)])
    assert run.exit_code == 0, run.output
    assert "warning" not in run.output


def test_new_writes_what_the_tutorial_begins_with(tmp_path: Path) -> None:
    told = CliRunner().invoke(cli, ["new", "--list"]).output
    assert {"capacity", "cache", "queue", "failure", "lock", "blank"} <= {
        line.split()[0] for line in told.splitlines()
    }
    path = tmp_path / "reading-room.yaml"
    assert CliRunner().invoke(cli, ["new", str(path)]).exit_code == 0
    assert path.read_text("utf-8").startswith("# yaml-language-server: $schema=level.schema.json\n")
    assert (tmp_path / "level.schema.json").is_file()


def test_the_tutorial_ends_with_a_level_that_does_what_it_claims() -> None:
    level = read(list(stages())[-1])
    assert not wins(level, (), level.seeds("play", 1)[0])[0]
    for attempt in level.attempts:
        for seed in level.seeds("proof", 3):
            won, missed = wins(level, attempt.do, seed)
            assert won is attempt.wins, attempt.name
            if attempt.loses is not None:
                assert level.objectives[attempt.loses].text in missed, attempt.name


def test_the_tutorial_tells_the_truth_about_its_first_proof() -> None:
    """One of the twenty runs of the first winner misses its latency; none does after the change."""
    before, after = (read(text) for text in (list(stages())[1], list(stages())[-1]))
    name = "a-share-for-each"
    for level, lost in ((before, 1), (after, 0)):
        (attempt,) = (a for a in level.attempts if a.name == name)
        missed = [wins(level, attempt.do, seed)[1] for seed in level.seeds("proof", 20)]
        assert [m for m in missed if m] == [["pupils.latency.p99 < 400 ms"]] * lost


def test_what_the_page_says_of_the_board_as_found() -> None:
    level = read(next(iter(stages())))
    run = simulate(level.scenario(level.found), kinds(), level.seeds("play", 1)[0])
    verdict = judge(level.objectives, level.stars, [run.result], level.found, level.rulebook)
    assert verdict.objectives[0].value == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("fragment", [text for _, text in blocks("with")])
def test_fragments_fit_into_the_level(fragment: str) -> None:
    data = merged(yaml.safe_load(list(stages())[-1]), yaml.safe_load(fragment))
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    level = read(text)
    for variant in (*level.variants, *(("1", "17") if level.drawn else ())):
        other = read(text, variant)
        assert other.own == f"reading-room@{variant}"
        assert other.digest != level.digest
    for spoken in level.languages[1:]:
        told = loads(text, "reading-room.yaml", kinds(), "", spoken)
        assert told.title != level.title
        assert told.digest == level.digest


def test_the_pack_on_the_page_is_one() -> None:
    ((_, text),) = blocks("pack")
    pack = PackShape.model_validate(yamltree.load(text, "pack.yaml").data)
    assert pack.profiles
    with pytest.raises(ValidationError):
        PackShape.model_validate(yamltree.load(text.replace("unlock: none", "unlock: often"), "p").data)


def test_the_pack_on_the_page_can_be_handed_out(tmp_path: Path) -> None:
    """The folder is checked, and goes through a file without its solutions."""
    folder = tmp_path / "my-pack"
    folder.mkdir()
    ((_, text),) = blocks("pack")
    (folder / "pack.yaml").write_text(text, "utf-8")
    (folder / "reading-room.yaml").write_text(list(stages())[-1], "utf-8")
    file = tmp_path / "my-pack.scalepack"
    for words in (["check", str(folder)], ["export", str(folder), str(file), "--without-solutions"]):
        run = CliRunner().invoke(cli, ["pack", *words], catch_exceptions=False)
        assert run.exit_code == 0, run.output
    told = file.read_text("utf-8")
    assert "more-threads" in told
    assert "a-share-for-each" not in told


def test_a_level_takes_its_machines_from_the_pack_on_the_page(tmp_path: Path) -> None:
    ((_, pack),) = blocks("pack")
    (tmp_path / "pack.yaml").write_text(pack, "utf-8")
    data = yaml.safe_load(list(stages())[-1])
    alone = read(yaml.safe_dump(data, sort_keys=False)).rulebook.sizes
    del data["sizes"]
    data["profiles"] = ["machines"]
    path = tmp_path / "reading-room.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), "utf-8")
    assert load(path, kinds()).rulebook.sizes == alone


def test_the_design_on_the_page_fits() -> None:
    ((_, text),) = blocks("design")
    design, board = designs.board_of(yamltree.load(text, "my-design.yaml"), read(list(stages())[-1]))
    assert design.do
    assert board.components["web"].settings["throttle.per"] == "user"


# -- commands


def commands() -> list[tuple[str, str]]:
    """Every command on the pages: those that stand on lines of their own, and those within a sentence."""
    found = []
    for page in ("README.md", "teaching.md"):
        text = (PAGES / page).read_text("utf-8")
        lines = [
            line.partition("  #")[0].strip() for line in text.splitlines() if line.startswith("    scalegame ")
        ]
        lines += re.findall(r"`(scalegame [^`]+)`", " ".join(text.split()))
        found += [(page, line) for line in lines]
    return list(dict.fromkeys(found))


def test_there_are_commands_on_both_pages() -> None:
    assert {page for page, _ in commands()} == {"README.md", "teaching.md"}


@pytest.mark.parametrize(("page", "line"), commands())
def test_commands_exist_with_their_options(page: str, line: str) -> None:
    _, *words = shlex.split(line)
    command: click.Command = cli
    while isinstance(command, click.Group) and words:
        name, *words = words
        assert name in command.commands, f"{page}: {line}: there is no command {name}"
        command = command.commands[name]
    known = {option for p in command.params if isinstance(p, click.Option) for option in p.opts}
    flags = {option for p in command.params if isinstance(p, click.Option) and p.is_flag for option in p.opts}
    rest = []
    while words:
        word = words.pop(0)
        if word.startswith("--"):
            assert word in known, f"{page}: {line}: {command.name} has no {word}"
            if word not in flags and words:
                words.pop(0)
        else:
            rest.append(word)
    takes = [p for p in command.params if isinstance(p, click.Argument)]
    assert len(rest) <= len(takes) or any(p.nargs == -1 for p in takes), f"{page}: {line}: too many words"
    for word, argument in zip(rest, takes, strict=False):
        if isinstance(argument.type, click.Choice) and argument.nargs == 1:
            assert word in argument.type.choices, f"{page}: {line}"
