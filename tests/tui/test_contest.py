"""The sheet of a competition, and handing designs in: nothing waits for the network, and nothing gets lost."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from scalegame.competition.client import memberships, sync
from scalegame.competition.client.memberships import Membership
from scalegame.design.designfile import Design
from scalegame.tui import actions
from scalegame.tui.screens import competing
from scalegame.tui.screens.contest import ContestScreen
from scalegame.tui.screens.levels import LevelsScreen
from scalegame.tui.screens.result import ResultScreen
from scalegame.tui.taking import courier
from tests.tui.places import follow, to_board
from tests.tui.playing import SMALL, Game, game, one_seed, screen_text, tiny

HOUR = 3600.0


class Server:
    """Answers as the server of a competition does, or not at all.

    Attributes:
        answers: By path.
        taken: Designs, by the number under which they came.
        deaf: Requests are heard and not answered.
        votes: What was voted.
    """

    def __init__(self) -> None:
        now = time.time()
        level = {"id": "tiny", "title": "Tiny", "open": True, "opens": now, "digest": tiny().digest}
        self.answers: dict[str, Any] = {
            "/contest": {
                "phase": "open", "paused": False, "remaining": 754.0, "me": {"team": {"id": "1"}},
                "levels": [
                    {**level, "limit": 5, "used": 2},
                    {"id": "level-2", "title": "Level 2", "open": False, "opens": now + HOUR},
                ],
            },
            "/standings": {
                "frozen": True,
                "rows": [
                    {"rank": 1, "tied": True, "team": "2", "name": "Red", "won": 1},
                    {"rank": 1, "tied": True, "team": "1", "name": "Blue", "won": 1},
                ],
            },
            "/announcements?after=0": [{"id": 1, "at": now, "text": "[b]Lunch[/b] \x1b[31mat one"}],
            "/poll": {
                "id": "7", "question": "Which fills first?", "state": "open", "mine": None,
                "choices": [{"id": "0", "text": "kiosk", "votes": None}, {"id": "1", "text": "db", "votes": None}],
            },
            "/submissions": [
                {
                    "level": "tiny", "player": "Ann", "received": now, "state": "judged", "final": None,
                    "result": {"won": True, "cost": 0.4, "latency": 0.12, "availability": 0.999, "parts": 4},
                },
                {"level": "tiny", "player": "Bob", "received": now - 60, "state": "waiting", "result": None},
            ],
        }  # fmt: skip
        self.taken: dict[str, Any] = {}
        self.heard: list[str] = []
        self.votes: list[Any] = []
        self.deaf = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                self.answer(outer.answers[self.path.removeprefix("/api/1")])

            def do_PUT(self) -> None:
                outer.votes.append((self.path, self.body()))
                self.answer({})

            def do_POST(self) -> None:
                number = self.headers["Idempotency-Key"]
                outer.heard.append(number)
                outer.taken[number] = self.body()
                self.answer({"id": "1", "uuid": number, "state": "waiting"})

            def body(self) -> Any:
                return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

            def answer(self, data: object) -> None:
                if outer.deaf.is_set():
                    self.close_connection = True
                    return
                content = json.dumps(data).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.http.server_address[1])


@pytest.fixture
def server() -> Iterator[Server]:
    it = Server()
    yield it
    it.http.shutdown()
    it.http.server_close()


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCALEGAME_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sync, "FIRST", 0.05)
    monkeypatch.setattr(courier, "_ASK", (0.05, 0.2))
    monkeypatch.setattr(courier, "LOOK", 0.1)


def joined(server: Server) -> Membership:
    """A membership whose levels were fetched before."""
    it = Membership(
        "abc", "Kiosk cup", "contest", False, "127.0.0.1", server.port, None, "p.1.x", "Ann", "Blue", "Q7", 1.0
    )
    memberships.keep(it)
    it.pack.mkdir()
    (it.folder / "levels.json").write_text(json.dumps({"tiny": tiny().digest}))
    return it


async def result(it: Game) -> ResultScreen:
    await to_board(it)
    await follow(it, ("run", "result"))
    return it.on(ResultScreen)


def label(screen: ResultScreen) -> bool:
    return bool(screen.query_one("#tool-submit").display)


async def test_without_a_competition_there_is_nothing_to_hand_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_seed(monkeypatch)
    async with game(tmp_path, "tiny") as it:
        screen = await result(it)
        assert not label(screen)
        await it.keys("u")
        assert "scalegame join URL" in screen.said
        await it.type("contest")
        await it.reach(ContestScreen)
        assert "scalegame join http://HOST:PORT" in screen_text(it.app)
        await it.keys("1")
        assert "no competition" in it.app.screen.said  # type: ignore[attr-defined]


async def test_a_design_handed_in_arrives_once(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_seed(monkeypatch)
    membership = joined(server)
    async with game(tmp_path, "tiny") as it:
        screen = await result(it)
        assert label(screen)
        await it.keys("u")
        await it.until(lambda: "arrived" in screen.said, "word of the courier")
        await it.keys("u")
        assert "handed in already" in screen.said
        # It waits for the judge; what comes of it is told wherever one is.
        ((number, _),) = server.taken.items()
        assert number not in screen.said
        missed = {"text": "cost ≤ $0.50/h\x1b[2J", "held": False}
        row = {"uuid": number, "level": "kiosks:tiny", "player": "Ann", "state": "judged"}
        lost = {"won": False, "objectives": [{"text": "availability", "held": True}, missed]}
        server.answers["/submissions"] = [row | {"result": lost}]
        await it.until(lambda: "tiny: lost" in screen.said, "word of the judge")
        assert "lost, cost ≤ $0.50/h" in screen.said
        assert "\x1b" not in screen.said
    ((number, body),) = server.taken.items()
    assert (body["level"], body["digest"]) == ("tiny", tiny().digest)
    assert [item.state for item in sync.outbox(membership).items()] == ["sent"]
    assert server.heard == [number]


async def test_a_design_that_was_heard_and_not_answered_is_sent_again_under_its_number(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_seed(monkeypatch)
    membership = joined(server)
    server.deaf.set()
    async with game(tmp_path, "tiny") as it:
        screen = await result(it)
        before = time.monotonic()
        screen.do_submit("")
        assert time.monotonic() - before < 1, "a screen waited for the network"
        await it.until(lambda: len(server.heard) >= 2, "a second try")
        await it.type("contest")
        await it.reach(ContestScreen)
        await it.until(lambda: "1 design on the way" in screen_text(it.app), "the sheet")
        server.deaf.clear()
        await it.until(lambda: not sync.outbox(membership).waiting(), "the delivery")
    assert len(set(server.heard)) == len(server.taken) == 1


async def test_what_waited_is_sent_when_the_game_starts_again(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(competing, "_LATER", 0.05)
    membership = joined(server)
    item = sync.outbox(membership).add(Design("tiny", (), tiny().digest), time.time())
    async with game(tmp_path) as it:
        await it.until(lambda: item.uuid in server.taken, "the delivery")
        await it.until(lambda: not sync.outbox(membership).waiting(), "word of it on the disk")


async def test_what_the_server_refuses_is_told_and_kept(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_seed(monkeypatch)
    membership = joined(server)

    def refuse(handler: Any) -> None:
        handler.rfile.read(int(handler.headers["Content-Length"]))
        content = b'{"error": {"title": "Closed", "message": "nothing can be handed in any more"}}'
        handler.send_response(409)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    monkeypatch.setattr(server.http.RequestHandlerClass, "do_POST", refuse)
    async with game(tmp_path, "tiny") as it:
        await result(it)
        await it.keys("u")
        await it.until(
            lambda: "nothing can be handed in" in "".join(str(n.message) for n in it.app._notifications)
        )
    (item,) = sync.outbox(membership).items()
    assert item.state == "refused"
    assert "nothing can be handed in" in item.told


@pytest.mark.parametrize("size", [SMALL, (120, 40)], ids=str)
async def test_the_sheet_tells_how_it_stands(tmp_path: Path, server: Server, size: tuple[int, int]) -> None:
    joined(server)
    async with game(tmp_path, size=size) as it:
        it.on(LevelsScreen).obey("contest")
        sheet = await it.reach(ContestScreen)
        await it.until(lambda: "Which fills first?" in sheet.text.plain, "the answers")
        text, seen = sheet.text.plain, screen_text(it.app)
        assert max(map(len, seen.splitlines())) <= size[0]
        assert "left" in seen.splitlines()[0]
        for piece in ("Ann of Blue", "Q7", "Designs are taken", "2 of 5 handed in", "Level 2", "opens at"):
            assert piece in text, piece
        assert "✓" in text
        assert "99.9 %" in text
        assert "1=" in text
        assert "frozen" in text
        assert "[b]Lunch[/b] \\x1b[31mat one" in text, "what strangers write is shown as it is"
        assert "\x1b" not in text
        await it.keys("3")
        assert "1 to 2" in sheet.said
        await it.keys("2")
        await it.until(lambda: "Voted" in sheet.said, "the vote")
        assert server.votes == [("/api/1/poll/7/vote", {"choice": "1"})]
        server.deaf.set()
        await it.until(lambda: "does not answer" in sheet.text.plain, "word of the network")
        assert "Which fills first?" in sheet.text.plain, "what was known is still shown"
        await it.keys("escape")
        await it.reach(LevelsScreen)


NONSENSE: tuple[object, ...] = (
    None,
    [],
    {},
    "x",
    7,
    [1],
    {"rows": 3},
    [{"text": 1, "received": "x"}],
    {"choices": [{}]},
)


@pytest.mark.parametrize("nonsense", NONSENSE, ids=repr)
async def test_a_server_that_talks_nonsense_is_survived(tmp_path: Path, server: Server, nonsense: object) -> None:
    joined(server)
    for path in server.answers:
        server.answers[path] = nonsense
    server.answers["/contest"] = {"levels": [nonsense], "remaining": nonsense, "me": nonsense, "phase": nonsense}
    async with game(tmp_path) as it:
        it.on(LevelsScreen).obey("contest")
        sheet = await it.reach(ContestScreen)
        await it.until(lambda: sheet.seen is not None and sheet.seen.at > 0, "an answer")
        assert "Ann of Blue" in screen_text(it.app)


def test_the_sheet_is_a_place_of_its_own() -> None:
    assert actions.CONTEST in actions.SHEETS


def test_the_game_starts_without_the_network() -> None:
    import subprocess

    code = (
        "import sys; import scalegame.tui.app, scalegame.tui.screens.board, scalegame.tui.screens.result; "
        "print([m for m in ('http.client', 'scalegame.competition') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
