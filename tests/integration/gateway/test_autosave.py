"""R08: the open form saved by itself, and two texts side by side when somebody else saved meanwhile."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4, uuid5

from contracts.rpc.content import Content
from contracts.rpc.differences import Run, RunKind
from contracts.rpc.draft_versions import DraftComparison, DraftVersionLine, VersionAct
from contracts.rpc.structures import ReportStructure, ReportStructureList
from contracts.vocabulary import DraftState, Kind, Secrecy
from gateway.console.outbox import HEADER
from kernel.errors import StaleVersion
from tests.factories.gateway_office import Office
from tests.integration.gateway.test_console import TYPED, drafted, field, refusing, send, unavailable


def stale() -> StaleVersion:
    return StaleVersion("该稿件已是第5版。", "The draft is at version 5.", pointer="/version")


def compared(office: Office, state: DraftState = DraftState.EDITING) -> Any:
    def answer(request: Any) -> DraftComparison:
        line = DraftVersionLine(
            version=5, act=VersionAct.SAVED, person_id=uuid4(), person_name="赵强", at=office.clock.now(),
            title="他的标题", characters=4,
        )  # fmt: skip
        content = Content(kind=Kind.DEVELOPMENT, title="他的标题", body="<i>他的</i>", secrecy=Secrecy.UNCLASSIFIED)
        same = [Run(kind=RunKind.REMOVED, text="<i>他的</i>"), Run(kind=RunKind.ADDED, text=request.body)]
        return DraftComparison(
            draft_id=request.draft_id, version=5, state=state, saved=line, content=content,
            title=[Run(kind=RunKind.SAME, text="标题")], body=same,
        )

    return answer


def test_R08_a_form_saves_itself_as_the_draft_that_its_button_would_make(office: Office) -> None:
    officer = office.officer()
    office.calls.answers["intake.save_draft"] = drafted(office, officer)
    key = uuid4()
    fields = {"csrf_token": officer.headers["X-CSRFToken"], "key": str(key), **TYPED}
    told = officer.client.post("/drafts/autosave", data={**fields, "round": "1"}, headers={HEADER: "1"})
    again = officer.client.post("/drafts/autosave", data={**fields, "round": "1"}, headers={HEADER: "1"})
    officer.client.post("/drafts/autosave", data={**fields, "round": "2"}, headers={HEADER: "1"})
    officer.client.post("/drafts", data={**fields, "act": "save"})
    assert told.json == again.json
    assert (told.json["version"], told.json["address"]) == (2, f"/drafts/{told.json['draft_id']}")
    assert [call["request"].draft_id for call in office.calls.asked] == [uuid5(key, "draft_id")] * 4
    first, repeated, second, button = (call["command_id"] for call in office.calls.asked)
    assert first == repeated
    assert len({first, second, button}) == 3
    assert [call["request"].automatic for call in office.calls.asked] == [True, True, True, False]


def test_R08_a_form_that_was_overtaken_shows_both_texts_and_goes_on_from_the_newest(office: Office) -> None:
    officer = office.officer()
    office.calls.answers |= {
        "intake.save_draft": refusing(stale), "intake.compare_draft": compared(office),
        "intake.list_reports": refusing(unavailable),
    }  # fmt: skip
    page = send(officer, f"/drafts/{uuid4()}", **TYPED, version="3", act="save")
    assert (page.status_code, field(page, "version")) == (412, "5")
    for words in ("<del>&lt;i&gt;他的&lt;/i&gt;</del>", "<ins>第一段。\n第二段 &lt;b&gt;", "停电时写的标题", "赵强"):
        assert words in page.text
    assert "撤回送签" not in page.text


def test_R08_saving_over_an_offered_draft_says_that_the_offer_is_taken_back(office: Office) -> None:
    officer = office.officer()
    office.calls.answers["intake.compare_draft"] = compared(office, DraftState.OFFERED)
    part = send(officer, f"/drafts/{uuid4()}/comparison", **TYPED)
    assert 'data-version="5"' in part.text
    assert "保存将撤回送签" in part.text


def test_R08_the_outline_of_a_kind_is_put_below_what_is_written_and_nothing_is_sent(office: Office) -> None:
    officer = office.officer()
    structure = ReportStructure(kind=Kind.RESEARCH, parts=[], outline="一、基本情况\n\n二、对策建议")
    office.calls.answers |= {
        "intake.list_report_structures": lambda _request: ReportStructureList(items=[structure]),
        "intake.list_reports": refusing(unavailable),
    }
    draft_id, key = uuid4(), str(uuid4())
    typed = {"key": key, "version": "3", "kind": "research", "title": "", "body": "一、基本情况\n已写。"}
    page = send(officer, f"/drafts/{draft_id}/outline", **typed)
    assert (page.status_code, field(page, "version")) == (200, "3")
    assert f'name="key" value="{key}"' in page.text
    assert "一、基本情况\n已写。\n\n二、对策建议</textarea>" in page.text
    assert f'action="/drafts/{draft_id}"' in page.text
    assert "intake.save_draft" not in {f"{call['service']}.{call['method']}" for call in office.calls.asked}


def test_R08_the_script_gets_the_refusal_as_a_document(office: Office) -> None:
    officer = office.officer()
    office.calls.answers["intake.save_draft"] = refusing(stale)
    fields = {"csrf_token": officer.headers["X-CSRFToken"], "version": "3", "key": str(UUID(int=1)), **TYPED}
    answer = officer.client.post(f"/drafts/{uuid4()}/autosave", data=fields, headers={HEADER: "1"})
    assert (answer.status_code, answer.json["type"]) == (412, "/problems/stale-version")
