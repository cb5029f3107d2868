"""The levels that come with the game, and files that pretend to be one of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scalegame.errors import ScalegameError
from scalegame.levels import packs
from scalegame.tui.shipped import from_file


def test_a_file_cannot_win_a_level_of_the_game_in_its_place(tmp_path: Path) -> None:
    own = next(entry.path for entry in packs.index() if entry.id == "first-lift")
    assert from_file("first-lift").id == from_file(str(own)).id == "first-lift"
    copy = shutil.copy(own, tmp_path / "easy.yaml")
    with pytest.raises(ScalegameError, match="give this one another"):
        from_file(str(copy))
