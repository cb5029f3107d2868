"""Which designs a search tries: items set up otherwise, some of every sort, whatever the level is called."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from scalegame.proving import search
from scalegame.proving.plan import plans_of
from scalegame.proving.search import designs, in_turn
from tests.proving.hut import LEVEL, level_in

#: With two things to add that can be set otherwise.
DOOR = LEVEL.replace(
    "palette:\n",
    "palette:\n  spare: {kind: service, max: 1, runs: till, at: hut, size: small, threads: 50, backlog: 1, "
    "adjust: {threads: 20..160, size: [small, large]}}\n"
    "  door: {kind: balancer, max: 1, at: hut, adjust: {policy: any}}\n",
)


def tried(folder: Path, text: str, most: int = 400) -> list[tuple[str, ...]]:
    level = level_in(folder, text)
    return [design.do for design in designs(level, plans_of(level, level.seeds("proof", 3), None), most)]


def test_what_is_added_is_tried_with_its_other_settings_too(tmp_path: Path) -> None:
    boards = tried(tmp_path, DOOR)
    for setting in ("threads=20", "threads=67", "threads=113", "threads=160", "size=large"):
        assert (f"add spare {setting}", "rewire guests -> spare -> web") in boards
        assert (f"add spare {setting}", "wire web -> spare") in boards
    assert ("add door policy=hash", "rewire guests -> door -> web") in boards
    # Single changes come before what is set up.
    bare = boards.index(("add spare", "rewire guests -> spare -> web"))
    assert bare < min(i for i, do in enumerate(boards) if do[0].startswith("add spare "))


def test_a_level_is_searched_alike_under_another_name(tmp_path: Path) -> None:
    assert tried(tmp_path, DOOR.replace("id: small-hut", "id: another-hut")) == tried(tmp_path, DOOR)


def test_of_many_single_changes_there_are_some_of_every_sort(tmp_path: Path) -> None:
    level = level_in(tmp_path, DOOR)
    found = [lines[0] for lines in islice(search._singles(level, level.found), 3)]
    assert [type(edit).__name__ for edit in found] == ["Set", "Buy", "Add"]
    assert any(do[0].startswith("add spare") for do in tried(tmp_path, DOOR))


def test_in_turn_goes_on_when_one_has_ended() -> None:
    assert list(in_turn("abc", "", "xy")) == ["a", "x", "b", "y", "c"]
