"""What the code cannot know of itself: an example of everything, and what it means in a few words.

Each example is tried by a test, and that none is missing.
"""

from __future__ import annotations

STEPS: dict[str, tuple[tuple[str, str], ...]] = {
    "work": (
        ("{work: 12 ms}", "hold a core for so long"),
        ("{work: 10 s, parallel: 95 %}", "all cores can do that share of it together"),
    ),
    "wait": (("{wait: 80 ms}", "wait for somebody outside: it holds a thread, and no core"),),
    "read": (
        ("{read: passes}", "read the request's key"),
        ("{read: passes, times: 3}", "and two more, one after the other"),
    ),
    "write": (
        ("{write: passes}", "write the request's key"),
        ("{write: passes, adds: true}", "a write that adds: doing it twice is wrong, and counts in `duplicates`"),
        ("{write: passes, batch: 20, within: 50 ms}", "gather up to 20 writes into one, for 50 ms at most"),
    ),
    "call": (("{call: mail.post}", "ask another program, and wait for its answer"),),
    "send": (("{send: mail.post}", "leave a message in a queue, and go on"),),
    "fan": (
        ("{fan: [mail.post], times: 20}", "ask several at once, each about so many keys; go on with all answers"),
        (
            "{fan: [mail.post], times: 20, need: 18, within: 200 ms, hedge: 60 ms}",
            "18 good answers are enough, the others are waited for until 200 ms; ask once more after 60 ms",
        ),
    ),
    "lock": (
        ("{lock: stock, steps: [{work: 2 ms}]}", "do the steps while nobody else on this machine is inside"),
        (
            "{lock: stock, stripes: 16, patience: 1 s, handoff: 1 ms, wakes: all, steps: [{work: 2 ms}]}",
            "sixteen locks share the keys; who waits longer is refused; whoever is woken works 1 ms to find out",
        ),
    ),
    "update": (
        (
            "{update: seats, work: 1 ms}",
            "read a counter, work, write it back one higher: without a lock",
        ),
    ),
    "session": (
        ("{session: passes}", "look at what is kept for this user; where, says the service (`sessions.kept`)"),
        ("{session: passes, writes: true}", "change it"),
    ),
}
"""By the verb: steps, and what they do. They speak of a data set `passes` and an operation `mail.post`."""

PATTERNS: tuple[tuple[str, str], ...] = (
    ("120/s", "a steady rate"),
    ("120/s until 20 s, then 240/s", "pieces, one after the other; the last needs no end"),
    ("ramp to 300/s until 60 s, then 300/s", "evenly from the rate before it; at the beginning, from 0"),
    ("ramp from 50/s to 300/s until 60 s", "the same, from a rate of its own"),
    ("sine 100/s to 300/s every 60 s until 120 s", "up and down; begins half-way, rising"),
    ("240/s, spike to 900/s at 30 s for 5 s", "spikes come last, and stand in place of what is beneath them"),
)

ARRIVALS: tuple[tuple[str, str], ...] = (
    ('{poisson: "120/s"}', "people who know nothing of each other"),
    ('{constant: "120/s"}', "a metronome"),
    (
        "{clients: 40, think: {exponential: 1 s}, pause: 1 s}",
        "a crowd: each waits, thinks, asks again",
    ),
)

DISTRIBUTIONS: dict[str, tuple[str, str]] = {
    "constant": ("20 ms", "always the same; in full `{constant: 20 ms}`"),
    "exponential": ("{exponential: 12 ms}", "by its mean; much short, some long: the usual choice for work"),
    "uniform": ("{uniform: {low: 5 ms, high: 9 ms}}", "anything in between, equally often"),
    "lognormal": ("{lognormal: {mean: 18 ms, p99: 60 ms}}", "by mean and 99th percentile: networks, people"),
    "percentiles": (
        "{percentiles: {p50: 200 ms, p95: 1200 ms, p99: 3 s}}",
        "as measured: even in between, and beyond p99 as far again as from p95 to p99",
    ),
    "empirical": ("{empirical: [12 ms, 15 ms, 90 ms]}", "one of these values, at random"),
}

NETWORK: tuple[tuple[str, str], ...] = (
    ("homes <-> valley: {latency: 18 ms}", "both directions; `latency` is one way"),
    ("valley -> homes: {latency: 30 ms, bandwidth: 10 Mbit/s}", "one direction by itself"),
    ("within valley: {latency: 1 ms}", "between cards at one place; 0.3 ms if left out"),
    ("homes <-> valley: {fibre: 4148 km}", "light in glass: 200 km in a millisecond"),
    ("homes <-> valley: {profile: 4g, loss: 1 %}", "like such a network, but for what is said here"),
)

FAULTS: tuple[tuple[str, str], ...] = (
    ("at 30 s: web crashes for 10 s", "the process dies: callers are told at once; `web` means all its machines"),
    ("at 30 s: web-2 dies for 10 s", "the second machine dies: callers hear nothing"),
    ("at 30 s: web-2 fails for 10 s", "it lives, and refuses everything at once"),
    ("at 30 s: web-1 pauses for 3 s", "it stands still with everything in it"),
    ("at 30 s: web is 5 times slower for 20 s", "its work takes longer"),
    ("at 30 s: web is not found for 5 s", "nobody can look its address up"),
    ("at 30 s: homes <-> valley is cut for 10 s", "nothing arrives, in either direction"),
    ("at 30 s: valley -> homes is cut for 10 s", "one direction: questions arrive, answers do not"),
    ("at 30 s: homes <-> valley is 3 times slower for 10 s", "messages take longer"),
    ("at 30 s: homes <-> valley loses 5 % of its messages", "without `for …` it lasts to the end of the run"),
    ("at 30 s: place valley dies for 10 s", "all that stands there; also `crashes`, `fails`, `is cut off`"),
    (
        "from 20 s every 60 s on average: web crashes for 5 s",
        "again and again; the time is from its end to the next, at least 10 ms",
    ),
)

LIVE: tuple[tuple[str, str], ...] = (
    ("scale web 1..6", "from 1 to 6 machines of web; without limits, what may be set on the board"),
    ("crash", "let a process crash; without a name, of any card"),
    ("restart web", "stop it at once and start it again"),
    ("throttle web", "let in so many calls a second, or all again"),
)
"""What `allow` may list."""

ORDERS: tuple[tuple[str, str], ...] = (
    ("at 12 s: scale web 4", "scale"),
    ("at 12 s: crash web", "crash"),
    ("at 12 s: restart web", "restart"),
    ("at 12 s: throttle web 50/s", "throttle"),
)
"""What an attempt may do while it runs."""

METRICS: dict[str, str] = {
    "latency": "successes, from the first attempt to the final success",
    "completion": "what a queue accepted, from birth to effect",
    "availability": "successes, of all requests",
    "goodput": "good answers a second: in time and not degraded",
    "throughput": "answers a second, late ones too",
    "unfinished": "requests that are not done when the grace period ends",
    "stale_reads": "reads older than what was acknowledged before they were sent",
    "own_stale_reads": "reads older than what the same user wrote or saw before",
    "duplicates": "requests of which something that adds took effect more than once",
    "lost": "requests of which something that was acknowledged is gone",
    "cost": "dollars an hour: machines, items, projects",
    "effort": "hours of work: projects, and changes that cost some",
}

CONDITIONS: dict[str, tuple[str, str]] = {
    "wired": ("wired web -> db", "there is such a wire"),
    "added": ("added balancer", "something made of that item of the palette is on the board"),
    "setting": ("setting web.replicas >= 2", "a parameter has such a value; `>=`, `<=` or `==`"),
    "selected": ("selected web", "the player has chosen that card"),
    "ran": ("ran", "a run has ended since the step was shown"),
}

EDITS: dict[str, str] = {
    "add": "put something of the palette on the board",
    "remove": "take a card off the board, with its wires",
    "wire": "wire each to the next; wires that are there stay",
    "unwire": "take such wires away",
    "rewire": "put the chain in place of the wire from its first card to its last, or of the first one's only one",
    "set": "change parameters",
    "buy": "have a project done",
    "return": "hand a project back",
    "move": "put a card elsewhere on the screen; it changes nothing about the system",
}

CHANGES: tuple[tuple[str, str], ...] = (
    ("shop.look: [{work: 3 ms}, {read: passes}]", "the steps of an operation"),
    ("shop.look.work: {exponential: 4 ms}", "its work, if it has one work step"),
    ("web.threads: 80", "a parameter of a card on the board"),
    ("passes.value: 1 KB", "the size of the values of a data set"),
    ("skiers.timeout: 5 s", "how long the clients of a workload wait"),
    ("skiers.retries: {attempts: 3, base: 100 ms, policy: fixed}", "what they do when it was in vain"),
)
"""What the `set` of a project may say."""
