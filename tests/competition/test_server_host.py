"""`scalegame host` as a teacher starts it: a process that listens, ends by Ctrl-C, and goes on where it was."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from scalegame.cli import cli
from tests.competition.contests import pack
from tests.competition.serving import KEY


@contextmanager
def hosting(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server that has said that it is there, with what it said."""
    command = [
        *(sys.executable, "-m", "scalegame", "host", str(folder / "pack"), "--db", str(folder / "cup.contest")),
        *("--listen", "127.0.0.1", "--port", "0", "--jobs", "1", *more),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    said = ""
    try:
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        yield process, said
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def found(said: str, pattern: str) -> str:
    match = re.search(pattern, said)
    assert match is not None, said
    return match[1]


def test_a_competition_is_held_ended_and_goes_on(tmp_path: Path) -> None:
    pack(tmp_path / "pack")
    settings = tmp_path / "cup.yaml"
    settings.write_text("format: 1\ntitle: Kiosk cup\nlevels: [tiny]\n")
    with hosting(tmp_path, "--settings", str(settings), "--start", "now", "--minutes", "50") as (process, said):
        assert said.startswith("Kiosk cup: a contest with 1 level\n")
        address, code = found(said, r"join (http\S+)"), found(said, r"code +(\S+)")
        assert f"{address}/board#{code}" in said
        joined = httpx.post(
            f"{address}/api/1/join", json={"code": code, "name": "Ann", "team": "Blue", "key": KEY}, timeout=30
        )
        token = joined.json()["token"]
        instructor = found(said, r"host#(i\.\w+)")
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        assert "Everything is kept" in process.stdout.read()
        assert process.wait(30) == 0
    assert (tmp_path / "cup.contest").stat().st_mode & 0o777 == 0o600
    with hosting(tmp_path) as (process, said):
        assert said.startswith("Kiosk cup: a contest with 1 level, goes on where it was\n")
        assert found(said, r"code +(\S+)") == code
        address = found(said, r"join (http\S+)")

        def status(token: str, path: str) -> int:
            headers = {"Authorization": f"Bearer {token}"}
            return httpx.get(f"{address}/api/1/{path}", headers=headers, timeout=30).status_code

        assert status(token, "contest") == 200
        assert status(found(said, r"host#(i\.\w+)"), "host/overview") == 200
        # Whoever had the link of before has nothing any more.
        assert status(instructor, "host/overview") == 401
        # A system that shuts down says it in another way.
        process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        assert "Everything is kept" in process.stdout.read()
        assert process.wait(30) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], 'there is no pack "nowhere"'),
        (["PACK", "--executor", "dask"], "belong together"),
        (["PACK", "--cluster-tls", "a", "b", "c"], "--cluster-tls belongs to --cluster"),
        (["PACK", "--start", "soon"], '"soon" is no moment'),
        (["PACK", "--executor", "dask", "--cluster", "tcp://192.0.2.1:8786"], "192.0.2.1"),
        (["PACK", "--minutes", "0"], "0 is not in the range"),
    ],
)
def test_what_cannot_be_held_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    where = str(pack(tmp_path / "pack"))
    given = [where if each == "PACK" else each for each in arguments]
    result = CliRunner().invoke(cli, ["host", *given, "--listen", "127.0.0.1", "--port", "0"])
    assert result.exit_code != 0
    assert message in f"{result.output}{result.exception}"
    assert not list(tmp_path.glob("*.contest"))
