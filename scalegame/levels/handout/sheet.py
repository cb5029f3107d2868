"""What a level's handout says, as blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scalegame.design import price
from scalegame.design.kinds import Kind, Parameter, Type
from scalegame.design.model import Component, Setting
from scalegame.design.rulebook import Adjustment, Item, Rulebook
from scalegame.design.rules import adjustments
from scalegame.design.world import Project
from scalegame.levels.handout.blocks import Block, Bullets, Drawing, Heading, Lines, Table, Text
from scalegame.levels.handout.drawing import drawn
from scalegame.levels.handout.programs import steps_of
from scalegame.levels.model import Attempt, Level
from scalegame.simulation.patterns import write_pattern
from scalegame.simulation.scenario import LOCAL, Closed, Profile, Workload
from scalegame.units import Dimension, show

_TITLE = "{title}: solutions"


def sheet_of(level: Level, answers: bool = False) -> tuple[Block, ...]:
    """Return the handout of a level.

    Args:
        level: Of which.
        answers: For the teacher: hints, debrief and attempts instead of the worksheet.
    """
    blocks: list[Block] = [Heading(_TITLE.format(title=level.title) if answers else level.title, 1)]
    blocks.append(Text(_about(level)))
    if answers:
        return (*blocks, *_answers(level))
    return (*blocks, *_task(level), *_world(level), *_shop(level), *_worksheet(level))


def _about(level: Level) -> str:
    chapter = f"Chapter {level.chapter}" + (f", {level.chapter_title}" if level.chapter_title else "")
    parts = (
        chapter if level.chapter else "",
        f"difficulty {level.difficulty} of 5",
        ", ".join(level.teaches),
        f"variant {level.variant}" if level.variant else "",
        level.id,
    )
    return " · ".join(filter(None, parts))


# -- what is asked


def _task(level: Level) -> Iterator[Block]:
    yield Text(level.brief)
    yield Heading("To win" if level.rulebook.freedom is None else "A run is judged by")
    yield Bullets(tuple(objective.text for objective in level.objectives))
    stars = level.stars
    pars = [
        f"cost {show(stars.cost, Dimension.PRICE)}" if stars.cost is not None else "",
        f"latency {show(stars.latency, Dimension.TIME)}" if stars.latency is not None else "",
        f"{stars.parts} parts" if stars.parts is not None else "",
    ]
    if any(pars):
        yield Text(f"A star each for {', '.join(filter(None, pars))}.")
    start, end = (show(time, Dimension.TIME) for time in (level.window.start, level.window.end))
    scale = f" One second stands for {level.time_scale:g} in life." if level.time_scale != 1 else ""
    yield Text(f"Measured from {start} to {end}.{scale}")
    if level.faults:
        yield Heading("It is known that")
        yield Bullets(tuple(str(fault) for fault in level.faults))


# -- what there is


def _world(level: Level) -> Iterator[Block]:
    rulebook = level.rulebook
    yield Heading("The board")
    if level.found.components:
        yield Drawing(drawn(level.found, rulebook))
        cards = tuple(_card(card, rulebook) for card in level.found)
        yield Table(("card", "what", "set to", "price"), cards)
    else:
        yield Text("Nothing is on it yet.")
    yield Heading("Who asks")
    yield Table(("who", "how often", "for what", "gives up after"), tuple(map(_asks, level.workloads.values())))
    yield Heading("What is done for it")
    yield Bullets(
        tuple(
            f"{program.name}.{operation.name}: {'; '.join(steps_of(operation))}"
            for program in rulebook.programs.values()
            for operation in program.operations.values()
        )
    )
    links = tuple(_links(level))
    if links:
        yield Heading("Between the places")
        yield Bullets(links)


def _card(card: Component, rulebook: Rulebook) -> tuple[str, ...]:
    kind = rulebook.kinds[card.kind]
    paid = show(price.card(card, rulebook), Dimension.PRICE) if kind.roles else "–"
    return card.id, kind.title, _settings(kind, card.settings) or "–", paid


def _settings(kind: Kind, settings: Mapping[str, Setting]) -> str:
    """Return what is set otherwise than it comes, or must be set."""
    told = [p for p in kind.parameters if p.name != "price" and p.name in settings]
    return ", ".join(f"{p.name} {p.show(settings[p.name])}" for p in told if settings[p.name] != p.default)


def _asks(workload: Workload) -> tuple[str, ...]:
    arrivals = workload.arrivals
    if isinstance(arrivals, Closed):
        often = f"{arrivals.clients:,} who wait for their reply and think for {arrivals.think.show()}"
    else:
        often = write_pattern(arrivals.pieces) + (" (evenly)" if arrivals.process == "constant" else "")
    total = sum(asked.weight for asked in workload.operations.values()) or 1
    shares = [
        f"{name} {show(asked.weight / total, Dimension.RATIO)}" if asked.weight else f"{name} (follows)"
        for name, asked in workload.operations.items()
    ]
    after = "never" if workload.timeout is None else show(workload.timeout, Dimension.TIME)
    tries = workload.retries.attempts
    return (
        f"{workload.name}, {workload.users:,} users",
        often,
        ", ".join(shares),
        after + (f", {tries} tries" if tries > 1 else ""),
    )


def _links(level: Level) -> Iterator[str]:
    told: set[tuple[str, str]] = set()
    for (source, target), profile in level.network.links.items():
        if (source, target) in told or (source == target and profile == LOCAL):
            continue
        both = source != target and level.network.links.get((target, source)) == profile
        told |= {(source, target), (target, source)} if both else {(source, target)}
        name = f"within {source}" if source == target else f"{source} {'<->' if both else '->'} {target}"
        yield f"{name}: {_profile(profile)}"


def _profile(profile: Profile) -> str:
    parts = [f"{profile.latency.show()} one way"]
    if profile.jitter:
        parts.append(f"{show(profile.jitter, Dimension.TIME)} of jitter on average")
    if profile.bandwidth is not None:
        parts.append(show(profile.bandwidth, Dimension.BANDWIDTH))
    if profile.loss:
        parts.append(f"loses {show(profile.loss, Dimension.RATIO)} of its messages")
    return ", ".join(parts)


# -- what can be had


def _shop(level: Level) -> Iterator[Block]:
    rulebook = level.rulebook
    if rulebook.sizes:
        yield Heading("Machines")
        rows = tuple(
            (size.name, str(size.cores), show(size.memory, Dimension.SIZE), show(size.price, Dimension.PRICE))
            for size in rulebook.sizes.values()
        )
        yield Table(("size", "cores", "memory", "price"), rows)
    offers = (
        *(_item(item, rulebook) for item in rulebook.palette.values()),
        *(_project(project) for project in rulebook.projects.values()),
        *(
            change
            for card in level.found
            for change in _changes(card.id, adjustments(card, rulebook), card, rulebook)
        ),
    )
    if offers:
        yield Heading("You can add, buy or change")
        yield Bullets(offers)


def _item(item: Item, rulebook: Rulebook) -> str:
    kind = rulebook.kinds[item.kind]
    card = Component(item.name, item.kind, item.places[0], item.settings, item.name)
    words = [f"add {item.name} ({kind.title})", show(price.card(card, rulebook), Dimension.PRICE)]
    if item.effort:
        words.append(show(item.effort, Dimension.EFFORT))
    words.append(f"at most {item.most}")
    if len(item.places) > 1:
        words.append(f"at {' or '.join(item.places)}")
    words += [_range(kind.parameter(name), allowed) for name, allowed in item.adjust.items()]
    return ", ".join(words)


def _project(project: Project) -> str:
    paid = f" and {show(project.price, Dimension.PRICE)}" if project.price else ""
    says = f": {project.says}" if project.says else ""
    return f"buy {project.id}, {show(project.effort, Dimension.EFFORT)} of work{paid}{says}"


def _changes(id: str, allowed: Mapping[str, Adjustment], card: Component, rulebook: Rulebook) -> Iterator[str]:
    kind = rulebook.kinds[card.kind]
    for name, adjustment in allowed.items():
        effort = f", {show(adjustment.effort, Dimension.EFFORT)} of work" if adjustment.effort else ""
        yield f"set {id} {_range(kind.parameter(name), adjustment)}{effort}"


def _range(parameter: Parameter, allowed: Adjustment) -> str:
    if allowed.values:
        return f"{parameter.name}: {', '.join(map(parameter.show, allowed.values))}"
    if parameter.type is Type.NUMBER and allowed.low is not None and allowed.high is not None:
        return f"{parameter.name}: {parameter.show(allowed.low)} to {parameter.show(allowed.high)}"
    return f"{parameter.name}: free"


# -- to be filled in


def _worksheet(level: Level) -> Iterator[Block]:
    yield Heading("Before the first run")
    boxes = [card.id for card in level.found if level.rulebook.kinds[card.kind].roles]
    if boxes:
        head = ("box", "asked, a second", "work for each", "busy cores", "cores it has", "full?")
        yield Table(head, tuple((box, "", "", "", "", "") for box in boxes))
    yield Lines("Which box fills first, and why?", 2)
    yield Heading("My design")
    yield Lines("What I change, and what I expect of it", 4)
    subjects = tuple(objective.text for objective in level.objectives)
    yield Table(
        ("objective", "expected", "first run", "second run"), tuple((text, "", "", "") for text in subjects)
    )
    yield Heading("Afterwards")
    yield Lines("What surprised me, and what was the reason?", 3)
    for outcome in level.outcomes:
        yield Lines(f"Can you do it? {outcome[:1].upper()}{outcome[1:]}.", 2)


# -- for the teacher


def _answers(level: Level) -> Iterator[Block]:
    if level.outcomes:
        yield Heading("Afterwards a player can")
        yield Bullets(level.outcomes)
    if level.hints:
        yield Heading("Hints, from gentle to plain")
        yield Bullets(level.hints)
    for title, wins in (("What wins", True), ("What looks right and loses", False)):
        attempts = tuple(_attempt(attempt, level) for attempt in level.attempts if attempt.wins is wins)
        if attempts:
            yield Heading(title)
            head = ("attempt", "what it does", *(() if wins else ("misses",)), "what it teaches")
            yield Table(head, attempts)
    yield Heading("Debrief")
    yield Text(level.debrief)


def _attempt(attempt: Attempt, level: Level) -> tuple[str, ...]:
    missed = () if attempt.wins else ("–" if attempt.loses is None else level.objectives[attempt.loses].text,)
    done = "; ".join((*attempt.do, *attempt.live)) or "nothing"
    return attempt.name, done, *missed, attempt.says or "–"
