"""Refused attempts, for the audit administrator: every service and the gateway answer about their own alike."""

from __future__ import annotations

from uuid import UUID

from contracts.model import Instant, Method, Strict, query
from contracts.rpc.paging import ListQuery
from contracts.vocabulary import Labelled, Role


class AttemptReason(Labelled):
    """Why a refused call was an attempt."""

    ROLE = "role", "无此角色或权限"
    FOREIGN = "foreign", "他人的对象"
    ACT = "act", "无权办理"
    MORE = "more", "当小时其余"


class AttemptKind(Labelled):
    """What it was aimed at."""

    REPORT = "report", "报送"
    DRAFT = "draft", "稿件"
    PRE_REPORT = "pre_report", "电话预报"
    INCIDENT = "incident", "突发事件"
    DEADLINE = "deadline", "时限"
    RECEIPT = "receipt", "回执"
    ATTACHMENT = "attachment", "附件"
    DESK_ITEM = "desk_item", "编辑台信息"
    ADOPTION = "adoption", "采用稿件"
    READING = "reading", "送阅"
    QUEUE_VIEW = "queue_view", "编辑台视图"
    FINDING = "finding", "认定"
    ISSUE = "issue", "期刊"
    INSTRUCTION = "instruction", "批示"
    ASSIGNMENT = "assignment", "交办反馈"
    COMMISSION = "commission", "约稿"
    GUIDANCE = "guidance", "报送要点"
    RESEARCH = "research", "调研课题"
    UNIT = "unit", "单位"
    PERSON = "person", "人员"
    TRAINING = "training", "培训"
    ACCOUNT = "account", "账户"
    SESSION = "session", "登录"
    GRANT = "grant", "授权"
    CLIENT = "client", "接口客户端"
    WEBHOOK = "webhook", "推送"
    OTHER = "other", "其他"


class ListRefusedAttempts(ListQuery):
    """Newest first."""

    principal_id: UUID | None = None
    reason: AttemptReason | None = None


class RefusedAttempt(Strict):
    """What one caller was refused in one hour, as often as `count` says; `subject` is empty where no object was named.

    The evidence holds an entry `attempt.refuse` for the first time and for each tenfold.
    """

    id: UUID
    principal_id: str
    principal_name: str
    method: str
    """The service's method, or verb and address at the gateway; `*` for what went beyond the rows of an hour."""
    kind: AttemptKind
    subject: str
    reason: AttemptReason
    problem: str
    """What the caller was told; empty for `*`."""
    count: int
    first_at: Instant
    last_at: Instant


class RefusedAttemptPage(Strict):
    items: list[RefusedAttempt]
    next_cursor: str | None = None


METHODS: dict[str, Method] = {
    "list_refused_attempts": query(ListRefusedAttempts, RefusedAttemptPage, Role.AUDIT_ADMINISTRATOR),
}
