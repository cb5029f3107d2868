"""The three numbers of a card: what it can do, what is asked of it, what waits (pure functions)."""

from __future__ import annotations

import math

from scalegame.design.model import Board, Component
from scalegame.errors import ScalegameError
from scalegame.insight.load import can_do, operation_rates, three_numbers, work_mix
from scalegame.levels.model import Level
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import RunResult
from scalegame.tui.words import plural
from scalegame.units import Dimension, show


def on_paper(level: Level, board: Board, id: str) -> str:
    """Before a run: what a card could do, and what the level will ask of it; nothing waits yet."""
    try:
        scenario = level.scenario(board)
        workload = scenario.workloads.get(str(board.components[id].settings.get("sends")))
        if workload is not None:
            return f"asks {_rate(math.fsum(operation_rates(workload, scenario).values()))}"
        asked = math.fsum(rate for rate, _ in work_mix(id, scenario))
        can = can_do(id, scenario)
    except (ScalegameError, KeyError):
        return ""
    if math.isnan(can) and not asked:
        return ""
    return f"can do {_rate(can)} · asked {_rate(asked) if asked else '–'} · waiting –"


def measured(level: Level, board: Board, id: str, recording: Recording, result: RunResult, time: float) -> str:
    """During and after a run, at a moment of it."""
    if id not in recording.components or id not in result.components:
        return on_paper(level, board, id)
    try:
        numbers = three_numbers(id, level.scenario(board), recording, time, result.components[id])
    except ScalegameError:
        return ""
    return str(numbers)


def card_lines(card: Component, level: Level) -> tuple[str, str]:
    """Two short lines on a card of the board: what it is made of, and what it runs or holds."""
    settings, rules = card.settings, level.rulebook
    size = rules.sizes.get(str(settings.get("size")))
    machine = f"{settings['size']} {plural(size.cores, 'core')}" if size else ""
    for name in ("policy", "keys", "capacity", "sends"):
        if not machine and settings.get(name) is not None and name in settings:
            kind = rules.kinds[card.kind]
            machine = kind.parameter(name).show(settings[name])
    about = ""
    for name in ("threads", "connections", "workers"):
        if isinstance(settings.get(name), int):
            about = f"{settings[name]} {name}"
            break
    if settings.get("sends") in level.workloads:
        about = _asks(level, str(settings["sends"]))
    return machine, about


def _asks(level: Level, workload: str) -> str:
    try:
        scenario = level.scenario(level.found)
        return _rate(math.fsum(operation_rates(level.workloads[workload], scenario).values()))
    except ScalegameError:
        return ""


def _rate(value: float) -> str:
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "any number"
    return show(value, Dimension.RATE)
