"""When requests arrive, and what they ask for: tables by request number, the same for every design."""

from __future__ import annotations

from array import array
from math import pi

import numpy as np
import numpy.typing as npt

from scalegame.design.world import DataSet
from scalegame.simulation.randomness import Streams, zipf_keys
from scalegame.simulation.scenario import Closed, Open, Piece, Scenario, Workload

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
#: Points at which a ramp or sine is sampled; between them the rate is taken as straight.
POINTS = 400


def expected_count(pieces: tuple[Piece, ...], until: float) -> float:
    """Mean number of arrivals in [0, until)."""
    _, count = cumulative(pieces, until)
    return float(count[-1])


def cumulative(pieces: tuple[Piece, ...], until: float) -> tuple[Floats, Floats]:
    """The expected number of arrivals up to each of a row of times, as (times, counts).

    Between two points the count is taken as linear: exact for constant rates.
    """
    times, counts = [np.zeros(1)], [np.zeros(1)]
    total = 0.0
    for piece in pieces:
        end = min(piece.end, until)
        if end <= piece.start:
            break
        straight = piece.low == piece.high and not piece.swing
        t = np.linspace(piece.start, end, 2 if straight else POINTS + 1)
        x = t - piece.start
        if piece.swing:
            turn = 2 * pi / piece.period
            area = piece.low * x + piece.swing / turn * (1 - np.cos(turn * x))
        elif straight:
            area = piece.low * x
        else:
            slope = (piece.high - piece.low) / (piece.end - piece.start)
            area = piece.low * x + slope * x * x / 2
        times.append(t[1:])
        counts.append(total + area[1:])
        total = float(counts[-1][-1])
    return np.concatenate(times), np.concatenate(counts)


def arrival_times(arrivals: Open, until: float, rng: np.random.Generator) -> Floats:
    """All arrival times in [0, until), in order.

    Source: a non-homogeneous Poisson process by inversion of its cumulative rate; "constant" takes the same
    inversion at 1/2, 3/2, …
    """
    times, counts = cumulative(arrivals.pieces, until)
    total = float(counts[-1])
    if total <= 0:
        return np.empty(0)
    if arrivals.process == "constant":
        marks = np.arange(0.5, total)
    else:
        marks = np.empty(0)
        reached = 0.0
        while reached < total:  # in blocks of a fixed size: a longer run begins with the same arrivals
            block = reached + np.cumsum(rng.standard_exponential(4096))
            marks = np.concatenate([marks, block])
            reached = float(block[-1])
        marks = marks[marks < total]
    # Where the rate is 0 two points have one count, and the inverse jumps from the first to the second.
    return np.asarray(np.interp(marks, counts, times))


class Table:
    """What each request of an open workload is, by number.

    Arrays, not lists: the numbers of a whole run as objects would crowd everything else out of the cache.

    Attributes:
        times: Arrival, seconds.
        operations: Names.
        users: Numbers.
        keys: Keys.
    """

    __slots__ = ("keys", "operations", "times", "users")

    def __init__(self, scenario: Scenario, workload: Workload, streams: Streams) -> None:
        name = workload.name
        assert isinstance(workload.arrivals, Open)
        until = scenario.window.end + scenario.window.grace
        times = arrival_times(workload.arrivals, until, streams.generator(name, "arrivals"))
        n = len(times)
        self.times = array("d", times.tobytes())
        self.operations = operations(workload, streams.generator(name, "operations"), n)
        self.users = array("q", streams.generator(name, "users").integers(0, workload.users, n).tobytes())
        drawn = keys(scenario, workload, streams.generator(name, "keys"), n)
        data = popularity(scenario, workload)
        if data is not None:
            drawn = (drawn + data.shift_by * (times // data.shift_every).astype(np.int64)) % data.keys
        self.keys = array("q", drawn.tobytes())


def operations(workload: Workload, rng: np.random.Generator, count: int) -> list[str]:
    """The operations of `count` requests, drawn by their weights."""
    names = [name for name, asked in workload.operations.items() if asked.weight > 0]
    if len(names) == 1:
        return names * count
    weights = np.cumsum([workload.operations[name].weight for name in names])
    indices = np.searchsorted(weights, rng.random(count) * weights[-1], side="right")
    return [names[i] for i in indices.tolist()]


def keys(scenario: Scenario, workload: Workload, rng: np.random.Generator, count: int) -> Ints:
    """The keys of `count` requests, drawn by the popularity of the workload's data set."""
    if workload.keys is None:
        return np.zeros(count, dtype=np.int64)
    data = scenario.data[workload.keys]
    return zipf_keys(rng, data.keys, data.zipf, count)


def popularity(scenario: Scenario, workload: Workload) -> DataSet | None:
    """The data set whose changing popularity draws a workload's keys; None: it does not change."""
    data = None if workload.keys is None else scenario.data[workload.keys]
    return data if data is not None and data.shift_every > 0 and data.shift_by else None


class Turns:
    """Think times, operations and keys of a closed workload, by (client, turn).

    Row k holds turn k of every client, from a stream of its own: however slow a design is, its client 7 thinks
    as long in turn 3 as in every other design.
    """

    def __init__(self, scenario: Scenario, workload: Workload, streams: Streams) -> None:
        assert isinstance(workload.arrivals, Closed)
        self._scenario, self._workload, self._streams = scenario, workload, streams
        self._rows: list[tuple[list[float], list[str], list[int]]] = []
        self.clients = workload.arrivals.clients
        self._moving = popularity(scenario, workload)

    def key(self, drawn: int, now: float) -> int:
        """What a key that was drawn stands for at a time, where popularity moves on."""
        data = self._moving
        return drawn if data is None else (drawn + data.shift_by * int(now // data.shift_every)) % data.keys

    def turn(self, client: int, turn: int) -> tuple[float, str, int]:
        """Think time before it (seconds), operation and key."""
        while len(self._rows) <= turn:
            self._rows.append(self._row(len(self._rows)))
        thinks, names, keys_ = self._rows[turn]
        return thinks[client], names[client], keys_[client]

    def _row(self, turn: int) -> tuple[list[float], list[str], list[int]]:
        from scalegame.simulation.randomness import sample

        workload, n = self._workload, self.clients
        assert isinstance(workload.arrivals, Closed)

        def rng(purpose: str) -> np.random.Generator:
            return self._streams.generator(workload.name, purpose, turn)

        thinks: list[float] = sample(workload.arrivals.think, rng("think"), n).tolist()
        return (
            thinks,
            operations(workload, rng("operations"), n),
            keys(self._scenario, workload, rng("keys"), n).tolist(),
        )
