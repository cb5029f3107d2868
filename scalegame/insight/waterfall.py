"""One request as a waterfall: attempts and hops in rows, each in parts, and where its time went (pure).

Every instant of a request belongs to the innermost call that it waits for: what a hop spends waiting for another
is that other's, down to the one that waits for a thread, works, or has its message on the way. So the parts of
`Story.spent` follow each other without gap or overlap, and add up to the request's latency.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scalegame.insight.trail import AWAY, BATCH, MESSAGE, QUEUED, REPLICATION, SERVED, Hop, Spell, Try
from scalegame.insight.truth import SUCCESS
from scalegame.simulation.kernel import ANSWERS, MISS, TIMED_OUT

#: Besides `QUEUED` and `SERVED`: on the network; in another's hands; between attempts; no answer will come.
TRAVEL, DOWNSTREAM, RESTING, SILENT = "travelling", "downstream", "resting", "silent"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of time within a row.

    Attributes:
        start: Simulated seconds.
        end: Of it.
        sort: `TRAVEL`, `QUEUED`, `SERVED`, `DOWNSTREAM`, `RESTING` or `SILENT`.
        what: What was waited for, see `trail.Spell`.
        where: The replica, or the client.
    """

    start: float
    end: float
    sort: str
    what: str = ""
    where: str = ""

    @property
    def seconds(self) -> float:
        """How long."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Row:
    """A hop or an attempt.

    Attributes:
        component: Id of the card.
        replica: Its replica; of an attempt the client.
        does: What was asked; of an attempt its number, and what became of it: "attempt 2: lost reply".
        depth: How many callers it has.
        start: Simulated seconds.
        end: When its reply left; of what never ended, when the run did.
        parts: Its time, without gaps.
        reply: What it answered, "" if nothing.
        inside: The request's client waited for it until its end.
    """

    component: str
    replica: str
    does: str
    depth: int
    start: float
    end: float
    parts: tuple[Part, ...]
    reply: str = ""
    inside: bool = True

    @property
    def failed(self) -> bool:
        """It did not end well."""
        return self.reply not in (*ANSWERS, MISS)

    def seconds(self, *sorts: str) -> float:
        """Time in parts of these sorts."""
        return sum(part.seconds for part in self.parts if part.sort in sorts)


@dataclass(frozen=True, slots=True)
class Story:
    """A request from its birth to its client's knowing.

    Attributes:
        born: Simulated seconds.
        ended: When its client knew, or the run ended.
        rows: Attempts and hops, each below its caller.
        spent: All its time, innermost calls first; what others do for it later is not in it.
    """

    born: float
    ended: float
    rows: tuple[Row, ...]
    spent: tuple[Part, ...]

    @property
    def last(self) -> float:
        """When the last of its rows ended."""
        return max([self.ended, *(row.end for row in self.rows)])


@dataclass(frozen=True, slots=True)
class Blame:
    """A share of a request's time.

    Attributes:
        seconds: Of it.
        share: Of the whole, 0 to 1.
        text: "waiting for a thread at web-2".
    """

    seconds: float
    share: float
    text: str


@dataclass(slots=True, eq=False)
class _Node:
    """A hop or an attempt, with what it called."""

    of: Hop | Try
    start: float
    end: float
    called: list[_Node] = field(default_factory=list)
    parts: list[tuple[Part, _Node | None]] = field(default_factory=list)
    later: bool = False


def story(tries: Sequence[Try], hops: Sequence[Hop], run_ended: float) -> Story:
    """Puts a request together.

    Args:
        tries: Its attempts, in order; at least one.
        hops: Its hops, in order of arrival.
        run_ended: Where the simulation ended, seconds.
    """
    tops = [_Node(t, t.sent, run_ended if t.ended is None else t.ended) for t in tries]
    nodes: dict[int, _Node] = {id(top.of): top for top in tops}
    for hop in hops:
        node = _Node(hop, hop.arrived, run_ended if hop.left is None else hop.left)
        parent = nodes.get(id(hop.caller)) or _sender(hop, list(nodes.values()), tops)
        node.later = parent.end <= _sent(node)
        parent.called.append(node)
        nodes[id(hop)] = node
    for i, top in enumerate(tops):
        client = tries[i].client
        top.parts = list(_split(Spell(top.start, top.end, AWAY, "", tries[i].reply), top, client))
        following = tops[i + 1].start if i + 1 < len(tops) else top.end
        if following > top.end:
            top.parts.append((Part(top.end, following, RESTING, "", client), None))
    for node in nodes.values():
        if isinstance(node.of, Hop):
            node.parts = list(_parts(node, node.of))
    rows = [row for number, top in enumerate(tops) for row in _rows(top, 0, f"attempt {number + 1}")]
    spent = [
        part for top in tops for part in _spent(top, top.start, top.parts[-1][0].end if top.parts else top.end)
    ]
    return Story(tops[0].start, tops[-1].end, tuple(rows), tuple(spent))


def _sent(node: _Node) -> float:
    hop = node.of
    return hop.sent if isinstance(hop, Hop) and hop.sent is not None else node.start


def _sender(hop: Hop, known: Sequence[_Node], tops: Sequence[_Node]) -> _Node:
    """Whose call it is where a strand in between sent it: it waits there in a batch or as a message."""
    sent = hop.arrived if hop.sent is None else hop.sent
    for node in reversed(known):
        if isinstance(node.of, Hop) and any(
            spell.what in (MESSAGE, BATCH) and spell.start <= sent and (spell.end is None or sent <= spell.end)
            for spell in node.of.spells
        ):
            return node
    for node in reversed(known):
        if isinstance(node.of, Hop) and node.of.reply == "accepted" and node.end <= sent:
            return node
    return next((top for top in reversed(tops) if top.start <= sent), tops[0])


def _parts(node: _Node, hop: Hop) -> Iterator[tuple[Part, _Node | None]]:
    """A hop's time; of what it has asked others, the way there and back is its own."""
    for spell in hop.spells:
        end = min(node.end if spell.end is None else spell.end, node.end)
        if spell.sort == AWAY:
            yield from _split(Spell(spell.start, end, AWAY, spell.what, spell.reply), node, hop.replica)
        elif end > spell.start:
            yield Part(spell.start, end, spell.sort, spell.what, hop.replica), None


def _split(spell: Spell, node: _Node, where: str) -> Iterator[tuple[Part, _Node | None]]:
    """A stretch in which a call waits for others: on the way, in their hands, and on the way back."""
    at, end = spell.start, node.end if spell.end is None else spell.end
    between = QUEUED if spell.what in (MESSAGE, BATCH) else TRAVEL
    inside = [c for c in node.called if not c.later and at <= _sent(c) and _sent(c) < end]
    for called in inside:
        # What is late for this one (a call given up before) does not come again.
        sent = max(_sent(called), at)
        if sent > at:
            yield Part(at, sent, between, spell.what if between == QUEUED else "", where), None
        begin, stop = min(max(called.start, sent), end), min(called.end, end)
        if begin > sent:
            yield Part(sent, begin, TRAVEL, "", where), None
        if stop > begin:
            yield Part(begin, stop, DOWNSTREAM, "", where), called
        at = max(stop, begin)
    if end > at:
        lost = spell.reply in ("", TIMED_OUT)
        yield Part(at, end, SILENT if lost else TRAVEL, "", where), None


def _rows(node: _Node, depth: int, does: str, inside: bool = True) -> Iterator[Row]:
    of, parts = node.of, tuple(part for part, _ in node.parts)
    if isinstance(of, Hop):
        yield Row(of.component, of.replica, of.does, depth, node.start, node.end, parts, of.reply, inside)
    else:
        done = f"{does}: {of.truth}" if of.truth and of.truth != SUCCESS else does
        yield Row(of.client, of.client, done, depth, node.start, node.end, parts, of.reply, inside)
    for called in node.called:
        waited = inside and any(child is called and part.end >= called.end for part, child in node.parts)
        yield from _rows(called, depth + 1, "", waited)


def _spent(node: _Node, start: float, end: float) -> Iterator[Part]:
    """A stretch of a call, in the hands of whom it waits for at each instant."""
    for part, called in node.parts:
        begin, stop = max(part.start, start), min(part.end, end)
        if stop <= begin:
            continue
        if called is None:
            yield Part(begin, stop, part.sort, part.what, part.where)
        else:
            yield from _spent(called, begin, stop)


def blame(told: Story) -> tuple[Blame, ...]:
    """Where a request's time went, the largest share first."""
    total = told.ended - told.born
    seconds: dict[str, float] = {}
    for part in told.spent:
        text = _text(part)
        seconds[text] = seconds.get(text, 0.0) + part.seconds
    found = sorted(seconds.items(), key=lambda pair: (-round(pair[1], 9), pair[0]))
    return tuple(Blame(took, took / total if total > 0 else 0.0, text) for text, took in found)


#: What is waited for, by pool.
_WAITS = {
    "threads": "waiting for a thread at {}",
    "connections": "waiting for a connection at {}",
    "cores": "waiting for a core at {}",
    MESSAGE: "waiting as a message in {}",
    BATCH: "waiting for its batch to fill at {}",
    REPLICATION: "waiting for replication at {}",
}


def _text(part: Part) -> str:
    if part.sort == QUEUED:
        return _WAITS.get(part.what, f"waiting for {part.what} at {{}}").format(part.where)
    if part.sort == SERVED:
        return f"being served at {part.where}"
    return {RESTING: "waiting to try again", SILENT: "waiting for an answer that never came"}.get(
        part.sort, TRAVEL
    )
