"""The playhead: which moment of a recorded run is on the screen, and how fast time goes (no screen in here)."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

#: How much faster than life a run can be watched.
SPEEDS = (1, 2, 4, 8, 16, 32, 64)
#: Seconds of wall time in which a whole run should pass, unless the player says otherwise.
COMFORTABLE = 20.0
#: Around the first alert playback is so many times slower …
SLOWER = 4
#: … from so many seconds of wall time before it until so many after it.
LEAD, TAIL = 2.0, 3.0


def fitting_speed(length: float) -> int:
    """The speed at which `length` simulated seconds take about `COMFORTABLE` seconds to watch."""
    wanted = max(length / COMFORTABLE, 1e-9)
    return min(SPEEDS, key=lambda speed: abs(math.log(speed / wanted)))


def moment_after(moments: Sequence[float], time: float, margin: float = 1e-6) -> float | None:
    """The first of ordered moments that lies more than `margin` seconds after a time."""
    at = bisect_right(moments, time + margin)
    return float(moments[at]) if at < len(moments) else None


def moment_before(moments: Sequence[float], time: float, margin: float = 1e-6) -> float | None:
    """The last of ordered moments that lies more than `margin` seconds before a time."""
    at = bisect_left(moments, time - margin)
    return float(moments[at - 1]) if at > 0 else None


@dataclass
class Playhead:
    """Where playback stands.

    Attributes:
        length: Of the run, simulated seconds.
        stop: Where playback halts by itself (an objective is lost for good), or None.
        time: Simulated seconds.
        speed: That the player chose: simulated seconds per second of wall time.
        playing: Time moves.
        beyond: The player has chosen to watch on after the stop.
        alert: When the first alert of the run fires, or None.
        slow_down: Playback slows down by itself around the first alert.
    """

    length: float
    stop: float | None = None
    time: float = 0.0
    speed: int = 1
    playing: bool = True
    beyond: bool = False
    alert: float | None = None
    slow_down: bool = False

    @property
    def slowed(self) -> bool:
        """The slow-down is in force."""
        start, end = self._slow_stretch()
        return start <= self.time < end

    @property
    def pace(self) -> int:
        """The speed in force."""
        return max(1, self.speed // SLOWER) if self.slowed else self.speed

    def _slow_stretch(self) -> tuple[float, float]:
        """From when to when it is slower; nothing, as two equal moments, where it never is."""
        if self.alert is None or not self.slow_down or self.speed == 1:
            return 0.0, 0.0
        slow = max(1, self.speed // SLOWER)
        return max(0.0, self.alert - LEAD * slow), self.alert + TAIL * slow

    def advance(self, wall: float) -> bool:
        """Lets wall time pass; returns whether playback came to a halt in this step."""
        left = wall
        while self.playing:
            halt = self.length
            if self.stop is not None and not self.beyond and self.time <= self.stop:
                halt = min(self.stop, halt)
            pace = self.pace
            target = self.time + left * pace
            # A step that reaches into the slow stretch, or out of it, goes on at the other speed from there.
            edges = [edge for edge in self._slow_stretch() if self.time < edge < target]
            goal = min([target, halt, *edges])
            left -= (goal - self.time) / pace
            self.time = goal
            if goal >= halt:
                self.playing = False
                return True
            if not edges:
                break
        return False

    @property
    def stopping(self) -> bool:
        """It would still halt at the stop."""
        return self.stop is not None and not self.beyond

    @property
    def at_stop(self) -> bool:
        """It stands at the stop and waits for the player."""
        return self.stopping and not self.playing and self.time == self.stop

    @property
    def ended(self) -> bool:
        """There is nothing left to watch."""
        return self.time >= self.length

    def toggle(self) -> None:
        """Pauses or goes on: past the stop, or from the start when everything was seen."""
        if self.playing:
            self.playing = False
            return
        if self.at_stop:
            self.beyond = True
        if self.ended:
            self.time = 0.0
        self.playing = True

    def seek(self, time: float) -> None:
        """Goes to a moment. Going past the stop by hand is choosing to watch on."""
        self.time = min(max(time, 0.0), self.length)
        if self.stop is not None and self.time > self.stop:
            self.beyond = True
        if self.ended:
            self.playing = False

    def shift(self, share: float) -> None:
        """Moves by a share of the run; negative goes back."""
        self.seek(self.time + share * self.length)

    def faster(self, steps: int) -> None:
        """Moves along `SPEEDS`; negative is slower."""
        at = SPEEDS.index(self.speed) if self.speed in SPEEDS else 0
        self.speed = SPEEDS[min(max(at + steps, 0), len(SPEEDS) - 1)]
