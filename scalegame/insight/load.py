"""Who is asked how much: what a board is offered on paper, and what a card can do (pure functions)."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Mapping

from scalegame.design.distributions import Distribution
from scalegame.design.model import Component
from scalegame.design.world import Read, Update, Work, Write, called, walk
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import ComponentResult, RunResult
from scalegame.simulation.scenario import Closed, Open, Scenario, Workload

#: (program, operation) -> calls per second.
Rates = Mapping[tuple[str, str], float]

_DEEPEST = 20


def can_do(id: str, scenario: Scenario, result: ComponentResult | None = None) -> float:
    """How many calls per second a card can do at most.

    Cores bound it by units over mean work per call. Threads and connections bind where they are the smaller
    limit; how long each is held is only known from a run, by the utilisation law: at full use they would pass
    throughput over utilisation.

    Returns:
        Calls per second; NaN where neither paper nor run tells, infinite for what has no pool.
    """
    component = scenario.board.components[id]
    cores = _cores(component, scenario)
    if result is None:
        work = mean_work(id, scenario)
        return cores / work if cores and work > 0 else math.nan
    if not result.pools:
        return math.inf
    limits = []
    for pool in result.pools:
        if pool.name == "cores" and result.service_mean > 0:
            limits.append(pool.size / result.service_mean)
        elif pool.utilisation > 0 and result.throughput > 0:
            limits.append(result.throughput / pool.utilisation)
    return min(limits, default=math.nan)


def mean_machines(id: str, scenario: Scenario, result: RunResult, recording: Recording) -> float:
    """How many machines of a card worked, averaged over the window."""
    component, card = scenario.board.components[id], result.components[id]
    size = scenario.sizes.get(str(component.settings.get("size")))
    cores = next((pool for pool in card.pools if pool.name == "cores"), None)
    wanted = recording.components[id].wanted
    if not len(wanted):
        return float(component.replicas)
    if size is not None and cores is not None:
        return cores.size / size.cores
    inside = (recording.times > scenario.window.start) & (recording.times <= scenario.window.end)
    return float(wanted[inside].mean()) if inside.any() else float(component.replicas)


def _cores(component: Component, scenario: Scenario) -> int:
    size = scenario.sizes.get(str(component.settings.get("size")))
    return size.cores * component.replicas if size else 0


def mean_work(id: str, scenario: Scenario) -> float:
    """Mean work on a core per call, seconds, by the mix that is asked for; NaN where it is not known.

    For a database every read is counted, also those that a cache would answer.
    """
    parts = list(work_mix(id, scenario))
    total = math.fsum(rate for rate, _ in parts)
    return math.fsum(rate * work for rate, work in parts) / total if total > 0 else math.nan


def work_mix(id: str, scenario: Scenario) -> Iterator[tuple[float, float]]:
    """(calls per second, mean work in seconds) of each thing that a service or a database is asked for."""
    component, rates = scenario.board.components[id], program_rates(scenario)
    runs, holds = component.settings.get("runs"), component.settings.get("holds")
    if isinstance(runs, str) and runs in scenario.programs:
        for name, operation in scenario.programs[runs].operations.items():
            steps = walk(operation.steps)
            work = math.fsum(step.time.mean for step in steps if isinstance(step, Work | Update))
            yield rates.get((runs, name), 0.0), work
    elif isinstance(holds, str):
        read, write = component.settings.get("work.read"), component.settings.get("work.write")
        for (program, name), rate in rates.items():
            for step in walk(scenario.programs[program].operations[name].steps):
                if isinstance(step, Read) and step.data == holds and isinstance(read, Distribution):
                    yield rate * step.times, read.mean
                elif isinstance(step, Write) and step.data == holds and isinstance(write, Distribution):
                    yield rate / step.batch, write.mean


def program_rates(scenario: Scenario) -> Rates:
    """How often the workloads make each operation of each program run, on paper: retries not counted."""
    rates: dict[tuple[str, str], float] = {}
    for component in scenario.board:
        workload = scenario.workloads.get(str(component.settings.get("sends")))
        if workload is None:
            continue
        reached = programs_behind(component.id, scenario)
        for operation, rate in operation_rates(workload, scenario).items():
            program = next((p for p in reached if operation in scenario.programs[p].operations), None)
            if program is not None:
                _add(rates, scenario, program, operation, rate, 0)
    return rates


def _add(
    rates: dict[tuple[str, str], float],
    scenario: Scenario,
    program: str,
    operation: str,
    rate: float,
    depth: int,
) -> None:
    """Adds an operation and all that it calls in its turn."""
    if depth > _DEEPEST or program not in scenario.programs:
        return
    found = scenario.programs[program].operations.get(operation)
    if found is None:
        return
    rates[program, operation] = rates.get((program, operation), 0.0) + rate
    for step in walk(found.steps):
        calls = called(step)
        for program_called, name in dict.fromkeys((p, o) for p, o, _ in calls):
            count = sum((p, o) == (program_called, name) for p, o, _ in calls)
            _add(rates, scenario, program_called, name, rate * count, depth + 1)


def operation_rates(workload: Workload, scenario: Scenario) -> Mapping[str, float]:
    """How often each operation is asked for, mean over the window, 1/s; of closed ones at most that often."""
    window = scenario.window
    if isinstance(workload.arrivals, Open):
        total = mean_rate(workload.arrivals, window.start, window.end)
    else:
        think = workload.arrivals.think.mean
        total = workload.arrivals.clients / think if think > 0 else float(workload.arrivals.clients)
    weights = math.fsum(asked.weight for asked in workload.operations.values()) or 1.0
    rates = {name: total * asked.weight / weights for name, asked in workload.operations.items()}
    for asked in workload.operations.values():
        if asked.then is not None and asked.weight > 0:
            then = asked.then.operation
            rates[then] = rates.get(then, 0.0) + total * asked.weight / weights
    return rates


def mean_rate(arrivals: Open, start: float, end: float) -> float:
    """Mean arrival rate from `start` to `end`, 1/s; a sine counts with its mean."""
    total = 0.0
    for piece in arrivals.pieces:
        low, high = max(piece.start, start), min(piece.end, end)
        if high <= low:
            continue
        length = piece.end - piece.start
        slope = 0.0 if math.isinf(length) or length == 0 else (piece.high - piece.low) / length
        middle = piece.low + slope * ((low + high) / 2 - piece.start)
        total += middle * (high - low)
    return total / (end - start) if end > start else 0.0


def constant_rate(workload: Workload, start: float, end: float) -> bool:
    """Whether requests come at one rate from `start` to `end`, however the system does."""
    if isinstance(workload.arrivals, Closed):
        return False
    pieces = [p for p in workload.arrivals.pieces if p.start < end and p.end > start]
    rates = {rate for piece in pieces for rate in (piece.low, piece.high)}
    return len(rates) == 1 and not any(piece.swing for piece in pieces)


def is_reached(id: str, scenario: Scenario) -> bool:
    """Whether anybody who asks can reach a card along the wires."""
    board = scenario.board
    line = [card.id for card in board if str(card.settings.get("sends")) in scenario.workloads]
    seen = set(line)
    while line:
        fresh = set(board.targets(line.pop())) - seen
        seen |= fresh
        line += fresh
    return id in seen


def programs_behind(id: str, scenario: Scenario) -> list[str]:
    """Programs that can be reached from a card, the nearest first."""
    seen, found, line = {id}, [], deque([id])
    while line:
        for target in scenario.board.targets(line.popleft()):
            component = scenario.board.components.get(target)
            if target in seen or component is None:
                continue
            seen.add(target)
            runs = component.settings.get("runs")
            if isinstance(runs, str) and runs in scenario.programs:
                found.append(runs)
            line.append(target)
    return found
