"""A balancer that does more than point: it looks into calls, knows users, watches replies.

A call stays at the balancer from the moment it comes until its reply has gone on, as with any proxy.
Source: layer 7 proxies such as HAProxy, NGINX and Envoy: routing by verb and header, cookies for affinity, passive
outlier ejection (at most half of the machines). Left out: time-outs of its own (a reply that never comes is no
failure to it), longer ejections for those who fail again.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any

from scalegame.design.parameters.routing import Rule, read_routes
from scalegame.simulation.choosing import Chooser, Member, group_of
from scalegame.simulation.consistency import changing
from scalegame.simulation.kernel import FAILURES, REFUSED, RESET, UNREACHABLE, Flow
from scalegame.simulation.part import Backend, Part, Steps, Verb
from scalegame.simulation.randomness import Draw
from scalegame.simulation.request import Request

if TYPE_CHECKING:
    from scalegame.simulation.world import World

#: Ejection leaves at least this share of the machines in rotation.
LEAST_LEFT = 0.5


class Front(Part):
    """Whoever stands before members.

    Attributes:
        members: They.
        latency: What it adds to each call.
        unreachable: Calls that found nobody.
    """

    members: list[Member]
    latency: Draw
    unreachable: int

    def regroup(self) -> None:
        """Works out anew who is in rotation."""
        raise NotImplementedError

    def count(self, call: Flow, member: Member) -> None:
        """A member has been given a call: keeps count of it until it ends."""
        raise NotImplementedError


class Passing:
    """What one balancer does with a call.

    Attributes:
        ejections: How often it has ejected somebody.
        kept, moved: Calls of users that came back to the machine they had, and those for whom it was gone.
    """

    def __init__(self, part: Front) -> None:
        self.part, self.world, self.kernel = part, part.world, part.kernel
        component = part.component
        self.deep = part.word("layer") == "L7"
        self.slow_start = part.number("slow_start")
        self.uniform = self.world.streams.uniforms(part.id, "slow start") if self.slow_start else None
        self.eject_after, self.eject_for = part.whole("eject.after"), part.number("eject.for")
        #: Who only sees connections knows of those that break.
        self.bad = frozenset(FAILURES if self.deep else (RESET, UNREACHABLE))
        self.sticky = part.word("affinity") == "user"
        self._had: dict[tuple[int, int, int], int] = {}
        written = component.settings["routes"]
        self.rules = read_routes(written) if isinstance(written, str) else ()
        self.shares = [tuple(w.groups.items()) for w in self.world.scenario.workloads.values()]
        self.posts = posting(self.world, part.id) if any(r.by == "verb" for r in self.rules) else frozenset()
        self.choosers: list[Chooser] = []
        self.ejections = self.kept = self.moved = 0

    def wire(self, make: Callable[[list[int]], Chooser]) -> list[Chooser]:
        """Makes a chooser for each rule, and one for what no rule fits."""
        members = self.part.members
        for rule in self.rules:
            self.choosers.append(make([i for i, m in enumerate(members) if m.target == rule.target]))
        self.choosers.append(make(list(range(len(members)))))
        return self.choosers

    # -- one call

    def relay(self, verb: Verb) -> Steps:
        """Everything that happens to a call here; it returns the reply of whoever it was given to."""
        part, members = self.part, self.part.members
        sends, work = self._sends(verb), self._work()
        latency, gate, passed, bad, eject_after = part.latency, part.gate, part.sent, self.bad, self.eject_after

        def pass_on(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
            if gate is not None and not gate.admits(request):
                return REFUSED
            yield latency()
            if work is not None:
                yield from work(flow, request)
            index = self.choose(verb, request)
            if index < 0:
                part.unreachable += 1
                return UNREACHABLE
            member = members[index]
            passed[member.target] += 1
            member.given += 1
            sends[index](flow, request, member)
            reply = yield None
            if reply in bad:
                member.failed += 1
                member.failures += 1
                if eject_after and member.failures >= eject_after and not member.ejected:
                    self._eject(member)
            else:
                member.failures = 0
            return reply

        return pass_on

    def _work(self) -> Steps | None:
        """Looking into a call: on its cores, or at once if it has as many as it needs."""
        distribution = self.part.distribution("work")
        if distribution.mean <= 0:
            return None
        replica = self.part.replicas[0]
        return replica.work_step(self.part.work(replica, distribution, "work"))

    def _sends(self, verb: Verb) -> list[Callable[[Flow, Request, Member], Flow]]:
        """How each member is given a call, in the order of the members."""
        part = self.part
        return [
            self._send(backend, *self.world.both_ways(part, backend, verb))
            for target in self.world.targets(part.id)
            for backend in target.backends(verb)
        ]

    def _send(self, backend: Backend, there: Draw, back: Draw) -> Callable[[Flow, Request, Member], Flow]:
        call, count, behaviour, home = self.kernel.call, self.part.count, backend.behaviour, backend.home

        def send(flow: Flow, request: Request, member: Member) -> Flow:
            delay = there()
            made = call(flow, behaviour, request, delay, back, home)
            if delay < inf:  # else it is lost on the way: nothing is open
                count(made, member)
            return made

        return send

    # -- who gets it

    def choose(self, verb: Verb, request: Request) -> int:
        """The index of the member that gets a call; -1: there is nobody."""
        number = self._rule(verb, request)
        chooser = self.choosers[number]
        if not self.sticky:
            return self._fresh(chooser, request)
        person = (number, request.workload, request.user)
        had = self._had.get(person)
        if had is not None and had in chooser.alive:
            self.kept += 1
            return had
        index = self._fresh(chooser, request)
        if had is not None and index >= 0:
            self.moved += 1
        if index >= 0:
            self._had[person] = index
        return index

    def _fresh(self, chooser: Chooser, request: Request) -> int:
        """By the policy; who has just come in is passed over the more often the newer it is."""
        index = chooser.pick(request)
        if self.uniform is None or index < 0:
            return index
        now, slow = self.kernel.now, self.slow_start
        age = now - self.part.members[index].since
        if age >= slow or self.uniform() * slow < age:
            return index
        warm = [i for i in chooser.alive if now - self.part.members[i].since >= slow]
        return chooser.among(warm, request) if warm else index

    def _rule(self, verb: Verb, request: Request) -> int:
        """The number of the first rule that fits; the one after the last if none does."""
        for number, rule in enumerate(self.rules):
            if self._fits(rule, verb, request):
                return number
        return len(self.rules)

    def _fits(self, rule: Rule, verb: Verb, request: Request) -> bool:
        if rule.by == "verb":
            return (rule.value == "POST") == (verb.name in self.posts)
        if rule.by == "operation":
            return rule.value == verb.name
        return rule.value == group_of(request.user, self.shares[request.workload])

    # -- who is thrown out

    def _eject(self, member: Member) -> None:
        serving = [m for m in self.part.members if m.home.serving]
        if sum(m.ejected for m in serving) + 1 > len(serving) * LEAST_LEFT:
            return
        member.ejected, count = True, member.failures
        self.ejections += 1
        self.part.regroup()
        self.world.tell(
            self.part.id, f"{self.part.id} ejects {member.home.name}: {count} failures in a row", "info"
        )
        self.kernel.at(self.kernel.now + self.eject_for, partial(self._let_in, member))

    def _let_in(self, member: Member) -> None:
        member.ejected, member.failures = False, 0
        self.part.regroup()
        self.world.tell(self.part.id, f"{self.part.id} lets {member.home.name} in again", "info")

    # -- being watched

    def counts(self) -> Mapping[str, float]:
        """Calls and failures by member, and what else it knows; only what can occur."""
        found: dict[str, float] = {}
        if self.eject_after:
            found["ejected"] = self.ejections
        if self.sticky:
            found |= {"kept": self.kept, "moved": self.moved}
        for member in self.part.members:
            found[f"to {member.home.name}"] = member.given
            found[f"failed at {member.home.name}"] = member.failed
        return found


def posting(world: World, id: str) -> frozenset[str]:
    """The operations behind a card that change something: sent with the verb POST."""
    found: set[str] = set()
    programs = world.scenario.programs
    for offer in world.offers(id):
        sort, _, name = offer.partition(":")
        if sort == "program":
            found |= changing(programs, name)
    return frozenset(found)
