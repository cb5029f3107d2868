"""Commands of those who take part in a competition."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scalegame.cli.group import LOST, as_text, cli
from scalegame.errors import ScalegameError, printable, quoted
from scalegame.units import Dimension, show

if TYPE_CHECKING:
    from scalegame.competition.client.memberships import Membership
    from scalegame.levels.model import Level

#: Seconds that `submit` waits for what comes of it, and between two questions.
_WAIT, _EVERY = 60.0, 1.0
_CA = click.Path(path_type=Path, exists=True, dir_okay=False)


@cli.command()
@click.argument("url")
@click.option("--name", help="What others are shown.")
@click.option("--team", help="Name of your team; a new one, unless you give its code.")
@click.option("--team-code", default="", help="Of a team that is there already: its members have it.")
@click.option("--code", help="Join code; it stands on the board.")
@click.option("--ca", type=_CA, metavar="FILE", help="Certificate to trust, where the server has its own (https).")
@click.option("--no-play", is_flag=True, help="Join, and do not start the game.")
def join(
    url: str, name: str | None, team: str | None, team_code: str, code: str | None, ca: Path | None, no_play: bool
) -> None:
    """Join a competition, fetch its levels and play them. URL stands on the board.

    Joined again from the same machine one is the same player: what was handed in stays.
    """
    from scalegame.competition.client import sync
    from scalegame.competition.client.memberships import joined
    from scalegame.competition.client.remote import Refused, Unreachable, address

    where = address(url, ca)
    known = next((one for one in joined() if (one.host, one.port) == (where.host, where.port)), None)
    if known is not None and name is None and code is None:
        membership = known
        try:
            sync.fetch(membership)
        except Unreachable as error:
            click.echo(printable(f"{error.message}: you play what was fetched before."), err=True)
        except Refused as error:
            if error.status == 401:
                raise ScalegameError(
                    "Another competition", f"{where.url} does not know you any more: join with --code and --name"
                ) from None
            click.echo(printable(error.message), err=True)
    else:
        code = code or click.prompt("Join code")
        name = name or click.prompt("Your name")
        if team is None:
            team = click.prompt("Your team (a new name, or that of a team whose code you have)", default=name)
            if team != name and not team_code:
                team_code = click.prompt("Its code (empty for a new team)", default="", show_default=False)
        membership = sync.join(where, code, name, team, team_code, time.time())
        try:
            sync.fetch(membership)
        except Refused as error:
            # It has not begun, say.
            click.echo(printable(error.message), err=True)
    click.echo(printable(f"{membership.title}: you are {membership.player} of {membership.team}."))
    if membership.team_code:
        others = f"--team {quoted(membership.team)} --team-code {membership.team_code}"
        click.echo(printable(f"Others join your team with: {others}"))
    if no_play:
        return
    if not membership.pack.is_dir():
        click.echo(f"No level is open yet. When it has begun: scalegame join {where.url}")
        return
    from scalegame.tui.app import run as start

    status = start(str(membership.pack), {})
    if status:
        click.get_current_context().exit(status)


@cli.command()
@click.argument("level")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--contest", metavar="ID", help="Which of the competitions that you have joined; the latest one.")
@click.option("--no-wait", is_flag=True, help="Do not wait for what comes of it.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def submit(level: str, file: Path, contest: str | None, no_wait: bool, as_json: bool) -> None:
    """Hand a design in: FILE is a design file, or a text file with a share code; - reads standard input.

    It is kept on this machine until the server has it: without a network it is sent later, by the game or by the
    next submit.
    """
    import sys

    from scalegame.competition.client import sync
    from scalegame.competition.model import submission

    membership = _meant(contest)
    try:
        content = sys.stdin.buffer.read(submission.LARGEST + 1) if str(file) == "-" else _content(file)
    except OSError as error:
        raise ScalegameError("Not read", f"cannot read {file}: {error.strerror}") from None
    design = submission.read(content, str(file))
    chosen = _level(membership, level)
    entry = submission.check(design, chosen)
    item = sync.outbox(membership).add(entry.design, time.time())
    done = sync.send(membership, time.time())
    mine = next((one for one in done.refused if one.uuid == item.uuid), None)
    if mine is not None:
        raise ScalegameError("Refused", mine.told)
    told: dict[str, object] = {"uuid": item.uuid, "state": "waiting", "message": done.told}
    if item.uuid in done.sent:
        told |= {"state": "sent", "message": ""}
        if not no_wait:
            told |= _outcome(membership, item.uuid)
    _tell(told, as_json)
    result = told.get("result")
    if isinstance(result, dict) and not result.get("won"):
        click.get_current_context().exit(LOST)


@cli.command()
@click.argument("url", required=False)
def board(url: str | None) -> None:
    """Open the board of a competition in a browser: the one at URL, or the latest that was joined."""
    from scalegame.competition.client.remote import address

    link = address(url).url if url is not None else _meant(None).address.url
    fragment = f"#{url.partition('#')[2]}" if url is not None and "#" in url else ""
    shown = f"{link}/board{printable(fragment)}"
    click.echo(shown)
    click.launch(shown)


def _content(file: Path) -> bytes:
    from scalegame.competition.model import submission

    with file.open("rb") as stream:
        return stream.read(submission.LARGEST + 1)


def _meant(contest: str | None) -> Membership:
    from scalegame.competition.client.memberships import joined

    found = [one for one in joined() if contest is None or one.id.startswith(contest)]
    if not found:
        message = "you have not joined a competition: scalegame join URL"
        raise ScalegameError(
            "No competition", message if contest is None else f"none has the id {quoted(contest)}"
        )
    return found[0]


def _level(membership: Membership, name: str) -> Level:
    from scalegame.components import kinds
    from scalegame.errors import nearest
    from scalegame.levels import packs
    from scalegame.levels.naming import split

    if not membership.pack.is_dir():
        raise ScalegameError("No levels", "no level is open yet, or they were never fetched: scalegame join URL")
    own, variant = split(name)
    entries = {key: entry for entry in packs.index(membership.pack) for key in (entry.id, entry.own)}
    if own not in entries:
        raise ScalegameError("No such level", f"there is no level {quoted(own)} here{nearest(own, entries)}")
    return packs.level_of(entries[own], kinds(), variant)


def _outcome(membership: Membership, uuid: str) -> dict[str, object]:
    """What came of a design, if that is known soon."""
    from scalegame.competition.client.remote import Refused, Unreachable

    remote, end = membership.remote(), time.monotonic() + _WAIT
    while time.monotonic() < end:
        try:
            rows = remote.get("/submissions")
        except (Unreachable, Refused) as error:
            return {"message": error.message}
        row = next((row for row in rows if row.get("uuid") == uuid), None) if isinstance(rows, list) else None
        if row is not None and row.get("state") in ("judged", "failed"):
            return {"state": row["state"], "result": row.get("result"), "message": str(row.get("reason") or "")}
        time.sleep(_EVERY)
    return {"message": "it is not judged yet: the board and the game will tell"}


def _tell(told: dict[str, object], as_json: bool) -> None:
    if as_json:
        click.echo(as_text(told))
        return
    result, message = told.get("result"), str(told.get("message") or "")
    match told["state"]:
        case "waiting":
            click.echo(printable(f"Kept on this machine, and sent when that is possible: {message}."))
        case "failed":
            click.echo(printable(f"Not judged: {message}"))
        case "judged" if isinstance(result, dict):
            click.echo("Won." if result["won"] else "Lost.")
            for goal in result["objectives"]:
                click.echo(printable(f"  {'✓' if goal['held'] else '✗'} {goal['text']}"))
            cost = result["cost"]
            if isinstance(cost, int | float):
                click.echo(f"  {show(float(cost), Dimension.PRICE)}, {result['parts']} parts")
        case _:
            click.echo(printable(f"Handed in. {message}".strip()))
