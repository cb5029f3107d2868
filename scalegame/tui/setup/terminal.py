"""What the terminal can do, and what of it the game makes use of: encoding, colours, mouse."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from rich.console import Console

from scalegame.tui.setup.settings import Settings

if TYPE_CHECKING:
    from textual.driver import Driver

#: Terminals whose fonts have no more than a few line drawing signs, whatever their encoding.
_PLAIN_TERMS = ("dumb", "linux", "vt100", "vt102", "vt220", "ansi", "cons25")
#: What a terminal has to be able to show for the game to draw with more than ASCII.
_PROBE = "╭━┼╌█▁▶●✓✗★→×≥…"
_SYSTEMS: Mapping[str, Literal["standard", "256", "truecolor"]] = {
    "16": "standard",
    "256": "256",
    "true": "truecolor",
}


def is_dumb(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal says of itself that it can do nothing but print."""
    return environment.get("TERM", "").casefold() in ("dumb", "unknown")


def is_plain(settings: Settings, encoding: str | None, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to show nothing but ASCII.

    Args:
        settings: What the player wants.
        encoding: Of the terminal; None where it is not known.
        environment: For the terminal's name.
    """
    if settings.glyphs != "auto":
        return settings.glyphs == "ascii"
    if environment.get("TERM", "").casefold() in _PLAIN_TERMS:
        return True
    try:
        _PROBE.encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return True
    return False


def encoding() -> str | None:
    """The encoding in which the game writes to the terminal, or None if it cannot be known."""
    # Textual writes to standard error on Unix, to standard output on Windows.
    stream = sys.__stdout__ if sys.platform == "win32" else sys.__stderr__
    return getattr(stream, "encoding", None)


def console_of(usual: Console, settings: Settings) -> Console:
    """The console that colours are written with: as many as the player insists on, or as Textual found out."""
    if settings.colours == "auto":
        return usual
    return Console(
        color_system=_SYSTEMS[settings.colours],
        file=usual.file,
        markup=True,
        highlight=False,
        emoji=False,
        legacy_windows=False,
        force_terminal=True,
        safe_box=False,
        soft_wrap=False,
    )


def take_mouse(driver: Driver | None, on: bool) -> None:
    """Begins or ends to take the mouse, while the game runs.

    Textual decides this once, when it starts; its drivers have had the two methods for both ways all along.
    """
    inside: Any = driver
    enable, disable = (getattr(inside, f"_{verb}_mouse_support", None) for verb in ("enable", "disable"))
    if enable is None or disable is None or inside._mouse == on:
        return
    if on:
        inside._mouse = True
        enable()
        if getattr(inside, "_mouse_pixels", False):
            inside._enable_mouse_pixels()
    else:
        disable()
        inside._mouse = False


def speak_plainly() -> None:
    """Makes a terminal with another encoding than UTF-8 usable, and one that sends broken bytes harmless.

    What cannot be written becomes one question mark, not an escape of six cells. What cannot be read becomes a
    sign that is no key, where Textual would end the game.
    """
    for stream in (sys.__stdout__, sys.__stderr__):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if sys.platform == "win32":
        return
    from textual.drivers import linux_driver

    spoken = codecs.lookup((sys.__stdin__ and sys.__stdin__.encoding) or "utf-8").name
    decoder = partial(codecs.getincrementaldecoder(spoken), errors="replace")
    # The driver asks for UTF-8 and lets no one choose; it calls what this returns once, without arguments.
    vars(linux_driver)["getincrementaldecoder"] = lambda name: decoder
