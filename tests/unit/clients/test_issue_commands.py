"""R24: issues and publications by the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clients.commands import issues
from tests.unit.clients.test_commands import Desk

ISSUE: dict[str, Any] = {
    "issue_id": "019a0000-0000-7000-8000-000000000001", "version": 4, "publication_name": "每日要情",
    "number_line": None, "state": "proof",
    "items": [{"column": "要情", "title": "老旧小区改造", "unit_name": "河西区", "adoption_id": "019a-a1"}],
    "missing": [{"blocks": True, "text": "待总编辑签发"}],
    "comments": [{"comment_id": "019a-c1", "by_name": "刘洋", "text": "请核对", "resolution": None}],
}  # fmt: skip


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(answer=ISSUE)
    monkeypatch.setattr(issues, "connect", made.connect)
    return made


@pytest.mark.parametrize(
    ("words", "act", "body"),
    [
        (["proof"], "proof", {}), (["sign"], "signatures", {}), (["publish"], "publication", {}),
        (["recompose", "--reason", "补充"], "recomposition", {"reason": "补充"}),
        (["withdraw", "--reason", "重大差错"], "withdrawal", {"reason": "重大差错"}),
    ],
)  # fmt: skip
def test_R24_an_act_on_an_issue_states_the_version_that_is_there(
    desk: Desk, words: list[str], act: str, body: dict[str, str]
) -> None:
    said = desk.type("issue", words[0], ISSUE["issue_id"], *words[1:])
    assert said.exit_code == 0, said.output
    read, done = desk.asked
    assert (read.method, done.method, done.url.path.rpartition("/")[2]) == ("GET", "POST", act)
    assert json.loads(done.content) == body | {"version": 4}
    assert "待总编辑签发" in said.output


def test_R23_a_correction_is_opened_and_a_remark_made_by_the_items_place(desk: Desk) -> None:
    wrong = ISSUE["issue_id"]
    words = ["--corrects", wrong, "--item", "1", "--reason", "“15家”应为“51家”。"]
    assert desk.type("issue", "open", "daily", *words).exit_code == 0
    corrects = {"issue_id": wrong, "adoption_id": "019a-a1", "reason": "“15家”应为“51家”。"}
    sent = {"publication_code": "daily", "supplement": False, "corrects": corrects}
    assert json.loads(desk.asked[-1].content) == sent
    said = desk.type("issue", "comment", wrong, "请核对", "--item", "1", "--quote", "改造")
    assert json.loads(desk.asked[-1].content) == {"adoption_id": "019a-a1", "quote": "改造", "text": "请核对"}
    assert all(word in said.output for word in ("019a-c1", "未处理"))
    assert desk.type("issue", "resolve", wrong, "019a-c1", "已核对").exit_code == 0
    assert desk.asked[-1].url.path.endswith("/comments/019a-c1/resolution")
    asked = len(desk.asked)
    assert desk.type("issue", "comment", wrong, "请核对", "--item", "2").exit_code == 1
    assert [each.method for each in desk.asked[asked:]] == ["GET"]


@pytest.mark.parametrize("words", [["--reason", "“15家”应为“51家”。"], ["--item", "1"]])
def test_R23_words_of_a_correction_without_the_issue_corrected_are_refused(desk: Desk, words: list[str]) -> None:
    said = desk.type("issue", "open", "daily", *words)
    assert said.exit_code == 1
    assert "--corrects" in said.output
    assert desk.asked == []


def test_R23_the_paper_is_written_in_the_format_of_its_name(desk: Desk, tmp_path: Path) -> None:
    assert desk.type("issue", "paper", ISSUE["issue_id"], str(tmp_path / "第1期.docx")).exit_code == 0
    assert desk.asked[0].url.params["format"] == "docx"
    assert (tmp_path / "第1期.docx").read_bytes()


def test_R23_a_publication_is_shown_changed_and_recorded_at_the_version_shown(desk: Desk, tmp_path: Path) -> None:
    desk.answer = {"code": "daily", "name": "每日要情", "version": 3, "numberings": [{"valid_from": "2026-01-01"}]}
    file = tmp_path / "daily.json"
    file.write_text(desk.type("publication", "show", "daily").output, encoding="utf-8")
    assert "第 3 版" in desk.type("publication", "record", str(file)).output
    put = desk.asked[-1]
    assert (put.method, put.url.path) == ("PUT", "/v1/publications/daily")
    assert json.loads(put.content) == {"name": "每日要情", "version": 3}
    file.write_text("[]", encoding="utf-8")
    refused = desk.type("publication", "record", str(file))
    assert (refused.exit_code, "publication show" in refused.output) == (1, True)


def test_R24_issues_are_listed_without_their_text(desk: Desk) -> None:
    desk.answer = {"items": [ISSUE], "next_cursor": None}
    assert "每日要情" in desk.type("issue", "list", "--state", "proof").output
    assert desk.asked[0].url.params["with_text"] == "false"


def test_R24_publications_are_listed_with_their_sign_off_chain(desk: Desk) -> None:
    publication = {"code": "special", "name": "专报", "kind": "special_report", "numbering": "both"}
    desk.answer = {"items": [publication | {"sign_off_chain": ["chief_editor", "responsible_leader"]}]}
    assert "总编辑" in desk.type("publication", "list").output
