"""What the help says of whatever is looked at: a card, a wire, a goal, a screen (pure functions)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from textual.content import Content

from scalegame.design import edits
from scalegame.design.model import Board, Component, Wire
from scalegame.errors import nearest
from scalegame.levels.model import Level
from scalegame.simulation.scenario import Profile
from scalegame.tui.table.model import (
    ATTEMPTS,
    BADGES,
    BOARD,
    BRIEFING,
    CHARTS,
    CODEX,
    CONTEST,
    DISTRIBUTION,
    EVENTS,
    HISTORY,
    LEVELS,
    RESULT,
    RUN,
    SCREENS,
    SETTINGS,
    TRACE,
)
from scalegame.tui.telling import reading
from scalegame.tui.telling.words import line, mark, tidy, value
from scalegame.units import Dimension, show, whole
from scalegame.verdict.model import Held, Objective


@dataclass(frozen=True, slots=True)
class Topic:
    """A text of the help.

    Attributes:
        title: What it is about.
        text: Several lines; as wide as they like, they are broken where the window ends.
        page: Of the codex, where there is more to read; "" for its table of contents.
        known: False for "nothing is known of that".
        focused: It is about something that is selected, not about the screen as a whole.
    """

    title: str
    text: Content
    page: str = ""
    known: bool = True
    focused: bool = False


# What is on a board


def card_topic(card: Component, level: Level, figures: str = "") -> Topic:
    """A card: what it is, what is set on it in plain words, and its formula.

    Args:
        card: On the board.
        level: Whose rules tell what can be changed.
        figures: Its numbers as the board shows them, or "".
    """
    kind, page = level.rulebook.kinds[card.kind], f"kinds/{card.kind}"
    rows = [line(kind.summary), line((reading.plain(reading.opening(page)), "$quiet"))]
    if figures:
        rows += [line(""), line(("Now  ", "bold"), (figures, "$primary"))]
    adjust = edits.adjustments(card, level.rulebook)
    rows += [line(""), line(("What is set on it", "bold"), ("   ▸ can be changed here", "$quiet"))]
    for parameter in kind.parameters:
        free = parameter.name in adjust
        rows.append(
            line(
                ("▸ " if free else "  ", "$primary"),
                (parameter.name, "$foreground"),
                (f" {parameter.show(card.settings.get(parameter.name))}", "bold"),
                (f"   {parameter.doc}", "$quiet"),
            )
        )
    rows += _formula(page)
    return Topic(f"{card.id} · {kind.title}", Content("\n").join(rows), page)


def _formula(page: str) -> Iterator[Content]:
    """The formula of a page with the example below it; nothing where the page has none."""
    text = reading.section(page, "The formula")
    if not text:
        return
    yield line("")
    yield line(("The formula", "bold"))
    prose: list[str] = []
    for row in text.splitlines():
        if row.startswith("    "):
            yield line((row[2:], "$primary"))
        elif row.strip():
            prose.append(row.strip())
    if prose:
        yield line((reading.plain(" ".join(prose)), "$quiet"))


def _manner(link: Profile) -> str:
    """What else there is to say of the way of a reply, in sentences."""
    said = []
    if link.jitter:
        said.append(f"{show(link.jitter, Dimension.TIME)} more on average, by chance.")
    if link.bandwidth is not None:
        said.append(f"Bytes travel at {show(link.bandwidth, Dimension.BANDWIDTH)}.")
    if link.loss:
        said.append(f"{show(link.loss, Dimension.RATIO)} of the messages are lost.")
    return "".join(f" {sentence}" for sentence in said)


def wire_topic(wire: Wire, board: Board, level: Level) -> Topic:
    """A wire: what travels on it, and how long that takes."""
    source, target = board.components[wire.source], board.components[wire.target]
    kinds = level.rulebook.kinds
    there, back = level.network.profile(source.at, target.at), level.network.profile(target.at, source.at)
    rows = [
        line(
            f"{wire.source} ({kinds[source.kind].title.lower()}) asks ",
            f"{wire.target} ({kinds[target.kind].title.lower()}). ",
            "Requests go along the arrow, replies come back.",
        ),
        line(""),
        line(
            ("On the way  ", "bold"),
            f"{there.latency.show()} from {source.at} to {target.at}"
            + (f", {back.latency.show()} back" if back.latency != there.latency else ", and as much back")
            + "."
            + _manner(back),
        ),
        line(""),
        line(("During a run  ", "bold"), "the busier the wire, the heavier its line; "),
        line("• calls on their way there, × failed replies on their way back."),
        line(""),
        line(("A part that is added while the wire is selected goes into it.", "$quiet")),
    ]
    return Topic(f"{wire.source} → {wire.target} · wire", Content("\n").join(rows), f"kinds/{target.kind}")


# Goals

_STATISTICS = {
    "p50": "half of the successes",
    "p90": "90 of 100 successes",
    "p95": "95 of 100 successes",
    "p99": "99 of 100 successes",
    "p999": "999 of 1,000 successes",
    "max": "every single success",
}
_METRICS = {
    "latency": "Time from a request's first attempt to its success; failures are counted apart.",
    "completion": "Time from a request's birth until what a queue accepted has taken effect.",
    "availability": "Successes divided by all requests that were measured.",
    "goodput": "Successes a second, in time and complete.",
    "throughput": "All answers a second, late ones too.",
    "unfinished": "Asked or accepted, and not done when the run ended.",
    "stale_reads": "Answers older than what had been acknowledged before they were asked for.",
    "own_stale_reads": "Answers older than what the very same user wrote or saw before.",
    "duplicates": "Requests that were carried out more than once, each time in full.",
    "lost": "Requests whose effect was acknowledged, and is gone.",
    "cost": "What stands on the board, dollars an hour, what was used on top.",
    "effort": "Hours of work that the changes ask for, once.",
}
_PAGES = {
    "latency": "what-makes-a-tail",
    "completion": "write-through-a-queue",
    "unfinished": "write-through-a-queue",
    "stale_reads": "replication-lag",
    "own_stale_reads": "replication-lag",
    "duplicates": "idempotency",
    "lost": "faults",
    "cost": "price-and-effort",
    "effort": "price-and-effort",
}


def goal_words(objective: Objective) -> str:
    """What a goal asks for, in plain words."""
    target = show(objective.target, objective.dimension)
    limit = {
        "<": f"less than {target}",
        "<=": f"at most {target}",
        ">": f"more than {target}",
        ">=": f"at least {target}",
        "==": f"exactly {target}",
    }[objective.relation]
    of = f" of {objective.scope}" if objective.scope else ""
    if objective.statistic == "mean":
        told = f"the mean {objective.metric}{of} must be {limit}."
    elif objective.statistic:
        told = f"{_STATISTICS[objective.statistic]}{of} must take {limit}."
    else:
        told = f"{objective.metric.replace('_', ' ')}{of} must be {limit}."
    return told[:1].upper() + told[1:]


def goal_topic(objective: Objective, held: Held | None = None) -> Topic:
    """A goal: what it asks, how it is counted, how it stands."""
    rows = [line(goal_words(objective)), line((_METRICS[objective.metric], "$quiet")), line("")]
    if held is not None:
        sign, colour = mark(held.held)
        each = "   ".join(value(one, objective) for one in held.values)
        rows.append(
            line(("Last run  ", "bold"), (f"{sign} {value(held.value, objective)}", colour), f"   seeds {each}")
        )
    rows.append(line(("It must hold on every seed: the worst of them decides.", "$quiet")))
    page = _PAGES.get(objective.metric, "glossary")
    return Topic(f"{tidy(objective.text)} · goal", Content("\n").join(rows), page)


def goals_topic(level: Level, last: Sequence[Held] = ()) -> Topic:
    """All goals of a level, where nothing is selected."""
    free = level.rulebook.freedom is not None
    rows = [line(f"{'A run is judged by these' if free else 'To win, all of these must hold'}, on every seed:")]
    rows.append(line(""))
    known = {held.objective.text: held for held in last}
    for objective in level.objectives:
        held = known.get(objective.text)
        sign, colour = mark(held.held if held else None)
        measured = f"   last run {value(held.value, objective)}" if held else ""
        rows.append(line((f"{sign} ", colour), (tidy(objective.text), "bold"), (measured, colour)))
        rows.append(line("  ", goal_words(objective)))
    rows += [line(""), line(("Select a card or a wire, then ? tells about that.", "$quiet"))]
    return Topic(f"{level.title} · what is asked", Content("\n").join(rows), "glossary")


# Screens

_STATES = (
    ("○", "idle", "nothing comes, nothing is inside"),
    ("●", "ok", "it works"),
    ("◆", "busy", "at work for 70 % of the time or more"),
    ("▲", "SATURATED", "95 % or more, or its queue keeps growing"),
    ("✗", "failing", "turns away or loses more than 1 % of what comes"),
    ("■", "DOWN", "no machine of it is up"),
)
_RUN_MARKS = (
    ("━ ─", "a heavier line carries more calls"),
    ("•", "calls on their way"),
    ("×", "failed replies on their way back"),
    ("util", "busy share of its cores, or threads, or connections"),
    ("queue", "how many wait in it, for threads and cores together"),
    ("2/3 up", "one of three machines is gone"),
)
_RUN_LINES = (
    ("goals", "what they would say if the run ended now"),
    ("p99 now", "99 of 100 answers of this moment took no longer"),
    ("answers", "successes a second"),
    ("errors", "failures a second"),
    ("seed", "the luck of a run; the game shows the worst of them first"),
)
_LEVEL_MARKS = (
    ("○", "not played yet"),
    ("✓", "won; the stars beside it are for cost, latency and few parts"),
    ("✗", "lost so far; after two losses k passes over it"),
    ("»", "passed over"),
    ("·", "locked until more of the chapter before is won"),
)


def _marks(rows: Sequence[tuple[str, str]], style: str = "$primary") -> list[Content]:
    return [line((f"  {sign:<9}", style), about) for sign, about in rows]


def states_topic() -> Topic:
    """The run: what marks, states and curves mean."""
    rows = [line("The run was computed ahead, and is played back here. Nothing is lost by going back.")]
    rows += [line(""), line(("States of a card", "bold"))]
    rows += [line((f"  {sign} {word:<11}", "$primary"), about) for sign, word, about in _STATES]
    rows += [line(""), line(("On the board", "bold")), *_marks(_RUN_MARKS)]
    rows += [line(""), line(("Around it", "bold")), *_marks(_RUN_LINES)]
    return Topic("The run · what the marks mean", Content("\n").join(rows), "utilisation-and-queues")


def levels_topic() -> Topic:
    """The list of levels: what its marks mean."""
    rows = [
        line("Each level is a day at work: somebody wants something, and the system breaks."),
        line("Change it, put it under load, see why it broke, change it again."),
        line(""),
        line(("Marks", "bold")),
        *_marks(_LEVEL_MARKS),
    ]
    return Topic("Levels", Content("\n").join(rows), "index")


def result_topic() -> Topic:
    """The result: how to read it."""
    rows = [
        line(("The table. ", "bold"), "Every goal, the value of its worst seed, which decides, and each seed's."),
        line(("What happened. ", "bold"), "The box that decided, with figures as evidence; the first counts."),
        line(("Theory. ", "bold"), "What M/M/c says of the queue there, beside what was measured. It appears"),
        line("only where the formula may be used: random arrivals, one queue, nobody turned away."),
        line(("Since the last try. ", "bold"), "What is better, worse or the same as then."),
        line(("◆ ", "$warning"), "a badge, for a failure worth remembering."),
    ]
    return Topic("The result · how to read it", Content("\n").join(rows), "little-and-friends")


def place_topic(place: str, words: str = "") -> Topic:
    """What the help says on a screen where nothing is selected: of what was typed, or of the screen."""
    if words.strip():
        return word_topic(words)
    topics = {LEVELS: levels_topic, RUN: states_topic, RESULT: result_topic, BADGES: badges_topic}
    if place in topics:
        return topics[place]()
    text, page = _PLACES.get(place, ("", ""))
    return Topic(SCREENS.get(place, "Help"), line(text), page)


#: What is said of the screens that need no marks explained, and the page that says more.
_PLACES = {
    BRIEFING: ("Who wants what, what must hold for a win, what is for sale, and what is known to go wrong. "
               "A guess which box fills first costs nothing; the first run tells.", "bottleneck"),
    BOARD: ("Cards are the parts of a system, wires say who asks whom.", "index"),
    CODEX: ("How things work, in plain words first and formulas after. / searches all pages.", "index"),
    EVENTS: ("What an operator would have noticed, in order of time.", "semantics"),
    CHARTS: ("The run as curves over time.", "little-and-friends"),
    TRACE: ("One request, hop by hop: where its time went.", "what-makes-a-tail"),
    HISTORY: ("Every step that was taken on this board; any of them can be gone back to.", "index"),
    ATTEMPTS: ("Every run of yours on this level. A design is on the front when no other of your winning ones "
               "beats it in cost, latency and parts at once.", "trade-offs"),
    SETTINGS: ("What can be set about the game itself.", "settings"),
    DISTRIBUTION: ("The design as it is, run with the twenty seeds of the proof: in how many of them each "
                   "objective holds, and how far its values lie from the threshold.", "little-and-friends"),
    CONTEST: ("The competition that you joined. A design is handed in from its result; what is on its way is kept "
              "on this machine until the server has it.", "contests"),
}  # fmt: skip


def badges_topic() -> Topic:
    """The badges: what they are for."""
    rows = [
        line("Badges are for losing well: a failure that is worth remembering earns one."),
        line("None can be had by winning. What the others ask for is hinted at; finding out how is the fun."),
    ]
    return Topic("Badges", Content("\n").join(rows), "index")


# What is typed: help TOPIC


def word_topic(words: str) -> Topic:
    """A topic of the codex or a word of the glossary, by its opening lines."""
    found = reading.find(words)
    if not found.page:
        return Topic("Nothing known", line((found.complaint, "$warning")), known=False)
    if found.word:
        return Topic(f"{found.word} · glossary", line(_sentence(found.meaning)), f"glossary#{found.word}")
    rows = [line(reading.plain(reading.opening(found.page))), *_formula(found.page)]
    return Topic(reading.pages()[found.page], Content("\n").join(rows), found.page)


def goal_called(words: str, level: Level) -> Objective | None:
    """The goal that some words mean: its text, its number, its metric, or its scope and metric."""
    wanted = words.lower().removeprefix("goal").strip()
    if number := whole(wanted, len(level.objectives)):
        return level.objectives[number - 1]
    for objective in level.objectives:
        text = objective.text.lower()
        names = {text, tidy(text), objective.metric, objective.metric.replace("_", " "), text.split()[0]}
        if wanted in names:
            return objective
    return None


def board_topic(
    words: str, board: Board, level: Level, selected: str, figures: str = "", last: Sequence[Held] = ()
) -> Topic:
    """What the help says on a board: of what was typed, or of what is selected, or of the goals.

    Args:
        words: What was typed, or "".
        board: As it is now.
        level: Its level.
        selected: Id of a card, or a wire as `a -> b`, or "".
        figures: The numbers of the selected card, or "".
        last: The goals as the last run left them.
    """
    wanted = words.strip() or selected
    card = board.components.get(wanted)
    if card is not None:
        return replace(card_topic(card, level, figures if wanted == selected else ""), focused=True)
    wire = next((w for w in board.wires if str(w) == wanted), None)
    if wire is not None:
        return replace(wire_topic(wire, board, level), focused=True)
    if not words.strip():
        return goals_topic(level, last)
    objective = goal_called(words, level)
    if objective is not None:
        return goal_topic(objective, next((h for h in last if h.objective.text == objective.text), None))
    topic = word_topic(words)
    if topic.known:
        return topic
    near = nearest(wanted, [*board.components, *reading.words()])
    return Topic(topic.title, line((f'Nothing is known of "{wanted[:80]}"{near}', "$warning")), known=False)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "?", "!")) else ".")
