"""What came of a design."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from scalegame.components import kinds
from scalegame.design import edits
from scalegame.design.model import Board
from scalegame.insight import reports
from scalegame.insight.diagnosis import diagnose
from scalegame.levels.designs import check_start
from scalegame.levels.live import read_line
from scalegame.levels.model import Level
from scalegame.simulation.run import simulate
from scalegame.units import show
from scalegame.verdict.judge import judge
from scalegame.verdict.model import Verdict


@dataclass(frozen=True)
class Report:
    """What came of a design on some seeds.

    Attributes:
        verdict: As the game has it; its fields may change.
        json: What `scalegame run --json` prints: its keys are documented there, and stay.
    """

    verdict: Verdict
    json: Mapping[str, Any]

    @property
    def won(self) -> bool:
        """Every objective held on every seed."""
        return self.verdict.won

    @property
    def stars(self) -> tuple[str, ...]:
        """Earned: "cost", "latency", "parts"."""
        return self.verdict.stars

    @property
    def cost(self) -> float:
        """Dollars per hour, the worst seed's."""
        return self.verdict.cost

    @property
    def latency(self) -> float:
        """Seconds: what the level's first objective about latency speaks of, the worst seed's; NaN: none does."""
        return self.verdict.latency

    @property
    def availability(self) -> float:
        """Share of requests that succeeded, 0 to 1, the worst seed's."""
        return min(run.total.availability for run in self.verdict.runs)

    @property
    def parts(self) -> int:
        """Components, replicas counted."""
        return self.verdict.parts

    @property
    def objectives(self) -> dict[str, bool]:
        """For each sentence, whether it held on every seed."""
        return {held.objective.text: held.held for held in self.verdict.objectives}

    @property
    def diagnosis(self) -> tuple[str, ...]:
        """Why the worst run went as it did, the most telling first."""
        found = self.json["runs"][self.verdict.worst]["diagnosis"]
        return tuple(f"{one['title']}: {one['sentence']}" for one in found)

    def utilisation(self, component: str) -> float:
        """Of a component in the worst run, 0 to 1; NaN if nobody works there.

        Raises:
            KeyError: There is no such component.
        """
        value = self.json["runs"][self.verdict.worst]["components"][component]["utilisation"]
        return math.nan if value is None else float(value)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{'✓' if held.held else '✗'}</td><td>{escape(held.objective.text)}</td>"
            f"<td>{escape(show(held.value, held.objective.dimension))}</td></tr>"
            for held in self.verdict.objectives
        )
        why = "".join(f"<li>{escape(text)}</li>" for text in self.diagnosis[:3])
        return f"<p>{'Won' if self.won else 'Lost'}</p><table>{rows}</table><ul>{why}</ul>"


def report(level: Level, board: Board, live: Sequence[str], seeds: Sequence[int]) -> Report:
    """Runs a design.

    Args:
        level: That it is for.
        board: That it makes.
        live: What is done while it runs.
        seeds: One run each.

    Raises:
        ScalegameError: It cannot be started, an order may not be given, or there is no seed.
    """
    check_start(board, level)
    under = level.under(board)
    orders = under.desk(board).check_all(map(read_line, live))
    scenario = replace(under.scenario(board), orders=orders)
    runs = [simulate(scenario, kinds(), seed) for seed in seeds]
    verdict = judge(under.objectives, under.stars, [run.result for run in runs], board, under.rulebook)
    diagnoses = [diagnose(scenario, run.result, run.recording, verdict) for run in runs]
    lines = edits.difference(under.found, board, under.rulebook)
    return Report(verdict, reports.run_json(under, lines, verdict, diagnoses))
