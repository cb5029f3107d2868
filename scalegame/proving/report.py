"""A proof for people (aligned lines) and for programs (JSON)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scalegame.proving.model import AttemptProof, Margin, Proof
from scalegame.units import show

_HEAD = ("", "attempt", "declared", "runs", "wins", "95 % interval", "decided by", "mean", "margin", "stars")


def report(proof: Proof) -> tuple[str, ...]:
    """Lines of plain text: a verdict, a table of the attempts, problems and notes."""
    runs = sum(attempt.runs for attempt in proof.attempts)
    seeds = f"{len(proof.seeds)} {'fresh' if proof.fresh else 'proof'} seeds"
    head = f"{proof.level}: {'proved' if proof.proved else 'NOT PROVED'} ({seeds}, {runs} runs)"
    lines = [head, *_table([_HEAD, *(_row(attempt) for attempt in proof.attempts)])]
    lines += [f"problem: {a.name}: {problem}" for a in proof.attempts for problem in a.problems]
    lines += [f"problem: {problem}" for problem in proof.problems]
    lines += [f"note: {note}" for note in proof.notes]
    return tuple(lines)


def _row(attempt: AttemptProof) -> tuple[str, ...]:
    mark = "!" if attempt.problems else "✓"
    if attempt.deciding is None:
        return (mark, attempt.name, attempt.declared, "0", "–", "–", "cannot start", "–", "–", "–")
    decided = attempt.margins[attempt.deciding]
    return (
        mark,
        attempt.name,
        attempt.declared,
        str(attempt.runs),
        f"{attempt.won / attempt.runs:.0%}",
        f"{attempt.interval[0]:.0%} to {attempt.interval[1]:.0%}",
        decided.objective.text,
        show(decided.mean, decided.objective.dimension),
        _room(decided),
        " ".join(attempt.stars) or "–",
    )


def _room(m: Margin) -> str:
    """How far luck is from deciding, in the measure that judges it."""
    if m.luck is not None:
        return f"luck < {max(m.luck, 1e-6):.1g}" if m.luck < 1 else "luck"
    if math.isnan(m.sigmas):
        return "nothing to measure"
    return "no luck" if math.isinf(m.sigmas) else f"{m.sigmas:+.1f} σ"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def as_json(proof: Proof) -> dict[str, object]:
    """The proof as plain data; NaN and infinities become null."""
    return {
        "level": proof.level,
        "digest": proof.digest,
        "proved": proof.proved,
        "full": proof.full,
        "fresh": proof.fresh,
        # As text: many readers of JSON cannot hold 63 bits.
        "seeds": [str(seed) for seed in proof.seeds],
        "attempts": [_attempt_json(attempt) for attempt in proof.attempts],
        "problems": list(proof.problems),
        "notes": list(proof.notes),
        "versions": dict(proof.versions),
    }


def _attempt_json(attempt: AttemptProof) -> dict[str, object]:
    deciding = None if attempt.deciding is None else attempt.margins[attempt.deciding].objective.text
    return {
        "name": attempt.name,
        "declared": attempt.declared,
        "runs": attempt.runs,
        "won": attempt.won,
        "probability": attempt.won / attempt.runs if attempt.runs else 0.0,
        "interval": list(attempt.interval),
        "deciding": deciding,
        "stars": list(attempt.stars),
        "objectives": [_margin_json(m) for m in attempt.margins],
        "problems": list(attempt.problems),
    }


def _margin_json(m: Margin) -> dict[str, object]:
    return {
        "text": m.objective.text,
        "target": m.objective.target,
        "held": m.held,
        "runs": m.runs,
        "mean": _finite(m.mean),
        "deviation": _finite(m.deviation),
        "worst": _finite(m.worst),
        "sigmas": _finite(m.sigmas),
        "luck": m.luck,
        "clear": m.clear,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
