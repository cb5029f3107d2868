from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from scalegame.components import kinds
from scalegame.errors import ScalegameError
from scalegame.levels.model import Level
from scalegame.proving import as_json, certificate, is_current, prove, report, write_certificate
from scalegame.proving.certificate import certificate_path, engine_hash, read_certificate
from scalegame.proving.model import Proof
from scalegame.proving.worker import Job, work
from tests.proving.hut import LEVEL, level_in


@pytest.fixture
def level(tmp_path: Path) -> Level:
    return level_in(tmp_path, LEVEL)


def proved(level: Level, **more: object) -> Proof:
    return prove(level, kinds(), **{"seeds": 6, "workers": 0, "generate": False, "search": 0, **more})  # type: ignore[arg-type]


def test_a_level_that_teaches_what_it_claims(level: Level) -> None:
    seen: list[tuple[int, int]] = []
    proof = proved(level, progress=lambda done, all, known: seen.append((done, all)))
    assert proof.proved, "\n".join(report(proof))
    by_name = {attempt.name: attempt for attempt in proof.attempts}
    assert list(by_name) == ["untouched", "bigger", "faster", "threads", "fewer", "huge", "slower"]
    assert by_name["bigger"].won == by_name["bigger"].runs == 6
    assert by_name["threads"].won == 0
    assert by_name["untouched"].deciding is not None
    # Without luck in it, once is enough: cost and effort.
    assert by_name["huge"].runs == by_name["slower"].runs == 1
    assert by_name["faster"].stars == ("cost", "latency", "parts")
    assert proof.notes == ("faster earns every star at once",)
    # Three winners and losers on six seeds, two once, and the winners on three play seeds.
    assert seen[-1] == (5 * 6 + 2 + 2 * 3, 5 * 6 + 2 + 2 * 3)
    assert proof.versions["engine"]
    assert proof.seeds == level.seeds("proof", 6)


def test_where_the_runs_are_made_does_not_matter(level: Level) -> None:
    alone = proved(level, losers_seeds=2)
    two = prove(level, kinds(), seeds=6, losers_seeds=2, generate=False, search=0, workers=2)
    assert as_json(alone) == as_json(two)
    with ThreadPoolExecutor(2) as threads:
        assert as_json(
            prove(level, kinds(), seeds=6, losers_seeds=2, generate=False, search=0, executor=threads)
        ) == as_json(alone)
    assert [a.runs for a in alone.attempts] == [2, 6, 6, 2, 2, 1, 1]
    assert not alone.full


def test_fresh_seeds_are_new_each_time(level: Level) -> None:
    few = replace(level, attempts=level.attempts[:1])
    one, other = (prove(few, kinds(), seeds=2, fresh=True, generate=False, search=0, workers=0) for _ in range(2))
    assert len({*one.seeds, *other.seeds, *level.seeds("proof", 20), *level.seeds("play", 3)}) == 27


def problems(level: Level, **more: object) -> str:
    proof = proved(level, **more)
    assert not proof.proved
    return "\n".join(report(proof))


def test_a_solution_that_loses_and_a_decoy_that_wins(tmp_path: Path) -> None:
    text = LEVEL.replace("threads=200], expect: {loses: latency.p99}", "threads=200], expect: wins")
    text = text.replace("[buy faster], expect: wins", "[buy faster], expect: {loses: latency.p99}")
    told = problems(level_in(tmp_path, text))
    assert "problem: threads: misses availability >= 97 % on 6 of 6 runs" in told
    assert "problem: threads: loses on the seeds that are played" in told
    assert "problem: faster: meets latency.p99 < 400 ms on 6 of 6 runs" in told
    # Whoever loses, has to lose on what is declared: fewer threads are refused quickly.
    told = problems(level_in(tmp_path, LEVEL.replace("{loses: availability}", "{loses: latency.p99}")))
    assert "problem: fewer: meets latency.p99 < 400 ms on 6 of 6 runs" in told


def test_a_margin_that_luck_could_cross(level: Level) -> None:
    proof = proved(level)
    bigger = next(a for a in proof.attempts if a.name == "bigger")
    p99 = bigger.margins[1]
    # Put the threshold one standard deviation over the worst run: every run wins, and not for long.
    near = replace(level.objectives[1], target=p99.worst + p99.deviation / 10)
    told = problems(replace(level, objectives=(level.objectives[0], near, *level.objectives[2:])))
    assert "problem: bigger: wins latency.p99 < 400 ms by luck" in told


def test_a_level_without_a_choice(level: Level) -> None:
    named = {attempt.name: attempt for attempt in level.attempts}
    few = replace(level, attempts=(named["bigger"], named["fewer"], named["huge"]))
    told = problems(few)
    assert "problem: fewer than two different attempts are declared to win" in told
    assert "problem: fewer than two attempts are declared to lose on something other than cost" in told
    # The same idea under another name is no second idea.
    again = replace(named["bigger"], name="again", do=("set web size=large threads=50",))
    told = problems(replace(few, attempts=(named["bigger"], again, named["fewer"], named["threads"])))
    assert "problem: fewer than two different attempts are declared to win" in told
    assert proved(replace(few, guide=(("Make it bigger.", "set web size=large"),))).proved


def test_a_level_that_is_won_by_doing_nothing(tmp_path: Path) -> None:
    told = problems(level_in(tmp_path, LEVEL.replace("poisson: 80/s", "poisson: 8/s")))
    assert "problem: untouched: meets" in told


def test_a_level_that_changes_under_the_proof_is_noticed(level: Level) -> None:
    Path(level.source).write_text(LEVEL.replace("80/s", "81/s"), encoding="utf-8")

    class Other:
        """Stands for another process, which has not read the level before."""

        def submit(self, call: object, job: Job) -> Future[object]:
            from scalegame.proving import worker

            worker._loaded.cache_clear()
            future: Future[object] = Future()
            try:
                future.set_result(work(job))
            except ScalegameError as error:
                future.set_exception(error)
            return future

    with pytest.raises(ScalegameError, match="changed while it was being proved"):
        prove(level, kinds(), seeds=1, generate=False, search=0, executor=Other())  # type: ignore[arg-type]


def test_the_report_is_a_table_and_the_json_is_json(level: Level) -> None:
    proof = proved(level)
    lines = report(proof)
    assert lines[0].startswith("small-hut: proved (6 proof seeds")
    assert lines[2].split()[:3] == ["✓", "untouched", "loses"]
    columns = {line.index(line.split()[1]) for line in lines[2:9]}
    assert columns == {3}
    data = json.loads(json.dumps(as_json(proof), allow_nan=False))
    assert data["proved"] is True
    bigger = data["attempts"][1]
    assert bigger["probability"] == 1.0
    assert bigger["interval"][0] == pytest.approx(0.025 ** (1 / 6))
    assert [o["text"] for o in bigger["objectives"]] == [o.text for o in level.objectives]
    assert bigger["deciding"] in {o.text for o in level.objectives}


def test_certificates(level: Level, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = proved(level)
    assert not is_current(level, certificate(quick, level))  # six seeds are no full proof
    given = certificate(replace(quick, full=True), level)
    path = write_certificate(level, given)
    assert path == tmp_path / "certificates" / "small-hut.json"
    assert [p.name for p in path.parent.iterdir()] == ["small-hut.json"]
    assert read_certificate(level) == given
    assert is_current(level, read_certificate(level))
    assert not is_current(replace(level, digest="other"), given)
    assert not is_current(level, {**given, "engine": "older"})
    assert not is_current(replace(level, attempts=level.attempts[1:]), given)
    assert not is_current(level, {**given, "proved": False})
    assert not is_current(level, None)
    path.write_text("{ broken", encoding="utf-8")
    assert read_certificate(level) is None
    # A certificate that cannot be written leaves the old one, and nothing else.
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(ScalegameError, match="No space left"):
        write_certificate(level, given)
    assert [p.name for p in path.parent.iterdir()] == ["small-hut.json"]
    assert path.read_text(encoding="utf-8") == "{ broken"


def test_a_certificate_stays_in_its_folder(level: Level) -> None:
    for id in ("../../etc/passwd", "", ".hidden", "a/b"):
        with pytest.raises(ScalegameError, match="no file name"):
            certificate_path(replace(level, own=id))
    with pytest.raises(ScalegameError, match="not read from a file"):
        certificate_path(replace(level, source=""))


def test_the_engine_hash_follows_the_source_and_not_the_line_ends() -> None:
    assert len(engine_hash()) == 32
    assert engine_hash() == engine_hash.__wrapped__()
