"""A board: components, wires and projects bought. Immutable; edits make new ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from scalegame.design.conditions import Conditions

#: A parameter's value in force: plain data in base units, or a `Distribution`.
Setting = object


@dataclass(frozen=True, slots=True)
class Component:
    """One card on the board.

    Attributes:
        id: Unique on its board.
        kind: Name of a kind in the registry.
        at: The place (zone, region) where it stands.
        settings: Every parameter of its kind, defaults filled in: no default is hidden.
        item: The palette item that it was made from; None for what was found on the board.
        position: Column and row of the card on the canvas, or None: the layout decides.
    """

    id: str
    kind: str
    at: str
    settings: Mapping[str, Setting]
    item: str | None = None
    position: tuple[int, int] | None = None

    @property
    def replicas(self) -> int:
        """How many of it there are."""
        count = self.settings.get("replicas", 1)
        return count if isinstance(count, int) else 1

    def with_settings(self, changes: Mapping[str, Setting]) -> Component:
        """The same card with some settings changed."""
        # A plain dict: boards go to other processes, and a mapping proxy cannot be pickled.
        return replace(self, settings={**self.settings, **changes})


@dataclass(frozen=True, slots=True, order=True)
class Wire:
    """Requests may go from `source` to `target`; replies come back the same way."""

    source: str
    target: str

    def __str__(self) -> str:
        """As an author writes it."""
        return f"{self.source} -> {self.target}"


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that stands on the canvas.

    Edits keep one order (`scalegame.design.rules.ordered`), so that the same design gives the same run
    however it was arrived at.

    Attributes:
        components: By id.
        wires: Each pair once.
        projects: Ids of the projects bought.
        conditions: The world around it, where the level leaves that to the player.
    """

    components: Mapping[str, Component] = field(default_factory=dict)
    wires: tuple[Wire, ...] = ()
    projects: tuple[str, ...] = ()
    conditions: Conditions = field(default=Conditions())

    def targets(self, source: str) -> tuple[str, ...]:
        """Ids of what `source` is wired to, in the order of wiring."""
        return tuple(w.target for w in self.wires if w.source == source)

    def sources(self, target: str) -> tuple[str, ...]:
        """Ids of what is wired to `target`."""
        return tuple(w.source for w in self.wires if w.target == target)

    def with_component(self, component: Component) -> Board:
        """With the component added, or replaced where its id is there already."""
        return replace(self, components={**self.components, component.id: component})

    def without(self, id: str) -> Board:
        """Without the component and its wires."""
        return replace(
            self,
            components={k: v for k, v in self.components.items() if k != id},
            wires=tuple(w for w in self.wires if id not in (w.source, w.target)),
        )

    def with_wire(self, source: str, target: str) -> Board:
        """With the wire, once."""
        wire = Wire(source, target)
        return self if wire in self.wires else replace(self, wires=(*self.wires, wire))

    def without_wire(self, source: str, target: str) -> Board:
        """Without the wire."""
        wire = Wire(source, target)
        return replace(self, wires=tuple(w for w in self.wires if w != wire))

    def __iter__(self) -> Iterator[Component]:
        """The components, in order."""
        return iter(self.components.values())
