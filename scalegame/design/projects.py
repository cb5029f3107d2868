"""What the projects that were bought change: the board, the programs and the data in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from scalegame.design.distributions import Distribution
from scalegame.design.model import Board
from scalegame.design.rulebook import Rulebook
from scalegame.design.wiring import component
from scalegame.design.world import Change, DataSet, Lock, Operation, Program, Project, Step, Work, walk
from scalegame.errors import ScalegameError, nearest, quoted

#: A board with the programs and the data that go with it.
InForce = tuple[Board, Mapping[str, Program], Mapping[str, DataSet]]


def in_force(board: Board, rulebook: Rulebook) -> InForce:
    """The board, programs and data sets with the changes of every project bought.

    Projects apply in the order in which the level declares them, whatever the order of buying; a project
    overrides what the player set.

    Raises:
        ScalegameError: A project changes something that is not there (any more).
    """
    state: InForce = (board, rulebook.programs, rulebook.data)
    for project in bought(board, rulebook):
        for change in project.changes:
            if change.target[0] == "workload":
                continue  # not of the board: the level sees to it
            try:
                state = _apply(state, change, rulebook)
            except ScalegameError as error:
                raise ScalegameError(
                    "A project has lost its object",
                    f"{project.title}: {error.message} (return {project.id}, or undo)",
                ) from error
    return state


def bought(board: Board, rulebook: Rulebook) -> tuple[Project, ...]:
    """The projects bought, in the order in which the level declares them."""
    return tuple(project for id, project in rulebook.projects.items() if id in board.projects)


def _apply(state: InForce, change: Change, rulebook: Rulebook) -> InForce:
    board, programs, data = state
    match change.target:
        case ("program", program, operation):
            return board, _with_operation(programs, program, operation, change.value), data
        case ("program", program, operation, "work"):
            old = _operation(programs, program, operation)
            new = _with_work(f"{program}.{operation}", old, change.value)
            return board, _with_operation(programs, program, operation, new), data
        case ("component", id, parameter):
            thing = component(board, id)
            rulebook.kinds[thing.kind].parameter(parameter)
            return board.with_component(thing.with_settings({parameter: change.value})), programs, data
        case ("data", name, part):
            return board, programs, {**data, name: _with_part(data, name, part, change.value)}
        case _:
            raise ScalegameError("Not a change", f"a project cannot change {quoted('.'.join(change.target))}")


def _operation(programs: Mapping[str, Program], program: str, operation: str) -> Operation:
    if program not in programs:
        raise ScalegameError(
            "Unknown program", f"there is no program {quoted(program)}{nearest(program, programs)}"
        )
    known = programs[program].operations
    if operation not in known:
        raise ScalegameError(
            "Unknown operation", f"{program} has no operation {quoted(operation)}{nearest(operation, known)}"
        )
    return known[operation]


def _with_operation(
    programs: Mapping[str, Program], program: str, operation: str, value: object
) -> Mapping[str, Program]:
    _operation(programs, program, operation)
    if not isinstance(value, Operation):
        raise ScalegameError("Not a change", f"{program}.{operation} must become an operation")
    old = programs[program]
    return {**programs, program: replace(old, operations={**old.operations, operation: value})}


def _with_work(name: str, old: Operation, value: object) -> Operation:
    if not isinstance(value, Distribution):
        raise ScalegameError("Not a change", f"{name}.work must become a distribution of times")
    count = sum(isinstance(step, Work) for step in walk(old.steps))
    if count != 1:
        raise ScalegameError("Not a change", f"{name} has {count} steps of work, so it is not clear which changes")
    return replace(old, steps=_reworked(old.steps, value))


def _reworked(steps: tuple[Step, ...], value: Distribution) -> tuple[Step, ...]:
    """The steps with another time for their work, also within locks."""
    found: list[Step] = []
    for step in steps:
        match step:
            case Work():
                found.append(replace(step, time=value))
            case Lock(steps=inner):
                found.append(replace(step, steps=_reworked(inner, value)))
            case _:
                found.append(step)
    return tuple(found)


def _with_part(data: Mapping[str, DataSet], name: str, part: str, value: object) -> DataSet:
    if name not in data:
        raise ScalegameError("Unknown data", f"there is no data set {quoted(name)}{nearest(name, data)}")
    if not isinstance(value, int | float):
        raise ScalegameError("Not a change", f"{name}.{part} must become a number")
    match part:
        case "value":
            return replace(data[name], value=float(value))
        case "keys":
            return replace(data[name], keys=int(value))
        case "zipf":
            return replace(data[name], zipf=float(value))
        case _:
            raise ScalegameError(
                "Not a change",
                f"{name} has no {quoted(part)}{nearest(part, ('value', 'keys', 'zipf'))}",
            )
