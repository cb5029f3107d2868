"""What the instructor asks for."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Mapping, Sequence

from starlette.responses import JSONResponse, Response

from scalegame.competition.debrief.page import POLICY
from scalegame.competition.model import submission
from scalegame.competition.server import models
from scalegame.competition.server.endpoints import Call, Endpoint
from scalegame.competition.server.refusals import Rejected
from scalegame.competition.server.replay import PATIENCE, Wanted, replay, wanted
from scalegame.competition.server.rules import Data


async def overview(call: Call) -> Data:
    """Everything at a glance."""
    found = await call.do(call.rules.overview, call.now)
    lag = await call.do(call.house.judge.lag)
    return {
        **found,
        "audit": _lines(found["audit"]),
        "addresses": list(call.house.addresses),
        "queue": {name: lag[name] for name in ("waiting", "running", "failed")},
        "lag": {name: lag[name] for name in ("waiting", "oldest", "p95")},
    }


def _lines(rows: object) -> list[Data]:
    """Lines of the log, each with a sentence of what was done."""
    assert isinstance(rows, Sequence)
    return [{**row, "what": ": ".join(filter(None, (row["what"], row["detail"])))} for row in rows]


async def control(call: Call) -> Data:
    """Starts, pauses, extends, freezes, locks, ends."""
    asked = call.body(models.Control)
    await call.do(call.rules.control, call.who, asked.action, asked.minutes, asked.reason, call.now)
    return await call.do(call.rules.contest, call.who, call.now)


async def team(call: Call) -> Data:
    """Disqualifies a team, takes it back, gives it more time."""
    asked = call.body(models.TeamAction)
    await call.do(call.rules.team, call.who, call.id, asked.action, asked.minutes, asked.reason, call.now)
    return {"id": call.id, "done": asked.action}


async def announce(call: Call) -> Data:
    """Says something to everybody, or to one team."""
    asked = call.body(models.Announcement)
    return await call.do(call.rules.announce, call.who, asked.text, asked.team, call.now)


async def ask(call: Call) -> Data:
    """Asks everybody what will happen."""
    asked = call.body(models.Poll)
    return await call.do(call.rules.ask, call.who, asked.level, asked.question, asked.choices, call.now)


async def poll_action(call: Call) -> object:
    """Opens, closes or shows a poll."""
    action = call.body(models.PollAction).action
    return await call.do(call.rules.poll_action, call.who, call.id, action, call.now)


async def regrade(call: Call) -> Data:
    """Has everything judged anew."""
    asked = call.body(models.Regrade)
    count = await call.do(call.rules.regrade, asked.level or None, asked.reason, "instructor", call.now)
    return {"count": count}


async def submissions(call: Call) -> object:
    """What everybody handed in."""
    return list(await call.do(call.rules.submissions, call.now))


async def one(call: Call) -> Data:
    """One of these."""
    return await call.do(call.rules.submission, call.who, call.id, call.now)


async def run(call: Call) -> Data:
    """Runs what was handed in once more, on a seed that everybody has, for its charts."""
    future = call.house.executor.submit(replay, await call.do(_wanted, call))
    try:
        return await asyncio.wait_for(asyncio.wrap_future(future), PATIENCE)
    except TimeoutError:
        raise Rejected(503, "Busy", "the judge is busy: ask again by and by", 10.0) from None


def _wanted(call: Call) -> Wanted:
    slot, design = call.rules.replayed(call.id)
    level = call.rules.levels.by_slot[slot]
    return wanted(level, submission.check(design, level))


async def export_json(call: Call) -> Response:
    """Everything that was handed in, and what came of it."""
    found = await call.do(call.rules.export, call.now)
    return JSONResponse(found, headers=_named("contest.json"))


async def export_csv(call: Call) -> Response:
    """The same as a table."""
    found = await call.do(call.rules.export, call.now)
    rows = found.get("submissions")
    text = table([row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list | tuple) else [])
    return Response(text, headers=_named("contest.csv"), media_type="text/csv; charset=utf-8")


COLUMNS = ("id", "team", "player", "level", "received", "local", "won", "cost", "latency", "availability", "parts")
"""Of the table; what was measured is that of the hidden seeds where there is something."""


def table(rows: list[Mapping[str, object]]) -> str:
    """Rows as CSV; nothing in it is taken for a formula by a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        result = row.get("final") or row.get("result")
        flat = {**(result if isinstance(result, Mapping) else {}), **row, "team": row.get("team_name", "")}
        writer.writerow([_cell(flat.get(name)) for name in COLUMNS])
    return out.getvalue()


def _cell(value: object) -> object:
    if value is None or isinstance(value, bool):
        return {None: "", True: "yes", False: "no"}[value]
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") or text[:1] in ("\t", "\r") else text


async def debrief(call: Call) -> Response:
    """The page to talk about afterwards."""
    text = await call.do(call.rules.debrief, call.now)
    return Response(text, headers={"Content-Security-Policy": POLICY}, media_type="text/html; charset=utf-8")


async def audit(call: Call) -> object:
    """Who did what, and when."""
    return _lines(await call.do(call.rules.audit, call.whole("after")))


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def endpoints() -> list[Endpoint]:
    """All of them."""
    rows = list[models.Answer]
    mine = [
        Endpoint("GET", "/overview", "instructor", "Everything at a glance", overview),
        Endpoint("POST", "/control", "instructor", "Start, pause, extend, end", control, models.Control),
        Endpoint("POST", "/teams/{id}", "instructor", "Disqualify, more time", team, models.TeamAction),
        Endpoint("POST", "/announcements", "instructor", "Announce", announce, models.Announcement, status=201),
        Endpoint("POST", "/polls", "instructor", "Ask everybody", ask, models.Poll, status=201),
        Endpoint("POST", "/polls/{id}", "instructor", "Open, close, show", poll_action, models.PollAction),
        Endpoint("POST", "/regrade", "instructor", "Judge anew", regrade, models.Regrade, status=202),
        Endpoint("GET", "/submissions", "instructor", "What everybody handed in", submissions, answered=rows),
        Endpoint("GET", "/submissions/{id}", "instructor", "One of these", one, answered=models.Received),
        Endpoint("GET", "/submissions/{id}/run", "instructor", "Its run, with charts", run),
        Endpoint("GET", "/export.json", "instructor", "Everything", export_json),
        Endpoint("GET", "/export.csv", "instructor", "As a table", export_csv, answered=None, kind="text/csv"),
        Endpoint("GET", "/debrief.html", "instructor", "To talk about", debrief, answered=None, kind="text/html"),
        Endpoint("GET", "/audit", "instructor", "Who did what", audit, answered=rows, query=("after",)),
    ]
    return [endpoint._replace(path=f"/host{endpoint.path}") for endpoint in mine]
