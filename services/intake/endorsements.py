"""Setting the step that comes before a unit's sign-off; what waits for a step that is gone goes on by itself."""

from __future__ import annotations

from sqlalchemy import select

from contracts.rpc import endorsements as rpc
from contracts.rpc.endorsements import Unendorsed
from contracts.vocabulary import DraftState
from kernel.clock import china_day
from kernel.database import Work
from kernel.errors import Forbidden
from services.intake.drafts import Seal, tell_offered
from services.intake.model.drafts import Draft
from services.intake.model.endorsements import EndorsementRule, step_before
from services.intake.model.units import Unit
from services.intake.queries.endorsements import rule_reply, section_heads


def record_endorsement_rule(work: Work, request: rpc.RecordEndorsementRule, seal: Seal) -> rpc.EndorsementRule:
    """Set the step from now on. Drafts offered already stay offered; those that wait for an endorsement which is not
    wanted any more are offered to the signer. Raises `Refusal`."""
    unit = _locked_unit(work)
    heads = section_heads(work.session, unit.id, china_day(work.now))
    rule = EndorsementRule.new(request, unit.id, work.principal, heads, work.now)
    work.session.add(rule)
    for draft in _waiting(work, unit):
        step = step_before(rule, draft, heads, china_day(work.now))
        if not step.endorsers:
            claims = draft.release(work.principal, step.left_out or Unendorsed.STEP_ENDED, work.now)
            draft.offer_token = seal(claims)
            tell_offered(work, draft)
            work.audit("draft.released", draft.id, draft.version, content=claims["content_hash"])
    work.audit(
        "endorsement_rule.recorded", rule.id, 1, unit_id=str(unit.id), required=rule.required,
        urgent_too=rule.urgent_too, endorser_ids=rule.endorser_ids, reason=rule.reason,
    )
    work.session.flush()
    return rule_reply(rule)


def _locked_unit(work: Work) -> Unit:
    """Against `offer_draft`, which holds the unit shared: no draft begins to wait for a step while it ends."""
    unit_id = work.principal.unit_id
    unit = work.session.get(Unit, unit_id, with_for_update={"key_share": True}) if unit_id else None
    if unit is None:
        raise Forbidden(
            "您的账号所属单位未在单位名录中登记，请联系系统管理员。",
            "The unit of your account is not in the directory; ask the system administrator.",
        )
    return unit


def _waiting(work: Work, unit: Unit) -> list[Draft]:
    query = (
        select(Draft)
        .where(Draft.unit_id == unit.id, Draft.state == DraftState.AWAITING_ENDORSEMENT)
        .order_by(Draft.id)
        .with_for_update()
    )
    return list(work.session.scalars(query))
