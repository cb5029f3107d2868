"""The world around a sandbox's board on the screen: what is in force, what dialogs offer (pure functions)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scalegame.design.conditions import Conditions
from scalegame.design.language import write
from scalegame.design.model import Board
from scalegame.design.rulebook import Rulebook
from scalegame.design.surroundings import Goal, Measure, Strike, Traffic
from scalegame.levels.faults import sufferings
from scalegame.simulation.patterns import write_pattern
from scalegame.simulation.scenario import Closed, Workload
from scalegame.tui.telling.words import plural

PATTERNS = (
    "off",
    *(f"{rate}/s" for rate in (1, 2, 5, 10, 20, 50, 100, 150, 200, 300, 400, 500, 700)),
    "constant 100/s",
    "100/s until 20 s, then 200/s",
    "ramp to 300/s until 60 s",
    "sine 50/s to 150/s every 30 s",
    "100/s, spike to 500/s at 30 s for 3 s",
    "20 clients, think {exponential: 1 s}",
    "100 clients, think {exponential: 1 s}",
)
TIMEOUTS = ("none", "100 ms", "200 ms", "500 ms", "1 s", "2 s", "5 s", "10 s", "30 s")
_BACKING_OFF = ("3 fixed 200 ms", "3 exponential 100 ms", "3 exponential 100 ms jitter 100 %")
RETRIES = ("none", "1", "2", "3", "5", *_BACKING_OFF, "3 budget 10 %")
TIMES = ("0 s", "5 s", "10 s", "15 s", "20 s", "25 s", "30 s", "40 s", "50 s", "60 s", "90 s", "120 s", "300 s")
LENGTHS = ("1 s", "2 s", "5 s", "10 s", "15 s", "20 s", "30 s", "the rest of the run")
_SLOWER = ("is 2 times slower", "is 5 times slower", "is 20 times slower")
EFFECTS = ("crashes", "dies", *_SLOWER)
LINK_EFFECTS = ("is cut", *_SLOWER, "loses 1 % of its messages", "loses 20 % of its messages")
PLACE_EFFECTS = ("fails", "dies", "is cut off")
#: Characters of a pattern for which one line has room.
_SHORT = 24
#: What a run can be judged by, with targets from strict to lax.
GOALS: Mapping[str, tuple[str, ...]] = {
    "availability": tuple(f">= {share} %" for share in ("99.99", "99.9", "99.5", "99", "98", "95", "90")),
    "latency.p50": tuple(f"< {time}" for time in ("5 ms", "10 ms", "20 ms", "50 ms", "100 ms", "500 ms")),
    "latency.p99": tuple(
        f"< {time}" for time in ("20 ms", "50 ms", "100 ms", "200 ms", "300 ms", "500 ms", "1 s", "2 s", "5 s")
    ),
    "completion.p99": tuple(f"< {time}" for time in ("100 ms", "500 ms", "1 s", "2 s", "5 s", "10 s", "30 s")),
    "goodput": tuple(f">= {rate}/s" for rate in (1000, 500, 300, 200, 100, 50, 20)),
    "unfinished": ("== 0", "<= 0.1 %", "<= 1 %", "<= 5 %"),
    "stale_reads": ("== 0", "<= 0.1 %", "<= 1 %", "<= 5 %"),
    "own_stale_reads": ("== 0", "<= 0.1 %", "<= 1 %", "<= 5 %"),
    "duplicates": ("== 0", "<= 0.01 %", "<= 0.1 %", "<= 1 %"),
    "lost": ("== 0", "<= 0.01 %", "<= 0.1 %", "<= 1 %"),
    "cost": tuple(f"<= ${price}/h" for price in ("0.20", "0.50", "1.00", "2.00", "5.00", "10.00")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a dialog lets people set.

    Attributes:
        id: Unique in its dialog.
        label: What is shown of it.
        values: What its arrows go through; anything can be typed.
        value: As it is.
        about: A sentence.
    """

    id: str
    label: str
    values: tuple[str, ...]
    value: str
    about: str = ""


def asks(workload: Workload) -> str:
    """How a workload asks, as players write it."""
    arrivals = workload.arrivals
    if isinstance(arrivals, Closed):
        return f"{plural(arrivals.clients, 'client')}, think {arrivals.think.show()}"
    return ("constant " if arrivals.process == "constant" else "") + write_pattern(arrivals.pieces)


def summary(conditions: Conditions, on_board: Iterable[str]) -> str:
    """Traffic and faults in force, on one line."""
    asking = set(on_board)
    pieces = [f"{t.workload} {_short(t.arrivals or '')}" for t in conditions.traffic if t.workload in asking]
    traffic = f"Traffic (T): {', '.join(pieces)}" if pieces else "Nobody asks yet: a adds shoppers"
    many = len(conditions.faults)
    faults = f"Faults (F): {'; '.join(conditions.faults[:1])}{f' and {many - 1} more' if many > 1 else ''}"
    return f"{traffic}   {faults if many else 'Faults (F): none'}"


def _short(pattern: str) -> str:
    """A pattern, or how it begins."""
    first, comma, _ = pattern.partition(",")
    return f"{first} …" if comma and len(pattern) > _SHORT else pattern


def senders(board: Board, rulebook: Rulebook) -> dict[str, str]:
    """Who is on the board and sends which workload: workload by id of the card."""
    return {
        card.id: str(card.settings["sends"]) for card in board if card.settings.get("sends") in rulebook.workloads
    }


def traffic_rows(conditions: Conditions, on_board: Iterable[str]) -> list[Row]:
    """Three rows a workload, those on the board first, and the window."""
    asking = set(on_board)
    rows = []
    for traffic in sorted(conditions.traffic, key=lambda t: t.workload not in asking):
        name = traffic.workload
        there = "" if name in asking else " It is not on the board yet."
        rows += [
            Row(f"{name} arrivals", name, PATTERNS, traffic.arrivals or "", f"How {name} ask.{there}"),
            Row(f"{name} timeout", "  timeout", TIMEOUTS, traffic.timeout or "", f"How long {name} wait.{there}"),
            Row(f"{name} retries", "  retries", RETRIES, traffic.retries or "", f"How often they retry.{there}"),
        ]
    if conditions.measure is not None:
        start, end = conditions.measure.start, conditions.measure.end
        rows += [
            Row("measure start", "measure from", TIMES, start, "What comes before is warming up."),
            Row("measure end", "measure to", TIMES[1:], end, "The run goes on until then, and a little longer."),
        ]
    return rows


def traffic_lines(rows: Iterable[Row], values: Mapping[str, str]) -> list[str]:
    """The edits that make the values shown; what did not change is left out."""
    changed: dict[str, dict[str, str]] = {}
    now = {row.id: values[row.id] for row in rows}
    for row in rows:
        if now[row.id] != row.value:
            name, _, what = row.id.rpartition(" ")
            changed.setdefault(name, {})[what] = now[row.id]
    lines = []
    if changed.pop("measure", None):
        # More traffic for a shorter time: neither the one nor the other first must be too much for a run.
        lines += [write(Traffic(name, "off")) for name, new in changed.items() if "arrivals" in new]
        lines.append(write(Measure(now["measure start"], now["measure end"])))
    lines += [
        write(Traffic(name, new.get("arrivals"), new.get("timeout"), new.get("retries")))
        for name, new in changed.items()
    ]
    return lines


def targets(board: Board, rulebook: Rulebook) -> tuple[str, ...]:
    """What can be struck: cards that answer, single machines of them, links between places."""
    found = []
    for card in board:
        if not rulebook.kinds[card.kind].roles:
            continue
        found.append(card.id)
        found += [f"{card.id}-{number}" for number in range(1, min(card.replicas, 9) + 1) if card.replicas > 1]
    places = sorted({card.at for card in board})
    pairs = [(a, b) for i, a in enumerate(places) for b in places[i + 1 :]]
    found += [f"{a} <-> {b}" for a, b in pairs]
    found += [way for a, b in pairs for way in (f"{a} -> {b}", f"{b} -> {a}")]
    found += [f"place {place}" for place in places]
    return tuple(found)


def fault_rows(board: Board, rulebook: Rulebook, selected: str) -> list[Row]:
    """What goes wrong, how, when, for how long."""
    known = targets(board, rulebook)
    first = selected if selected in known else known[0]
    return [
        Row("target", "what", known, first, "A card, one machine of it, a link, one way of it, or a whole place."),
        Row(
            "effect",
            "does",
            EFFECTS,
            EFFECTS[0],
            "Who crashes says so; who dies or pauses says nothing; who fails says no.",
        ),
        Row("at", "at", TIMES, "30 s", "When, from the start of the run."),
        Row("length", "for", LENGTHS, "10 s", "How long."),
    ]


def effects(target: str, board: Board, rulebook: Rulebook) -> tuple[str, ...]:
    """What can happen to a target."""
    if "->" in target:
        return LINK_EFFECTS
    if target.startswith("place "):
        return PLACE_EFFECTS
    id = target if target in board.components else target.rpartition("-")[0]
    if id not in board.components:
        return EFFECTS
    can = sufferings(rulebook.kinds[board.components[id].kind])
    more = [spelt for effect, spelt in (("pause", "pauses"), ("fails", "fails")) if effect in can]
    return (*EFFECTS, *more, *(("is not found",) if "not found" in can and id == target else ()))


def fault_line(values: Mapping[str, str]) -> str:
    """The edit that plans a fault."""
    lasts = "" if values["length"] == LENGTHS[-1] else f" for {values['length']}"
    return write(Strike(f"at {values['at']}: {values['target']} {values['effect']}{lasts}"))


def goal_rows(conditions: Conditions) -> list[Row]:
    """A row for each thing that a run can be judged by, and for each other goal in force."""
    now = {goal.partition(" ")[0]: goal.partition(" ")[2] for goal in conditions.goals}
    return [
        Row(subject, subject, ("–", *GOALS.get(subject, ())), now.get(subject, "–"), "– asks nothing of it.")
        for subject in dict.fromkeys((*now, *GOALS))
    ]


def goal_lines(rows: Iterable[Row], values: Mapping[str, str]) -> list[str]:
    """The edits that set the goals shown: the new ones first, so that there is always one."""
    changed = [row for row in rows if values[row.id] != row.value]
    lines = [write(Goal(f"{row.id} {values[row.id]}")) for row in changed if values[row.id] != "–"]
    return lines + [f"ungoal {row.id}" for row in changed if values[row.id] == "–"]
