"""Everything that the run screen shows of one run, worked out once when it is shown (no screen in here)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from scalegame.insight.load import mean_machines
from scalegame.simulation.recording import Event, Recording
from scalegame.simulation.result import RunResult
from scalegame.tui.canvas.frame import Scales, scales_of
from scalegame.tui.watch.alerts import Alert, alerts
from scalegame.tui.watch.computation import Computation
from scalegame.tui.watch.happenings import happenings
from scalegame.tui.watch.moment import most
from scalegame.tui.watch.sofar import Curves, curves
from scalegame.verdict.model import Objective, Stop


@dataclass(frozen=True, slots=True)
class RunInView:
    """One run of a computation.

    Attributes:
        recording: What is played.
        result: What it measured.
        objectives: What was asked of it.
        stop: From when on it was lost, or None.
        alerts: In the order in which they fire.
        events: Everything worth a line.
        scales: For the board's bars.
        curves: The whole run at a glance.
        can: What each part can do at most, calls per second, with so many machines as it had on average.
        machines: How many of each part worked, on average.
    """

    recording: Recording
    result: RunResult
    objectives: tuple[Objective, ...]
    stop: Stop | None
    alerts: tuple[Alert, ...]
    events: tuple[Event, ...]
    scales: Scales
    curves: Curves
    can: Mapping[str, float]
    machines: Mapping[str, float]

    @property
    def length(self) -> float:
        """Of the run, simulated seconds."""
        return float(self.recording.times[-1])

    @property
    def halt(self) -> float | None:
        """Where playback stops for the loss. A run that was lost before it began is worth watching whole."""
        return self.stop.time if self.stop is not None and self.stop.time > 0 else None

    def can_at(self, id: str, tick: int) -> float:
        """What a part can do at most with the machines that are in service at a tick, calls per second."""
        track, can = self.recording.components[id], self.can[id]
        if not math.isfinite(can):
            return can
        up = float(track.up[tick])
        if len(track.wanted):
            # What leaves is up still, and is given nothing more.
            now, mean = min(up, float(track.wanted[tick])), self.machines[id]
        else:
            now, mean = up, float(track.up.max())
        return can * now / mean if mean > 0 else can


def in_view(computation: Computation, index: int) -> RunInView:
    """Makes one of a finished computation's runs ready to be shown."""
    recording, result = computation.recording(index), computation.result(index)
    window, kinds = computation.level.window, computation.level.rulebook.kinds
    objectives = tuple(held.objective for held in computation.verdict.objectives)
    own = {card.id: kinds[card.kind].own for card in computation.board}
    fired = alerts(recording, objectives, window, own)
    return RunInView(
        recording,
        result,
        objectives,
        computation.stop(index),
        fired,
        happenings(recording, fired),
        scales_of(recording),
        curves(recording, window.end, begins=window.start),
        {id: most(id, computation.scenario, result) for id in recording.components},
        {id: mean_machines(id, computation.scenario, result, recording) for id in result.components},
    )
