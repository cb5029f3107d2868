"""The three numbers of a card: what it can do, what is asked of it, what waits (pure functions)."""

from __future__ import annotations

import math

from scalegame.design.kinds import Parameter
from scalegame.design.model import Board, Component
from scalegame.errors import ScalegameError
from scalegame.insight.load import can_do, is_reached, mean_rate, operation_rates, work_mix
from scalegame.levels.model import Level
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import RunResult
from scalegame.simulation.scenario import Closed, Scenario, Workload
from scalegame.tui.telling.words import plural
from scalegame.units import Dimension, show


def on_paper(level: Level, board: Board, id: str) -> str:
    """Before a run: what a card could do, and what the level will ask of it; nothing waits yet."""
    try:
        scenario = level.scenario(board)
        workload = scenario.workloads.get(str(board.components[id].settings.get("sends")))
        if workload is not None:
            if isinstance(workload.arrivals, Closed):
                return _crowd(workload.arrivals)
            mean, most = _mean(workload, scenario), peak(workload, scenario)
            return f"asks {_rate(mean)}" + (f" on average, up to {_rate(most)}" if most > 1.01 * mean else "")
        reached = is_reached(id, scenario)
        asked = math.fsum(rate for rate, _ in work_mix(id, scenario)) if reached else 0.0
        can = can_do(id, scenario)
    except (ScalegameError, KeyError):
        return ""
    if math.isnan(can) and not asked:
        return ""
    varies = any(peak(w, scenario) > 1.01 * _mean(w, scenario) for w in scenario.workloads.values())
    behind = " on average" if varies and asked else " · waiting –"
    # Who waits for each answer asks for less the longer it takes: what is known is the most.
    closed = any(isinstance(w.arrivals, Closed) for w in scenario.workloads.values())
    said = ("at most " if closed else "") + _rate(asked) if asked else "–"
    return f"{capacity(board.components[id])} {_rate(can)} · asked {said}{behind}"


def capacity(card: Component) -> str:
    """What goes before the rate that a card can do: its cores' alone, where a pool may let fewer calls through."""
    return "cores can do" if card.settings.get("connect.reuse") == "pool" else "can do"


def _crowd(arrivals: Closed) -> str:
    """Clients who wait for each answer, on one line: how many, and what they ask for at most."""
    most = f" · asks at most {_rate(arrivals.clients / arrivals.think.mean)}" if arrivals.think.mean > 0 else ""
    return f"{', '.join(_clients(arrivals))}{most}"


def _clients(arrivals: Closed) -> tuple[str, str]:
    """How many clients there are, and how long each thinks."""
    return plural(arrivals.clients, "client"), f"think {show(arrivals.think.mean, Dimension.TIME)}"


def card_lines(card: Component, level: Level) -> tuple[str, str]:
    """Two short lines on a card of the board: what it is made of, and what it runs or holds."""
    settings, rules = card.settings, level.rulebook
    sent = level.workloads.get(str(settings.get("sends")))
    if sent is not None and isinstance(sent.arrivals, Closed):
        return _clients(sent.arrivals)
    size = rules.sizes.get(str(settings.get("size")))
    machine = f"{settings['size']} {plural(size.cores, 'core')}" if size else ""
    kind = rules.kinds[card.kind]
    shown = [_shown(kind.parameter(name), settings[name]) for name in kind.shows if settings[name]]
    if settings.get("sends") in level.workloads:
        shown.append(_asks(level, str(settings["sends"])))
    first, second, *_ = [*([machine] if machine else []), *shown, "", ""]
    return first, second


def _shown(parameter: Parameter, value: object) -> str:
    """A setting on a card: `50 threads`, `capacity 10,000`, `round robin`."""
    name, text = parameter.name.replace("_", " "), parameter.show(value)
    if not isinstance(value, int):
        return text
    return f"{text} {name}" if name.endswith("s") else f"{name} {text}"


def peak(workload: Workload, scenario: Scenario) -> float:
    """The most that a workload asks for at any time of the window, 1/s, with what follows on its requests."""
    mean = _mean(workload, scenario)
    if isinstance(workload.arrivals, Closed):
        return mean
    window = scenario.window
    overall = mean_rate(workload.arrivals, window.start, window.end)
    inside = [p for p in workload.arrivals.pieces if p.start < window.end and p.end > window.start]
    highest = max((max(p.low, p.high) + p.swing for p in inside), default=overall)
    return mean * highest / overall if overall > 0 else mean


def _mean(workload: Workload, scenario: Scenario) -> float:
    return math.fsum(operation_rates(workload, scenario).values())


def summed_up(level: Level, board: Board, id: str, recording: Recording, result: RunResult) -> str:
    """After a run: over the whole of its window, as the result speaks of it.

    What it gets is what reached it; what is asked of it may be more, where those in front of it cannot pass it on.
    """
    card = result.components.get(id)
    if id not in recording.components or card is None:
        return on_paper(level, board, id)
    window = level.window
    try:
        can = can_do(id, level.scenario(board), card)
    except ScalegameError:
        return ""
    most = longest(id, level, recording)
    gets = f"gets {_rate(card.arrivals / (window.end - window.start))}"
    if math.isfinite(can) or most:
        gets += f" · waiting ≤ {most:,}" if most else " · nothing waited"
    return f"can do {_rate(can)} · {gets}" if math.isfinite(can) else gets


def longest(id: str, level: Level, recording: Recording) -> int:
    """How many waited at a card at most within the window, for threads and cores together."""
    window = level.window
    inside = (recording.times >= window.start) & (recording.times <= window.end)
    return int(recording.components[id].queue[inside].max()) if inside.any() else 0


def _asks(level: Level, workload: str) -> str:
    try:
        scenario = level.scenario(level.found)
        asks = level.workloads[workload]
        mean, most = _mean(asks, scenario), peak(asks, scenario)
        return f"up to {_rate(most)}" if most > 1.01 * mean else _rate(mean)
    except ScalegameError:
        return ""


def _rate(value: float) -> str:
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "any number"
    return show(value, Dimension.RATE)
