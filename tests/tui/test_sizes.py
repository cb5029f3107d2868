"""Every screen at five sizes, in ASCII, and in every theme: as text, and whether it can be read at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

import pytest
from rich.style import Style
from syrupy.assertion import SnapshotAssertion

from scalegame.progress.store import Store
from scalegame.tui import actions
from scalegame.tui.app import ScalegameApp
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.setup.settings import Settings
from tests.tui.places import follow, to_board, ways
from tests.tui.playing import Game, levels, screen_text
from tests.tui.touch import Touch

#: Five sizes, and how the game looks at each: every theme has its turn, though a golden shows no colours.
LOOKS = {
    (80, 24): Settings(glyphs="unicode"),
    (100, 30): Settings(glyphs="unicode", theme="light"),
    (120, 40): Settings(glyphs="unicode", theme="contrast"),
    (160, 50): Settings(glyphs="unicode", theme="terminal"),
    (200, 60): Settings(glyphs="ascii"),
}
Theme = Literal["dark", "light", "contrast", "terminal"]
#: What is only a mark, and no letter or digit, may be fainter (WCAG 2, 1.4.11).
LETTERS, MARKS = 4.5, 3.0
#: Drawn on purpose so that they hardly show: rails, empty parts of bars, frames, places that are locked.
BACKDROP = set("─│━┃╭╮╰╯┌┐└┘├┤┬┴┼░▒▁▂▃▅▆▇▏▕·○●█▌▐▀▄▔ ")


@asynccontextmanager
async def shown(folder: Path, place: str, size: tuple[int, int], settings: Settings) -> AsyncIterator[Game]:
    """A place at a size, with time stopped in the middle of a run."""
    way = next(way for (there, _), way in ways().items() if there == place)
    store = Store(folder / "progress.sqlite3")
    app = ScalegameApp("tiny", store, Catalogue.of(levels()), settings)
    async with app.run_test(size=size) as pilot:
        it = Game(app, pilot)
        await to_board(it)
        await follow(it, way, still=True)
        await Touch(it).resize(*size)
        await it.pilot.pause()
        yield it
    store.close()


@pytest.mark.parametrize("place", actions.SCREENS)
async def test_every_screen_in_ascii_is_ascii(tmp_path: Path, place: str, snapshot: SnapshotAssertion) -> None:
    async with shown(tmp_path, place, (80, 24), Settings(glyphs="ascii")) as it:
        text = screen_text(it.app)
    assert text.isascii(), [sign for sign in text if not sign.isascii()]
    # What depends on the day, the folder or the version of a library is in no golden.
    if place not in (actions.SETTINGS, actions.ATTEMPTS, actions.BADGES):
        assert text == snapshot


@pytest.mark.parametrize("place", [actions.LEVELS, actions.BRIEFING, actions.BOARD, actions.RUN, actions.RESULT])
@pytest.mark.parametrize("size", LOOKS, ids=str)
async def test_screens_at_five_sizes(
    tmp_path: Path, place: str, size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    async with shown(tmp_path, place, size, LOOKS[size]) as it:
        text = screen_text(it.app)
    assert max(map(len, text.splitlines())) <= size[0]
    assert text == snapshot


def ratio(style: Style) -> float:
    """Contrast of a style's colours as WCAG 2 defines it, 1 to 21."""

    def luminance(triplet: tuple[int, int, int]) -> float:
        shares = [v / 255 for v in triplet]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in shares]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert style.color is not None
    assert style.bgcolor is not None
    front, back = (luminance(color.get_truecolor()) for color in (style.color, style.bgcolor))
    return (max(front, back) + 0.05) / (min(front, back) + 0.05)


# The terminal's own colours are the terminal's affair.
THEMES = tuple(theme for theme in get_args(Theme) if theme != "terminal")


@pytest.mark.parametrize("place", actions.SCREENS)
async def test_text_can_be_read_in_every_theme(tmp_path: Path, place: str) -> None:
    async with shown(tmp_path, place, (120, 40), Settings(theme=THEMES[0], glyphs="unicode")) as it:
        for theme in THEMES:
            it.app.look.take(replace(it.app.settings, theme=theme))
            await Touch(it).settle()
            assert theme in it.app.theme
            faint = {}
            for strip in it.app.screen._compositor.render_strips():
                for text, style, _ in strip:
                    signs = set(text) - BACKDROP
                    if not signs or style is None or style.color is None or style.bgcolor is None:
                        continue
                    least = LETTERS if any(sign.isalnum() for sign in signs) else MARKS
                    if ratio(style) < least:
                        faint[text.strip()] = round(ratio(style), 2)
            assert not faint, theme
