"""The console's answers without a browser: who may open what, problems as pages, typed text kept, one act per form."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from contracts.rpc.content import Content
from contracts.rpc.drafts import Draft, SaveDraft
from contracts.vocabulary import DraftState, Role
from gateway.console.access import CONSOLE
from gateway.console.assets import FOLDER, digested
from gateway.model.accounts import POSTLESS_ROLES
from kernel.errors import Invalid, Refusal
from tests.factories.gateway_office import PASSWORD, Office, Signed, report
from tests.integration.gateway.addresses import filled

CLOSED = sorted(key for key, access in CONSOLE.items() if not access.public)
PERSONS = [role for role in Role if role not in {Role.API_CLIENT, Role.SYSTEM}]
TYPED = {"kind": "development", "title": "停电时写的标题", "body": "第一段。\r\n第二段 <b>&amp;</b>"}


def field(page: TestResponse, name: str) -> str:
    """The value of the page's first hidden or filled field of this name."""
    found = re.search(rf'name="{name}"[^>]*? value="([^"]*)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


def send(who: Signed, path: str, **fields: Any) -> TestResponse:
    """Post a form as a browser does."""
    return who.client.post(path, data={"csrf_token": who.headers["X-CSRFToken"], **fields})


def holder(office: Office, role: Role) -> Signed:
    if role in POSTLESS_ROLES:
        return office.administrator(role)
    return office.sign_in(office.add_person(role.label, role))


def unavailable() -> Refusal:
    return Refusal("服务暂时不可用。", "Away.", problem="unavailable")


def refusing(refusal: Callable[[], Refusal]) -> Callable[[Any], Any]:
    def answer(_request: Any) -> Any:
        raise refusal()

    return answer


def drafted(office: Office, who: Signed) -> Callable[[SaveDraft], Draft]:
    """What intake answers to a saved draft."""

    def answer(request: SaveDraft) -> Draft:
        return offered(office, request.draft_id, who.id, request.content, DraftState.EDITING)

    return answer


def offered(office: Office, draft_id: UUID, author: UUID | None, content: Content, state: DraftState) -> Draft:
    document = content.model_dump(mode="json")
    now = office.clock.now()
    return Draft(
        draft_id=draft_id, version=2, state=state, unit_id=office.unit_id, author_id=author or uuid4(),
        author_name="王芳", content=content, remarks=None, created_at=now, changed_at=now, due_at=None,
        due_explanation_zh=None, due_explanation_en=None, receipt_number=None,
        offer_token=office.offer(document, author) if state is DraftState.OFFERED else None,
    )


@pytest.mark.parametrize("role", PERSONS)
def test_each_role_opens_the_pages_that_the_matrix_gives_it_and_no_other(office: Office, role: Role) -> None:
    who, wrong = holder(office, role), []
    for key in CLOSED:
        verb, path = filled(key)
        if path in {"/", "/logout", "/password", "/outbox", "/sessions/ending"}:
            continue
        answer = who.client.open(path, method=verb, data={"csrf_token": who.headers["X-CSRFToken"]})
        refused = answer.status_code == 403 and "无权进行此操作" in answer.text
        if refused != (not CONSOLE[key].admits(frozenset({role}))):
            wrong.append((key, answer.status_code))
    assert wrong == []


def test_nobody_signed_in_is_led_to_the_sign_in_and_back(office: Office) -> None:
    visitor = office.app.test_client()
    answer = visitor.get("/reports?q=火灾")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=/reports?q%3D%E7%81%AB%E7%81%BE")


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "x"])
def test_signing_in_never_leads_to_another_site(office: Office, target: str) -> None:
    person = office.add_person("王芳", Role.INFORMATION_OFFICER)
    visitor = office.app.test_client()
    token = field(visitor.get("/login"), "csrf_token")
    answer = visitor.post(
        "/login", data={"csrf_token": token, "login": f"p{person.hex}", "password": PASSWORD, "next": target}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_signing_in_needs_the_anti_forgery_token_of_our_own_page(office: Office) -> None:
    person = office.add_person("王芳", Role.INFORMATION_OFFICER)
    answer = office.app.test_client().post("/login", data={"login": f"p{person.hex}", "password": PASSWORD})
    assert (answer.status_code, answer.mimetype) == (403, "text/html")


@pytest.mark.parametrize("key", [key for key in CLOSED if key.startswith("POST")])
def test_a_form_without_the_token_is_refused_at_every_address(office: Office, key: str) -> None:
    role = next(iter(sorted(CONSOLE[key].roles - {Role.API_CLIENT})), Role.INFORMATION_OFFICER)
    path = re.sub(r"<[^>]+>", str(uuid4()), key.split(" ", 1)[1])
    answer = holder(office, role).client.post(path, data={"title": "x"})
    assert answer.status_code == 403
    assert "请求来源校验失败" in answer.text


def test_R04_when_intake_is_away_the_form_comes_back_with_every_word_and_the_same_key(office: Office) -> None:
    officer = office.officer()
    office.calls.answers["intake.save_draft"] = refusing(unavailable)
    office.calls.answers["intake.list_reports"] = refusing(unavailable)
    key = str(uuid4())
    answer = send(officer, "/drafts", key=key, act="save", **TYPED)
    assert answer.status_code == 503
    assert field(answer, "title") == TYPED["title"]
    assert "第一段。\n第二段 &lt;b&gt;&amp;amp;&lt;/b&gt;" in answer.text
    assert f'name="key" value="{key}"' in answer.text


def test_R24_a_page_that_cannot_be_read_now_is_opened_again_and_nothing_is_submitted(office: Office) -> None:
    officer = office.officer()
    office.calls.answers["review.list_commission_tasks"] = refusing(unavailable)
    answer = officer.get("/commissions?state=owed")
    assert answer.status_code == 503
    assert [words in answer.text for words in ("再次打开", 'href="/commissions?state=owed"', "再次提交")] == [
        True, True, False,
    ]  # fmt: skip


def test_a_refused_act_gets_a_fresh_key_because_services_keep_their_refusals(office: Office) -> None:
    officer = office.officer()
    vague = Invalid("标题太空泛。", "Vague.", pointer="/content/title")
    office.calls.answers["intake.save_draft"] = refusing(lambda: vague)
    office.calls.answers["intake.list_reports"] = refusing(unavailable)
    key = str(uuid4())
    answer = send(officer, "/drafts", key=key, act="save", **TYPED)
    assert answer.status_code == 422
    assert "标题太空泛。" in answer.text
    assert field(answer, "key") != key


def test_a_form_sent_twice_is_one_command(office: Office) -> None:
    officer = office.officer()
    office.calls.answers["intake.save_draft"] = drafted(office, officer)
    key = str(uuid4())
    places = [send(officer, "/drafts", key=key, act="save", **TYPED).headers["Location"] for _ in range(2)]
    commands = {call["command_id"] for call in office.calls.asked}
    assert (len(set(places)), len(commands)) == (1, 1)


def test_browsers_line_ends_are_kept_as_ours(office: Office) -> None:
    officer = office.officer()
    office.calls.answers["intake.save_draft"] = drafted(office, officer)
    send(officer, "/drafts", act="save", **TYPED)
    assert office.calls.asked[0]["request"].content.body == "第一段。\n第二段 <b>&amp;</b>"


def test_R09_the_leader_signs_the_content_he_was_shown_once_while_everything_behind_is_away(office: Office) -> None:
    leader, draft_id = office.leader(), uuid4()
    content = Content.model_validate(report(body="一字不差 <script>"))
    office.calls.answers["intake.get_draft"] = lambda _: offered(office, draft_id, None, content, DraftState.OFFERED)
    page = leader.get(f"/drafts/{draft_id}")
    assert "一字不差 &lt;script&gt;" in page.text
    office.calls.answers.clear()
    form = {name: field(page, name) for name in ("key", "content", "offer_token")}
    places = [send(leader, f"/drafts/{draft_id}/signature", **form).headers["Location"] for _ in range(2)]
    assert len(set(places)) == 1
    receipt = leader.get(f"{places[0]}/file")
    assert receipt.json["number"] == places[0].rpartition("/")[2]
    assert "市里尚未阅看" in leader.get(places[0]).text
    assert leader.get("/receipts").text.count(f'/receipts/{receipt.json["number"]}"') == 1


def test_R09_the_author_sees_no_way_to_sign_his_own_draft(office: Office) -> None:
    both = office.sign_in(office.add_person("王芳", Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER))
    content = Content.model_validate(report())
    office.calls.answers["intake.get_draft"] = lambda _: offered(office, uuid4(), both.id, content, DraftState.OFFERED)
    assert "签发并报送" not in both.get(f"/drafts/{uuid4()}").text


def test_R09_the_author_takes_back_what_he_sent_for_signature_by_saving_his_change(office: Office) -> None:
    officer, draft_id = office.officer(), uuid4()
    content = Content.model_validate(report(body="写错的数字。"))
    office.calls.answers["intake.get_draft"] = lambda _: offered(
        office, draft_id, officer.id, content, DraftState.OFFERED
    )
    office.calls.answers["intake.list_reports"] = refusing(unavailable)
    page = officer.get(f"/drafts/{draft_id}").text
    assert f'href="/drafts/{draft_id}?change=1"' in page
    form = officer.get(f"/drafts/{draft_id}?change=1")
    assert "写错的数字。" in form.text
    assert "保存修改即撤回送签" in form.text
    assert field(form, "version") == "2"
    assert "data-autosave" not in form.text  # what takes it back is the author's own act
    assert "change=1" not in office.leader().get(f"/drafts/{draft_id}").text


def test_a_session_that_ended_while_writing_gives_the_text_back_after_signing_in(office: Office) -> None:
    officer = office.officer()
    assert officer.id
    officer.client.delete_cookie("chengbao_session")
    page = send(officer, "/drafts", key=str(uuid4()), act="save", **TYPED)
    assert page.status_code == 401
    kept = {name: field(page, name) for name in ("kept_action", "kept.title", "kept.key", "csrf_token")}
    kept["kept.body"] = TYPED["body"]
    again = officer.client.post("/login", data={**kept, "login": f"p{officer.id.hex}", "password": PASSWORD})
    assert again.status_code == 200
    assert (field(again, "title"), field(again, "key")) == (TYPED["title"], kept["kept.key"])
    assert 'action="/drafts"' in again.text


def test_problems_are_pages_for_people_and_documents_for_programs(office: Office) -> None:
    visitor = office.app.test_client()
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    page, document = visitor.get("/nowhere", headers={"Accept": browser}), visitor.get("/nowhere")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert page.headers["X-Correlation-Id"] in page.text
    assert document.mimetype == "application/problem+json"


def test_static_files_are_kept_for_ever_under_the_name_of_their_content(office: Office) -> None:
    visitor = office.app.test_client()
    for address in digested(FOLDER).values():
        answer = visitor.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        answer.close()


def test_pages_are_kept_nowhere_and_load_from_here_only(office: Office) -> None:
    page = office.officer().get("/password")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert re.findall(r'<(?:script|style)(?![^>]* src=)|\sstyle="|\son\w+="', page.text) == []
    assert [link for link in re.findall(r'(?:src|href)="([^"]+)"', page.text) if not link.startswith(("/", "#"))] == []
