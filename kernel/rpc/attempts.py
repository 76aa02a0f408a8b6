"""Which refused calls were attempts; the responder asks once the answer is on its way, so that no caller waits for it,
nor learns from the time it took whether the thing exists."""

from __future__ import annotations

from uuid import UUID

from kernel.audit.attempts import Attempt, Reason, keep, not_written
from kernel.nouns import Noun, named
from kernel.principal import Principal
from kernel.rpc.messages import RefusalBody, RpcRequest
from kernel.service import Service

FORBIDDEN = frozenset({"forbidden", "own-draft"})
"""Problems that say: not you."""
SAID_ABSENT = frozenset({"not-found", "invalid"})
"""Problems behind which a thing may be that exists."""


def note_refusal(service: Service, request: RpcRequest, refusal: RefusalBody) -> None:
    """Keep the refused call as an attempt, if it was one. Never raises."""
    if refusal.problem not in FORBIDDEN | SAID_ABSENT or request.method not in service.methods:
        return
    try:
        asker = service.keyring.verify(request.token, None)
        attempt = None if asker.id.startswith("system:") else _attempt(service, request, asker, refusal)
    except Exception as error:  # noqa: BLE001  # the refusal stands without it
        not_written(request.method, error)
        return
    if attempt is not None:
        keep(service.database, asker, attempt, token=request.token, correlation_id=request.correlation_id)


def _attempt(service: Service, request: RpcRequest, asker: Principal, refusal: RefusalBody) -> Attempt | None:
    things = named(service.nouns, request.method, request.body)
    method, problem = f"{service.name}.{request.method}", refusal.problem
    if problem in FORBIDDEN:
        roles = (str(role) for role in service.methods[request.method].roles)
        reason = Reason.ACT if asker.holds(*roles) else Reason.ROLE
        noun, thing_id = things[0] if things else (None, "")
        return Attempt(method, noun.kind if noun else "other", str(thing_id), reason, problem)
    foreign = _first_foreign(service, asker, things)
    return None if foreign is None else Attempt(method, foreign[0].kind, foreign[1], Reason.FOREIGN, problem)


def _first_foreign(service: Service, asker: Principal, things: list[tuple[Noun, UUID]]) -> tuple[Noun, str] | None:
    if not things:
        return None
    with service.database.reading() as session:
        for noun, thing_id in things:
            if noun.is_foreign(session, asker, thing_id):
                return noun, str(thing_id)
    return None
