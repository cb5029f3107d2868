"""Clocks that differ: each machine has one of its own, which goes a little wrong and is set right now and then.

Source: quartz oscillators, whose frequency is off by some ten parts in a million (about a second a day and more);
synchronisation by the Network Time Protocol, which leaves an error of up to the asymmetry of its round trip and,
as modelled here, steps the clock, also backwards. Left out: temperature, slewing (a clock that is made to go
slower until it is right), several time servers, leap seconds.

Only what asks for the time of a machine reads one. Durations are always those of the simulation: a time-out, a
lifetime or a lag can never be negative.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from scalegame.simulation.scenario import Clocks

if TYPE_CHECKING:
    from scalegame.simulation.kernel import Home, Kernel
    from scalegame.simulation.randomness import Streams

DAY = 86_400.0


class Clock:
    """The clock of one machine.

    Its error is a function of time alone: however often it is read, it says the same at the same time.

    Attributes:
        rate: Seconds that it gains in a second; negative: it loses them.
    """

    __slots__ = ("_base", "_every", "_kernel", "_offset", "_spread", "_uniform", "rate")

    def __init__(self, kernel: Kernel, streams: Streams, name: str, clocks: Clocks) -> None:
        """A clock with a rate of its own, right (or as right as a synchronisation makes it) at the start.

        Args:
            kernel: Says the true time.
            streams: Of the run.
            name: Of the machine.
            clocks: How wrong clocks go, and how they are set right.
        """
        self._kernel, self._every, self._spread = kernel, clocks.sync_every or inf, clocks.sync_error
        self.rate = float(streams.generator(name, "clock", "rate").normal()) * clocks.drift / DAY
        self._uniform = streams.uniforms(name, "clock", "synchronisation")
        self._base = 0.0
        self._offset = 0.0 if clocks.sync_every is None else self._draw()

    def _draw(self) -> float:
        """What a synchronisation leaves, seconds."""
        return (2.0 * self._uniform() - 1.0) * self._spread

    def now(self) -> float:
        """What it shows, in seconds from the true start of the run."""
        return self._kernel.now + self.error()

    def error(self) -> float:
        """How far ahead it is, seconds."""
        now = self._kernel.now
        while now >= self._base + self._every:  # every synchronisation has its draw, looked at or not
            self._base += self._every
            self._offset = self._draw()
        return self._offset + self.rate * (now - self._base)


class Watches:
    """The clocks of all machines of a run, each made when it is first read."""

    def __init__(self, kernel: Kernel, streams: Streams, clocks: Clocks) -> None:
        self._kernel, self._streams, self._clocks = kernel, streams, clocks
        self._known: dict[str, Clock] = {}

    def of(self, home: Home) -> Clock:
        """The clock of a machine."""
        if home.name not in self._known:
            self._known[home.name] = Clock(self._kernel, self._streams, home.name, self._clocks)
        return self._known[home.name]
