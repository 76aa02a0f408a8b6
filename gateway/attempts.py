"""The gateway's own refusals as attempts: roles, scopes and posts, and what it keeps itself.

A service's refusal arrives here too; the service has written it down already.
"""

from __future__ import annotations

import re
from typing import Any

from flask import g, request

from contracts.rpc.refused_attempts import AttemptKind
from gateway.assembly import gateway
from gateway.entrance import present, route_key
from gateway.nouns import KINDS, NOUNS
from gateway.receipts.signoff import ForeignOffer
from kernel.audit.attempts import Attempt, Reason, keep, not_written
from kernel.errors import Refusal
from kernel.nouns import Noun
from kernel.rpc.attempts import FORBIDDEN, SAID_ABSENT

NOT_LET_IN = FORBIDDEN | {"scope-missing", "address-refused", "trial-key"}
"""Problems of whoever is known and may not call this address."""
_TELLABLE = re.compile(r"[0-9A-Za-z._:-]{1,100}")


def note(refusal: Refusal) -> None:
    """Keep it if it was an attempt that nobody has kept yet. Never raises."""
    if g.get("identity") is None or refusal.afar or request.url_rule is None:
        return
    try:
        attempt = _attempt(refusal)
    except Exception as error:  # noqa: BLE001  # the refusal stands without it
        not_written(route_key(), error)
        return
    if attempt is not None:
        keep(gateway().database, present().principal, attempt, correlation_id=g.correlation_id)


def _attempt(refusal: Refusal) -> Attempt | None:
    if refusal.problem in NOT_LET_IN:
        name, value = next(iter((request.view_args or {}).items()), ("", ""))
        subject = str(value) if _TELLABLE.fullmatch(str(value)) else ""
        reason = Reason.ACT if g.admitted else Reason.ROLE
        return Attempt(route_key(), KINDS.get(name, AttemptKind.OTHER), subject, reason, refusal.problem)
    if refusal.problem not in SAID_ABSENT:
        return None
    if isinstance(refusal, ForeignOffer):
        return Attempt(route_key(), AttemptKind.DRAFT, str(refusal.draft_id), Reason.FOREIGN, refusal.problem)
    with gateway().database.reading() as session:
        for noun, value in _named(refusal):
            if noun.is_foreign(session, present().principal, value):
                return Attempt(route_key(), noun.kind, str(value), Reason.FOREIGN, refusal.problem)
    return None


def _named(refusal: Refusal) -> list[tuple[Noun, Any]]:
    """What the address names, and what the refusal is about, of things that the gateway keeps."""
    found = [*(request.view_args or {}).items(), *([refusal.about] if refusal.about else [])]
    return [(NOUNS[name], value) for name, value in found if name in NOUNS and _TELLABLE.fullmatch(str(value))]
