"""Settings of a competition as text, and back."""

from __future__ import annotations

import json
from dataclasses import asdict

from scalegame.competition.model.settings import Settings, Slot, Weights


def dumps(settings: Settings) -> str:
    """Settings as text; `loads` gives them back."""
    return json.dumps(asdict(settings))


def loads(text: str) -> Settings:
    """Settings that were kept."""
    data = json.loads(text)
    slots = tuple(Slot(**slot) for slot in data.pop("slots"))
    weights = data.pop("weights")
    return Settings(**data, slots=slots, weights=None if weights is None else Weights(**weights))
