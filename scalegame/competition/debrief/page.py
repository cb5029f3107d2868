"""The debrief as one page of HTML that needs nothing from anywhere: no script, no address, everything escaped."""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from html import escape

from scalegame.competition.debrief.attempts import Attempted
from scalegame.competition.debrief.debrief import MOST_BESIDE, Debrief, Shown, Story
from scalegame.competition.debrief.histories import History, Step
from scalegame.competition.debrief.plots import COLOURS, STYLE, Point, Scale, bars, scatter
from scalegame.competition.model.judgement import Judgement
from scalegame.competition.ranking.standings import Row
from scalegame.competition.ranking.ties import Difference
from scalegame.levels.handout.pages import clean
from scalegame.units import Dimension, show

_STYLE = f"""{COLOURS}{STYLE}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1rem 1.5rem 4rem;
  color: var(--ink); background: var(--paper); }}
h1, h2, h3, p, summary {{ overflow-wrap: anywhere; }}
h1 {{ font-size: 1.8rem; margin: .5rem 0; }}
h2 {{ font-size: 1.35rem; margin: 2.5rem 0 .5rem; padding-top: .5rem; border-top: 2px solid var(--line); }}
h3 {{ font-size: 1.05rem; margin: 1.5rem 0 .4rem; }}
a {{ color: var(--accent); }}
nav a {{ margin-right: 1rem; overflow-wrap: anywhere; }}
.note {{ color: var(--faint); }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-size: .9rem; }}
th, td {{ padding: .25rem .7rem .25rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); overflow-wrap: break-word; max-width: 22rem; }}
thead th, tbody th {{ font-weight: 600; }}
td.number {{ text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }}
td.told {{ min-width: 11rem; }}
.plots {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1rem 2rem; }}
.bars {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr)); gap: 1rem; }}
details {{ margin: .4rem 0; }}
summary {{ cursor: pointer; }}
pre {{ font: .85rem/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: .4rem 0;
  padding: .6rem; border: 1px solid var(--line); }}
@media print {{ details {{ break-inside: avoid; }} }}
"""

_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_WITHIN = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"
POLICY = f"{_WITHIN}; frame-ancestors 'none'"
"""What to send as `Content-Security-Policy` with the page: it needs its own style and nothing else."""

#: Of teams with the same design so many are named where designs stand side by side.
_MOST_NAMES = 3
_AXES = (
    ("cost", Dimension.PRICE),
    ("latency", Dimension.TIME),
    ("availability", Dimension.RATIO),
    ("parts", Dimension.COUNT),
)


def html(debrief: Debrief, evidence: bool = True, zone: tzinfo | None = None) -> str:
    """The page.

    Args:
        debrief: What it is about.
        evidence: With the attempts of each team and person, and the designs that several teams handed in;
            without them it can be shown to everybody.
        zone: In which times are told; None: that of this machine.
    """
    parts = [f"<h1>{_text(debrief.title)}</h1>", _contents(debrief, evidence), _standings(debrief)]
    parts += [_story(debrief, number, story) for number, story in enumerate(debrief.stories, 1)]
    if evidence:
        parts.append(_evidence(debrief, zone))
    head = (
        f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{_text(_WITHIN)}">\n'
        f'<meta name="viewport" content="width=device-width">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{_text(debrief.title)}</title>\n<style>{_STYLE}</style>"
    )
    body = "\n".join(parts)
    return f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'


def _contents(debrief: Debrief, evidence: bool) -> str:
    links = [("standings", "Standings" if debrief.ranked else "Who solved what")]
    links += [(f"level-{number}", story.title) for number, story in enumerate(debrief.stories, 1)]
    links += [("evidence", "How the designs came about")] if evidence else []
    return "<nav>" + " ".join(f'<a href="#{at}">{_text(name)}</a>' for at, name in links) + "</nav>"


# Standings


def _standings(debrief: Debrief) -> str:
    levels = [(story.level, story.title) for story in debrief.stories]
    if not debrief.ranked:
        rows = [
            [_text(story.title), _number(f"{story.table.won_by} of {story.tried}"), _number(str(story.handed_in))]
            for story in debrief.stories
        ]
        solved = _table(["level", "solved by", "designs handed in"], rows)
        return f'<h2 id="standings">Who solved what</h2>\n{solved}'
    scored = any(row.score is not None for row in debrief.standings.rows)
    head = [
        "rank",
        "team",
        "levels won",
        "fronts",
        *(["score"] if scored else []),
        *(title for _, title in levels),
    ]
    rows = [_row(debrief, row, [level for level, _ in levels], scored) for row in debrief.standings.rows]
    note = (
        "Levels won decide; among equals the sum of the fronts on them, less being better. Front 1 of a level are "
        "the designs that no other design on it beats: worse on none of cost, latency, availability and parts, "
        "and better on one, beyond what chance can do (95 % confidence). Ranks with = are shared."
    )
    return f'<h2 id="standings">Standings</h2>\n{_table(head, rows)}\n<p class="note">{_text(note)}</p>'


def _row(debrief: Debrief, row: Row, levels: Sequence[str], scored: bool) -> list[str]:
    cells = [_number(row.shown_rank), _name(debrief, row.team), _number(str(row.won))]
    cells.append(_number(str(row.fronts) if row.won else "–"))
    if scored:
        cells.append(_number("–" if row.score is None else f"{row.score:.2f}"))
    for level in levels:
        place = row.levels.get(level)
        cells.append(_text("–" if place is None else f"front {place.front}" if place.won else "not won"))
    return cells


# A level


def _story(debrief: Debrief, number: int, story: Story) -> str:
    parts = [f'<h2 id="level-{number}">{_text(story.title)}</h2>']
    objectives = "; ".join(story.objectives)
    parts.append(f'<p class="note">{_text(objectives)}</p>')
    parts.append(f"<p>{_text(_solved(story))}</p>")
    if story.table.won_by:
        parts += [_plots(debrief, story), _histograms(story)]
    if story.designs:
        parts += ["<h3>Best designs</h3>", _best(debrief, story)]
    if story.apart:
        parts += ["<h3>What tells them apart</h3>", _apart(debrief, story)]
    if story.designs:
        parts += ["<h3>To run again</h3>", *(_replay(debrief, same) for same in story.different)]
    return "\n".join(parts)


def _solved(story: Story) -> str:
    solved = f"{_many(story.table.won_by, 'team')} of {story.tried} solved it"
    told = f"{solved}; {_many(story.handed_in, 'design')} handed in."
    if story.missed:
        missed = ", ".join(f"{text} ({count})" for text, count in story.missed[:4])
        told += f" Most often missed: {missed}."
    return told


def _plots(debrief: Debrief, story: Story) -> str:
    winners = [design for design in story.designs if design.front is not None]

    def plot(title: str, dimension: Dimension, values: Sequence[float]) -> str:
        points = [
            Point(d.judgement.cost, value, str(d.number), _titled(debrief, d), d.front == 1)
            for d, value in zip(winners, values, strict=True)
        ]
        across, up = Scale("cost", Dimension.PRICE, True), Scale(title, dimension, True)
        return scatter(points, across, up, f"{title} over cost, a point a design")

    drawn = [plot(story.latency, Dimension.TIME, [d.judgement.latency for d in winners])]
    drawn.append(plot("parts", Dimension.COUNT, [float(d.judgement.parts) for d in winners]))
    failed = [1.0 - d.judgement.availability for d in winners]
    if any(share > 1e-9 for share in failed):
        drawn.append(plot("requests that failed", Dimension.RATIO, failed))
    note = "Filled: front 1. The numbers are those of the table below. Left and below is better."
    return _together("plots", drawn, note)


def _titled(debrief: Debrief, design: Shown) -> str:
    return f"{design.number} {_team(debrief, design.team)}: " + ", ".join(_figures(design.judgement))


def _histograms(story: Story) -> str:
    drawn = []
    for axis, dimension in _AXES:
        title = story.latency if axis == "latency" else axis
        histogram = story.table.histograms[axis]  # type: ignore[index]
        drawn.append(bars(histogram, Scale(title, dimension), f"how many teams have which {title} at best"))
    note = "How many teams have which value at best, of those that solved it."
    return _together("bars", drawn, note)


def _together(kind: str, drawn: Sequence[str], note: str) -> str:
    inside = "\n".join(drawn)
    return f'<div class="{kind}">\n{inside}\n</div>\n<p class="note">{_text(note)}</p>'


def _best(debrief: Debrief, story: Story) -> str:
    head = ["", "team", "front", "cost", story.latency, "availability", "parts", "stars", "closest objective"]
    compared = any(design.against for design in story.designs)
    rows = []
    for design in story.designs:
        figures = [_number(figure) for figure in _figures(design.judgement)]
        stars = ", ".join(design.judgement.stars) or "–"
        front = "not won" if design.front is None else str(design.front)
        against = "; ".join(told for d in design.against if (told := _difference(d)))
        row = [_number(str(design.number)), _name(debrief, design.team), _text(front), *figures, _text(stars)]
        row.append(f'<td class="told">{_text(design.decides or "–")}</td>')
        if compared:
            equal = "the same within chance" if design.against else "–"
            row.append(f'<td class="told">{_text(against or equal)}</td>')
        rows.append(row)
    return _table([*head, *(["beside design 1"] if compared else [])], rows)


def _figures(judgement: Judgement) -> tuple[str, str, str, str]:
    return (
        show(judgement.cost, Dimension.PRICE),
        show(judgement.latency, Dimension.TIME),
        show(judgement.availability, Dimension.RATIO),
        str(judgement.parts),
    )


def _difference(difference: Difference) -> str:
    """`$0.10/h cheaper`; empty for a tie."""
    if difference.outcome == "tie":
        return ""
    if math.isnan(difference.mean):
        return f"{difference.axis} {difference.outcome}"
    if difference.axis == "parts":
        count = round(abs(difference.mean))
        return f"{_many(count, 'part')} {'more' if difference.mean > 0 else 'fewer'}"
    more, less, dimension = {
        "cost": ("dearer", "cheaper", Dimension.PRICE),
        "latency": ("slower", "faster", Dimension.TIME),
        "availability": ("more answered", "fewer answered", Dimension.RATIO),
    }[difference.axis]
    size = show(abs(difference.mean), dimension)
    margin = f" ± {show(difference.margin, dimension)}" if difference.margin > 1e-12 else ""
    return f"{size}{margin} {more if difference.mean > 0 else less}"


def _apart(debrief: Debrief, story: Story) -> str:
    beside = story.different[:MOST_BESIDE]
    head = ["", *(_whose(debrief, same) for same in beside)]
    rows = [[f"<th>{_text(f.name)}</th>", *map(_text, f.values)] for f in story.apart]
    rest = len(story.different) - len(beside)
    note = f'<p class="note">{_many(rest, "more design")} in the list above.</p>' if rest else ""
    return f"{_table(head, rows)}\n{note}"


def _whose(debrief: Debrief, same: Sequence[Shown]) -> str:
    named = ", ".join(f"{design.number} {_team(debrief, design.team)}" for design in same[:_MOST_NAMES])
    rest = len(same) - _MOST_NAMES
    return f"{named} and {rest} more" if rest > 0 else named


def _replay(debrief: Debrief, same: Sequence[Shown]) -> str:
    design = same[0]
    changes = "\n".join(design.changes) or "the board as found"
    code = f"<p>Share code, to paste in the game:</p>\n<pre>{_text(design.code)}</pre>\n" if design.code else ""
    commands = "\n".join(design.commands)
    return (
        f"<details>\n<summary>{_text(_whose(debrief, same))}</summary>\n<pre>{_text(changes)}</pre>\n{code}"
        f"<p>design.yaml:</p>\n<pre>{_text(design.text)}</pre>\n"
        f"<p>On the command line, on the play seeds:</p>\n<pre>{_text(commands)}</pre>\n</details>"
    )


# Evidence


def _evidence(debrief: Debrief, zone: tzinfo | None) -> str:
    titles = {story.level: story.title for story in debrief.stories}
    note = (
        "Who handed in what and when, and how much it changed of the design before. It is evidence, not proof: a "
        "small level has few good designs, and two teams find the same one easily; somebody may think on paper "
        "first. The local time is what the player's own machine said."
    )
    parts = [f'<h2 id="evidence">How the designs came about</h2>\n<p class="note">{_text(note)}</p>']
    if debrief.same:
        rows = []
        for same in debrief.same:
            who = [f"{_team(debrief, a.team)} ({_when(a.received, zone)})" for a in same.first]
            changed = "?" if same.changes is None else str(same.changes)
            rows.append([_text(titles[same.level]), _number(changed), _text(", then ".join(who))])
        head = ["level", "changes to the board", "handed in by"]
        parts.append(f"<h3>The same design from several teams</h3>\n{_table(head, rows)}")
    for team in debrief.teams.values():
        own = [history for history in debrief.histories if history.team == team.id]
        if own:
            members = f" ({', '.join(team.members)})" if team.members else ""
            parts.append(f"<h3>{_text(team.name + members)}</h3>")
            parts += [_history(titles[history.level], history, zone) for history in own]
    return "\n".join(parts)


def _history(title: str, history: History, zone: tzinfo | None) -> str:
    players = ", ".join(f"{name or 'unknown'} {count}" for name, count in history.players)
    told = f"{title}: {_many(len(history.steps), 'attempt')}, {_many(history.designs, 'design')} (by {players})"
    head = ["received", "local time", "by", "changes", "what changed", "outcome", "how it moved"]
    rows = [_step(step, zone) for step in history.steps]
    return f"<details>\n<summary>{_text(told)}</summary>\n{_table(head, rows)}\n</details>"


def _step(step: Step, zone: tzinfo | None) -> list[str]:
    attempt: Attempted = step.attempt
    changes = "does not fit the level any more" if step.changes is None else "; ".join(step.changes) or "nothing"
    again = " (handed in before)" if step.again else ""
    return [
        _text(_when(attempt.received, zone)),
        _text(attempt.local or "–"),
        _text(attempt.player or "–"),
        _number("?" if step.distance is None else str(step.distance)),
        f'<td class="told">{_text(changes + again)}</td>',
        _text(step.outcome),
        f'<td class="told">{_text("; ".join(step.came) or "–")}</td>',
    ]


def _when(received: float | None, zone: tzinfo | None) -> str:
    if received is None:
        return "–"
    try:
        return datetime.fromtimestamp(received, zone).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")
    except (OverflowError, OSError, ValueError):
        return "–"


# Small things


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a cell that is no `<td>` or `<th>` yet becomes one, and is escaped already."""
    top = "".join(f"<th>{_text(cell)}</th>" for cell in head)
    body = "\n".join(
        "<tr>" + "".join(c if c.startswith(("<td", "<th")) else f"<td>{c}</td>" for c in row) + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>'


def _number(text: str) -> str:
    return f'<td class="number">{_text(text)}</td>'


def _team(debrief: Debrief, id: str) -> str:
    return debrief.teams[id].name


def _name(debrief: Debrief, id: str) -> str:
    return _text(_team(debrief, id))


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _text(text: str) -> str:
    return escape(clean(text), quote=True)
