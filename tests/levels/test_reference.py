"""The reference in levels/README.md is what the program says of itself, and every example in it works."""

import re
from pathlib import Path

import pytest
import yaml

from scalegame.components import kinds
from scalegame.design import distributions, language
from scalegame.design.distributions import read_distribution
from scalegame.design.edits import apply_all
from scalegame.errors import ScalegameError
from scalegame.levels.fields import Shape
from scalegame.levels.guide import _VERBS, parse_condition
from scalegame.levels.live import VERBS
from scalegame.levels.load import loads
from scalegame.levels.reference import MARK, examples, filled, parts, reference, shapes
from scalegame.levels.reference.markdown import slug
from scalegame.levels.schema import LevelShape
from scalegame.levels.steps import BELONGS
from scalegame.simulation.patterns import parse_pattern
from scalegame.verdict.objectives import METRICS

PAGES = Path(__file__).parent.parent.parent / "levels"
README = PAGES / "README.md"

BASE = """
format: 1
id: base
title: Base
chapter: 1
difficulty: 1
teaches: [examples]
brief: A place for examples.
measure: from 10 s to 100 s
places: [homes, valley]
network:
  homes <-> valley: {latency: 18 ms}
sizes:
  small: {cores: 2, memory: 4 GB, price: $0.10/h}
  medium: {cores: 4, memory: 8 GB, price: $0.20/h}
  large: {cores: 8, memory: 16 GB, price: $0.30/h}
data:
  passes: {keys: 100, popularity: uniform, value: 2 KB}
programs:
  shop:
    look: [{work: 4 ms}, {read: passes}]
  mail:
    post: [{work: 1 ms}]
workloads:
  skiers:
    at: homes
    users: 100
    arrivals: {poisson: "20/s"}
    operations: {look: 1}
    timeout: 2 s
    retries: none
board:
  skiers: {kind: clients, sends: skiers}
  web: {kind: service, runs: shop, at: valley, size: small}
  db: {kind: database, holds: passes, at: valley, size: small, work: {read: 1 ms, write: 2 ms}}
wires: [skiers -> web -> db]
palette:
  balancer: {price: $0.03/h}
  web: {adjust: [size, threads, replicas]}
projects:
  tidy: {effort: 3 h, set: {shop.look.work: 3 ms}}
objectives: [availability >= 50 %]
stars: {parts: 3}
debrief: It was an example.
"""


def with_(**changes: object) -> str:
    """The base with other values, by their way with __ for a dot."""
    data = yaml.safe_load(BASE)
    for way, value in changes.items():
        *outer, last = way.split("__")
        at = data
        for key in outer:
            at = at.setdefault(key, {})
        at[last] = value
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


def loaded(**changes: object) -> None:
    loads(with_(**changes), "example", kinds())


def test_the_page_has_what_the_program_says() -> None:
    text = README.read_text("utf-8")
    assert filled(text, MARK, reference()) == text, (
        "python -m scalegame.levels.reference levels/README.md levels/teaching.md"
    )


@pytest.mark.parametrize("page", ["README.md", "teaching.md"])
def test_links_lead_somewhere(page: str) -> None:
    def anchors(path: Path) -> set[str]:
        return {slug(h) for h in re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)}

    links = re.findall(r"\]\(([^)\s]+)\)", (PAGES / page).read_text("utf-8"))
    assert links
    for link in links:
        file, _, anchor = link.partition("#")
        target = PAGES / file if file else PAGES / page
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


def test_no_two_headings_share_an_anchor() -> None:
    found = [slug(h) for h in re.findall(r"^#+ (.+)$", README.read_text("utf-8"), re.MULTILINE)]
    assert len(found) == len(set(found))


def test_every_key_of_every_shape_is_there() -> None:
    text = reference()
    for shape, place in shapes.where().items():
        section = text.partition(f"#### {place}\n")[2].partition("\n#")[0]
        assert section, place
        for name in shape.model_fields:
            assert f"| `{name}` |" in section, (place, name)
    assert LevelShape in shapes.where()
    assert all(issubclass(shape, Shape) for shape in shapes.where())


def test_required_keys_are_those_without_which_nothing_loads() -> None:
    section = reference().partition(f"#### {shapes.TOP}\n")[2].partition("\n#")[0]
    required = set(re.findall(r"^\| `(\w+)` \| [^|]* \|  \|", section, re.MULTILINE))
    assert len(required) > 8
    for key in yaml.safe_load(BASE):
        data = yaml.safe_load(BASE)
        del data[key]
        if key in required:
            with pytest.raises(ScalegameError, match=r"missing|does not say"):
                loads(yaml.safe_dump(data, sort_keys=False), "example", kinds())
    assert required <= set(yaml.safe_load(BASE))


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.name)
def test_every_parameter_of_every_kind_is_there(kind: object) -> None:
    section = reference().partition(f"#### {kind.name}\n")[2].partition("\n#")[0]  # type: ignore[attr-defined]
    for parameter in kind.parameters:  # type: ignore[attr-defined]
        assert f"| `{parameter.name}` |" in section
        assert parameter.doc.replace("|", "\\|") in section


def test_defaults_are_read_as_what_is_in_force() -> None:
    """What the table says is in force if left out can be written, and means the same."""
    for kind in kinds().values():
        for parameter in kind.parameters:
            if type(parameter.default).__name__ != "_Required":
                written = parts._written(parameter, parameter.default)
                assert parameter.read(written, {}) == parameter.default or parameter.names, parameter.name


def test_there_is_an_example_of_everything() -> None:
    assert examples.STEPS.keys() == BELONGS.keys()
    assert examples.METRICS.keys() == METRICS.keys()
    assert examples.DISTRIBUTIONS.keys() == distributions.SHAPES.keys()
    assert examples.CONDITIONS.keys() == set(_VERBS)
    assert examples.EDITS.keys() == language.FORMS.keys() - set(language.WORLD)
    assert {verb for _, verb in examples.ORDERS} == set(VERBS)
    for verb, keys in BELONGS.items():
        told = " ".join(step for step, _ in examples.STEPS[verb])
        assert all(f"{key}:" in told for key in (verb, *keys)), verb


@pytest.mark.parametrize("step", [step for steps in examples.STEPS.values() for step, _ in steps])
def test_steps(step: str) -> None:
    data = yaml.safe_load(BASE)
    data["programs"]["shop"]["look"] = [yaml.safe_load(step)]
    del data["projects"]
    data["board"] |= {
        "queue": {"kind": "queue", "at": "valley"},
        "post": {"kind": "service", "runs": "mail", "at": "valley", "size": "small"},
    }
    data["objectives"].append("unfinished <= 50 %")
    loads(yaml.safe_dump(data, sort_keys=False), "example", kinds())


@pytest.mark.parametrize("pattern", [pattern for pattern, _ in examples.PATTERNS])
def test_patterns(pattern: str) -> None:
    assert parse_pattern(pattern)


@pytest.mark.parametrize("arrivals", [arrivals for arrivals, _ in examples.ARRIVALS])
def test_arrivals(arrivals: str) -> None:
    loaded(workloads__skiers__arrivals=yaml.safe_load(arrivals))


@pytest.mark.parametrize("shape", distributions.SHAPES)
def test_distributions(shape: str) -> None:
    assert read_distribution(yaml.safe_load(examples.DISTRIBUTIONS[shape][0])).shape == shape


@pytest.mark.parametrize("link", [link for link, _ in examples.NETWORK])
def test_links(link: str) -> None:
    network = {"homes <-> valley": {"latency": "18 ms"}} if "within" in link else {}
    if link.startswith("valley -> homes"):
        network = {"homes -> valley": {"latency": "18 ms"}}
    loaded(network=network | yaml.safe_load(link))


@pytest.mark.parametrize("fault", [fault for fault, _ in examples.FAULTS])
def test_faults(fault: str) -> None:
    loaded(faults=[fault])


@pytest.mark.parametrize("allowed", [allowed for allowed, _ in examples.LIVE])
def test_live(allowed: str) -> None:
    loaded(live=[allowed])


@pytest.mark.parametrize("order", [order for order, _ in examples.ORDERS])
def test_orders(order: str) -> None:
    loaded(
        board__lb={"kind": "balancer", "at": "valley"},
        wires=["skiers -> lb -> web -> db"],
        live=["scale web 1..6", "crash", "restart", "throttle"],
        attempts={"one": {"do": [], "live": [order], "expect": "wins"}},
    )


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_objectives(metric: object) -> None:
    loaded(objectives=[metric.example, "availability >= 1 %"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("condition", [condition for condition, _ in examples.CONDITIONS.values()])
def test_conditions(condition: str) -> None:
    rulebook = loads(BASE, "example", kinds()).rulebook
    assert parse_condition(condition, rulebook)


@pytest.mark.parametrize("adjust", [adjust for adjust, _ in parts._ADJUST])
def test_adjustments(adjust: str) -> None:
    loaded(palette__web__adjust=yaml.safe_load(adjust))


@pytest.mark.parametrize("change", [change for change, _ in examples.CHANGES])
def test_changes(change: str) -> None:
    loaded(projects={"better": {"effort": "3 h", "set": yaml.safe_load(change)}})


def test_edits() -> None:
    level = loads(BASE, "example", kinds())
    lines = (
        "add balancer as lb at valley",
        "remove lb",
        "add balancer as lb",
        "rewire skiers -> lb -> web",
        "unwire lb -> web",
        "wire lb -> web",
        "set web threads=20 size=medium",
        "buy tidy",
        "return tidy",
        "move web 2,1",
    )
    assert {line.split()[0] for line in lines} == examples.EDITS.keys()
    board = apply_all(level.found, lines, level.rulebook)
    assert board.components["web"].settings["threads"] == 20
    assert board.targets("lb") == ("web",)


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(ScalegameError, match="begin map"):
        filled("no markers", "map", "body")
    with pytest.raises(ScalegameError, match="end map"):
        filled("<!-- end map --> <!-- begin map -->", "map", "body")
    assert filled("a\n<!-- begin map -->\nold\n<!-- end map -->\nz", "map", "new") == (
        "a\n<!-- begin map -->\nnew\n<!-- end map -->\nz"
    )
