"""How fast the engine is, as ratios to textbook SimPy in the same process.

    python -m tests.benchmarks.report [--long]

The two sides take turns, in CPU time, so that whatever else the machine does falls on both; the ratio is the
median over the rounds, and the times are the best of them.
"""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from scalegame.components import kinds
from scalegame.levels.load import load
from scalegame.levels.packs import find, folder
from scalegame.proving.worker import Job, work
from scalegame.simulation.run import Run, simulate
from scalegame.simulation.scenario import Scenario
from tests.benchmarks import textbook

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Ratio:
    """One comparison; times in microseconds of CPU per request."""

    name: str
    ratio: float
    textbook: float
    engine: float

    def __str__(self) -> str:
        return (
            f"{self.name:<38} {self.ratio:5.2f} x   "
            f"(textbook {self.textbook:5.1f} µs a request, engine {self.engine:5.1f})"
        )


def scenario(name: str, until: float) -> Scenario:
    """The system of a level file beside this module, measured until then."""
    level = load(HERE / f"{name}.yaml", kinds())
    found = level.scenario(level.found)
    return replace(found, window=replace(found.window, end=until))


def born(run: Run) -> int:
    """How many requests a run has handled, those after the window included."""
    return len(run.world.ledger.born)


def compare(name: str, what: Scenario, yardstick: Callable[[int, int], object], rounds: int) -> Ratio:
    """Textbook and engine in turn, the same number of requests each."""
    known, ours, theirs = kinds(), [], []
    simulate(what, known, 0)  # imports, caches and the interpreter's own warming up
    for seed in range(1, rounds + 1):
        began = process_time()
        run = simulate(what, known, seed)
        ours.append((process_time() - began) / born(run))
        requests = born(run)
        began = process_time()
        yardstick(requests, seed)
        theirs.append((process_time() - began) / requests)
    ratio = median(b / a for a, b in zip(ours, theirs, strict=True))
    return Ratio(name, ratio, min(theirs) * 1e6, min(ours) * 1e6)


def ratios(rounds: int, stretch: float = 1.0) -> list[Ratio]:
    """All comparisons; a run of the chain has 20,000 requests, of M/M/1 10,000, times `stretch`.

    A textbook run grows slower until the time-outs of its first second expire: short runs flatter it.
    """
    chain, single = scenario("three-tier", 8.0 * stretch), scenario("single", 25.0 * stretch)
    return [
        compare("three tiers, plain textbook", chain, textbook.three_tier, rounds),
        compare("three tiers, textbook in full", chain, textbook.three_tier_in_full, rounds),
        compare("M/M/1, client to service and back", single, textbook.single_server, rounds),
    ]


def verdict(level_id: str = "two-is-company") -> tuple[float, int]:
    """Seconds of wall time for three seeds of a level's first winning attempt in two processes, and requests."""
    level = find(level_id, kinds())
    (path,) = folder().glob(f"*/*-{level_id}.yaml")
    do = level.attempts[0].do
    jobs = [Job(str(path), level.digest, do, seed) for seed in level.seeds("play", 3)]
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(len, ["ab", "cd"]))  # the processes are there
        began = perf_counter()
        samples = list(pool.map(work, jobs))
        seconds = perf_counter() - began
    assert not any(sample.ended for sample in samples)
    return seconds, born(simulate(level.scenario(level.found), kinds(), jobs[0].seed))


def start_up(tries: int, *arguments: str) -> float:
    """Seconds of wall time of a fresh interpreter with these arguments, the best of some tries."""
    best = float("inf")
    for _ in range(tries):
        began = perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        best = min(best, perf_counter() - began)
    return best


def start_ups(tries: int = 3) -> dict[str, float]:
    """What a person waits for, seconds."""
    return {
        "the interpreter alone": start_up(tries, "-c", "pass"),
        "scalegame --version": start_up(tries, "-m", "scalegame", "--version"),
        "scalegame levels": start_up(tries, "-m", "scalegame", "levels"),
        "import scalegame.tui.app": start_up(tries, "-c", "import scalegame.tui.app"),
    }


def main(long: bool) -> None:
    """Prints everything."""
    for ratio in ratios(rounds=9, stretch=3.0) if long else ratios(rounds=3):
        print(ratio)
    seconds, requests = verdict()
    print(f"{'verdict, 3 seeds in two processes':<38} {seconds:5.2f} s   ({requests:,} requests a seed)")
    for name, seconds in start_ups().items():
        print(f"{name:<38} {seconds:5.2f} s")


if __name__ == "__main__":
    main("--long" in sys.argv[1:])
