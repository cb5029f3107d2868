"""What can be set about the memory of a service: what calls take, and what happens when there is none left."""

from __future__ import annotations

from collections.abc import Mapping

from scalegame.design.distributions import constant
from scalegame.design.kinds import Parameter, about, number, spread
from scalegame.design.model import Component
from scalegame.design.world import Size
from scalegame.units import Dimension, show

_ALL = (
    number(
        "memory.per_call",
        "Memory that each call takes while it is inside, waiting for a thread or not; 0: it is not counted.",
        0.0,
        Dimension.SIZE,
        0.0,
        1e12,
    ),
    number("memory.base", "Memory that is taken before the first call comes.", 0.0, Dimension.SIZE, 0.0, 1e12),
    number(
        "memory.restart",
        "How long a machine is away that has run out of memory.",
        10.0,
        Dimension.TIME,
        0.001,
        86_400.0,
    ),
    number(
        "collect.every",
        "Everything stands still for a collection whenever calls have taken so much; none: never.",
        None,
        Dimension.SIZE,
        1.0,
        1e15,
        optional=True,
    ),
    spread("collect.pause", "How long a collection takes.", constant(0.05)),
)
MEMORY: tuple[Parameter, ...] = about("memory", *_ALL)


def room(component: Component, size: Size) -> float:
    """Memory that is left for calls, bytes; negative if not even the threads fit."""
    settings = component.settings
    values = [settings[name] for name in ("threads", "memory_per_thread", "memory.base")]
    threads, each, base = (float(v) if isinstance(v, int | float) else 0.0 for v in values)
    return size.memory - base - threads * each


def check(component: Component, sizes: Mapping[str, Size]) -> tuple[str, ...]:
    """Contradictions: what is there at the start must fit, with room for a call; only calls make garbage."""
    settings, size = component.settings, sizes[str(component.settings["size"])]
    threads, each, base = settings["threads"], settings["memory_per_thread"], settings["memory.base"]
    call, every = settings["memory.per_call"], settings["collect.every"]
    assert isinstance(threads, int)
    assert isinstance(each, int | float)
    assert isinstance(base, int | float)
    assert isinstance(call, int | float)
    left, found = room(component, size), []
    if left < 0:
        stacks = f"{threads} threads of {show(each, Dimension.SIZE)}"
        besides = f" and {show(base, Dimension.SIZE)} besides" if base else ""
        found.append(
            f"{stacks}{besides} need {show(threads * each + base, Dimension.SIZE)}, and a {size.name} machine has"
            f" {show(size.memory, Dimension.SIZE)}: fewer threads, or a bigger machine"
        )
    elif left < call:
        found.append(
            f"threads and base leave {show(left, Dimension.SIZE)} of a {size.name} machine, and a call takes"
            f" {show(call, Dimension.SIZE)}: not one fits; fewer threads, or a bigger machine"
        )
    if every is not None and not call:
        found.append("collect.every is set, and calls take no memory: set memory.per_call, or collect.every=none")
    return tuple(found)
