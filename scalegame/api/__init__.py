"""For programs that play: load a level, edit a design, run it, read what came of it.

    from scalegame import api

    puzzle = api.load("two-is-company")
    draft = puzzle.design("add balancer as lb", "set web replicas=3", "rewire skiers -> lb -> web")
    report = draft.run()
    print(report.won, report.cost, report.latency)

What is named here stays as it is within a major version. Everything else in scalegame may change.
"""

from scalegame.api.draft import Draft
from scalegame.api.puzzle import Puzzle, load
from scalegame.api.report import Report
from scalegame.competition.model.judgement import Judgement
from scalegame.errors import Problems, ScalegameError

__all__ = ["Draft", "Judgement", "Problems", "Puzzle", "Report", "ScalegameError", "load"]
