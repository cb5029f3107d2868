"""Three pairs of hands that play the game: one has only keys, one only a mouse, one only the typed line.

Each turns edits, as attempts in level files write them, into what a person would do who looks at the screen.
What is looked at is the state of the screens; what is done are events, as a terminal sends them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from textual import events
from textual.widget import Widget
from textual.widgets import OptionList

from scalegame.design import edits
from scalegame.design.kinds import Parameter
from scalegame.design.model import Setting
from scalegame.tui.canvas.widget import BoardCanvas
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.briefing import BriefingScreen
from scalegame.tui.screens.dialogs import ChoiceScreen
from scalegame.tui.screens.edit import Arrow, EditScreen
from scalegame.tui.screens.help import HelpScreen
from scalegame.tui.screens.result import ResultScreen
from scalegame.tui.screens.run import RunScreen
from tests.tui.playing import Game
from tests.tui.touch import Touch, written


class Hands(ABC):
    """Somebody who plays; what is done, and not how."""

    def __init__(self, it: Game) -> None:
        self.it = it
        self.touch = Touch(it)
        #: What a level file calls a card, and what the game has called it.
        self.names: dict[str, str] = {}

    @property
    def board(self) -> BoardScreen:
        return self.it.on(BoardScreen)

    @property
    def canvas(self) -> BoardCanvas:
        return self.board.query_one(BoardCanvas)

    async def build(self, lines: Iterable[str]) -> tuple[str, ...]:
        """Does what the lines of an attempt say; returns them with the names that the cards have got."""
        rules = self.board.session.level.rulebook
        self.names = {}
        done = []
        for text in lines:
            edit = self._renamed(edits.parse(text))
            board = self.board.session.board
            if isinstance(edit, edits.Add):
                before = set(board.components)
                await self.add(edit.item)
                (new,) = set(self.board.session.board.components) - before
                self.names[edits.parse(text).id or new] = new  # type: ignore[union-attr]
                edit = replace(edit, id=new)
                if edit.settings:
                    await self.change(new, edit.settings)
            elif isinstance(edit, edits.Set):
                await self.change(edit.id, edit.settings)
            elif isinstance(edit, edits.Buy):
                await self.buy(edit.project)
            elif isinstance(edit, edits.Remove):
                await self.remove(edit.id)
            elif isinstance(edit, edits.Wired | edits.Unwired | edits.Rewired):
                wanted = edits.apply(board, edit, rules)
                for wire in set(board.wires) - set(wanted.wires):
                    await self.unwire(wire.source, wire.target)
                for wire in wanted.wires:
                    if wire not in self.board.session.board.wires:
                        await self.wire(wire.source, wire.target)
            else:
                raise AssertionError(f"no hand for {text!r}")
            done.append(edits.write(edit))
        return tuple(done)

    def _renamed(self, edit: edits.Edit) -> edits.Edit:
        changed: dict[str, Any] = {}
        for field in fields(edit):
            value = getattr(edit, field.name)
            if field.name == "path":
                changed["path"] = tuple(self.names.get(id, id) for id in value)
            elif field.name == "id" and not isinstance(edit, edits.Add):
                changed["id"] = self.names.get(value, value)
        return replace(edit, **changed)

    def _wanted(self, id: str, settings: Iterable[tuple[str, str]]) -> list[tuple[Parameter, Setting, str]]:
        level = self.board.session.level
        kind = level.rulebook.kinds[self.board.session.board.components[id].kind]
        names = level.rulebook.names
        return [(kind.parameter(name), kind.parameter(name).read(text, names), text) for name, text in settings]

    async def until_board(self) -> None:
        await self.it.reach(BoardScreen)

    @abstractmethod
    async def begin(self) -> None:
        """From the briefing to the board."""

    @abstractmethod
    async def add(self, item: str) -> None: ...

    @abstractmethod
    async def change(self, id: str, settings: Iterable[tuple[str, str]]) -> None: ...

    @abstractmethod
    async def wire(self, source: str, target: str) -> None: ...

    @abstractmethod
    async def unwire(self, source: str, target: str) -> None: ...

    @abstractmethod
    async def remove(self, id: str) -> None: ...

    @abstractmethod
    async def buy(self, project: str) -> None: ...

    @abstractmethod
    async def undo_all(self) -> None: ...

    @abstractmethod
    async def run(self) -> None: ...

    @abstractmethod
    async def result(self) -> None: ...

    async def play(self) -> ResultScreen:
        """Puts the board under load and looks at what came of it."""
        await self.run()
        run = await self.it.reach(RunScreen)
        await self.it.until(lambda: run.outcome is not None, "the end of the computation")
        await self.result()
        return await self.it.reach(ResultScreen)


class TypedHands(Hands):
    """Colon, text, Enter; no other key, no mouse."""

    async def line(self, text: str) -> None:
        # What was refused before stands on the line, selected: it is typed over.
        await self.touch.key("colon")
        await written(self.it.app, text)
        await self.touch.key("enter")

    async def begin(self) -> None:
        await self.it.reach(BriefingScreen)
        await self.line("board")
        await self.until_board()

    async def add(self, item: str) -> None:
        await self.line(f"add {item}")

    async def change(self, id: str, settings: Iterable[tuple[str, str]]) -> None:
        await self.line(f"set {id} " + " ".join(f"{name}={text}" for name, text in settings))

    async def wire(self, source: str, target: str) -> None:
        await self.line(f"connect {source} {target}")

    async def unwire(self, source: str, target: str) -> None:
        await self.line(f"unwire {source} -> {target}")

    async def remove(self, id: str) -> None:
        await self.line(f"remove {id}")

    async def buy(self, project: str) -> None:
        await self.line(f"buy {project}")

    async def undo_all(self) -> None:
        await self.line("undo all")

    async def run(self) -> None:
        await self.line("run")

    async def result(self) -> None:
        await self.line("result")


class KeyHands(Hands):
    """Keys, but never the typed line."""

    async def begin(self) -> None:
        await self.it.reach(BriefingScreen)
        await self.touch.key("enter")
        await self.until_board()

    async def select(self, id: str) -> None:
        for _ in range(len(self.board.session.board.components) + 1):
            if self.board.session.selected == id:
                return
            await self.touch.key("tab")
        raise AssertionError(f"Tab never came to {id}")

    async def choose(self, id: str) -> None:
        """Goes down a list to a choice, and takes it."""
        listed = (await self.it.reach(ChoiceScreen)).query_one(OptionList)
        for _ in range(listed.option_count):
            option = listed.highlighted_option
            if option is not None and option.id == id:
                await self.touch.key("enter")
                return await self.until_board()
            await self.touch.key("down")
        raise AssertionError(f"the list does not offer {id}")

    async def add(self, item: str) -> None:
        if self.board.session.selected_wire is not None:
            await self.touch.key("escape")
        await self.touch.key("a")
        await self.choose(item)

    async def change(self, id: str, settings: Iterable[tuple[str, str]]) -> None:
        wanted = self._wanted(id, settings)
        await self.select(id)
        await self.touch.key("e")
        window = await self.it.reach(EditScreen)
        for parameter, value, text in wanted:
            for _ in window.rows:
                if window.rows[window.at][0].name != parameter.name:
                    await self.touch.key("down")
            assert window.rows[window.at][0].name == parameter.name
            for arrow in ("right", "left"):
                shown = None
                while window.values[window.at] not in (value, shown):
                    shown = window.values[window.at]
                    await self.touch.key(arrow)
            if window.values[window.at] != value:
                await self.touch.key("t", *text, "enter")
            assert window.values[window.at] == value
        await self.touch.key("enter")
        await self.until_board()

    async def wire(self, source: str, target: str) -> None:
        await self.select(source)
        await self.touch.key("c")
        assert self.canvas.connecting == source, self.board.said
        for _ in range(len(self.board.session.board.components) + 1):
            if self.canvas.selected == target:
                break
            await self.touch.key("tab")
        await self.touch.key("enter")

    async def unwire(self, source: str, target: str) -> None:
        await self.select(source)
        for _ in range(len(self.board.session.board.wires) + 1):
            wire = self.board.session.selected_wire
            if wire is not None and (wire.source, wire.target) == (source, target):
                return await self.touch.key("x")
            await self.touch.key("full_stop")
        raise AssertionError(f"no key came to the wire {source} -> {target}")

    async def remove(self, id: str) -> None:
        await self.select(id)
        await self.touch.key("x")

    async def buy(self, project: str) -> None:
        await self.touch.key("b")
        await self.choose(project)

    async def undo_all(self) -> None:
        for _ in range(self.board.session.steps):
            await self.touch.key("u")

    async def run(self) -> None:
        await self.touch.key("space")

    async def result(self) -> None:
        await self.touch.key("enter")


class MouseHands(Hands):
    """One button, movement, and a wheel."""

    _wires = 0

    async def widget(self, widget: Widget) -> None:
        """Clicks on a widget, where it is."""
        region = widget.region
        assert region, f"{widget!r} cannot be seen"
        await self.touch.click(region.x + region.width // 2, region.y + region.height // 2)

    async def tool(self, id: str) -> None:
        """Clicks on a tool of the toolbar; what is not there is in the list behind the question mark."""
        screen = self.it.app.screen
        shown = [tool for tool in screen.query(f"#tool-{id}") if tool.display and tool.region in screen.region]
        if shown:
            await self.widget(shown[0])
            return
        await self.widget(screen.query_one("#tool-help"))
        window = await self.it.reach(HelpScreen)
        await self.option(window.query_one(OptionList), id)

    async def option(self, listed: OptionList, id: str) -> None:
        """Clicks on a line of a list; turns the wheel until it is there."""
        wanted = listed.get_option_index(id)
        inside = listed.content_region
        for _ in range(100):
            for y in range(inside.height):
                style = next(
                    (s.style for s in listed.render_line(y) if s.style and "option" in s.style.meta), None
                )
                if style is not None and style.meta["option"] == wanted:
                    return await self.touch.click(inside.x + 2, inside.y + y)
            await self.touch.mouse(events.MouseScrollDown, inside.x + 2, inside.y + 1)
            await self.it.pilot.pause(0.02)
        raise AssertionError(f"the wheel never came to {id}")

    async def choose(self, id: str) -> None:
        window = await self.it.reach(ChoiceScreen)
        await self.option(window.query_one(OptionList), id)
        await self.until_board()

    async def cell(self, x: int, y: int) -> tuple[int, int]:
        """The cell of the screen that shows a cell of the board; turns the wheel until it does."""
        canvas, inside = self.canvas, self.canvas.content_region
        for _ in range(60):
            left, top = canvas._first or (0, 0)
            column, row = x - left, y - top
            if 0 <= column < inside.width and 0 <= row < inside.height:
                return inside.x + column, inside.y + row
            wheel = (
                events.MouseScrollDown if row >= inside.height or column >= inside.width else events.MouseScrollUp
            )
            sideways = not 0 <= column < inside.width
            middle = inside.x + inside.width // 2, inside.y + inside.height // 2
            await self.touch.mouse(wheel, *middle, shift=sideways)
        raise AssertionError(f"the wheel never came to {x}, {y}")

    async def select(self, id: str) -> None:
        if self.board.session.selected == id:
            return  # A second click on it would open it.
        rect = self.canvas.picture.cards[id]
        await self.touch.click(*await self.cell(rect.x + 2, rect.y + 1))
        assert self.board.session.selected == id

    async def empty(self) -> None:
        """Clicks where nothing is, so that nothing is selected."""
        picture, inside = self.canvas.picture, self.canvas.content_region
        left, top = self.canvas._first or (0, 0)
        x, y = next(
            (x, y)
            for y in range(inside.height)
            for x in range(inside.width)
            if not any(at(x + left, y + top) for at in (picture.card_at, picture.port_at, picture.wires_at))
        )
        await self.touch.click(inside.x + x, inside.y + y)

    async def begin(self) -> None:
        await self.it.reach(BriefingScreen)
        await self.tool("to-board")
        await self.until_board()

    async def add(self, item: str) -> None:
        await self.empty()
        await self.tool("add")
        await self.choose(item)

    async def change(self, id: str, settings: Iterable[tuple[str, str]]) -> None:
        wanted = self._wanted(id, settings)
        await self.select(id)
        await self.tool("edit")
        window = await self.it.reach(EditScreen)
        for parameter, value, _ in wanted:
            row = next(n for n, (p, _) in enumerate(window.rows) if p.name == parameter.name)
            less, more = window.query_one(f"#row-{row}").query(Arrow)
            for arrow in (more, less):
                shown = None
                while window.values[row] not in (value, shown):
                    shown = window.values[row]
                    await self.widget(arrow)
            assert window.values[row] == value, f"clicks never came to {parameter.name}={value}"
        await self.widget(window.query_one("#apply"))
        await self.until_board()

    async def wire(self, source: str, target: str) -> None:
        cards = self.canvas.picture.cards
        port = next(
            (x, y)
            for y in range(cards[source].y, cards[source].bottom)
            for x in range(cards[source].x, cards[source].right + 2)
            if self.canvas.picture.port_at(x, y) == source
        )
        start = await self.cell(*port)
        left, top = self.canvas._first or (0, 0)
        inside, goal = self.canvas.content_region, cards[target]
        # Not where the last wire ended: nobody draws two within the time of a double click.
        self._wires += 1
        end = goal.x + 4 + self._wires % 3 - left, goal.y + 1 - top
        if 0 <= end[0] < inside.width and 0 <= end[1] < inside.height:
            return await self.touch.drag(start, (inside.x + end[0], inside.y + end[1]))
        # Both ends do not fit into the view: begin with the tool, turn the wheel, and click.
        await self.select(source)
        await self.tool("connect")
        await self.touch.click(*await self.cell(goal.x + 2, goal.y + 1))
        return None

    async def unwire(self, source: str, target: str) -> None:
        picture = self.canvas.picture
        for x, y in picture.routes[source, target].cells:
            if picture.wires_at(x, y)[:1] == ((source, target),) and not (
                picture.card_at(x, y) or picture.port_at(x, y)
            ):
                await self.touch.click(*await self.cell(x, y))
                assert self.board.session.selected == f"{source} -> {target}"
                return await self.tool("remove")
        raise AssertionError(f"no cell belongs to the wire {source} -> {target} alone")

    async def remove(self, id: str) -> None:
        await self.select(id)
        await self.tool("remove")

    async def buy(self, project: str) -> None:
        await self.tool("projects")
        await self.choose(project)

    async def undo_all(self) -> None:
        for _ in range(self.board.session.steps):
            await self.tool("undo")

    async def run(self) -> None:
        await self.tool("run")

    async def result(self) -> None:
        await self.tool("result")
