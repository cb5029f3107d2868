"""The commands for packs, as teachers use them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scalegame.levels import packs
from tests.levels.making import make_pack
from tests.test_cli import Cli

TITLE = "[red]x[/] of [bold]mine[/]"


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    monkeypatch.setenv("SCALEGAME_HOME", str(tmp_path / "home"))
    return Cli(monkeypatch, capsys)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return make_pack(tmp_path / "mine", {"1-one.yaml": "one", "in/2-two.yaml": "two"}, f'title: "{TITLE}"')


@pytest.fixture(autouse=True)
def titled(mine: Path) -> None:
    path = mine / "pack.yaml"
    path.write_text(path.read_text("utf-8").replace("title: A pack\n", ""), encoding="utf-8")


def test_a_pack_is_checked_exported_imported_listed_played_and_removed(
    cli: Cli, mine: Path, tmp_path: Path
) -> None:
    file = tmp_path / "mine.scalepack"
    assert cli("pack", "check", mine) == 0
    assert cli.out == f'{mine}: "{TITLE}", 2 levels\n'
    (mine / "notes.txt").write_text("x")
    assert cli("pack", "export", mine, file) == 0
    assert cli.out.splitlines()[0] == "left out: notes.txt"
    assert "3 files" in cli.out
    assert cli("pack", "import", file) == 0
    assert "Next: scalegame play mine:one" in cli.out
    assert cli("pack", "import", file) == 1
    assert "--replace" in cli.err
    assert cli("pack", "import", file, "--replace") == 0
    assert cli("pack", "list") == 0
    assert f"mine                     {TITLE}" in cli.out
    assert cli("pack", "list", "--json") == 0
    _, listed = json.loads(cli.out)
    assert (listed["id"], listed["title"], listed["levels"]) == ("mine", TITLE, ["mine:one", "mine:two"])
    assert cli("levels") == 0
    campaign, mark, rest = cli.out.partition(f"{TITLE}\n")
    assert mark
    assert "vanishing-comment" in campaign
    assert rest.index("mine:one") < rest.index("mine:two") < rest.index("sandbox")
    assert cli("levels", "--json") == 0
    assert [level["id"] for level in json.loads(cli.out) if level["pack"] == "mine"] == ["mine:one", "mine:two"]
    assert cli("pack", "remove", "mine", "--yes") == 0
    assert cli("pack", "list") == 0
    assert "mine" not in cli.out


def test_removing_asks(cli: Cli, mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli("pack", "export", mine, tmp_path / "mine.scalepack")
    cli("pack", "import", tmp_path / "mine.scalepack")
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "n")
    assert cli("pack", "remove", "mine") == 130
    assert [shelf.id for shelf in packs.installed()] == ["mine"]
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "y")
    assert cli("pack", "remove", "mine") == 0
    assert packs.installed() == ()


def test_a_file_that_is_there_stays(cli: Cli, mine: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.scalepack"
    file.write_text("something else")
    assert cli("pack", "export", mine, file) == 1
    assert "--replace" in cli.err
    assert file.read_text() == "something else"
    assert cli("pack", "export", mine, file, "--replace", "--without-solutions") == 0
    assert "without solutions" in cli.out
    assert json.loads(file.read_text("utf-8"))["solutions"] is False
    assert cli("pack", "export", mine, tmp_path / "mine.yaml") == 1
    assert "mine.scalepack" in cli.err
    assert not (tmp_path / "mine.yaml").exists()


def test_what_is_wrong_is_told_line_by_line(cli: Cli, mine: Path, tmp_path: Path) -> None:
    path = mine / "1-one.yaml"
    path.write_text(path.read_text("utf-8").replace("cores: 2", "cors: 2"), encoding="utf-8")
    for command in (("check", mine), ("export", mine, tmp_path / "x.scalepack")):
        assert cli("pack", *command) == 1
        assert cli.err.startswith(f"{path}:19:")
    assert not (tmp_path / "x.scalepack").exists()
    for command in (("check", tmp_path / "none"), ("import", tmp_path / "none.scalepack"), ("import", mine)):
        assert cli("pack", *command) == 1
        assert len(cli.err.splitlines()) == 1
    for id in ("../mine", "campaign", "none"):
        assert cli("pack", "remove", id, "--yes") == 1


def test_a_broken_pack_is_listed_with_its_problem(cli: Cli, mine: Path, tmp_path: Path) -> None:
    broken = make_pack(packs.installed_folder() / "broken", {})
    (broken / "pack.yaml").write_text("format: 7\n")
    assert cli("pack", "list") == 0
    assert "cannot be played: " in cli.out
    assert cli("levels") == 0
    assert "broken\n  cannot be played" in cli.out
    assert cli("pack", "list", "--json") == 0
    assert "format: 1" in json.loads(cli.out)[1]["problem"]


def test_a_pack_is_validated_with_its_levels(cli: Cli, mine: Path) -> None:
    assert cli("validate", mine) == 0
    assert f'{mine / "pack.yaml"}: the pack "{TITLE}", 2 levels' in cli.out
    path = mine / "pack.yaml"
    path.write_text(path.read_text("utf-8") + "autor: me\n", encoding="utf-8")
    assert cli("validate", mine) == 1
    assert re.search(r'pack\.yaml:4:1: unknown key "autor" – did you mean "author"', cli.out)


def test_a_folder_of_a_pack_stands_for_its_levels(cli: Cli, mine: Path) -> None:
    assert cli("levels", mine) == 0
    assert [line.split()[1] for line in cli.out.splitlines() if line.startswith("  ")] == ["mine:one", "mine:two"]
    assert cli("levels", mine.parent) == 1


def test_a_profile_that_no_level_takes_is_a_warning(cli: Cli, mine: Path) -> None:
    """Once a level names it, it is gone; a level outside of the pack's chapters does not count."""
    path, level = mine / "pack.yaml", mine / "1-one.yaml"
    path.write_text(
        path.read_text("utf-8") + "profiles:\n  hall: {places: [hall]}\n  attic: {places: [attic]}\n",
        encoding="utf-8",
    )
    level.write_text(level.read_text("utf-8") + "profiles: [hall]\n", encoding="utf-8")
    line = path.read_text("utf-8").splitlines().index("  attic: {places: [attic]}") + 1
    warning = (
        f"warning: {path}:{line}:3: the profile attic is not used: no level of the pack names it – leave it out"
    )
    assert cli("pack", "check", mine) == 0
    assert cli.out.splitlines()[1:] == [f"{warning} [unused]"]
    assert cli("validate", mine) == 0
    assert [each for each in cli.out.splitlines() if "the profile" in each] == [f"{warning} [unused]"]
    assert cli("validate", path) == 0
    assert cli("validate", "--strict", path) == 1
    both = level.read_text("utf-8").replace("profiles: [hall]", "profiles: [hall, attic]")
    level.write_text(both, encoding="utf-8")
    assert cli("pack", "check", mine) == 0
    assert len(cli.out.splitlines()) == 1
    path.write_text(
        path.read_text("utf-8") + "chapters: [{title: In, levels: [in/2-two.yaml]}]\n", encoding="utf-8"
    )
    assert cli("pack", "check", mine) == 0
    assert [each.split(" the profile ")[1].split()[0] for each in cli.out.splitlines()[1:]] == ["hall", "attic"]


def test_playing_a_broken_pack_says_what_is_wrong(cli: Cli, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    path = mine / "1-one.yaml"
    path.write_text(path.read_text("utf-8").replace("cores: 2", "cors: 2"), encoding="utf-8")
    for command in ("play", "web"):
        assert cli(command, mine) == 1
        assert cli.err.startswith(f"{path}:19:")
        assert "cors" in cli.err
    assert cli("play", mine.parent) == 1
    assert "there is no pack.yaml in it" in cli.err
    assert cli("play", "--author", mine) == 1
    assert "name the level file in it" in cli.err
