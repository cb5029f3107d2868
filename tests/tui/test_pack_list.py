"""Packs on the list of levels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scalegame.progress.model import Standing
from scalegame.tui.catalogue import Catalogue, Entry, Pack
from scalegame.tui.screens.levels import LevelsScreen
from scalegame.tui.shipped import from_file, shipped
from tests.levels.making import make_pack
from tests.tui.playing import LARGE, SMALL, game, levels, screen_text

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
