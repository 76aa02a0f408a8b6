"""R09: a draft, its offer, its return and its signature; the unit's own only."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from contracts.events.intake import DraftOffered, DraftReturned, OfferVoided
from contracts.events.review import ReportReturned
from contracts.receipts import digest
from contracts.rpc import drafts as rpc
from contracts.rpc import urgent as urgent_rpc
from contracts.rpc.content import Content, Figures, Incident
from contracts.vocabulary import DraftState, IncidentCategory, Severity
from kernel.errors import Refusal
from kernel.ids import new_id
from kernel.principal import Principal
from kernel.testing import keyring_for
from tests.factories.intake import JINNAN, OCCURRED, AcceptedFactory, ContentFactory, PersonFactory
from tests.integration.intake.conftest import Office

OFFICER, COLLEAGUE = PersonFactory.officer(), PersonFactory.officer(name="王芳")
LEADER, CLIENT = PersonFactory.leader(), PersonFactory.api_client()
STRANGER = PersonFactory.officer(JINNAN)
CONTENT = ContentFactory.development()


def send_back(office: Office, draft: rpc.Draft, who: Principal = LEADER) -> rpc.Draft:
    request = rpc.ReturnDraft(draft_id=draft.draft_id, version=draft.version, remarks="请补充数据来源。")
    returned: rpc.Draft = office.call("return_draft", request, who)
    return returned


def drop(office: Office, draft: rpc.Draft, who: Principal = OFFICER) -> rpc.Draft:
    dropped: rpc.Draft = office.call("drop_draft", rpc.DraftId(draft_id=draft.draft_id), who)
    return dropped


def test_R09_the_offer_seals_author_version_and_content(office: Office) -> None:
    offered = office.offer(office.save(CONTENT, OFFICER), OFFICER)
    assert offered.offer_token is not None
    assert keyring_for("gateway").unseal(offered.offer_token, "intake") == {
        "draft_id": str(offered.draft_id),
        "version": offered.version,
        "unit_id": str(OFFICER.unit_id),
        "author_id": OFFICER.id,
        "author_name": OFFICER.name,
        "content_hash": digest(CONTENT.document()),
    }
    (told,) = office.told(DraftOffered)
    assert (told.draft_id, told.author_name) == (offered.draft_id, OFFICER.name)


def test_R09_saving_an_offered_draft_voids_the_offer(office: Office) -> None:
    offered = office.offer(office.save(CONTENT, OFFICER), OFFICER)
    saved = office.save(ContentFactory.development("改后"), OFFICER, offered.draft_id, offered.version)
    assert (saved.state, saved.offer_token) == (DraftState.EDITING, None)


@pytest.mark.parametrize("act", ["save", "return", "drop"])
def test_R09_what_was_offered_is_told_to_be_void_after_a_change_a_return_and_a_drop(office: Office, act: str) -> None:
    draft = office.save(CONTENT, OFFICER)
    draft = office.save(CONTENT, OFFICER, draft.draft_id, draft.version)
    assert office.told(OfferVoided) == []  # nothing was offered yet
    offered = office.offer(draft, OFFICER)
    acts: dict[str, Callable[[], rpc.Draft]] = {
        "save": lambda: office.save(CONTENT, OFFICER, offered.draft_id, offered.version),
        "return": lambda: send_back(office, offered),
        "drop": lambda: drop(office, offered),
    }
    acts[act]()
    assert [(told.draft_id, told.offered_version) for told in office.told(OfferVoided)] == [
        (offered.draft_id, offered.version)
    ]


def test_R09_a_returned_draft_is_revised_before_it_is_offered_again(office: Office) -> None:
    returned = send_back(office, office.offer(office.save(CONTENT, OFFICER), OFFICER))
    assert (returned.state, returned.remarks, returned.offer_token) == (DraftState.RETURNED, "请补充数据来源。", None)
    assert [told.returned_by for told in office.told(DraftReturned)] == [LEADER.name]
    with pytest.raises(Refusal) as refused:
        office.offer(returned, OFFICER)
    assert refused.value.problem == "conflict"
    saved = office.save(CONTENT, OFFICER, returned.draft_id, returned.version)
    assert office.offer(saved, OFFICER).state is DraftState.OFFERED


def test_R09_a_draft_is_signed_by_the_matching_acceptance(office: Office) -> None:
    offered = office.offer(office.save(CONTENT, OFFICER), OFFICER)
    office.accept(accepted := AcceptedFactory.of(CONTENT, OCCURRED, draft_id=offered.draft_id))
    signed = office.draft(offered.draft_id, OFFICER)
    assert (signed.state, signed.receipt_number) == (DraftState.SIGNED, accepted.receipt_number)
    with pytest.raises(Refusal) as refused:
        office.save(CONTENT, OFFICER, signed.draft_id, signed.version)
    assert refused.value.problem == "already-signed"


def test_R09_a_signature_on_an_earlier_text_shows_what_was_signed(office: Office) -> None:
    offered = office.offer(office.save(CONTENT, OFFICER), OFFICER)
    office.save(ContentFactory.development("改后未签"), OFFICER, offered.draft_id, offered.version)
    office.accept(AcceptedFactory.of(CONTENT, OCCURRED, draft_id=offered.draft_id))
    signed = office.draft(offered.draft_id, OFFICER)
    assert (signed.state, signed.content) == (DraftState.SIGNED, CONTENT)


def test_R09_an_acceptance_of_another_unit_signs_no_draft_of_this_one(office: Office) -> None:
    draft = office.save(CONTENT, OFFICER)
    office.accept(AcceptedFactory.of(CONTENT, OCCURRED, draft_id=draft.draft_id, unit_id=JINNAN))
    assert office.draft(draft.draft_id, OFFICER).state is DraftState.EDITING


def test_R09_another_units_draft_is_not_found_for_any_act(office: Office) -> None:
    draft = office.save(CONTENT, OFFICER)
    acts: list[Callable[[], rpc.Draft]] = [
        lambda: office.draft(draft.draft_id, STRANGER),
        lambda: office.save(CONTENT, STRANGER, draft.draft_id, draft.version),
        lambda: office.offer(draft, STRANGER),
        lambda: drop(office, draft, STRANGER),
        lambda: send_back(office, draft, PersonFactory.leader(JINNAN)),
    ]
    for act in acts:
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.problem == "not-found"


def test_R09_absent_and_foreign_answer_alike(office: Office) -> None:
    draft = office.save(CONTENT, OFFICER)
    with pytest.raises(Refusal) as foreign:
        office.draft(draft.draft_id, STRANGER)
    with pytest.raises(Refusal) as absent:
        office.draft(UUID(int=draft.draft_id.int ^ 1), STRANGER)
    assert foreign.value.detail_zh.replace(str(draft.draft_id), "") == absent.value.detail_zh.replace(
        str(UUID(int=draft.draft_id.int ^ 1)), ""
    )


def test_R09_a_colleague_and_the_units_system_may_go_on_with_a_draft(office: Office) -> None:
    draft = office.save(CONTENT, OFFICER)
    draft = office.save(ContentFactory.development("同事修改"), COLLEAGUE, draft.draft_id, draft.version)
    draft = office.save(ContentFactory.development("系统修改"), CLIENT, draft.draft_id, draft.version)
    assert (draft.author_id, draft.content.title) == (OFFICER.person_id, "系统修改")


def test_R09_a_leader_cannot_rewrite_what_he_signs(office: Office) -> None:
    draft = office.save(CONTENT, OFFICER)
    with pytest.raises(Refusal) as refused:
        office.save(CONTENT, PersonFactory.writing_leader(), draft.draft_id, draft.version)
    assert refused.value.problem == "forbidden"


def test_R09_a_change_on_an_old_version_is_refused(office: Office) -> None:
    draft = office.save(CONTENT, OFFICER)
    office.save(CONTENT, OFFICER, draft.draft_id, draft.version)
    for stale in (draft.version, None):
        with pytest.raises(Refusal) as refused:
            office.save(CONTENT, OFFICER, draft.draft_id, stale)
        assert refused.value.problem == "stale-version"


def test_R09_a_dropped_draft_stays_dropped(office: Office) -> None:
    dropped = drop(office, office.save(CONTENT, OFFICER))
    assert dropped.state is DraftState.DROPPED
    acts: list[Callable[[], rpc.Draft]] = [lambda: office.offer(dropped, OFFICER), lambda: drop(office, dropped)]
    for act in acts:
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.problem == "conflict"


def test_R09_changing_a_draft_that_does_not_exist_is_not_creating_it(office: Office) -> None:
    with pytest.raises(Refusal) as refused:
        office.save(CONTENT, OFFICER, new_id(), 1)
    assert refused.value.problem == "not-found"


def test_R09_lists_show_the_units_drafts_by_pages(office: Office) -> None:
    made = [office.save(ContentFactory.development(f"第{number}稿"), OFFICER).draft_id for number in range(5)]
    office.save(CONTENT, STRANGER)
    seen: list[UUID] = []
    cursor = None
    while True:
        page = office.call("list_drafts", rpc.ListDrafts(limit=2, cursor=cursor), LEADER)
        seen += [draft.draft_id for draft in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == made[::-1]


def test_R09_a_wrong_cursor_is_refused_with_its_pointer(office: Office) -> None:
    for cursor in ("x", "W10", "bnVsbA", "é", "WyIyMDI2IiwgIjEiXQ"):
        with pytest.raises(Refusal) as refused:
            office.call("list_drafts", rpc.ListDrafts(cursor=cursor), OFFICER)
        assert (refused.value.problem, refused.value.pointer) == ("invalid", "/cursor")


def returned_report(office: Office, content: Content) -> UUID:
    office.accept(accepted := AcceptedFactory.of(content, OCCURRED))
    returned = ReportReturned(
        report_id=accepted.report_id,
        receipt_number=accepted.receipt_number,
        unit_id=accepted.unit_id,
        title=accepted.title,
        remarks="请核实数据。",
        returned_by="周静",
    )
    office.harness.deliver(returned, accepted.report_id, 2)
    return accepted.report_id


def test_R11_a_new_version_is_written_for_a_returned_report_only(office: Office) -> None:
    office.accept(waiting := AcceptedFactory.of(CONTENT, OCCURRED))
    with pytest.raises(Refusal) as refused:
        office.save(CONTENT.model_copy(update={"report_id": waiting.report_id}), OFFICER)
    assert (refused.value.problem, refused.value.pointer) == ("conflict", "/content/report_id")
    revised = CONTENT.model_copy(update={"report_id": returned_report(office, CONTENT)})
    assert office.save(revised, OFFICER).content.report_id == revised.report_id


def test_R11_another_units_report_cannot_be_revised_or_followed(office: Office) -> None:
    report_id = returned_report(office, CONTENT)
    for field in ("report_id", "follows_report_id"):
        with pytest.raises(Refusal) as refused:
            office.save(CONTENT.model_copy(update={field: report_id}), STRANGER)
        assert (refused.value.problem, refused.value.pointer) == ("invalid", f"/content/{field}")


def test_R11_a_revised_draft_shows_the_clock_of_its_report(office: Office) -> None:
    urgent = ContentFactory.urgent(occurred_at=OCCURRED)
    revised = urgent.model_copy(update={"report_id": returned_report(office, urgent)})
    draft = office.save(revised, OFFICER)
    assert draft.due_explanation_zh is not None
    assert "按时完成" in draft.due_explanation_zh
    assert len(office.deadlines(OFFICER)) == 1


def test_R04_a_draft_shows_the_severity_that_its_figures_say(office: Office) -> None:
    incident = Incident(category=IncidentCategory.ACCIDENT, figures=Figures(dead=10))
    draft = office.save(ContentFactory.urgent(incident=incident), OFFICER)
    assert draft.proposed_severity is Severity.MAJOR
    assert draft.proposed_severity_explanation_zh is not None
    assert "国务院令第493号" in draft.proposed_severity_explanation_zh
    assert office.save(ContentFactory.urgent(), OFFICER).proposed_severity_explanation_zh is None


def test_R04_anybody_who_reports_may_ask_what_figures_say(office: Office) -> None:
    asked = urgent_rpc.ProposeSeverity(category=IncidentCategory.ACCIDENT, dead=3)
    assert office.call("propose_severity", asked, OFFICER).severity is Severity.LARGER
