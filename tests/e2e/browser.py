"""A real browser without a window, led by its own protocol for developers (DevTools)."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp

PATIENCE = 30.0
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

#: Run before the page's own scripts: whatever is given an attribute `terminal` is the one that shows the game.
_CATCH = """
Object.defineProperty(Object.prototype, 'terminal', {configurable: true, set(value) {
  Object.defineProperty(this, 'terminal', {value, writable: true, configurable: true, enumerable: true});
  if (value && value.buffer) window.shownTerminal = value;
}});
"""
_TEXT = """
(() => { const t = window.shownTerminal; if (!t) return '';
  return Array.from({length: t.rows}, (_, y) => (t.buffer.active.getLine(y) || {translateToString: () => ''})
    .translateToString(true)).join('\\n'); })()
"""


def found() -> str | None:
    """Path of a browser, if there is one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One browser with one page.

    Attributes:
        asked: Every address that it asked for.
        errors: What went wrong in the page.
    """

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self.asked: list[str] = []
        self.errors: list[str] = []
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._count = 0

    async def __aenter__(self) -> Browser:
        # It says in a file at which port it listens; nothing of it goes anywhere else.
        self._process = subprocess.Popen(
            [
                self._program,
                "--headless=new",
                "--remote-debugging-port=0",
                f"--user-data-dir={self._folder}",
                # Tests run as root in containers, where its sandbox cannot be made.
                "--no-sandbox",
                "--disable-dev-shm-usage",
                # WebGL without a graphics card.
                "--enable-unsafe-swiftshader",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--no-default-browser-check",
                "--window-size=1280,800",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            port = await self._port()
            self._session = aiohttp.ClientSession()
            async with self._session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [page for page in await answer.json() if page["type"] == "page"]
            self._socket = await self._session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0)
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise
        self._reader = asyncio.create_task(self._read())
        for domain in ("Page", "Runtime", "Network"):
            await self.do(f"{domain}.enable")
        await self.do("Page.addScriptToEvaluateOnNewDocument", source=_CATCH)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        await self._socket.close()
        await self._session.close()
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, 20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    async def _port(self) -> int:
        """The port that it has chosen; it writes it down when it listens."""
        note = self._folder / "DevToolsActivePort"
        async with asyncio.timeout(PATIENCE):
            while True:
                if note.exists() and len(lines := note.read_text().splitlines()) > 1:
                    return int(lines[0])
                assert self._process.poll() is None, "the browser ended at once"
                await asyncio.sleep(0.05)

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            told = json.loads(message.data)
            if "id" in told:
                self._answers.pop(told["id"]).set_result(told)
            elif told["method"] == "Network.requestWillBeSent":
                self.asked.append(told["params"]["request"]["url"])
            elif told["method"] == "Network.webSocketCreated":
                self.asked.append(told["params"]["url"])
            elif told["method"] == "Runtime.exceptionThrown":
                self.errors.append(json.dumps(told["params"]["exceptionDetails"])[:500])

    async def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command of the protocol."""
        self._count += 1
        answer = self._answers[self._count] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": self._count, "method": method, "params": parameters})
        async with asyncio.timeout(PATIENCE):
            told = await answer
        assert "error" not in told, f"{method}: {told['error']}"
        return told["result"]

    async def evaluate(self, expression: str) -> Any:
        """What an expression is worth in the page."""
        told = await self.do("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    async def open(self, address: str) -> None:
        await self.do("Page.navigate", url=address)

    async def text(self) -> str:
        """What the terminal in the page shows, a line a row."""
        return await self.evaluate(_TEXT)

    async def until(self, *wanted: str) -> str:
        """Waits until the terminal shows all of these texts; returns everything it shows."""
        shown = ""
        try:
            async with asyncio.timeout(PATIENCE):
                while not all(text in shown for text in wanted):
                    await asyncio.sleep(0.05)
                    shown = await self.text()
        except TimeoutError:
            raise AssertionError(f"never showed {wanted}; {self.errors}; it shows\n{shown}") from None
        return shown

    async def until_true(self, expression: str) -> None:
        """Waits until an expression is true in the page."""
        async with asyncio.timeout(PATIENCE):
            while not await self.evaluate(expression):
                await asyncio.sleep(0.05)

    async def key(self, key: str, text: str = "", code: int = 0) -> None:
        """A key pressed and let go, as the browser gets it from the keyboard."""
        of = {"key": key, "windowsVirtualKeyCode": code or (ord(text.upper()) if text.isalnum() else 0)}
        await self.do("Input.dispatchKeyEvent", type="keyDown", **of, **({"text": text} if text else {}))
        await self.do("Input.dispatchKeyEvent", type="keyUp", **of)

    async def type(self, text: str) -> None:
        for sign in text:
            await self.key(sign, sign)

    async def enter(self) -> None:
        await self.key("Enter", "\r", 13)

    async def picture(self) -> bytes:
        """The page as PNG."""
        return base64.b64decode((await self.do("Page.captureScreenshot", format="png"))["data"])
