"""Every mechanism has something to set, a test, a page – and the table that says so is true and up to date."""

import pytest

from tests import catalogue

ROWS = catalogue.rows()
#: What chapters 1 to 6 of the subject are made of; none may be dropped from the table.
MECHANISMS = {
    1: (
        "bottleneck",
        "saturated closed system",
        "replication, optimisation",
        "scale up",
        "Amdahl's law",
        "cost and effort",
        "security overheads",
        "flood",
    ),
    2: (
        "client, service, database",
        "several tiers",
        "write through a queue",
        "links",
        "connections",
        "delivery guarantees",
        "six outcomes of a call",
        "time-out and resend",
        "idempotency key",
        "partition",
        "clocks",
        "faults",
    ),
    4: (
        "threads and cores",
        "thread pool",
        "locks",
        "race",
        "deadlock",
        "bounded buffer",
        "fan-out and fan-in",
        "disciplines",
    ),
    5: (
        "application server",
        "degradation before 100 %",
        "sessions",
        "L4 and L7",
        "policies",
        "health checks",
        "elasticity",
        "session affinity",
    ),
    6: (
        "cache-aside",
        "TTL and stampede",
        "eviction",
        "invalidation",
        "read-through, write-through, write-behind",
        "cache cluster",
        "web caches",
        "Cache-Control and revalidation",
    ),
}


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_what_a_row_names_exists(row: catalogue.Row) -> None:
    assert list(catalogue.wrong(row)) == []


def test_no_mechanism_is_missing() -> None:
    found = [(row.chapter, row.name) for row in ROWS]
    assert found == [(chapter, name) for chapter, names in MECHANISMS.items() for name in names]


def test_the_page_is_up_to_date() -> None:
    assert catalogue.PAGE.read_text(encoding="utf-8") == catalogue.page(), "python -m tests.catalogue"


def test_a_row_that_names_what_is_not_there_is_found_out() -> None:
    row = catalogue.Row(1, "x", ("service.treads", "step leap"), ("test_x.py::test",), ("no-level",), ("nowhere",))
    assert len(list(catalogue.wrong(row))) == 5
