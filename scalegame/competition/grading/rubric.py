"""What is worth how many points: a small YAML file, or the usual one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scalegame.competition.model.judgement import Judgement
from scalegame.errors import Place, Problems, ScalegameError, nearest, quoted
from scalegame.levels.model import Level
from scalegame.levels.yamltree import Document
from scalegame.levels.yamltree import load as load_yaml
from scalegame.units import Dimension, parse, show

FORMAT = 1
STARS = ("cost", "latency", "parts")
MOST_MARKS = 100
MOST_POINTS = 10_000.0

_MEASURES = {
    "cost": Dimension.PRICE,
    "latency": Dimension.TIME,
    "availability": Dimension.RATIO,
    "parts": Dimension.COUNT,
}
_COMPARED = re.compile(r"(cost|latency|availability|parts)\s*(<=|>=|<|>)\s*(.+)")
_USUAL_HELD, _USUAL_WON, _USUAL_STAR = 60.0, 25.0, 5.0

Kind = Literal["won", "held", "star", "measure"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that is worth points.

    Attributes:
        kind: "won": every objective on every seed; "held": one objective on every seed; "star"; or "measure": the
            mean over the seeds.
        text: For people.
        points: For it.
        index: Of the objective, for "held".
        name: Of the star, or of the measure.
        relation, target: For "measure"; in base units.
    """

    kind: Kind
    text: str
    points: float
    index: int = 0
    name: str = ""
    relation: str = ""
    target: float = 0.0

    def is_earned(self, judgement: Judgement) -> bool:
        """Whether a design has earned it."""
        match self.kind:
            case "won":
                return judgement.won
            case "held":
                return judgement.goals[self.index].held
            case "star":
                return self.name in judgement.stars
            case "measure":
                return _holds(float(getattr(judgement, self.name)), self.relation, self.target)


def usual(level: Level) -> tuple[Mark, ...]:
    """60 points shared by the objectives, 25 for winning, 5 for each star that the level has."""
    each = round(_USUAL_HELD / len(level.objectives), 2)
    held = [Mark("held", o.text, each, index=i) for i, o in enumerate(level.objectives)]
    stars = [Mark("star", f"star {n}", _USUAL_STAR, name=n) for n in STARS if getattr(level.stars, n) is not None]
    return (*held, Mark("won", "won", _USUAL_WON), *stars)


def read(path: Path, level: Level) -> tuple[Mark, ...]:
    """Reads a rubric.

    Args:
        path: Of the file.
        level: That is graded.

    Raises:
        ScalegameError: Something is wrong with it, with its place; `Problems` where there are several.
    """
    document = load_yaml(path)
    data = document.data
    if not isinstance(data, dict):
        raise _bad("a rubric begins with format: 1 and marks:", document.place(()))
    for key in data:
        if key not in ("format", "marks"):
            raise _bad(
                f"unknown key {quoted(str(key))}{nearest(str(key), ('format', 'marks'))}", document.place((key,))
            )
    if data.get("format") != FORMAT:
        raise _bad(f"write format: {FORMAT}", document.place(("format",), skipping=True))
    marks = data.get("marks")
    if not isinstance(marks, list) or not 1 <= len(marks) <= MOST_MARKS:
        raise _bad(
            f"marks is a list of 1 to {MOST_MARKS} lines: - {{when: won, points: 60}}",
            document.place(("marks",), skipping=True),
        )
    found, problems = list[Mark](), list[ScalegameError]()
    for index in range(len(marks)):
        try:
            found.append(_mark(document, marks[index], index, level))
        except ScalegameError as error:
            problems.append(error)
    if problems:
        raise Problems(problems)
    return tuple(found)


def most(marks: Sequence[Mark]) -> float:
    """Points that can be earned."""
    return round(sum(mark.points for mark in marks), 6)


def earned(marks: Sequence[Mark], judgement: Judgement) -> tuple[bool, ...]:
    """For each mark, whether a design has earned it."""
    return tuple(mark.is_earned(judgement) for mark in marks)


def points(marks: Sequence[Mark], judgement: Judgement) -> float:
    """What a design has earned."""
    return round(
        sum(m.points for m, is_earned in zip(marks, earned(marks, judgement), strict=True) if is_earned), 6
    )


def _mark(document: Document, data: object, index: int, level: Level) -> Mark:
    where = document.place(("marks", index))
    if not isinstance(data, dict) or not {"when", "points"} <= data.keys() <= {"when", "points"}:
        raise _bad("a mark has the keys when and points: - {when: won, points: 60}", where)
    worth = data["points"]
    if isinstance(worth, bool) or not isinstance(worth, int | float) or not 0 < worth <= MOST_POINTS:
        raise _bad(f"points is a number above 0, not {quoted(worth)}", document.place(("marks", index, "points")))
    when = " ".join(str(data["when"]).split())
    place = document.place(("marks", index, "when"))
    if when == "won":
        return Mark("won", when, float(worth))
    for position, objective in enumerate(level.objectives):
        if when == objective.text:
            return Mark("held", when, float(worth), index=position)
    kind, _, name = when.partition(" ")
    if kind == "star":
        if name not in STARS:
            raise _bad(f"there is no star {quoted(name)}{nearest(name, STARS)}", place)
        return Mark("star", when, float(worth), name=name)
    compared = _COMPARED.fullmatch(when)
    if compared is not None:
        name, relation, value = compared.groups()
        try:
            target = parse(value, _MEASURES[name])
        except ScalegameError as error:
            raise error.at(place) from None
        text = f"{name} {relation} {show(target, _MEASURES[name])}"
        return Mark("measure", text, float(worth), name=name, relation=relation, target=target)
    known = ["won", *(objective.text for objective in level.objectives), *(f"star {star}" for star in STARS)]
    raise _bad(
        f"{quoted(when)} is nothing that can be marked{nearest(when, known)}; or compare cost, latency, "
        "availability or parts with a value: cost <= $1/h",
        place,
    )


def _holds(value: float, relation: str, target: float) -> bool:
    match relation:
        case "<":
            return value < target
        case "<=":
            return value <= target
        case ">":
            return value > target
        case _:
            return value >= target


def _bad(message: str, place: Place) -> ScalegameError:
    return ScalegameError("Not a rubric", message, place)
