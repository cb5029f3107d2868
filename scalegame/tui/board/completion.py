"""How a typed line could go on: commands, ids, palette, parameters (pure functions)."""

from __future__ import annotations

from collections.abc import Iterable

from scalegame.design import edits
from scalegame.design.kinds import Type
from scalegame.design.model import Board
from scalegame.design.rulebook import Rulebook
from scalegame.errors import ScalegameError
from scalegame.tui.canvas.navigate import DIRECTIONS


def completions(text: str, board: Board, rulebook: Rulebook, commands: Iterable[str]) -> tuple[str, ...]:
    """Whole lines that begin with the text, the likeliest first."""
    head, space, last = text.rpartition(" ")
    if not head.strip():
        forms = [verb for verb in edits.FORMS if rulebook.freedom is not None or verb not in edits.WORLD]
        words: Iterable[str] = dict.fromkeys([*commands, *forms])
    else:
        words = _following(head.split(), board, rulebook)
    return tuple(f"{head}{space}{word}" for word in words if word.startswith(last) and word != last)


def _following(words: list[str], board: Board, rulebook: Rulebook) -> Iterable[str]:
    """What can come after complete words."""
    verb = edits.ALIASES.get(words[0], words[0])
    ids = list(board.components)
    match verb:
        case "add":
            return _after_add(words, rulebook)
        case "remove" | "edit":
            removable = [id for id in ids if verb == "edit" or id not in rulebook.fixed]
            return removable if len(words) == 1 else ()
        case "wire" | "rewire":
            return _after_wire(words, ids, board, rulebook)
        case "unwire":
            if len(words) == 1:
                return dict.fromkeys(wire.source for wire in board.wires)
            return board.targets(words[1]) if len(words) == 3 else ("->",)
        case "set":
            if len(words) == 1:
                return [id for id in ids if edits.adjustments(board.components[id], rulebook)]
            return _settings(words[1], board, rulebook)
        case "buy":
            return [p for p in rulebook.projects if p not in board.projects] if len(words) == 1 else ()
        case "return":
            return board.projects if len(words) == 1 else ()
        case "select":
            return ids if len(words) == 1 else ()
        case "mark" | "copy" | "move":
            more = {"mark": ["all", "none"], "copy": [], "move": list(DIRECTIONS)}[verb]
            return [word for word in (*ids, *more) if word not in words]
        case "scroll":
            return [*DIRECTIONS, "start", "end", *ids] if len(words) == 1 else ()
        case "diff":
            return ("found", "last", "off") if len(words) == 1 else ()
    if verb in edits.WORLD and rulebook.freedom is not None:
        return _of_the_world(verb, words, board, rulebook)
    return ()


def _after_add(words: list[str], rulebook: Rulebook) -> Iterable[str]:
    if len(words) == 1:
        return rulebook.palette
    item = rulebook.palette.get(words[1])
    if item is not None and words[-1] == "at":
        return item.places
    return [word for word in ("as", "at") if word not in words] if len(words) % 2 == 0 else ()


def _after_wire(words: list[str], ids: list[str], board: Board, rulebook: Rulebook) -> Iterable[str]:
    if len(words) == 1:
        return ids
    source = words[-2] if words[-1] == "->" else words[-1]
    arrow = () if words[-1] == "->" else ("->",)
    if words[0] == "rewire":
        return (*arrow, *(id for id in ids if id not in words))
    try:
        return (*arrow, *edits.legal_wires(board, source, rulebook))
    except ScalegameError:
        return (*arrow, *ids)


def _settings(id: str, board: Board, rulebook: Rulebook) -> Iterable[str]:
    """`name=value` for everything that can be changed about a card."""
    thing = board.components.get(id)
    if thing is None:
        return ()
    kind = rulebook.kinds[thing.kind]
    found = []
    for name, adjustment in edits.adjustments(thing, rulebook).items():
        parameter = kind.parameter(name)
        found.append(f"{name}=")
        values = adjustment.values or (parameter.choices if parameter.type is Type.CHOICE else ())
        found += [f"{name}={parameter.write(value)}" for value in values]
    return found


def _of_the_world(verb: str, words: list[str], board: Board, rulebook: Rulebook) -> Iterable[str]:
    """Traffic, faults and goals of the sandbox."""
    from scalegame.tui.board import surroundings

    now = board.conditions
    match verb, words[1:]:
        case "traffic", []:
            return [traffic.workload for traffic in now.traffic]
        case "traffic", [*_, "timeout"]:
            return surroundings.TIMEOUTS
        case "traffic", [*_, "retries"]:
            return surroundings.RETRIES
        case "traffic", [_]:
            return [*surroundings.PATTERNS, "timeout", "retries"]
        case "traffic", _:
            return [word for word in ("timeout", "retries") if word not in words]
        case "fault", []:
            return ("at", "from")
        case "fault", ["at"]:
            return [f"{time}:" for time in surroundings.TIMES]
        case "fault", ["from"]:
            return [f"{time} every" for time in surroundings.TIMES]
        case "fault", ["from", *_, "every"]:
            return [f"{time} on average:" for time in surroundings.TIMES[1:]]
        case "fault", ["at" | "from", *_, last] if last.endswith(":"):
            return surroundings.targets(board, rulebook)
        case "fault", ["at" | "from", *_, "place"]:
            return sorted({card.at for card in board})
        case "fault", ["at" | "from", *_, last] if words[-2].endswith(":") or words[-2] in ("place", "->", "<->"):
            several = words[-2:] if words[-2] == "place" else words[-3:]
            target = last if words[-2].endswith(":") else " ".join(several)
            return surroundings.effects(target, board, rulebook)
        case "fault", [
            *_,
            "crashes" | "dies" | "pauses" | "fails" | "restarts" | "cut" | "off" | "found" | "slower" | "messages",
        ]:
            return ("for",)
        case "fault", [*_, "for"]:
            return surroundings.LENGTHS[:-1]
        case "mend", []:
            return [*(str(number) for number in range(1, len(now.faults) + 1)), "all"]
        case "goal", []:
            return surroundings.GOALS
        case "goal", [subject]:
            return surroundings.GOALS.get(subject, ())
        case "ungoal", []:
            return [goal.partition(" ")[0] for goal in now.goals]
        case "measure", [] | [_, _]:
            return surroundings.TIMES
    return ()
