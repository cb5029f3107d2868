"""What a new level starts from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.errors import ScalegameError
from scalegame.levels.archetypes import ARCHETYPES, SCHEMA_FILE, archetype, write_archetype, write_schema
from scalegame.levels.lint import lint
from scalegame.levels.load import read
from scalegame.levels.yamltree import load
from scalegame.proving.prove import prove


@pytest.mark.parametrize("like", ARCHETYPES)
def test_it_is_sound_and_has_two_ideas_and_three_decoys(like: str) -> None:
    document = load(archetype(like, "an-idea"), "x.yaml")
    level = read(document, Path("x.yaml"), kinds())
    assert level.own == "an-idea"
    assert [str(finding) for finding in lint(level, document)] == []
    assert len([a for a in level.attempts if a.wins]) >= 2
    decided = [level.objectives[a.loses].metric for a in level.attempts if a.loses is not None]
    assert len(decided) >= 3
    assert len([metric for metric in decided if metric != "cost"]) >= 2
    assert all(attempt.says for attempt in level.attempts)


@pytest.mark.parametrize("like", ARCHETYPES)
def test_its_attempts_win_and_lose_as_they_say(like: str) -> None:
    level = read(load(archetype(like, f"p4-{like}"), "x.yaml"), Path("x.yaml"), kinds())
    proof = prove(level, kinds(), seeds=1, generate=False, search=0, workers=0)
    for attempt in proof.attempts:
        assert attempt.won == (attempt.runs if attempt.declared == "wins" else 0), attempt


def test_what_there_is_to_start_from_has_an_end() -> None:
    with pytest.raises(ScalegameError, match="cache"):
        archetype("cach", "x")
    with pytest.raises(ScalegameError, match="to start from"):
        archetype("../starter", "x")


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "07-Über uns!.yaml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ScalegameError, match="it stays"):
        write_archetype(path, "queue")
    assert path.read_text(encoding="utf-8") == "mine"


def test_editors_are_told_of_the_schema_unless_it_is_not_wanted(tmp_path: Path) -> None:
    write_archetype(tmp_path / "a.yaml", "lock")
    assert (tmp_path / "a.yaml").read_text().startswith(f"# yaml-language-server: $schema={SCHEMA_FILE}\n")
    write_archetype(tmp_path / "b.yaml", "lock", schema=False)
    assert "$schema" not in (tmp_path / "b.yaml").read_text()
    path = write_schema(tmp_path, kinds())
    assert path is not None
    assert json.loads(path.read_text(encoding="utf-8"))["properties"]["objectives"]
    path.write_text("mine")
    assert write_schema(tmp_path, kinds()) is None
    assert path.read_text() == "mine"
