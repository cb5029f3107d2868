"""The study of a database that is scaled up: throughput against waiting clients, for growing machines.

    python -m tests.figures.test_scale_up

prints the table of the codex page.
"""

import pytest

from scalegame.design.distributions import Distribution, constant, exponential
from scalegame.design.world import Read, Size, Work
from scalegame.simulation.run import simulate
from scalegame.simulation.scenario import Closed
from tests.scenarios import KINDS, board, clients, database, program, scenario, service, workload

CLIENTS = (32, 64, 128, 256)
CORES = (2, 4, 8, 16)
SECONDS = 5.0


def throughput(crowd: int, cores: int, seed: int) -> float:
    """Requests per second of clients who never think, 140 ms of way there and back, and 10 ms in the database."""
    work = {
        "work__read": Distribution("uniform", (0.005, 0.015)),
        "cores__order": "shared",
        "switch__cost": 0.0003,
    }
    cards = [clients(), service(size="many"), database(size="size", **work)]
    run = simulate(
        scenario(
            board(cards, "users -> web -> db"),
            workload(Closed(crowd, constant(0.0))),
            program(Work(exponential(0.001)), Read("x")),
            start=1.0,
            until=SECONDS,
            tick=SECONDS,
            sizes=[Size("size", cores, 1e12, 0.1)],
            hop=0.035,
        ),
        KINDS,
        seed,
    )
    return run.result.total.throughput


def study(seed: int) -> dict[tuple[int, int], float]:
    """Throughput by (cores, clients)."""
    return {(cores, crowd): throughput(crowd, cores, seed) for cores in CORES for crowd in CLIENTS}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_throughput_grows_flattens_and_dips_where_the_machine_is_small(seed: int) -> None:
    found = study(seed)
    # As long as the clients are the limit, throughput is theirs: N / 151 ms, whatever the machine.
    assert found[16, 32] == pytest.approx(32 / 0.151, rel=0.03)
    assert found[8, 32] == pytest.approx(found[16, 32], rel=0.03)
    # The biggest grows all the way, and its last doubling gives less than its first.
    row = [found[16, crowd] for crowd in CLIENTS]
    assert row == sorted(row)
    assert row[3] / row[2] < 1.7 < 1.9 < row[1] / row[0]
    # The others grow until they are full; from there on it is flat, or falls.
    assert found[4, 64] > 1.2 * found[4, 32]
    assert found[8, 128] > 1.2 * found[8, 64]
    for cores in (4, 8):
        assert 0.8 < found[cores, 256] / found[cores, 128] < 1.05
    # The smallest is full from the start, and does less the more ask at once: it is busy switching.
    assert found[2, 256] < 0.97 * found[2, 32]
    # Twice the machine is not twice the work while something else is the limit.
    assert found[16, 128] / found[8, 128] < 1.6 < 1.8 < found[8, 128] / found[4, 128]
    assert found[16, 64] / found[8, 64] < 1.05


if __name__ == "__main__":
    table = study(1)
    print("clients" + "".join(f"{cores:>8} cores" for cores in CORES))
    for crowd in CLIENTS:
        print(f"{crowd:>7}" + "".join(f"{table[cores, crowd]:>12,.0f}/s" for cores in CORES))
