"""What a player can set about the game itself: colours, glyphs, motion, mouse (pure data, pure functions)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.levels.languages import LANGUAGE, of_environment
from scalegame.units import whole

#: Frames a second where the player leaves it to the game: at home, and over a line that every byte goes through.
USUAL_FPS, REMOTE_FPS = 12, 7
#: More frames than that nobody sees, and a terminal cannot draw.
MOST_FPS = 60
#: Environment variables of which at least one is set in a session over SSH.
_REMOTE = ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")


@dataclass(frozen=True, slots=True)
class Settings:
    """How the game looks and behaves on one player's terminal.

    Attributes:
        theme: "dark", "light", "contrast" (high contrast) or "terminal" (the terminal's own sixteen colours).
        colours: How many the terminal can show: "auto" asks it; "16", "256" or "true" insists.
        glyphs: "unicode", "ascii", or "auto": ASCII only where the terminal has no more.
        motion: "full", or "reduced": marks on wires stand still, nothing blinks or slides.
        fps: Frames a second while a run plays; 0: 12, over SSH 7.
        mouse: The game takes the mouse. Off: the terminal selects and copies text with it, as usual.
        slow_down: Playback slows down by itself around the first alert of a run.
        linear: Plain text line by line instead of screens, for screen readers.
        language: Of the texts in levels, as in "de"; "auto": what the terminal is set to.
    """

    theme: Literal["dark", "light", "contrast", "terminal"] = "dark"
    colours: Literal["auto", "16", "256", "true"] = "auto"
    glyphs: Literal["auto", "unicode", "ascii"] = "auto"
    motion: Literal["full", "reduced"] = "full"
    fps: int = 0
    mouse: bool = True
    slow_down: bool = True
    linear: bool = False
    language: str = "auto"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set.

    Attributes:
        name: As it is written, and as the attribute of `Settings` is called.
        title: A few words, for the screen.
        values: What can be chosen, in order, as it is written.
        about: Sentences that say what the values mean; a line each in the file.
        when: When a change is seen, if not at once.
        meaning: What a value means where the value does not say it, by value.
    """

    name: str
    title: str
    values: tuple[str, ...]
    about: tuple[str, ...]
    when: str = ""
    meaning: Mapping[str, str] | None = None

    def word(self, value: str) -> str:
        """How a value is shown."""
        return (self.meaning or {}).get(value, value)


_SWITCH = ("on", "off")
_YES = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}

#: Everything that can be set, in the order of the screen and the file.
KNOWN: tuple[Setting, ...] = (
    Setting(
        "theme",
        "Colours",
        ("dark", "light", "contrast", "terminal"),
        (
            "dark, light, contrast (black and white, strong marks),",
            "or terminal: the sixteen colours that the terminal itself was given.",
        ),
    ),
    Setting(
        "colours",
        "How many colours",
        ("auto", "16", "256", "true"),
        (
            "How many colours the terminal can show. auto: what it says of itself;",
            "16, 256 or true (16 million) insists, for terminals that say it wrongly.",
        ),
    ),
    Setting(
        "glyphs",
        "Characters",
        ("auto", "unicode", "ascii"),
        (
            "unicode draws lines and blocks; ascii needs nothing but the keyboard's signs.",
            "auto: ascii only where the terminal has no more.",
        ),
    ),
    Setting(
        "motion",
        "Motion",
        ("full", "reduced"),
        ("reduced: marks on wires stand still, and nothing blinks or slides.",),
    ),
    Setting(
        "fps",
        "Frames a second",
        ("0", "5", "7", "12", "15", "20", "30"),
        (
            f"Frames a second while a run plays, 1 to {MOST_FPS}.",
            f"0 leaves it to the game: {USUAL_FPS}, or {REMOTE_FPS} over SSH.",
        ),
        meaning={"0": "auto"},
    ),
    Setting(
        "mouse",
        "Mouse",
        _SWITCH,
        (
            "off: the game leaves the mouse to the terminal, to select and copy text with.",
            "Back again by the keyboard: on the screen of settings → on this line, or typed: mouse on.",
        ),
    ),
    Setting(
        "slow_down",
        "Slow-down",
        _SWITCH,
        ("on: playback slows down by itself around the first alert of a run.",),
    ),
    Setting(
        "linear",
        "Line by line",
        _SWITCH,
        ("on: plain text, line by line, instead of screens: for screen readers.",),
        "from the next start on",
    ),
    Setting(
        "language",
        "Language",
        ("auto", "en", "de", "es", "fr", "it"),
        (
            "Of the texts in levels that have it; others come in their own, and the game itself speaks English.",
            "auto: what the terminal is set to (LANG). Any other is typed, written short: language nl.",
        ),
        "from the next start on",
    ),
)
NAMES = tuple(setting.name for setting in KNOWN)


def known(name: str) -> Setting:
    """The setting of that name; `slow-down` is `slow_down`, and American spelling is forgiven.

    Raises:
        ScalegameError: There is none; says the nearest.
    """
    plain = name.strip().replace("-", "_").casefold()
    plain = "colours" if plain == "colors" else plain
    for setting in KNOWN:
        if setting.name == plain:
            return setting
    raise ScalegameError("Unknown setting", f"there is no setting {quoted(name)}{nearest(plain, NAMES)}")


def read(setting: Setting, written: object) -> str | int | bool:
    """The value that was written for a setting, in a file or on a line.

    Raises:
        ScalegameError: It is none of those allowed; says which are, and the nearest.
    """
    text = {True: "true", False: "false"}[written] if isinstance(written, bool) else str(written).strip()
    plain = text.casefold()
    if setting.values == _SWITCH:
        if plain in _YES:
            return _YES[plain]
    elif setting.name == "fps":
        plain = "0" if plain == "auto" else plain
        if (fps := whole(plain, MOST_FPS)) is not None:
            return fps
        raise ScalegameError(
            "Wrong value", f"fps is a whole number from 0 to {MOST_FPS}, 0 for automatic, not {quoted(text)}"
        )
    elif setting.name == "language" and LANGUAGE.fullmatch(text):
        return text
    elif plain in setting.values:
        return plain
    words = ", ".join(setting.values[:-1]) + f" or {setting.values[-1]}"
    if setting.name == "language":
        raise ScalegameError("Wrong value", f"a language is written short, as in {words}, not {quoted(text)}")
    close = nearest(plain, setting.values)
    guess = close if "did you mean" in close else ""
    raise ScalegameError("Wrong value", f"{setting.name} is {words}, not {quoted(text)}{guess}")


def written(settings: Settings, name: str) -> str:
    """The value of a setting as it is written."""
    value: object = getattr(settings, name)
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def changed(settings: Settings, name: str, value: object) -> Settings:
    """The settings with one of them set to what was written.

    Raises:
        ScalegameError: There is no such setting, or no such value.
    """
    setting = known(name)
    change: dict[str, Any] = {setting.name: read(setting, value)}
    return replace(settings, **change)


def overlaid(settings: Settings, over: Mapping[str, object]) -> Settings:
    """The settings with several of them set.

    Raises:
        ScalegameError: As `changed`.
    """
    for name, value in over.items():
        settings = changed(settings, name, value)
    return settings


def step(settings: Settings, name: str, by: int) -> str:
    """The value that comes after (or, with -1, before) the present one, round and round."""
    setting = known(name)
    now = written(settings, name)
    if now not in setting.values and name != "fps":
        return setting.values[0 if by > 0 else -1]
    if now not in setting.values:
        # A number of frames that is not on the list: the neighbour on it.
        later = [v for v in setting.values if int(v) > int(now)]
        return (later or setting.values)[0] if by > 0 else setting.values[-len(later) - 1]
    return setting.values[(setting.values.index(now) + by) % len(setting.values)]


def language(settings: Settings, environment: Mapping[str, str]) -> str:
    """The language of the texts in levels, as in "de-AT"; "": each level's own."""
    return of_environment(environment) if settings.language == "auto" else settings.language


def frames(settings: Settings, environment: Mapping[str, str]) -> float:
    """Frames a second while a run plays: as set, or as the line allows."""
    if settings.fps > 0:
        return float(settings.fps)
    return float(REMOTE_FPS if any(environment.get(name) for name in _REMOTE) else USUAL_FPS)


def file_text(settings: Settings, lines: Iterable[str] = ()) -> str:
    """The settings as a file that explains itself.

    Args:
        settings: What to write.
        lines: What to say at the top, besides.
    """
    out = ["# Settings of scalegame. The settings screen (F2) writes this file; it can be edited by hand as well.",
           "# A line that is wrong is said at the start and passed over; a line taken out means the usual value.",
           *(f"# {text}" for text in lines)]  # fmt: skip
    usual = Settings()
    for setting in KNOWN:
        out.append("")
        out += [f"# {text}" for text in setting.about]
        allowed = f"0 to {MOST_FPS}" if setting.name == "fps" else ", ".join(setting.values)
        allowed += ", or another one" if setting.name == "language" else ""
        later = f" Seen {setting.when}." if setting.when else ""
        out.append(f"# Allowed: {allowed}. Usual: {written(usual, setting.name)}.{later}")
        out.append(f"{setting.name}: {written(settings, setting.name)}")
    return "\n".join(out) + "\n"
