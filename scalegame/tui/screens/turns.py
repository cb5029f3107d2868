"""Keys that come faster than the screen can follow are answered one after the other."""

from __future__ import annotations

from collections import deque

from textual import events, on
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump

#: Seconds after which a key has had its turn even if nobody says so: what had the focus may be gone.
_PATIENCE = 0.5
#: A key goes up through the widgets to the app, and what its action says goes up behind it.
_ROUNDS, _MOST_ROUNDS = 2, 5


class _Answered(Message, bubble=True, verbose=True):
    """Goes the way that a key went, behind everything that the key has set off so far."""

    def __init__(self, turn: int, round: int, target: MessagePump) -> None:
        super().__init__()
        self.turn, self.round, self.target = turn, round, target


class KeysInTurn(App[int]):
    """An app in which a key finds everything done that the key before it has set off.

    A widget says by a message what a key has changed, and messages take their time: of `→ →` and `c` in one
    write, `c` would come before the screen has heard what the arrows selected, and a key meant for a window
    before the window is there.
    """

    _turn = 0
    _answering = False

    def __init__(self) -> None:
        """Nothing was pressed."""
        super().__init__()
        self._pressed: deque[events.Key] = deque()

    async def on_event(self, event: events.Event) -> None:
        """Lets a key wait while another is answered."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
        elif self._answering:
            self._pressed.append(event)
        else:
            await self._answer(event)

    async def _answer(self, key: events.Key) -> None:
        self._turn += 1
        self._answering = True
        await super().on_event(key)
        await self._follow(1)

    async def _follow(self, round: int) -> None:
        """Sends a mark behind what is under way; whoever has the focus by then has it first."""
        turn, target = self._turn, self._receiver
        if not target.post_message(_Answered(turn, round, target)):
            await self._next()
        elif round == 1:
            self.set_timer(_PATIENCE, lambda: self._give_up(turn))

    @property
    def _receiver(self) -> MessagePump:
        return self.focused or self.screen

    @on(_Answered)
    async def _answered(self, mark: _Answered) -> None:
        if mark.turn != self._turn or not self._answering:
            return
        # Where a window was opened or closed, it has to settle, too.
        settled = mark.round >= _ROUNDS and mark.target is self._receiver
        if settled or mark.round >= _MOST_ROUNDS:
            await self._next()
        else:
            await self._follow(mark.round + 1)

    async def _give_up(self, turn: int) -> None:
        if self._answering and turn == self._turn:
            await self._next()

    async def _next(self) -> None:
        self._answering = False
        if self._pressed:
            await self._answer(self._pressed.popleft())
