"""Parameters of how a card calls others, and of which calls it takes."""

from __future__ import annotations

from scalegame.design.kinds import about, choice, number, whole
from scalegame.design.model import Component
from scalegame.units import Dimension, show

_CALLS = (
    whole("retry.attempts", "How often it makes a call that fails, the first time included.", 1, 1, 20),
    choice("retry.policy", "How it waits before it tries again.", ("immediate", "fixed", "exponential")),
    number("retry.base", "The first wait before it tries again.", 0.1, Dimension.TIME, 1e-6, 3600.0),
    number("retry.cap", "The longest wait before it tries again.", 10.0, Dimension.TIME, 1e-6, 86_400.0),
    number("retry.jitter", "Share of the wait that is drawn at random.", 0.0, Dimension.RATIO, 0.0, 1.0),
    number(
        "retry.budget",
        "Tries after the first may be this share of its calls; none: as many as there are attempts.",
        None,
        Dimension.RATIO,
        0.0,
        1.0,
        optional=True,
    ),
    choice(
        "retry.cancel",
        "What becomes of work whose caller has stopped waiting: it is left to run, or cancelled by a message.",
        ("leave", "cancel"),
    ),
    choice(
        "key.kept",
        "Where it keeps idempotency keys: nowhere, in its own memory, or with the state that they protect.",
        ("none", "apart", "with state"),
    ),
    number("key.expiry", "How long a key is known.", 86_400.0, Dimension.TIME, 1e-3, 1e7),
)

_SHEDDING = (
    number(
        "shed.after",
        "A call that has waited this long for a thread is refused instead of served; none: all are served.",
        None,
        Dimension.TIME,
        1e-6,
        86_400.0,
        optional=True,
    ),
)

_THROTTLE = (
    number(
        "throttle.rate",
        "Calls a second that it lets in, and refuses the others; none: all.",
        None,
        Dimension.RATE,
        1e-3,
        1e6,
        optional=True,
    ),
    choice("throttle.per", "Whose rate that is: that of all callers together, or of each user.", ("all", "user")),
)


#: Of whoever calls others and may try again.
CALLS = about("calls", *_CALLS)
#: Of whoever has calls waiting for it.
SHEDDING = about("door", *_SHEDDING)
#: Of whoever has a door.
THROTTLE = about("door", *_THROTTLE)


def check_calls(component: Component) -> tuple[str, ...]:
    """Contradictions among these."""
    given, found = component.settings, []
    attempts = given.get("retry.attempts", 1)
    if given.get("retry.budget") is not None and attempts == 1:
        found.append("retry.budget limits retries, and there are none: set retry.attempts to 2 or more")
    base, cap = given.get("retry.base"), given.get("retry.cap")
    waits = attempts != 1 and given.get("retry.policy") != "immediate"
    if waits and isinstance(base, int | float) and isinstance(cap, int | float) and base > cap:
        found.append(
            f"the longest wait, retry.cap {show(cap, Dimension.TIME)}, is shorter than the first, retry.base"
            f" {show(base, Dimension.TIME)}"
        )
    if given.get("retry.cancel") == "cancel" and given.get("timeout") is None:
        found.append("retry.cancel cancels what took longer than its time-out, and it has none: set timeout")
    if given.get("throttle.per") == "user" and given.get("throttle.rate") is None:
        found.append("throttle.per says whose rate it is, and there is none: set throttle.rate")
    return tuple(found)
