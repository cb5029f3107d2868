"""What completes a step of a guided level: a small closed set of conditions.

wired a -> b                 there is such a wire
added cache                  something made from that palette item is on the board
setting web.replicas >= 2    a parameter has such a value (>=, <= or ==)
selected web                 the player has selected that component
ran                          a run has ended since the step was shown
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from scalegame.design.kinds import Kind, Parameter
from scalegame.design.model import Board, Setting, Wire
from scalegame.design.rulebook import Rulebook
from scalegame.errors import ScalegameError, nearest, quoted

_WIRED = re.compile(r"wired (?P<a>\S+)\s*->\s*(?P<b>\S+)")
_SETTING = re.compile(r"setting (?P<id>[^\s.]+)\.(?P<name>\S+)\s*(?P<relation>>=|<=|==)\s*(?P<value>.+)")
_VERBS = ("wired", "added", "setting", "selected", "ran")


@dataclass(frozen=True, slots=True)
class Condition:
    """What completes a step.

    Attributes:
        verb: "wired", "added", "setting", "selected" or "ran".
        names: What it speaks of: both ends of a wire, a palette item, a component's id.
        parameter: Of a setting.
        relation: Of a setting.
        value: Of a setting, in base units.
    """

    verb: Literal["wired", "added", "setting", "selected", "ran"]
    names: tuple[str, ...] = ()
    parameter: str = ""
    relation: str = ""
    value: Setting = None

    def holds(self, board: Board, selected: str | None = None, ran: bool = False) -> bool:
        """Tell whether the step is completed.

        Args:
            board: As it is now.
            selected: Id of the component that the player has selected.
            ran: A run has ended since the step was shown.
        """
        match self.verb:
            case "wired":
                return Wire(*self.names) in board.wires
            case "added":
                return any(card.item == self.names[0] for card in board)
            case "selected":
                return selected == self.names[0]
            case "ran":
                return ran
            case "setting":
                card = board.components.get(self.names[0])
                return card is not None and _compares(card.settings.get(self.parameter), self.relation, self.value)


def parse_condition(text: str, rulebook: Rulebook) -> Condition:
    """Read a condition.

    Raises:
        ScalegameError: It is none, or names what there cannot be; the message says what to write.
    """
    words = " ".join(text.split())
    verb, _, rest = words.partition(" ")
    match verb:
        case "ran" if not rest:
            return Condition("ran")
        case "added" if rest and " " not in rest:
            if rest not in rulebook.palette:
                raise _bad(f"the palette has no {quoted(rest)}{nearest(rest, rulebook.palette)}")
            return Condition("added", (rest,))
        case "selected" if rest and " " not in rest:
            _part(rest, rulebook)
            return Condition("selected", (rest,))
    wired = _WIRED.fullmatch(words)
    if wired is not None:
        for id in (wired["a"], wired["b"]):
            _part(id, rulebook)
        return Condition("wired", (wired["a"], wired["b"]))
    setting = _SETTING.fullmatch(words)
    if setting is not None:
        parameter = _parameter(_part(setting["id"], rulebook), setting["name"])
        value = parameter.read(setting["value"], rulebook.names)
        if setting["relation"] != "==" and not isinstance(value, int | float):
            raise _bad(f'{parameter.name} is not a number: compare it with "=="')
        return Condition("setting", (setting["id"],), parameter.name, setting["relation"], value)
    raise _bad(
        f'{quoted(words)} is not a condition: write "wired a -> b", "added cache", '
        f'"setting web.replicas >= 2", "selected web" or "ran"{_guess(verb)}'
    )


def _guess(verb: str) -> str:
    hint = nearest(verb, _VERBS)
    return hint if "did you mean" in hint else ""


def _part(id: str, rulebook: Rulebook) -> Kind:
    """Return the kind of a component on the board, or of what the palette would add under its own name."""
    card = rulebook.found.components.get(id)
    if card is not None:
        return rulebook.kinds[card.kind]
    item = rulebook.palette.get(id)
    if item is not None:
        return rulebook.kinds[item.kind]
    known = [*rulebook.found.components, *rulebook.palette]
    raise _bad(f"neither board nor palette has {quoted(id)}{nearest(id, known)}")


def _parameter(kind: Kind, name: str) -> Parameter:
    return kind.parameter(name)


def _compares(value: Setting, relation: str, wanted: Setting) -> bool:
    if relation == "==":
        return value == wanted
    if not isinstance(value, int | float) or not isinstance(wanted, int | float):
        return False
    return value >= wanted if relation == ">=" else value <= wanted


def _bad(message: str) -> ScalegameError:
    return ScalegameError("Not a condition", message)
