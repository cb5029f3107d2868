"""A real browser without a screen, led by its own protocol for developers (DevTools)."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
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


@dataclass
class _Program:
    """The program; to start it takes half a second, which no test needs to wait for but the first."""

    process: subprocess.Popen[bytes]
    folder: tempfile.TemporaryDirectory[str]

    async def address(self) -> str:
        """Where it listens; it writes that down when it does."""
        note = Path(self.folder.name, "DevToolsActivePort")
        async with asyncio.timeout(PATIENCE):
            while True:
                if note.exists() and len(lines := note.read_text().splitlines()) > 1:
                    return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
                assert self.process.poll() is None, "the browser ended at once"
                await asyncio.sleep(0.05)


#: The one of this process of tests, if there is one; every test has a window of its own that shares nothing.
_running: list[_Program] = []


def _start() -> _Program:
    folder = tempfile.TemporaryDirectory(prefix="browser", ignore_cleanup_errors=True)
    # Nothing of it goes anywhere else.
    process = subprocess.Popen(
        [
            found() or "",
            "--headless=new",
            "--remote-debugging-port=0",
            f"--user-data-dir={folder.name}",
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
            "about:blank",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return _Program(process, folder)


def close() -> None:
    """Ends the program."""
    while _running:
        program = _running.pop()
        program.process.terminate()
        try:
            program.process.wait(20)
        except subprocess.TimeoutExpired:
            program.process.kill()
            program.process.wait()
        program.folder.cleanup()


class Browser:
    """A window of a browser that has never been used, with one page.

    Attributes:
        asked: Every address that it asked for.
        errors: What went wrong in the page.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.errors: list[str] = []
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._count = 0

    async def __aenter__(self) -> Browser:
        if _running and _running[0].process.poll() is not None:
            close()
        if not _running:
            _running.append(_start())
        address = await _running[0].address()
        self._session = aiohttp.ClientSession()
        try:
            self._door = await self._session.ws_connect(address)
            told = await self._ask("Target.createBrowserContext", disposeOnDetach=True)
            self._window = told["browserContextId"]
            size = {"width": 1280, "height": 800}
            page = await self._ask("Target.createTarget", url="about:blank", browserContextId=self._window, **size)
            address = f"{address.partition('/devtools')[0]}/devtools/page/{page['targetId']}"
            self._socket = await self._session.ws_connect(address, max_msg_size=0)
        except BaseException:
            await self._session.close()
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
        await self._ask("Target.disposeBrowserContext", browserContextId=self._window)
        await self._door.close()
        await self._session.close()

    async def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command to the program itself."""
        await self._door.send_json({"id": 0, "method": method, "params": parameters})
        async with asyncio.timeout(PATIENCE):
            while "id" not in (told := await self._door.receive_json()):
                continue
        assert "error" not in told, f"{method}: {told['error']}"
        return told["result"]

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
