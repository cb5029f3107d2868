"""Format 0: read as it is, and rewritten so that nothing but the format changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from scalegame.cli import cli
from scalegame.components import kinds
from scalegame.errors import ScalegameError
from scalegame.levels import packs
from scalegame.levels.load import load, loads
from scalegame.levels.migration import FORMAT, migrate, migrated

SAMPLE = Path(__file__).with_name("sample.yaml")
NEW = SAMPLE.read_text(encoding="utf-8")
OLD = NEW.replace("format: 1\n", "# before\nformat: 0   # the old one\n", 1).replace(
    "measure: from 10 s", "run: 60 s  # as long as that\n# and this stays\nmeasure: from 10 s", 1
)


def test_the_sample_is_what_this_file_believes() -> None:
    assert OLD.count("format: 0") == OLD.count("run: 60 s") == 1
    assert migrated(NEW, "x") == NEW


def test_format_0_means_what_it_meant() -> None:
    old, new = loads(OLD, "x.yaml", kinds()), loads(NEW, "x.yaml", kinds())
    assert old == new
    assert old.digest == new.digest


def test_comments_order_and_layout_stay() -> None:
    wanted = OLD.replace("format: 0 ", "format: 1 ").replace("run: 60 s  # as", "# as")
    assert migrated(OLD, "x") == wanted
    assert migrated(wanted, "x") == wanted
    assert migrated(OLD.replace("\n", "\r\n"), "x") == wanted.replace("\n", "\r\n")


@pytest.mark.parametrize("key", ["'run'", '"run"', "run "])
@pytest.mark.parametrize("value", ["60 s", '"60 s"', "'60 s'  ", "1 min # x", "null"])
def test_run_goes_however_it_is_written(key: str, value: str) -> None:
    text = migrated(OLD.replace("run: 60 s", f"{key}: {value}"), "x")
    assert "60 s" not in text.split("measure")[0]
    assert loads(text, "x.yaml", kinds()).digest == loads(NEW, "x.yaml", kinds()).digest


def test_signs_of_variables_meant_themselves() -> None:
    old = OLD.replace("A shop, and", "A shop for ${HOME}, $${more}, and")
    new = migrated(old, "x")
    assert "$${HOME}, $$${more}" in new
    briefs = {loads(text, "x.yaml", kinds()).brief for text in (old, new)}
    assert briefs == {loads(NEW, "x.yaml", kinds()).brief.replace("shop,", "shop for ${HOME}, $${more},")}


def test_signs_of_variables_in_comments_stay() -> None:
    old = OLD.replace("A shop, and", "A shop for ${HOME}, and") + "# a note on ${x}\n"
    new = migrated(old, "x")
    assert new.endswith("# a note on ${x}\n")
    assert "$${HOME}" in new


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("run: 60 s", "run: 90 s", 11, "does not end where measuring ends"),
        ("run: 60 s", "run:\n  60 s", 11, "unusual way"),
        ("format: 0", "format: 9", 2, "update it"),
        ("format: 0", "format: x", 2, "is not a format"),
        ("format: 0", "formal: 0", 2, "begin with format: 1"),
    ],
)
def test_what_cannot_be_migrated_is_said_with_its_place(old: str, new: str, line: int, said: str) -> None:
    assert OLD.count(old) == 1
    with pytest.raises(ScalegameError, match=said) as caught:
        migrated(OLD.replace(old, new), "x.yaml")
    assert caught.value.place is not None
    assert (caught.value.place.file, caught.value.place.line) == ("x.yaml", line)


def test_a_run_that_contradicts_is_refused_when_read() -> None:
    with pytest.raises(ScalegameError, match="so run is no key of its own"):
        loads(OLD.replace("run: 60 s", "run: 90 s"), "x.yaml", kinds())


def test_data_of_the_newest_format_is_left_alone() -> None:
    data = {"format": FORMAT, "id": "${x}"}
    assert migrate(data) is data


def test_every_level_of_the_game_has_the_newest_format_and_the_digest_it_was_proved_with() -> None:
    certificates = {
        path.stem: json.loads(path.read_text()) for path in (packs.folder() / "certificates").iterdir()
    }
    assert len(certificates) >= 23
    for entry in packs.index():
        assert f"\nformat: {FORMAT}\n" in entry.path.read_text(encoding="utf-8")
        assert load(entry.path, kinds()).digest == certificates[entry.id]["digest"], entry.id


# The command


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["migrate", *map(str, arguments)], standalone_mode=False)
    if isinstance(result.exception, ScalegameError):
        return 1, str(result.exception)
    assert result.exception is None
    return int(result.return_value or 0) or result.exit_code, result.output


def test_migrate_rewrites_files_in_place(tmp_path: Path) -> None:
    path, other = tmp_path / "a.yaml", tmp_path / "b.yaml"
    path.write_text("\ufeff" + OLD, encoding="utf-8")
    path.chmod(0o640)
    other.write_text(NEW, encoding="utf-8")
    (tmp_path / "pack.yaml").write_text("format: 1\nid: mine\n", encoding="utf-8")
    (tmp_path / "design.yaml").write_text("format: 0\nlevel: sample\ndo: []\n", encoding="utf-8")
    before = load(path, kinds())
    assert run(tmp_path) == (0, f"{path}: now format 1\n{other}: already format 1\n")
    assert path.read_text(encoding="utf-8") == "\ufeff" + migrated(OLD, "x")
    assert path.stat().st_mode & 0o777 == 0o640
    assert other.read_text(encoding="utf-8") == NEW
    assert (tmp_path / "design.yaml").read_text(encoding="utf-8").startswith("format: 0")
    assert load(path, kinds()) == before
    assert run(path) == (0, f"{path}: already format 1\n")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.yaml", "b.yaml", "design.yaml", "pack.yaml"]


def test_what_is_wrong_is_told_and_left_alone(tmp_path: Path) -> None:
    path, sound = tmp_path / "a.yaml", tmp_path / "b.yaml"
    wrong = OLD.replace("grace: 5 s", "grace: 5")
    path.write_text(wrong, encoding="utf-8")
    sound.write_text(OLD, encoding="utf-8")
    status, told = run(path, sound)
    assert status == 1
    assert f"{path}:14:8: " in told
    assert f"{sound}: now format 1" in told
    assert path.read_text(encoding="utf-8") == wrong
