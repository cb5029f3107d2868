"""Reads the projects of a level: what each changes when it is bought."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import ValidationError

from scalegame.design.distributions import read_distribution
from scalegame.design.language import is_id
from scalegame.design.rulebook import Rulebook
from scalegame.design.world import Change, Operation, Project, Work, walk
from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.levels.fields import problems_of
from scalegame.levels.schema import LevelShape, OperationShape, RetriesShape
from scalegame.levels.settings import read_value
from scalegame.levels.source import Source
from scalegame.levels.world import operation, read_retries
from scalegame.units import Dimension, parse


def read_projects(shape: LevelShape, rulebook: Rulebook, source: Source) -> dict[str, Project]:
    """Return the projects by id.

    Of a workload a project can change ``skiers.timeout`` and ``skiers.retries``.

    Each line of a project's ``set`` names what it changes: ``booking.browse`` (a program's operation: steps),
    ``booking.browse.work`` (the one work step of it), ``passes-db.work.read`` (a parameter of a component) or
    ``passes.value`` (the size of a data set's values).
    """
    found: dict[str, Project] = {}
    for id, project in shape.projects.items():
        if not is_id(id):
            message = f"{quoted(id)} cannot be the name of a project: small letters, digits and dashes"
            source.problem("Not a name", message, "projects", id, key=True)
        read = (
            _change(target, value, rulebook, shape.workloads, source, ("projects", id, "set", target))
            for target, value in project.set.items()
        )
        changes = [change for change in read if change is not None]
        _check_overlap(changes, source, ("projects", id, "set"))
        title = " ".join(project.title.split()) if project.title else id.replace("-", " ").capitalize()
        found[id] = Project(id, title, project.says, project.effort, project.price, tuple(changes))
    return found


def _check_overlap(changes: Collection[Change], source: Source, loc: tuple[str, ...]) -> None:
    targets = {change.target for change in changes}
    for target in targets:
        if len(target) == 4 and target[:3] in targets:
            message = f"{'.'.join(target[1:])} is part of {'.'.join(target[1:3])}: change one of them"
            source.problem("Changed twice", message, *loc, key=True)


def _patience(name: str, part: str, value: object, source: Source, loc: tuple[str, ...]) -> Change | None:
    """A change of how long the clients of a workload wait, or of what they do then."""
    if part == "timeout":
        with source.blaming(*loc):
            seconds = None if value == "none" else float(parse(value, Dimension.TIME))
            if seconds == 0:
                raise ScalegameError("Bad time-out", "nobody answers in no time: write none to wait for ever")
            return Change(("workload", name, part), seconds)
        return None
    try:
        shape = RetriesShape.model_validate(value)
    except ValidationError as error:
        source.problems.extend(problems_of(error, RetriesShape, source.document, loc))
        return None
    return Change(("workload", name, part), read_retries(shape, source, loc))


def _change(
    target: str,
    value: object,
    rulebook: Rulebook,
    workloads: Collection[str],
    source: Source,
    loc: tuple[str, ...],
) -> Change | None:
    first, _, rest = target.partition(".")
    if first in workloads and rest in ("timeout", "retries"):
        return _patience(first, rest, value, source, loc)
    program = rulebook.programs.get(first)
    name, _, part = rest.partition(".")
    if program is not None and name in program.operations and part in ("", "work"):
        old = program.operations[name]
        if part == "work":
            with source.blaming(*loc):
                return _work(old, first, value)
            return None
        new = _operation(name, value, rulebook, source, loc)
        return None if new is None else Change(("program", first, name), new)
    card = rulebook.found.components.get(first)
    if card is not None and rest in {p.name for p in rulebook.kinds[card.kind].parameters}:
        with source.blaming(*loc):
            setting = read_value(rulebook.kinds[card.kind], rest, value, rulebook.names)
            return Change(("component", first, rest), setting)
        return None
    if first in rulebook.data and rest == "value":
        with source.blaming(*loc):
            return Change(("data", first, rest), float(parse(value, Dimension.SIZE)))
        return None
    source.problem("Unknown name", _unknown(target, rulebook, workloads), *loc, key=True)
    return None


def _unknown(target: str, rulebook: Rulebook, workloads: Collection[str]) -> str:
    known = [f"{program.name}.{op}" for program in rulebook.programs.values() for op in program.operations]
    known += [f"{name}.work" for name in known]
    for card in rulebook.found:
        known += [f"{card.id}.{parameter.name}" for parameter in rulebook.kinds[card.kind].parameters]
    known += [f"{name}.value" for name in rulebook.data]
    known += [f"{name}.{part}" for name in workloads for part in ("timeout", "retries")]
    hint = nearest(target, known)
    example = "" if hint else ": write program.operation, component.parameter or data.value"
    return f"a project cannot change {quoted(target)}{hint}{example}"


def _work(old: Operation, program: str, value: object) -> Change:
    count = sum(isinstance(step, Work) for step in walk(old.steps))
    if count != 1:
        raise ScalegameError(
            "Which work?",
            f"{program}.{old.name} has {count} work steps: give the whole list of its steps instead",
        )
    return Change(("program", program, old.name, "work"), read_distribution(value))


def _operation(
    name: str, value: object, rulebook: Rulebook, source: Source, loc: tuple[str, ...]
) -> Operation | None:
    try:
        shape = OperationShape.model_validate(value)
    except ValidationError as error:
        source.problems.extend(problems_of(error, OperationShape, source.document, loc))
        return None
    known = {f"{program.name}.{op}" for program in rulebook.programs.values() for op in program.operations}
    return operation(name, shape, rulebook.data, known, source, loc)
