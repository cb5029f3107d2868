"""The grades as one page of HTML that needs nothing from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from scalegame.competition.debrief.plots import COLOURS, STYLE, Point, Scale, bars, scatter
from scalegame.competition.grading import rubric
from scalegame.competition.grading.grade import Graded
from scalegame.competition.grading.rubric import Mark
from scalegame.competition.ranking.standings import level_table
from scalegame.insight.histogram import linear
from scalegame.levels.handout.pages import clean
from scalegame.levels.model import Level
from scalegame.units import Dimension, show

_STYLE = f"""{COLOURS}{STYLE}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1rem 1.5rem 4rem;
  color: var(--ink); background: var(--paper); }}
h1, h2, p {{ overflow-wrap: anywhere; }}
h1 {{ font-size: 1.8rem; margin: .5rem 0; }}
h2 {{ font-size: 1.35rem; margin: 2.5rem 0 .5rem; padding-top: .5rem; border-top: 2px solid var(--line); }}
.note {{ color: var(--faint); }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-size: .9rem; }}
th, td {{ padding: .25rem .8rem .25rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; max-width: 26rem; }}
td.number {{ text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }}
.few {{ max-width: 30rem; }}
.plots {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1rem 2rem; }}
"""
_AXES = (
    ("cost", Dimension.PRICE),
    ("latency", Dimension.TIME),
    ("availability", Dimension.RATIO),
    ("parts", Dimension.COUNT),
)


def html(level: Level, graded: Sequence[Graded], marks: Sequence[Mark], about: Mapping[str, object]) -> str:
    """The page.

    Args:
        level: That was graded.
        graded: One a student.
        marks: The rubric.
        about: What is recorded beside the grades.
    """
    title = f"{level.title}: grades"
    won = sum(one.judgement is not None and one.judgement.won for one in graded)
    told = "; ".join(f"{name}: {value}" for name, value in about.items() if not isinstance(value, Mapping))
    body = [
        f"<h1>{_text(title)}</h1>",
        f"<p>{len(graded)} students, {won} of them win. {_text(told)}.</p>",
        "<h2>Who has how many points</h2>",
        _points(graded, marks),
        _table(graded, marks),
        "<h2>What they paid for it</h2>",
        '<p class="note">Designs that win; full dots are those that no other beats beyond what chance can do.</p>',
        _plots(level, graded),
    ]
    head = f'<meta charset="utf-8"><title>{_text(title)}</title><style>{_STYLE}</style>'
    view = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    return f'<!doctype html>\n<html lang="en"><head>{head}{view}</head><body>{"".join(body)}</body></html>\n'


def _points(graded: Sequence[Graded], marks: Sequence[Mark]) -> str:
    values = [one.points for one in graded if one.points is not None]
    drawn = bars(
        linear(values, whole=True), Scale("points", Dimension.COUNT), "How many students have so many points"
    )
    return f'<div class="few">{drawn}</div><p class="note">Of {rubric.most(marks):g} points.</p>'


def _table(graded: Sequence[Graded], marks: Sequence[Mark]) -> str:
    heads = ("student", "points", "won", *(name for name, _ in _AXES), "missed, or what is wrong")
    rows = []
    for one in sorted(
        graded, key=lambda one: (-(one.points if one.points is not None else -1.0), one.student.name)
    ):
        found = one.judgement
        points = "–" if one.points is None else f"{one.points:g}"
        figures = [""] * len(_AXES) if found is None else [show(float(getattr(found, n)), d) for n, d in _AXES]
        missed = [m.text for m, is_earned in zip(marks, one.earned, strict=False) if not is_earned]
        wrong = one.problem or ", ".join(missed)
        cells = [
            f"<td>{_text(one.student.name)}</td>",
            f'<td class="number">{points}</td>',
            f"<td>{'' if found is None else '✓' if found.won else '✗'}</td>",
            *(f'<td class="number">{_text(figure)}</td>' for figure in figures),
            f"<td>{_text(wrong)}</td>",
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    head = "".join(f"<th>{_text(name)}</th>" for name in heads)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def _plots(level: Level, graded: Sequence[Graded]) -> str:
    judged = {one.student.name: one.judgement for one in graded if one.judgement is not None}
    winning = {name: found for name, found in judged.items() if found.won}
    if not winning:
        return "<p>Nobody has won.</p>"
    table = level_table(tuple(winning), {(name, level.id): [found] for name, found in winning.items()}, level.id)
    front = {name for name, _ in table.front}
    cost = Scale("cost", Dimension.PRICE)
    drawn = []
    for name, dimension in _AXES[1:]:
        points = [
            Point(found.cost, float(getattr(found, name)), student, student, student in front)
            for student, found in winning.items()
        ]
        drawn.append(
            scatter(points, cost, Scale(name, dimension, logarithmic=name == "latency"), f"{name} against cost")
        )
    return f'<div class="plots">{"".join(drawn)}</div>'


def _text(text: str) -> str:
    return escape(clean(text))
