"""R24: issues and publications by the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clients.commands import issues
from tests.unit.clients.test_commands import Desk

ISSUE: dict[str, Any] = {
    "issue_id": "019a0000-0000-7000-8000-000000000001", "version": 4, "publication_name": "每日要情",
    "number_line": None, "state": "proof",
    "items": [{"column": "要情", "title": "老旧小区改造", "unit_name": "河西区"}],
    "missing": [{"blocks": True, "text": "待总编辑签发"}],
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


def test_R24_issues_are_listed_without_their_text(desk: Desk) -> None:
    desk.answer = {"items": [ISSUE], "next_cursor": None}
    assert "每日要情" in desk.type("issue", "list", "--state", "proof").output
    assert desk.asked[0].url.params["with_text"] == "false"


def test_R24_publications_are_listed_with_their_sign_off_chain(desk: Desk) -> None:
    publication = {"code": "special", "name": "专报", "kind": "special_report", "numbering": "both"}
    desk.answer = {"items": [publication | {"sign_off_chain": ["chief_editor", "responsible_leader"]}]}
    assert "总编辑" in desk.type("publication", "list").output
