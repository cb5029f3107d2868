"""Share codes in files that a player names: reading them, bounded (no screen in here)."""

from __future__ import annotations

from pathlib import Path

from scalegame.design import sharecode
from scalegame.design.designfile import Design
from scalegame.errors import ScalegameError, quoted
from scalegame.tui.taking import keeping

#: Bytes of a file with a code, at most.
LARGEST = 4 * sharecode.LONGEST_CODE


def design_of(words: str, home: Path) -> Design:
    """The design of a share code that was typed, or that stands in a file.

    Args:
        words: The code; or the name of a file that was written before, or a path.
        home: Folder of the saves.

    Raises:
        ScalegameError: It is neither, or the code cannot be read.
    """
    if sharecode.looks_like_code(words):
        return sharecode.decode(words)
    path = keeping.found(words, home, keeping.TEXTS, (".txt",))
    if path is None:
        raise ScalegameError(
            "No such code",
            f"{quoted(words)} is neither a share code, which begins with SG1-, nor a file that has one",
        )
    text = keeping.read(path, LARGEST)
    if not sharecode.looks_like_code(text):
        raise ScalegameError(
            "No code", f"{keeping.told(path)} has no share code in it: script reads lines and designs"
        )
    return sharecode.decode(text)
