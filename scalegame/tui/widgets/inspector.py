"""The selected card or wire: what it can do, what is asked of it, what waits, and what can be changed."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from scalegame.design import edits, price
from scalegame.design.kinds import Parameter
from scalegame.design.model import Component, Wire
from scalegame.design.rulebook import Rulebook
from scalegame.tui.board.session import Session
from scalegame.tui.setup.keymap import KeyOf
from scalegame.tui.telling.words import line
from scalegame.tui.telling.words import price as dollars
from scalegame.tui.widgets.plain import Static


class Inspector(VerticalScroll, can_focus=False):
    """A column beside the board."""

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(id="inspector-text")

    def show(self, session: Session, figures: str, details: bool, key: KeyOf) -> None:
        """Shows what is selected.

        Args:
            session: The board and the selection.
            figures: The three numbers, or "".
            details: Every parameter in force, not only what can be changed.
            key: Names the keys of the board's actions.
        """
        self.query_one("#inspector-text", Static).update(inspected(session, figures, details, key))

    def tell(self, text: Content) -> None:
        """Shows something else."""
        self.query_one("#inspector-text", Static).update(text)


def inspected(session: Session, figures: str, details: bool, key: KeyOf) -> Content:
    """The text of the inspector, see `Inspector.show`."""
    rulebook = session.level.rulebook
    card, wire = session.selected_card, session.selected_wire
    if len(session.marked) > 1:
        return _marked(session, key)
    if card is not None:
        asking = _asking(card, session, key)
        return Content("\n").join([_card(card, rulebook, figures, details, key, sends=bool(asking)), *asking])
    if wire is not None:
        return _wire(wire, session, key)
    return Content("\n").join(
        [
            line(("Nothing selected", "bold")),
            line(("Arrows or a click select a box;", "$quiet")),
            line(("Enter shows what it can change.", "$quiet")),
            line((". or a click selects a wire.", "$quiet")),
            *_world(session, key),
        ]
    )


def _asking(card: Component, session: Session, key: KeyOf) -> list[Content]:
    """How patient those are who ask, where the player says so."""
    workload = card.settings.get("sends")
    if session.level.rulebook.freedom is None or not isinstance(workload, str):
        return []
    traffic = session.board.conditions.of(workload)
    told = (("asks", traffic.arrivals), ("timeout", traffic.timeout), ("retries", traffic.retries))
    lines = [line((f"{name:<9}", "$quiet"), text or "") for name, text in told]
    return [line(""), *lines, line((f"{key('traffic')} or {key('edit')} changes it", "$quiet"))]


def _world(session: Session, key: KeyOf) -> list[Content]:
    """What surrounds the board, where the player says so."""
    if session.level.rulebook.freedom is None:
        return []
    now = session.board.conditions
    sent = {card.settings.get("sends") for card in session.board}
    asks = [f"{traffic.workload} {traffic.arrivals}" for traffic in now.traffic if traffic.workload in sent]
    measured = [] if now.measure is None else [f"from {now.measure.start} to {now.measure.end}"]
    lines = [line("")]
    told = (
        (f"{key('traffic')}  Traffic", asks),
        (f"{key('faults')}  Faults", now.faults),
        (f"{key('goals')}  Goals", now.goals),
        ("Measured", measured),
    )
    for title, texts in told:
        lines.append(line((title, "bold"), ("" if texts else "  none", "$quiet")))
        lines += [line(f"  {text}") for text in texts]
    return lines


def _card(
    card: Component, rulebook: Rulebook, figures: str, details: bool, key: KeyOf, *, sends: bool = False
) -> Content:
    """A card's text; what `sends` has traffic that is changed in its stead."""
    kind = rulebook.kinds[card.kind]
    adjust = edits.adjustments(card, rulebook)
    lines = [line((card.id, "bold"), (f"  {kind.title}", "$quiet"))]
    if figures:
        lines.append(line((figures, "$primary")))
    lines += [line((kind.summary, "$quiet")), line("")]
    folded = {} if details or len(adjust) <= UNFOLDED else _folded(card, kind.parameters)
    hidden = {p.name for group in folded.values() for p in group}
    shows = [p for p in kind.parameters if (details or p.name in adjust) and p.name not in hidden]
    wide = max([len(_named(p.name)) for p in shows] or [6]) + 2
    for parameter in kind.parameters:
        if parameter.name in hidden:
            group = folded.get(_topic(parameter), [])
            if group and group[0] is parameter:
                lines.append(
                    line(("  ", ""), (f"{_topic(parameter)} …", "$quiet"), f"  {len(group)} as they come")
                )
            continue
        shown = parameter.show(card.settings.get(parameter.name))
        named = _named(parameter.name)
        if parameter.name in adjust:
            lines.append(
                Content.from_markup(
                    "[$primary]▸[/] [@click=screen.perform('edit', '$name')]$label[b]$value[/b][/]",
                    name=parameter.name,
                    label=f"{named:<{wide}}",
                    value=shown,
                )
            )
        elif details:
            lines.append(line(("  ", ""), (f"{named:<{wide}}", "$quiet"), (shown, "$foreground")))
    if not adjust and not sends:
        lines.append(line(("Nothing to change on it here.", "$quiet")))
    lines.append(line(""))
    lines.append(line(("at ", "$quiet"), card.at, ("   costs ", "$quiet"), dollars(price.card(card, rulebook))))
    if card.id in rulebook.fixed:
        lines.append(line(("It belongs to the level; its wires are yours.", "$quiet")))
    change = f"{key('edit')} edit  " if adjust or sends else ""
    keys = f"{change}{key('details')} {'less' if details else 'all details'}  {key('page')} page"
    lines += [line(""), line((keys, "$quiet"))]
    return Content("\n").join(lines)


#: With more parameters than this that can be changed, those of a topic that is left as it comes are one line.
UNFOLDED = 12


def _topic(parameter: Parameter) -> str:
    return parameter.topic or parameter.name.partition(".")[0]


def _folded(card: Component, parameters: Sequence[Parameter]) -> dict[str, list[Parameter]]:
    """Topics of several parameters of which none has been changed."""
    topics: dict[str, list[Parameter]] = {}
    for parameter in parameters:
        if "." in parameter.name:
            topics.setdefault(_topic(parameter), []).append(parameter)
    return {
        topic: group
        for topic, group in topics.items()
        if len(group) > 1 and all(card.settings.get(p.name) == p.default for p in group)
    }


def _named(name: str) -> str:
    """A parameter's name; the price that a part has besides its machine is not what it costs."""
    return "own price" if name == "price" else name


def _marked(session: Session, key: KeyOf) -> Content:
    rulebook = session.level.rulebook
    cards = [session.board.components[id] for id in session.chosen]
    rows = [
        line((f"{len(cards)} parts are marked", "bold"), ("  what is done is done to all", "$quiet")),
        line(""),
    ]
    rows += [
        line(("✓ ", "$primary"), f"{card.id:<20}", (rulebook.kinds[card.kind].title, "$quiet")) for card in cards
    ]
    together = sum(price.card(card, rulebook) for card in cards)
    keys = "  ".join(f"{key(id)} {id}" for id in ("edit", "remove", "copy", "move")) + "  Esc let go"
    return Content("\n").join(
        [*rows, line(""), line(("together ", "$quiet"), dollars(together)), line(""), line((keys, "$quiet"))]
    )


def _wire(wire: Wire, session: Session, key: KeyOf) -> Content:
    here, there = session.board.components[wire.source].at, session.board.components[wire.target].at
    return Content("\n").join(
        [
            line((f"{wire.source} → {wire.target}", "bold"), ("  wire", "$quiet")),
            line(("Requests go this way, replies come back.", "$quiet")),
            line(""),
            line(("from ", "$quiet"), here, (" to ", "$quiet"), there),
            line(""),
            line((f"{key('add')} adds a part into it  {key('remove')} takes it away", "$quiet")),
        ]
    )
