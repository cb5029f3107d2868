"""The rules of the house: style, types, the direction of imports, and what the packages carry."""

import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# In one worker: each of these uses every core, and the packages need building only once.
pytestmark = pytest.mark.xdist_group("house")


def run(*arguments: str) -> None:
    """Run a Python module in the root of the project; what it prints is the reason of a failure."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_style() -> None:
    run("-m", "ruff", "check", "scalegame", "tests")


def test_types() -> None:
    run("-m", "mypy", "--strict")


def test_imports_point_one_way() -> None:
    run("-c", "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])")


def code() -> dict[str, str]:
    """The text of every module, by its path in the package."""
    base = ROOT / "scalegame"
    return {path.relative_to(base).as_posix(): path.read_text("utf-8") for path in base.rglob("*.py")}


def test_numbers_are_read_by_one_function() -> None:
    """Python takes more for digits than it can make a number of: units.whole knows what is one."""
    asks = re.compile(r"\.is(?:digit|decimal|numeric)\(")
    assert {path for path, text in code().items() if asks.search(text)} == {"units.py"}


def test_text_is_shown_by_widgets_that_know_no_markup() -> None:
    """What a person wrote in square brackets is text; spoken.py only asks what a widget is."""
    shows = re.compile(
        r"^from textual\.widgets import .*\b(?:Static|Label|OptionList|Link|Collapsible)\b", re.MULTILINE
    )
    assert {path for path, text in code().items() if shows.search(text)} == {"tui/spoken.py"}
    told = re.compile(r"\bnotify\((?:[^()]|\([^()]*\))*\)|\bself\.notify,[^)]*\)")
    calls = [call for text in code().values() for call in told.findall(text)]
    assert len(calls) >= 4
    assert all("markup=False" in call for call in calls), calls


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source distribution, and the wheel from it, without reaching for the network."""
    folder = tmp_path_factory.mktemp("dist")
    run("-m", "build", "--no-isolation", "--outdir", str(folder))
    return folder


def files(folder: str, *endings: str) -> set[str]:
    """Return the files under a folder of the project, relative to it."""
    base = ROOT / folder
    return {str(path.relative_to(base)) for path in base.rglob("*") if path.suffix in endings}


def test_the_wheel_carries_levels_and_pages_and_no_tests(packages: Path) -> None:
    (wheel,) = packages.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    levels, pages = files("levels", ".yaml"), files("scalegame/codex", ".md", ".svg")
    assert levels
    assert pages
    assert {f"scalegame/_levels/{level}" for level in levels} <= names
    assert {f"scalegame/codex/{page}" for page in pages} <= names
    web = "scalegame/competition/server/pages"
    shown = files(web, ".html", ".css", ".js", ".svg")
    assert {"templates/board.html", "static/board.js", "static/board.css", "static/icon.svg"} <= shown
    assert {f"{web}/{file}" for file in shown} <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"scalegame"}
    assert not [name for name in names if Path(name).name.startswith("test_") or "tests" in Path(name).parts]


def test_the_source_distribution_is_complete(packages: Path) -> None:
    (archive,) = packages.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
    assert {f"levels/{level}" for level in files("levels", ".yaml")} <= names
    assert {"README.md", "LICENSE", "pyproject.toml", "tests/test_house.py"} <= names


@pytest.mark.parametrize("file", ["README.md", ".ci/run"])
def test_readme_and_ci_run_the_same_tests(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert "-e '.[test]'" in text
    assert "-m pytest -n auto" in text
