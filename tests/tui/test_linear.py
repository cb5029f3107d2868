"""The game line by line: what a screen reader is given."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from scalegame.progress.store import Store
from scalegame.tui.app import ScalegameApp
from scalegame.tui.catalogue import Catalogue
from scalegame.tui.linear import Linear
from scalegame.tui.setup.settings import Settings
from scalegame.tui.spoken import tidied
from tests.tui.playing import WINNING, levels


def played(folder: Path, lines: Sequence[str], level: str | None = "tiny") -> tuple[int, str]:
    """What is printed while these lines are typed, the lines among it; and the exit status."""
    out = io.StringIO()
    typed: Iterator[str] = iter(lines)

    def read(prompt: str) -> str:
        line = next(typed, None)
        if line is None:
            raise EOFError
        print(prompt + line, file=out)
        return line

    stores = []

    def make() -> ScalegameApp:
        stores.append(Store(folder / "progress.sqlite3"))
        return ScalegameApp(level, stores[0], Catalogue.of(levels()), Settings(linear=True))

    linear = Linear(make, out)
    status = linear.play(read)
    return status, out.getvalue()


#: From a briefing, over the board, to the list of levels.
_BACK = ("back", "back")


def after(text: str, line: str) -> str:
    """What was printed in answer to a line."""
    return text.partition(f"> {line}\n")[2].partition("\n> ")[0]


def test_a_level_is_won_and_everything_is_said(tmp_path: Path) -> None:
    status, text = played(tmp_path, ["guess kiosk", "board", *WINNING, "run", "result", "next", "quit"])
    assert status == 0
    assert "You say kiosk" in after(text, "guess kiosk")
    assert "people: clients" in after(text, "board")
    assert "wired to balancer" in after(text, WINNING[1])
    assert "kiosk: service, 3 replicas" in after(text, WINNING[2])
    assert "Held on every seed" in after(text, "run")
    assert "Won" in after(text, "result")
    assert "Tiny too" in after(text, "next")


def test_only_what_has_changed_is_said_again(tmp_path: Path) -> None:
    _, text = played(tmp_path, ["board", "hint", "where", "sett kiosk", "quit"])
    hint = after(text, "hint")
    assert "One till is not enough." in hint
    assert "people: clients" not in hint
    assert "people: clients" in after(text, "where")
    assert after(text, "sett kiosk").count("\n") == 0
    assert 'did you mean "set"' in after(text, "sett kiosk")


def test_numbers_choose_and_titles_are_known(tmp_path: Path) -> None:
    lines = [*_BACK, "1", *_BACK, "play Tiny too", *_BACK, "play 1.1", "quit"]
    _, text = played(tmp_path, lines)
    assert "\n1 open: Tiny\n" in text
    assert "1.1 Tiny" in after(text, "1")
    assert "Tiny too" in after(text, "play Tiny too")
    assert "1.1 Tiny" in after(text, "play 1.1")


def test_a_word_is_answered_before_its_page(tmp_path: Path) -> None:
    _, text = played(tmp_path, ["board", "glossary backlog", "where", "close", "quit"])
    answer = after(text, "glossary backlog")
    assert "those who wait" in answer
    assert "Availability" not in answer
    assert "Availability" in after(text, "where")


def test_the_same_mistake_is_answered_again(tmp_path: Path) -> None:
    _, text = played(tmp_path, ["board", "xx1", "xx1", "quit"])
    assert text.count('"xx1" is not a command here') == 2


def test_only_the_card_that_changed_is_read(tmp_path: Path) -> None:
    _, text = played(tmp_path, ["board", "set kiosk replicas=2", "quit"])
    changed = after(text, "set kiosk replicas=2")
    assert "kiosk: service, 2 replicas" in changed
    assert "people: clients" not in changed


def test_windows_are_lists_and_settings(tmp_path: Path) -> None:
    lines = [
        "board",
        "add",
        "1",
        "edit kiosk",
        "replicas=99",
        "replicas=2",
        "help",
        "close",
        "add",
        "undo all",
        "quit",
    ]
    _, text = played(tmp_path, lines)
    assert after(text, "add").startswith("Add a part")
    assert "1 " in after(text, "add")
    assert "balancer (selected): balancer" in after(text, "1")
    assert "replicas 1" in after(text, "edit kiosk")
    assert "1 to 4" in after(text, "replicas=99") or "between 1 and" in after(text, "replicas=99")
    assert "kiosk: service, 2 replicas" in after(text, "replicas=2")
    assert "Undo" in after(text, "help") or "Take back" in after(text, "help")
    # A line that is no answer to an open window is meant for the screen below it.
    assert "Took back 2 steps" in after(text, "undo all")
    assert "kiosk (selected): service, small 1 core" in after(text, "undo all")


def test_no_picture_reaches_the_reader(tmp_path: Path) -> None:
    _, text = played(tmp_path, ["board", "run", "where", "result", "board", "codex", "close", "quit"])
    drawn = {c for c in text if 0x2500 <= ord(c) < 0x2600 or c in "✓✗★☆"}
    assert drawn == set()


def test_the_end_of_the_input_leaves_and_saves(tmp_path: Path) -> None:
    status, _ = played(tmp_path, ["board", "set kiosk replicas=2"])
    assert status == 0
    _, text = played(tmp_path, [])
    assert "kiosk: service, 2 replicas" in text


def test_keys_can_be_sent_and_what_is_no_key_does_nothing(tmp_path: Path) -> None:
    _, text = played(tmp_path, ["board", "press tab", "press nonsense", "press " + "tab " * 500, "quit"])
    assert "(selected)" in after(text, "press tab")


def test_signs_become_words() -> None:
    assert tidied("✓ cost ≤ $1  ●●○○○") == "held: cost at most $1 2 of 5"
    assert tidied("▁▂▃█ 3×") == "3 times"
