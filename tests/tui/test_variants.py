"""Variants and languages in the game: opened by what is typed, kept apart in the saves."""

from __future__ import annotations

from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.levels.load import loads
from scalegame.levels.model import Level
from scalegame.levels.naming import split
from scalegame.progress.model import Standing
from scalegame.progress.store import Store
from scalegame.tui.app import ScalegameApp
from scalegame.tui.catalogue import Catalogue, Entry
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.briefing import BriefingScreen
from scalegame.tui.screens.levels import LevelsScreen
from scalegame.tui.setup.settings import Settings, changed, language, step
from tests.tui.playing import game, screen_text

TEXT = (Path(__file__).parent / "tiny.yaml").read_text(encoding="utf-8").replace("90/s", "${rate}") + (
    "variables: {rate: 90/s}\nvariants: {gentle: {rate: 60/s}, steep: {rate: 120/s}}\n"
    "drawn: {rate: [80/s, 90/s]}\n"
    "texts: {de: {title: Winzig}, fr: {brief: Tout petit.}}\n"
)


def read(id: str) -> Level:
    return loads(TEXT, "tiny.yaml", kinds(), split(id)[1])


def catalogue() -> Catalogue:
    later = Entry("later", "Later", 2, "Larger", 1, 1)
    return Catalogue((Entry.of(read("tiny")), later), read)


def test_the_entry_of_a_variant() -> None:
    found = catalogue()
    entry = found.entry("tiny@steep")
    assert entry is not None
    assert (entry.id, entry.title, entry.chapter) == ("tiny@steep", "Tiny @steep", 1)
    assert found.entry("tiny@17") is not None
    assert [found.entry(id) for id in ("tiny@stepe", "tiny@0", "later@gentle", "later@1", "none@1", "@1")] == [
        None
    ] * 6
    assert len(found.campaign) == 2


def test_variants_are_no_levels_of_the_campaign() -> None:
    found = catalogue()
    found.put(read("tiny@steep"))
    assert [entry.id for entry in found.campaign] == ["tiny", "later"]
    # A variant that is won opens nothing, and after it comes what comes after the level.
    assert found.opened({"tiny@steep": Standing(won=True)}) == {("", 1)}
    following = found.after("tiny@steep", {"tiny": Standing(won=True)})
    assert following is not None
    assert following.id == "later"


async def test_a_variant_is_opened_by_its_name_and_saved_apart(tmp_path: Path) -> None:
    async with game(tmp_path, catalogue=catalogue()) as playing:
        assert "also @gentle, @steep, @1, @2 …" in screen_text(playing.app)
        assert playing.on(LevelsScreen).complete("play tiny@s") == ("play tiny@steep",)
        await playing.type("play tiny@stepe")
        assert 'There is no level "tiny@stepe"' in screen_text(playing.app)
        await playing.type("play tiny@steep")
        board = await playing.board()
        assert board.session.level.own == "tiny@steep"
        await playing.type("add balancer")
    async with game(tmp_path, catalogue=catalogue()) as playing:
        # The game goes on where one left off.
        board = await playing.reach(BoardScreen)
        assert board.session.level.id == "tiny@steep"
        assert board.session.lines == ("add balancer",)
        await playing.type("back")
        await playing.reach(LevelsScreen)
        await playing.type("play tiny")
        assert (await playing.board()).session.lines == ()


async def test_a_file_is_opened_in_its_variant_and_in_the_language_that_is_set(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(TEXT.replace("id: tiny", "id: own"), encoding="utf-8")
    for wanted, title in (("de", "Winzig"), ("it", "Tiny")):
        store = Store(tmp_path / f"{wanted}.sqlite3")
        app = ScalegameApp(f"{path}@gentle", store, catalogue(), Settings(language=wanted))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert isinstance(app.screen, BriefingScreen)
            board = next(screen for screen in app.screen_stack if isinstance(screen, BoardScreen))
            assert (board.session.level.id, board.session.level.title) == ("own@gentle", title)
            assert title in screen_text(app)
        store.close()


def test_the_language_that_is_set() -> None:
    assert language(Settings(), {"LANG": "de_AT.UTF-8"}) == "de-AT"
    assert language(Settings(), {}) == ""
    assert language(changed(Settings(), "language", "fr"), {"LANG": "de_AT.UTF-8"}) == "fr"
    assert changed(Settings(), "language", "pt-BR").language == "pt-BR"
    assert [step(Settings(language="pt-BR"), "language", by) for by in (1, -1)] == ["auto", "it"]
    with pytest.raises(Exception, match="a language is written short, as in auto, en, de"):
        changed(Settings(), "language", "german")
