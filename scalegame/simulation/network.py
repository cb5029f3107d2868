"""The network at run time: how long a message takes from one component to another, and whether it arrives."""

from __future__ import annotations

from itertools import repeat
from math import inf

from scalegame.design.distributions import exponential
from scalegame.simulation.randomness import Draw, Streams, total
from scalegame.simulation.scenario import Fault, Network, Profile
from scalegame.simulation.struck import ways

LEAST_LATENCY = 1e-6


class Link:
    """One direction between two places, which faults may slow down, cut or make lossy.

    Attributes:
        factor: Latency is multiplied by it.
        cut: Everything sent now is lost.
        loss: Share of what is sent now that a fault makes it lose, besides what its profile loses.
    """

    __slots__ = ("cut", "factor", "loss", "profile")

    def __init__(self, profile: Profile) -> None:
        self.profile, self.factor, self.cut, self.loss = profile, 1.0, False, 0.0


class Wires:
    """Draws delays between components; a stream for each sender, receiver and direction.

    Model: latency is drawn per message, plus its bytes over the bandwidth; a lost or cut-off message takes
    for ever. Left out: queueing for the link, reordering is possible as on a datagram network.
    """

    def __init__(self, network: Network, streams: Streams, faults: tuple[Fault, ...]) -> None:
        self._network, self._streams = network, streams
        self._faulty = {way for fault in faults for way in ways(fault, network.places)}
        self._losing = {way for f in faults if f.effect == "loses" for way in ways(f, network.places)}
        self._links: dict[tuple[str, str], Link] = {}
        self._delays: dict[tuple[object, ...], Draw] = {}

    @property
    def places(self) -> tuple[str, ...]:
        """Names of all places."""
        return self._network.places

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

    def transfer(self, source: str, target: str, size: float) -> float:
        """Seconds that so many bytes take over and above the latency, by the bandwidth of the link."""
        bandwidth = self.link(source, target).profile.bandwidth
        return 0.0 if bandwidth is None else size / bandwidth

    def may_fail(self, a: str, b: str) -> bool:
        """A fault will slow down or cut the link between two places."""
        return bool({(a, b), (b, a)} & self._faulty)

    def _delay(self, places: tuple[str, str], size: float, *purpose: object) -> Draw:
        link = self.link(*places)
        profile = link.profile
        draw = self._streams.draws(profile.latency, *purpose, "latency", least=LEAST_LATENCY)
        if profile.jitter > 0:
            draw = total(draw, self._streams.draws(exponential(profile.jitter), *purpose, "jitter"))
        if profile.bandwidth is not None:
            draw = total(draw, repeat(size / profile.bandwidth).__next__)
        if profile.loss > 0:
            draw = _lossy(draw, self._streams.uniforms(*purpose, "loss"), profile.loss)
        if self.may_fail(*places):
            draw = _faulty(draw, link)
        if places in self._losing:
            draw = _losing(draw, link, self._streams.uniforms(*purpose, "fault loss"))
        return draw


def _lossy(draw: Draw, uniform: Draw, loss: float) -> Draw:
    def delay() -> float:
        latency = draw()
        return inf if uniform() < loss else latency

    return delay


def _losing(draw: Draw, link: Link, uniform: Draw) -> Draw:
    def delay() -> float:
        latency = draw()
        return inf if link.loss and uniform() < link.loss else latency

    return delay


def _faulty(draw: Draw, link: Link) -> Draw:
    def delay() -> float:
        latency = draw()
        return inf if link.cut else latency * link.factor

    return delay
