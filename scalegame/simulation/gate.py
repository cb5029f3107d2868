"""Admission control: a token bucket at the door of a card, which is opened and shut during a run.

Source: the token bucket of traffic shaping, used as a policer: what finds no token is refused at once, nothing
waits for one. Every replica of the card takes from the same bucket. Left out: a price per caller, priorities.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scalegame.simulation.kernel import REFUSED, Behaviour, Flow, Kernel

if TYPE_CHECKING:
    from scalegame.simulation.part import Backend, Verb

#: The bucket holds the tokens of so many seconds, and at least one: that many calls may come at once.
BURST_SECONDS = 1.0
#: Sums of rates and times are as exact as that; a token short of it is a token.
_ROUNDING = 1e-9

THROTTLED = "throttled"


class Gate:
    """A limit on the calls that a card admits; without a rate it admits all.

    Attributes:
        rate: Calls per second, or None: no limit.
        refused: How many were turned away.
    """

    __slots__ = ("_kernel", "_since", "_tokens", "rate", "refused")

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self.rate: float | None = None
        self.refused = 0
        self._tokens = self._since = 0.0

    @property
    def burst(self) -> float:
        """How many tokens the bucket holds."""
        return max(1.0, (self.rate or 0.0) * BURST_SECONDS)

    def limit(self, rate: float | None) -> None:
        """From now on so many calls per second, with a full bucket; None: no limit."""
        self.rate = rate
        self._tokens, self._since = self.burst, self._kernel.now

    def admits(self) -> bool:
        """A call is at the door: may it come in?"""
        rate = self.rate
        if rate is None:
            return True
        now = self._kernel.now
        self._tokens = min(self.burst, self._tokens + (now - self._since) * rate)
        self._since = now
        if self._tokens < 1.0 - _ROUNDING:
            self.refused += 1
            return False
        self._tokens -= 1.0
        return True

    def before(self, backends: Callable[[Verb], list[Backend]]) -> Callable[[Verb], list[Backend]]:
        """The same replicas, behind this gate."""

        def gated(verb: Verb) -> list[Backend]:
            plain = backends(verb)
            return [replace(b, behaviour=(self._leaf if b.leaf else self._flow)(b.behaviour)) for b in plain]

        return gated

    def counted(self, refusals: Callable[[], Mapping[str, int]]) -> Callable[[], Mapping[str, int]]:
        """The calls that a card turned away by reason, with those that this gate did."""
        return lambda: {**refusals(), THROTTLED: self.refused}

    def _leaf(self, behaviour: Callable[[Any], tuple[float, Any]]) -> Callable[[Any], tuple[float, Any]]:
        def answer(request: Any) -> tuple[float, Any]:
            return behaviour(request) if self.admits() else (0.0, REFUSED)

        return answer

    def _flow(self, behaviour: Behaviour) -> Behaviour:
        def serve(flow: Flow, request: Any) -> Generator[float | None, Any, Any]:
            if not self.admits():
                return REFUSED
            return (yield from behaviour(flow, request))

        return serve
