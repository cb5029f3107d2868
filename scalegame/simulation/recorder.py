"""Watches a run tick by tick: reads counters and integrals, and never touches anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from scalegame.simulation.kernel import UP
from scalegame.simulation.part import Part
from scalegame.simulation.recording import Event, Floats, Recording, RequestLog, Track, WireTrack
from scalegame.simulation.world import World

#: The reason of calls that died in a crash, or found nobody alive.
CRASHED = "crashed"


@dataclass(slots=True)
class _Seen:
    """Totals of one card at the last tick, and its rows so far.

    Errors are rare: what `reasons` notes is (tick, reason, calls a second), and nothing in a tick without any.
    """

    busy: float = 0.0
    arrivals: int = 0
    errors: int = 0
    inside: int = 0
    killed: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    reasons: list[tuple[int, str, float]] = field(default_factory=list)
    wanted: list[int] = field(default_factory=list)
    rows: list[tuple[float, float, float, float, float, float, int, float]] = field(default_factory=list)


class Recorder:
    """Samples every card and wire at the end of each tick."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.times: list[float] = []
        self.inside: list[int] = []
        self.costs: list[float] = []
        self.seen = {i: _Seen() for i in world.parts}
        self.wires = [(w.source, w.target) for w in world.scenario.board.wires]
        self.wire_seen = dict.fromkeys(self.wires, (0, 0))
        self.wire_rows: dict[tuple[str, str], list[tuple[float, float]]] = {w: [] for w in self.wires}

    def tick(self) -> None:
        """A tick ends now."""
        now = self.world.kernel.now
        span = now - (self.times[-1] if self.times else 0.0)
        if span <= 0:
            return
        self.times.append(now)
        self.inside.append(self.world.ledger.inside)
        prices = (part.price() for part in self.world.parts.values())
        self.costs.append(sum(prices, self.world.scenario.overhead))
        for id, part in self.world.parts.items():
            self._card(part, self.seen[id], span)
        for id, fleet in self.world.fleets.items():
            self.seen[id].wanted.append(fleet.serving)
        for wire in self.wires:
            calls, errors = self._wire(*wire)
            before = self.wire_seen[wire]
            self.wire_seen[wire] = (calls, errors)
            self.wire_rows[wire].append(((calls - before[0]) / span, (errors - before[1]) / span))

    def _card(self, part: Part, seen: _Seen, span: float) -> None:
        telling = part.telling[0] if part.telling else ""
        pools = [r.station(telling) for r in part.replicas] if telling else []
        busy = sum(p.integrals()[0] for p in pools)
        units = sum(p.size for p, home in zip(pools, part.homes(), strict=False) if home.state == UP)
        arrivals, inside = part.arrivals(), part.inside()
        killed, refused = part.killed(), part.refusals()
        errors = killed + sum(refused.values())
        if errors != seen.errors:
            self._reasons(seen, killed, dict(refused), span)
        completed = (arrivals - seen.arrivals) - (inside - seen.inside) - (errors - seen.errors)
        seen.rows.append(
            (
                min(1.0, (busy - seen.busy) / span / units) if units else 0.0,
                part.queued(),
                inside,
                (arrivals - seen.arrivals) / span,
                max(0, completed) / span,
                (errors - seen.errors) / span,
                sum(h.state == UP for h in part.homes()) if part.replicas else 1,
                part.extra(),
            )
        )
        seen.busy, seen.arrivals, seen.errors, seen.inside = busy, arrivals, errors, inside

    def _reasons(self, seen: _Seen, killed: int, refused: dict[str, int], span: float) -> None:
        """Notes by reason what went wrong in this tick."""
        grown = {reason: n - seen.refused.get(reason, 0) for reason, n in refused.items()}
        grown[CRASHED] = killed - seen.killed
        tick = len(self.times) - 1
        seen.reasons += [(tick, reason, n / span) for reason, n in grown.items() if n]
        seen.killed, seen.refused = killed, refused

    def _wire(self, source: str, target: str) -> tuple[int, int]:
        """Calls sent and failed so far: counted by the sender where the receiver has several."""
        caller, callee = self.world.parts[source], self.world.parts[target]
        counted = caller.sent.get(target, 0)
        alone = len(self.world.scenario.board.sources(target)) == 1
        calls = counted if counted or not alone else callee.arrivals()
        errors = caller.failed.get(target, 0)
        if alone:  # what went wrong there came back here, whether or not the caller keeps count
            errors = max(errors, callee.killed() + sum(callee.refusals().values()))
        return calls, errors

    def recording(self, requests: RequestLog, alerts: tuple[Event, ...] = ()) -> Recording:
        """All ticks as arrays."""
        components = {}
        for id, seen in self.seen.items():
            columns = list(zip(*seen.rows, strict=True)) or [()] * 8
            floats = [np.asarray(c, dtype=np.float64) for c in columns]
            components[id] = Track(
                utilisation=floats[0],
                queue=floats[1],
                in_flight=floats[2],
                arrivals=floats[3],
                completions=floats[4],
                errors=floats[5],
                up=np.asarray(columns[6], dtype=np.int64),
                extra=floats[7],
                reasons=self._by_reason(seen),
                wanted=np.asarray(seen.wanted, dtype=np.int64),
            )
        wires = {}
        for wire, rows in self.wire_rows.items():
            both = np.asarray(rows, dtype=np.float64).reshape(-1, 2)
            wires[wire] = WireTrack(both[:, 0].copy(), both[:, 1].copy())
        events = tuple(sorted((*self.world.events, *alerts), key=lambda e: e.time))
        return Recording(
            np.asarray(self.times),
            components,
            wires,
            events,
            requests,
            inside=np.asarray(self.inside, dtype=np.float64),
            cost=np.asarray(self.costs, dtype=np.float64),
        )

    def _by_reason(self, seen: _Seen) -> dict[str, Floats]:
        """Errors a second by reason, a value a tick; only reasons that occurred."""
        found: dict[str, Floats] = {}
        for tick, reason, rate in seen.reasons:
            found.setdefault(reason, np.zeros(len(self.times)))[tick] = rate
        return found
