"""Files of lines and of designs that a player names: reading and writing them, bounded (no screen in here)."""

from __future__ import annotations

import os
import re
from pathlib import Path

from scalegame.design.designfile import Design
from scalegame.design.language import LONGEST_LINE, MOST_LINES
from scalegame.errors import ScalegameError, printable, quoted
from scalegame.tui.taking import keeping

#: Folder beside the saves in which designs are kept that were written under a plain name.
DESIGNS = "designs"
#: Bytes of a script, at most.
LARGEST = MOST_LINES * (LONGEST_LINE + 1) * 4
_YAML = (".yaml", ".yml")
_DESIGN = re.compile(r"^(?:format|level):", re.MULTILINE)


def lines_of(text: str) -> tuple[tuple[int, str], ...]:
    """The lines of a script with their numbers; blank ones and comments (`#`) are left out.

    Raises:
        ScalegameError: There are too many, or one is too long.
    """
    found = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    wanted = tuple((number, line) for number, line in found if line and not line.startswith("#"))
    if len(wanted) > MOST_LINES:
        raise ScalegameError("Too long", f"a script has at most {MOST_LINES} lines, this one has {len(wanted):,}")
    for number, line in wanted:
        if len(line) > LONGEST_LINE:
            raise ScalegameError("Too long", f"line {number} has more than {LONGEST_LINE} characters")
    return wanted


def read(name: str, home: Path, level: str) -> Design | tuple[tuple[int, str], ...]:
    """What is in a file: a design for the level, or the lines of a script with their numbers.

    Args:
        name: As the player wrote it: a file written before, or a path.
        home: Folder of the saves.
        level: Id of the level being played.

    Raises:
        ScalegameError: There is no such file, it is too large, or no script.
    """
    path = keeping.found(name, home, DESIGNS, (".yaml",))
    if path is None:
        raise ScalegameError(
            "No such file", f"there is no file {quoted(name)}: write the path of a script or design"
        )
    text = keeping.read(path, LARGEST)
    # Whatever it is called: no edit begins with these.
    if path.suffix.lower() not in _YAML and not _DESIGN.search(text):
        return lines_of(text)
    from scalegame.levels.designs import read_design
    from scalegame.levels.yamltree import load

    design = read_design(load(text, keeping.told(path)))
    if design.level != level:
        raise ScalegameError("Another level", f"this design is for the level {design.level}, not for {level}")
    return design


def write(name: str, home: Path, design: Design) -> Path:
    """Writes a design file; one that is there stays as it is.

    Args:
        name: A plain name, for the game's own folder of designs, or a path with a folder in it.
        home: Folder of the saves.
        design: What to write.

    Returns:
        Where it is.

    Raises:
        ScalegameError: It cannot be written.
    """
    from scalegame.levels.designs import design_text

    keeping.check(name, home, DESIGNS)
    text = design_text(design)
    if os.sep not in name and "/" not in name and not name.startswith("~"):
        ending = Path(keeping.safe_name(name, "")).suffix
        return keeping.keep(home, DESIGNS, name, ending or ".yaml", text, design.level)
    try:
        path = Path(name).expanduser()
        path = path if path.suffix else path.with_name(f"{path.name}.yaml")
        keeping.fill(path, keeping.exclusive(path), text)
    except FileExistsError:
        raise ScalegameError("It exists", f"{quoted(name)} is there already, and stays: choose another") from None
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScalegameError("Cannot write", f"{printable(name)} cannot be written: {reason.lower()}") from None
    return path
