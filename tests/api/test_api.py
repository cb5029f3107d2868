"""The API for programs: what it says is what the game says, and it stays as it is."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pytest

from scalegame import api
from scalegame.cli import main
from scalegame.competition.judging import judge, seeds
from scalegame.competition.model import submission
from scalegame.competition.model.judgement import to_data

ROOT = Path(__file__).parents[2]
TINY = str(ROOT / "tests" / "tui" / "tiny.yaml")
WINNING = ("add balancer", "rewire people -> balancer -> kiosk", "set kiosk replicas=3")
SECRET = "0123456789abcdef" * 2


def test_a_level_is_solved() -> None:
    puzzle = api.load(TINY)
    assert puzzle.objectives
    assert puzzle.components["kiosk"]["kind"] == "service"
    found = puzzle.design()
    assert not found.run(1).won
    draft = found.do(*WINNING)
    assert found.lines == (), "a design does not change"
    assert set(draft.components) == {"people", "kiosk", "balancer"}
    assert ("balancer", "kiosk") in draft.wires
    report = draft.run()
    assert report.won
    assert report.cost == pytest.approx(draft.price)
    assert report.parts == draft.parts
    assert all(report.objectives.values())
    assert 0 < report.utilisation("kiosk") < 1
    assert draft.problems == ()


def test_what_it_says_is_what_run_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = api.load(TINY).design(*WINNING)
    path = tmp_path / "mine.yaml"
    path.write_text(draft.yaml)
    monkeypatch.setattr("sys.argv", ["scalegame", "run", TINY, "--design", str(path), "--json"])
    with pytest.raises(SystemExit):
        main()
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(draft.run().json))


def test_it_judges_as_a_competition_does() -> None:
    puzzle = api.load(TINY)
    draft = puzzle.design(*WINNING)
    entry = submission.check(submission.read(draft.yaml), puzzle.level)
    drawn = seeds.hidden(SECRET, puzzle.level.own, 3)
    there = judge.judge(puzzle.level, entry, drawn, seeds.fingerprint(SECRET, 3))
    assert to_data(draft.judge(SECRET, 3)) == to_data(there)
    assert submission.read(draft.share_code).do == draft.lines


def test_mistakes_are_told() -> None:
    puzzle = api.load(TINY)
    with pytest.raises(api.ScalegameError, match="line 2"):
        puzzle.design("add balancer", "remove nowhere")
    with pytest.raises(api.ScalegameError):
        puzzle.design("add balancer").run()
    assert puzzle.design("add balancer").problems
    with pytest.raises(api.ScalegameError):
        api.load("no-such-level")


def test_notebooks_show_text_as_text() -> None:
    puzzle = api.load(TINY)
    for shown in (puzzle, puzzle.design("add balancer as x"), puzzle.design().run(1)):
        page = shown._repr_html_()
        assert "<script" not in page
        assert "->" not in page, "what means something in HTML is escaped"


def signatures() -> list[str]:
    """Everything that is promised, a line each."""
    found = []
    for name in sorted(api.__all__):
        thing = getattr(api, name)
        if name in ("ScalegameError", "Problems", "Judgement"):
            continue
        if inspect.isfunction(thing):
            found.append(f"{name}{inspect.signature(thing)}")
            continue
        for own, value in sorted(vars(thing).items()):
            if own.startswith("_"):
                continue
            if isinstance(value, property):
                assert value.fget is not None
                found.append(f"{name}.{own} -> {inspect.signature(value.fget).return_annotation}")
            elif inspect.isfunction(value):
                found.append(f"{name}.{own}{inspect.signature(value)}")
    return found


def test_what_is_promised_stays() -> None:
    """A line that changes or goes is a new major version; one that comes is added here."""
    kept = (Path(__file__).parent / "signatures.txt").read_text().splitlines()
    assert signatures() == kept


def test_the_example_of_the_page_works() -> None:
    text = (ROOT / "scalegame" / "codex" / "bots.md").read_text()
    block = re.search(r"(?:^    .*\n|^\n)+(?=\S)", text[text.index("## An example") :], re.MULTILINE)
    assert block is not None
    found: dict[str, object] = {}
    exec(compile(inspect.cleandoc(block[0]), "bots.md", "exec"), found)
    assert found["best"]
