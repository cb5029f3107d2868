"""The JSON Schema of level files, with which editors complete and check."""

from __future__ import annotations

from typing import Any

from scalegame.design.kinds import Kinds
from scalegame.levels.schema.level import LevelShape


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
    return _relaxed(described)


#: Keys of a level in which there can be no variables.
_APART = frozenset({"format", "id", "language", "profiles", "variables", "variants", "drawn"})
#: What a profile can bring along.
_SHARED = tuple(key for key in ("places", "programs") if LevelShape.model_fields[key].is_required())


def _relaxed(described: dict[str, Any]) -> dict[str, Any]:
    """The schema with variables wherever there can be any, and without asking for what profiles bring along."""
    for name, shape in described["$defs"].items():
        described["$defs"][name] = _or_variable(shape)
    for key, value in described["properties"].items():
        if key not in _APART:
            described["properties"][key] = _or_variable(value)
    described["$defs"]["Variable"] = {"type": "string", "pattern": r"\$\{"}
    described["required"] = [key for key in described["required"] if key not in _SHARED]
    described["anyOf"] = [{"required": list(_SHARED)}, {"required": ["profiles"]}]
    return described


def _or_variable(node: Any) -> Any:
    """A part of the schema in which each value may be a variable instead, if it could not be any text anyway."""
    if isinstance(node, list):
        return [_or_variable(item) for item in node]
    if not isinstance(node, dict):
        return node
    kind = node.get("type")
    kinds = [kind] if isinstance(kind, str) else kind or []
    if "enum" in node or "const" in node or "pattern" in node or (kinds and not {"string", *_GROUPS} & {*kinds}):
        said = {key: node[key] for key in ("description", "title", "default") if key in node}
        return {**said, "anyOf": [{key: node[key] for key in node if key not in said}, _VARIABLE]}
    found = dict(node)
    for key in ("anyOf", "items", "additionalProperties"):
        if key in node:
            found[key] = _or_variable(node[key])
    for key in ("properties", "patternProperties"):
        if key in node:
            found[key] = {name: _or_variable(value) for name, value in node[key].items()}
    return found


_GROUPS = ("object", "array", "null")
_VARIABLE = {"$ref": "#/$defs/Variable"}
