"""What the values in a level file are made of – quantities, names, distributions – and what errors mean.

pydantic checks the shape of a level; everything that it says is retold here, at the line and column of the
node, for people who have never seen a program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainValidator, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails, PydanticCustomError

from scalegame.design.distributions import Distribution, read_distribution
from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.levels.languages import LANGUAGE
from scalegame.levels.yamltree import Document, Loc
from scalegame.units import Dimension, parse

MOST_PROBLEMS = 50
"""How many problems of one file are reported."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_LONGEST_NAME = 40


class Shape(BaseModel):
    """A mapping with known keys; unknown ones are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _said(read: Callable[[object], Any], value: object) -> Any:
    """Return what `read` makes of a value; its error becomes one that pydantic can place."""
    try:
        return read(value)
    except ScalegameError as error:
        raise refused(error.message) from None


def _number(dimension: Dimension, low: float, high: float, value: object) -> float:
    number = parse(value, dimension)
    if not low <= number <= high:
        raise ScalegameError("Out of range", f"{value} is out of range: between {low:,.12g} and {high:,.12g}")
    return float(number)


def _whole(low: int, high: int, value: object) -> int:
    number = parse(value, Dimension.COUNT)
    if number != int(number):
        raise ScalegameError("Not a whole number", f"{value} is not a whole number")
    if not low <= number <= high:
        raise ScalegameError("Out of range", f"{value} is out of range: between {low:,} and {high:,}")
    return int(number)


def _quantity(dimension: Dimension, value: object) -> float:
    return float(parse(value, dimension))


def refused(message: str) -> PydanticCustomError:
    """Return the error by which a shape says in its own words what to write instead."""
    return PydanticCustomError("said", "{said}", {"said": message})


def _read(read: Callable[[object], Any]) -> PlainValidator:
    return PlainValidator(partial(_said, read))


def _schema(description: str, *examples: object, types: tuple[str, ...] = ("string",)) -> WithJsonSchema:
    kind: object = types[0] if len(types) == 1 else list(types)
    return WithJsonSchema({"type": kind, "description": description, "examples": list(examples)})


def whole(low: int, high: int) -> tuple[PlainValidator, WithJsonSchema]:
    """Return what makes an ``int`` field a count within bounds."""
    return (
        _read(partial(_whole, low, high)),
        WithJsonSchema({"type": ["integer", "string"], "minimum": low, "maximum": high}),
    )


def number(low: float, high: float) -> tuple[PlainValidator, WithJsonSchema]:
    """Return what makes a ``float`` field a plain number within bounds."""
    return (
        _read(partial(_number, Dimension.COUNT, low, high)),
        WithJsonSchema({"type": ["number", "string"], "minimum": low, "maximum": high}),
    )


Time = Annotated[float, _read(partial(_quantity, Dimension.TIME)), _schema("A time.", "20 ms", "1.5 s")]
Size = Annotated[float, _read(partial(_quantity, Dimension.SIZE)), _schema("A size in bytes.", "64 KB")]
Ratio = Annotated[float, _read(partial(_quantity, Dimension.RATIO)), _schema("A share.", "99.9 %")]
Price = Annotated[float, _read(partial(_quantity, Dimension.PRICE)), _schema("A price.", "$0.40/h", "$200/month")]
Effort = Annotated[float, _read(partial(_quantity, Dimension.EFFORT)), _schema("Work.", "30 h", "5 d")]
Bandwidth = Annotated[float, _read(partial(_quantity, Dimension.BANDWIDTH)), _schema("A bandwidth.", "100 Mbit/s")]
Distance = Annotated[
    float, _read(partial(_number, Dimension.DISTANCE, 0, 100_000)), _schema("A distance.", "4148 km")
]
Dist = Annotated[
    Distribution,
    _read(read_distribution),
    _schema(
        "A distribution of times: constant, exponential, uniform, lognormal, percentiles or empirical.",
        "20 ms",
        {"exponential": "12 ms"},
        {"lognormal": {"mean": "18 ms", "p99": "60 ms"}},
        {"percentiles": {"p50": "200 ms", "p95": "1200 ms", "p99": "3 s"}},
        types=("string", "object"),
    ),
]


def _sentence(value: object) -> str:
    """Return a sentence with a colon in it, which YAML takes for a mapping of one."""
    if isinstance(value, Mapping) and len(value) == 1:
        ((first, rest),) = value.items()
        if isinstance(rest, str):
            return f"{first}: {rest}"
    if not isinstance(value, str):
        raise ScalegameError(
            "Not a sentence",
            f'must be a sentence such as "at 60 s: web-1 crashes for 15 s", not {_shown(value)}',
        )
    return value


Sentence = Annotated[
    str,
    _read(_sentence),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object", "minProperties": 1, "maxProperties": 1}]}),
]


def checked_name(name: str) -> str:
    """Return a name, or refuse what cannot be one.

    Raises:
        ScalegameError: It could not be typed in an edit or an objective.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise ScalegameError(
            "Not a name",
            f"{quoted(name)} is no name: letters, digits, - and _, a letter first, at most {_LONGEST_NAME}",
        )
    return name


def _name(value: str) -> str:
    return str(_said(lambda name: checked_name(str(name)), value))


Name = Annotated[str, AfterValidator(_name), WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"})]


def _language(value: object) -> str:
    if not isinstance(value, str) or not LANGUAGE.fullmatch(value):
        raise ScalegameError("Not a language", f"{_shown(value)} is no language: write it short, as in en or de")
    return value


Language = Annotated[str, _read(_language), WithJsonSchema({"type": "string", "pattern": f"^{LANGUAGE.pattern}$"})]

LONGEST_SCALAR = 200
"""Characters of a variable's value."""


def _scalar(value: object) -> bool | int | float | str:
    if not isinstance(value, bool | int | float | str):
        raise ScalegameError("Not a value", f"a variable is a number or a text, not {_shown(value)}")
    if isinstance(value, str) and len(value) > LONGEST_SCALAR:
        raise ScalegameError("Too long", f"a variable may have {LONGEST_SCALAR} characters at most")
    return value


Scalar = Annotated[
    bool | int | float | str, _read(_scalar), WithJsonSchema({"type": ["string", "number", "boolean"]})
]


def _names(value: object) -> tuple[str, ...]:
    names = value if isinstance(value, list) and value else [value]
    if not all(isinstance(name, str) for name in names):
        raise ScalegameError("Not a name", f"must be a name or a list of names, not {_shown(value)}")
    return tuple(checked_name(str(name)) for name in names)


def _timeout(value: object) -> float | None:
    return None if value == "none" else _quantity(Dimension.TIME, value)


Names = Annotated[
    tuple[str, ...], _read(_names), WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}})
]
Timeout = Annotated[float | None, _read(_timeout), _schema('A time, or "none".', "2 s", "none")]


def problems_of(
    error: ValidationError, model: type[BaseModel], document: Document, below: Loc = ()
) -> list[ScalegameError]:
    """Return what pydantic found wrong with a document, each at its line and column.

    Args:
        error: What pydantic says.
        model: What it checked against.
        document: Where the data comes from.
        below: The way to the node that was checked.
    """
    details = _without_echoes(error.errors(include_url=False, include_context=True), model)
    found = [_problem(detail, model, document, below) for detail in details[:MOST_PROBLEMS]]
    return sorted(found, key=lambda e: (e.place.line or 0, e.place.column or 0) if e.place else (0, 0))


def _without_echoes(details: list[ErrorDetails], model: type[BaseModel]) -> list[ErrorDetails]:
    """Leave out that a key is missing where one stands that is taken for it, misspelt."""
    taken: set[tuple[Loc, str]] = set()
    for detail in details:
        if detail["type"] == "extra_forbidden":
            *above, name = detail["loc"]
            taken.add((tuple(above), nearest(str(name), _keys_at(model, tuple(above)))))
    return [
        detail
        for detail in details
        if detail["type"] != "missing"
        or (tuple(detail["loc"][:-1]), f' – did you mean "{detail["loc"][-1]}"?') not in taken
    ]


def _problem(detail: ErrorDetails, model: type[BaseModel], document: Document, below: Loc) -> ScalegameError:
    loc, kind = detail["loc"], detail["type"]
    of_key = kind == "extra_forbidden" or (len(loc) > 0 and loc[-1] == "[key]")
    place = document.place([*below, *(part for part in loc if part != "[key]")], key=of_key, skipping=True)
    name = str(loc[-1]) if loc else ""
    if kind == "extra_forbidden":
        known = _keys_at(model, loc[:-1])
        return ScalegameError("Unknown key", f"unknown key {quoted(name)}{nearest(name, known)}", place)
    if kind == "missing":
        return ScalegameError("Missing key", f"{quoted(name)} is missing here: {_description(model, loc)}", place)
    said = detail.get("ctx", {}).get("said")
    if said is not None:
        return ScalegameError("Bad value", str(said), place)
    bound = _bound(kind, detail.get("ctx", {}))
    if bound:
        return ScalegameError("Too much or too little", f"{_label(loc)} {bound}", place)
    wanted = _WANTED.get(kind)
    if wanted is None:
        return ScalegameError("Bad value", f"{_label(loc)}: {detail['msg']}", place)
    hint = ""
    if kind == "literal_error":
        wanted = f"must be {detail['ctx']['expected']}"
    elif kind == "string_type" and isinstance(detail["input"], int | float):
        hint = ": put it in quotes"
    return ScalegameError("Wrong type", f"{_label(loc)} {wanted}, not {_shown(detail['input'])}{hint}", place)


_WANTED = {
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "list_type": "must be a list",
    "dict_type": 'must be a mapping, with "name: value" inside',
    "model_type": 'must be a mapping, with "name: value" inside',
    "model_attributes_type": 'must be a mapping, with "name: value" inside',
    "literal_error": "",
}


def _bound(kind: str, context: Mapping[str, Any]) -> str:
    """Return what to say of something that is too long or too short."""
    match kind:
        case "string_too_long":
            return f"may have {context['max_length']} characters at most"
        case "string_too_short":
            return "must not be empty"
        case "too_long":
            return f"may have {context['max_length']} entries at most, not {context['actual_length']}"
        case "too_short":
            least = context["min_length"]
            return f"must have at least {least} {'entry' if least == 1 else 'entries'}"
    return ""


def _label(loc: tuple[int | str, ...]) -> str:
    """Return what to call the node at a path: ``item 2 of "wires"``."""
    if not loc:
        return "a level"
    if isinstance(loc[-1], int):
        names = [part for part in loc if isinstance(part, str)]
        return f"item {loc[-1] + 1}" + (f" of {quoted(names[-1])}" if names else "")
    return quoted(loc[-1])


def _shown(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case Mapping():
            return "a mapping"
        case list():
            return "a list"
        case _:
            return quoted(value)


def _keys_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys that the mapping at a path may have."""
    found = _model_at(model, loc)
    return list(found.model_fields) if found is not None else []


def _description(model: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    """Return what a field is for."""
    owner = _model_at(model, loc[:-1])
    field = owner.model_fields.get(str(loc[-1])) if owner is not None else None
    text = (field.description if field is not None else None) or "it must be given"
    return text[0].lower() + text[1:].rstrip(".")


def _model_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel] | None:
    """Follow a path of pydantic's through the annotations of models, lists and mappings."""
    at: Any = model
    for part in loc:
        at = _plain(at)
        if isinstance(at, type) and issubclass(at, BaseModel):
            field = at.model_fields.get(str(part))
            if field is None:
                return None
            at = field.annotation
        elif get_origin(at) in (dict, list):
            at = get_args(at)[-1]
        else:
            return None
    at = _plain(at)
    return at if isinstance(at, type) and issubclass(at, BaseModel) else None


def _plain(annotation: Any) -> Any:
    """Return an annotation without ``Annotated`` and ``| None``."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, UnionType):
            annotation = next(arg for arg in get_args(annotation) if arg is not type(None))
        else:
            return annotation
