"""Muting of writing rules: the unit's responsible leader decides, everybody of the unit sees it with its reason."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from contracts.rpc import checks as rpc
from kernel.database import Work
from kernel.errors import Conflict, Forbidden, NotFound
from services.intake.model.checks.rule import Rule
from services.intake.model.checks.rules import writing_rules
from services.intake.model.mutes import Mute
from services.intake.model.units import Unit
from services.intake.queries.checks import rule_reply


def mute_writing_rule(work: Work, request: rpc.MuteWritingRule) -> rpc.WritingRule:
    """Mute a rule for one's unit. Raises `NotFound` for an unknown rule, `Conflict` when it is muted already."""
    rule, unit_id = _rule(request.rule_id), _own_unit(work)
    values = {
        "unit_id": unit_id, "rule_id": rule.id, "reason": request.reason, "by_id": UUID(work.principal.id),
        "by_name": work.principal.name, "at": work.now,
    }  # fmt: skip
    muting = insert(Mute).values(**values).on_conflict_do_nothing().returning(Mute.rule_id)
    if work.session.scalar(muting) is None:
        raise Conflict(f"检查规则“{rule.title}”已经屏蔽。", f"The rule {rule.id} is muted already.")
    work.audit("writing_rule.muted", f"{unit_id}:{rule.id}", 1, rule=rule.id, reason=request.reason)
    return rule_reply(rule, work.session.get(Mute, (unit_id, rule.id)))


def unmute_writing_rule(work: Work, request: rpc.WritingRuleId) -> rpc.WritingRule:
    """Let it speak again. Raises `NotFound` for an unknown rule, `Conflict` when it is not muted."""
    rule, unit_id = _rule(request.rule_id), _own_unit(work)
    undoing = delete(Mute).where(Mute.unit_id == unit_id, Mute.rule_id == rule.id).returning(Mute.reason)
    reason = work.session.scalar(undoing)
    if reason is None:
        raise Conflict(f"检查规则“{rule.title}”没有屏蔽。", f"The rule {rule.id} is not muted.")
    work.audit("writing_rule.unmuted", f"{unit_id}:{rule.id}", 1, rule=rule.id, reason=reason)
    return rule_reply(rule, None)


def _rule(rule_id: str) -> Rule:
    rule = writing_rules().by_id(rule_id)
    if rule is None:
        raise NotFound(f"没有检查规则 {rule_id}。", f"There is no writing rule {rule_id}.")
    return rule


def _own_unit(work: Work) -> UUID:
    unit_id = work.principal.unit_id
    if unit_id is None or work.session.get(Unit, unit_id) is None:
        raise Forbidden(
            "您的账号所属单位未在单位名录中登记，请联系系统管理员。",
            "The unit of your account is not in the directory; ask the system administrator.",
        )
    return unit_id
