"""Opening a design of any level from anywhere: from a share code, that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scalegame.design import edits
from scalegame.design.designfile import Design
from scalegame.errors import ScalegameError
from scalegame.tui.board import logs
from scalegame.tui.screens.base import GameScreen

if TYPE_CHECKING:
    from scalegame.tui.app import ScalegameApp


def open_design(app: ScalegameApp, design: Design) -> None:
    """Shows a design on the board of its level; what stood there can be had back by undoing.

    Nothing changes where it cannot be shown: the screen says why.
    """
    from scalegame.tui.screens.board import BoardScreen

    try:
        level = openable(app, design)
    except ScalegameError as error:
        screen = app.screen
        if isinstance(screen, GameScreen):
            screen.complain(error.message)
        return
    app.show_board(level)
    board = next((screen for screen in app.screen_stack if isinstance(screen, BoardScreen)), None)
    if board is None or board.session.level.id != level:
        return  # The app has said why.
    older = bool(design.digest) and design.digest != board.session.level.digest
    board.session.take(design.do)
    orders = logs.bring(app.store, board.session.level, board.session.lines, design)
    board.session.notice = f"Opened the share code. {board.key('undo')} takes it back." + (
        " It was made for another version of this level, and still applies." if older else ""
    )
    if orders:
        board.session.notice += f" {orders[0].upper()}{orders[1:]}."
    board.save()


def openable(app: ScalegameApp, design: Design) -> str:
    """The id of a design's level, if it can be played and the design still applies.

    Raises:
        ScalegameError: It cannot be shown; the message says why.
    """
    entry = app.catalogue.entry(design.level)
    if entry is None:
        raise ScalegameError("No such level", f"this code is for the level {design.level}, which is not there")
    if not app.catalogue.is_open(entry, app.store.standings()):
        raise ScalegameError("Locked", f"this code is for {entry.title}, which is locked still")
    level = app.catalogue.level(design.level)
    try:
        edits.apply_all(level.found, design.do, level.rulebook)
    except ScalegameError as error:
        message = f"this code does not fit {entry.title} as it is now: {error.message}"
        raise ScalegameError("It does not fit", message) from None
    return level.id
