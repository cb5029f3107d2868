"""A run from its first event to its result: in slices or at once, watched or not, the same bytes."""

from __future__ import annotations

import gc
from time import perf_counter

from scalegame.design.kinds import Kinds
from scalegame.simulation import faults, measure, orders
from scalegame.simulation.recorder import Recorder
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import RunResult
from scalegame.simulation.scenario import Scenario
from scalegame.simulation.world import World


class Run:
    """One scenario with one seed.

    It advances tick by tick of simulated time; ticks are fixed by the scenario, so that it does not matter
    how often, or for how long, it is asked to advance.

    Attributes:
        progress: 0 to 1, of the simulated time that it will need at least.
        finished: There is a result.
    """

    def __init__(self, scenario: Scenario, kinds: Kinds, seed: int) -> None:
        self.scenario = scenario
        self.world = World(scenario, kinds, seed)
        self.recorder = Recorder(self.world)
        self.finished = False
        self._ended = ""
        self._first: measure.Edge | None = None
        self._last: measure.Edge | None = None
        self._ticks = 0
        self._result: RunResult | None = None
        self._recording: Recording | None = None
        self._zero = measure.edge(self.world)
        if scenario.window.start <= 0:
            self._first = self._zero
        faults.schedule(self.world)
        orders.schedule(self.world, self.world.orders)
        for part in self.world.parts.values():
            part.begin()
        self.world.kernel.drain()

    @property
    def progress(self) -> float:
        """Share of the way to the end of the window."""
        return 1.0 if self.finished else min(0.99, self.world.kernel.now / self.scenario.window.end)

    @property
    def result(self) -> RunResult:
        """What was measured.

        Raises:
            RuntimeError: The run has not finished.
        """
        if self._result is None:
            raise RuntimeError("the run has not finished")
        return self._result

    @property
    def recording(self) -> Recording:
        """What can be watched.

        Raises:
            RuntimeError: The run has not finished.
        """
        if self._recording is None:
            raise RuntimeError("the run has not finished")
        return self._recording

    def advance(self, seconds: float | None = None) -> bool:
        """Computes on, for about so many seconds of wall time (None: to the end). True: finished.

        Wall time decides when it returns, never what comes out.
        """
        deadline = None if seconds is None else perf_counter() + seconds
        collecting = gc.isenabled()
        gc.disable()  # a run makes next to no cycles, and collecting would cost a third of its time
        try:
            while not self.finished:
                self._tick()
                if deadline is not None and perf_counter() >= deadline:
                    break
        finally:
            if collecting:
                gc.enable()
        return self.finished

    def _tick(self) -> None:
        """To the next edge: of a tick, or of the window."""
        window, kernel = self.scenario.window, self.world.kernel
        now = kernel.now
        goal = (self._ticks + 1) * window.tick
        edges = [e for e in (window.start, window.end, window.end + window.grace) if now < e < goal]
        if edges:
            goal = min(edges)
        else:
            self._ticks += 1
        kernel.run(goal)
        self.recorder.tick()
        if self._first is None and goal >= window.start:
            self._first = measure.edge(self.world)
            measure.forget_peaks(self.world)
        if self._last is None and goal >= window.end:
            self._last = measure.edge(self.world)
        self._ended = self._past_limits()
        done = self._last is not None and self.world.ledger.open == 0
        if done or self._ended or goal >= window.end + window.grace:
            self._finish()

    def _past_limits(self) -> str:
        limits, world = self.scenario.limits, self.world
        inside = sum(p.inside() for p in world.parts.values())
        if inside > limits.calls:
            return f"more than {limits.calls:,} calls were in flight after {world.kernel.now:.1f} s"
        if world.kernel.steps > limits.steps:
            return f"the run needed more than {limits.steps:,} events by {world.kernel.now:.1f} s"
        return ""

    def _finish(self) -> None:
        world = self.world
        first = self._first or self._zero  # a run that hit a limit is measured as far as it went
        last = self._last or measure.edge(world)
        if last.time <= first.time:
            first = self._zero  # it ended where the window begins
        self._result, log = measure.result(world, first, last, self._ended)
        self._recording = self.recorder.recording(log)
        self.finished = True


def simulate(scenario: Scenario, kinds: Kinds, seed: int) -> Run:
    """A finished run."""
    run = Run(scenario, kinds, seed)
    run.advance()
    return run
