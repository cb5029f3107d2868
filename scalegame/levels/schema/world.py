"""The shape of the world of a level: links, machines, data, clocks, workloads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic.json_schema import JsonSchemaValue

from scalegame.errors import quoted
from scalegame.levels.fields import (
    Bandwidth,
    Dist,
    Distance,
    Name,
    Price,
    Ratio,
    Shape,
    Size,
    Time,
    Timeout,
    number,
    refused,
    whole,
)
from scalegame.levels.schema.short import ShortShape


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


class ClocksShape(Shape):
    """Clocks of machines: how they drift, and how they are set right."""

    drift: Time = Field(description="How much a clock gains or loses in a day: a standard deviation.")
    every: Timeout = Field(None, description="How often clocks are synchronised, or none.")
    error: Time = Field(0.0, description="How far off a clock may be just after that.")


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
                # In braces a comma ends the value, and what follows becomes a key without one.
                rest = [
                    str(other) for other, value in data.items() if value is None and other not in cls.model_fields
                ]
                if isinstance(rate, str) and rest:
                    raise refused(f'a comma needs quotes here: write {{{key}: "{", ".join([rate, *rest])}"}}')
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
