"""R17 from the command line: instructions from the entry to the end, and what the supervisor decides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clients.commands import instructions, supervision
from tests.unit.clients.test_commands import CASE, Desk

OTHER = CASE[:-1] + "2"
ASSIGNMENT: dict[str, Any] = {
    "assignment_id": OTHER, "unit_name": "河西区", "requirement": "请反馈", "due_at": "2026-11-24T03:00:00Z",
    "state": "fed_back", "turn": "supervisor", "leader": "陈副市长", "instruction_text": "请研究。",
    "deadline": {"explanation_zh": "依据。"}, "extensions": [
        {"extension_id": CASE, "wanted_due_at": "2026-12-01T03:00:00Z", "state": "asked", "reason": "会签"},
    ],
    "feedback": [
        {"receipt_number": "2026-0000009", "received_at": "2026-11-23T03:00:00Z", "title": "反馈", "body": "已办。"},
    ],
}  # fmt: skip
INSTRUCTION: dict[str, Any] = {
    "instruction_id": CASE, "leader": "陈副市长", "text": "请研究。", "state": "in_hand", "report_title": "供热",
    "given_at": "2026-11-24T03:00:00Z", "planned": [], "assignments": [ASSIGNMENT],
}  # fmt: skip

RECORD = (
    "instruction", "record", "--leader", "陈副市长", "--text", "请研究。", "--given-at", "2026-11-24T09:00:00+08:00",
)  # fmt: skip


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk()
    for module in (instructions, supervision):
        monkeypatch.setattr(module, "connect", made.connect)
    return made


def test_R17_an_instruction_is_entered_and_assigned_from_the_command_line(desk: Desk) -> None:
    desk.answer = INSTRUCTION
    said = desk.type(
        *RECORD, "--issue", CASE, "--report", OTHER, "--unit", CASE, "--helping", OTHER, "--days", "3",
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    assert "河西区：请反馈" in said.output
    sent = json.loads(desk.asked[0].content)
    assert (desk.asked[0].url.path, sent["leader"], sent["scan"]) == ("/v1/instructions", "陈副市长", None)
    assert [(one["unit_id"], one["part"], one["working_days"]) for one in sent["assignments"]] == [
        (CASE, "lead", 3), (OTHER, "helping", 3),
    ]  # fmt: skip


def test_R17_a_paper_is_entered_with_its_scan(desk: Desk, tmp_path: Path) -> None:
    scan = tmp_path / "批示件.pdf"
    scan.write_bytes(b"%PDF-1.7")
    desk.answer = INSTRUCTION | {"digest": "sha256:0", "name": "批示件.pdf", "verdict": "clean"}
    desk.type(
        *RECORD, "--subject", "供热", "--scan", str(scan), "--unit", CASE,
    )  # fmt: skip
    assert desk.asked[0].url.path == "/v1/attachments"
    told = json.loads(desk.asked[1].content)
    assert ("verdict" in told["scan"], told["scan"]["name"]) == (False, "批示件.pdf")


@pytest.mark.parametrize(
    ("words", "path", "body"),
    [
        (("instruction", "confirm", CASE), f"/v1/instructions/{CASE}/confirmation", {"scan": None}),
        (("instruction", "withdraw", CASE, "--reason", "错"), f"/v1/instructions/{CASE}/withdrawal", {"reason": "错"}),
        (("instruction", "present", CASE), f"/v1/instructions/{CASE}/presentation", {"note": ""}),
        (("instruction", "close", CASE), f"/v1/instructions/{CASE}/closing", {}),
        (("supervision", "accept", OTHER), f"/v1/assignments/{OTHER}/acceptance", {}),
        (("supervision", "return", OTHER, "--remarks", "补充"), f"/v1/assignments/{OTHER}/return", {"remarks": "补充"}),
        (
            ("supervision", "grant", OTHER, CASE), f"/v1/assignments/{OTHER}/extensions/{CASE}/grant",
            {"due_at": None, "remarks": ""},
        ),
        (
            ("supervision", "refuse", OTHER, CASE, "--remarks", "不必"),
            f"/v1/assignments/{OTHER}/extensions/{CASE}/refusal", {"remarks": "不必"},
        ),
    ],
)  # fmt: skip
def test_R17_each_act_has_a_command(desk: Desk, words: tuple[str, ...], path: str, body: dict[str, Any]) -> None:
    desk.answer = INSTRUCTION if words[0] == "instruction" else ASSIGNMENT
    result = desk.type(*words)
    assert result.exit_code == 0, result.output
    assert "河西区" in result.output
    assert (desk.asked[0].url.path, json.loads(desk.asked[0].content)) == (path, body)


def test_R17_instructions_and_an_assignment_are_shown_in_words(desk: Desk) -> None:
    desk.answer = {"items": [INSTRUCTION]}
    assert "办理中" in desk.type("instruction", "list", "--to-present").output
    assert dict(desk.asked[0].url.params) == {"limit": "20", "to_present": "true"}
    desk.answer = ASSIGNMENT
    said = desk.type("supervision", "show", OTHER).output
    for part in ("轮到督办员", "2026-11-24 11:00", "反馈 2026-0000009", "延期待批"):
        assert part in said


def test_R17_is_anyone_late_is_one_line_on_the_command_line(desk: Desk) -> None:
    desk.answer = {"rows": [{"line_zh": "陈副市长：没有逾期，未办结1件。"}]}
    assert desk.type("supervision", "leaders", "--leader", "陈副市长").output == "陈副市长：没有逾期，未办结1件。\n"
    assert dict(desk.asked[0].url.params) == {"leader": "陈副市长"}


def test_R17_ledger_and_notices_are_written_in_the_format_that_the_name_says(desk: Desk, tmp_path: Path) -> None:
    for name, words in (("清单.pdf", ("--unfinished",)), ("台账.xlsx", ()), ("台账.docx", ("--late",))):
        assert desk.type("supervision", "ledger", str(tmp_path / name), *words).exit_code == 0
        assert (tmp_path / name).exists()
    desk.type("supervision", "notice", OTHER, str(tmp_path / "催.docx"), "--kind", "chasing_notice")
    assert (tmp_path / "催.docx").exists()
    assert [(one.url.path.rpartition("/")[2], dict(one.url.params)) for one in desk.asked] == [
        ("paper", {"unfinished": "true", "format": "pdf"}), ("file", {}), ("paper", {"late": "true", "format": "docx"}),
        ("chasing-notice", {"format": "docx"}),
    ]  # fmt: skip
    refused = desk.type("supervision", "notice", OTHER, str(tmp_path / "催.xlsx"))
    assert (refused.exit_code, (tmp_path / "催.xlsx").exists()) == (2, False)
