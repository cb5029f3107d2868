"""The JSON Schema of levels: what editors must not complain about."""

from __future__ import annotations

import re
from typing import Any

import pytest

from scalegame.components import kinds
from scalegame.levels.schema import LevelShape, level_schema

SCHEMA = level_schema(kinds())
VARIABLE = {"$ref": "#/$defs/Variable"}


def leaves(node: Any, where: str = "") -> dict[str, dict[str, Any]]:
    """The parts of a schema that say what a single value may be."""
    if isinstance(node, list):
        return {k: v for i, item in enumerate(node) for k, v in leaves(item, f"{where}/{i}").items()}
    if not isinstance(node, dict):
        return {}
    if any(key in node for key in ("enum", "const", "pattern")) or node.get("type") in (
        "boolean",
        "integer",
        "number",
    ):
        return {where: node}
    inside: dict[str, dict[str, Any]] = {}
    for key in ("properties", "patternProperties"):
        for name, value in node.get(key, {}).items():
            inside |= leaves(value, f"{where}/{name}")
    for key in ("anyOf", "items", "additionalProperties"):
        inside |= leaves(node.get(key), f"{where}/{key}")
    return inside


def allowed(where: str, schema: dict[str, Any]) -> bool:
    """Whether the alternatives that a leaf is one of have a variable among them."""
    at: Any = schema
    alternatives: list[Any] = []
    for part in where.strip("/").split("/"):
        if isinstance(at, list):
            at = at[int(part)]
        elif part in ("anyOf", "items", "additionalProperties"):
            at = at[part]
            alternatives = at if part == "anyOf" else alternatives
        else:
            at = {**at.get("properties", {}), **at.get("patternProperties", {})}[part]
    return VARIABLE in alternatives


def test_a_variable_may_stand_for_any_value() -> None:
    assert re.search(SCHEMA["$defs"]["Variable"]["pattern"], "1 to ${most}")
    count = 0
    for name, shape in SCHEMA["$defs"].items():
        for where in leaves(shape) if name != "Variable" else ():
            assert allowed(where, shape), f"{name}{where}"
            count += 1
    assert count > 20


@pytest.mark.parametrize("key", ["difficulty", "chapter", "time_scale"])
def test_numbers_may_be_any_text_and_so_a_variable(key: str) -> None:
    assert "string" in SCHEMA["properties"][key]["type"]


@pytest.mark.parametrize("key", ["format", "id", "language", "profiles", "variables", "variants", "drawn"])
def test_but_not_where_there_can_be_none(key: str) -> None:
    assert SCHEMA["properties"][key] == LevelShape.model_json_schema()["properties"][key]


def test_what_a_profile_brings_along_need_not_be_there() -> None:
    required = {key for key, field in LevelShape.model_fields.items() if field.is_required()}
    assert {"places", "programs"} == required - set(SCHEMA["required"])
    assert SCHEMA["anyOf"] == [{"required": ["places", "programs"]}, {"required": ["profiles"]}]
