"""A small class at once: everything is taken, nothing is lost; how quick that is, `load` measures."""

from __future__ import annotations

from pathlib import Path

from tests.competition.load import loaded


def test_whatever_a_class_hands_in_is_taken_once(tmp_path: Path) -> None:
    report = loaded(tmp_path, clients=12, submissions=36, seconds=6.0, jobs=1)
    assert report.wrong == []
    assert len(report.accepted) == 36
    assert report.standings or report.news, "somebody looked at the board"
