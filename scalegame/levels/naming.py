"""Names of levels and their variants, as they are typed: `two-is-company@steep`, `my.yaml@17`."""

from __future__ import annotations

import re

CAMPAIGN = "campaign"
"""The pack that comes with the game; its levels are known by their own ids alone."""

LAST_INSTANCE = 999_999
"""The greatest number of an instance."""

_VARIANT = re.compile(r"(?P<level>.+)@(?P<variant>[A-Za-z0-9][A-Za-z0-9_-]{0,39})", re.DOTALL)


def split(name: str) -> tuple[str, str]:
    """Return a level's id or path, and the variant of it that is meant ("" for the level as it is).

    An `@` in the name of a folder, or before the ending of a file, belongs to the path.
    """
    match = _VARIANT.fullmatch(name)
    return (match["level"], match["variant"]) if match is not None else (name, "")


def joined(id: str, variant: str) -> str:
    """Return what `split` takes apart."""
    return f"{id}@{variant}" if variant else id


def instance(variant: str) -> int | None:
    """Return the number of an instance, or None where a variant has a name.

    Numbers are written in one way only, from 1 to `LAST_INSTANCE`: seeds are derived from how they are written.
    """
    if not re.fullmatch(r"[1-9][0-9]{0,5}", variant):
        return None
    return int(variant)


def full_id(own: str, pack: str) -> str:
    """Return what saves and designs know a level by: in a pack of somebody's, the pack's id comes first."""
    return own if pack in ("", CAMPAIGN) else f"{pack}:{own}"
