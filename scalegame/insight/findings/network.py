"""Time that goes to the network: connections that are opened, bytes that travel, copies that could save both."""

from __future__ import annotations

from collections.abc import Iterator

from scalegame.insight.findings import Finding, Ranked, percent
from scalegame.insight.load import programs_behind
from scalegame.simulation.recording import Recording
from scalegame.simulation.result import RunResult
from scalegame.simulation.scenario import Scenario
from scalegame.units import Dimension, show

#: Shares of the latency that are worth telling.
OPENING, BYTES = 0.1, 0.4
#: A share above this is none: the two speak of different requests.
MOST = 1.1


def find(scenario: Scenario, result: RunResult, recording: Recording) -> Iterator[Ranked]:
    """Findings about what is spent on the way."""
    yield from _opening(result)
    yield from _bytes(scenario, result)
    yield from _copies(result)


def _opening(result: RunResult) -> Iterator[Ranked]:
    """Cards whose calls wait for new connections."""
    total = result.total
    spent = sum(times.mean * times.count for times in (total.latency, total.failed_latency) if times.count)
    for id, card in result.components.items():
        opened, seconds = card.counters.get("connections_opened", 0.0), card.counters.get("opening_seconds", 0.0)
        share = seconds / spent if spent > 0 else 0.0
        # More than all of it is what others waited for: calls behind answers given, or requests not measured.
        if not opened or not OPENING <= share <= MOST:
            continue
        reused = card.counters["connections_reused"]
        each = show(seconds / opened, Dimension.TIME)
        text = (
            f"{id} opened {opened:,.0f} connections and found {reused:,.0f} open: {each} each, before anything was"
            f" asked. That is {percent(share)} of the time that people waited."
        )
        evidence = (("opened", f"{opened:,.0f}"), ("reused", f"{reused:,.0f}"))
        yield Ranked(
            "waiting",
            min(0.9, 0.4 + share),
            Finding(id, f"New connections eat {percent(share)}", text, evidence),
        )
    for id, card in result.components.items():
        if refused := card.counters.get("no_connection", 0.0):
            text = f"{refused:,.0f} calls of {id} waited for a free connection until it gave up, and were refused."
            yield Ranked("failures", 0.5, Finding(id, "No free connection", text))


def _bytes(scenario: Scenario, result: RunResult) -> Iterator[Ranked]:
    """Replies that are longer on the wire than everything else."""
    board = scenario.board
    for client in board:
        sends = str(client.settings.get("sends"))
        workload = scenario.workloads.get(sends)
        targets = board.targets(client.id)
        if workload is None or not targets:
            continue
        target = board.components[targets[0]]
        bandwidth = scenario.network.profile(target.at, client.at).bandwidth
        if bandwidth is None:
            continue
        for name in workload.operations:
            latency = result.workloads[sends].latency if sends in result.workloads else None
            reached = [scenario.programs[p] for p in programs_behind(client.id, scenario)]
            answers = [p.operations[name].answer for p in reached if name in p.operations]
            if latency is None or not latency.count or not answers or not latency.mean > 0:
                continue
            seconds = answers[0] / bandwidth
            share = seconds / latency.mean
            if not BYTES <= share <= MOST:
                continue
            size, speed = show(answers[0], Dimension.SIZE), show(bandwidth, Dimension.BANDWIDTH)
            text = (
                f"{size} from {target.at} to {client.at} at {speed} take {show(seconds, Dimension.TIME)}:"
                f" {percent(share)} of what a request of {sends} takes on average."
                " No machine makes that shorter; fewer bytes, or a nearer copy, do."
            )
            yield Ranked(
                "waiting", min(0.9, share), Finding(target.id, "The bytes take longer than the work", text)
            )


def _copies(result: RunResult) -> Iterator[Ranked]:
    """What web caches answered by themselves, and what a question saved."""
    for id, card in result.components.items():
        if card.kind != "webcache":
            continue
        found = card.counters
        every = found["fresh_hits"] + found["asked"] + found["fetched"] + found["passed_on"]
        if not every:
            continue
        saved = show(found["bytes_saved"], Dimension.SIZE)
        text = (
            f"{id} answered {percent(found['fresh_hits'] / every)} by itself. It asked {found['asked']:,.0f} times"
            f" whether a copy was still good, and it was {found['not_modified']:,.0f} times;"
            f" {found['fetched']:,.0f} times it fetched the whole. {saved} did not travel."
        )
        if found["passed_on"] == every:
            text = f"{id} may keep nothing of what it is asked for: no reply says that it may be kept."
        useful = (found["fresh_hits"] + found["not_modified"]) / every
        title = f"{id} saves the way, or the bytes" if useful >= 0.5 else f"{id} may use few of its copies"
        evidence = tuple(
            (n.replace("_", " "), f"{found[n]:,.0f}") for n in ("fresh_hits", "asked", "fetched", "evicted")
        )
        yield Ranked("waiting", 0.15 if useful >= 0.5 else 0.45, Finding(id, title, text, evidence))
