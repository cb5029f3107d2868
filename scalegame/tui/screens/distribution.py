"""A design over the seeds of the proof: the values of each objective, and a threshold that can be moved."""

from __future__ import annotations

import math
from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from scalegame.errors import ScalegameError
from scalegame.levels.rewrite import with_target as rewritten
from scalegame.proving.statistics import clopper_pearson
from scalegame.simulation.scenario import Order
from scalegame.tui import actions
from scalegame.tui.authoring import scatter
from scalegame.tui.board.session import Session
from scalegame.tui.drawing.figured import bars
from scalegame.tui.screens import taking
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.screens.slices import in_slices
from scalegame.tui.telling.words import heading, line, mark, plural, value
from scalegame.tui.widgets.plain import Static
from scalegame.units import Dimension, show, whole
from scalegame.verdict.model import Objective

#: Steps of a threshold at once.
_MOST_STEPS = 1000
#: Buckets of the histogram, at most and at least.
_MOST, _LEAST = 14, 4


class DistributionScreen(GameScreen):
    """A list of the objectives, below it the one that is looked at."""

    PLACE = actions.DISTRIBUTION
    AUTO_FOCUS = ""

    def __init__(self, session: Session, orders: Sequence[Order] = ()) -> None:
        """Prepares the runs.

        Args:
            session: The board.
            orders: What is done while it runs.

        Raises:
            ScalegameError: The design cannot be run.
        """
        super().__init__()
        self.session = session
        self._orders = tuple(orders)
        self.sampling = scatter.Sampling(session.level, session.board, orders)
        self.objectives: list[Objective] = list(session.level.objectives)
        self.at = 0
        self._steps: dict[int, float] = {}

    def body(self) -> ComposeResult:
        """One text, which can be scrolled."""
        with VerticalScroll(id="distribution", can_focus=False):
            yield Static(id="distribution-text")

    def on_mount(self) -> None:
        """Begins to run."""
        super().on_mount()
        self._begin()

    def _begin(self) -> None:
        self._draw()
        self.run_worker(self._compute(self.sampling), exclusive=True, group="sampling")

    async def _compute(self, sampling: scatter.Sampling) -> None:
        seen = -1

        def shown(done: float) -> None:
            nonlocal seen
            if len(sampling.results) != seen:
                seen = len(sampling.results)
                self._draw()

        try:
            await in_slices(sampling, shown)
        except ScalegameError as error:
            self.complain(error.message)
            return
        self._draw()

    def level_changed(self, session: Session) -> None:
        """The level is another, or its texts are: what was run is run again only if the world is another."""
        self.session = session
        before = self.sampling
        self.objectives = list(session.level.objectives)
        self.at = min(self.at, len(self.objectives) - 1)
        self._steps.clear()
        try:
            after = scatter.Sampling(session.level, session.board, self._orders)
        except ScalegameError as error:
            self.complain(error.message)
            return
        if after.scenario == before.scenario and after.seeds == before.seeds:
            before.level = after.level
            self._draw()
        else:
            self.sampling = after
            self._begin()

    # Drawing

    def on_resize(self) -> None:
        """Bars are as long as there is room."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        # Before the first layout, and while the sheet is being closed, there is nothing to draw on.
        if not (self.is_attached and self.query("#distribution-text") and self.query("#title-left")):
            return
        size = self.query_one("#distribution").size
        many, runs = len(self.sampling.seeds), len(self.sampling.results)
        told = plural(runs, "run") if self.sampling.done else f"run {runs + 1} of {many}"
        self.title_say(heading(self.session.level, "distribution"), line((told, "$quiet")))
        values = self.sampling.values(self.objectives)
        wide = max(len(objective.text) for objective in self.objectives)
        rows = [self._row(i, values[i], wide) for i in range(len(self.objectives))]
        room = size.height - len(rows) - 6
        rows += [line(""), *self._chosen(values[self.at], max(size.width - 3, 30), room)]
        self.query_one("#distribution-text", Static).update(Content("\n").join(rows))

    def _row(self, index: int, values: Sequence[float], wide: int) -> Content:
        objective = self.objectives[index]
        here = index == self.at
        count, of = scatter.held(objective, values), len(values)
        sign, style = mark(count == of) if of else mark(None)
        found = f"  {count:>2} of {of}   worst {value(_worst(objective, values), objective)}" if of else ""
        return line(
            ("> " if here else "  ", "bold $primary"),
            (f"{sign} ", style),
            (f"{objective.text:<{wide}}", "bold" if here else ""),
            (found, "" if count == of else "$error"),
            ("   moved" if self._is_moved(index) else "", "$warning"),
        )

    def _is_moved(self, index: int) -> bool:
        return self.objectives[index].target != self.session.level.objectives[index].target

    def _chosen(self, values: Sequence[float], width: int, room: int) -> list[Content]:
        objective = self.objectives[self.at]
        seen = sorted(v for v in values if math.isfinite(v))
        subject = objective.text.partition(f" {objective.relation} ")[0]
        rows = [line((f"{subject} ", "bold"), ("over the seeds of the proof, runs in each range", "$quiet"))]
        if not seen:
            return [*rows, line(("nothing measured yet" if not values else "nothing to measure", "$quiet"))]
        found = scatter.drawn(objective, values, min(max(room, _LEAST), _MOST))
        goal = objective.text.removeprefix(subject).strip()
        whole_numbers = all(edge == int(edge) for edge in found.edges) and objective.target == int(
            objective.target
        )
        is_count = objective.dimension is Dimension.COUNT and whole_numbers

        def edge(amount: float) -> str:
            return show(amount, objective.dimension)

        rows += bars(found, width, edge, {goal: objective.target}, is_count)
        low, high = clopper_pearson(scatter.held(objective, values), len(values))
        rows.append(
            line(
                ("least ", "$quiet"), f"{edge(seen[0])}   ",
                ("middle ", "$quiet"), f"{edge(seen[len(seen) // 2])}   ",
                ("most ", "$quiet"), f"{edge(seen[-1])}   ",
                (f"holds in {show(low, Dimension.RATIO)} to {show(high, Dimension.RATIO)} of all runs, "
                 f"as far as {len(values)} can tell", "$quiet"),
            )
        )  # fmt: skip
        if len(seen) < len(values):
            rows.append(line((f"{plural(len(values) - len(seen), 'run')} without anything to measure", "$error")))
        return rows

    # Actions

    def do_next_objective(self, words: str) -> None:
        """Looks at the next objective."""
        self._go((self.at + 1) % len(self.objectives))

    def do_previous_objective(self, words: str) -> None:
        """Looks at the objective above."""
        self._go((self.at - 1) % len(self.objectives))

    def _go(self, index: int) -> None:
        self.at = index
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """A click on an objective looks at it."""
        text = self.query_one("#distribution-text", Static)
        if event.widget is text and 0 <= event.y < len(self.objectives):
            self._go(int(event.y))

    def do_lower(self, words: str) -> None:
        """Moves the threshold down."""
        self._move(-1, words)

    def do_higher(self, words: str) -> None:
        """Moves the threshold up."""
        self._move(1, words)

    def _move(self, direction: int, words: str) -> None:
        steps = whole(words) if words else 1
        if steps is None or not 1 <= steps <= _MOST_STEPS:
            self.complain("Write how many steps, as in higher 3.", f"{'lower' if direction < 0 else 'higher'} ")
            return
        objective = self.objectives[self.at]
        step = self._steps.get(self.at)
        if step is None:
            step = scatter.step_of(objective, self.sampling.values([objective])[0])
            if self.sampling.done:
                self._steps[self.at] = step
        self._put(scatter.moved(objective, direction * steps, step))

    def do_target(self, words: str) -> None:
        """Moves the threshold to what was typed."""
        objective = self.objectives[self.at]
        text = scatter.target_text(objective.target, objective.dimension)
        if not words:
            self.complain("Write the threshold.", f"target {text}")
            return
        try:
            self._put(scatter.typed_target(objective, words))
        except ScalegameError as error:
            self.complain(error.message, f"target {words}")

    def _put(self, objective: Objective) -> None:
        self.objectives[self.at] = objective
        self._draw()
        if self._is_moved(self.at):
            self.say(f"{objective.text}: {self.key('write-objective')} writes it into the file of the level.")
        else:
            self.say(f"{objective.text}, as the level has it.")

    def do_write_objective(self, words: str) -> None:
        """Writes the threshold into the file."""
        app = taking.game(self)
        author, objective = app.author, self.objectives[self.at]
        if author is None or author.level.source != self.session.level.source:
            self.complain("Only its author can write to a level: scalegame play --author FILE.")
            return
        if not self._is_moved(self.at):
            self.say("The threshold is where the file has it: move it first, ← and →.")
            return
        target, at = scatter.target_text(objective.target, objective.dimension), self.at
        try:
            author.change(lambda text: rewritten(text, at, target, str(author.path)))
        except ScalegameError as error:
            self.complain(str(error))
            return
        app.take_file()
        self.say(f"{objective.text} is in {author.name} now.", "good")


def _worst(objective: Objective, values: Sequence[float]) -> float:
    """The value that decides."""
    if any(math.isnan(v) for v in values):
        return math.nan
    return max(values) if objective.relation in ("<", "<=", "==") else min(values)
