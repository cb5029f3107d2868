"""Whatever is set on the cards of a board, within its limits: a message, or a run that ends and adds up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scalegame.components import kinds
from scalegame.design import edits
from scalegame.design.kinds import Parameter, Type
from scalegame.design.model import Board
from scalegame.errors import ScalegameError
from scalegame.levels import designs
from scalegame.levels.model import Level
from scalegame.levels.sandbox import sandbox
from scalegame.simulation.run import simulate
from scalegame.simulation.scenario import Limits, Window

LEVEL = sandbox(kinds())
#: Boards that between them have every kind, and steps that wait, lock, fan out, add and look at sessions.
BOARDS = {
    "shop": (
        "add shoppers", "add balancer as lb", "add shop", "add cache", "add database",
        "wire shoppers -> lb -> shop -> cache", "wire shop -> database",
    ),
    "queue": (
        "add fans", "add queue", "add tickets", "add database", "set database holds=orders",
        "wire fans -> queue -> tickets -> database",
    ),
    "teller": (
        "add savers", "add teller", "add database", "set database holds=orders",
        "wire savers -> teller -> database",
    ),
    "desk": ("add visitors", "add desk", "wire visitors -> desk"),
    "panorama": ("add gazers", "add panorama", "add stations", "wire gazers -> panorama -> stations"),
    "stall": ("add customers", "add balancer as lb", "add stall", "wire customers -> lb -> stall"),
    "report": (
        "add readers", "add webcache", "add report", "add database", "set database holds=pictures",
        "wire readers -> webcache -> report -> database",
    ),
}  # fmt: skip
TEXTS = ("none", "", "at 3 s: 2", "at 3 s: 0", "shop 2", "lb 1", "POST -> shop", "²", "-> ->", "9" * 150)
PIECES = ("0 s", "1 us", "50 ms", "3 s", "{exponential: 20 ms}", "1e9 s")


def value(parameter: Parameter) -> st.SearchStrategy[str]:
    """What could be typed for a parameter: at its limits, between them, beyond them."""
    match parameter.type:
        case Type.NUMBER:
            low, high = parameter.low, min(parameter.high, 1e12)
            numbers = (low, high, low + (high - low) / 1000, min(low + 1, high))
            inside = sorted({round(n) if parameter.whole else n for n in numbers})
            beyond = ["1e15", "-1", "0.5", *(["none"] if parameter.optional else [])]
            return st.sampled_from([*map(parameter.write, inside), *beyond])
        case Type.CHOICE:
            return st.sampled_from(parameter.choices)
        case Type.TEXT:
            return st.sampled_from(TEXTS)
        case Type.DISTRIBUTION:
            return st.sampled_from(PIECES)
    return st.sampled_from(("small", "huge", "north", "nowhere"))


@st.composite
def boards(draw: st.DrawFn, name: str) -> Board:
    """A board on which a few things have been set; what is refused is refused in words, and left out."""
    board = edits.apply_all(LEVEL.found, BOARDS[name], LEVEL.rulebook)
    known = LEVEL.rulebook.kinds
    for _ in range(draw(st.integers(1, 6))):
        card = board.components[draw(st.sampled_from(sorted(board.components)))]
        names = sorted(edits.adjustments(card, LEVEL.rulebook))
        if not names:
            continue
        parameter = known[card.kind].parameter(draw(st.sampled_from(names)))
        line = f"set {card.id} {parameter.name}={draw(value(parameter))}"
        try:
            board = edits.apply(board, line, LEVEL.rulebook)
        except ScalegameError as error:
            assert str(error), line
    return board


@pytest.mark.parametrize("name", BOARDS)
def test_as_they_are_they_can_be_run(name: str) -> None:
    board = edits.apply_all(LEVEL.found, BOARDS[name], LEVEL.rulebook)
    designs.check_start(board, LEVEL.under(board))


@pytest.mark.parametrize("name", BOARDS)
def test_a_run_ends_and_adds_up(name: str) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(boards(name), st.integers(0, 2))
    def ends(board: Board, seed: int) -> None:
        level: Level = LEVEL.under(board)
        try:
            designs.check_start(board, level)
            scenario = level.scenario(board)
        except ScalegameError as error:
            assert str(error)
            return
        short = replace(scenario, window=Window(1.0, 4.0, 2.0), limits=Limits(steps=20_000))
        run = simulate(short, kinds(), seed)  # it checks itself, and raises if it contradicts itself
        log = run.recording.requests
        taken = (log.resolved - log.born)[~np.isnan(log.resolved)]
        assert (taken >= 0).all()
        assert all(-1e-9 <= card.utilisation <= 1 + 1e-9 for card in run.result.components.values())

    ends()
