"""Routes as data: each RPC method has one line in a noun's file, and one view function serves them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from flask import Flask, Response, g, request
from pydantic import BaseModel

from contracts.model import Method
from contracts.services import RPC
from gateway.assembly import gateway
from gateway.attachments.naming import name_files
from gateway.bodies import checked, json_body, query_values, refuse_fields
from gateway.entrance import present
from kernel.errors import Invalid
from kernel.ids import new_id

KEY_HEADER = "Idempotency-Key"
KEY_LENGTH = 200
COMMAND_IDS = UUID("6f0f7d5e-8d1c-5b7e-9a55-0e3d6c1f2b70")
"""Name space of command ids made from keys that are no UUID."""


@dataclass(frozen=True)
class Route:
    """One address that an RPC method answers.

    `fresh_id` names the id that the gateway makes for a new thing; `versioned` means the reply's version is the ETag
    and `If-Match` states the version an act builds on; `respond` turns a reply into something other than JSON.
    """

    verb: str
    rule: str
    service: str
    method: str
    summary: str
    summary_en: str
    status: int = 200
    fresh_id: str | None = None
    versioned: bool = False
    respond: Callable[[Any], Response] | None = None

    @property
    def contract(self) -> Method:
        return RPC[self.service][self.method]

    @property
    def path_names(self) -> frozenset[str]:
        return frozenset(part.partition(":")[2] or part for part in _placeholders(self.rule))

    @property
    def stated(self) -> frozenset[str]:
        """Fields of the request that the address or the gateway states; a body must not."""
        return self.path_names | ({self.fresh_id} if self.fresh_id else set())


def _placeholders(rule: str) -> list[str]:
    return [part[1:-1] for part in rule.split("/") if part.startswith("<")]


def register(app: Flask, routes: tuple[Route, ...]) -> None:
    """Serve these routes."""
    for route in routes:
        endpoint = f"{route.verb} {route.rule}".replace(".", "_")
        app.add_url_rule(route.rule, endpoint, _view(route), methods=[route.verb])


def _view(route: Route) -> Callable[..., Response]:
    def view(**path: Any) -> Response:
        return answer(route, path)

    return view


def answer(route: Route, path: Mapping[str, Any]) -> Response:
    """Ask the service and answer with its reply."""
    command_id = command_id_for(route.verb, request.path) if route.contract.command else None
    data = _request_data(route, path, command_id)
    reply = ask(route.service, route.method, checked(route.contract.request, data), command_id)
    if route.respond:
        return route.respond(reply)
    return json_answer(reply, route.status, versioned=route.versioned)


def ask(service: str, method: str, body: BaseModel, command_id: UUID | None = None) -> BaseModel:
    """One RPC in the name of whoever makes this request. A command gets a fresh id unless it has one."""
    parts, contract = gateway(), RPC[service][method]
    name_files(parts, present().principal, body)
    return parts.calls.call(
        service,
        method,
        body,
        token=parts.keyring.sign(present().principal, parts.clock.now()),
        command_id=(command_id or new_id()) if contract.command else None,
        correlation_id=g.correlation_id,
        timeout=contract.seconds,
        reply=contract.reply,
    )


def _request_data(route: Route, path: Mapping[str, Any], command_id: UUID | None) -> dict[str, Any]:
    if route.verb == "GET":
        data: dict[str, Any] = dict(query_values(request.args))
    else:
        query_values(request.args)
        data = _body(route)
    refuse_fields(data, route.stated)
    if route.versioned and route.verb != "GET":
        take_version(data, "version" in route.contract.request.model_fields)
    if route.fresh_id and command_id:
        data[route.fresh_id] = uuid5(command_id, route.fresh_id)  # the same thing when the command is repeated
    return data | dict(path)


def _body(route: Route) -> dict[str, Any]:
    """The JSON object sent; nothing at all is as good where the method needs nothing."""
    fields = route.contract.request.model_fields.items()
    needed = any(field.is_required() for name, field in fields if name not in route.stated)
    if not needed and not request.get_data(cache=True):
        return {}
    data = json_body()
    if not isinstance(data, dict):
        raise Invalid("请求体应为 JSON 对象。", "The body must be a JSON object.", pointer="")
    return data


def take_version(data: dict[str, Any], wanted: bool) -> None:
    """`If-Match: "3"` states the version an act builds on, as `version` in the body does."""
    header = request.headers.get("If-Match")
    if header is None or not wanted:
        return
    version = header.strip().removeprefix("W/").strip('"')
    if not version.isascii() or not version.isdigit() or len(version) > 9:
        raise Invalid(
            'If-Match 应为读取时所得的 ETag，例如 "3"。', 'If-Match must be the ETag that was read, for example "3".',
            pointer="/version",
        )
    if data.get("version", int(version)) != int(version):
        raise Invalid("If-Match 与 version 不一致。", "If-Match and version differ.", pointer="/version")
    data["version"] = int(version)


def idempotency_key() -> str | None:
    """The Idempotency-Key, if any. Raises `Invalid` when it is unusable."""
    key = request.headers.get(KEY_HEADER)
    if key is not None and not (0 < len(key) <= KEY_LENGTH and key.isascii() and key.isprintable()):
        raise Invalid(
            f"Idempotency-Key 应为 1 至 {KEY_LENGTH} 个可见 ASCII 字符。",
            f"Idempotency-Key must be 1 to {KEY_LENGTH} printable ASCII characters.",
            pointer="/Idempotency-Key",
        )
    return key


def command_id_for(verb: str, path: str) -> UUID:
    """A command's id: the key itself where it is a UUID, one made from client, route and key where not, else fresh."""
    key = idempotency_key()
    if key is None:
        return new_id()
    try:
        return UUID(key)
    except ValueError:
        return uuid5(COMMAND_IDS, f"{present().scope} {verb} {path} {key}")


def json_answer(reply: BaseModel, status: int = 200, *, versioned: bool = False) -> Response:
    """A model as JSON; `versioned` adds its version, where it has one, as ETag."""
    response = Response(reply.model_dump_json(), status=status, mimetype="application/json")
    if versioned and "version" in type(reply).model_fields:
        response.set_etag(str(dict(reply)["version"]))
    return response
