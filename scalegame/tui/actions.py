"""Everything a player can do: one table that feeds keys, toolbar, command palette, typed line and help.

A screen carries an action out in its method `do_<id>` (dashes become underscores), which is given the
words typed after the command, or "". The rows stand in `scalegame.tui.table`, a file a screen.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding, BindingType

from scalegame.tui.table import attempts, badges, board, briefing, events, everywhere, history, levels, result, run
from scalegame.tui.table import author as author_table
from scalegame.tui.table import charts as charts_table
from scalegame.tui.table import contest as contest_table
from scalegame.tui.table import operating as operating_table
from scalegame.tui.table import sandbox as sandbox_table
from scalegame.tui.table import settings as settings_table
from scalegame.tui.table import trace as trace_table
from scalegame.tui.table.model import ATTEMPTS as ATTEMPTS
from scalegame.tui.table.model import BADGES as BADGES
from scalegame.tui.table.model import BOARD as BOARD
from scalegame.tui.table.model import BRIEFING as BRIEFING
from scalegame.tui.table.model import CHARTS as CHARTS
from scalegame.tui.table.model import CODEX as CODEX
from scalegame.tui.table.model import CONTEST as CONTEST
from scalegame.tui.table.model import DISTRIBUTION as DISTRIBUTION
from scalegame.tui.table.model import EVENTS as EVENTS
from scalegame.tui.table.model import EVERYWHERE as EVERYWHERE
from scalegame.tui.table.model import HISTORY as HISTORY
from scalegame.tui.table.model import LEVELS as LEVELS
from scalegame.tui.table.model import RESULT as RESULT
from scalegame.tui.table.model import RUN as RUN
from scalegame.tui.table.model import SCREENS as SCREENS
from scalegame.tui.table.model import SETTINGS as SETTINGS
from scalegame.tui.table.model import SHEETS as SHEETS
from scalegame.tui.table.model import TRACE as TRACE
from scalegame.tui.table.model import Action as Action
from scalegame.units import whole

ACTIONS: tuple[Action, ...] = (
    *levels.ROWS,
    *briefing.ROWS,
    *board.ROWS,
    *sandbox_table.ROWS,
    *history.ROWS,
    *run.ROWS,
    *operating_table.ROWS,
    *events.ROWS,
    *result.ROWS,
    *attempts.ROWS,
    *author_table.ROWS,
    *badges.ROWS,
    *contest_table.ROWS,
    *charts_table.ROWS,
    *trace_table.ROWS,
    *settings_table.ROWS,
    *everywhere.ROWS,
)


def of(screen: str) -> tuple[Action, ...]:
    """The actions that are valid on a screen, in the order of the table."""
    return tuple(action for action in ACTIONS if screen in action.screens)


def bindings(screen: str) -> list[BindingType]:
    """Key bindings of a screen, made from the table. The key goes along where there are several digits."""
    made: list[BindingType] = []
    for action in of(screen):
        for key in action.keys:
            words = key if whole(key) is not None else ""
            # The colon is looked at before anything else: what is typed right behind it, or pasted with it,
            # must find the command line open.
            first = action.id == "line"
            made.append(
                Binding(
                    key,
                    f"perform('{action.id}', '{words}')",
                    action.title,
                    show=False,
                    priority=first,
                    id=binding_id(screen, action.id, key),
                )
            )
    return made


def binding_id(screen: str, action: str, key: str) -> str:
    """What a keymap calls the binding of a key; digits have one each, as each says something else."""
    return f"{screen}.{action}.{key}" if whole(key) is not None else f"{screen}.{action}"


def named(command: str, screen: str) -> Action | None:
    """The action that a typed command means on a screen, or None."""
    return next((action for action in of(screen) if command in action.typed), None)


def begun(start: str, screen: str, more: Iterable[str] = ()) -> tuple[str, ...]:
    """The commands that a word of two letters or more begins, an action once.

    Args:
        start: What was typed.
        screen: Where.
        more: Commands besides those of the table.
    """
    if len(start) < 2:
        return ()
    low = start.casefold()
    one = ((w for w in action.typed if " " not in w and w.startswith(low)) for action in of(screen))
    found = [next(words, "") for words in one]
    return tuple(dict.fromkeys(word for word in (*found, *(w for w in more if w.startswith(low))) if word))


def commands(actions: Iterable[Action]) -> tuple[str, ...]:
    """What can be typed for these actions."""
    known = tuple(actions)
    return (*(a.command for a in known if a.command), *(word for a in known for word in a.also))
