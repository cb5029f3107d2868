"""Trying again: how long to wait, how often one may, and the retries of a card around each of its calls.

Source: exponential back-off with jitter as clients of HTTP services do it; retry budgets as in Finagle's
`RetryBudget` and gRPC's retry throttling (a bucket that every request fills a little and every retry empties).
Left out: deadlines that travel with a request, hedged calls (a program's step of its own), and telling failures
that may be tried again from others: whatever failed is.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, cast

from scalegame.simulation.kernel import FAILURES, Flow
from scalegame.simulation.part import Part, Replica, Verb
from scalegame.simulation.randomness import Draw
from scalegame.simulation.scenario import Retries

#: A budget's bucket holds so many retries, and is full at the start: a few failures are nobody's fault.
RESERVE = 10.0
#: Sums of shares are as exact as that; a retry short of it is a retry.
_ROUNDING = 1e-9


class Budget:
    """Retries may be so large a share of the requests, and no more.

    Attributes:
        share: Of a retry that each request pays in.
        empty: How often there was none left.
    """

    __slots__ = ("_left", "_seen", "empty", "share")

    def __init__(self, share: float) -> None:
        self.share, self.empty = share, 0
        self._left, self._seen = RESERVE, 0

    def spend(self, requests: int) -> bool:
        """Something is about to be tried again: may it?

        Args:
            requests: Sent for the first time so far; nothing has to be kept up to date in between.
        """
        self._left = min(RESERVE, self._left + self.share * (requests - self._seen))
        self._seen = requests
        if self._left < 1.0 - _ROUNDING:
            self.empty += 1
            return False
        self._left -= 1.0
        return True

    def refill(self) -> None:
        """Whoever kept the budget has been started anew."""
        self._left = RESERVE


def back_off(retries: Retries, sent: int, uniform: Draw) -> float:
    """Seconds before the next attempt, after `sent` of them; `uniform` is asked only where there is jitter."""
    if retries.policy == "immediate":
        return 0.0
    wait = retries.base if retries.policy == "fixed" else retries.base * 2.0 ** min(sent - 1, 1000)
    wait = min(wait, retries.cap)
    if retries.jitter:
        wait *= 1 - retries.jitter * uniform()
    return wait


def retries_of(part: Part) -> Retries:
    """What a card does when a call that it made fails."""
    given = part.component.settings
    if "retry.attempts" not in given:
        return Retries()
    policy = cast(Any, part.word("retry.policy"))
    base, cap, jitter = (part.number(f"retry.{name}") for name in ("base", "cap", "jitter"))
    return Retries(part.whole("retry.attempts"), policy, base, cap, jitter, part.optional("retry.budget"))


def applies(part: Part, verb: Verb) -> bool:
    """Whether calls of a card for something go through here.

    Not those to a cache that stands beside a database: whoever hears nothing of it asks there.
    """
    beside = verb.name == "get" and bool(verb.data)
    return not beside and retries_of(part).attempts > 1


class Retrying:
    """The retries of one replica: its budget and its dice are the same whomever it calls.

    Attributes:
        asked: Calls so far, retries not counted.
        made: Retries so far.
    """

    def __init__(self, part: Part, replica: Replica) -> None:
        self.part, self.retries = part, retries_of(part)
        self.uniform = part.world.streams.uniforms(part.id, replica.number, "retry jitter")
        self.budget = None if self.retries.budget is None else Budget(self.retries.budget)
        if self.budget is not None:
            replica.home.on_crash.append(self.budget.refill)
        self.asked = self.made = 0

    def around(self, inner: Callable[..., Any], target: str) -> Callable[..., Any]:
        """What goes around `inner`, which sends one call to `target` and waits for its reply."""
        retries, budget, uniform, failed = self.retries, self.budget, self.uniform, self.part.failed

        def steps(flow: Flow, request: Any) -> Generator[float | None, Any, Any]:
            self.asked += 1
            sent = 1
            reply = yield from inner(flow, request)
            while reply in FAILURES and sent < retries.attempts and (budget is None or budget.spend(self.asked)):
                failed[target] += 1
                wait = back_off(retries, sent, uniform)
                if wait > 0:
                    yield wait
                sent += 1
                self.made += 1
                reply = yield from inner(flow, request)
            return reply

        return steps


def layer(inner: Callable[..., Any], part: Part, replica: Replica, target: Part) -> Callable[..., Any]:
    """What goes around `inner`, which sends one call and waits for its reply."""
    found = part.retrying.get(replica.number)
    if found is None:
        found = part.retrying[replica.number] = Retrying(part, replica)
    return found.around(inner, target.id)
