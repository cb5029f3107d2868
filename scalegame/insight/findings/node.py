"""What a machine does to itself: it switches instead of working, runs out of memory, stands still to collect."""

from __future__ import annotations

from collections.abc import Iterator

from scalegame.design.distributions import Distribution
from scalegame.design.model import Component
from scalegame.design.parameters.memory import room
from scalegame.insight.bottleneck import named
from scalegame.insight.findings import Finding, Ranked, percent
from scalegame.simulation.disciplines import lasts
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import RunResult
from scalegame.simulation.scenario import Scenario
from scalegame.units import Dimension, show

#: A smaller share of the cores lost, or of the time, is not worth a word.
WORTH = 0.05
#: The same of time in which nothing moves: it is all at once, so that a tail shows it sooner.
STILL = 0.005
#: Cores less busy than this have room for the switching.
BUSY = 0.9


def find(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """What can be said of each card."""
    for component in scenario.board:
        if component.id in result.components:
            yield from _switching(component, result)
            yield from _memory(component, scenario, result)
            yield from _collecting(component, scenario, result)


def _switching(component: Component, result: RunResult) -> Iterator[Ranked]:
    cores, cost = named(result, component.id, "cores"), component.settings.get("switch.cost")
    if cores is None or not isinstance(cost, float) or not cost or cores.utilisation < BUSY:
        return
    machines = len(result.components[component.id].replicas)
    running = (cores.utilisation * cores.size + cores.queue_mean) / machines
    each = cores.size / machines
    turn = lasts(each / running) if running > each else cost / WORTH
    share = cost / (turn + cost)
    if share < WORTH:
        return
    sentence = (
        f"{running:.0f} calls share {each:g} cores, {show(turn, Dimension.TIME)} each in turn, and every switch"
        f" costs {show(cost, Dimension.TIME)}: {percent(share)} of the cores do no work."
        " Fewer at once would do more."
    )
    evidence = (("at work at once", f"{running:.0f}"), ("lost to switching", percent(share)))
    title = "More threads than cores can run"
    yield Ranked("waiting", 0.3 + share, Finding(component.id, title, sentence, evidence))


def _memory(component: Component, scenario: Scenario, result: RunResult) -> Iterator[Ranked]:
    deaths = result.components[component.id].counters.get("out_of_memory", 0.0)
    call = component.settings.get("memory.per_call")
    if not deaths or not isinstance(call, int | float):
        return
    size = scenario.sizes[str(component.settings["size"])]
    left = room(component, size)
    often = "once" if deaths == 1 else f"{deaths:.0f} times"
    sentence = (
        f"{component.id} ran out of memory {often}: threads and base leave {show(left, Dimension.SIZE)} of"
        f" {show(size.memory, Dimension.SIZE)}, which is {left // call:,.0f} calls of"
        f" {show(call, Dimension.SIZE)}, waiting ones included. Let fewer in, or give it more."
    )
    evidence = (("ran out", often), ("calls that fit", f"{left // call:,.0f}"))
    yield Ranked("failures", 0.75, Finding(component.id, "Out of memory", sentence, evidence))


def _collecting(component: Component, scenario: Scenario, result: RunResult) -> Iterator[Ranked]:
    card, pause = result.components[component.id], component.settings.get("collect.pause")
    count = card.counters.get("collections", 0.0)
    if not count or not isinstance(pause, Distribution):
        return
    window = scenario.window
    share = count * pause.mean / (window.end - window.start) / len(card.replicas)
    if share < STILL:
        return
    sentence = (
        f"{component.id} stopped {count:,.0f} times to collect, for {show(pause.mean, Dimension.TIME)} on average:"
        f" {percent(share)} of the time nothing in it moves, and who is inside then is among the slowest."
    )
    evidence = (("collections", f"{count:,.0f}"), ("stands still", percent(share)))
    yield Ranked(
        "waiting", 0.2 + min(0.5, 5 * share), Finding(component.id, "It stops to collect", sentence, evidence)
    )
