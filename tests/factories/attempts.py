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
from kernel.principal import Principal
from kernel.rpc.attempts import note_refusal
from kernel.rpc.commands import answer
from kernel.rpc.messages import Answer, RpcRequest
from kernel.testing import ServiceHarness, keyring_for


def rows(database: Database) -> list[Any]:
    """What the audit administrator is shown, oldest first."""
    with database.reading() as session:
        return list(session.execute(attempts.select().order_by(attempts.c.id)))


def forget(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(attempts.delete())


def entries(database: Database, subject: UUID | str) -> list[dict[str, Any]]:
    """Details of the entries in the evidence about one thing; the evidence of other tests stays."""
    found = text("SELECT detail FROM evidence_entries WHERE act = 'attempt.refuse' AND subject = :subject ORDER BY at")
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


def unit_calls(harness: ServiceHarness) -> Iterator[tuple[str, str, frozenset[Role]]]:
    """Every method that a unit's people may call, with each field that names a thing."""
    nouns = harness.service.nouns
    for method, contract in harness.service.methods.items():
        roles = frozenset(contract.roles) & UNIT_ROLES
        for name in contract.request.model_fields:
            if roles and (f"{method}.{name}" in nouns or name in nouns):
                yield method, name, roles


@dataclass
class Walked:
    """What every call for what is another's left, by `method.field`."""

    left: dict[str, list[str]] = field(default_factory=dict)
    """The things written down."""
    told_apart: list[str] = field(default_factory=list)
    """Where the answer was another than for an absent thing."""

    def silent(self) -> set[str]:
        return {name for name, subjects in self.left.items() if not subjects}

    def doubled(self) -> set[str]:
        return {name for name, subjects in self.left.items() if len(subjects) > 1}


def ask_for_all(harness: ServiceHarness, things: Mapping[str, UUID], stranger: Principal) -> Walked:
    """Have somebody of another unit, with every role that a method wants, name each thing in each field for it."""
    walked = Walked()
    for method, named, roles in unit_calls(harness):
        if named not in things:
            continue
        forget(harness.database)
        model, absent = harness.service.methods[method].request, uuid4()
        asker = replace(stranger, roles=frozenset(map(str, roles)))
        answers = [call(harness, method, asked_for(model, named, one), asker) for one in (things[named], absent)]
        name = f"{method}.{named}"
        walked.left[name] = [row.subject for row in rows(harness.database)]
        if told(answers[0], things[named], absent) != told(answers[1], absent, absent):
            walked.told_apart.append(name)
    return walked


def body(model: type[BaseModel], **stated: Any) -> dict[str, Any]:
    """A request with a plain value in every field that needs one."""
    needed = {name: _plain(info) for name, info in model.model_fields.items() if info.is_required()}
    return {name: needed.get(name) for name in needed} | stated


def asked_for(model: type[BaseModel], name: str, thing_id: UUID) -> dict[str, Any]:
    """A request that names this thing in one field and nothing else that exists."""
    several = get_origin(model.model_fields[name].annotation) is list
    return body(model, **{name: [str(thing_id), str(uuid4())] if several else str(thing_id)})


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
