"""A level, read and checked (pure data)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from scalegame.design.model import Board
from scalegame.design.rulebook import Rulebook
from scalegame.design.world import Project
from scalegame.levels.live import START, Desk, Live
from scalegame.simulation.scenario import Clocks, Fault, Network, Retries, Scenario, Window, Workload
from scalegame.verdict.model import Objective, Stars


@dataclass(frozen=True, slots=True)
class Attempt:
    """A design that the author declares to win or to lose, in the language that players type.

    Attributes:
        name: Within its level.
        do: Lines of edits.
        wins: Declared to win.
        loses: Otherwise: the index of the objective that it is declared to miss.
        says: One sentence that it teaches.
        live: What is done while it runs: `at 12 s: scale web 4`.
    """

    name: str
    do: tuple[str, ...]
    wins: bool
    loses: int | None
    says: str
    live: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Level:
    """Everything about a level, besides what a player does to it.

    Attributes:
        id: What saves and designs know it by: `own`, with the pack in front (`pack:own`) unless it is the
            campaign's or in no pack.
        title: For people.
        chapter: Number.
        chapter_title: For the list.
        position: Within the chapter, from 1.
        difficulty: 1 to 5, as the author declares it.
        teaches: Topics.
        brief: Story and task, one screen.
        guide: For guided levels: steps shown one by one on the board, each with the edit or action that
            completes it; empty for others. Pairs (text, condition), see `levels/README.md`.
        time_scale: How many seconds of the subject one simulated second stands for (1: no scaling).
        rulebook: What the board is and what may be done to it.
        network, workloads, faults, window: The world of the run.
        objectives: What must hold.
        stars: Pars.
        hints: From gentle to plain.
        debrief: After a win.
        attempts: That win or lose, for the proof.
        digest: Hash of everything that decides a run or a verdict.
        source: The file, or "".
        live: What may be done while it runs; None: it is watched.
        clocks: Of its machines; None: nobody reads one.
        own: Its id within its pack, with the variant (`two-is-company@steep`); seeds are derived from it.
        pack: Id of its pack; "" if it is in none.
        variant: Which one this is: a name of `variants`, or a number where some variables are drawn; "": as the
            file has it.
        variants: Names of all variants.
        drawn: There are instances by number, too.
        language: Of the texts here.
        languages: That the file has, its own first.
        mechanism: What it is about; without these edits no attempt may win.
        accepts: Findings that the author accepts, each with the reason.
        outcomes: What a player can do afterwards.
        book: Chapters of *Foundations of Scalable Systems*.
    """

    id: str
    title: str
    chapter: int
    chapter_title: str
    position: int
    difficulty: int
    teaches: tuple[str, ...]
    brief: str
    guide: tuple[tuple[str, str], ...]
    time_scale: float
    rulebook: Rulebook
    network: Network
    workloads: Mapping[str, Workload]
    faults: tuple[Fault, ...]
    window: Window
    objectives: tuple[Objective, ...]
    stars: Stars
    hints: tuple[str, ...]
    debrief: str
    attempts: tuple[Attempt, ...]
    digest: str
    source: str = ""
    live: Live | None = None
    clocks: Clocks | None = None
    own: str = ""
    pack: str = ""
    variant: str = ""
    variants: tuple[str, ...] = ()
    drawn: bool = False
    language: str = "en"
    languages: tuple[str, ...] = ("en",)
    mechanism: tuple[str, ...] = ()
    accepts: Mapping[str, str] = field(default_factory=dict)
    outcomes: tuple[str, ...] = ()
    book: tuple[int, ...] = ()

    @property
    def found(self) -> Board:
        """The board as the player finds it."""
        return self.rulebook.found

    def under(self, board: Board) -> Level:
        """The level as it is for a board: itself, unless players set its conditions (the sandbox)."""
        return self

    def seeds(self, purpose: str, count: int) -> tuple[int, ...]:
        """Seeds derived from the level's own id: "play" and "proof" never share one.

        Returns:
            `count` whole numbers below 2**63; the first ones do not depend on `count`.
        """
        return seeds_of(self.own, purpose, count)

    def scenario(self, board: Board) -> Scenario:
        """The run that a design asks for: the board with its projects in force.

        Raises:
            ScalegameError: A project changes something that is not on the board any more.
        """
        from scalegame.design.projects import bought, in_force

        workloads = patient(self.workloads, bought(board, self.rulebook))
        board, programs, data = in_force(board, self.rulebook)
        return Scenario(
            board=board,
            sizes=self.rulebook.sizes,
            data=data,
            programs=programs,
            network=self.network,
            workloads=workloads,
            window=self.window,
            faults=self.faults,
            overhead=sum(p.price for p in self.rulebook.projects.values() if p.id in board.projects),
            live=self.live.open_to(board, self.rulebook.kinds) if self.live is not None else frozenset(),
            start=self.live.start if self.live is not None else START,
            clocks=self.clocks,
        )

    def desk(self, board: Board) -> Desk:
        """Where orders for the run of a design are taken.

        Raises:
            ScalegameError: A project changes something that is not on the board any more.
        """
        return Desk(self.live, self.rulebook, self.window, board)


def seeds_of(own: str, purpose: str, count: int) -> tuple[int, ...]:
    """`Level.seeds` of the level with this own id."""
    found = []
    for i in range(count):
        text = f"{own}/{purpose}/{i}".encode()
        found.append(int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") >> 1)
    return tuple(found)


def patient(workloads: Mapping[str, Workload], projects: Iterable[Project]) -> Mapping[str, Workload]:
    """The workloads with the time-outs and retries that the projects bought give their clients."""
    found = dict(workloads)
    for project in projects:
        for change in project.changes:
            match change.target:
                case ("workload", name, "timeout") if change.value is None or isinstance(change.value, float):
                    found[name] = replace(found[name], timeout=change.value)
                case ("workload", name, "retries") if isinstance(change.value, Retries):
                    found[name] = replace(found[name], retries=change.value)
    return found


#: Play seeds of a level.
PLAY_SEEDS = 3
