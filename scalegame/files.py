"""Writing files that people have worked on: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from scalegame.errors import Place, ScalegameError


def rewrite(path: Path, text: str) -> None:
    """Writes a text file so that whoever reads it meanwhile, or after a crash, finds the old one or the new one.

    What a link points at is replaced, not the link; a file that was there keeps its permissions. Line ends are
    written as they are in the text.

    Raises:
        ScalegameError: It cannot be written; what was there is still there.
    """
    name = None
    try:
        target = path.resolve()
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}-", suffix=".tmp", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(target.stat().st_mode & 0o7777 if target.exists() else 0o644)
        Path(name).replace(target)
        name = None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "it is no name of a file").lower()
        raise ScalegameError("Cannot write", f"cannot be written: {reason}", Place(str(path))) from None
    finally:
        if name is not None:
            with suppress(OSError):
                Path(name).unlink()
