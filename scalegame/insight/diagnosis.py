"""Why a run went as it did: findings with their evidence, the most important first.

Every finding is read off what was measured. Nothing here knows a level, an attempt or a right answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from scalegame.design.kinds import machines_price
from scalegame.insight import blame, findings
from scalegame.insight.bottleneck import SATURATED, Bottleneck, before, bottleneck, crowded, named, pressure
from scalegame.insight.findings import Finding, Ranked, caching, distance, percent
from scalegame.insight.load import mean_machines
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import ComponentResult, PoolResult, RunResult
from scalegame.simulation.scenario import Scenario
from scalegame.units import Dimension, show
from scalegame.verdict.model import Held, Verdict

#: Waiting of less than this a request is nothing to speak of (seconds).
NEGLIGIBLE = 0.001
#: A crowd is more than a moment if it stands for this share of the run.
A_WHILE = 0.05
#: Cores busier by this while people wait than on the whole: it was too much for a time only.
RUSH = 0.05
#: A card less busy than this is paid for in vain.
IDLE = 0.2

#: Which findings matter for which lost objective.
_TOPICS = {
    "latency": "waiting distance",
    "completion": "waiting",
    "goodput": "waiting failures",
    "throughput": "waiting failures",
    "availability": "failures waiting",
    "unfinished": "backlog waiting",
    "stale_reads": "stale",
    "own_stale_reads": "stale",
    "duplicates": "duplicates",
    "lost": "lost",
    "cost": "cost",
}
#: A queue with fewer in it on average is not worth a line of evidence.
WORTH_TELLING = 0.5


def diagnose(
    scenario: Scenario, result: RunResult, recording: Recording, verdict: Verdict | None = None
) -> tuple[Finding, ...]:
    """What explains a run, most important first.

    Args:
        scenario: What was run.
        result: What it measured.
        recording: Of the same run.
        verdict: If given, what bears on the objectives that were lost comes first.
    """
    found = [
        *_ended(result),
        *_waiting(scenario, result, recording),
        *blame.faults(scenario, recording),
        *blame.stops(scenario, recording),
        *blame.orders(scenario, recording),
        *blame.failures(scenario, result),
        *_repeats(scenario, result, recording),
        *_stale(scenario, result),
        *_backlog(result),
        *_caches(scenario, result, recording),
        *_idle(scenario, result, recording),
        *findings.found(scenario, result, recording),
    ]
    lost = [h.objective.metric for h in verdict.objectives if not h.held] if verdict else []
    topics = {topic for metric in lost for topic in _TOPICS.get(metric, "").split()}
    if verdict and "distance" not in topics:
        found = [ranked for ranked in found if ranked.topic != "distance"]
    first = {"ended"}
    if verdict and any(_far(held, scenario, result, recording) for held in verdict.objectives):
        first.add("distance")
    ranked = sorted(found, key=lambda r: (r.topic in first, r.topic in topics, r.weight), reverse=True)
    return tuple(r.finding for r in ranked)


def _far(held: Held, scenario: Scenario, result: RunResult, recording: Recording) -> bool:
    """Whether it is a latency that was lost, and most of it is the way."""
    goal = held.objective
    lost = goal.metric == "latency" and not held.held
    return lost and distance.explains(goal.scope, held.value, scenario, result, recording)


def _ended(result: RunResult) -> Iterator[Ranked]:
    if result.ended:
        yield Ranked("ended", 1.0, Finding("", "The run ended early", result.ended))


# -- waiting


def _waiting(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """The bottleneck, and the crowd before another card that it causes."""
    found = bottleneck(scenario, result, recording)
    if found is None:
        return
    id, pool, card = found.component, found.pool, result.components[found.component]
    own = sum(p.wait_total for p in card.pools)
    share = own / found.waiting if found.waiting > 0 else math.nan
    if _nobody_waits(found, result):
        busy = percent(pool.utilisation)
        text = f"The busiest is {id}: its {pool.name} are {busy} in use. It would be the next to fill."
        yield Ranked("waiting", 0.2, Finding(id, "Nobody waits", text, _evidence(pool, card, share), share))
        return
    weight = min(1.0, 0.5 + found.waiting / max(result.total.requests, 1))
    asked = _asked(found, scenario, result)
    evidence = (*_evidence(pool, card, share), *((("asked", asked),) if asked else ()))
    sentence = _sentence(found, asked, scenario, result, recording)
    if repeated := blame.repeated(result):
        sentence += f" {repeated}"
    caches = caching.before(id, scenario, result)
    for cache in caches:
        sentence += (
            f" {percent(caching.hit_ratio(cache, result))} of the look-ups in {cache} before it find a copy."
        )
    limit = _saturated(found, scenario, result, recording)
    title = f"{id} is the bottleneck" if limit else f"{id} would be the next to fill"
    yield Ranked("waiting", weight, Finding(id, title, sentence, evidence, share))
    if limit and found.crowd != id:
        yield Ranked("waiting", weight - 0.01, _crowd(found, result, recording))
    for cache in caches:
        yield Ranked("waiting", weight - 0.005, _share(cache, f"the rest goes on to {id}", result))


def _nobody_waits(found: Bottleneck, result: RunResult) -> bool:
    return found.waiting / max(result.total.requests, 1) < NEGLIGIBLE


def _evidence(pool: PoolResult, card: ComponentResult, share: float) -> tuple[tuple[str, str], ...]:
    each = " a machine" if len(card.replicas) > 1 else ""
    waited = f"mean {show(pool.wait_mean, Dimension.TIME)}, p99 {show(pool.wait_p99, Dimension.TIME)}"
    pairs = [
        (f"{pool.name} in use", f"{percent(pool.utilisation)} of {round(pool.size, 1)}"),
        (f"queue for {pool.name}", _queue(pool, each)),
        (f"wait for {pool.name}", waited),
    ]
    # Those who wait for a thread wait for the same cores in the end, and are seen in the card's queue.
    others = [p for p in card.pools if p.name != pool.name and p.queue_mean >= WORTH_TELLING]
    pairs += [(f"queue for {other.name}", _queue(other, each)) for other in others]
    if not math.isnan(share):
        pairs.append(("share of all waiting", percent(share)))
    return tuple(pairs)


def _queue(pool: PoolResult, each: str) -> str:
    return f"mean {pool.queue_mean:,.1f}, at most {pool.queue_max:,}{each}"


#: A demand that is larger than what arrives by more than this is not what arrives.
HELD_BACK = 1.02


def _demand(found: Bottleneck, scenario: Scenario, result: RunResult) -> float:
    """Calls per second that the bottleneck would get if nothing held them back on the way (1/s).

    A caller that keeps people waiting, or turns them away, hides what is asked of those behind it. So each
    card before the bottleneck is looked at: its arrivals, times the calls that reach the bottleneck for each
    call that it completes.
    """
    arrivals = result.components[found.component].arrivals
    demand = float(arrivals)
    for id in before(found.component, scenario):
        card = result.components.get(id)
        if card is not None and card.pools and card.completions:
            demand = max(demand, card.arrivals * arrivals / card.completions)
    return demand / (scenario.window.end - scenario.window.start)


def _saturated(found: Bottleneck, scenario: Scenario, result: RunResult, recording: Recording) -> bool:
    """Whether the bottleneck is at its limit – all the time, or for a while – and not just the busiest."""
    if found.pool.name != "cores":
        return True
    work = result.components[found.component].service_mean
    if _demand(found, scenario, result) * work >= SATURATED * found.pool.size:
        return True
    lasting = float(crowded(recording).mean()) >= A_WHILE
    return lasting and pressure(found.component, result, recording) >= SATURATED


def _asked(found: Bottleneck, scenario: Scenario, result: RunResult) -> str:
    """Offered load: `240/s × 30 ms = 7.2 cores of work, it has 2`; "" where that is not what limits."""
    work = result.components[found.component].service_mean
    if found.pool.name != "cores" or not work > 0:
        return ""
    rate = _demand(found, scenario, result)
    load = f"{show(rate, Dimension.RATE)} × {show(work, Dimension.TIME)} = {rate * work:.1f} cores of work"
    return f"{load}, it has {round(found.pool.size, 1)}"


def _sentence(found: Bottleneck, asked: str, scenario: Scenario, result: RunResult, recording: Recording) -> str:
    id, pool, card = found.component, found.pool, result.components[found.component]
    if asked:
        demand = _demand(found, scenario, result)
        if demand * card.service_mean >= 0.98 * pool.size:
            if demand * (scenario.window.end - scenario.window.start) <= card.arrivals * HELD_BACK:
                return f"{id} is asked {asked}."
            return f"{id} would be asked {asked}, if nothing held back those who call it."
        busy = pressure(id, result, recording)
        if _saturated(found, scenario, result, recording):
            if busy < pool.utilisation + RUSH:
                waiting = f"{pool.queue_mean:,.1f} calls wait for a core on average"
                return f"{id} is {percent(pool.utilisation)} busy, and {waiting}."
            return (
                f"{id} is {percent(pool.utilisation)} busy on the whole, but "
                f"{percent(busy)} while people wait: for a time too much is asked of it."
            )
        return (
            f"{id} is asked {asked}: {percent(pool.utilisation)} busy, and because requests "
            f"come in bunches {pool.queue_mean:,.1f} wait on average."
        )
    cores = named(result, id, "cores")
    idle = f", while its cores are {percent(cores.utilisation)} busy" if cores else ""
    one = pool.name if pool.name.startswith("lock ") else f"one of the {pool.name}"
    if not card.throughput > 0:
        return (
            f"{id} lets {round(pool.size, 1):,} in at once, and whoever is in holds {one} without an end: "
            f"nothing came out{idle}."
        )
    held = pool.utilisation * pool.size / card.throughput
    out = f"{show(card.throughput, Dimension.RATE)} is what comes out"
    if pool.utilisation < SATURATED:
        most = show(card.throughput / pool.utilisation, Dimension.RATE)
        out = f"{most} at most comes out, and {show(card.throughput, Dimension.RATE)} on the whole"
    each = f"each holds {one} for {show(held, Dimension.TIME)}"
    return f"{id} lets {round(pool.size, 1):,} in at once and {each}: {out}{idle}."


def _repeats(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """What had been sent before, where it is not told with the bottleneck."""
    limit = bottleneck(scenario, result, recording)
    if limit is None or _nobody_waits(limit, result):
        yield from blame.repeats(result)


def _crowd(found: Bottleneck, result: RunResult, recording: Recording) -> Finding:
    """The innocent card before which people stand."""
    card = result.components[found.crowd]
    own = sum(p.wait_total for p in card.pools)
    share = own / found.waiting
    holding = max(card.pools, key=lambda p: p.wait_total)
    cores = named(result, found.crowd, "cores")
    whose = f"All {round(holding.size, 1):,} {holding.name} of {found.crowd} are"
    if holding.name.startswith("lock "):
        whose = f"The {holding.name} of {found.crowd} is"
    sentence = f"{whose} held by calls that wait for {found.component}"
    if cores is not None:
        busy = pressure(found.crowd, result, recording)
        sentence += f"; its own cores are {percent(busy)} busy meanwhile"
    return Finding(
        found.crowd,
        f"The crowd stands before {found.crowd}, but the slow one is {found.component}",
        sentence + ".",
        _evidence(holding, card, share),
        share,
    )


# -- what else there is to know


def _stale(scenario: Scenario, result: RunResult) -> Iterator[Ranked]:
    """Old answers, and the card with the largest lag, where they can only come from its copies."""
    total = result.total
    lags = [
        (value, id, name)
        for id, card in result.components.items()
        for name, value in card.counters.items()
        if name == "lag_max" and value > 0
    ]
    worst = max(lags, default=None)
    source = max((lag for lag in lags if _reads_copies(lag[1], scenario, result)), default=None)
    evidence = tuple((f"{id} {name.replace('_', ' ')}", show(value, Dimension.TIME)) for value, id, name in lags)
    if total.stale_reads or total.own_stale_reads:
        own = f", {total.own_stale_reads:,} of them older than what the reader had seen or written"
        sentence = (
            f"{total.stale_reads:,} of {total.reads:,} reads were older than what had been acknowledged"
            f"{own if total.own_stale_reads else ''}."
        )
        if source:
            sentence += f" {source[1]} lagged by up to {show(source[0], Dimension.TIME)}."
        id = source[1] if source else ""
        weight = 0.3 + 0.5 * total.stale_reads / max(total.reads, 1)
        yield Ranked("stale", weight, Finding(id, "Old news", sentence, evidence))
    elif worst:
        sentence = f"{worst[1]} lagged by up to {show(worst[0], Dimension.TIME)}, and nobody noticed."
        yield Ranked("stale", 0.1, Finding(worst[1], "A copy lags behind", sentence, evidence))


def _reads_copies(id: str, scenario: Scenario, result: RunResult) -> bool:
    """Whether replicas of a card answered reads, and no cache may have answered them in their place."""
    holds = scenario.board.components[id].settings.get("holds")
    cached = any(
        card.kind == "webcache" or (card.kind == "cache" and card.settings.get("holds") == holds)
        for card in scenario.board
    )
    return not cached and result.components[id].counters.get("replica_reads", 0.0) > 0


def _backlog(result: RunResult) -> Iterator[Ranked]:
    """Work that was accepted or asked for and never done, and how old messages got."""
    total, done = result.total, result.total.completion
    if not total.unfinished and not done.count:
        return
    ages = [
        (f"{id} {name.replace('_', ' ')}", show(value, Dimension.TIME))
        for id, card in result.components.items()
        for name, value in card.counters.items()
        if name.startswith("age") and not math.isnan(value)
    ]
    if done.count:
        ages.append(
            ("birth to effect", f"p50 {show(done.p50, Dimension.TIME)}, p99 {show(done.p99, Dimension.TIME)}")
        )
    queues = [(card.queue_max, id) for id, card in result.components.items() if card.kind == "queue"]
    where = max(queues)[1] if queues else ""
    if total.unfinished:
        sentence = f"{total.unfinished:,} of {total.requests:,} requests were never done."
        weight = 0.3 + 0.5 * total.unfinished / max(total.requests, 1)
        yield Ranked("backlog", weight, Finding(where, "Accepted is not done", sentence, tuple(ages)))
    else:
        sentence = f"What was accepted took effect after {show(done.mean, Dimension.TIME)} on average."
        yield Ranked("backlog", 0.15, Finding(where, "Done, later", sentence, tuple(ages)))


def _caches(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """What caches know, but of those before the bottleneck, which are told of beside it."""
    limit = bottleneck(scenario, result, recording)
    told = caching.before(limit.component, scenario, result) if limit and not _nobody_waits(limit, result) else []
    for id in result.components:
        ratio = caching.hit_ratio(id, result)
        if not math.isnan(ratio) and id not in told:
            finding = _share(id, "the rest goes on to the database", result)
            yield Ranked("waiting", 0.45 if ratio < 0.5 else 0.15, finding)


def _share(id: str, rest: str, result: RunResult) -> Finding:
    """What a cache knows."""
    counted, ratio = result.components[id].counters, caching.hit_ratio(id, result)
    names = ("misses", "expired", "evicted", "deleted", "held", "room")
    evidence = tuple((n, f"{counted[n]:,.0f}") for n in names if n in counted)
    title = f"{id} rarely knows the answer" if ratio < 0.5 else f"{id} takes the load off"
    return Finding(id, title, f"{id} answers {percent(ratio)} of what it is asked; {rest}.", evidence)


def _idle(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """The card that most money is paid for in vain."""
    found = []
    for component in scenario.board:
        card = result.components.get(component.id)
        if card is None or not card.pools:
            continue
        each = machines_price(component.with_settings({"replicas": 1}), scenario.sizes)
        # Where somebody scales it, what was there counts and not what was built.
        price = each * mean_machines(component.id, scenario, result, recording)
        cores = named(result, component.id, "cores") or card.pools[0]
        if price > 0 and cores.utilisation < IDLE:
            found.append((price * (1 - cores.utilisation), price, component.id, cores.utilisation))
    if not found:
        return
    _, price, id, busy = max(found)
    shown = show(price, Dimension.PRICE)
    sentence = f"{id} costs {shown} and is {percent(busy)} busy."
    share = price / result.cost if result.cost > 0 else 0.0
    evidence = (("price", shown), ("share of the cost", percent(min(share, 1.0))))
    yield Ranked("cost", 0.12, Finding(id, "Paid for and idle", sentence, evidence))
