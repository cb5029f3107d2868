"""The playhead: which moment of a recorded run is on the screen (no screen in here)."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: How much faster than life a run can be watched.
SPEEDS = (1, 2, 4, 8, 16, 32, 64)
#: Seconds of wall time in which a whole run should pass, unless the player says otherwise.
COMFORTABLE = 20.0


def fitting_speed(length: float) -> int:
    """The speed at which `length` simulated seconds take about `COMFORTABLE` seconds to watch."""
    wanted = max(length / COMFORTABLE, 1e-9)
    return min(SPEEDS, key=lambda speed: abs(math.log(speed / wanted)))


@dataclass
class Playhead:
    """Where playback stands.

    Attributes:
        length: Of the run, simulated seconds.
        stop: Where playback halts by itself (an objective is lost for good), or None.
        time: Simulated seconds.
        speed: Simulated seconds per second of wall time.
        playing: Time moves.
        beyond: The player has chosen to watch on after the stop.
    """

    length: float
    stop: float | None = None
    time: float = 0.0
    speed: int = 1
    playing: bool = True
    beyond: bool = False

    def advance(self, wall: float) -> bool:
        """Lets wall time pass; returns whether playback came to a halt in this step."""
        if not self.playing:
            return False
        target = self.time + wall * self.speed
        if self.stopping and self.time <= (self.stop or 0.0) <= target:
            self.time, self.playing = self.stop or 0.0, False
            return True
        self.time = min(target, self.length)
        if self.time >= self.length:
            self.playing = False
            return True
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
