"""R09: one page and one address answer whether anything waits for me; several drafts are signed on one page."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from contracts.rpc.checks import Findings, Gravity
from contracts.rpc.commissions import CommissionTaskPage
from contracts.rpc.content import Content
from contracts.rpc.deadlines import DeadlinePage
from contracts.rpc.drafts import Draft, DraftPage, ListDrafts
from contracts.rpc.instructions import Assignment, AssignmentId, AssignmentPage
from contracts.rpc.intake import ReportPage
from contracts.rpc.issues import IssuePage
from contracts.vocabulary import AssignmentState, DraftState, Kind, Role
from kernel.errors import Conflict
from tests.factories.gateway_office import Office, Signed, report
from tests.integration.gateway.test_check_page import FINDING
from tests.integration.gateway.test_console import offered, refusing, send, unavailable


def draft_of(office: Office, title: str, author: UUID | None = None, **content: Any) -> Draft:
    written = Content.model_validate(report(title=title, body=f"{title}的全文", **content))
    return offered(office, uuid4(), author, written, DraftState.OFFERED)


def with_work(office: Office, *drafts: Draft, state: DraftState = DraftState.OFFERED) -> None:
    """Services in which nothing but these drafts waits."""

    def list_drafts(request: ListDrafts) -> DraftPage:
        return DraftPage(items=list(drafts) if request.state is state else [])

    office.calls.answers |= {
        "intake.list_drafts": list_drafts,
        "intake.list_reports": lambda _: ReportPage(items=[]),
        "intake.list_deadlines": lambda _: DeadlinePage(items=[]),
        "review.list_assignments": lambda _: AssignmentPage(items=[]),
        "review.list_issues": lambda _: IssuePage(items=[]),
        "review.list_commission_tasks": lambda _: CommissionTaskPage(items=[]),
    }


def shown_fields(page: TestResponse) -> dict[str, Any]:
    """Every hidden field of the page's form, as a browser sends it."""
    found = re.findall(r'type="hidden" name="([a-z_]+_\d+)" value="([^"]*)"', page.text)
    return {name: html.unescape(value) for name, value in found}


def test_R09_page_title_and_address_say_how_many_wait(office: Office) -> None:
    leader = office.leader()
    now = office.clock.now()
    urgent = draft_of(office, "火情", kind=Kind.URGENT_FIRST).model_copy(update={"due_at": now + timedelta(hours=1)})
    with_work(office, draft_of(office, "平常"), urgent, draft_of(office, "本人写的", leader.id))
    assert "<title>(2) 待我处理" in leader.get("/").text
    answer = leader.get("/v1/waiting").json
    (group,) = [group for group in answer["groups"] if group["count"]]
    assert (answer["count"], group["name"], group["items"][0]["title"]) == (2, "to_sign", "火情")
    assert group["items"][0]["path"] == f"/v1/drafts/{urgent.draft_id}"
    assert [item["urgent"] for item in group["items"]] == [True, False]


def test_R09_the_menu_learns_how_many_wait_at_each_of_its_rows(office: Office) -> None:
    leader = office.leader()
    with_work(office, draft_of(office, "平常"), draft_of(office, "火情", kind=Kind.URGENT_FIRST))
    two = {"count": 2, "more": False}
    assert leader.get("/waiting/counts").json == {"counts": {"/": two, "/drafts": two}}


def test_R09_each_sees_what_waits_for_his_role_and_what_is_only_good_to_see_is_not_counted(office: Office) -> None:
    officer, head = office.officer(), office.sign_in(office.add_person("孙丽", Role.SECTION_HEAD))
    with_work(office, draft_of(office, "写了一半", officer.id), state=DraftState.EDITING)
    assert officer.get("/v1/waiting").json["count"] == 0
    assert "写了一半" in officer.get("/").text
    names = [group["name"] for group in head.get("/v1/waiting").json["groups"]]
    assert names == ["to_endorse"]


def test_R09_the_officer_sees_what_he_sent_and_nobody_has_signed_yet(office: Office) -> None:
    officer = office.officer()
    with_work(office, draft_of(office, "等着签", officer.id), draft_of(office, "别人送的"))
    page = officer.get("/").text
    assert ["已送签，尚未签发" in page, "等着签" in page, "别人送的" in page] == [True, True, False]
    assert officer.get("/v1/waiting").json["count"] == 0


def test_R09_a_service_that_is_away_leaves_the_rest_readable(office: Office) -> None:
    leader = office.leader()
    with_work(office, draft_of(office, "平常"))
    office.calls.answers["review.list_assignments"] = refusing(unavailable)
    groups = {group["name"]: group for group in leader.get("/v1/waiting").json["groups"]}
    assert groups["to_sign"]["count"] == 1
    assert groups["assignments"]["trouble"]
    assert "暂时读不到" in leader.get("/").text


def test_R09_the_page_asks_for_its_list_alone(office: Office) -> None:
    leader = office.leader()
    with_work(office, draft_of(office, "平常"))
    part = leader.get("/", X_Part="waiting")
    assert (part.headers["X-Waiting"], "<html" in part.text, "平常" in part.text) == ("1", False, True)


def test_R09_the_chosen_are_signed_each_with_a_receipt_and_one_refused_stops_no_other(office: Office) -> None:
    leader = office.leader()
    drafts = [draft_of(office, title) for title in ("第一", "第二", "第三")]
    with_work(office, *drafts)
    page = leader.get("/signing")
    assert all(f"{draft.content.title}的全文" in page.text for draft in drafts)
    fields = shown_fields(page)
    fields["content_2"] = fields["content_2"].replace("的全文", "被改过的全文")
    answers = [send(leader, "/signing", draft=["1", "2"], **fields) for _ in range(2)]  # pressed twice
    numbers = [re.findall(r"/receipts/([0-9-]+)\"", answer.text) for answer in answers]
    assert numbers[0] == numbers[1]
    assert len(numbers[0]) == 1
    assert "已签发 1 篇，1 篇未签发" in answers[0].text
    assert "可能已被修改" in answers[0].text
    kept = [item["title"] for item in leader.get("/v1/receipts").json["items"]]
    assert len(kept) == 1


def test_R10_signed_together_each_draft_says_how_much_the_check_found_and_the_worst_of_it(office: Office) -> None:
    leader, draft = office.leader(), draft_of(office, "平常")
    with_work(office, draft)
    hint = FINDING.model_copy(update={"gravity": Gravity.HINT, "title_zh": "标题偏长"})
    office.calls.answers["intake.draft_findings"] = lambda _: Findings(items=[hint, FINDING], muted=0)
    page = leader.get("/signing").text
    assert ["写作检查：2 处" in page, "最重的是错误：错别字" in page, "标题偏长" in page] == [True, True, False]
    assert f"/drafts/{draft.draft_id}#checks" in page
    office.calls.answers["intake.draft_findings"] = refusing(unavailable)
    page = leader.get("/signing").text
    assert ["写作检查" in page, "同意签发" in page] == [False, True]


def test_R09_urgent_reports_and_own_drafts_are_not_signed_together(office: Office) -> None:
    leader = office.leader()
    with_work(office, draft_of(office, "火情", kind=Kind.URGENT_FIRST), draft_of(office, "本人写的", leader.id))
    page = leader.get("/signing").text
    assert "没有可以一并签发的稿件" in page


def test_R09_nothing_chosen_signs_nothing(office: Office) -> None:
    leader = office.leader()
    with_work(office, draft_of(office, "平常"))
    answer = send(leader, "/signing", **shown_fields(leader.get("/signing")))
    assert "什么也没有签发" in answer.text
    assert leader.get("/v1/receipts").json["items"] == []


@pytest.mark.parametrize("many", [12])
def test_R09_a_page_holds_no_more_than_a_person_reads(office: Office, many: int) -> None:
    leader = office.leader()
    with_work(office, *(draft_of(office, f"第{number}篇") for number in range(many)))
    page = leader.get("/signing").text
    assert page.count("同意签发《") == 10
    assert "另有 2 篇" in page


def test_R17_the_chosen_assignments_are_received_each_by_its_own_command(office: Office) -> None:
    officer, first, gone = office.officer(), uuid4(), uuid4()

    def receive(request: AssignmentId) -> Assignment:
        if request.assignment_id == gone:
            raise Conflict("该交办事项已签收。", "Received already.")
        return Assignment.model_construct(assignment_id=request.assignment_id, state=AssignmentState.RECEIVED)

    office.calls.answers["review.receive_assignment"] = receive
    key = str(uuid4())
    for _ in range(2):
        send(officer, "/assignments/receipts", key=key, assignment=[str(first), str(gone), "nonsense"])
    commands = [call["command_id"] for call in office.calls.asked]
    assert (len(commands), len(set(commands))) == (4, 2)
    with_work(office)
    page = officer.get("/").text
    assert "已签收 1 件。" in page
    assert "未签收：该交办事项已签收。" in page


def test_R09_a_deputy_is_told_on_the_page_that_he_signs_as_one(office: Office) -> None:
    until = office.clock.now().date() + timedelta(days=3)
    deputy: Signed = office.sign_in(office.add_person("赵敏", Role.RESPONSIBLE_LEADER, deputy=True, valid_to=until))
    draft = draft_of(office, "平常")
    office.calls.answers["intake.get_draft"] = lambda _: draft
    with_work(office, draft)
    for path in (f"/drafts/{draft.draft_id}", "/signing"):
        page = deputy.get(path).text
        assert "分管负责人（代）" in page
        assert str(until) in page
