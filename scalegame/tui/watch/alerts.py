"""Alerts as an operator would get them: rules over a recording that fire after lasting, and resolve (pure).

A rule watches one condition. It fires when the condition has held for a while, and resolves when it has been
clear for a while, so that a flicker wakes nobody. A *page* says that users suffer (an objective is missed right
now, or a part is down); a *warning* says what may be its cause (a part is full, its backlog grows, it turns
calls away, its copies lag).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scalegame.simulation.recording import Floats, Recording
from scalegame.simulation.scenario import Window
from scalegame.tui.watch.alert_objectives import of_objectives
from scalegame.tui.watch.alert_rules import Own, Rule, Severity, of_own_figure, of_part
from scalegame.verdict.model import Objective


@dataclass(frozen=True, slots=True)
class Alert:
    """One time that a rule fired.

    Attributes:
        rule: Which: "down", "replicas", "full", "backlog", "refusing", "behind", "latency", "errors", …
        severity: "page" or "warn".
        component: Id, or "" where it speaks of the whole.
        text: The rule, for people: "web is full", "latency.p99 above 500 ms for 5 s".
        began: The condition holds since, seconds.
        since: It fires since, seconds.
        until: It has resolved, seconds; None: it still fires at the end of the run.
        detail: What was measured as it fired: "812 waiting", or "".
        relief: How to say that it has resolved.
    """

    rule: str
    severity: Severity
    component: str
    text: str
    began: float
    since: float
    until: float | None
    detail: str = ""
    relief: str = ""

    def firing(self, time: float) -> bool:
        """Whether it fires at a moment (seconds)."""
        return self.since <= time and (self.until is None or time < self.until)


def alerts(
    recording: Recording,
    objectives: Sequence[Objective] = (),
    window: Window | None = None,
    own: Mapping[str, Own] | None = None,
) -> tuple[Alert, ...]:
    """Every alert of a run, in the order in which they fire.

    Args:
        recording: Of the run.
        objectives: The level's; each is watched over the last few seconds.
        window: When the run is measured; needed for objectives.
        own: By component id, what its kind's own figure is (`Kind.own`).
    """
    rules: list[Rule] = []
    for id, track in recording.components.items():
        rules += of_part(id, track, recording.times)
        rules += of_own_figure(id, track, (own or {}).get(id))
    if window is not None:
        rules += of_objectives(objectives, recording, window)
    found = [alert for rule in rules if rule.on.any() for alert in _fired(rule, recording.times)]
    return tuple(sorted(found, key=lambda alert: (alert.since, alert.severity != "page")))


def firing(found: Sequence[Alert], time: float) -> tuple[Alert, ...]:
    """Alerts that fire at a moment (seconds): pages first, then the latest first."""
    now = [alert for alert in found if alert.firing(time)]
    return tuple(sorted(now, key=lambda alert: (alert.severity != "page", -alert.since)))


def _fired(rule: Rule, times: Floats) -> Iterator[Alert]:
    """The times that a rule fires, tick by tick."""
    began = clear = None
    alert: tuple[int, int] | None = None
    for tick in range(len(times)):
        if alert is None:
            began = None if not rule.on[tick] else tick if began is None else began
            if began is not None and times[tick] - times[began] >= rule.lasting - 1e-9:
                alert, clear = (began, tick), None
        else:
            clear = None if not rule.off[tick] else tick if clear is None else clear
            if clear is not None and times[tick] - times[clear] >= rule.quiet - 1e-9:
                yield _alert(rule, times, alert, float(times[tick]))
                alert = began = None
    if alert is not None:
        yield _alert(rule, times, alert, None)


def _alert(rule: Rule, times: Floats, ticks: tuple[int, int], until: float | None) -> Alert:
    began, fired = ticks
    return Alert(
        rule.name,
        rule.severity,
        rule.component,
        rule.text,
        float(times[began]),
        float(times[fired]),
        until,
        rule.detail(fired),
        rule.relief,
    )
