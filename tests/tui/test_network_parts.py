"""Connections, encryption and web caches, set as a player does: by typed line, and by the sheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scalegame.design.distributions import constant
from scalegame.simulation.scenario import Profile
from scalegame.tui.screens.edit import EditScreen
from scalegame.tui.telling.explaining import wire_topic
from tests.tui.playing import screen_text, tiny
from tests.tui.test_sandbox import CARDS, board_of, playing, say


async def test_connections_are_set_by_line_and_a_contradiction_is_said(tmp_path: Path) -> None:
    async with playing(tmp_path) as it:
        board = await board_of(it, *CARDS)
        await say(it, "set shop connect.reuse=pool connect.pool=3 connect.tls=2 connect.lookup=20 ms")
        settings = board.session.board.components["shop"].settings
        assert [settings[f"connect.{name}"] for name in ("reuse", "pool", "tls", "lookup")] == ["pool", 3, 2, 0.02]
        await say(it, "set shop connect.tls=3")
        assert "between 0 and 2" in board.said
        await say(it, "set database at_rest=8 %")
        assert board.session.board.components["database"].settings["at_rest"] == 0.08
        await say(it, "set shop connect.reuse=always")
        await it.keys("space")
        await it.pilot.pause()
        assert "connect.tls is paid for opening a connection" in screen_text(it.app).replace("\n", "")


async def test_a_web_cache_stands_between_and_is_turned_into_browsers(tmp_path: Path) -> None:
    async with playing(tmp_path) as it:
        board = await board_of(it, *CARDS)
        await say(it, "add webcache")
        await say(it, "rewire shoppers -> webcache -> shop")
        await say(it, "select webcache")
        await it.keys("e")
        await it.reach(EditScreen)
        assert "role" in screen_text(it.app)
        await it.keys("right", "enter")
        assert board.session.board.components["webcache"].settings["role"] == "browser"


def test_a_wire_says_what_its_link_is_like() -> None:
    level = tiny()
    (wire, *_) = level.found.wires
    source, target = (level.found.components[id].at for id in (wire.source, wire.target))
    slow = Profile(constant(0.03), 5e6, 0.005, 0.002)
    network = replace(level.network, links={**level.network.links, (source, target): slow, (target, source): slow})
    said = wire_topic(wire, level.found, replace(level, network=network)).text.plain
    assert "2 ms more on average, by chance. Bytes travel at 40 Mbit/s. 0.5 % of the messages are lost." in said
    assert "Bytes travel" not in wire_topic(wire, level.found, level).text.plain
