"""How a service answers a call: checks, the query's reading or the command's one transaction with its stored reply."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from pydantic import BaseModel, ValidationError
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kernel.database import Work, dump
from kernel.errors import Invalid, NotFound, Refusal
from kernel.logging import act
from kernel.principal import Principal, UntrustedPrincipal
from kernel.rpc.messages import Answer, RpcRequest
from kernel.service import MethodContract, Reading, Service
from kernel.tables import commands
from kernel.troubles import WORTH_REPEATING, Trouble, refusal_of, state_of, trouble_of

log = structlog.get_logger(__name__)


def answer(service: Service, request: RpcRequest) -> Answer:
    """Carry out one call and say what came of it; never raises. A refusal is an answer too.

    Order of checks: time limit, identity, method, role, request; only then is the database asked.
    """
    with act(request.correlation_id, request.command_id):
        result = _answer(service, request)
        log.info("call", method=request.method, outcome=result.refusal.problem if result.refusal else "replied")
    return result


def _answer(service: Service, request: RpcRequest) -> Answer:
    now = service.clock.now()
    try:
        if request.not_after is not None and now > request.not_after:
            raise _too_late()
        principal = _identify(service, request.token, now)
        contract = _contract(service, request.method)
        principal.require(*(str(role) for role in contract.roles))
        body = _validated(contract, request.body)
        if contract.command:
            return _carry_out_despite_rivals(service, request, principal, body)
        return Answer(reply=dump(_read(service, request.method, principal, body, now)))
    except Refusal as refusal:
        return Answer.refused(refusal)
    except (DBAPIError, PoolTimeout) as error:
        return Answer.refused(_database_trouble(service, request, error))
    except Exception:
        log.exception("a defect ended a call", method=request.method)
        return Answer.refused(_internal(request.correlation_id))


def _identify(service: Service, token: str, now: datetime) -> Principal:
    try:
        return service.keyring.verify(token, now)
    except UntrustedPrincipal as error:
        raise Refusal(
            "身份凭据无效或已过期，请重新登录。", f"Not authenticated: {error}", problem="unauthenticated"
        ) from error


def _contract(service: Service, method: str) -> MethodContract:
    contract = service.methods.get(method)
    if contract is None:
        raise NotFound(f"服务 {service.name} 没有方法 {method}。", f"Service {service.name} has no method {method}.")
    return contract


def _validated(contract: MethodContract, body: dict[str, Any]) -> BaseModel:
    try:
        # As JSON, so that a body is judged as it would be had it come from outside.
        return contract.request.model_validate_json(json.dumps(body))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        pointer = "".join(f"/{part}" for part in first["loc"])
        raise Invalid(
            f"字段 {pointer or '/'} 不符合要求：{first['msg']}。", f"{pointer or '/'}: {first['msg']}.", pointer=pointer
        ) from error


def _read(service: Service, method: str, principal: Principal, body: BaseModel, now: datetime) -> BaseModel:
    database = service.database
    with database.glancing() if method in service.entries.glances else database.reading() as session:
        reply: BaseModel = getattr(service, method)(Reading(session, principal, now), body)
    return reply


def _carry_out_despite_rivals(
    service: Service, request: RpcRequest, principal: Principal, body: BaseModel
) -> Answer:
    """Carry it out; an act that lost to a rival is begun anew once, and then sees what the rival wrote."""
    try:
        return _carry_out(service, request, principal, body)
    except DBAPIError as error:
        if state_of(error) not in WORTH_REPEATING:
            raise
        log.info("a command lost to a rival and is begun anew", method=request.method, state=state_of(error))
    return _carry_out(service, request, principal, body)


def _carry_out(service: Service, request: RpcRequest, principal: Principal, body: BaseModel) -> Answer:
    """One transaction: claim the command id, do it, keep the reply. A repeat meets the kept reply."""
    if request.command_id is None:
        raise Invalid("命令缺少 command_id。", "A command must carry a command_id.", pointer="/command_id")
    digest = _digest(principal, request.method, body)
    with service.database.work(
        principal, token=request.token, correlation_id=request.correlation_id, causation_id=request.command_id
    ) as work:
        if not _claim(work, request.command_id, request.method, digest):
            return _stored(work, request.command_id, request.method, digest)
        result = _attempt(service, work, request.method, body)
        work.session.execute(
            update(commands).where(commands.c.id == request.command_id).values(reply=result.model_dump(mode="json"))
        )
    return result


def _attempt(service: Service, work: Work, method: str, body: BaseModel) -> Answer:
    """Do it; what a refused command had written is taken back, its refusal is kept."""
    attempt = work.session.begin_nested()
    try:
        reply = getattr(service, method)(work, body)
        work.session.flush()
        return Answer(reply=dump(reply))
    except Refusal as refusal:
        attempt.rollback()
        work.forget()
        return Answer.refused(refusal)


def _claim(work: Work, command_id: UUID, method: str, digest: str) -> bool:
    """Whether this command is ours to do; waits while another holds it (two calls at once)."""
    claimed = work.session.execute(
        postgresql_insert(commands)
        .values(id=command_id, method=method, digest=digest)
        .on_conflict_do_nothing()
        .returning(commands.c.id)
    )
    return claimed.first() is not None


def _stored(work: Work, command_id: UUID, method: str, digest: str) -> Answer:
    row = work.session.execute(select(commands).where(commands.c.id == command_id)).one()
    if (row.method, row.digest) != (method, digest):
        raise Refusal(
            "该命令编号已用于其他内容的操作，请换用新的编号。",
            "This command id was used for another act or other content; use a new one.",
            problem="idempotency-key-reused",
        )
    return Answer.model_validate(row.reply)


def _digest(principal: Principal, method: str, body: BaseModel) -> str:
    canonical = json.dumps([principal.id, method, dump(body)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _too_late() -> Refusal:
    return Refusal(
        "请求到达时已超过时限，未予执行。", "The request arrived after its time limit and was not done.",
        problem="unavailable",
    )


def _database_trouble(service: Service, request: RpcRequest, error: DBAPIError | PoolTimeout) -> Refusal:
    """What to tell when the database failed: nothing done, still running, or unknown."""
    log.warning("the database failed a call", method=request.method, error=str(error))
    trouble = trouble_of(error)
    if trouble is Trouble.DEFECT:
        return _internal(request.correlation_id)
    acting = service.methods[request.method].command
    if trouble is Trouble.LOCKED and acting:
        return Refusal(
            "相同的操作仍在进行，请稍后用相同编号重试。", "It is still running; repeat later with the same id.",
            problem="still-running",
        )
    if trouble is Trouble.AWAY and acting:
        return Refusal(
            "数据库中断，操作可能已执行；请用相同编号重试，不会重复执行。",
            "The database was cut off; it may have been done. Repeat with the same id, it is not done twice.",
            problem="outcome-unknown",
        )
    return refusal_of(trouble)


def _internal(correlation_id: UUID) -> Refusal:
    return Refusal(
        f"系统内部错误，已记录。编号：{correlation_id}", f"Internal error, recorded as {correlation_id}.",
        problem="internal", extra={"request_id": str(correlation_id)},
    )
