"""A run as charts and traces take it: which one, where playback stands, and the attempt before (no screen)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scalegame.design import edits
from scalegame.errors import ScalegameError
from scalegame.insight.series import Against, Chart, Span, beside, card, whole
from scalegame.levels.live import read_line
from scalegame.levels.model import Level
from scalegame.progress.model import Attempt
from scalegame.simulation.recording import Event, Recording
from scalegame.tui.drawing.plot import Mark
from scalegame.tui.watch.computation import Computation
from scalegame.tui.watch.happenings import happenings

#: What stands for all requests together, where a part is chosen.
ALL = "all"


@dataclass(frozen=True)
class Watched:
    """One run of a computation.

    Attributes:
        computation: Its runs are done.
        index: Of the run's seed among the computation's seeds.
        time: The playhead, simulated seconds.
        selected: Id of the card that was selected, or "".
        name: Which run it is, for people.
        events: What happens in it, its objectives' alerts among it; None: what the recording alone tells.
    """

    computation: Computation
    index: int
    time: float
    selected: str = ""
    name: str = ""
    events: Sequence[Event] | None = None

    @property
    def level(self) -> Level:
        """What is played."""
        return self.computation.level

    @property
    def seed(self) -> int:
        """The run's seed."""
        return self.computation.seeds[self.index]

    @property
    def recording(self) -> Recording:
        """Of the run."""
        return self.computation.recording(self.index)

    @property
    def length(self) -> float:
        """Where the recording ends, seconds."""
        return float(self.recording.times[-1])

    @property
    def parts(self) -> tuple[str, ...]:
        """What can be charted: everything together, and each card."""
        return (ALL, *self.recording.components)

    def marks(self) -> tuple[Mark, ...]:
        """What the charts mark besides the cursor: the window's start, what happened, the playhead."""
        known = ("fault", "alert", "recovery", "order")
        events = happenings(self.recording) if self.events is None else self.events
        found = [Mark(e.time, e.kind if e.kind in known else "info") for e in events]
        return (Mark(self.level.window.start, "begins"), *found, Mark(self.time, "playhead"))

    def charts(self, part: str, span: Span, before: Recording | None = None) -> tuple[Against, ...]:
        """The charts of everything or of a card, beside those of another run.

        Args:
            part: `ALL` or the id of a card.
            span: What to show.
            before: The other run, on a board that need not have the card.
        """
        there = before is not None and (part == ALL or part in before.components)
        other = self._of(before, part, span) if before is not None and there else ()
        return beside(self._of(self.recording, part, span), other)

    def _of(self, recording: Recording, part: str, span: Span) -> tuple[Chart, ...]:
        if part == ALL:
            return whole(recording, span, self.level.window.start)
        kinds, placed = self.level.rulebook.kinds, self.computation.board.components.get(part)
        own = None if placed is None else kinds[placed.kind].own
        return card(recording.components[part], recording.times, span, own)


def attempt_before(watched: Watched, attempts: Iterable[Attempt]) -> Computation:
    """The latest other attempt on the same level, on the same seed, not yet computed.

    It is another if its design differs, or what was done while it ran.

    Args:
        watched: This run.
        attempts: On its level, the newest first.

    Raises:
        ScalegameError: There is none, or it can no longer be run.
    """
    level = watched.level
    mine = (
        tuple(edits.difference(level.found, watched.computation.board, level.rulebook)),
        tuple(map(str, watched.computation.orders)),
    )
    for attempt in attempts:
        if attempt.digest == level.digest and (tuple(attempt.lines), tuple(attempt.live)) != mine:
            board = edits.apply_all(level.found, attempt.lines, level.rulebook)
            return Computation(level, board, (watched.seed,), [read_line(text) for text in attempt.live])
    raise ScalegameError("Nothing before", "No other design and no other orders were tried on this level before.")
