"""How the server says no: a status, words for people, and when to come again."""

from __future__ import annotations

import math
from collections.abc import Mapping

from starlette.responses import JSONResponse

from scalegame.competition.model.refusal import Kind, Refusal
from scalegame.errors import ScalegameError

_STATUS: Mapping[Kind, int] = {
    "unknown": 401,
    "denied": 403,
    "missing": 404,
    "conflict": 409,
    "invalid": 422,
    "often": 429,
}


class Rejected(ScalegameError):
    """A request that is not even looked at.

    Attributes:
        status: Of HTTP.
        after: Seconds after which to come again; 0: never.
    """

    def __init__(self, status: int, title: str, message: str, after: float = 0.0) -> None:
        """Keep what is given."""
        super().__init__(title, message)
        self.status = status
        self.after = after
        self.args = (status, title, message, after)


def answer(status: int, title: str, message: str, after: float = 0.0) -> JSONResponse:
    """The answer that says no."""
    headers = {"Retry-After": str(max(math.ceil(after), 1))} if after > 0 else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse({"error": {"title": title, "message": message}}, status, headers)


def answer_to(error: ScalegameError) -> JSONResponse:
    """The answer that an error makes: what somebody wrote is wrong, unless it says something else."""
    if isinstance(error, Rejected):
        return answer(error.status, error.title, error.message, error.after)
    if isinstance(error, Refusal):
        return answer(_STATUS[error.kind], error.title, error.message, error.after)
    return answer(422, error.title, error.message)
