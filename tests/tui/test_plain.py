"""What a text shows: the same once more costs nothing, another colour is another text."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from scalegame.tui.telling.words import line
from scalegame.tui.widgets.plain import Static


class Showing(App[None]):
    """One text."""

    def compose(self) -> ComposeResult:
        yield Static("a")


async def test_the_same_once_more_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Showing().run_test() as pilot:
        text, drawn = pilot.app.query_one(Static), 0
        refresh = text.refresh

        def counted(*regions: object, **how: object) -> Static:
            nonlocal drawn
            drawn += 1
            return refresh(*regions, **how)  # type: ignore[arg-type]

        monkeypatch.setattr(text, "refresh", counted)
        told = [
            "a",
            "b",
            "b",
            line(("b", "bold")),
            line(("b", "bold")),
            line(("b", "")),
            line(("b", "bold"), ("!", "")),
            "b",
        ]
        for what in told:
            text.update(what)
        assert drawn == 5
        assert text.content == "b"
