"""Boards and moments of runs for the tests of the canvas."""

from __future__ import annotations

import math
from itertools import pairwise
from types import MappingProxyType

from scalegame.design.kinds import Kind
from scalegame.design.model import Board, Component
from scalegame.tui.canvas.frame import CardFrame, Frame, WireFrame
from scalegame.tui.canvas.glyphs import State

GLYPHS = {
    "clients": ("◉", "@"),
    "balancer": ("⇶", "%"),
    "service": ("▣", "S"),
    "database": ("▤", "D"),
    "cache": ("◇", "C"),
    "queue": ("≡", "Q"),
}
KINDS = {
    name: Kind(name, name, glyph, ascii, "A part.", (), behaviour=object)
    for name, (glyph, ascii) in GLYPHS.items()
}


def build(cards: str, *chains: str) -> Board:
    """A board from `"skiers:clients web:service*3 db:database@4,2"` and chains of wires `"skiers web db"`."""
    board = Board()
    for word in cards.split():
        id, _, rest = word.partition(":")
        rest, _, at = rest.partition("@")
        kind, _, replicas = rest.partition("*")
        position = tuple(int(n) for n in at.split(",")) if at else None
        settings = MappingProxyType({"replicas": int(replicas or 1)})
        board = board.with_component(
            Component(id, kind or "service", "valley", settings, None, position)  # type: ignore[arg-type]
        )
    for chain in chains:
        ids = chain.split()
        for source, target in pairwise(ids):
            board = board.with_wire(source, target)
    return board


def lines(board: Board) -> dict[str, tuple[str, str]]:
    """What the cards say while nothing runs."""
    return {c.id: ("240/s", "9 : 1") if c.kind == "clients" else ("medium", "40 threads") for c in board}


def two_is_company() -> Board:
    """Clients, a balancer, three machines, a database, a cache."""
    return build(
        "skiers:clients lb:balancer web:service*3 passes-db:database cache:cache",
        "skiers lb web passes-db",
        "web cache",
    )


def moment() -> Frame:
    """`two_is_company` in trouble."""
    return Frame(
        {
            "skiers": CardFrame(State.FAILING, lines=("240/s", "480 waiting")),
            "lb": CardFrame(State.OK, lines=("240/s", "12 inside")),
            "web": CardFrame(State.SATURATED, 1.0, 812, 1000, "2/3 up"),
            "passes-db": CardFrame(State.OK, 0.22, 0, 10),
            "cache": CardFrame(State.BUSY, 0.74, 3, 10, "92% hits"),
        },
        {
            ("skiers", "lb"): WireFrame(240, 60),
            ("lb", "web"): WireFrame(240, 0),
            ("web", "passes-db"): WireFrame(80, 0),
            ("web", "cache"): WireFrame(0, 0),
        },
        wire_scale=240,
        phase=2.0,
    )


def resort() -> Board:
    """21 components and 32 wires, as a late level has them."""
    cards = " ".join(
        [f"clients-{i}:clients" for i in range(3)]
        + ["edge:balancer"]
        + [f"web-{i}:service*3" for i in range(4)]
        + [f"cache-{i}:cache" for i in range(3)]
        + ["jobs:queue", "worker:service*4"]
        + [f"db-{i}:database" for i in range(3)]
        + ["lift:service", "archive:database", "mail:service", "search:service*2", "search-db:database"]
    )
    chains = [f"clients-{i} edge" for i in range(3)]
    chains += [f"edge web-{i} db-{i % 3}" for i in range(4)]
    chains += [f"web-{i} cache-{i}" for i in range(3)] + [f"web-{i} jobs" for i in range(4)]
    chains += ["jobs worker archive", "worker mail", "web-0 search search-db", "web-3 lift db-2"]
    chains += ["web-1 search", "worker db-1", "web-3 cache-2", "web-2 search", "lift archive", "mail archive"]
    chains += ["worker db-0"]
    return build(cards, *chains)


def resort_frame(board: Board, time: float, phase: float) -> Frame:
    """Every card and every wire changes a little with time."""
    cards: dict[str, CardFrame] = {}
    for i, component in enumerate(board):
        busy = min(1.0, max(0.0, 0.5 + 0.5 * math.sin(time / 3 + i)))
        state = State.SATURATED if busy >= 0.95 else State.BUSY if busy >= 0.7 else State.OK
        cards[component.id] = CardFrame(state, busy, max(0.0, busy - 0.6) * 2000, 800)
    rates = {
        (wire.source, wire.target): WireFrame(120 + 100 * math.sin(time / 5 + i), 12 if i % 8 == 0 else 0)
        for i, wire in enumerate(board.wires)
    }
    return Frame(cards, rates, 220.0, phase)


def grown_resort() -> Board:
    """25 components and 40 wires: the resort, a region later."""
    board = resort()
    grown = build("feed:queue pusher:service*2 phones-db:database push:service")
    for component in grown:
        board = board.with_component(component)
    for chain in ("web-1 feed pusher push", "pusher phones-db", "lift feed", "mail phones-db", "web-2 cache-0"):
        for source, target in pairwise(chain.split()):
            board = board.with_wire(source, target)
    return board.with_wire("web-0", "feed")


def city() -> Board:
    """60 components in ten layers, and 111 wires."""
    ids = [f"{layer}-{i}" for layer in range(10) for i in range(6)]
    chains = [
        f"{layer}-{i} {layer + 1}-{(i * (step + 1) + step) % 6}"
        for layer in range(9)
        for i in range(6)
        for step in range(2)
    ]
    return build(" ".join(f"{id}:service" for id in ids), *chains, "0-0 3-2", "2-1 7-5", "4-4 8-0")
