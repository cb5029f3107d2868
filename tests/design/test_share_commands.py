"""`scalegame share` and `scalegame open`, and the sandbox on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from scalegame.cli import cli
from scalegame.errors import ScalegameError

DESIGN = """
format: 0
level: sandbox
do:
  - add shoppers
  - add shop
  - add database
  - wire shoppers -> shop -> database
  - traffic shoppers 40/s timeout 1 s
  - "fault at 12 s: shop crashes for 2 s"
  - goal cost <= $1/h
  - measure 5 s 20 s
"""


def ran(*words: str, stdin: str | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(cli, words, input=stdin)
    if isinstance(result.exception, ScalegameError):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture
def design(tmp_path: Path) -> str:
    path = tmp_path / "mine.yaml"
    path.write_text(DESIGN, encoding="utf-8")
    return str(path)


def test_a_design_goes_out_as_a_code_and_comes_back_as_a_file(design: str, tmp_path: Path) -> None:
    _, code = ran("share", "sandbox", "--design", design)
    assert code.startswith("SG1-")
    _, text = ran("open", code.strip())
    again = tmp_path / "again.yaml"
    again.write_text(text, encoding="utf-8")
    assert ran("share", "sandbox", "--design", str(again)) == (0, code)
    assert ran("open", "-", stdin=f"\n {code}\n") == (0, text)
    assert "a design for sandbox" in ran("validate", str(again))[1]


def test_the_board_as_found_has_a_code_too() -> None:
    _, code = ran("share", "first-lift")
    assert "level: first-lift" in ran("open", code.strip())[1]


def test_what_is_no_code_says_so() -> None:
    with pytest.raises(ScalegameError, match="is not a share code"):
        ran("open", "hello")


def test_a_run_of_the_sandbox_follows_its_design(design: str) -> None:
    status, text = ran("run", "sandbox", "--design", design, "--json", "--seeds", "1")
    told = json.loads(text)
    assert told["level"] == "sandbox"
    assert {"cost <= $1.00/h", "availability >= 99 %"} <= {o["text"] for o in told["objectives"]}
    assert "fault at 12 s: shop crashes for 2 s" in told["design"]
    assert (status == 0) == told["won"]
    assert not told["won"]
    assert 30 < told["runs"][0]["throughput"] < 45


def test_an_empty_sandbox_cannot_run_and_is_listed() -> None:
    with pytest.raises(ScalegameError, match="nobody asks for anything yet"):
        ran("run", "sandbox")
    assert "sandbox" in ran("levels")[1]


def test_what_is_done_while_it_runs_travels_along(design: str) -> None:
    path = Path(design)
    path.write_text(f"{DESIGN}live:\n  - 'at 9 s: restart shop'\n  - 'at 7 s: crash shop'\n", encoding="utf-8")
    _, code = ran("share", "sandbox", "--design", design)
    _, text = ran("open", "-", stdin=code)
    assert text.endswith("live:\n- 'at 7 s: crash shop'\n- 'at 9 s: restart shop'\n")
    path.write_text(f"{DESIGN}live:\n  - 'at 7 s: crash shpo'\n", encoding="utf-8")
    with pytest.raises(ScalegameError, match="did you mean"):
        ran("share", "sandbox", "--design", design)
