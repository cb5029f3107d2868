"""The shape of programs: operations and their steps."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic.json_schema import JsonSchemaValue

from scalegame.levels.fields import Dist, Name, Ratio, Shape, Size, Time, whole
from scalegame.levels.schema.short import ShortShape

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
