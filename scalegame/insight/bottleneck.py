"""Where a run's waiting comes from: the pool that everybody in the end waits for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scalegame.simulation.recording import Recording
from scalegame.simulation.result import PoolResult, RunResult
from scalegame.simulation.scenario import Scenario

#: Cores busier than this while people wait are what they wait for.
SATURATED = 0.9
#: A card further down that is at least this busy, or holds this share of the waiting, is suspected.
SUSPECT = 0.85
SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """What limits the run.

    Attributes:
        component: Id of the card that limits it.
        pool: Which of its pools.
        crowd: Id of the card before which most of the waiting happens; the same, or a caller whose threads
            are held by calls that wait for `component`.
        waiting: Seconds of waiting in the window, over the whole board.
    """

    component: str
    pool: PoolResult
    crowd: str
    waiting: float


def bottleneck(scenario: Scenario, result: RunResult, recording: Recording) -> Bottleneck | None:
    """The bottleneck of a run; None if nothing on the board has a pool.

    It starts at the pool with most of the waiting. Cores are to blame themselves. Threads and connections are
    only held: if the card's own cores are not saturated, the blame goes on to whom most of its calls wait for
    (the card further down with most calls inside), if that is busy or has a queue, and stays where it is not.
    Where nobody waits, it is the pool that is busiest: the one that would be next.
    """
    pools = [(id, pool) for id, card in result.components.items() for pool in card.pools]
    if not pools:
        return None
    waiting = sum(pool.wait_total for _, pool in pools)
    if waiting <= 0:
        id, pool = max(pools, key=lambda pair: pair[1].utilisation)
        return Bottleneck(id, pool, id, 0.0)
    crowd, pool = max(pools, key=lambda pair: pair[1].wait_total)
    id, seen = crowd, {crowd}
    while pool.name != "cores":
        own = named(result, id, "cores")
        if own is not None and pressure(id, result, recording) >= SATURATED:
            pool = own
            break
        onward = _suspect(id, scenario, result, recording, waiting, seen)
        if onward is None:
            break
        id, pool = onward
    return Bottleneck(id, pool, crowd, waiting)


def named(result: RunResult, id: str, pool: str) -> PoolResult | None:
    """A card's pool of that name."""
    return next((p for p in result.components[id].pools if p.name == pool), None)


def before(id: str, scenario: Scenario) -> list[str]:
    """Every card from which calls come to this one, directly or not."""
    found, line = [], [id]
    while line:
        for source in scenario.board.sources(line.pop()):
            if source not in found and source != id:
                found.append(source)
                line.append(source)
    return found


def pressure(id: str, result: RunResult, recording: Recording) -> float:
    """Utilisation of a card's first pool while the board is crowded, 0 to 1, of the replicas that are up.

    The mean over the window would hide what was saturated for a while only.
    """
    track = recording.components.get(id)
    card = result.components[id]
    rush = crowded(recording)
    if track is None or not card.pools or not rush.any():
        return card.utilisation
    alive = np.maximum(track.up, 1) / max(int(track.up.max()), 1)
    return float(np.minimum(track.utilisation / alive, 1.0)[rush].mean())


def crowded(recording: Recording) -> npt.NDArray[np.bool_]:
    """The ticks in which at least half as many wait, on the whole board, as ever do."""
    queues = np.zeros(len(recording.times))
    for track in recording.components.values():
        queues += track.queue
    most = float(queues.max(initial=0.0))
    mask: npt.NDArray[np.bool_] = (queues >= most / 2) & (most > 0)
    return mask


def _suspect(
    id: str, scenario: Scenario, result: RunResult, recording: Recording, waiting: float, seen: set[str]
) -> tuple[str, PoolResult] | None:
    """Who holds most of a card's calls, seen through cards without a pool; None if it is not to blame."""
    found: list[tuple[float, str, PoolResult, bool]] = []
    line = list(scenario.board.targets(id))
    while line:
        target = line.pop()
        if target in seen or target not in result.components:
            continue
        seen.add(target)
        pools = result.components[target].pools
        if not pools:
            line += scenario.board.targets(target)
            continue
        pool = max(pools, key=lambda p: p.wait_total)
        if pool.wait_total <= 0:
            pool = pools[0]
        own = sum(p.wait_total for p in pools)
        busy = max(pressure(target, result, recording), pool.utilisation)
        guilty = busy >= SUSPECT or own >= SHARE * waiting
        found.append((result.components[target].in_flight, target, pool, guilty))
    if not found:
        return None
    _, target, pool, guilty = max(found, key=lambda item: (item[0], item[1]))
    return (target, pool) if guilty else None
