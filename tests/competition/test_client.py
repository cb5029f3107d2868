"""A player's side: nothing that was handed in is lost, and nothing counts twice, whatever the network does."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import uvicorn

from scalegame.cli import main
from scalegame.competition.client import memberships, sync
from scalegame.competition.client.memberships import Membership
from scalegame.competition.client.outbox import Outbox
from scalegame.competition.client.remote import Address, Refused, Remote, Unreachable, address
from scalegame.competition.server.app import app
from scalegame.competition.server.endpoints import House
from scalegame.design.designfile import Design
from scalegame.errors import ScalegameError
from tests.competition.contests import NOON, design
from tests.competition.judging import WINNING
from tests.competition.serving import house


@contextmanager
def served(it: House) -> Iterator[Address]:
    """The server, on a port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app(it, ("127.0.0.1",)), log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    end = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < end
        threading.Event().wait(0.01)
    try:
        yield Address(False, "127.0.0.1", listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()


class Line:
    """A network between the two, which can be cut before a request gets through, or before its answer does.

    Attributes:
        where: What a client takes for the server.
        cut: "" (it works), "before", or "after".
    """

    def __init__(self, to: Address) -> None:
        self.cut = ""
        self._to = to
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.where = Address(False, "127.0.0.1", self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        # Whoever waits there for somebody to come wakes up.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(30)
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            if self.cut == "before":
                return
            with socket.create_connection((self._to.host, self._to.port)) as server:
                threading.Thread(target=self._up, args=(client, server), daemon=True).start()
                while answer := server.recv(65536):
                    if self.cut == "after":
                        # The server has done it, and nobody hears of it.
                        client.shutdown(socket.SHUT_RDWR)
                        return
                    client.sendall(answer)

    @staticmethod
    def _up(client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while sent := client.recv(65536):
                server.sendall(sent)


@pytest.fixture
def it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("SCALEGAME_HOME", str(tmp_path / "home"))
    return house(tmp_path / "server")


@pytest.fixture
def line(it: House) -> Iterator[Line]:
    with served(it) as where:
        found = Line(where)
        yield found
        found.close()


def joined(it: House, line: Line, name: str = "Ann") -> Membership:
    return sync.join(line.where, it.rules.code, name, name, "", NOON)  # type: ignore[attr-defined]


def mine(it: House) -> list[str]:
    """Numbers of what the server has."""
    return [str(row["uuid"]) for row in it.rules.submissions(NOON + 60)]  # type: ignore[attr-defined]


def test_an_address_as_it_stands_on_the_board() -> None:
    assert address("https://host:8800/board#ABC") == Address(True, "host", 8800)
    assert address("10.0.0.7:8800").url == "http://10.0.0.7:8800"
    assert address("http://[::1]:88").url == "http://[::1]:88"
    for wrong in ("", "ftp://x", "http://", "http://a:b", "http://u@h", "http://x\x1b[2J", "x" * 500):
        with pytest.raises(ScalegameError):
            address(wrong)


def test_a_design_gets_there_once_though_its_answer_does_not(it: House, line: Line) -> None:
    ann = joined(it, line)
    box = sync.outbox(ann)
    item = box.add(design(it.rules), NOON + 1)  # type: ignore[arg-type]
    line.cut = "after"
    first = sync.send(ann, NOON + 2)
    assert (first.sent, first.waiting) == ((), 1)
    assert mine(it) == [item.uuid], "the server has it, and we do not know"
    line.cut = ""
    assert sync.send(ann, NOON + 2).waiting == 1, "not at once"
    again = sync.send(ann, NOON + 200)
    assert (again.sent, again.waiting) == ((item.uuid,), 0)
    assert mine(it) == [item.uuid]
    assert sync.send(ann, NOON + 400).sent == ()


def test_what_is_handed_in_without_a_network_waits_and_goes_in_order(it: House, line: Line) -> None:
    ann = joined(it, line)
    box = sync.outbox(ann)
    line.cut = "before"
    numbers = []
    for replicas in (2, 3, 4):
        numbers.append(
            box.add(design(it.rules, *WINNING[:2], f"set kiosk replicas={replicas}"), NOON + replicas).uuid
        )  # type: ignore[arg-type]
        told = sync.send(ann, NOON + replicas)
    assert told.waiting == 3
    assert "does not answer" in told.told
    assert mine(it) == []
    # The laptop is closed, and opened again.
    line.cut = ""
    sent = sync.send(memberships.joined()[0], NOON + 500)
    assert list(sent.sent) == numbers
    assert mine(it) == numbers[::-1]
    rows = it.rules.submissions(NOON + 600)  # type: ignore[attr-defined]
    assert [row["local"][:10] for row in rows] == ["2027-01-15"] * 3


def test_what_the_server_does_not_want_is_kept_with_the_reason(it: House, line: Line) -> None:
    ann = joined(it, line)
    box = sync.outbox(ann)
    bad = box.add(Design("kiosks:tiny", ("remove nowhere",), design(it.rules).digest), NOON + 1)  # type: ignore[arg-type]
    good = box.add(design(it.rules), NOON + 2)  # type: ignore[arg-type]
    done = sync.send(ann, NOON + 3)
    assert done.sent == (good.uuid,)
    (refused,) = done.refused
    assert refused.uuid == bad.uuid
    assert "nowhere" in refused.told
    kept = {item.uuid: item.state for item in Outbox(box.folder).items()}
    assert kept == {bad.uuid: "refused", good.uuid: "sent"}


def test_a_limit_is_waited_for_as_long_as_the_server_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCALEGAME_HOME", str(tmp_path / "home"))
    it = house(tmp_path / "server", limit=1, every=600.0)
    with served(it) as where:
        ann = sync.join(where, it.rules.code, "Ann", "Blue", "", NOON)  # type: ignore[attr-defined]
        box = sync.outbox(ann)
        box.add(design(it.rules), NOON + 1)  # type: ignore[arg-type]
        box.add(design(it.rules, "set kiosk replicas=1"), NOON + 2)  # type: ignore[arg-type]
        done = sync.send(ann, NOON + 3)
    assert (len(done.sent), done.waiting) == (1, 1)
    assert done.after == pytest.approx(600.0, abs=61.0)
    assert "within 10 minutes" in done.told


def test_a_file_that_was_damaged_is_left_alone(it: House, line: Line) -> None:
    ann = joined(it, line)
    box = sync.outbox(ann)
    box.add(design(it.rules), NOON + 1)  # type: ignore[arg-type]
    for name, text in (("0-x.json", "{"), ("1-y.json", "[]"), ("2-z.json", '{"uuid": "../../x"}')):
        (box.folder / name).write_text(text)
    assert len(sync.send(ann, NOON + 2).sent) == 1
    assert (box.folder / "0-x.json").read_text() == "{"


def test_joining_twice_because_the_answer_got_lost_is_joining_once(it: House, line: Line) -> None:
    line.cut = "after"
    with pytest.raises(Unreachable):
        joined(it, line)
    assert len(it.rules.team_names()) == 1  # type: ignore[attr-defined]


def test_levels_come_without_what_wins_and_are_whole_or_not_there(it: House, line: Line) -> None:
    ann = joined(it, line)
    sync.fetch(ann)
    text = "".join(path.read_text() for path in ann.pack.rglob("*.yaml"))
    assert "id: tiny" in text
    assert "expect: wins" not in text
    before = {path.name for path in ann.pack.iterdir()}
    for bad in ("", "{}", "[1]", "x" * 100, json.dumps({"scalegame-pack": 1, "files": {"../evil": "x"}})):
        with pytest.raises(ScalegameError):
            memberships.keep_levels(ann, bad, {"a": "b"})
    assert {path.name for path in ann.pack.iterdir()} == before
    assert not [path for path in ann.folder.iterdir() if path.name.startswith(".pack-")]
    assert memberships.of_level("kiosks:tiny", design(it.rules).digest) == ann  # type: ignore[arg-type]
    assert memberships.of_level("kiosks:tiny", "0") is None


def test_the_token_is_for_nobody_else_on_the_machine(it: House, line: Line) -> None:
    ann = joined(it, line)
    assert (ann.folder / "membership.json").stat().st_mode & 0o077 == 0
    (memberships.home() / "broken").mkdir()
    (memberships.home() / "broken" / "membership.json").write_text('{"id": "../x"}')
    assert memberships.joined() == (ann,)


def test_answers_that_make_no_sense_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(content: bytes) -> Address:
        listener = socket.create_server(("127.0.0.1", 0))

        def once() -> None:
            with listener:
                client, _ = listener.accept()
                with client:
                    client.recv(65536)
                    client.sendall(content)

        threading.Thread(target=once, daemon=True).start()
        return Address(False, "127.0.0.1", listener.getsockname()[1])

    for content in (b"", b"hello\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n<html>", b"HTTP/1.1 500 No\r\n\r\n{}"):
        with pytest.raises(Unreachable):
            Remote(answer(content), patience=5).get("/contest")
    with pytest.raises(Refused) as found:
        Remote(answer(b"HTTP/1.1 403 No\r\n\r\n\x1b]0;x\x07"), patience=5).get("/contest")
    assert found.value.status == 403
    told = b'{"error": {"title": "\\u001b[2J", "message": "a\\u0007"}}'
    with pytest.raises(Refused) as escaped:
        Remote(answer(b"HTTP/1.1 409 No\r\n\r\n" + told), patience=5).get("/contest")
    assert "\x1b" not in str(escaped.value.title)
    assert "\x07" not in str(escaped.value)


def test_the_commands(
    it: House,
    line: Line,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(*arguments: object, status: int = 0) -> str:
        monkeypatch.setattr("sys.argv", ["scalegame", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        assert ended.value.code == status, told
        return told.out + told.err

    assert "you have not joined" in run("submit", "tiny", "x.yaml", status=1)
    code = it.rules.code  # type: ignore[attr-defined]
    asked = ("--name", "Ann", "--team", "Blue", "--no-play")
    assert "not the code" in run("join", line.where.url, "--code", "WRONG", *asked, status=1)
    assert "you are Ann of Blue" in run("join", line.where.url, "--code", code, *asked)
    path = tmp_path / "mine.yaml"
    path.write_text("format: 0\nlevel: kiosks:tiny\ndo:\n" + "".join(f"  - {each}\n" for each in WINNING))
    assert json.loads(run("submit", "tiny", path, "--no-wait", "--json"))["state"] == "sent"
    line.cut = "before"
    assert json.loads(run("submit", "tiny", path, "--no-wait", "--json"))["state"] == "waiting"
    assert "you play what was fetched before" in run("join", line.where.url, "--no-play")
    line.cut = ""
    assert "nowhere" in run("submit", "tiny", _written(tmp_path, "remove nowhere"), status=1)
    assert len(mine(it)) == 1
    (waiting,) = sync.outbox(memberships.joined()[0]).waiting()
    assert waiting.design.do


def _written(folder: Path, line: str) -> Path:
    path = folder / "wrong.yaml"
    path.write_text(f"format: 0\nlevel: kiosks:tiny\ndo:\n  - {line}\n")
    return path
