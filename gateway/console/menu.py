"""The console's menu: a row is shown to whoever may open its page; many rows are folded into groups."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, g

from gateway.console.access import ROWS
from gateway.console.page import BLUEPRINT, address

ONE_LINE = 14
"""Rows that fit beside each other at 1280 px; more are folded into their groups."""


@dataclass(frozen=True)
class Row:
    """Name of the page and its word."""

    page: str
    word: str
    also: tuple[str, ...] = ()
    """Pages at other addresses that belong to it."""
    key: str = ""
    """The key that leads to it from pages with keys (keys.js)."""

    @property
    def rows(self) -> tuple[Row, ...]:
        return (self,)


@dataclass(frozen=True)
class Group:
    """Rows folded under one word."""

    word: str
    rows: tuple[Row, ...]


MENU: tuple[Row | Group, ...] = (
    # what is opened many times a day is never folded away
    Row("home", "首页"),
    Row("list_unacknowledged", "待签收"),
    Row("new_urgent", "报紧急信息"),
    Row("new_draft", "写信息"),
    Row("list_queue", "编辑台", key="q"),
    Row("list_issues", "期刊", ("list_publications",), key="i"),
    Group(
        "信息报送",
        (
            Row("list_drafts", "稿件", ("show_signing", "show_endorsement_rules")),
            Row("list_reports", "报送"),
            Row("show_receipts", "回执"),
            Row("show_pre_reports", "电话预报"),
            Row("list_incidents", "突发事件"),
        ),
    ),
    Group("阅览", (Row("show_reading_room", "阅览室"), Row("list_readings", "送阅"))),
    Group(
        "批示督办",
        (
            Row("list_instructions", "批示"),
            Row("list_assignments", "交办反馈"),
            Row("list_supervision", "督办台账"),
        ),
    ),
    Row("list_commissions", "约稿要点", ("list_commission_tasks", "list_guidance", "list_projects")),
    Group(
        "计分通报",
        (
            Row("list_bulletins", "通报"),
            Row("list_ledger", "计分", ("list_rules",)),
            Row("show_timeliness", "时限"),
            Row("list_findings", "认定"),
        ),
    ),
    Group(
        "队伍",
        (
            Row("list_duty_shifts", "值班表"),
            Row("show_plans", "年度计划"),
            Row("list_trainings", "培训"),
            Row("show_directory", "名录"),
        ),
    ),
    Group(
        "账户",
        (
            Row("list_people", "开户"),
            Row("show_accounts", "账户"),
            Row("show_grants", "授权"),
            Row("show_clients", "接口"),
            Row("show_refused_attempts", "越权尝试"),
        ),
    ),
    Row("list_messages", "消息"),
)


def menu() -> list[Row | Group]:
    """What this person sees; a group of one row is that row."""
    shown = [found for each in MENU if (found := _opened(each))]
    rows = [row for each in shown for row in each.rows]
    return [*rows] if len(rows) <= ONE_LINE else shown


def _opened(entry: Row | Group) -> Row | Group | None:
    rows = tuple(row for row in entry.rows if may(row.page))
    if len(rows) > 1:
        return Group(entry.word, rows)
    return rows[0] if rows else None


def section(path: str) -> str | None:
    """Page of the row that a page belongs to: the one whose address is the longest beginning of the page's."""
    rows = [row for entry in MENU for row in entry.rows]
    found = [
        (len(target), row.page)
        for row in rows
        for page in (row.page, *row.also)
        if _covers(target := address(page), path)
    ]
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
