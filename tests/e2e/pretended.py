"""A server that has the pages of a competition and invents the rest: what the pages show can be chosen exactly."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scalegame.competition.server.pages import routes

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
CODE, INSTRUCTOR = "HAZEL-42", "i.0123456789abcdef0123456789abcdef"


class Headers:
    """What the pages have to live with."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"content-security-policy", POLICY.encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                ]
            await send(message)

        await self._app(scope, receive, sent)


@dataclass
class Pretended:
    """What it answers, by method and path under /api/1/; a function gets what was asked.

    Attributes:
        answers: What there is.
        asked: Everything that was asked for: method, path, body.
        roles: By cookie.
    """

    answers: dict[str, Any]
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._listeners: list[asyncio.Queue[str]] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def tell(self, kind: str, **data: Any) -> None:
        """Sends an event to every page that listens."""
        assert self._loop is not None
        event = f"event: {kind}\ndata: {json.dumps(data)}\n\n"
        for queue in self._listeners:
            self._loop.call_soon_threadsafe(queue.put_nowait, event)

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def of(self, method: str, path: str) -> list[Any]:
        """Bodies that were sent there."""
        return [body for how, where, body in self.asked if (how, where) == (method, path)]

    async def _answer(self, request: Request) -> Response:
        path = request.path_params["path"]
        raw = await request.body()
        body = json.loads(raw) if raw else None
        self.asked.append((request.method, path, body))
        if path == "session":
            return self._session(request.method, body)
        if path == "join":
            player = {"id": "p9", "name": body["name"]}
            team = {"id": "t9", "name": body.get("team") or body["name"], "code": "TEAM-9"}
            return JSONResponse({"player": player, "team": team, "contest": {}}, 201)
        role = self.roles.get(request.cookies.get("scalegame", ""))
        if role is None:
            return _refused(401, "Not signed in", "sign in first")
        if path.startswith("host/") and role != "instructor":
            return _refused(403, "Not yours", "this is the instructor's")
        if request.method != "GET" and request.headers.get("x-scalegame") != "1":
            return _refused(403, "Not from a page of ours", "X-Scalegame is missing")
        if path == "events":
            return StreamingResponse(self._events(), media_type="text/event-stream")
        known = self.answers.get(f"{request.method} {path}")
        if known is None:
            return _refused(404, "Nothing there", path)
        found = known(body) if callable(known) else known
        if path == "contest":
            me = {"role": role, "player": "p1" if role == "player" else None, "team": "t3", "extra": 0}
            found = {**found, "me": me, "now": time.time()}
        if path == "announcements":
            after = int(request.query_params.get("after", 0))
            found = [one for one in found if one["id"] > after]
        return JSONResponse(found)

    def _session(self, method: str, body: Mapping[str, str] | None) -> Response:
        if method == "DELETE" or body is None:
            answer = JSONResponse({})
            answer.delete_cookie("scalegame")
            return answer
        token, code = body.get("token", ""), body.get("code")
        role = {"p": "player", "i": "instructor", "v": "viewer"}.get(token[:1]) if token else None
        if code == CODE:
            role = "viewer"
        if role is None or (role == "instructor" and token != INSTRUCTOR):
            return _refused(401, "Not known", "this code is not the one of the contest")
        self.roles[role] = role
        answer = JSONResponse({"role": role})
        answer.set_cookie("scalegame", role, httponly=True, samesite="strict")
        return answer

    async def _events(self) -> AsyncIterator[str]:
        self._loop = asyncio.get_running_loop()
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._listeners.append(queue)
        try:
            yield ": here\n\n"
            while True:
                yield await queue.get()
        finally:
            self._listeners.remove(queue)

    def app(self) -> Starlette:
        methods = ["GET", "POST", "PUT", "DELETE"]
        return Starlette(
            routes=[
                *routes(play="http://127.0.0.1:1/"),
                Route("/api/1/{path:path}", self._answer, methods=methods),
            ],
            middleware=[Middleware(Headers)],
        )


def _refused(status: int, title: str, message: str) -> Response:
    return JSONResponse({"error": {"title": title, "message": message}}, status)


class Served:
    """It, on a port that nobody uses, in a thread of its own."""

    def __init__(self, pretended: Pretended, port: int = 0) -> None:
        # Without the protocol asyncio would not know it for TCP; every answer in two parts would wait for 40 ms.
        self._socket = socket.socket(proto=socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(pretended.app(), log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})

    def __enter__(self) -> Served:
        self._thread.start()
        end = time.monotonic() + 20
        while not self._server.started:
            assert time.monotonic() < end, "it never started"
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(20)
        self._socket.close()


# -- what there is to see

LEVELS = (
    ("first-lift", "The first lift"),
    ("two-is-company", "Two is company"),
    ("how-full", "How full is full"),
    ("four-of-five", "Four of five"),
    ("the-storm", "The storm"),
)
NAMES = (
    "Queue Theory",
    "Little’s Outlaws",
    "Tail Risk",
    "503 Club",
    "Cache Me Outside",
    "Back Pressure",
    "Idle Hands",
    "The Retry Budget",
    "M/M/Fun",
    "Null Island",
    "Eventually Correct",
    "Amdahl’s Sisters",
    "Split Brain",
    "p99 Problems",
    "Cold Start",
    "The Long Poll",
    "Hot Partition",
    "Quorum of Two",
    "Jitterbugs",
    "Thundering Herd",
)


MANY = tuple((f"level-{i}", f"Level number {i} of the autumn contest") for i in range(1, 24))
"""As many levels as a campaign has."""


def contest(**changes: Any) -> dict[str, Any]:
    now = time.time()
    levels = [
        {
            "id": name,
            "title": title,
            "chapter": "1",
            "open": True,
            "opens": 0,
            "digest": "",
            "limit": 10,
            "used": 3,
        }
        for name, title in LEVELS
    ]
    return {
        "id": "c1",
        "title": "How systems scale – autumn",
        "mode": "contest",
        "phase": "open",
        "start": now - 1800,
        "end": now + 1500,
        "freeze": now + 900,
        "lock": None,
        "paused": None,
        "frozen": False,
        "remaining": 1500.0,
        "engine": "6",
        "levels": levels,
        "announcement": 1,
        "poll": None,
        "code": CODE,
        **changes,
    }


def standings(count: int = 14, known: Sequence[tuple[str, str]] = LEVELS, **changes: Any) -> dict[str, Any]:
    """Of teams that differ, in a way that is the same each time; some of them are equal."""
    ranks = [(1, False), (2, True), (2, True), (2, True), (5, False), (6, True), (6, True)]
    ranks += [(i, False) for i in range(8, 100)]
    rows = []
    for i in range(count):
        won = max(0, 5 - i // 4)
        levels = {
            name: {
                "won": j < won,
                "front": (1 if (i + j) % 3 == 0 else 2 + (i * j) % 2) if j < won else None,
                "cost": 0.4 + ((i * 37 + j * 11) % 23) / 20,
                "latency": 0.18 + ((i * 17 + j * 29) % 19) / 60 if (i + j) % 5 else 0.094 * (1 + i),
                "availability": 0.97 + ((i * 7 + j) % 29) / 1000,
                "parts": 3 + (i * 5 + j) % 7,
            }
            for j, (name, _) in enumerate(known)
            if j <= won
        }
        rank, tied = ranks[i]
        name = NAMES[i % len(NAMES)] + (f" {i // len(NAMES) + 1}" if i >= len(NAMES) else "")
        rows.append({"rank": rank, "tied": tied, "team": f"t{i}", "name": name, "won": won, "levels": levels})
    return {
        "at": time.time(),
        "teams": count,
        "frozen": False,
        "final": False,
        "seeds": "play",
        "rows": rows,
        "levels": [_level(rows, name, title) for name, title in known],
        "lag": {"waiting": 3, "oldest": 4.2, "p95": 6.0},
        **changes,
    }


def _level(rows: list[dict[str, Any]], name: str, title: str) -> dict[str, Any]:
    winners = [(row["team"], row["levels"][name]) for row in rows if row["levels"].get(name, {}).get("won")]
    front = [
        {"team": team, **{axis: one[axis] for axis in ("cost", "latency", "availability", "parts")}}
        for team, one in winners
        if one["front"] == 1
    ]
    shapes: dict[str, Callable[[int], float]] = {
        "cost": lambda i: round(0.4 + i * 0.2, 2),
        "latency": lambda i: (0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0)[i],
        "availability": lambda i: round(0.97 + i * 0.005, 4),
        "parts": lambda i: 3 + i,
    }
    histograms = {}
    for axis, edge in shapes.items():
        edges = [edge(i) for i in range(8 if axis == "latency" else 7)]
        values = [one[axis] for _, one in winners]
        counts = [sum(low <= value < high for value in values) for low, high in pairwise(edges)]
        histograms[axis] = {"edges": edges, "counts": counts}
    return {"id": name, "title": title, "won_by": len(winners), "histograms": histograms, "front": front}


def poll(state: str = "open", mine: str | None = None) -> dict[str, Any]:
    texts = (
        "The web server: its cores",
        "The database: its cores",
        "The pool of connections between them",
        "Nothing: it holds",
    )
    votes = (4, 7, 14, 2)
    return {
        "id": "q1",
        "level": "how-full",
        "question": "Ten times the visitors at noon. What is full first?",
        "choices": [
            {"id": str(i), "text": text, "votes": number if state == "shown" else None}
            for i, (text, number) in enumerate(zip(texts, votes, strict=True))
        ],
        "state": state,
        "mine": mine,
        "cast": sum(votes),
    }


def submissions(count: int = 24) -> list[dict[str, Any]]:
    now = time.time()
    found = []
    for i in range(count):
        level, _ = LEVELS[i % len(LEVELS)]
        won = i % 3 == 0
        result = {
            "won": won,
            "stars": ["cost"] if i % 6 == 0 else [],
            "cost": 0.4 + i / 20,
            "latency": 0.193 + i / 40,
            "availability": 0.9993 if won else 0.871,
            "parts": 3 + i % 4,
            "effort": 4,
            "ended": "",
            "engine": "6",
            "objectives": [
                {"text": "availability >= 97 %", "value": 0.9993 if won else 0.871, "held": won},
                {"text": "latency.p99 < 400 ms", "value": 0.193 + i / 40, "held": won},
                {"text": "cost <= $0.70/h", "value": 0.4, "held": True},
            ],
        }
        state = "waiting" if i == 0 else "judged"
        found.append(
            {
                "id": f"s{i}",
                "uuid": f"u{i}",
                "level": level,
                "player": {"id": f"p{i % 9}", "name": f"Player {i % 9}"},
                "team": {"id": f"t{i % 7}", "name": NAMES[i % 7]},
                "received": now - 60 * i,
                "local": now - 60 * i - (400 if i == 2 else 1),
                "state": state,
                "reason": "",
                "result": result if state == "judged" else None,
                "final": None,
            }
        )
    return found


DESIGN = [
    "add lb balancer",
    "wire shoppers -> lb",
    "wire lb -> web",
    "set web replicas=3 cores=2",
    "wire web -> passes-db",
]


def run() -> dict[str, Any]:
    times = [float(i) for i in range(1, 121)]
    p99 = [None if i < 3 else 0.12 + (0.9 if 60 < i < 80 else 0.0) + (i % 7) / 100 for i in range(120)]
    charts = [
        (
            "throughput",
            "answers",
            "/s",
            [
                ("throughput", [200 - (90 if 60 < i < 80 else 0) + i % 5 for i in range(120)]),
                ("goodput", [195 - (120 if 60 < i < 80 else 0) + i % 5 for i in range(120)]),
            ],
        ),
        (
            "latency",
            "latency",
            "s",
            [("p50", [v and v / 4 for v in p99]), ("p95", [v and v / 1.5 for v in p99]), ("p99", p99)],
        ),
        ("errors", "errors", "/s", [("refused", [30 if 60 < i < 80 else 0 for i in range(120)])]),
        (
            "flight",
            "in flight",
            "count",
            [("requests", [20 + (60 if 60 < i < 80 else 0) + i % 3 for i in range(120)])],
        ),
    ]
    return {
        "seed": "play",
        "verdict": {"won": False, "objectives": [], "cost": 0.4, "latency": 1.2, "availability": 0.87, "parts": 4},
        "diagnosis": [{"title": "web is the bottleneck", "sentence": "It has 2 cores of the 3.2 it needs."}],
        "series": [
            {
                "id": name,
                "title": title,
                "unit": unit,
                "begins": 10,
                "times": times,
                "lines": [{"name": each, "values": values} for each, values in lines],
            }
            for name, title, unit, lines in charts
        ],
    }


def overview() -> dict[str, Any]:
    now = time.time()
    teams = [
        {
            "id": f"t{i}",
            "name": NAMES[i],
            "code": f"TEAM-{i}",
            "extra": 600 if i == 2 else 0,
            "members": [
                {"id": f"p{i}{j}", "name": f"{name} {i}"}
                for j, name in enumerate(("Ada", "Grace", "Edsger")[: 1 + i % 3])
            ],
            "disqualified": "shared a code" if i == 5 else "",
            "submissions": 3 + i % 4,
        }
        for i in range(14)
    ]
    return {
        "code": CODE,
        "teams": teams,
        "queue": {"waiting": 3, "running": 2, "failed": 1},
        "lag": {"waiting": 3, "oldest": 4.2, "p95": 6.1},
        "losing": [
            {
                "level": "two-is-company",
                "count": 9,
                "objective": "availability >= 97 %",
                "do": ["set web cores=8"],
            },
            {"level": "how-full", "count": 4, "objective": "latency.p99 < 400 ms", "do": DESIGN[:3]},
        ],
        "audit": [
            {"at": now - 1800, "who": "instructor", "what": "start"},
            {"at": now - 1200, "who": "instructor", "what": "extra 10 min for Tail Risk: came late"},
            {"at": now - 60, "who": "instructor", "what": "disqualify Back Pressure: shared a code"},
        ],
    }


def host_answers(**changes: Any) -> dict[str, Any]:
    rows = submissions()
    return answers(
        **{
            "GET host/overview": overview(),
            "GET host/submissions": rows,
            **{f"GET host/submissions/{row['id']}": {**row, "design": {"do": DESIGN, "live": []}} for row in rows},
            **{f"GET host/submissions/{row['id']}/run": run() for row in rows},
            **{
                f"POST host/{path}": {}
                for path in ("control", "announcements", "polls", "polls/q1", "regrade", "teams/t2")
            },
            **changes,
        }
    )


def answers(**changes: Any) -> dict[str, Any]:
    return {
        "GET contest": contest(),
        "GET standings": standings(),
        "GET announcements": [
            {
                "id": 1,
                "at": time.time() - 300,
                "text": "Level 3 is open. Look at the histogram before you add a machine.",
            }
        ],
        "GET poll": lambda _: None,
        **changes,
    }
