"""R06: the hint for whoever writes and signs, and the editor's page of two texts side by side."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts.rpc import similar as rpc
from contracts.rpc.content import Content
from contracts.rpc.intake import Report
from contracts.vocabulary import DraftState, Kind, ReportState, Role
from kernel.testing import SettableClock
from tests.factories.gateway_office import Office
from tests.integration.gateway.test_console import TYPED, holder, offered, refusing, send, unavailable

SENTENCE = "今晨六时已恢复通水<b>。"
HERE, THERE = f"昨夜管网破裂。{SENTENCE}", f"{SENTENCE}下一步开展排查。"


def hint(**changes: Any) -> rpc.SimilarHint:
    now = SettableClock().now()
    values: dict[str, Any] = {
        "unit_name": "河西区", "own": False, "received_at": now - timedelta(minutes=40), "minutes": 40, "percent": 85,
        "report_id": None, "number": None, "title": None,
    }  # fmt: skip
    return rpc.SimilarHint(**(values | changes))


def report(report_id: UUID, body: str) -> Report:
    values: dict[str, Any] = {name: None for name, field in Report.model_fields.items() if field.is_required()}
    values |= {
        "report_id": report_id, "number": "2026-0000001", "kind": Kind.DEVELOPMENT, "title": "管网抢修", "body": body,
        "unit_name": "河西区", "author_name": "王敏", "signer_name": "李强", "drill": False,
        "received_at": SettableClock().now(),
    }  # fmt: skip
    return Report.model_construct(**values)


def similar_report(report_id: UUID) -> rpc.SimilarReport:
    begin = HERE.index(SENTENCE)
    pair = rpc.EqualSentence(
        here=rpc.Span(begin=begin, end=begin + len(SENTENCE)), there=rpc.Span(begin=0, end=len(SENTENCE))
    )
    return rpc.SimilarReport(
        report_id=report_id, number="2026-0000002", unit_name="武清区", kind=Kind.DEVELOPMENT,
        state=ReportState.AT_DESK, title="通水", received_at=SettableClock().now(), minutes=25, percent=47,
        incident_id=None, equal=[pair],
    )  # fmt: skip


def test_R06_the_hint_names_the_other_unit_and_how_long_ago(office: Office) -> None:
    asked: list[rpc.SimilarToText] = []
    office.calls.answers["intake.similar_to_text"] = lambda request: asked.append(request) or rpc.SimilarHints(
        items=[hint()]
    )
    answer = send(office.officer(), "/similarities", **TYPED, drill="true")
    assert "河西区已于40分钟前报送相近内容（相似度约 85%）" in answer.text
    assert (asked[0].body, asked[0].drill) == ("第一段。\n第二段 <b>&amp;</b>", True)


def test_R06_a_hint_that_cannot_be_had_holds_nobody_up(office: Office) -> None:
    officer = office.officer()
    office.calls.answers["intake.similar_to_text"] = refusing(unavailable)
    answer = send(officer, "/similarities", **TYPED)
    assert (answer.status_code, answer.text.strip()) == (200, "")
    assert send(officer, "/similarities", kind="nonsense").status_code == 200


def test_R06_the_signer_reads_the_hint_above_the_text(office: Office) -> None:
    content, draft_id = Content(kind=Kind.DEVELOPMENT, title="管网抢修", body=HERE), uuid4()
    office.calls.answers["intake.get_draft"] = lambda _: offered(office, draft_id, None, content, DraftState.OFFERED)
    own = hint(own=True, unit_name="和平区", report_id=uuid4(), number="2026-0000009", title="上周的<管网>")
    office.calls.answers["intake.similar_to_text"] = lambda _: rpc.SimilarHints(items=[hint(), own])
    page = office.leader().client.get(f"/drafts/{draft_id}").text
    assert page.index("河西区已于40分钟前报送") < page.index("昨夜管网破裂")
    assert f'/reports/{own.report_id}" target="_blank">《上周的&lt;管网&gt;》' in page


def test_R06_equal_sentences_are_marked_on_both_sides(office: Office) -> None:
    here, there, other = uuid4(), uuid4(), uuid4()
    texts = {here: HERE, there: THERE, other: "另一件事。"}
    office.calls.answers |= {
        "intake.similar_reports": lambda _: rpc.SimilarReports(items=[similar_report(there)]),
        "intake.get_report": lambda request: report(request.report_id, texts[request.report_id]),
    }
    editor = holder(office, Role.EDITOR).client
    page = editor.get(f"/reports/{here}/similar/{there}").text
    assert page.count('<mark class="equal">今晨六时已恢复通水&lt;b&gt;。<sup>1</sup></mark>') == 2
    assert editor.get(f"/reports/{here}/similar/{other}").status_code == 404


def test_R06_only_editors_open_the_comparison(office: Office) -> None:
    assert office.officer().client.get(f"/reports/{uuid4()}/similar/{uuid4()}").status_code == 403
