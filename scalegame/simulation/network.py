"""The network at run time: how long a message takes from one component to another, and whether it arrives."""

from __future__ import annotations

from itertools import repeat
from math import inf

from scalegame.simulation.randomness import Draw, Streams, total
from scalegame.simulation.scenario import Fault, Network, Profile

LEAST_LATENCY = 1e-6


class Link:
    """One direction between two places, which faults may slow down or cut.

    Attributes:
        factor: Latency is multiplied by it.
        cut: Everything sent now is lost.
    """

    __slots__ = ("cut", "factor", "profile")

    def __init__(self, profile: Profile) -> None:
        self.profile, self.factor, self.cut = profile, 1.0, False


class Wires:
    """Draws delays between components; a stream for each sender, receiver and direction.

    Model: latency is drawn per message, plus its bytes over the bandwidth; a lost or cut-off message takes
    for ever. Left out: queueing for the link, reordering is possible as on a datagram network.
    """

    def __init__(self, network: Network, streams: Streams, faults: tuple[Fault, ...]) -> None:
        self._network, self._streams = network, streams
        self._faulty = {f.target[1:] for f in faults if f.target[0] == "link"}
        self._links: dict[tuple[str, str], Link] = {}
        self._delays: dict[tuple[object, ...], Draw] = {}

    def link(self, source: str, target: str) -> Link:
        """The link between two places."""
        key = (source, target)
        if key not in self._links:
            self._links[key] = Link(self._network.profile(source, target))
        return self._links[key]

    def delay(self, places: tuple[str, str], size: float, *purpose: object) -> Draw:
        """A function that draws the delay of one message in seconds; infinity: it is lost.

        Who asks twice for the same gets the same function: a stream is never begun again.

        Args:
            places: From and to.
            size: Bytes of the message.
            purpose: Names the stream, usually sender, receiver and direction.
        """
        key = (places, size, *purpose)
        if key not in self._delays:
            self._delays[key] = self._delay(places, size, *purpose)
        return self._delays[key]

    def may_fail(self, a: str, b: str) -> bool:
        """A fault will slow down or cut the link between two places."""
        return bool({(a, b), (b, a)} & self._faulty)

    def _delay(self, places: tuple[str, str], size: float, *purpose: object) -> Draw:
        link = self.link(*places)
        profile = link.profile
        draw = self._streams.draws(profile.latency, *purpose, "latency", least=LEAST_LATENCY)
        if profile.bandwidth is not None:
            draw = total(draw, repeat(size / profile.bandwidth).__next__)
        if profile.loss > 0:
            draw = _lossy(draw, self._streams.uniforms(*purpose, "loss"), profile.loss)
        if self.may_fail(*places):
            draw = _faulty(draw, link)
        return draw


def _lossy(draw: Draw, uniform: Draw, loss: float) -> Draw:
    def delay() -> float:
        latency = draw()
        return inf if uniform() < loss else latency

    return delay


def _faulty(draw: Draw, link: Link) -> Draw:
    def delay() -> float:
        latency = draw()
        return inf if link.cut else latency * link.factor

    return delay
