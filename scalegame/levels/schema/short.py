"""Mappings that may be written short."""

from __future__ import annotations

from pydantic import GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from scalegame.levels.fields import Shape


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
