"""The file of a level in work, and what is worked out about designs, without a screen."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.errors import ScalegameError
from scalegame.levels.load import loads
from scalegame.levels.model import Level
from scalegame.levels.rewrite import NewAttempt, with_attempt, with_target
from scalegame.tui.authoring import naming, scatter
from scalegame.tui.authoring.authored import AuthoredFile, excerpt, opened, renewed
from scalegame.tui.board.session import Session
from scalegame.units import Dimension
from scalegame.verdict.model import Objective
from scalegame.verdict.objectives import parse
from tests.tui.playing import WINNING, tiny

TINY = Path(__file__).parent / "tiny.yaml"
TEXT = TINY.read_text(encoding="utf-8").replace("id: tiny", "id: mine")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "mine.yaml"
    found.write_text(TEXT, encoding="utf-8")
    return found


def save(path: Path, text: str, at: int) -> None:
    """As an editor does; `at` stands for the time, which must not decide a test."""
    path.write_bytes(text.encode())
    os.utime(path, ns=(at * 10**9, at * 10**9))


def test_it_is_read_again_only_when_it_was_saved(path: Path) -> None:
    file = opened(str(path))
    assert file.level.title == "Tiny"
    assert not file.look()
    save(path, TEXT.replace("title: Tiny", "title: Other"), 1)
    assert file.look()
    assert file.level.title == "Other"
    assert not file.look()
    save(path, TEXT.replace("title: Tiny", "title: Other"), 2)
    assert not file.look()  # saved, and the same


@pytest.mark.parametrize(
    "half",
    ["", "format: 1\nid: [", TEXT[:300], "\0", "- a\n", TEXT.replace("kind: service", "kind: servise")],
    ids=["empty", "syntax", "cut", "binary", "list", "slip"],
)
def test_half_a_file_shows_its_errors_and_keeps_the_last_good_level(path: Path, half: str) -> None:
    file = opened(str(path))
    good = file.level
    save(path, half, 1)
    assert file.look()
    assert file.errors
    assert all(error.place is not None and error.place.file == str(path) for error in file.errors)
    assert file.level is good
    with pytest.raises(ScalegameError, match="mend them first"):
        file.change(lambda text: text + "# more\n")
    assert path.read_bytes() == half.encode()
    save(path, TEXT, 2)
    assert file.look()
    assert not file.errors
    assert file.level == good


def test_a_file_that_is_removed_is_given_time_to_come_back(path: Path) -> None:
    file = opened(str(path))
    path.unlink()
    assert not file.look()
    save(path, TEXT.replace("title: Tiny", "title: Back"), 1)
    assert file.look()
    assert (file.level.title, file.errors) == ("Back", ())
    path.unlink()
    assert not file.look()
    assert file.look()
    assert "no such file" in file.errors[0].message
    save(path, TEXT, 2)
    assert file.look()
    assert not file.errors
    path.unlink()
    os.mkfifo(path)
    assert file.look()
    assert "no ordinary file" in file.errors[0].message


def test_a_pack_that_is_saved_is_read_again(path: Path) -> None:
    file = opened(str(path))
    (path.parent / "pack.yaml").write_text("format: [", encoding="utf-8")
    assert file.look()
    assert file.errors
    (path.parent / "pack.yaml").unlink()
    assert file.look()
    assert not file.errors


def test_it_is_changed_and_the_level_is_the_one_that_stands_there(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    file = opened(str(path))
    new = NewAttempt("mine", WINNING, "", "Three.")
    assert file.change(lambda text: with_attempt(text, new))
    assert [attempt.name for attempt in file.level.attempts][-1] == "mine"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf#")
    assert b"\n" not in path.read_bytes().replace(b"\r\n", b"")
    assert path.stat().st_mode & 0o777 == 0o640
    assert not file.look()  # it was written from here
    assert not file.change(lambda text: with_attempt(text, new))
    assert file.change(lambda text: with_target(text, 1, "600 ms"))
    assert file.level.objectives[1].target == 0.6


def test_what_an_editor_saved_meanwhile_is_never_written_over(path: Path) -> None:
    file = opened(str(path))
    theirs = TEXT.replace("title: Tiny", "title: Theirs")
    save(path, theirs, 1)
    with pytest.raises(ScalegameError, match="another program"):
        file.change(lambda text: text + "# mine\n")
    assert path.read_text(encoding="utf-8") == theirs

    def slow(text: str) -> str:
        save(path, TEXT, 2)  # saved while it is worked out what to write
        return text + "# mine\n"

    assert file.look()
    with pytest.raises(ScalegameError, match="another program"):
        file.change(slow)
    assert path.read_text(encoding="utf-8") == TEXT
    assert sorted(other.name for other in path.parent.iterdir()) == ["mine.yaml"]


def test_what_would_be_no_level_is_not_written(path: Path) -> None:
    file = opened(str(path))
    with pytest.raises(ScalegameError, match="not written"):
        file.change(lambda text: with_attempt(text, NewAttempt("bad", ("set nothing replicas=3",))))
    assert path.read_text(encoding="utf-8") == TEXT


def test_ids_of_the_game_are_refused(path: Path) -> None:
    file = opened(str(path))
    save(path, TEXT.replace("id: mine", "id: two-is-company"), 1)
    assert file.look()
    assert "comes with the game" in file.errors[0].message
    with pytest.raises(ScalegameError, match="not written in a file"):
        opened("sandbox")


def test_each_error_comes_with_its_line(path: Path) -> None:
    text = TEXT.replace("kind: service", "kind: servise").replace("title: Tiny", "titel: T\x1b[2J")
    file = opened(str(path))
    save(path, TEXT.replace("kind: service", "kind: servise"), 1)
    file.look()
    (message, line), *_ = excerpt(file.errors, path.read_bytes(), str(path))
    assert message.startswith(f"{path}:")
    assert "servise" in line
    assert line.split(" | ")[0].strip() == message.removeprefix(f"{path}:").split(":")[0]
    (_, shown) = excerpt(file.errors, text.encode(), str(path))[0]
    assert shown.isprintable()
    assert excerpt(file.errors, b"", str(path))[0][1] == ""


def with_rule(old: str, new: str) -> Level:
    bare = TEXT[: TEXT.index("attempts:")]
    return loads(bare.replace(old, new), "mine.yaml", kinds())


def test_the_board_goes_over_to_the_new_level_as_far_as_it_fits() -> None:
    level = with_rule("", "")
    old = Session(level)
    for line in WINNING:
        old.do(line)
    old.hints = 2
    session, lost, told = renewed(old, with_rule("title: Tiny", "title: New"), None)
    assert (session.lines, session.steps, session.hints, lost) == (old.lines, old.steps, 2, None)
    assert "kept" in told
    # One that does not fit comes back when it does again.
    fewer, lost, told = renewed(session, with_rule("replicas: 1..4", "replicas: 1..2"), None)
    assert not fewer.lines
    assert lost is not None
    assert "do not fit" in told
    still, lost, _ = renewed(fewer, with_rule("replicas: 1..4, ", ""), lost)
    assert not still.lines
    assert lost is not None
    back, lost, told = renewed(still, level, lost)
    assert back.lines == old.lines
    assert lost is None
    assert "back" in told
    # What was done since goes before it.
    fewer.do("set kiosk replicas=2")
    assert renewed(fewer, level, session.saved())[0].lines == fewer.lines


# Distributions


def objective(text: str) -> Objective:
    return parse(text, (), ())


def test_the_values_are_those_of_the_seeds_of_the_proof() -> None:
    level = tiny()
    board = Session(level)
    for line in WINNING:
        board.do(line)
    work = scatter.Sampling(level, board.board, seeds=3)
    assert work.values(level.objectives) == ((), (), ())
    while not work.advance(10):
        pass
    assert work.progress == 1
    assert work.seeds == level.seeds("proof", 3)
    values = work.values(level.objectives)
    assert [len(of) for of in values] == [3, 3, 3]
    assert len(set(values[1])) == 3
    assert scatter.held(level.objectives[1], values[1]) == 3
    worst = max(values[1])
    assert scatter.held(scatter.with_target(level.objectives[1], worst * 0.999), values[1]) < 3
    assert scatter.held(objective("cost <= $0/h"), values[2]) == 0


@pytest.mark.parametrize(
    ("text", "values", "up", "down"),
    [
        ("latency.p99 < 400 ms", (0.2, 0.25, 0.3), "latency.p99 < 420 ms", "latency.p99 < 380 ms"),
        ("latency.p99 < 405 ms", (), "latency.p99 < 420 ms", "latency.p99 < 400 ms"),
        ("availability >= 97 %", (0.97, 0.98), "availability >= 97.1 %", "availability >= 96.9 %"),
        ("availability >= 100 %", (), "availability >= 100 %", "availability >= 99.95 %"),
        ("cost <= $0.70/h", (0.7,), "cost <= $0.72/h", "cost <= $0.68/h"),
        ("unfinished == 0", (0, 0), "unfinished == 1", "unfinished == 0"),
        ("duplicates <= 20", (3, 40), "duplicates <= 22", "duplicates <= 18"),
        ("goodput >= 100/s", (99.0, math.nan), "goodput >= 105/s", "goodput >= 95/s"),
    ],
)
def test_thresholds_move_by_steps_that_people_count_in(
    text: str, values: tuple[float, ...], up: str, down: str
) -> None:
    start = objective(text)
    step = scatter.step_of(start, values)
    assert scatter.moved(start, 1, step).text == up
    assert scatter.moved(start, -1, step).text == down
    # However far, it stays something that the file can say.
    for by in (-1000, -3, 7, 1000):
        found = scatter.moved(start, by, step)
        assert objective(found.text).target == found.target
        assert objective(found.text).text == found.text


def test_a_threshold_can_be_typed() -> None:
    start = objective("latency.p99 < 400 ms")
    assert scatter.typed_target(start, "0.55 s").text == "latency.p99 < 550 ms"
    for words in ("soon", "0 s", "3"):
        with pytest.raises(ScalegameError):
            scatter.typed_target(start, words)
    assert scatter.target_text(1234.5, Dimension.TIME) == "1234.5 s"


def test_the_histogram_has_a_bucket_for_the_target() -> None:
    start = objective("latency.p99 < 400 ms")
    found = scatter.drawn(start, (0.1, 0.11, math.nan), 8)
    assert sum(found.counts) == 2
    assert found.edges[0] <= 0.1
    assert found.edges[-1] >= 0.4
    assert found.counts[found.bucket(0.4)] == 0
    assert sum(scatter.drawn(start, (), 8).counts) == 0


# What is typed


def test_a_line_says_name_expectation_and_lesson() -> None:
    asked = tiny().objectives
    made = naming.named("two-tills loses latency.p99 says One: is # not enough", ("a",), ("b",), asked)
    assert made == NewAttempt("two-tills", ("a",), "latency.p99", "One: is # not enough", ("b",))
    assert naming.named("x wins", (), (), asked) == NewAttempt("x", ())
    assert naming.named('x wins says "Two  words"', (), (), asked).says == "Two words"
    assert naming.named("says wins", (), (), asked).name == "says"
    assert naming.named("x loses latency.p99 < 500 ms says Slow", (), (), asked).loses == "latency.p99"
    twice = (*asked, replace(asked[1], text="latency.p99 < 900 ms", target=0.9))
    assert naming.named("x loses latency.p99 < 900 ms", (), (), twice).loses == "latency.p99 < 900 ms"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "write NAME wins"),
        ("x", "write NAME wins"),
        ("x maybe", "write NAME wins"),
        ("x loses", "availability or latency.p99 or cost"),
        ("x loses says why", "availability or latency.p99 or cost"),
        ("x loses latancy.p99", "did you mean"),
        ("x wins says", "teach"),
        ("3x wins", "no name"),
        ("x" * 3000, "write NAME wins"),
    ],
)
def test_what_is_missing_in_it_is_told(words: str, told: str) -> None:
    with pytest.raises(ScalegameError, match=told):
        naming.named(words, (), (), tiny().objectives)


def test_a_reader_that_fails_at_first_gives_no_file(tmp_path: Path) -> None:
    with pytest.raises(ScalegameError):
        AuthoredFile(tmp_path / "none.yaml", lambda content: tiny())
