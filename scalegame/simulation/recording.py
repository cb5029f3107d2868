"""What is watched: the run as tracks over time, sampled every tick (pure data)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Track:
    """One card over time. Every array has one entry a tick: entry i is the tick that ends at `times[i]`.

    Attributes:
        utilisation: Busy share of its most telling pool during the tick, 0 to 1, of the replicas that are up.
        queue: Waiting at the end of the tick, all replicas.
        in_flight: Calls inside at the end of the tick.
        arrivals: Calls that arrived during the tick, per second.
        completions: Calls answered during the tick, per second.
        errors: Calls that it turned away, or that died in it, during the tick, per second.
        up: Replicas alive at the end of the tick.
        extra: The kind's own figure (hit ratio, replication lag in seconds, age of the oldest message), NaN
            where there is none.
        reasons: `errors` by reason ("threads queue full", "crashed" …); only reasons that occurred.
        wanted: Replicas that are to be in service at the end of the tick; empty where that never changes.
    """

    utilisation: Floats
    queue: Floats
    in_flight: Floats
    arrivals: Floats
    completions: Floats
    errors: Floats
    up: Ints
    extra: Floats
    reasons: Mapping[str, Floats] = field(default_factory=dict)
    wanted: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class WireTrack:
    """One wire over time: calls sent and failed replies coming back, per second, per tick."""

    calls: Floats
    errors: Floats


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth telling an operator: one line at one time.

    Attributes:
        time: Simulated seconds.
        component: Id, or "" for the network and the whole.
        text: Short: "web-1 crashed".
        kind: "fault", "recovery", "alert", "order" or "info".
        left: Of what took a replica down that was up: how many of its card are still up. None of all else.
    """

    time: float
    component: str
    text: str
    kind: str
    left: int | None = None


@dataclass(frozen=True, slots=True)
class RequestLog:
    """Every logical request of the cohort, in order of birth (arrays of equal length).

    Attributes:
        born: When it was born, seconds.
        resolved: When its client knew; NaN: never.
        outcome: Index into `outcomes`.
        workload: Index into the scenario's workloads.
        operation: Index into `operations`.
        completed: When what a queue had accepted took effect; NaN otherwise.
        stale: 1 for a stale read, 2 for one older than what its own user knew, 0 otherwise.
        checked: 1 if its reads were checked for staleness.
        accepted: Messages that queues accepted for it.
        pending: Of those, how many had not taken effect when the run ended.
        attempts: Sent for it.
        doubled: 1 if something that it adds took effect more than once.
        lost: 1 if something that it was told had been done is gone; of a session's read: what it found gone.
    """

    born: Floats
    resolved: Floats
    outcome: Ints
    workload: Ints
    operation: Ints
    completed: Floats
    stale: Ints
    checked: Ints
    accepted: Ints
    pending: Ints
    attempts: Ints
    doubled: Ints
    lost: Ints
    outcomes: tuple[str, ...]
    workloads: tuple[str, ...]
    operations: tuple[str, ...]

    def of(self, scope: str) -> Bools:
        """The requests of a workload, or else of an operation; "": all of them. Of what is unknown: none."""
        if scope in self.workloads:
            return np.asarray(self.workload == self.workloads.index(scope))
        if scope in self.operations:
            return np.asarray(self.operation == self.operations.index(scope))
        return np.full(len(self.born), not scope)

    def ended(self, names: Collection[str]) -> Bools:
        """Those with one of these outcomes."""
        return np.isin(self.outcome, [i for i, name in enumerate(self.outcomes) if name in names])


@dataclass(frozen=True, slots=True)
class Recording:
    """A run, to be played back at any speed, forwards and backwards.

    Attributes:
        times: End of each tick, seconds; the last is where the simulation ended.
        components: Track by component id.
        wires: Track by (source, target).
        events: In order of time.
        requests: The cohort.
        inside: Logical requests under way at the end of each tick, those outside the cohort too.
        cost: Dollars per hour of what runs at the end of each tick. Both are empty in a recording made by hand.
    """

    times: Floats
    components: Mapping[str, Track]
    wires: Mapping[tuple[str, str], WireTrack]
    events: tuple[Event, ...]
    requests: RequestLog
    inside: Floats = field(default_factory=lambda: np.zeros(0))
    cost: Floats = field(default_factory=lambda: np.zeros(0))

    def at(self, time: float) -> int:
        """Index of the tick that a moment falls into."""
        return min(int(np.searchsorted(self.times, time, side="left")), len(self.times) - 1)
