"""Help for what is looked at, the codex found by any name, words and their meanings, badges."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.containers import VerticalScroll
from textual.widgets import OptionList

from scalegame.components import kinds
from scalegame.insight.badges import KNOWN
from scalegame.progress.model import Attempt
from scalegame.tui import actions
from scalegame.tui.screens.badges import BadgesScreen, badges_text
from scalegame.tui.screens.board import BoardScreen
from scalegame.tui.screens.briefing import NONE, answer, became_of
from scalegame.tui.screens.codex import CodexScreen
from scalegame.tui.screens.help import HelpScreen
from scalegame.tui.screens.levels import LevelsScreen
from scalegame.tui.screens.result import ResultScreen
from scalegame.tui.telling import reading
from scalegame.tui.telling.explaining import board_topic, goal_called, goal_words, place_topic
from scalegame.tui.widgets.bars import StatusLine
from scalegame.tui.widgets.goals import Goals
from tests.tui.playing import LARGE, SMALL, WINNING, Game, game, screen_text, tiny

# Texts


@pytest.mark.parametrize("name", kinds())
def test_a_cards_help_has_plain_words_values_and_formula(name: str) -> None:
    level = tiny()
    kind = kinds()[name]
    card = replace(level.found.components["kiosk"], kind=name, settings={p.name: None for p in kind.parameters})
    text = board_topic("kiosk", replace(level.found, components={"kiosk": card}, wires=()), level, "").text.plain
    assert kind.summary in text
    places = [text.index(p.doc.rstrip(".")) for p in kind.parameters]
    assert places == sorted(places)
    assert places[-1] < text.index("The formula")
    assert reading.plain(reading.opening(f"kinds/{name}"))[:40] in text


def test_values_in_force_stand_beside_the_words() -> None:
    level = tiny()
    text = board_topic("", level.found, level, "kiosk", "can do 50/s").text.plain
    assert "threads 30   Calls that each machine has in hand at once." in text
    assert "▸ replicas 1   How many machines of it there are." in text
    assert "can do 50/s" in text


def test_a_wire_and_the_goals_have_help() -> None:
    level = tiny()
    wire = board_topic("", level.found, level, "people -> kiosk")
    assert wire.focused
    assert "1 ms from town to town" in wire.text.plain
    goals = board_topic("", level.found, level, "")
    assert not goals.focused
    for objective in level.objectives:
        assert goal_words(objective) in goals.text.plain


@pytest.mark.parametrize(
    ("words", "metric"), [("latency", "latency"), ("2", "latency"), ("latency.p99", "latency"), ("cost", "cost")]
)
def test_a_goal_is_found_by_its_name(words: str, metric: str) -> None:
    found = goal_called(words, tiny())
    assert found is not None
    assert found.metric == metric


def test_a_goal_in_plain_words() -> None:
    found = goal_called("latency", tiny())
    assert found is not None
    assert goal_words(found) == "99 of 100 successes must take less than 500 ms."


@pytest.mark.parametrize("place", actions.SCREENS)
def test_every_screen_has_a_text_and_a_page(place: str) -> None:
    topic = place_topic(place)
    assert topic.text.plain
    assert reading.find(topic.page.partition("#")[0]).page in reading.pages()


# The codex


@pytest.mark.parametrize(
    ("words", "page", "word"),
    [
        ("cache", "kinds/cache", ""),
        ("kinds/cache", "kinds/cache", ""),
        ("Load Balancer", "kinds/balancer", ""),
        ("queues", "kinds/queue", ""),
        ("caching", "caching", ""),
        ("little", "little-and-friends", ""),
        ("retry storm", "glossary", "retry storm"),
        ("percentiles", "glossary", "percentile"),
        ("p99", "glossary", "p99"),
        ("", "index", ""),
        ("tomcat", "kinds/service", ""),
    ],
)
def test_a_page_is_found_by_any_of_its_names(words: str, page: str, word: str) -> None:
    found = reading.find(words)
    assert (found.page, found.word) == (page, word)


def test_what_is_not_there_is_said_with_the_nearest_name() -> None:
    assert 'did you mean "database"?' in reading.find("databse").complaint
    assert not reading.find("databse").page
    assert 'did you mean "jitter"?' in reading.unknown_word("jiter")
    assert len(reading.find("x" * 10_000).complaint) < 200


def test_every_word_of_the_glossary_has_a_meaning_of_its_own() -> None:
    words = reading.words()
    assert len(words) > 50
    assert all(meaning and "**" not in meaning and "](" not in meaning for meaning in words.values())
    assert words["open"] == "arrivals that do not care"
    assert words["reset"] == "the process died"


def test_a_search_finds_pages_that_have_all_words() -> None:
    hits = reading.search("Retry storm")
    assert "glossary" in {hit.page for hit in hits}
    for hit in hits:
        text = reading.page_text(hit.page).lower()
        assert "retry" in text
        assert "storm" in text
    assert reading.search("") == ()
    assert reading.search("no such words at all anywhere") == ()


# On the screens


async def test_help_tells_of_what_is_selected_and_tab_leads_to_the_actions(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        await it.board()
        await it.keys("right", "right", "question_mark")
        window = it.app.screen
        assert isinstance(window, HelpScreen)
        assert window.topic.title == "kiosk · service"
        assert isinstance(window.focused, VerticalScroll)
        # Without colours, too, one sees where the arrows go.
        assert "▸ kiosk · service" in screen_text(it.app)
        assert "▸ Board: what you can do" not in screen_text(it.app)
        await it.keys("tab")
        assert isinstance(window.focused, OptionList)
        assert "▸ Board: what you can do" in screen_text(it.app)
        assert "▸ kiosk · service" not in screen_text(it.app)
        await it.keys("tab", "f1")
        codex = await it.reach(CodexScreen)
        await it.until(lambda: codex.page == "kinds/service", "the page of the kind")
        await it.keys("escape")
        await it.reach(BoardScreen)


async def test_help_of_a_topic_is_typed(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        await it.type("help latency")
        window = it.app.screen
        assert isinstance(window, HelpScreen)
        assert "500 ms" in window.topic.title
        await it.keys("escape")
        await it.type("help kisok")
        assert it.app.screen is board
        assert board.said == 'Nothing is known of "kisok" – did you mean "kiosk"?'


@pytest.mark.parametrize("size", [SMALL, LARGE, (160, 50)])
async def test_both_halves_of_the_help_are_seen(tmp_path: Path, size: tuple[int, int]) -> None:
    async with game(tmp_path, "tiny", size) as it:
        await it.board()
        await it.keys("right", "right", "question_mark")
        text = screen_text(it.app)
        assert "kiosk · service" in text
        assert "Runs a program" in text
        assert "Board: what you can do" in text
        assert "Select a part" in text
        assert "Esc or : leaves" in text


async def test_a_word_is_said_everywhere_and_shown_in_the_glossary(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        await it.type("glossary zipf")
        codex = await it.reach(CodexScreen)
        await it.until(lambda: codex.page == "glossary", "the glossary")
        assert codex.said.startswith("zipf: a popularity")
        await it.until(lambda: codex.query_one("#codex-text").scroll_y > 0, "the word")
        assert "Zipf" in screen_text(it.app)
        await it.keys("escape")
        assert board.said.startswith("zipf: ")
        await it.type("glossary zipp")
        assert it.app.screen is board
        assert 'did you mean "zipf"?' in board.said


async def test_the_codex_is_searched_and_comes_back(tmp_path: Path) -> None:
    async with game(tmp_path) as it:
        await it.reach(LevelsScreen)
        await it.type("codex cache")
        codex = await it.reach(CodexScreen)
        await it.until(lambda: codex.page == "kinds/cache", "the page")
        await it.keys("slash", *"evict", "enter")
        listed = codex.query_one("#codex-pages", OptionList)
        found = {option.id for option in listed.options}
        assert found == {hit.page for hit in reading.search("evict")}
        await it.until(lambda: codex.page in found, "the first hit")
        await it.type("search all")
        assert listed.option_count == len(reading.pages())
        await it.type("search blorb")
        assert 'No page has "blorb"' in codex.said
        await it.type("page load balancer")
        await it.until(lambda: codex.page == "kinds/balancer", "a page by its title alone")
        await it.type("glossary erlang")
        await it.until(lambda: codex.page == "glossary", "the glossary")
        assert it.app.screen is codex


async def test_slash_goes_on_typing_behind_the_command(tmp_path: Path) -> None:
    async with game(tmp_path) as it:
        await it.reach(LevelsScreen)
        await it.keys("f1")
        codex = await it.reach(CodexScreen)
        await it.keys("slash", "a")
        assert codex.query_one(StatusLine).query_one("#line-input").value == "search a"  # type: ignore[attr-defined]


# A guess, and badges


async def test_a_guess_can_be_made_on_the_board(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        board = await it.board()
        await it.type("guess")
        assert "kiosk" in board.said
        await it.type("guess kisok")
        assert 'did you mean "kiosk"?' in board.said
        await it.type("guess kiosk")
        assert it.store.prediction("tiny") is not None
        await it.type("guess")
        assert board.said == "You say that kiosk fills first. The next run will tell."
        await it.keys("space")
        await it.ran()
        await it.keys("enter")
        result = await it.reach(ResultScreen)
        assert "You said kiosk would fill first, and it did." in result.text


def lost_with(*badges: str, level: str = "tiny", at: float = 1e9) -> Attempt:
    return Attempt(level, "x", (), False, (), (), 0.1, 0.0, 1, 0.0, "", badges, at)


def test_badges_not_earned_are_riddles() -> None:
    told = badges_text([("So close", "tiny", 1e9), ("So close", "later", 2e9)], {"tiny": "Tiny"}.__getitem__).plain
    assert "◆ So close   Tiny, 2001-09-0" in told
    assert "1 other level" in told
    for known in KNOWN:
        assert known.title in told
        assert (known.riddle in told) == (known.id != "so-close")
        assert (known.earned_by in told) == (known.id == "so-close")


async def test_badges_are_a_sheet_on_the_levels_screen(tmp_path: Path) -> None:
    async with game(tmp_path) as it:
        it.store.keep_attempt(lost_with("So close"))
        await it.reach(LevelsScreen)
        await it.keys("b")
        sheet = await it.reach(BadgesScreen)
        text = screen_text(it.app)
        assert f"1 of {len(KNOWN)}" in text
        assert "Tiny, 2001-09-0" in text
        assert "One department will congratulate you" in text
        await it.type("copy file mine")
        assert (tmp_path / "texts" / "mine.txt").read_text(encoding="utf-8").count("◇") == len(KNOWN) - 1
        assert "mine.txt" in sheet.said
        await it.keys("escape")
        await it.reach(LevelsScreen)


async def lose(it: Game) -> ResultScreen:
    await it.keys("space")
    await it.ran()
    await it.keys("enter")
    return await it.reach(ResultScreen)


async def test_the_result_says_what_is_new_in_the_collection(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        await it.board()
        first = await lose(it)
        assert first.outcome.badges
        assert "(new)" in first.text
        assert first.outcome.badges[0].title in screen_text(it.app)
        await it.keys("b")
        await it.reach(BoardScreen)
        assert "(new)" not in (await lose(it)).text


async def test_a_loss_says_why_and_what_next_before_the_figures(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        await it.board()
        result = await lose(it)
        text = screen_text(it.app)
        order = ["Lost", "kiosk is the bottleneck", "Next  b: back to the board", "worst", "availability"]
        assert [text.index(one) for one in order] == sorted(text.index(one) for one in order)
        assert "Theory" not in result.text or "no steady state" in result.text
        await it.type("copy file")
        (path,) = (tmp_path / "texts").iterdir()
        assert path.read_text(encoding="utf-8") == result.text
        await it.type("copy nonsense")
        assert "copy file" in result.said


async def test_theory_that_says_nothing_is_not_shown(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        await it.board()
        for text in WINNING:
            await it.type(text)
        result = await lose(it)
        assert result.outcome.verdict.won
        assert result.outcome.theory is not None
        assert "Theory" not in result.text


async def test_a_click_on_a_goal_says_what_it_means(tmp_path: Path) -> None:
    async with game(tmp_path, "tiny") as it:
        await it.board()
        row = it.app.screen.query_one(Goals).render_line(0)
        assert not any(segment.style and segment.style.underline for segment in row), "the colour of a link"
        await it.click(Goals, (30, 0))
        window = it.app.screen
        assert isinstance(window, HelpScreen)
        assert window.topic.title == "latency.p99 < 500 ms · goal"


@pytest.mark.parametrize(
    ("guess", "first", "told"),
    [
        ("web", "web", "You said web would fill first, and it did."),
        ("web", "db", "You said web would fill first; it was db."),
        ("web", "", "You said web would fill first; none of them did."),
        (NONE, "", "You said none of them would fill, and none did."),
        (NONE, "db", "You said none of them would fill; db did."),
    ],
)
def test_a_run_says_what_became_of_the_guess(guess: str, first: str, told: str) -> None:
    assert became_of(guess, first) == told
    assert answer("none", ("web", "db")) == NONE
    assert answer("wep", ("web", "db")) == ""
