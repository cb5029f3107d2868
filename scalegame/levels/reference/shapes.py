"""Every key of a level file, read from the shapes that check it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import WithJsonSchema
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from scalegame.levels import fields
from scalegame.levels.designs import DesignShape
from scalegame.levels.fields import Shape
from scalegame.levels.packmodel import PackShape
from scalegame.levels.reference.markdown import code, link, table
from scalegame.levels.schema import LevelShape
from scalegame.units import Dimension, write

TOP = "The level"
"""Heading of the outermost keys."""
PACK = "A pack"
"""Heading of the keys of `pack.yaml`."""
DESIGN = "A design"
"""Heading of the keys of a design file."""

# The values that have a name of their own: what to call them, and what a plain number in them measures.
_ALIASES: tuple[tuple[Any, str, Dimension | None], ...] = (
    (fields.Time, "time", Dimension.TIME),
    (fields.Timeout, "time or `none`", Dimension.TIME),
    (fields.Size, "size", Dimension.SIZE),
    (fields.Ratio, "share", Dimension.RATIO),
    (fields.Price, "price", Dimension.PRICE),
    (fields.Effort, "hours of work", Dimension.EFFORT),
    (fields.Bandwidth, "bandwidth", Dimension.BANDWIDTH),
    (fields.Distance, "distance", Dimension.DISTANCE),
    (fields.Dist, "[distribution](#distributions)", None),
    (fields.Sentence, "sentence", None),
    (fields.Name, "name", None),
    (fields.Names, "name, or list of names", None),
    (fields.Language, "language", None),
    (fields.Scalar, "number or text", None),
)

_PLAIN = {str: "text", bool: "`true` or `false`", int: "whole number", float: "number"}

# Where one key takes a mapping from names that the author chooses.
_NAME = "NAME"


@dataclass(frozen=True, slots=True)
class _Value:
    """What a key takes: in words, and what a number in it measures."""

    words: str
    dimension: Dimension | None = None


def sections() -> Iterator[str]:
    """Yield a section for each mapping of a level file, outermost first; then of packs and designs."""
    places = where()
    yield f"### Keys\n\n{_INTRODUCTION}"
    for shape, place in places.items():
        more = shape.model_config.get("extra") == "allow"
        rows = [_row(name, field, places) for name, field in shape.model_fields.items()]
        if more:
            rows.append(["…", "", "", f"The {link('parameters of its kind', 'Kinds of component')}."])
        yield f"#### {place}\n\n{table(('key', 'value', 'if left out', 'meaning'), rows)}"


_INTRODUCTION = (
    "A key without anything under *if left out* must be there. `NAME` stands for a name that you choose: "
    "letters, digits, `-` and `_`, a letter first, at most 40 characters. A number before `×`, or in *list of "
    "20*, is the most that there may be. Mappings stand in the order in which a level file has them; at the "
    f"end there are the keys of {link('pack.yaml', PACK)} and of {link('designs', DESIGN)}."
)


def where() -> dict[type[Shape], str]:
    """Return every shape of a file with the place where it stands first, depth first."""
    found: dict[type[Shape], str] = {}
    for root, heading, prefix in ((LevelShape, TOP, ""), (PackShape, PACK, "pack: "), (DesignShape, DESIGN, "")):
        found[root] = heading
        _collect(root, prefix, found)
    return found


def _collect(shape: type[Shape], path: str, found: dict[type[Shape], str]) -> None:
    for name, field in shape.model_fields.items():
        for inner, below in _inside(field.annotation, f"{path}{name}"):
            if inner not in found:
                found[inner] = below
                _collect(inner, f"{below}.", found)


def _inside(annotation: Any, path: str) -> Iterator[tuple[type[Shape], str]]:
    """Yield the shapes in an annotation, with the way to each."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        yield annotation, path
        return
    below = f"{path}.{_NAME}" if get_origin(annotation) is dict else path
    for inner in get_args(annotation):
        yield from _inside(inner, below)


def _row(name: str, field: FieldInfo, places: Mapping[type[Shape], str]) -> list[str]:
    value = _value(field.annotation, field.metadata, places)
    return [code(name), value.words, _default(field, value.dimension), (field.description or "").strip()]


def _default(field: FieldInfo, dimension: Dimension | None) -> str:
    if field.is_required():
        return ""
    default = field.default
    if default is PydanticUndefined or default is None or default == "":
        return "–"
    if isinstance(default, bool):
        return code(str(default).lower())
    if dimension is not None and isinstance(default, int | float):
        return code(write(float(default), dimension))
    return code(f"{default:g}" if isinstance(default, float) else str(default))


def _value(annotation: Any, metadata: list[Any], places: Mapping[type[Shape], str]) -> _Value:
    """Return what a field takes."""
    for meta in metadata:
        if isinstance(meta, WithJsonSchema) and meta.json_schema is not None:
            known = _said(meta.json_schema) or _shown(meta.json_schema)
            if known is not None:
                return known
    most = next((m for m in (getattr(meta, "max_length", None) for meta in metadata) if m), None)
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        return _value(inner, [*more, *metadata], places)
    if origin in (Union, UnionType):
        return _value(next(part for part in get_args(annotation) if part is not type(None)), metadata, places)
    if origin is Literal:
        return _Value(" or ".join(code(str(choice)) for choice in get_args(annotation)))
    if origin is list:
        each = _value(get_args(annotation)[0], [], places).words
        return _Value(f"list of {f'{most:,} ' if most else ''}{_many(each)}")
    if origin is dict:
        each = _value(get_args(annotation)[1], [], places).words
        return _Value(f"{f'{most:,} × ' if most else ''}`{_NAME}:` {each}")
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return _Value(link("keys", places[annotation]))
    words = _PLAIN.get(annotation, "see right")
    return _Value(f"{words}, {most:,} characters" if annotation is str and most else words)


def _many(words: str) -> str:
    first, comma, rest = words.partition(", ")
    plural = {"text": "texts", "name": "names", "sentence": "sentences", "whole number": "whole numbers"}
    return plural.get(first, first) + comma + rest


def _said(schema: Mapping[str, Any]) -> _Value | None:
    """Return what a JSON Schema of ours stands for."""
    for alias, words, dimension in _ALIASES:
        if any(isinstance(m, WithJsonSchema) and m.json_schema == schema for m in get_args(alias)[1:]):
            return _Value(words, dimension)
    types = schema.get("type")
    if "minimum" in schema:
        kind = "whole number" if isinstance(types, list) and "integer" in types else "number"
        return _Value(f"{kind}, {schema['minimum']:,} to {schema['maximum']:,.12g}")
    return None


def _shown(schema: Mapping[str, Any]) -> _Value | None:
    """Return what a value without a name is like, by its examples."""
    examples = [str(example) for example in schema.get("examples", ())]
    if not examples:
        return None
    share = any(example.endswith("%") for example in examples)
    return _Value(" or ".join(map(code, examples)), Dimension.RATIO if share else None)
