"""Steps that ask several at once, and go on when enough have answered.

Source: scatter and gather (fork-join); partial answers ("good enough" instead of complete) and hedged requests
as in J. Dean and L. A. Barroso, The tail at scale, CACM 56 (2013). Left out: word to the others that one copy
of a hedged call has begun (tied requests), and a limit on how many calls one machine has under way.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from scalegame.design.world import Fan
from scalegame.simulation.asking import asking
from scalegame.simulation.kernel import ANSWERS, DEGRADED, LATE, OK, TIMED_OUT, UP, Flow, Home, Kernel
from scalegame.simulation.part import Part, Steps
from scalegame.simulation.program import calls
from scalegame.simulation.program.here import Compiled, Here
from scalegame.simulation.request import Request

#: What a card counts of its fans: calls, those sent once more, and answers that were put together from a part.
BRANCHES, HEDGES, PARTIAL = "branches", "hedges", "partial"


class Gather:
    """One fan under way: which of its branches have answered. Whoever waits for it awaits it.

    Attributes:
        within: It waits for all until its time is over, and then for nobody.
        need: So many good answers are enough.
        good: Branches that have answered well.
        bad: Branches that will not.
        partly: Somebody gave less than all.
        open: Strands that wait for an answer, by branch; a hedged branch has two.
        over: The reply of the whole; None while it goes on.
    """

    __slots__ = ("_kernel", "_leave", "bad", "flow", "good", "need", "open", "over", "partly", "settled", "within")

    def __init__(
        self, kernel: Kernel, flow: Flow, need: int, branches: int, within: bool, leave: Callable[[Flow], None]
    ) -> None:
        self._kernel, self._leave, self.flow = kernel, leave, flow
        self.need, self.within = need, within
        self.open: list[list[Flow]] = [[] for _ in range(branches)]
        self.settled = [False] * branches
        self.good = self.bad = 0
        self.partly = False
        self.over: str | None = None

    def answered(self, strand: Flow, branch: int, reply: str) -> None:
        """A strand has its answer."""
        if self.over is not None or self.settled[branch]:
            return
        self.open[branch].remove(strand)
        if reply in ANSWERS:
            self.good += 1
            self.partly = self.partly or reply is DEGRADED
        elif self.open[branch]:
            return  # it was sent twice, and the other may still do better
        else:
            self.bad += 1
        self.settled[branch] = True
        self._close(branch)
        whole = len(self.settled)
        if self.good + self.bad == whole or (self.good >= self.need and not self.within):
            self._end((DEGRADED if self.partly or self.good < whole else OK) if self.good >= self.need else reply)
        elif whole - self.bad < self.need:
            self._end(reply)

    def expire(self) -> None:
        """It has waited long enough."""
        if self.over is None:
            self._end(DEGRADED if self.good >= self.need else TIMED_OUT)

    def leave(self, flow: Flow) -> None:
        """Who waits for it is given up; `abandon` follows."""
        flow.awaits = None

    def abandon(self) -> None:
        """Whatever is still under way, nobody here waits for it any more."""
        self.over = self.over or TIMED_OUT
        for branch in range(len(self.open)):
            self._close(branch)

    def _end(self, reply: str) -> None:
        self.over = reply
        self._kernel.wake(self.flow, self, reply)

    def _close(self, branch: int) -> None:
        strands, self.open[branch] = self.open[branch], []
        for strand in strands:
            self._leave(strand)


def _leaving(part: Part, home: Home) -> Callable[[Flow], None]:
    """What becomes of a strand whose answer is not wanted any more: what it asked for goes on, or is cancelled."""
    word = None if part.timeouts is None else part.timeouts.on_expiry

    def leave(strand: Flow) -> None:
        generator, awaited = strand.generator, strand.awaits
        if generator is None:
            return
        if isinstance(awaited, Flow):
            if word is not None and home.state == UP:
                word(awaited)
        elif hasattr(awaited, "leave"):
            awaited.leave(strand)
        strand.generator = strand.resume = strand.awaits = None
        generator.close()
        if strand.ended is not None:
            strand.ended()

    return leave


def _fan(here: Here, step: Fan) -> Compiled:
    part, replica, kernel = here.part, here.replica, here.part.kernel
    home, leave = replica.home, _leaving(here.part, here.replica.home)
    asked: dict[tuple[str, str], tuple[str, Steps]] = {}
    for program, operation in step.calls:
        target = part.world.provider(part.id, f"program:{program}")
        verb = calls.verb_of(part, program, operation)
        asked[program, operation] = target.id, asking(part, replica, target, verb)
    need = step.branches if step.need is None else step.need
    within, hedge = step.within, step.hedge
    tallies, failed = part.tallies, part.failed
    for name in (BRANCHES, HEDGES, PARTIAL):
        tallies.setdefault(name, 0)

    def branch(
        flow: Flow, gather: Gather, number: int, ask: tuple[str, Steps], request: Request
    ) -> Generator[float | None, Any, None]:
        target, steps = ask
        reply = yield from steps(flow, request)
        if reply not in ANSWERS:
            failed[target] += 1
        gather.answered(flow, number, reply)

    def begin(gather: Gather, number: int, ask: tuple[str, Steps], request: Request) -> None:
        strand = kernel.start(branch, gather, number, ask, request, home=home)
        strand.caller = gather.flow  # it answers to nobody, but a trace can tell whose it is
        gather.open[number].append(strand)

    def steps(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
        gather = Gather(kernel, flow, need, step.branches, within is not None, leave)
        keys = [request, *(request.beside(i) for i in range(1, step.times))]
        work = [(asked[call], about) for about in keys for call in step.calls]
        try:
            for number, (ask, about) in enumerate(work):
                begin(gather, number, ask, about)
            tallies[BRANCHES] += len(work)

            def again() -> None:
                for number, (ask, about) in enumerate(work):
                    if gather.over is None and not gather.settled[number]:
                        tallies[HEDGES] += 1
                        begin(gather, number, ask, about)

            now = kernel.now
            if hedge is not None:
                kernel.at(now + hedge, again, LATE)
            if within is not None:
                kernel.at(now + within, gather.expire, LATE)
            flow.awaits = gather
            reply = yield None
            tallies[PARTIAL] += reply is DEGRADED
            return reply
        finally:
            gather.abandon()

    return None, None, "", steps


COMPILERS = {Fan: _fan}
