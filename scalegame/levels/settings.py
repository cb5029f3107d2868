"""Reads the parameters of a component as a level writes them, and what a player may change of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scalegame.design.kinds import Kind, Parameter, Type, _Required
from scalegame.design.model import Setting
from scalegame.design.rulebook import Adjustment
from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.levels.source import Source
from scalegame.levels.yamltree import Loc
from scalegame.units import Dimension, parse

Names = Mapping[str, Mapping[str, object]]

_ADJUSTMENT_KEYS = ("values", "range", "effort")


def read_settings(
    kind: Kind, given: Mapping[str, object], own_keys: tuple[str, ...], names: Names, source: Source, loc: Loc
) -> dict[str, Setting]:
    """Return every parameter of a kind with its value in force.

    Args:
        kind: Of the component.
        given: What was written; nested mappings stand for dotted names (``work: {read: 2 ms}``).
        own_keys: Other keys that could have been written there, for the hint at an unknown one.
        names: What the level declares.
        source: Where problems go.
        loc: Where it stands.

    Returns:
        Parameters that are wrong or missing are left out, and reported.
    """
    values: dict[str, Setting] = {}
    bad: set[str] = set()
    parameters = {parameter.name: parameter for parameter in kind.parameters}
    for name, data, at in _flat(given, "", loc, parameters):
        if name not in parameters:
            known = [*own_keys, *parameters]
            message = f"{kind.name} has no {quoted(name)}{nearest(name, known) or ': ' + ', '.join(parameters)}"
            source.problem("Unknown key", message, *at, key=True)
            continue
        bad.add(name)
        with source.blaming(*at):
            values[name] = _mentioning(parameters[name], data, names)
            bad.discard(name)
    for name, parameter in parameters.items():
        if name in values or name in bad:
            continue
        if isinstance(parameter.default, _Required):
            doc = parameter.doc[0].lower() + parameter.doc[1:].rstrip(".")
            source.problem("Missing key", f"{kind.name} needs {quoted(name)}: {doc}", *loc, key=True)
        else:
            values[name] = parameter.default
    return {name: values[name] for name in parameters if name in values}


def read_value(kind: Kind, name: str, data: object, names: Names) -> Setting:
    """Return one parameter's value.

    Raises:
        ScalegameError: The kind has no such parameter, or it is not a value of it.
    """
    return _mentioning(kind.parameter(name), data, names)


def read_adjust(kind: Kind, data: object, names: Names, source: Source, loc: Loc) -> dict[str, Adjustment]:
    """Return what a player may change.

    Args:
        kind: Of the component.
        data: ``[policy, size]`` (anything its kind allows), or ``{size: [small, medium], threads: 5..200}``.
        names: What the level declares.
        source: Where problems go.
        loc: Where it stands.
    """
    if data is None:
        return {}
    items: list[tuple[str, object, Loc]]
    if isinstance(data, list):
        items = [(name, "any", (*loc, i)) for i, name in enumerate(data)]
    elif isinstance(data, Mapping):
        known = {parameter.name: parameter for parameter in kind.parameters}
        items = list(_flat(data, "", loc, known))
    else:
        message = "adjust is a list as in [policy], or a mapping as in {threads: 5..200}"
        source.problem("Wrong type", message, *loc)
        return {}
    found: dict[str, Adjustment] = {}
    for name, range_, at in items:
        parameter = next((p for p in kind.parameters if p.name == name), None)
        if parameter is None:
            known_names = [p.name for p in kind.parameters]
            message = f"{kind.name} has no {quoted(name)}{nearest(str(name), known_names)}"
            source.problem("Unknown parameter", message, *at, key=True)
            continue
        with source.blaming(*at):
            found[name] = _adjustment(parameter, range_, names)
    return found


def _flat(
    given: Mapping[str, object], prefix: str, loc: Loc, known: Mapping[str, Parameter]
) -> Iterator[tuple[str, object, Loc]]:
    """Yield dotted names, values and their places; a mapping that is itself a value stays whole."""
    for key, data in given.items():
        name = prefix + key
        nested = name not in known and any(other.startswith(f"{name}.") for other in known)
        if nested and isinstance(data, Mapping):
            yield from _flat(data, f"{name}.", (*loc, key), known)
        else:
            yield name, data, (*loc, key)


def _mentioning(parameter: Parameter, data: object, names: Names) -> Setting:
    """Read a value; where the level has nothing to choose from, say so."""
    if parameter.type is Type.NAME and not names.get(parameter.names):
        raise ScalegameError("Unknown name", f"{parameter.name}: this level has no {parameter.names}")
    return parameter.read(data, names)


def _adjustment(parameter: Parameter, data: object, names: Names) -> Adjustment:
    effort = 0.0
    if isinstance(data, Mapping):
        for key in data:
            if key not in _ADJUSTMENT_KEYS:
                raise ScalegameError("Unknown key", f"unknown key {quoted(key)}{nearest(key, _ADJUSTMENT_KEYS)}")
        if "values" in data and "range" in data:
            raise ScalegameError("Bad adjustment", "values and range exclude each other: write one")
        effort = float(parse(data.get("effort", "0 h"), Dimension.EFFORT))
        data = data.get("values", data.get("range", "any"))
    if isinstance(data, list):
        values = tuple(_mentioning(parameter, value, names) for value in data)
        if not values:
            raise ScalegameError("Bad adjustment", f"{parameter.name} needs at least one value to choose from")
        return Adjustment(values=values, effort=effort)
    if data == "any":
        return _anything(parameter, names, effort)
    if isinstance(data, str) and ".." in data:
        return _range(parameter, data, names, effort)
    example = "5..200" if parameter.type is Type.NUMBER else "[first, second]"
    raise ScalegameError(
        "Bad adjustment", f"{quoted(data)} does not say what {parameter.name} may be: write any or {example}"
    )


def _anything(parameter: Parameter, names: Names, effort: float) -> Adjustment:
    match parameter.type:
        case Type.NUMBER:
            return Adjustment(low=parameter.low, high=parameter.high, effort=effort)
        case Type.CHOICE:
            return Adjustment(values=parameter.choices, effort=effort)
        case Type.NAME:
            return Adjustment(values=tuple(names.get(parameter.names, ())), effort=effort)
        case Type.TEXT:
            return Adjustment(effort=effort)
        case Type.DISTRIBUTION:
            raise ScalegameError("Bad adjustment", f"{parameter.name} needs a list of values to choose from")


def _range(parameter: Parameter, text: str, names: Names, effort: float) -> Adjustment:
    if parameter.type is not Type.NUMBER:
        raise ScalegameError("Bad adjustment", f"{parameter.name} is not a number: list what it may be")
    ends = [_mentioning(parameter, end.strip(), names) for end in text.split("..", 1)]
    low, high = (float(end) if isinstance(end, int | float) else None for end in ends)
    if low is None or high is None or low >= high:
        raise ScalegameError("Bad range", f"{quoted(text)} is not a range: the lesser value comes first")
    return Adjustment(low=low, high=high, effort=effort)
