"""Admission control: a token bucket at the door of a card, which is opened and shut during a run.

Source: the token bucket of traffic shaping, used as a policer: what finds no token is refused at once, nothing
waits for one. Every replica of the card takes from the same bucket; a limit per user is a bucket for each user.
Left out: a price per caller, priorities, telling users apart who are many under one name.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scalegame.design.model import Board
from scalegame.simulation.kernel import REFUSED, Behaviour, Flow, Kernel
from scalegame.simulation.request import Request

if TYPE_CHECKING:
    from scalegame.simulation.part import Backend, Verb

#: The bucket holds the tokens of so many seconds, and at least one: that many calls may come at once.
BURST_SECONDS = 1.0
#: Sums of rates and times are as exact as that; a token short of it is a token.
_ROUNDING = 1e-9

THROTTLED = "throttled"
#: Whose bucket it is where all take from the same.
_ALL = (-1, -1)


def standing(kernel: Kernel, board: Board) -> dict[str, Gate]:
    """The gates that are there from the start, by id of the card."""
    found = {}
    for component in board:
        rate = component.settings.get("throttle.rate")
        if isinstance(rate, int | float):
            found[component.id] = Gate(kernel, float(rate), component.settings.get("throttle.per") == "user")
    return found


class Gate:
    """A limit on the calls that a card admits; without a rate it admits all.

    Attributes:
        rate: Calls per second, or None: no limit.
        each: The rate is that of each user.
        refused: How many were turned away.
    """

    __slots__ = ("_buckets", "_kernel", "each", "rate", "refused")

    def __init__(self, kernel: Kernel, rate: float | None = None, each: bool = False) -> None:
        self._kernel, self.rate, self.each = kernel, rate, each
        self.refused = 0
        #: Tokens, and when there were so many, by (workload, user); of whom it knows nothing, the bucket is full
        self._buckets: dict[tuple[int, int], tuple[float, float]] = {}

    @property
    def burst(self) -> float:
        """How many tokens the bucket holds."""
        return max(1.0, (self.rate or 0.0) * BURST_SECONDS)

    def limit(self, rate: float | None) -> None:
        """From now on so many calls per second, with a full bucket; None: no limit."""
        self.rate = rate
        self._buckets.clear()

    def admits(self, call: Any) -> bool:
        """A call is at the door: may it come in? What is nobody's request has a bucket of its own."""
        rate = self.rate
        if rate is None:
            return True
        who = (call.workload, call.user) if self.each and isinstance(call, Request) else _ALL
        now, burst = self._kernel.now, self.burst
        tokens, since = self._buckets.get(who, (burst, now))
        tokens = min(burst, tokens + (now - since) * rate)
        if tokens < 1.0 - _ROUNDING:
            self.refused += 1
            self._buckets[who] = (tokens, now)
            return False
        self._buckets[who] = (tokens - 1.0, now)
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
            return behaviour(request) if self.admits(request) else (0.0, REFUSED)

        return answer

    def _flow(self, behaviour: Behaviour) -> Behaviour:
        def serve(flow: Flow, request: Any) -> Generator[float | None, Any, Any]:
            if not self.admits(request):
                return REFUSED
            return (yield from behaviour(flow, request))

        return serve
