"""The shape of a profile: what several levels of a pack share."""

from __future__ import annotations

from pydantic import Field

from scalegame.levels.fields import Name, Shape
from scalegame.levels.schema.programs import OperationShape
from scalegame.levels.schema.world import ClocksShape, DataShape, LinkShape, SizeShape


class ProfileShape(Shape):
    """A part of the world that levels of a pack take over by its name; what they say themselves goes before it."""

    places: list[Name] = Field(default_factory=list, max_length=40, description="Names of places.")
    network: dict[str, LinkShape] = Field(default_factory=dict, description="What lies between them.")
    sizes: dict[Name, SizeShape] = Field(default_factory=dict, description="Machines for sale, smallest first.")
    data: dict[Name, DataShape] = Field(default_factory=dict, description="Data sets.")
    programs: dict[Name, dict[Name, OperationShape]] = Field(
        default_factory=dict, description="What the software does for each operation."
    )
    clocks: ClocksShape | None = Field(None, description="Clocks that drift.")
