"""How a card asks another: a plain call, or one with layers around it (connections, retries)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from scalegame.simulation import connections, retrying, standing
from scalegame.simulation.kernel import Flow
from scalegame.simulation.part import Part, Replica, Send, Steps, Verb
from scalegame.simulation.request import Request


def layered(part: Part, verb: Verb) -> bool:
    """Whether what a card asks for needs more than a plain call."""
    return connections.uses(part) or retrying.applies(part, verb) or standing.applies(part)


def ask(part: Part, replica: Replica, target: Part, verb: Verb) -> tuple[Send | None, Steps | None]:
    """How one replica of a card asks another card.

    Args:
        part: Who asks.
        replica: Which of its replicas.
        target: Who is asked.
        verb: For what.

    Returns:
        A plain call, after which the caller waits for the reply; or, where there is more to it, steps that send
        and wait. One of the two is None.
    """
    send = target.entry(part, verb, replica.number)
    if not layered(part, verb):
        return send, None
    steps = waiting(part, send)
    if standing.applies(part):
        steps = standing.layer(steps, replica)
    if connections.uses(part):
        steps = connections.layer(steps, part, replica, target)
    if retrying.applies(part, verb):
        steps = retrying.layer(steps, part, replica, target)
    return None, steps


def asking(part: Part, replica: Replica, target: Part, verb: Verb) -> Steps:
    """The same as steps, layers or not: they send, wait at most as long as the card does, and return the reply."""
    send, steps = ask(part, replica, target, verb)
    if steps is not None:
        return steps
    assert send is not None
    return waiting(part, send)


def waiting(part: Part, send: Send) -> Steps:
    """A plain call and the wait for its reply, as long as the card waits for those whom it calls."""
    timeouts = part.timeouts

    def steps(flow: Flow, request: Request) -> Generator[float | None, Any, Any]:
        call = send(flow, request)
        if timeouts is not None:
            timeouts.watch(call)
        return (yield None)

    return steps
