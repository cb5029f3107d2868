"""What an operator would notice in a run: the recorded events, and boxes that fill, empty and turn away."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from scalegame.simulation.recording import Event, Recording, Track

#: A box is full at this utilisation with somebody waiting, and no more below the second.
FULL, RELAXED = 0.97, 0.85
#: Seconds that a state must last to be told.
LASTING = 1.0


def happenings(recording: Recording) -> tuple[Event, ...]:
    """Everything worth a line, in order of time."""
    found = list(recording.events)
    for id, track in recording.components.items():
        found += _filling(id, track, recording)
        found += _turning_away(id, track, recording)
    return tuple(sorted(found, key=lambda event: event.time))


def _filling(id: str, track: Track, recording: Recording) -> list[Event]:
    """Each time a box becomes full, and each time it has caught up."""
    times, found = recording.times, []
    full, since = False, None
    for i, (busy, queue) in enumerate(zip(track.utilisation, track.queue, strict=True)):
        turned = (busy < RELAXED or queue == 0) if full else (busy >= FULL and queue > 0)
        if not turned:
            since = None
            continue
        since = i if since is None else since
        if times[i] - times[since] >= LASTING:
            full, since = not full, None
            text = f"{id} is full: {int(queue):,} waiting" if full else f"{id} has caught up"
            found.append(Event(float(times[i]), id, text, "alert" if full else "recovery"))
    return found


def _turning_away(id: str, track: Track, recording: Recording) -> list[Event]:
    """When a box begins to turn callers away, after at least five quiet seconds."""
    at = recording.times[np.flatnonzero(track.errors > 0)]
    starts = [float(at[0])] if len(at) else []
    starts += [float(b) for a, b in pairwise(at) if b - a > 5.0]
    return [Event(time, id, f"{id} turns callers away, or loses them", "alert") for time in starts]
