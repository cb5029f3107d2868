"""Reads a level file: from YAML to a `Level`, with every problem at its line and column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from scalegame.design import checks
from scalegame.design.kinds import Kinds
from scalegame.design.model import Board
from scalegame.design.rulebook import Rulebook
from scalegame.design.rules import apply
from scalegame.errors import Problems, ScalegameError, nearest, quoted
from scalegame.levels import board, texts, world
from scalegame.levels.bounds import check_load
from scalegame.levels.digest import digest_of
from scalegame.levels.faults import parse_fault, sufferings
from scalegame.levels.fields import problems_of
from scalegame.levels.guide import parse_condition
from scalegame.levels.languages import choose
from scalegame.levels.live import Desk, Live, check_permit, in_time, read_line, read_permit
from scalegame.levels.migration import migrate
from scalegame.levels.model import Attempt, Level
from scalegame.levels.naming import full_id, joined
from scalegame.levels.packprofiles import PackHead, pack_of, with_profiles
from scalegame.levels.schema import AttemptShape, LevelShape
from scalegame.levels.source import Source
from scalegame.levels.variables import filled
from scalegame.levels.yamltree import Document
from scalegame.levels.yamltree import load as load_yaml
from scalegame.simulation.scenario import Fault, Order, Window
from scalegame.units import Dimension, show
from scalegame.verdict.model import Objective, Stars
from scalegame.verdict.objectives import index_of, oversights
from scalegame.verdict.objectives import parse as parse_objective

_NUMBERED = re.compile(r"(?P<number>[0-9]{1,3})-(?P<name>.+)")


@dataclass(frozen=True, slots=True)
class _Meant:
    """What is known of a level beside its file's text.

    Attributes:
        variant: Of it, that is meant.
        language: That is wanted.
        position: In its chapter.
        folder: Title of the chapter, from the folder's name.
        pack: Its id.
    """

    variant: str = ""
    language: str = ""
    position: int = 1
    folder: str = ""
    pack: str = ""


def load(path: Path | str, kinds: Kinds, variant: str = "", language: str = "") -> Level:
    """Read a level file.

    Args:
        path: Of the file. In a folder of levels its name begins with its position in the chapter, as in
            ``02-two-is-company.yaml``, and the folder's with the chapter's. A `pack.yaml` beside it or in the
            folder above says which pack it is in.
        kinds: The registry of kinds of component.
        variant: A name of its variants, or the number of an instance; "" for the level as it is.
        language: That its texts are wanted in, as in "de"; what it does not have comes in its own.

    Raises:
        ScalegameError: It is no level, or has no such variant; `Problems` where there are several, each with its
            place.
    """
    path = Path(path)
    return read(load_yaml(path), path, kinds, variant, language)


def read(document: Document, path: Path, kinds: Kinds, variant: str = "", language: str = "") -> Level:
    """Read a level from a document that stands, or is to stand, in a file.

    Raises:
        ScalegameError: As `load`.
    """
    numbered = _NUMBERED.fullmatch(path.stem)
    folder = _NUMBERED.fullmatch(path.parent.name)
    head = pack_of(path)
    meant = _Meant(
        variant=variant,
        language=language,
        position=int(numbered["number"]) if numbered else 1,
        folder=folder["name"].replace("-", " ").capitalize() if folder else "",
        pack=head.id if head is not None else "",
    )
    return _read(document, head, kinds, meant)


def loads(text: str, name: str, kinds: Kinds, variant: str = "", language: str = "") -> Level:
    """Read a level from its text; `name` stands for the file in messages. It is in no pack.

    Raises:
        ScalegameError: As `load`.
    """
    return _read(load_yaml(text, name), None, kinds, _Meant(variant, language))


def _read(document: Document, head: PackHead | None, kinds: Kinds, meant: _Meant) -> Level:
    data = document.data
    if not isinstance(data, dict):
        message = "this is not a level: a level is a mapping that begins with format: 1, id: … and title: …"
        raise ScalegameError("Not a level", message, document.place(()))
    try:
        current = dict(migrate(data))
    except ScalegameError as error:
        raise error.at(document.place(("format",), skipping=True)) from None
    put_in = filled(replace(document, data=current), meant.variant)
    try:
        document = with_profiles(put_in.document, head)
        return _level(_shape(document), document, kinds, meant)
    except ScalegameError as error:
        raise put_in.explained(error) from None


def _in_line(text: str) -> str:
    """Return a text without breaks and tabs: it is shown where there is one line."""
    return " ".join(text.split())


def _shape(document: Document) -> LevelShape:
    current = document.data
    assert isinstance(current, dict)
    found: list[ScalegameError] = []
    if "run" in current:
        message = "a run ends where measuring ends, so run is no key of its own: correct measure, and remove run"
        found.append(ScalegameError("Unknown key", message, document.place(("run",), key=True)))
    try:
        shape = LevelShape.model_validate({key: value for key, value in current.items() if key != "run"})
    except ValidationError as error:
        raise Problems([*found, *problems_of(error, LevelShape, document)], more=True) from None
    if found:
        raise Problems(found)
    return shape


def _level(shape: LevelShape, document: Document, kinds: Kinds, meant: _Meant) -> Level:
    source = Source(document)
    texts.check(shape, source)
    language = choose(meant.language, shape.language, shape.texts)
    shape = texts.spoken(shape, language)
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
    own = joined(shape.id, meant.variant)
    readable = len(objectives) == len(shape.objectives)
    level = Level(
        id=full_id(own, meant.pack),
        title=_in_line(shape.title),
        chapter=shape.chapter,
        chapter_title=_in_line(shape.chapter_title) or meant.folder,
        position=meant.position,
        difficulty=shape.difficulty,
        teaches=tuple(map(_in_line, shape.teaches)),
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
        own=own,
        pack=meant.pack,
        variant=meant.variant,
        variants=tuple(shape.variants),
        drawn=bool(shape.drawn),
        language=language,
        languages=(shape.language, *shape.texts),
        mechanism=_mechanism(shape, rulebook, source),
        accepts={name: _in_line(reason) for name, reason in shape.accepts.items()},
        outcomes=tuple(map(_in_line, shape.outcomes)),
        book=tuple(shape.book),
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


def _mechanism(shape: LevelShape, rulebook: Rulebook, source: Source) -> tuple[str, ...]:
    """What the level is about: names of what an edit can speak of."""
    cards = {card.id: card.kind for card in rulebook.found} | {i.name: i.kind for i in rulebook.palette.values()}
    whole = {"wires", *rulebook.projects, *rulebook.palette, *(i.kind for i in rulebook.palette.values())}
    parts = {f"{name}.{p.name}" for name, kind in cards.items() for p in rulebook.kinds[kind].parameters}
    for i, name in enumerate(shape.mechanism):
        if name in cards and name not in whole:
            message = f"{name} is on the board already: write what about it, as in {name}.replicas"
            source.problem("Bad mechanism", message, "mechanism", i)
        elif name not in whole and name not in parts:
            hint = nearest(name, whole | parts)
            message = f"no edit is about {quoted(name)}{hint} – write card.parameter, an item, a project or wires"
            source.problem("Bad mechanism", message, "mechanism", i)
    return tuple(dict.fromkeys(shape.mechanism))


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
