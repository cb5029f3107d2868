"""Sends what waits, joins competitions, fetches their levels."""

from __future__ import annotations

import os
import random
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from scalegame.competition.client import memberships
from scalegame.competition.client.memberships import Membership
from scalegame.competition.client.outbox import Item, Outbox, put_off
from scalegame.competition.client.remote import Address, Refused, Remote, Unreachable
from scalegame.design.designfile import to_data

#: Seconds between two tries: doubled each time, with a part of luck so that a class does not come at once.
FIRST, LONGEST = 1.0, 60.0
#: What the server may say of a design for good: it breaks a rule, it is too late, it is not for this level.
_FOR_GOOD = (400, 403, 404, 409, 413, 415, 422)
_sending = threading.Lock()


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a round.

    Attributes:
        sent: Numbers of designs that the server has now.
        refused: Items that it does not want.
        waiting: How many still wait.
        after: Seconds until the next of them may be sent.
        told: Why they wait; "" if none does.
    """

    sent: tuple[str, ...]
    refused: tuple[Item, ...]
    waiting: int
    after: float
    told: str


def outbox(membership: Membership) -> Outbox:
    """What is on its way to a competition."""
    return Outbox(membership.folder / "outbox")


def send(membership: Membership, now: float, remote: Remote | None = None) -> Sent:
    """Sends what waits and may be sent now, in order. It ends at the first that does not get through.

    Args:
        membership: Where to.
        now: Unix time.
        remote: The server; as the membership has it unless given.

    Raises:
        ScalegameError: What became of one cannot be written: it is sent again.
    """
    box, server = outbox(membership), remote or membership.remote()
    sent, refused = list[str](), list[Item]()
    with _alone(membership):
        for item in box.waiting():
            if item.after > now:
                break
            try:
                server.call("POST", "/submissions", to_data(item.design), _headers(item))
            except Refused as error:
                if error.status in _FOR_GOOD:
                    refused.append(replace(item, state="refused", told=error.message, tries=item.tries + 1))
                    box.keep(refused[-1])
                    continue
                box.keep(put_off(item, error.message, now, error.after or _pause(item.tries)))
                break
            except Unreachable as error:
                box.keep(put_off(item, error.message, now, _pause(item.tries)))
                break
            box.keep(replace(item, state="sent", told="", tries=item.tries + 1))
            sent.append(item.uuid)
    waiting = box.waiting()
    first = waiting[0] if waiting else None
    return Sent(
        tuple(sent),
        tuple(refused),
        len(waiting),
        0.0 if first is None else max(first.after - now, 0.0),
        "" if first is None else first.told,
    )


def join(where: Address, code: str, name: str, team: str, team_code: str, now: float) -> Membership:
    """Joins a competition, and keeps that; the levels are fetched with `fetch`.

    The key is drawn here: an answer that gets lost is asked for again with the same one.

    Raises:
        Unreachable, Refused: The server does not answer, or does not want us.
        ScalegameError: It cannot be kept.
    """
    key = secrets.token_hex(16)
    body = {"code": code, "name": name, "key": key, "team": team, "team_code": team_code}
    remote = Remote(where)
    for tries in range(3):
        try:
            answer = remote.call("POST", "/join", body)
            break
        except Unreachable:
            # It may have heard us: the same key again is the same player.
            if tries == 2:
                raise
    found = _membership(answer, where, key, now)
    memberships.keep(found)
    return found


def fetch(membership: Membership) -> Mapping[str, object]:
    """Fetches the levels that are open now, and how the competition stands.

    Returns:
        What the server tells of the competition.

    Raises:
        Unreachable, Refused: The server does not answer, or knows us no more.
        ScalegameError: The levels cannot be kept.
    """
    remote = membership.remote()
    told = remote.get("/contest")
    if not isinstance(told, dict) or not isinstance(told.get("levels"), list):
        raise Unreachable("Not understood", "the server tells nothing of its levels")
    digests = {
        str(level["id"]): str(level["digest"])
        for level in told["levels"]
        if isinstance(level, dict) and level.get("open") and "digest" in level and "id" in level
    }
    if digests and (digests != memberships.level_digests(membership) or not membership.pack.is_dir()):
        memberships.keep_levels(membership, remote.text("/pack"), digests)
    return told


def _membership(answer: object, where: Address, key: str, now: float) -> Membership:
    try:
        assert isinstance(answer, dict)
        contest, team, player = answer["contest"], answer["team"], answer["player"]
        id = str(contest["id"])
        if not (id.isascii() and id.isalnum() and len(id) <= 64):
            raise ValueError
        return Membership(
            id=id,
            title=str(contest["title"])[:200],
            mode=str(contest["mode"]),
            secure=where.secure,
            host=where.host,
            port=where.port,
            ca=where.ca,
            token=str(answer.get("token") or f"p.{player['id']}.{key}"),
            player=str(player["name"]),
            team=str(team["name"]),
            team_code=str(team.get("code", "")),
            joined=now,
        )
    except (AssertionError, KeyError, TypeError, ValueError, AttributeError):
        raise Unreachable("Not understood", f"what {where.url} answers is not from scalegame") from None


def _headers(item: Item) -> dict[str, str]:
    return {"Idempotency-Key": item.uuid, "Scalegame-Local-Time": item.local}


def _pause(tries: int) -> float:
    longest: float = min(FIRST * 2.0**tries, LONGEST)
    return longest * random.uniform(0.5, 1.0)


@contextmanager
def _alone(membership: Membership) -> Iterator[None]:
    """One at a time, in this process and in others: none would be counted twice, but the server asked twice."""
    with _sending:
        membership.folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(membership.folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            try:
                import fcntl

                fcntl.flock(lock, fcntl.LOCK_EX)
            except ImportError:
                # Windows has none; what is sent twice is counted once all the same.
                pass
            yield
        finally:
            os.close(lock)
