"""Objectives that nothing decides, and stars that nobody earns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scalegame.design import price
from scalegame.design.model import Component
from scalegame.design.rulebook import Adjustment
from scalegame.levels.bounds import asked_for_each
from scalegame.levels.lint.model import Finding, Looked
from scalegame.levels.model import Level
from scalegame.simulation.arrivals import expected_count
from scalegame.simulation.scenario import Open
from scalegame.units import Dimension, show
from scalegame.verdict.model import Objective

#: Luck brings no more than this many times the requests that are expected.
_LUCKY = 1.2


def find(looked: Looked) -> Iterator[Finding]:
    """Yield what is wrong with objectives and stars."""
    for i, objective in enumerate(looked.level.objectives):
        yield from _bounded(looked, objective, i)
    yield from _stars(looked)


def _bounded(looked: Looked, objective: Objective, i: int) -> Iterator[Finding]:
    least, most, why = _range(looked.level, objective)
    target, relation = objective.target, objective.relation
    up = relation in (">", ">=")
    if up:
        always = least is not None and (least > target or (least == target and relation == ">="))
        never = most is not None and (most < target or (most == target and relation == ">"))
    else:
        always = relation != "==" and most is not None and (most < target or (most == target and relation == "<="))
        never = least is not None and (least > target or (least == target and relation == "<"))
        never = never or (relation == "==" and most is not None and most < target)
    if always:
        message = f"{objective.text} always holds, whatever is built: {why} – make it stricter, or leave it out"
        yield looked.finding("always-met", message, "objectives", i)
    if never:
        message = f"{objective.text} never holds, whatever is built: {why} – ask for less"
        yield looked.finding("never-met", message, "objectives", i)


def _range(level: Level, objective: Objective) -> tuple[float | None, float | None, str]:
    """Return the least and the most that a metric can be, as far as that is certain, and why."""
    match objective.metric:
        case "availability":
            return 0.0, 1.0, "it lies between 0 and 100 %"
        case "latency" if objective.statistic:
            return _slowest(level)
        case "goodput" | "throughput" if objective.scope == "":
            most = _offered(level)
            return 0.0, most, "" if most is None else f"{show(most, Dimension.RATE)} at the most are asked for"
        case "cost" if level.live is None:
            least, most = _prices(level)
            said = [f"the cheapest board costs {show(least, Dimension.PRICE)}"]
            if most is not None:
                said.append(f"the dearest {show(most, Dimension.PRICE)}")
            return least, most, ", ".join(said)
    if objective.dimension is Dimension.RATIO:
        return 0.0, 1.0, "it lies between 0 and 100 %"
    return 0.0, None, "it is never less than 0"


def _slowest(level: Level) -> tuple[float, float | None, str]:
    """Nobody who asks once waits longer than the time-out."""
    waits = [w.timeout for w in level.workloads.values() if w.retries.attempts == 1]
    changed = any(c.target[0] == "workload" for p in level.rulebook.projects.values() for c in p.changes)
    known = [wait for wait in waits if wait is not None]
    if changed or len(known) < len(level.workloads):
        return 0.0, None, ""
    return 0.0, max(known), f"who waits for {show(max(known), Dimension.TIME)} has timed out"


def _offered(level: Level) -> float | None:
    """Requests a second that can be asked for while it is measured, with some luck; None: not known."""
    window, total = level.window, 0.0
    for workload in level.workloads.values():
        if not isinstance(workload.arrivals, Open):
            return None
        pieces = workload.arrivals.pieces
        count = expected_count(pieces, window.end) - expected_count(pieces, window.start)
        total += count * asked_for_each(workload)
    return total / (window.end - window.start) * _LUCKY


def _prices(level: Level) -> tuple[float, float | None]:
    """What the cheapest and the dearest board cost, or less and more than that; dearest None: not known."""
    book = level.rulebook
    least, most, scaled = 0.0, 0.0, False
    for card in level.found:
        allowed = book.adjust.get(card.id, {})
        low, high = _extremes(card, allowed, level)
        if card.id in book.fixed or card.id in book.kept:
            least += low
        most += high
        scaled = scaled or _scales(card, allowed)
    for item in book.palette.values():
        card = Component(id=item.name, kind=item.kind, at=item.places[0], settings=item.settings, item=item.name)
        most += item.most * _extremes(card, item.adjust, level)[1]
        scaled = scaled or _scales(card, item.adjust)
    if scaled or any(c.target[0] == "component" for p in book.projects.values() for c in p.changes):
        return (0.0 if scaled else least), None
    return least, most + sum(project.price for project in book.projects.values())


def _scales(card: Component, allowed: Mapping[str, Adjustment]) -> bool:
    """Whether its machines may come and go during a run."""
    by = card.settings.get("scaling.by", "none")
    return by not in ("none", None) or any(name.startswith("scaling.") for name in allowed)


def _extremes(card: Component, allowed: Mapping[str, Adjustment], level: Level) -> tuple[float, float]:
    options = [card]
    for name in ("size", "replicas", "price"):
        given = allowed.get(name)
        if given is not None:
            ends = given.values or (given.low, given.high)
            values = [value for value in ends if value is not None]
            values = [int(v) if name == "replicas" and isinstance(v, float) else v for v in values]
            options += [option.with_settings({name: value}) for option in options for value in values]
    prices = [price.card(option, level.rulebook) for option in options]
    return min(prices), max(prices)


def _stars(looked: Looked) -> Iterator[Finding]:
    stars, level = looked.level.stars, looked.level
    boards = [looked.board(attempt) for attempt in looked.winners]
    if not boards:
        return
    if stars.parts is not None:
        fewest = min(price.parts(board, level.rulebook) for board in boards)
        if fewest > stars.parts:
            message = f"no attempt that wins has {stars.parts} parts: the smallest has {fewest}"
            yield looked.finding("star-out-of-reach", message, "stars", "parts")
    steady = level.live is None and not any(_scales(card, {}) for board in boards for card in board)
    if stars.cost is not None and steady:
        cheapest = min(price.cost(board, level.rulebook) for board in boards)
        if cheapest > stars.cost + 1e-9:
            told = show(cheapest, Dimension.PRICE)
            message = f"no attempt that wins is that cheap: the cheapest costs {told}"
            yield looked.finding("star-out-of-reach", message, "stars", "cost")
    won = [each for each in looked.measured() if each.get("declared") == "wins"]
    earned = {star for each in won for star in _list(each.get("stars"))}
    if stars.latency is not None and won and "latency" not in earned:
        message = "no attempt that wins was that quick when it was proved: allow more"
        yield looked.finding("star-out-of-reach", message, "stars", "latency")


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
