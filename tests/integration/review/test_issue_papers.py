"""R23: the issue as an official paper, out of the service."""

from __future__ import annotations

import base64
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from docx import Document

from contracts.rpc.secrecy import WITHHELD_TITLE
from contracts.vocabulary import Secrecy
from kernel.errors import NotFound
from tests.factories.review import CHIEF, EDITOR, LEADER, SECRETARY, ReviewOffice, registered
from tests.integration.review.test_proofs import HEAD, act, composed, seen
from tests.integration.review.test_secrecy import CLEARED, raised
from tests.support.pdf_measures import Measured


def paper(office: ReviewOffice, issue_id: UUID, by: Any = SECRETARY, **fields: Any) -> bytes:
    return base64.b64decode(office.do("get_issue_file", by, issue_id=issue_id, **fields).content_base64)


def test_R23_a_published_issue_is_the_same_pdf_every_time(office: ReviewOffice) -> None:
    issue = office.open_issue()
    office.adopted(issue.issue_id, title="和平区优化营商环境", body="一、主要做法\n全区推行一网通办。")
    office.publish(issue.issue_id)
    first = paper(office, issue.issue_id)
    office.harness.clock.advance(timedelta(hours=1))

    assert paper(office, issue.issue_id, by=CHIEF) == first
    text = Measured(first).whole_text()
    assert all(word in text for word in ("每日要情", "2026年第1期", "和平区优化营商环境", "一、主要做法", "印发"))
    assert "校样" not in text


def test_R23_a_composing_issue_is_a_proof_without_number_and_imprint(office: ReviewOffice) -> None:
    issue = office.open_issue()
    office.adopted(issue.issue_id, body="赵😀反映。")

    text = Measured(paper(office, issue.issue_id, by=EDITOR)).whole_text()

    assert "校样（第2版）未编号" in text.replace("\u3000", "")
    assert "U+1F600" in text
    assert "期" not in text
    assert "印发" not in text


def test_R23_head_columns_units_and_distribution_are_those_of_the_publication(office: ReviewOffice) -> None:
    mayor = {"kind": "leader", "name": "陈副市长", "person_id": str(LEADER.person_id), "copies": 2}
    readers = {"kind": "reader", "name": "市委办公厅", "copies": 3}
    words = {"head_text": "津门专报", "issuing_body": "市政府办公厅信息处", "distribution": [mayor, readers]}
    issue = composed(office, items=2, sign_off_chain=[], **words)
    first, second = (item.adoption_id for item in issue.items)
    office.do("combine_items", EDITOR, issue_id=issue.issue_id, adoption_id=first, others=[second])
    places = [{"column": "简讯", "adoption_ids": [first]}]
    act(office, "arrange_issue", EDITOR, seen(office, issue.issue_id), places=places)
    published = act(office, "publish_issue", CHIEF, seen(office, issue.issue_id))

    text = Measured(paper(office, issue.issue_id, by=LEADER)).whole_text()
    wanted = ("津门专报", "市政府办公厅信息处", "简讯", "报：陈副市长", "送：市委办公厅", "共印5份")
    assert [word for word in wanted if word not in text.replace("\u3000", "").replace(" ", "")] == []

    act(office, "withdraw_issue", CHIEF, published, reason="重大差错")
    assert "本期已撤销" in Measured(paper(office, issue.issue_id, by=CHIEF)).whole_text()


def test_R23_a_paper_to_superiors_names_who_signed_it_and_one_for_the_city_does_not(office: ReviewOffice) -> None:
    for level, named in (("upper", True), ("city", False)):
        issue = act(office, "proof_issue", EDITOR, composed(office, 1, level=level))
        for signer in (CHIEF, HEAD):
            issue = act(office, "sign_issue", signer, issue)
        published = act(office, "publish_issue", CHIEF, issue)
        text = "".join(Measured(paper(office, published.issue_id, by=CHIEF)).text(0).split())
        assert (f"签发人：{HEAD.name}" in text) is named


def test_R23_an_issue_without_items_has_a_proof_too(office: ReviewOffice) -> None:
    assert "尚未编入信息" in Measured(paper(office, office.open_issue().issue_id, by=EDITOR)).whole_text()


def test_R23_who_may_not_see_a_composing_issue_gets_no_proof(office: ReviewOffice) -> None:
    with pytest.raises(NotFound):
        paper(office, office.open_issue().issue_id, by=SECRETARY)


def test_R23_docx_says_the_same(office: ReviewOffice) -> None:
    issue = office.open_issue()
    report = office.adopted(issue.issue_id)
    office.publish(issue.issue_id)
    file = office.do("get_issue_file", SECRETARY, issue_id=issue.issue_id, format="docx")
    document = Document(io.BytesIO(base64.b64decode(file.content_base64)))

    assert file.name == "每日要情 2026年第1期.docx"
    assert report.title in [line.text for line in document.paragraphs]


def test_R07_an_item_whose_class_was_raised_is_hidden_in_the_paper_as_on_the_page(office: ReviewOffice) -> None:
    issue = office.open_issue()
    report = registered(title="凤凰山军用机场周边情况", body="凤凰山军用机场周边发现情况。")
    office.register(report)
    office.do("adopt_report", EDITOR, report_id=report.report_id, issue_id=issue.issue_id)
    office.publish(issue.issue_id)
    office.harness.deliver(raised(report, Secrecy.SECRET), report.report_id, 2)

    for kind in ("pdf", "docx"):
        hidden, shown = (
            _words(paper(office, issue.issue_id, by=by, format=kind), kind) for by in (EDITOR, CLEARED)
        )
        assert "凤凰山" not in hidden
        assert WITHHELD_TITLE in hidden
        assert "凤凰山" in shown


def _words(content: bytes, kind: str) -> str:
    if kind == "pdf":
        return Measured(content).whole_text()
    return "".join(line.text for line in Document(io.BytesIO(content)).paragraphs)
