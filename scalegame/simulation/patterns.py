"""Arrival patterns as a sentence: ``120/s until 20 s, then 240/s, spike to 900/s at 70 s for 5 s``.

The pieces of a pattern are separated by ``, then``. Spikes come last and replace what is beneath them:

    120/s until 20 s                            a steady rate
    ramp to 300/s until 60 s                    from the rate before it (from 0 at the start) evenly to 300/s
    ramp from 50/s to 300/s until 60 s          the same, from a rate of its own
    sine 100/s to 300/s every 60 s until 100 s  begins half-way, rising
    240/s                                       the last piece needs no end
    spike to 900/s at 30 s for 5 s              any number of these
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from scalegame.errors import ScalegameError, quoted
from scalegame.simulation.scenario import Piece
from scalegame.units import Dimension, parse, write

MOST_PIECES = 50
"""A pattern may not have more pieces and spikes than this."""

_LONGEST = 100
_RAMP = re.compile(r"ramp(?: from (?P<low>.+?))? to (?P<high>.+?) until (?P<end>.+)")
_SINE = re.compile(r"sine (?P<low>.+?) to (?P<high>.+?) every (?P<period>.+?)(?: until (?P<end>.+))?")
_STEADY = re.compile(r"(?P<rate>.+?)(?: until (?P<end>.+))?")
_SPIKE = re.compile(r"spike to (?P<rate>.+?) at (?P<at>.+?) for (?P<length>.+)")
_FORMS = {
    "ramp": "ramp to 300/s until 60 s",
    "sine": "sine 100/s to 300/s every 60 s until 100 s",
    "spike": "spike to 900/s at 30 s for 5 s",
}


def parse_pattern(text: str) -> tuple[Piece, ...]:
    """Read a pattern.

    Args:
        text: As above.

    Returns:
        Pieces from 0 to infinity without gaps; after the last end that is given, the rate stays.

    Raises:
        ScalegameError: It is not a pattern; the message says what to write.
    """
    parts = [" ".join(part.split()) for part in text.split(",")]
    if len(parts) > MOST_PIECES:
        raise _bad(f"a pattern has at most {MOST_PIECES} pieces, not {len(parts)}")
    pieces: list[Piece] = []
    spikes: list[Piece] = []
    for i, part in enumerate(parts):
        if len(part) > _LONGEST:
            raise _bad(f'{quoted(part)} is too long for a piece: write it like "120/s until 20 s"')
        if part.startswith("spike"):
            spikes.append(_spike(part))
            continue
        if spikes:
            raise _bad(f"{quoted(part)} comes after a spike: put the spikes last")
        if i > 0:
            if not part.startswith("then "):
                raise _bad(f'{quoted(part)} must begin with "then" or "spike": write ", then {part}"')
            part = part.removeprefix("then ")
        pieces.append(_piece(part, pieces[-1] if pieces else None))
    if not pieces:
        raise _bad('a pattern begins with a rate: write it like "120/s until 20 s, then 240/s"')
    last = pieces[-1]
    if math.isfinite(last.end):
        rate = rate_at(pieces, last.end)
        pieces.append(Piece(last.end, math.inf, rate, rate))
    for spike in spikes:
        pieces = _overlaid(pieces, spike)
    return tuple(pieces)


def rate_at(pieces: Sequence[Piece], time: float) -> float:
    """Return the rate at a time, 1/s; a piece holds from its start until just before its end.

    At the end of the last piece, if it has one, its own rate there.
    """
    piece = next((p for p in pieces if p.start <= time < p.end), pieces[-1])
    if piece.swing:
        return piece.low + piece.swing * math.sin(2 * math.pi * (time - piece.start) / piece.period)
    if piece.low == piece.high:
        return piece.low
    return piece.low + (piece.high - piece.low) * (time - piece.start) / (piece.end - piece.start)


def held_from(pieces: Sequence[Piece], end: float) -> tuple[Piece, ...]:
    """Return the pattern up to `end`, after which it stays at the rate that it had just before."""
    kept = [p for p in pieces if p.start < end]
    last = kept[-1]
    rate = max(0.0, rate_at([last], end))
    if not last.swing and last.low == last.high:
        return (*kept[:-1], replace(last, end=math.inf))
    shape = last if last.swing else replace(last, high=rate)
    return (*kept[:-1], replace(shape, end=end), Piece(end, math.inf, rate, rate))


def write_pattern(pieces: Sequence[Piece]) -> str:
    """Return the pattern as a sentence, spikes spelt out as pieces; `parse_pattern` reads it back."""
    return ", then ".join(_written(piece) for piece in pieces)


def _written(piece: Piece) -> str:
    until = f" until {write(piece.end, Dimension.TIME)}" if math.isfinite(piece.end) else ""
    if piece.swing:
        low, high = (write(piece.low + sign * piece.swing, Dimension.RATE) for sign in (-1, 1))
        return f"sine {low} to {high} every {write(piece.period, Dimension.TIME)}{until}"
    low, high = write(piece.low, Dimension.RATE), write(piece.high, Dimension.RATE)
    return f"{low}{until}" if piece.low == piece.high else f"ramp from {low} to {high}{until}"


def _piece(text: str, before: Piece | None) -> Piece:
    start = before.end if before is not None else 0.0
    if math.isinf(start):
        raise _bad(f'what comes before {quoted(text)} has no end: write "… until 20 s, then {text}"')
    if text.startswith("ramp"):
        match = _matched(_RAMP, text, "ramp")
        first = match["low"]
        low = _rate(first) if first else rate_at([before], start) if before is not None else 0.0
        return Piece(start, _end(match["end"], start), low, _rate(match["high"]))
    if text.startswith("sine"):
        match = _matched(_SINE, text, "sine")
        low, high = _rate(match["low"]), _rate(match["high"])
        period = parse(match["period"], Dimension.TIME)
        if high < low or period <= 0:
            raise _bad(f'{quoted(text)} must rise and take time: write it like "{_FORMS["sine"]}"')
        mean = (low + high) / 2
        return Piece(start, _end(match["end"], start), mean, mean, (high - low) / 2, period)
    match = _matched(_STEADY, text, "steady")
    rate = _rate(match["rate"])
    return Piece(start, _end(match["end"], start), rate, rate)


def _spike(text: str) -> Piece:
    match = _matched(_SPIKE, text, "spike")
    rate, at = _rate(match["rate"]), parse(match["at"], Dimension.TIME)
    length = parse(match["length"], Dimension.TIME)
    if length <= 0:
        raise _bad(f"{quoted(text)} lasts no time")
    return Piece(at, at + length, rate, rate)


def _overlaid(pieces: Sequence[Piece], spike: Piece) -> list[Piece]:
    """Return the pieces with the spike in place of what is beneath it."""
    before, after = [], []
    for piece in pieces:
        cut = piece.start < spike.end and spike.start < piece.end
        if cut and piece.swing:
            # What is left of a sine after the cut would begin half-way again, which nobody means.
            raise _bad("a spike cannot cut a sine: end the sine before it and begin another after it")
        if piece.start < spike.start:
            before.append(_clipped(piece, piece.start, min(piece.end, spike.start)))
        if piece.end > spike.end:
            after.append(_clipped(piece, max(piece.start, spike.end), piece.end))
    return [*before, spike, *after]


def _clipped(piece: Piece, start: float, end: float) -> Piece:
    if piece.low == piece.high:
        return replace(piece, start=start, end=end)
    return Piece(start, end, rate_at([piece], start), rate_at([piece], end))


def _matched(form: re.Pattern[str], text: str, name: str) -> re.Match[str]:
    match = form.fullmatch(text)
    if match is None:
        raise _bad(f'{quoted(text)} is not complete: write it like "{_FORMS.get(name, "120/s until 20 s")}"')
    return match


def _rate(text: str) -> float:
    return parse(text, Dimension.RATE)


def _end(text: str | None, start: float) -> float:
    if text is None:
        return math.inf
    end = parse(text, Dimension.TIME)
    if end <= start:
        raise _bad(f'"until {text}" is not after {write(start, Dimension.TIME)}, where this piece begins')
    return end


def _bad(message: str) -> ScalegameError:
    return ScalegameError("Not an arrival pattern", message)
