"""What can be set on machines that come and go by themselves: by what, how far, how fast, and when."""

from __future__ import annotations

import re

from scalegame.design.kinds import Parameter, choice, number, text, whole
from scalegame.design.model import Component
from scalegame.errors import ScalegameError, quoted
from scalegame.units import Dimension, parse, show, write

#: By what a card decides how many machines it has.
BY = ("none", "cpu", "queue", "latency", "schedule", "cpu and schedule")
MOST_ENTRIES = 20
_ENTRY = re.compile(r"at\s+(?P<time>[^:]+?)\s*:\s*(?P<count>\d{1,6})")


def read_schedule(written: str) -> tuple[tuple[float, int], ...]:
    """`at 40 s: 6, at 100 s: 2` as (seconds, machines), in order of time.

    Raises:
        ScalegameError: It is no schedule; the message says what to write.
    """
    entries: list[tuple[float, int]] = []
    for piece in written.split(","):
        match = _ENTRY.fullmatch(piece.strip())
        if match is None:
            raise _bad(f'{quoted(piece.strip())} is no entry of a schedule: write "at 40 s: 6, at 100 s: 2"')
        time, count = float(parse(match["time"], Dimension.TIME)), int(match["count"])
        if count < 1:
            raise _bad("a schedule leaves at least one machine")
        if entries and time <= entries[-1][0]:
            raise _bad(f"the times of a schedule go up, and {show(time, Dimension.TIME)} does not")
        entries.append((time, count))
    if len(entries) > MOST_ENTRIES:
        raise _bad(f"a schedule has {MOST_ENTRIES} entries at most, not {len(entries)}")
    return tuple(entries)


def _tidy(written: str) -> str:
    """A schedule as it is kept."""
    return ", ".join(f"at {write(time, Dimension.TIME)}: {count}" for time, count in read_schedule(written))


def _bad(message: str) -> ScalegameError:
    return ScalegameError("Not a schedule", message)


SCALING: tuple[Parameter, ...] = (
    choice("scaling.by", "What decides how many machines there are; none: nothing, there are `replicas`.", BY),
    number(
        "scaling.out_above",
        "By cpu: with more of its cores at work than this it adds machines.",
        0.70,
        Dimension.RATIO,
        0.01,
        1.0,
    ),
    number(
        "scaling.in_below",
        "By cpu: with fewer of its cores at work than this it takes machines away.",
        0.40,
        Dimension.RATIO,
        0.0,
        1.0,
    ),
    number(
        "scaling.queue",
        "By queue: with more waiting for each machine than this it adds some, with less than half it takes some.",
        10.0,
        Dimension.COUNT,
        0.01,
        1e6,
    ),
    number(
        "scaling.latency",
        "By latency: if a call takes longer in it than this it adds machines, under half of it it takes some.",
        0.5,
        Dimension.TIME,
        1e-6,
        3600.0,
    ),
    whole("scaling.least", "So many machines are always there.", 1, 1, 200),
    whole("scaling.most", "There are never more machines than this.", 10, 1, 200),
    whole(
        "scaling.step",
        "Machines that it adds or takes away at once; 0: as many as the measure asks for.",
        1,
        0,
        200,
    ),
    number("scaling.every", "How often it looks.", 10.0, Dimension.TIME, 0.1, 3600.0),
    number(
        "scaling.warm_up", "How long a new machine takes until it is in service.", 5.0, Dimension.TIME, 0.0, 3600.0
    ),
    number(
        "scaling.cool_down",
        "How long after a change it takes no machines away.",
        30.0,
        Dimension.TIME,
        0.0,
        3600.0,
    ),
    text(
        "scaling.schedule",
        'By schedule: from when there are how many, as in "at 40 s: 6, at 100 s: 2"; with cpu: at least so many.',
        _tidy,
        None,
    ),
)


def scales(component: Component) -> bool:
    """Whether a card's machines come and go by themselves."""
    return component.settings.get("scaling.by", "none") != "none"


def most_machines(component: Component) -> int:
    """How many machines of a card there can be at once."""
    most = component.settings.get("scaling.most")
    return max(component.replicas, most) if scales(component) and isinstance(most, int) else component.replicas


def told(component: Component) -> str:
    """By what a card's machines come and go, as in `by cpu, out over 70 %, in under 40 %`; "" if they stay."""
    settings = component.settings
    by = str(settings.get("scaling.by", "none"))
    names = {parameter.name: parameter for parameter in SCALING}

    def put(name: str) -> str:
        return names[f"scaling.{name}"].show(settings[f"scaling.{name}"])

    match by:
        case "none":
            return ""
        case "queue":
            marks = f", out over {put('queue')} waiting for each, in under half"
        case "latency":
            marks = f", out over {put('latency')}, in under half"
        case "schedule":
            marks = ""
        case _:
            marks = f", out over {put('out_above')}, in under {put('in_below')}"
    return f"by {by}{marks}, {put('least')} to {put('most')}"


def check(component: Component) -> tuple[str, ...]:
    """Contradictions between what is set."""
    settings, found = component.settings, []
    by, schedule = settings.get("scaling.by", "none"), settings.get("scaling.schedule")
    scheduled = by in ("schedule", "cpu and schedule")
    if scheduled and schedule is None:
        found.append('it scales by a schedule and has none: set scaling.schedule="at 40 s: 6, at 100 s: 2"')
    if schedule is not None and not scheduled:
        message = "it has a schedule and does not scale by it: set scaling.by=schedule, or scaling.schedule=none"
        found.append(message)
    if by == "none":
        return tuple(found)
    least, most = settings["scaling.least"], settings["scaling.most"]
    assert isinstance(least, int)
    assert isinstance(most, int)
    if least > most:
        found.append(f"it keeps at least {least} machines and at most {most}: swap them")
    elif not least <= component.replicas <= most:
        outside = f"outside of {least} to {most}: set replicas={least}"
        found.append(f"it starts with {component.replicas} machines, {outside}")
    low, high = settings["scaling.in_below"], settings["scaling.out_above"]
    assert isinstance(low, float)
    assert isinstance(high, float)
    if "cpu" in str(by) and low >= high:
        marks = f"{show(high, Dimension.RATIO)}, and takes them away below {show(low, Dimension.RATIO)}"
        found.append(f"it adds machines above {marks}: it would do both for ever")
    if scheduled and isinstance(schedule, str):
        for time, count in read_schedule(schedule):
            if not least <= count <= most:
                when = show(time, Dimension.TIME)
                found.append(f"its schedule wants {count} machines at {when}, outside of {least} to {most}")
                break
    return tuple(found)
