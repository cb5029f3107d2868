"""What a tracer notes of a request: its attempts, its hops, and where the time of each went (pure data)."""

from __future__ import annotations

from dataclasses import dataclass, field

#: What a crash leaves of a hop.
DIED = "died"
#: What is left of a hop when its caller has sent word that it is not wanted any more.
CANCELLED = "cancelled"
#: What a call does with its time: it waits, it is worked on, or it has asked another and waits for that.
QUEUED, SERVED, AWAY = "queued", "served", "away"
#: What it waits for besides its pools and "cores": for its message or its batch to go, or for replication.
MESSAGE, BATCH, REPLICATION = "message", "batch", "replication"


@dataclass(slots=True)
class Spell:
    """A stretch of a call's time at one replica.

    Attributes:
        start: Simulated seconds.
        end: Of it; None: it had not ended when the run did.
        sort: `QUEUED`, `SERVED` or `AWAY`.
        what: What was waited for: "threads", "connections", "cores", `REPLICATION`; of what is away `MESSAGE` or
            `BATCH` if something of that sort stands in between; else "".
        reply: Of what was away: what came back.
    """

    start: float
    end: float | None
    sort: str
    what: str = ""
    reply: str = ""


@dataclass(slots=True)
class Try:
    """One attempt, as its client sees it.

    Attributes:
        sent: Simulated seconds.
        ended: When the client had its reply, or stopped waiting; None: neither.
        reply: What it was; "" while there is none. That is all that the client knows.
        truth: What became of the call, see `truth`; "" while nobody has looked.
    """

    client: str
    sent: float
    ended: float | None = None
    reply: str = ""
    truth: str = ""


@dataclass(slots=True)
class Hop:
    """One call at one replica.

    Attributes:
        component: Id of the card.
        replica: Its name: `web-2`.
        does: Operation, "read", "write", "get", "put" or "delete".
        arrived: Simulated seconds.
        left: When its reply left; None: it never did.
        waited: Seconds that it stood in queues for threads or connections there.
        reply: What it answered; "died" in a crash; "" while it has not.
        sent: When it was sent; None where that is not known (through a balancer).
        caller: The hop or the attempt that sent it; None: a strand that answers to nobody, or to several.
        spells: Where its time went, without gaps.
        back: Seconds that its reply took on the way back, infinity: it was lost; None: it sent none that is known.
        clock: What its machine's own clock showed when it arrived, seconds; None: all clocks are right.
    """

    component: str
    replica: str
    does: str
    arrived: float
    left: float | None = None
    waited: float = 0.0
    reply: str = ""
    sent: float | None = None
    caller: Hop | Try | None = None
    spells: list[Spell] = field(default_factory=list)
    back: float | None = None
    clock: float | None = None
