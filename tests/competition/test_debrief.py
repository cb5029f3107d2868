"""What there is to talk about afterwards, and the page that shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from scalegame.competition.debrief import page, plots
from scalegame.competition.debrief.debrief import Attempted, Debrief, Team, debrief
from scalegame.competition.debrief.plots import Point, Scale
from scalegame.competition.model.judgement import Goal, Judgement, Run
from scalegame.competition.model.settings import Settings, Slot, Weights
from scalegame.competition.model.submission import check, read
from scalegame.components import kinds
from scalegame.design.designfile import Design
from scalegame.insight.histogram import linear
from scalegame.levels import packs
from scalegame.units import Dimension
from scalegame.verdict.judge import holds
from tests.e2e import browser
from tests.e2e.looking import NASTY

LEVEL = packs.find("two-is-company", kinds())
START = 1_800_000_000.0
WIRED = "rewire skiers -> lb -> web"
THREE = ("add balancer as lb", "set web replicas=3", WIRED)
TWO_LIGHT = ("add balancer as lb", "set web replicas=2", WIRED, "buy lighter-pages")
BIG = ("set web size=medium",)


def judged(cost: float, latency: float, availability: float, parts: int) -> Judgement:
    """As the judge would have it, had the runs come out like this: availability, p99 and cost are asked."""
    values = {"availability": availability, "latency": latency, "cost": cost}
    asked = tuple(values[objective.metric] for objective in LEVEL.objectives)
    goals = tuple(Goal(o.text, v, holds(o, v)) for o, v in zip(LEVEL.objectives, asked, strict=True))
    run = Run(asked, cost, latency, availability)
    won = all(goal.held for goal in goals)
    return Judgement(
        LEVEL.id, LEVEL.digest, "e", "set", won, ("cost",) if won else (), goals, parts, 0.0, (run,) * 3
    )


CHEAP, FAST, POOR = judged(0.53, 0.15, 0.99, 4), judged(0.63, 0.13, 0.993, 5), judged(0.6, 0.18, 0.85, 3)


def attempt(
    team: str,
    do: Sequence[str],
    judgement: Judgement | None,
    at: float | None = 0.0,
    player: str = "Ada",
    local: str = "2027-01-15T09:00:00+01:00",
) -> Attempted:
    entry = check(Design(LEVEL.id, tuple(do)), LEVEL)
    received = None if at is None else START + at
    return Attempted(team, player, LEVEL.id, received, local, entry.design, entry.key, judgement)


TEAMS = (Team("1", "Red", ("Ada", "Bob")), Team("2", "Blue", ("Cem",)), Team("3", "Green"))
CONTEST = Settings("Autumn", "contest", (Slot(LEVEL.id),))
ATTEMPTS = (
    attempt("1", BIG, POOR, 10),
    attempt("2", THREE, FAST, 50, player="Cem"),
    attempt("1", THREE, FAST, 200, player="Bob"),
    attempt("1", TWO_LIGHT, CHEAP, 100),
    attempt("1", TWO_LIGHT, CHEAP, 300),
    attempt("3", BIG, POOR, 400, player=""),
)


def made(
    attempts: Sequence[Attempted] = ATTEMPTS, settings: Settings = CONTEST, teams: Sequence[Team] = TEAMS
) -> Debrief:
    return debrief(settings.title, {LEVEL.id: LEVEL}, teams, attempts, settings)


def test_the_best_designs_of_each_team_stand_side_by_side() -> None:
    story = made().stories[0]
    assert [(d.number, d.team, d.front, d.attempt.judgement) for d in story.designs] == [
        (1, "1", 1, CHEAP),
        (2, "2", 1, FAST),
        (3, "1", 1, FAST),
        (4, "3", None, POOR),
    ]
    assert (story.tried, story.handed_in, story.table.won_by) == (3, 6, 2)
    assert story.missed == (("availability >= 97 %", 2),)


def test_what_tells_designs_apart_is_told_and_what_they_share_is_not() -> None:
    story = made().stories[0]
    assert [[design.number for design in same] for same in story.different] == [[1], [2, 3], [4]]
    assert {feature.name: feature.values for feature in story.apart} == {
        "+ balancer": ("yes", "yes", "–"),
        "+ balancer asks": ("web", "web", "–"),
        "skiers asks": ("+ balancer", "+ balancer", "web"),
        "web replicas": ("2", "3", "1"),
        "web size": ("small", "small", "medium"),
        "project Lighter pages": ("yes", "–", "–"),
    }


def test_a_component_has_no_other_feature_for_having_another_name() -> None:
    other = ("add balancer as bal", "set web replicas=3", "rewire skiers -> bal -> web")
    assert made([attempt("1", THREE, FAST), attempt("2", other, FAST)]).stories[0].apart == ()


def test_designs_are_compared_with_the_first_beyond_chance() -> None:
    first, second, _, lost = made().stories[0].designs
    assert first.against == lost.against == ()
    assert [(d.axis, d.outcome) for d in second.against] == [
        ("cost", "worse"),
        ("latency", "better"),
        ("availability", "better"),
        ("parts", "worse"),
    ]


def test_the_objective_that_decides_is_told() -> None:
    first, *_, lost = made().stories[0].designs
    assert (
        first.decides == "cost <= $0.70/h ($0.53/h)"
    )  # 76 % of it; a third of what may fail, a third of the time
    assert lost.decides == "availability >= 97 % (85 %)"


def test_what_is_shown_can_be_run_again() -> None:
    for design in made().stories[0].designs:
        for text in (design.code, design.text):
            again = read(text)
            assert check(again, LEVEL).key == design.attempt.key
        assert design.commands[-1] == "scalegame run two-is-company --design design.yaml"
        assert design.code in design.commands[0]


def test_the_history_of_a_team_has_what_changed_and_what_came_of_it() -> None:
    history = made().histories[0]
    assert (history.team, history.designs, history.players) == ("1", 3, (("Ada", 3), ("Bob", 1)))
    assert [step.attempt.received for step in history.steps] == [START + at for at in (10, 100, 200, 300)]
    first, second, third, fourth = history.steps
    assert first.changes == ("web size small → medium",)
    assert first.outcome == "availability >= 97 %: 85 %"
    assert first.came == ()
    assert second.changes is not None
    assert "web replicas 1 → 2" in second.changes
    assert second.outcome == "won"
    assert "availability 85 % → 99 %" in second.came
    assert third.changes == ("web replicas 2 → 3", "– project Lighter pages")
    assert (third.distance, third.again, fourth.again) == (2, False, True)


def test_a_design_that_several_teams_handed_in_is_listed_with_who_was_first() -> None:
    same = made().same
    assert [[a.team for a in one.first] for one in same] == [["1", "3"], ["2", "1"]]
    assert same[0].changes == 1
    assert [a.received for a in same[1].first] == [START + 50, START + 200]


def test_another_name_for_what_was_added_hides_nothing_and_another_value_is_another_design() -> None:
    renamed = ("add balancer as bal", "set web replicas=3", "rewire skiers -> bal -> web")
    other = ("add balancer as bal", "set web replicas=2", "rewire skiers -> bal -> web")
    assert len(made([attempt("1", THREE, FAST), attempt("2", renamed, FAST)]).same) == 1
    assert made([attempt("1", THREE, FAST), attempt("2", other, FAST)]).same == ()


def test_the_board_as_found_is_nobodys_design() -> None:
    assert made([attempt("1", (), None), attempt("2", (), None)]).same == ()


def test_a_design_that_is_not_judged_or_does_not_fit_any_more_is_still_in_the_history() -> None:
    waiting = attempt("1", THREE, None)
    broken = replace(waiting, design=Design(LEVEL.id, ("set nowhere replicas=3",)), key="other", judgement=POOR)
    found = made([waiting, broken])
    assert found.stories[0].tried == 1
    assert [(s.distance, s.outcome) for s in found.histories[0].steps] == [(5, "not judged"), (None, "not judged")]
    assert "does not fit the level any more" in page.html(found)


def test_strangers_and_other_levels_are_left_out() -> None:
    known = made(ATTEMPTS[:2])
    more = [*ATTEMPTS[:2], replace(ATTEMPTS[0], team="nobody"), replace(ATTEMPTS[0], level="other")]
    assert made(more) == known


# The page


def test_the_page_has_everything_and_tells_times_in_a_zone() -> None:
    shown = page.html(made(), zone=UTC)
    for text in (
        "Autumn",
        "Red",
        "Blue",
        "Green",
        "1=",
        "front 1",
        "SG1-",
        "Lighter pages",
        "2027-01-15 08:00:10 UTC",
    ):
        assert text in shown, text
    assert "$0.10/h dearer; 20 ms faster; 0.3 % more answered; 1 part more" in shown


def test_without_evidence_no_person_and_no_attempt_is_told() -> None:
    shown = page.html(made(), evidence=False, zone=UTC)
    for text in ("Ada", "Bob", "Cem", "2027-01-15", 'id="evidence"', "#evidence"):
        assert text not in shown, text
    assert "Lighter pages" in shown


def test_a_lesson_ranks_nobody() -> None:
    shown = page.html(made(settings=replace(CONTEST, mode="lesson")))
    assert "2 of 3" in shown
    assert "<th>rank</th>" not in shown
    assert "<th>rank</th>" in page.html(made())


def test_a_score_is_shown_where_there_are_weights() -> None:
    assert "<th>score</th>" not in page.html(made())
    assert "<th>score</th>" in page.html(made(settings=replace(CONTEST, weights=Weights(cost=0.5))))


class _Strict(HTMLParser):
    """Every element and attribute of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


ALLOWED = set(
    re.findall(
        r"\w+",
        """
    html head meta title style body h1 h2 h3 nav a p div table thead tbody tr th td details summary pre
    svg text circle line polyline rect
""",
    )
)


def nasty() -> Debrief:
    teams = [Team(str(n), text, (text,)) for n, text in enumerate((*NASTY, "\x1b[31mred\x07", "x" * 300))]
    attempts = [attempt(t.id, (THREE, BIG)[n % 2], FAST, n, t.name, t.name) for n, t in enumerate(teams)]
    return made(attempts, replace(CONTEST, title=NASTY[1]), teams)


def test_nothing_that_somebody_wrote_becomes_part_of_the_page() -> None:
    shown = page.html(nasty())
    parsed = _Strict(shown)
    assert not parsed.open
    assert set(parsed.tags) <= ALLOWED
    assert not [
        name for name, _ in parsed.attributes if name.startswith("on") or name in ("src", "style", "srcdoc")
    ]
    assert all(value.startswith("#") for name, value in parsed.attributes if name == "href")
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "http:" not in shown
    assert "https:" not in shown


def test_the_policy_allows_the_style_of_the_page_and_nothing_else() -> None:
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'; "
        r"frame-ancestors 'none'",
        page.POLICY,
    )


@pytest.mark.skipif(browser.found() is None, reason="no Chromium here: apt-get install chromium")
async def test_a_browser_shows_it_asks_nobody_and_runs_nothing(tmp_path: Path) -> None:
    from tests.e2e.looking import is_within, prefer, resize, texts

    file = tmp_path / "debrief.html"
    file.write_text(page.html(nasty()), encoding="utf-8")
    async with browser.Browser() as shown:
        await resize(shown, 1280, 900)
        await shown.open(file.as_uri())
        await shown.until_true("document.readyState === 'complete' && !!document.querySelector('#evidence')")
        # The style is allowed by its own policy: else the ground would be white and the text black.
        grounds = set()
        for theme in ("light", "dark"):
            await prefer(shown, theme)
            await shown.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
            grounds.add(await shown.evaluate("getComputedStyle(document.body).backgroundColor"))
            seen = await texts(shown)
            assert len(seen) > 100
            assert min(text["contrast"] for text in seen) >= 4.5, min(seen, key=lambda text: text["contrast"])
        assert len(grounds) == 2
        for width in (1280, 400):
            await resize(shown, width, 900)
            assert await is_within(shown)
        assert await shown.evaluate("window.hurt === undefined && document.scripts.length === 0")
        assert {url for url in shown.asked if not url.startswith("about:")} == {file.as_uri()}
        assert not shown.errors


# Plots

COST, TIME = Scale("cost", Dimension.PRICE), Scale("latency", Dimension.TIME, logarithmic=True)


def svg(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def places(drawn: ElementTree.Element) -> dict[str, tuple[float, float]]:
    return {
        circle[0].text or "": (float(circle.get("cx", "")), float(circle.get("cy", "")))
        for circle in drawn.iter("circle")
    }


def test_a_point_lies_where_its_values_are() -> None:
    points = [Point(1.0, 0.01, "a"), Point(2.0, 0.1, "b"), Point(4.0, 1.0, "c")]
    at = places(svg(plots.scatter(points, COST, TIME)))
    assert at["a"][0] < at["b"][0] < at["c"][0]
    assert at["c"][0] - at["b"][0] == pytest.approx(2 * (at["b"][0] - at["a"][0]), abs=0.3)
    # Powers of ten are equally far apart, and more is further up.
    assert at["a"][1] - at["b"][1] == pytest.approx(at["b"][1] - at["c"][1], abs=0.3)
    assert at["c"][1] < at["a"][1]


@pytest.mark.parametrize(
    "values", [[0.0], [1.0], [1e-9, 1e9], [0.99999, 1.0], [5.0, 5.0, 5.0], [0.0, 3.0], [1e6, 2e6]]
)
@pytest.mark.parametrize("logarithmic", [False, True])
@pytest.mark.parametrize("dimension", [Dimension.PRICE, Dimension.TIME, Dimension.RATIO, Dimension.COUNT])
def test_every_point_and_every_text_lies_in_the_picture(
    values: list[float], logarithmic: bool, dimension: Dimension
) -> None:
    scale = Scale("axis", dimension, logarithmic)
    points = [Point(x, y, f"{i}{j}", front=i == j) for i, x in enumerate(values) for j, y in enumerate(values)]
    drawn = svg(plots.scatter(points, scale, scale, "plot"))
    for circle in drawn.iter("circle"):
        assert 70 <= float(circle.get("cx", "")) <= 444
        assert 26 <= float(circle.get("cy", "")) <= 276
    for text in drawn.iter("text"):
        assert 0 <= float(text.get("x", "")) <= 460
        assert 0 <= float(text.get("y", "")) <= 320
    assert len(list(drawn.iter("line"))) >= 1 + (len(set(values)) > 1)


def test_what_is_no_number_is_left_out() -> None:
    points = [Point(1.0, float("nan"), "a"), Point(float("inf"), 1.0, "b"), Point(1.0, 1.0, "c")]
    assert set(places(svg(plots.scatter(points, COST, TIME)))) == {"c"}
    assert "nothing to draw" in plots.scatter(points[:2], COST, TIME)


def test_the_dashed_line_passes_through_what_nobody_undercuts() -> None:
    points = [Point(1, 3, "a"), Point(2, 1, "b"), Point(3, 2, "c")]
    drawn = svg(plots.scatter(points, COST, Scale("y", Dimension.COUNT)))
    line = next(drawn.iter("polyline")).get("points", "").split()
    at = {name: f"{x:.1f},{y:.1f}" for name, (x, y) in places(drawn).items()}
    assert at["a"] in line
    assert at["b"] in line
    assert at["c"] not in line


def test_points_on_one_another_keep_all_their_labels() -> None:
    drawn = svg(plots.scatter([Point(1, 1, str(n)) for n in range(1, 7)], COST, TIME))
    assert [text.text for text in drawn.iter("text") if text.get("class") == "label"] == ["1, 2, 3, 4 +2"]


def test_labels_do_not_cover_one_another() -> None:
    points = [Point(1 + 0.02 * (n % 7), 0.1 + 0.002 * (n // 7), f"label {n}") for n in range(49)]
    drawn = svg(plots.scatter(points, COST, Scale("latency", Dimension.TIME)))
    labels = [text for text in drawn.iter("text") if text.get("class") == "label"]
    boxes = [(float(t.get("x", "")), float(t.get("y", "")), 7 * len(t.text or "")) for t in labels]
    assert len(boxes) > 5
    for i, (x, y, _) in enumerate(boxes):
        for left, top, wide in boxes[:i]:
            assert abs(top - y) >= 13 or not (left - 1 < x < left + wide or x - 1 < left < x + boxes[i][2])


def test_a_plot_escapes_what_is_written_in_it() -> None:
    for text in (*NASTY, "\x1b[0m", "\x00"):
        drawn = plots.scatter([Point(1, 1, text, text)], Scale(text, Dimension.PRICE), TIME, text)
        bars = plots.bars(linear([1.0]), Scale(text, Dimension.PRICE), text)
        for picture in (drawn, bars):
            assert {element.tag for element in svg(picture).iter()} <= {
                *("svg", "text", "circle", "line", "polyline", "rect", "title")
            }


def test_bars_are_as_high_as_their_counts_and_one_is_marked() -> None:
    histogram = linear([1, 1, 1, 1, 2, 2, 3], whole=True)
    drawn = svg(plots.bars(histogram, Scale("parts", Dimension.COUNT), "parts", mark=2))
    bars = list(drawn.iter("rect"))
    heights = [float(bar.get("height", "")) for bar in bars]
    assert heights == pytest.approx([max(heights), max(heights) / 2, max(heights) / 4], abs=0.1)
    assert [bar.get("class") for bar in bars] == ["bar", "marked", "bar"]
    assert "nothing to draw" in plots.bars(linear([]), COST)
