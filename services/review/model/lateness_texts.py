"""The answer to "is anyone late for my leader", in one sentence (R17)."""

from __future__ import annotations

from contracts.rpc.supervision import LeaderLateness
from kernel.clock import SHANGHAI
from services.review.model.notice_texts import time_zh


def line_zh(row: LeaderLateness) -> str:
    parts = [f"逾期{row.late}件（{'、'.join(row.late_units)}）" if row.late else "没有逾期"]
    if row.oldest_due_at:
        parts.append(f"最早的应于{time_zh(row.oldest_due_at)}前反馈")
    if row.office_late:
        parts.append(f"督办部门超时未办{row.office_late}件")
    parts.append(f"未办结{row.unfinished}件" if row.unfinished else "没有未办结的交办事项")
    return f"{row.leader}：{'，'.join(parts)}。"


def line_en(row: LeaderLateness) -> str:
    parts = [f"{row.late} late ({', '.join(row.late_units)})" if row.late else "nobody is late"]
    if row.oldest_due_at:
        parts.append(f"the first was due by {row.oldest_due_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} (Beijing)")
    if row.office_late:
        parts.append(f"{row.office_late} late with the supervision office")
    return f"{row.leader}: {'; '.join((*parts, f'{row.unfinished} not finished'))}."
