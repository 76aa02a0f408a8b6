"""The OpenAPI 3.1 document, made from the routes' data, the contracts and the access matrix; committed and compared.

`python -m gateway.api.document` writes `contracts/openapi.json`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from contracts.problems import PROBLEMS
from contracts.vocabulary import Role
from gateway.access import MATRIX, Access
from gateway.api import rooms
from gateway.api.own_routes import OwnRoute
from gateway.api.problem_model import ProblemDocument
from gateway.api.routes import Route
from gateway.identity.scopes import SCOPES

FILE = Path(__file__).parents[2] / "contracts" / "openapi.json"
REFERENCE = "#/components/schemas/{model}"
OCTETS = "application/octet-stream"
FILE_SCHEMA = {"type": "string", "format": "binary"}
PROBLEM_TYPE = "application/problem+json"
_PLACEHOLDER = re.compile(r"<(?:(\w+):)?(\w+)>")
_ALWAYS = (429, 500, 503)
_WRITES = (400, 413, 415, 422)

Key = tuple[type[BaseModel], JsonSchemaMode]


def build() -> dict[str, Any]:
    """The whole document; the same for the same code."""
    operations: list[Route | OwnRoute] = [*rooms.routes(), *rooms.own_routes()]
    keys = sorted({key for route in operations for key in _models(route)}, key=lambda key: (str(key[0]), key[1]))
    references, definitions = models_json_schema(keys, ref_template=REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for route in operations:
        paths.setdefault(openapi_path(route.rule), {})[route.verb.lower()] = _operation(route, references, definitions)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "呈报 Chengbao",
            "version": "1",
            "description": "政务信息报送接口。Reporting of government information: submit, follow, review, score.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"session": []}],
        "tags": [{"name": name} for name in sorted({_tag(route.rule) for route in operations})],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "单位接口客户端的密钥"},
                "session": {"type": "apiKey", "in": "cookie", "name": "chengbao_session"},
            },
            "responses": _problem_responses(references),
            "schemas": dict(sorted(definitions.get("$defs", {}).items())),
        },
    }


def openapi_path(rule: str) -> str:
    """A rule of Flask as a path of OpenAPI."""
    return _PLACEHOLDER.sub(r"{\2}", rule)


def _models(route: Route | OwnRoute) -> list[Key]:
    keys: list[Key] = [(ProblemDocument, "serialization")]
    if isinstance(route, Route):
        keys += [(route.contract.request, "validation"), (route.contract.reply, "serialization")]
    else:
        keys += [(model, "validation") for model in (route.body, route.query) if model]
        keys += [(route.reply, "serialization")] if route.reply else []
    return keys


def _operation(route: Route | OwnRoute, references: Any, definitions: Any) -> dict[str, Any]:
    access = MATRIX[f"{route.verb} {route.rule}"]
    request, query = _taken(route)
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "description": f"{route.summary_en}. {_who(access, SCOPES.get(f'{route.verb} {route.rule}'))}",
        "tags": [_tag(route.rule)],
        "parameters": [
            *_path_parameters(route.rule),
            *_query_parameters(query, route, references, definitions),
            *_header_parameters(route),
        ],
        "responses": _responses(route, access, references),
    }
    body = _body_schema(route, request, references, definitions)
    if isinstance(route, OwnRoute) and route.bytes_in:
        operation["requestBody"] = {"required": True, "content": {OCTETS: {"schema": FILE_SCHEMA}}}
    if body is not None and request is not None:
        stated = route.stated if isinstance(route, Route) else frozenset()
        needed = any(field.is_required() for name, field in request.model_fields.items() if name not in stated)
        operation["requestBody"] = {"required": needed, "content": {"application/json": {"schema": body}}}
    if access.public:
        operation["security"] = []
    return operation


def _taken(route: Route | OwnRoute) -> tuple[type[BaseModel] | None, type[BaseModel] | None]:
    """The models of body and query."""
    if isinstance(route, OwnRoute):
        return route.body, route.query
    return (None, route.contract.request) if route.verb == "GET" else (route.contract.request, None)


def _operation_id(route: Route | OwnRoute) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", openapi_path(route.rule).removeprefix("/v1").lower()).strip("_")
    return f"{route.verb.lower()}_{words}"


def _tag(rule: str) -> str:
    return rule.removeprefix("/v1").split("/")[1]


def _who(access: Access, scope: str | None) -> str:
    if access.public:
        return "Open to everybody."
    if access.signed_in:
        return "For whoever is signed in."
    names = ", ".join(role for role in Role if role in access.roles)
    return f"Roles: {names}." + (f" API clients need the scope {scope}." if scope else "")


def _path_parameters(rule: str) -> list[Any]:
    schemas = {"uuid": {"type": "string", "format": "uuid"}, "": {"type": "string"}}
    return [
        {"name": name, "in": "path", "required": True, "schema": schemas[kind]}
        for kind, name in _PLACEHOLDER.findall(rule)
    ]


def _query_parameters(model: type[BaseModel] | None, route: Route | OwnRoute, refs: Any, defs: Any) -> list[Any]:
    if model is None:
        return []
    schema = _schema_of(model, refs, defs)
    stated = route.stated if isinstance(route, Route) else frozenset()
    return [
        {"name": name, "in": "query", "required": name in schema.get("required", []), "schema": value}
        for name, value in schema.get("properties", {}).items()
        if name not in stated
    ]


def _header_parameters(route: Route | OwnRoute) -> list[Any]:
    found = []
    is_command = isinstance(route, Route) and route.contract.command
    if is_command or (route.rule == "/v1/reports" and route.verb == "POST"):
        found.append(
            {
                "name": "Idempotency-Key", "in": "header", "required": False,
                "schema": {"type": "string", "minLength": 1, "maxLength": 200},
                "description": "重发时保持不变，不会重复执行；POST /v1/reports 必填（dry_run 除外）。"
                " Keep it when repeating: nothing is done twice. Required for POST /v1/reports but for a dry run.",
            }
        )
    body = route.contract.request if isinstance(route, Route) else route.body
    if route.versioned and body is not None and "version" in body.model_fields:
        found.append(
            {
                "name": "If-Match", "in": "header", "required": False, "schema": {"type": "string"},
                "description": "读取时所得的 ETag，等同于 version。The ETag that was read; the same as version.",
            }
        )
    return found


def _body_schema(route: Route | OwnRoute, model: type[BaseModel] | None, references: Any, definitions: Any) -> Any:
    if model is None:
        return None
    stated = route.stated if isinstance(route, Route) else frozenset()
    if not stated:
        return references[(model, "validation")]
    schema = _schema_of(model, references, definitions)
    properties = {name: value for name, value in schema.get("properties", {}).items() if name not in stated}
    if not properties:
        return None
    required = [name for name in schema.get("required", []) if name not in stated]
    return {key: value for key, value in schema.items() if key not in {"properties", "required", "title"}} | {
        "properties": properties,
        **({"required": required} if required else {}),
    }


def _schema_of(model: type[BaseModel], references: Any, definitions: Any) -> dict[str, Any]:
    name = references[(model, "validation")]["$ref"].rsplit("/", 1)[1]
    found: dict[str, Any] = definitions["$defs"][name]
    return found


def _responses(route: Route | OwnRoute, access: Access, references: Any) -> dict[str, Any]:
    reply = route.contract.reply if isinstance(route, Route) else route.reply
    success: dict[str, Any] = {"description": "成功"}
    if route.respond if isinstance(route, Route) else route.bytes_out:
        success["content"] = {"*/*": {"schema": FILE_SCHEMA}}
    elif reply is not None:
        success["content"] = {"application/json": {"schema": references[(reply, "serialization")]}}
    if route.versioned and reply is not None and "version" in reply.model_fields:
        success["headers"] = {"ETag": {"schema": {"type": "string"}}}
    answers = {str(route.status): success}
    for status in _problem_statuses(route, access):
        answers[str(status)] = {"$ref": f"#/components/responses/{status}"}
    return dict(sorted(answers.items()))


def _problem_responses(references: Any) -> dict[str, Any]:
    """One response for each status; which problem types it may bear stands in the description."""
    schema = references[(ProblemDocument, "serialization")]
    found: dict[str, Any] = {}
    for status in sorted({problem.status for problem in PROBLEMS.values()}):
        named = [f"{key} {problem.title_zh}" for key, problem in PROBLEMS.items() if problem.status == status]
        found[str(status)] = {"description": "；".join(named), "content": {PROBLEM_TYPE: {"schema": schema}}}
    return found


def _problem_statuses(route: Route | OwnRoute, access: Access) -> list[int]:
    statuses = set(_ALWAYS)
    if not access.public:
        statuses |= {401, 403}
    if route.rule == "/v1/sessions":
        statuses.add(401)
    if _names_an_object(route, access):
        statuses.add(404)
    if route.verb in {"POST", "PUT", "DELETE"}:
        statuses |= {*_WRITES, 409, 412}
    else:
        statuses.add(422)
    if isinstance(route, Route) or (route.bytes_out and access.rpc):
        statuses.add(504)
    if route.rule in {"/v1/reports", "/v1/attachments"} and route.verb == "POST":
        statuses |= {507}
    return sorted(statuses)


def _names_an_object(route: Route | OwnRoute, access: Access) -> bool:
    """Whether its address, its body or a filter may name what is absent, or not for the caller's eyes."""
    body, query = _taken(route)
    filters = query.model_fields if query else {}
    named = "<" in route.rule or any(name.endswith("_id") for name in filters)
    return named or (body is not None and not access.public)


def text_of(document: dict[str, Any]) -> str:
    """The document as it is committed."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text_of(build()), encoding="utf-8")
