"""What the palette and the list of projects show, with prices (pure functions)."""

from __future__ import annotations

from scalegame.design import edits, price
from scalegame.design.model import Component
from scalegame.design.rulebook import Item, Rulebook
from scalegame.tui.board.session import Session
from scalegame.tui.telling.choice import Choice
from scalegame.tui.telling.words import hours, line
from scalegame.tui.telling.words import price as dollars


def item_price(item: Item, rulebook: Rulebook) -> float:
    """Dollars per hour of one, as it comes."""
    return price.card(Component(item.name, item.kind, item.places[0], item.settings, item.name), rulebook)


def palette(session: Session) -> list[Choice]:
    """What can be added: name, price, work, how many are left; what is used up comes last, and says so."""
    rulebook = session.level.rulebook
    found = []
    for item in rulebook.palette.values():
        kind = rulebook.kinds[item.kind]
        there = sum(thing.item == item.name for thing in session.board)
        left = item.most - there
        effort = f" {hours(item.effort)}" if item.effort else ""
        many = "both are" if item.most == 2 else f"all {item.most} are" if item.most > 1 else "it is"
        text = line(
            (f"{kind.glyph} {item.name:<18}", "$foreground" if left > 0 else "$quiet"),
            (f"{dollars(item_price(item, rulebook)):>10}{effort:>7}", "$primary" if left > 0 else "$quiet"),
            (f"   {left} left" if left > 0 else f"   none left: {many} on the board", "$quiet"),
        )
        adjustable = ", ".join(item.adjust)
        about = kind.summary + (f" You can change its {adjustable}." if adjustable else "")
        found.append(Choice(item.name, text, about, left > 0))
    return sorted(found, key=lambda choice: not choice.open)


def projects(session: Session) -> list[Choice]:
    """Engineering work for sale, and what was bought."""
    board, rulebook = session.board, session.level.rulebook
    found = []
    for project in rulebook.projects.values():
        done = project.id in board.projects
        paid = f"{hours(project.effort)} of work" + (f" {dollars(project.price)}" if project.price else "")
        text = line(
            ("✓ " if done else "  ", "$success"),
            (f"{project.title:<26}", "$foreground"),
            (f"{paid:>16}", "$primary"),
            ("   bought: Enter hands it back" if done else "", "$quiet"),
        )
        found.append(Choice(project.id, text, project.says))
    return found


def offers(rulebook: Rulebook) -> tuple[str, ...]:
    """Everything a level sells, one phrase each, for the briefing."""
    found = [f"{item.name} {dollars(item_price(item, rulebook))}" for item in rulebook.palette.values()]
    found += [f"{project.title} ({hours(project.effort)})" for project in rulebook.projects.values()]
    for id, thing in rulebook.found.components.items():
        names = ", ".join(edits.adjustments(thing, rulebook))
        if names:
            found.append(f"change {id}: {names}")
    return tuple(found)
