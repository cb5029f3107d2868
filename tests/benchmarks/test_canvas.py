"""What a frame of the canvas costs: CPU time is reported, bytes are bounded."""

import asyncio
import time
from dataclasses import replace

from rich.console import Console, RenderableType
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.screen import Screen

from scalegame.tui.canvas.layout import SPREAD, place
from scalegame.tui.canvas.routing import route
from scalegame.tui.canvas.widget import BoardCanvas
from tests.tui.canvas.boards import KINDS, city, grown_resort, lines, resort_frame

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
    board = grown_resort()
    assert (len(board.components), len(board.wires)) == (25, 40)
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
    print(f"\ncanvas at 120x40, 25 components, 40 wires: {report}")
    assert marks >= 80
    assert kilobytes <= 25


def test_wires_of_a_large_board_are_found_quickly(benchmark) -> None:
    board = city()
    cards = {id: SPREAD.rect(slot) for id, slot in place(board).items()}
    wires = [(wire.source, wire.target) for wire in board.wires]
    assert (len(cards), len(wires)) == (60, len(board.wires))
    routes = benchmark(route, cards, wires)
    assert len(routes) == len(wires)


async def test_edits_of_a_large_board_are_quick(record_property) -> None:
    """Layout, routing and paint of one edit on 60 cards and 102 wires; only what is attached is laid anew."""
    board = city()
    loose = board.with_component(replace(board.components["0-0"], id="new", position=None))
    steps = {
        "set": board.with_component(board.components["1-1"].with_settings({"replicas": 4})),
        "add": loose,
        "wire": board.with_wire("2-2", "3-4"),
        "insert": loose.without_wire("5-3", "6-3").with_wire("5-3", "new").with_wire("new", "6-3"),
        "remove": board.without("4-2"),
        "move": board.with_component(replace(board.components["5-3"], position=(10, 18))),
    }
    app = Television()
    told = []
    async with app.run_test(size=(120, 40)) as pilot:
        canvas = app.query_one(BoardCanvas)
        for name, after in steps.items():
            canvas.show_board(board, KINDS, lines(board))
            await pilot.pause()
            routes, began = canvas.picture.routes, time.process_time()
            canvas.show_board(after, KINDS, lines(after))
            canvas.render_lines(canvas.size.region)
            told.append(f"{name} {(time.process_time() - began) * 1000:.0f} ms")
            if name == "move":
                card = canvas.picture.cards["5-3"]
                in_the_way = {e for e, r in routes.items() if any(card.contains(*cell) for cell in r.cells)}
                laid_anew = {ends for ends, found in canvas.picture.routes.items() if found != routes[ends]}
                assert laid_anew <= in_the_way | {ends for ends in routes if "5-3" in ends}
    record_property("edits", ", ".join(told))
    print(f"\nedits at 120x40, 60 components, 102 wires: {', '.join(told)}")
    assert len(told) == len(steps)
