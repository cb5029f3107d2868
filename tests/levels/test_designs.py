"""Design files: read, applied under the level's rules, refused at the line that is wrong."""

from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.errors import ScalegameError
from scalegame.levels.designs import board_of, is_design, load_design, read_design
from scalegame.levels.load import load
from scalegame.levels.model import Level
from scalegame.levels.yamltree import load as load_yaml


@pytest.fixture(scope="module")
def level() -> Level:
    return load(Path(__file__).parent / "sample.yaml", kinds())


def test_a_design_makes_a_board(level: Level, tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    path.write_text("format: 0\nlevel: sample\nengine: 1\ndo:\n  - set web threads=80\n  - buy lighter\n")
    design, board = load_design(path, level)
    assert design.do == ("set web threads=80", "buy lighter")
    assert board.components["web"].settings["threads"] == 80
    assert board.projects == ("lighter",)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("format: 0\nlevel: other\n", "d.yaml:2:8: this design is for the level other, not for sample"),
        ("format: 0\nlevel: sample\ndo: [buy lightr]", 'd.yaml:3:6: this level has no project "lightr"'),
        (
            "format: 0\nlevel: sample\ndo:\n  - set web threads=9\n  - set web threads=900",
            "d.yaml:5:5: threads of",
        ),
        ("format: 0\nlevel: sample\ndo: buy", 'd.yaml:3:5: "do" must be a list'),
        ("format: 0\nlevel: sample\ndo: [5]", 'd.yaml:3:6: item 1 of "do" must be text'),
        ("format: 0\nlevel: sample\ndos: []", 'd.yaml:3:1: unknown key "dos"'),
        ("format: 0\ndo: []", 'd.yaml:1:1: "level" is missing here'),
        ("format: 9\nlevel: sample", "d.yaml:1:9: this design has format 9"),
        ("level: sample", "d.yaml:1:1: the design does not say its format"),
        ("- a", "d.yaml:1:1: a design is"),
        (f"format: 0\nlevel: sample\ndo: [{'x' * 600}]", "d.yaml:3:6: "),
        (f"format: 0\nlevel: sample\ndo: [{'buy lighter, ' * 2000}]", "d.yaml:3:5: "),
    ],
)
def test_what_is_wrong_is_said_at_its_place(level: Level, text: str, line: str) -> None:
    with pytest.raises(ScalegameError) as caught:
        board_of(load_yaml(text, "d.yaml"), level)
    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)


def test_levels_and_designs_are_told_apart() -> None:
    sample = load_yaml(Path(__file__).parent / "sample.yaml")
    design = load_yaml("format: 0\nlevel: sample\n", "d.yaml")
    assert (is_design(sample), is_design(design)) == (False, True)
    assert read_design(design).do == ()
