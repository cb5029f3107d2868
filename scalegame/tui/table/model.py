"""What an action is, and the screens that it may be valid on (pure data)."""

from __future__ import annotations

from dataclasses import dataclass

LEVELS, BRIEFING, BOARD, RUN, RESULT, CODEX = "levels", "briefing", "board", "run", "result", "codex"
#: Sheets: screens of their own that lie over another, and are closed with Esc.
EVENTS, CHARTS, TRACE = "events", "charts", "trace"
HISTORY, ATTEMPTS, BADGES, SETTINGS = "history", "attempts", "badges", "settings"
DISTRIBUTION = "distribution"
CONTEST = "contest"
#: Screens, as they are called in titles.
SCREENS = {
    LEVELS: "Levels",
    BRIEFING: "Briefing",
    BOARD: "Board",
    RUN: "Run",
    RESULT: "Result",
    CODEX: "Codex",
    EVENTS: "Events",
    CHARTS: "Charts",
    TRACE: "Trace",
    HISTORY: "History",
    ATTEMPTS: "Attempts",
    BADGES: "Badges",
    SETTINGS: "Settings",
    DISTRIBUTION: "Distribution",
    CONTEST: "Competition",
}
SHEETS = (CODEX, EVENTS, CHARTS, TRACE, HISTORY, ATTEMPTS, BADGES, SETTINGS, DISTRIBUTION, CONTEST)
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
        also: What else can be typed for it: the word on the toolbar where that is another, and words near at hand.
        meant: What the typed command says to the method and a key does not, as a key may be a slip.
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
    also: tuple[str, ...] = ()
    meant: str = ""

    @property
    def typed(self) -> tuple[str, ...]:
        """Everything that can be typed for it."""
        return (self.command, *self.also) if self.command else self.also

    @property
    def method(self) -> str:
        """Name of the screen's method."""
        return "do_" + self.id.replace("-", "_")
