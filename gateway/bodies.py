"""Reading what a request brings: strict JSON, query parameters, and their faults with a pointer each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import MultiDict

from gateway.validation_texts import describe
from kernel.errors import Invalid, Refusal

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 32
FILES_BYTES = 100 * 1024 * 1024
"""Of one form that brings files; each of them has a limit of its own."""
STREAMED = frozenset({"multipart/form-data", "application/octet-stream"})
WITH_FILES = frozenset(
    {
        "POST /v1/attachments", "POST /drafts", "POST /drafts/<uuid:draft_id>", "POST /drafts/outline",
        "POST /drafts/<uuid:draft_id>/outline", "POST /urgent", "POST /instructions",
        "POST /instructions/<uuid:instruction_id>/confirmation",
    }
)  # fmt: skip

Model = TypeVar("Model", bound=BaseModel)


class Malformed(Refusal):
    """The body cannot be understood as one JSON value of ours."""

    problem = "malformed"


class WrongMediaType(Refusal):
    """The body is not declared as JSON; a cross-site form can only send text/plain or a form."""

    problem = "unsupported-media-type"


def body_limit(verb: str, rule: str, mimetype: str) -> int:
    """Bytes of a body at this address, for whoever has been admitted; other bodies are read into memory whole."""
    streamed = mimetype in STREAMED and f"{verb} {rule}" in WITH_FILES
    return FILES_BYTES if streamed else MAX_BYTES


def json_body() -> Any:
    """The request's JSON. Raises `WrongMediaType` or `Malformed`; a body that is too large answers 413 by itself."""
    if request.mimetype != "application/json":
        raise WrongMediaType(
            "请求体须声明为 Content-Type: application/json。", "Declare Content-Type: application/json."
        )
    return parse_json(request.get_data(cache=True))


def parse_json(raw: bytes) -> Any:
    """Strict JSON: UTF-8, no duplicate names, no NaN or Infinity, at most MAX_DEPTH levels. Raises `Malformed`."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(
            f"请求体不是合法的 UTF-8（第 {error.start} 字节）。", f"The body is not UTF-8 (at byte {error.start})."
        ) from error
    _check_depth(text)
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise Malformed(
            f"JSON 语法错误：第 {error.lineno} 行第 {error.colno} 列。",
            f"JSON syntax error at line {error.lineno}, column {error.colno}.",
        ) from error
    except ValueError as error:  # an integer of thousands of digits
        raise Malformed("数字过长。", "A number has too many digits.") from error


def _check_depth(text: str) -> None:
    """Count brackets outside strings, so that deep JSON is refused before a recursive parser sees it."""
    depth = deepest = 0
    in_string = escaped = False
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    for character in text:
        if escaped:
            escaped = False
        elif in_string:
            in_string, escaped = character != '"', character == "\\"
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    if deepest > MAX_DEPTH:
        raise Malformed(f"JSON 嵌套超过 {MAX_DEPTH} 层。", f"JSON is nested deeper than {MAX_DEPTH} levels.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise Malformed("JSON 对象中有重复的字段名。", "A JSON object names a field twice.")
    return result


def _refuse_constant(name: str) -> Any:
    raise Malformed(f"JSON 不允许 {name}。", f"JSON does not know {name}.")


def query_values(args: MultiDict[str, str]) -> dict[str, str]:
    """Query parameters, each at most once. Raises `Invalid` with the pointer of the repeated one."""
    for name, values in args.lists():
        if len(values) > 1:
            raise Invalid(f"查询参数 {name} 重复。", f"Query parameter {name} is repeated.", pointer=f"/{name}")
    return args.to_dict()


def checked(model: type[Model], data: Any) -> Model:
    """`data` as `model`. Raises `Invalid` naming every fault with its JSON pointer."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise refused(error) from error


def refused(error: ValidationError) -> Invalid:
    """pydantic's findings as one refusal: the first fault's pointer in front, all of them in `errors`."""
    faults = [
        {"pointer": json_pointer(fault["loc"]), **describe(fault["type"], fault["msg"], fault.get("ctx", {}))}
        for fault in error.errors(include_url=False, include_input=False)
    ]
    first = faults[0]
    return Invalid(first["detail"], first["detail_en"], pointer=first["pointer"], extra={"errors": faults})


def json_pointer(location: tuple[int | str, ...]) -> str:
    """RFC 6901."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def refuse_fields(data: Mapping[str, Any], names: frozenset[str]) -> None:
    """Raise `Invalid` when the body states what the address or the server states (protected fields)."""
    for name in sorted(names & data.keys()):
        fault = {"pointer": f"/{name}", **describe("extra_forbidden", "", {})}
        raise Invalid(fault["detail"], fault["detail_en"], pointer=f"/{name}", extra={"errors": [fault]})


def uuid_cursor(cursor: str) -> UUID:
    """A cursor that is an id. Raises `Invalid`."""
    try:
        return UUID(cursor)
    except ValueError as error:
        raise Invalid("分页游标无效。", "This cursor is not one of ours.", pointer="/cursor") from error
