"""Packs on the list of levels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scalegame.errors import ScalegameError
from scalegame.progress.model import Standing
from scalegame.progress.store import Store
from scalegame.tui.app import ScalegameApp
from scalegame.tui.catalogue import Catalogue, Entry, Pack
from scalegame.tui.screens.levels import LevelsScreen
from scalegame.tui.shipped import from_file, from_folder, instead_of, pack_folder, shipped
from tests.levels.making import make_pack
from tests.tui.playing import LARGE, SMALL, Game, game, levels, screen_text

HOSTILE = "[red]x[/] [@click=app.quit]y[/] [/z]"


def catalogue(*, unlock: float | None = 1.0) -> Catalogue:
    """The tiny levels, and a pack of two chapters made of them; another pack is broken."""
    own = {level.id: level for level in levels()}
    mine = {
        f"mine:{id}": replace(level, id=f"mine:{id}", pack="mine", title=f"My {level.title}")
        for id, level in own.items()
    }
    entries = [Entry.of(level) for level in (*own.values(), *mine.values())]
    known = (Pack(""), Pack("mine", HOSTILE, unlock), Pack("sad", "sad", problem=f"{HOSTILE} is no pack"))
    return Catalogue(entries, {**own, **mine}.__getitem__, known)


def test_a_pack_opens_its_own_chapters() -> None:
    there = catalogue()
    assert there.opened({}) == {("", 1), ("mine", 1)}
    first = [entry.id for entry in there.winnable if entry.part == ("mine", 1)]
    assert there.wanted(("mine", 2)) == len(first)
    almost = {id: Standing(won=True) for id in first[:-1]}
    assert ("mine", 2) not in there.opened(almost)
    assert ("mine", 2) in there.opened({**almost, first[-1]: Standing(skipped=True)})
    assert ("", 2) not in there.opened({id: Standing(won=True) for id in first})
    assert catalogue(unlock=None).opened({}) == {("", 1), ("mine", 1), ("mine", 2)}


def test_what_follows_is_in_the_same_pack() -> None:
    there = catalogue(unlock=None)
    won = {entry.id: Standing(won=True) for entry in there.entries}
    last = there.campaign[-1]
    assert there.after(last.id, won) is None
    mine = [entry for entry in there.winnable if entry.pack == "mine"]
    assert there.after(mine[0].id, won) == mine[1]
    assert there.after(mine[-1].id, won) is None


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_packs_stand_after_the_campaign_and_their_words_are_text(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with game(tmp_path, None, size, catalogue()) as it:
        screen = it.on(LevelsScreen)
        await it.keys("end")
        text = screen_text(it.app)
        assert it.app._exception is None
        assert HOSTILE in text
        assert "pack mine" in text
        assert "cannot be played" in text
        assert f"{len(it.app.catalogue.campaign)} won" in text.splitlines()[0]
        assert "locked: win" in text
        screen.obey("play mine:later")
        assert "locked" in screen.said
        screen.obey("play mine:tiny")
        board = await it.board()
        assert board.session.level.id == "mine:tiny"


def test_the_catalogue_has_what_was_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCALEGAME_HOME", str(tmp_path))
    installed = tmp_path / "packs"
    make_pack(installed / "mine", {"1-one.yaml": "one", "2-two.yaml": "first-lift"}, "unlock: none")
    make_pack(installed / "sad", {})
    (installed / "sad" / "pack.yaml").write_text("format: 1\nid: sad\ntitle: ''\n")
    there = shipped()
    assert [entry.id for entry in there.entries if entry.pack] == ["mine:one", "mine:first-lift"]
    assert there.pack("mine").unlock is None
    assert "needs a title" in there.pack("sad").problem
    assert all(not entry.pack for entry in there.campaign)
    assert there.level("mine:first-lift").id == "mine:first-lift"
    assert there.level("first-lift").pack == "campaign"
    # Whoever writes a pack goes on playing it from where it is written.
    make_pack(tmp_path / "mine", {"1-one.yaml": "one"})
    level = from_file(str(tmp_path / "mine" / "1-one.yaml"))
    there.put(level)
    assert there.level("mine:one") is level


# A pack that is played from its folder


def test_what_is_typed_means_a_folder_or_a_level(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCALEGAME_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    make_pack(tmp_path / "mine", {"1-one.yaml": "one"})
    for name in ("first-lift", "sandbox", "sub"):
        (tmp_path / name).mkdir()
    assert pack_folder("mine") == Path("mine")
    assert pack_folder("./first-lift/..") == Path("./first-lift/..")
    assert pack_folder("sub") == Path("sub")  # to be told that there is no pack in it
    for level in ("first-lift", "first-lift@2", "sandbox", "mine/1-one.yaml", "nothing", "", "x" * 5000, "a\0b"):
        assert pack_folder(level) is None


@pytest.mark.parametrize("imported", [False, True])
async def test_a_pack_is_played_from_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, imported: bool
) -> None:
    monkeypatch.setenv("SCALEGAME_HOME", str(tmp_path / "home"))
    installed = tmp_path / "home" / "packs"
    make_pack(installed / "other", {"1-one.yaml": "one"})
    if imported:
        make_pack(installed / "mine", {"1-one.yaml": "one", "2-gone.yaml": "gone"}, "unlock: none")
    mine = make_pack(tmp_path / "work", {"1-one.yaml": "one", "2-two.yaml": "two"}, id="mine")
    path = mine / "1-one.yaml"
    path.write_text(path.read_text("utf-8").replace("title: ", "title: My own ", 1), encoding="utf-8")
    own = from_folder(mine)
    there = shipped(own=own)
    ids = [entry.id for entry in there.entries if entry.pack]
    assert sorted(ids) == ["mine:one", "mine:two", "other:one"]
    # It is what one has come for: it stands before the campaign.
    assert [entry.id for entry in there.entries][:2] == ["mine:one", "mine:two"]
    assert instead_of(own) == (
        "mine is the pack in the folder this time, not the imported one." if imported else ""
    )
    if imported:
        assert instead_of(from_folder(installed / "mine")) == ""
    store = Store(tmp_path / "progress.sqlite3")
    store.remember("place", "first-lift")
    store.remember("level", "first-lift")
    app = ScalegameApp(None, store, there, pack=own.id, notice=instead_of(own))
    async with app.run_test(size=SMALL) as pilot:
        it = Game(app, pilot)
        await it.until(lambda: it.on(LevelsScreen).under_cursor == "mine:one", "the pack on the list")
        screen = it.on(LevelsScreen)
        assert "My own" in screen_text(app)
        assert ("not the imported one" in screen_text(app).splitlines()[-2]) == imported
        screen.obey("play mine:one")
        board = await it.board()
        assert board.session.level.source == str(path)
        # A level of it is still opened by its path, too.
        it.app.show_board(str(mine / "2-two.yaml"))
        board = await it.board()
        assert board.session.level.id == "mine:two"
        assert len([entry for entry in there.entries if entry.pack == "mine"]) == 2
    store.close()


def test_the_folder_of_the_campaign_is_the_campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCALEGAME_HOME", str(tmp_path))
    pack = make_pack(tmp_path / "mine", {"1-one.yaml": "one"}, id="campaign")
    with pytest.raises(ScalegameError, match="campaign"):
        from_folder(pack)
