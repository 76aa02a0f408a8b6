"""R24: what the command line asks the gateway for, and what it says of the answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from click.testing import Result
from typer.testing import CliRunner

from clients.cli import application
from clients.client import Client
from clients.commands import (
    assignments,
    commissions,
    deadlines,
    desk_acts,
    guidance,
    incidents,
    pre_reports,
    queue,
    reports,
    research,
    trainings,
)

CASE = "019a0000-0000-7000-8000-000000000001"
LATE = {
    "deadline": {"explanation_zh": "截止时间为11:00；到期未完成，已超时。"},
    "statements": [
        {"at": "2026-11-24T04:00:00Z", "by_name": "李明", "decision": None, "text": "通信中断"},
        {"at": "2026-11-24T05:00:00Z", "by_name": "陈静", "decision": "upheld", "text": "未中断"},
    ],
}


@dataclass
class Desk:
    """The command line before a gateway that gives one answer and keeps what it was asked."""

    answer: dict[str, Any] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)

    def connect(self, url: str, token: str) -> Client:
        def gateway(request: httpx.Request) -> httpx.Response:
            self.asked.append(request)
            return httpx.Response(200, json=self.answer)

        client = Client(url, token)
        client._http = httpx.Client(base_url=url, transport=httpx.MockTransport(gateway))
        return client

    def type(self, *words: str) -> Result:
        return CliRunner().invoke(application, [*words, "--token", "cb_x"])


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk()
    commands: tuple[ModuleType, ...] = (
        assignments, commissions, deadlines, desk_acts, guidance, incidents, pre_reports, queue, reports, research,
        trainings,
    )  # fmt: skip
    for module in commands:
        monkeypatch.setattr(module, "connect", made.connect)
    monkeypatch.setattr(pre_reports, "by_token", made.connect)
    return made


def test_R17_what_the_office_finished_is_listed_and_summed_up_and_whose_turn_it_was(desk: Desk) -> None:
    step = {"step": "decide_feedback", "leader": "陈副市长", "report_title": "供热", "late": True, "seconds": 129_600.0}
    step |= {"outcome": "returned", "finished_by": "周督办", "finished_at": "2026-11-24T03:00:00Z"}
    desk.answer = {"items": [step]}
    listed = desk.type("assignment", "office-finished", "--late").output
    assert [part in listed for part in ("反馈待审核", "反馈退回", "1.5", "超时")] == [True] * 4
    desk.answer = {"rows": [{"step": "assign", "in_time": 3, "late": 0, "median_seconds": None}]}
    assert "—" in desk.type("assignment", "office-time", "--since", "2026-11-01T00:00:00+08:00").output
    turn = {"turn": "leader", "unit_name": None, "step": None, "since": "2026-11-24T03:00:00Z", "until": None}
    desk.answer = {"rows": [turn | {"seconds": 43_200.0, "late": None}]}
    assert "0.5" in desk.type("assignment", "turns", CASE).output
    assert [one.url.path for one in desk.asked] == [
        "/v1/supervision-ledger/finished-office-steps", "/v1/supervision-ledger/office-time",
        f"/v1/instructions/{CASE}/turns",
    ]  # fmt: skip


def test_R04_the_missed_and_unexplained_are_listed_with_their_outcome(desk: Desk) -> None:
    item = {"deadline_id": CASE, "kind": "follow_up", "title": "工地塌方", "outcome": "missed"}
    item["due_at"] = "2026-11-24T03:00:00Z"
    desk.answer = {"items": [item]}
    result = desk.type("deadline", "list", "--unexplained", "--outcome", "missed")
    assert (result.exit_code, "超时" in result.output) == (0, True)
    assert dict(desk.asked[0].url.params) == {"limit": "20", "outcome": "missed", "unexplained": "true"}


def test_R24_people_read_beijing_times_and_words_and_programs_the_gateways_own(desk: Desk) -> None:
    item = {"number": "2026-0000506", "title": "供热", "state": "at_desk", "received_at": "2026-11-03T17:38:48.655328Z"}
    desk.answer = {"items": [item]}
    said = desk.type("report", "list").output
    assert ["2026-11-04 01:38:48" in said, "T17:38" in said, "at_desk" in said] == [True, False, False]
    assert json.loads(desk.type("report", "list", "--json").output) == desk.answer


def test_R04_a_case_is_told_with_reason_and_decision(desk: Desk) -> None:
    desk.answer = LATE
    said = desk.type("deadline", "show", CASE).output
    for part in ("已超时", "李明 单位说明：通信中断", "陈静 认定迟报：未中断"):
        assert part in said
    assert desk.asked[0].url.path == f"/v1/deadlines/{CASE}"


def test_R04_a_reason_is_sent(desk: Desk) -> None:
    desk.answer = LATE
    result = desk.type("deadline", "explain", CASE, "--reason", "通信中断", "--json")
    assert json.loads(result.output) == LATE
    assert (desk.asked[0].method, desk.asked[0].url.path) == ("POST", f"/v1/deadlines/{CASE}/reason")
    assert json.loads(desk.asked[0].content) == {"reason": "通信中断"}


def test_R04_a_call_is_noted_with_what_was_said_and_nothing_else(desk: Desk) -> None:
    desk.answer = {"pre_report_id": CASE, "due_explanation_zh": "截止时间为11:00。"}
    result = desk.type(
        "pre-report", "add", "--title", "商场火灾", "--severity", "larger", "--caller", "张伟", "--number", "138",
        "--occurred-at", "2026-11-24T08:00:00+08:00", "--called-at", "2026-11-24T08:05:00+08:00", "--read-back",
    )  # fmt: skip
    assert (CASE in result.output, "截止时间为11:00。" in result.output) == (True, True)
    assert json.loads(desk.asked[0].content) == {
        "title": "商场火灾", "severity": "larger", "caller_name": "张伟", "caller_number": "138", "read_back": True,
        "occurred_at": "2026-11-24T08:00:00+08:00", "called_at": "2026-11-24T08:05:00+08:00",
    }


def test_R04_a_time_without_zone_is_refused_before_anything_is_sent(desk: Desk) -> None:
    result = desk.type(
        "pre-report", "add", "--title", "火灾", "--severity", "larger", "--caller", "张伟", "--number", "138",
        "--occurred-at", "2026-11-24T08:00:00", "--called-at", "2026-11-24T08:05:00+08:00",
    )  # fmt: skip
    assert (result.exit_code, desk.asked) == (1, [])


def test_R04_calls_that_wait_for_their_report_are_listed(desk: Desk) -> None:
    called = {"pre_report_id": CASE, "title": "火灾", "called_at": "x", "due_at": None, "outcome": "open"}
    desk.answer = {"items": [called]}
    assert "火灾" in desk.type("pre-report", "list", "--waiting").output
    assert desk.asked[0].url.params["waiting"] == "true"


STEP = {"label": "续报1", "number": "2026-7", "title": "火情已控制", "received_at": "2026-11-24T05:00:00Z"}


def test_R05_a_chain_is_told_with_what_is_missing_and_until_when(desk: Desk) -> None:
    desk.answer = {
        "state": "open", "steps": [STEP], "missing": ["figures", "cause"],
        "next_step": {"explanation_zh": "最迟19:00报送。"},
    }  # fmt: skip
    said = desk.type("report", "chain", CASE).output
    assert desk.asked[0].url.path == f"/v1/reports/{CASE}/chain"
    for part in ("续报中", "火情已控制", "尚未报告：伤亡和损失、原因", "最迟19:00报送。"):
        assert part in said


def test_R05_incidents_are_listed_and_one_is_told_by_its_timeline(desk: Desk) -> None:
    incident = {"incident_id": CASE, "number": "事2026-1", "title": "跨区火情", "state": "open", "reports": 2}
    desk.answer = {"items": [incident]}
    assert "跨区火情" in desk.type("incident", "list").output
    desk.answer = incident | {"timeline": [{"unit_name": "河西区", "step": STEP}]}
    said = desk.type("incident", "show", CASE).output
    for part in ("事2026-1 跨区火情（处置中）", "河西区", "续报1"):
        assert part in said


def test_R10_a_text_is_checked_its_first_line_being_the_title(desk: Desk, tmp_path: Path) -> None:
    finding = {"rule": "wrong-words", "field": "body", "start": 2, "end": 4, "words": "布署", "why_zh": "有误。",
        "suggestion": "部署"}  # fmt: skip
    desk.answer = {"items": [finding], "muted": 1}
    (tmp_path / "text").write_text("我区部署供热\n\n全区布署供热。\n", encoding="utf-8")
    result = desk.type("report", "check", str(tmp_path / "text"))
    sent = {"kind": "development", "title": "我区部署供热", "body": "全区布署供热。\n"}
    assert json.loads(desk.asked[0].content) == sent
    assert ("wrong-words" in result.stdout, "已屏蔽 1" in result.stdout, result.exit_code) == (True, True, 0)


def test_R14_a_years_trainings_are_listed(desk: Desk) -> None:
    item = {"training_id": CASE, "day": "2026-05-12", "kind": "exchange", "subject": "跨区跟班", "hours": "6.0",
        "organiser_name": "河西区", "people": 2}  # fmt: skip
    desk.answer = {"items": [item]}
    said = desk.type("training", "list", "--year", "2026").output
    assert ("跨区跟班" in said, "交流" in said) == (True, True)
    assert dict(desk.asked[0].url.params) == {"year": "2026", "limit": "50"}


def test_R11_the_desk_is_listed_by_its_filters(desk: Desk) -> None:
    item = {
        "report_id": CASE, "unit_name": "河西区", "title": "管网抢修", "state": "waiting", "claimed_by": None,
        "received_at": "2026-11-24T01:00:00Z",
    }  # fmt: skip
    desk.answer = {"items": [item], "next_cursor": None}
    assert "管网抢修" in desk.type("queue", "list", "--mine", "--topic", "供热").output
    assert dict(desk.asked[0].url.params) == {"limit": "50", "mine": "true", "topic": "供热"}


def test_R11_one_act_on_several_reports_fails_when_one_was_refused(desk: Desk) -> None:
    refused = {"report_id": CASE, "status": 409, "state": None, "problem": {"detail": "已由王编辑认领。"}}
    desk.answer = {"items": [refused]}
    result = desk.type("queue", "decide", "decline", CASE, "--words", "重复")
    assert (result.exit_code, "已由王编辑认领" in result.output) == (1, True)
    assert json.loads(desk.asked[0].content) == {"act": "decline", "report_ids": [CASE], "words": "重复"}


def test_R11_a_saved_view_is_listed_with_further_filters_and_kept_under_another_name(desk: Desk) -> None:
    filters = {"kind": "research", "mine": True, "unit_id": None}
    desk.answer = {"items": [{"name": "调研", "filters": filters}], "next_cursor": None}
    desk.type("queue", "list", "--view", "调研", "--topic", "供热", "--save-as", "供热调研", "--json")
    _, saved, listed = desk.asked
    assert json.loads(saved.content) == {
        "name": "供热调研", "filters": {"kind": "research", "mine": True, "topic": "供热"},
    }  # fmt: skip
    assert dict(listed.url.params) == {"limit": "50", "kind": "research", "mine": "true", "topic": "供热"}
    assert "没有名为“无”的常用视图" in desk.type("queue", "list", "--view", "无").output


LAID: dict[str, Any] = {
    "number": "2026-1", "title": "管网抢修", "state": "decided", "decision": "adopted", "claimed_by": "王编辑",
    "unit_name": "河西区", "signer_name": "李强", "received_at": "2026-11-24T01:00:00Z", "body": "已恢复。",
    "handed_by": "周静", "handover_note": "区里 20 时回电", "passings": [], "outcomes": [],
    "items": [
        {
            "publication_name": "每日要情", "number_line": None, "adopted_by": "王编辑", "withdrawn_by": "刘洋",
            "adopted_at": "2026-11-24T01:00:00Z", "withdrawn_at": "2026-11-24T01:00:00Z", "withdrawal_reason": "重复",
        }
    ],
}  # fmt: skip
ACTS: list[tuple[list[str], str, dict[str, Any]]] = [
    (["release", CASE], "release", {}),
    (["hand-over", CASE, "--to", CASE, "--name", "李编辑", "--note", "回电"], "handover",
     {"to_id": CASE, "to_name": "李编辑", "note": "回电"}),
    (["due", CASE, "--at", "2026-11-25T07:30:00+08:00"], "due", {"due_at": "2026-11-25T07:30:00+08:00"}),
    (["adopt", CASE, "--issue", CASE, "--column", "要闻", "--title", "改过的题"], "adoption",
     {"issue_id": CASE, "item_kind": "item", "column": "要闻", "title": "改过的题"}),
    (["withdraw-adoption", CASE, "--reason", "重复"], "adoption/withdrawal", {"reason": "重复"}),
    (["pass-up", CASE, "--level", "state"], "passings", {"level": "state"}),
    (["send", CASE, "--reader", f"{CASE}=周明"], "readings", {"readers": [{"person_id": CASE, "name": "周明"}]}),
    (["reopen", CASE], "reopening", {}),
    (["claim", CASE, "--take-over"], "claim", {"take_over": True}),
]  # fmt: skip


@pytest.mark.parametrize(("words", "path", "body"), ACTS)
def test_R11_an_editor_does_every_act_of_the_desk_from_the_command_line(
    desk: Desk, words: list[str], path: str, body: dict[str, Any]
) -> None:
    desk.answer = LAID | {"claimed_until": "2026-11-24T01:30:00Z"}
    result = desk.type("queue", *words)
    assert (result.exit_code, "管网抢修" in result.output) == (0, True)
    assert (desk.asked[0].url.path, json.loads(desk.asked[0].content)) == (f"/v1/queue/{CASE}/{path}", body)


def test_R11_a_report_is_told_with_its_adoptions_and_what_was_promised(desk: Desk) -> None:
    desk.answer = LAID
    said = desk.type("queue", "show", CASE).output
    for part in ("采用（王编辑）", "已恢复。", "周静移交时交代：区里 20 时回电", "刘洋撤销：重复"):
        assert part in said
    assert [asked.url.path for asked in desk.asked] == [
        f"/v1/queue/{CASE}{part}" for part in ("", "/adoptions", "/passings")
    ]


def test_R11_the_handover_sheet_is_printed_part_by_part(desk: Desk) -> None:
    line = {"report_id": CASE, "unit_name": "河西区", "title": "管网抢修", "person": "李编辑", "note": "20 时回电"}
    nothing = {"total": 0, "items": []}
    desk.answer = dict.fromkeys(("waiting", "in_hand", "pre_adopted", "returned", "verifications"), nothing)
    desk.answer["promised"] = {"total": 1, "items": [line]}
    said = desk.type("queue", "sheet", "--end", "2026-11-24T08:00:00+08:00").output
    assert ("应承待办（1）" in said, "20 时回电" in said) == (True, True)
    assert desk.asked[0].url.params["end"] == "2026-11-24T08:00:00+08:00"


def test_R18_what_the_unit_owes_is_listed_with_its_due_time(desk: Desk) -> None:
    item = {"task_id": CASE, "commission_id": CASE, "subject": "供热", "unit_name": "河西区", "state": "owed"}
    desk.answer = {"items": [item | {"due_at": "2026-11-24T03:00:00Z"}]}
    result = desk.type("commission", "list", "--state", "owed")
    assert (result.exit_code, "待交稿" in result.output) == (0, True)
    assert dict(desk.asked[0].url.params) == {"limit": "20", "state": "owed"}


def test_R18_what_is_wanted_is_printed_with_what_was_delivered(desk: Desk) -> None:
    desk.answer = {
        "subject": "供热", "state": "delivered", "requirements": "写清热源。",
        "deadline": {"explanation_zh": "按时完成。"},
        "answers": [{"receipt_number": "2026-0000001", "title": "河西区供热"}],
    }
    said = desk.type("commission", "show", CASE).output
    assert [part for part in ("已交稿", "写清热源。", "按时完成。", "2026-0000001") if part not in said] == []


def test_R03_points_are_printed_with_the_number_of_reports_that_answer(desk: Desk) -> None:
    point = {"number": 1, "text": "冬季供热", "point_id": CASE, "answered_by": [{"number": 2}, {"number": 1}]}
    point["due_at"] = "2026-12-01T10:00:00Z"
    desk.answer = {"title": "十一月要点", "points": [point]}
    said = desk.type("guidance", "show", CASE).output
    assert "冬季供热" in said
    assert " 3 " in said


def test_R12_a_note_is_added_to_a_project(desk: Desk) -> None:
    desk.answer = {"topic": "管网", "notes": [{}, {}]}
    assert "共 2 条" in desk.type("research", "note", CASE, "--text", "已走访").output
    assert desk.asked[0].url.path == f"/v1/research-projects/{CASE}/notes"


def test_R12_changes_of_a_plan_are_listed_with_both_due_times(desk: Desk) -> None:
    times = {"at": "2026-11-24", "old_due_at": "2026-12-01", "new_due_at": "2026-12-05"}
    desk.answer = {"items": [{"what": "milestone_moved", "milestone": "走访", "reason": "大雪"} | times]}
    said = desk.type("research", "changes", CASE).output
    assert [word for word in ("调整时限", "走访", "大雪") if word not in said] == []


def test_R12_projects_are_listed_by_state(desk: Desk) -> None:
    desk.answer = {
        "items": [{"project_id": CASE, "topic": "管网", "lead": {"unit_name": "河西区"}, "state": "running"}]
    }
    assert "进行中" in desk.type("research", "list", "--state", "running").output


def test_R17_what_is_late_is_listed_and_more_time_is_asked_for(desk: Desk) -> None:
    item = {"assignment_id": CASE, "leader": "陈副市长", "unit_name": "河西区", "requirement": "请反馈", "late": True}
    item |= {"due_at": "2026-11-24T03:00:00Z", "state": "received"}
    desk.answer = {"items": [item]}
    assert "逾期" in desk.type("assignment", "list", "--late", "--outcome", "missed").output
    assert dict(desk.asked[0].url.params) == {"limit": "20", "late": "true", "outcome": "missed"}
    desk.answer = item
    desk.type("assignment", "receive", CASE)
    until = "2026-12-20T18:00:00+08:00"
    said = ("--until", until, "--reason", "会签", "--progress", "过半")
    assert desk.type("assignment", "extend", CASE, *said).exit_code == 0
    assert [one.url.path for one in desk.asked[1:]] == [
        f"/v1/assignments/{CASE}/receipt", f"/v1/assignments/{CASE}/extensions",
    ]  # fmt: skip
    assert json.loads(desk.asked[2].content) == {"wanted_due_at": until, "reason": "会签", "progress": "过半"}
