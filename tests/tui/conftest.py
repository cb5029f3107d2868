"""Neither what the terminal of whoever runs the tests says of itself nor its speed decides what they see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import app, pilot
from textual._context import active_app
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from tests.tui.touch import settled

_read: dict[object, list[RuleSet]] = {}
_parse_rules = Stylesheet._parse_rules


def _parsed_once(sheet: Stylesheet, css: str, *given: object, **named: object) -> list[RuleSet]:
    """Rules of a style sheet, which hundreds of games one after the other would read anew; nobody changes them."""
    key = (css, given, tuple(sorted(named.items())), frozenset(sheet._variables.items()))
    if key not in _read:
        _read[key] = _parse_rules(sheet, css, *given, **named)  # type: ignore[arg-type]
    return _read[key]


@pytest.fixture(autouse=True, scope="session")
def _styles_are_read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", _parsed_once)
        # The same as before, without a call of Python's: asked ten thousand times for each screen.
        patch.setattr(RuleSet, "__hash__", object.__hash__)
        yield


@pytest.fixture(scope="session")
def _nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _usual_terminal(monkeypatch: pytest.MonkeyPatch, _nobodys_home: Path) -> None:
    # What whoever runs the tests has imported or joined is not there.
    monkeypatch.setenv("SCALEGAME_HOME", str(_nobodys_home))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    for name in ("NO_COLOR", "SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _done_when_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is done with when nobody has a message left.

    Textual's pilot waits until the process has used no processor for a while: 20 ms after each key where nothing
    moves, up to a second where a run is playing, and a matter of luck on a machine that has other things to do.
    """

    async def idle(*_: object) -> None:
        await settled(active_app.get())

    monkeypatch.setattr(pilot, "wait_for_idle", idle)
    monkeypatch.setattr(app, "wait_for_idle", idle)
