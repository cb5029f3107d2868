"""What a service does around its calls: it sheds, knows keys, cancels what it has stopped waiting for.

Source: load shedding by time in queue (as CoDel judges a queue by its sojourn time); idempotency keys in the
server's memory; cancellation as in gRPC, where a caller that gives up sends word of it down the line. Left out:
deadlines that travel with the call (whoever is called learns of a time-out only by that word).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from math import inf
from typing import Any

from scalegame.design.model import Board
from scalegame.simulation.consistency import changing
from scalegame.simulation.kernel import ANSWERS, OK, REFUSED, Behaviour, Flow, Home
from scalegame.simulation.part import Part, Replica, Steps
from scalegame.simulation.request import Request
from scalegame.simulation.retrying import Retrying
from scalegame.simulation.struck import place_of

SHED = "waited too long"
#: Bytes of the word that nobody waits any more.
WORD = 100.0


def given_up(board: Board) -> frozenset[str]:
    """The cards whose work in line may be cancelled: those behind one that cancels that have an order of work.

    The cores of others (caches, balancers) finish what they have been given: it is short.
    """
    found: set[str] = set()
    ahead = [c.id for c in board if c.settings.get("retry.cancel") == "cancel"]
    while ahead:
        new = [target for target in board.targets(ahead.pop()) if target not in found]
        found.update(new)
        ahead += new
    return frozenset(id for id in found if "cores.order" in board.components[id].settings)


class Calling:
    """One service's share of all this; what is off is not there at run time.

    Attributes:
        retrying: Its retries, by number of replica; made by the layer that does them.
    """

    def __init__(self, part: Part) -> None:
        self.part, self.world, self.kernel = part, part.world, part.kernel
        self.shed_after = part.optional("shed.after")
        self.keys = part.word("key.kept")
        self.expiry = part.number("key.expiry")
        self.retrying: dict[int, Retrying] = part.retrying
        self.shed = self.recognised = 0
        self._changing = changing(self.world.scenario.programs, part.word("runs"))
        self._places: dict[Home, str] = {}
        self.cancels = part.word("retry.cancel") == "cancel" and part.timeouts is not None
        if self.cancels and part.timeouts is not None:
            part.timeouts.on_expiry = lambda call: self._word(call, part.at)
        #: What each replica has done, by (workload, number, key) and operation, and when
        self._done: dict[int, dict[tuple[int, int, int, str], float]] = {}

    # -- shedding

    def first(self) -> list[tuple[None, None, str, Steps]]:
        """What an operation begins with, once it has a thread."""
        if self.shed_after is None:
            return []
        after, env = self.shed_after, self.kernel.env

        def judge(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            if env.now - getattr(flow, "parked", env.now) > after:
                self.shed += 1
                return REFUSED
            return OK
            yield  # a generator that never waits

        return [(None, None, "", judge)]

    # -- keys in its own memory

    def around(self, serve: Behaviour, replica: Replica, operation: str) -> Behaviour:
        """The same behaviour, with what it has answered well kept in the replica's memory."""
        if self.keys != "apart" or operation not in self._changing:
            return serve
        if replica.number not in self._done:
            self._done[replica.number] = {}
            replica.home.on_crash.append(self._done[replica.number].clear)
        done, expiry, env = self._done[replica.number], self.expiry, self.kernel.env

        def keyed(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            what = (request.workload, request.number, request.key, operation)
            while done:
                oldest = next(iter(done))
                if done[oldest] + expiry > env.now:
                    break
                del done[oldest]
            if what in done:
                self.recognised += 1
                return OK
            reply = yield from serve(flow, request)
            if reply in ANSWERS:
                done.setdefault(what, env.now)
            return reply

        return keyed

    # -- cancelling

    def _word(self, call: Flow, at: str) -> None:
        """Sends word to where a call lives that nobody waits for it; from there it goes on to what that called."""
        home = call.home
        if home is None:
            return  # it is still on its way to whoever chooses where it goes
        place = self._place(home)
        delay = self.world.network.delay((at, place), WORD, self.part.id, home.name, "cancel")()
        if delay < inf:
            self.kernel.at(self.kernel.now + delay, lambda: self._heard(call, place))

    def _heard(self, call: Flow, place: str) -> None:
        further = self.kernel.cancel(call)
        if further is not None:
            self._word(further, place)

    def _place(self, home: Home) -> str:
        if not self._places:
            for part in self.world.parts.values():
                for number, each in enumerate(part.homes(), start=1):
                    self._places[each] = place_of(part.component, number)
        return self._places.get(home, self.part.at)

    # -- being watched

    def counts(self) -> Mapping[str, float]:
        """Retries, those that the budget did not allow, and requests known by their key; only what can occur."""
        found: dict[str, float] = {}
        if self.retrying:
            found["retries"] = sum(r.made for r in self.retrying.values())
            budgets = [r.budget for r in self.retrying.values() if r.budget is not None]
            if budgets:
                found["retries_not_allowed"] = sum(budget.empty for budget in budgets)
        if self.keys == "apart":
            found["recognised"] = self.recognised
        return found

    def refused(self) -> Mapping[str, int]:
        """Calls that had waited too long."""
        return {} if self.shed_after is None else {SHED: self.shed}
