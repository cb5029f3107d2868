"""What a frame of the canvas costs: CPU time is reported, bytes are bounded."""

import asyncio
import time

from rich.console import Console, RenderableType
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.screen import Screen

from scalegame.tui.canvas.layout import SPREAD, place
from scalegame.tui.canvas.routing import route
from scalegame.tui.canvas.widget import BoardCanvas
from tests.tui.canvas.boards import KINDS, build, lines, resort, resort_frame

FRAMES, RATE = 45, 15


class Television(App[None]):
    """Shows nothing but the canvas, and counts what a terminal would be sent."""

    sent = 0

    def compose(self) -> ComposeResult:
        yield BoardCanvas()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, CompositorUpdate):
            self.sent += len(renderable.render_segments(self.terminal).encode())
        super()._display(screen, renderable)

    terminal = Console(width=120, height=40, force_terminal=True, color_system="truecolor", legacy_windows=False)


async def test_a_frame_is_cheap_to_make_and_to_send(record_property) -> None:
    board = resort()
    assert (len(board.components), len(board.wires)) == (21, 32)
    app = Television()
    async with app.run_test(size=(120, 40)) as pilot:
        canvas = app.query_one(BoardCanvas)
        canvas.show_board(board, KINDS, lines(board))
        canvas.show_frame(resort_frame(board, 0, 0))
        await pilot.pause()
        app.sent, began = 0, time.process_time()
        for i in range(1, FRAMES + 1):
            canvas.show_frame(resort_frame(board, i / RATE * 4, i * 8 / RATE))
            await asyncio.sleep(1 / RATE)
        cpu = (time.process_time() - began) / FRAMES * 1000
        marks = sum(len(row) for row in canvas.picture.moving().values())
        kilobytes = app.sent / FRAMES / 1000
    report = f"{cpu:.1f} ms CPU, {kilobytes:.1f} kB, {marks} marks a frame"
    record_property("canvas", report)
    print(f"\ncanvas at 120x40, 21 components, 32 wires: {report}")
    assert marks >= 80
    assert kilobytes <= 25


def test_wires_of_a_large_board_are_found_quickly(benchmark) -> None:
    ids = [f"{layer}-{i}" for layer in range(10) for i in range(6)]
    chains = [
        f"{layer}-{i} {layer + 1}-{(i * (step + 1) + step) % 6}"
        for layer in range(9)
        for i in range(6)
        for step in range(2)
    ]
    board = build(" ".join(f"{id}:service" for id in ids), *chains, "0-0 3-2", "2-1 7-5", "4-4 8-0")
    cards = {id: SPREAD.rect(slot) for id, slot in place(board).items()}
    wires = [(wire.source, wire.target) for wire in board.wires]
    assert (len(cards), len(wires)) == (60, len(board.wires))
    routes = benchmark(route, cards, wires)
    assert len(routes) == len(wires)
