"""Theory beside truth: what M/M/c says of a card's queue, where it may say anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scalegame.design.distributions import Distribution
from scalegame.design.parameters.scaling import scales
from scalegame.design.world import CallProgram, Read, SendTo, Work, Write, walk
from scalegame.insight.bottleneck import before, named
from scalegame.insight.load import constant_rate, program_rates
from scalegame.insight.theory import mmc_wait, mmc_wait_quantile, utilisation
from scalegame.simulation.result import RunResult
from scalegame.simulation.scenario import Open, Scenario


@dataclass(frozen=True, slots=True)
class Prediction:
    """What M/M/c predicts for the cores of a card, and what was measured (seconds, 1/s).

    Attributes:
        component: Id.
        rate: Arrivals, as measured.
        service: Mean work, on paper.
        servers: Cores.
        utilisation: By the utilisation law.
        wait: Predicted mean wait.
        wait_p99: Predicted.
        measured: Mean wait.
        measured_p99: Measured.
    """

    component: str
    rate: float
    service: float
    servers: int
    utilisation: float
    wait: float
    wait_p99: float
    measured: float
    measured_p99: float


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """Why M/M/c says nothing about a card.

    Attributes:
        reason: As the end of the sentence "no prediction: …".
        teaches: The reason says something about the card, not only about the formula.
    """

    reason: str
    teaches: bool = False


def predicted(id: str, scenario: Scenario, result: RunResult) -> Prediction | NotApplicable:
    """The M/M/c prediction for a card, or which assumption fails.

    M/M/c assumes Poisson arrivals at a constant rate, exponential work of one mean, equal servers behind one
    queue, nobody turned away, nobody giving up, and a steady state. By Burke's theorem what leaves such a
    queue is Poisson again, so that a card behind others qualifies if they do.
    """
    reason = next(_obstacles(id, scenario, result), None)
    if reason is not None:
        return NotApplicable(reason)
    card, cores = result.components[id], named(result, id, "cores")
    works = list(dict.fromkeys(_works(id, scenario)))
    if cores is None or len(works) != 1:
        return NotApplicable("its work is not known")
    rate = card.arrivals / (scenario.window.end - scenario.window.start)
    servers = int(cores.size)  # nobody has acted: it was the same all the time
    service, busy = works[0].mean, utilisation(rate, works[0].mean, servers)
    if busy >= 1.0:
        return NotApplicable(f"no steady state: it is asked for {busy:.0%} of what it can do", teaches=True)
    return Prediction(
        component=id,
        rate=rate,
        service=service,
        servers=servers,
        utilisation=busy,
        wait=mmc_wait(rate, service, servers),
        wait_p99=mmc_wait_quantile(rate, service, servers, 0.99),
        measured=cores.wait_mean,
        measured_p99=cores.wait_p99,
    )


def _obstacles(id: str, scenario: Scenario, result: RunResult) -> Iterator[str]:
    """What stands against M/M/c, the plainest first."""
    board, window = scenario.board, scenario.window
    component = board.components[id]
    if named(result, id, "cores") is None:
        yield "it has no cores to wait for"
        return
    order = component.settings.get("cores.order", "first come")
    if order != "first come":
        yield f"its cores work {order}" if order != "shared" else "its cores are shared"
    if component.replicas > 1:
        yield f"each of its {component.replicas} machines has a queue of its own"
    if any(scales(thing) for thing in board):
        yield "machines come and go by themselves"
    if scenario.faults:
        yield "something fails during the run"
    if scenario.orders:
        yield "somebody acts during the run"
    for workload in scenario.workloads.values():
        if not isinstance(workload.arrivals, Open):
            yield "people wait for a reply before they ask again"
        elif workload.arrivals.process != "poisson":
            yield "arrivals are not Poisson"
        elif not constant_rate(workload, window.start, window.end):
            yield "the arrival rate changes"
        if any(asked.then is not None for asked in workload.operations.values()):
            yield "some requests follow others"
    if result.total.attempts > result.total.requests:
        yield "some requests are sent again"
    if any(sum(card.refused.values()) for card in result.components.values()):
        yield "calls are turned away"
    if result.total.successes < result.total.requests:
        yield "some requests fail"
    for other, card in result.components.items():
        for pool in card.pools:
            if pool.name != "cores" and pool.wait_total > 0:
                yield f"{other} lets only {round(pool.size, 1)} in at once"
    for other in (*before(id, scenario), id):
        yield from _not_exponential(other, id, scenario)


def _not_exponential(other: str, id: str, scenario: Scenario) -> Iterator[str]:
    """What one card on the way does to the arrivals, or the card itself to its work."""
    component = scenario.board.components[other]
    whose = "its" if other == id else f"{other}'s"
    if component.kind in ("cache", "queue", "webcache"):
        yield f"what {other} lets through is not Poisson"
    if other != id and any(scenario.board.components[t].kind == "cache" for t in scenario.board.targets(other)):
        yield f"what {other} does not find in its cache is not Poisson"
    if other != id and component.replicas > 1:
        yield f"{other} is several machines, each with a queue of its own"
    works = list(_works(other, scenario))
    if any(work.shape != "exponential" for work in works):
        yield f"{whose} work is not exponential"
    elif len(set(works)) > 1:
        yield f"{whose} work is a mix of several means"
    runs = component.settings.get("runs")
    if isinstance(runs, str) and runs in scenario.programs:
        rates = program_rates(scenario)
        for name, operation in scenario.programs[runs].operations.items():
            if rates.get((runs, name), 0.0) <= 0:
                continue
            plain = Work | Read | Write | CallProgram | SendTo
            if any(not isinstance(step, plain) or getattr(step, "parallel", 0.0) for step in operation.steps):
                yield f"{other} does more than work, read and write"
            if sum(isinstance(step, Work) for step in operation.steps) > 1:
                yield f"{whose} calls come back to the cores"
            others = [step for step in operation.steps if not isinstance(step, Work)]
            asked = sum(step.times if isinstance(step, Read) else 1 for step in others)
            if other != id and asked > 1:
                yield f"one call of {other} asks several times"
            if any(isinstance(step, Write) and step.batch > 1 for step in operation.steps):
                yield f"{other} sends in batches"


def _works(id: str, scenario: Scenario) -> Iterator[Distribution]:
    """The distributions of work that a card is asked for in this run."""
    component, rates = scenario.board.components[id], program_rates(scenario)
    runs, holds = component.settings.get("runs"), component.settings.get("holds")
    for (program, name), rate in rates.items():
        if rate <= 0:
            continue
        for step in walk(scenario.programs[program].operations[name].steps):
            if program == runs and isinstance(step, Work):
                yield step.time
            kind = {Read: "work.read", Write: "work.write"}.get(type(step))
            if kind and isinstance(step, Read | Write) and step.data == holds:
                work = component.settings.get(kind)
                if isinstance(work, Distribution):
                    yield work
