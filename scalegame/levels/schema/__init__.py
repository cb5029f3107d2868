"""The shape of a level file, format 1: which keys there are and what kind of value each takes.

Only the shape: that names mean something, and that the level makes sense as a whole, is seen to by the
modules that build a `Level` from it (`world`, `board`, `load`).
"""

from __future__ import annotations

from scalegame.levels.schema.board import CardShape, ItemShape, LiveShape, ProjectShape
from scalegame.levels.schema.editor import level_schema
from scalegame.levels.schema.level import AttemptShape, ExpectShape, GuideShape, LevelShape, StarsShape
from scalegame.levels.schema.profile import ProfileShape
from scalegame.levels.schema.programs import MOST_STEPS, FreshShape, OperationShape, StepShape
from scalegame.levels.schema.short import ShortShape
from scalegame.levels.schema.texts import ProjectTextsShape, TextsShape
from scalegame.levels.schema.world import (
    ArrivalsShape,
    AskedShape,
    ClocksShape,
    ConnectShape,
    DataShape,
    LinkShape,
    PopularityShape,
    RetriesShape,
    SizeShape,
    ThenShape,
    WorkloadShape,
)

__all__ = [
    "MOST_STEPS",
    "ArrivalsShape",
    "AskedShape",
    "AttemptShape",
    "CardShape",
    "ClocksShape",
    "ConnectShape",
    "DataShape",
    "ExpectShape",
    "FreshShape",
    "GuideShape",
    "ItemShape",
    "LevelShape",
    "LinkShape",
    "LiveShape",
    "OperationShape",
    "PopularityShape",
    "ProfileShape",
    "ProjectShape",
    "ProjectTextsShape",
    "RetriesShape",
    "ShortShape",
    "SizeShape",
    "StarsShape",
    "StepShape",
    "TextsShape",
    "ThenShape",
    "WorkloadShape",
    "level_schema",
]
