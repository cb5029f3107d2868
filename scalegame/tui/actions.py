"""Everything a player can do: one table that feeds keys, toolbar, command palette, typed line and help.

A screen carries an action out in its method `do_<id>` (dashes become underscores), which is given the
words typed after the command, or "".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding, BindingType

LEVELS, BRIEFING, BOARD, RUN, RESULT, CODEX = "levels", "briefing", "board", "run", "result", "codex"
#: Screens, as they are called in titles.
SCREENS = {
    LEVELS: "Levels",
    BRIEFING: "Briefing",
    BOARD: "Board",
    RUN: "Run",
    RESULT: "Result",
    CODEX: "Codex",
}
EVERYWHERE = tuple(SCREENS)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a player can do.

    Attributes:
        id: Unique on its screens.
        title: For the palette and the help.
        help: One sentence.
        screens: Where it is valid.
        keys: Names of keys, the one to show first.
        shown: How the keys are shown; "" if there are none.
        command: What to type on the command line; "" if there is nothing to type.
        takes: What may follow the command, for the help; "" for nothing.
        tool: Label on the toolbar; "" keeps it off.
    """

    id: str
    title: str
    help: str
    screens: tuple[str, ...]
    keys: tuple[str, ...] = ()
    shown: str = ""
    command: str = ""
    takes: str = ""
    tool: str = ""

    @property
    def method(self) -> str:
        """Name of the screen's method."""
        return "do_" + self.id.replace("-", "_")


ACTIONS: tuple[Action, ...] = (
    # Levels
    Action("play", "Play the level", "Open the level under the cursor.", (LEVELS,),
           ("enter",), "Enter", "play", "[level]", "play"),
    Action("skip", "Pass over a level lost twice", "Pass over a level that was lost twice.", (LEVELS, RESULT),
           ("k",), "k", "skip", "", "skip"),
    # Briefing
    Action("to-board", "To the board", "Go to the board; a guess is optional.", (BRIEFING,),
           ("enter", "space"), "Enter", "board", "", "to the board"),
    Action("guess", "Guess which box fills first", "Say which box fills first; nothing hangs on it.", (BRIEFING,),
           ("1", "2", "3", "4", "5", "6", "7", "8", "9"), "1…9", "guess", "number or name"),
    # Board
    Action("select", "Select a part", "Arrows or a click select a part, Tab the next; Shift and arrows move it.",
           (BOARD,), (), "arrows", "select", "[part]"),
    Action("select-wire", "Select a wire", "Select the next wire; a comma the one before. A click does it too.",
           (BOARD,), (), ". ,", "select-wire"),
    Action("add", "Add a part from the palette",
           "Put something from the palette on the board; into the wire that is selected, if one is.",
           (BOARD,), ("a",), "a", "add", "[part]", "add"),
    Action("connect", "Draw a wire from the selected part",
           "Draw a wire from the selected part: arrows or a digit choose where to, Enter draws.",
           (BOARD,), ("c",), "c", "connect", "[from to]", "connect"),
    Action("edit", "Change the selected part",
           "Change the parameters of the selected part, step by step.", (BOARD,),
           ("e",), "e", "edit", "[part]", "edit"),
    Action("remove", "Remove the selected part or wire", "Take the selected part or wire off the board.", (BOARD,),
           ("x", "delete"), "x", "remove", "[part]", "remove"),
    Action("projects", "Buy engineering work", "Buy engineering work, or hand it back.", (BOARD,),
           ("b",), "b", "projects", "", "buy"),
    Action("undo", "Take back the last change", "Take back the last change.", (BOARD,),
           ("u", "ctrl+z"), "u", "undo", "[n or all]", "undo"),
    Action("redo", "Do again what was undone", "Do again what was undone.", (BOARD,),
           ("U", "ctrl+y"), "U", "redo", "[n]"),
    Action("run", "Put the board under load", "Put the board under load and watch.", (BOARD,),
           ("space", "r"), "Space", "run", "", "run"),
    Action("hint", "Show one hint", "Show one hint, or the next one.", (BOARD, RESULT),
           ("h",), "h", "hint", "", "hint"),
    Action("brief", "Read the brief again", "Read the brief again.", (BOARD,), ("i",), "i", "brief"),
    Action("details", "Show every parameter in force",
           "Show every parameter in force, or only what can be changed.", (BOARD,),
           ("d",), "d", "details"),
    Action("why", "Say why the last run went so",
           "Say again what went wrong in the last run.", (BOARD,), ("w",), "w", "why"),
    Action("page", "Codex page of the selected part",
           "Read the codex page of what is selected.", (BOARD,), ("f1",), "F1", "page"),
    # Run
    Action("pause", "Pause or go on", "Stop time, or let it go on.", (RUN,),
           ("space",), "Space", "pause", "", "pause"),
    Action("slower", "Slower",
           "Half the speed.", (RUN,), ("minus", "left_square_bracket"), "-", "slower", "", "-"),
    Action("faster", "Faster", "Twice the speed.", (RUN,),
           ("plus", "equals_sign", "right_square_bracket"), "+", "faster", "", "speed"),
    Action("speed", "Choose the speed", "Choose the speed: 1 is 1×, 7 is 64×.", (RUN,),
           ("1", "2", "3", "4", "5", "6", "7"), "1…7", "speed", "1, 2, 4 … 64"),
    Action("rewind", "Back 1 %", "Go back a little; with shift, 10 %.", (RUN,), ("left",), "←", "rewind", "", "←"),
    Action("forward", "Forward 1 %",
           "Go forward a little; with shift, 10 %.", (RUN,), ("right",), "→", "forward", "", "seek"),
    Action("rewind-far", "Back 10 %", "Go back further.", (RUN,), ("shift+left",), "Shift+←"),
    Action("forward-far", "Forward 10 %", "Go forward further.", (RUN,), ("shift+right",), "Shift+→"),
    Action("start", "To the start", "Go to the start of the run.", (RUN,), ("home",), "Home", "start"),
    Action("end", "To the end", "Go to the end of the run.", (RUN,), ("end",), "End", "end"),
    Action("seed", "Watch another seed",
           "Watch the same design with other luck.", (RUN,), ("s",), "s", "seed", "[1, 2, 3]", "seed"),
    Action("event", "Jump to the next event",
           "Jump to the next thing that happens.", (RUN,), ("n",), "n", "event", "", "next"),
    Action("result", "Show the result",
           "See what came of it.", (RUN,), ("enter",), "Enter", "result", "", "result"),
    # Result
    Action("board", "Back to the board", "Change something and try again.", (RESULT, RUN),
           ("b", "escape"), "b", "board", "", "board"),
    Action("next", "Next level", "Go on to the next level.", (RESULT,), ("n",), "n", "next", "", "next level"),
    Action("again", "Watch again",
           "Watch the run again from its start.", (RESULT,), ("w",), "w", "watch", "", "watch again"),
    Action("copy", "Copy the result as text",
           "Copy the result as text to the clipboard.", (RESULT,), ("y",), "y", "copy"),
    # Everywhere
    Action("back", "Leave this screen",
           "Go back to where you came from.", (BRIEFING, BOARD), ("escape",), "Esc", "back"),
    Action("codex", "Read how things work",
           "Read how things work.", (LEVELS, BRIEFING, RUN, RESULT), ("f1",), "F1", "codex", "[page]"),
    Action("leave-page", "Close the codex", "Go back to where you came from.", (CODEX,),
           ("escape",), "Esc", "close", "", "close"),
    Action("line", "Type what to do", "Type what to do; Tab completes, Up repeats.", EVERYWHERE,
           ("colon",), ":", "", "", ": type"),
    Action("help", "What can be done here",
           "Show what can be done here.", EVERYWHERE, ("question_mark",), "?", "help", "", "? help"),
    Action("light", "Light or dark colours",
           "Switch between the dark and the light colours.", EVERYWHERE, (), "", "light"),
    Action("quit", "Leave the game", "Leave the game; everything is saved.", EVERYWHERE, ("q",), "q", "quit"),
)  # fmt: skip


def of(screen: str) -> tuple[Action, ...]:
    """The actions that are valid on a screen, in the order of the table."""
    return tuple(action for action in ACTIONS if screen in action.screens)


def bindings(screen: str) -> list[BindingType]:
    """Key bindings of a screen, made from the table. The key goes along where there are several digits."""
    made: list[BindingType] = []
    for action in of(screen):
        for key in action.keys:
            words = key if key.isdigit() else ""
            # The colon is looked at before anything else: what is typed right behind it, or pasted with it,
            # must find the command line open.
            first = action.id == "line"
            made.append(
                Binding(key, f"perform('{action.id}', '{words}')", action.title, show=False, priority=first)
            )
    return made


def named(command: str, screen: str) -> Action | None:
    """The action that a typed command means on a screen, or None."""
    for action in of(screen):
        if action.command and action.command == command:
            return action
    return None


def commands(actions: Iterable[Action]) -> tuple[str, ...]:
    """What can be typed for these actions."""
    return tuple(action.command for action in actions if action.command)
