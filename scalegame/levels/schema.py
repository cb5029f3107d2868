"""The shape of a level file, format 0: which keys there are and what kind of value each takes.

Only the shape: that names mean something, and that the level makes sense as a whole, is seen to by the
modules that build a `Level` from it (`world`, `board`, `load`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from scalegame.design.kinds import Kinds
from scalegame.design.orderlines import MOST_ORDERS
from scalegame.errors import quoted
from scalegame.levels.fields import (
    Bandwidth,
    Dist,
    Distance,
    Effort,
    Name,
    Names,
    Price,
    Ratio,
    Sentence,
    Shape,
    Size,
    Time,
    Timeout,
    number,
    refused,
    whole,
)
from scalegame.levels.live import START

FORMAT = 0
"""The newest format that this version reads."""


class ShortShape(Shape):
    """A mapping that may be written short, as the value of its one telling key."""

    @classmethod
    def short(cls, data: object) -> object:
        """Return the long form of what was written."""
        raise NotImplementedError

    @model_validator(mode="before")
    @classmethod
    def _long(cls, data: object) -> object:
        return cls.short(data)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        long = handler.resolve_ref_schema(handler(core))
        return {"anyOf": [cls.short_schema(long), long]}

    @classmethod
    def short_schema(cls, long: JsonSchemaValue) -> JsonSchemaValue:
        """Return the JSON Schema of the short form."""
        raise NotImplementedError


class LinkShape(Shape):
    """What lies between two places, or within one."""

    latency: Dist | None = Field(None, description="One-way time of a message, a distribution.")
    fibre: Distance | None = Field(None, description="Instead of latency: so much glass, as in 4148 km.")
    profile: Literal["lan", "wan", "4g", "5g"] | None = Field(
        None, description="Instead of all: what such a network is like; what else is given goes before it."
    )
    jitter: Time = Field(0.0, description="Exponential delay on top of the latency, its mean.")
    bandwidth: Bandwidth | None = Field(
        None, description="How fast one message travels; left out: size is no matter."
    )
    loss: Ratio | None = Field(None, description="Share of the messages that never arrive.")


class SizeShape(Shape):
    """A machine for sale."""

    cores: Annotated[int, *whole(1, 4096)] = Field(description="How many cores, as in 2.")
    memory: Size = Field(description='How much memory, as in "4 GB".')
    price: Price = Field(description='What one costs, as in "$0.10/h".')


class PopularityShape(ShortShape):
    """How often each key is asked for."""

    zipf: Annotated[float, *number(0, 5)] = Field(description="Exponent: 0 is uniform, 1.1 is typical of the web.")
    shifts: Time | None = Field(None, description="So often other keys become the popular ones.")
    by: Ratio | None = Field(None, description="With shifts: this share of the keys moves on.")

    @classmethod
    def short(cls, data: object) -> object:
        """``uniform`` is an exponent of 0."""
        return {"zipf": 0} if data == "uniform" else data

    @classmethod
    def short_schema(cls, long: JsonSchemaValue) -> JsonSchemaValue:
        """Return the JSON Schema of the short form."""
        return {"const": "uniform"}


class DataShape(Shape):
    """A set of keys with values."""

    keys: Annotated[int, *whole(1, 1_000_000)] = Field(description="How many keys there are.")
    popularity: PopularityShape = Field(description='How often each is asked for: "{zipf: 1.1}" or "uniform".')
    value: Size = Field(description='Size of one value, as in "2 KB".')


MOST_STEPS = 50
"""Steps of one operation, those inside locks counted."""


class StepShape(Shape):
    """One step of a program: exactly one of work, wait, read, write, call, send, fan, lock, update and session.

    `update` goes with `work`, its own.
    """

    work: Dist | None = Field(None, description="Hold a core for a time drawn from this.")
    parallel: Ratio | None = Field(None, description="With work: the share that all cores can do together.")
    wait: Dist | None = Field(None, description="Wait for something outside, without a core.")
    read: Name | None = Field(None, description="Read the request's key of this data set.")
    times: Annotated[int | None, *whole(1, 1000)] = Field(
        None, description="With read: this many keys. With fan: each call so often, about as many keys."
    )
    write: Name | None = Field(None, description="Write the request's key of this data set.")
    batch: Annotated[int | None, *whole(1, 10_000)] = Field(None, description="With write: gather this many.")
    within: Time | None = Field(
        None, description="With batch: an incomplete batch goes after this time. With fan: go on after this time."
    )
    adds: bool | None = Field(None, description="With write: it adds, so that doing it twice is wrong.")
    call: str | None = Field(None, description='Call "program.operation" and wait for its reply.')
    send: str | None = Field(None, description='Send a message for "program.operation" through a queue.')
    fan: Annotated[list[str] | None, Field(min_length=1, max_length=50)] = Field(
        None, description='Call several operations at once: ["slopes.state"].'
    )
    need: Annotated[int | None, *whole(1, 1000)] = Field(None, description="With fan: so many answers are enough.")
    hedge: Time | None = Field(None, description="With fan: after this time an unanswered call is sent once more.")
    lock: Name | None = Field(None, description="Do `steps` while nobody else on this machine has this lock.")
    steps: Annotated[list[StepShape] | None, Field(min_length=1, max_length=MOST_STEPS)] = Field(
        None, description="With lock: what is done while it is held."
    )
    stripes: Annotated[int | None, *whole(1, 10_000)] = Field(
        None, description="With lock: so many locks share the keys."
    )
    patience: Time | None = Field(None, description="With lock: whoever waits longer gives up.")
    handoff: Time | None = Field(None, description="With lock: work until one that was woken goes on.")
    wakes: Literal["one", "all"] | None = Field(None, description="With lock: who is woken when it is free.")
    update: Name | None = Field(None, description="Read this counter, do `work`, and write it back one higher.")
    session: Name | None = Field(None, description="Look at what is kept for this user, of this data set.")
    writes: bool | None = Field(None, description="With session: change it.")


class FreshShape(Shape):
    """How long copies of a reply may be used: what its headers say."""

    store: bool = Field(True, description="It may be kept at all; false: no-store.")
    private: bool = Field(False, description="Only browsers may keep it.")
    no_cache: bool = Field(False, description="A copy is never used without asking.")
    max_age: Time | None = Field(None, description="So long a copy is fresh.")
    expires: Time | None = Field(None, description="Copies are fresh until so long after the start of the run.")
    modified: Time | None = Field(None, description="So long before the start of the run it was last changed.")
    etag: bool = Field(False, description="It carries a validator, so that an unchanged copy need not travel.")


class OperationShape(ShortShape):
    """What a program does for one operation: a list of steps, or that with the kind of reply."""

    reply: Literal["done", "accepted"] = Field("done", description="When a queue in front answers.")
    answer: Size = Field(500.0, description='Size of its reply on the wire, as in "2 MB".')
    fresh: FreshShape | None = Field(None, description="How long copies of its reply may be used.")
    steps: list[StepShape] = Field(min_length=1, max_length=MOST_STEPS, description="What is done, in order.")

    @classmethod
    def short(cls, data: object) -> object:
        """Return the long form of a list of steps."""
        return {"steps": data} if isinstance(data, list) else data

    @classmethod
    def short_schema(cls, long: JsonSchemaValue) -> JsonSchemaValue:
        """Return the JSON Schema of the short form."""
        steps: JsonSchemaValue = long["properties"]["steps"]
        return steps


class ArrivalsShape(Shape):
    """When requests come: exactly one of poisson, constant and clients."""

    poisson: str | None = Field(None, description="Independent arrivals by this pattern.")
    constant: str | None = Field(None, description="Evenly spaced arrivals by this pattern.")
    clients: Annotated[int | None, *whole(1, 20_000)] = Field(None, description="So many clients, who each wait.")
    think: Dist | None = Field(None, description="With clients: time between a reply and the next request.")
    pause: Time | None = Field(None, description="With clients: least time after a failure; 1 s if left out.")

    @model_validator(mode="before")
    @classmethod
    def _said(cls, data: object) -> object:
        # A rate by itself is the commonest slip, and so is one without its unit.
        if isinstance(data, str | int | float):
            raise refused(f'{quoted(data)} does not say how requests come: write {{poisson: "120/s"}}')
        if isinstance(data, Mapping):
            for key in ("poisson", "constant"):
                rate = data.get(key)
                if isinstance(rate, int | float) and not isinstance(rate, bool):
                    raise refused(f'{rate} has no unit: write {{{key}: "{rate}/s"}}')
        return data


class ThenShape(Shape):
    """What the same user does after an operation has succeeded."""

    after: Time = Field(description='How long after the reply, as in "80 ms".')
    do: Name = Field(description="Which operation, of the same workload.")


class AskedShape(ShortShape):
    """How often an operation is asked for."""

    weight: Annotated[float, *number(0, 1e6)] = Field(description="Its share, relative to the others.")
    priority: Annotated[int, *whole(0, 100)] = Field(
        0, description="Higher goes first where cores work by priority."
    )
    then: ThenShape | None = Field(None, description="What the same user does next.")

    @classmethod
    def short(cls, data: object) -> object:
        """Return the long form of a weight."""
        return data if isinstance(data, Mapping) else {"weight": data}

    @classmethod
    def short_schema(cls, long: JsonSchemaValue) -> JsonSchemaValue:
        """Return the JSON Schema of the short form."""
        return {"type": "number", "minimum": 0}


class RetriesShape(ShortShape):
    """What a client does when an attempt fails."""

    attempts: Annotated[int, *whole(1, 100)] = Field(description="In all, the first included.")
    policy: Literal["immediate", "fixed", "exponential"] = Field("immediate", description="How long it waits.")
    base: Time = Field(0.0, description="First wait.")
    cap: Time = Field(60.0, description="Longest wait.")
    jitter: Ratio = Field(0.0, description="Share of the wait that is drawn at random.")
    budget: Ratio | None = Field(None, description="Retries may be this share of the requests at most.")

    @classmethod
    def short(cls, data: object) -> object:
        """``none`` is one attempt."""
        return {"attempts": 1} if data == "none" else data

    @classmethod
    def short_schema(cls, long: JsonSchemaValue) -> JsonSchemaValue:
        """Return the JSON Schema of the short form."""
        return {"const": "none"}


class ConnectShape(Shape):
    """How the clients of a workload come by connections."""

    reuse: Literal["always", "pool", "never"] = Field("pool", description="Whether connections are kept open.")
    idle: Timeout = Field(60.0, description="An unused one is closed after this time, or none.")
    tls: Annotated[int, *whole(0, 2)] = Field(0, description="Round trips that encryption adds to opening one.")


class ClocksShape(Shape):
    """Clocks of machines: how they drift, and how they are set right."""

    drift: Time = Field(description="How much a clock gains or loses in a day: a standard deviation.")
    every: Timeout = Field(None, description="How often clocks are synchronised, or none.")
    error: Time = Field(0.0, description="How far off a clock may be just after that.")


class WorkloadShape(Shape):
    """Who asks, from where, how often, for what."""

    at: Name | None = Field(None, description="Where its clients are, unless the board says otherwise.")
    users: Annotated[int, *whole(1, 10_000_000)] = Field(description="How many people there are.")
    arrivals: ArrivalsShape = Field(description='When requests come, as in {poisson: "120/s"}.')
    operations: dict[Name, AskedShape] = Field(min_length=1, description="What is asked for, and how often.")
    keys: Name | None = Field(None, description="The data set that requests are about; the only one if left out.")
    request: Size = Field(500.0, description="Size of a request on the wire.")
    timeout: Timeout = Field(description='How long an attempt waits, as in "2 s", or none.')
    retries: RetriesShape = Field(description='What follows a failed attempt: "none" or {attempts: 3, …}.')
    connect: ConnectShape | None = Field(None, description="What connections cost; left out: nothing.")
    patience: Dist | None = Field(None, description="How long somebody waits for a thread before leaving.")
    groups: dict[Name, Annotated[float, *number(0, 1e6)]] = Field(
        default_factory=dict, max_length=20, description="Kinds of users and their shares: {member: 1, guest: 3}."
    )


class CardShape(Shape):
    """A component on the board as found, with the parameters of its kind."""

    model_config = ConfigDict(extra="allow")
    kind: str = Field(description="What it is.")
    at: Name | None = Field(None, description="The place where it stands.")
    position: list[int] | None = Field(
        None,
        min_length=2,
        max_length=2,
        description="Column and row on the canvas; left out: laid out by the game.",
    )


class ItemShape(Shape):
    """Something in the palette, with the parameters of its kind; or what may be adjusted on the board."""

    model_config = ConfigDict(extra="allow")
    kind: str | None = Field(None, description="What it is; its name if left out.")
    max: Annotated[int | None, *whole(1, 60)] = Field(
        None, description="How many may be on the board; 1 if left out."
    )
    at: Names | None = Field(None, description="Where it may stand, the default first.")
    effort: Effort | None = Field(None, description="Hours that adding one costs.")
    adjust: Annotated[Any, WithJsonSchema({"type": ["array", "object"]})] = Field(
        None, description="What the player may change, and how far: [policy] or {threads: 5..200}."
    )


class ProjectShape(Shape):
    """Engineering work for sale."""

    title: str | None = Field(None, description="For the palette; made of its name if left out.")
    effort: Effort = Field(description='What it costs in hours, as in "30 h".')
    price: Price = Field(0.0, description="What it adds to the running cost.")
    says: str = Field("", description="One sentence: what it would do.")
    set: dict[str, Any] = Field(min_length=1, description="What it changes: {booking.browse.work: 4 ms}.")


class LiveShape(ShortShape):
    """What the player may do while it runs."""

    allow: list[str] = Field(
        min_length=1, max_length=60, description="What may be done: [scale web 1..6, crash, restart, throttle lb]."
    )
    start: Time = Field(START, description="How long a replica takes to start; 5 s if left out.")

    @classmethod
    def short(cls, data: object) -> object:
        """Return the long form of a list."""
        return {"allow": data} if isinstance(data, list) else data

    @classmethod
    def short_schema(cls, long: JsonSchemaValue) -> JsonSchemaValue:
        """Return the JSON Schema of the short form."""
        allow: JsonSchemaValue = long["properties"]["allow"]
        return allow


class StarsShape(Shape):
    """Pars: a star for each that a winning design meets."""

    cost: Price | None = Field(None, description="Dollars per hour.")
    latency: Time | None = Field(None, description="Of the first latency objective.")
    parts: Annotated[int | None, *whole(1, 1000)] = Field(None, description="Components, replicas counted.")


class GuideShape(Shape):
    """One step of a guided level."""

    text: str = Field(description="What the player is told.")
    until: str = Field(description='What completes the step: "wired a -> b", "added cache", "ran" …')


class ExpectShape(ShortShape):
    """``wins``, or ``{loses: latency.p99}``."""

    wins: bool = False
    loses: str | None = Field(None, description="The objective that it misses, as in latency.p99.")

    @classmethod
    def short(cls, data: object) -> object:
        """Return the long form of ``wins``."""
        if isinstance(data, str | int | float) and data != "wins":
            message = f"{quoted(data)} is no expectation: write expect: wins, or expect: {{loses: latency.p99}}"
            raise refused(message)
        return {"wins": True} if data == "wins" else data

    @classmethod
    def short_schema(cls, long: JsonSchemaValue) -> JsonSchemaValue:
        """Return the JSON Schema of the short form."""
        return {"const": "wins"}


class AttemptShape(Shape):
    """A design that is declared to win or to lose."""

    do: list[str] = Field(max_length=200, description="Edits, as a player types them.")
    expect: ExpectShape = Field(description='"wins", or {loses: latency.p99}.')
    says: str = Field("", description="One sentence that it teaches.")
    live: list[Sentence] = Field(
        default_factory=list,
        max_length=MOST_ORDERS,
        description='What is done while it runs: "at 12 s: scale web 4".',
    )


class LevelShape(Shape):
    """A level of scalegame."""

    format: Literal[0] = Field(description="The format of this file: 0.")
    id: Name = Field(description="Unique among the levels, as in two-is-company.")
    title: str = Field(min_length=1, max_length=60, description="For people.")
    chapter: Annotated[int, *whole(1, 99)] = Field(description="Number of the chapter.")
    chapter_title: str = Field("", max_length=60, description="For the list of levels.")
    difficulty: Annotated[int, *whole(1, 5)] = Field(description="From 1 to 5.")
    teaches: list[str] = Field(min_length=1, max_length=12, description="Topics, as a list.")
    brief: str = Field(min_length=1, max_length=2000, description="Story and task; it must fit one screen.")
    time_scale: Annotated[float, *number(1, 1e6)] = Field(
        1.0, description="How many seconds of the subject one simulated second stands for."
    )
    run: Time | None = Field(None, description="How long a run is: where measuring ends.")
    measure: str = Field(description='When it is measured, as in "from 10 s to 120 s".')
    grace: Time = Field(30.0, description="How long after the end a request may still take.")
    places: list[Name] = Field(min_length=1, max_length=40, description="Names of places, as in [homes, valley].")
    clocks: ClocksShape | None = Field(None, description="Clocks that drift; left out: all are right.")
    network: dict[str, LinkShape] = Field(default_factory=dict, description='What lies between: "a <-> b: {…}".')
    sizes: dict[Name, SizeShape] = Field(default_factory=dict, description="Machines for sale, smallest first.")
    data: dict[Name, DataShape] = Field(default_factory=dict, description="Data sets.")
    programs: dict[Name, dict[Name, OperationShape]] = Field(
        min_length=1, description="What the software does for each operation."
    )
    workloads: dict[Name, WorkloadShape] = Field(min_length=1, description="Who asks for what.")
    board: dict[Name, CardShape] = Field(min_length=1, max_length=60, description="What the player finds.")
    wires: list[str] = Field(default_factory=list, max_length=200, description='Wires, as in "web -> db".')
    fixed: list[str] = Field(default_factory=list, description="What can be neither removed nor changed.")
    palette: dict[Name, ItemShape] = Field(default_factory=dict, description="What can be added or adjusted.")
    projects: dict[Name, ProjectShape] = Field(default_factory=dict, description="Engineering work for sale.")
    faults: list[Sentence] = Field(
        default_factory=list,
        max_length=100,
        description='What goes wrong: "at 60 s: web-1 crashes for 15 s".',
    )
    live: LiveShape | None = Field(None, description="What the player may do while it runs; left out: nothing.")
    objectives: list[str] = Field(
        min_length=1, max_length=20, description='What must hold: "latency.p99 < 200 ms".'
    )
    stars: StarsShape = Field(description="Pars: {cost: $0.55/h, latency: 250 ms, parts: 4}.")
    hints: list[str] = Field(default_factory=list, max_length=20, description="From gentle to plain.")
    guide: list[GuideShape] = Field(default_factory=list, max_length=20, description="Steps of a guided level.")
    debrief: str = Field(min_length=1, max_length=4000, description="What to say after a win.")
    attempts: dict[Name, AttemptShape] = Field(default_factory=dict, description="Designs that win or lose.")


def level_schema(kinds: Kinds) -> dict[str, Any]:
    """The JSON Schema of a level file, for editors.

    Cards and palette items name the kinds that there are, and offer the parameters of all of them (nested where
    a dot stands in the name); which kind has which is in each description, and `validate` holds authors to it.
    """
    described = LevelShape.model_json_schema()
    offered: dict[str, Any] = {}
    names = {parameter.name for kind in kinds.values() for parameter in kind.parameters}
    for kind in kinds.values():
        for parameter in kind.parameters:
            outer, _, inner = parameter.name.partition(".")
            place = offered.setdefault(outer, {"description": ""})
            if inner:
                if outer not in names:  # of one kind it may be a value, of another a group of them
                    place["type"] = "object"
                place = place.setdefault("properties", {}).setdefault(inner, {"description": ""})
            said = f"{kind.name}: {parameter.doc}"
            place["description"] = " ".join(filter(None, (place.get("description"), said)))
    for shape in ("CardShape", "ItemShape"):
        properties = described["$defs"][shape]["properties"]
        properties["kind"] = {"enum": list(kinds), "description": "What it is."}
        described["$defs"][shape]["properties"] = {**offered, **properties}
    return described
