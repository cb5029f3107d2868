"""What is there and plays no part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scalegame.design.rulebook import Adjustment
from scalegame.design.world import called, touched_by, walk
from scalegame.levels.lint.model import Finding, Looked
from scalegame.levels.model import Level
from scalegame.levels.slots import used_in
from scalegame.levels.yamltree import Data


def find(looked: Looked) -> Iterator[Finding]:
    """Yield what could be left out."""
    level, data = looked.level, looked.document.data
    assert isinstance(data, dict)
    mentioned = _mentioned(level)
    for key, what in (("sizes", "size"), ("data", "data set"), ("workloads", "workload"), ("programs", "program")):
        own = data.get(key)
        # What comes from a profile of the pack is there for all its levels.
        for name in own if isinstance(own, dict) else ():
            if name not in mentioned[key]:
                yield _finding(looked, what, name, "nothing refers to it", key, name)
    for i, place in enumerate(_strings(data.get("places"))):
        if place not in mentioned["places"]:
            yield looked.finding("unused", f"the place {place} is not used: leave it out", "places", i)
    yield from _operations(looked, data)
    yield from _untried(looked)
    yield from _variables(looked, data)


def _finding(looked: Looked, what: str, name: str, why: str, *loc: str | int) -> Finding:
    return looked.finding("unused", f"the {what} {name} is not used: {why} – leave it out", *loc, key=True)


def _strings(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _mentioned(level: Level) -> Mapping[str, set[str]]:
    """Return the names that something refers to, by the key under which they are declared."""
    book = level.rulebook
    found: dict[str, set[str]] = {key: set() for key in ("sizes", "data", "workloads", "programs", "places")}
    cards = [(c.kind, c.settings, book.adjust.get(c.id, {})) for c in level.found]
    cards += [(i.kind, i.settings, i.adjust) for i in book.palette.values()]
    for kind, settings, allowed in cards:
        for parameter in book.kinds[kind].parameters:
            if parameter.names in found:
                found[parameter.names] |= _values(settings.get(parameter.name), allowed.get(parameter.name))
    found["places"] |= {card.at for card in level.found}
    found["places"] |= {place for item in book.palette.values() for place in item.places}
    found["data"] |= {w.keys for w in level.workloads.values() if w.keys is not None}
    changed = [c.value for p in book.projects.values() for c in p.changes]
    operations = [op for p in book.programs.values() for op in p.operations.values()]
    operations += [value for value in changed if hasattr(value, "steps")]  # type: ignore[misc]
    for operation in operations:
        for step in walk(operation.steps):
            reads, writes = touched_by(step)
            found["data"] |= {*reads, *writes}
            found["data"] |= {v for v in _fields(step) if isinstance(v, str) and v in book.data}
    for value in changed:
        if isinstance(value, str):
            for names in ("sizes", "data", "programs"):
                found[names].add(value)
    return found


def _fields(step: object) -> list[object]:
    return [getattr(step, name) for name in getattr(step, "__slots__", ())]


def _values(value: object, allowed: Adjustment | None) -> set[str]:
    given = [value, *(allowed.values if allowed is not None else ())]
    return {part.strip() for each in given if isinstance(each, str) for part in each.split(",")}


def _operations(looked: Looked, data: dict[str, Data]) -> Iterator[Finding]:
    level = looked.level
    asked = {name for workload in level.workloads.values() for name in workload.operations}
    for workload in level.workloads.values():
        asked |= {str(v) for each in workload.operations.values() for v in _names(each)}
    programs = level.rulebook.programs
    projects = [c.value for p in level.rulebook.projects.values() for c in p.changes if hasattr(c.value, "steps")]
    bodies = [op for p in programs.values() for op in p.operations.values()] + projects
    calls = {(p, o) for op in bodies for step in walk(op.steps) for p, o, _ in called(step)}
    own = data.get("programs")
    for program in own if isinstance(own, dict) else ():
        for name in programs[program].operations if program in programs else ():
            if name not in asked and (program, name) not in calls:
                why = "no workload asks for it, and no program calls it"
                yield _finding(looked, "operation", f"{program}.{name}", why, "programs", program, name)


def _names(asked: object) -> Iterator[object]:
    """Yield what follows an operation, in words."""
    then = getattr(asked, "then", None)
    yield from (getattr(then, name) for name in getattr(then, "__slots__", ()))


def _untried(looked: Looked) -> Iterator[Finding]:
    level = looked.level
    if not level.attempts:
        return
    tried = {name for attempt in level.attempts for name in looked.used(attempt)}
    for key, names in (("palette", level.rulebook.palette), ("projects", level.rulebook.projects)):
        for name in names:
            if name not in tried:
                message = f"no attempt tries {name}: write one, so that it is known what it does, or leave it out"
                yield looked.finding("unused", message, key, name, key=True)


def _variables(looked: Looked, data: dict[str, Data]) -> Iterator[Finding]:
    declared = data.get("variables")
    used = used_in(data)
    for name in declared if isinstance(declared, dict) else ():
        if name not in used:
            yield _finding(looked, "variable", name, f"${{{name}}} is nowhere", "variables", name)
