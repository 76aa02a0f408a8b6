"""R04, R05: what a report tells of its incident is written, carried, shown and signed in the console without loss."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from re import DOTALL, findall
from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from contracts.rpc.attachments import Attachment, MediaType
from contracts.rpc.content import Amendment, Content, Figures, Incident, Reference
from contracts.rpc.intake import Report, ReportPage
from contracts.vocabulary import (
    REFERRING,
    AmendmentAct,
    DraftState,
    Element,
    IncidentCategory,
    Kind,
    Leaning,
    ReportState,
    Severity,
    SourceChannel,
    UnitClass,
)
from gateway.console.signed_facts import signed_facts
from tests.factories.gateway_office import Office, Signed, report
from tests.integration.gateway.test_console import drafted, field, offered, refusing, send, unavailable

AT = datetime(2026, 11, 24, 1, 30, 45, tzinfo=UTC)
WHOLE = Content(
    kind=Kind.URGENT_FIRST, title="河西区一商场起火", body="正文。", topic="安全生产", severity=Severity.LARGER,
    occurred_at=AT, place="友谊路 1 号", pre_report_id=uuid4(), drill=True,
    leaning=Leaning.BAD_NEWS, source_channel=SourceChannel.HOTLINE,
    incident=Incident(
        category=IncidentCategory.ACCIDENT, learned_at=AT,
        figures=Figures(dead=3, missing=0, seriously_hurt=11, slightly_hurt=20, loss_yuan="1200500"),
        elements={element: f"{element.label}的说明" for element in Element},
    ),
)  # fmt: skip
"""Everything a first report can say, as a program set it, times with seconds."""


def shown_form(office: Office, who: Signed, content: Content) -> TestResponse:
    draft = offered(office, uuid4(), who.id, content, DraftState.EDITING)
    office.calls.answers |= {
        "intake.get_draft": lambda _: draft, "intake.list_reports": lambda _: ReportPage(items=[]),
        "intake.save_draft": drafted(office, who),
    }  # fmt: skip
    return who.get(f"/drafts/{draft.draft_id}")


def sent_as_shown(office: Office, who: Signed, page: TestResponse, **changes: str) -> Content:
    """Press save on the form as it came; what intake is asked to keep."""
    form = page_fields(page) | changes
    assert send(who, "/drafts", **form).status_code == 303
    request = next(call["request"] for call in office.calls.asked if call["method"] == "save_draft")
    content: Content = request.content
    return content


def page_fields(page: TestResponse) -> dict[str, str]:
    """What a browser would send of this form, without its token and key."""
    inputs = findall(r'<input (?![^>]*type="(?:radio|checkbox)")[^>]*?name="([^"]+)"[^>]*? value="([^"]*)"', page.text)
    areas = findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page.text, DOTALL)
    chosen = findall(r'<input type="(?:radio|checkbox)" name="([^"]+)" value="([^"]*)" checked', page.text)
    selects = findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page.text, DOTALL)
    picked = [(name, one) for name, inside in selects for one in findall(r'value="([^"]*)" selected', inside)]
    names = [*inputs, *areas, *chosen, *picked]
    return {name: unescape(value) for name, value in names if name not in {"csrf_token", "key", "version"}}


def registered(office: Office, content: Content, **changes: Any) -> Report:
    now = office.clock.now()
    told = {name: getattr(content, name) for name in Content.model_fields if name != "report_id"}
    return Report(**{
        **told, "report_id": uuid4(), "number": "2026-0000001", "version": 1, "state": ReportState.RETURNED,
        "unit_id": office.unit_id, "unit_name": "和平区", "unit_class": UnitClass.DISTRICT, "author_name": "王芳",
        "signer_name": "李强", "signer_post": "副区长", "signed_at": now, "received_at": now,
        "receipt_numbers": ["2026-0000001"], "late": None, "deadline_id": None,
        "acknowledged_by": None, "acknowledged_at": None, "due_at": None, "due_explanation_zh": None,
        "due_explanation_en": None, "remarks": "补充伤亡", **changes,
    })  # fmt: skip


def test_R04_saving_in_the_console_loses_nothing_a_program_has_set(office: Office) -> None:
    officer = office.officer()
    page = shown_form(office, officer, WHOLE)
    assert sent_as_shown(office, officer, page) == WHOLE


@pytest.mark.parametrize("kind", [Kind.URGENT_FOLLOW_UP, Kind.URGENT_FINAL, Kind.DEVELOPMENT])
def test_R05_every_kind_comes_back_as_it_was(office: Office, kind: Kind) -> None:
    officer, content = office.officer(), WHOLE.model_copy(update={"kind": kind, "follows_report_id": uuid4()})
    assert sent_as_shown(office, officer, shown_form(office, officer, content)) == content


def test_R04_what_is_typed_stands_over_what_was_carried(office: Office) -> None:
    officer = office.officer()
    page = shown_form(office, officer, WHOLE)
    changes = {"dead": "４", "missing": "", "loss_wan": "1,300", "element.measures": ""}
    content = sent_as_shown(office, officer, page, **changes, occurred_at="2026-11-24T09:20")
    assert content.incident
    assert content.incident.figures == Figures(
        dead=4, seriously_hurt=11, slightly_hurt=20, loss_yuan="13000000"
    )
    assert Element.MEASURES not in content.incident.elements
    assert content.occurred_at == datetime(2026, 11, 24, 1, 20, tzinfo=UTC)


def test_R05_another_kind_takes_along_only_what_it_can_have(office: Office) -> None:
    officer = office.officer()
    page = shown_form(office, officer, WHOLE.model_copy(update={"kind": Kind.URGENT_FOLLOW_UP}))
    content = sent_as_shown(office, officer, page, kind="development")
    assert content == Content(
        kind=Kind.DEVELOPMENT, title=WHOLE.title, body=WHOLE.body, topic=WHOLE.topic, drill=True,
        leaning=WHOLE.leaning, source_channel=WHOLE.source_channel,
    )


@pytest.mark.parametrize(
    ("name", "typed"),
    [("dead", "三人"), ("missing", "-1"), ("loss_wan", "一百"), ("loss_wan", "1e999999999"), ("learned_at", "昨天"),
     ("element.cause", "字" * 2001), ("category", "fire")],
)  # fmt: skip
def test_R04_a_refused_field_is_named_and_nothing_typed_is_lost(office: Office, name: str, typed: str) -> None:
    officer = office.officer()
    form = page_fields(shown_form(office, officer, WHOLE)) | {name: typed}
    answer = send(officer, "/drafts", **form)
    assert answer.status_code == 422
    assert '<p class="fault"' in answer.text or 'role="alert"' in answer.text
    kept = page_fields(answer) | ({name: typed} if name == "category" else {})
    assert kept == form


def test_R04_a_carried_part_that_is_not_ours_is_refused(office: Office) -> None:
    officer = office.officer()
    form = page_fields(shown_form(office, officer, WHOLE))
    for forged in ('["x"]', '{"kind": "urgent_first", "occurred_at": 5e300}', '{"unit_id": "x"}', "{"):
        assert send(officer, "/drafts", **form | {"carried": forged}).status_code in {400, 422}


def test_R05_a_new_version_begins_with_everything_the_returned_one_said(office: Office) -> None:
    officer, returned = office.officer(), registered(office, WHOLE)
    shown_form(office, officer, WHOLE)
    office.calls.answers["intake.get_report"] = lambda _: returned
    page = officer.get(f"/drafts/new?report_id={returned.report_id}")
    content = sent_as_shown(office, officer, page)
    assert content == WHOLE.model_copy(update={"report_id": returned.report_id})


@pytest.mark.parametrize("kind", sorted(REFERRING))
def test_R02_an_answer_is_written_with_the_document_it_answers(office: Office, kind: Kind) -> None:
    reference = Reference(title="关于安全生产的决定", number="津政发〔2026〕1号", dated=date(2026, 1, 5))
    answering = Content(kind=kind, title="落实情况", body="已落实。", reference=reference)
    officer = office.officer()
    assert sent_as_shown(office, officer, shown_form(office, officer, answering)) == answering


@pytest.mark.parametrize("kind", [Kind.URGENT_FOLLOW_UP, Kind.URGENT_FINAL])
def test_R05_what_follows_begins_with_the_event_and_not_with_its_figures(office: Office, kind: Kind) -> None:
    officer, first = office.officer(), registered(office, WHOLE)
    shown_form(office, officer, WHOLE)
    office.calls.answers["intake.get_report"] = lambda _: first
    page = officer.get(f"/drafts/new?kind={kind}&follows_report_id={first.report_id}")
    content = sent_as_shown(office, officer, page, title="续报", body="详情。")
    assert (content.kind, content.follows_report_id, content.drill) == (kind, first.report_id, True)
    assert (content.severity, content.occurred_at, content.place) == (WHOLE.severity, AT, WHOLE.place)
    assert content.incident == Incident(category=IncidentCategory.ACCIDENT)


def test_R04_the_first_report_in_writing_names_the_pre_report_it_makes_good(office: Office) -> None:
    officer, pre_report_id = office.officer(), uuid4()
    shown_form(office, officer, WHOLE)
    page = officer.get(f"/drafts/new?pre_report_id={pre_report_id}")
    content = sent_as_shown(
        office, officer, page, title="起火", body="详情。", severity="larger", occurred_at="2026-11-24T09:20"
    )
    assert (content.kind, content.pre_report_id) == (Kind.URGENT_FIRST, pre_report_id)


def other(value: Any) -> Any:
    """A value that differs from this one."""
    if isinstance(value, Reference):
        return value.model_copy(update={"dated": date(2026, 1, 6)})
    if isinstance(value, list):
        return []
    if isinstance(value, Amendment):
        return value.model_copy(update={"reason": "另一理由"})
    if isinstance(value, Severity | IncidentCategory | Kind | Leaning | SourceChannel):
        return next(member for member in type(value) if member is not value)
    changed: dict[type, Any] = {
        bool: not value, int: 77, str: "另一种说法", UUID: uuid4(), datetime: AT.replace(year=2025),
        Decimal: Decimal(88),
    }  # fmt: skip
    return changed[type(value)]


def every_change() -> list[tuple[str, Content]]:
    """WHOLE with one signed field changed, for every field there is."""
    full = WHOLE.model_copy(
        update={name: uuid4() for name in ("follows_report_id", "assignment_id", "report_id")}
        | {"reference": Reference(title="关于安全生产的决定", number="津政发〔2026〕1号", dated=date(2026, 1, 5))}
        | {"attachments": [Attachment(digest=f"sha256:{0:064}", size=1, media_type=MediaType.PDF, name="平面图.pdf")]}
        | {"amendment": Amendment(act=AmendmentAct.CORRECTION, reason="数字有误")}
    )
    assert full.incident
    assert full.incident.figures
    incident, figures = full.incident, full.incident.figures
    changes: list[tuple[str, dict[str, Any]]] = [
        (name, {name: other(getattr(full, name))})
        for name in Content.model_fields.keys() - {"title", "body", "incident", "secrecy"}
    ]
    told = [
        *({name: other(getattr(incident, name))} for name in Incident.model_fields.keys() - {"figures", "elements"}),
        *({"figures": figures.model_copy(update={n: other(getattr(figures, n))})} for n in Figures.model_fields),
        *({"elements": incident.elements | {element: "另一种说法"}} for element in Element),
    ]
    changes += [
        (f"file {name}", {"attachments": [full.attachments[0].model_copy(update={name: value})]})
        for name, value in (
            ("digest", f"sha256:{1:064}"), ("size", 2), ("media_type", MediaType.OFD), ("name", "平面图2.pdf"),
        )
    ]
    changes += [(f"incident {n}", {"incident": incident.model_copy(update=one)}) for n, one in enumerate(told)]
    return [("as it is", full), *((name, full.model_copy(update=change)) for name, change in changes)]


def test_R09_the_signer_sees_every_field_he_signs(office: Office) -> None:
    with office.app.test_request_context():
        shown = {name: str(signed_facts(content)) for name, content in every_change()}
    unseen = [name for name, facts in shown.items() if name != "as it is" and facts == shown["as it is"]]
    assert unseen == []


def test_R09_draft_page_and_receipt_show_what_is_signed_in_words(office: Office) -> None:
    leader, draft_id = office.leader(), uuid4()
    content = WHOLE.model_copy(update={"occurred_at": office.clock.now(), "pre_report_id": None})
    office.calls.answers["intake.get_draft"] = lambda _: offered(office, draft_id, None, content, DraftState.OFFERED)
    page = leader.get(f"/drafts/{draft_id}")
    words = ["死亡 3 人，失联 0 人，重伤 11 人，轻伤 20 人", "120.05 万元", "本件为演练", "已采取措施的说明"]
    assert [word for word in words if word not in page.text] == []
    office.calls.answers.clear()
    form = {name: field(page, name) for name in ("key", "content", "offer_token")}
    receipt = leader.get(send(leader, f"/drafts/{draft_id}/signature", **form).headers["Location"])
    assert [word for word in words if word not in receipt.text] == []


def test_R04_the_reports_page_shows_the_incident_and_a_plain_report_nothing_of_the_kind(office: Office) -> None:
    officer, plain = office.officer(), Content.model_validate(report())
    office.calls.answers["intake.get_occurrence"] = refusing(unavailable)
    office.calls.answers["intake.get_report"] = lambda _: registered(office, WHOLE)
    assert "120.05 万元" in officer.get(f"/reports/{uuid4()}").text
    office.calls.answers["intake.get_report"] = lambda _: registered(office, plain)
    assert "<dt>伤亡" not in officer.get(f"/reports/{uuid4()}").text

