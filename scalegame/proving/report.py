"""A proof for people (aligned lines) and for programs (JSON)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scalegame.errors import printable
from scalegame.proving.model import AttemptProof, Margin, Proof, Trial
from scalegame.units import Dimension, show

_HEAD = ("", "attempt", "declared", "runs", "wins", "95 % interval", "decided by", "mean", "margin", "stars")

_TRIED = ("", "not declared", "outcome", "runs", "wins", "cost", "effort", "decided by")


def report(proof: Proof) -> tuple[str, ...]:
    """Lines of plain text: a verdict, a table of the attempts, problems and notes."""
    runs = sum(a.runs for a in proof.attempts) + sum(t.runs for t in proof.trials)
    seeds = f"{len(proof.seeds)} {'fresh' if proof.fresh else 'proof'} seeds"
    head = f"{proof.level}: {'proved' if proof.proved else 'NOT PROVED'} ({seeds}, {runs} runs)"
    lines = [head, *_table([_HEAD, *(_row(attempt) for attempt in proof.attempts)])]
    if proof.trials:
        lines += ["", *_table([_TRIED, *(_trial(trial) for trial in proof.trials)])]
    lines += [line for line in (_searched(proof), _difficulty(proof)) if line]
    for attempt in proof.attempts:
        lines += [f"problem: {attempt.name}: {problem}" for problem in attempt.problems]
        lines += [f"  advice: {advice}" for advice in attempt.advice]
    for trial in proof.trials:
        lines += [f"problem: {trial.name}: {trial.problem}"] if trial.problem else []
        lines += [f"  advice: {advice}" for advice in trial.advice]
    lines += [f"problem: {problem}" for problem in proof.problems]
    lines += [f"accepted: {trial.name}: {trial.accepted}" for trial in proof.trials if trial.accepted]
    lines += [f"note: {note}" for note in proof.notes]
    # A reason is the author's text, and an author's text may have anything in it.
    return tuple(map(printable, lines))


def _searched(proof: Proof) -> str:
    if proof.search is None:
        return ""
    finds = len(proof.search.finds)
    told = f"{finds or 'none'} of them without what the level is about, or for less than the winners"
    return f"searched: {proof.search.won} of {proof.search.designs} designs win, {told}"


def _difficulty(proof: Proof) -> str:
    estimate = proof.difficulty
    if estimate is None:
        return ""
    share = "" if math.isnan(estimate.share) else f", {estimate.share:.0%} of the designs searched win"
    changes = f"{estimate.parts} change{'' if estimate.parts == 1 else 's'}"
    declared = f", declared {proof.declared}" if proof.declared else ""
    return (
        f"difficulty: {estimate.level} of 5 by estimate{declared}: {estimate.tightness:.0%} of room, the shortest "
        f"winner makes {changes}{share}"
    )


def _trial(trial: Trial) -> tuple[str, ...]:
    mark = "!" if trial.problem else "✓"
    wins = f"{trial.won / trial.runs:.0%}" if trial.runs else "–"
    paid = show(trial.cost, Dimension.PRICE), show(trial.effort, Dimension.EFFORT)
    told = "; ".join(filter(None, (trial.deciding, trial.note, "accepted" if trial.accepted else "")))
    return (mark, trial.name, trial.outcome, str(trial.runs), wins, *paid, told)


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
        "difficulty": _difficulty_json(proof),
        "search": _search_json(proof),
        "generated": [_trial_json(trial) for trial in proof.generated],
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
        "cost": _finite(attempt.cost),
        "objectives": [_margin_json(m) for m in attempt.margins],
        "problems": list(attempt.problems),
        "advice": list(attempt.advice),
    }


def _search_json(proof: Proof) -> dict[str, object] | None:
    search = proof.search
    if search is None:
        return None
    finds = [_trial_json(trial) for trial in search.finds]
    return {"designs": search.designs, "won": search.won, "finds": finds}


def _difficulty_json(proof: Proof) -> dict[str, object] | None:
    estimate = proof.difficulty
    if estimate is None:
        return None
    return {
        "estimated": estimate.level,
        "declared": proof.declared,
        "tightness": _finite(estimate.tightness),
        "parts": estimate.parts,
        "share": _finite(estimate.share),
    }


def _trial_json(trial: Trial) -> dict[str, object]:
    return {
        "name": trial.name,
        "do": list(trial.do),
        "live": list(trial.live),
        "outcome": trial.outcome,
        "runs": trial.runs,
        "won": trial.won,
        "probability": trial.won / trial.runs if trial.runs else None,
        "interval": list(trial.interval),
        "deciding": trial.deciding or None,
        "cost": trial.cost,
        "effort": trial.effort,
        "note": trial.note,
        "accepted": trial.accepted,
        "problem": trial.problem or None,
        "advice": list(trial.advice),
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
