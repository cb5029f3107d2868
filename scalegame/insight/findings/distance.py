"""Time that goes to the way between places: messages under way while every box is idle."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scalegame.design.model import Component
from scalegame.insight.findings import Finding, Ranked
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import RunResult
from scalegame.simulation.scenario import Profile, Scenario
from scalegame.units import Dimension, show

#: From this share of the latency on, it is the way that takes long.
MAIN = 0.5
#: A round trip shorter than this is no distance (seconds).
NEAR = 0.005
#: Below what is said of queues, where no latency objective was lost over it.
_QUIET = 0.19


@dataclass(frozen=True, slots=True)
class Way:
    """What a request's trips over one wire come to, on average.

    Attributes:
        source: Id of who asks.
        target: Id of who is asked.
        trips: There and back, for each request.
        seconds: Of one of them, without the bytes.
        apart: The two stand at different places.
    """

    source: str
    target: str
    trips: float
    seconds: float
    apart: bool

    @property
    def total(self) -> float:
        """Seconds of a request."""
        return self.trips * self.seconds


def find(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """The clients of whose latency most is distance."""
    for client in scenario.board:
        name = str(client.settings.get("sends"))
        if client.kind != "clients" or name not in scenario.workloads or name not in result.workloads:
            continue
        mean = result.workloads[name].latency.mean
        way = ways(client, scenario, result, recording)
        total = sum(each.total for each in way)
        far = [each for each in way if each.apart and each.seconds >= NEAR]
        # More than all of it: failed requests went other ways than those that the latency is of.
        if not far or not MAIN * mean <= total <= 1.1 * mean:
            continue
        longest = max(far, key=lambda each: each.total)
        places = [scenario.board.components[id].at for id in (longest.source, longest.target)]
        trips = f"{longest.trips:.1f}".removesuffix(".0")
        each, taken = show(longest.seconds, Dimension.TIME), show(longest.total, Dimension.TIME)
        one, make = ("trip", "makes") if trips == "1" else ("trips", "make")
        sentence = (
            f"{trips} {one} of {each} from {longest.source} to {longest.target} and back {make} {taken} of the"
            f" {show(mean, Dimension.TIME)} that a request of {name} takes on average."
            " No machine makes that shorter."
        )
        evidence = (
            ("from", f"{places[0]} to {places[1]}"),
            ("all ways of a request", show(total, Dimension.TIME)),
            ("the rest of it", show(max(mean - total, 0.0), Dimension.TIME)),
        )
        id = longest.target if longest.source == client.id else longest.source
        yield Ranked("distance", _QUIET, Finding(id, "It is the way, not the work", sentence, evidence))


def explains(scope: str, value: float, scenario: Scenario, result: RunResult, recording: Recording) -> bool:
    """Whether most of a measured latency is the way.

    Args:
        scope: Workload or operation that it is of; "" for all.
        value: The latency, seconds; NaN: nothing was measured.
        scenario: What was run.
        result: What it measured.
        recording: Of the same run.
    """
    totals = [
        sum(way.total for way in ways(client, scenario, result, recording))
        for client in scenario.board
        if client.kind == "clients"
        for workload in (scenario.workloads.get(str(client.settings.get("sends"))),)
        if workload is not None and (scope in ("", workload.name) or scope in workload.operations)
    ]
    return bool(totals) and min(totals) >= MAIN * value


def ways(client: Component, scenario: Scenario, result: RunResult, recording: Recording) -> Sequence[Way]:
    """The trips that somebody waits for, wire by wire, in the mean of a client's requests.

    Left out: what is asked at once with others, where only the slowest counts, and what a queue hands on.
    """
    inside = (recording.times > scenario.window.start) & (recording.times <= scenario.window.end)
    width = np.diff(recording.times, prepend=0.0)
    called = {pair: float((track.calls * width)[inside].sum()) for pair, track in recording.wires.items()}
    found: list[Way] = []
    line = [(client.id, 1.0, frozenset({client.id}))]
    while line:
        source, times, seen = line.pop()
        card = result.components[source]
        asked = card.arrivals
        if not asked or card.kind == "queue" or card.counters.get("branches"):
            continue
        for target in scenario.board.targets(source):
            calls = times * called.get((source, target), 0.0) / asked
            if not calls or target in seen or target not in result.components:
                continue
            found += _over(source, target, calls, scenario, result)
            line.append((target, calls, seen | {target}))
    return found


def _over(source: str, target: str, calls: float, scenario: Scenario, result: RunResult) -> Iterator[Way]:
    """The trips over one wire: those that end at read replicas go where these stand."""
    here, card = scenario.board.components[source].at, scenario.board.components[target]
    counters = result.components[target].counters
    copied = 0.0
    if there := card.settings.get("replica_at"):
        asked = counters.get("reads", 0.0) + counters.get("writes", 0.0)
        copied = calls * counters.get("replica_reads", 0.0) / asked if asked else 0.0
        if copied:
            yield Way(source, target, copied, _round_trip(here, str(there), scenario), here != there)
    if calls > copied:
        yield Way(source, target, calls - copied, _round_trip(here, card.at, scenario), here != card.at)


def _round_trip(here: str, there: str, scenario: Scenario) -> float:
    """There and back, on average (seconds)."""

    def one(profile: Profile) -> float:
        return profile.latency.mean + profile.jitter

    network = scenario.network
    seconds = one(network.profile(here, there)) + one(network.profile(there, here))
    return seconds if math.isfinite(seconds) else 0.0
