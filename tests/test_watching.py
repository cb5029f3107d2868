"""`scalegame watch`: what is said each time a file is saved."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scalegame.cli import main, watching
from scalegame.levels.archetypes import write_archetype


def watched(monkeypatch: pytest.MonkeyPatch, arguments: list[str], *saves: Callable[[], object]) -> None:
    """Watch, with something happening between looks; after the last, Ctrl-C."""
    happens = iter(saves)

    def wait(seconds: float) -> None:
        assert seconds > 0
        try:
            next(happens)()
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr(watching, "wait", wait)
    monkeypatch.setattr(sys, "argv", ["scalegame", "watch", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0


@pytest.fixture
def level(tmp_path: Path) -> Path:
    path = tmp_path / "idea.yaml"
    write_archetype(path)
    return path


def test_every_save_is_looked_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], level: Path
) -> None:
    text = level.read_text(encoding="utf-8")
    watched(
        monkeypatch,
        ["--no-prove", str(level)],
        lambda: None,
        lambda: level.write_text(text.replace("grace: 10 s", "grace: 10"), encoding="utf-8"),
        lambda: None,
        lambda: level.write_text(
            text.replace("  - Which box is always full?", "  - Add a balancer."), encoding="utf-8"
        ),
    )
    out = capsys.readouterr().out
    assert out.count("Ctrl-C ends") == 3
    assert out.count('"My first level", 3 objectives') == 2
    assert out.count('has no unit: write "10 ms" or "10 s"') == 1
    assert out.count("[hint-gives-away]") == 1


def test_a_file_that_is_gone_for_a_moment_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], level: Path
) -> None:
    text = level.read_text(encoding="utf-8")
    watched(
        monkeypatch, ["--no-prove", str(level)], level.unlink, lambda: level.write_text(text, encoding="utf-8")
    )
    out = capsys.readouterr().out
    assert "waiting for it" in out
    assert out.count('"My first level", 3 objectives') == 2


def test_a_proof_is_begun_for_what_is_sound_and_ended_by_the_next_save(
    monkeypatch: pytest.MonkeyPatch, level: Path
) -> None:
    begun: list[list[str]] = []
    ended: list[int] = []

    class Proof:
        def __init__(self, command: list[str], start_new_session: bool) -> None:
            assert start_new_session, "Ctrl-C ends the watch, and the watch the proof"
            begun.append(command)
            self.number = len(begun)

        def poll(self) -> int | None:
            return None

        def terminate(self) -> None:
            ended.append(self.number)

        def wait(self, timeout: float | None = None) -> int:
            return 0

    monkeypatch.setattr(watching.subprocess, "Popen", Proof)
    later = level.stat().st_mtime_ns + 2_000_000_000
    watched(
        monkeypatch,
        [str(level)],
        lambda: os.utime(level, ns=(later, later)),
        lambda: level.write_text("format: 1\n", encoding="utf-8"),
    )
    assert [command[-3:] for command in begun] == [["prove", "--", str(level)]] * 2
    assert ended == [1, 2], "by the second save, and by the third, after which there is nothing to prove"


def test_what_is_not_there_cannot_be_watched(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["scalegame", "watch", "none.yaml"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "scalegame new none.yaml" in capsys.readouterr().err
