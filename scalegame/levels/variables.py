"""Values with names: `${rate}` in a level file, the named variants of a level, and instances that are drawn."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from scalegame.errors import Place, Problems, ScalegameError, nearest, quoted
from scalegame.levels.fields import MOST_PROBLEMS, problems_of
from scalegame.levels.naming import LAST_INSTANCE, instance
from scalegame.levels.schema import LevelShape
from scalegame.levels.slots import DECLARED, SLOT
from scalegame.levels.yamltree import Data, Document, Loc

_NUMBER = re.compile("[0-9]+")
LARGEST_FILLED = 1_000_000
"""Characters that a file may grow to by the values put into it."""

#: What names a level, or says what is to be put in: no variable there.
_APART = frozenset({"format", "id", "language", "profiles", *DECLARED})

Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Filled:
    """A file with its variables put in.

    Attributes:
        document: With values instead of variables; places are those of the file.
        notes: For messages: which variables stood at a place, and what they are.
    """

    document: Document
    notes: Mapping[tuple[str, int | None, int | None], str]

    def explained(self, error: ScalegameError) -> ScalegameError:
        """Return an error that says what the variables at its place are, if there are any."""
        if isinstance(error, Problems):
            return Problems([self.explained(each) for each in error.errors], error.more)
        at = error.place
        note = self.notes.get((at.file, at.line, at.column)) if at is not None else None
        return error if note is None else type(error)(error.title, f"{error.message} – {note}", at)


def filled(document: Document, variant: str = "") -> Filled:
    """Put the variables of a level into its values.

    Args:
        document: Of a level, in the newest format.
        variant: A name of `variants`, the number of an instance, or "" for the values of `variables`.

    Raises:
        ScalegameError: A variable is not there or cannot be what it is, or there is no such variant.
    """
    data = document.data
    assert isinstance(data, dict)
    filler = _Filler(document, _chosen(document, data, variant), variant)
    found: dict[str, Data] = {}
    for key, value in data.items():
        filler.check_key(key, (key,))
        if key in _APART:
            filler.check_apart(key, value)
            found[key] = value
        else:
            found[key] = filler.fill(value, (key,))
    if filler.problems:
        raise Problems(filler.problems[:MOST_PROBLEMS])
    return Filled(replace(document, data=found), filler.notes)


@cache
def _adapter(key: str) -> TypeAdapter[Any]:
    kind: Any = LevelShape.model_fields[key].annotation
    return TypeAdapter(kind)


def _declared(document: Document, data: Mapping[str, Data]) -> tuple[Any, Any, Any]:
    """Return what the three keys say, checked."""
    found, problems = [], list[ScalegameError]()
    for key in DECLARED:
        try:
            found.append(_adapter(key).validate_python(data[key], strict=True) if key in data else {})
        except ValidationError as error:
            problems += problems_of(error, LevelShape, document, (key,))
    if problems:
        raise Problems(problems)
    return found[0], found[1], found[2]


def _chosen(document: Document, data: Mapping[str, Data], variant: str) -> dict[str, tuple[Value, str]]:
    """Return the value of each variable in a variant, and how it is written."""
    variables, variants, drawn = _declared(document, data)
    problems: list[ScalegameError] = []
    for loc in [("variants", name, key) for name, one in variants.items() for key in one] + [
        ("drawn", name) for name in drawn
    ]:
        if loc[-1] not in variables:
            hint = nearest(loc[-1], variables)
            message = f"no variable is called {quoted(loc[-1])}{hint}: give it its usual value under variables"
            problems.append(ScalegameError("Unknown variable", message, document.place(loc, key=True)))
    at: dict[str, Loc] = {name: ("variables", name) for name in variables}
    number = instance(variant)
    if variant in variants:
        at |= {name: ("variants", variant, name) for name in variants[variant]}
    elif number is not None and drawn:
        at |= {name: ("drawn", name, draw(data.get("id"), number, name, len(drawn[name]))) for name in drawn}
    elif variant:
        problems.append(_no_variant(document, data, variant, variants, bool(drawn)))
    if problems:
        raise Problems(problems)
    given: dict[str, Any] = {"variables": variables, "variants": variants, "drawn": drawn}
    return {name: (_at(given, loc), document.written(loc)) for name, loc in at.items()}


def _at(data: Any, loc: Loc) -> Any:
    for part in loc:
        data = data[part]
    return data


def draw(id: object, number: int, name: str, among: int) -> int:
    """Return which of some values a variable has in an instance; the same on every machine, for ever."""
    digest = hashlib.blake2b(f"{id}/{number}/{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % among


def _no_variant(
    document: Document, data: Mapping[str, Data], variant: str, variants: Mapping[str, object], drawn: bool
) -> ScalegameError:
    level = quoted(str(data.get("id")))
    if _NUMBER.fullmatch(variant):
        if drawn:
            message = f"instances of {level} have numbers from 1 to {LAST_INSTANCE:,}, not {variant}"
        else:
            message = f"{level} has no instances by number: none of its variables is drawn"
            message += nearest(variant, variants)
    elif variants:
        message = f"{level} has no variant {quoted(variant)}{nearest(variant, variants)}"
    elif drawn:
        message = f"{level} has no variants with names, but instances by number: write a number after the @"
    else:
        message = f'{level} has no variants: leave "@{variant}" out'
    place = document.place(("variants",) if variants else ("drawn",) if drawn else ("id",), key=True)
    return ScalegameError("No such variant", message, place)


@dataclass
class _Filler:
    """Puts values into a tree."""

    document: Document
    values: Mapping[str, tuple[Value, str]]
    variant: str
    notes: dict[tuple[str, int | None, int | None], str] = field(default_factory=dict)
    problems: list[ScalegameError] = field(default_factory=list)
    grown: int = 0

    def fill(self, value: Data, loc: Loc) -> Data:
        match value:
            case str():
                return self._text(value, loc)
            case list():
                return [self.fill(item, (*loc, i)) for i, item in enumerate(value)]
            case dict():
                sentence = _sentence(value, loc)
                if sentence is not None:
                    return self._text(sentence, loc)
                for key in value:
                    self.check_key(key, (*loc, key))
                return {key: self.fill(item, (*loc, key)) for key, item in value.items()}
        return value

    def check_key(self, key: str, loc: Loc) -> None:
        if "${" in key:
            message = f"{quoted(key)}: variables stand in values, not in keys – write the name out"
            self.problems.append(ScalegameError("Variable in a key", message, self.document.place(loc, key=True)))

    def check_apart(self, key: str, value: Data, *below: str | int) -> None:
        """Refuse variables where there can be none."""
        match value:
            case str() if "${" in value:
                where = "a variable" if key in DECLARED else key
                message = f"{where} cannot contain another variable: write the value out"
                if key not in DECLARED:
                    message = f"{key} cannot contain a variable: write it out"
                place = self.document.place((key, *below))
                self.problems.append(ScalegameError("Variable out of place", message, place))
            case list():
                for i, item in enumerate(value):
                    self.check_apart(key, item, *below, i)
            case dict():
                for name, item in value.items():
                    self.check_apart(key, item, *below, name)

    def _text(self, text: str, loc: Loc) -> Value:
        if "${" not in text:
            return text
        match = SLOT.fullmatch(text)
        used: list[str] = []
        made: Value
        if match is not None and match["name"] is not None and match["end"]:
            name = self._known(match, loc)
            made = text if name is None else self.values[name][0]
            used += [name] if name is not None else []
        else:
            made = self._woven(text, loc, used)
        if used:
            self._note(used, loc)
        return made

    def _woven(self, text: str, loc: Loc, used: list[str]) -> str:
        parts, end = [], 0
        for match in SLOT.finditer(text):
            parts.append(text[end : match.start()])
            end = match.end()
            if match["name"] is None:  # two dollar signs: the sign itself is meant
                parts.append("${")
                continue
            name = self._known(match, loc)
            if name is not None:
                parts.append(self.values[name][1])
                used.append(name)
                self.grown += len(parts[-1])
        if self.grown > LARGEST_FILLED:
            message = "with the variables put in, this is larger than any level needs to be"
            raise ScalegameError("Too large", message, self.document.place(loc))
        return "".join([*parts, text[end:]])

    def _known(self, match: re.Match[str], loc: Loc) -> str | None:
        """Return the variable that is meant, if there is one; if not, that is a problem."""
        name = match["name"].strip()
        if match["end"] and name in self.values:
            return name
        place = self.document.place(loc)
        # One place is one problem; and looking for the nearest name takes a while.
        if len(self.problems) >= MOST_PROBLEMS or any(known.place == place for known in self.problems):
            return None
        if not match["end"]:
            message = 'a variable is not closed: write "${name}" (or "$${" if these signs are meant)'
        elif not self.values:
            message = f"{quoted(name)} is no variable, this level has none: add variables: {{{name or 'name'}: …}}"
        else:
            message = f"no variable is called {quoted(name)}{nearest(name, self.values)}"
        self.problems.append(ScalegameError("Unknown variable", message, place))
        return None

    def _note(self, used: Sequence[str], loc: Loc) -> None:
        place: Place = self.document.place(loc)
        where = (
            f" in {'instance' if _NUMBER.fullmatch(self.variant) else 'the variant'} {self.variant}"
            if self.variant
            else ""
        )
        said = ", ".join(f"${{{name}}} is {quoted(self.values[name][1])}" for name in dict.fromkeys(used))
        self.notes[place.file, place.line, place.column] = f"{said}{where}"


def _sentence(value: Mapping[str, Data], loc: Loc) -> str | None:
    """Return the sentence that YAML took for a mapping, as in `at 5 s: web dies`, because of its colon."""
    if len(loc) < 2 or loc[-2] not in ("faults", "live") or not isinstance(loc[-1], int) or len(value) != 1:
        return None
    ((first, rest),) = value.items()
    return f"{first}: {rest}" if isinstance(rest, str) else None
