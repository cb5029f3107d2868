"""Packs and their levels: their order, what is wrong with them, and how a level is found."""

import os
import re
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.errors import Problems, ScalegameError
from scalegame.levels import packmodel, packs
from scalegame.levels.load import load
from scalegame.levels.packfolder import read_pack
from tests.levels.making import LEVEL, make_pack

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


def test_what_is_no_level_is_passed_over(pack: Path) -> None:
    (pack / "README.md").write_text("x")
    (pack / "certificates").mkdir()
    (pack / "certificates" / "first.json").write_text("[")
    (pack / "01-part-1" / "02-notes.txt").write_text("[")
    (pack / "01-part-1" / ".hidden.yaml").write_text("[")
    (pack / "01-part-1" / "_draft.yaml").write_text("[")
    (pack / "01-part-1" / "mine.yaml").write_text("format: 0\nlevel: first\ndo: []\n")
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


# Packs of somebody's


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where imported packs are."""
    monkeypatch.setenv("SCALEGAME_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "packs"


def test_the_campaign_is_a_pack() -> None:
    (campaign,) = (shelf for shelf in packs.shelves() if shelf.id == "campaign")
    assert campaign.pack is not None
    assert (campaign.pack.unlock, campaign.pack.licence) == (0.6, "MIT")
    assert campaign.entries == packs.index()
    assert all(entry.id == entry.own for entry in campaign.entries)


def test_without_chapters_the_order_is_that_of_numbers_then_names(tmp_path: Path) -> None:
    where = make_pack(tmp_path / "mine", {})
    for name in (
        "10-ten.yaml",
        "9-nine.yml",
        "b.yaml",
        "a.yaml",
        "02-more/x.yaml",
        "apart/y.yaml",
        "apart/1-z.yaml",
    ):
        path = where / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(LEVEL.replace("id: sample", f"id: {path.stem.lstrip('0123456789-')}"), encoding="utf-8")
    entries = packs.index(where)
    assert [(e.own, e.chapter) for e in entries] == [
        *(("nine", 1), ("ten", 1), ("a", 1), ("b", 1)),
        *(("x", 2), ("z", 3), ("y", 3)),
    ]
    assert [e.chapter_title for e in entries[-2:]] == ["Apart", "Apart"]


def test_chapters_say_what_is_where(tmp_path: Path, home: Path) -> None:
    chapters = "chapters: [{title: Late, levels: [two.yaml]}, {title: Later, levels: [in/one.yaml]}]"
    make_pack(home / "mine", {"two.yaml": "two", "in/one.yaml": "one", "not-named.yaml": "three"}, chapters)
    (shelf,) = packs.installed()
    assert [(e.id, e.chapter, e.chapter_title, e.position) for e in shelf.entries] == [
        ("mine:two", 1, "Late", 1),
        ("mine:one", 2, "Later", 1),
    ]
    level = packs.find("mine:one", kinds())
    assert (level.id, level.own, level.pack) == ("mine:one", "one", "mine")
    assert (level.chapter, level.chapter_title, level.position) == (2, "Later", 1)
    assert level.digest == packs.find(str(home / "mine" / "in" / "one.yaml"), kinds()).digest


def test_levels_of_packs_are_found_by_what_is_unambiguous(home: Path) -> None:
    make_pack(home / "mine", {"a.yaml": "once", "b.yaml": "twice", "c.yaml": "first-lift"})
    make_pack(home / "other", {"b.yaml": "twice"})
    assert packs.find("once", kinds()).id == "mine:once"
    assert packs.find("other:twice", kinds()).id == "other:twice"
    with pytest.raises(ScalegameError, match=r"write mine:twice or other:twice"):
        packs.find("twice", kinds())
    # Nobody takes the place of a level of the campaign.
    assert packs.find("first-lift", kinds()).pack == packs.find("campaign:first-lift", kinds()).pack == "campaign"
    assert packs.find("mine:first-lift", kinds()).id == "mine:first-lift"
    with pytest.raises(ScalegameError, match="did you mean"):
        packs.find("mine:onec", kinds())


def test_two_levels_of_one_id_in_a_pack_are_told_with_both_places(home: Path) -> None:
    where = make_pack(home / "mine", {"a.yaml": "one", "in/b.yaml": "One"})
    with pytest.raises(ScalegameError) as caught:
        packmodel.check(where, kinds())
    assert "a.yaml" in caught.value.message
    assert "b.yaml" in caught.value.message
    (shelf,) = packs.installed()
    assert shelf.problem is not None


def test_a_broken_pack_keeps_no_other_from_being_played(home: Path) -> None:
    make_pack(home / "good", {"a.yaml": "one"})
    make_pack(home / "empty-file", {})
    (home / "empty-file" / "pack.yaml").write_text("")
    make_pack(home / "other-name", {"a.yaml": "one"}, id="good")
    make_pack(home / "no-level", {"a.yaml": "one"})
    (home / "no-level" / "a.yaml").write_text("[")
    (home / "no-pack").mkdir()
    (home / "nul").mkdir()
    (home / "Not An Id").mkdir()
    (home / "file").write_text("x")
    shelves = {shelf.id: shelf for shelf in packs.installed()}
    assert sorted(shelves) == ["empty-file", "good", "no-level", "no-pack", "other-name"]
    assert [id for id, shelf in shelves.items() if shelf.problem is None] == ["good"]
    assert packs.find("first-lift", kinds()).id == "first-lift"
    with pytest.raises(ScalegameError, match="format: 1"):
        packs.find("empty-file:one", kinds())


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
def test_links_in_installed_packs_lead_nowhere(tmp_path: Path, home: Path) -> None:
    outside = make_pack(tmp_path / "outside", {"a.yaml": "one"}, id="linked")
    home.mkdir(parents=True)
    (home / "linked").symlink_to(outside)
    make_pack(home / "level", {"b.yaml": "two"})
    (home / "level" / "a.yaml").symlink_to(outside / "a.yaml")
    (home / "level" / "in").symlink_to(outside)
    named = make_pack(home / "named", {"b.yaml": "two"}, "chapters: [{title: X, levels: [a.yaml]}]")
    (named / "a.yaml").symlink_to(outside / "a.yaml")
    make_pack(home / "file", {"b.yaml": "two"})
    (home / "file" / "pack.yaml").rename(tmp_path / "pack.yaml")
    (home / "file" / "pack.yaml").symlink_to(tmp_path / "pack.yaml")
    shelves = {shelf.id: shelf for shelf in packs.installed()}
    assert [entry.own for entry in shelves["level"].entries] == ["two"]
    for id in ("linked", "named", "file"):
        problem = shelves[id].problem
        assert problem is not None
        assert "link" in problem.message


def test_an_interrupted_exchange_is_put_right(home: Path) -> None:
    make_pack(home / "mine", {"a.yaml": "one"})
    (home / "mine").rename(home / f"{packs.REPLACED}mine")
    assert [shelf.id for shelf in packs.installed()] == ["mine"]
    assert (home / "mine" / "a.yaml").exists()


BAD_FILES = [
    ("", "this is no pack"),
    ("[]", "this is no pack"),
    ("format: 2", "must be 1"),
    ("format: true", "format"),
    ("id: ../x", "no id of a pack"),
    ("id: Mine", "small letters"),
    ("id: con", "meaning of its own"),
    ("id: campaign", "comes with the game"),
    ("title: [a]", "must be text"),
    ("title: ''", "title"),
    ('title: "a\\eb"', "control character"),
    ("title: \u200bx", "cannot be seen"),
    ("title: " + 61 * "x", "60 characters at most"),
    ("about: " + 2001 * "x", "2000 characters at most"),
    ("unlock: 0 %", "60 %, or none"),
    ("unlock: 120 %", "60 %, or none"),
    ("unlock: some", "60 %, or none"),
    ("unlock: [x]", "60 %, or none"),
    ("language: 7", "language"),
    ("autor: me", "author"),
    ("chapters: x", "list"),
    ("chapters: []", "at least 1"),
    ("chapters: [{title: X, levels: [../a.yaml]}]", "not inside the pack"),
    ("chapters: [{title: X, levels: [/a.yaml]}]", "not inside the pack"),
    ("chapters: [{title: X, levels: ['C:/a.yaml']}]", "not inside the pack"),
    ("chapters: [{title: X, levels: ['in\\a.yaml']}]", "write / between"),
    ("chapters: [{title: X, levels: [a/b/c.yaml]}]", "too deep"),
    ("chapters: [{title: X, levels: [a.txt]}]", "must end in .yaml"),
    ("chapters: [{title: X, levels: [none.yaml]}]", "is not there"),
    ("chapters: [{title: X, levels: [a.yaml, a.yaml]}]", "there twice"),
    ("chapters: [{title: X, levels: [a.yaml, A.yaml]}]", "capitals do not count"),
    ("profiles: {x: {board: 1}}", "board"),
]


@pytest.mark.parametrize(("line", "said"), BAD_FILES)
def test_what_is_wrong_with_a_pack_is_told_at_its_place(tmp_path: Path, line: str, said: str) -> None:
    where = make_pack(tmp_path / "mine", {"a.yaml": "one"})
    key = line.partition(":")[0]
    text = (where / "pack.yaml").read_text("utf-8")
    kept = "".join(f"{old}\n" for old in text.splitlines() if not old.startswith(f"{key}:"))
    (where / "pack.yaml").write_text(f"{kept}{line}\n" if ":" in line else line, encoding="utf-8")
    with pytest.raises(ScalegameError) as caught:
        packmodel.check(where, kinds())
    first = caught.value.errors[0] if isinstance(caught.value, Problems) else caught.value
    assert said in str(caught.value)
    assert first.place is not None
    assert first.place.file.endswith("pack.yaml")
    assert not any(ord(char) < 32 for error in [first] for char in str(error))


def test_lists_refuse_what_a_check_refuses_or_show_it_as_text(tmp_path: Path) -> None:
    for number, (line, _) in enumerate(BAD_FILES):
        where = make_pack(tmp_path / f"mine{number}", {"a.yaml": "one"})
        key = line.partition(":")[0]
        text = (where / "pack.yaml").read_text("utf-8")
        kept = "".join(f"{old}\n" for old in text.splitlines() if not old.startswith(f"{key}:"))
        (where / "pack.yaml").write_text(f"{kept}{line}\n" if ":" in line else line, encoding="utf-8")
        try:
            pack = read_pack(where)
            packs.entries_of(pack)
        except ScalegameError:
            continue
        assert "\x1b" not in pack.title + pack.about


def test_there_are_only_so_many_levels_in_a_pack(tmp_path: Path) -> None:
    where = make_pack(tmp_path / "mine", {})
    for number in range(251):
        (where / f"{number}.yaml").write_text(f"id: x{number}\ntitle: X\n")
    with pytest.raises(ScalegameError, match="more than 250"):
        packs.index(where)


def test_a_problem_in_a_level_is_told_with_pack_file_and_line(tmp_path: Path) -> None:
    where = make_pack(tmp_path / "mine", {"in/a.yaml": "one", "in/b.yaml": "two"})
    for name in ("a", "b"):
        path = where / "in" / f"{name}.yaml"
        path.write_text(path.read_text("utf-8").replace("cores: 2", "cors: 2"), encoding="utf-8")
    with pytest.raises(Problems) as caught:
        packmodel.check(where, kinds(), "mine")
    lines = str(caught.value).splitlines()
    assert any(line.startswith("mine/in/a.yaml:") for line in lines)
    assert any(line.startswith("mine/in/b.yaml:") for line in lines)


def test_a_folder_without_a_level_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(ScalegameError, match="no such folder"):
        packmodel.check(tmp_path / "none", kinds())
    with pytest.raises(ScalegameError, match=r"no pack\.yaml"):
        packmodel.check(tmp_path, kinds())
    with pytest.raises(ScalegameError, match="no level in this pack"):
        packmodel.check(make_pack(tmp_path / "mine", {}), kinds())


def test_a_level_cannot_win_another_one_in_its_place(home: Path) -> None:
    nested = make_pack(home / "mine", {"a.yaml": "one"}) / "in"
    make_pack(nested, {"b.yaml": "first-lift"}, id="campaign")
    (shelf,) = packs.installed()
    assert shelf.problem is not None
    assert "at its top" in shelf.problem.message


def test_what_is_listed_is_what_is_played(home: Path) -> None:
    path = make_pack(home / "mine", {"a.yaml": "one"}) / "a.yaml"
    # Who skims the file sees one id, and who reads it the other: the first is in a text of several lines.
    text = path.read_text("utf-8").replace("id: one", '"id": first-lift')
    text = re.sub(r"brief: \|\n(?:  .*\n)+", 'brief: "A shop.\nid: seen\nIt sells."\n', text)
    path.write_text(text, "utf-8")
    assert load(path, kinds()).own == "first-lift"
    assert [entry.own for entry in packs.index(path.parent)] == ["seen"]
    with pytest.raises(ScalegameError, match="write its id in a plain line"):
        packs.find("mine:seen", kinds())
    with pytest.raises(ScalegameError, match="write its id in a plain line"):
        packmodel.check(path.parent, kinds())


def test_a_list_is_not_flooded(home: Path) -> None:
    where = make_pack(home / "mine", {"a.yaml": "one"}, f"author: {'x' * 9000}\nabout: {'y' * 9000}")
    path = where / "a.yaml"
    path.write_text(path.read_text("utf-8").replace("title: A sample", f"title: {'z' * 9000}"), "utf-8")
    (shelf,) = packs.installed()
    assert shelf.pack is not None
    assert (len(shelf.pack.author), len(shelf.pack.about), len(shelf.entries[0].title)) == (120, 2000, 120)
