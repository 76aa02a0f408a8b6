"""R23: composing by keyboard, proof, and the leaders' reading room, without script."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.rpc.differences import Run, RunKind
from contracts.rpc.directory import UnitPage
from contracts.rpc.edit_copies import EditCopyDifferences
from contracts.rpc.instructions import RecordInstruction
from contracts.rpc.issues import (
    Comment,
    CorrectionShown,
    Credit,
    Issue,
    IssueItem,
    IssuePage,
    IssueReaders,
    Missing,
    Signature,
)
from contracts.rpc.publications import Publication, PublicationPage, Recipient
from contracts.vocabulary import IssueState, Role, UnitClass
from kernel.errors import Conflict, StaleVersion
from tests.factories.gateway_office import Office
from tests.integration.gateway.test_console import holder, refusing, send, unavailable
from tests.integration.gateway.test_queue_pages import item as desk_item

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
COLUMNS = ["要情", "简讯"]


def item(number: int, column: str | None = "要情", **changes: Any) -> IssueItem:
    fields = {
        "adoption_id": UUID(int=number), "report_id": UUID(int=100 + number), "receipt_number": f"2026-000000{number}",
        "unit_id": UUID(int=7), "unit_name": "河西区", "item_kind": "item", "title": f"第{number}条", "body": "正文",
        "share": Decimal(1), "column": column,
    }  # fmt: skip
    return IssueItem(**fields | changes)


def issue(**changes: Any) -> Issue:
    fields = {
        "issue_id": UUID(int=50), "version": 4, "publication_code": "daily", "publication_name": "每日要情",
        "state": IssueState.COMPOSING, "year": None, "number": None, "published_at": None, "published_by": None,
        "items": [item(1), item(2), item(3, "简讯"), item(4, None)], "evidence": None, "head_text": "每日要情",
        "columns": COLUMNS, "estimated_pages": 2, "sign_off_chain": ["chief_editor"],
    }  # fmt: skip
    return Issue(**fields | changes)


def published(**changes: Any) -> Issue:
    facts = {"state": IssueState.PUBLISHED, "year": 2026, "number": 1, "number_line": "2026年第1期"}
    return issue(**facts | {"published_at": AT, "published_by": "刘洋"} | changes)


def asked(office: Office, method: str) -> Any:
    return next(call["request"] for call in office.calls.asked if call["method"] == method)


@pytest.mark.parametrize(
    ("adoption", "column", "place", "order"),
    [
        (2, "要情", 0, {"要情": [2, 1], "简讯": [3], None: [4]}),
        (1, "要情", 1, {"要情": [2, 1], "简讯": [3], None: [4]}),
        (4, "简讯", 1000, {"要情": [1, 2], "简讯": [3, 4], None: []}),
        (3, "", 0, {"要情": [1, 2], "简讯": [], None: [3, 4]}),
    ],
)
def test_R23_an_item_moves_within_and_between_columns_without_script(
    office: Office, adoption: int, column: str, place: int, order: dict[str | None, list[int]]
) -> None:
    office.calls.answers |= {"review.get_issue": lambda _: issue(), "review.arrange_issue": lambda _: issue()}
    fields = {"version": 4, "adoption_id": UUID(int=adoption), "column": column, "place": place}
    answer = send(holder(office, Role.EDITOR), f"/issues/{UUID(int=50)}/arrangement", **fields)
    assert (answer.status_code, answer.headers["Location"].endswith(f"#item-{UUID(int=adoption)}")) == (303, True)
    request = asked(office, "arrange_issue")
    found = {places.column: [one.int for one in places.adoption_ids] for places in request.places}
    assert (request.version, found) == (4, order)


def pressed(page: str, label: str) -> dict[str, str]:
    """What a browser without script sends when the button of this label is pressed."""
    form = next(each for each in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'aria-label="{label}"' in each)
    (button,) = re.findall(r"<button[^>]*>", form)
    tags = [tag for tag in (*re.findall(r"<input[^>]*>", form), button) if "csrf_token" not in tag]
    sent = [dict(re.findall(r'(name|value)="([^"]*)"', tag)) for tag in tags]
    return {tag["name"]: tag["value"] for tag in sent}


@pytest.mark.parametrize(("label", "order"), [("《第2条》上移", [2, 1]), ("《第1条》下移", [2, 1])])
def test_R23_items_are_arranged_by_the_pages_own_buttons(office: Office, label: str, order: list[int]) -> None:
    office.calls.answers |= {"review.get_issue": lambda _: issue(), "review.arrange_issue": lambda _: issue()}
    editor = holder(office, Role.EDITOR)
    page = editor.get(f"/issues/{UUID(int=50)}").text
    assert ("《第1条》上移" in page, "《第2条》下移" in page) == (False, False)  # they end their column
    assert send(editor, f"/issues/{UUID(int=50)}/arrangement", **pressed(page, label)).status_code == 303
    places = {each.column: each.adoption_ids for each in asked(office, "arrange_issue").places}
    assert [each.int for each in places["要情"]] == order


def test_R23_keys_are_offered_where_items_can_be_moved_and_only_there(office: Office) -> None:
    office.calls.answers |= {"review.get_issue": lambda _: issue()}
    page = holder(office, Role.EDITOR).get(f"/issues/{UUID(int=50)}").text
    assert (page.count('data-key="u"'), page.count('data-key="d"'), page.count('data-key="e"')) == (1, 1, 4)
    assert re.search(r'<script src="[^"]*keys[^"]*\.js"', page)
    office.calls.answers |= {"review.get_issue": lambda _: issue(state=IssueState.PROOF)}
    proof = holder(office, Role.EDITOR).get(f"/issues/{UUID(int=50)}").text
    assert ("data-row tabindex" in proof, 'data-key="u"' in proof, "上移、下移" in proof) == (True, False, False)


def test_R23_the_page_of_a_composing_issue_says_what_is_missing_and_offers_the_proof(office: Office) -> None:
    lack = Missing(kind="no_column", blocks=False, text="第4条未归入栏目", text_en="-", adoption_id=UUID(int=4))
    office.calls.answers |= {"review.get_issue": lambda _: issue(missing=[lack])}
    page = holder(office, Role.EDITOR).get(f"/issues/{UUID(int=50)}").text
    for part in ("第4条未归入栏目", "约 2 页", "出校样", "上移", "归入", "修改编辑稿", "简讯</option>"):
        assert part in page


def test_R23_the_proof_shows_comments_and_the_signers_turn(office: Office) -> None:
    comment = Comment(
        comment_id=uuid4(), adoption_id=UUID(int=1), quote="正文", text="请核对", by_name="刘洋", at=AT,
        resolved_by=None, resolved_at=None, resolution=None,
    )  # fmt: skip
    shown = issue(state=IssueState.PROOF, comments=[comment])
    office.calls.answers |= {"review.get_issue": lambda _: shown}
    chief, editor = (holder(office, role) for role in (Role.CHIEF_EDITOR, Role.EDITOR))
    page = editor.get(f"/issues/{UUID(int=50)}").text
    assert "意见处理完后，请以总编辑身份签发" in chief.get(f"/issues/{UUID(int=50)}").text
    for part in ("<q>正文</q>", "请核对", "已处理", "对本条提意见", "退回编排"):
        assert part in page
    office.calls.answers |= {"review.get_issue": lambda _: issue(state=IssueState.PROOF)}
    for who, offered in ((chief, True), (editor, False)):
        assert (">以总编辑身份签发</button>" in who.get(f"/issues/{UUID(int=50)}").text) is offered


def test_R23_a_published_issue_can_be_corrected_or_withdrawn_by_those_who_may(office: Office) -> None:
    signature = Signature(role="chief_editor", signed_by="刘洋", signed_at=AT, content_hash="sha256:0")
    shown = published(signed_by=[signature], distribution=[Recipient(kind="reader", name="市档案馆")])
    office.calls.answers |= {
        "review.get_issue": lambda _: shown, "review.list_issue_readers": lambda _: IssueReaders(items=[]),
    }  # fmt: skip
    chief = holder(office, Role.CHIEF_EDITOR).get(f"/issues/{UUID(int=50)}").text
    for part in ("出更正", "撤销该期", "市档案馆（其他读者", "2026年第1期"):
        assert part in chief


def test_R23_a_correction_without_items_is_offered_to_its_publisher_and_shown_to_readers(office: Office) -> None:
    said = {"issue_id": UUID(int=49), "reason": "“15家”应为“51家”。", "publication_name": "每日要情"}
    corrects = CorrectionShown(**said, number_line="2026年第1期", item_title="第1条")
    shown = issue(items=[], corrects=corrects, sign_off_chain=[])
    room = published(number_line="2026年第2期", corrects=corrects, items=[])
    office.calls.answers |= {
        "review.get_issue": lambda _: shown, "review.read_issue": lambda _: room,
        "review.list_issues": lambda _: IssuePage(items=[room]),
    }  # fmt: skip
    page = holder(office, Role.CHIEF_EDITOR).get(f"/issues/{UUID(int=50)}").text
    assert ("刊发的就是本页所示的更正。" in page, ">签发刊发</button>" in page, "可以只刊登更正" in page) == (True,) * 3
    leader = holder(office, Role.LEADER)
    assert "更正2026年第1期《第1条》" in leader.get("/reading").text
    page = leader.get(f"/reading/{UUID(int=50)}").text
    assert f'<a href="/reading/{UUID(int=49)}">每日要情 2026年第1期</a>《第1条》一文更正如下' in page
    assert said["reason"] in page
    assert f"/issues/{UUID(int=50)}/paper?format=pdf" in page


def credit(number: int, **changes: Any) -> Credit:
    fields = {
        "adoption_id": UUID(int=number), "report_id": UUID(int=100 + number), "unit_name": f"第{number}区",
        "receipt_number": f"2026-000000{number}", "share": Decimal("0.5"),
    }  # fmt: skip
    return Credit(**fields | changes)


def test_R11_whoever_writes_a_combined_item_has_the_reports_beside_it(office: Office) -> None:
    combined = item(1, credits=[credit(1), credit(2)])
    office.calls.answers |= {
        "review.get_issue": lambda _: issue(items=[combined]),
        "review.list_publications": lambda _: PublicationPage(items=[]),
        "review.get_desk_item": lambda request: desk_item(
            request.report_id, title=f"原题{request.report_id.int}", body="原文如此。"
        ),
    }
    page = holder(office, Role.EDITOR).get(f"/issues/{UUID(int=50)}/items/{UUID(int=1)}").text
    assert all(part in page for part in ("原题101", "原题102", "第2区（2026-0000002）"))
    office.calls.answers["review.get_desk_item"] = refusing(unavailable)
    page = holder(office, Role.EDITOR).get(f"/issues/{UUID(int=50)}/items/{UUID(int=1)}").text
    assert page.count("暂时读不到") == 2


def test_R11_two_revise_no_item_unseen_and_neither_loses_his_words(office: Office) -> None:
    page_of_item = f"/issues/{UUID(int=50)}/items/{UUID(int=1)}"
    office.calls.answers |= {
        "review.get_issue": lambda _: issue(items=[item(1, credits=[credit(1)], title="同事改的题", version=3)]),
        "review.revise_item": refusing(lambda: StaleVersion("该稿已改到第3版，您看到的是第2版。", "stale")),
        "intake.compare_edit_copy": lambda request: EditCopyDifferences(
            title=[Run(kind=RunKind.ADDED, text=request.title)], body=[]
        ),
    }
    editor, typed = holder(office, Role.EDITOR), {"title": "我改的题", "body": "我改的文。", "item_kind": "brief"}
    page = send(editor, page_of_item, version="2", **typed)
    assert page.status_code == 412
    for part in ("该稿已改到第3版", "同事改的题", 'value="我改的题"', "我改的文。", 'name="version" value="3"'):
        assert part in page.text
    compared = send(editor, f"{page_of_item}/comparison", version="2", **typed).text  # looking changes nothing of this
    assert ("<ins>我改的题</ins>" in compared, 'name="version" value="2"' in compared) == (True, True)


def test_R11_choosing_one_item_only_combines_nothing_and_keeps_the_choice(office: Office) -> None:
    office.calls.answers |= {"review.get_issue": lambda _: issue()}
    path, chosen = f"/issues/{UUID(int=50)}/combining", str(UUID(int=1))
    page = send(holder(office, Role.EDITOR), path, item=chosen, leading=chosen)
    assert (page.status_code, "请至少选中两条" in page.text) == (422, True)
    assert page.text.count("checked>") == 3  # the row, its lead, and the keys' switch


@pytest.mark.parametrize(("role", "address"), [(Role.EDITOR, "/issues"), (Role.LEADER, "/reading")])
def test_R11_a_reader_is_told_what_was_withdrawn_after_publication(office: Office, role: Role, address: str) -> None:
    shown = published(items=[item(1, credits=[credit(1), credit(2, withdrawn_at=AT)]), item(3, credits=[credit(3)])])
    office.calls.answers |= {
        f"review.{method}": lambda _: shown for method in ("get_issue", "read_issue")
    } | {"review.list_issue_readers": lambda _: IssueReaders(items=[])}
    page = holder(office, role).get(f"{address}/{UUID(int=50)}").text
    assert page.count("请勿再引用") == 1
    assert "第2区供稿的采用已于" in page


def test_R23_the_reading_room_lists_what_is_unread_and_opening_counts_as_read(office: Office) -> None:
    leader = holder(office, Role.LEADER)
    office.calls.answers |= {
        "review.list_issues": lambda _: IssuePage(items=[published()]), "review.read_issue": lambda _: published(),
        "review.get_issue": lambda _: published(),
    }  # fmt: skip
    assert "未读" in leader.get("/reading").text
    address = f"/reading/{UUID(int=50)}"
    assert "登记批示" in leader.get(address).text
    leader.client.get(address, headers={"Sec-Fetch-Site": "cross-site"})
    methods = [call["method"] for call in office.calls.asked]
    assert (methods.count("read_issue"), methods.count("get_issue")) == (1, 1)


@pytest.mark.parametrize(("kind", "assigned"), [("for_action", [UUID(int=7)]), ("for_reference", [])])
def test_R23_two_lines_make_an_instruction(office: Office, kind: str, assigned: list[UUID]) -> None:
    leader = holder(office, Role.LEADER)
    recorded: list[RecordInstruction] = []
    office.calls.answers |= {
        "review.get_issue": lambda _: published(), "review.record_instruction": recorded.append,
    }  # fmt: skip
    fields = {"report_id": UUID(int=101), "text": "请妥处。", "instruction_class": kind}
    assert send(leader, f"/reading/{UUID(int=50)}/instructions", **fields).status_code == 303
    (request,) = recorded
    assert (request.leader, request.text) == (Role.LEADER.label, "请妥处。")
    assert [one.unit_id for one in request.assignments] == assigned


def test_R17_a_secretary_is_told_that_her_entry_waits_to_be_confirmed(office: Office) -> None:
    office.calls.answers |= {
        "review.get_issue": lambda _: published(), "review.read_issue": lambda _: published(),
        "review.record_instruction": lambda _: None,
    }  # fmt: skip
    secretary, address = holder(office, Role.SECRETARY), f"/reading/{UUID(int=50)}"
    fields = {"report_id": UUID(int=101), "leader": "周明", "text": "请阅。", "instruction_class": "for_action"}
    send(secretary, f"{address}/instructions", **fields)
    assert "待领导本人或另一位秘书确认后交办" in secretary.get(address).text


def test_R23_a_refused_instruction_keeps_what_was_written(office: Office) -> None:
    office.calls.answers |= {
        "review.get_issue": lambda _: published(),
        "review.record_instruction": refusing(lambda: Conflict("该期已撤销。", "withdrawn")),
    }  # fmt: skip
    fields = {"report_id": UUID(int=101), "text": "请妥处此事。", "instruction_class": "for_action"}
    answer = send(holder(office, Role.LEADER), f"/reading/{UUID(int=50)}/instructions", **fields)
    assert answer.status_code == 409
    for part in ("请妥处此事。", "该期已撤销。"):
        assert part in answer.text


def test_R23_a_unit_reads_the_list_without_the_publications_of_the_desk(office: Office) -> None:
    office.calls.answers |= {"review.list_issues": lambda _: IssuePage(items=[published()])}
    page = office.officer().get("/issues")
    assert (page.status_code, "2026年第1期" in page.text) == (200, True)


def publication(**changes: Any) -> Publication:
    return Publication(**{"code": "daily", "name": "每日要情", "columns": COLUMNS, "version": 3} | changes)


def test_R23_a_publication_is_saved_whole_at_the_version_seen(office: Office) -> None:
    chief, unit_id = holder(office, Role.CHIEF_EDITOR), office.add_unit("津南区人民政府办公室", UnitClass.DISTRICT)
    shown = publication(distribution=[Recipient(kind="post", name="领导", role=Role.LEADER, email=True)])
    unit = {"unit_id": unit_id, "name": "津南区", "unit_class": "district", "valid_from": "2008-10-24"}
    unit |= {"named_since": "2008-10-24", "version": 1}
    office.calls.answers |= {
        "review.get_publication": lambda _: shown, "review.record_publication": lambda _: shown,
        "review.list_publications": lambda _: PublicationPage(items=[shown]),
        "intake.list_units": lambda _: UnitPage.model_validate({"items": [unit]}),
    }  # fmt: skip
    page = chief.get("/publications/daily").text
    assert 'name="version" value="3"' in page
    assert "每日要情" in chief.get("/publications").text
    lines = {
        "to_kind": ["post", "unit", "leader"], "to_name": ["领导", "津南区", ""], "to_copies": ["1", "2", "1"],
        "to_email": ["yes", "", ""],
    }  # fmt: skip
    fields = {"code": "daily", "name": "每日要情", "version": "3", "level": "city", "kind": "flash",
              "numbering": "both", "columns": "要情\r\n简讯", "step0": "chief_editor"}  # fmt: skip
    assert send(chief, "/publications", **fields, **lines).status_code == 303
    request = asked(office, "record_publication")
    assert (request.version, request.columns, request.sign_off_chain) == (3, COLUMNS, ["chief_editor"])
    assert (request.kind, request.numbering, request.level) == ("flash", "both", "city")
    assert [(one.kind, one.role, one.unit_id, one.copies, one.email) for one in request.distribution] == [
        ("post", Role.LEADER, None, 1, True), ("unit", None, unit_id, 2, False),
    ]  # fmt: skip
    refused = send(chief, "/publications", **fields, **lines | {"to_name": ["领导", "没有的单位", ""]})
    assert (refused.status_code, "没有的单位" in refused.text) == (422, True)


def test_R23_saving_a_publication_keeps_every_step_of_a_long_chain(office: Office) -> None:
    chain = ["editor", "editor", "chief_editor", "responsible_leader", "leader", "leader"]
    chief, shown = holder(office, Role.CHIEF_EDITOR), publication(sign_off_chain=chain)
    office.calls.answers |= {
        "review.get_publication": lambda _: shown, "review.record_publication": lambda _: shown,
        "intake.list_units": lambda _: UnitPage(items=[]),
    }  # fmt: skip
    page = chief.get("/publications/daily").text
    steps = dict(re.findall(r'<select id="(step\d)".*?value="([a-z_]+)" selected', page, re.DOTALL))
    fields = {"code": "daily", "name": "每日要情", "version": "3", "level": "city", "kind": "flash"}
    assert send(chief, "/publications", **fields, numbering="both", **steps).status_code == 303
    assert asked(office, "record_publication").sign_off_chain == chain


def test_R23_two_issues_without_a_number_are_told_apart_in_the_list(office: Office) -> None:
    opened = {"opened_by": "王编辑", "opened_at": datetime(2026, 11, 24, 1, 30, 5, tzinfo=UTC)}
    empty = issue(issue_id=UUID(int=51), items=[], supplement=True, **opened | {"opened_by": "李编辑"})
    office.calls.answers |= {
        "review.list_issues": lambda _: IssuePage(items=[issue(**opened), empty]),
        "review.list_publications": lambda _: PublicationPage(items=[]),
    }  # fmt: skip
    page = holder(office, Role.EDITOR).get("/issues").text
    assert "11-24 09:30:05 王编辑新开，已编 4 条：《第1条》《第2条》等" in page
    assert "11-24 09:30:05 李编辑新开，还没有内容" in page
    assert page.count("（增刊）</a>") == 1
