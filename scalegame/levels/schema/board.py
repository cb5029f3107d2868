"""The shape of what is on the board, what can be added, and what may be done while it runs."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue

from scalegame.levels.fields import Effort, Name, Names, Price, Shape, Time, whole
from scalegame.levels.live import START
from scalegame.levels.schema.short import ShortShape


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
