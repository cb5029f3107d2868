"""Web cache: keeps replies for as long as their headers allow, in a browser, a proxy or the edge of a CDN.

Source: HTTP caching (RFC 9111), as browsers, Squid or a content delivery network do it: a fresh copy answers by
itself; a stale one with a validator is asked for with `If-None-Match`, and 304 brings headers only; anything else
is fetched in full. What it asks does the whole work either way: a tag is computed from the rendered page. Left
out: several requests for one missing page that become one, answers made of stale copies while the origin is away,
deletion of copies from outside, and all that `freshness` leaves out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Mapping
from typing import Any

from scalegame.components.database import Database
from scalegame.design.distributions import constant
from scalegame.design.kinds import PRICE, Kind, Role, choice, named, number, spread
from scalegame.design.model import Component
from scalegame.design.world import Freshness, Operation, Size
from scalegame.simulation.connections import Doing
from scalegame.simulation.consistency import changing
from scalegame.simulation.freshness import Answer, Shelf, has_validator, is_fresh, may_keep
from scalegame.simulation.kernel import ANSWERS, OK, Behaviour, Flow
from scalegame.simulation.part import Backend, Part, Verb
from scalegame.simulation.request import Request
from scalegame.simulation.world import World
from scalegame.units import Dimension

ROLES = ("shared", "browser")
#: Bytes of a reply without its body: 304 Not Modified.
HEADERS = 300.0
#: What a call waits for while the body follows that a question for its headers has brought to light.
BODY = Doing("the body")


class WebCache(Part):
    """Copies of replies, on one shelf for all or on one for each user."""

    def __init__(self, component: Component, world: World) -> None:
        super().__init__(component, world)
        self.private = self.word("role") == "browser"
        cores = 0 if component.settings["size"] is None else self.size.cores
        self.replica = self.new_replica(cores)
        if cores:
            self.telling = ("cores",)
        self.draw = self.work(self.replica, self.distribution("work"), "work")
        room = self.number("room")
        self.shelves: defaultdict[tuple[int, int], Shelf] = defaultdict(lambda: Shelf(room))
        self.replica.home.on_crash.append(self.shelves.clear)
        #: What the caches of this run know of the replies that they have on the way, by call.
        self.said: dict[Flow, Answer] = {}
        self.fresh_hits = self.asked = self.not_modified = self.fetched = self.passed = self.gone = 0
        self.bytes_in = self.bytes_saved = 0.0

    def wire(self) -> None:
        """All web caches of a run share what they say to each other."""
        self.said = next(p.said for p in self.world.parts.values() if isinstance(p, WebCache))
        world = self.world
        board, before = world.scenario.board, [self.id]
        for id in before:
            forwarding = [s for s in board.sources(id) if world.kinds[board.components[s].kind].forwards]
            before += [source for source in forwarding if source not in before]
        #: Another web cache may ask it.
        self.is_asked = any(isinstance(world.parts[id], WebCache) for id in before[1:])

    def backends(self, verb: Verb) -> list[Backend]:
        """Itself; it has as many calls in hand as come."""
        operation, changes = self._operation(verb.name)
        whole = Verb(verb.name, there=verb.there, back=operation.answer)
        fresh = operation.fresh
        if fresh is None or changes or not may_keep(fresh, self.private):
            return [Backend(self, self.replica.home, self._pass_on(whole))]
        return [Backend(self, self.replica.home, self._keep(whole, operation, fresh))]

    def _operation(self, name: str) -> tuple[Operation, bool]:
        """An operation of what is behind, and whether it changes anything."""
        programs = self.world.scenario.programs
        for offer in sorted(self.world.offers(self.id)):
            sort, _, program = offer.partition(":")
            if sort == "program" and name in programs[program].operations:
                return programs[program].operations[name], name in changing(programs, program)
        raise KeyError(f"{self.id}: nothing behind it does {name}")

    def _pass_on(self, verb: Verb) -> Behaviour:
        """What nobody may keep is asked for, and that is that."""
        (target,) = self.world.targets(self.id)
        send, look, failed = target.entry(self, verb), self.replica.work_step(self.draw), self.failed

        def serve(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            yield from look(flow, request)
            self.passed += 1
            send(flow, request)
            reply = yield None
            if reply in ANSWERS:
                self.bytes_in += verb.back
            else:
                failed[target.id] += 1
            return reply

        return serve

    def _keep(self, whole: Verb, operation: Operation, fresh: Freshness) -> Behaviour:
        (target,) = self.world.targets(self.id)
        fetch = target.entry(self, whole)
        headers = Verb(whole.name, "if changed", whole.there, min(HEADERS, whole.back))
        ask = target.entry(self, headers) if has_validator(fresh) else fetch
        body = self._seconds(whole.back)
        look, kernel, failed, said = self.replica.work_step(self.draw), self.kernel, self.failed, self.said

        def serve(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            yield from look(flow, request)
            shelf = self.shelves[(request.workload, request.user) if self.private else (0, 0)]
            key = (whole.name, request.key)
            copy = shelf.find(key)
            if copy is not None and is_fresh(fresh, copy, kernel.now):
                self.fresh_hits += 1
                self.bytes_saved += whole.back
                return self._show(flow, request, copy)
            asks = copy is not None and ask is not fetch
            notes, sent = request.notes, kernel.now
            seen = 0 if notes is None else len(notes)
            self.asked += asks
            self.fetched += not asks
            call = (ask if asks else fetch)(flow, request)
            reply = yield None
            heard = said.pop(call, None)
            if reply is not OK:
                # A part of an answer is passed on, and not kept.
                failed[target.id] += reply not in ANSWERS
                return reply
            found = () if notes is None else tuple((data, version) for data, version, _ in notes[seen:])
            if heard is None:
                heard = Answer(sent, self._modified(fresh, found), found)
            if asks and copy is not None and copy.notes == found:
                self.not_modified += 1
                self.bytes_in += headers.back
                self.bytes_saved += whole.back - headers.back
            else:
                self.bytes_in += whole.back
                if asks and body > 0:
                    flow.awaits = BODY
                    yield body
                    flow.awaits = None
            evicted = shelf.evicted
            shelf.put(key, heard, whole.back)
            self.gone += shelf.evicted - evicted
            if self.is_asked:
                said[flow] = heard
            return OK

        return serve

    def _show(self, flow: Flow, request: Request, copy: Answer) -> str:
        """Answers with a copy: its reader has read what it was made from."""
        if request.notes is not None:
            request.notes += [(data, version, False) for data, version in copy.notes]
        if self.is_asked:
            self.said[flow] = copy
        return OK

    def _modified(self, fresh: Freshness, notes: tuple[tuple[str, int], ...]) -> float | None:
        """When what a reply shows was last changed, as its header says; None: it says nothing."""
        if fresh.modified is None:
            return None
        written = [
            part.log[version - 1][1]
            for data, version in notes
            for part in self.world.parts.values()
            if version and isinstance(part, Database) and part.name == data
        ]
        return max(written, default=-fresh.modified)

    def _seconds(self, size: float) -> float:
        """How long so many bytes take from whoever answers, over and above the latency."""
        here, seconds = self.id, 0.0
        board, network = self.world.scenario.board, self.world.network
        while True:
            (target, *_) = board.targets(here)
            seconds += network.transfer(board.components[target].at, board.components[here].at, size)
            kind = self.world.kinds[board.components[target].kind]
            if not kind.forwards or kind.name == KIND.name:
                return seconds
            here = target

    # -- being watched

    def counts(self) -> Mapping[str, float]:
        """What it answered by itself, asked about, and fetched; and the bytes of bodies that were, or were not."""
        return {
            "fresh_hits": self.fresh_hits,
            "asked": self.asked,
            "not_modified": self.not_modified,
            "fetched": self.fetched,
            "passed_on": self.passed,
            "evicted": self.gone,
            "bytes_in": self.bytes_in,
            "bytes_saved": self.bytes_saved,
        }

    def figures(self, counts: Mapping[str, float], start: float, end: float) -> Mapping[str, float]:
        """With the share that it answered by itself, and what it holds at the end, bytes."""
        held = sum(shelf.held for shelf in self.shelves.values())
        return {**counts, "fresh_ratio": _ratio(counts["fresh_hits"], counts), "held": held}

    def extra(self) -> float:
        """Share of requests that it answered by itself so far."""
        return _ratio(self.fresh_hits, self.counts())


def _ratio(hits: float, counts: Mapping[str, float]) -> float:
    every = hits + counts["asked"] + counts["fetched"] + counts["passed_on"]
    return hits / every if every else float("nan")


def _check(component: Component, sizes: Mapping[str, Size]) -> tuple[str, ...]:
    """Browsers run on their users' machines."""
    settings = component.settings
    if settings["role"] != "browser" or settings["size"] is None:
        return ()
    return (
        f"{component.id} stands for its users' browsers, which have machines of their own: "
        f"write set {component.id} size=none, or role=shared",
    )


KIND = Kind(
    name="webcache",
    title="web cache",
    glyph="◈",
    ascii="W",
    summary="Keeps replies for as long as their headers allow: a browser, a proxy, the edge of a CDN.",
    parameters=(
        choice("role", "Whose copies it keeps: shared by all who ask, or a browser for each user.", ROLES),
        named(
            "size",
            "The machine that it runs on; none: it is never busy, and costs its price alone.",
            "sizes",
            None,
            optional=True,
        ),
        number("room", "Bytes that it keeps; of browsers, each.", 1e9, Dimension.SIZE, 1.0, 1e15),
        spread("work", "Work of one look for a copy.", constant(0.0002)),
        PRICE,
    ),
    shows=("role",),
    figure=lambda ratio: f"{ratio * 100:.0f}% fresh",
    own=("answered by itself so far", Dimension.RATIO),
    behaviour=WebCache,
    roles=frozenset((Role.OPERATIONS,)),
    sends=frozenset((Role.OPERATIONS,)),
    forwards=True,
    must_send=True,
    most_targets=1,
    check=_check,
)
