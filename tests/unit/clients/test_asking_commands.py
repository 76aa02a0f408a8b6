"""R18, R03, R12 at the command line: what an editor does to commissions, guidance and research."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.clients.test_commands import CASE, Desk, desk

__all__ = ["desk"]

COMMISSION = {
    "commission_id": CASE, "subject": "供热", "state": "issued", "counts": {"delivered": 1, "owed": 2},
    "due_at": "2026-12-01T10:00:00Z", "upward_due_at": "2026-12-03T10:00:00Z",
}
TASK = {
    "subject": "供热", "state": "excused", "requirements": "写清热源。", "deadline": {"explanation_zh": "免除。"},
    "answers": [], "excused_by": "王编辑", "excused_because": "机构改革中",
    "quality": "B", "quality_remark": "数字不全",
}
PROJECT: dict[str, Any] = {
    "project_id": CASE, "topic": "管网", "state": "finished", "plan": "走访六区。",
    "lead": {"unit_name": "河西区"}, "partners": [{"unit_name": "市水务局"}],
    "milestones": [{
        "milestone_id": CASE, "name": "走访", "due_at": "2026-12-01T10:00:00Z", "outcome": "met", "dropped_at": None,
        "done_at": "2026-11-30T10:00:00Z",
    }],
    "notes": [{"by_name": "钱信息员", "text": "已走访三区。"}],
    "result": {
        "number": "2026-0000001", "title": "调研报告", "adopted_in": ["每日要情 2026年第1期"], "instructed_by": [],
        "outcomes": ["国家级采用"],
    },
}  # fmt: skip


def body(desk: Desk) -> Any:
    return json.loads(desk.asked[-1].content)


def test_R18_a_commission_is_made_in_one_line_with_template_and_due_time_upward(desk: Desk, tmp_path: Path) -> None:
    template = tmp_path / "template.txt"
    template.write_text("一、热源", "utf-8")
    desk.answer = COMMISSION
    said = desk.type(
        "commission", "issue", "供热", "--requirements", "写清热源。", "--days", "5", "--unit-class", "district",
        "--template", str(template), "--origin", "province", "--upward-due", "2026-12-03T18:00:00+08:00",
        "--from-report", CASE,
    ).output  # fmt: skip
    assert "已交稿 1，待交稿 2" in said
    asked = body(desk)
    assert (asked["template"], asked["origin"], asked["unit_classes"], asked["working_days"]) == (
        "一、热源", "province", ["district"], 5,
    )  # fmt: skip
    assert (asked["upward_due_at"], asked["from_report_id"]) == ("2026-12-03T18:00:00+08:00", CASE)
    desk.answer = {"items": [COMMISSION]}
    assert "2026-12-03 18:00" in desk.type("commission", "overview").output


@pytest.mark.parametrize(
    ("words", "path", "sent"),
    [
        (("withdraw", CASE, "--reason", "省里取消"), f"commissions/{CASE}/withdrawal", {"reason": "省里取消"}),
        (("close", CASE), f"commissions/{CASE}/closing", {}),
        (("upward", CASE, "--note", "7号"), f"commissions/{CASE}/upward-delivery", {"note": "7号"}),
    ],
)
def test_R18_it_is_ended_and_delivered_upward(
    desk: Desk, words: tuple[str, ...], path: str, sent: dict[str, str]
) -> None:
    desk.answer = COMMISSION
    assert desk.type("commission", *words).exit_code == 0
    assert (desk.asked[0].url.path, body(desk)) == (f"/v1/{path}", sent)


@pytest.mark.parametrize(
    ("words", "act", "sent"),
    [
        (("excuse", CASE, "--reason", "机构改革中"), "excuse", {"reason": "机构改革中"}),
        (("mark", CASE, "B", "--remark", "数字不全"), "mark", {"quality": "B", "remark": "数字不全"}),
    ],
)
def test_R18_a_unit_is_excused_and_what_it_delivered_marked(
    desk: Desk, words: tuple[str, ...], act: str, sent: dict[str, str]
) -> None:
    desk.answer = TASK
    said = desk.type("commission", *words).output
    assert [part for part in ("免交：机构改革中", "质量：良 数字不全") if part not in said] == []
    assert (desk.asked[0].url.path, body(desk)) == (f"/v1/commission-tasks/{CASE}/{act}", sent)


def test_R03_points_are_carried_over_issued_and_their_answers_listed(desk: Desk) -> None:
    point = {"number": 1, "text": "冬季供热", "point_id": CASE, "answered_by": [], "due_at": None}
    desk.answer = {"title": "十二月要点", "points": [point], "version": 3, "units": [{}, {}]}
    assert "冬季供热" in desk.type("guidance", "carry-over", CASE, "2026-12").output
    assert body(desk) == {"period": "2026-12", "due_at": None}
    assert "已下发 2 个单位" in desk.type("guidance", "issue", CASE).output
    assert body(desk) == {"version": 3}
    answer = {"point_number": 2, "number": "2026-0000001", "unit_name": "河西区", "title": "供热准备", "late": True}
    desk.answer = {"items": [answer | {"received_at": "2026-12-01T10:00:00Z"}]}
    said = desk.type("guidance", "answers", CASE, "--point", CASE).output
    assert [word for word in ("河西区", "供热准备", "逾期") if word not in said] == []
    assert desk.asked[-1].url.params["point_id"] == CASE


def test_R12_a_project_goes_from_the_rising_topic_to_the_use_made_of_it(desk: Desk) -> None:
    desk.answer = {"items": [{"topic": "管网", "reports": 5, "before": 3, "units": 2}], "without_topic": 0}
    assert "管网" in desk.type("research", "rising").output
    desk.answer = PROJECT
    start = ("start", "管网", "--plan", "走访六区。", "--lead", CASE, "--milestone", "走访=2026-12-01T18:00:00+08:00")
    for words, path in (
        (start, ""), (("complete", CASE, CASE), f"/{CASE}/milestones/{CASE}/completion"),
        (("link", CASE, CASE), f"/{CASE}/result"), (("finish", CASE), f"/{CASE}/finish"), (("show", CASE), f"/{CASE}"),
    ):  # fmt: skip
        said = desk.type("research", *words).output
        assert desk.asked[-1].url.path == f"/v1/research-projects{path}"
        told = ("已走访三区。", "每日要情 2026年第1期", "尚无", "国家级采用", "按时")
        assert [word for word in told if word not in said] == []
    (started,) = (json.loads(one.content) for one in desk.asked if one.url.path == "/v1/research-projects")
    assert started["milestones"] == [{"name": "走访", "due_at": "2026-12-01T18:00:00+08:00"}]
