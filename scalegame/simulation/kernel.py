"""The kernel: flows on a stock SimPy environment. The only module that knows SimPy's insides.

An in-flight call is one small object, a `Flow`, that *is* the entry in SimPy's event queue; nothing else is
allocated for it. A behaviour is a generator function of its flow: it yields a delay in seconds, or nothing
to park until what it awaits wakes it. Its return value is the reply, and goes to the caller that awaits it
after the way back. Ordinary SimPy processes run beside flows, on the same clock.

Rules (each one broke a simpler version):

* a flow for every component boundary that holds anything, so that a crash kills what lives there and
  nothing else; `yield from` only inside a component;
* a flow is woken only by what it awaits; a late reply finds nobody waiting;
* waking appends to a ready queue that the outermost step drains: no recursion, no generator re-entered;
* a flow has at most one entry in the event queue; one whose owner died is a tombstone;
* outcomes are values, exceptions are bugs; times are absolute; a reply at the deadline beats the time-out.

SimPy 4.1 internals in use: `Environment._queue`, `._eid`, `._now` (pinned, and guarded by a test).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from functools import partial
from heapq import heappop, heappush
from math import inf
from typing import TYPE_CHECKING, Any

import simpy

if TYPE_CHECKING:
    from scalegame.simulation.fleet import Instance

#: Replies. OK and MISS end a call well (MISS: a cache has no copy); ACCEPTED: a queue will see to it.
OK, ACCEPTED, DEGRADED, MISS = "ok", "accepted", "degraded", "miss"
REFUSED, TIMED_OUT, RESET, UNREACHABLE = "refused", "timed out", "reset", "unreachable"
#: Replies that give their caller what it asked for, or the word that it will be seen to.
ANSWERS = frozenset((OK, ACCEPTED, DEGRADED))
#: Of these, the ones that give all of it: goodput counts them.
FULL = ANSWERS - {DEGRADED}
#: How a logical request can fail, in the order in which reports list them.
FAILURES = (REFUSED, TIMED_OUT, RESET, UNREACHABLE)

NORMAL, LATE = 1, 2  # SimPy's order among events at the same instant
UP, PROCESS_DOWN, MACHINE_DOWN = 0, 1, 2

Behaviour = Callable[..., Generator[float | None, Any, Any]]
Delay = Callable[[], float]


class Home:
    """Where flows live: one replica. A crash kills what is here and nothing else.

    Attributes:
        flows: Calls inside.
        strands: Work of its own that nobody called for (an applier, the leader of a batch).
        unheard: Of calls that reached a dead machine: who keeps count of them, until it is back.
        state: UP, PROCESS_DOWN (callers see a reset) or MACHINE_DOWN (callers hear nothing).
        arrived: Calls that have reached it so far.
        killed: Calls that died in crashes so far.
        bounced: Calls that reached a dead process so far.
        unclaimed: When replies came for somebody here who had stopped waiting.
        on_crash: What else dies: pools, stored copies.
        on_up: Who wants to know that it is back.
        instance: Of a card whose number of replicas changes during the run: what is kept of this one.
        serving: It may be given calls: nobody has sent it away, and it has started.
        there: Somebody pays for it.
    """

    __slots__ = (
        "arrived",
        "bounced",
        "flows",
        "instance",
        "killed",
        "name",
        "on_crash",
        "on_up",
        "serving",
        "state",
        "strands",
        "there",
        "unclaimed",
        "unheard",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.flows: dict[Flow, None] = {}  # in order of arrival: equal runs must die in equal order
        self.strands: dict[Flow, None] = {}
        self.unheard: list[Callable[[], None]] = []
        self.state = UP
        self.arrived = self.killed = self.bounced = 0
        self.unclaimed: list[float] = []
        self.on_crash: list[Callable[[], None]] = []
        self.on_up: list[Callable[[], None]] = []
        self.instance: Instance | None = None
        self.serving = self.there = True


class Flow:
    """One strand of work, and its own entry in the event queue.

    Attributes:
        then: What happens when its entry comes up.
        resume: Its generator's `send`; None once it has ended or died.
        caller: The flow that awaits its reply, or None.
        awaits: What may wake it.
        reply: Its reply, on the way back.
        way_back: Draws the delay of the reply, or None: at once.
        home: Where it lives.
        ended: Called when it ends or dies, for whoever keeps count; or None.
        leaves: When its reply leaves the leaf that gave it.
        parked: When it joined the queue that it stands in.
    """

    __slots__ = (
        "awaits",
        "caller",
        "ended",
        "generator",
        "home",
        "leaves",
        "parked",
        "reply",
        "resume",
        "then",
        "way_back",
    )

    then: Callable[[Flow], None]
    resume: Callable[[Any], Any] | None
    generator: Generator[float | None, Any, Any] | None
    caller: Flow | None
    awaits: object
    reply: Any
    way_back: Delay | None
    home: Home | None
    ended: Callable[[], None] | None
    leaves: float
    parked: float


class Kernel:
    """Event queue, clock and the life of flows.

    Attributes:
        env: The SimPy environment: `env.now` is the simulated time in seconds.
        steps: Events handled so far.
        cancelled: Calls that were given up on request of their callers so far, by home.
        call: `call(caller, behaviour, request, there, way_back, home)` starts `behaviour(flow, request)` at
            the far side after `there` seconds (infinity: the message is lost); then `reply = yield`.
        ask: The same for a far side that knows its answer when the call arrives: `behaviour(request)` is a plain
            function that returns (seconds until the reply leaves, reply); no generator, one event less.
        spawn: `spawn(behaviour, request, home)` runs a strand without a caller, now; late replies to it are
            noted at `home`.
        start: `start(behaviour, *args, home=None)` starts a strand without a caller at this instant.
        proceed: `proceed(flow, value)` lets a strand that has parked and awaits nothing go on with `value`, now.
        push: `push(when, flow, then)` schedules a flow's next step by hand (forwarding, sources).
        enter: As a `then`: the flow arrives at its home and begins.
        answer: `answer(flow, reply)` ends a flow that has not begun with that reply.
    """

    def __init__(self) -> None:
        self.env = env = simpy.Environment()
        self.ready: deque[tuple[Flow, Any]] = deque()
        self.steps = 0
        self.cancelled: dict[Home, int] = {}
        ready = self.ready
        queue: list[Any] = env._queue
        next_id, next_ready = env._eid.__next__, ready.popleft
        self._queue, self._next_id = queue, next_id

        def go_on(flow: Flow, value: Any) -> None:
            resume = flow.resume
            try:
                delay = resume(value)  # type: ignore[misc]  # callers have checked that it lives
            except StopIteration as stop:
                finish(flow, stop.value)
                return
            if delay is not None:
                flow.then = fire
                heappush(queue, (env._now + delay, NORMAL, next_id(), flow))

        def finish(flow: Flow, reply: Any) -> None:
            flow.generator = flow.resume = None
            home = flow.home
            if home is not None:
                home.flows.pop(flow, None)
            if flow.ended is not None:
                flow.ended()
            caller = flow.caller
            if caller is None:
                return
            flow.reply = reply
            way_back = flow.way_back
            if way_back is not None:
                delay = way_back()
                if delay < inf:
                    flow.then = deliver
                    heappush(queue, (env._now + delay, NORMAL, next_id(), flow))
            elif caller.awaits is flow:
                caller.awaits = None
                ready.append((caller, reply))

        def drain() -> None:
            while ready:
                flow, value = next_ready()
                if flow.resume is not None:
                    go_on(flow, value)

        # `fire`, `enter`, `deliver`, `deliver_leaf` and `proceed` handle nearly every event. What `go_on` does is
        # written out in them: a call of a function less for each event. What an attribute holds is called by way
        # of a local name: Python takes `flow.resume(x)` for a method, and looks for it three times as long.

        def fire(flow: Flow) -> None:
            resume = flow.resume
            if resume is None:
                return  # a tombstone
            try:
                delay = resume(None)
            except StopIteration as stop:
                finish(flow, stop.value)
            else:
                if delay is not None:
                    flow.then = fire
                    heappush(queue, (env._now + delay, NORMAL, next_id(), flow))
            if ready:
                drain()

        def enter(flow: Flow) -> None:
            home = flow.home
            if home is not None:
                if home.state:
                    knock(flow, home)
                    return
                home.arrived += 1
                home.flows[flow] = None
            resume = flow.resume
            try:
                delay = resume(None)  # type: ignore[misc]  # nothing has happened to it yet
            except StopIteration as stop:
                finish(flow, stop.value)
            else:
                if delay is not None:
                    flow.then = fire
                    heappush(queue, (env._now + delay, NORMAL, next_id(), flow))
            if ready:
                drain()

        def knock(flow: Flow, home: Home) -> None:
            """Nobody is there: a dead process's machine answers with a reset, a dead machine not at all."""
            if home.state == PROCESS_DOWN:
                home.bounced += 1
                answer(flow, RESET)
            elif flow.generator is not None:
                flow.generator.close()
                flow.generator = flow.resume = None
                if flow.ended is not None:
                    home.unheard.append(flow.ended)

        def answer(flow: Flow, reply: Any) -> None:
            if flow.generator is not None:
                flow.generator.close()
            finish(flow, reply)
            if ready:
                drain()

        def deliver(flow: Flow) -> None:
            caller = flow.caller
            if caller is None:
                return
            if caller.awaits is flow:
                caller.awaits = None
                resume = caller.resume
                if resume is None:
                    return
                try:
                    delay = resume(flow.reply)
                except StopIteration as stop:
                    finish(caller, stop.value)
                else:
                    if delay is not None:
                        caller.then = fire
                        heappush(queue, (env._now + delay, NORMAL, next_id(), caller))
                if ready:
                    drain()
            elif caller.home is not None and flow.reply in ANSWERS:  # it gave up, or died
                caller.home.unclaimed.append(env._now)

        def call(
            caller: Flow | None,
            behaviour: Behaviour,
            request: Any,
            there: float,
            way_back: Delay | None,
            home: Home | None,
        ) -> Flow:
            flow = Flow()
            flow.caller, flow.way_back, flow.home = caller, way_back, home
            flow.awaits = flow.ended = None
            flow.generator = generator = behaviour(flow, request)
            flow.resume = generator.send
            if caller is not None:
                caller.awaits = flow
            if there < inf:
                flow.then = enter
                heappush(queue, (env._now + there, NORMAL, next_id(), flow))
            return flow

        def answer_at_once(flow: Flow) -> None:
            home = flow.home
            if home.state:  # type: ignore[union-attr]  # a leaf always has a home
                knock(flow, home)  # type: ignore[arg-type]
                return
            home.arrived += 1  # type: ignore[union-attr]
            behaviour = flow.resume
            delay, flow.reply = behaviour(flow.reply)  # type: ignore[misc]
            flow.resume = None
            way_back = flow.way_back
            if flow.caller is None or way_back is None:
                return
            flow.leaves = leaves = env._now + delay
            delay = way_back()
            if delay < inf:
                home.flows[flow] = None  # type: ignore[union-attr]
                flow.then = deliver_leaf
                heappush(queue, (leaves + delay, NORMAL, next_id(), flow))

        def deliver_leaf(flow: Flow) -> None:
            if flow.home.flows.pop(flow, flow) is not None:  # type: ignore[union-attr]
                return  # it died in a crash
            caller = flow.caller
            if caller is None or caller.awaits is not flow:
                deliver(flow)
                return
            caller.awaits = None
            resume = caller.resume
            if resume is None:
                return
            try:
                delay = resume(flow.reply)
            except StopIteration as stop:
                finish(caller, stop.value)
            else:
                if delay is not None:
                    caller.then = fire
                    heappush(queue, (env._now + delay, NORMAL, next_id(), caller))
            if ready:
                drain()

        def ask(
            caller: Flow | None,
            behaviour: Callable[[Any], tuple[float, Any]],
            request: Any,
            there: float,
            way_back: Delay | None,
            home: Home | None,
        ) -> Flow:
            flow = Flow()
            flow.caller, flow.way_back, flow.home = caller, way_back, home
            flow.awaits = flow.ended = flow.generator = None
            flow.resume, flow.reply = behaviour, request
            if caller is not None:
                caller.awaits = flow
            if there < inf:
                flow.then = answer_at_once
                heappush(queue, (env._now + there, NORMAL, next_id(), flow))
            return flow

        def spawn(behaviour: Behaviour, request: Any, home: Home | None) -> None:
            flow = Flow()
            flow.caller = flow.way_back = flow.awaits = flow.ended = None
            flow.home = home
            flow.generator = generator = behaviour(flow, request)
            flow.resume = resume = generator.send
            try:
                delay = resume(None)
            except StopIteration as stop:
                finish(flow, stop.value)
            else:
                if delay is not None:
                    flow.then = fire
                    heappush(queue, (env._now + delay, NORMAL, next_id(), flow))
            if ready:
                drain()

        def proceed(flow: Flow, value: Any) -> None:
            resume = flow.resume
            try:
                delay = resume(value)  # type: ignore[misc]  # idle strands live
            except StopIteration as stop:
                finish(flow, stop.value)
            else:
                if delay is not None:
                    flow.then = fire
                    heappush(queue, (env._now + delay, NORMAL, next_id(), flow))
            if ready:
                drain()

        def start(behaviour: Behaviour, *args: Any, home: Home | None = None) -> Flow:
            flow = Flow()
            flow.caller = flow.way_back = flow.awaits = flow.ended = None
            flow.home = home
            flow.generator = generator = behaviour(flow, *args)
            flow.resume = generator.send
            if home is not None:
                home.strands[flow] = None
                flow.ended = partial(home.strands.pop, flow, None)
            ready.append((flow, None))
            return flow

        def push(when: float, flow: Flow, then: Callable[[Flow], None]) -> None:
            flow.then = then
            heappush(queue, (when, NORMAL, next_id(), flow))

        self.call, self.ask, self.start, self.spawn, self.push = call, ask, start, spawn, push
        self.enter, self.answer, self.drain, self.proceed = enter, answer, drain, proceed
        self._deliver_leaf = deliver_leaf

    @property
    def now(self) -> float:
        """Simulated seconds."""
        return self.env._now

    def wake(self, flow: Flow, by: object, value: Any = None) -> bool:
        """Lets a parked flow go on with `value`, if `by` is what it awaits. The caller drains, or is drained."""
        if flow.awaits is by and flow.resume is not None:
            flow.awaits = None
            self.ready.append((flow, value))
            return True
        return False

    def at(self, when: float, action: Callable[[], object], priority: int = NORMAL) -> None:
        """Does `action()` at an absolute time."""

        def happen(_: Flow) -> None:
            action()
            self.drain()

        event = Flow()
        event.then = happen
        heappush(self._queue, (when, priority, self._next_id(), event))

    def crash(self, home: Home, state: int = PROCESS_DOWN) -> None:
        """Everything that lives in `home` dies and it answers no more, until `revive`.

        Callers of a dead process see a reset once its packets reach them; callers of a dead machine hear
        nothing. What the dead had asked of others runs on, orphaned.
        """
        if home.state:
            home.state = max(home.state, state)
            return
        home.state = state
        left = {f: None for f in home.flows if f.then is self._deliver_leaf and f.leaves <= self.now}
        dying, home.flows = [f for f in home.flows if f not in left], left
        for die in home.on_crash:
            die()
        home.killed += len(dying)
        for flow in [*dying, *home.strands]:
            generator, flow.generator, flow.resume, flow.awaits = flow.generator, None, None, None
            if generator is not None:
                generator.close()  # its pools are dead already: releasing is a no-op
            if flow.ended is not None:
                flow.ended()
            caller = flow.caller
            if state == PROCESS_DOWN and caller is not None and caller.awaits is flow:
                delay = flow.way_back() if flow.way_back is not None else 0.0
                if delay < inf:
                    self.at(self.now + delay, partial(self.wake, caller, flow, RESET))

    def cancel(self, call: Flow) -> Flow | None:
        """Nobody wants this call's reply any more: where it lives, it is given up.

        It leaves the queue that it stands in and gives back what it holds. A core ends the piece of work that it
        has begun (of plain `Cores` also what it has been given to do next). A call that has not arrived, has
        ended, or knew its answer on arrival is left alone.

        Returns:
            The call whose reply it was waiting for, if it was: whoever cancels may cancel that in turn.
        """
        self.drain()  # whoever has just been given something is to know of it
        home, generator = call.home, call.generator
        if home is None or generator is None or call not in home.flows:
            return None
        awaited = call.awaits
        leave = getattr(awaited, "leave", None)
        if leave is not None:
            leave(call)
        call.generator = call.resume = call.awaits = None
        del home.flows[call]
        self.cancelled[home] = self.cancelled.get(home, 0) + 1
        generator.close()
        if call.ended is not None:
            call.ended()
        self.drain()
        return awaited if isinstance(awaited, Flow) else None

    def revive(self, home: Home) -> None:
        """The replica is back, empty."""
        if home.state:
            home.state = UP
            for ended in home.unheard:
                ended()
            home.unheard.clear()
            for tell in home.on_up:
                tell()
            self.drain()

    def run(self, until: float) -> None:
        """Handles every event before `until`, and sets the clock there."""
        env, queue, steps = self.env, self._queue, 0
        edge: Any = object()  # first among the events of its instant: what happens at `until` comes after
        heappush(queue, (until, -1, self._next_id(), edge))
        while True:
            env._now, _, _, event = heappop(queue)
            steps += 1
            if event.__class__ is Flow:
                then = event.then
                then(event)
            elif event is edge:
                break
            else:  # an event of an ordinary SimPy process: SimPy's own step handles it
                heappush(queue, (env._now, -1, -1, event))
                env.step()
                if self.ready:
                    self.drain()
        self.steps += steps - 1
