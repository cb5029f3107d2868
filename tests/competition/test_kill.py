"""A server that is killed at twenty random moments has lost nothing that it acknowledged; see `kill`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.competition.kill import killed


@pytest.mark.skipif(sys.platform == "win32", reason="kills with a signal that Windows does not have")
def test_what_was_acknowledged_survives_twenty_kills(tmp_path: Path) -> None:
    report = killed(tmp_path, 20)
    assert report.wrong == []
    assert report.kills == 20
    assert len(report.acknowledged) > 20, "there was something to lose"
    assert report.repeated > 0, "some were sent while nobody was there"
