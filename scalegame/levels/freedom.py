"""What the sentences mean by which players set the world around a board: traffic, faults, goals, the window."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from scalegame.design.conditions import Conditions
from scalegame.design.kinds import Kinds, spread
from scalegame.design.model import Board
from scalegame.design.surroundings import Measure, Traffic
from scalegame.design.world import Program
from scalegame.errors import ScalegameError, quoted
from scalegame.levels.bounds import MOST_REQUESTS, asked_for_each, excesses
from scalegame.levels.faults import parse_fault, sufferings
from scalegame.levels.world import LONGEST_RUN
from scalegame.simulation.patterns import held_from, parse_pattern
from scalegame.simulation.scenario import Closed, Fault, Open, Retries, Window, Workload
from scalegame.units import Dimension, parse, write
from scalegame.verdict.model import Objective
from scalegame.verdict.objectives import parse as parse_objective

OFF = "off"
NONE = "none"

_CLIENTS = re.compile(
    r"(?P<clients>[0-9]{1,6}) clients?(?:,? think (?P<think>.+?))?(?:,? pause (?P<pause>[^,]+))?"
)
_RETRIES = re.compile(
    r"(?P<count>[0-9]{1,4})(?: (?P<policy>immediate|fixed|exponential)(?: (?P<base>[0-9.]+ ?[a-zµ]+))?"
    r"(?: up to (?P<cap>[0-9.]+ ?[a-zµ]+))?(?: jitter (?P<jitter>[0-9.]+ ?%))?)?"
    r"(?: budget (?P<budget>[0-9.]+ ?%))?"
)
_MOST_CLIENTS = 20_000
_MOST_RETRIES = 99
_THINK = spread("think", "Time between a reply and the next request.")
_ARRIVALS = (
    'write it like "200/s", "60/s until 10 s, then 150/s", "constant 50/s", "20 clients, think 1 s", or off'
)


@dataclass(frozen=True, slots=True)
class OpenWorld:
    """A level's world, as far as players set it (`scalegame.design.conditions.Freedom`).

    Attributes:
        asking: The workloads with everything that players leave alone: users, operations, keys.
        programs: Software, which says how fast clients who wait could ask.
        places: Names of places, for faults of links.
        grace: How long after the window a request may still take, seconds.
        kinds: Of component: they say what can happen to a card.
    """

    asking: Mapping[str, Workload]
    programs: Mapping[str, Program]
    places: tuple[str, ...]
    grace: float
    kinds: Kinds

    # What stands on a board, for a run

    def window(self, conditions: Conditions) -> Window:
        """When the run is measured."""
        assert conditions.measure is not None
        start, end = _times(conditions.measure)
        return Window(start, end, self.grace)

    def workloads(self, conditions: Conditions) -> dict[str, Workload]:
        """Everybody who may ask, with the traffic in force."""
        end = self.window(conditions).end
        return {
            traffic.workload: replace(
                self.asking[traffic.workload],
                arrivals=_arrivals(traffic.arrivals or OFF, end),
                timeout=_timeout(traffic.timeout or NONE),
                retries=_retries(traffic.retries or NONE),
            )
            for traffic in conditions.traffic
        }

    def fault(self, text: str, board: Board) -> Fault:
        """A fault on a board.

        Raises:
            ScalegameError: It means nothing there, or strikes when the run is over.
        """
        return _fault(text, self._sufferers(board), self.places, self.window(board.conditions).end)

    def objective(self, text: str) -> Objective:
        """A goal.

        Raises:
            ScalegameError: It means nothing.
        """
        operations = list(dict.fromkeys(op for workload in self.asking.values() for op in workload.operations))
        return parse_objective(text, self.asking, operations)

    # Sentences in the one way they are written

    def tidy_traffic(self, traffic: Traffic) -> Traffic:
        """A workload's traffic with every sentence checked; patterns stay as they were typed.

        Raises:
            ScalegameError: A sentence means nothing.
        """
        arrivals = " ".join((traffic.arrivals or OFF).split())
        timeout = _timeout(traffic.timeout or NONE)
        _arrivals(arrivals, LONGEST_RUN)
        return Traffic(
            traffic.workload,
            arrivals,
            NONE if timeout is None else write(timeout, Dimension.TIME),
            _written(_retries(traffic.retries or NONE)),
        )

    def tidy_fault(self, text: str, board: Board) -> tuple[float, str]:
        """When a fault strikes, and its sentence.

        Raises:
            ScalegameError: As `fault`.
        """
        fault = self.fault(text, board)
        return fault.at, sentence(fault)

    def tidy_goal(self, text: str) -> str:
        """A goal's sentence.

        Raises:
            ScalegameError: As `objective`.
        """
        return self.objective(text).text

    def tidy_window(self, measure: Measure) -> Measure:
        """A window's times.

        Raises:
            ScalegameError: It ends before it begins, or the run would be too long.
        """
        start, end = _times(measure)
        longest = LONGEST_RUN - self.grace
        if start >= end:
            raise _bad("Bad window", "measuring must end after it begins: write measure 10 s 60 s")
        if end > longest:
            most = write(longest, Dimension.TIME)
            raise _bad("Bad window", f"measuring ends at {most} at the latest: write measure 10 s {most}")
        return Measure(write(start, Dimension.TIME), write(end, Dimension.TIME))

    def sent(self, board: Board) -> dict[str, Workload]:
        """The traffic in force of those who stand on the board: nobody else asks."""
        there = {str(card.settings.get("sends")) for card in board}
        return {name: asks for name, asks in self.workloads(board.conditions).items() if name in there}

    def check(self, board: Board) -> None:
        """Refuses faults after the end, and more requests than a run may take.

        Raises:
            ScalegameError: The message says what to write instead.
        """
        conditions = board.conditions
        window = self.window(conditions)
        for number, text in enumerate(conditions.faults, 1):
            at = _fault(text, self._sufferers(board), self.places, math.inf).at
            if at >= window.end:
                raise _bad("Too late", f"then the run would be over before a fault ({text}): first mend {number}")
        for name, message in excesses(self.sent(board), self.programs, window):
            raise _bad("Too many requests", f"{message}{self._cure(name, board)}")

    def _sufferers(self, board: Board) -> frozenset[tuple[str, frozenset[str]]]:
        """The cards on a board, each with what can happen to it."""
        return frozenset((card.id, sufferings(self.kinds[card.kind])) for card in board)

    def _cure(self, name: str, board: Board) -> str:
        """What to write instead of traffic or a window that asks too much."""
        conditions = board.conditions
        workloads, window = self.sent(board), self.window(conditions)
        workload = workloads[name]
        if not isinstance(workload.arrivals, Open):
            return f": write traffic {name} {max(1, workload.arrivals.clients // 10)} clients, think 1 s"
        seconds = window.end + window.grace
        others = {other: w for other, w in workloads.items() if other != name}
        free = MOST_REQUESTS - sum(_expected(w, seconds) for w in others.values() if isinstance(w.arrivals, Open))
        rate = math.floor(free / seconds / asked_for_each(workload))
        off = [other for other, w in others.items() if isinstance(w.arrivals, Open) and _expected(w, seconds) > 0]
        more = f", or traffic {off[0]} off if you can do without" if off else ""
        if rate >= 1:
            return f": write traffic {name} {rate}/s{more}"
        start = write(window.start, Dimension.TIME)
        fits, too_long = 0, math.ceil(window.end)
        while too_long - fits > 1:
            end = (fits + too_long) // 2
            shorter = replace(conditions, measure=Measure(start, f"{end} s"))
            asked = next(
                excesses(self.sent(replace(board, conditions=shorter)), self.programs, self.window(shorter)), None
            )
            fits, too_long = (end, too_long) if asked is None else (fits, end)
        return f": write measure {start} {fits} s{more}" if fits > window.start else f": write traffic {name} off"


@lru_cache(maxsize=4096)
def _fault(
    text: str, components: frozenset[tuple[str, frozenset[str]]], places: tuple[str, ...], end: float
) -> Fault:
    # A board with many faults reads each of them at every step.
    return parse_fault(text, dict(sorted(components, key=lambda known: known[0])), places, end)


def _expected(workload: Workload, seconds: float) -> float:
    from scalegame.simulation.arrivals import expected_count

    assert isinstance(workload.arrivals, Open)
    return expected_count(workload.arrivals.pieces, seconds) * asked_for_each(workload)


@lru_cache(maxsize=4096)
def sentence(fault: Fault) -> str:
    """A fault as `parse_fault` reads it back, to the last digit."""
    return fault.told(write)


@lru_cache(maxsize=256)
def _times(measure: Measure) -> tuple[float, float]:
    return parse(measure.start, Dimension.TIME), parse(measure.end, Dimension.TIME)


def _arrivals(text: str, end: float) -> Open | Closed:
    """How requests come, up to the end of the window, and at the last rate from then on.

    Raises:
        ScalegameError: The text means nothing.
    """
    if text.lower() == OFF:
        return Open("poisson", parse_pattern("0/s"))
    match = _CLIENTS.fullmatch(text)
    if match is not None:
        return _waiting(match)
    word, _, rest = text.partition(" ")
    process = "constant" if word.lower() == "constant" else "poisson"
    pattern = rest if word.lower() in ("constant", "poisson") else text
    try:
        pieces = held_from(parse_pattern(pattern), end)
    except ScalegameError as error:
        raise _bad(error.title, f"{error.message} ({_ARRIVALS})") from None
    return Open("constant" if process == "constant" else "poisson", pieces)


def _waiting(match: re.Match[str]) -> Closed:
    clients = int(match["clients"])
    if not 1 <= clients <= _MOST_CLIENTS:
        raise _bad("Out of range", f"there can be 1 to {_MOST_CLIENTS:,} clients, not {clients:,}")
    if match["think"] is None:
        raise _bad("Bad arrivals", f"clients need a time to think: write {clients} clients, think 1 s")
    think = match["think"].strip()
    # `think exponential 1 s` is how people say `{exponential: 1 s}`.
    word, _, rest = think.partition(" ")
    distribution = _THINK.read(f"{{{word}: {rest}}}" if word.isalpha() and rest else think, {})
    pause = 1.0 if match["pause"] is None else parse(match["pause"], Dimension.TIME)
    return Closed(clients, distribution, pause)  # type: ignore[arg-type]


def _timeout(text: str) -> float | None:
    if text.lower() == NONE:
        return None
    seconds = parse(text, Dimension.TIME)
    if seconds == 0:
        raise _bad("Bad time-out", "nobody answers in no time: write timeout none to wait for ever")
    return seconds


def _retries(text: str) -> Retries:
    """How often and when is tried again: `none`, `3`, `3 exponential 100 ms up to 5 s jitter 50 % budget 10 %`."""
    if text.lower() == NONE:
        return Retries()
    match = _RETRIES.fullmatch(text)
    if match is None:
        raise _bad(
            "Bad retries",
            f"{quoted(text)} does not say how often to try again: write retries 3, "
            "retries 3 exponential 100 ms jitter 50 %, retries 3 budget 10 %, or retries none",
        )
    if int(match["count"]) > _MOST_RETRIES:
        raise _bad("Bad retries", f"there can be {_MOST_RETRIES} retries at most, not {match['count']}")
    policy = match["policy"] or "immediate"
    base = parse(match["base"], Dimension.TIME) if match["base"] else 0.0
    cap = parse(match["cap"], Dimension.TIME) if match["cap"] else max(60.0, base)
    jitter = parse(match["jitter"], Dimension.RATIO) if match["jitter"] else 0.0
    budget = parse(match["budget"], Dimension.RATIO) if match["budget"] else None
    if budget is not None and budget > 1:
        raise _bad("Bad retries", f"a budget is a share of the requests, at most 100 %, not {match['budget']}")
    if (policy == "immediate") != (base == 0):
        raise _bad("Bad retries", f"{policy} back-off: write retries {match['count']} exponential 100 ms")
    if cap < base:
        raise _bad("Bad retries", "the longest wait is shorter than the first")
    if int(match["count"]) == 0:
        return Retries()
    return Retries(int(match["count"]) + 1, policy, base, cap, jitter, budget)  # type: ignore[arg-type]


def _written(retries: Retries) -> str:
    if retries.attempts == 1:
        return NONE
    budget = "" if retries.budget is None else f" budget {write(retries.budget, Dimension.RATIO)}"
    if retries.policy == "immediate":
        return f"{retries.attempts - 1}{budget}"
    text = f"{retries.attempts - 1} {retries.policy} {write(retries.base, Dimension.TIME)}"
    if retries.cap != max(60.0, retries.base):
        text += f" up to {write(retries.cap, Dimension.TIME)}"
    return text + (f" jitter {write(retries.jitter, Dimension.RATIO)}" if retries.jitter else "") + budget


def traffic_of(workload: Workload, written: str) -> Traffic:
    """What a workload of a level file says, as players write it.

    Args:
        workload: As it was read.
        written: How its arrivals are written.
    """
    timeout = NONE if workload.timeout is None else write(workload.timeout, Dimension.TIME)
    return Traffic(workload.name, written, timeout, _written(workload.retries))


def _bad(title: str, message: str) -> ScalegameError:
    return ScalegameError(title, message)
