"""The editors' desk at the gateway: one act on several reports, the list with what is alike, the pages (R11)."""

from __future__ import annotations

import re
from datetime import timedelta
from html import escape
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest

from contracts.rpc import desk as rpc
from contracts.rpc.adoptions import Adoptions, ToldAdoption
from contracts.rpc.differences import Run, RunKind
from contracts.rpc.directory import UnitTree
from contracts.rpc.edit_copies import EditCopyDifferences
from contracts.rpc.handover_sheets import (
    HandoverPart,
    HandoverSheet,
    HandoverVerification,
    HandoverVerifications,
)
from contracts.rpc.issues import Issue, IssuePage
from contracts.rpc.publications import PublicationPage
from contracts.rpc.queue_views import QueueViews
from contracts.rpc.similar import SimilarGroups
from contracts.rpc.verifications import Conclusion, VerificationMeans
from contracts.vocabulary import DeskState, IssueState, Kind, ReportState, Role, UnitClass
from kernel.errors import Conflict, Invalid
from kernel.testing import SettableClock
from tests.factories.gateway_office import Office, Signed
from tests.integration.gateway.test_console import refusing, send, unavailable

NOW = SettableClock().now()


def item(report_id: UUID, **changes: Any) -> rpc.DeskItem:
    values: dict[str, Any] = {name: None for name, field in rpc.DeskItem.model_fields.items() if field.is_required()}
    values |= {
        "report_id": report_id, "receipt_number": "2026-0000001", "number": "2026-0000001", "version": 1,
        "kind": Kind.DEVELOPMENT, "unit_id": uuid4(), "unit_name": "河西区", "unit_class": UnitClass.DISTRICT,
        "title": "管网抢修", "body": "已恢复。", "received_at": NOW, "signer_name": "李强", "state": DeskState.WAITING,
    } | changes  # fmt: skip
    return rpc.DeskItem(**values)


@pytest.fixture
def editor(office: Office) -> Signed:
    return office.sign_in(office.add_person("周静", Role.EDITOR))


def taken(request: Any) -> Conflict:
    return Conflict("该信息已由王编辑认领。", "claimed", extra={"report_id": str(request.report_id)})


def test_R11_one_act_on_several_reports_answers_for_each_and_a_refused_one_stops_none(
    office: Office, editor: Signed
) -> None:
    ids = [uuid4() for _ in range(3)]

    def keep(request: rpc.ReportId) -> rpc.DeskItem:
        if request.report_id == ids[1]:
            raise taken(request)
        return item(request.report_id, state=DeskState.DECIDED, decision=ReportState.KEPT)

    office.calls.answers["review.keep_report"] = keep
    body = {"act": "keep", "report_ids": [str(each) for each in ids]}
    answer = editor.post("/v1/queue/decisions", body, Idempotency_Key="night shift")
    results = answer.json["items"]
    assert [(each["report_id"], each["status"], each["state"]) for each in results] == [
        (str(ids[0]), 200, "kept"), (str(ids[1]), 409, None), (str(ids[2]), 200, "kept"),
    ]  # fmt: skip
    assert results[1]["problem"]["report_id"] == str(ids[1])
    first = [asked["command_id"] for asked in office.calls.asked if asked["method"] == "keep_report"]
    editor.post("/v1/queue/decisions", body, Idempotency_Key="night shift")
    again = [asked["command_id"] for asked in office.calls.asked if asked["method"] == "keep_report"][3:]
    assert (again, len(set(first))) == (first, 3)


def test_R11_while_the_desk_is_away_the_rest_of_a_bulk_act_is_not_tried(office: Office, editor: Signed) -> None:
    office.calls.answers["review.keep_report"] = refusing(unavailable)
    body = {"act": "keep", "report_ids": [str(uuid4()) for _ in range(50)]}
    results = editor.post("/v1/queue/decisions", body).json["items"]
    assert {each["status"] for each in results} == {503}
    assert len([asked for asked in office.calls.asked if asked["method"] == "keep_report"]) == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"act": "decline"}, "/words"),
        ({"act": "keep", "words": "理由"}, "/words"),
        ({"report_ids": []}, "/report_ids"),
        ({"report_ids": ["0" * 32] * 2}, "/report_ids"),
        ({"act": "adopt"}, "/act"),
    ],
)
def test_R11_a_bulk_act_that_makes_no_sense_is_refused_as_a_whole(
    office: Office, editor: Signed, changes: dict[str, Any], pointer: str
) -> None:
    body = {"act": "keep", "report_ids": [str(uuid4())]} | changes
    answer = editor.post("/v1/queue/decisions", body)
    assert (answer.status_code, answer.json["pointer"]) == (422, pointer)


def queue(office: Office, *items: rpc.DeskItem, groups: list[list[UUID]] | None = None) -> None:
    office.calls.answers |= {
        "review.list_queue": lambda _: rpc.QueuePage(items=list(items)),
        "review.list_queue_views": lambda _: QueueViews(items=[]),
        "intake.similar_among": lambda _: SimilarGroups(groups=groups or []),
        "intake.unit_tree": refusing(unavailable),
    }


def test_R11_reports_alike_stand_together_and_the_list_survives_intakes_absence(office: Office, editor: Signed) -> None:
    first, other, copy = (item(uuid4(), title=title) for title in ("甲地防汛", "乙地供热", "甲地防汛续"))
    queue(office, first, other, copy, groups=[[first.report_id, copy.report_id]])
    page = editor.get("/queue").text
    assert page.index("甲地防汛") < page.index("甲地防汛续") < page.index("乙地供热")
    assert "相似 2 条" in page
    office.calls.answers["intake.similar_among"] = refusing(unavailable)
    page = editor.get("/queue").text
    assert page.index("乙地供热") < page.index("甲地防汛续")


def test_R11_only_reports_with_their_like_on_the_page_are_shown_on_wish(office: Office, editor: Signed) -> None:
    first, other, copy = (item(uuid4(), title=title) for title in ("甲地防汛", "乙地供热", "甲地防汛续"))
    queue(office, first, other, copy, groups=[[first.report_id, copy.report_id]])
    page = editor.get("/queue?alike=true").text
    assert ("甲地防汛续" in page, "乙地供热" in page) == (True, False)
    office.calls.answers["review.list_queue"] = lambda _: rpc.QueuePage(items=[other], next_cursor="more")
    page = editor.get("/queue?alike=true").text
    assert "本页 1 条都没有相似的" in page
    assert "alike=true&amp;cursor=more" in page or "cursor=more&amp;alike=true" in page
    assert "保存为常用视图" not in page


def test_R11_the_queues_unit_is_picked_from_a_list_that_keeps_the_choice_without_intake(
    office: Office, editor: Signed
) -> None:
    shown = item(uuid4())
    queue(office, shown)
    unit = {"unit_id": shown.unit_id, "name": "河西区", "unit_class": "district", "depth": 0}
    unit |= {"valid_from": "2008-10-24", "named_since": "2008-10-24", "version": 1}
    office.calls.answers["intake.unit_tree"] = lambda _: UnitTree.model_validate({"items": [unit]})
    option = f'<option value="{shown.unit_id}"'
    assert f"{option}>河西区</option>" in editor.get("/queue").text
    assert f"{option} selected>河西区</option>" in editor.get(f"/queue?unit_id={shown.unit_id}").text
    office.calls.answers["intake.unit_tree"] = refusing(unavailable)
    assert f"{option} selected>河西区</option>" in editor.get(f"/queue?unit_id={shown.unit_id}").text


def test_R11_the_page_of_bulk_results_says_why_one_was_not_done(office: Office, editor: Signed) -> None:
    office.calls.answers["review.decline_report"] = refusing(lambda: Conflict("该信息已由王编辑认领。", "claimed"))
    office.calls.answers["review.get_desk_item"] = lambda request: item(request.report_id, title="西街供热")
    answer = send(editor, "/queue/decisions", report=str(uuid4()), act="decline", words="与昨日所报重复")
    for part in ("0 条已办，1 条未办", "该信息已由王编辑认领", "西街供热", "与昨日所报重复"):
        assert part in answer.text
    ids = [str(uuid4()), str(uuid4())]
    office.calls.answers["review.keep_report"] = lambda request: (
        item(request.report_id) if str(request.report_id) == ids[0] else refusing(unavailable)(request)
    )
    partly = send(editor, "/queue/decisions?view=kind%3Ddevelopment", report=ids, act="keep").text
    assert 'action="/queue/decisions?view=kind%3Ddevelopment"' in partly  # what was done is undone within the view


def test_R11_an_act_leads_back_to_the_view_the_report_was_opened_from(office: Office, editor: Signed) -> None:
    shown = item(uuid4())
    queue(office, shown)
    office.calls.answers["review.keep_report"] = office.calls.answers["review.claim_report"] = lambda _: shown
    view = f"unit_id={shown.unit_id}&kind=development"
    packed = quote(view, safe="")
    assert f"/queue/{shown.report_id}?view={packed}" in editor.get(f"/queue?{view}&alike=").text

    def led_to(act: str, referrer: str) -> str:
        path, data = f"/queue/{shown.report_id}/{act}", {"csrf_token": editor.headers["X-CSRFToken"]}
        return editor.client.post(path, data=data, headers={"Referer": referrer}).headers["Location"]

    here = f"http://localhost/queue/{shown.report_id}?view={packed}"
    assert led_to("keeping", here) == f"/queue?{view}&done={shown.report_id}"
    assert led_to("claim", here) == here.removeprefix("http://localhost")
    assert led_to("keeping", f"http://localhost/queue?{view}&evil=1").startswith(f"/queue?{view}&done=")
    for stranger in (f"https://evil.example/queue?{view}", "http://localhost/issues", ""):
        assert led_to("keeping", stranger) == f"/queue?done={shown.report_id}"
    desk(office, shown)
    assert f'data-key="q" href="/queue?{escape(view)}"' in editor.get(here.removeprefix("http://localhost")).text


def test_R11_after_a_decision_the_next_one_of_the_view_is_open_with_what_was_decided_to_be_undone(
    office: Office, editor: Signed
) -> None:
    held = {"state": DeskState.CLAIMED, "claimed_by": "王编辑", "claimed_by_id": str(uuid4())}
    first, other, copy = (item(uuid4(), title=title) for title in ("甲地防汛", "乙地供热", "甲地防汛续"))
    taken = item(uuid4(), **held, claimed_until=NOW + timedelta(minutes=5))
    lapsed = item(uuid4(), **held, claimed_until=NOW)
    queue(office, first, other, copy, taken, lapsed, groups=[[first.report_id, copy.report_id]])
    decided = first.model_copy(update={
        "state": DeskState.DECIDED, "decision": ReportState.KEPT, "claimed_by_id": str(editor.id), "decided_at": NOW,
    })  # fmt: skip
    desk(office, other)
    office.calls.answers |= {
        "review.keep_report": lambda _: decided,
        "review.adopt_report": lambda _: decided,
        "review.get_desk_item": lambda _: decided,
    }

    def after(report: rpc.DeskItem, act: str = "keeping", view: str = "kind=development") -> str:
        path = f"/queue/{report.report_id}/{act}"
        data = {"csrf_token": editor.headers["X-CSRFToken"], "issue_id": str(uuid4())}
        here = f"http://localhost/queue/{report.report_id}?view={quote(view, safe='')}"
        return editor.client.post(path, data=data, headers={"Referer": here}).headers["Location"]

    view = quote("kind=development", safe="")
    assert after(first) == f"/queue/{copy.report_id}?view={view}&done={first.report_id}"  # as the page shows them
    assert after(copy, "adoption").startswith(f"/queue/{other.report_id}?")
    assert after(other).startswith(f"/queue/{lapsed.report_id}?")  # what another has in hand is passed over
    assert after(lapsed).startswith(f"/queue/{first.report_id}?")  # none follows: what was passed over before
    assert after(item(uuid4())).startswith("/queue?kind=development&done=")  # on no page of the view
    undoing = f'action="/queue/{first.report_id}/undoing"'
    for page in (f"/queue/{other.report_id}?done={first.report_id}", f"/queue?done={first.report_id}"):
        shown = editor.get(page).text
        assert all(part in shown for part in (undoing, 'data-key="z"', "刚处理", "甲地防汛"))
    office.clock.advance(timedelta(minutes=10, seconds=1))
    assert undoing not in editor.get(page).text
    office.calls.answers["review.list_queue"] = lambda request: rpc.QueuePage(
        items=[copy] if request.cursor else [first], next_cursor=None if request.cursor else "more"
    )
    assert after(first).startswith(f"/queue/{copy.report_id}?view={quote('kind=development&cursor=more', safe='')}")
    fire = item(uuid4(), kind=Kind.URGENT_FIRST)
    queue(office, first, copy, fire)
    assert after(first).startswith(f"/queue/{fire.report_id}?")  # what is urgent and not seen comes before all
    queue(office, first, copy, fire.model_copy(update={"seen_by": "王编辑"}))
    assert after(first).startswith(f"/queue/{copy.report_id}?")
    queue(office, first)
    assert after(first) == f"/queue?kind=development&done={first.report_id}"


def test_R11_whoever_reads_on_goes_to_the_report_beside_without_deciding(office: Office, editor: Signed) -> None:
    first, second = item(uuid4()), item(uuid4())
    queue(office, first, second)
    office.calls.answers["review.get_desk_item"] = lambda _: first
    on = editor.get(f"/queue/{first.report_id}/beside")
    back = editor.get(f"/queue/{second.report_id}/beside?by=-1&view=kind%3Ddevelopment")
    assert on.headers["Location"] == f"/queue/{second.report_id}"
    assert back.headers["Location"] == f"/queue/{first.report_id}?view=kind%3Ddevelopment"
    assert editor.get(f"/queue/{second.report_id}/beside").headers["Location"] == "/queue"
    assert "后面没有您可以处理的了" in editor.get("/queue").text


def test_R11_reading_on_from_what_has_left_the_view_leads_to_its_first_and_says_so(
    office: Office, editor: Signed
) -> None:
    first, further, gone = item(uuid4()), item(uuid4()), item(uuid4())
    queue(office)
    office.calls.answers |= {
        "review.list_queue": lambda request: rpc.QueuePage(items=[further] if request.cursor else [first]),
        "review.get_desk_item": lambda _: gone,
    }

    def led_to(report: rpc.DeskItem, query: str) -> tuple[str, str]:
        """Where, and what is said there."""
        where = editor.get(f"/queue/{report.report_id}/beside?{query}").headers["Location"]
        return where, editor.get("/queue").text

    view = "view=kind%3Ddevelopment"
    for query in (view, f"{view}%26cursor%3Dmore", f"{view}&by=-1"):
        where, said = led_to(gone, query)
        assert where == f"/queue/{first.report_id}?{view}"
        assert ("这一条已不在所选视图中。" in said, "后面没有" in said) == (True, False)
    where, said = led_to(further, "view=cursor%3Dmore&by=-1")
    assert (where, "已是本页第一条。" in said) == ("/queue?cursor=more", True)
    assert "已是所选视图的第一条。" in led_to(first, "by=-1")[1]


def test_R11_what_was_done_to_several_reports_is_undone_at_once(office: Office, editor: Signed) -> None:
    ids = [uuid4(), uuid4()]
    queue(office)
    office.calls.answers["review.keep_report"] = lambda request: item(request.report_id)
    told = send(editor, "/queue/decisions", report=[str(each) for each in ids], act="keep").headers["Location"]
    shown = editor.get(told).text
    assert "刚一并处理 2 条" in shown
    assert all(f'<input type="hidden" name="report" value="{each}">' in shown for each in ids)
    office.calls.answers["review.claim_report"] = lambda request: item(request.report_id)
    assert "done" not in send(editor, "/queue/decisions", report=[str(ids[0])], act="claim").headers["Location"]


def test_R11_whoever_types_is_told_that_he_has_it_or_at_once_that_another_has(office: Office, editor: Signed) -> None:
    claim = {"claimed_by": "周静", "claimed_by_id": str(editor.id)}
    shown = item(uuid4(), state=DeskState.CLAIMED, claimed_until=NOW, **claim)
    office.calls.answers["review.claim_report"] = lambda _: shown
    path = f"/queue/{shown.report_id}/hold"
    told, back = send(editor, path).text, 'form="giving-back"'
    assert ("正由您编辑" in told, back in told) == (True, True)
    assert back not in send(editor, f"{path}?offered=true").text
    office.calls.answers["review.claim_report"] = refusing(lambda: Conflict("该信息已由王编辑认领。", "claimed"))
    told = send(editor, path)
    assert (told.status_code, "该信息已由王编辑认领" in told.text) == (200, True)
    assert back not in told.text
    free = dict.fromkeys(("claimed_by", "claimed_by_id", "claimed_until"))
    for lying, holding in ((shown.model_copy(update={"state": DeskState.WAITING, **free}), path),
                           (shown, f"{path}?offered=true")):  # fmt: skip
        desk(office, lying)
        office.calls.answers["review.list_issues"] = lambda _: IssuePage(items=[composing()])
        page = editor.get(f"/queue/{shown.report_id}").text
        assert (f'hx-post="{holding}"' in page, page.count(f'action="/queue/{shown.report_id}/release"')) == (True, 1)
        assert ('id="giving-back"' in page, "放回编辑台</button>" in page) == (holding == path, holding != path)


def test_R11_an_edit_copy_whose_adoption_was_withdrawn_is_gone_on_from(office: Office, editor: Signed) -> None:
    shown = item(uuid4())
    desk(office, shown)
    adoption = ToldAdoption(
        adoption_id=uuid4(), issue_id=uuid4(), publication_name="每日要情", number_line=None, report_version=1,
        adopted_by="周静", adopted_at=NOW, published_at=None, withdrawn_by="周静", withdrawn_at=NOW,
        withdrawal_reason="期次有误", title="改过的题", body="改过的文。", item_kind="brief", column="要情",
    )  # fmt: skip
    office.calls.answers |= {
        "review.list_issues": lambda _: IssuePage(items=[composing().model_copy(update={"columns": ["要情"]})]),
        "review.list_adoptions": lambda _: Adoptions(items=[adoption]),
    }
    page = editor.get(f"/queue/{shown.report_id}").text
    assert all(part in page for part in (
        'value="改过的题"', "改过的文。", "期次有误", "已带回", '"brief" selected', "<option selected>要情",
    ))  # fmt: skip
    later = adoption.model_copy(update={"report_version": 0})  # of a text that lies here no more
    office.calls.answers["review.list_adoptions"] = lambda _: Adoptions(items=[later])
    assert "改过的题" not in editor.get(f"/queue/{shown.report_id}").text


def composing() -> Issue:
    values: dict[str, Any] = {name: None for name, field in Issue.model_fields.items() if field.is_required()}
    values |= {
        "issue_id": uuid4(), "version": 1, "publication_code": "brief", "publication_name": "每日要情",
        "state": IssueState.COMPOSING, "items": [],
    }  # fmt: skip
    return Issue(**values)


def desk(office: Office, shown: rpc.DeskItem) -> None:
    office.calls.answers |= {
        "review.open_desk_item": lambda _: shown,
        "review.get_desk_item": lambda _: shown,
        "review.list_passings": lambda _: rpc.Passings(passings=[], outcomes=[]),
        "review.list_issues": lambda _: IssuePage(items=[]),
        "review.list_publications": lambda _: PublicationPage(items=[]),
        "intake.get_report": refusing(unavailable),
        "intake.list_amendments": refusing(unavailable),
    }


def test_R11_a_lapsed_claim_is_offered_for_taking_over_and_one_that_holds_is_shown(
    office: Office, editor: Signed
) -> None:
    held = item(uuid4(), state=DeskState.CLAIMED, claimed_by="王编辑", claimed_by_id=str(uuid4()))
    desk(office, held.model_copy(update={"claimed_until": NOW + timedelta(minutes=5)}))
    page = editor.get(f"/queue/{held.report_id}").text
    assert "王编辑正在处理这条信息" in page
    assert "接手</button>" not in page
    desk(office, held.model_copy(update={"claimed_until": NOW}))
    assert "接手</button>" in editor.get(f"/queue/{held.report_id}").text


def test_R11_whoever_decided_is_offered_to_undo_it_for_ten_minutes(office: Office, editor: Signed) -> None:
    decided = item(
        uuid4(), state=DeskState.DECIDED, decision=ReportState.RETURNED, claimed_by="周静",
        claimed_by_id=str(editor.id), decided_at=NOW - timedelta(minutes=10),
    )  # fmt: skip
    desk(office, decided)
    undoing = f"/queue/{decided.report_id}/undoing"
    assert undoing in editor.get(f"/queue/{decided.report_id}").text
    office.clock.advance(timedelta(seconds=1))
    assert undoing not in editor.get(f"/queue/{decided.report_id}").text


def test_R11_a_refused_adoption_shows_the_page_again_with_the_edit_copy_and_what_was_chosen(
    office: Office, editor: Signed
) -> None:
    shown = item(uuid4())
    issues = [composing().model_copy(update={"columns": [word], "publication_name": word}) for word in ("要情", "调研")]
    desk(office, shown)
    office.calls.answers["review.list_issues"] = lambda _: IssuePage(items=issues)
    office.calls.answers["review.adopt_report"] = refusing(lambda: Invalid("没有该栏目。", "none", pointer="/column"))
    typed = {"title": "管网已抢修", "body": "今晨已恢复。", "item_kind": "brief", "column": "要情"}
    path, chosen = f"/queue/{shown.report_id}/adoption", str(issues[1].issue_id)
    page = send(editor, path, issue_id=chosen, **typed)
    assert page.status_code == 422
    for part in ("没有该栏目", "管网已抢修", "今晨已恢复。", '"brief" selected', "<option selected>要情</option>"):
        assert part in page.text
    assert page.text.index(chosen) < page.text.index(str(issues[0].issue_id))
    desk(office, shown.model_copy(update={"state": DeskState.DECIDED, "decision": ReportState.KEPT}))
    page = send(editor, path, issue_id=chosen, **typed)  # decided meanwhile: no place for it on the report's page
    assert (page.status_code, "管网已抢修" in page.text, "没有采用" in page.text) == (422, True, False)


def test_R11_after_a_refused_adoption_one_stays_in_the_view_and_goes_on_in_it(office: Office, editor: Signed) -> None:
    first, second = item(uuid4()), item(uuid4())
    queue(office, first, second)
    desk(office, first)
    office.calls.answers["review.list_issues"] = lambda _: IssuePage(items=[composing()])
    office.calls.answers["review.adopt_report"] = refusing(lambda: Invalid("没有该栏目。", "none", pointer="/column"))
    view = "view=kind%3Ddevelopment"
    path = f"/queue/{first.report_id}/adoption?{view}"
    assert f'action="{path}"' in editor.get(f"/queue/{first.report_id}?{view}").text
    refused = send(editor, path, issue_id=str(uuid4())).text
    comparing = f'formaction="/queue/{first.report_id}/comparison?{view}"'
    assert (f'action="{path}"' in refused, comparing in refused) == (True, True)
    decided = first.model_copy(update={
        "state": DeskState.DECIDED, "decision": ReportState.ADOPTED, "claimed_by_id": str(editor.id), "decided_at": NOW,
    })  # fmt: skip
    desk(office, second)
    office.calls.answers |= {"review.adopt_report": lambda _: decided, "review.get_desk_item": lambda _: decided}
    onward = send(editor, path, issue_id=str(uuid4())).headers["Location"]
    assert onward == f"/queue/{second.report_id}?{view}&done={first.report_id}"
    undoing = f"/queue/{first.report_id}/undoing?{view}"
    shown = editor.get(onward).text
    assert (f'action="{undoing}"' in shown, f'href="/queue/{first.report_id}?{view}"' in shown) == (True, True)
    office.calls.answers["review.undo_decision"] = lambda _: first
    assert send(editor, undoing).headers["Location"] == f"/queue/{first.report_id}?{view}"


def test_R11_the_edit_copy_is_compared_with_the_original_without_script_too(office: Office, editor: Signed) -> None:
    shown = item(uuid4())
    desk(office, shown)
    office.calls.answers["review.list_issues"] = lambda _: IssuePage(items=[composing()])
    office.calls.answers["intake.compare_edit_copy"] = lambda request: EditCopyDifferences(
        title=[Run(kind=RunKind.SAME, text=request.title)],
        body=[Run(kind=RunKind.REMOVED, text="已恢复。"), Run(kind=RunKind.ADDED, text=request.body)],
    )
    path = f"/queue/{shown.report_id}/comparison"
    page = send(editor, path, title="管网抢修", body="今晨已恢复<b>。").text
    assert "<del>已恢复。</del>" in page
    assert page.count("今晨已恢复&lt;b&gt;。") == 2  # typed, and compared


def test_R11_the_issues_that_a_report_can_be_adopted_into_are_told_apart(office: Office, editor: Signed) -> None:
    shown = item(uuid4(), state=DeskState.CLAIMED, claimed_by="周静", claimed_by_id=str(editor.id), claimed_until=NOW)
    desk(office, shown)
    drafts = [composing().model_copy(update={"opened_by": name, "opened_at": NOW}) for name in ("王编辑", "李编辑")]
    office.calls.answers["review.list_issues"] = lambda _: IssuePage(items=drafts)
    options = re.findall(r"<option value=[^>]*>(每日要情[^<]*)<", editor.get(f"/queue/{shown.report_id}").text)
    assert len(set(options)) == 2
    assert ["王编辑新开，还没有内容" in options[0], "李编辑新开，还没有内容" in options[1]] == [True, True]


def asked_about() -> HandoverVerification:
    return HandoverVerification(
        report_id=uuid4(), number="2026-0000001", title="管网抢修", unit_name="河西区", asked_name="赵刚",
        asked_post="值班长", asked_unit="区应急局", asked_phone="022-1234", asked_at=NOW,
        means=VerificationMeans.PHONE, conclusion=Conclusion.CONFIRMED, recorded_by="周静",
    )  # fmt: skip


def test_R11_the_handover_sheet_has_the_calls_of_the_shift_or_says_that_they_cannot_be_read(
    office: Office, editor: Signed
) -> None:
    nothing = HandoverPart(total=0, items=[])
    office.calls.answers |= {
        "review.get_handover_sheet": lambda request: HandoverSheet(
            begin=request.begin, end=request.end, waiting=nothing, in_hand=nothing, promised=nothing,
            pre_adopted=nothing, returned=nothing, decided=[],
            verifications=HandoverVerifications(total=1, items=[asked_about()]),
        ),
        "intake.list_pre_reports": refusing(unavailable),
    }  # fmt: skip
    page = editor.get("/queue/handover-sheet?begin=2026-11-24T18:00&end=2026-11-25T08:00").text
    assert "暂时读不到" in page
    for part in ("本班核实（1）", "管网抢修", "属实", "区应急局值班长赵刚 022-1234"):
        assert part in page
    (asked,) = [each["request"] for each in office.calls.asked if each["method"] == "get_handover_sheet"]
    assert asked.end - asked.begin == timedelta(hours=14)
