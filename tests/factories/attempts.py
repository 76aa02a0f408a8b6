"""Calls for what is another's, over all methods of a service, and the refused attempts they leave."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin
from uuid import UUID, uuid4

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sqlalchemy import text

from contracts.vocabulary import UNIT_ROLES, Role
from kernel.audit.attempts import attempts
from kernel.database import Database
from kernel.ids import new_id
from kernel.nouns import Nouns
from kernel.principal import Principal
from kernel.rpc.attempts import note_refusal
from kernel.rpc.commands import answer
from kernel.rpc.messages import Answer, RpcRequest
from kernel.service import MethodContract
from kernel.testing import ServiceHarness, keyring_for


def rows(database: Database) -> list[Any]:
    """What the audit administrator is shown, oldest first."""
    with database.reading() as session:
        return list(session.execute(attempts.select().order_by(attempts.c.id)))


def forget(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(attempts.delete())


def entries(database: Database, subject: UUID | str) -> list[dict[str, Any]]:
    """Details of the entries in the evidence about one thing, in time; the evidence of other tests stays.

    Those of one moment stand in different lanes, in no order but that of their counts.
    """
    found = text(
        "SELECT detail FROM evidence_entries WHERE act = 'attempt.refuse' AND subject = :subject"
        " ORDER BY at, (detail::jsonb ->> 'count')::int"
    )
    with database.reading() as session:
        return [json.loads(detail) for detail in session.scalars(found, {"subject": str(subject)})]


def call(harness: ServiceHarness, method: str, body: Mapping[str, Any], who: Principal) -> Answer:
    """The answer as it leaves the service; then what was an attempt is written down, as the responder does it."""
    contract = harness.service.methods[method]
    token = keyring_for("gateway").sign(who, harness.clock.now())
    command_id = new_id() if contract.command else None
    request = RpcRequest(method=method, body=dict(body), token=token, correlation_id=new_id(), command_id=command_id)
    result = answer(harness.service, request)
    if result.refusal is not None:
        note_refusal(harness.service, request, result.refusal)
    return result


CITY_ROLES = frozenset(Role) - UNIT_ROLES
Path = tuple[str, ...]
"""Where a request names something: field within field."""


def id_paths(model: type[BaseModel]) -> Iterator[Path]:
    """Every place of a request for the id of something."""
    for name, info in model.model_fields.items():
        yield from ((name, *rest) for rest in _paths_in(info.annotation))


def _paths_in(kind: Any) -> Iterator[Path]:
    if kind is UUID:
        yield ()
    for argument in get_args(kind):
        yield from _paths_in(argument)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from id_paths(kind)


def noun_paths(nouns: Nouns, method: str, contract: MethodContract) -> Iterator[Path]:
    """Those places that name a thing another may not see."""
    for path in dict.fromkeys(id_paths(contract.request)):
        if f"{method}.{path[-1]}" in nouns or path[-1] in nouns:
            yield path


@dataclass
class Walked:
    """What every call for what is another's left, by `method.field`."""

    left: dict[str, list[str]] = field(default_factory=dict)
    """The things written down."""
    told_apart: list[str] = field(default_factory=list)
    """Where the answer was another than for an absent thing."""
    unasked: list[str] = field(default_factory=list)
    """For which no thing was at hand."""

    def silent(self) -> set[str]:
        return {name for name, subjects in self.left.items() if not subjects}

    def doubled(self) -> set[str]:
        return {name for name, subjects in self.left.items() if len(subjects) > 1}


def ask_for_all(
    harness: ServiceHarness, things: Mapping[str, UUID], stranger: Principal, roles: frozenset[Role] = UNIT_ROLES
) -> Walked:
    """Have somebody who may see none of the things, with every one of `roles` that a method wants, name each in each
    place for it."""
    walked = Walked()
    for method, contract in harness.service.methods.items():
        held = frozenset(map(str, contract.roles)) & roles
        for path in noun_paths(harness.service.nouns, method, contract) if held else ():
            name = ".".join((method, *path))
            thing = things.get(f"{method}.{path[-1]}", things.get(path[-1]))
            if thing is None:
                walked.unasked.append(name)
                continue
            forget(harness.database)
            absent, asker = uuid4(), replace(stranger, roles=held)
            stated = json.dumps(asked_for(contract.request, path, thing))
            bodies = [json.loads(stated.replace(str(thing), str(one))) for one in (thing, absent)]
            answers = [call(harness, method, one, asker) for one in bodies]
            walked.left[name] = [row.subject for row in rows(harness.database)]
            if told(answers[0], thing, absent) != told(answers[1], absent, absent):
                walked.told_apart.append(name)
    return walked


def left_without_role(harness: ServiceHarness) -> dict[str, list[tuple[str, str]]]:
    """Reason and subject of what each method's refusal left, called by somebody without any of its roles, who names
    something wherever there is a place for it."""
    left = {}
    for method, contract in harness.service.methods.items():
        paths = [*noun_paths(harness.service.nouns, method, contract)][:1]
        thing, asker = uuid4(), Principal(str(uuid4()), "路人", None, frozenset({"nobody"}))
        stated = asked_for(contract.request, paths[0], thing) if paths else body(contract.request)
        forget(harness.database)
        call(harness, method, stated, asker)
        left[method] = [
            (row.reason, row.subject.replace(str(thing), "the thing")) for row in rows(harness.database)
        ]
    return left


def body(model: type[BaseModel], **stated: Any) -> dict[str, Any]:
    """A request with a plain value in every field that needs one."""
    needed = {name: _plain(info) for name, info in model.model_fields.items() if info.is_required()}
    return needed | stated


def asked_for(model: type[BaseModel], path: Path, thing_id: UUID) -> dict[str, Any]:
    """A request that names this thing in one place and nothing else that exists."""
    name, *rest = path
    kind = model.model_fields[name].annotation
    value: Any = asked_for(_model_in(kind), tuple(rest), thing_id) if rest else str(thing_id)
    return body(model, **{name: [value] if _is_list(kind) else value})


def _model_in(kind: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    return next((found for argument in get_args(kind) if (found := _model_in(argument)) is not None), None)


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is list or any(get_origin(argument) is list for argument in get_args(kind))


def _plain(info: FieldInfo) -> Any:
    return _of_type(info.annotation)


def _of_type(kind: Any) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if type(None) in arguments else _of_type(arguments[0])
    if origin in (list, tuple):
        return [_of_type(arguments[0])]
    if origin is not None:
        return _of_type(arguments[0])
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return body(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return str(next(iter(kind)))
    return {UUID: str(uuid4()), int: 1, bool: True, datetime: datetime(2026, 11, 24, tzinfo=UTC).isoformat()}.get(
        kind, "核对后补充的说明"
    )


def told(result: Answer, thing_id: UUID, absent: UUID) -> str:
    """A refusal as text, with the id of an absent thing in the place of this one's."""
    return result.model_dump_json().replace(str(thing_id), str(absent))
