"""How a competition stands, as text. What a server tells may be anything: what makes no sense is left out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from textual.content import Content

from scalegame.competition.client.memberships import Membership
from scalegame.competition.client.outbox import Item
from scalegame.errors import printable
from scalegame.tui.taking.courier import Seen
from scalegame.tui.telling.words import line, mark, plural, price
from scalegame.units import Dimension, show

#: Of each: rows that are shown, at most.
MOST = 12
_PHASES = {
    "waiting": ("It has not begun.", "$quiet"),
    "open": ("Designs are taken.", "$success"),
    "locked": ("Nothing can be handed in any more; the result follows.", "$warning"),
    "over": ("It is over.", "$quiet"),
}
NONE = (
    "You have not joined a competition.\n\n"
    "The board of one shows its address and its code. In a shell:\n\n"
    "    scalegame join http://HOST:PORT\n\n"
    "fetches its levels and plays them; on a result, u hands the design in."
)


def sheet(membership: Membership, seen: Seen, waiting: Sequence[Item], now: float) -> Content:
    """The whole sheet."""
    contest = _mapping(seen.contest)
    titles = {_text(level.get("id")): _text(level.get("title")) for level in _rows(contest.get("levels"))}
    parts = [
        _head(membership, seen, contest, now),
        _waiting(waiting, titles, now),
        _poll(_mapping(seen.poll)),
        _announcements(_rows(seen.announcements)),
        _levels(_rows(contest.get("levels")), now),
        _submissions(_rows(seen.submissions), titles),
        _standings(membership, _mapping(seen.standings), contest),
    ]
    return Content("\n\n").join([part for part in parts if part.plain])


def time_left(seen: Seen, now: float) -> str:
    """How long designs are taken yet, in words; "" if nobody knows."""
    contest = _mapping(seen.contest)
    remaining = _number(contest.get("remaining"))
    if contest.get("paused") is True:
        return "paused"
    if remaining is None or contest.get("phase") != "open":
        return ""
    left = int(max(remaining - max(now - seen.at, 0.0), 0.0))
    hours, rest = divmod(min(left, 10**9), 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d} left" if hours else f"{rest // 60}:{rest % 60:02d} left"


def choices(seen: Seen) -> tuple[str, tuple[str, ...]]:
    """Id of the poll that is open and those of its choices; "" and none if there is none."""
    poll = _mapping(seen.poll)
    if poll.get("state") != "open":
        return "", ()
    return _text(poll.get("id")), tuple(_text(choice.get("id")) for choice in _rows(poll.get("choices")))


def _head(membership: Membership, seen: Seen, contest: Mapping[str, object], now: float) -> Content:
    said, style = _PHASES.get(_text(contest.get("phase")), ("", ""))
    if contest.get("paused") is True:
        said, style = "Everything stands still for a moment.", "$warning"
    others = f"   others join it with the code {_text(membership.team_code)}" if membership.team_code else ""
    rows = [line("You are ", (_text(membership.player), "bold"), " of ", (_text(membership.team), "bold"), others)]
    if said:
        rows.append(line((said, style)))
    if seen.problem:
        old = f" What follows was so at {_clock(seen.at)}." if seen.at else ""
        rows.append(line((f"{_text(seen.problem, 300)}.{old}", "$warning")))
    elif not seen.at:
        rows.append(line(("Asking the server …", "$quiet")))
    return _joined(rows)


def _waiting(items: Sequence[Item], titles: Mapping[str, str], now: float) -> Content:
    if not items:
        return Content()
    rows = [_title(f"{plural(len(items), 'design')} on the way, kept on this machine")]
    for item in items[:MOST]:
        when = f"again in {item.after - now:.0f} s" if item.after > now else "now"
        why = f"   {_text(item.told, 120)}" if item.told else ""
        name = titles.get(item.design.level, item.design.level)
        rows.append(line(("○ ", "$warning"), f"{_clock(item.made)}  {_text(name)}   {when}", (why, "$quiet")))
    return _joined(rows)


def _poll(poll: Mapping[str, object]) -> Content:
    offered = _rows(poll.get("choices"))
    if not offered:
        return Content()
    state, mine = _text(poll.get("state")), poll.get("mine")
    about = "press a number" if state == "open" else "closed"
    rows = [line((_text(poll.get("question"), 200), "bold $primary"), (f"   {about}", "$quiet"))]
    for number, choice in enumerate(offered, 1):
        chosen = mine is not None and choice.get("id") == mine
        votes = _number(choice.get("votes"))
        rows.append(
            line(
                (f"{'▸' if chosen else ' '} {number}  ", "bold" if chosen else "$quiet"),
                (_text(choice.get("text"), 100), "bold" if chosen else ""),
                (f"   {plural(int(votes), 'vote')}" if votes is not None else "", "$quiet"),
                ("   your vote" if chosen else "", "$success"),
            )
        )
    return _joined(rows)


def _announcements(rows: Sequence[Mapping[str, object]]) -> Content:
    if not rows:
        return Content()
    told = [_title("Announcements")]
    for row in rows[-3:][::-1]:
        at = _number(row.get("at"))
        told.append(line((f"{_clock(at) if at is not None else '–'}  ", "$quiet"), _text(row.get("text"), 500)))
    return _joined(told)


def _levels(rows: Sequence[Mapping[str, object]], now: float) -> Content:
    if not rows:
        return Content()
    told = [_title("Levels")]
    for row in rows[:40]:
        name = f"{_text(row.get('title'))[:40]:<40}"
        if row.get("open") is not True:
            opens = _number(row.get("opens"))
            when = f"opens at {_clock(opens)}" if opens is not None else "not open yet"
            told.append(line((f"· {name}  {when}", "$quiet")))
            continue
        used, limit = _number(row.get("used")) or 0.0, _number(row.get("limit")) or 0.0
        count = f"{used:.0f} of {limit:.0f} handed in" if limit else f"{used:.0f} handed in"
        told.append(line(f"○ {name}  ", (count, "$quiet")))
    return _joined(told)


def _submissions(rows: Sequence[Mapping[str, object]], titles: Mapping[str, str]) -> Content:
    if not rows:
        return Content()
    latest = sorted(rows, key=lambda row: -(_number(row.get("received")) or 0.0))[:MOST]
    told = [_title(f"Handed in by your team: {len(rows):,}")]
    for row in latest:
        level, at = _text(row.get("level")), _number(row.get("received"))
        final = bool(_mapping(row.get("final")))
        result = _mapping(row.get("final")) or _mapping(row.get("result"))
        sign, style = mark(result.get("won") is True) if result else mark(None)
        told.append(
            line(
                (f"{sign} ", style),
                f"{_clock(at) if at is not None else '–':<6}{titles.get(level, level)[:24]:<25}",
                (_figures(result) if result else _text(row.get("reason") or row.get("state"), 60), ""),
                ("   final" if final else "", "$success"),
                (f"   {_text(row.get('player'))[:20]}", "$quiet"),
            )
        )
    return _joined(told)


def _figures(result: Mapping[str, object]) -> str:
    cost, latency, up = (_number(result.get(name)) for name in ("cost", "latency", "availability"))
    parts = _number(result.get("parts"))
    each = (
        price(cost) if cost is not None else "",
        show(latency, Dimension.TIME) if latency is not None else "",
        f"{100 * up:.4g} %" if up is not None else "",
        plural(int(parts), "part") if parts is not None else "",
    )
    return "  ".join(piece for piece in each if piece)


def _standings(membership: Membership, standings: Mapping[str, object], contest: Mapping[str, object]) -> Content:
    rows = _rows(standings.get("rows"))
    if not rows:
        return Content()
    final, frozen = standings.get("final") is True, standings.get("frozen") is True
    note = "final, on seeds that nobody knew" if final else "frozen until the end" if frozen else ""
    told = [line(("Standings", "bold $primary"), (f"   {note}" if note else "", "$warning"))]
    mine = _text(_mapping(_mapping(contest.get("me")).get("team")).get("id"))
    own = next((row for row in rows if mine and _text(row.get("team")) == mine), None)
    shown = list(rows[:MOST])
    if own is not None and own not in shown:
        shown.append(own)
    for row in shown:
        rank, won = _number(row.get("rank")), _number(row.get("won")) or 0.0
        place = f"{rank:.0f}{'=' if row.get('tied') is True else ''}" if rank is not None else "–"
        style = "bold $success" if row is own else ""
        told.append(
            line(
                (f"{place:>5}  {_text(row.get('name'))[:36]:<36}", style),
                (f"  {plural(int(won), 'level')} won", "$quiet"),
                ("   you" if row is own else "", "$success"),
            )
        )
    return _joined(told)


def _title(text: str) -> Content:
    return line((text, "bold $primary"))


def _joined(rows: Sequence[Content]) -> Content:
    return Content("\n").join(rows)


def _clock(at: float) -> str:
    try:
        return time.strftime("%H:%M", time.localtime(at))
    except (ValueError, OverflowError, OSError):
        return "–"


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _rows(value: object) -> Sequence[Mapping[str, object]]:
    return [row for row in value[:5000] if isinstance(row, dict)] if isinstance(value, list) else []


def _text(value: object, most: int = 80) -> str:
    return printable(value[:most]) if isinstance(value, str) else ""


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -1e15 < value < 1e15 else None
