"""Installs packs from their files, whole or not at all, and removes them."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import replace as replaced
from pathlib import Path

from scalegame.design.kinds import Kinds
from scalegame.errors import Place, Problems, ScalegameError, quoted
from scalegame.levels import packs
from scalegame.levels.packfile import PackFile, load
from scalegame.levels.packmodel import Checked, check
from scalegame.levels.packnames import checked_id, checked_path

_UNPACKING = ".import-"
#: Seconds after which a folder that an import left is nobody's any more.
_ABANDONED = 3600.0


def unpack(packed: PackFile, where: Path) -> None:
    """Write the files of a pack into an empty folder.

    Raises:
        OSError: They cannot be written.
    """
    for name, text in packed.files.items():
        path = where.joinpath(*checked_path(name).split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())


def install(path: Path, kinds: Kinds, *, replace: bool = False) -> Checked:
    """Install a pack from its file, whole or not at all.

    Args:
        path: Of the file.
        kinds: The registry of kinds of component.
        replace: A pack of the same id may be there: this one takes its place. What was played stays.

    Raises:
        ScalegameError: It is no pack, something is wrong with it, or it is there already; nothing has changed.
    """
    packed = load(path)
    try:
        checked_id(packed.id)
    except ScalegameError as error:
        raise error.at(Place(str(path))) from None
    home = packs.installed_folder()
    target = home / packed.id
    if not replace and (target.exists() or target.is_symlink()):
        raise _there_already(packed.id)
    temporary: Path | None = None
    try:
        home.mkdir(parents=True, exist_ok=True)
        _sweep(home)
        temporary = Path(tempfile.mkdtemp(prefix=_UNPACKING, dir=home)).absolute()
        unpack(packed, temporary)
        try:
            checked = check(temporary, kinds, packed.id)
        except ScalegameError as error:
            raise _called(error, str(temporary), packed.id) from None
        if checked.pack.id != packed.id:
            message = f"this file says {packed.id}, and the pack in it {checked.pack.id}: export it again"
            raise ScalegameError("Damaged", message, Place(str(path)))
        temporary.chmod(0o755)
        _put(temporary, target, replace=replace)
        temporary = None
    except OSError as error:
        reason = (error.strerror or "the disk does not let us").lower()
        raise ScalegameError("Not imported", f"the pack cannot be kept in {home}: {reason}") from None
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
    return checked


def remove(id: str) -> None:
    """Delete an installed pack; what was played of it stays.

    Raises:
        ScalegameError: There is none, or it cannot be deleted.
    """
    target = packs.installed_folder() / checked_id(id)
    if target not in packs.installed_paths() and not target.is_symlink():
        raise ScalegameError("No such pack", f"no pack called {quoted(id)} is installed: scalegame pack list")
    try:
        if target.is_symlink():
            target.unlink()  # what it points at is somebody else's
            return
        # Gone at once, even if deleting should be interrupted.
        gone = Path(tempfile.mkdtemp(prefix=_UNPACKING, dir=target.parent))
        target.rename(gone / target.name)
        shutil.rmtree(gone)
    except OSError as error:
        reason = (error.strerror or "the disk does not let us").lower()
        raise ScalegameError("Not removed", f"{target} cannot be removed: {reason}") from None


def _put(temporary: Path, target: Path, *, replace: bool) -> None:
    """Let a folder take its name, and the place of what had it."""
    before = target.with_name(f"{packs.REPLACED}{target.name}")
    if replace and (target.exists() or target.is_symlink()):
        shutil.rmtree(before, ignore_errors=True)
        target.rename(before)
    try:
        temporary.rename(target)
    except OSError:
        if before.exists():
            before.rename(target)
        elif target.exists():
            raise _there_already(target.name) from None
        raise
    if before.is_symlink():
        before.unlink()
    else:
        shutil.rmtree(before, ignore_errors=True)


def _called(error: ScalegameError, where: str, name: str) -> ScalegameError:
    """Return an error that speaks of a pack by its name, not of the folder that it was unpacked to."""
    if isinstance(error, Problems):
        return Problems(_called(single, where, name) for single in error.errors)
    place = error.place and replaced(error.place, file=error.place.file.replace(where, name))
    return ScalegameError(error.title, error.message.replace(where, name), place)


def _there_already(id: str) -> ScalegameError:
    message = (
        f"a pack called {id} is installed already: import with --replace to put this one in its place (what was "
        f"played stays), or scalegame pack remove {id}"
    )
    return ScalegameError("Already there", message)


def _sweep(home: Path) -> None:
    """Delete what imports left that were killed."""
    for path in home.glob(f"{_UNPACKING}*"):
        with suppress(OSError):
            if not path.is_symlink() and time.time() - path.stat().st_mtime > _ABANDONED:
                shutil.rmtree(path, ignore_errors=True)
