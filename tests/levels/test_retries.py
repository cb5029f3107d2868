"""How often clients try again, as level files and players write it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalegame.components import kinds
from scalegame.design import edits
from scalegame.design.distributions import exponential
from scalegame.errors import Problems, ScalegameError
from scalegame.levels.freedom import _retries, _written
from scalegame.levels.load import load
from scalegame.simulation.scenario import Retries

STORM = Path(__file__).parents[2] / "levels" / "03-essentials" / "04-the-storm.yaml"


@pytest.mark.parametrize(
    ("text", "retries"),
    [
        ("3 budget 10 %", Retries(4, budget=0.1)),
        ("3 immediate budget 10 %", Retries(4, budget=0.1)),
        ("4 fixed 1 s budget 0 %", Retries(5, "fixed", 1.0, budget=0.0)),
        ("2 exponential 100 ms up to 5 s jitter 50 % budget 20 %", Retries(3, "exponential", 0.1, 5.0, 0.5, 0.2)),
    ],
)
def test_a_budget_is_typed_behind_the_retries(text: str, retries: Retries) -> None:
    assert _retries(text) == retries
    assert _retries(_written(retries)) == retries


@given(st.integers(1, 99), st.sampled_from(["immediate", "fixed", "exponential"]), st.integers(0, 100) | st.none())
def test_what_is_written_is_read_back(count: int, policy: str, budget: int | None) -> None:
    base = 0.0 if policy == "immediate" else 0.25
    retries = Retries(count + 1, policy, base, budget=None if budget is None else budget / 100)  # type: ignore[arg-type]
    assert _retries(_written(retries)) == retries


@pytest.mark.parametrize("text", ["3 budget", "3 budget 10", "3 budget 101 %", "budget 10 %", "3 budget -1 %"])
def test_a_budget_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ScalegameError):
        _retries(text)


def test_a_project_gives_clients_a_budget() -> None:
    level = load(STORM, kinds())
    assert level.scenario(level.found).workloads["apps"].retries == Retries(5, "fixed", 1.0)
    bought = edits.apply_all(level.found, ("buy budget",), level.rulebook)
    assert level.scenario(bought).workloads["apps"].retries == Retries(5, "fixed", 1.0, budget=0.1)


def test_patience_is_read_from_a_level(tmp_path: Path) -> None:
    path = tmp_path / "storm.yaml"
    text = STORM.read_text()
    path.write_text(
        text.replace("    timeout: 1 s\n", "    timeout: 1 s\n    patience: {exponential: 300 ms}\n", 1)
    )
    level = load(path, kinds())
    assert level.scenario(level.found).workloads["apps"].patience == exponential(0.3)


def test_a_budget_above_everything_is_refused_in_a_level(tmp_path: Path) -> None:
    path = tmp_path / "storm.yaml"
    path.write_text(STORM.read_text().replace("budget: 10 %", "budget: 110 %", 1))
    with pytest.raises(Problems) as caught:
        load(path, kinds())
    assert "budget" in str(caught.value) or "100 %" in str(caught.value)
