"""Whatever goes wrong, and however much of it: a run ends, adds up, and is the same in slices (property tests)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scalegame.components import kinds
from scalegame.insight.tracing import Following
from scalegame.levels.faults import sufferings
from scalegame.simulation.run import Run
from scalegame.simulation.scenario import Clocks, Fault, Limits
from tests.scenarios import KINDS, outcomes, same, tiers

#: Of the world of `tiers`: everything is at one place, on cards of five kinds.
CARDS = {"users": "clients", "lb": "balancer", "web": "service", "cache": "cache", "db": "database"}
ENDS = ("ok", "refused", "timed out", "reset", "unreachable", "unfinished", "degraded", "accepted")


@st.composite
def faults(draw: st.DrawFn) -> Fault:
    """Any fault that the grammar lets through, of any of the cards, links and places."""
    sort = draw(st.sampled_from(("component", "replica", "link", "way", "place")))
    at, lasts = draw(st.floats(0, 6)), draw(st.one_of(st.none(), st.floats(1e-3, 5)))
    again = draw(st.one_of(st.none(), st.floats(0.01, 2)))
    factor = 1.0
    if sort in ("component", "replica"):
        id = draw(st.sampled_from(sorted(CARDS)))
        can = sorted(sufferings(kinds()[CARDS[id]]) - ({"not found"} if sort == "replica" else set()))
        effect = draw(st.sampled_from(can))
        target: tuple[str, ...] = (sort, id, *((str(draw(st.integers(1, 5))),) if sort == "replica" else ()))
    elif sort == "place":
        effect, target = draw(st.sampled_from(("crash", "dies", "fails", "cut"))), ("place", "here")
    else:
        effect, target = draw(st.sampled_from(("cut", "slow", "loses"))), (sort, "here", "here")
    if effect == "slow":
        factor = draw(st.floats(1.1, 1e6))
    elif effect == "loses":
        factor = draw(st.floats(0.01, 1.0))
    if lasts is None and (effect == "pause" or again is not None):
        lasts = 1.0
    return Fault(at, lasts, target, effect, factor, again)  # type: ignore[arg-type]


def finished(given: list[Fault], seed: int, slices: bool = False) -> Run:
    world = replace(tiers(rate=60.0, until=6.0, faults=given), limits=Limits(steps=20_000))
    run = Run(replace(world, clocks=Clocks(1e4, 0.3, 0.5)), KINDS, seed)
    while not run.advance(0.0 if slices else None):
        pass
    return run


@settings(max_examples=30, deadline=None)
@given(st.lists(faults(), max_size=6), st.integers(0, 3))
def test_a_run_ends_and_adds_up(given: list[Fault], seed: int) -> None:
    run = finished(given, seed)  # it checks itself, and raises if it contradicts itself
    log = run.recording.requests
    assert set(outcomes(run.recording)) <= set(ENDS)
    taken = (log.resolved - log.born)[~np.isnan(log.resolved)]
    assert (taken >= 0).all()
    assert run.world.kernel.now <= 36.0 + 1e-9
    assert all(0 <= card.utilisation <= 1 + 1e-9 for card in run.result.components.values())


@settings(max_examples=8, deadline=None)
@given(st.lists(faults(), min_size=1, max_size=4))
def test_and_is_the_same_in_slices(given: list[Fault]) -> None:
    whole, sliced = finished(given, 1), finished(given, 1, slices=True)
    assert same(whole.result, sliced.result)
    assert same(whole.recording.requests, sliced.recording.requests)


def test_a_run_that_stands_still_is_traced_as_it_was() -> None:
    stops = [Fault(2.0, 0.7, ("component", id), "pause") for id in ("web", "db", "cache")]
    live = finished([*stops, Fault(3.5, 0.5, ("component", "web"), "fails")], 1)
    chosen = dict.fromkeys(range(0, len(live.recording.requests.born), 7), "all")
    following = Following(live.scenario, KINDS, 1, chosen)
    following.advance()
    for index in chosen:
        for hop in following.of(index)[1]:
            assert hop.arrived <= (hop.left or 99.0)
            assert [a.end == b.start for a, b in pairwise(hop.spells)].count(False) == 0
    assert same(live.recording.requests, following.run.recording.requests)
