"""What a caller knows of a call that brought no answer. Both are refusals, so they reach the user like any other."""

from __future__ import annotations

from uuid import UUID

from kernel.errors import Refusal


class Unavailable(Refusal):
    """Nothing was published, so nothing was done: try again later (503)."""

    problem = "unavailable"


class OutcomeUnknown(Refusal):
    """It may have been done: repeat with the same command id, it is not done twice (504).

    `command_id` is the id to repeat with; None for a query.
    """

    problem = "outcome-unknown"
    command_id: UUID | None = None


def nothing_done() -> Unavailable:
    return Unavailable("后端服务暂不可用，操作未执行。", "The service is away; nothing was done.")


def outcome_unknown(command_id: UUID | None) -> OutcomeUnknown:
    unknown = OutcomeUnknown(
        "未在时限内得到答复，操作可能已执行；请用相同编号重试，不会重复执行。",
        "No answer in time; it may have been done. Repeat with the same id, it is not done twice.",
        extra={"command_id": str(command_id)} if command_id else None,
    )
    unknown.command_id = command_id
    return unknown
