from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.levels.model import Level
from scalegame.proving import as_json, prove, running
from scalegame.proving import cache as room
from scalegame.proving.cache import Cache, content_of, default_path
from scalegame.proving.model import Sample
from scalegame.proving.worker import board_of, scenario_of
from tests.proving.hut import LEVEL, level_in

RUN = Sample(7, (0.25, math.nan, 3.0), ((1, 2), None, None), 1.5, "a limit", {"engine": "9"})


def content(level: Level, *do: str) -> bytes:
    return content_of(level, scenario_of(level, board_of(level, do), ()))


def test_what_was_kept_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "runs.sqlite3"
    first = Cache(path)
    first.put(b"content", RUN)
    first.close()
    second = Cache(path)
    assert repr(second.get(b"content", 7)) == repr(RUN)
    assert second.get(b"content", 8) is None
    assert second.get(b"other", 7) is None
    second.close()
    assert second.get(b"content", 7) is None


def test_a_cache_without_a_file_keeps_nothing() -> None:
    nowhere = Cache()
    nowhere.put(b"content", RUN)
    assert nowhere.get(b"content", 7) is None


def test_a_damaged_file_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite3"
    path.write_bytes(b"no database at all" * 100)
    cache = Cache(path)
    cache.put(b"content", RUN)
    assert cache.get(b"content", 7) is not None
    assert cache._db is not None
    cache._db.execute("UPDATE runs SET sample = '[1, 2'")
    assert cache.get(b"content", 7) is None
    cache.close()


def test_a_folder_that_cannot_be_made_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    cache = Cache(tmp_path / "file" / "runs.sqlite3")
    cache.put(b"content", RUN)
    assert cache.get(b"content", 7) is None
    cache.close()


def test_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_RUNS", 3)
    path = tmp_path / "runs.sqlite3"
    cache = Cache(path)
    for seed in range(5):
        cache.put(b"content", replace(RUN, seed=seed))
    cache.close()
    cache = Cache(path)
    assert [cache.get(b"content", seed) is None for seed in range(5)] == [True, True, False, False, False]
    cache.close()


def test_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCALEGAME_HOME", str(tmp_path))
    assert default_path() == tmp_path / "cache" / "runs.sqlite3"


def test_a_run_is_known_by_what_decides_it(tmp_path: Path) -> None:
    level = level_in(tmp_path, LEVEL)
    known = content(level, "set web size=large")
    assert content(level, "set web size=large") == known
    assert content(level, "set web size=huge") != known
    assert content(level, "set web size=large", "buy faster") != known
    # Neither a threshold, nor a text, nor what else may be chosen changes a run.
    for before, after in (
        ("latency.p99 < 400 ms", "latency.p99 < 300 ms"),
        ("A hut, a till", "Another hut, a till"),
        ("threads: 5..200", "threads: 5..300"),
        ("latency: 200 ms", "latency: 150 ms"),
    ):
        assert before in LEVEL
        assert content(level_in(tmp_path, LEVEL.replace(before, after)), "set web size=large") == known
    # The load does, and what is measured.
    for before, after in (("80/s", "81/s"), ("latency.p99 < 400 ms", "latency.p95 < 400 ms")):
        text = LEVEL.replace(before, after).replace("{loses: latency.p99}", "{loses: availability}")
        assert content(level_in(tmp_path, text), "set web size=large") != known


def test_a_proof_goes_on_where_it_was_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    level = level_in(tmp_path, LEVEL)
    path = tmp_path / "runs.sqlite3"
    real, made = running.sample, []

    def interrupted(*asked: object) -> Sample:
        if len(made) == 9:
            raise KeyboardInterrupt
        made.append(asked)
        return real(*asked)  # type: ignore[arg-type]

    def once(cache: Cache | None) -> object:
        return as_json(prove(level, kinds(), seeds=4, search=3, workers=0, cache=cache))

    monkeypatch.setattr(running, "sample", interrupted)
    with pytest.raises(KeyboardInterrupt):
        once(Cache(path))
    monkeypatch.setattr(running, "sample", lambda *asked: made.append(asked) or real(*asked))
    whole = once(Cache(path))
    assert len({(asked[2], asked[3]) for asked in made}) == len(made), "no run was made twice"
    runs = len(made)
    assert once(Cache(path)) == whole
    assert len(made) == runs
    assert once(None) == whole
