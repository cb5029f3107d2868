"""Which orders belong to a board: those of its last attempt, or those that came with it (no screen in here)."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from scalegame.design.designfile import Design
from scalegame.design.orderlines import MOST_ORDERS
from scalegame.errors import ScalegameError
from scalegame.levels.live import read_line
from scalegame.levels.model import Level
from scalegame.progress.store import Store
from scalegame.tui.telling.words import plural


def bring(store: Store, level: Level, lines: Sequence[str], design: Design) -> str:
    """Keeps the orders of a design that was opened.

    Args:
        store: Where.
        level: Of the design.
        lines: Of the board that was made of it.
        design: What was opened.

    Returns:
        What the player should know of it, or "".
    """
    live = design.live[:MOST_ORDERS]
    try:
        live = tuple(str(read_line(text)) for text in live) if level.live is not None else ()
    except ScalegameError as error:
        store.remember(_key(level), "")
        return f"its orders are left out: {error.message}"
    store.remember(_key(level), json.dumps([time.time(), list(lines), list(live)]) if live else "")
    if live:
        return f"replay runs it with its {plural(len(live), 'order')}"
    return "its orders are left out: this level is watched" if design.live else ""


def of_board(store: Store, level: Level, lines: Sequence[str]) -> tuple[str, ...]:
    """What was done to the last run of this very board, or came with it, whichever was later."""
    at, mine, live = _brought(store, level)
    last = next((a for a in store.attempts(level.id) if tuple(a.lines) == tuple(lines)), None)
    if mine == tuple(lines) and (last is None or last.at < at):
        return live
    return last.live if last is not None else ()


def to_replay(store: Store, level: Level) -> tuple[str, ...]:
    """The last log of orders of the level: of an attempt, or one that came with a design; empty: there is none."""
    at, _, live = _brought(store, level)
    last = next((a for a in store.attempts(level.id) if a.live), None)
    return live if last is None or last.at < at else last.live


def _key(level: Level) -> str:
    return f"orders {level.id}"


def _brought(store: Store, level: Level) -> tuple[float, tuple[str, ...], tuple[str, ...]]:
    """When a log came with a design, the lines of its board, and the log; in the year dot, if none came."""
    try:
        at, lines, live = json.loads(store.recall(_key(level)))
        return float(at), tuple(map(str, lines)), tuple(map(str, live))
    except (TypeError, ValueError):
        return 0.0, (), ()
