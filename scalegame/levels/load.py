"""Reads a level file: from YAML to a `Level`, with every problem at its line and column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from scalegame.design import checks
from scalegame.design.kinds import Kinds
from scalegame.design.model import Board
from scalegame.design.rulebook import Rulebook
from scalegame.design.rules import apply
from scalegame.errors import Problems, ScalegameError, quoted
from scalegame.levels import board, world
from scalegame.levels.bounds import check_load
from scalegame.levels.digest import digest_of
from scalegame.levels.faults import parse_fault, sufferings
from scalegame.levels.fields import problems_of
from scalegame.levels.guide import parse_condition
from scalegame.levels.live import Desk, Live, check_permit, in_time, read_line, read_permit
from scalegame.levels.model import Attempt, Level
from scalegame.levels.schema import FORMAT, AttemptShape, LevelShape
from scalegame.levels.source import Source
from scalegame.levels.yamltree import Data, Document
from scalegame.levels.yamltree import load as load_yaml
from scalegame.simulation.scenario import Fault, Order, Window
from scalegame.units import Dimension, show
from scalegame.verdict.model import Objective, Stars
from scalegame.verdict.objectives import index_of, oversights
from scalegame.verdict.objectives import parse as parse_objective

_NUMBERED = re.compile(r"(?P<number>[0-9]{1,3})-(?P<name>.+)")


def load(path: Path | str, kinds: Kinds) -> Level:
    """Read a level file.

    Args:
        path: Of the file. In a folder of levels its name begins with its position in the chapter, as in
            ``02-two-is-company.yaml``, and the folder's with the chapter's.
        kinds: The registry of kinds of component.

    Raises:
        ScalegameError: It is no level; `Problems` where there are several, each with its place.
    """
    path = Path(path)
    numbered = _NUMBERED.fullmatch(path.stem)
    folder = _NUMBERED.fullmatch(path.parent.name)
    return _level(
        load_yaml(path),
        kinds,
        position=int(numbered["number"]) if numbered else 1,
        folder=folder["name"].replace("-", " ").capitalize() if folder else "",
    )


def loads(text: str, name: str, kinds: Kinds) -> Level:
    """Read a level from its text; `name` stands for the file in messages.

    Raises:
        ScalegameError: As `load`.
    """
    return _level(load_yaml(text, name), kinds, position=1, folder="")


def migrate(data: Mapping[str, Data]) -> Mapping[str, Data]:
    """Bring the data of a level to the newest format; so far there is one.

    Raises:
        ScalegameError: The format is missing, or newer than this version of the game.
    """
    version = data.get("format")
    if "format" not in data:
        raise ScalegameError("No format", f"the level does not say its format: begin with format: {FORMAT}")
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise ScalegameError("Bad format", f"{quoted(version)} is not a format: write format: {FORMAT}")
    if version > FORMAT:
        raise ScalegameError(
            "Made for a newer scalegame",
            f"this level has format {version}, and this scalegame reads up to format {FORMAT}: update it",
        )
    return data


def _shape(document: Document) -> LevelShape:
    data = document.data
    if not isinstance(data, dict):
        message = "this is not a level: a level is a mapping that begins with format: 0, id: … and title: …"
        raise ScalegameError("Not a level", message, document.place(()))
    try:
        current = migrate(data)
    except ScalegameError as error:
        raise error.at(document.place(("format",), skipping=True)) from None
    try:
        return LevelShape.model_validate(current)
    except ValidationError as error:
        raise Problems(problems_of(error, LevelShape, document)) from None


def _level(document: Document, kinds: Kinds, position: int, folder: str) -> Level:
    shape, source = _shape(document), Source(document)
    network = world.network(shape, source)
    window = world.window(shape, source)
    rulebook = board.rulebook(shape, network, kinds, source)
    faults = _faults(shape, rulebook, window.end, source)
    struck = frozenset(fault.target[1] for fault in faults if fault.target[0] in ("component", "replica"))
    rulebook = replace(rulebook, kept=struck)
    workloads = world.workloads(shape, rulebook.programs, window.end, source)
    if not source.problems:
        check_load(workloads, rulebook.programs, window, source)
    objectives = _objectives(shape, rulebook, source)
    live = _live(shape, rulebook, window, source)
    # What refers to an objective is looked at once the objectives can all be read.
    readable = len(objectives) == len(shape.objectives)
    level = Level(
        id=shape.id,
        title=shape.title,
        chapter=shape.chapter,
        chapter_title=shape.chapter_title or folder,
        position=position,
        difficulty=shape.difficulty,
        teaches=tuple(shape.teaches),
        brief=shape.brief.strip(),
        guide=_guide(shape, rulebook, source),
        time_scale=shape.time_scale,
        rulebook=rulebook,
        network=network,
        workloads=workloads,
        faults=faults,
        window=window,
        objectives=objectives,
        stars=_stars(shape, objectives if readable else None, source),
        hints=tuple(hint.strip() for hint in shape.hints),
        debrief=shape.debrief.strip(),
        attempts=_attempts(shape, rulebook, objectives if readable else None, source, live, window),
        digest="",
        source=document.name,
        live=live,
        clocks=world.clocks(shape, source),
    )
    source.check()
    return digest_of(level)


def _objectives(shape: LevelShape, rulebook: Rulebook, source: Source) -> tuple[Objective, ...]:
    operations = list(dict.fromkeys(op for asked in rulebook.workloads.values() for op in asked))
    found: list[Objective] = []
    for i, text in enumerate(shape.objectives):
        with source.blaming("objectives", i):
            objective = parse_objective(text, shape.workloads, operations)
            if objective in found:
                raise ScalegameError("Duplicate objective", f"{objective.text} is there twice: remove one")
            found.append(objective)
    used = [card.kind for card in rulebook.found] + [item.kind for item in rulebook.palette.values()]
    if len(found) == len(shape.objectives):
        for message in oversights(found, queued=any(rulebook.kinds[kind].stores for kind in used)):
            source.problem("Objectives", message, "objectives", key=True)
    return tuple(found)


def _stars(shape: LevelShape, objectives: Sequence[Objective] | None, source: Source) -> Stars:
    given = objectives is not None and shape.stars.latency is not None
    if given and not any(o.metric == "latency" for o in objectives or ()):
        message = "a star for latency needs a latency objective: it says which percentile is meant"
        source.problem("Bad star", message, "stars", "latency", key=True)
    return Stars(shape.stars.cost, shape.stars.latency, shape.stars.parts)


def _faults(shape: LevelShape, rulebook: Rulebook, end: float, source: Source) -> tuple[Fault, ...]:
    found = []
    # What a player adds could be given another name.
    known = {card.id: sufferings(rulebook.kinds[card.kind]) for card in rulebook.found}
    for i, text in enumerate(shape.faults):
        with source.blaming("faults", i):
            found.append(parse_fault(text, known, shape.places, end))
    return tuple(found)


def _live(shape: LevelShape, rulebook: Rulebook, window: Window, source: Source) -> Live | None:
    if shape.live is None:
        return None
    known = [*rulebook.found.components, *rulebook.palette]
    permits = []
    for i, text in enumerate(shape.live.allow):
        with source.blaming("live", "allow", i):  # "allow" is passed over where the list stands alone
            permits.append(read_permit(text, known))
            check_permit(permits[-1], rulebook)
    last = window.end + window.grace
    if shape.live.start >= last:
        shown, over = show(shape.live.start, Dimension.TIME), show(last, Dimension.TIME)
        message = f"a replica that takes {shown} to start is never in service: the run is over at {over}"
        source.problem("Never in service", message, "live", "start")
    return Live(tuple(permits), shape.live.start)


def _guide(shape: LevelShape, rulebook: Rulebook, source: Source) -> tuple[tuple[str, str], ...]:
    for i, step in enumerate(shape.guide):
        with source.blaming("guide", i, "until"):
            parse_condition(step.until, rulebook)
    return tuple((step.text.strip(), " ".join(step.until.split())) for step in shape.guide)


def _attempts(
    shape: LevelShape,
    rulebook: Rulebook,
    objectives: Sequence[Objective] | None,
    source: Source,
    live: Live | None,
    window: Window,
) -> tuple[Attempt, ...]:
    # Edits of attempts are judged by a sound board only: its own faults have been reported.
    sound = not source.problems
    found = []
    for name, attempt in shape.attempts.items():
        loses = _loses(name, attempt, objectives, source)
        wins = attempt.expect.wins
        if sound:
            end = _applied(name, attempt, rulebook, source)
            if end is not None:
                meant = "win" if wins else "lose a run"
                for problem in checks.problems(end, rulebook):
                    message = f"{name} is to {meant}, but cannot start: {problem.message}"
                    source.problem("Cannot start", message, "attempts", name, key=True)
                _ordered(name, attempt, Desk(live, rulebook, window, end), source)
        found.append(Attempt(name, tuple(attempt.do), wins, loses, attempt.says.strip(), tuple(attempt.live)))
    return tuple(found)


def _ordered(name: str, attempt: AttemptShape, desk: Desk, source: Source) -> None:
    """Its orders are those that a player could give."""
    lines: list[tuple[int, Order]] = []
    for i, line in enumerate(attempt.live):
        with source.blaming("attempts", name, "live", i):
            lines.append((i, read_line(line)))
    log: list[Order] = []
    for i, order in in_time(lines):
        with source.blaming("attempts", name, "live", i):
            log.append(desk.check(order, log))


def _loses(name: str, attempt: AttemptShape, objectives: Sequence[Objective] | None, source: Source) -> int | None:
    loc = ("attempts", name, "expect")
    if attempt.expect.wins == (attempt.expect.loses is not None):
        source.problem("Bad expectation", "write expect: wins, or expect: {loses: latency.p99}", *loc)
    elif attempt.expect.loses is not None and objectives is not None:
        with source.blaming(*loc, "loses"):
            return index_of(attempt.expect.loses, objectives)
    return None


def _applied(name: str, attempt: AttemptShape, rulebook: Rulebook, source: Source) -> Board | None:
    """Return what an attempt makes of the board; None where it breaks a rule that players obey."""
    end = rulebook.found
    for i, line in enumerate(attempt.do):
        try:
            end = apply(end, line, rulebook)
        except ScalegameError as error:
            source.problem(error.title, error.message, "attempts", name, "do", i)
            return None
    return end
