"""What a competition shows in a browser: how to join, the board for the wall, a team's page, the instructor's."""

from scalegame.competition.server.pages.pages import routes

__all__ = ["routes"]
