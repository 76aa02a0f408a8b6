"""What the demo's city asks for beside the daily reports: guidance of the month, a commission, a study."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from clients.client import Client

CLASSES = ["district", "bureau", "affiliated"]


def ask(editor: Client, chief: Client, at: datetime, lead_unit_id: str) -> dict[str, Any]:
    """Guidance issued, which is returned; a commission of the province under way, a research project begun."""
    saved = editor.post("/v1/guidance", guidance(at.date()))
    issued: dict[str, Any] = chief.post(f"/v1/guidance/{saved['guidance_id']}/issue", {"version": saved["version"]})
    editor.post("/v1/commissions", commission(at))
    editor.post("/v1/research-projects", project(at, lead_unit_id))
    return issued


def guidance(day: date) -> dict[str, Any]:
    points = (
        ("民生", "冬季供热、供气准备和困难群众救助情况"), ("经济运行", "重点项目开工复工和资金到位情况"),
        ("安全生产", "岁末年初安全隐患排查整改情况"), ("改革", "简化审批、方便群众办事的新做法"),
    )  # fmt: skip
    return {
        "period": f"{day:%Y-%m}", "title": f"{day.month}月信息报送要点", "unit_classes": CLASSES,
        "points": [{"topic": topic, "text": text} for topic, text in points],
    }  # fmt: skip


def commission(at: datetime) -> dict[str, Any]:
    due_at = at + timedelta(days=6)
    return {
        "subject": "中小企业融资情况", "requirements": "写明企业反映的主要困难、已采取的措施和建议，数据截至上月底。",
        "length": 1500, "origin": "province",
        "template": "一、基本情况\n\n二、主要困难\n\n三、已采取的措施\n\n四、建议",
        "due_at": due_at.isoformat(), "upward_due_at": (due_at + timedelta(days=2)).isoformat(),
        "unit_classes": CLASSES[:2],
    }  # fmt: skip


def small_commission(due_at: datetime, unit_ids: list[str]) -> dict[str, Any]:
    """Of some units, with little time."""
    return {
        "subject": "供热、物业投诉办理情况", "requirements": "写明投诉件数、办结率和突出问题，一事一报。",
        "due_at": due_at.isoformat(), "unit_ids": unit_ids,
    }


def project(at: datetime, lead_unit_id: str) -> dict[str, Any]:
    milestones = (("走访座谈", 10), ("形成初稿", 25), ("报送调研报告", 35))
    return {
        "topic": "老旧小区管网改造的做法和问题",
        "plan": "走访六个区，座谈三次，比较资金、工期和居民意见，形成调研报告。",
        "lead_unit_id": lead_unit_id,
        "milestones": [
            {"name": name, "due_at": (at + timedelta(days=days)).isoformat()} for name, days in milestones
        ],
    }
