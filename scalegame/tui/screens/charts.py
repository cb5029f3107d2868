"""Charts of a run over time: several at once or one large, with zoom, a cursor, and the attempt before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from textual import events, on
from textual.app import ComposeResult
from textual.geometry import Size

from scalegame.errors import ScalegameError, nearest
from scalegame.insight.series import Against, Span
from scalegame.progress.store import Store
from scalegame.simulation.recording import Recording
from scalegame.tui import actions
from scalegame.tui.drawing import plot
from scalegame.tui.drawing.plot import Cell, Mark, Row
from scalegame.tui.drawing.tabs import Tab, tabs
from scalegame.tui.screens.base import GameScreen
from scalegame.tui.screens.slices import in_slices
from scalegame.tui.telling.words import heading, line
from scalegame.tui.watch.watched import ALL, Watched, attempt_before
from scalegame.tui.watch.zooming import STEP, Zoom, moment_of, moments
from scalegame.tui.widgets.cells import Cells

#: Rows of a chart that is one of several.
_ROWS = 9
#: From so many cells on there are two, three, four charts side by side.
_ABREAST = (76, 150, 230)

Jump = Callable[[float, str], None]


class ChartsScreen(GameScreen):
    """What the run did over time."""

    PLACE = actions.CHARTS
    AUTO_FOCUS = ""

    def __init__(self, watched: Watched, store: Store, jump: Jump, words: str = "") -> None:
        """Opens at the card that is selected in the run, or at what was typed.

        Args:
            watched: The run.
            store: For the attempt before.
            jump: Goes to a moment of the run, and selects a card.
            words: What was typed: a part, a chart, or both.
        """
        super().__init__()
        self.watched = watched
        self.zoom = Zoom(watched.length, cursor=watched.time)
        self.part = watched.selected if watched.selected in watched.parts else ALL
        self.chosen = ""
        self.large = False
        self.before: Recording | None = None
        self._store, self._jump, self._words = store, jump, words
        self._marks = watched.marks()
        self._drawn: tuple[object, ...] = ()
        self._charts: tuple[Against, ...] = ()
        self._tabs: list[Tab] = []
        self._placed: dict[int, tuple[int, int]] = {}

    def body(self) -> ComposeResult:
        """Parts, charts, and what the cursor reads."""
        yield Cells(id="chart-parts")
        yield Cells(id="charts")
        yield Cells(id="chart-foot")

    def on_mount(self) -> None:
        """Shows what was asked for."""
        if self._words:
            self._asked(self._words)
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        """As many charts as there is room for."""
        self.call_after_refresh(self._show)

    def settings_changed(self) -> None:
        """Signs may be others."""
        super().settings_changed()
        if self.is_mounted:
            self._show()

    # Drawing

    @property
    def charts(self) -> tuple[Against, ...]:
        """The charts of the part that is shown."""
        return self._charts

    def _grid(self) -> tuple[int, int, int, int]:
        """Charts side by side, one above the other, and the width and height of each."""
        size = self.query_one("#charts").size or Size(80, _ROWS)  # before the first layout there is none
        abreast = 1 if self.large else 1 + sum(size.width >= least for least in _ABREAST)
        deep = 1 if self.large else max(size.height // _ROWS, 1)
        return (
            abreast,
            deep,
            max(size.width // abreast - (abreast > 1), plot.GUTTER + 4),
            max(size.height // deep, 5),
        )

    def _show(self) -> None:
        """Draws everything; the numbers are summed up anew only if another stretch or part is shown."""
        abreast, deep, width, height = self._grid()
        span = Span(self.zoom.start, self.zoom.end, plot.buckets(width))
        drawn = (self.part, span, self.before is not None)
        if drawn != self._drawn:
            self._drawn = drawn
            self._charts = self.watched.charts(self.part, span, self.before)
        if self.chosen not in self._names:
            self.chosen = self._names[0]
        at = self._names.index(self.chosen)
        page = at // (abreast * deep) * (abreast * deep)
        shown = [at] if self.large else range(page, min(page + abreast * deep, len(self._charts)))
        marks = (*self._marks, Mark(self.zoom.cursor, "cursor"))
        made = {
            i: plot.chart(self._charts[i], span, width, height, marks, ascii=self.plain, selected=i == at)
            for i in shown
        }
        self._placed = {i: ((i - shown[0]) % abreast, (i - shown[0]) // abreast) for i in shown}
        rows: list[Row] = []
        for first in range(shown[0], shown[-1] + 1, abreast):
            beside = [made[i] for i in range(first, min(first + abreast, shown[-1] + 1))]
            rows += [
                [cell for part in parts for cell in (*part, Cell(" ", ""))] for parts in zip(*beside, strict=True)
            ]
        words = "\n".join(plot.told(self._charts[i], span, self.zoom.cursor) for i in shown)
        self.query_one("#charts", Cells).draw(rows, words)
        self._say_where(span, len(shown))

    @property
    def _names(self) -> list[str]:
        return [against.chart.id for against in self._charts]

    def _say_where(self, span: Span, shown: int) -> None:
        level = self.watched.level
        now, step = self.zoom.cursor, span.step
        stretch = (
            "the whole run"
            if self.zoom.whole
            else f"{plot.moment(span.start, step)} to {plot.moment(span.end, step)}"
        )
        self.title_say(heading(level, "charts"), line((f"{stretch}   {self.watched.name}", "$quiet")))
        width = self.query_one("#chart-parts").size.width
        row, self._tabs = tabs(self.watched.parts, self.watched.parts.index(self.part), width)
        self.query_one("#chart-parts", Cells).draw(
            [row], f"shown: {self.part}; parts: {', '.join(self.watched.parts)}"
        )
        chart = self._charts[self._names.index(self.chosen)].chart
        more = len(self._charts) - shown
        foot = [
            *plot.text(" at ", "$quiet"),
            *plot.text(plot.moment(now, step), "bold"),
            *plot.text(f"  {chart.title}: {chart.note}" if chart.note else f"  {chart.title}", "$quiet"),
        ]
        tail = plot.text(f"  ↓ {more} more" if more and not self.large else "", "$primary")
        room = width - len(tail) - 1
        if len(foot) > room:
            foot = [*foot[: room - 1], Cell("…", "$quiet")]
        foot += [Cell(" ", "")] * (room - len(foot))
        self.query_one("#chart-foot", Cells).draw([[*foot, *tail]])

    # Mouse

    def _under(self, x: int, y: int) -> tuple[int | None, float]:
        """The chart under a cell, and the moment."""
        _, _, width, height = self._grid()
        wide = width + 1
        place = x // wide, y // height
        chart = next((i for i, at in self._placed.items() if at == place), None)
        inside = (x - place[0] * wide - plot.GUTTER) / max(width - plot.GUTTER - 1, 1)
        share = min(max(inside, 0.0), 1.0)
        return chart, self.zoom.start + share * (self.zoom.end - self.zoom.start)

    @on(Cells.Clicked)
    def _clicked(self, event: Cells.Clicked) -> None:
        event.stop()
        if event.cells.id == "chart-parts":
            for tab in self._tabs:
                if tab.begin <= event.x < tab.end:
                    self.do_part(tab.name)
            return
        if event.cells.id != "charts":
            self.do_chart("")
            return
        chart, time = self._under(event.x, event.y)
        if chart is not None:
            self.chosen = self._names[chart]
            self.zoom.look(time)
            if event.times == 2:
                self.large = not self.large
            self._show()

    @on(Cells.Dragged)
    def _dragged(self, event: Cells.Dragged) -> None:
        event.stop()
        if event.cells.id != "charts":
            return
        (chart, start), (_, end) = self._under(event.from_x, event.from_y), self._under(event.x, event.y)
        if chart is None:
            return
        if event.done and event.x != event.from_x:
            self.zoom.show(start, end)
            self.say("")
        else:
            self.zoom.look(end)
            step = (self.zoom.end - self.zoom.start) / 100
            self.say(f"zoom to {plot.moment(min(start, end), step)} … {plot.moment(max(start, end), step)}")
        self._show()

    @on(Cells.Turned)
    def _turned(self, event: Cells.Turned) -> None:
        event.stop()
        if event.cells.id == "charts":
            _, time = self._under(event.x, event.y)
            self.zoom.by(STEP if event.step > 0 else 1 / STEP, time)
            self._show()

    # What is shown

    def _asked(self, words: str) -> None:
        """A part, a chart, or both, in any order."""
        for word in words.split():
            if word in self.watched.parts:
                self.part = word
                self._drawn = ()
        self._show()
        for word in words.split():
            if word in self.watched.parts and word not in self._names:
                continue
            if word in self._names:
                self.chosen, self.large = word, True
            else:
                known = (*self.watched.parts, *self._names)
                self.complain(f'"{word}" is neither a part nor a chart{nearest(word, known)}', f"part {words}")

    def complete(self, text: str) -> Sequence[str]:
        """Parts and charts complete too."""
        word, space, rest = text.partition(" ")
        known = {"part": self.watched.parts, "chart": self._names, "enlarge": self._names}.get(word, ())
        if space:
            return tuple(f"{word} {name}" for name in known if name.startswith(rest))
        return super().complete(text)

    def do_part(self, words: str) -> None:
        """Shows another part."""
        parts = self.watched.parts
        if words and words not in parts:
            self.complain(f'There is no "{words}" in this run{nearest(words, parts)}', f"part {words}")
            return
        self.part = words or parts[(parts.index(self.part) + 1) % len(parts)]
        self.say("")
        self._show()

    def do_part_back(self, words: str) -> None:
        """Shows the part before."""
        parts = self.watched.parts
        self.do_part(parts[parts.index(self.part) - 1])

    def _choose(self, name: str) -> bool:
        if name in self._names:
            self.chosen = name
            return True
        self.complain(f'There is no chart "{name}" here{nearest(name, self._names)}', f"chart {name}")
        return False

    def do_chart(self, words: str) -> None:
        """Chooses a chart."""
        names = self._names
        if self._choose(words or names[(names.index(self.chosen) + 1) % len(names)]):
            self._show()

    def do_chart_back(self, words: str) -> None:
        """Chooses the chart before."""
        self._choose(self._names[self._names.index(self.chosen) - 1])
        self._show()

    def do_enlarge(self, words: str) -> None:
        """Shows one chart large, or several again."""
        if not words or self._choose(words):
            self.large = bool(words) or not self.large
            self._show()

    # When

    def _move(self, time: float) -> None:
        self.zoom.look(time)
        self._show()

    def do_cursor(self, words: str) -> None:
        """Puts the cursor at a moment."""
        with self._complaining("at", words):
            self._move(moment_of(words))

    def do_left(self, words: str) -> None:
        """Moves the cursor back by a step."""
        self._step(-1)

    def do_right(self, words: str) -> None:
        """Moves the cursor on by a step."""
        self._step(1)

    def do_far_left(self, words: str) -> None:
        """Moves the cursor back by a tenth."""
        self._move(self.zoom.cursor - (self.zoom.end - self.zoom.start) / 10)

    def do_far_right(self, words: str) -> None:
        """Moves the cursor on by a tenth."""
        self._move(self.zoom.cursor + (self.zoom.end - self.zoom.start) / 10)

    def _step(self, buckets: int) -> None:
        _, _, width, _ = self._grid()
        span = Span(self.zoom.start, self.zoom.end, plot.buckets(width))
        self._move(span.time(span.bucket(self.zoom.cursor)) + buckets * span.step)

    def do_zoom(self, words: str) -> None:
        """Zooms in on the cursor, or to what was typed."""
        if words in ("", "in"):
            self.zoom.by(STEP)
        elif words in ("all", "out"):
            self.zoom.everything() if words == "all" else self.zoom.by(1 / STEP)
        else:
            try:
                found = moments(words)
                if len(found) != 2:
                    raise ScalegameError("Not a stretch", "A stretch has two ends: zoom 30 s 45 s, or zoom all.")
                self.zoom.show(*found)
            except ScalegameError as error:
                self.complain(error.message, f"zoom {words}")
                return
        self.say("")
        self._show()

    def do_zoom_out(self, words: str) -> None:
        """Shows twice the time."""
        self.do_zoom("out")

    def do_zoom_all(self, words: str) -> None:
        """Shows the whole run."""
        self.do_zoom("all")

    def do_earlier(self, words: str) -> None:
        """Shows the stretch before."""
        self.zoom.pan(-0.5)
        self._show()

    def do_later(self, words: str) -> None:
        """Shows the stretch behind."""
        self.zoom.pan(0.5)
        self._show()

    def do_jump(self, words: str) -> None:
        """Goes to the cursor's moment in the run."""
        with self._complaining("jump", words):
            time = moment_of(words) if words else self.zoom.cursor
            self._jump(time, "" if self.part == ALL else self.part)

    # The attempt before

    def do_before(self, words: str) -> None:
        """Draws the attempt before beside this one, or takes it off."""
        if words not in ("", "on", "off"):
            self.complain("Say before on, or before off.", f"before {words}")
        elif self.before is not None and words != "on":
            self.before = None
            self.say("")
            self._show()
        elif self.before is None and words != "off":
            self.run_worker(self._compute(), group="before", exclusive=True)

    async def _compute(self) -> None:
        try:
            computation = attempt_before(self.watched, self._store.attempts(self.watched.level.id))
            await in_slices(computation, lambda done: self.say(f"computing the attempt before: {done:.0%}"))
        except ScalegameError as error:
            self.say(error.message, "error")
            return
        self.before = computation.recording(0)
        self.say(
            f"before: the design tried before this one, with the same luck. {self.key('before')} takes it off."
        )
        self._show()

    # Taking it along

    def do_copy(self, words: str) -> None:
        """Copies what is shown as text."""
        title = f"{self.watched.level.title}: {self.part}"
        shown = plot.plain(self.query_one("#charts", Cells).rows)
        self.app.copy_to_clipboard(f"{title}\n\n{shown}\n")
        self.say("Copied, if your terminal lets programs do that.")

    @contextmanager
    def _complaining(self, command: str, words: str) -> Iterator[None]:
        """Says what is wrong with what was typed, instead of failing."""
        try:
            yield
        except ScalegameError as error:
            self.complain(error.message, f"{command} {words}".strip())
