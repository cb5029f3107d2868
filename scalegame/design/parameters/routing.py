"""What can be set on whoever chooses among others: how deep it looks into a call, to whom it gives what."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from scalegame.design.distributions import Distribution, constant
from scalegame.design.kinds import Parameter, choice, named, number, spread, text, whole
from scalegame.design.model import Component
from scalegame.errors import ScalegameError, nearest, quoted
from scalegame.units import Dimension

MOST_RULES, MOST_WEIGHT = 20, 1000
_NAME = r"[A-Za-z][A-Za-z0-9_-]*"
_WEIGHT = re.compile(rf"(?P<id>{_NAME})\s+(?P<weight>\d{{1,6}})")
_RULE = re.compile(rf"(?P<what>{_NAME}(?:\s+{_NAME})?)\s*->\s*(?P<id>{_NAME})")


@dataclass(frozen=True, slots=True)
class Rule:
    """Which calls go where.

    Attributes:
        by: What it looks at: the verb (a write is a POST, anything else a GET), the group of the user, as a
            header would say it, or the operation.
        value: Calls of which that is so.
        target: Id of the card that they go to.
    """

    by: Literal["verb", "group", "operation"]
    value: str
    target: str

    def written(self) -> str:
        """As it is written: `group member -> gold`."""
        return f"{'group ' if self.by == 'group' else ''}{self.value} -> {self.target}"


def read_weights(written: str) -> dict[str, int]:
    """`big 2, small 1`: how many times as many calls each machine of a card gets; of those not named it is 1.

    Raises:
        ScalegameError: These are no weights; the message says what to write.
    """
    found: dict[str, int] = {}
    for piece in written.split(","):
        match = _WEIGHT.fullmatch(piece.strip())
        if match is None:
            raise _bad(f'{quoted(piece.strip())} is no weight: write "big 2, small 1"')
        weight = int(match["weight"])
        if not 1 <= weight <= MOST_WEIGHT:
            raise _bad(f"the weight of {match['id']} must be between 1 and {MOST_WEIGHT:,}")
        if match["id"] in found:
            raise _bad(f"{match['id']} has two weights: leave one out")
        found[match["id"]] = weight
    return found


def read_routes(written: str) -> tuple[Rule, ...]:
    """`POST -> writers, group member -> gold, look -> readers`: the first rule that fits a call is followed.

    Raises:
        ScalegameError: These are no rules; the message says what to write.
    """
    rules = []
    for piece in written.split(","):
        match = _RULE.fullmatch(piece.strip())
        if match is None:
            raise _bad(f'{quoted(piece.strip())} is no rule: write "POST -> writers, group member -> gold"')
        words = match["what"].split()
        if len(words) == 2 and words[0] != "group":
            raise _bad(
                f"a rule looks at POST, GET, a group or an operation, not at {words[0]}: write group {words[1]}"
            )
        by: Literal["verb", "group", "operation"] = (
            "group" if len(words) == 2 else "verb" if words[0] in ("POST", "GET") else "operation"
        )
        rules.append(Rule(by, words[-1], match["id"]))
    if len(rules) > MOST_RULES:
        raise _bad(f"there are {MOST_RULES} rules at most, not {len(rules)}")
    return tuple(rules)


def _bad(message: str) -> ScalegameError:
    return ScalegameError("Not a rule", message)


def _tidy_weights(written: str) -> str:
    return ", ".join(f"{id} {weight}" for id, weight in read_weights(written).items())


def _tidy_routes(written: str) -> str:
    return ", ".join(rule.written() for rule in read_routes(written))


#: Of whoever chooses.
ROUTING: tuple[Parameter, ...] = (
    choice(
        "layer",
        "How deep it looks: L4 sees connections, L7 also what is in a call and in its reply.",
        ("L4", "L7"),
    ),
    named("size", "The machine that it runs on; none: as many cores as it needs.", "sizes", None, optional=True),
    spread("work", "L7: what looking into a call takes of a core.", constant(0.0)),
    text("weights", 'For policy weighted, how many times as many calls: "big 2, small 1".', _tidy_weights),
    choice("hash.by", "For policy hash, what decides: who asks, or (L7) what it is about.", ("user", "key")),
    whole("hash.points", "Places of each machine on the hash ring.", 100, 1, 1000),
    text("routes", 'L7: which calls go where, "POST -> writers, group member -> gold".', _tidy_routes),
    choice("affinity", "L7: whether a user comes back to the machine that it had.", ("none", "user")),
    number(
        "slow_start", "Whoever comes in gets its full share after this time.", 0.0, Dimension.TIME, 0.0, 3600.0
    ),
    whole(
        "eject.after",
        "Calls in a row that fail at a machine until it gets none for a while; 0: never.",
        0,
        0,
        1000,
    ),
    number("eject.for", "How long that while is.", 30.0, Dimension.TIME, 0.001, 86_400.0),
)

ASKS = choice(
    "health_check.asks",
    "What a check looks for: that a process is there, or that it would take a call and do its work.",
    ("process", "work"),
)


def check(component: Component) -> tuple[str, ...]:
    """Contradictions among these."""
    given, found = component.settings, []
    if given.get("layer") == "L4":
        work = given.get("work")
        looks = {
            "work": isinstance(work, Distribution) and work.mean > 0,
            "routes": given.get("routes") is not None,
            "affinity": given.get("affinity") == "user",
            "hash.by": given.get("policy") == "hash" and given.get("hash.by") == "key",
        }
        for name in (name for name, needed in looks.items() if needed):
            found.append(f"{name} needs a look into calls, and it only sees connections: set layer=L7")
    if given.get("weights") is not None and given.get("policy") != "weighted":
        found.append("it has weights and does not look at them: set policy=weighted, or weights=none")
    if given.get("affinity") == "user" and given.get("policy") == "hash" and given.get("hash.by") == "user":
        found.append("policy hash by user brings a user back already: set affinity=none")
    return tuple(found)


def unknown_names(component: Component, wired: Collection[str], operations: Collection[str]) -> tuple[str, ...]:
    """Messages: weights and rules name cards to which no wire leads, or operations that nobody has."""
    weights, routes = component.settings.get("weights"), component.settings.get("routes")
    targets: list[tuple[str, str]] = []
    found = []
    if isinstance(weights, str):
        targets += [("weights", id) for id in read_weights(weights)]
    for rule in read_routes(routes) if isinstance(routes, str) else ():
        targets.append(("routes", rule.target))
        if rule.by == "operation" and rule.value not in operations:
            near = nearest(rule.value, sorted(operations))
            found.append(f"routes looks for {rule.value}, and no program has such an operation{near}")
    for setting, id in dict.fromkeys(targets):
        if id not in wired:
            found.append(f"{setting} names {id}, and no wire leads there{nearest(id, list(wired))}")
    return tuple(found)
