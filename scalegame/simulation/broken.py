"""Cards that can fail and live: they answer, and what they answer is no.

Source: fail-fast misbehaviour, as of a server that has lost its configuration, its disk or a certificate: the
process is up, takes every connection, and fails each call at once. Health checks that only ask whether somebody
listens find it well, and a balancer that prefers the least busy finds it the fastest of all. Left out: calls that
fail now and then, and wrong answers.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scalegame.design.kinds import Kind
from scalegame.simulation.kernel import REFUSED, Behaviour, Flow

if TYPE_CHECKING:
    from scalegame.simulation.health import Health
    from scalegame.simulation.part import Backend, Verb
    from scalegame.simulation.world import World

#: Why such a card refuses.
OUT_OF_ORDER = "out of order"


def can_break(kind: Kind) -> bool:
    """Whether cards of a kind can fail and live: they are called, and do not just pass every call on."""
    return bool(kind.roles) and (kind.stores or not kind.chooses)


class Breaking:
    """Stands before the replicas of a card that a fault will break.

    Attributes:
        refused: Calls that broken replicas have refused so far.
    """

    def __init__(self, world: World) -> None:
        self.world, self.refused = world, 0

    def before(self, backends: Callable[[Verb], list[Backend]]) -> Callable[[Verb], list[Backend]]:
        """The same replicas, which refuse while they are broken."""

        def breaking(verb: Verb) -> list[Backend]:
            found, health = backends(verb), self.world.health
            return [
                replace(b, behaviour=(self._leaf if b.leaf else self._flow)(b.behaviour, health[b.home]))
                for b in found
            ]

        return breaking

    def counted(self, refusals: Callable[[], Mapping[str, int]]) -> Callable[[], Mapping[str, int]]:
        """The calls that a card turned away by reason, with those that it refused while broken."""
        return lambda: {**refusals(), OUT_OF_ORDER: self.refused}

    def _leaf(
        self, behaviour: Callable[[Any], tuple[float, Any]], health: Health
    ) -> Callable[[Any], tuple[float, Any]]:
        def answer(request: Any) -> tuple[float, Any]:
            if health.broken:
                self.refused += 1
                return 0.0, REFUSED
            return behaviour(request)

        return answer

    def _flow(self, behaviour: Behaviour, health: Health) -> Behaviour:
        def serve(flow: Flow, request: Any) -> Generator[float | None, Any, Any]:
            if health.broken:
                self.refused += 1
                return REFUSED
            return (yield from behaviour(flow, request))

        return serve
