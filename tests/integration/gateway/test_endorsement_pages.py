"""R09: the pages of the step before the sign-off, and remarks at places of the text, without a browser."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from contracts.rpc.content import Content
from contracts.rpc.drafts import Draft, NoteField, PlacedNote, ReturnDraft
from contracts.rpc.endorsements import EndorsementRule, EndorsementRules, Endorser, RecordEndorsementRule
from contracts.vocabulary import DraftState, Role
from kernel.ids import new_id
from tests.factories.gateway_office import Office, Signed, report
from tests.integration.gateway.test_console import offered, refusing, send, unavailable

CONTENT = Content.model_validate(report(body="甲区完成改造三十二个小区<b>。\n乙区完成改造。"))


def head_of(office: Office) -> Signed:
    return office.sign_in(office.add_person("孙丽", Role.SECTION_HEAD))


def shown(office: Office, who: Signed, state: DraftState, **changes: Any) -> Draft:
    """The draft that intake answers with, of another author."""
    draft = offered(office, uuid4(), None, CONTENT, state)
    heads = [Endorser(person_id=who.id or uuid4(), name="孙丽", post="信息科科长")]
    endorsers = {"endorsers": heads} if state is DraftState.AWAITING_ENDORSEMENT else {}
    draft = draft.model_copy(update=endorsers | changes)
    office.calls.answers["intake.get_draft"] = lambda _: draft
    return draft


def returned_notes(office: Office, leader: Signed, **fields: Any) -> list[tuple[Any, ...]]:
    """What the form asks intake to keep: field, start, end, quote."""
    office.calls.asked.clear()
    draft = shown(office, leader, DraftState.OFFERED)
    office.calls.answers["intake.return_draft"] = lambda _: draft
    answer = send(leader, f"/drafts/{draft.draft_id}/return", version="2", remarks="见批注。", **fields)
    requests = [call["request"] for call in office.calls.asked if isinstance(call["request"], ReturnDraft)]
    assert (answer.status_code, len(requests)) == (303, 1), answer.text
    return [(str(note.field), note.start, note.end, note.quote) for note in requests[0].notes]


def test_R09_a_waiting_draft_says_whom_it_waits_for_and_only_he_can_endorse(office: Office) -> None:
    head, leader = head_of(office), office.leader()
    draft = shown(office, head, DraftState.AWAITING_ENDORSEMENT)
    for who, may_endorse in ((head, True), (leader, False)):
        page = who.get(f"/drafts/{draft.draft_id}").text
        assert "正在等 孙丽 核稿" in page
        assert ("同意，送签" in page, "签发并报送" in page, "退回作者修改" in page) == (may_endorse, False, True)


def test_R09_notes_chosen_in_the_text_and_notes_typed_with_their_quote_arrive_alike(office: Office) -> None:
    leader = office.leader()
    chosen = {"note_field": ["body"], "note_start": ["2"], "note_quote": ["完成"], "note_remark": ["何时？"]}
    typed = {
        "note_field": ["body", "body", "body"], "note_start": ["", "", ""],
        "note_quote": ["乙区完成改造。", "", "政务公开"], "note_remark": ["数量？", "", "题目太大"],
    }
    assert returned_notes(office, leader, **chosen) == [("body", 2, 4, "完成")]
    start = CONTENT.body.index("乙区")
    assert returned_notes(office, leader, **typed) == [
        ("body", start, start + 7, "乙区完成改造。"), ("title", CONTENT.title.index("政务公开"), 9, "政务公开")
    ]


def test_R09_a_quote_that_stands_nowhere_is_refused_and_what_was_typed_is_kept(office: Office) -> None:
    leader = office.leader()
    draft = shown(office, leader, DraftState.OFFERED)
    answer = send(
        leader, f"/drafts/{draft.draft_id}/return", version="2", remarks="见批注。", note_field="body", note_start="",
        note_quote="没有的话", note_remark="请核实",
    )
    assert answer.status_code == 422
    assert "没有的话" in answer.text
    assert "请核实" in answer.text


def test_R09_the_author_sees_each_note_in_the_text_and_which_text_is_gone(office: Office) -> None:
    officer = office.officer()

    def note(quote: str, start: int | None) -> PlacedNote:
        end = None if start is None else start + len(quote)
        return PlacedNote(
            field=NoteField.BODY, start=0, end=len(quote), quote=quote, remark="<i>核实", placed_start=start,
            placed_end=end,
        )
    place = CONTENT.body.index("小区")
    notes = [note("小区<b>", place), note("区<b>。", place + 1), note("删去的话", None)]
    draft = offered(office, uuid4(), officer.id, CONTENT, DraftState.RETURNED).model_copy(
        update={"notes": notes, "remarks": "见批注。", "returned_by": "李强"}
    )
    office.calls.answers["intake.get_draft"] = lambda _: draft
    office.calls.answers["intake.list_reports"] = refusing(unavailable)
    page = officer.get(f"/drafts/{draft.draft_id}").text
    assert "<mark>小</mark>" in page
    assert "<mark>区&lt;b&gt;</mark>" in page
    assert "<mark>。</mark>" in page
    assert page.count("原文已改") == 1
    assert "<i>核实" not in page


def test_R09_the_leader_sets_the_step_with_persons_and_reason(office: Office) -> None:
    leader, head = office.leader(), new_id()
    heads = [Endorser(person_id=head, name="孙丽", post="信息科科长")]
    office.calls.answers["intake.list_endorsement_rules"] = lambda _: EndorsementRules(items=[], section_heads=heads)
    kept: list[RecordEndorsementRule] = []

    def keep(request: RecordEndorsementRule) -> EndorsementRule:
        kept.append(request)
        return EndorsementRule(
            **request.model_dump(), rule_id=new_id(), recorded_by="李强", recorded_at=office.clock.now()
        )

    office.calls.answers["intake.record_endorsement_rule"] = keep
    page = leader.get("/endorsement-rules").text
    assert "现在<strong>不经核稿</strong>" in page
    send(leader, "/endorsement-rules", step="urgent_too", endorser=str(head), reason="先由科室把关。")
    send(leader, "/endorsement-rules", step="off", reason="人员已配齐。")
    assert [(rule.required, rule.urgent_too, rule.endorser_ids) for rule in kept] == [
        (True, True, [head]), (False, False, [])
    ]
    assert "退回作者修改" not in page
