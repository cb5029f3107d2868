"""A design that grows by edits; each gives a new one, and the old one stays."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from html import escape

from scalegame import ENGINE
from scalegame.api.report import Report, report
from scalegame.competition.judging import judge, seeds
from scalegame.competition.model import submission
from scalegame.competition.model.judgement import Judgement
from scalegame.design import checks, edits, price, sharecode
from scalegame.design.designfile import Design, design_of
from scalegame.design.model import Board
from scalegame.levels.designs import design_text
from scalegame.levels.model import PLAY_SEEDS, Level


@dataclass(frozen=True)
class Draft:
    """A design for a level; make one with `Puzzle.design`.

    Attributes:
        level: That it is for.
        board: What it makes of the board.
        live: What is done while it runs: `at 12 s: scale web 4`.
    """

    level: Level
    board: Board
    live: tuple[str, ...] = ()

    @classmethod
    def untouched(cls, level: Level) -> Draft:
        """The board as found."""
        return cls(level, level.found)

    def do(self, *lines: str) -> Draft:
        """The design with more done to it.

        Args:
            lines: Edits, as a player types them.

        Raises:
            ScalegameError: One cannot be done; the message begins with its number among these lines, from 1.
        """
        return replace(self, board=edits.apply_all(self.board, lines, self.level.rulebook))

    def during(self, *orders: str) -> Draft:
        """The design with more done while it runs: `at 12 s: scale web 4`. They are checked when it runs."""
        return replace(self, live=(*self.live, *orders))

    @property
    def lines(self) -> tuple[str, ...]:
        """The edits that lead from the board as found to this one: short, and in one fixed order."""
        return edits.difference(self.level.found, self.board, self.level.rulebook)

    @property
    def components(self) -> dict[str, dict[str, object]]:
        """What is on the board, by id: kind, replicas, and the settings by name."""
        return {
            id: {"kind": card.kind, "replicas": card.replicas, **dict(card.settings)}
            for id, card in self.board.components.items()
        }

    @property
    def wires(self) -> tuple[tuple[str, str], ...]:
        """What is connected, from caller to callee."""
        return tuple((wire.source, wire.target) for wire in self.board.wires)

    @property
    def price(self) -> float:
        """Dollars per hour, as far as that is known before a run."""
        return price.cost(self.board, self.level.rulebook)

    @property
    def effort(self) -> float:
        """Hours of work that it takes."""
        return price.effort(self.level.found, self.board, self.level.rulebook)

    @property
    def parts(self) -> int:
        """Components, replicas counted."""
        return price.parts(self.board, self.level.rulebook)

    @property
    def problems(self) -> tuple[str, ...]:
        """What keeps it from being started; empty if nothing does."""
        return tuple(problem.message for problem in checks.problems(self.board, self.level.rulebook))

    @property
    def yaml(self) -> str:
        """The text of its design file, which `scalegame run`, `submit` and `grade` read."""
        return design_text(self._design())

    @property
    def share_code(self) -> str:
        """As one word, to be pasted in the game."""
        return sharecode.encode(self._design())

    def run(self, seeds: int | Sequence[int] = PLAY_SEEDS) -> Report:
        """Runs it in this process.

        Args:
            seeds: How many of the level's play seeds, or the seeds themselves.

        Raises:
            ScalegameError: It cannot be started; `Problems` where several things are missing.
        """
        wanted = self.level.seeds("play", seeds) if isinstance(seeds, int) else tuple(seeds)
        return report(self.level, self.board, self.live, wanted)

    def judge(self, secret: str, count: int = 20, executor: Executor | None = None) -> Judgement:
        """Judges it on hidden seeds: the judgement of a competition, and of `scalegame grade`, with that secret.

        Args:
            secret: 32 hexadecimal digits.
            count: How many seeds follow from it.
            executor: Where runs are made; None: in this process.

        Raises:
            ScalegameError: The secret is none, or the design cannot be started; or "Not judged": try again.
        """
        entry = submission.check(self._design(), self.level)
        drawn = seeds.hidden(secret, self.level.own, count)
        return judge.judge(self.level, entry, drawn, seeds.fingerprint(secret, count), executor)

    def _design(self) -> Design:
        level = self.level
        return design_of(self.board, level.rulebook, level.id, level.digest, ENGINE, self.live)

    def _repr_html_(self) -> str:
        lines = "".join(f"<li><code>{escape(line)}</code></li>" for line in (*self.lines, *self.live))
        return f"<p>{escape(self.level.title)}: {self.parts} parts</p><ol>{lines}</ol>"
