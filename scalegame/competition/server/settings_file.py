"""The file that says how a competition is held, `host --settings FILE.yaml`: for teachers.

format: 1
title: Load week
mode: contest                 # or lesson: nobody is ranked
groups: pairs                 # individuals, pairs, teams
members: 2                    # of a team at most
levels:                       # left out: all of the pack
- two-is-company
- level: rush-hour@steep
opens: 20 min             # after the start
start: 2026-11-30 09:00       # or now; left out: the instructor's page starts it
end: 2026-12-14 18:00         # or instead minutes: 50
freeze: 1 h before the end    # or a moment
lock: 2026-12-14 17:00        # nothing can be handed in any more
limit: 10                     # designs of a team on a level
every: 1 h                    # within so much time
hidden_seeds: 20
standings: play               # before the end; or hidden
weights: {cost: 1, latency: 1}
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainValidator, ValidationError

from scalegame.competition.model.settings import Settings, Slot, Weights, started
from scalegame.errors import Place, Problems, ScalegameError, is_control, nearest, quoted
from scalegame.levels.fields import Shape, Time, number, problems_of, refused, whole
from scalegame.levels.naming import split
from scalegame.levels.packfolder import Entry
from scalegame.levels.yamltree import Document, Loc
from scalegame.levels.yamltree import load as load_yaml
from scalegame.units import Dimension, parse
from scalegame.units import whole as count

LONGEST = 366 * 24 * 60
"""Minutes of a competition at most."""

_MEMBERS = {"individuals": 1, "pairs": 2, "teams": 4}
_BEFORE = re.compile(r"(.+?)\s+before(?:\s+the)?\s+end")


@dataclass(frozen=True, slots=True)
class Before:
    """A moment that lies so many seconds before the end."""

    seconds: float


Moment = float | Before | Literal["now"]
"""Unix time in seconds, or what is not known yet."""


def moment(value: object) -> float:
    """A moment as people write it, in the time of this machine unless it says otherwise.

    Raises:
        ScalegameError: It is none.
    """
    try:
        found = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year < 2200:
        message = f"{quoted(value)} is no moment: write day and time, as in 2026-11-30 09:00"
        raise ScalegameError("Not a moment", message)
    return found.timestamp()


def _start(value: object) -> Moment:
    if isinstance(value, str) and value.strip() == "now":
        return "now"
    return _said(value)


def _late(value: object) -> Moment:
    match = _BEFORE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return _said(value)
    try:
        return Before(float(parse(match[1], Dimension.TIME)))
    except ScalegameError as error:
        raise refused(error.message) from None


def _said(value: object) -> float:
    try:
        return moment(value)
    except ScalegameError as error:
        raise refused(error.message) from None


def _plain(text: str) -> str:
    line = " ".join(text.split())
    if not line or any(is_control(char) for char in line):
        raise refused("must be plain text in one line, in which every character can be seen")
    return line


class SlotShape(Shape):
    """A level that opens later."""

    level: Annotated[str, Field(max_length=200)]
    opens: Time = 0.0


class WeightsShape(Shape):
    """Of the optional single score."""

    cost: Annotated[float, *number(0, 1000)] = 0.0
    latency: Annotated[float, *number(0, 1000)] = 0.0
    availability: Annotated[float, *number(0, 1000)] = 0.0
    parts: Annotated[float, *number(0, 1000)] = 0.0
    speed: Annotated[float, *number(0, 1000)] = 0.0


def _slot(value: object) -> SlotShape:
    if isinstance(value, str) and 0 < len(value) <= 200:
        return SlotShape(level=value)
    if isinstance(value, dict):
        return SlotShape.model_validate(value)
    raise refused("must be the id of a level, or {level: rush-hour@steep, opens: 20 min}")


class SettingsShape(Shape):
    """The file."""

    format: Literal[1]
    title: Annotated[str, Field(max_length=60), AfterValidator(_plain)] | None = None
    mode: Literal["lesson", "contest"] | None = None
    groups: Literal["individuals", "pairs", "teams"] = "teams"
    members: Annotated[int, *whole(1, 12)] | None = None
    levels: list[Annotated[SlotShape, PlainValidator(_slot)]] | None = Field(None, min_length=1, max_length=100)
    start: Annotated[Moment, PlainValidator(_start)] | None = None
    end: Annotated[float, PlainValidator(_said)] | None = None
    minutes: Annotated[float, *number(1, LONGEST)] | None = None
    freeze: Annotated[Moment, PlainValidator(_late)] | None = None
    lock: Annotated[Moment, PlainValidator(_late)] | None = None
    limit: Annotated[int, *whole(0, 10_000)] = 0
    every: Time = 3600.0
    hidden_seeds: Annotated[int, *whole(1, 200)] = 20
    standings: Literal["play", "hidden"] = "play"
    weights: WeightsShape | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What was said on the command line, which is stronger than the file; None: nothing."""

    mode: Literal["lesson", "contest"] | None = None
    start: Moment | None = None
    minutes: float | None = None


def read(
    path: Path | None, entries: Iterable[Entry], title: str, given: Given = Given(), now: float = 0.0
) -> Settings:
    """How a competition is held.

    Args:
        path: The file; None: there is none, and everything is as usual.
        entries: The levels of the pack.
        title: If the file has none.
        given: What is stronger than the file.
        now: Unix time, seconds, for what starts now.

    Raises:
        ScalegameError: Something in the file is wrong, with its place; `Problems` where there are several.
    """
    document = Document({"format": 1}, "the command line") if path is None else load_yaml(path)
    if not isinstance(document.data, dict):
        message = "this says nothing about a competition: begin with format: 1 and title: …"
        raise ScalegameError("No settings", message, document.place(()))
    try:
        shape = SettingsShape.model_validate(document.data)
    except ValidationError as error:
        raise Problems(problems_of(error, SettingsShape, document)) from None
    if given.start is not None or given.minutes is not None:
        # Who says on the command line when it is does not mean the moments of the file.
        changes: dict[str, object] = {"end": None, "minutes": given.minutes or shape.minutes}
        shape = shape.model_copy(update=changes | ({} if given.start is None else {"start": given.start}))
    problems = _Problems(document)
    slots = _slots(shape, list(entries), problems)
    settings = Settings(
        title=shape.title or title,
        mode=given.mode or shape.mode or "contest",
        slots=slots,
        groups=shape.groups,
        members=shape.members if shape.members is not None else _MEMBERS[shape.groups],
        end=shape.end,
        limit=shape.limit,
        every=shape.every,
        hidden_seeds=shape.hidden_seeds,
        live_on_hidden=shape.standings == "hidden",
        weights=None if shape.weights is None else Weights(**shape.weights.model_dump()),
    )
    settings = _timed(settings, shape, problems, now)
    problems.raise_any()
    return settings


class _Problems:
    """What is wrong, at its place."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._found: list[ScalegameError] = []

    def add(self, title: str, message: str, *loc: str | int) -> None:
        place: Place = self._document.place(tuple(loc), key=len(loc) == 1)
        self._found.append(ScalegameError(title, message, place))

    def raise_any(self) -> None:
        if self._found:
            raise Problems(self._found)


def _slots(shape: SettingsShape, entries: list[Entry], problems: _Problems) -> tuple[Slot, ...]:
    if shape.levels is None:
        return tuple(Slot(entry.id) for entry in entries)
    known = {name: entry for entry in entries for name in (entry.own, entry.id)}
    found: list[Slot] = []
    for i, slot in enumerate(shape.levels):
        name, variant = split(slot.level)
        loc: Loc = ("levels", i)
        entry = known.get(name)
        if entry is None:
            hint = nearest(name, [each.own for each in entries])
            problems.add("No such level", f"the pack has no level {quoted(name)}{hint}", *loc)
            continue
        if variant and variant not in entry.variants and not (entry.drawn and count(variant) is not None):
            hint = nearest(variant, entry.variants) or ": it has none"
            problems.add("No such variant", f"{name} has no variant {quoted(variant)}{hint}", *loc)
            continue
        full = f"{entry.id}@{variant}" if variant else entry.id
        if any(each.level == full for each in found):
            problems.add("Twice", f"{full} is there twice: name it once", *loc)
            continue
        found.append(Slot(full, slot.opens))
    return tuple(found)


def _timed(settings: Settings, shape: SettingsShape, problems: _Problems, now: float) -> Settings:
    """With the moments that are known, and what is said relative to those that are not."""
    if shape.groups == "individuals" and settings.members != 1:
        problems.add(
            "Members", "individuals have one member: leave members out, or write groups: teams", "members"
        )
    if shape.end is not None and shape.minutes is not None:
        problems.add("End twice", "write end or minutes: one of the two says when it ends", "minutes")
    freeze, lock = shape.freeze, shape.lock
    lasts = None if shape.minutes is None else shape.minutes * 60
    for name, late in (("freeze", freeze), ("lock", lock)):
        if isinstance(late, Before) and shape.end is None and lasts is None:
            problems.add("No end", f"{name} counts from the end: write end: … or minutes: …", name)
    settings = replace(
        settings,
        lasts=lasts,
        freeze=freeze if isinstance(freeze, float) else None,
        lock=lock if isinstance(lock, float) else None,
        freeze_before=freeze.seconds if isinstance(freeze, Before) else None,
        lock_before=lock.seconds if isinstance(lock, Before) else None,
    )
    start = now if shape.start == "now" else shape.start
    if isinstance(start, float):
        settings = started(settings, start)
    _check_order(settings, problems)
    return settings


def _check_order(settings: Settings, problems: _Problems) -> None:
    start, end = settings.start, settings.end
    if start is not None and end is not None and end <= start:
        problems.add("Wrong order", "the end has to come after the start", "end")
    for name, at in (("freeze", settings.freeze), ("lock", settings.lock)):
        if at is not None and ((start is not None and at <= start) or (end is not None and at > end)):
            problems.add("Wrong order", f"{name} has to lie between start and end", name)
    if settings.lasts is not None:
        for name, before in (("freeze", settings.freeze_before), ("lock", settings.lock_before)):
            if before is not None and before >= settings.lasts:
                problems.add("Wrong order", f"{name} would come before the start", name)
    first = 0.0 if start is None else start
    length = settings.lasts if settings.lasts is not None else None if None in (start, end) else (end or 0) - first
    for i, slot in enumerate(settings.slots):
        if length is not None and slot.opens >= max(length, 1.0):
            problems.add("Wrong order", f"{slot.level} would open after the end", "levels", i)
