"""Queue: keeps messages until a consumer is free, so that who sends need not wait for who works.

Source: message queues in the manner of Amazon SQS and RabbitMQ with competing consumers that pull and
acknowledge when done; where senders wait, the bounded buffer of Dijkstra's producers and consumers. A message
whose consumer dies is delivered again, after its visibility time-out where nobody says so, and dropped after a
number of deliveries. Left out: loss of the queue itself, order beyond first in first out, dead-letter queues, the
broker's own capacity.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from scalegame.design.distributions import constant
from scalegame.design.kinds import PRICE, Kind, Role, choice, number, spread, whole
from scalegame.design.model import Component
from scalegame.simulation.kernel import ACCEPTED, ANSWERS, REFUSED, TIMED_OUT, UP, Flow
from scalegame.simulation.part import Backend, Part, Send, Verb
from scalegame.simulation.request import Request
from scalegame.simulation.timeouts import Timeouts
from scalegame.simulation.world import World
from scalegame.units import Dimension, show


@dataclass(slots=True)
class Consumer:
    """A replica that pulls.

    Attributes:
        free: How many more messages it has room for; below 0 while it has more in hand than it now may.
        capacity: How many it takes at once.
        sends: How it is handed a message, by verb.
    """

    backend: Backend
    free: int
    capacity: int = 0
    sends: dict[Verb, Send] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Message:
    """What waits.

    Attributes:
        since: When it was accepted, seconds.
        waiter: The call that waits for the work to be done; None: it was answered when accepted.
        deliveries: How often it has been handed to a consumer.
    """

    request: Request
    verb: Verb
    since: float
    waiter: Flow | None
    deliveries: int = 0


class Queue(Part):
    """First in, first out; competing consumers, each of which takes as many as it has threads."""

    def __init__(self, component: Component, world: World) -> None:
        super().__init__(component, world)
        self.home = self.new_replica().home
        self.capacity = self.whole("capacity")
        self.most_deliveries = self.whole("deliveries")
        self.visibility = Timeouts(world.kernel, self.number("visibility"))
        self.latency = world.streams.draws(self.distribution("latency"), self.id, "latency")
        self.waiting: deque[Message] = deque()
        self.consumers: list[Consumer] = []
        self.turn = 0
        self.refused = self.accepted = self.delivered = self.redelivered = self.dropped = self.done = 0
        self.ages: list[tuple[float, float]] = []
        self.holds_back = self.word("full") == "wait"
        self.outside: deque[tuple[Message, Flow]] = deque()
        self.held_back, self.held_seconds = 0, 0.0
        self.home.on_crash.append(self.outside.clear)
        self._since = self._area = 0.0

    def wire(self) -> None:
        """Lists the replicas behind it."""
        self.home.on_up.append(self._pump)
        for fleet in self.world.fleets.values():
            fleet.on_change.append(self._regroup)
        for part in self.world.targets(self.id):
            self.sent[part.id] = self.failed[part.id] = 0
            for home in part.homes():
                self.consumers.append(Consumer(Backend(part, home, _nothing), 0))
                home.on_up.append(self._pump)

    def backends(self, verb: Verb) -> list[Backend]:
        """Its one address."""
        self._prepare(verb)
        reply = self.world.reply_of(self.id, verb.name)

        def accept(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            yield self.latency()
            waiter = flow if reply == "done" else None
            message = Message(request, verb, self.kernel.now, waiter)
            if len(self.waiting) >= self.capacity:
                if not self.holds_back:
                    self.refused += 1
                    return REFUSED
                flow.awaits = message
                self.outside.append((message, flow))
                self.held_back += 1
                self.longest = max(self.longest, len(self.waiting) + len(self.outside))
                return (yield None)
            self._store(message)
            if waiter is None:
                self.world.ledger.accepted(request)
                self._pump()
                return ACCEPTED
            flow.awaits = message
            self._pump()
            return (yield None)

        return [Backend(self, self.home, accept)]

    def _store(self, message: Message) -> None:
        self.accepted += 1
        self._change()
        self.waiting.append(message)

    def _let_in(self) -> None:
        """There is room: whoever has stood outside the longest, and still does, hands in its message."""
        while self.outside and len(self.waiting) < self.capacity:
            message, flow = self.outside.popleft()
            if flow.awaits is not message:
                continue  # it was given up
            self.held_seconds += self.kernel.now - message.since
            message.since = self.kernel.now
            self._store(message)
            if message.waiter is None:
                self.world.ledger.accepted(message.request)
                self.kernel.wake(flow, message, ACCEPTED)

    def _prepare(self, verb: Verb) -> None:
        """Learns how each consumer does a verb."""
        consumers = iter(self.consumers)
        for part in self.world.targets(self.id):
            for backend in part.backends(verb):
                consumer = next(consumers)
                if not consumer.sends:
                    consumer.free = consumer.capacity = backend.capacity
                consumer.backend = backend
                if verb not in consumer.sends:
                    consumer.sends[verb] = part.direct(self, backend, verb, backend_number(backend))

    def _pump(self) -> None:
        """Hands messages to consumers as long as there are both."""
        while self.waiting and not self.home.state:
            consumer = self._next()
            if consumer is None:
                break
            self._change()
            message = self.waiting.popleft()
            if self.outside:
                self._let_in()
            consumer.free -= 1
            if consumer.backend.home.instance is not None:
                consumer.backend.home.instance.given += 1
            flow = self.kernel.start(self._deliver, message, consumer)
            flow.home = None
        self.longest = max(self.longest, len(self.waiting) + len(self.outside))

    def _next(self) -> Consumer | None:
        """The next consumer in turn that lives, is in service and has room: a dead one does not pull."""
        n = len(self.consumers)
        for i in range(n):
            consumer = self.consumers[(self.turn + i) % n]
            home = consumer.backend.home
            if consumer.free > 0 and home.state == UP and home.serving:
                self.turn = (self.turn + i + 1) % n
                return consumer
        return None

    def _deliver(self, flow: Flow, message: Message, consumer: Consumer) -> Generator[float | None, Any, None]:
        message.deliveries += 1
        self.delivered += 1
        self.redelivered += message.deliveries > 1
        call = consumer.sends[message.verb](flow, message.request)
        self.visibility.watch(call)
        reply = yield None
        if reply == TIMED_OUT and call in consumer.backend.home.flows:
            # It still works on it: only when it has done that (for nobody) will it pull another message.
            call.ended = partial(self._give_back, consumer)
        else:
            self._free(consumer)
        now = self.kernel.now
        if reply in ANSWERS:
            self.done += 1
            self.ages.append((now, now - message.since))
            self._finish(message, reply)
        else:
            self.failed[consumer.backend.part.id] += 1
            if message.deliveries < self.most_deliveries:
                self._change()
                self.waiting.appendleft(message)
            else:
                self.dropped += 1
                if message.waiter is not None:
                    self.kernel.wake(message.waiter, message, reply)
        self._pump()

    def _give_back(self, consumer: Consumer) -> None:
        self._free(consumer)
        self._pump()

    def _free(self, consumer: Consumer) -> None:
        consumer.free += 1
        if consumer.backend.home.instance is not None:
            consumer.backend.home.instance.ended()

    def _regroup(self) -> None:
        """Others are in service: a balancer among the consumers has room for what those behind it take."""
        for consumer in self.consumers:
            part = consumer.backend.part
            if self.world.kinds[part.component.kind].chooses and consumer.sends:
                (backend,) = part.backends(next(iter(consumer.sends)))
                consumer.free += backend.capacity - consumer.capacity
                consumer.capacity = backend.capacity
        self._pump()

    def _finish(self, message: Message, reply: str) -> None:
        if message.waiter is None:
            self.world.ledger.effect(message.request)
        else:
            self.kernel.wake(message.waiter, message, reply)

    # -- being watched

    def _change(self) -> None:
        """The length is about to change: bring its integral up to date."""
        now = self.kernel.now
        self._area += (now - self._since) * len(self.waiting)
        self._since = now

    def area(self) -> float:
        """Integral of the length up to now, message-seconds. A pure read."""
        return self._area + (self.kernel.now - self._since) * len(self.waiting)

    def queued(self) -> int:
        """Messages that wait, and senders that wait until there is room."""
        return len(self.waiting) + sum(flow.awaits is message for message, flow in self.outside)

    def refusals(self) -> Mapping[str, int]:
        """Messages that found it full, or were given up after the last delivery."""
        return {"queue full": self.refused, "delivered too often": self.dropped}

    def counts(self) -> Mapping[str, float]:
        """Messages accepted, delivered (again), done and dropped, the length's integral, senders held back."""
        held = {"held_back": self.held_back, "held_seconds": self.held_seconds} if self.holds_back else {}
        return {
            **held,
            "accepted": self.accepted,
            "delivered": self.delivered,
            "redelivered": self.redelivered,
            "done": self.done,
            "dropped": self.dropped,
            "length_area": self.area(),
        }

    def figures(self, counts: Mapping[str, float], start: float, end: float) -> Mapping[str, float]:
        """With the mean length, and the ages at which messages were done."""
        ages = [age for when, age in self.ages if start <= when < end]
        shown = {k: v for k, v in counts.items() if k != "length_area"}
        if self.holds_back:
            let_in = shown.pop("held_seconds")
            shown["held_mean"] = let_in / shown["held_back"] if shown["held_back"] else 0.0
        shown["length_mean"] = counts["length_area"] / (end - start)
        shown["age_mean"] = sum(ages) / len(ages) if ages else float("nan")
        shown["age_max"] = max(ages, default=float("nan"))
        return shown

    def extra(self) -> float:
        """Age of the oldest message that waits, seconds."""
        return self.kernel.now - self.waiting[0].since if self.waiting else 0.0


def backend_number(backend: Backend) -> int:
    """The number of a backend's replica on its card."""
    return [home is backend.home for home in backend.part.homes()].index(True) + 1


def _nothing(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
    yield None


KIND = Kind(
    name="queue",
    title="queue",
    glyph="≡",
    ascii="=",
    summary="Keeps messages until a consumer is free; whoever sends need not wait for the work.",
    parameters=(
        whole("capacity", "Messages that it keeps before it refuses.", 10_000, 1, 10_000_000),
        choice(
            "full",
            "What becomes of a message that finds it full: its sender is refused, or waits until there is room.",
            ("refuse", "wait"),
        ),
        whole("deliveries", "How often a message is handed out before it is dropped.", 5, 1, 1_000),
        number(
            "visibility",
            "How long a consumer may take before the message is handed to another.",
            30.0,
            Dimension.TIME,
            0.001,
            86_400.0,
        ),
        spread("latency", "Time to store a message safely.", constant(0.001)),
        PRICE,
    ),
    shows=("capacity",),
    figure=lambda age: f"age {show(age, Dimension.TIME)}" if age > 0 else "",
    own=("age of the oldest message", Dimension.TIME),
    behaviour=Queue,
    roles=frozenset((Role.OPERATIONS,)),
    sends=frozenset((Role.OPERATIONS,)),
    forwards=True,
    chooses=True,
    must_send=True,
    stores=True,
)
