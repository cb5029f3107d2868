"""What an operator would notice in a run, in order of time: recorded events, and alerts that fire and resolve."""

from __future__ import annotations

from collections.abc import Sequence

from scalegame.simulation.recording import Event, Recording
from scalegame.tui.watch.alerts import Alert, alerts


def happenings(recording: Recording, fired: Sequence[Alert] | None = None) -> tuple[Event, ...]:
    """Everything worth a line, in order of time.

    Args:
        recording: Of the run.
        fired: Its alerts; None: those that need nothing but the recording.
    """
    found = list(recording.events)
    for alert in alerts(recording) if fired is None else fired:
        text = f"{alert.text}: {alert.detail}" if alert.detail else alert.text
        found.append(Event(alert.since, alert.component, text, "alert"))
        if alert.until is not None:
            found.append(Event(alert.until, alert.component, alert.relief, "recovery"))
    return tuple(sorted(found, key=lambda event: event.time))
