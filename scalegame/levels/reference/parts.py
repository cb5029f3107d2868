"""What stands inside the keys of a level: kinds, steps, patterns, faults, objectives, units, limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scalegame.design import distributions, language
from scalegame.design.distributions import Distribution
from scalegame.design.kinds import Kind, Kinds, Parameter, Type, _Required
from scalegame.design.model import Setting
from scalegame.levels import bounds, live, steps, yamltree
from scalegame.levels.faults import sufferings
from scalegame.levels.profiles import PROFILES
from scalegame.levels.reference import examples
from scalegame.levels.reference.markdown import code, table
from scalegame.levels.schema import MOST_STEPS
from scalegame.levels.steps import BELONGS
from scalegame.simulation.patterns import MOST_PIECES
from scalegame.units import _SPELLINGS, Dimension, show, write
from scalegame.verdict.objectives import METRICS, STATISTICS

_UNBOUNDED = 1e12
"""The highest value of a parameter that has no bound of its own."""


def sections(kinds: Kinds) -> Iterator[str]:
    """Yield the rest of the reference."""
    yield f"### Units\n\n{_UNITS}\n\n{table(('', 'units'), _units())}"
    yield f"### Distributions\n\n{_DISTRIBUTIONS}\n\n{table(('written', 'meaning'), _distributions())}"
    yield f"### Network\n\n{table(('written', 'meaning'), _coded(examples.NETWORK))}\n\n{_profiles()}"
    yield f"### Arrivals\n\n{_ARRIVALS}\n\n{table(('arrivals', 'who'), _coded(examples.ARRIVALS))}"
    yield table(("pattern", "meaning"), _coded(examples.PATTERNS))
    yield f"### Steps of a program\n\n{_STEPS}\n\n{table(('step', 'what is done', 'its keys'), _steps())}"
    yield f"### Kinds of component\n\n{_KINDS}"
    for kind in kinds.values():
        head = ("parameter", "value", "if left out", "meaning")
        yield f"#### {kind.name}\n\n{kind.summary}\n\n{table(head, map(_parameter, kind.parameters))}"
    yield f"### What a player may change\n\n{_PALETTE}\n\n{table(('written', 'it may be'), _coded(_ADJUST))}"
    yield f"{_PROJECTS}\n\n{table(('set', 'what changes'), _coded(examples.CHANGES))}"
    yield f"### Faults\n\n{_FAULTS}\n\n{table(('fault', 'meaning'), _coded(examples.FAULTS))}"
    yield _sufferings(kinds)
    yield f"### While it runs\n\n{_LIVE}\n\n{table(('allow', 'meaning'), _coded(examples.LIVE))}\n\n{_orders()}"
    yield f"### Objectives\n\n{_OBJECTIVES}\n\n{_metrics()}"
    yield f"### Attempts and designs\n\n{_ATTEMPTS}\n\n{table(('edit', 'what it does'), _edits())}"
    yield f"### Guided levels\n\n{_GUIDE}\n\n{table(('until', 'when'), _coded(examples.CONDITIONS.values()))}"
    yield f"### Limits\n\n{_limits()}"


_UNITS = (
    "A value carries its unit: `20 ms`, `200/s`, `$0.40/h`. A number without one is an error that says what to "
    "write. Large numbers may be grouped, `20_000`; there is no comma in a number."
)
_DISTRIBUTIONS = "They stand wherever a time is drawn anew each time. The short form of a constant is its value."
_ARRIVALS = (
    "A pattern with a comma or a colon in it needs quotes. Its pieces are separated by `, then`. After the end "
    f"of the measuring the last rate stays. At most {MOST_PIECES} pieces and spikes."
)
_STEPS = (
    "A program says for each operation what is done, one step after the other. Each step has exactly one of "
    "these verbs. What it reads, calls or sends to is found along the wires of the card that runs the program: "
    "just one must offer it."
)
_KINDS = (
    "Parameters stand beside `kind` and `at`. Those with a dot may be written either way: `work: {read: 2 ms}` "
    "or `work.read: 2 ms`. The game's codex says how each kind behaves."
)
_PALETTE = (
    "An entry of `palette` that is called like a card on the board says what of it may be changed; any other "
    "is something to add. `adjust` is a list, `[policy, size]`: whatever the kind allows; or it says more:"
)
_ADJUST = (
    ("{size: any}", "whatever the kind, or the level, allows"),
    ("{threads: 5..200}", "a range of numbers"),
    ("{size: [small, medium]}", "one of these"),
    ("{size: {values: [large], effort: 15 h}}", "one of these, and changing it costs so many hours"),
    ("{replicas: {range: 1..6, effort: 2 h}}", "a range, and changing it costs so many hours"),
)
_PROJECTS = "The `set` of a project is a mapping from what changes to what it becomes:"
_FAULTS = (
    "A fault speaks of a card, of one machine of it (`web-2`, which need not exist yet), of a link, of one "
    "direction of it, or of a place. `restarts for 5 s` is another word for `crashes for 5 s`."
)
_LIVE = (
    "`live` is a list of what may be done, or `{allow: [scale web], start: 8 s}`; `start` is how long a "
    "machine takes until it is in service. Left out, the run can only be watched."
)
_OBJECTIVES = (
    "A sentence: what is measured, how it compares, with what. The name of a workload or of an operation and a "
    "dot in front speak of it alone: `look.latency.p99 < 400 ms`. Times need one of "
    f"{', '.join(map(code, STATISTICS))}. "
    "A count whose target is in % is a share of all requests (of the reads that were checked, for stale ones). "
    "`latency` needs `availability` or `goodput` beside it, and a level with a queue `completion` or "
    "`unfinished`: else serving nobody, or never doing the work, would win."
)
_ATTEMPTS = (
    "`do` is a list of edits as a player types them, under the rules that bind a player. `expect` is `wins`, "
    "or `{loses: latency.p99}`: an objective as it is written, up to the sign; the whole sentence where two "
    "measure the same thing. `live` is what the attempt does while it runs."
)
_GUIDE = "Steps of `guide` are shown on the board, one by one; `until` says what completes one."


def _coded(rows: Iterable[tuple[str, ...]]) -> list[list[str]]:
    return [[code(first), *rest] for first, *rest in rows]


def _units() -> Iterator[list[str]]:
    for dimension, spelling in _SPELLINGS.items():
        if dimension is not Dimension.COUNT:
            units = ", ".join(code(f"{spelling.prefix}1{spelling.gap}{unit}") for unit in spelling.factors)
            yield [dimension.value, units]


def _distributions() -> list[list[str]]:
    return [[code(written), said] for written, said in (examples.DISTRIBUTIONS[s] for s in distributions.SHAPES)]


def _profiles() -> str:
    rows = []
    for name, profile in PROFILES.items():
        bandwidth = "–" if profile.bandwidth is None else write(profile.bandwidth, Dimension.BANDWIDTH)
        rows.append([code(name), profile.latency.show(), bandwidth, show(profile.loss, Dimension.RATIO)])
    return table(("profile", "latency, one way", "bandwidth", "loss"), rows)


def _steps() -> Iterator[list[str]]:
    for verb, keys in BELONGS.items():
        for number, (step, said) in enumerate(examples.STEPS[verb]):
            yield [code(step), said, "" if number else ", ".join(map(code, (verb, *keys)))]


def _parameter(parameter: Parameter) -> list[str]:
    default = parameter.default
    out = "" if isinstance(default, _Required) else code(_written(parameter, default))
    return [code(parameter.name), _takes(parameter), out, parameter.doc]


def _written(parameter: Parameter, default: Setting) -> str:
    if isinstance(default, float) and parameter.dimension is Dimension.COUNT:
        return f"{default:g}"
    if isinstance(default, Distribution) and default.shape == "constant":
        return write(default.values[0], default.dimension)
    return parameter.write(default)


def _takes(parameter: Parameter) -> str:
    match parameter.type:
        case Type.CHOICE:
            words = ", ".join(map(code, parameter.choices))
        case Type.NAME:
            words = f"one of `{parameter.names}`"
        case Type.DISTRIBUTION:
            words = "[distribution](#distributions)"
        case Type.TEXT:
            words = "text"
        case Type.NUMBER:
            kind = "whole number" if parameter.whole else parameter.dimension.value
            words = ("number" if kind == "count" else kind) + _range(parameter)
    return f"{words}, or `none`" if parameter.optional else words


def _range(parameter: Parameter) -> str:
    def put(value: float) -> str:
        return f"{value:,.12g}" if parameter.dimension is Dimension.COUNT else show(value, parameter.dimension)

    if parameter.high >= _UNBOUNDED:
        return f", {put(parameter.low)} or more" if parameter.low else ""
    return f", {put(parameter.low)} to {put(parameter.high)}"


def _sufferings(kinds: Kinds) -> str:
    """Who can suffer what."""
    effects = {
        "crash": "crashes",
        "dies": "dies",
        "slow": "slower",
        "pause": "pauses",
        "fails": "fails",
        "not found": "not found",
    }

    def row(kind: Kind) -> list[str]:
        can = sufferings(kind)
        return [kind.name, *("yes" if effect in can else "–" for effect in effects)]

    return table(("kind", *effects.values()), map(row, kinds.values()))


def _orders() -> str:
    rows = [[code(order), live.MEANS[verb]] for order, verb in examples.ORDERS]
    return table(("order of an attempt", "what happens"), rows)


def _metrics() -> str:
    rows = []
    for name, metric in METRICS.items():
        target = "count, or share" if metric.counted else metric.dimension.value
        scope = "whole board" if not metric.scoped else "all, workload, operation"
        rows.append([code(name), examples.METRICS[name], target, scope, code(metric.example)])
    return table(("metric", "of what", "target", "of whom", "example"), rows)


def _edits() -> Iterator[list[str]]:
    for verb, said in examples.EDITS.items():
        yield [code(language.FORMS[verb]), said]


def _limits() -> str:
    rows = (
        ("a level file", f"{show(float(yamltree.LARGEST_FILE), Dimension.SIZE)}, no anchors, no tags"),
        ("requests of a run", f"{bounds.MOST_REQUESTS:,} arriving by themselves, the grace period included"),
        ("turns of a crowd", f"{bounds.MOST_TURNS:,}, were the system as fast as its work alone"),
        ("steps of an operation", f"{MOST_STEPS}, those inside locks counted"),
        ("locks within locks", f"{steps.DEEPEST}"),
        ("values of an `empirical`", f"{distributions.MOST_SAMPLES:,}"),
        ("characters of an edit", f"{language.LONGEST_LINE}"),
    )
    return table(("of", "at most"), rows)
