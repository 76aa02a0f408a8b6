"""R04: the quick entry saves and offers in one act, once however often it is sent, and loses nothing that was typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest

from contracts.rpc.content import Content
from contracts.rpc.deadlines import DeadlinePage
from contracts.rpc.drafts import Draft, DraftPage, OfferDraft
from contracts.rpc.instructions import AssignmentPage
from contracts.rpc.intake import ReportPage
from contracts.rpc.similar import SimilarHints
from contracts.vocabulary import DraftState, Element, IncidentCategory, Kind, Severity
from gateway.console.wording import beijing_input
from kernel.errors import Invalid
from tests.factories import files
from tests.factories.gateway_office import Office, Signed
from tests.integration.gateway.test_check_page import FOUND
from tests.integration.gateway.test_console import drafted, field, offered, refusing, send, unavailable
from tests.integration.gateway.test_similar_pages import hint

FILLED = {
    "title": "一商场发生火灾", "place": "河西区友谊路", "severity": "larger", "category": "accident",
    "dead": "3", "missing": "", "seriously_hurt": "0",
    "element.measures": "消防已到场，\r\n正在灭火。", "element.contact": "王芳 022",
}  # fmt: skip


def filled(office: Office, **changes: str) -> dict[str, str]:
    occurred_at = beijing_input(office.clock.now() - timedelta(minutes=10))
    return {"occurred_at": occurred_at, "key": str(uuid4()), **FILLED, **changes}


def taking(office: Office, who: Signed) -> None:
    """Intake keeps the draft and takes the offer."""
    office.calls.answers |= {"intake.save_draft": drafted(office, who), "intake.offer_draft": offering(office, who)}


def offering(office: Office, who: Signed) -> Callable[[OfferDraft], Draft]:
    def answer(request: OfferDraft) -> Draft:
        saved = next(call["request"] for call in office.calls.asked if call["method"] == "save_draft")
        return offered(office, request.draft_id, who.id, saved.content, DraftState.OFFERED)

    return answer


def test_R04_the_time_is_filled_in_by_the_gateways_clock(office: Office) -> None:
    page = office.officer().get("/urgent")
    assert field(page, "occurred_at") == beijing_input(office.clock.now())
    assert field(page, "element.contact").strip() == "王芳"


def test_R04_what_is_wrong_is_said_for_people_and_leads_to_its_field(office: Office) -> None:
    page = send(office.officer(), "/urgent", **filled(office, dead="三")).text
    assert "请填写整数，例：3。" in page
    assert '<a href="#dead">死亡</a>' in page
    assert re.search(r'id="dead"[^>]* aria-invalid="true" aria-describedby="dead-fault"', page)


def test_R04_a_photograph_goes_with_the_quick_entry_and_one_that_is_refused_loses_nothing(office: Office) -> None:
    officer = office.officer()
    taking(office, officer)
    both = {"attachments": [(BytesIO(files.jpeg()), "现场.jpg"), (BytesIO(files.mp4(b"heic")), "IMG.heic")]}
    page = send(officer, "/urgent", **filled(office), **both)
    assert (page.status_code, "一商场发生火灾" in page.text, "现场.jpg" in page.text) == (415, True, True)
    carried = {"carried": field(page, "carried"), "key": field(page, "key")}
    assert send(officer, "/urgent", **filled(office, **carried)).status_code == 303
    (saved,) = [call["request"] for call in office.calls.asked if call["method"] == "save_draft"]
    assert [file.name for file in saved.content.attachments] == ["现场.jpg"]


def test_R04_one_button_saves_and_offers(office: Office) -> None:
    officer = office.officer()
    taking(office, officer)
    answer = send(officer, "/urgent", **filled(office))
    saved, offer = (call["request"] for call in office.calls.asked)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/drafts/{saved.draft_id}")
    assert (offer.draft_id, offer.version) == (saved.draft_id, 2)
    content = saved.content
    assert (content.kind, content.severity, content.place) == (Kind.URGENT_FIRST, Severity.LARGER, "河西区友谊路")
    assert content.incident.category is IncidentCategory.ACCIDENT
    assert (content.incident.figures.dead, content.incident.figures.missing) == (3, None)
    assert content.incident.elements[Element.MEASURES] == "消防已到场，\n正在灭火。"
    assert "已造成3人死亡，无人员重伤。" in content.body


def test_R04_a_text_of_the_authors_own_stands_as_he_wrote_it(office: Office) -> None:
    officer = office.officer()
    taking(office, officer)
    send(officer, "/urgent", **filled(office, body="我自己写的。"))
    assert office.calls.asked[0]["request"].content.body == "我自己写的。"


def test_R04_sent_twice_it_is_one_draft_and_one_offer(office: Office) -> None:
    officer, form = office.officer(), filled(office)
    taking(office, officer)
    places = {send(officer, "/urgent", **form).headers["Location"] for _ in range(2)}
    commands = {call["command_id"] for call in office.calls.asked}
    assert (len(places), len(commands), len(office.calls.asked)) == (1, 2, 4)


def test_R04_a_pre_report_and_a_drill_stay_what_they_are(office: Office) -> None:
    officer, pre_report_id = office.officer(), uuid4()
    taking(office, officer)
    page = officer.get(f"/urgent?pre_report_id={pre_report_id}&drill=1")
    hidden = {name: field(page, name) for name in ("pre_report_id", "drill")}
    send(officer, "/urgent", **filled(office), **hidden)
    content = office.calls.asked[0]["request"].content
    assert (content.pre_report_id, content.drill) == (pre_report_id, True)


def test_R04_while_intake_is_away_the_form_comes_back_whole_with_its_key(office: Office) -> None:
    officer, form = office.officer(), filled(office, body="正文")
    office.calls.answers["intake.save_draft"] = refusing(unavailable)
    answer = send(officer, "/urgent", **form)
    assert answer.status_code == 503
    lost = [name for name, value in form.items() if value not in answer.text]
    assert lost == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [("dead", "三"), ("occurred_at", "刚才"), ("title", ""), ("severity", "fire"), ("place", "长" * 201)],
)
def test_R04_a_refused_field_is_named_on_the_form(office: Office, name: str, typed: str) -> None:
    answer = send(office.officer(), "/urgent", **filled(office, **{name: typed}))
    assert answer.status_code == 422
    assert f'id="{name}-fault"' in answer.text


def test_R04_an_offer_that_is_refused_leaves_the_saved_draft_in_the_authors_hands(office: Office) -> None:
    officer = office.officer()
    late = Invalid("没有生效的时限。", "No limit.", pointer="/content/occurred_at")
    taking(office, officer)
    office.calls.answers |= {
        "intake.offer_draft": refusing(lambda: late), "intake.list_reports": lambda _: ReportPage(items=[]),
    }  # fmt: skip
    answer = send(officer, "/urgent", **filled(office))
    assert answer.status_code == 422
    assert re.search(r'<form method="post" action="/drafts/[0-9a-f-]{36}"', answer.text)


def test_R04_the_author_sees_the_text_before_he_sends_it(office: Office) -> None:
    officer = office.officer()
    shown = send(officer, "/urgent/text", **filled(office))
    assert "已造成3人死亡" in shown.text
    early = send(officer, "/urgent/text", title="")
    assert (early.status_code, "将生成的正文" in early.text) == (200, True)
    assert office.calls.asked == []


@pytest.mark.parametrize("path", ["/urgent", "/drafts/new"])
def test_R10_text_pasted_into_a_form_is_cleaned_there(office: Office, path: str) -> None:
    office.calls.answers["intake.list_reports"] = lambda _: ReportPage(items=[])
    page = office.officer().get(path).text
    assert ["/pasting." in page, "data-keep=" in page] == [True, True]


def test_R10_while_it_is_typed_the_form_says_who_has_reported_it_and_what_the_check_finds(office: Office) -> None:
    officer = office.officer()
    office.calls.answers |= {
        "intake.similar_to_text": lambda _: SimilarHints(items=[hint()]), "intake.check_text": lambda _: FOUND,
    }  # fmt: skip
    part = send(officer, "/urgent/checks", **filled(office))
    assert "河西区已于40分钟前报送相近内容" in part.text
    assert "写作检查：1 处（不影响送签）" in part.text
    checked = {call["method"]: call["request"] for call in office.calls.asked}
    assert all("已造成3人死亡" in request.body for request in checked.values())
    assert checked["similar_to_text"].kind is checked["check_text"].kind is Kind.URGENT_FIRST


def test_R04_no_check_holds_up_an_urgent_report(office: Office) -> None:
    officer = office.officer()
    office.calls.answers |= dict.fromkeys(("intake.similar_to_text", "intake.check_text"), refusing(unavailable))
    for typed in (filled(office), filled(office, title="", severity="no such"), {}):
        part = send(officer, "/urgent/checks", **typed)
        assert (part.status_code, part.text.strip()) == (200, "")


def test_R09_what_a_leader_must_sign_first_stands_on_top_of_his_first_page(office: Office) -> None:
    leader, now = office.leader(), office.clock.now()
    waiting = [("不急", Kind.DEVELOPMENT, None), ("后到期", Kind.URGENT_FIRST, 90), ("先到期", Kind.URGENT_FINAL, 10)]
    drafts = []
    for title, kind, minutes in [*waiting, *[("平常", Kind.RESEARCH, None)] * 6]:
        content = Content(kind=kind, title=title, body="正文")
        due_at = now + timedelta(minutes=minutes) if minutes else None
        draft = offered(office, uuid4(), None, content, DraftState.OFFERED)
        drafts.insert(0, draft.model_copy(update={"due_at": due_at}))
    office.calls.answers["intake.list_drafts"] = lambda _: DraftPage(items=drafts)
    office.calls.answers["intake.list_reports"] = lambda _: ReportPage(items=[])
    office.calls.answers["intake.list_deadlines"] = lambda _: DeadlinePage(items=[])
    office.calls.answers["review.list_assignments"] = lambda _: AssignmentPage(items=[])
    page = leader.get("/").text
    places = [page.index(title) for title in ("先到期", "后到期", "平常")]
    assert places == sorted(places)
