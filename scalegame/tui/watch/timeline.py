"""A run as a list of what happened in it: alerts, faults, recoveries, the loss, bookmarks (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scalegame.simulation.recording import Event
from scalegame.tui.telling.words import clock
from scalegame.tui.watch.alerts import Alert
from scalegame.tui.watch.bookmarks import Bookmark
from scalegame.verdict.model import Stop

#: Kinds of entries, as they are written; the groups that a list can be narrowed to.
GROUPS = {
    "all": (),
    "alerts": ("page", "warning"),
    "faults": ("fault", "recovery", "info"),
    "bookmarks": ("bookmark",),
    "actions": ("action",),
}
#: An event of a recording by what it is called on the list.
_WORDS = {"alert": "warning", "fault": "fault", "recovery": "recovery", "order": "action"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on the list.

    Attributes:
        time: When it happened, simulated seconds.
        kind: "page" or "warning" (alerts), "fault", "recovery", "info", "lost", "bookmark", or "action" (of the
            player).
        text: One line.
        component: Id, or "".
        until: When an alert resolved, seconds; None: it did not, or there is nothing to resolve.
    """

    time: float
    kind: str
    text: str
    component: str = ""
    until: float | None = None

    def state(self, now: float) -> str:
        """How it stands at a moment: to come, firing since, resolved, or just past."""
        if self.time > now:
            return "to come"
        if self.kind not in GROUPS["alerts"]:
            return ""
        if self.until is None or now < self.until:
            return "FIRING"
        return f"resolved {clock(self.until)}"


def entries(
    events: Iterable[Event],
    alerts: Iterable[Alert],
    stop: Stop | None = None,
    bookmarks: Iterable[Bookmark] = (),
    actions: Iterable[Entry] = (),
) -> tuple[Entry, ...]:
    """Everything that happened, in order of time.

    Args:
        events: As recorded.
        alerts: Of the same run.
        stop: From when on the run was lost.
        bookmarks: The player's.
        actions: What the player did during the run.
    """
    found = [Entry(e.time, _WORDS.get(e.kind, "info"), e.text, e.component) for e in events]
    for alert in alerts:
        kind = "page" if alert.severity == "page" else "warning"
        text = f"{alert.text} ({alert.detail})" if alert.detail else alert.text
        found.append(Entry(alert.since, kind, text, alert.component, alert.until))
    if stop is not None:
        found.append(Entry(stop.time, "lost", stop.sentence))
    found += [Entry(mark.time, "bookmark", mark.name or "bookmark") for mark in bookmarks]
    return tuple(sorted([*found, *actions], key=lambda entry: entry.time))


def narrowed(found: Sequence[Entry], group: str) -> tuple[Entry, ...]:
    """The entries of a group of `GROUPS`."""
    kinds = GROUPS[group]
    return tuple(entry for entry in found if not kinds or entry.kind in kinds)


def as_text(found: Iterable[Entry], now: float) -> str:
    """The list as plain text, a line each."""
    rows = [f"{clock(e.time)}  {e.kind:<8}  {e.state(now):<14}  {e.text}".rstrip() for e in found]
    return "\n".join(rows)
