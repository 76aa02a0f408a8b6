"""The console's menu: a row is shown to whoever may open its page."""

from __future__ import annotations

from flask import current_app, g

from gateway.console.access import ROWS
from gateway.console.page import BLUEPRINT, address

MENU: tuple[tuple[str, str], ...] = (
    ("home", "首页"),
    ("list_unacknowledged", "待签收"),
    ("new_urgent", "报紧急信息"),
    ("new_draft", "写信息"),
    ("show_pre_reports", "电话预报"),
    ("list_drafts", "稿件"),
    ("list_queue", "编辑台"),
    ("list_readings", "送阅"),
    ("list_incidents", "突发事件"),
    ("show_reading_room", "阅览室"),
    ("list_issues", "期刊"),
    ("list_instructions", "批示"),
    ("list_assignments", "交办反馈"),
    ("list_commissions", "约稿要点"),
    ("list_supervision", "督办台账"),
    ("list_reports", "报送"),
    ("show_receipts", "回执"),
    ("list_bulletins", "通报"),
    ("list_ledger", "计分"),
    ("show_timeliness", "时限"),
    ("list_findings", "认定"),
    ("list_duty_shifts", "值班表"),
    ("show_plans", "年度计划"),
    ("list_trainings", "培训"),
    ("show_directory", "名录"),
    ("list_people", "开户"),
    ("show_accounts", "账户"),
    ("show_grants", "授权"),
    ("show_clients", "接口"),
    ("list_messages", "消息"),
    ("show_refused_attempts", "越权尝试"),
)
"""Name of the page and its word."""


def menu() -> list[tuple[str, str]]:
    """The rows this person sees."""
    return [(name, word) for name, word in MENU if may(name)]


def section(path: str) -> str | None:
    """Name of the row that a page belongs to: the one whose address is the longest beginning of the page's."""
    found = [(len(target), name) for name, _ in MENU if _covers(target := address(name), path)]
    return max(found)[1] if found else None


def _covers(target: str, path: str) -> bool:
    return path == target or (target != "/" and path.startswith(f"{target}/"))


def may(name: str) -> bool:
    """Whether whoever asks holds a role for this page or act; the same row is checked again when it is sent."""
    if g.get("identity") is None:
        return False
    return any(
        ROWS[f"{verb} {rule.rule}"].admits(g.identity.principal.roles)
        for rule in current_app.url_map.iter_rules(f"{BLUEPRINT}.{name}")
        for verb in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )
