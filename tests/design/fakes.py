"""Kinds that look like the real ones, and a small town of them; nothing here simulates anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from scalegame.design.distributions import exponential
from scalegame.design.kinds import (
    REPLICAS,
    SIZE,
    Kind,
    Role,
    choice,
    named,
    number,
    spread,
    whole,
)
from scalegame.design.model import Board, Component, Wire
from scalegame.design.rulebook import Adjustment, Item, Rulebook
from scalegame.design.world import (
    CallProgram,
    Change,
    DataSet,
    Operation,
    Program,
    Project,
    Read,
    SendTo,
    Size,
    Work,
    Write,
)
from scalegame.units import Dimension

OPERATIONS, DATA, COPIES = (frozenset((role,)) for role in Role)


def _kind(name: str, *parameters: object, **facts: object) -> Kind:
    return Kind(name, name, "o", "o", "", parameters, lambda *_: None, **facts)  # type: ignore[arg-type]


PRICE = number("price", "Of its own.", 0.0, Dimension.PRICE)
KINDS = {
    kind.name: kind
    for kind in (
        _kind(
            "clients",
            named("sends", "What.", "workloads"),
            sends=OPERATIONS,
            must_send=True,
            most_targets=1,
            price=lambda component, sizes: 0.0,
        ),
        _kind(
            "balancer",
            choice("policy", "How it chooses.", ("round-robin", "random")),
            PRICE,
            roles=OPERATIONS,
            sends=OPERATIONS,
            forwards=True,
            chooses=True,
            must_send=True,
        ),
        _kind(
            "queue",
            whole("length", "How many it keeps.", 1000, 1, 100_000, optional=True),
            PRICE,
            roles=OPERATIONS,
            sends=OPERATIONS,
            forwards=True,
            chooses=True,
            stores=True,
            must_send=True,
        ),
        _kind(
            "service",
            named("runs", "Its program.", "programs"),
            SIZE,
            REPLICAS,
            whole("threads", "At once.", 50, 1, 1000),
            PRICE,
            roles=OPERATIONS,
            sends=OPERATIONS | DATA | COPIES,
            offers=lambda component: frozenset((f"program:{component.settings['runs']}",)),
            check=lambda component, sizes: (
                ("more threads than memory",) if component.settings["threads"] == 666 else ()
            ),
        ),
        _kind(
            "cache",
            named("holds", "What.", "data"),
            SIZE,
            number("ttl", "How long.", None, Dimension.TIME, 0.001, 1e6, optional=True),
            roles=COPIES,
            offers=lambda component: frozenset((f"copies:{component.settings['holds']}",)),
        ),
        _kind(
            "database",
            named("holds", "What.", "data"),
            SIZE,
            whole("connections", "At once.", 50, 1, 1000),
            spread("work.read", "For a read.", exponential(0.002)),
            whole("read_replicas", "Machines that follow.", 0, 0, 5),
            named("replica_at", "Where they stand.", "places", None, optional=True),
            roles=DATA,
            offers=lambda component: frozenset((f"data:{component.settings['holds']}",)),
            machines=lambda component: 1 + component.settings["read_replicas"],
        ),
    )
}

SIZES = {s.name: s for s in (Size("small", 2, 2e9, 0.1), Size("medium", 4, 8e9, 0.3), Size("large", 8, 32e9, 0.9))}
DATASETS = {"passes": DataSet("passes", 20_000, 1.1, 2000.0), "photos": DataSet("photos", 500, 0.0, 1e6)}


def program(name: str, **operations: tuple[object, ...]) -> Program:
    return Program(name, {n: Operation(n, steps) for n, steps in operations.items()})  # type: ignore[arg-type]


PROGRAMS = {
    p.name: p
    for p in (
        program(
            "booking",
            browse=(Work(exponential(0.012)), Read("passes")),
            book=(Work(exponential(0.03)), Write("passes")),
            look=(Read("photos"),),
            pay=(CallProgram("payment", "charge"),),
            tell=(SendTo("mail", "send"),),
        ),
        program("payment", charge=(Work(exponential(0.02)),)),
        program("mail", send=(Work(exponential(0.02)),)),
    )
}


def made(kind: str, id: str, at: str = "valley", **given: object) -> Component:
    """A component as a loader would make it; parameters as written (`work__read` for `work.read`)."""
    names: dict[str, Mapping[str, object]] = {
        "sizes": SIZES,
        "data": DATASETS,
        "programs": PROGRAMS,
        "workloads": {"skiers": 0},
        "places": {"valley": 0, "peak": 0, "homes": 0},
    }
    written = {name.replace("__", "."): value for name, value in given.items()}
    return Component(id, kind, at, KINDS[kind].settings(written, names))


def board(*components: Component, wires: str = "") -> Board:
    """A board; wires as chains, separated by commas."""
    found = []
    for chain in filter(None, (part.strip() for part in wires.split(","))):
        ids = chain.split(" -> ")
        found += [Wire(a, b) for a, b in pairwise(ids)]
    return Board({c.id: c for c in components}, tuple(found))


def item(kind: str, name: str, most: int = 3, effort: float = 0.0, **given: object) -> Item:
    settings = made(kind, "x", "valley", **given).settings
    return Item(name, kind, most, ("valley", "peak"), settings, {}, effort)


SKIERS = made("clients", "skiers", "homes", sends="skiers")
WEB = made("service", "web", runs="booking", size="small", threads=40)
DB = made("database", "passes-db", holds="passes", size="medium")
FOUND = board(SKIERS, WEB, DB, wires="skiers -> web -> passes-db")

RULES = Rulebook(
    kinds=KINDS,
    found=FOUND,
    sizes=SIZES,
    places=("homes", "valley", "peak"),
    data=DATASETS,
    programs=PROGRAMS,
    workloads={"skiers": ("browse", "book")},
    palette={
        i.name: i
        for i in (
            replace(
                item("balancer", "balancer", 2, price="$0.03/h"),
                adjust={"policy": Adjustment()},
            ),
            replace(
                item("service", "web2", 3, 2.0, runs="booking", size="small"),
                adjust={
                    "size": Adjustment(values=("small", "large"), effort=1.0),
                    "replicas": Adjustment(1, 4, effort=0.5),
                    "threads": Adjustment(5, 200),
                },
            ),
            replace(
                item("cache", "cache", 2, holds="passes", size="small"),
                adjust={"ttl": Adjustment()},
            ),
            replace(item("queue", "queue", 1), adjust={"length": Adjustment(10, 10_000)}),
        )
    },
    adjust={
        "web": {
            "size": Adjustment(effort=3.0),
            "replicas": Adjustment(1, 6, effort=1.5),
            "threads": Adjustment(5, 200),
        },
        "passes-db": {"connections": Adjustment(10, 100)},
    },
    fixed=frozenset(("skiers", "passes-db")),
    projects={
        p.id: p
        for p in (
            Project(
                "lighter-pages",
                "Lighter pages",
                "Sends less.",
                30.0,
                0.01,
                (Change(("program", "booking", "browse", "work"), exponential(0.004)),),
            ),
            Project(
                "index",
                "An index",
                "Finds passes sooner.",
                8.0,
                0.0,
                (
                    Change(("component", "passes-db", "work.read"), exponential(0.0005)),
                    Change(("data", "passes", "value"), 500.0),
                ),
            ),
            Project(
                "web-tuning",
                "Tune the web",
                "More threads.",
                1.0,
                0.0,
                (Change(("component", "web", "threads"), 120),),
            ),
        )
    },
    linked=frozenset(
        (a, b)
        for a in ("homes", "valley", "peak")
        for b in ("homes", "valley", "peak")
        if {a, b} != {"homes", "peak"}
    ),
)
