from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, wait
from pathlib import Path
from typing import Any

import distributed
import pytest

from scalegame.competition.judging import executors, ownpool, seeds
from scalegame.competition.judging.judge import judge
from scalegame.competition.model.judgement import to_data
from scalegame.errors import ScalegameError
from tests.competition.judging import (
    WINNING,
    bomb,
    die,
    die_once,
    entry,
    exploding,
    hog,
    square,
    tiny,
    wait_for_ever,
)

SECRET = "000102030405060708090a0b0c0d0e0f"
#: Seconds for what takes one at most.
ENOUGH = 60
#: A cluster without pages.
QUIET = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + ENOUGH
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that is its own authority, and its key."""
    made, key = folder / "judge.pem", folder / "judge.key"
    wanted = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=judge"]
    files = ["-keyout", str(key), "-out", str(made)]
    subprocess.run(["openssl", "req", *wanted, *files], check=True, capture_output=True)
    return made, key


# The same judgement everywhere ----------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [executors.local, executors.local_cluster])
def test_the_same_judgement_here_and_there_while_workers_die(
    make: Callable[[int], Executor], tmp_path: Path
) -> None:
    handed_in, hidden = entry(tiny(), *WINNING), seeds.hidden(SECRET, "tiny", 6)
    here = judge(tiny(), handed_in, hidden, "x")
    assert len(here.runs) == 6
    with make(2) as executor:
        unlucky = [executor.submit(die_once, str(tmp_path / str(number))) for number in range(2)]
        there = judge(tiny(), handed_in, hidden, "x", executor)
        assert [future.result() for future in unlucky] == ["lived", "lived"]
        # One that a limit ends is cut at the same run.
        ended = judge(bomb(), exploding("300ms"), hidden, "x", executor)
    assert there == here
    assert to_data(ended) == to_data(judge(bomb(), exploding("300ms"), hidden, "x"))
    assert len(ended.runs) == 1


@pytest.mark.parametrize("make", [executors.local, executors.local_cluster])
def test_what_kills_every_worker_has_no_verdict_and_all_else_has(make: Callable[[int], Executor]) -> None:
    with make(2) as executor:
        before = [executor.submit(square, number) for number in range(5)]
        deadly = executor.submit(die)
        after = [executor.submit(square, number) for number in range(5)]
        assert [future.result() for future in before + after] == [0, 1, 4, 9, 16] * 2
        error = deadly.exception()
        assert isinstance(error, ScalegameError)
        assert error.title == "Not judged"
        assert executor.submit(square, 7).result() == 49


def test_a_result_whose_worker_dies_the_moment_it_arrives_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    lost: list[int] = []

    async def arrives_and_is_lost(future: Any, raiseit: bool = True) -> object:
        result = await fetched(future, raiseit)
        if not lost and future.status == "finished":
            lost.append(1)
            future._state.lose()
        return result

    with executors.local_cluster(1) as executor:
        fetched: Any = distributed.Future._result
        monkeypatch.setattr(distributed.Future, "_result", arrives_and_is_lost)
        assert executor.submit(square, 3).result() == 9
    assert lost == [1]


# Processes of this machine --------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process has no such limit")
def test_a_run_that_needs_all_memory_gets_none_of_it() -> None:
    with executors.local(1) as executor:
        assert executor.submit(hog, 1000).result() == 1000
        assert isinstance(executor.submit(hog, ownpool.MEMORY).exception(), MemoryError)
        assert executor.submit(hog, 1000).result() == 1000


@pytest.mark.parametrize("make", [executors.local, executors.local_cluster])
def test_to_stop_without_waiting_cancels_what_has_not_begun(
    make: Callable[[int], Executor], tmp_path: Path
) -> None:
    executor, marker = make(1), tmp_path / "waits"
    busy = executor.submit(wait_for_ever, str(marker))
    until(lambda: marker.exists() and marker.read_text() != "")
    queued = [executor.submit(square, number) for number in range(3)]
    assert queued[0].cancel()
    executor.shutdown(wait=False, cancel_futures=True)
    assert all(future.cancelled() for future in queued)
    if make is executors.local:
        # The process that is at work is told so; what it was at may be judged again.
        os.kill(int(marker.read_text()), signal.SIGTERM)
    assert wait([busy, *queued], timeout=ENOUGH).not_done == set()
    assert busy.cancelled() or isinstance(busy.exception(), ScalegameError)
    with pytest.raises(RuntimeError):
        executor.submit(square, 1)
    with pytest.raises(CancelledError):
        queued[1].result()


def test_many_threads_may_submit_at_once() -> None:
    found: list[int] = []
    with executors.local(2) as executor:

        def ask() -> None:
            found.extend(future.result() for future in [executor.submit(square, number) for number in range(20)])

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(found) == sorted([number * number for number in range(20)] * 8)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is said there otherwise")
def test_workers_end_with_the_judge_even_if_it_is_killed(tmp_path: Path) -> None:
    marker = tmp_path / "waits"
    program = (
        "from scalegame.competition.judging import executors\n"
        "from tests.competition.judging import wait_for_ever\n"
        "if __name__ == '__main__':\n"
        f"    executors.local(1).submit(wait_for_ever, {str(marker)!r}).result()\n"
    )
    (tmp_path / "judging.py").write_text(program)
    root = Path(__file__).parents[2]
    judge = subprocess.Popen(
        [sys.executable, str(tmp_path / "judging.py")], env={**os.environ, "PYTHONPATH": str(root)}, cwd=tmp_path
    )
    try:
        until(lambda: marker.exists() and marker.read_text() != "")
    finally:
        judge.kill()
        judge.wait()
    until(lambda: not _alive(int(marker.read_text())))


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    try:
        # Ended, and nobody has asked how.
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return sys.platform != "linux"


# Clusters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1:8786",
        "tcp://127.0.0.1:8786",
        "tcp://[::1]:8786",
        "localhost:8786",
        "tls://judge.example.org:8786",
    ],
)
def test_addresses_that_nobody_else_reaches_or_that_are_encrypted(text: str) -> None:
    from scalegame.competition.judging.clusters import Address

    assert Address(text).text.endswith(text.rpartition("/")[2])


@pytest.mark.parametrize(
    "text",
    ["tcp://192.0.2.7:8786", "0.0.0.0:8786", "tcp://[2001:db8::1]:8786", "tcp://no-such-host.invalid:8786"],
)
def test_a_cluster_that_others_may_reach_is_refused(text: str) -> None:
    with pytest.raises(ScalegameError, match="could run anything there") as caught:
        executors.cluster(text)
    assert caught.value.title == "Not safe"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "judge",
        "tcp://127.0.0.1",
        "http://127.0.0.1:8786",
        "inproc://1/2/3",
        "127.0.0.1:99999",
        "tcp://[::1:8786",
        "tls://x@y:8786",
        "tcp://127.0.0.1:8786/../x",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ScalegameError, match=r"write tcp://127\.0\.0\.1:8786 or tls://host:8786"):
        executors.cluster(text)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="nothing makes a certificate here")
def test_a_cluster_with_certificates_and_none_without(tmp_path: Path) -> None:
    from distributed import LocalCluster, Security

    made, key = certificate(tmp_path)
    tls = executors.Tls(made, made, key)
    names = {f"tls_{who}_{what}" for who in ("client", "scheduler", "worker") for what in ("cert", "key")}
    files = {name: str(key if name.endswith("key") else made) for name in names}
    security = Security(tls_ca_file=str(made), require_encryption=True, **files)
    with LocalCluster(n_workers=1, threads_per_worker=1, security=security, scheduler_kwargs=QUIET) as own:
        address = own.scheduler_address
        assert address.startswith("tls://")
        with executors.cluster(address, tls) as executor:
            assert executor.submit(square, 3).result() == 9
        with pytest.raises(ScalegameError, match="three files") as caught:
            executors.cluster(address)
        assert caught.value.title == "No certificate"
        with pytest.raises(ScalegameError, match="there is no file"):
            executors.cluster(address, tls._replace(key=tmp_path / "lost.key"))
        with pytest.raises(ScalegameError, match="write tls:// in front"):
            executors.cluster(address.replace("tls", "tcp"), tls)


def test_a_scheduler_that_listens_to_everybody_is_left_again() -> None:
    """It answers on 127.0.0.1, too, but says itself where else."""
    from scalegame.competition.judging.clusters import Address, _check_reach

    class Known:
        def __init__(self, *workers: str) -> None:
            self.workers = workers

        def scheduler_info(self) -> dict[str, object]:
            return {"address": "tcp://127.0.0.1:8786", "workers": dict.fromkeys(self.workers)}

    _check_reach(Known("tcp://127.0.0.1:1"), Address("127.0.0.1:8786"))  # type: ignore[arg-type]
    with pytest.raises(ScalegameError, match=r"--host 127\.0\.0\.1"):
        _check_reach(Known("tcp://127.0.0.1:1", "tcp://192.0.2.7:1"), Address("127.0.0.1:8786"))  # type: ignore[arg-type]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does not answer at once does not answer."""
    monkeypatch.setattr("scalegame.competition.judging.clusters.ANSWER", 1.0)


@pytest.mark.usefixtures("impatient")
def test_where_nothing_answers_there_is_no_cluster() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unheard.getsockname()[1]}"
        with pytest.raises(ScalegameError, match=f"answers at tcp://{address}") as caught:
            executors.cluster(address)
    assert caught.value.title == "No cluster"


@pytest.mark.usefixtures("impatient")
def test_a_cluster_without_workers_says_how_to_start_one_and_a_lost_one_gives_no_verdict(tmp_path: Path) -> None:
    from distributed import LocalCluster

    own = LocalCluster(n_workers=0, threads_per_worker=1, scheduler_kwargs=QUIET)
    try:
        address = own.scheduler_address
        with pytest.raises(ScalegameError, match=f"dask worker {address}"):
            executors.cluster(address)
        own.scale(1)
        own.wait_for_workers(1, timeout=ENOUGH)
        executor, marker = executors.cluster(address), tmp_path / "waits"
        lost = executor.submit(wait_for_ever, str(marker))
        until(lambda: marker.exists() and marker.read_text() != "")
    finally:
        own.close()
    error = lost.exception(timeout=ENOUGH)
    assert isinstance(error, ScalegameError)
    assert error.title == "Not judged"
    executor.shutdown()


@pytest.mark.usefixtures("impatient")
def test_whoever_asks_a_cluster_that_has_no_worker_any_more_does_not_wait_for_ever() -> None:
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, scheduler_kwargs=QUIET) as own:
        with executors.cluster(own.scheduler_address) as executor:
            assert executor.submit(square, 3).result() == 9
            own.scale(0)
            until(lambda: not own.scheduler_info["workers"])
            error = executor.submit(square, 3).exception(timeout=ENOUGH)
        assert isinstance(error, ScalegameError)
        assert error.message == "the cluster has no worker any more: start one, then judge it again"


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "scalegame.competition.judging.clusters", raising=False)
    with pytest.raises(ScalegameError, match=r"pip install 'scalegame\[cluster\]'"):
        executors.cluster("127.0.0.1:8786")
