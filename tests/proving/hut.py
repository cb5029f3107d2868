"""A level that is proved in seconds: one box with one core, asked for more than it can do."""

from __future__ import annotations

from pathlib import Path

from scalegame.components import kinds
from scalegame.levels.load import load
from scalegame.levels.model import Level

LEVEL = """
format: 1
id: small-hut
title: Small hut
chapter: 1
difficulty: 1
teaches: [capacity]
brief: A hut, a till and a queue.
measure: from 2 s to 12 s
places: [hut]
sizes:
  small: {cores: 1, memory: 1 GB, price: $0.10/h}
  large: {cores: 4, memory: 1 GB, price: $0.50/h}
  huge: {cores: 64, memory: 9 GB, price: $9/h}
programs:
  till:
    sell: [{work: {exponential: 20 ms}}]
workloads:
  guests:
    at: hut
    users: 100
    arrivals: {poisson: 80/s}
    operations: {sell: 1}
    timeout: 1 s
    retries: none
board:
  guests: {kind: clients, sends: guests, at: hut}
  web: {kind: service, runs: till, at: hut, size: small, threads: 50, backlog: 1}
wires:
  - guests -> web
palette:
  web: {adjust: {size: any, threads: 5..200}}
fixed: [guests]
projects:
  faster: {effort: 10 h, says: Sell faster., set: {till.sell.work: {exponential: 4 ms}}}
  slower: {effort: 90 h, says: Sell slower., set: {till.sell.work: {exponential: 30 ms}}}
objectives:
  - availability >= 97 %
  - latency.p99 < 400 ms
  - cost <= $1/h
  - effort <= 20 h
stars: {cost: $0.20/h, latency: 200 ms, parts: 1}
debrief: One core sells fifty a second.
attempts:
  bigger: {do: [set web size=large], expect: wins, says: A.}
  faster: {do: [buy faster], expect: wins, says: B.}
  threads: {do: [set web threads=200], expect: {loses: latency.p99}, says: C.}
  fewer: {do: [set web threads=5], expect: {loses: availability}, says: D.}
  huge: {do: [set web size=huge], expect: {loses: cost}, says: E.}
  slower: {do: [set web size=large, buy slower], expect: {loses: effort}, says: F.}
"""


def level_in(folder: Path, text: str) -> Level:
    path = folder / "01-scale" / "01-small-hut.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return load(path, kinds())
