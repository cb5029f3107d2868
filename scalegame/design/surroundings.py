"""The part of the language of edits that speaks of what surrounds a board: traffic, faults, goals, the window."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scalegame.errors import ScalegameError
from scalegame.units import whole

#: How each command is written, for help and for messages.
SURROUNDING: Mapping[str, str] = {
    "traffic": "traffic <name> <pattern or off> [timeout <time or none>] [retries <number or none>]",
    "fault": "fault at <time>: <id> crashes for <time>",
    "mend": "mend <number of a fault, or all>",
    "goal": "goal <sentence>, as in goal latency.p99 < 200 ms",
    "ungoal": "ungoal <number of a goal, or what it measures>",
    "measure": "measure <start> <end>, as in measure 10 s 60 s",
}

#: What workloads, items, places and projects can be called.
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")

_CLIENT = re.compile(r"(?<!\S)(timeout|retries)(?!\S)")
_MEASURE = re.compile(r"(?:from )?([0-9.]+ ?[a-z]+)(?: to|,)? ([0-9.]+ ?[a-z]+)")


@dataclass(frozen=True, slots=True)
class Traffic:
    """Say how often a workload asks, and how patient it is.

    Attributes:
        workload: Its name.
        arrivals: A pattern, clients who wait, or `off`; None in an edit: stays as it is.
        timeout: A time, or `none`; None: stays.
        retries: How many after the first attempt, with their back-off, or `none`; None: stays.
    """

    workload: str
    arrivals: str | None = None
    timeout: str | None = None
    retries: str | None = None


@dataclass(frozen=True, slots=True)
class Strike:
    """Let something go wrong during the run: `at 30 s: web crashes for 10 s`."""

    fault: str


@dataclass(frozen=True, slots=True)
class Mend:
    """Take a fault back: its number, its sentence, or `all`."""

    fault: str


@dataclass(frozen=True, slots=True)
class Goal:
    """Ask for something: `latency.p99 < 200 ms`. A goal for the same measurement is replaced."""

    goal: str


@dataclass(frozen=True, slots=True)
class Ungoal:
    """Ask for it no more: its number, what it measures, or its sentence."""

    goal: str


@dataclass(frozen=True, slots=True)
class Measure:
    """Say from when to when the run is measured."""

    start: str
    end: str


#: What changes the world around the board.
WorldEdit = Traffic | Strike | Mend | Goal | Ungoal | Measure


def write_world(edit: WorldEdit) -> str:
    """The line for an edit."""
    match edit:
        case Traffic(workload):
            return f"traffic {workload}{_traffic(edit, ' ')}"
        case Strike(fault):
            return f"fault {fault}"
        case Mend(fault):
            return f"mend {fault}"
        case Goal(goal):
            return f"goal {goal}"
        case Ungoal(goal):
            return f"ungoal {goal}"
        case Measure(start, end):
            return f"measure {start} {end}"


def describe_world(edit: WorldEdit) -> str:
    """An edit in the past tense, for the history."""
    match edit:
        case Traffic(workload):
            return f"set the traffic of {workload}:{_traffic(edit, ', ').removeprefix(',')}"
        case Strike(fault):
            return f"planned a fault: {fault}"
        case Mend(fault):
            numbered = f"mended fault {fault}" if whole(fault) is not None else f"mended: {fault}"
            return "mended every fault" if fault == "all" else numbered
        case Goal(goal):
            return f"set the goal {goal}"
        case Ungoal(goal):
            return f"dropped goal {goal}" if whole(goal) is not None else f"dropped the goal {goal}"
        case Measure(start, end):
            return f"measured from {start} to {end}"


def _traffic(edit: Traffic, between: str) -> str:
    arrivals = "" if edit.arrivals is None else f"{between}{edit.arrivals}"
    timeout = "" if edit.timeout is None else f"{between}timeout {edit.timeout}"
    return f"{arrivals}{timeout}" + ("" if edit.retries is None else f"{between}retries {edit.retries}")


def _read_traffic(rest: str) -> Traffic:
    head, *more = _CLIENT.split(rest)
    name, _, arrivals = head.strip().partition(" ")
    arrivals = arrivals.strip().strip("\"'").strip()
    given = {key: value.strip() for key, value in zip(more[::2], more[1::2], strict=True)}
    if len(given) < len(more) // 2 or "" in given.values() or not (arrivals or given) or not WORD.fullmatch(name):
        raise _form("traffic")
    return Traffic(name, arrivals or None, given.get("timeout"), given.get("retries"))


def _read_measure(rest: str) -> Measure:
    match = _MEASURE.fullmatch(rest)
    if match is None:
        raise _form("measure")
    return Measure(*match.groups())


def _plain(verb: str, text: str) -> str:
    """What stands behind a command that takes a sentence, perhaps in quotes."""
    plain = text.strip().strip("\"'").strip()
    if not plain:
        raise _form(verb)
    return plain


def ill_formed(verb: str, form: str) -> ScalegameError:
    """What is said of a command that is not complete."""
    return ScalegameError("Not a command", f"{verb} is written like this: {form}")


def _form(verb: str) -> ScalegameError:
    return ill_formed(verb, SURROUNDING[verb])


#: What reads what stands behind each command, or refuses it and says how it is written.
READERS: Mapping[str, Callable[[str], WorldEdit]] = {
    "traffic": _read_traffic,
    "fault": lambda rest: Strike(_plain("fault", rest)),
    "mend": lambda rest: Mend(_plain("mend", rest)),
    "goal": lambda rest: Goal(_plain("goal", rest)),
    "ungoal": lambda rest: Ungoal(_plain("ungoal", rest)),
    "measure": _read_measure,
}
