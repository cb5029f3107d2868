"""What can be set on everything that has cores: in which order they work, and what a switch costs."""

from __future__ import annotations

from typing import Literal

from scalegame.design.kinds import Parameter, about, choice, number
from scalegame.design.model import Component
from scalegame.units import Dimension, show

Order = Literal["first come", "last come", "priority", "shared"]
#: In which order cores can take up work.
ORDERS: tuple[Order, ...] = ("first come", "last come", "priority", "shared")

_ALL = (
    choice("cores.order", "Whose work a core takes up next; shared: all are worked on at once.", ORDERS),
    number(
        "switch.cost",
        "What a core loses whenever it turns to another call; needs cores that are shared.",
        0.0,
        Dimension.TIME,
        0.0,
        0.001,
    ),
)
NODE: tuple[Parameter, ...] = about("cores", *_ALL)


def check(component: Component) -> tuple[str, ...]:
    """Contradictions: a switch can only cost something where cores turn from one call to another."""
    order, cost = component.settings["cores.order"], component.settings["switch.cost"]
    if not cost or order == "shared":
        return ()
    assert isinstance(cost, float)
    return (
        f"a switch costs {show(cost, Dimension.TIME)}, and cores that work {order} never switch: set"
        " cores.order=shared, or switch.cost=0",
    )
