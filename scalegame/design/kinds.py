"""What lower rooms need to know of a kind of component; the kinds themselves: `scalegame.components`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from typing import Any, Final

from scalegame.design.distributions import Distribution, read_distribution
from scalegame.design.model import Component, Setting
from scalegame.design.world import Size
from scalegame.errors import ScalegameError, nearest
from scalegame.units import Dimension, parse, show, write


class Role(StrEnum):
    """What may be sent to a component. A wire makes sense if its source sends a role that its target has."""

    OPERATIONS = "operations"  # answers operations: services, and what stands for them
    DATA = "data"  # answers reads and writes of a data set
    COPIES = "copies"  # keeps copies for whoever is wired to it


class Type(Enum):
    """How a parameter's value is written."""

    NUMBER = "number"
    CHOICE = "choice"
    NAME = "name"
    DISTRIBUTION = "distribution"
    TEXT = "text"


#: Characters of a value that is a text, at most.
LONGEST_TEXT = 200


class _Required:
    def __repr__(self) -> str:
        return "REQUIRED"


#: Default of a parameter that has none: the level or the palette must say it.
REQUIRED: Final = _Required()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that can be set on a kind of component.

    Attributes:
        name: As in YAML and on the typed line; a dot stands for nesting (`work.read`).
        doc: One sentence in plain words.
        type: How it is written.
        default: In base units; `REQUIRED` where there is none; None where `optional`.
        dimension: Of a number or distribution.
        low: Least allowed number.
        high: Largest allowed number.
        whole: Only whole numbers.
        choices: Of a `CHOICE`.
        names: Of a `NAME`: which names are meant: "sizes", "places", "data", "programs", "workloads".
        optional: `none` is allowed.
        reader: Of a `TEXT`: makes it tidy, or raises `ScalegameError`.
        topic: What it belongs to, where a kind has many parameters; "" for what everybody looks at.
    """

    name: str
    doc: str
    type: Type
    default: Setting | _Required = REQUIRED
    dimension: Dimension = Dimension.COUNT
    low: float = 0.0
    high: float = 1e12
    whole: bool = False
    choices: tuple[str, ...] = ()
    names: str = ""
    optional: bool = False
    reader: Callable[[str], str] | None = None
    topic: str = ""

    def read(self, data: object, names: Mapping[str, Mapping[str, object]]) -> Setting:
        """A value as written in YAML or on the typed line, in base units.

        Args:
            data: What was written.
            names: What exists, by the keys of `Parameter.names`.

        Raises:
            ScalegameError: It is not a value of this parameter; the message says what to write.
        """
        if self.optional and (data is None or data == "none"):
            return None
        if self.type is Type.DISTRIBUTION:
            return read_distribution(_inline(data), self.dimension)
        if self.type is Type.NUMBER:
            return self._number(data)
        if self.type is Type.TEXT:
            return self._text(data)
        known = self.choices if self.type is Type.CHOICE else tuple(names.get(self.names, ()))
        if not isinstance(data, str) or data not in known:
            raise ScalegameError("Unknown value", f"{self.name} cannot be {data!r}{nearest(str(data), known)}")
        return data

    def _text(self, data: object) -> str:
        if not isinstance(data, str):
            raise ScalegameError("Wrong type", f"{self.name} is a text, not {data!r}: put it in quotes")
        if len(data) > LONGEST_TEXT:
            raise ScalegameError("Too long", f"{self.name} may have {LONGEST_TEXT} characters at most")
        written = data.strip().strip('"').strip()
        return written if self.reader is None else self.reader(written)

    def _number(self, data: object) -> float | int:
        value = parse(data, self.dimension)
        if self.whole and value != int(value):
            raise ScalegameError("Not a whole number", f"{self.name} must be a whole number, not {data}")
        if not self.low <= value <= self.high:
            low, high = show(self.low, self.dimension), show(self.high, self.dimension)
            raise ScalegameError("Out of range", f"{self.name} must be between {low} and {high}, not {data}")
        return int(value) if self.whole else float(value)

    def write(self, value: Setting) -> str:
        """The value as it is written on the typed line; `read` gives it back."""
        if value is None:
            return "none"
        if isinstance(value, Distribution):
            written = value.write()
            return written if isinstance(written, str) else _flow(written)
        if self.type is Type.NUMBER and isinstance(value, int | float):
            return str(value) if self.dimension is Dimension.COUNT else write(value, self.dimension)
        return str(value)

    def show(self, value: Setting) -> str:
        """The value for people."""
        if isinstance(value, Distribution):
            return value.show()
        if self.type is Type.NUMBER and isinstance(value, int | float):
            return show(value, self.dimension)
        return "none" if value is None else str(value)


def _flow(data: object) -> str:
    """Nested data on one line, as YAML's flow style writes it."""
    if isinstance(data, Mapping):
        return "{" + ", ".join(f"{k}: {_flow(v)}" for k, v in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(_flow(v) for v in data) + "]"
    return str(data)


def _inline(data: object) -> object:
    """Reads `{exponential: 12 ms}` typed on one line (a mapping one or two deep, or a list)."""
    if not isinstance(data, str) or not data.startswith("{"):
        return data
    name, _, rest = data[1:].removesuffix("}").partition(":")
    rest = rest.strip()
    if rest.startswith("["):
        return {name.strip(): [v.strip() for v in rest.strip("[]").split(",")]}
    if rest.startswith("{"):
        pairs = (part.partition(":") for part in rest.strip("{}").split(","))
        return {name.strip(): {k.strip(): v.strip() for k, _, v in pairs}}
    return {name.strip(): rest}


def number(
    name: str,
    doc: str,
    default: float | _Required | None = REQUIRED,
    dimension: Dimension = Dimension.COUNT,
    low: float = 0.0,
    high: float = 1e12,
    *,
    optional: bool = False,
) -> Parameter:
    """A quantity with a unit (or a ratio)."""
    return Parameter(name, doc, Type.NUMBER, default, dimension, low, high, optional=optional)


def whole(
    name: str,
    doc: str,
    default: int | _Required | None = REQUIRED,
    low: int = 1,
    high: int = 1_000_000,
    *,
    optional: bool = False,
) -> Parameter:
    """A count."""
    return Parameter(name, doc, Type.NUMBER, default, Dimension.COUNT, low, high, whole=True, optional=optional)


def choice(name: str, doc: str, choices: tuple[str, ...], default: str | None = None) -> Parameter:
    """One of a few words; the first unless said otherwise."""
    return Parameter(name, doc, Type.CHOICE, default or choices[0], choices=choices)


def named(
    name: str, doc: str, names: str, default: str | _Required | None = REQUIRED, *, optional: bool = False
) -> Parameter:
    """The name of something that the level declares."""
    return Parameter(name, doc, Type.NAME, default, names=names, optional=optional)


def spread(
    name: str,
    doc: str,
    default: Distribution | _Required | None = REQUIRED,
    dimension: Dimension = Dimension.TIME,
    *,
    optional: bool = False,
) -> Parameter:
    """A distribution."""
    return Parameter(name, doc, Type.DISTRIBUTION, default, dimension, optional=optional)


def text(
    name: str,
    doc: str,
    read: Callable[[str], str],
    default: str | None = None,
) -> Parameter:
    """A short text in a little language of its own, or `none`.

    Args:
        name: Of the parameter.
        doc: One sentence, with an example.
        read: Makes a text tidy, as it is kept and shown; raises `ScalegameError` with what to write instead.
        default: Unless said otherwise; None: none.
    """
    return Parameter(name, doc, Type.TEXT, default, optional=True, reader=read)


#: Every kind has it: what one costs besides its machine.
PRICE = number("price", "What it costs besides its machine.", 0.0, Dimension.PRICE, 0.0, 1e6)
SIZE = named("size", "The machine that it runs on: cores, memory and price.", "sizes")
REPLICAS = whole("replicas", "How many machines of it there are.", 1, 1, 200)


def machines_price(component: Component, sizes: Mapping[str, Size]) -> float:
    """Dollars per hour: the machines of a card, and what each costs besides."""
    size = sizes.get(str(component.settings.get("size")))
    own = component.settings.get("price", 0.0)
    each = (size.price if size else 0.0) + (float(own) if isinstance(own, int | float) else 0.0)
    return each * component.replicas


def nothing(component: Component) -> frozenset[str]:
    """Offers nothing to callers."""
    return frozenset()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of component, as the board, the checks and the canvas see it.

    Attributes:
        name: In YAML and on the typed line.
        title: On the card.
        glyph: One cell wide; `ascii` where the terminal has no more.
        summary: One sentence: what it is for. Its codex page is `codex/kinds/<name>.md`.
        parameters: Everything that can be set.
        behaviour: What the simulation builds for a card (`scalegame.simulation.part.Part`).
        roles: What may be sent to it.
        sends: What it may send to others.
        forwards: It stands for what is behind it: callers may want what its targets offer.
        chooses: What is behind it may have several replicas.
        stores: It keeps messages for later, so a program can send to what is behind it without waiting.
        must_send: A board on which it has no outgoing wire is incomplete.
        pausable: A fault may make it stand still, with all that is in work.
        most_targets: How many outgoing wires it may have; None: any number.
        offers: What callers may want of a card: "program:booking", "data:passes", "copies:passes".
        wants: What a card by itself wants of those it is wired to, once anything reaches it.
        price: Dollars per hour of a card.
        shows: Parameters that its card shows before a run, the most telling first.
        figure: Its own figure of the recording (`Part.extra`), in a few characters for its card.
        own: What that figure is called ("hit ratio"), and in what it is measured; None: it has none.
        machines: How many machines a card stands for.
        check: Contradictions within one card, given the sizes: messages, empty if there are none.
    """

    name: str
    title: str
    glyph: str
    ascii: str
    summary: str
    parameters: tuple[Parameter, ...]
    behaviour: Callable[..., Any]
    roles: frozenset[Role] = frozenset()
    sends: frozenset[Role] = frozenset()
    forwards: bool = False
    chooses: bool = False
    stores: bool = False
    must_send: bool = False
    pausable: bool = False
    most_targets: int | None = None
    offers: Callable[[Component], frozenset[str]] = nothing
    wants: Callable[[Component], frozenset[str]] = nothing
    price: Callable[[Component, Mapping[str, Size]], float] = machines_price
    shows: tuple[str, ...] = ()
    figure: Callable[[float], str] | None = None
    own: tuple[str, Dimension] | None = None
    machines: Callable[[Component], int] = lambda component: component.replicas
    check: Callable[[Component, Mapping[str, Size]], tuple[str, ...]] = field(default=lambda component, sizes: ())

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name.

        Raises:
            ScalegameError: There is none; the message names the nearest.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        known = [p.name for p in self.parameters]
        raise ScalegameError("Unknown parameter", f"{self.name} has no {name!r}{nearest(name, known)}")

    def settings(
        self, given: Mapping[str, object], names: Mapping[str, Mapping[str, object]]
    ) -> dict[str, Setting]:
        """Every parameter with its value in force.

        Raises:
            ScalegameError: An unknown parameter, a wrong value, or a required one is missing.
        """
        for name in given:
            self.parameter(name)
        values: dict[str, Setting] = {}
        for parameter in self.parameters:
            if parameter.name in given:
                values[parameter.name] = parameter.read(given[parameter.name], names)
            elif isinstance(parameter.default, _Required):
                raise ScalegameError("Missing parameter", f"{self.name} needs {parameter.name!r}")
            else:
                values[parameter.name] = parameter.default
        return values


Kinds = Mapping[str, Kind]


def about(topic: str, *parameters: Parameter) -> tuple[Parameter, ...]:
    """The same parameters as belonging to a topic."""
    return tuple(replace(parameter, topic=topic) for parameter in parameters)
