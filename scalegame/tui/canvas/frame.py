"""What the canvas shows of a run at one moment, and how a recording becomes that. Pure.

States of a card, the worst that applies:

- `DOWN`: no replica is up.
- `failing`: it turned away, or lost, more than 1 % of what arrived in the last second (a source of requests:
  more than 1 % of what it sent came back as a failure).
- `SATURATED`: busy for 95 % of the tick or more, or its queue grows: at least 10 wait, and a quarter more
  than two seconds ago.
- `busy`: busy for 70 % of the tick or more.
- `ok`: anything else that works; `idle`: nothing arrives and nothing is inside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isnan

from scalegame.design.kinds import Kinds
from scalegame.design.model import Board
from scalegame.simulation.recording import Floats, Recording, Track
from scalegame.tui.canvas.glyphs import State

BUSY, SATURATED = 0.70, 0.95

#: Share of failures above which a card fails.
FAILING = 0.01

#: A growing queue: at least so many waiting, so much more than so many seconds ago.
GROWING_LEAST, GROWING_FACTOR, GROWING_SECONDS = 10, 1.25, 2.0

#: Seconds over which rates of errors are looked at, so that states do not flicker from tick to tick.
LOOK_BACK = 1.0

#: Says a kind's own figure in a few characters.
Figure = Callable[[float], str] | None


@dataclass(frozen=True, slots=True)
class CardFrame:
    """One card at one moment.

    Attributes:
        state: How it fares.
        utilisation: Busy share, 0 to 1; None: it has nothing that could be busy, and shows `lines`.
        queue: How many wait.
        queue_scale: Queue at which the bar is full.
        badge: A short figure of the kind ("92 % hits"), or "".
        lines: Two lines of text for a card without bars.
    """

    state: State = State.OK
    utilisation: float | None = None
    queue: float = 0.0
    queue_scale: float = 1.0
    badge: str = ""
    lines: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class WireFrame:
    """One wire at one moment: calls sent and failed replies coming back, per second."""

    calls: float = 0.0
    errors: float = 0.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A board under load at one moment.

    Attributes:
        cards: By id; a card that is not here shows its settings.
        wires: By (source, target).
        wire_scale: Calls per second on the busiest wire of the run.
        phase: How far the marks on the wires have moved, cells.
    """

    cards: Mapping[str, CardFrame] = field(default_factory=dict)
    wires: Mapping[tuple[str, str], WireFrame] = field(default_factory=dict)
    wire_scale: float = 1.0
    phase: float = 0.0


@dataclass(frozen=True, slots=True)
class Scales:
    """What stays the same in all frames of a run, so that bars can be compared over time.

    Attributes:
        queues: Longest queue of each card, at least 10.
        wire: Calls per second on the busiest wire, at least 1.
        bars: Ids of cards that are busy or waited for at some time of the run.
    """

    queues: Mapping[str, float]
    wire: float
    bars: frozenset[str]


def scales_of(recording: Recording) -> Scales:
    """The scales of a run; made once, given to each `frame_from`."""
    tracks = recording.components
    return Scales(
        {id: max(10.0, _most(track.queue)) for id, track in tracks.items()},
        max(1.0, *(_most(wire.calls) for wire in recording.wires.values()), 1.0),
        frozenset(id for id, t in tracks.items() if _most(t.utilisation) > 0 or _most(t.queue) > 0),
    )


def frame_from(
    recording: Recording,
    index: int,
    board: Board,
    scales: Scales | None = None,
    phase: float = 0.0,
    kinds: Kinds | None = None,
) -> Frame:
    """What a recording shows at one of its ticks.

    Args:
        recording: Of the run.
        index: Of the tick.
        board: That ran.
        scales: `scales_of(recording)`; made anew if left out.
        phase: How far the marks have moved, cells.
        kinds: The registry: kinds say what their own figure means; without it the figures are left out.
    """
    known = scales or scales_of(recording)
    last = len(recording.times) - 1
    if last < 0:
        return Frame(phase=phase)
    at = min(max(index, 0), last)
    since = recording.at(float(recording.times[at]) - LOOK_BACK) if at else 0
    wires = {
        ends: WireFrame(float(track.calls[at]), float(track.errors[at])) for ends, track in recording.wires.items()
    }
    cards = {
        id: _card(recording, at, since, board, id, known, _figure(kinds, board.components[id].kind))
        for id in board.components
        if id in recording.components
    }
    return Frame(cards, wires, known.wire, phase)


def _card(
    recording: Recording, at: int, since: int, board: Board, id: str, scales: Scales, figure: Figure
) -> CardFrame:
    track = recording.components[id]
    component = board.components[id]
    errors, offered = _sum(track.errors, since, at), _sum(track.arrivals, since, at)
    if not board.sources(id):
        sent = [wire for ends, wire in recording.wires.items() if ends[0] == id]
        errors += sum(_sum(wire.errors, since, at) for wire in sent)
        offered = max(offered, sum(_sum(wire.calls, since, at) for wire in sent))
    then = max(0, recording.at(max(0.0, float(recording.times[at]) - GROWING_SECONDS)))
    queue = float(track.queue[at])
    growing = queue >= GROWING_LEAST and queue > GROWING_FACTOR * float(track.queue[then])
    state = state_of(
        utilisation=float(track.utilisation[at]),
        growing=growing,
        failing=errors > FAILING * offered and errors > 0,
        up=int(track.up[at]),
        quiet=offered == 0 and float(track.in_flight[at]) == 0,
    )
    has_bars = id in scales.bars
    return CardFrame(
        state,
        float(track.utilisation[at]) if has_bars else None,
        queue,
        scales.queues[id],
        _badge(track, at, figure, component.replicas),
        ("", "") if has_bars else _rates(track, at, sends_only=not board.sources(id)),
    )


def state_of(*, utilisation: float, growing: bool, failing: bool, up: int, quiet: bool) -> State:
    """The worst state that applies."""
    if up <= 0:
        return State.DOWN
    if failing:
        return State.FAILING
    if utilisation >= SATURATED or growing:
        return State.SATURATED
    if utilisation >= BUSY:
        return State.BUSY
    return State.IDLE if quiet and utilisation < 0.01 else State.OK


def _figure(kinds: Kinds | None, kind: str) -> Figure:
    return kinds[kind].figure if kinds is not None and kind in kinds else None


def _badge(track: Track, at: int, figure: Figure, replicas: int) -> str:
    up, wanted = int(track.up[at]), int(track.wanted[at]) if len(track.wanted) else replicas
    if 0 < up < wanted:
        return f"{up}/{wanted} up"
    if up and wanted != replicas:
        return f"{up} up"
    extra = float(track.extra[at])
    return "" if isnan(extra) or figure is None else figure(extra)


def _rates(track: Track, at: int, *, sends_only: bool) -> tuple[str, str]:
    inside = f"{count(float(track.in_flight[at]))} {'waiting' if sends_only else 'inside'}"
    return f"{count(float(track.arrivals[at]))}/s", inside


def count(number: float) -> str:
    """A number of things in at most four characters: 0, 812, 9.9k, 12k, 3.4M."""
    if number < 999.5:
        return f"{number:.0f}"
    for unit, size in (("k", 1e3), ("M", 1e6), ("G", 1e9)):
        scaled = number / size
        if scaled < 999.5:
            return f"{scaled:.1f}{unit}" if scaled < 9.95 else f"{scaled:.0f}{unit}"
    return "many"


def _most(values: Floats) -> float:
    return float(values.max()) if len(values) else 0.0


def _sum(values: Floats, start: int, end: int) -> float:
    return float(values[start : end + 1].sum())
