"""The levels that come with the game: their order, and how one is found."""

import os
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.errors import ScalegameError
from scalegame.levels import packs

SAMPLE = (Path(__file__).parent / "sample.yaml").read_text(encoding="utf-8")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    for chapter, number, id in ((2, 10, "later"), (2, 9, "soon"), (10, 1, "last"), (1, 1, "first")):
        folder = tmp_path / "levels" / f"{chapter:02}-part-{chapter}"
        folder.mkdir(parents=True, exist_ok=True)
        text = SAMPLE.replace("id: sample", f"id: {id}").replace("chapter: 3", f"chapter: {chapter}")
        (folder / f"{number:02}-{id}.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "levels"


def test_the_order_is_that_of_the_numbers(pack: Path) -> None:
    entries = packs.index(pack)
    assert [(e.id, e.chapter, e.position) for e in entries] == [
        ("first", 1, 1),
        ("soon", 2, 9),
        ("later", 2, 10),
        ("last", 10, 1),
    ]
    assert entries[1].chapter_title == "Part 2"
    assert (entries[0].title, entries[0].difficulty, entries[0].teaches) == ("A sample", 2, ("replication",))


def test_the_list_looks_at_nothing_but_the_first_keys(pack: Path) -> None:
    path = pack / "01-part-1" / "01-first.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("teaches: [replication]\n", "")
    text = text.replace("places: [town, hill]", "places: [town, hill\nteaches:\n  - a\n# b\n  - c")
    path.write_text(text, encoding="utf-8")
    assert packs.index(pack)[0].teaches == ("a", "c")


def test_what_has_no_number_is_no_level(pack: Path) -> None:
    (pack / "README.md").write_text("x")
    (pack / "certificates").mkdir()
    (pack / "01-part-1" / "notes.yaml").write_text("[")
    (pack / "01-part-1" / "02-notes.txt").write_text("[")
    assert len(packs.index(pack)) == 4


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
def test_a_link_does_not_lead_out_of_the_folder(pack: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("id: secret\ntitle: Secret\n")
    (pack / "01-part-1" / "03-secret.yaml").symlink_to(tmp_path / "secret.yaml")
    assert "secret" not in [entry.id for entry in packs.index(pack)]


def test_two_levels_with_one_id_are_refused(pack: Path) -> None:
    (pack / "01-part-1" / "02-again.yaml").write_text("id: last\ntitle: Again\n")
    with pytest.raises(ScalegameError, match="last is the id of"):
        packs.index(pack)


@pytest.mark.parametrize(
    "text", ["title: X\n", "id: [a]\ntitle: X\n", "id: \x00\n", "id: &a x\ntitle: *a\n", "\xff"]
)
def test_a_file_that_cannot_even_be_listed_is_named(pack: Path, text: str) -> None:
    path = pack / "01-part-1" / "02-broken.yaml"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(ScalegameError) as caught:
        packs.index(pack)
    assert "02-broken.yaml" in str(caught.value)


@pytest.mark.parametrize(
    "id", ["../../etc/passwd", "/etc/passwd", "..", "", "*", "01-scale/01-first-lift", "\x1b[31m", "x" * 10_000]
)
def test_an_id_never_leads_out_of_the_folder(id: str) -> None:
    with pytest.raises(ScalegameError) as caught:
        packs.find(id, kinds())
    assert "there is no level" in caught.value.message
    assert "\x1b" not in caught.value.message
    assert len(caught.value.message) < 250


def test_a_path_is_read_wherever_it_is(pack: Path) -> None:
    level = packs.find(str(pack / "02-part-2" / "09-soon.yaml"), kinds())
    assert (level.id, level.position, level.chapter_title) == ("soon", 9, "Part 2")
    with pytest.raises(ScalegameError, match="there is no such file"):
        packs.find(str(pack / "none.yaml"), kinds())


def test_the_game_s_own_levels_are_sound_and_in_order() -> None:
    levels, entries = packs.shipped(kinds()), packs.index()
    assert [level.id for level in levels] == [entry.id for entry in entries]
    for level, entry in zip(levels, entries, strict=True):
        for name in ("id", "title", "chapter", "chapter_title", "position", "difficulty", "teaches"):
            assert getattr(level, name) == getattr(entry, name)
        assert packs.by_id(level.id, kinds()).digest == level.digest
