"""Events as a terminal sends them, and waiting until the game has done with them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App
from textual.geometry import Size
from textual.keys import _character_to_key

if TYPE_CHECKING:
    from tests.tui.playing import Game


async def quiet(app: App[Any]) -> None:
    """Waits until nobody in the game has a message left to deal with."""
    # What somebody has taken up is in no queue any more; he is given some turns to finish it.
    turns = 0
    for _ in range(3000):
        await asyncio.sleep(0)
        turns = 0 if _has_a_message(app) else turns + 1
        if turns == 8:
            return


def _has_a_message(app: App[Any]) -> bool:
    """Whether anybody has one left; asked some hundred times for each key, hence no properties on the way."""
    if app._message_queue.values:
        return True
    for each in tuple(app._registry.data):
        pump = each()
        if pump is not None and pump._message_queue.values:
            return True
    return False


async def settled(app: App[Any]) -> None:
    """Waits until nobody has anything left to do, and what is to be seen has been drawn.

    Textual's pilot would wait for parts, too, that are just being taken away; these never answer.
    """
    await quiet(app)
    if app._resize_timer is not None:
        # A new size is told to the screens a moment later, once for many.
        app._check_resize()
        await quiet(app)
    app.screen._on_timer_update()
    await quiet(app)


def key_event(key: str) -> events.Key:
    """What a terminal sends for a key, or for a letter."""
    character = key if len(key) == 1 else {"space": " ", "colon": ":"}.get(key)
    return events.Key(_character_to_key(key) if len(key) == 1 and not key.isalnum() else key, character)


def _mouse_event(
    kind: type[events.MouseEvent], x: int, y: int, button: int = 0, **held: bool
) -> events.MouseEvent:
    modifiers = {"shift": False, "meta": False, "ctrl": False, **held}
    return kind(None, x, y, 0, 0, button, screen_x=x, screen_y=y, **modifiers)


def post(app: App[Any], event: events.Event) -> None:
    """Gives the game an event, as its terminal does."""
    event.set_sender(app)
    app.post_message(event)


async def written(app: App[Any], text: str) -> None:
    """Letters in one go, as they come from a quick hand or over a slow line; then all is dealt with."""
    for letter in text:
        post(app, key_event(letter))
    await quiet(app)


class Touch:
    """Events as a terminal sends them, one after the other, each done with before the next."""

    def __init__(self, it: Game) -> None:
        self.it = it
        self.app = it.app

    async def send(self, event: events.Event) -> None:
        post(self.app, event)
        await self.settle()

    async def begin(self, event: events.Event) -> None:
        """One of several that belong together: done with, and nobody waits until it is drawn."""
        post(self.app, event)
        await quiet(self.app)

    async def settle(self) -> None:
        await settled(self.app)

    async def key(self, *keys: str) -> None:
        for key in keys:
            await self.send(key_event(key))

    async def mouse(self, kind: type[events.MouseEvent], x: int, y: int, button: int = 0, **held: bool) -> None:
        await self.send(_mouse_event(kind, x, y, button, **held))

    async def click(self, x: int, y: int, button: int = 1, **held: bool) -> None:
        await self.begin(_mouse_event(events.MouseMove, x, y, 0, **held))
        await self.begin(_mouse_event(events.MouseDown, x, y, button, **held))
        await self.mouse(events.MouseUp, x, y, button, **held)

    async def resize(self, width: int, height: int) -> None:
        size = Size(width, height)
        self.app._driver._size = size  # type: ignore[union-attr]
        await self.send(events.Resize(size, size))

    async def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        await self.begin(_mouse_event(events.MouseMove, *start))
        await self.begin(_mouse_event(events.MouseDown, *start, 1))
        half = ((start[0] + end[0]) // 2, (start[1] + end[1]) // 2)
        await self.mouse(events.MouseMove, *half, 1)
        await self.mouse(events.MouseMove, *end, 1)
        await self.mouse(events.MouseUp, *end, 1)


class Hurried(Touch):
    """Events one behind the other: the screen is drawn when the game finds the time, as it is for a person.

    Nothing waits for the next frame; now and then it comes by itself, or when somebody looks.
    """

    async def settle(self) -> None:
        await quiet(self.app)
