"""The description of the API (OpenAPI 3.1), made of the same table that answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, TypeAdapter

from scalegame import __version__
from scalegame.competition.server.auth import COOKIE
from scalegame.competition.server.endpoints import ROOT, Endpoint
from scalegame.competition.server.models import Refused

_TEMPLATE = "#/components/schemas/{model}"
_REFUSALS = {
    400: "It is no JSON.",
    401: "Nobody knows who asks.",
    403: "Whoever asks may not.",
    404: "There is no such thing.",
    405: "This cannot be done with it.",
    408: "It did not come in time.",
    409: "Not now, or not any more.",
    413: "It is too large.",
    414: "The address is too long.",
    415: "It is not said to be JSON.",
    421: "The server has another name.",
    422: "What was sent breaks a rule.",
    429: "Too often: Retry-After says when to come again.",
    431: "Its headers are too long.",
    503: "Too much to do: Retry-After says when to come again.",
}


def description(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The description of all endpoints."""
    schemas: dict[str, Any] = {}
    refused = _schema(Refused, schemas, "serialization")
    answers = {
        str(status): {"description": text, "content": {"application/json": {"schema": refused}}}
        for status, text in _REFUSALS.items()
    }
    paths: dict[str, Any] = {}
    for endpoint in endpoints:
        paths.setdefault(ROOT + endpoint.path, {})[endpoint.method.lower()] = _operation(
            endpoint, schemas, answers
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "scalegame: a competition",
            "version": __version__,
            "description": "Values are in base units: seconds, $/h, shares from 0 to 1.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE},
            },
        },
    }


def _operation(endpoint: Endpoint, schemas: dict[str, Any], refusals: Mapping[str, Any]) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if endpoint.answered is not None:
        schema = _schema(endpoint.answered, schemas, "serialization")
        done["content"] = {endpoint.kind: {"schema": schema}}
    elif endpoint.status != 204:
        done["content"] = {endpoint.kind: {"schema": {"type": "string"}}}
    answers = {str(endpoint.status): done}
    if "Idempotency-Key" in endpoint.headers:
        answers["200"] = done | {"description": "It is there already."}
    if endpoint.path == "/pack":
        answers["304"] = {"description": "As before."}
    found: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{endpoint.method}{endpoint.path}").strip("_").lower(),
        "summary": endpoint.summary,
        "responses": {**answers, **refusals},
        "parameters": [
            *(
                _parameter("path", name, {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"})
                for name in re.findall(r"{(\w+)}", endpoint.path)
            ),
            *(_parameter("query", name, _QUERY[name]) for name in endpoint.query),
            *(_parameter("header", name, _HEADERS[name]) for name in endpoint.headers),
        ],
        "security": [] if endpoint.role == "nobody" else [{"token": []}, {"cookie": []}],
    }
    if endpoint.asked is not None:
        schema = _schema(endpoint.asked, schemas, "validation")
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return found


_QUERY: Mapping[str, Mapping[str, object]] = {
    "after": {"type": "integer", "minimum": 0, "maximum": 10**15 - 1},
    "view": {"enum": ["live"]},
}
_HEADERS: Mapping[str, Mapping[str, object]] = {
    "Idempotency-Key": {"type": "string", "format": "uuid"},
    "Scalegame-Local-Time": {"type": "string", "format": "date-time"},
}


def _parameter(where: str, name: str, schema: Mapping[str, object]) -> dict[str, object]:
    required = where == "path" or name == "Idempotency-Key"
    return {"in": where, "name": name, "required": required, "schema": schema}


def _schema(kind: Any, schemas: dict[str, Any], mode: Any) -> dict[str, Any]:
    """The schema of a type; those that it is made of are put with the others."""
    made = TypeAdapter(kind).json_schema(ref_template=_TEMPLATE, mode=mode)
    schemas.update(made.pop("$defs", {}))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        schemas[kind.__name__] = made
        return {"$ref": _TEMPLATE.format(model=kind.__name__)}
    return dict(made)
